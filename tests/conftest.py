"""Fixtures shared by all tests: the toy district and four toy networks."""

from __future__ import annotations

from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import networkx as nx
import pytest
from hypothesis import settings
from shapely import LineString, Point, box

from lifecircle import conftest as toys
from lifecircle import jobs

DEMO = Path(__file__).parents[1] / "data" / "demo" / "district.toml"

# The same examples on every run, and no verdict by the clock: a gate must not turn red
# by chance or load. New examples: pytest -m hypothesis --hypothesis-profile=default
settings.load_profile("ci")


@pytest.fixture(scope="session")
def toy():
    """``toy.district``, ``toy.network``, ``toy.access``; see lifecircle/conftest.py."""
    return toys.Toy()


@pytest.fixture(scope="session")
def demo_study():
    """The demo, assessed once for all tests that only look at it."""
    return jobs.assess(DEMO)


@pytest.fixture(scope="session")
def make_district():
    """``make_district(**tables)`` of lifecircle/conftest.py."""
    return toys.make_district


@pytest.fixture(scope="session")
def make_config():
    return toys.make_config


@pytest.fixture(scope="session")
def at():
    """Toy metres -> coordinates: ``at(100, 0)``."""
    return toys.at


@pytest.fixture(scope="session")
def make_streets():
    """``make_streets(((0, 0), (100, 0)), ..., bridge="yes")`` -> road rows."""
    return toys.streets


@pytest.fixture(scope="session")
def ladder():
    """Two rails of four nodes, rungs of 100 m.

    ::

        e ─ f ─ g ─ h   y=100
        │   │   │   │
        a ─ b ─ c ─ d   y=0     x = 0, 100, 200, 300
    """
    rails = [((0, y), (100, y), (200, y), (300, y)) for y in (0, 100)]
    rungs = [((x, 0), (x, 100)) for x in (0, 100, 200, 300)]
    return toys.make_district(roads=toys.streets(*rails, *rungs))


@pytest.fixture(scope="session")
def river():
    """Two banks 60 m apart, one bridge at x=300; a lane at x=0 that has none.

    ::

        ──┬──────────┬──   y=60
        ~~:~~~~~~~~~~H~~   river y=30 (: is cut, H is the bridge)
        ──┴──────────┴──   y=0     x = 0, 300
    """
    banks = [((-100, y), (0, y), (300, y), (400, y)) for y in (0, 60)]
    lane = ((0, 0), (0, 60))
    bridge = ((300, 0), (300, 60))
    rows = toys.streets(*banks, lane, bridge)
    rows[3]["bridge"] = "yes"
    water = LineString([toys.at(-500, 30), toys.at(900, 30)])
    barrier = {"barrier_id": "W1", "barrier_kind": "river", "geometry": water}
    return toys.make_district(roads=rows, barriers=[barrier])


@pytest.fixture(scope="session")
def dead_end():
    """A street with a blind alley of 80 m.

    ::

              │ y=80
        ──────┴──────   y=0     x = 0, 100, 200
    """
    return toys.make_district(
        roads=toys.streets(((0, 0), (100, 0), (200, 0)), ((100, 0), (100, 80)))
    )


@pytest.fixture(scope="session")
def island():
    """A street, and a shorter one 500 m away that nothing joins to it.

    ::

        ───── y=500   x = 0 .. 100
        ───── y=0     x = 0 .. 200
    """
    return toys.make_district(
        roads=toys.streets(((0, 0), (100, 0), (200, 0)), ((0, 500), (100, 500)))
    )


@pytest.fixture(scope="session")
def toy_networks(ladder, river, dead_end, island):
    return SimpleNamespace(ladder=ladder, river=river, dead_end=dead_end, island=island)


@pytest.fixture(scope="session")
def make_oracle():
    """networkx as the oracle: the same network, points put into its segments."""
    return oracle_graph


def oracle_graph(network, **groups):
    """A MultiGraph of the segments; point i of a group is the node (name, i)."""
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(len(network.node_xy)))
    stops = defaultdict(list)
    for name, snapped in groups.items():
        for row, (segment, offset_m, off_m) in enumerate(
            zip(snapped["segment"], snapped["offset_m"], snapped["off_m"], strict=True)
        ):
            graph.add_node((name, row))
            if segment >= 0:
                foot = (name, row, "foot")
                stops[int(segment)].append((offset_m, foot))
                graph.add_edge((name, row), foot, weight=off_m)
    for segment, (start, end) in enumerate(network.segment_nodes.tolist()):
        length_m = float(network.segment_length_m[segment])
        # Offsets are whole micrometres and may pass the end by half of one.
        met = [(min(offset_m, length_m), foot) for offset_m, foot in stops[segment]]
        along = [(0.0, start), *sorted(met, key=lambda stop: stop[0])]
        along.append((length_m, end))
        for (before_m, here), (after_m, there) in pairwise(along):
            graph.add_edge(here, there, weight=after_m - before_m)
    return graph


@pytest.fixture(scope="session")
def make_court():
    """``make_court(**tables)``: a compound with a gate to each of two streets.

    ::

        y=140 ──┬───────────────────N─h2──     N (150, 120), S (150, 20)
                │              ┌────N────┐
                │ x=-310       │   h1    │     a lane x=150 through both gates
                │              └────S────┘
        y=0   ──┴──────────F────────┴─────     F, the canteen, at (-90, 0)

    S is open from 06:00 to 20:00. h1 (150, 60) goes 60 + 240 = 300 m by S, and by N
    80 + 460 + 140 + 220 = 900 m. h2 (150, 150) goes 10 + 140 + 240 = 390 m through
    the compound, and 10 + 460 + 140 + 220 = 830 m around it. At 0.8 m/s 15 minutes
    are 720 m.
    """

    def make(**tables):
        house = {"persons_method": "declared", "elderly_method": "declared"}
        rows = {
            "complete_classes": ("ELD.CANTEEN",),
            "communities": [
                {
                    "community_id": "C1",
                    "name": "北门社区",
                    "geometry": box(*toys.at(-400, -50), *toys.at(300, 145)),
                },
                {
                    "community_id": "C2",
                    "name": "后街社区",
                    "geometry": box(*toys.at(-400, 145), *toys.at(300, 300)),
                },
            ],
            "roads": toys.streets(
                ((-310, 0), (-90, 0), (150, 0), (200, 0)),
                ((-310, 0), (-310, 140)),
                ((-310, 140), (150, 140), (200, 140)),
                ((150, 0), (150, 60), (150, 140)),
            ),
            "compounds": [
                {
                    "compound_id": "K1",
                    "gated": "yes",
                    "geometry": box(*toys.at(100, 20), *toys.at(200, 120)),
                }
            ],
            "gates": [
                {
                    "gate_id": key,
                    "compound_id": "K1",
                    "hours": hours,
                    "geometry": Point(toys.at(150, y)),
                }
                for key, y, hours in (("N", 120, None), ("S", 20, "06:00-20:00"))
            ],
            "buildings": [
                {
                    **house,
                    "building_id": key,
                    "households": households,
                    "persons": 2 * households,
                    "elderly": elderly,
                    "geometry": Point(toys.at(150, y)),
                }
                for key, y, households, elderly in (
                    ("h1", 60, 40.0, 30.0),
                    ("h2", 150, 25.0, 10.0),
                )
            ],
            "facilities": [
                {
                    "facility_id": "F",
                    "facility_class": "ELD.CANTEEN",
                    "geometry": Point(toys.at(-90, 0)),
                }
            ],
        }
        return toys.make_district(**(rows | tables))

    return make


@pytest.fixture(scope="session")
def court(make_court):
    """``make_court()``."""
    return make_court()

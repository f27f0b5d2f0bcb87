"""Walls, gates and barriers: what is joined and what is cut, worked out by hand."""

import numpy as np
import pytest
import shapely
from shapely import LineString, MultiPolygon, Point, box

from lifecircle.access.routes import walk_m_between
from lifecircle.network.graph import build_network, network_report


@pytest.fixture
def compound(at):
    def make(x, y, width, height, **columns):
        low, high = at(x, y), at(x + width, y + height)
        return {
            "compound_id": "K1",
            "gated": "yes",
            "geometry": box(*low, *high),
            **columns,
        }

    return make


@pytest.fixture
def gate(at):
    def make(x, y, **columns):
        return {
            "gate_id": f"M{x}-{y}",
            "compound_id": "K1",
            "geometry": Point(at(x, y)),
            **columns,
        }

    return make


@pytest.fixture
def walk(at):
    """Metres between two toy places on a network."""

    def measure(network, here, there):
        spots = (np.array([Point(at(*place))], dtype=object) for place in (here, there))
        return float(walk_m_between(network, *spots)[0])

    return measure


# A street at y=0 runs through a compound between x=100 and x=200; another goes
# round it over y=100 (100 + 300 + 100 m).
THROUGH = ((0, 0), (300, 0))
ROUND = ((0, 0), (0, 100), (300, 100), (300, 0))


def test_a_wall_cuts_a_street(make_district, make_streets, compound, gate, walk):
    district = make_district(
        roads=make_streets(THROUGH, ROUND),
        compounds=[compound(100, -50, 100, 100)],
        gates=[gate(100, 0)],
    )
    network = build_network(district)
    # In by the west gate at x=100; the east wall at x=200 is shut: 0 -> 500 m round.
    assert walk(network, (0, 0), (300, 0)) == pytest.approx(500.0)
    assert walk(network, (0, 0), (190, 0)) == pytest.approx(190.0)
    assert walk(network, (300, 0), (190, 0)) == pytest.approx(500.0 + 190.0)
    assert network.cuts[["cut_by", "barrier_id"]].to_numpy().tolist() == [
        ["compound", "K1"]
    ]
    assert network.cuts.geometry.iloc[0].x == pytest.approx(500_199.5)


def test_gates_on_both_sides_let_the_street_through(
    make_district, make_streets, compound, gate, walk
):
    district = make_district(
        roads=make_streets(THROUGH, ROUND),
        compounds=[compound(100, -50, 100, 100)],
        gates=[gate(100, 0), gate(200, 0)],
    )
    network = build_network(district)
    assert walk(network, (0, 0), (300, 0)) == pytest.approx(300.0)
    assert len(network.cuts) == 0


@pytest.mark.parametrize(
    ("aside_m", "cuts", "expected_m"),
    [
        (3.0, 0, 300.0),
        # The street is cut; connectors join the gate, 3.2 m aside, to its two ends:
        # 199.5 + sqrt(0.5^2 + 3.2^2) + 3.2 + 100 m.
        (3.2, 1, 305.938827),
    ],
)
def test_a_gate_opens_crossings_within_three_metres(
    make_district, make_streets, compound, gate, walk, aside_m, cuts, expected_m
):
    district = make_district(
        roads=make_streets(THROUGH, ROUND),
        compounds=[compound(100, -50, 100, 100)],
        gates=[gate(100, 0), gate(200, aside_m)],
    )
    network = build_network(district)
    assert len(network.cuts) == cuts
    assert walk(network, (0, 0), (300, 0)) == pytest.approx(expected_m)


def test_a_shut_gate_is_a_wall(make_district, make_streets, compound, gate, walk):
    district = make_district(
        roads=make_streets(THROUGH, ROUND),
        compounds=[compound(100, -50, 100, 100)],
        gates=[gate(100, 0), gate(200, 0, open="no")],
    )
    assert walk(build_network(district), (0, 0), (300, 0)) == pytest.approx(500.0)


@pytest.mark.parametrize("gated", ["no", "unknown"])
def test_compounds_not_known_to_be_gated_have_no_wall(
    make_district, make_streets, compound, gate, walk, gated
):
    district = make_district(
        roads=make_streets(THROUGH, ROUND),
        compounds=[compound(100, -50, 100, 100, gated=gated)],
        gates=[gate(100, 50)],
    )
    network = build_network(district)
    assert walk(network, (0, 0), (300, 0)) == pytest.approx(300.0)
    assert network.compound_ids == ()


def test_gated_without_a_gate_is_counted_and_not_walled(
    make_district, make_streets, compound, walk
):
    district = make_district(
        roads=make_streets(THROUGH, ROUND), compounds=[compound(100, -50, 100, 100)]
    )
    network = build_network(district)
    report = network_report(network, district).set_index("item")["value"]
    assert walk(network, (0, 0), (300, 0)) == pytest.approx(300.0)
    assert report["gated_without_open_gate"] == 1


def test_a_bridge_and_a_tunnel_pass_walls(
    make_district, make_streets, compound, gate, walk
):
    roads = make_streets(THROUGH, ROUND)
    roads[0]["tunnel"] = "yes"
    district = make_district(
        roads=roads,
        compounds=[compound(100, -50, 100, 100)],
        gates=[gate(150, 50)],
    )
    assert walk(build_network(district), (0, 0), (300, 0)) == pytest.approx(300.0)


@pytest.mark.parametrize("y", [0.0, 0.4, -0.4])
def test_a_street_along_a_wall_is_outside(
    make_district, make_streets, compound, gate, y
):
    # The compound's south wall stands at y=0, the street at y within half a metre.
    district = make_district(
        roads=make_streets(((0, y), (300, y))),
        compounds=[compound(100, 0, 100, 100)],
        gates=[gate(150, 0)],
    )
    network = build_network(district)
    assert len(network.cuts) == 0
    assert (network.segment_compound == -1).all()
    assert network.component.max() == 0


def test_a_wall_shared_by_two_compounds(
    make_district, make_streets, compound, gate, walk
):
    west = compound(100, -50, 100, 100)
    east = compound(200, -50, 100, 100, compound_id="K2")
    roads = make_streets(((0, 0), (400, 0)), ((0, 0), (0, 100), (400, 100), (400, 0)))
    gates = [gate(100, 0), gate(300, 0, compound_id="K2")]
    closed = build_network(
        make_district(roads=roads, compounds=[west, east], gates=gates)
    )
    opened = build_network(
        make_district(roads=roads, compounds=[west, east], gates=[*gates, gate(200, 0)])
    )
    # The shared wall at x=200 shuts both; 100 m up, 400 m along, 100 m down.
    assert walk(closed, (0, 0), (400, 0)) == pytest.approx(600.0)
    assert walk(opened, (0, 0), (400, 0)) == pytest.approx(400.0)
    assert sorted(closed.cuts["barrier_id"]) == ["K1", "K2"]


def test_a_vertex_on_the_wall_does_not_leak(
    make_district, make_streets, compound, gate, walk
):
    roads = make_streets(((0, 0), (100, 0), (100.5, 0), (199.5, 0), (300, 0)), ROUND)
    district = make_district(
        roads=roads, compounds=[compound(100, -50, 100, 100)], gates=[gate(100, 0)]
    )
    assert walk(build_network(district), (0, 0), (300, 0)) == pytest.approx(500.0)


def test_a_gate_without_a_street_gets_connectors(
    make_district, make_streets, compound, gate, walk
):
    # Street outside at y=-20, lane inside at y=30, gate in the south wall (y=0).
    district = make_district(
        roads=make_streets(((0, -20), (300, -20)), ((120, 30), (180, 30))),
        compounds=[compound(100, 0, 100, 100)],
        gates=[gate(150, 0)],
    )
    network = build_network(district)
    # 30 m along the lane, 30 m down to the gate, 20 m to the street, 150 m west.
    assert walk(network, (180, 30), (0, -20)) == pytest.approx(30 + 30 + 20 + 150)
    assert sorted(network.segment_length_m[network.segment_kind == "connector"]) == [
        20.0,
        30.0,
    ]


def test_a_lane_that_ends_at_its_gate_is_joined_to_the_street_before_it(
    make_district, make_streets, compound, gate, walk
):
    district = make_district(
        roads=make_streets(((0, -20), (300, -20)), ((150, 50), (150, 0))),
        compounds=[compound(100, 0, 100, 100)],
        gates=[gate(150, 0)],
    )
    assert walk(build_network(district), (150, 50), (0, -20)) == pytest.approx(220.0)


def test_a_street_outside_that_ends_at_the_gate_is_joined_to_the_lane(
    make_district, make_streets, compound, gate, walk
):
    district = make_district(
        roads=make_streets(((150, -80), (150, 0)), ((120, 30), (150, 30), (180, 30))),
        compounds=[compound(100, 0, 100, 100)],
        gates=[gate(150, 0)],
    )
    assert walk(build_network(district), (150, -80), (180, 30)) == pytest.approx(140.0)


def test_no_connector_is_longer_than_50_m_or_crosses_a_barrier(
    make_district, make_streets, compound, gate, at
):
    water = LineString([at(-100, -10), at(400, -10)])
    far = make_district(
        roads=make_streets(((0, -60), (300, -60))),
        compounds=[compound(100, 0, 100, 100)],
        gates=[gate(150, 0)],
    )
    beyond = make_district(
        roads=make_streets(((0, -20), (300, -20))),
        compounds=[compound(100, 0, 100, 100)],
        gates=[gate(150, 0)],
        barriers=[{"barrier_id": "W", "barrier_kind": "river", "geometry": water}],
    )
    for district in (far, beyond):
        assert not (build_network(district).segment_kind == "connector").any()


def test_a_compound_without_streets_has_straight_lines_to_its_gates(
    make_district, make_streets, compound, gate, at
):
    home = Point(at(150, 40))
    district = make_district(
        roads=make_streets(((0, -20), (300, -20))),
        compounds=[compound(100, 0, 100, 100)],
        gates=[gate(120, 0), gate(200, 40)],
        buildings=[{"building_id": "B", "households": 1.0, "geometry": home}],
    )
    network = build_network(district)
    connectors = network.segment_length_m[network.segment_kind == "connector"]
    # South gate: 50 m inside (30-40-50 triangle) and 20 m to the street. East gate:
    # 50 m inside; its street is 60 m away, more than a connector may be.
    assert sorted(connectors) == pytest.approx([20.0, 50.0, 50.0])
    assert (network.segment_compound == 0).sum() == 2


def test_two_compounds_in_two_parts_and_one_inside_the_other(
    make_district, make_streets, compound, gate, at
):
    first = box(*at(0, 0), *at(100, 100))
    second = box(*at(300, 0), *at(400, 100))
    inner = box(*at(20, 20), *at(80, 80))
    district = make_district(
        roads=make_streets(((50, 50), (50, 150)), ((350, 50), (350, 150))),
        compounds=[
            compound(0, 0, 1, 1, geometry=MultiPolygon([first, second])),
            compound(0, 0, 1, 1, compound_id="K2", geometry=inner),
        ],
        gates=[gate(50, 100), gate(50, 80, compound_id="K2")],
    )
    network = build_network(district)
    assert network.compound_ids == ("K1", "K2")
    by_compound = {
        label: round(
            network.segment_length_m[network.segment_compound == label].sum(), 3
        )
        for label in (-1, 0, 1)
    }
    # K2: y 50 to 79.5; K1: 79.5 to 99.5, and 50 to 99.5 in its second part; the
    # rest outside: 50.5 m twice.
    assert by_compound == {-1: 101.0, 0: 20.0 + 49.5, 1: 29.5}


def test_the_river_is_crossed_by_its_bridge_only(river, walk):
    network = build_network(river)
    # The lane at x=0 is cut: 300 m to the bridge, 60 m over it, 300 m back.
    assert walk(network, (0, 0), (0, 60)) == pytest.approx(660.0)
    assert network.cuts[["cut_by", "barrier_id"]].to_numpy().tolist() == [
        ["river", "W1"]
    ]


def test_touching_a_barrier_is_not_crossing_it(make_district, make_streets, at, walk):
    # The street touches the river at its bend, (100, 0), from the south.
    water = LineString([at(0, 50), at(100, 0), at(200, 50)])
    end = LineString([at(150, 80), at(150, 0)])
    district = make_district(
        roads=make_streets(((0, 0), (100, 0), (200, 0))),
        barriers=[
            {"barrier_id": "W", "barrier_kind": "river", "geometry": water},
            {"barrier_id": "X", "barrier_kind": "railway", "geometry": end},
        ],
    )
    network = build_network(district)
    assert walk(network, (0, 0), (200, 0)) == pytest.approx(200.0)
    assert len(network.cuts) == 0


@pytest.mark.parametrize("turned", [False, True])
def test_a_junction_on_a_barrier_keeps_each_bank_together(
    make_district, make_streets, at, walk, turned
):
    # Four streets meet at (0, 0) on a railway along y=0: north-west and north-east
    # stay joined, south-west and south-east too, but no one crosses.
    ends = [at(-500, 0), at(500, 0)]
    rail = LineString(ends[::-1] if turned else ends)
    corners = [(-100, 100), (100, 100), (-100, -100), (100, -100)]
    district = make_district(
        roads=make_streets(*[((0, 0), corner) for corner in corners]),
        barriers=[{"barrier_id": "T", "barrier_kind": "railway", "geometry": rail}],
    )
    network = build_network(district)
    half = float(np.hypot(100, 100))
    assert walk(network, corners[0], corners[1]) == pytest.approx(2 * half)
    assert walk(network, corners[2], corners[3]) == pytest.approx(2 * half)
    assert np.isnan(walk(network, corners[0], corners[2]))
    assert len(network.cuts) == 1


def test_a_closed_barrier_keeps_everyone_in(make_district, make_streets, at, walk):
    ring = shapely.boundary(box(*at(-50, -50), *at(50, 50)))
    district = make_district(
        roads=make_streets(((0, 0), (100, 0))),
        barriers=[{"barrier_id": "Z", "barrier_kind": "wall", "geometry": ring}],
    )
    network = build_network(district)
    assert np.isnan(walk(network, (0, 0), (100, 0)))
    assert walk(network, (0, 0), (49, 0)) == pytest.approx(49.0)


def test_a_gate_opens_a_barrier_of_kind_wall_but_no_railway(
    make_district, make_streets, at, walk, gate
):
    line = LineString([at(50, -100), at(50, 100)])
    for kind, expected_m in (("wall", 100.0), ("railway", np.nan)):
        district = make_district(
            roads=make_streets(((0, 0), (100, 0))),
            gates=[gate(50, 0, compound_id=None)],
            barriers=[{"barrier_id": "Z", "barrier_kind": kind, "geometry": line}],
        )
        measured = walk(build_network(district), (0, 0), (100, 0))
        assert measured == pytest.approx(expected_m, nan_ok=True)


def test_a_river_given_as_an_area_is_cut_at_its_banks(
    make_district, make_streets, at, walk
):
    water = box(*at(40, -500), *at(60, 500))
    district = make_district(
        roads=make_streets(((0, 0), (100, 0))),
        barriers=[{"barrier_id": "W", "barrier_kind": "river", "geometry": water}],
    )
    network = build_network(district)
    assert np.isnan(walk(network, (0, 0), (100, 0)))
    assert len(network.cuts) == 2

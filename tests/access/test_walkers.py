"""Walkers: steps, crossings, directed time; metres stay metres."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from shapely import MultiPoint, Point

from lifecircle.access.catchments import walking_catchments
from lifecircle.access.field import (
    UM,
    Places,
    cost_graph,
    nearest_source,
    walk_field,
)
from lifecircle.access.isochrones import isochrones, reachable_streets
from lifecircle.access.kernel import FAR
from lifecircle.access.minutes import walk_access
from lifecircle.access.nearest import nearest_facilities
from lifecircle.access.reach import walked_stretches
from lifecircle.access.routes import example_routes
from lifecircle.access.walkers import level_m, open_network
from lifecircle.errors import ConfigError
from lifecircle.network.graph import build_network
from lifecircle.standards.walkers import walker_profiles, walker_sources

PROFILES = dict(walker_profiles())


@pytest.fixture
def stairs(make_district, make_streets, make_config, at):
    """A home 100 m from the clinic by stairs of 20 m, 300 m by the road around.

    ::

        y=100 ┌──────────────────┐
        y=0   H ──── ≡≡≡≡ ────── F     x = 0, 40, 60, 100
    """
    rows = make_streets(
        ((0, 0), (40, 0)),
        ((40, 0), (60, 0)),
        ((60, 0), (100, 0)),
        ((0, 0), (0, 100), (100, 100), (100, 0)),
    )
    rows[1] |= {"road_class": "steps", "steps": "yes"}
    return make_district(
        config=make_config(walkers=PROFILES),
        roads=rows,
        buildings=[
            {"building_id": "H", "households": 1.0, "geometry": Point(at(0, 0))}
        ],
        facilities=[
            {
                "facility_id": "F",
                "facility_class": "SHOP",
                "geometry": Point(at(100, 0)),
            }
        ],
    )


def walks_of(district, network=None):
    walks = walk_access(network or build_network(district), district)
    return walks.set_index("walker")


def test_a_pram_takes_no_steps(stairs):
    walks = walks_of(stairs)
    assert walks["walk_m"].to_dict() == pytest.approx(
        {"adult": 100, "elderly": 100, "pram": 300}
    )
    # 80 m on the level and 20 m of steps at 3 times the time: 140 m on the level.
    assert walks.loc["adult", "walk_min"] == pytest.approx(140 / 1.1 / 60)
    assert walks.loc["elderly", "walk_min"] == pytest.approx(140 / 0.8 / 60)
    assert walks.loc["pram", "walk_min"] == pytest.approx(300 / 1.0 / 60)


def test_a_rule_on_metres_is_never_made_one_on_minutes(stairs):
    # Steps at 20 times the time: the fastest walk goes round, the shortest does not.
    slow = replace(PROFILES["adult"], steps_factor=20.0)
    district = replace(stairs, config=replace(stairs.config, walkers={"adult": slow}))
    walks = walks_of(district)
    assert walks.loc["adult", "walk_m"] == pytest.approx(100)
    assert walks.loc["adult", "walk_min"] == pytest.approx(300 / 1.1 / 60)


def test_steps_on_a_footbridge_are_steps(stairs):
    roads = stairs.roads.copy()
    roads.loc[1, ["road_class", "bridge", "steps"]] = ["footway", "yes", "yes"]
    walks = walks_of(replace(stairs, roads=roads))
    assert walks.loc["pram", "walk_m"] == pytest.approx(300)


def test_a_home_on_steps_is_put_on_another_street_for_a_pram(stairs, at):
    homes = stairs.buildings.assign(geometry=[Point(at(52, 1))])
    walks = walks_of(replace(stairs, buildings=homes))
    assert walks.loc["adult", "walk_m"] == pytest.approx(49)
    # To the street's end at (60, 0), 8.06 m off, then 40 m.
    assert walks.loc["pram", "walk_m"] == pytest.approx(40 + np.hypot(8, 1))


@pytest.mark.parametrize(
    ("crossing", "delay_s"),
    [("signals", 20.0), ("footbridge", 55.0), ("underpass", 55.0), ("no", 0.0)],
)
def test_a_crossing_costs_its_delay_once(
    make_district, make_streets, make_config, at, crossing, delay_s
):
    # The crossing has a vertex in its middle, and is still one crossing.
    rows = make_streets(
        ((0, 0), (40, 0)), ((40, 0), (50, 0), (60, 0)), ((60, 0), (100, 0))
    )
    rows = [row | {"crossing": "no"} for row in rows]
    rows[1]["crossing"] = crossing
    district = make_district(
        config=make_config(walkers={"elderly": PROFILES["elderly"]}),
        roads=rows,
        buildings=[
            {"building_id": "H", "households": 1.0, "geometry": Point(at(0, 0))}
        ],
        facilities=[
            {
                "facility_id": "F",
                "facility_class": "SHOP",
                "geometry": Point(at(100, 0)),
            }
        ],
    )
    walks = walks_of(district)
    assert walks.loc["elderly", "walk_m"] == 100.0
    seconds = walks.loc["elderly", "walk_min"] * 60
    assert seconds == pytest.approx(100 / 0.8 + delay_s)


def test_profiles_change_nothing_where_there_is_nothing(toy):
    plain = walk_access(toy.network, toy.district)
    walkers = {
        name: replace(PROFILES[name], speed_m_per_s=walker.speed_m_per_s)
        for name, walker in toy.district.config.walkers.items()
    }
    config = replace(toy.district.config, walkers=walkers)
    with_profiles = walk_access(toy.network, replace(toy.district, config=config))
    assert with_profiles.equals(plain)


def test_every_profile_names_its_sources():
    assert set(PROFILES) == {"adult", "elderly", "pram"}
    for walker in PROFILES.values():
        assert walker.source
        assert walker.slow_m_per_s <= walker.speed_m_per_s <= walker.fast_m_per_s
    assert set(walker_sources()) == {
        *("steps_factor", "signal_delay_s", "footbridge_delay_s", "slope")
    }


def test_a_walker_that_is_none_is_named_with_those_that_there_are(stairs):
    network = build_network(stairs)
    named = r"'prams'.*are adult, .*pram.* Did you mean pram\?"
    with pytest.raises(ConfigError, match=named):
        isochrones(network, stairs, "SHOP", walker="prams", limits_min=[1.0])
    with pytest.raises(ConfigError, match=named):
        nearest_facilities(network, stairs, ["SHOP"], k=1, walker="prams")


def test_isochrones_of_a_pram_do_not_run_up_the_steps(stairs, at):
    network = build_network(stairs)
    adult, pram = (
        isochrones(network, stairs, "SHOP", walker=walker, limits_min=[1.0])
        for walker in ("adult", "pram")
    )
    # On the steps' middle: 40 + 10 m from F; a pram's ground ends 30 m past (60, 0).
    assert adult.geometry.iloc[0].covers(Point(at(50, 0)))
    beyond = Point(at(25, 0))
    assert not pram.geometry.iloc[0].covers(beyond)


def test_reachable_streets_are_cut_where_time_is_up(stairs):
    network = build_network(stairs)
    near = reachable_streets(network, stairs, "SHOP", walker="adult", limit_min=1.0)
    # 66 m on the level: 40 m, then 26 m of which steps take 3 each: 8.67 m; and 66 m
    # up the road around.
    assert near.length.sum() == pytest.approx(40 + 26 / 3 + 66)
    assert near["walk_min"].min() == pytest.approx(0.0)


def test_a_limit_in_metres_is_metres_of_street_and_no_time(stairs):
    network = build_network(stairs)
    adult, pram = (
        reachable_streets(network, stairs, "SHOP", walker=walker, limit_m=66)
        for walker in ("adult", "pram")
    )
    # 66 m up the road around and 66 m west, of which 20 m on the steps, at their
    # length; a pram walks 40 m west, to the steps.
    assert adult.length.sum() == pytest.approx(66 + 66)
    assert pram.length.sum() == pytest.approx(66 + 40)
    assert "walk_min" not in adult
    assert adult["walk_m"].max() == pytest.approx(60.0)


def test_the_example_route_is_the_walkers_own(stairs):
    network = build_network(stairs)
    walks = walk_access(network, stairs)
    areas = [
        {
            "gap_id": walker,
            "rule_id": "R",
            "facility_class": "SHOP",
            "walker": walker,
            "building_ids": "H",
        }
        for walker in ("adult", "pram")
    ]
    routes = example_routes(network, stairs, walks, pd.DataFrame(areas))
    assert routes.length.tolist() == pytest.approx([100.0, 300.0])
    assert routes["walk_m"].tolist() == pytest.approx([100.0, 300.0])
    assert routes["walk_min"].tolist() == pytest.approx([140 / 66, 5.0])


def directed_oracle(network, costs_m):
    graph = nx.MultiDiGraph()
    graph.add_nodes_from(range(len(network.node_xy)))
    for (start, end), (forth, back) in zip(
        network.segment_nodes.tolist(), costs_m.tolist(), strict=True
    ):
        graph.add_edge(start, end, weight=forth)
        graph.add_edge(end, start, weight=back)
    return graph


@pytest.mark.parametrize("seed", range(8))
def test_directed_costs_against_networkx(toy, seed):
    """Homes and sources in the midst of segments, costs that differ by direction."""
    rng = np.random.default_rng(seed)
    network = toy.network
    size = len(network.segment_length_m)
    costs_m = network.segment_length_m[:, None] * rng.uniform(0.5, 4.0, (size, 2))
    graph = cost_graph(network, costs_m)

    def spots(count):
        segment = rng.integers(0, size, count)
        share = rng.uniform(0, 1, count)
        offset = np.rint(share * graph.segment_um[segment]).astype(np.int64)
        return Places(segment.astype(np.int32), offset, rng.integers(0, 9 * UM, count))

    sources, homes = spots(3), spots(40)
    field = walk_field(graph, sources, limit_m=100_000)
    um, _ = nearest_source(graph, field, homes)
    oracle = directed_oracle(network, costs_m)
    ends = network.segment_nodes
    length = graph.segment_um
    for home in range(40):
        one, at = homes.segment[home], homes.offset_um[home]
        forth, back = costs_m[one]
        best = np.inf
        for source in range(3):
            two, to = sources.segment[source], sources.offset_um[source]
            legs = (homes.off_um[home] + sources.off_um[source]) / UM
            if one == two:
                part = abs(int(to) - int(at)) / length[one]
                best = min(best, legs + part * (forth if to >= at else back))
            out = {
                int(ends[one, 0]): back * at / length[one],
                int(ends[one, 1]): forth * (1 - at / length[one]),
            }
            into = {
                int(ends[two, 0]): costs_m[two, 0] * to / length[two],
                int(ends[two, 1]): costs_m[two, 1] * (1 - to / length[two]),
            }
            for start, leave in out.items():
                lengths = nx.single_source_dijkstra_path_length(oracle, start)
                for end, arrive in into.items():
                    if end in lengths:
                        best = min(best, legs + leave + lengths[end] + arrive)
        got = np.inf if um[home] == FAR else um[home] / UM
        assert got == pytest.approx(best, abs=1e-3)


def test_stretches_of_uneven_pace_meet_where_both_ways_are_equal(dead_end):
    network = build_network(dead_end)
    size = len(network.segment_length_m)
    costs_m = network.segment_length_m[:, None] * np.tile([2.0, 1.0], (size, 1))
    graph = cost_graph(network, costs_m)
    source = Places(
        np.array([0], np.int32), np.array([40 * UM], np.int64), np.array([0], np.int64)
    )
    stretches = walked_stretches(graph, walk_field(graph, source, limit_m=50))
    own = stretches.segment == 0
    # To the source from its start's side at 2 a metre: 25 m; from beyond at 1: 50 m.
    assert stretches.from_m[own].tolist() == pytest.approx([15.0, 40.0])
    assert stretches.to_m[own].tolist() == pytest.approx([40.0, 90.0])


def test_a_facility_is_entered_at_the_nearest_of_its_entrances(stairs, at):
    doors = MultiPoint([at(100, 0), at(0, 95)])
    facilities = stairs.facilities.assign(geometry=[doors])
    district = replace(stairs, facilities=facilities)
    network = build_network(district)
    walks = walks_of(district, network)
    # 95 m up the road around, by nobody's steps.
    assert walks["walk_m"].tolist() == pytest.approx([95.0] * 3)
    assert walks["facility_id"].tolist() == ["F"] * 3
    area = {"gap_id": "1", "rule_id": "R", "facility_class": "SHOP"}
    areas = pd.DataFrame([area | {"walker": "adult", "building_ids": "H"}])
    walks = walk_access(network, district)
    route = example_routes(network, district, walks, areas).iloc[0]
    assert route["walk_m"] == pytest.approx(95.0)
    assert route["straight_m"] == pytest.approx(95.0)
    assert Point(route.geometry.coords[-1]).equals(Point(at(0, 95)))
    catchment = walking_catchments(
        network, facilities, limit_m=500, id_column="facility_id"
    )
    assert catchment["facility_id"].tolist() == ["F"]


def test_an_entrance_too_far_off_does_not_count(stairs, at):
    doors = MultiPoint([at(100, 0), at(0, 5000)])
    district = replace(stairs, facilities=stairs.facilities.assign(geometry=[doors]))
    walks = walks_of(district)
    assert walks.loc["adult", "walk_m"] == pytest.approx(100.0)


def test_level_metres_by_hand(stairs):
    network = build_network(stairs)
    costs_m = level_m(network, PROFILES["adult"])
    steps = network.features["steps"] > 0
    assert costs_m[steps].tolist() == [[60.0, 60.0]]
    part = open_network(network, PROFILES["pram"])
    assert len(part.segment_length_m) == len(network.segment_length_m) - 1
    assert level_m(part, PROFILES["pram"]) is None
    assert part.indptr[-1] == len(part.neighbour) == 2 * len(part.segment_nodes)

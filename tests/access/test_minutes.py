"""Walks of buildings: hand-worked towns, networkx as oracle, properties."""

from dataclasses import replace

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely import Point, affinity, box

from lifecircle.access.field import UM, cost_graph
from lifecircle.access.minutes import counted_facilities, walk_access
from lifecircle.access.within import place_nodes, walks_within
from lifecircle.columns import ACCESS
from lifecircle.conftest import at, make_district, places, streets
from lifecircle.network.graph import build_network
from lifecircle.network.snap import snap_points


def walks(district, **options):
    access = walk_access(build_network(district), district, **options)
    return access[access["walker"] == "elderly"].reset_index(drop=True)


def walk_m(district, **options):
    return walks(district, **options)["walk_m"].tolist()


def test_columns_and_order(toy):
    access = toy.access
    assert tuple(access.columns) == ACCESS
    # 6 buildings x 4 classes x 2 walkers.
    assert len(access) == 48
    keys = access[["building_id", "facility_class", "walker"]]
    assert keys.equals(keys.sort_values(list(keys), ignore_index=True))


def test_minutes_are_metres_by_the_walkers_speed(toy):
    row = toy.access.set_index(["building_id", "facility_class", "walker"])
    # 280 m: 280 / 1.1 / 60 = 4.2424 min; 280 / 0.8 / 60 = 5.8333 min.
    minutes = row.loc[("B1", "ELD.CANTEEN"), "walk_min"]
    assert minutes.tolist() == pytest.approx([4.242424, 5.833333], abs=1e-6)


def test_the_gated_compound_walks_out_by_its_gate(toy):
    row = toy.access.set_index(["building_id", "facility_class", "walker"])
    # B3 (270, 60): 30 m to the lane, 90 m north through the gate, 100 m west, 150 m
    # south, 100 m east, 10 m to the canteen: 480 m; in a straight line 76 m.
    assert row.loc[("B3", "ELD.CANTEEN", "adult"), "walk_m"] == pytest.approx(480.0)


def test_both_banks_of_the_river(river, town, make_district):
    district = make_district(
        roads=river.roads,
        barriers=river.barriers,
        buildings=places("building_id", [(10, -10)], households=1.0),
        facilities=places("facility_id", [(10, 70)], facility_class="SHOP"),
    )
    # 10 + 290 m to the bridge, 60 m over it, 290 m back + 10 m: 660 m for 80 m.
    assert walk_m(district) == pytest.approx([660.0])


def test_two_points_on_one_edge_walk_directly_between_them(town):
    district = town(streets(((0, 0), (1000, 0))), [(400, 0)], [(430, 0), (380, 5)])
    # By the ends it would be 400 + 430 m; the other place is 20 + 5 m away.
    assert walk_m(district) == pytest.approx([25.0])
    assert walks(district)["facility_id"].tolist() == ["F1"]


def test_unreachable_is_nan(town):
    roads = streets(((0, 0), (100, 0)), ((0, 500), (100, 500)))
    frame = walks(town(roads, [(10, 0), (10, 490)], [(90, 0)]))
    assert frame["walk_m"].isna().tolist() == [False, True]
    assert frame["walk_min"].isna().tolist() == [False, True]
    assert frame["facility_id"].isna().tolist() == [False, True]


def test_a_point_too_far_from_any_street_is_unreachable(town):
    district = town(streets(((0, 0), (500, 0))), [(10, 101), (10, 99)], [(90, 0)])
    assert walk_m(district) == pytest.approx([np.nan, 99.0 + 80.0], nan_ok=True)


def test_parallel_edges_keep_the_minimum(town):
    # Two streets between (0, 0) and (100, 0): straight, and 200 m by a corner.
    for roads in (
        streets(((0, 0), (100, 0)), ((0, 0), (50, 86.6025404), (100, 0))),
        streets(((0, 0), (50, 86.6025404), (100, 0)), ((0, 0), (100, 0))),
    ):
        more = streets(((-50, 0), (0, 0)), ((100, 0), (150, 0)))
        district = town(roads + more, [(-20, 0)], [(120, 0)])
        assert walk_m(district) == pytest.approx([140.0])


def test_a_dead_end_is_walked_back(dead_end, make_district):
    district = make_district(
        roads=dead_end.roads,
        buildings=places("building_id", [(105, 70)], households=1.0),
        facilities=places("facility_id", [(180, 0)], facility_class="SHOP"),
    )
    assert walk_m(district) == pytest.approx([5.0 + 70.0 + 80.0])


def test_limits_are_inclusive(town):
    district = town(streets(((0, 0), (500, 0))), [(0, 5)], [(100, 5)])
    assert walk_m(district, limit_m=110.0) == pytest.approx([110.0])
    assert np.isnan(walk_m(district, limit_m=109.9)).all()


def test_ties_go_to_the_lowest_facility_id(town):
    roads = streets(((0, 0), (100, 0), (200, 0)))
    first = town(roads, [(100, 0)], [(150, 0), (50, 0)])
    assert walks(first)["facility_id"].tolist() == ["F0"]
    second = town(roads, [(100, 0)], [(50, 0), (150, 0)])
    assert walks(second)["facility_id"].tolist() == ["F0"]


def test_statuses_and_opening_years(toy, make_district):
    names = counted_facilities(
        toy.district, "ELD.CANTEEN", statuses=("built", "under_construction")
    )["facility_id"]
    assert names.tolist() == ["F1", "F4"]
    later = toy.district.facilities.assign(opened=2027.0)
    district = make_district(
        **{name: getattr(toy.district, name) for name in ("roads", "buildings")},
        facilities=later,
    )
    assert counted_facilities(district, "ELD.CANTEEN").empty


def test_status_set_and_classes_nobody_offers(toy):
    access = walk_access(
        toy.network,
        toy.district,
        classes=["EDU.PRIMARY", "ELD.CANTEEN"],
        statuses=("built", "under_construction"),
    )
    assert access["status_set"].unique().tolist() == ["built+under_construction"]
    nobody = access[access["facility_class"] == "EDU.PRIMARY"]
    assert len(nobody) == 12
    assert nobody["walk_m"].isna().all()
    # B5 (450, 170) now has F4 (480, 160): 20 + 30 + 10 m.
    five = access.query("building_id == 'B5' and facility_class == 'ELD.CANTEEN'")
    assert five["walk_m"].tolist() == pytest.approx([60.0, 60.0])


def test_compounds_without_streets_walk_straight_to_their_gates(
    town, make_district, at
):
    district = make_district(
        roads=streets(((0, -20), (300, -20))),
        compounds=[
            {
                "compound_id": "K1",
                "gated": "yes",
                "geometry": box(*at(100, 0), *at(200, 100)),
            }
        ],
        gates=[{"gate_id": "M", "compound_id": "K1", "geometry": Point(at(120, 0))}],
        buildings=places("building_id", [(150, 40), (160, 5)], households=1.0),
        facilities=places("facility_id", [(0, -20)], facility_class="SHOP"),
    )
    # Building 0: 50 m to the gate (30-40-50), 20 m to the street, 120 m west.
    # Building 1 stands 25 m from the street, but walks sqrt(40^2 + 5^2) + 20 + 120.
    assert walk_m(district) == pytest.approx([190.0, 180.311289])


def test_progress_wraps_the_classes(toy):
    seen = []

    def track(items):
        for item in items:
            seen.append(item)
            yield item

    walk_access(toy.network, toy.district, classes=["B", "A"], track=track)
    assert seen == ["A", "B"]


def test_no_buildings_give_no_rows(town):
    access = walks(town(streets(((0, 0), (100, 0))), [], [(10, 0)]))
    assert access.empty
    assert tuple(access.columns) == ACCESS


spots = st.tuples(st.integers(0, 400), st.integers(0, 400))
lines = st.lists(
    st.tuples(spots, spots).filter(lambda ends: ends[0] != ends[1]),
    min_size=1,
    max_size=25,
)
corners = st.sampled_from([(x, y) for x in range(0, 401, 100) for y in (0, 150, 300)])
joined = st.lists(
    st.tuples(corners, corners).filter(lambda ends: ends[0] != ends[1]),
    min_size=1,
    max_size=25,
)
towns = st.tuples(
    st.one_of(lines, joined),
    st.lists(spots, min_size=1, max_size=6),
    st.lists(spots, min_size=1, max_size=6),
)


def district_of(made):
    roads, homes, shops = made
    return make_district(
        roads=streets(*roads),
        buildings=places("building_id", homes, households=1.0),
        facilities=places("facility_id", shops, facility_class="SHOP"),
    )


@settings(max_examples=50, deadline=None)
@given(made=towns)
def test_walks_equal_networkx(make_oracle, made):
    district = district_of(made)
    network = build_network(district)
    snapped = {
        name: snap_points(network, getattr(district, name).geometry, max_off_m=100)
        for name in ("buildings", "facilities")
    }
    graph = make_oracle(network, **snapped)
    found = walks(district)
    for row, walked_m in enumerate(found["walk_m"]):
        reached = nx.single_source_dijkstra_path_length(graph, ("buildings", row))
        away = [
            reached.get(("facilities", shop), np.inf)
            for shop in range(len(district.facilities))
        ]
        expected_m = min(away)
        if np.isinf(expected_m):
            assert np.isnan(walked_m)
        else:
            assert walked_m == pytest.approx(expected_m, abs=1e-4)
            chosen = int(found["facility_id"].iloc[row][1:])
            assert away[chosen] == pytest.approx(expected_m, abs=1e-4)


@settings(max_examples=20, deadline=None)
@given(made=towns, seed=st.integers(0, 99))
def test_the_order_of_rows_does_not_matter(made, seed):
    district = district_of(made)
    rng = np.random.default_rng(seed)
    tables = {}
    for name in ("roads", "buildings", "facilities"):
        frame = getattr(district, name)
        tables[name] = frame.iloc[rng.permutation(len(frame))]
    again = make_district(**tables)
    assert walks(again).equals(walks(district))


@settings(max_examples=20, deadline=None)
@given(made=towns, turn=st.integers(0, 359), east=st.integers(-9000, 9000))
def test_shifting_and_turning_the_map_changes_no_walk(made, turn, east):
    district = district_of(made)
    moved = {}
    for name in ("roads", "buildings", "facilities"):
        frame = getattr(district, name)
        moved[name] = frame.assign(
            geometry=[
                affinity.translate(
                    affinity.rotate(shape, turn, origin=(5e5, 3.52e6)), east, 77.0
                )
                for shape in frame.geometry
            ]
        )
    # Off-street legs are at most 283 m here, so that no one sits on the limit.
    first, second = (
        np.array(walk_m_far(one)) for one in (district, make_district(**moved))
    )
    same = np.isclose(first, second, atol=0.02, equal_nan=True)
    # Where two streets are equally near, a turn may choose the other one.
    assert (same | ambiguous(district)).all()


def walk_m_far(district):
    config = replace(district.config, max_off_road_m=600.0)
    return walk_m(replace(district, config=config))


def ambiguous(district):
    """Buildings where a point has two nearest streets that do not meet there."""
    network = build_network(district)

    def twofold(point):
        away = shapely.distance(network.segment_geometry, point)
        near = network.segment_nodes[away <= away.min() + 0.01].tolist()
        shared = sorted(set.intersection(*map(set, near)))
        joint = shapely.distance(shapely.points(network.node_xy[shared]), point)
        return len(near) > 1 and not (joint <= away.min() + 0.02).any()

    homes = np.array([twofold(point) for point in district.buildings.geometry])
    return homes | any(twofold(point) for point in district.facilities.geometry)


@settings(max_examples=20, deadline=None)
@given(made=towns)
def test_doubling_coordinates_doubles_metres(made):
    district = district_of(made)
    doubled = {}
    for name in ("roads", "buildings", "facilities"):
        frame = getattr(district, name)
        doubled[name] = frame.assign(
            geometry=frame.geometry.affine_transform([2, 0, 0, 2, -5e5, -3.52e6])
        )
    first = np.array(walk_m_far(district))
    second = np.array(walk_m_far(make_district(**doubled)))
    same = np.isclose(2 * first, second, atol=1e-3, equal_nan=True)
    assert (same | np.isnan(second)).all()


@settings(max_examples=20, deadline=None)
@given(made=towns, more=spots)
def test_one_more_facility_never_lengthens_a_walk(made, more):
    roads, homes, shops = made
    before = np.array(walk_m(district_of(made)))
    after = np.array(walk_m(district_of((roads, homes, [*shops, more]))))
    assert (np.isnan(before) | (after <= before)).all()


@settings(max_examples=60, deadline=None)
@given(roads=joined, ends=st.tuples(st.integers(0, 99), st.integers(0, 99)))
def test_one_more_edge_between_nodes_never_lengthens_a_walk(roads, ends):
    before = build_network(make_district(roads=streets(*roads)))
    xy = (before.node_xy - at(0, 0)).tolist()
    new = tuple(tuple(xy[end % len(xy)]) for end in ends)
    assume(new[0] != new[1])
    after = build_network(make_district(roads=streets(*roads, new)))
    same = shapely.STRtree(shapely.points(after.node_xy)).nearest(
        shapely.points(before.node_xy)
    )
    np.testing.assert_allclose(after.node_xy[same], before.node_xy, atol=1e-3)
    assert (node_walks(after)[np.ix_(same, same)] <= node_walks(before)).all()
    # Between its own ends the way is now the new edge, or shorter.
    here, there = same[ends[0] % len(xy)], same[ends[1] % len(xy)]
    direct = np.hypot(*(after.node_xy[here] - after.node_xy[there]))
    assert node_walks(after)[here, there] <= direct + 1e-6


def node_walks(network):
    """Metres between all nodes; infinite where there is no walk."""
    graph = cost_graph(network)
    nodes = np.arange(len(network.node_xy), dtype=np.int32)
    met = walks_within(graph, place_nodes(graph, nodes), limit_m=1e5)
    walk_m = np.full((len(nodes), len(nodes)), np.inf)
    walk_m[met.source, met.node] = met.um / UM
    return walk_m

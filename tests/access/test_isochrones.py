"""Reachable streets and ground: cut at the limit, never across a river or wall."""

from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, box

from lifecircle.access.ground import BUFFER_M
from lifecircle.access.isochrones import isochrones, reachable_streets
from lifecircle.access.raster import CELL_M
from lifecircle.access.sources import open_outing
from lifecircle.conftest import make_district, places, streets
from lifecircle.network.graph import build_network
from lifecircle.network.snap import snap_points

ADULT_M_PER_MIN = 66.0


def reach(district, limit_min, walker="adult"):
    return reachable_streets(
        build_network(district), district, "SHOP", walker=walker, limit_min=limit_min
    )


def ground(district, *limits_min):
    return isochrones(
        build_network(district),
        district,
        "SHOP",
        walker="adult",
        limits_min=limits_min,
    )


def test_a_one_minute_limit_cuts_one_edge_on_both_sides(town):
    district = town(streets(((0, 0), (1000, 0))), [], [(500, 6)])
    found = reach(district, 1)
    # 66 m less 6 m off the street: 60 m each way along the one edge.
    assert found.length.sum() == pytest.approx(120.0)
    assert shapely.union_all(found.geometry).bounds == pytest.approx(
        (500_440.0, 3_520_000.0, 500_560.0, 3_520_000.0)
    )


def test_a_limit_shorter_than_the_leg_off_the_street_reaches_nothing(town):
    district = town(streets(((0, 0), (1000, 0))), [], [(500, 90)])
    assert reach(district, 1).empty
    assert ground(district, 1).geometry.is_empty.tolist() == [True]


def test_edges_are_cut_from_both_ends_and_meet(ladder, make_district):
    district = make_district(
        roads=ladder.roads,
        facilities=places("facility_id", [(0, 0)], facility_class="SHOP"),
    )
    # Ladder of 3 x 100 m squares, from its corner, 132 m: rails and rungs up to
    # 100 m whole (2), then 32 m along each of the 3 edges beyond.
    assert reach(district, 2).length.sum() == pytest.approx(2 * 100 + 3 * 32)
    # 264 m: a-b, a-e, b-c, b-f, e-f whole (5), then 64 m of c-d, c-g, f-g.
    assert reach(district, 4).length.sum() == pytest.approx(5 * 100 + 3 * 64)


def test_stretches_are_labelled_with_the_nearest_source(town):
    district = town(streets(((0, 0), (100, 0), (300, 0))), [], [(0, 0), (240, 0)])
    found = reachable_streets(
        build_network(district), district, "SHOP", walker="adult", limit_m=1000
    )
    by_source = found.length.groupby(found["facility_id"]).sum()
    # They meet half way, at x=120.
    assert by_source.to_dict() == pytest.approx({"F0": 120.0, "F1": 180.0})
    assert set(found["limit_m"]) == {1000.0}
    assert found["walk_m"].min() == 0.0


def test_no_source_and_no_limit_are_no_failure(toy):
    empty = isochrones(
        toy.network, toy.district, "NONE", walker="adult", limits_min=[5, 10]
    )
    assert empty.geometry.is_empty.tolist() == [True, True]
    assert set(empty.geom_type) == {"MultiPolygon"}
    assert empty.crs == "EPSG:4548"
    nothing = isochrones(toy.network, toy.district, "", walker="adult", limits_min=())
    assert nothing.empty
    assert nothing.columns.tolist() == [
        "facility_class",
        "walker",
        "limit_min",
        "area_m2",
        "reason",
        "geometry",
    ]


def test_rows_are_ascending_and_cumulative(toy):
    rings = isochrones(
        toy.network,
        toy.district,
        "ELD.CANTEEN",
        walker="elderly",
        limits_min=[10, 3, 5],
    )
    assert rings["limit_min"].tolist() == [3.0, 5.0, 10.0]
    small, middle, large = rings.geometry
    assert small.difference(middle).area < 1.0
    assert middle.difference(large).area < 1.0


def test_ground_holds_the_streets_and_ends_30_m_from_them(toy):
    for limit_min in (1, 5, 12):
        streets_in = shapely.union_all(
            reachable_streets(
                toy.network,
                toy.district,
                "SVC.COMM",
                walker="adult",
                limit_min=limit_min,
            ).geometry
        )
        area = isochrones(
            toy.network,
            toy.district,
            "SVC.COMM",
            walker="adult",
            limits_min=[limit_min],
        ).geometry.iloc[0]
        assert area.covers(streets_in)
        # Half a cell of 10 m for the contour, which cuts inside corners.
        assert streets_in.buffer(BUFFER_M + CELL_M / 2).covers(area)


def test_ground_equals_the_union_of_buffers(town):
    rng = np.random.default_rng(8)
    lines = [tuple(map(tuple, ends)) for ends in rng.integers(0, 900, (40, 2, 2))]
    joined = [(first[1], second[0]) for first, second in pairwise(lines)]
    district = town(streets(*lines, *joined), [], [lines[0][0], lines[20][0]])
    area = ground(district, 12).geometry.iloc[0]
    buffers = shapely.union_all(
        reach(district, 12).geometry.buffer(BUFFER_M).to_numpy()
    )
    overlap = area.intersection(buffers).area / area.union(buffers).area
    assert overlap > 0.98


@pytest.mark.parametrize("x", [10, 4, 0])
def test_ground_never_leaps_a_river(at, x):
    # The street runs x metres west of the river; nothing crosses it.
    water = LineString([at(x, -500), at(x, 500)])
    district = make_district(
        roads=streets(((-0.01, -200), (-0.01, 200)), ((20, -200), (20, 200))),
        barriers=[{"barrier_id": "W", "barrier_kind": "river", "geometry": water}],
        facilities=places("facility_id", [(-5, 0)], facility_class="SHOP"),
    )
    area = ground(district, 2).geometry.iloc[0]
    east = box(*at(x + 0.001, -600), *at(600, 600))
    assert area.intersection(east).area == pytest.approx(0.0, abs=1e-6)
    assert area.buffer(1e-6).covers(shapely.union_all(reach(district, 2).geometry))


def test_ground_goes_over_the_bridge_and_not_elsewhere(river, at):
    district = make_district(
        roads=river.roads,
        barriers=river.barriers,
        facilities=places("facility_id", [(300, 0)], facility_class="SHOP"),
    )
    # 198 m: 60 m over the bridge, then 138 m each way on the north bank, to x=162,
    # and 30 m around.
    area = ground(district, 3).geometry.iloc[0]
    assert area.intersection(box(*at(290, 25), *at(310, 35))).area > 190.0
    assert area.contains(Point(at(200, 65)))
    assert not area.intersects(Point(at(125, 65)))
    # At x=110 the south bank is reached (190 m), the north bank is not (250 m).
    assert area.contains(Point(at(110, 5)))
    far_shore = box(*at(50, 30.01), *at(125, 100))
    assert area.intersection(far_shore).area == pytest.approx(0.0, abs=1e-6)


def test_ground_stays_outside_walls_until_the_gate_is_reached(toy):
    inside = toy.district.compounds.geometry.iloc[0].buffer(-1)
    early, late = isochrones(
        toy.network, toy.district, "ELD.CANTEEN", walker="adult", limits_min=[4, 7]
    ).geometry
    # The gate is 10 + 100 + 150 + 100 + 20 m away: 380 m, 5.8 min.
    assert early.intersection(inside).area == pytest.approx(0.0, abs=1e-6)
    assert late.intersection(inside).area > 1000


spots = st.tuples(st.integers(0, 400), st.integers(0, 400))
corners = st.sampled_from([(x, y) for x in range(0, 401, 100) for y in (0, 150, 300)])
roads = st.lists(
    st.tuples(corners, corners).filter(lambda ends: ends[0] != ends[1]),
    min_size=1,
    max_size=15,
)


@settings(max_examples=30, deadline=None)
@given(
    lines=roads, shops=st.lists(spots, min_size=1, max_size=4), limit=st.integers(1, 8)
)
def test_the_ends_of_reachable_streets_are_at_most_the_limit_away(
    make_oracle, lines, shops, limit
):
    district = make_district(
        roads=streets(*lines),
        facilities=places("facility_id", shops, facility_class="SHOP"),
    )
    network = build_network(district)
    found = open_outing(
        network, district, "SHOP", walker="adult", limits_min=[limit], limits_m=None
    ).stretches()
    snapped = snap_points(network, district.facilities.geometry, max_off_m=100)
    for offset_m, walk_m in (
        (found.from_m, found.walk_m[:, 0]),
        (found.to_m, found.walk_m[:, 1]),
    ):
        ends = {"segment": found.segment, "offset_m": offset_m, "off_m": 0 * offset_m}
        graph = make_oracle(network, shops=snapped, ends=ends)
        away = nx.multi_source_dijkstra_path_length(
            graph, [("shops", row) for row in range(len(shops))]
        )
        expected = [away[("ends", row)] for row in range(len(found.segment))]
        np.testing.assert_allclose(walk_m, expected, atol=1e-4)
        assert (walk_m <= limit * ADULT_M_PER_MIN + 1e-6).all()
    # Nothing within the limit is missing: every node is on a stretch's end.
    graph = make_oracle(network, shops=snapped)
    away = nx.multi_source_dijkstra_path_length(
        graph, [("shops", row) for row in range(len(shops))]
    )
    whole = reached_length(network, away, limit * ADULT_M_PER_MIN, snapped)
    assert (found.to_m - found.from_m).sum() == pytest.approx(whole, abs=0.1)


def reached_length(network, away, limit_m, snapped):
    """Length within the limit, by sampling every segment at 5 cm."""
    total = 0.0
    for segment, (start, end) in enumerate(network.segment_nodes.tolist()):
        length_m = float(network.segment_length_m[segment])
        count = max(1, round(length_m / 0.05))
        along = (np.arange(count) + 0.5) * length_m / count
        walk_m = np.minimum(
            away.get(start, np.inf) + along, away.get(end, np.inf) + length_m - along
        )
        for row in np.flatnonzero(snapped["segment"] == segment):
            direct = np.abs(along - snapped["offset_m"][row]) + snapped["off_m"][row]
            walk_m = np.minimum(walk_m, direct)
        total += (walk_m <= limit_m).mean() * length_m
    return total

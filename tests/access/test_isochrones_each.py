"""Isochrones of single sources, rings, metres, reasons; streets against networkx."""

from functools import partial

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPoint, Point

from lifecircle.access.isochrones import (
    disjoint_rings,
    isochrones,
    isochrones_each,
    reachable_streets,
)
from lifecircle.conftest import CRS, at, make_district, streets
from lifecircle.errors import ConfigError, CrsError, TableError
from lifecircle.network.graph import build_network
from lifecircle.network.snap import snap_points

SLACK_M2 = 1.0
"""Contours of one raster that share a line may differ there by rounded centimetres."""


def own(*spots):
    """Points of one's own, P0, P1, …"""
    ids = [f"P{number}" for number in range(len(spots))]
    geometry = gpd.GeoSeries([Point(at(*spot)) for spot in spots], crs=CRS)
    return gpd.GeoDataFrame({"point_id": ids}, geometry=geometry, crs=CRS)


def on(district):
    """The functions on a district, walked by an adult (66 m a minute)."""
    network = build_network(district)
    return (
        partial(function, network, district, walker="adult")
        for function in (isochrones, isochrones_each, reachable_streets)
    )


@pytest.mark.parametrize(
    ("name", "spot", "limit_m", "length_m"),
    [
        # From the corner: 2 rails of 100 m, then 32 m of each of the 3 edges beyond.
        ("ladder", (0, 0), 132, 296),
        # Off the middle of a rung, 5 m of 55 m: 50 m along it, no rail.
        ("ladder", (105, 50), 55, 100),
        # The north foot of the bridge is 60 m away: 198 m west and 100 m east on the
        # south bank, 60 m of bridge, 138 m west and 100 m east on the north bank.
        ("river", (300, 0), 198, 596),
        # No bridge within 150 m: the south bank alone, and 30 m of the lane; 100 m
        # west, where the street ends, and 150 m east.
        ("river", (0, 0), 150, 280),
        # 80 m out of the alley, then 20 m each way.
        ("dead_end", (100, 80), 100, 120),
        # The island is 100 m long, whatever the limit.
        ("island", (0, 500), 5000, 100),
        ("island", (0, 0), 5000, 200),
    ],
)
def test_streets_within_metres_of_a_point(toy_networks, name, spot, limit_m, length_m):
    _, _, walked = on(getattr(toy_networks, name))
    found = walked(own(spot), limit_m=limit_m)
    assert found.length.sum() == pytest.approx(length_m, abs=1e-6)
    assert (found["to_m"] - found["from_m"]).sum() == pytest.approx(length_m, abs=1e-6)
    assert set(found["point_id"]) == {"P0"}
    assert found.crs == CRS


def test_each_source_has_its_own_ground(island):
    _, each, _ = on(island)
    found = each(own((0, 500), (0, 0), (50, 0)), limits_m=[100, 150])
    assert found["point_id"].tolist() == ["P0", "P0", "P1", "P1", "P2", "P2"]
    assert found["limit_m"].tolist() == [100.0, 150.0] * 3
    # A street of L m has 60 m of ground beside each metre, and two half discs of
    # 30 m: 60 L + 2,827 m2. The island has 100 m; from x=50 it is 150, then 200 m.
    expected = [60 * length_m + 2827 for length_m in (100, 100, 100, 150, 150, 200)]
    assert found["area_m2"].tolist() == pytest.approx(expected, rel=0.02)
    assert found["area_m2"].tolist() == found.area.tolist()
    assert found["reason"].isna().all()


def test_minutes_are_minutes_of_the_walker(dead_end):
    _, each, walked = on(dead_end)
    by_time = each(own((100, 80)), limits_min=[1, 2])
    # 66 m a minute: an alley of 66 m, then all 80 m and 52 m each way.
    by_length = each(own((100, 80)), limits_m=[66, 132])
    assert by_time.geometry.geom_equals(by_length.geometry).all()
    assert by_time["limit_min"].tolist() == [1.0, 2.0]
    streets_in = walked(own((100, 80)), limit_min=2)
    assert streets_in.length.sum() == pytest.approx(80 + 2 * 52)
    assert "limit_m" not in by_time


def test_a_facility_is_one_source_with_all_its_entrances():
    district = make_district(
        roads=streets(((0, 0), (1000, 0))),
        facilities=[
            {"facility_id": name, "facility_class": "SHOP", "geometry": shape}
            for name, shape in (
                ("B", MultiPoint([at(100, 0), at(900, 0)])),
                ("A", Point(at(500, 0))),
            )
        ],
    )
    _, each, walked = on(district)
    found = each("SHOP", limits_m=[50])
    assert found["facility_id"].tolist() == ["A", "B"]
    # 100 m of street around A, 100 m around each door of B.
    assert found["area_m2"].tolist() == pytest.approx([8827, 17654], rel=0.02)
    near = walked("SHOP", limit_m=50)
    lengths = near.length.groupby(near["facility_id"]).sum()
    assert lengths.to_dict() == pytest.approx({"A": 100.0, "B": 200.0})


def test_an_empty_polygon_has_its_reason(dead_end):
    together, each, walked = on(dead_end)
    # 100 m is the farthest leg off a street: the alley's end, 99 m and 101 m beyond.
    spots = own((100, 80), (100, 179), (100, 181))
    found = each(spots, limits_m=[98, 150])
    reasons = found["reason"].fillna("").tolist()
    assert reasons == ["", "", "short_limit", "", "off_street", "off_street"]
    assert found.is_empty.tolist() == [reason != "" for reason in reasons]
    assert found["area_m2"][found.is_empty].tolist() == [0.0, 0.0, 0.0]
    assert set(found.geom_type) == {"MultiPolygon"}
    assert together("SHOP", limits_m=[9])["reason"].tolist() == ["no_source"]
    assert together(spots.iloc[2:], limits_m=[9])["reason"].tolist() == ["off_street"]
    assert together(spots.iloc[1:], limits_m=[9])["reason"].tolist() == ["short_limit"]
    assert together(spots.iloc[:0], limits_m=[9])["reason"].tolist() == ["no_source"]
    assert walked(spots.iloc[2:], limit_m=150).empty
    assert each("SHOP", limits_m=[9]).empty
    assert each(spots, limits_m=[]).empty


def test_a_limit_of_nothing_reaches_nothing(dead_end):
    together, each, walked = on(dead_end)
    assert each(own((0, 0)), limits_min=[0])["reason"].tolist() == ["short_limit"]
    assert together(own((0, 0)), limits_m=[0]).is_empty.tolist() == [True]
    assert walked(own((0, 0)), limit_m=0).empty


def test_wrong_limits_and_points_say_what_is_wrong(dead_end):
    together, each, walked = on(dead_end)
    spots = own((0, 0), (50, 0))
    with pytest.raises(ConfigError, match="both are given"):
        each(spots, limits_m=[5], limits_min=[5])
    with pytest.raises(ConfigError, match="neither is given"):
        walked(spots)
    with pytest.raises(ConfigError, match=r"limits_m: they are \[-1.0, 5.0\]"):
        together(spots, limits_m=[5, -1])
    with pytest.raises(ConfigError, match="limits_min: they are"):
        each(spots, limits_min=[np.nan])
    with pytest.raises(CrsError, match="4326"):
        each(spots.set_crs(4326, allow_override=True), limits_m=[5])
    with pytest.raises(TableError, match="no such column"):
        each(spots.rename(columns={"point_id": "id"}), limits_m=[5])
    nowhere = spots.set_geometry([Point(), spots.geometry.iloc[1]]).set_crs(CRS)
    with pytest.raises(TableError, match="points, P0: 1 rows have no geometry"):
        each(nowhere, limits_m=[5])


def test_rings_of_a_straight_street(dead_end):
    _, each, _ = on(dead_end)
    found = each(own((0, 0)), limits_m=[40, 70, 1000, 2000])
    rings = disjoint_rings(found)
    assert rings["over_m"].tolist() == [0.0, 40.0, 70.0, 1000.0]
    assert rings["limit_m"].tolist() == [40.0, 70.0, 1000.0, 2000.0]
    # 30 m more of a street with 60 m of ground.
    assert rings["area_m2"].iloc[1] == pytest.approx(1800, rel=0.02)
    assert rings["reason"].fillna("").tolist() == ["", "", "", "no_more"]
    assert set(rings.geom_type) == {"MultiPolygon"}
    assert rings.crs == CRS
    # Order and index of the rows are the caller's; a frame without reasons will do.
    turned = found.set_index(np.array([7, 5, 3, 1])).iloc[::-1]
    again = disjoint_rings(turned)
    assert again.index.tolist() == [1, 3, 5, 7]
    assert again["over_m"].tolist() == [1000.0, 70.0, 40.0, 0.0]
    bare = disjoint_rings(found.drop(columns=["area_m2", "reason"]))
    assert bare["area_m2"].tolist() == rings["area_m2"].tolist()
    assert disjoint_rings(found.iloc[:0]).empty


def test_2000_sources_in_one_call_with_progress(make_streets):
    # A made-up town: 40 x 40 streets 50 m apart, cut at every crossing.
    lines = [i * 50 for i in range(41)]
    rows = make_streets(
        *([(x, y) for x in lines] for y in lines),
        *([(x, y) for y in lines] for x in lines),
    )
    _, each, walked = on(make_district(roads=rows))
    rng = np.random.default_rng(5)
    spots = own(*rng.uniform(0, 2000, (2000, 2)).tolist())
    seen = []

    def track(items):
        for item in items:
            seen.append(item)
            yield item

    found = each(spots, limits_m=[100], track=track)
    assert seen == list(range(2000))
    assert found["point_id"].tolist() == spots["point_id"].tolist()
    # No point is farther than 25 m from a street: 75 m each way at least, unless at
    # the town's edge, where it is one way at a corner.
    assert found["area_m2"].min() > 60 * 75
    assert found["reason"].isna().all()
    for row in (0, 700, 1999):
        reached = walked(spots.iloc[[row]], limit_m=100).buffer(30).union_all()
        shape = found.geometry.iloc[row]
        both = reached.intersection(shape).area / reached.union(shape).area
        assert both > 0.97


corners = [(x, y) for x in (0, 100, 200, 300) for y in (0, 75, 150, 225)]


def whole_length(ends):
    """Lengths in whole metres: along the axes, or 3 up and 4 across."""
    (x, y), (to_x, to_y) = ends
    across, up = abs(x - to_x), abs(y - to_y)
    return ends[0] != ends[1] and (0 in (across, up) or 3 * across == 4 * up)


roads = st.lists(
    st.tuples(st.sampled_from(corners), st.sampled_from(corners)).filter(whole_length),
    min_size=1,
    max_size=14,
)
spots = st.lists(
    st.tuples(st.integers(0, 300), st.integers(0, 225)), min_size=1, max_size=4
)


@settings(max_examples=60, deadline=None)
@given(lines=roads, starts=spots, limit_m=st.integers(1, 700))
def test_reached_length_is_that_of_networkx(make_oracle, lines, starts, limit_m):
    district = make_district(roads=streets(*lines))
    network, points = build_network(district), own(*starts)
    found = reachable_streets(
        network, district, points, walker="adult", limit_m=limit_m
    )
    snapped = snap_points(network, points.geometry.to_numpy(), max_off_m=100)
    graph = make_oracle(network, start=snapped)
    away_m = nx.multi_source_dijkstra_path_length(
        graph, {("start", row) for row in range(len(starts))}
    )
    # An edge between two places is reached from both; a leg off the street is none.
    expected = 0.0
    for here, there, length_m in graph.edges(data="weight"):
        legs = {here, there} & {("start", row) for row in range(len(starts))}
        if not legs:
            ways = (
                max(0.0, limit_m - away_m.get(end, np.inf)) for end in (here, there)
            )
            expected += min(length_m, sum(ways))
    assert found.length.sum() == pytest.approx(expected, abs=1e-6)
    assert (found["to_m"] - found["from_m"]).sum() == pytest.approx(expected, abs=1e-6)


@settings(max_examples=25, deadline=None)
@given(
    lines=roads,
    starts=spots,
    limits_m=st.lists(st.integers(1, 600), min_size=2, max_size=4, unique=True),
)
def test_rings_areas_and_single_sources_fit_together(lines, starts, limits_m):
    district = make_district(roads=streets(*lines))
    together, each, _ = on(district)
    points = own(*starts)
    all_of, ones = together(points, limits_m=limits_m), each(points, limits_m=limits_m)
    for frame, count in ((all_of, 1), (ones, len(starts))):
        area_m2 = frame["area_m2"].to_numpy().reshape(count, -1)
        assert (np.diff(area_m2, axis=1) >= -SLACK_M2).all()
        # Rings share no ground, and make up what is reached within the last limit.
        shapes = frame.geometry.to_numpy().reshape(count, -1)
        rings = disjoint_rings(frame).geometry.to_numpy().reshape(count, -1)
        united = shapely.union_all(rings, axis=1)
        apart = shapely.area(rings).sum(axis=1) - shapely.area(united)
        assert np.abs(apart).max() < 1e-3
        left = shapely.symmetric_difference(united, shapes[:, -1])
        assert shapely.area(left).max() < SLACK_M2
    # No source reaches by itself what all together do not.
    shared = np.tile(all_of.geometry.to_numpy(), len(starts))
    beyond = shapely.difference(ones.geometry.to_numpy(), shared)
    assert shapely.area(beyond).max() < SLACK_M2


@settings(max_examples=15, deadline=None)
@given(lines=roads, starts=spots)
def test_a_single_source_is_the_same_alone_and_in_any_batch(lines, starts):
    together, each, _ = on(make_district(roads=streets(*lines)))
    points = own(*starts)
    found = each(points, limits_m=[80, 400])
    turned = each(points.iloc[::-1], limits_m=[400, 80])
    again = turned.sort_values(["point_id", "limit_m"], ignore_index=True)
    assert_geodataframe_equal(again, found)
    for row in range(len(points)):
        alone = together(points.iloc[[row]], limits_m=[80, 400]).geometry
        mine = found.geometry.iloc[2 * row : 2 * row + 2]
        assert shapely.to_wkb(alone).tolist() == shapely.to_wkb(mine).tolist()


def test_walls_and_rivers_cut_the_ground_of_a_single_source(toy, river):
    together, each, _ = on(toy.district)
    # The class has one facility, outside the wall: the same ground, to the byte.
    limits_min = [4, 7, 12]
    mine, shared = (
        function("ELD.CANTEEN", limits_min=limits_min).geometry
        for function in (each, together)
    )
    assert shapely.to_wkb(mine).tolist() == shapely.to_wkb(shared).tolist()
    inside = toy.district.compounds.geometry.iloc[0].buffer(-1)
    # The gate is 380 m from the canteen, 5.8 min.
    assert [shape.intersection(inside).area > 1 for shape in mine] == [
        False,
        True,
        True,
    ]
    _, each, _ = on(river)
    # 200 m from the bridge, with 198 m to walk: no ground beyond the water, y > 30.
    shape = each(own((100, 0)), limits_min=[3]).geometry.iloc[0]
    assert shape.bounds[3] <= at(0, 30)[1] + 1e-6

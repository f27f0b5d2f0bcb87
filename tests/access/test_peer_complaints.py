"""What users complained of elsewhere, held against us: one test for each complaint.

The numbers are those of the issues in the projects' public trackers.
"""

import numpy as np
import pytest
import shapely
from shapely import LineString, MultiLineString, Point, Polygon

from lifecircle.access.isochrones import isochrones, reachable_streets
from lifecircle.access.minutes import walk_access
from lifecircle.access.routes import walk_m_between
from lifecircle.network.graph import build_network, network_report
from lifecircle.network.snap import snap_points


def shop_walks(district):
    """Metres of the adult from every home to the nearest shop."""
    walks = walk_access(build_network(district), district)
    adult = walks[walks["walker"] == "adult"].set_index("building_id")
    return adult[["walk_m", "walk_min", "facility_id"]]


def shop_ground(district, minutes):
    network = build_network(district)
    return isochrones(
        network, district, "SHOP", walker="adult", limits_min=minutes
    ).geometry


def test_pandana_168_unreachable_is_nan(town, make_streets):
    """Unreachable was 4294967.295, silently a number."""
    rows = make_streets(((0, 0), (100, 0)), ((0, 500), (100, 500)))
    walks = shop_walks(town(rows, homes=[(0, 500), (0, 0)], facilities=[(100, 0)]))
    assert np.isnan(walks.loc["B0", ["walk_m", "walk_min"]].astype(float)).all()
    assert walks["facility_id"].isna().tolist() == [True, False]
    assert walks.loc["B1", "walk_m"] == 100.0
    # Nor is a shop beyond the limit a number.
    district = town(make_streets(((0, 0), (9000, 0))), [(0, 0)], [(9000, 0)])
    assert shop_walks(district)["walk_m"].isna().all()


def test_pandana_170_far_facilities_are_not_moved_to_the_cape(town, make_streets):
    """Shops on islands were all mapped to the cape's node, with walks of zero."""
    rows = make_streets(((0, 0), (100, 0)))
    # The shop lies across the water, 800 m beyond the cape at (100, 0).
    district = town(rows, homes=[(100, 0)], facilities=[(900, 0)])
    assert shop_walks(district)["walk_m"].isna().all()
    report = network_report(build_network(district), district).set_index("item")
    assert report.loc["facilities_too_far", "value"] == 1


def test_r5_287_two_points_on_one_long_street_walk_straight(town, make_streets):
    """On one long edge the walk went to its end and back."""
    rows = make_streets(((0, 0), (2000, 0)))
    district = town(rows, homes=[(980, 10)], facilities=[(1020, -10)])
    # 10 m to the street, 40 m along it, 10 m off it.
    assert shop_walks(district)["walk_m"].tolist() == [60.0]


def test_osmnx_714_little_reach_is_still_a_polygon(town, make_streets):
    """Where little was reached, points were returned instead of polygons."""
    district = town(make_streets(((0, 0), (1000, 0))), facilities=[(500, 0)])
    for shape in shop_ground(district, [0.01, 0.1, 1.0]):
        assert shape.geom_type == "MultiPolygon"
        assert shape.is_valid
        assert shape.area > 0
    nothing = town(make_streets(((0, 0), (1000, 0))), facilities=[(500, 400)])
    assert [shape.geom_type for shape in shop_ground(nothing, [1.0])] == [
        "MultiPolygon"
    ]


def test_osmnx_810_the_nearest_segment_is_the_nearest(toy):
    """One nearest edge in thousands was wrong."""
    rng = np.random.default_rng(810)
    low, high = np.array([-300, -100]), np.array([800, 400])
    spots = rng.uniform(low, high, (2000, 2)) + np.array([500_000, 3_520_000])
    points = shapely.points(spots)
    network = toy.network
    found = snap_points(network, points, max_off_m=1000)
    away = shapely.distance(points[:, None], network.segment_geometry[None, :])
    assert found["off_m"].to_numpy() == pytest.approx(away.min(axis=1), abs=1e-6)
    chosen = away[np.arange(len(points)), found["segment"]]
    assert chosen == pytest.approx(away.min(axis=1), abs=1e-6)


def test_pyrosm_88_islands_are_kept_and_joined_on_request_only(
    town, make_streets, make_config
):
    """Only the largest component was kept: footbridges and parks were lost."""
    rows = make_streets(((0, 0), (1000, 0)), ((500, 6), (500, 200)))
    spots = {"homes": [(500, 200)], "facilities": [(500, 100)]}
    district = town(rows, **spots)
    network = build_network(district)
    assert network.segment_length_m.sum() == 1194.0
    assert network.component.max() == 1
    # Within the island people walk.
    assert shop_walks(district)["walk_m"].tolist() == [100.0]
    far = {"homes": [(500, 200)], "facilities": [(0, 0)]}
    assert shop_walks(town(rows, **far))["walk_m"].isna().all()
    joined = town(rows, **far, config=make_config(join_islands_m=10.0))
    assert shop_walks(joined)["walk_m"].tolist() == [700.0]


def test_openrouteservice_867_points_are_at_their_place_on_a_long_street(
    town, make_streets
):
    """The isochrone started at the end of a long tunnel, not below the point."""
    rows = make_streets(((0, 0), (3000, 0)), ((0, 40), (3000, 40)))
    rows[0] |= {"tunnel": "yes"}
    district = town(rows, facilities=[(1500, 15)])
    network = build_network(district)
    near = reachable_streets(network, district, "SHOP", walker="adult", limit_min=2)
    # The tunnel is nearer but is entered at its ends only; the street is 25 m off:
    # 132 - 25 m each way, around x = 1500.
    west, _, east, _ = near.total_bounds
    assert (west - 500_000, east - 500_000) == pytest.approx((1393, 1607))
    shape = shop_ground(district, [2.0]).iloc[0]
    assert shape.covers(Point(501_500, 3_520_040))


def test_openrouteservice_1533_no_walk_starts_on_ways_not_for_walkers(
    town, make_streets
):
    """Walks were snapped onto unsuitable ways, and no isochrone could be built."""
    rows = make_streets(((0, 0), (400, 0)), ((0, 60), (400, 60)), ((0, 9), (400, 9)))
    rows[0] |= {"road_class": "motorway", "walkable": "no"}
    rows[2] |= {"road_class": "footway", "bridge": "yes"}
    district = town(rows, homes=[(100, 5)], facilities=[(300, 5)])
    # 55 m up to the street y=60, 200 m along it, 55 m down: not the motorway 5 m off,
    # not the bridge 4 m off.
    assert shop_walks(district)["walk_m"].tolist() == [310.0]
    for shape in shop_ground(district, [1.0, 5.0]):
        assert shape.area > 0


def test_valhalla_3741_ground_without_streets_is_not_reached(town, make_streets):
    """The polygon covered a cemetery that nobody enters, 1.79 km inside 1.1 km."""
    ring = ((0, 0), (700, 0), (700, 700), (0, 700), (0, 0))
    district = town(make_streets(ring), facilities=[(0, 0)])
    shape = shop_ground(district, [60.0]).iloc[0]
    cemetery = Polygon(
        [
            (500_050, 3_520_050),
            (500_650, 3_520_050),
            (500_650, 3_520_650),
            (500_050, 3_520_650),
        ]
    )
    assert not shape.intersects(cemetery)
    # Nothing is farther than 30 m from a street that is reached, corners apart.
    streets = LineString([(500_000 + x, 3_520_000 + y) for x, y in ring])
    assert shapely.difference(shape, streets.buffer(35)).is_empty


def test_a_walk_between_points_is_exact_both_ways(toy):
    """The same pair, there and back, on every peer's favourite case: one segment."""
    here = np.array([Point(500_050, 3_520_000)])
    there = np.array([Point(500_060, 3_520_000)])
    assert walk_m_between(toy.network, here, there).tolist() == [10.0]
    assert walk_m_between(toy.network, there, here).tolist() == [10.0]


def test_parallel_streets_keep_the_shorter(town, make_streets):
    """Two streets between the same ends: the shorter is walked, both are kept."""
    rows = make_streets(((0, 0), (50, 80), (100, 0)), ((0, 0), (100, 0)))
    district = town(rows, homes=[(0, 0)], facilities=[(100, 0)])
    assert shop_walks(district)["walk_m"].tolist() == [100.0]
    network = build_network(district)
    lines = MultiLineString(list(network.segment_geometry))
    assert lines.length == pytest.approx(100 + 2 * np.hypot(50, 80), abs=1e-3)

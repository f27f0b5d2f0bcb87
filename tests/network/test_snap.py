import numpy as np
import pytest
import shapely
from shapely import LineString, Point, Polygon

from lifecircle.network.compounds import read_walls
from lifecircle.network.graph import build_network
from lifecircle.network.snap import snap_points, standing_points


@pytest.fixture
def spots(at):
    def make(*places):
        return shapely.points([at(*place) for place in places])

    return make


def foot(network, row):
    line = network.segment_geometry[int(row["segment"])]
    return np.array(line.interpolate(row["offset_m"]).coords[0]) - (5e5, 3.52e6)


def test_points_lie_on_edges_at_their_true_place(ladder, spots):
    network = build_network(ladder)
    snapped = snap_points(network, spots((137, 12), (201, 55)), max_off_m=100)
    assert foot(network, snapped.iloc[0]) == pytest.approx([137, 0])
    assert foot(network, snapped.iloc[1]) == pytest.approx([200, 55])
    assert snapped["off_m"].tolist() == pytest.approx([12.0, 1.0])


def test_a_far_point_is_unreachable_and_not_moved(ladder, spots):
    network = build_network(ladder)
    snapped = snap_points(network, spots((150, 200), (150, 200.1)), max_off_m=100)
    assert snapped["segment"].tolist()[0] >= 0  # 100 m, inclusive
    assert snapped["segment"].tolist()[1] == -1
    assert np.isnan(snapped["off_m"].iloc[1])


def test_inside_and_outside_of_a_wall_do_not_mix(toy, spots):
    network = toy.network
    # 15 m inside the south wall, 35 m from the street outside, 55 m from the lane.
    place = spots((245, 35))
    outside = snap_points(network, place, max_off_m=100, compound_ids=[None])
    inside = snap_points(network, place, max_off_m=100, compound_ids=["K1"])
    ignored = snap_points(network, place, max_off_m=100)
    assert foot(network, outside.iloc[0]) == pytest.approx([245, 0])
    assert foot(network, inside.iloc[0]) == pytest.approx([300, 60])
    assert ignored["off_m"].iloc[0] == pytest.approx(35.0)


def test_no_leg_crosses_the_river(river, spots):
    network = build_network(river)
    walls = read_walls(river)
    # At y=35, north of the river (y=30): 25 m from the north bank's street, and in
    # the south only the lane's cut end at (0, 30) would be nearer.
    snapped = snap_points(
        network, spots((20, 32)), max_off_m=100, obstacles=walls.obstacle_xy
    )
    assert foot(network, snapped.iloc[0]) == pytest.approx([0, 32])
    south = snap_points(
        network, spots((0, 29.9)), max_off_m=100, obstacles=walls.obstacle_xy
    )
    assert foot(network, south.iloc[0]) == pytest.approx([0, 29.9])


def test_a_leg_blocked_by_a_barrier_takes_the_next_street(
    make_district, make_streets, spots, at
):
    fence = LineString([at(-50, 10), at(150, 10)])
    district = make_district(
        roads=make_streets(((0, 0), (100, 0)), ((0, 70), (100, 70))),
        barriers=[{"barrier_id": "Z", "geometry": fence}],
    )
    network = build_network(district)
    obstacles = read_walls(district).obstacle_xy
    snapped = snap_points(
        network, spots((50, 20), (50, 5)), max_off_m=60, obstacles=obstacles
    )
    assert snapped["off_m"].tolist() == pytest.approx([50.0, 5.0])
    none = snap_points(network, spots((50, 20)), max_off_m=40, obstacles=obstacles)
    assert none["segment"].tolist() == [-1]


def test_bridges_and_tunnels_are_not_entered_midway(river, spots):
    network = build_network(river)
    snapped = snap_points(network, spots((310, 20)), max_off_m=100)
    assert foot(network, snapped.iloc[0]) == pytest.approx([310, 0])


def test_ties_take_the_lowest_segment(ladder, spots):
    network = build_network(ladder)
    snapped = snap_points(network, spots((50, 50), (50, 50)), max_off_m=100)
    middle = shapely.points(500_050.0, 3_520_050.0)
    away = shapely.distance(network.segment_geometry, middle)
    assert snapped["segment"].tolist() == [int(np.argmin(away))] * 2


def test_snapping_equals_brute_force(toy, at):
    rng = np.random.default_rng(5)
    points = shapely.points(rng.uniform(at(-300, -80), at(800, 380), (200, 2)))
    network = toy.network
    snapped = snap_points(network, points, max_off_m=60)
    away = shapely.distance(network.segment_geometry[None, :], points[:, None])
    nearest = away.min(axis=1)
    expected = np.where(nearest <= 60, nearest, np.nan)
    np.testing.assert_allclose(snapped["off_m"], expected, atol=1e-6)


def test_no_points_give_no_rows(toy):
    nothing = np.zeros(0, dtype=object)
    assert snap_points(toy.network, nothing, max_off_m=50, compound_ids=[]).empty


def test_walkers_stand_inside_areas():
    square = Polygon([(0, 0), (2, 0), (2, 2), (0, 2)])
    bent = Polygon([(0, 0), (9, 0), (9, 1), (1, 1), (1, 9), (0, 9)])
    points = standing_points(np.array([square, bent, Point(3, 3)], dtype=object))
    assert points[0].coords[0] == (1, 1)
    assert bent.contains(points[1])
    assert points[2].coords[0] == (3, 3)

"""The grid of segments against STRtree and brute force."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecircle.network.nearest import nearest_segments

spots = st.tuples(st.integers(-60, 160), st.integers(-60, 160))
segments = st.lists(
    st.tuples(spots, spots).filter(lambda ends: ends[0] != ends[1]),
    min_size=1,
    max_size=12,
)


def brute(xy, points, reach_m):
    """Row and distance by every pair."""
    lines = shapely.linestrings(xy.reshape(-1, 2, 2))
    away = shapely.distance(shapely.points(points)[:, None], lines[None, :])
    nearest = away.min(axis=1)
    return np.where(nearest <= reach_m, nearest, np.nan), away


@settings(max_examples=100, deadline=None)
@given(
    lines=segments,
    places=st.lists(spots, min_size=1, max_size=8),
    reach_m=st.sampled_from([0.0, 5.0, 40.0, 1000.0]),
)
def test_nearest_equals_every_pair(lines, places, reach_m):
    xy = np.array(lines, dtype=float).reshape(-1, 4)
    points = np.array(places, dtype=float)
    row, along_m, off_m = nearest_segments(xy, points, reach_m=reach_m)
    want, away = brute(xy, points, reach_m)
    np.testing.assert_allclose(off_m, want, atol=1e-9)
    assert ((row < 0) == np.isnan(want)).all()
    for number in np.flatnonzero(row >= 0):
        assert away[number, row[number]] == pytest.approx(off_m[number], abs=1e-9)
        start, end = xy[row[number]].reshape(2, 2)
        foot = start + (end - start) * along_m[number] / np.hypot(*(end - start))
        assert np.hypot(*(foot - points[number])) == pytest.approx(
            off_m[number], abs=1e-9
        )


def test_among_equals_the_lowest_row_wins():
    # Three streets end at (0, 0); the point is nearest to that corner.
    xy = np.array([[0.0, 0, 50, 0], [0, 50, 0, 0], [0, 0, 30, 40]])
    point = np.array([[-7.1, -3.3]])
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        assert nearest_segments(xy[order], point, reach_m=100)[0].tolist() == [0]


def test_many_points_and_segments_equal_the_tree():
    random = np.random.default_rng(4)
    start = random.uniform(0, 5000, (3000, 2))
    xy = np.hstack([start, start + random.normal(0, 80, (3000, 2))])
    # Two segments far off, and one that runs through it all.
    xy = np.vstack([xy, [[9e4, 9e4, 9e4, 9.1e4], [-500, -500, 6000, 5500]]])
    points = random.uniform(-400, 5400, (4000, 2))
    row, _, off_m = nearest_segments(xy, points, reach_m=60)
    tree = shapely.STRtree(shapely.linestrings(xy.reshape(-1, 2, 2)))
    (hit, _), away = tree.query_nearest(
        shapely.points(points), max_distance=60, return_distance=True, all_matches=False
    )
    assert np.flatnonzero(row >= 0).tolist() == sorted(hit.tolist())
    np.testing.assert_allclose(off_m[hit], away, atol=1e-9)


def test_nothing_to_find():
    none, street = np.zeros((0, 4)), np.array([[0.0, 0.0, 1.0, 0.0]])
    spot = np.zeros((1, 2))
    assert nearest_segments(none, spot, reach_m=9)[0].tolist() == [-1]
    assert nearest_segments(street, spot[:0], reach_m=9)[0].tolist() == []

"""Points to their place on the nearest segment, at their true offset.

A point inside a walled compound takes a segment inside it, a point outside takes
one outside; bridges and tunnels are entered at their ends only; the straight leg
off the street crosses no wall and no barrier. A point with no such segment within
reach is unreachable, and never moved farther.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from lifecircle.network.lines import straight_lines
from lifecircle.network.nearest import feet, nearest_segments, segment_ends

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from pandas import DataFrame

    from lifecircle.model import WalkNetwork

__all__ = ["morton", "snap_points", "standing_points"]

_SPREAD = (
    (32, 0x00000000FFFFFFFF),
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)


def morton(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.uint64]:
    """Place of points along a Morton curve, so that near points have near numbers.

    Parameters
    ----------
    xy : float array (n, 2)
        Metres, told apart to 0.1 m; at most 200,000 km from the origin.

    Returns
    -------
    uint64 array (n,)
        Sort by it.

    Examples
    --------
    >>> import numpy as np
    >>> morton(np.array([[0.0, 0.0], [0.1, 0.0], [0.0, 0.1], [0.1, 0.1]])).tolist()
    [0, 1, 2, 3]
    """
    # Of each point alone: a part of the points has the order that it has in the whole.
    steps = np.rint(xy * 10).astype(np.int64).astype(np.uint64) & np.uint64(0xFFFFFFFF)
    for shift, mask in _SPREAD:
        steps = (steps | (steps << np.uint64(shift))) & np.uint64(mask)
    curve: npt.NDArray[np.uint64] = steps[:, 0] | (steps[:, 1] << np.uint64(1))
    return curve


def standing_points(geometry: npt.NDArray[Any]) -> npt.NDArray[np.object_]:
    """Where a walker stands: a point itself; of an area, its centroid if inside.

    Parameters
    ----------
    geometry : object array of shapely geometries
        Points or areas.

    Returns
    -------
    object array of shapely Point
        The centroid, or a point on the surface where the centroid is not inside.

    Examples
    --------
    >>> spots = standing_points(toy.district.buildings.geometry.to_numpy())
    >>> (float(spots[0].x) - 500_000, float(spots[0].y) - 3_520_000)
    (50.0, 20.0)
    """
    geometry = np.asarray(geometry, dtype=object)
    points = np.asarray(shapely.centroid(geometry), dtype=object)
    astray = (shapely.get_dimensions(geometry) > 0) & ~np.asarray(
        shapely.intersects(geometry, points)
    )
    points[astray] = shapely.point_on_surface(geometry[astray])
    return points


def snap_points(
    network: WalkNetwork,
    points: npt.NDArray[np.object_],
    *,
    max_off_m: float,
    compound_ids: Sequence[str | None] | None = None,
    obstacles: npt.NDArray[np.float64] | None = None,
) -> DataFrame:
    """Place of each point on the nearest segment that it can walk straight to.

    Parameters
    ----------
    network : WalkNetwork
        Its segments.
    points : object array of shapely Point
        Metres, in the network's CRS.
    max_off_m : float
        Longest leg off the street, metres, inclusive.
    compound_ids : sequence of str or None, optional
        Walled compound that each point is in, None = outside; ids of compounds
        that are not walled count as outside. Without it, walls are ignored.
    obstacles : float array (k, 4), optional
        Straight walls and barriers that no leg may cross.

    Returns
    -------
    DataFrame
        One row a point: ``segment`` (int32, -1 = unreachable), ``offset_m`` (from
        the segment's start) and ``off_m`` (leg off the street); NaN if unreachable.

    Examples
    --------
    >>> import shapely
    >>> from lifecircle.conftest import at
    >>> spot = shapely.points([at(50, 20)])
    >>> snap_points(toy.network, spot, max_off_m=100)[["offset_m", "off_m"]]
       offset_m  off_m
    0      50.0   20.0
    """
    points = np.asarray(points, dtype=object)
    label = _labels(network, compound_ids, len(points))
    kind = pd.Series(network.segment_kind, dtype=object)
    enterable = ~kind.isin(("bridge", "tunnel")).to_numpy()
    snapped = _Snap(network, points, max_off_m, obstacles)
    if label is None:
        snapped.take(np.arange(len(points)), np.flatnonzero(enterable))
        return snapped.frame()
    for compound in np.unique(label):
        inside = network.segment_compound == compound
        snapped.take(
            np.flatnonzero(label == compound), np.flatnonzero(enterable & inside)
        )
    return snapped.frame()


def _labels(
    network: WalkNetwork, compound_ids: Sequence[str | None] | None, count: int
) -> npt.NDArray[np.int32] | None:
    if compound_ids is None:
        return None
    position = {key: row for row, key in enumerate(network.compound_ids)}
    return np.fromiter(
        (-1 if key is None else position.get(key, -1) for key in compound_ids),
        np.int32,
        count,
    )


class _Snap:
    """The answer while it is made, one group of points and segments at a time."""

    def __init__(
        self,
        network: WalkNetwork,
        points: npt.NDArray[np.object_],
        max_off_m: float,
        obstacles: npt.NDArray[np.float64] | None,
    ) -> None:
        self.network, self.points, self.max_off_m = network, points, max_off_m
        self.xy = shapely.get_coordinates(points).reshape(-1, 2)
        self.segment = np.full(len(points), -1, np.int32)
        self.offset_m, self.off_m = np.full((2, len(points)), np.nan)
        walls = np.zeros((0, 4)) if obstacles is None else obstacles
        self.obstacles = shapely.STRtree(straight_lines(walls))

    def take(self, rows: npt.NDArray[np.intp], segments: npt.NDArray[np.intp]) -> None:
        """Place some points on some segments."""
        if not len(rows) or not len(segments):
            return
        reach = np.nextafter(self.max_off_m, np.inf)
        ends = segment_ends(self.network.node_xy, self.network.segment_nodes, segments)
        near, along_m, off_m = nearest_segments(ends, self.xy[rows], reach_m=reach)
        self.segment[rows] = np.where(near >= 0, segments[near], -1)
        self.offset_m[rows], self.off_m[rows] = along_m, off_m
        blocked = rows[self._blocked(rows)]
        if not len(blocked):
            return
        self.segment[blocked] = -1
        self.offset_m[blocked] = self.off_m[blocked] = np.nan
        tree = shapely.STRtree(straight_lines(ends))
        hit, near = tree.query(self.points[blocked], "dwithin", distance=reach)
        rows, near = blocked[hit], segments[near]
        clear = ~self._crosses(rows, near)
        self._keep(rows[clear], near[clear])

    def _keep(self, rows: npt.NDArray[np.intp], segments: npt.NDArray[np.intp]) -> None:
        """The nearest segment of each point, the lowest number among equals."""
        spots, along_m = self._feet(rows, segments)
        away_m = np.hypot(*(self.xy[rows] - spots).T)
        order = np.lexsort((segments, away_m, rows))
        first = order[np.unique(rows[order], return_index=True)[1]]
        kept = rows[first]
        self.segment[kept] = segments[first]
        self.offset_m[kept], self.off_m[kept] = along_m[first], away_m[first]

    def _feet(
        self,
        rows: npt.NDArray[np.intp],
        segments: npt.NDArray[np.integer[Any]],
        *,
        margin_m: float = 0.0,
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
        """Nearest place on the segment, and its metres from the start."""
        return feet(
            self.network.node_xy,
            self.network.segment_nodes,
            self.network.segment_length_m,
            segments,
            self.xy[rows],
            margin_m,
        )

    def _crosses(
        self, rows: npt.NDArray[np.intp], segments: npt.NDArray[np.integer[Any]]
    ) -> npt.NDArray[np.bool_]:
        # A centimetre short of the ends, so that a street that ends on a barrier is
        # seen from its own side only.
        spots = self._feet(rows, segments, margin_m=0.01)[0]
        legs = straight_lines(np.hstack([self.xy[rows], spots]))
        crossed = np.zeros(len(rows), dtype=bool)
        crossed[self.obstacles.query(legs, "intersects")[0]] = True
        return crossed

    def _blocked(self, rows: npt.NDArray[np.intp]) -> npt.NDArray[np.bool_]:
        found = self.segment[rows] >= 0
        blocked = np.zeros(len(rows), dtype=bool)
        if not len(self.obstacles):
            return blocked
        blocked[found] = self._crosses(rows[found], self.segment[rows[found]])
        return blocked

    def frame(self) -> DataFrame:
        """The answer: segment, offset along it, leg off it."""
        return pd.DataFrame(
            {
                "segment": self.segment,
                "offset_m": self.offset_m,
                "off_m": self.off_m,
            }
        )

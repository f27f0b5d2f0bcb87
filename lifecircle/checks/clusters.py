"""Neighbouring buildings as clusters, and a polygon around each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

__all__ = ["cluster", "hull"]

_GROW_M, _SHRINK_M = 40.0, 25.0
"""Neighbours up to 60 m apart stay joined: grown by 40 m, two points 60 m apart
overlap 26 m on either side of their link, more than is taken back."""

_BARRIER_M = 1.0
"""Half the strip that is kept clear along a barrier."""


def cluster(
    shapes: npt.NDArray[np.object_],
    barriers: npt.NDArray[np.object_],
    *,
    within_m: float,
) -> npt.NDArray[np.intp]:
    """Label buildings that stand within a distance of each other, chained.

    The shortest link between two buildings does not join them if it crosses a
    barrier.

    Parameters
    ----------
    shapes : object array of shapely geometry
        Buildings, metric CRS.
    barriers : object array of shapely geometry
        Lines.
    within_m : float
        Longest link, metres, inclusive.

    Returns
    -------
    int array
        Cluster of every building, numbered 0, 1, … by first member.

    Examples
    --------
    Points at 0, 50, 100 and 200 m: 50 m links join the first three.

    >>> places = shapely.points([0.0, 50, 100, 200], [0.0, 0, 0, 0])
    >>> cluster(places, np.array([], dtype=object), within_m=60)
    array([0, 0, 0, 1])

    A wall between 50 and 100 m parts them.

    >>> wall = np.array([shapely.LineString([(75, -10), (75, 10)])], dtype=object)
    >>> cluster(places, wall, within_m=60)
    array([0, 0, 1, 2])
    """
    first, second = _links(shapes, barriers, within_m=within_m)
    parent = list(range(len(shapes)))
    for a, b in zip(first.tolist(), second.tolist(), strict=True):
        root_a, root_b = _root(parent, a), _root(parent, b)
        # The lower position stays the root: labels follow the first member.
        parent[max(root_a, root_b)] = min(root_a, root_b)
    roots = np.array([_root(parent, place) for place in range(len(shapes))], dtype=int)
    return np.asarray(np.unique(roots, return_inverse=True)[1], dtype=np.intp)


def _root(parent: list[int], place: int) -> int:
    while parent[place] != place:
        parent[place] = parent[parent[place]]
        place = parent[place]
    return place


def _links(
    shapes: npt.NDArray[np.object_],
    barriers: npt.NDArray[np.object_],
    *,
    within_m: float,
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Pairs of buildings near each other with no barrier between them."""
    tree = shapely.STRtree(shapes)
    first, second = tree.query(shapes, predicate="dwithin", distance=within_m)
    once = first < second
    first, second = first[once], second[once]
    if len(barriers) and len(first):
        lines = shapely.shortest_line(shapes[first], shapes[second])
        crossed = shapely.STRtree(barriers).query(lines, predicate="intersects")[0]
        open_ = np.ones(len(first), dtype=bool)
        open_[crossed] = False
        first, second = first[open_], second[open_]
    return first, second


def hull(
    shapes: npt.NDArray[np.object_],
    barriers: npt.NDArray[np.object_],
    land: BaseGeometry,
) -> BaseGeometry:
    """A smooth polygon around a cluster, on the district's land.

    The buildings grown by 40 m, joined, and taken back by 25 m; cut at barriers,
    where only the parts that hold buildings of the cluster stay.

    Parameters
    ----------
    shapes : object array of shapely geometry
        The cluster's buildings, metric CRS.
    barriers : object array of shapely geometry
        Lines near by.
    land : shapely geometry
        What the polygon must stay on.

    Returns
    -------
    shapely geometry
        Polygon or MultiPolygon; where a barrier runs over the buildings
        themselves and nothing is left, the buildings with 1 m around them.

    Examples
    --------
    One point: a disc of 15 m, 707 m² (less where its arc is simplified).

    >>> land = shapely.box(-99, -99, 99, 99)
    >>> disc = hull(shapely.points([[0.0, 0]]), np.array([], dtype=object), land)
    >>> 670 < disc.area < 707
    True
    """
    grown = shapely.union_all(shapely.buffer(shapes, _GROW_M))
    smooth = shapely.intersection(shapely.buffer(grown, -_SHRINK_M), land)
    if len(barriers):
        strips = shapely.union_all(shapely.buffer(barriers, _BARRIER_M))
        smooth = shapely.difference(smooth, strips)
    parts = shapely.get_parts(smooth)
    parts = parts[shapely.get_dimensions(parts) == 2]
    spots = shapely.point_on_surface(shapes)
    own = np.unique(
        shapely.STRtree(parts).query(spots, predicate="dwithin", distance=_BARRIER_M)[1]
    )
    if not len(own):
        return shapely.buffer(shapely.union_all(shapes), _BARRIER_M)
    return shapely.simplify(shapely.union_all(parts[own]), 0.5)

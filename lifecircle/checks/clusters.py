"""Neighbouring buildings as clusters, and a polygon around each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

__all__ = ["Outlines", "cluster", "components", "hull", "links"]

_GROW_M, _SHRINK_M = 40.0, 25.0
"""Neighbours up to 60 m apart stay joined: grown by 40 m, two points 60 m apart
overlap 25.3 m on either side of their link, more than is taken back."""

_ARC_STEPS = 4
"""Steps of a quarter of an arc: within 0.8 m, and all is simplified to 0.5 m."""

_BARRIER_M = 1.0
"""Half the strip that is kept clear along a barrier."""

_NEAR_M = 50.0
"""A barrier farther than this from every building of a cluster cannot cut it."""

_BLOCKS = (1024, 256, 64, 16, 4)
"""Sizes of the blocks that are joined once, each of four of the next."""


def cluster(
    shapes: npt.NDArray[np.object_],
    barriers: npt.NDArray[np.object_],
    *,
    within_m: float,
) -> npt.NDArray[np.intp]:
    """Label buildings that stand within a distance of each other, chained.

    Parameters
    ----------
    shapes : object array of shapely geometry
        Buildings, metric CRS.
    barriers : object array of shapely geometry
        Lines.
    within_m : float
        Longest link, metres, inclusive; see ``links``.

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
    found = components(len(shapes), *links(shapes, barriers, within_m=within_m))
    return np.asarray(np.unique(found, return_inverse=True)[1], dtype=np.intp)


def links(
    shapes: npt.NDArray[np.object_],
    barriers: npt.NDArray[np.object_],
    *,
    within_m: float,
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Pairs of buildings near each other with no barrier between them.

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
    tuple of int arrays
        Positions of either end, the lower first.

    Examples
    --------
    >>> first, second = links(
    ...     shapely.points([0.0, 50, 90], [0.0, 0, 0]),
    ...     np.array([], dtype=object),
    ...     within_m=60,
    ... )
    >>> sorted(zip(first.tolist(), second.tolist()))
    [(0, 1), (1, 2)]
    """
    tree = shapely.STRtree(shapes)
    first, second = tree.query(shapes, predicate="dwithin", distance=within_m)
    once = first < second
    first, second = first[once], second[once]
    lines = shapely.shortest_line(shapes[first], shapes[second])
    crossed = shapely.STRtree(_steps(barriers)).query(lines, predicate="intersects")[0]
    open_ = np.ones(len(first), dtype=bool)
    open_[crossed] = False
    return first[open_], second[open_]


def _steps(lines: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """The straight pieces of lines: an index finds those near by of a long river."""
    places, line = shapely.get_coordinates(shapely.get_parts(lines), return_index=True)
    same = line[1:] == line[:-1]
    pairs = np.stack([places[:-1][same], places[1:][same]], axis=1)
    return np.asarray(shapely.linestrings(pairs), dtype=object)


def components(
    size: int, first: npt.NDArray[np.intp], second: npt.NDArray[np.intp]
) -> npt.NDArray[np.intp]:
    """The lowest member of what each of some things is joined to, chained.

    Each root takes the lowest root that it is linked to, at least every second one
    in a round; links inside what is joined are dropped.

    Parameters
    ----------
    size : int
        How many things.
    first, second : int arrays
        The ends of the links.

    Returns
    -------
    int array
        Position of the lowest member; its own where nothing is linked.

    Examples
    --------
    >>> components(4, np.array([1, 3]), np.array([3, 2]))
    array([0, 1, 1, 1])
    """
    root = np.arange(size, dtype=np.intp)
    while len(first):
        np.minimum.at(root, np.maximum(first, second), np.minimum(first, second))
        above = root[root]
        while (above != root).any():
            root, above = above, above[above]
        first, second = root[first], root[second]
        apart = first != second
        first, second = first[apart], second[apart]
    return root


class Outlines:
    """Polygons around clusters of buildings; what they share is made once.

    The buildings of a cluster grown by 40 m, joined, and taken back by 25 m; cut at
    barriers, where only the parts that hold buildings of the cluster stay. Where a
    barrier runs over the buildings themselves and nothing is left, the buildings
    with 1 m around them.

    Neighbours along a Hilbert curve are joined in blocks of 4, 16, … at most once,
    whatever the number of clusters: large ones are made of few pieces.

    Parameters
    ----------
    shapes : object array of shapely geometry
        All buildings, metric CRS.
    barriers : object array of shapely geometry
        Lines.
    land : shapely geometry
        What the polygons must stay on.

    Examples
    --------
    One point: a disc of 15 m, 707 m², less what its arc of 16 steps cuts off.

    >>> land = shapely.box(-99, -99, 99, 99)
    >>> spots = shapely.points([[0.0, 0], [90.0, 0]])
    >>> outlines = Outlines(spots, np.array([], dtype=object), land)
    >>> 640 < outlines.around(np.array([0])).area < 707
    True
    """

    def __init__(
        self,
        shapes: npt.NDArray[np.object_],
        barriers: npt.NDArray[np.object_],
        land: BaseGeometry,
    ) -> None:
        self._shapes, self._land = shapes, land
        shapely.prepare(land)
        self._spots = shapely.point_on_surface(shapes)
        order = np.arange(len(shapes))
        if len(shapes):
            along = gpd.GeoSeries(self._spots).hilbert_distance().to_numpy()
            order = np.argsort(along, kind="stable")
        self._rank = np.empty(len(order), dtype=np.intp)
        self._rank[order] = np.arange(len(order))
        self._grown = shapely.buffer(shapes[order], _GROW_M, quad_segs=_ARC_STEPS)
        steps = _steps(barriers)
        self._strips = shapely.buffer(steps, _BARRIER_M)
        self._near = np.asarray(
            shapely.STRtree(steps).query(shapes, predicate="dwithin", distance=_NEAR_M)
        )
        self._blocks: dict[tuple[int, int], BaseGeometry] = {}
        self._made: dict[bytes, BaseGeometry] = {}

    def around(self, members: npt.NDArray[np.intp]) -> BaseGeometry:
        """The polygon around some of the buildings.

        Parameters
        ----------
        members : int array
            Positions of the cluster's buildings, ascending.

        Returns
        -------
        shapely geometry
            Polygon or MultiPolygon; the same object for the same members.
        """
        key = members.tobytes()
        if key not in self._made:
            self._made[key] = self._outline(members)
        return self._made[key]

    def _outline(self, members: npt.NDArray[np.intp]) -> BaseGeometry:
        smooth = _shrunk(self._joined(members))
        whole = shapely.covers(self._land, smooth)
        if not whole:
            smooth = shapely.intersection(smooth, self._land)
        inside = np.zeros(len(self._shapes), dtype=bool)
        inside[members] = True
        near = np.unique(self._near[1][inside[self._near[0]]])
        if len(near):
            strips = shapely.union_all(self._strips[near])
            smooth = shapely.difference(smooth, strips)
        parts = shapely.get_parts(smooth)
        parts = parts[shapely.get_dimensions(parts) == 2]
        if len(parts) > 1 or len(near) or not whole:
            parts = parts[_holding(parts, self._spots[members])]
        if not len(parts):
            shapes = shapely.union_all(self._shapes[members])
            return shapely.buffer(shapes, _BARRIER_M)
        return shapely.simplify(_joined(parts), 0.5)

    def _joined(self, members: npt.NDArray[np.intp]) -> BaseGeometry:
        """The buildings grown and joined, from the largest blocks that are whole."""
        left = np.sort(self._rank[members])
        pieces: list[BaseGeometry] = []
        for size in _BLOCKS:
            if len(left) >= size:
                block, count = np.unique(left // size, return_counts=True)
                full = block[count == size]
                pieces += [self._block(size, number) for number in full.tolist()]
                left = left[~np.isin(left // size, full)]
        return shapely.union_all([*pieces, *self._grown[left]])

    def _block(self, size: int, number: int) -> BaseGeometry:
        key = size, number
        if key not in self._blocks:
            own = range(4 * number, 4 * number + 4)
            small = size == _BLOCKS[-1]
            parts = [
                self._grown[part] if small else self._block(size // 4, part)
                for part in own
            ]
            self._blocks[key] = shapely.union_all(parts)
        return self._blocks[key]


def _shrunk(shape: BaseGeometry) -> BaseGeometry:
    """A shape taken back: its holes grow, its shells shrink, each for itself.

    The same as a negative buffer of the whole, whose time grows with the number of
    holes times that of vertices.
    """
    parts = shapely.get_parts(shape)
    rings, part = shapely.get_rings(parts, return_index=True)
    outer = np.append(True, part[1:] != part[:-1])
    discs = np.asarray(shapely.polygons(rings), dtype=object)
    shells = _joined(shapely.buffer(discs[outer], -_SHRINK_M, quad_segs=_ARC_STEPS))
    holes = _joined(shapely.buffer(discs[~outer], _SHRINK_M, quad_segs=_ARC_STEPS))
    return shapely.difference(shells, holes)


def _joined(shapes: npt.NDArray[np.object_]) -> BaseGeometry:
    joined: BaseGeometry
    joined = shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)
    return joined


def _holding(
    parts: npt.NDArray[np.object_], spots: npt.NDArray[np.object_]
) -> npt.NDArray[np.intp]:
    """Parts that hold a spot, or are as near to one as a barrier's edge is."""
    own, inside = shapely.STRtree(spots).query(parts, predicate="intersects")
    on_edge = np.delete(spots, inside)
    near = shapely.STRtree(parts).query(
        on_edge, predicate="dwithin", distance=_BARRIER_M
    )
    return np.union1d(own, near[1])


def hull(
    shapes: npt.NDArray[np.object_],
    barriers: npt.NDArray[np.object_],
    land: BaseGeometry,
) -> BaseGeometry:
    """A smooth polygon around one cluster, on the district's land.

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
        As ``Outlines.around``.

    Examples
    --------
    >>> land = shapely.box(-99, -99, 99, 99)
    >>> disc = hull(shapely.points([[0.0, 0]]), np.array([], dtype=object), land)
    >>> 640 < disc.area < 707
    True
    """
    return Outlines(shapes, barriers, land).around(np.arange(len(shapes)))

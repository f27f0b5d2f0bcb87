"""A planar subdivision: lines noded once, the faces between them, the edges they share.

Everything that is drawn later is put together from whole faces of one subdivision, so
that neighbours share their border to the last vertex: no sliver, gap or overlap.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy.spatial import Voronoi

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["PRECISION_M", "Edges", "faces_between", "midlines", "shared_edges"]

PRECISION_M = 0.001
"""Coordinates of a subdivision are whole millimetres."""
_SMOOTH_M = 1.0
"""Midlines are straightened by up to this."""


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Straight lines that two faces share.

    Attributes
    ----------
    faces : int32 array (e, 2)
        The two, the lower first.
    xy : float64 array (e, 4)
        Ends, metres.
    """

    faces: npt.NDArray[np.int32]
    xy: npt.NDArray[np.float64]

    @property
    def length_m(self) -> npt.NDArray[np.float64]:
        """Length of every edge, metres."""
        run = self.xy[:, 2:] - self.xy[:, :2]
        return np.asarray(np.hypot(run[:, 0], run[:, 1]), dtype=np.float64)

    @property
    def middles(self) -> npt.NDArray[np.object_]:
        """Middle of every edge, shapely points."""
        middle = (self.xy[:, :2] + self.xy[:, 2:]) / 2
        return np.asarray(shapely.points(middle), dtype=object)


def faces_between(
    lines: npt.NDArray[np.object_], within: Any
) -> npt.NDArray[np.object_]:
    """The faces that lines divide a ground into.

    Parameters
    ----------
    lines : object array of shapely lines
        Its outline among them; they may cross, overlap and end anywhere.
    within : shapely polygon
        The ground; faces outside are left out.

    Returns
    -------
    object array of shapely Polygon
        Sorted by place, so that the order of the lines does not matter.

    Examples
    --------
    >>> square = shapely.box(0, 0, 2, 2)
    >>> cut = shapely.LineString([(1, 0), (1, 2)])
    >>> shapely.area(faces_between(np.array([square.boundary, cut]), square)).tolist()
    [2.0, 2.0]
    """
    noded = shapely.union_all(lines, grid_size=PRECISION_M)
    whole = shapely.get_parts(shapely.polygonize(shapely.get_parts([noded])))
    faces = np.asarray(shapely.normalize(whole), dtype=object)
    middle = shapely.point_on_surface(faces)
    shapely.prepare(within)
    faces, middle = (
        every[shapely.intersects(within, middle)] for every in (faces, middle)
    )
    spot = shapely.get_coordinates(middle)
    return faces[np.lexsort((spot[:, 1], spot[:, 0]))]


def shared_edges(faces: npt.NDArray[np.object_]) -> Edges:
    """Every edge that two faces of one subdivision share.

    Parameters
    ----------
    faces : object array of shapely Polygon
        From ``faces_between``.

    Returns
    -------
    Edges
        Sorted by coordinates.

    Examples
    --------
    >>> halves = shapely.box([0, 1], 0, [1, 2], 2)
    >>> shared_edges(halves).length_m.tolist()
    [2.0]
    """
    rings, face = shapely.get_rings(faces, return_index=True)
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    follows = ring[1:] == ring[:-1]
    start, end = xy[:-1][follows], xy[1:][follows]
    owner = face[ring[:-1][follows]]
    swap = (start[:, 0] > end[:, 0]) | (
        (start[:, 0] == end[:, 0]) & (start[:, 1] > end[:, 1])
    )
    low = np.where(swap[:, None], end, start)
    high = np.where(swap[:, None], start, end)
    both = np.hstack([low, high])
    order = np.lexsort((owner, *both.T[::-1]))
    both, owner = both[order], owner[order]
    twin = np.flatnonzero((both[1:] == both[:-1]).all(axis=1))
    pairs = np.column_stack([owner[twin], owner[twin + 1]]).astype(np.int32)
    return Edges(pairs, both[twin])


def midlines(
    xy: npt.NDArray[np.float64], owner: npt.NDArray[np.intp], within: Any
) -> npt.NDArray[np.object_]:
    """Lines midway between the points of different owners (Voronoi), inside a ground.

    Parameters
    ----------
    xy : float64 array (n, 2)
        Points, metres.
    owner : int array (n,)
        Whose they are.
    within : shapely polygon
        Where the lines are wanted.

    Returns
    -------
    object array of shapely LineString
        Straightened by up to a metre.

    Examples
    --------
    Midway between two points four metres apart.

    >>> points = np.array([[0.0, 0.0], [4.0, 0.0]])
    >>> midlines(points, np.array([0, 1]), shapely.box(-1, -1, 5, 1))[0].wkt
    'LINESTRING (2 -1, 2 1)'
    """
    nothing = np.array([], dtype=object)
    xy, first = np.unique(np.round(xy, 3), axis=0, return_index=True)
    owner = owner[first]
    if len(np.unique(owner)) < 2:
        return nothing
    centre = xy.mean(axis=0)
    bounds = np.array(within.bounds).reshape(2, 2)
    span = np.vstack([xy, bounds])
    far = 10 * float(np.ptp(span, axis=0).max()) + 10
    corners = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]]) * far
    diagram = Voronoi(np.vstack([xy - centre, corners]))
    whose = np.append(owner, np.full(4, -1))[diagram.ridge_points]
    ends = np.array(diagram.ridge_vertices)
    wanted = (whose[:, 0] != whose[:, 1]) & (whose >= 0).all(axis=1)
    wanted &= (ends >= 0).all(axis=1)
    ridges = shapely.linestrings(diagram.vertices[ends[wanted]] + centre)
    merged = shapely.line_merge(shapely.multilinestrings(ridges))
    smooth = shapely.simplify(shapely.get_parts([merged]), _SMOOTH_M)
    shapely.prepare(within)
    inside = shapely.get_parts(shapely.intersection(smooth, within))
    return np.asarray(inside[shapely.get_dimensions(inside) == 1], dtype=object)

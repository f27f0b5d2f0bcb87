"""Polygons that overlap, leave gaps, come in slivers, or cross a parent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from lifecircle.settings import GAP_M2
from lifecircle.unions import GRID_M

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = [
    "LEVELS",
    "SLIVER_M",
    "TILED",
    "Faults",
    "crossings",
    "gaps",
    "ground_of",
    "mean_width_m",
    "overlaps",
    "parts",
]

LEVELS = ("communities", "compounds", "grids")
"""Tables whose polygons lie beside each other."""

TILED = ("communities", "grids")
"""Of them, those that should cover their ground without gaps."""

LEAST_M2 = 1.0
"""Less common ground, or a smaller gap, is rounding of coordinates."""

SLIVER_M = 1.0
"""A polygon, part or gap of less mean width is a sliver."""

GAP_M = 2.0
"""A slot between communities, open to the outside, of up to this width is a gap."""

ACROSS_SHARE = 0.01
"""A child of which a larger share lies in another parent crosses it."""

ACROSS_M2 = 10.0

_AREAL, _COLLECTION = (3, 6), 7


@dataclass(frozen=True, slots=True, eq=False)
class Faults:
    """Faults of one kind in one table, parallel arrays.

    Attributes
    ----------
    first, second : int array
        Positions of the rows; ``second`` is -1 where one row is concerned, both
        where none is.
    area_m2 : float array
        Of what is wrong: common ground, gap, sliver, part outside.
    geometry : object array
        Polygons.
    """

    first: npt.NDArray[np.intp]
    second: npt.NDArray[np.intp]
    area_m2: npt.NDArray[np.float64]
    geometry: npt.NDArray[np.object_]


def mean_width_m(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    """Mean width of polygons, twice the area by the perimeter.

    Parameters
    ----------
    shapes : object array
        Polygons in metres.

    Returns
    -------
    float array
        Metres; a strip of 100 m by 1 m has 0.99, a square of side a has a / 2.

    Examples
    --------
    >>> round(float(mean_width_m(shapely.box(0, 0, 100, 1))), 2)
    0.99
    """
    around = shapely.length(shapes)
    width: npt.NDArray[np.float64] = np.divide(
        2.0 * shapely.area(shapes),
        around,
        where=around > 0.0,
        out=np.zeros_like(around),
    )
    return width


def _polygons(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Shapes, None where they are no polygon."""
    areas = shapes.copy()
    areas[~np.isin(shapely.get_type_id(areas), _AREAL)] = None
    return areas


def _faults(
    first: npt.NDArray[np.intp],
    second: npt.NDArray[np.intp],
    shapes: npt.NDArray[np.object_],
    *,
    least_m2: float,
) -> Faults:
    area = np.nan_to_num(shapely.area(shapes))
    large = np.flatnonzero(area > least_m2)
    order = large[np.lexsort((second[large], first[large]))]
    found = np.array([ground_of(shape) for shape in shapes[order]], dtype=object)
    return Faults(first[order], second[order], area[order], found)


def ground_of(shape: Any) -> Any:
    """Keep the polygons of a shape.

    Parameters
    ----------
    shape : shapely geometry
        Of some area: polygons that also touch along a line meet in a collection.

    Returns
    -------
    shapely geometry
        The shape itself where it has nothing but polygons.

    Examples
    --------
    >>> line, square = shapely.LineString([(0, 0), (0, 9)]), shapely.box(0, 0, 1, 1)
    >>> ground_of(shapely.GeometryCollection([line, square])).geom_type
    'Polygon'
    """
    if shapely.get_type_id(shape) != _COLLECTION:
        return shape
    areas = shapely.get_parts(shape)
    return shapely.union_all(areas[shapely.area(areas) > 0.0])


def overlaps(shapes: npt.NDArray[np.object_]) -> Faults:
    """Pairs of polygons of one table with more than 1 m² in common.

    Parameters
    ----------
    shapes : object array
        Valid shapes; others than polygons are passed over.

    Returns
    -------
    Faults
        The lower position first, with the common ground.

    Examples
    --------
    Two squares of 10 m, one moved by 8 m: 2 m x 10 m are in both.

    >>> squares = np.array([shapely.box(0, 0, 10, 10), shapely.box(8, 0, 18, 10)])
    >>> overlaps(squares).area_m2.tolist()
    [20.0]
    """
    areas = _polygons(shapes)
    first, second = shapely.STRtree(areas).query(areas)
    once = first < second
    first, second = first[once], second[once]
    common = shapely.intersection(areas[first], areas[second])
    return _faults(first, second, common, least_m2=LEAST_M2)


def _holes(cover: Any) -> npt.NDArray[np.object_]:
    """Ground that a cover encloses; islands within it belong to the cover."""
    pieces = shapely.get_parts(cover)
    rings = shapely.get_rings(pieces).tolist()
    outer = {shapely.get_exterior_ring(piece) for piece in pieces}
    holes = np.array(
        [shapely.polygons(ring) for ring in rings if ring not in outer], dtype=object
    )
    around, inside = shapely.STRtree(pieces).query(holes, predicate="contains")
    for place in np.unique(around).tolist():
        islands = shapely.union_all(pieces[inside[around == place]])
        holes[place] = shapely.difference(holes[place], islands)
    return holes


def gaps(shapes: npt.NDArray[np.object_]) -> Faults:
    """Find holes and slots between polygons that should cover their ground.

    Parameters
    ----------
    shapes : object array
        Valid shapes; others than polygons are passed over.

    Returns
    -------
    Faults
        Holes that no polygon covers up to ``GAP_M2`` (or thinner than
        ``SLIVER_M``), and slots up to ``GAP_M`` wide; rows are -1.

    Examples
    --------
    Two blocks of 100 m with 1 m between them.

    >>> blocks = [shapely.box(0, 0, 100, 100), shapely.box(101, 0, 201, 100)]
    >>> gaps(np.array(blocks)).area_m2.tolist()
    [100.0]
    """
    cover = shapely.union_all(_polygons(shapes), grid_size=GRID_M)
    half = GAP_M / 2
    closed = shapely.buffer(cover, half, join_style="mitre", mitre_limit=10.0)
    closed = shapely.buffer(closed, -half, join_style="mitre", mitre_limit=10.0)
    slots = shapely.get_parts(shapely.difference(closed, cover))
    holes = _holes(cover)
    if len(holes):
        small = shapely.area(holes) <= GAP_M2
        small |= mean_width_m(holes) <= SLIVER_M
        near, _ = shapely.STRtree(holes).query(
            shapely.point_on_surface(slots), predicate="within"
        )
        # A slot within a hole is that hole, or an inlet of a lake: told once.
        slots = np.delete(slots, near)
        holes = holes[small]
    found = np.concatenate([holes, slots]).astype(object)
    none = np.full(len(found), -1, dtype=np.intp)
    return _faults(none, none, found, least_m2=LEAST_M2)


def parts(shapes: npt.NDArray[np.object_]) -> tuple[Faults, Faults]:
    """Polygons of several parts, and parts or polygons that are slivers.

    Parameters
    ----------
    shapes : object array
        Shapes; others than polygons are passed over.

    Returns
    -------
    tuple of Faults
        Multipart: the ground outside the largest part. Slivers: parts of a mean
        width of up to ``SLIVER_M``.

    Examples
    --------
    >>> strip = shapely.box(0, 20, 100, 20.5)
    >>> shape = shapely.MultiPolygon([shapely.box(0, 0, 10, 10), strip])
    >>> multi, thin = parts(np.array([shape]))
    >>> multi.area_m2.tolist(), thin.area_m2.tolist()
    ([50.0], [50.0])
    """
    areas = _polygons(shapes)
    many = np.flatnonzero(shapely.get_num_geometries(areas) > 1)
    rest = []
    for shape in areas[many]:
        pieces = shapely.get_parts(shape)
        largest = int(np.argmax(shapely.area(pieces)))
        rest.append(shapely.multipolygons(np.delete(pieces, largest)))
    none = np.full(len(many), -1, dtype=np.intp)
    multi = _faults(many, none, np.array(rest, dtype=object), least_m2=0.0)
    pieces, rows = shapely.get_parts(areas, return_index=True)
    thin = mean_width_m(pieces) <= SLIVER_M
    alone = np.full(int(thin.sum()), -1, dtype=np.intp)
    return multi, _faults(rows[thin], alone, pieces[thin], least_m2=0.0)


def crossings(
    shapes: npt.NDArray[np.object_], parents: npt.NDArray[np.object_]
) -> Faults:
    """Find polygons that lie in two parents.

    Parameters
    ----------
    shapes : object array
        The children; others than polygons are passed over.
    parents : object array
        Polygons.

    Returns
    -------
    Faults
        The child, the other parent, and the child's ground in it: more than 10 m²
        and 1 % of the child. The parent with most of it (of equal ones the first)
        is its own.

    Examples
    --------
    >>> halves = np.array([shapely.box(0, 0, 50, 100), shapely.box(50, 0, 100, 100)])
    >>> found = crossings(np.array([shapely.box(20, 0, 60, 10)]), halves)
    >>> found.second.tolist(), found.area_m2.tolist()
    ([1], [100.0])
    """
    areas, above = _polygons(shapes), _polygons(parents)
    tree = shapely.STRtree(above)
    rows, places = tree.query(areas, predicate="intersects")
    several = np.bincount(rows, minlength=len(areas))[rows] > 1
    rows, places = rows[several], places[several]
    common = shapely.intersection(areas[rows], above[places])
    area = shapely.area(common).round(3)
    order = np.lexsort((places, -area, rows))
    own = np.zeros(len(rows), dtype=bool)
    own[order[~pd.Series(rows[order]).duplicated().to_numpy()]] = True
    across = ~own & (area > ACROSS_SHARE * shapely.area(areas[rows]))
    return _faults(rows[across], places[across], common[across], least_m2=ACROSS_M2)

"""Ground that no border crosses, as cells: most places are settled by looking there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy import ndimage

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["regions"]

_FEWEST = 1000
"""Fewer shapes are not worth the cells."""

_CELLS_PER_SHAPE = 4


def regions(
    shapes: npt.NDArray[np.object_], areas: npt.NDArray[np.object_]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.object_]]:
    """Regions that no border of an area crosses, and which shape lies wholly in one.

    Parameters
    ----------
    shapes : object array
        Shapes of any kind, None where missing.
    areas : object array
        Polygons in the same coordinates, None where missing; they may overlap.

    Returns
    -------
    tuple of int array and object array
        For each shape its region, -1 where it is not settled by this; and a point in
        each region. What holds for the point (which areas it lies in) holds for every
        point of every shape of the region.

    Notes
    -----
    Cells with a border in them, or next to one, are taken away; what hangs together of
    the rest is a region. A shape is settled if its box covers cells of one region
    only, at most two by two. Few shapes are never settled.

    Examples
    --------
    >>> import numpy, shapely
    >>> area = numpy.array([shapely.box(0, 0, 100, 100)])
    >>> spots = shapely.points(numpy.linspace(1, 199, 1000), 50)
    >>> place, points = regions(spots, area)
    >>> place[[400, 503, 900]].tolist(), shapely.intersects(area, points).tolist()
    ([1, -1, 0], [False, True])
    """
    unsettled = np.full(len(shapes), -1, dtype=np.intp)
    west, south, east, north = shapely.total_bounds(areas)
    extent = max(east - west, north - south)
    if len(shapes) < _FEWEST or not 0.0 < extent < np.inf:
        return unsettled, np.empty(0, dtype=object)
    size = extent / np.sqrt(_CELLS_PER_SHAPE * len(shapes))
    low = np.array([west, south]) - 2.0 * size
    count = np.floor(([east, north] - low) / size).astype(np.intp) + 3

    def cells(xy: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.intp], ...]:
        """Column and row; what lies outside counts to the outermost cells."""
        places = (xy - low) / size
        found = np.clip(places, 0, count - 1, out=places).astype(np.intp)
        return found[:, 0], found[:, 1]

    free = np.ones(count, dtype=bool)
    # Vertices at most a cell apart: a border keeps to the cells around them.
    column, row = cells(shapely.get_coordinates(shapely.segmentize(areas, size)))
    for right, up in np.ndindex(3, 3):
        free[column + right - 1, row + up - 1] = False
    region, found = ndimage.label(free)
    middle = np.zeros(found + 1, dtype=np.intp)
    middle[region.ravel()] = np.arange(region.size)
    spots = low + size * (np.column_stack(np.unravel_index(middle, count)) + 0.5)
    box = shapely.bounds(shapes)
    there = np.isfinite(box).all(axis=1)
    left, bottom = cells(box[there, :2])
    right, top = cells(box[there, 2:])
    own = region[left, bottom].astype(np.intp)
    whole = (right - left < 2) & (top - bottom < 2)
    for corner in (region[left, top], region[right, bottom], region[right, top]):
        whole &= corner == own
    unsettled[there] = np.where(whole, own, 0) - 1
    return unsettled, shapely.points(spots[1:])

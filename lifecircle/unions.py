"""Polygons that tile their ground as one shape, none of them left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["GRID_M", "union_of"]

GRID_M = 0.0001
"""Corners of what is joined or cut lie on a grid of this: no crack or spike of rounding
stays where borders almost meet, and no polygon is lost (GEOS without a grid may leave
a whole polygon out of a union: libgeos/geos#1344)."""


def union_of(polygons: npt.NDArray[np.object_]) -> Any:
    """Join polygons whose borders should coincide and may differ by rounding.

    Parameters
    ----------
    polygons : object array
        In metres; None is passed over.

    Returns
    -------
    shapely geometry
        One polygon or several, with the corners of those given; where GEOS leaves
        one of them out, which shows by a point of it, all corners on a grid of
        0.1 mm. Empty without any polygon.

    Examples
    --------
    >>> union_of(shapely.box([0, 5], 0, [5, 10], 10)).equals(shapely.box(0, 0, 10, 10))
    True
    """
    joined = shapely.union_all(polygons)
    shapely.prepare(joined)
    spots = shapely.point_on_surface(shapely.get_parts(polygons))
    spots = spots[~shapely.is_empty(spots)]
    if shapely.dwithin(joined, spots, GRID_M).all():
        return joined
    return shapely.union_all(polygons, grid_size=GRID_M)

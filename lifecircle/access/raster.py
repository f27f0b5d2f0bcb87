"""Ground near streets: a distance raster of 10 m cells and its contours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from contourpy import FillType, contour_generator

from lifecircle.access.stamp import list_near, stamp

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["CELL_M", "Raster", "contour_polygons", "distance_raster", "raster_over"]

CELL_M = 10.0
"""Side of a cell, metres."""


@dataclass(frozen=True, slots=True, eq=False)
class Raster:
    """Cells over streets, and the walls near each.

    Attributes
    ----------
    origin : float array (2,)
        Middle of cell (0, 0), a whole multiple of the cell's side.
    shape : tuple of int
        Rows (northward), columns (eastward).
    reach_m : float
        Farthest distance told apart.
    walls_xy : float array (k, 4)
        Straight walls and barriers.
    pointer, near : int arrays
        Walls within reach of each cell.
    """

    origin: npt.NDArray[np.float64]
    shape: tuple[int, int]
    reach_m: float
    walls_xy: npt.NDArray[np.float64]
    pointer: npt.NDArray[np.int64]
    near: npt.NDArray[np.int32]


def raster_over(
    xy: npt.NDArray[np.float64],
    *,
    reach_m: float,
    walls_xy: npt.NDArray[np.float64] | None = None,
) -> Raster:
    """A raster that covers lines and what is within reach of them.

    Parameters
    ----------
    xy : float array (n, 4)
        Straight lines, n at least 1.
    reach_m : float
        Metres around them.
    walls_xy : float array (k, 4), optional
        Straight walls and barriers.

    Returns
    -------
    Raster
        With one cell more than the reach on every side.

    Examples
    --------
    >>> import numpy as np
    >>> raster_over(np.array([[0.0, 0.0, 100.0, 0.0]]), reach_m=30).shape
    (9, 19)
    """
    ends = xy.reshape(-1, 2)
    low = np.floor((ends.min(axis=0) - reach_m) / CELL_M) - 1
    high = np.ceil((ends.max(axis=0) + reach_m) / CELL_M) + 1
    columns, rows = (high - low + 1).astype(int).tolist()
    walls = np.zeros((0, 4)) if walls_xy is None else walls_xy
    origin = low * CELL_M
    shape = (rows, columns)
    pointer, near = list_near(walls, origin, CELL_M, shape, reach_m)
    return Raster(origin, shape, reach_m, walls, pointer, near)


def distance_raster(
    raster: Raster,
    xy: npt.NDArray[np.float64],
    *,
    free: npt.NDArray[np.bool_] | None = None,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32]]:
    """Distance of each cell from the nearest line it can see, and which it is.

    Parameters
    ----------
    raster : Raster
        Cells and walls.
    xy : float array (n, 4)
        Straight lines.
    free : bool array (n,), optional
        Lines that walls do not hide: bridges and tunnels.

    Returns
    -------
    tuple
        Metres (the raster's reach where no line is nearer) and row of ``xy`` (-1).

    Examples
    --------
    >>> import numpy as np
    >>> line = np.array([[0.0, 0.0, 100.0, 0.0]])
    >>> away_m, _ = distance_raster(raster_over(line, reach_m=30), line)
    >>> away_m[:, 9].tolist()
    [30.0, 30.0, 20.0, 10.0, 0.0, 10.0, 20.0, 30.0, 30.0]
    """
    away = np.full(raster.shape, float(raster.reach_m))
    nearest = np.full(raster.shape, -1, np.int32)
    stamp(
        np.ascontiguousarray(xy),
        np.zeros(len(xy), dtype=bool) if free is None else free,
        raster.origin,
        CELL_M,
        raster.reach_m,
        raster.walls_xy,
        raster.pointer,
        raster.near,
        away,
        nearest,
    )
    return away, nearest


def contour_polygons(
    raster: Raster, values: npt.NDArray[np.float64], *, limit: float
) -> npt.NDArray[np.object_]:
    """Polygons of the ground whose value is at most a limit.

    Parameters
    ----------
    raster : Raster
        Cells.
    values : float array (rows, columns)
        At least 0; above the limit on the raster's edge.
    limit : float
        Highest value inside, found between cells by straight interpolation.

    Returns
    -------
    object array of shapely Polygon
        With their holes, coordinates rounded to a centimetre.

    Examples
    --------
    >>> import numpy as np
    >>> line = np.array([[0.0, 0.0, 100.0, 0.0]])
    >>> raster = raster_over(line, reach_m=45)
    >>> away_m, _ = distance_raster(raster, line)
    >>> area = contour_polygons(raster, away_m, limit=30)[0].area
    >>> 0.98 < area / (6000 + np.pi * 900) < 1.02
    True
    """
    rows, columns = raster.shape
    generator = contour_generator(
        x=np.arange(columns) * CELL_M,
        y=np.arange(rows) * CELL_M,
        z=values,
        fill_type=FillType.OuterOffset,
    )
    filled: tuple[Any, ...] = generator.filled(-1.0, limit)
    outlines, offsets = filled
    polygons: list[shapely.Polygon] = []
    for points, offset in zip(outlines, offsets, strict=True):
        rings = np.split(np.round(points + raster.origin, 2), offset[1:-1].astype(int))
        polygon = shapely.Polygon(rings[0], rings[1:])
        # A neck narrower than a centimetre pinches a ring: then there are two.
        whole = polygon if polygon.is_valid else polygon.buffer(0)
        polygons.extend(shapely.get_parts(whole))
    return np.array(polygons, dtype=object)

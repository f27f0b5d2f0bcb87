"""Where facilities are entered: a facility of several points at each of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["entrance_points"]


def entrance_points(
    geometry: npt.NDArray[Any],
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.intp]]:
    """Where facilities are entered.

    Parameters
    ----------
    geometry : object array of shapely geometries
        Points, areas, or several points each.

    Returns
    -------
    tuple
        Points or areas, and the row that each is of.

    Examples
    --------
    >>> import shapely
    >>> doors = np.array([shapely.MultiPoint([(0, 0), (9, 0)]), shapely.Point(5, 5)])
    >>> entrance_points(doors)[1].tolist()
    [0, 0, 1]
    """
    geometry = np.asarray(geometry, dtype=object)
    several = shapely.get_type_id(geometry) == shapely.GeometryType.MULTIPOINT
    if not several.any():
        return geometry, np.arange(len(geometry))
    parts, of = shapely.get_parts(geometry[several], return_index=True)
    points = np.concatenate([geometry[~several], parts])
    owner = np.concatenate([np.flatnonzero(~several), np.flatnonzero(several)[of]])
    order = np.argsort(owner, kind="stable")
    return points[order], owner[order]

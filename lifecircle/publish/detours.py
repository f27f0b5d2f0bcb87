"""What a walk goes round by: the named bridge or gate that it passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt
    from geopandas import GeoDataFrame
    from pandas import Series
    from shapely.geometry.base import BaseGeometry

__all__ = ["passed"]

NEAR_M = 1.0
WALKED_SHARE = 0.5
"""A bridge counts as walked if this much of it lies under the walk."""


def passed(
    routes: GeoDataFrame, roads: GeoDataFrame, gates: GeoDataFrame
) -> list[str | None]:
    """The named bridge of each walk, else the named gate; None if there is none.

    Parameters
    ----------
    routes : GeoDataFrame
        ``lifecircle.columns.ROUTES``.
    roads, gates : GeoDataFrame
        Of the district.

    Returns
    -------
    list of str or None
        One for each route: the longest bridge it walks along, or the first gate.

    Examples
    --------
    >>> passed(study.routes, roads, gates)[2]  # doctest: +SKIP
    '老桥'
    """
    bridges = roads.loc[(roads["bridge"] == "yes") & _named(roads)]
    doors = gates.loc[_named(gates)]
    walks = shapely.buffer(routes.geometry.to_numpy(), NEAR_M)
    along = _by_walk(walks, bridges.geometry.to_numpy())
    through = _by_walk(walks, doors.geometry.to_numpy())
    bridge_names, door_names = bridges["name"].tolist(), doors["name"].tolist()
    return [
        _longest(under, bridges.geometry.to_numpy()[places], bridge_names, places)
        or (str(door_names[at_gate[0]]) if len(at_gate) else None)
        for under, places, at_gate in zip(walks, along, through, strict=True)
    ]


def _named(frame: GeoDataFrame) -> Series[bool]:
    names: Series[bool] = frame["name"].fillna("").astype(str).str.strip() != ""
    return names


def _by_walk(
    walks: npt.NDArray[np.object_], shapes: npt.NDArray[np.object_]
) -> list[npt.NDArray[np.intp]]:
    """Places of the shapes that every walk touches, in order."""
    walk, place = shapely.STRtree(shapes).query(walks, predicate="intersects")
    order = np.lexsort((place, walk))
    ends = np.searchsorted(walk[order], np.arange(1, len(walks)))
    return np.split(place[order], ends) if len(walks) else []


def _longest(
    under: BaseGeometry | None,
    shapes: npt.NDArray[np.object_],
    names: list[str],
    places: npt.NDArray[np.intp],
) -> str | None:
    """The name of the bridge that is walked the farthest, if any is walked."""
    walked = shapely.length(shapely.intersection(shapes, under))
    found = [
        (-float(metres), str(names[place]))
        for metres, place, whole in zip(
            walked, places, shapely.length(shapes), strict=True
        )
        if metres >= WALKED_SHARE * whole
    ]
    return min(found)[1] if found else None

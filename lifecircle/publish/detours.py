"""What a walk goes round by: the named bridge or gate that it passes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

if TYPE_CHECKING:
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
    return [_of_one(walk, bridges, doors) for walk in routes.geometry.to_numpy()]


def _named(frame: GeoDataFrame) -> Series[bool]:
    names: Series[bool] = frame["name"].fillna("").astype(str).str.strip() != ""
    return names


def _of_one(
    walk: BaseGeometry | None, bridges: GeoDataFrame, doors: GeoDataFrame
) -> str | None:
    if walk is None or walk.is_empty:
        return None
    under = walk.buffer(NEAR_M)
    near = bridges[bridges.intersects(under)]
    walked = shapely.length(shapely.intersection(near.geometry.to_numpy(), under))
    found = [
        (-float(metres), str(name))
        for metres, name, whole in zip(walked, near["name"], near.length, strict=True)
        if metres >= WALKED_SHARE * whole
    ]
    if found:
        return min(found)[1]
    at_gate = doors[doors.intersects(under)]
    return str(at_gate["name"].iloc[0]) if len(at_gate) else None

"""Geometry and frames as compact JSON columns for the page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt
    from pandas import Series

__all__ = ["geometry_columns", "numbers", "plain", "positions", "texts"]

DEGREE_STEPS = 1_000_000
"""Coordinates are whole millionths of a degree: about 0.1 m."""


def geometry_columns(geometries: Iterable[Any]) -> dict[str, list[int]]:
    """Geometries as columns of whole numbers.

    Parameters
    ----------
    geometries : iterable of shapely geometry or None
        Degrees, WGS 84. Polygons give their rings without the closing point,
        multiparts all their parts, points a part of one point.

    Returns
    -------
    dict
        ``parts`` (parts of each geometry), ``sizes`` (points of each part), ``x`` and
        ``y`` (longitude and latitude of every point, millionths of a degree).

    Examples
    --------
    >>> geometry_columns([shapely.box(0, 0, 0.00001, 0.00001), None])
    {'parts': [1, 0], 'sizes': [4], 'x': [10, 10, 0, 0], 'y': [0, 10, 10, 0]}
    """
    shapes = np.array(list(geometries), dtype=object)
    owner, parts = _parts(shapes)
    coordinates, part_of_point = shapely.get_coordinates(parts, return_index=True)
    closing = shapely.get_type_id(parts) == shapely.GeometryType.LINEARRING
    keep = np.ones(len(part_of_point), dtype=bool)
    last = np.flatnonzero(np.diff(np.append(part_of_point, -1)))
    keep[last[closing[part_of_point[last]]]] = False
    steps = np.rint(coordinates[keep] * DEGREE_STEPS).astype(np.int64)
    sizes = np.bincount(part_of_point[keep], minlength=len(parts))
    return {
        "parts": np.bincount(owner, minlength=len(shapes)).tolist(),
        "sizes": sizes.tolist(),
        "x": steps[:, 0].tolist(),
        "y": steps[:, 1].tolist(),
    }


def _parts(
    shapes: npt.NDArray[np.object_],
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.object_]]:
    """Rings, lines and points of all geometries, each with its owner's position."""
    singles, owner = shapely.get_parts(shapes, return_index=True)
    polygon = shapely.get_type_id(singles) == shapely.GeometryType.POLYGON
    rings, ring_of = shapely.get_rings(singles[polygon], return_index=True)
    parts = np.concatenate([rings, singles[~polygon]])
    owners = np.concatenate([owner[polygon][ring_of], owner[~polygon]])
    order = np.argsort(owners, kind="stable")
    return owners[order], parts[order]


def plain(value: Any, *, digits: int = 3) -> Any:
    """A value that JSON can hold: NaN and infinity become None, 3.0 becomes 3.

    Parameters
    ----------
    value : object
        A cell.
    digits : int
        Decimals kept.

    Returns
    -------
    object
        str, int, float, bool or None.

    Examples
    --------
    >>> plain(float("nan")), plain(3.0), plain(0.12345), plain("a")
    (None, 3, 0.123, 'a')
    """
    if value is None or isinstance(value, (str, bool)):
        return value
    if pd.isna(value):
        return None
    number = float(value)
    if math.isinf(number):
        return None
    number = round(number, digits)
    return int(number) if number.is_integer() else number


def numbers(series: Series[Any], *, digits: int = 1) -> list[Any]:
    """A column of numbers.

    Examples
    --------
    >>> numbers(pd.Series([1.0, 2.25, float("nan")]))
    [1, 2.2, None]
    """
    return [plain(value, digits=digits) for value in series.tolist()]


def texts(series: Series[Any]) -> list[str | None]:
    """A column of texts; missing is None.

    Examples
    --------
    >>> texts(pd.Series(["a", None]))
    ['a', None]
    """
    return [None if pd.isna(value) else str(value) for value in series.tolist()]


def positions(series: Series[Any], keys: Iterable[str]) -> list[int]:
    """Position of each value among the keys; -1 where it is missing or unknown.

    Examples
    --------
    >>> positions(pd.Series(["b", None, "x"]), ["a", "b"])
    [1, -1, -1]
    """
    place = {key: number for number, key in enumerate(keys)}
    return [
        -1 if pd.isna(value) else place.get(str(value), -1) for value in series.tolist()
    ]

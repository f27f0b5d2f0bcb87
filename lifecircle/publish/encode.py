"""Geometry and frames as compact JSON columns for the page."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from lifecircle.publish.pack import Steps

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt
    from pandas import Series

__all__ = [
    "COARSE",
    "FINE",
    "geometry_columns",
    "numbers",
    "plain",
    "positions",
    "texts",
]

FINE, COARSE = 1_000_000, 100_000
"""Steps of a degree: about 0.1 m; about 1 m, for outlines drawn to several metres."""


def geometry_columns(geometries: Iterable[Any], *, per: int = FINE) -> dict[str, Any]:
    """Geometries as columns of whole numbers.

    Parameters
    ----------
    geometries : iterable of shapely geometry or None
        Degrees, WGS 84. Polygons give their rings without the closing point,
        multiparts all their parts, points a part of one point.
    per : int
        Coordinates are whole steps of which a degree has so many.

    Returns
    -------
    dict
        ``per``, ``parts`` (parts of each geometry), ``sizes`` (points of each part),
        ``x`` and ``y`` (longitude and latitude of the first point of each part), ``dx``
        and ``dy`` (steps to its other points). If ``turned`` is 1, a step from the
        third point on is told as what it is more than the step two before, turned
        back: nought for the last corner of a rectangle.

    Examples
    --------
    >>> told = geometry_columns([shapely.box(0, 0, 0.00001, 0.00002), None])
    >>> told["parts"].tolist(), told["sizes"].tolist(), told["x"], told["y"]
    ([1, 0], [4], array([10]), array([0]))

    (10, 0), (10, 20), (0, 20), (0, 0): the last step is the first turned back.

    >>> told["turned"], told["dx"].values.tolist(), told["dy"].values.tolist()
    (1, [0, -10, 0], [20, 0, 0])
    """
    shapes = np.array(list(geometries), dtype=object)
    owner, parts = _parts(shapes)
    coordinates, part_of_point = shapely.get_coordinates(parts, return_index=True)
    closing = shapely.get_type_id(parts) == shapely.GeometryType.LINEARRING
    keep = np.ones(len(part_of_point), dtype=bool)
    last = np.flatnonzero(np.diff(np.append(part_of_point, -1)))
    keep[last[closing[part_of_point[last]]]] = False
    whole = np.rint(coordinates[keep] * per).astype(np.int64)
    sizes = np.bincount(part_of_point[keep], minlength=len(parts))
    first = (np.cumsum(sizes) - sizes)[sizes > 0]
    inner = np.ones(len(whole), dtype=bool)
    inner[first] = False
    plain_steps, turned_steps = _steps(whole, sizes)
    turned = _bits(turned_steps[inner]) < _bits(plain_steps[inner])
    steps = (turned_steps if turned else plain_steps)[inner]
    return {
        "per": per,
        "parts": np.bincount(owner, minlength=len(shapes)),
        "sizes": sizes,
        "x": whole[first, 0],
        "y": whole[first, 1],
        "turned": int(turned),
        "dx": Steps(steps[:, 0]),
        "dy": Steps(steps[:, 1]),
    }


def _steps(
    whole: npt.NDArray[np.int64], sizes: npt.NDArray[np.intp]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Steps from point to point; and what they are more than two before, turned."""
    steps = np.diff(whole, axis=0, prepend=np.zeros((1, 2), dtype=np.int64))
    place = np.arange(len(whole)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    turned = steps.copy()
    later = np.flatnonzero(place >= 3)
    turned[later] += steps[later - 2]
    return steps, turned


def _bits(steps: npt.NDArray[np.int64]) -> float:
    """How many bits the steps take, nearly."""
    return float(np.log2(1.0 + np.abs(steps)).sum())


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

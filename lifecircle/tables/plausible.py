"""Whether coordinates can be what they are declared to be."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS, Proj, Transformer

from lifecircle.tables.crs import DATUMS, declared_crs
from lifecircle.tables.zones import CHINA, ZONE_M

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["BENT", "contradiction_m", "coordinate_faults", "stretch"]

_AREA_MARGIN_DEG = 3.0

BENT = 0.003
"""A district's system may lengthen or shorten 1,000 m by no more than 3 m: the edge of
a 6-degree zone does so by 1.4 m at most, a meridian 6 degrees too far by 4 m (at
31 degrees north)."""


def contradiction_m(declared: str, found: CRS, bounds: npt.ArrayLike) -> float:
    """How far a layer moves between the declared CRS and the file's own.

    Parameters
    ----------
    declared : str
        What the district file says.
    found : pyproj.CRS
        What the file itself says (.prj, GeoPackage).
    bounds : array-like of 4 floats
        West, south, east, north of the layer in its own numbers.

    Returns
    -------
    float
        Metres, 0 where both mean the same place; inf where one is in degrees and
        the other in metres. For GCJ-02 and BD-09, which no file can name, any
        geographic CRS agrees.

    Examples
    --------
    >>> from pyproj import CRS
    >>> contradiction_m("EPSG:4490", CRS.from_epsg(4326), (117.0, 31.0, 117.1, 31.1))
    0.0
    >>> contradiction_m("EPSG:4490", CRS.from_epsg(4548), (117.0, 31.0, 117.1, 31.1))
    inf
    """
    said = declared_crs(declared)
    if said.is_geographic != found.is_geographic:
        return float("inf")
    if declared in DATUMS or said == found:
        return 0.0
    west, south, east, north = np.asarray(bounds, np.float64)
    corners = np.array([west, east, (west + east) / 2]), np.array([south, north, north])
    places = [
        np.array(Transformer.from_crs(crs, 4326, always_xy=True).transform(*corners))
        for crs in (said, found)
    ]
    gap = np.abs(places[0] - places[1]).max() * 111_000.0
    return float(gap) if gap > 1.0 else 0.0


def _within(
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    box: tuple[float, float, float, float],
) -> npt.NDArray[np.bool_]:
    return (x >= box[0]) & (y >= box[1]) & (x <= box[2]) & (y <= box[3])


@cache
def _projected_box(declared: str) -> tuple[float, float, float, float] | None:
    """Where coordinates of a projected CRS may lie: its area of use and a margin."""
    crs = declared_crs(declared)
    area = crs.area_of_use
    if area is None or crs.geodetic_crs is None:
        return None
    into = Transformer.from_crs(crs.geodetic_crs, crs, always_xy=True)
    bounds = into.transform_bounds(
        max(area.west - _AREA_MARGIN_DEG, -180.0),
        max(area.south - _AREA_MARGIN_DEG, -89.0),
        min(area.east + _AREA_MARGIN_DEG, 180.0),
        min(area.north + _AREA_MARGIN_DEG, 89.0),
    )
    return bounds if np.isfinite(bounds).all() else None


@cache
def _in_china(declared: str) -> bool:
    """Whether a system is made for China: the middle of its area lies there."""
    if declared in DATUMS:
        return True
    area = declared_crs(declared).area_of_use
    if area is None:
        return False
    middle = np.array([[area.west + area.east], [area.south + area.north]]) / 2
    return bool(_within(middle[0], middle[1], CHINA)[0])


def coordinate_faults(
    x: npt.NDArray[np.float64],
    y: npt.NDArray[np.float64],
    declared: str,
    *,
    target: str = "",
) -> npt.NDArray[np.object_]:
    """What is wrong with coordinates, given what they are declared to be.

    Parameters
    ----------
    x, y : float64 array
        As in the file.
    declared : str
        ``"EPSG:n"``, ``"gcj02"`` or ``"bd09"``.
    target : str, optional
        The district's metric CRS: where it is one of China's, degrees that lie
        there but for their sign have a wrong sign.

    Returns
    -------
    object array of str
        Per point ``""`` (nothing wrong), ``"crs_swapped"`` (y stands before x),
        ``"crs_degrees_as_metric"``, ``"crs_metric_as_degrees"``,
        ``"crs_hemisphere"`` (a minus sign too many),
        ``"crs_zone_number"`` (zone prefix in the easting, or lacking) or
        ``"crs_outside_area"``.

    Examples
    --------
    >>> import numpy as np
    >>> lon, lat = np.array([117.2, 31.8, 500123.0]), np.array([31.8, 117.2, 3.5e6])
    >>> list(coordinate_faults(lon, lat, "EPSG:4490"))
    ['', 'crs_swapped', 'crs_metric_as_degrees']
    """
    faults = np.full(len(x), "", dtype=object)
    if declared_crs(declared).is_geographic:
        wild = (np.abs(x) > 180.0) | (np.abs(y) > 90.0)
        faults[wild] = "crs_metric_as_degrees"
        if declared in DATUMS:
            faults[~wild & ~_within(x, y, CHINA)] = "crs_outside_area"
        if _in_china(target or declared):
            mirrored = _within(np.abs(x), np.abs(y), CHINA)
            faults[mirrored & ~_within(x, y, CHINA)] = "crs_hemisphere"
        faults[_within(y, x, CHINA) & ~_within(x, y, CHINA)] = "crs_swapped"
        return faults
    box = _projected_box(declared)
    if box is None:
        return faults
    fine = _within(x, y, box)
    zone = np.floor(x / ZONE_M) * ZONE_M
    own_zone = np.floor(box[0] / ZONE_M) * ZONE_M
    faults[~fine] = "crs_outside_area"
    faults[~fine & _within(np.abs(x), np.abs(y), box)] = "crs_hemisphere"
    other_zone = _within(x - zone + own_zone, y, box) & (zone != own_zone)
    faults[~fine & other_zone] = "crs_zone_number"
    faults[~fine & _within(y, x, box)] = "crs_swapped"
    faults[(np.abs(x) <= 180.0) & (np.abs(y) <= 180.0)] = "crs_degrees_as_metric"
    return faults


def stretch(declared: str, lon: npt.ArrayLike, lat: npt.ArrayLike) -> float:
    """How long a metre becomes in a metric system, where a district lies.

    Parameters
    ----------
    declared : str
        A projected system, ``"EPSG:n"``.
    lon, lat : array-like of float
        Degrees.

    Returns
    -------
    float
        The scale farthest from 1, in any direction at any of the places; inf where
        the system cannot show one of them.

    Examples
    --------
    On its meridian a Gauss-Kruger zone is true; Web Mercator is 1 / cos(latitude).

    >>> round(stretch("EPSG:4548", [117.0], [31.8]), 6)
    1.0
    >>> round(stretch("EPSG:3857", [117.0], [31.8]), 2)
    1.18
    """
    factors = Proj(declared_crs(declared)).get_factors(lon, lat)
    scales = np.ravel([factors.tissot_semimajor, factors.tissot_semiminor])
    if not np.isfinite(scales).all():
        return float("inf")
    return float(scales[np.abs(scales - 1.0).argmax()])

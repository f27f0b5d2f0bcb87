"""Declared coordinates (EPSG, GCJ-02, BD-09) to the district's metric CRS.

Each layer's coordinates are declared, never guessed: GCJ-02 points laid on WGS 84
streets are 360-625 m off in four big cities. This module is the only one before
``publish`` that reprojects.
"""

from __future__ import annotations

import logging
import re
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError as ProjCrsError

from lifecircle.errors import CrsError

if TYPE_CHECKING:
    import numpy.typing as npt
    from geopandas import GeoDataFrame

__all__ = [
    "DATUMS",
    "declared_crs",
    "from_wgs84",
    "is_metric",
    "project_frame",
    "to_wgs84",
]

logger = logging.getLogger(__name__)

DATUMS = ("gcj02", "bd09")
"""Map-service datums that have no EPSG code."""

# Krasovsky 1940, as the GCJ-02 offset uses it.
_SEMI_MAJOR_M = 6378245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_BD_TURN = np.pi * 3000.0 / 180.0
_STEPS = 12
# Outside this box GCJ-02 is WGS 84 unchanged.
_OFFSET_BOX = (72.004, 0.8293, 137.8347, 55.8271)


def _gcj_from_wgs(
    lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    x, y = lon - 105.0, lat - 35.0
    root, wave = np.sqrt(np.abs(x)), 20.0 * np.sin(6 * np.pi * x)
    shared = (wave + 20.0 * np.sin(2 * np.pi * x)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + shared
    north += (20.0 * np.sin(np.pi * y) + 40.0 * np.sin(np.pi * y / 3)) * 2.0 / 3.0
    north += (160 * np.sin(np.pi * y / 12) + 320 * np.sin(np.pi * y / 30)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + shared
    east += (20.0 * np.sin(np.pi * x) + 40.0 * np.sin(np.pi * x / 3)) * 2.0 / 3.0
    east += (150 * np.sin(np.pi * x / 12) + 300 * np.sin(np.pi * x / 30)) * 2.0 / 3.0
    phi = np.radians(lat)
    curve = 1.0 - _ECCENTRICITY_SQUARED * np.sin(phi) ** 2
    per_degree = np.pi / 180.0 * _SEMI_MAJOR_M
    north_m = per_degree * (1.0 - _ECCENTRICITY_SQUARED) / curve**1.5
    east_m = per_degree / np.sqrt(curve) * np.cos(phi)
    west, south, far_east, far_north = _OFFSET_BOX
    inside = (lon >= west) & (lon <= far_east) & (lat >= south) & (lat <= far_north)
    return (
        np.where(inside, lon + east / east_m, lon),
        np.where(inside, lat + north / north_m, lat),
    )


def _bd_from_gcj(
    lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BD_TURN)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BD_TURN)
    return radius * np.cos(angle) + 0.0065, radius * np.sin(angle) + 0.006


def _forward(
    lon: npt.NDArray[np.float64], lat: npt.NDArray[np.float64], datum: str
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    if datum not in DATUMS:
        raise CrsError(
            where="datum",
            what=f"the value is {datum!r}; it must be one of {', '.join(DATUMS)}.",
            fix="Name one of them, or use an EPSG code.",
        )
    lon, lat = _gcj_from_wgs(lon, lat)
    return _bd_from_gcj(lon, lat) if datum == "bd09" else (lon, lat)


def from_wgs84(
    x: npt.ArrayLike, y: npt.ArrayLike, datum: str
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """WGS 84 degrees to a map-service datum.

    Parameters
    ----------
    x, y : array-like of float
        Longitude and latitude, degrees.
    datum : {"gcj02", "bd09"}
        The datum wanted.

    Returns
    -------
    tuple of float64 arrays
        Longitude and latitude in the datum, degrees. Outside China's box GCJ-02
        equals WGS 84.

    Raises
    ------
    CrsError
        If the datum is not one of the two.

    Examples
    --------
    >>> lon, lat = from_wgs84([116.377817], [39.911954], "gcj02")
    >>> round(float(lon[0]), 6), round(float(lat[0]), 6)
    (116.384047, 39.913345)
    """
    return _forward(np.asarray(x, np.float64), np.asarray(y, np.float64), datum)


def to_wgs84(
    x: npt.ArrayLike, y: npt.ArrayLike, datum: str
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Turn degrees of a map-service datum into WGS 84, exact to under 1 mm.

    Parameters
    ----------
    x, y : array-like of float
        Longitude and latitude in the datum, degrees.
    datum : {"gcj02", "bd09"}
        What the coordinates are in.

    Returns
    -------
    tuple of float64 arrays
        WGS 84 longitude and latitude, degrees.

    Raises
    ------
    CrsError
        If the datum is not one of the two.

    Notes
    -----
    The offset is smooth and small, so ``w <- w - (forward(w) - given)`` shrinks
    the error by a factor of about 400 a step; twelve steps reach rounding.

    Examples
    --------
    >>> lon, lat = to_wgs84([116.38404722455657], [39.91334545536069], "gcj02")
    >>> round(float(lon[0]), 6), round(float(lat[0]), 6)
    (116.377817, 39.911954)
    """
    given_x, given_y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    lon, lat = given_x.copy(), given_y.copy()
    for _ in range(_STEPS):
        there_x, there_y = _forward(lon, lat, datum)
        lon, lat = lon - (there_x - given_x), lat - (there_y - given_y)
    return lon, lat


@cache
def declared_crs(declared: str) -> CRS:
    """The CRS that a declaration stands for; WGS 84 for GCJ-02 and BD-09.

    Parameters
    ----------
    declared : str
        ``"EPSG:n"``, ``"gcj02"`` or ``"bd09"``.

    Returns
    -------
    pyproj.CRS
        Geographic for the map-service datums (after conversion to WGS 84).

    Raises
    ------
    CrsError
        If it is neither a known EPSG code nor one of the datums.

    Examples
    --------
    >>> declared_crs("EPSG:4548").name
    'CGCS2000 / 3-degree Gauss-Kruger CM 117E'
    """
    if declared in DATUMS:
        return CRS.from_epsg(4326)
    code = re.fullmatch(r"EPSG:(\d{4,6})", declared)
    try:
        if code:
            return CRS.from_epsg(int(code[1]))
    except ProjCrsError:
        pass
    raise CrsError(
        where="crs",
        what=f"the value is {declared!r}; it must be EPSG:n, gcj02 or bd09.",
        fix="Look the code up in the layer's properties, for example EPSG:4490.",
    )


def is_metric(declared: str) -> bool:
    """Whether a declared CRS is projected in metres.

    Parameters
    ----------
    declared : str
        ``"EPSG:n"``, ``"gcj02"`` or ``"bd09"``.

    Returns
    -------
    bool
        True for a projected CRS whose unit is the metre.

    Raises
    ------
    CrsError
        If it is not a known CRS.

    Examples
    --------
    >>> is_metric("EPSG:4548"), is_metric("EPSG:4490"), is_metric("gcj02")
    (True, False, False)
    """
    crs = declared_crs(declared)
    return bool(
        crs.is_projected and all(axis.unit_name == "metre" for axis in crs.axis_info)
    )


def project_frame(
    frame: GeoDataFrame, declared: str, target: str, *, name: str = ""
) -> GeoDataFrame:
    """A frame's geometry from its declared coordinates to a target CRS.

    Parameters
    ----------
    frame : GeoDataFrame
        Geometry in the declared coordinates; its own ``crs`` is ignored.
    declared : str
        ``"EPSG:n"``, ``"gcj02"`` or ``"bd09"``.
    target : str
        The district's metric CRS, ``"EPSG:n"``.
    name : str, optional
        Layer name for the log.

    Returns
    -------
    GeoDataFrame
        A new frame in the target CRS, x east and y north.

    Raises
    ------
    CrsError
        If either is not a known CRS.

    Examples
    --------
    >>> import geopandas, shapely
    >>> frame = geopandas.GeoDataFrame(geometry=[shapely.Point(117.0, 31.0)])
    >>> point = project_frame(frame, "EPSG:4490", "EPSG:4548").geometry.iloc[0]
    >>> round(point.x), round(point.y)
    (500000, 3430974)
    """
    source, goal = declared_crs(declared), declared_crs(target)
    geometry = frame.geometry.to_numpy()
    if declared in DATUMS:

        def shift(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
            return np.column_stack(to_wgs84(xy[:, 0], xy[:, 1], declared))

        geometry = shapely.transform(geometry, shift)
    moved = frame.set_geometry(geometry)
    projected = moved.set_crs(source, allow_override=True).to_crs(goal)
    logger.info("%s: %s to %s, %d rows", name or "layer", declared, target, len(frame))
    return projected

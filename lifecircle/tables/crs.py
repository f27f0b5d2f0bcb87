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
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError as ProjCrsError

from lifecircle.errors import CrsError

if TYPE_CHECKING:
    import numpy.typing as npt
    from geopandas import GeoDataFrame

__all__ = [
    "DATUMS",
    "contradiction_m",
    "coordinate_faults",
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
# Mainland, islands and South China Sea, generously.
_CHINA = (73.0, 3.0, 136.0, 54.0)
_ZONE_M = 1_000_000.0
_AREA_MARGIN_DEG = 3.0


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
    """Degrees in a map-service datum to WGS 84, exact to under 1 mm.

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


def coordinate_faults(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64], declared: str
) -> npt.NDArray[np.object_]:
    """What is wrong with coordinates, given what they are declared to be.

    Parameters
    ----------
    x, y : float64 array
        As in the file.
    declared : str
        ``"EPSG:n"``, ``"gcj02"`` or ``"bd09"``.

    Returns
    -------
    object array of str
        Per point ``""`` (nothing wrong), ``"crs_swapped"`` (y stands before x),
        ``"crs_degrees_as_metric"``, ``"crs_metric_as_degrees"``,
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
            faults[~wild & ~_within(x, y, _CHINA)] = "crs_outside_area"
        faults[_within(y, x, _CHINA) & ~_within(x, y, _CHINA)] = "crs_swapped"
        return faults
    box = _projected_box(declared)
    if box is None:
        return faults
    fine = _within(x, y, box)
    zone = np.floor(x / _ZONE_M) * _ZONE_M
    own_zone = np.floor(box[0] / _ZONE_M) * _ZONE_M
    faults[~fine] = "crs_outside_area"
    other_zone = _within(x - zone + own_zone, y, box) & (zone != own_zone)
    faults[~fine & other_zone] = "crs_zone_number"
    faults[~fine & _within(y, x, box)] = "crs_swapped"
    faults[(np.abs(x) <= 180.0) & (np.abs(y) <= 180.0)] = "crs_degrees_as_metric"
    return faults


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

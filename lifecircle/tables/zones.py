"""Zones: which code a zone number, a meridian or a place stands for."""

from __future__ import annotations

import re

__all__ = [
    "CHINA",
    "UTM_ZONES",
    "ZONE_M",
    "home_zone",
    "sister_zones",
    "three_degree_zone",
    "zone_in_easting",
]

CHINA = (73.0, 3.0, 136.0, 54.0)
"""Mainland, islands and South China Sea, generously: west, south, east, north."""

ZONE_M = 1_000_000.0
"""A zone number stands before the easting in millions of metres."""

# First zone, last zone, code with the number in the easting, code without.
_CGCS2000 = ((25, 45, 4513, 4534), (13, 23, 4491, 4502))
_XIAN_1980 = ((25, 45, 2349, 2370), (13, 23, 2327, 2338))
_BEIJING_1954 = ((25, 45, 2401, 2422), (13, 23, 21413, 21453))
_FAMILIES = (_CGCS2000, _XIAN_1980, _BEIJING_1954)

UTM_ZONES = tuple(f"EPSG:{32600 + zone}" for zone in range(43, 54))
"""WGS 84 / UTM north that China lies in."""

_Family = tuple[tuple[int, int, int, int], ...]


def _family_of(declared: str) -> _Family:
    """The datum's zones; CGCS2000 for a system that is of none."""
    found = re.fullmatch(r"EPSG:(\d+)", declared)
    code = int(found[1]) if found else 0
    for family in _FAMILIES:
        for first, last, numbered, plain in family:
            if any(0 <= code - start <= last - first for start in (numbered, plain)):
                return family
    return _CGCS2000


def zone_in_easting(x: float, declared: str = "") -> str:
    """The system that the easting's zone number, or its lack, asks for.

    Parameters
    ----------
    x : float
        Easting as in the file, metres.
    declared : str, optional
        What it is declared to be, ``"EPSG:n"``: says the datum, and the meridian of
        an easting without a number.

    Returns
    -------
    str
        ``"EPSG:n"``; empty if there is none. Numbers 13-23 are 6-degree zones,
        25-45 3-degree zones.

    Examples
    --------
    >>> zone_in_easting(39_520_000.0), zone_in_easting(20_520_000.0)
    ('EPSG:4527', 'EPSG:4498')
    >>> zone_in_easting(520_000.0, "EPSG:4527")
    'EPSG:4548'
    """
    number = int(x // ZONE_M)
    for first, last, numbered, plain in _family_of(declared):
        if first <= number <= last:
            return f"EPSG:{numbered + number - first}"
        for zone in range(first, last + 1):
            if number == 0 and declared == f"EPSG:{numbered + zone - first}":
                return f"EPSG:{plain + zone - first}"
    return ""


def three_degree_zone(lon: float) -> str:
    """The CGCS2000 3-degree zone without a zone number that a longitude lies in.

    Parameters
    ----------
    lon : float
        Degrees east, in China.

    Returns
    -------
    str
        ``"EPSG:n"``.

    Examples
    --------
    >>> three_degree_zone(117.2), three_degree_zone(108.9)
    ('EPSG:4548', 'EPSG:4545')
    """
    meridian = min(max(round(lon / 3) * 3, 75), 135)
    return f"EPSG:{_CGCS2000[0][3] + (meridian - 75) // 3}"


def home_zone(lon: float, lat: float) -> str:
    """The metric system that bends no distance where a place lies.

    Parameters
    ----------
    lon, lat : float
        Degrees.

    Returns
    -------
    str
        ``"EPSG:n"``: in China the CGCS2000 3-degree zone, elsewhere WGS 84 / UTM.

    Examples
    --------
    >>> home_zone(117.2, 31.8), home_zone(24.9, 60.2), home_zone(-58.4, -34.6)
    ('EPSG:4548', 'EPSG:32635', 'EPSG:32721')
    """
    west, south, east, north = CHINA
    if west <= lon <= east and south <= lat <= north:
        return three_degree_zone(lon)
    zone = int((lon + 180.0) // 6.0) % 60 + 1
    return f"EPSG:{(32600 if lat >= 0.0 else 32700) + zone}"


def sister_zones(declared: str) -> tuple[str, ...]:
    """Systems that coordinates without a zone number can be of, likeliest first.

    Parameters
    ----------
    declared : str
        What they are declared to be, ``"EPSG:n"``.

    Returns
    -------
    tuple of str
        The 3-degree zones of the datum (the meridians of the 6-degree zones are
        among theirs) and UTM; UTM first where it is declared.

    Examples
    --------
    >>> zones = sister_zones("EPSG:4547")
    >>> zones[0], zones[20], zones[21], len(zones)
    ('EPSG:4534', 'EPSG:4554', 'EPSG:32643', 32)
    """
    first, last, _, plain = _family_of(declared)[0]
    zones = tuple(f"EPSG:{plain + step}" for step in range(last - first + 1))
    is_utm = re.fullmatch(r"EPSG:32[67]\d\d", declared)
    return (*UTM_ZONES, *zones) if is_utm else (*zones, *UTM_ZONES)


def twin_zone(declared: str) -> str:
    """The Gauss-Kruger or UTM zone of the same meridian, easily taken for another.

    Parameters
    ----------
    declared : str
        What coordinates are declared to be, ``"EPSG:n"``.

    Returns
    -------
    str
        CGCS2000 without a zone number for a UTM zone, WGS 84 / UTM for a zone of any
        datum without one; empty if there is none.

    Notes
    -----
    Both have the easting 500 km on the meridian; UTM is smaller by 0.9996, so that
    places come to lie 1.2 to 2 km too far north or south.

    Examples
    --------
    >>> twin_zone("EPSG:32650"), twin_zone("EPSG:4548"), twin_zone("EPSG:4502")
    ('EPSG:4548', 'EPSG:32650', 'EPSG:32643')
    >>> twin_zone("EPSG:4547"), twin_zone("EPSG:4527"), twin_zone("gcj02")
    ('', '', '')
    """
    if declared in UTM_ZONES:
        return three_degree_zone(6.0 * int(declared[-2:]) - 183.0)
    for family in _FAMILIES:
        for (first, last, _, plain), width in zip(family, (3, 6), strict=True):
            for zone in range(first, last + 1):
                meridian = 3 * zone if width == 3 else 6 * zone - 3
                utm = f"EPSG:{32600 + (meridian + 183) // 6}"
                if declared == f"EPSG:{plain + zone - first}" and meridian % 6 == 3:
                    return utm if utm in UTM_ZONES else ""
    return ""

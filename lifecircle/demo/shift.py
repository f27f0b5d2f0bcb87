"""WGS 84 to GCJ-02, written for the demo alone.

The demo's map-service points are shifted by this copy of the published formula, so
that the reader's own transform is tested against another hand's.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["to_gcj02"]

AXIS_M = 6_378_245.0
ECCENTRICITY_SQUARED = 0.00669342162296594323

Array = npt.NDArray[np.float64]


def to_gcj02(lon: Array, lat: Array) -> tuple[Array, Array]:
    """Shift WGS 84 degrees to GCJ-02 degrees.

    Parameters
    ----------
    lon, lat : float array
        Degrees.

    Returns
    -------
    tuple of float arrays
        Degrees as map services in China give them.

    Examples
    --------
    Some 500 m to the east in Hefei; one degree is 94.7 km there.

    >>> lon, lat = to_gcj02(np.array([117.25]), np.array([31.85]))
    >>> float((lon[0] - 117.25) * 94_700) // 100
    5.0
    """
    x, y = lon - 105.0, lat - 35.0
    wave = (20 * np.sin(6 * x * np.pi) + 20 * np.sin(2 * x * np.pi)) * 2 / 3
    north = (
        -100
        + 2 * x
        + 3 * y
        + 0.2 * y**2
        + 0.1 * x * y
        + 0.2 * np.sqrt(np.abs(x))
        + wave
    )
    north += (20 * np.sin(y * np.pi) + 40 * np.sin(y / 3 * np.pi)) * 2 / 3
    north += (160 * np.sin(y / 12 * np.pi) + 320 * np.sin(y * np.pi / 30)) * 2 / 3
    east = 300 + x + 2 * y + 0.1 * x**2 + 0.1 * x * y + 0.1 * np.sqrt(np.abs(x)) + wave
    east += (20 * np.sin(x * np.pi) + 40 * np.sin(x / 3 * np.pi)) * 2 / 3
    east += (150 * np.sin(x / 12 * np.pi) + 300 * np.sin(x / 30 * np.pi)) * 2 / 3
    phi = np.radians(lat)
    w = 1 - ECCENTRICITY_SQUARED * np.sin(phi) ** 2
    meridian_m = AXIS_M * (1 - ECCENTRICITY_SQUARED) / w**1.5
    parallel_m = AXIS_M / np.sqrt(w) * np.cos(phi)
    return lon + np.degrees(east / parallel_m), lat + np.degrees(north / meridian_m)

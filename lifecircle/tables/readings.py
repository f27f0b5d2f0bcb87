"""The same numbers under other declarations: datums, and zones of one meridian."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
from pyproj import Transformer

from lifecircle.tables.crs import DATUMS, from_wgs84, to_wgs84
from lifecircle.tables.zones import twin_zone

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["readings"]


@cache
def _transformer(source: str, target: str) -> Transformer:
    """Kept, as making one takes longer than its use here."""
    return Transformer.from_crs(source, target, always_xy=True)


def readings(
    points: npt.NDArray[np.float64], *, declared: str, crs: str
) -> dict[str, npt.NDArray[np.float64]]:
    """Where points lie under each reading of their coordinates, the declared first.

    Parameters
    ----------
    points : float64 array (n, 2)
        Metres in ``crs``, as read by the declaration.
    declared : str
        ``"gcj02"``, ``"bd09"``; anything else counts as WGS 84. A Gauss-Kruger or
        UTM zone is read as its twin of the same meridian too.
    crs : str
        The district's metric CRS.

    Returns
    -------
    dict
        Datum or zone -> float64 array (n, 2), metres in ``crs``.

    Examples
    --------
    >>> import numpy as np
    >>> spot = np.array([[5e5, 3.43e6]])
    >>> list(readings(spot, declared="EPSG:4490", crs="EPSG:4548"))
    ['EPSG:4490', 'gcj02', 'bd09']
    """
    degrees, metres = _transformer(crs, "EPSG:4326"), _transformer("EPSG:4326", crs)
    raw = degrees.transform(points[:, 0], points[:, 1])
    if declared in DATUMS:
        raw = from_wgs84(raw[0], raw[1], declared)
    plain = "EPSG:4326" if declared in DATUMS else declared
    placed = {
        datum: to_wgs84(raw[0], raw[1], datum) if datum in DATUMS else raw
        for datum in dict.fromkeys((declared, plain, *DATUMS))
    }
    twin = twin_zone(declared)
    if twin:
        own = _transformer(crs, declared)
        other = _transformer(twin, "EPSG:4326")
        placed[twin] = other.transform(*own.transform(points[:, 0], points[:, 1]))
    return {
        reading: np.column_stack(metres.transform(*place))
        for reading, place in placed.items()
    }

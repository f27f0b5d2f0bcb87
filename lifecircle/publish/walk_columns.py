"""Who walks how far to what, as columns for the page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import numpy.typing as npt
    from geopandas import GeoDataFrame

    from lifecircle.model import Assessment

__all__ = ["walk_columns"]

_SLACK = 1e-9


def walk_columns(study: Assessment) -> dict[str, Any]:
    """Metres, minutes and nearest facility of every building, by class and walker.

    Minutes are tenths, rounded up, so that no walk slips under a limit. They are told
    as what they are off ``metres * 1000 // per``, where ``per`` is the walker's pace:
    nearly always 0 or 1 where nothing but distance slows the walk. Metres are told as
    what they are more than those of the first row: whoever has a long way to the gate
    has it to every class. Columns that are alike are kept once.

    Parameters
    ----------
    study : Assessment
        A finished study, disclosed; walks to facilities in use (``built``).

    Returns
    -------
    dict
        ``rows``: ``class``, ``walker``, ``per``, and places in ``pool`` of ``m``,
        ``on`` (metres that ``m`` is to be added to; -1 = none), ``near`` (facilities
        that are someone's nearest, neighbours together), ``facility`` (place in
        ``near``) and ``off``. ``pool``: integer arrays in the order of the buildings,
        ``near`` apart; metres and ``facility`` -1 = no walk.

    Examples
    --------
    >>> walk_columns(study)["rows"][0]["class"]  # doctest: +SKIP
    'CHD.KG'
    """
    district = study.district
    buildings = pd.Index(district.buildings["building_id"])
    facilities = pd.Index(district.facilities["facility_id"])
    access = study.access[study.access["status_set"] == "built"]
    pool: list[npt.NDArray[np.int64]] = []
    seen: dict[bytes, int] = {}

    def stored(values: npt.NDArray[np.int64]) -> int:
        place = seen.setdefault(values.tobytes(), len(pool))
        if place == len(pool):
            pool.append(values)
        return place

    rows: list[dict[str, Any]] = []
    base: npt.NDArray[np.int64] | None = None
    for (name, walker), part in access.groupby(["facility_class", "walker"], sort=True):
        table = part.set_index("building_id").reindex(buildings)
        metres = _whole(np.rint(table["walk_m"].to_numpy(dtype=float)))
        tenths = _whole(np.ceil(table["walk_min"].to_numpy(dtype=float) * 10 - _SLACK))
        pace = district.config.walkers[str(walker)].speed_m_per_s
        per = round(6000 * pace)
        nearest = facilities.get_indexer(table["facility_id"].astype(object))
        near, facility = _among(nearest, district.facilities)
        off = np.where(metres < 0, 0, tenths - metres * 1000 // per)
        base = metres if base is None else base
        rows.append(
            {
                "class": str(name),
                "walker": str(walker),
                "per": per,
                "m": stored(metres - base if rows else metres),
                "on": rows[0]["m"] if rows else -1,
                "near": stored(near),
                "facility": stored(facility),
                "off": stored(off),
            }
        )
    return {"rows": rows, "pool": pool}


def _whole(values: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    return np.where(np.isnan(values), -1.0, values).astype(np.int64)


def _among(
    nearest: npt.NDArray[np.intp], facilities: GeoDataFrame
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The facilities that are someone's nearest, along a curve; places among them."""
    used = np.unique(nearest[nearest >= 0])
    if len(used):
        along = facilities.iloc[used].hilbert_distance().to_numpy()
        used = used[np.argsort(along, kind="stable")]
    near = used.astype(np.int64)
    place = np.full(len(facilities) + 1, -1, dtype=np.int64)
    place[near] = np.arange(len(near))
    return near, place[nearest]

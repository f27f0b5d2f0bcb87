"""The same figures at every level: who lives how many minutes away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lifecircle.checks.units import estimated, grid_claims
from lifecircle.columns import SERVED

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt
    from pandas import DataFrame, Series

    from lifecircle.model import District

__all__ = [
    "BAND_EDGES_MIN",
    "CITY",
    "LEVELS",
    "OUTSIDE",
    "SEVEN_LEVELS",
    "WEIGHTS",
    "minute_bands",
    "roll_up",
    "unit_keys",
]

BAND_EDGES_MIN = (0.0, 5.0, 10.0, 15.0, 20.0, float("inf"))
"""Bands of minutes; the upper end belongs to a band, as limits are inclusive."""

LEVELS = ("district", "subdistrict", "community")
SEVEN_LEVELS = (
    *("city", "district", "subdistrict", "community"),
    *("compound", "grid", "building"),
)
"""市、区、街道、社区、小区、网格、楼栋: every household is in one unit of each."""

CITY, OUTSIDE = "city", ""
"""The city that the district is part of; and the unit of all who live outside any."""

WEIGHTS = ("households", "persons", "elderly")

_SLACK_MIN = 1e-9


def minute_bands(walk_min: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
    """Band of every walk: 0 is up to 5 minutes; the last one counts no walk.

    Parameters
    ----------
    walk_min : float array
        Minutes; NaN = no walk.

    Returns
    -------
    int array
        Position in ``BAND_EDGES_MIN``.

    Examples
    --------
    >>> minute_bands(np.array([0.0, 5.0, 5.1, 20.0, 95.0, np.nan]))
    array([0, 0, 1, 3, 4, 5])
    """
    inner = np.array(BAND_EDGES_MIN[1:-1]) + _SLACK_MIN
    bands = np.searchsorted(inner, walk_min, side="left")
    return np.where(np.isnan(walk_min), len(BAND_EDGES_MIN) - 1, bands)


def roll_up(
    district: District,
    access: DataFrame,
    *,
    levels: tuple[str, ...] = LEVELS,
) -> DataFrame:
    """Households, persons and elderly by minutes on foot, at every level.

    The bands of a unit, a class and a walker sum to the unit's total. A unit in
    which the persons (or elderly) of one building are unknown has no rows for that
    weight: a part is not passed off as the whole.

    Parameters
    ----------
    district : District
        The checked tables.
    access : DataFrame
        ``columns.ACCESS``; of its status sets, facilities in use (``built``).
    levels : tuple of str
        Of ``SEVEN_LEVELS``. Those who live in no compound (grid, …) are a unit of
        their own, ``OUTSIDE``; an address in two grids counts in its declared one,
        else the first: totals agree at every level to the last household.

    Returns
    -------
    DataFrame
        ``columns.SERVED``; only bands where somebody lives.

    Examples
    --------
    >>> served = roll_up(toy.district, toy.access)
    >>> rows = served.query("level == 'district' and weight == 'households'")
    >>> rows.groupby(["facility_class", "walker"])["amount"].sum().unique()
    array([600.])
    """
    buildings = district.buildings
    pairs, bands = _bands_by_pair(buildings["building_id"], access)
    frames = [
        _level_frame(buildings, keys, (pairs, bands), weight=weight).assign(level=level)
        for level, keys in unit_keys(district, levels).items()
        for weight in WEIGHTS
    ]
    served = pd.concat(frames, ignore_index=True)
    edges = np.array([*BAND_EDGES_MIN[:-1], np.nan])
    band = served["band"].to_numpy(dtype=int)
    served["minutes_from"] = edges[band]
    served["minutes_to"] = np.array([*BAND_EDGES_MIN[1:], np.nan])[band]
    return served[list(SERVED)]


def unit_keys(district: District, levels: tuple[str, ...]) -> dict[str, Series]:
    """Unit of every building at every level.

    Parameters
    ----------
    district : District
        The checked tables.
    levels : tuple of str
        Of ``SEVEN_LEVELS``.

    Returns
    -------
    dict
        Level to ids in the order of the buildings; ``OUTSIDE`` = in no unit of it.

    Examples
    --------
    >>> unit_keys(toy.district, ("community",))["community"].tolist()[3:]
    ['C1', 'C2', 'C2']
    """
    buildings = district.buildings
    home = district.communities.set_index("community_id")["subdistrict_id"]

    def same(value: str) -> Series:
        return pd.Series(value, index=buildings.index, dtype=object)

    makers: dict[str, Callable[[], Series]] = {
        "city": lambda: same(CITY),
        "district": lambda: same(district.config.district_id),
        "subdistrict": lambda: buildings["community_id"].map(home),
        "community": lambda: buildings["community_id"],
        "compound": lambda: buildings["compound_id"],
        "grid": lambda: _grid_of(district),
        "building": lambda: buildings["building_id"],
    }
    return {level: _filled(makers[level]()) for level in levels}


def _filled(keys: Series) -> Series:
    texts = np.array(keys, dtype=object)
    texts[np.asarray(keys.isna())] = OUTSIDE
    return pd.Series(texts, index=keys.index, dtype=object)


def _grid_of(district: District) -> Series:
    """Grid of every building: the declared one, else the first that holds it."""
    claims = grid_claims(district).sort_values(
        ["building_id", "declared", "grid_id"], ascending=[True, False, True]
    )
    first = claims.drop_duplicates("building_id").set_index("building_id")["grid_id"]
    return district.buildings["building_id"].map(first)


def _bands_by_pair(
    building_ids: Series, access: DataFrame
) -> tuple[DataFrame, npt.NDArray[np.intp]]:
    """Classes × walkers, and the band of every building (row) for each (column)."""
    used = access[access["status_set"] == "built"]
    names = ["facility_class", "walker"]
    pairs = used[names].drop_duplicates().sort_values(names, ignore_index=True)
    codes = pd.MultiIndex.from_frame(pairs).get_indexer(
        pd.MultiIndex.from_frame(used[names])
    )
    rows = pd.Index(building_ids).get_indexer(pd.Index(used["building_id"]))
    minutes = np.full((len(building_ids), len(pairs)), np.nan)
    known = rows >= 0
    minutes[rows[known], codes[known]] = used["walk_min"].to_numpy(dtype=float)[known]
    return pairs, minute_bands(minutes)


def _level_frame(
    buildings: DataFrame,
    keys: Series,
    banded: tuple[DataFrame, npt.NDArray[np.intp]],
    *,
    weight: str,
) -> DataFrame:
    """Amounts of one weight by unit, class, walker and band."""
    pairs, bands = banded
    amounts = buildings[weight].to_numpy(dtype=float)
    codes, units = pd.factorize(keys, sort=True)
    unknown = np.zeros(len(units), dtype=bool)
    unknown[codes[(codes >= 0) & np.isnan(amounts)]] = True
    use = (codes >= 0) & ~unknown[codes] if len(units) else np.zeros(len(codes), bool)
    guessed = np.where(estimated(buildings, weight), amounts, 0.0)[use]
    kinds, width = len(BAND_EDGES_MIN), len(pairs)
    cell = (codes[use, None] * width + np.arange(width)) * kinds + bands[use]
    size = len(units) * width * kinds
    people = np.repeat(amounts[use], width)
    total = np.bincount(cell.ravel(), weights=people, minlength=size)
    part = np.bincount(cell.ravel(), weights=np.repeat(guessed, width), minlength=size)
    found = np.flatnonzero(total)
    unit, pair = np.divmod(found // kinds, max(width, 1))
    return pd.DataFrame(
        {
            "unit_id": np.asarray(units, dtype=object)[unit],
            "facility_class": pairs["facility_class"].to_numpy(dtype=object)[pair],
            "walker": pairs["walker"].to_numpy(dtype=object)[pair],
            "weight": np.full(len(found), weight, dtype=object),
            "band": found % kinds,
            "amount": total[found],
            "estimated_amount": part[found],
        }
    )

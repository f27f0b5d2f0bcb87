"""Households, persons and the elderly of every building, estimates labelled.

Estimates come in this order, the first that works: dwellings, floor area over the
declared area per household, the compound's total less what its other buildings hold.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import numpy.typing as npt

    from lifecircle.model import DistrictConfig

__all__ = ["estimate_households", "estimate_persons", "share_out"]

logger = logging.getLogger(__name__)


def share_out(total: int, weights: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Share a whole total by weight, by the largest remainder; nothing is lost.

    Parameters
    ----------
    total : int
        What is shared, 0 or more.
    weights : array-like of float
        0 or more; all equal shares if none is positive.

    Returns
    -------
    int64 array
        Sums to ``total``; equal remainders go to the earlier place.

    Examples
    --------
    >>> share_out(10, [1.0, 1.0, 1.0]).tolist()
    [4, 3, 3]
    >>> share_out(7, [100.0, 250.0]).tolist()
    [2, 5]
    """
    weight = np.asarray(weights, dtype=np.float64)
    if not weight.sum() > 0.0:
        weight = np.ones(len(weight))
    exact = total * weight / weight.sum()
    # Rounding first: 6.999999999 is 7 with nothing left over.
    shares: npt.NDArray[np.int64] = np.floor(np.round(exact, 9)).astype(np.int64)
    left = int(total - shares.sum())
    order = np.argsort(-np.round(exact - shares, 9), kind="stable")
    shares[order[:left]] += 1
    return shares


def _half_up(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    rounded: npt.NDArray[np.float64] = np.floor(values + 0.5)
    return rounded


def _spread_totals(
    buildings: pd.DataFrame, totals: pd.Series[float]
) -> tuple[pd.Series[float], dict[str, float]]:
    """Compound totals less known buildings, over the rest of each compound."""
    households = buildings["households"].copy()
    overdrawn: dict[str, float] = {}
    for compound_id, group in buildings.groupby("compound_id", sort=True):
        total = float(totals.get(str(compound_id), np.nan))
        missing = group.index[group["households"].isna()]
        if np.isnan(total) or not len(missing):
            continue
        left = total - float(group["households"].sum())
        if left < 0.0:
            overdrawn[str(compound_id)] = -left
            continue
        area = group.loc[missing, "floor_area_m2"]
        weights = np.ones(len(missing)) if area.isna().any() else area.to_numpy()
        households.loc[missing] = share_out(round(left), weights)
    return households, overdrawn


def estimate_households(
    buildings: pd.DataFrame,
    compounds: pd.DataFrame,
    *,
    floor_area_per_household_m2: float | None = None,
) -> tuple[pd.DataFrame, dict[str, float]]:
    """Fill in missing households and say where each figure comes from.

    Parameters
    ----------
    buildings : DataFrame
        ``building_id``, ``compound_id``, ``households`` (NaN = missing),
        ``households_method`` (None unless the file says), ``units``,
        ``floor_area_m2``, ``household_basis``.
    compounds : DataFrame
        ``compound_id``, ``households`` (declared total or NaN),
        ``household_basis``.
    floor_area_per_household_m2 : float, optional
        Declared floor area per household, m²; None = floor area is not used.

    Returns
    -------
    tuple of DataFrame and dict
        The buildings with ``households`` (still NaN where nothing could be
        estimated), ``households_method`` (declared, units, floor_area,
        compound_total; None if NaN) and ``household_basis``; and the compounds
        whose known buildings hold more than the total, with the excess.

    Notes
    -----
    ``floor_area``: floor area over area per household, rounded half up, at least
    1. ``compound_total``: total less the compound's other buildings, by floor area
    where all of the rest have one, else equally, by the largest remainder: the
    compound's total is kept to the last household. A declared basis is kept; where
    none is declared, dwellings counted are ``dwellings`` and a compound's total
    brings its basis.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> buildings = pd.DataFrame(
    ...     {
    ...         "building_id": ["a", "b", "c"],
    ...         "compound_id": ["k", "k", "k"],
    ...         "households": [40.0, np.nan, np.nan],
    ...         "households_method": [None, None, None],
    ...         "units": [np.nan, 24.0, np.nan],
    ...         "floor_area_m2": [np.nan] * 3,
    ...         "household_basis": ["", "", ""],
    ...     }
    ... )
    >>> compounds = pd.DataFrame(
    ...     {"compound_id": ["k"], "households": [100.0], "household_basis": [""]}
    ... )
    >>> filled, _ = estimate_households(buildings, compounds)
    >>> filled["households"].tolist(), filled["households_method"].tolist()
    ([40.0, 24.0, 36.0], ['declared', 'units', 'compound_total'])
    """
    filled = buildings.copy()
    method = filled["households_method"].astype(object)
    known = filled["households"].notna()
    method = method.where(~known | method.notna(), "declared").where(known, None)
    by_units = filled["households"].isna() & (filled["units"] > 0)
    filled.loc[by_units, "households"] = filled.loc[by_units, "units"]
    method = method.where(~by_units, "units")
    if floor_area_per_household_m2:
        by_area = filled["households"].isna() & (filled["floor_area_m2"] > 0)
        ratio = filled["floor_area_m2"].to_numpy() / floor_area_per_household_m2
        estimate = pd.Series(np.maximum(_half_up(ratio), 1.0), index=filled.index)
        filled.loc[by_area, "households"] = estimate[by_area]
        method = method.where(~by_area, "floor_area")
    declared = compounds.drop_duplicates("compound_id").set_index("compound_id")
    before = filled["households"].isna()
    spread, overdrawn = _spread_totals(filled, declared["households"])
    filled["households"] = spread
    by_total = before & spread.notna()
    method = method.where(~by_total, "compound_total")
    basis = filled["household_basis"].fillna("")
    basis = basis.where(~((basis == "") & by_units), "dwellings")
    inherited = filled["compound_id"].map(declared["household_basis"].to_dict())
    basis = basis.where(~((basis == "") & by_total), inherited.astype(object))
    logger.info("households: %s", method.value_counts().sort_index().to_dict())
    return filled.assign(households_method=method, household_basis=basis), overdrawn


def estimate_persons(buildings: pd.DataFrame, config: DistrictConfig) -> pd.DataFrame:
    """Fill in missing persons and elderly where the district declares the ratios.

    Parameters
    ----------
    buildings : DataFrame
        ``households``, ``persons``, ``elderly`` (NaN = missing).
    config : DistrictConfig
        ``persons_per_household``, ``elderly_share`` (None = not declared).

    Returns
    -------
    DataFrame
        With ``persons``, ``elderly`` (not rounded; NaN where no ratio is declared)
        and ``persons_method``, ``elderly_method`` (declared, estimated, None).

    Notes
    -----
    ``persons = households * persons_per_household``,
    ``elderly = persons * elderly_share`` with the persons declared where they are.

    Examples
    --------
    >>> import datetime as dt, pathlib, numpy as np, pandas as pd
    >>> from lifecircle.model import DistrictConfig
    >>> config = DistrictConfig(
    ...     "q", "青溪", pathlib.Path("."), "EPSG:4548", dt.date(2026, 6, 30), (),
    ...     persons_per_household=2.5, elderly_share=0.2,
    ... )
    >>> buildings = pd.DataFrame(
    ...     {"households": [40.0], "persons": [np.nan], "elderly": [np.nan]}
    ... )
    >>> filled = estimate_persons(buildings, config)
    >>> filled["persons"].item(), filled["elderly"].item()
    (100.0, 20.0)
    >>> filled["elderly_method"].item()
    'estimated'
    """
    persons, persons_method = _fill(
        buildings["persons"], buildings["households"], config.persons_per_household
    )
    elderly, elderly_method = _fill(buildings["elderly"], persons, config.elderly_share)
    return buildings.assign(
        persons=persons,
        persons_method=persons_method,
        elderly=elderly,
        elderly_method=elderly_method,
    )


def _fill(
    declared: pd.Series[float], base: pd.Series[float], ratio: float | None
) -> tuple[pd.Series[float], pd.Series[str]]:
    estimate = base * (np.nan if ratio is None else ratio)
    filled = declared.fillna(estimate)
    method = pd.Series(None, index=declared.index, dtype=object)
    method = method.where(filled.isna(), "estimated").where(declared.isna(), "declared")
    return filled, method

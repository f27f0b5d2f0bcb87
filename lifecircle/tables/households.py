"""Households, persons and the elderly of every building, estimates labelled.

The order of trust, the first that works: what the file declares; dwellings; floor
area over the declared area per household; floor area as footprint times floors, over
the same; the compound's total less what its other buildings hold; the community's
total less what all its other buildings hold.
"""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import numpy.typing as npt

    from lifecircle.model import DistrictConfig

__all__ = ["Estimate", "estimate_households", "estimate_persons", "share_out"]

logger = logging.getLogger(__name__)

_TOTALS = {
    "compounds": ("compound_id", "compound_total"),
    "communities": ("community_id", "community_total"),
}
"""Tables with totals: their key, and the method of what comes from a total."""


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


def _spread(
    buildings: pd.DataFrame, totals: pd.DataFrame, key: str
) -> tuple[pd.Series[float], dict[str, float], tuple[str, ...]]:
    """Totals less known buildings, over the rest of each compound or community.

    Then the units whose buildings hold more than the total, with the excess, and
    those whose total is of another basis than a building's own figure.
    """
    known = totals[totals["households"].notna() & totals[key].notna()]
    known = known.drop_duplicates(key).set_index(key)
    households = buildings["households"].copy()
    overdrawn: dict[str, float] = {}
    mixed = []
    for unit, group in buildings[buildings[key].isin(known.index)].groupby(key):
        missing = group.index[group["households"].isna()]
        if not len(missing):
            continue
        left = float(known["households"][unit]) - float(group["households"].sum())
        counted = group.loc[group["households"].notna(), "household_basis"]
        total_basis = known["household_basis"][unit]
        if total_basis and set(counted) - {"", total_basis}:
            mixed.append(str(unit))
        elif left < 0.0:
            overdrawn[str(unit)] = -left
        else:
            area = buildings.loc[missing, "floor_area_m2"]
            weights = np.ones(len(missing)) if area.isna().any() else area.to_numpy()
            households.loc[missing] = share_out(round(left), weights)
    return households, overdrawn, tuple(mixed)


class Estimate(NamedTuple):
    """Buildings with households, and the totals that could not be spread.

    Attributes
    ----------
    buildings : DataFrame
        ``households`` filled in, ``households_method``, ``household_basis``.
    overdrawn : dict
        By table (``compounds``, ``communities``): the units whose known buildings
        hold more than the total, with the excess.
    mixed : dict
        By table: the units whose total is of another basis than the figures of their
        buildings.
    """

    buildings: pd.DataFrame
    overdrawn: dict[str, dict[str, float]]
    mixed: dict[str, tuple[str, ...]]


def estimate_households(
    buildings: pd.DataFrame,
    compounds: pd.DataFrame,
    communities: pd.DataFrame,
    *,
    floor_area_per_household_m2: float | None = None,
) -> Estimate:
    """Fill in missing households and say where each figure comes from.

    Parameters
    ----------
    buildings : DataFrame
        ``building_id``, ``compound_id``, ``community_id``, ``households`` (NaN =
        missing), ``households_method`` (None unless the file says), ``units``,
        ``floor_area_m2``, ``footprint_m2`` (NaN for points), ``floors``,
        ``household_basis``.
    compounds, communities : DataFrame
        ``compound_id`` or ``community_id``, ``households`` (declared total or NaN),
        ``household_basis``.
    floor_area_per_household_m2 : float, optional
        Declared floor area per household, m²; None = floor area is only a weight
        for spreading totals.

    Returns
    -------
    Estimate
        The buildings with ``households`` (still NaN where nothing could be
        estimated), ``households_method`` (declared, units, floor_area,
        footprint_floors, compound_total, community_total; None if NaN) and
        ``household_basis``; and the totals that were not spread.

    Notes
    -----
    ``floor_area``: floor area over area per household, rounded half up, at least 1.
    ``footprint_floors``: the same with footprint times floors, where no floor area is
    given. ``compound_total``, ``community_total``: total less the other buildings of
    the compound or community, by floor area (given, or footprint times floors) where
    all of the rest have one, else equally, by the largest remainder: the total is
    kept to the last household. A total that its buildings exceed is not spread, nor
    one of another basis than they: households of two kinds are not subtracted from
    each other.

    A declared basis is kept; where none is declared, dwellings counted are
    ``dwellings``. What comes from a total has the total's basis, if it has one.

    Examples
    --------
    100 households in a community: 40 declared, 24 dwellings; the remaining 36 go to
    two buildings of 1,000 m² (500 m² on 2 floors) and 2,000 m².

    >>> import numpy as np, pandas as pd
    >>> nan = np.nan
    >>> buildings = pd.DataFrame(
    ...     {
    ...         "building_id": ["a", "b", "c", "d"],
    ...         "compound_id": [None] * 4,
    ...         "community_id": ["k"] * 4,
    ...         "households": [40.0, nan, nan, nan],
    ...         "households_method": [None] * 4,
    ...         "units": [nan, 24.0, nan, nan],
    ...         "floor_area_m2": [nan, nan, nan, 2000.0],
    ...         "footprint_m2": [nan, nan, 500.0, nan],
    ...         "floors": [nan, nan, 2.0, nan],
    ...         "household_basis": [""] * 4,
    ...     }
    ... )
    >>> total = {"households": [100.0], "household_basis": [""]}
    >>> filled = estimate_households(
    ...     buildings,
    ...     pd.DataFrame({"compound_id": ["x"], **total}),
    ...     pd.DataFrame({"community_id": ["k"], **total}),
    ... ).buildings
    >>> filled["households"].tolist()
    [40.0, 24.0, 12.0, 24.0]
    >>> filled["households_method"].tolist()
    ['declared', 'units', 'community_total', 'community_total']
    """
    by_product = buildings["footprint_m2"] * buildings["floors"]
    households, method = _own_figures(
        buildings, by_product, floor_area_per_household_m2
    )
    basis = buildings["household_basis"].fillna("").to_numpy(dtype=object)
    told = basis.copy()
    told[(method == "units") & (basis == "")] = "dwellings"
    # An estimate may be subtracted from a total of any basis.
    weighed = buildings.assign(
        households=households,
        floor_area_m2=buildings["floor_area_m2"].fillna(by_product),
        household_basis=_words(np.where(method == "declared", basis, ""), buildings),
    )
    overdrawn, mixed = {}, {}
    for table, totals in (("compounds", compounds), ("communities", communities)):
        key, by_total = _TOTALS[table]
        unknown = weighed["households"].isna()
        spread, overdrawn[table], mixed[table] = _spread(weighed, totals, key)
        weighed["households"] = spread
        given = (unknown & spread.notna()).to_numpy()
        method[given] = by_total
        bases = totals.drop_duplicates(key).set_index(key)["household_basis"].to_dict()
        units = buildings[key].astype(object)[given]
        brought = units.map(bases).astype(object).fillna("").to_numpy()
        told[given] = np.where(brought == "", told[given], brought)
    logger.info("households: %s", dict(Counter(method.tolist())))
    filled = buildings.assign(
        households=weighed["households"],
        households_method=_words(method, buildings),
        household_basis=_words(told, buildings),
    )
    return Estimate(filled, overdrawn, mixed)


def _words(values: npt.NDArray[np.object_], rows: pd.DataFrame) -> pd.Series[Any]:
    return pd.Series(values, rows.index, dtype=object, copy=False)


def _own_figures(
    buildings: pd.DataFrame,
    by_product: pd.Series[float],
    floor_area_per_household_m2: float | None,
) -> tuple[pd.Series[float], npt.NDArray[np.object_]]:
    """What every building says of its own households, and by which method."""
    households = buildings["households"].copy()
    method = buildings["households_method"].to_numpy(dtype=object, copy=True)
    method[pd.isna(method)] = "declared"
    method[households.isna()] = None
    guesses = {"units": buildings["units"]}
    if floor_area_per_household_m2:
        area = buildings["floor_area_m2"]
        for name, size in (
            ("floor_area", area),
            ("footprint_floors", by_product.where(area.isna())),
        ):
            ratio = _half_up(np.asarray(size / floor_area_per_household_m2, np.float64))
            guess = pd.Series(np.maximum(ratio, 1.0), index=size.index)
            guesses[name] = guess.where(size > 0)
    for name, guess in guesses.items():
        taken = households.isna() & (guess > 0)
        households = households.where(~taken, guess)
        method[taken] = name
    return households, method


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
        persons_method=_words(persons_method, buildings),
        elderly=elderly,
        elderly_method=_words(elderly_method, buildings),
    )


def _fill(
    declared: pd.Series[float], base: pd.Series[float], ratio: float | None
) -> tuple[pd.Series[float], npt.NDArray[np.object_]]:
    estimate = base * (np.nan if ratio is None else ratio)
    filled = declared.fillna(estimate)
    method = np.full(len(filled), None, dtype=object)
    method[filled.notna()] = "estimated"
    method[declared.notna()] = "declared"
    return filled, method

"""Topology rules: every address in exactly one grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lifecircle.checks.measures.rows import begin_rows
from lifecircle.checks.measures.size import MICRO
from lifecircle.checks.units import in_scope

if TYPE_CHECKING:
    from pandas import DataFrame, Series

    from lifecircle.checks.inputs import Inputs
    from lifecircle.model import Rule

__all__ = ["address_rows", "grids_per_address"]


def grids_per_address(claims: DataFrame, building_ids: Series) -> Series:
    """How many grids claim every address; 1 is right.

    ``number of grids that hold the address by declaration or by polygon``, in
    grids: 多网合一 (Decheng DC-R04; RULES.md 3.1). An address declared to one grid
    and lying in another is claimed by both.

    Parameters
    ----------
    claims : DataFrame
        ``building_id``, ``grid_id``: one row per address and grid.
    building_ids : Series
        The addresses.

    Returns
    -------
    Series of int
        Indexed by ``building_id``.

    Examples
    --------
    >>> claims = pd.DataFrame({"building_id": ["a", "b", "b"], "grid_id": list("xxy")})
    >>> grids_per_address(claims, pd.Series(["a", "b", "c"])).tolist()
    [1, 2, 0]
    """
    counts = claims.groupby("building_id")["grid_id"].nunique()
    return counts.reindex(building_ids).fillna(0).astype(int)


def address_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Count the addresses that are not in exactly one grid.

    One row per community (addresses that break the rule, of which there should be
    none), then one row for every such address (the grids that claim it, of which
    there should be one). A community without any grid is not assessed.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of kind ``topology``.

    Returns
    -------
    DataFrame
        Rows for ``judge``; numerator addresses that break the rule, denominator
        addresses.

    Examples
    --------
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = read_rule_book("decheng").rules[2]
    >>> rows = address_rows(prepare(toy.district, None), rule)
    >>> rows[["unit_id", "measured", "denominator"]].values.tolist()
    [['C1', 0.0, 4.0], ['C2', 0.0, 2.0]]
    """
    units = in_scope(inputs.communities, rule)
    addresses = _addresses(inputs)
    addresses = addresses[addresses["community_id"].isin(units["unit_id"])]
    wrong = addresses[addresses["grids"] != 1]
    communities = _community_rows(units, rule, addresses, wrong, _gridded(inputs))
    judged = communities.loc[communities["reason"].isna(), "unit_id"]
    wrong = wrong[wrong["community_id"].isin(judged)]
    if wrong.empty:
        return communities
    return pd.concat(
        [communities, _offender_rows(wrong, units, rule)], ignore_index=True
    )


def _addresses(inputs: Inputs) -> DataFrame:
    """Buildings with the number of grids that claim them."""
    buildings = inputs.district.buildings
    judged = inputs.grids.loc[~inputs.grids["unit_kind"].isin(MICRO), "unit_id"]
    claims = inputs.claims[inputs.claims["grid_id"].isin(judged)]
    names = buildings["name"].where(buildings["name"].notna(), buildings["address"])
    return pd.DataFrame(
        {
            "building_id": buildings["building_id"],
            "name": names,
            "community_id": buildings["community_id"],
            "households": buildings["households"].astype(float),
            "grids": grids_per_address(claims, buildings["building_id"]).to_numpy(),
        }
    )


def _gridded(inputs: Inputs) -> set[str]:
    """Communities that have a grid of their own or an address in one."""
    buildings = inputs.district.buildings
    claimed = buildings["building_id"].isin(inputs.claims["building_id"])
    return {
        *inputs.grids["community_id"].dropna(),
        *buildings.loc[claimed, "community_id"].dropna(),
    }


def _community_rows(
    units: DataFrame,
    rule: Rule,
    addresses: DataFrame,
    wrong: DataFrame,
    gridded: set[str],
) -> DataFrame:
    ids = units["unit_id"]
    all_count = addresses.groupby("community_id").size().reindex(ids).fillna(0)
    by_unit = wrong.groupby("community_id")["households"]
    count = by_unit.size().reindex(ids).fillna(0).to_numpy(dtype=float)
    touched = by_unit.sum().reindex(ids).fillna(0).to_numpy(dtype=float)
    reason = np.full(len(units), None, dtype=object)
    reason[all_count.to_numpy() == 0] = "checks.no_buildings"
    reason[~ids.isin(gridded).to_numpy()] = "checks.no_grids"
    known = pd.isna(reason)
    return begin_rows(units, rule, unit_of_measure="addresses").assign(
        measured=np.where(known, count, np.nan),
        numerator=np.where(known, count, np.nan),
        denominator=all_count.to_numpy(dtype=float),
        affected=touched,
        threshold_min=0.0,
        threshold_max=0.0,
        estimated_share=0.0,
        basis="sum_of_buildings",
        reason=reason,
    )


def _offender_rows(wrong: DataFrame, units: DataFrame, rule: Rule) -> DataFrame:
    home = units.set_index("unit_id")["subdistrict_id"]
    wrong = wrong.sort_values("building_id")
    as_units = pd.DataFrame(
        {
            "level": "building",
            "unit_id": wrong["building_id"].to_numpy(),
            "unit_name": wrong["name"].to_numpy(),
            "subdistrict_id": home.reindex(wrong["community_id"]).to_numpy(),
            "basis": "sum_of_buildings",
            "estimated_share": 0.0,
        }
    )
    return begin_rows(as_units, rule, unit_of_measure="grids").assign(
        measured=wrong["grids"].to_numpy(dtype=float),
        numerator=wrong["grids"].to_numpy(dtype=float),
        affected=wrong["households"].to_numpy(dtype=float),
    )

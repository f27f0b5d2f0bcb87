"""Rules on walks under both readings of compounds whose gates are not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from lifecircle.checks.measures.coverage import limit_of
from lifecircle.checks.reached import roll_up_reach
from lifecircle.columns import GATE_READINGS

if TYPE_CHECKING:
    from pandas import DataFrame

    from lifecircle.model import District, Findings

__all__ = ["compare_readings"]

_LEVELS = ("district", "community")
_KEYS = ["rule_id", "facility_class", "level", "unit_id", "weight"]
_WALKS = {"walk_minutes_coverage": "min", "walk_distance_coverage": "m"}


def compare_readings(
    district: District, reached: DataFrame, sealed: DataFrame, findings: Findings
) -> DataFrame:
    """Who is within reach if unknown gates are open, and if they are shut.

    Parameters
    ----------
    district : District
        The checked tables.
    reached : DataFrame
        ``columns.REACHED`` of the walks as they are: unknown walls not applied.
    sealed : DataFrame
        ``columns.ACCESS`` with unknown walls applied, known gates open.
    findings : Findings
        Its books name the rules.

    Returns
    -------
    DataFrame
        ``columns.GATE_READINGS``: the district by every rule on walks and weight,
        and the communities where the readings differ.

    Examples
    --------
    The toy's gate is known: its walks are both readings.

    >>> from lifecircle.checks.evaluate import check
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> findings = check(toy.district, toy.access, read_rule_book("hefei"))
    >>> reached = roll_up_reach(toy.district, toy.access, findings)
    >>> rows = compare_readings(toy.district, reached, toy.access, findings)
    >>> rows["level"].unique().tolist(), float(rows["difference"].abs().max())
    (['district'], 0.0)
    """
    rules = {
        rule.rule_id: rule
        for book in findings.books
        for rule in book.rules
        if rule.kind in _WALKS
    }
    other = roll_up_reach(district, sealed, findings, levels=_LEVELS)
    here = reached[reached["level"].isin(_LEVELS) & reached["rule_id"].isin(rules)]
    both = here.merge(
        other[[*_KEYS, "served"]],
        on=_KEYS,
        suffixes=("_open", "_sealed"),
        validate="one_to_one",
    )
    both["difference"] = both["served_open"] - both["served_sealed"]
    asked = [rules[name] for name in both["rule_id"]]
    both["walker"] = pd.Series([rule.walker for rule in asked], dtype=object)
    both["limit"] = pd.Series([limit_of(rule) for rule in asked], dtype=float)
    both["limit_unit"] = pd.Series([_WALKS[rule.kind] for rule in asked], dtype=object)
    keep = (both["level"] == "district") | (both["difference"] != 0)
    return both.loc[keep, list(GATE_READINGS)].reset_index(drop=True)

"""Rule books held against the district: findings, one row per rule and unit."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import PurePath
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lifecircle.checks.measures.area import area_rows
from lifecircle.checks.measures.coverage import coverage_rows
from lifecircle.checks.measures.rows import begin_rows
from lifecircle.checks.measures.size import household_rows
from lifecircle.checks.measures.topology import address_rows
from lifecircle.checks.inputs import Inputs, prepare
from lifecircle.checks.verdicts import judge
from lifecircle.columns import FINDINGS, TOTALS
from lifecircle.model import Findings, Rule

if TYPE_CHECKING:
    from pandas import DataFrame, Series

    from lifecircle.model import District, DistrictConfig, RuleBook

__all__ = ["MEASURES", "Measure", "check"]

logger = logging.getLogger(__name__)

Measure = Callable[[Inputs, Rule], "DataFrame"]

MEASURES: dict[str, Measure] = {
    "area_per_100_households": area_rows,
    "households_per_unit": household_rows,
    "walk_minutes_coverage": coverage_rows,
    "topology": address_rows,
}
"""Metric kind -> the function that measures it; one line a kind."""

_NUMBERS = frozenset(
    {
        *("measured", "threshold_min", "threshold_max", "shortfall"),
        *("shortfall_share", "affected", "estimated_share"),
        *("numerator", "denominator"),
    }
)


def check(district: District, access: DataFrame, *books: RuleBook) -> Findings:
    """Judge every unit of a district by every rule of the books.

    A book that the district file adopts binds; the verdicts of any other are
    ``reference``. Missing data is ``not_assessed`` with a reason, never a pass.

    Parameters
    ----------
    district : District
        The checked tables; ``config`` says which books bind, and the shares of
        people to be served that the district sets itself.
    access : DataFrame
        ``columns.ACCESS``: minutes on foot.
    *books : RuleBook
        In the order in which findings are listed.

    Returns
    -------
    Findings
        ``rows`` (``columns.FINDINGS``) in the order of the books, their rules, and
        unit ids; ``totals`` (``columns.TOTALS``; difference = sum of buildings less
        declared).

    Examples
    --------
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> findings = check(toy.district, toy.access, read_rule_book("hefei"))
    >>> rows = findings.rows.query("rule_id == 'HF-R01'")
    >>> rows[["unit_id", "verdict", "shortfall"]].values.tolist()
    [['C1', 'pass', 0.0], ['C2', 'fail', 30.0]]
    """
    inputs = prepare(district, access)
    frames = [_findings_of(inputs, rule, book) for book in books for rule in book.rules]
    rows = pd.concat(frames, ignore_index=True) if frames else _no_rows()
    counts = rows["verdict"].value_counts().sort_index().to_dict()
    logger.info("checks: %d findings of %d books, %s", len(rows), len(books), counts)
    return Findings(rows=rows, books=books, totals=_totals(inputs))


def _findings_of(inputs: Inputs, rule: Rule, book: RuleBook) -> DataFrame:
    rows = MEASURES[rule.kind](inputs, rule)
    if rows.empty and rule.level == "grid" and inputs.grids.empty:
        rows = _without_units(inputs, rule)
    binding = _binding(inputs.district.config, book)
    judged = judge(rows, rule, binding=binding).assign(
        rule_id=rule.rule_id,
        book_id=book.book_id,
        kind=rule.kind,
        facility_class="+".join(rule.classes) or None,
        authority=rule.authority,
    )
    typed = {
        name: judged[name].astype(float) if name in _NUMBERS else _texts(judged[name])
        for name in FINDINGS
    }
    return pd.DataFrame(typed, columns=list(FINDINGS))


def _texts(values: Series) -> Series:
    """Text with None where missing, whatever pandas made of it."""
    texts = np.array(values, dtype=object)
    texts[np.asarray(values.isna())] = None
    return pd.Series(texts, dtype=object)


def _no_rows() -> DataFrame:
    return pd.DataFrame(
        {
            name: pd.Series(dtype=float if name in _NUMBERS else object)
            for name in FINDINGS
        }
    )


def _without_units(inputs: Inputs, rule: Rule) -> DataFrame:
    """One row for the district where the level has no units at all."""
    config = inputs.district.config
    units = pd.DataFrame(
        {
            "level": ["district"],
            "unit_id": [config.district_id],
            "unit_name": [config.name],
            "subdistrict_id": [None],
            "basis": [None],
            "estimated_share": [0.0],
        }
    )
    rows = begin_rows(units, rule, unit_of_measure=rule.unit)
    return rows.assign(reason="checks.no_grids")


def _binding(config: DistrictConfig, book: RuleBook) -> str:
    """Adopted by id, or by the path of a file named after the id."""
    adopted = {
        PurePath(name).stem if name.endswith(".toml") else name
        for name in config.adopted_books
    }
    return "adopted" if book.book_id in adopted else "reference"


def _totals(inputs: Inputs) -> DataFrame:
    """Communities with both a declared total and buildings."""
    units = inputs.communities
    both = units[units["declared"].notna() & units["building_households"].notna()]
    made = pd.DataFrame(
        {
            "level": both["level"],
            "unit_id": both["unit_id"],
            "unit_name": both["unit_name"],
            "basis": both["basis"],
            "declared": both["declared"],
            "buildings": both["building_households"],
            "difference": both["building_households"] - both["declared"],
        },
        columns=list(TOTALS),
    )
    return made.reset_index(drop=True)

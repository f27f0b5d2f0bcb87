"""Rule books held against the district: findings, one row per rule and unit."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lifecircle.checks.binding import binds, places_of
from lifecircle.checks.circles import has_circles
from lifecircle.checks.inputs import Inputs, prepare
from lifecircle.checks.levels import scoped, units_at
from lifecircle.checks.measures.area import PER
from lifecircle.checks.measures.registry import MEASURES, REACH_KINDS, Measure
from lifecircle.checks.measures.rows import begin_rows, shown_unit
from lifecircle.checks.measures.straight import is_of_circles
from lifecircle.checks.places import canonical
from lifecircle.checks.serving import offered
from lifecircle.checks.verdicts import judge_all
from lifecircle.columns import FINDINGS, TOTALS
from lifecircle.model import Findings, Rule

if TYPE_CHECKING:
    from pandas import DataFrame, Series

    from lifecircle.model import District, DistrictConfig, RuleBook

__all__ = ["MEASURES", "Measure", "check", "is_due", "skipped"]

logger = logging.getLogger(__name__)

_NUMBERS = frozenset(
    {
        *("measured", "threshold_min", "threshold_max", "shortfall"),
        *("shortfall_share", "affected", "estimated_share"),
        *("numerator", "denominator"),
    }
)
_BY_UNIT = frozenset({*PER, *REACH_KINDS})
"""Kinds whose rows stay even where no facility is listed: communities show them."""
_OF_SITES = frozenset({"min_area", "min_width", "co_location"})
_OF_PLACES = _OF_SITES | _BY_UNIT
"""Kinds that say nothing without facility classes."""
_OF_OTHER_LISTS = frozenset({"function_set", "phase_portfolio"})
"""Kinds that do not rest on the list of facilities alone."""
_OF_GROUND = frozenset({"unit_area_km2", "unit_area_ha", "spacing_max"})
"""Kinds that count neither people nor facilities."""


def check(
    district: District,
    access: DataFrame,
    *books: RuleBook,
    sealed: DataFrame | None = None,
) -> Findings:
    """Judge every unit of a district by every rule of the books.

    A book that the district file adopts binds; the verdicts of any other, and of
    rules of other places within it, are ``reference`` (``binding.binds``). Missing
    data is ``not_assessed`` with a reason, never a pass. A rule of which no input is
    there at all gives one row for the district. In the ``planning`` profile rules of
    the ``full`` profile are passed over.

    Parameters
    ----------
    district : District
        The checked tables; ``config`` says which books bind, and the shares of
        people to be served that the district sets itself.
    access : DataFrame
        ``columns.ACCESS``: minutes on foot.
    *books : RuleBook
        In the order in which findings are listed.
    sealed : DataFrame, optional
        ``columns.ACCESS`` with the walls of compounds whose gates are not known
        applied (``lifecircle.access.gates``): a verdict that differs between the two
        readings depends on unknown gates. Without it such gates are taken to cost
        residents a walk of at most once around their wall.

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
    inputs = prepare(district, access, books=books, sealed=sealed)
    config = district.config
    asked = [
        (rule, book)
        for book in books
        for rule in book.rules
        if not skipped(rule, config)
    ]
    frames = [_measured(inputs, rule) for rule, _ in asked]
    places = places_of(config, books)
    rows = _judged(frames, asked, config, places) if frames else _no_rows()
    counts = rows["verdict"].value_counts().sort_index().to_dict()
    logger.info("checks: %d findings of %d books, %s", len(rows), len(books), counts)
    return Findings(rows=rows, books=books, totals=_totals(inputs))


def skipped(rule: Rule, config: DistrictConfig) -> bool:
    """Whether the district's profile passes over a rule.

    Parameters
    ----------
    rule : Rule
        ``profile``.
    config : DistrictConfig
        ``profile``: ``planning`` passes over rules that need registers.

    Returns
    -------
    bool

    Examples
    --------
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> skipped(read_rule_book("hefei").rules[0], toy.district.config)
    False
    """
    return config.profile == "planning" and rule.profile == "full"


def is_due(rule: Rule, config: DistrictConfig) -> bool:
    """Whether the day of the data is on or after the rule's target date.

    Parameters
    ----------
    rule : Rule
        ``target_date``; without one a rule is always due.
    config : DistrictConfig
        ``as_of``.

    Returns
    -------
    bool

    Examples
    --------
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> is_due(read_rule_book("hefei").rules[0], toy.district.config)
    True
    """
    return rule.target_date is None or config.as_of >= rule.target_date


def _measured(inputs: Inputs, rule: Rule) -> DataFrame:
    """Rows of one rule, or one row that says why there is nothing to measure."""
    measure = MEASURES.get(rule.kind)
    if measure is None:
        return _one_row(inputs, rule, reason="checks.no_measure")
    elsewhere = rule.classes and rule.kind in (*_OF_SITES, *REACH_KINDS)
    if rule.level == "circle" and not (elsewhere or has_circles(inputs, rule)):
        return _one_row(inputs, rule, reason="checks.no_circles", missing="circles")
    if rule.kind in _OF_PLACES and not (rule.classes or is_of_circles(rule)):
        return _one_row(inputs, rule, reason="checks.no_input", missing="classes")
    if rule.classes and rule.kind not in _BY_UNIT and _nothing_listed(inputs, rule):
        return _one_row(inputs, rule, reason="checks.class_incomplete")
    rows = _with_unplaced(measure.rows(inputs, rule), inputs, rule)
    if rows.empty:
        reason = _no_units(inputs, rule)
        return rows if reason is None else _one_row(inputs, rule, reason=reason)
    missing = rows["missing_inputs"]
    silent = rows["measured"].isna() | rows["reason"].notna()
    if missing.notna().all() and silent.all() and len(rows) > 1:
        names = {name for cell in missing for name in cell.split("+")}
        listed = "+".join(sorted(names))
        return _one_row(inputs, rule, reason="checks.no_input", missing=listed)
    return _beyond_the_border(inputs, rule, rows)


def _beyond_the_border(inputs: Inputs, rule: Rule, rows: DataFrame) -> DataFrame:
    """Circles that leave the communities hold people that no table knows."""
    if rule.level != "circle" or rule.kind in _OF_GROUND:
        return rows
    circles = units_at(inputs, "circle")
    outside = rows["unit_id"].isin(circles.loc[~circles["whole"], "unit_id"])
    outside &= rows["level"] == "circle"
    return rows.assign(reason=rows["reason"].mask(outside, "checks.circle_outside"))


def _with_unplaced(rows: DataFrame, inputs: Inputs, rule: Rule) -> DataFrame:
    """Add the units of which nobody says whether they are the city's or a county's."""
    if rule.affiliation == "any":
        return rows
    units, _ = scoped(inputs, replace(rule, affiliation="any"))
    units = units[units["affiliation"].isna()].reset_index(drop=True)
    if units.empty:
        return rows
    unplaced = begin_rows(units, rule, unit_of_measure=shown_unit(rule)).assign(
        reason="checks.no_input", missing_inputs="affiliation"
    )
    return pd.concat([rows, unplaced], ignore_index=True) if len(rows) else unplaced


def _nothing_listed(inputs: Inputs, rule: Rule) -> bool:
    """No facility of the rule's classes, in lists that are not declared complete."""
    if rule.inputs or rule.of_rules or rule.kind in _OF_OTHER_LISTS:
        return False
    complete = inputs.district.complete_classes.issuperset(rule.classes)
    return not complete and offered(inputs, rule).empty


def _no_units(inputs: Inputs, rule: Rule) -> str | None:
    """Why a rule has no rows; None where it is about other places than this."""
    level = canonical(rule.level)
    if level == "grid" and inputs.grids.empty:
        return "checks.no_grids"
    if rule.build == "new" and level in ("compound", "facility"):
        compounds = units_at(inputs, "compound")
        if compounds.empty or not compounds["new"].any():
            return "checks.no_new_compounds"
    elif level == "circle":
        said = units_at(inputs, level)["build"].notna()
        of_tier = units_at(inputs, level)["tier"] == rule.circle
        return None if said[of_tier].all() else "checks.build_unknown"
    elif rule.build in ("new", "old_city"):
        return "checks.build_unknown"
    if level == "compound" and units_at(inputs, "compound").empty:
        return "checks.no_units"
    of_sites = rule.kind in _OF_SITES or level in ("facility", "catchment")
    return "checks.no_facility" if of_sites and offered(inputs, rule).empty else None


def _one_row(
    inputs: Inputs, rule: Rule, *, reason: str, missing: str | None = None
) -> DataFrame:
    """One row for the district, not assessed."""
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
    return rows.assign(reason=reason, missing_inputs=missing)


def _judged(
    frames: list[DataFrame],
    asked: list[tuple[Rule, RuleBook]],
    config: DistrictConfig,
    places: frozenset[str],
) -> DataFrame:
    """All rules judged at once, with what each rule says of itself."""
    terms = pd.DataFrame([_terms(rule, book, config) for rule, book in asked])
    terms["adopted"] = [
        binds(rule, book, config=config, places=places) for rule, book in asked
    ]
    of = np.repeat(np.arange(len(frames)), [len(frame) for frame in frames])
    rows = pd.concat(frames, ignore_index=True)
    terms = terms.iloc[of].reset_index(drop=True)
    judged = judge_all(rows, terms)
    typed: dict[str, Series] = {}
    for name in FINDINGS:
        values = terms[name] if name in terms else judged[name]
        if name in _NUMBERS:
            typed[name] = values.astype(float)
        else:
            typed[name] = values if name == "draft" else _texts(values)
    return pd.DataFrame(typed, columns=list(FINDINGS))


def _terms(rule: Rule, book: RuleBook, config: DistrictConfig) -> dict[str, object]:
    measure = MEASURES.get(rule.kind)
    used = [*rule.inputs, *(measure.inputs.split("+") if measure else [])]
    due = "due" if is_due(rule, config) else "not_due"
    return {
        "about": rule.op == "~",
        "benchmark": rule.force == "benchmark",
        "tolerance": np.nan if rule.tolerance is None else rule.tolerance,
        "rule_id": rule.rule_id,
        "book_id": book.book_id,
        "kind": rule.kind,
        "authority": rule.authority,
        "draft": rule.draft,
        "grade": rule.grade or None,
        "target_date": rule.target_date.isoformat() if rule.target_date else None,
        "target_due": due if rule.target_date else None,
        "inputs_used": "+".join(name for name in used if name) or None,
    }


def _texts(values: Series) -> Series:
    """Text with None where missing, whatever pandas made of it."""
    texts = np.array(values, dtype=object)
    texts[np.asarray(values.isna())] = None
    return pd.Series(texts, dtype=object)


def _no_rows() -> DataFrame:
    kinds = dict.fromkeys(_NUMBERS, "float64") | {"draft": "bool"}
    return pd.DataFrame(
        {name: pd.Series(dtype=kinds.get(name, object)) for name in FINDINGS}
    )


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
            # What a total was spread over agrees with it, and proves nothing.
            "estimated_share": both["buildings_share"],
        },
        columns=list(TOTALS),
    )
    return made.reset_index(drop=True)

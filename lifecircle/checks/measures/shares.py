"""Coverage shares: of units that have or pass something, of people served by it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lifecircle.checks.facts import fact_values
from lifecircle.checks.levels import scoped, units_at
from lifecircle.checks.measures.coverage import coverage_rows
from lifecircle.checks.measures.register import facts_of, missing_names, share_of
from lifecircle.checks.measures.rows import band_of, begin_rows, told
from lifecircle.checks.places import canonical
from lifecircle.checks.serving import offered, serving
from lifecircle.checks.units import scope_mask
from lifecircle.checks.verdicts import judge

if TYPE_CHECKING:
    import numpy.typing as npt
    from pandas import DataFrame

    from lifecircle.checks.inputs import Inputs
    from lifecircle.model import Rule

__all__ = ["gate_rows", "people_share_rows", "unit_share", "unit_share_rows"]

YES, NO, UNKNOWN = 1.0, 0.0, float("nan")

_LEVELS = {
    "": "community",
    "communities": "community",
    "villages": "village",
    "subdistricts": "subdistrict",
    "townships": "township",
    "compounds": "compound",
}


def unit_share(
    answers: npt.NDArray[np.float64],
) -> tuple[float, float]:
    """Share of units that pass: the least and the most it can be.

    ``units that pass / units`` (Panzhihua PZ-R01: 100 % of urban communities;
    RULES.md 3.1); units of which nothing is known may pass or not.

    Parameters
    ----------
    answers : float array
        1 = passes, 0 = does not, NaN = unknown; one a unit.

    Returns
    -------
    tuple of float
        In [0, 1]; NaN without units.

    Examples
    --------
    Of 44 townships, 90 % are 39.6: 40 must have one, and 39 fall short.

    >>> low, high = unit_share(np.array([1.0] * 39 + [0.0] * 5))
    >>> low < 0.9, unit_share(np.array([1.0] * 40 + [0.0] * 4))[0] >= 0.9
    (True, True)
    >>> unit_share(np.array([1.0, 0.0, np.nan, np.nan]))
    (0.25, 0.75)
    """
    if not len(answers):
        return UNKNOWN, UNKNOWN
    passing = float((answers == YES).sum())
    unknown = float(np.isnan(answers).sum())
    return passing / len(answers), (passing + unknown) / len(answers)


def unit_share_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Measure the share of units that have a facility, a flag, or pass rules.

    The units are those of ``denominator`` (communities by default) in the rule's
    settlement. With ``classes`` a unit passes that a facility of any of them
    serves; with ``inputs`` one whose flags are all yes; with ``of_rules`` one that
    passes all those rules of the same book (PZ-R02 of PZ-R03 and PZ-R06).

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of kind ``coverage_share_units``.

    Returns
    -------
    DataFrame
        One row for ``judge``; numerator units that pass, denominator units.

    Examples
    --------
    One of two communities has a service centre.

    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = replace(read_rule_book("hefei").rules[0], level="district")
    >>> unit_share_rows(prepare(toy.district, None), rule)["measured"].tolist()
    [0.5]
    """
    units, _ = scoped(inputs, rule)
    rows = begin_rows(units, rule, unit_of_measure="share")
    level = _LEVELS.get(rule.denominator, rule.denominator)
    counted = units_at(inputs, level)
    mask = np.ones(len(counted), dtype=bool)
    if canonical(level) not in ("city", "district"):
        mask &= scope_mask(counted, rule)
    if level in ("village", "township"):
        mask &= np.asarray(counted["settlement"] == "rural")
    answers, reason = _answers(inputs, rule, level)
    least, most = unit_share(answers[mask])
    low, high = band_of(rule)
    needed = low if not np.isnan(low) else high
    unknown = np.isnan(answers[mask])
    soft = reason if unknown.any() and most >= needed - 1e-9 else None
    never = None if mask.any() else "checks.no_units"
    if mask.any() and unknown.all():
        never = reason
    missing = rule.inputs if reason == "checks.no_input" and unknown.all() else ()
    return rows.assign(
        op=">=",
        measured=least,
        numerator=float((answers[mask] == YES).sum()),
        denominator=float(mask.sum()),
        threshold_min=needed,
        threshold_max=np.nan,
        affected=float((answers[mask] == NO).sum()),
        affected_unit=level,
        basis=level,
        estimated_share=0.0,
        reason=never,
        reason_if_short=soft,
        missing_inputs="+".join(missing) or None,
    )


def _answers(
    inputs: Inputs, rule: Rule, level: str
) -> tuple[npt.NDArray[np.float64], str]:
    """Of every unit of a level whether it passes, and why it may be unknown."""
    size = len(units_at(inputs, level))
    if rule.of_rules:
        return _rule_answers(inputs, rule, level), "checks.rules_open"
    if rule.inputs:
        flags = np.array([fact_values(inputs, level, fact) for fact in rule.inputs])
        answers = np.where((flags > 0).all(axis=0), YES, NO)
        answers[np.isnan(flags).any(axis=0) & ~(flags == 0).any(axis=0)] = UNKNOWN
        return answers, "checks.no_input"
    if not rule.classes:
        return np.full(size, UNKNOWN), "checks.no_input"
    links = serving(inputs, canonical(level))
    ids = set(offered(inputs, rule)["facility_id"])
    there = links.loc[links["facility_id"].isin(ids), "unit"].to_numpy(dtype=np.intp)
    count = np.bincount(there, minlength=size)
    complete = inputs.district.complete_classes.issuperset(rule.classes)
    answers = np.where(count > 0, YES, NO if complete else UNKNOWN)
    return answers, "checks.class_incomplete"


def _rule_answers(inputs: Inputs, rule: Rule, level: str) -> npt.NDArray[np.float64]:
    """Units that pass all of ``of_rules``; a part of them decides a failure only."""
    ids = units_at(inputs, level)["unit_id"]
    book = next((book for book in inputs.books if book.book_id == rule.book_id), None)
    rules = book.rules if book else ()
    verdicts = []
    for name in rule.of_rules:
        of = [one for one in rules if _is_named(one.rule_id, name)]
        verdicts += [_verdicts(inputs, one, ids) for one in of]
    if not verdicts:
        return np.full(len(ids), UNKNOWN)
    every = np.array(verdicts)
    answers = np.where((every == YES).all(axis=0), YES, UNKNOWN)
    answers[(every == NO).any(axis=0)] = NO
    return answers


def _is_named(rule_id: str, name: str) -> bool:
    """``PZ-R38`` also names its parts ``PZ-R38a`` and ``PZ-R38b``."""
    return rule_id == name or (
        rule_id.startswith(name) and rule_id[len(name) :].isalpha()
    )


def _verdicts(inputs: Inputs, rule: Rule, ids: pd.Series) -> npt.NDArray[np.float64]:
    """Of every unit whether it passes one rule; of its facilities one must."""
    from lifecircle.checks.measures.registry import MEASURES

    rows = judge(MEASURES[rule.kind].rows(inputs, rule), rule, binding="adopted")
    answer = rows["verdict"].map({"pass": YES, "fail": NO}).astype(float)
    unit = rows["unit_id"]
    if (rows["level"] == "facility").all() and len(rows):
        home = inputs.district.facilities.set_index("facility_id")["community_id"]
        unit = unit.map(home)
        of = unit.to_numpy(dtype=object)
        best = answer.groupby(of).max().reindex(ids)
        open_ = answer.isna().groupby(of).sum().reindex(ids, fill_value=0)
        # One of unknown size, or one that no list names, may be the one asked for.
        complete = inputs.district.complete_classes.issuperset(rule.classes)
        proven = complete & (open_.to_numpy() == 0)
        unmet = np.where(proven, NO, UNKNOWN)
        return np.where(best == YES, YES, unmet)
    found = answer.groupby(unit.to_numpy(dtype=object)).agg(
        lambda part: part.min(skipna=False)
    )
    return np.asarray(found.reindex(ids), dtype=float)


def people_share_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Measure the share of people served: whose community has a facility.

    ``people in communities that a facility of the classes serves / people``
    (Panzhihua PZ-R25: all the elderly at home; RULES.md 3.1); with ``inputs`` the
    people served that a register gives, by ``denominator`` or the population.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of kind ``coverage_share_people``.

    Returns
    -------
    DataFrame
        One row for ``judge``; numerator people served, denominator people.

    Examples
    --------
    C1 with 240 of 300 elderly has a canteen.

    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = replace(read_rule_book("hefei").rules[2], level="district")
    >>> people_share_rows(prepare(toy.district, None), rule)["measured"].tolist()
    [0.8]
    """
    units, _ = scoped(inputs, rule)
    rows = begin_rows(units, rule, unit_of_measure="share")
    weight = "persons" if rule.population == "all" else rule.population
    low, high = band_of(rule)
    needed = low if not np.isnan(low) else high
    if rule.inputs:
        names = (rule.inputs[0], rule.denominator or weight)
        part, whole = (facts_of(inputs, rule, name) for name in names)
        return rows.assign(
            measured=share_of(part, whole),
            numerator=part,
            denominator=whole,
            threshold_min=needed,
            threshold_max=np.nan,
            affected=whole - part,
            affected_unit=weight,
            missing_inputs=missing_names(names, np.array([part, whole])),
        )
    if rule.per:
        return _walked(inputs, rule, rows.assign(threshold_min=needed, op=">="))
    parts = units_at(inputs, "community")
    answers, soft = _answers(inputs, rule, "community")
    people = parts[weight].to_numpy(dtype=float)
    mask = scope_mask(parts, rule) & ~(people == 0)
    served = float(people[mask & (answers == YES)].sum())
    total = float(people[mask].sum())
    unknown = {"elderly": "elderly", "children_0_3": "children"}.get(weight, "persons")
    open_ = bool(np.isnan(answers[mask]).any())
    return rows.assign(
        op=">=",
        measured=served / total if total > 0 else np.nan,
        numerator=served,
        denominator=total,
        threshold_min=needed,
        threshold_max=np.nan,
        affected=total - served,
        affected_unit=weight,
        basis=weight,
        reason=f"checks.{unknown}_unknown" if np.isnan(total) else None,
        reason_if_short=soft if open_ else None,
    )


def _walked(inputs: Inputs, rule: Rule, rows: DataFrame) -> DataFrame:
    """People within a walk of ``per`` minutes, of all; a part unknown is unknown."""
    timed = replace(
        rule, kind="walk_minutes_coverage", level="community", value_max=rule.per
    )
    parts = coverage_rows(inputs, timed)
    served, total = (
        parts[name].sum(skipna=False) for name in ("numerator", "denominator")
    )
    reasons = parts["reason"].dropna()
    return rows.assign(
        measured=served / total if total > 0 else np.nan,
        numerator=served,
        denominator=total,
        threshold_max=np.nan,
        affected=total - served,
        affected_unit=parts["affected_unit"].iloc[0] if len(parts) else None,
        reason=reasons.iloc[0] if len(reasons) else None,
        reason_if_short=parts["reason_if_short"].iloc[0] if len(parts) else None,
    )


def gate_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Count the new-build rules that every new compound fails: none may.

    ``number of failed rules of the same book for new compounds``; a compound that
    was refused (its flag is yes) counts none (Panzhihua PZ-R49, 不予批准; RULES.md
    3.1).

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of kind ``gate``; ``inputs`` may name the flag of refusal.

    Returns
    -------
    DataFrame
        Rows for ``judge``, one a new compound; numerator failed rules.

    Examples
    --------
    The toy's compound is not new.

    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = replace(read_rule_book("hefei").rules[0], level="compound", build="new")
    >>> len(gate_rows(prepare(toy.district, None), rule))
    0
    """
    rule = replace(rule, build="new")
    units, take = scoped(inputs, rule)
    rows = begin_rows(units, rule, unit_of_measure="rules")
    book = next((book for book in inputs.books if book.book_id == rule.book_id), None)
    tested = [
        one
        for one in (book.rules if book else ())
        if one.level == "compound" and one.build == "new" and one.kind != "gate"
    ]
    verdicts = np.array([_verdicts(inputs, one, units["unit_id"]) for one in tested])
    if not len(verdicts):
        verdicts = np.full((1, len(units)), UNKNOWN)
    failed = (verdicts == NO).sum(axis=0).astype(float)
    passed = (verdicts == YES).sum(axis=0)
    for fact in rule.inputs:
        refused = fact_values(inputs, "compound", fact)[take]
        failed = np.where(refused == YES, 0.0, failed)
    unknown = np.isnan(verdicts).any(axis=0)
    return rows.assign(
        op="<=",
        measured=np.where(failed + passed > 0, failed, np.nan),
        numerator=failed,
        denominator=failed + passed,
        threshold_min=np.nan,
        threshold_max=0.0,
        exposed=units["households"].to_numpy(dtype=float),
        reason_if_short=told(unknown, "checks.rules_open"),
    )

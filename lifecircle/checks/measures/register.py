"""Rules straight from a register: counts, shares, money, hours, lists, flags."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lifecircle.checks.facts import fact_values, own_values, whole_values
from lifecircle.checks.levels import scoped, units_at
from lifecircle.checks.measures.rows import (
    band_of,
    begin_rows,
    rounded,
    shown_unit,
    told,
)
from lifecircle.checks.places import canonical
from lifecircle.checks.serving import offered, serving

if TYPE_CHECKING:
    import numpy.typing as npt
    from pandas import DataFrame

    from lifecircle.checks.inputs import Inputs
    from lifecircle.model import Rule

__all__ = [
    "count_rows",
    "fact_rows",
    "facts_of",
    "flags_rows",
    "ratio_rows",
    "share_of",
]

_SCALE = {"10k_cny": 1e-4}
"""Unit of a rule -> what a fact is multiplied by; money facts are in CNY."""

_OWN = (
    *("range", "structure_tiers", "list_size", "frequency_per_year", "money_per_unit"),
    *("boolean_attribute", "phase_rule", "floor_max", "open_hours", "open_days"),
    "share",
)
"""Kinds whose facts do not add up over communities."""

_FACTOR = {"share": 1.0, "per_10k_persons": 1e4, "spaces_per_household": 1.0}
_DENOMINATOR = {
    "per_10k_persons": "persons",
    "spaces_per_household": "households",
    "spaces_per_100_m2": "floor_area_m2",
}


def share_of(
    part: npt.NDArray[np.float64], whole: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """A part's share of its whole, in [0, 1].

    ``part / whole`` (Panzhihua PZ-R14: 80 % of party members; RULES.md 3.1).

    Parameters
    ----------
    part, whole : float array
        In one unit; a whole of 0 gives NaN.

    Returns
    -------
    float array

    Examples
    --------
    Street duties were cut from 221 to 152 (Hefei HF-O08): 69 of 221, 31.2 %.

    >>> share_of(np.array([221.0 - 152]), np.array([221.0])).round(3)
    array([0.312])
    """
    return part / np.where(whole > 0, whole, np.nan)


def facts_of(inputs: Inputs, rule: Rule, fact: str) -> npt.NDArray[np.float64]:
    """A fact of every unit in the rule's scope, in the rule's unit.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        ``level``, ``classes``, ``unit``.
    fact : str
        Name of the fact.

    Returns
    -------
    float array
        In the order of ``scoped``; money in 10,000 CNY where the rule says so. Of the
        whole, people and sums are those of the communities that the rule is about.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = replace(read_rule_book("hefei").rules[0], unit="10k_cny")
    >>> facts_of(prepare(toy.district, None), rule, "persons")
    array([0.12, 0.03])
    """
    _, take = scoped(inputs, rule)
    if not _adds_up(rule):
        values = own_values(inputs, rule.level, fact, rule.classes)[take]
    elif canonical(rule.level) in ("city", "district"):
        values = whole_values(inputs, rule, fact)
    else:
        values = fact_values(inputs, rule.level, fact, rule.classes)[take]
    return values * _SCALE.get(rule.unit, 1.0)


def _adds_up(rule: Rule) -> bool:
    """Whether a larger unit's fact is the sum of its communities'.

    Counts add up, and shares of counts; grades, lists, events a year and bare
    percentages do not.
    """
    return rule.kind not in _OWN or bool(rule.denominator)


def fact_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Measure one fact of every unit against the rule's band.

    The fact itself: items on a list, staff, money (10,000 CNY), events a year,
    hours a day, days a year, floor, phase, grade (RULES.md 3.1: direct). With two
    facts both must lie in the band: the one farther out is measured. Of the
    district, a count that only its communities give is their sum; grades, lists and
    events a year are not added up.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        ``inputs``: the facts.

    Returns
    -------
    DataFrame
        Rows for ``judge``; numerator the fact.

    Examples
    --------
    No register says how many staff there are.

    >>> from dataclasses import replace
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = replace(
    ...     read_rule_book("hefei").rules[0], kind="staff_per_unit", inputs=("staff",)
    ... )
    >>> fact_rows(prepare(toy.district, None), rule)["missing_inputs"].tolist()
    ['staff', 'staff']
    """
    units, _ = scoped(inputs, rule)
    rows = begin_rows(units, rule, unit_of_measure=shown_unit(rule))
    facts = np.array([facts_of(inputs, rule, fact) for fact in rule.inputs])
    if not len(facts):
        facts = np.full((1, len(units)), np.nan)
    low, high = band_of(rule)
    outside = np.fmax(np.nan_to_num(low - facts), np.nan_to_num(facts - high))
    worst = np.argmax(np.where(np.isnan(facts), np.inf, outside), axis=0)
    measured = rounded(facts[worst, np.arange(len(units))], rule)
    scale = 0.01 if rule.unit == "percent" else 1.0
    return rows.assign(
        measured=measured * scale,
        numerator=measured * scale,
        exposed=units["households"].to_numpy(dtype=float),
        missing_inputs=missing_names(rule.inputs, facts),
    )


def missing_names(
    names: tuple[str, ...], values: npt.NDArray[np.float64]
) -> npt.NDArray[np.object_]:
    """Names of the facts that are unknown of each unit, joined by ``+``.

    Parameters
    ----------
    names : tuple of str
        Facts, one a row of ``values``.
    values : float array (facts, units)
        NaN = unknown.

    Returns
    -------
    object array of str or None

    Examples
    --------
    >>> missing_names(("a", "b"), np.array([[1.0, np.nan], [np.nan, np.nan]]))
    array(['b', 'a+b'], dtype=object)
    """
    unknown = np.isnan(values)
    found = [
        "+".join(np.array(names, dtype=object)[unknown[:, unit]].tolist()) or None
        if names
        else None
        for unit in range(values.shape[1])
    ]
    return np.array(found, dtype=object)


def ratio_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Measure a fact as a share of a whole, or for every so many persons.

    ``share``: ``inputs[0] / denominator`` (a fact, persons or households; without
    one the fact is the percentage itself); ``per_10k_persons``: ``10,000 * inputs[0]
    / persons`` (Tongguanshan TG-R06: 270 organisations for 300,000 are 9.0);
    ``spaces_per_household``: ``inputs[0] / households``. RULES.md 3.1.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of kind ``share``, ``per_10k_persons``, ``spaces_per_household`` or
        ``spaces_per_100_m2``.

    Returns
    -------
    DataFrame
        Rows for ``judge``; numerator the fact, denominator its whole.

    Examples
    --------
    300 elderly (for want of a register) of 1,500 persons: 2,000 for every 10,000.

    >>> from dataclasses import replace
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = replace(
    ...     read_rule_book("hefei").rules[0], kind="per_10k_persons", level="district"
    ... )
    >>> rule = replace(rule, inputs=("elderly",))
    >>> ratio_rows(prepare(toy.district, None), rule)["measured"].tolist()
    [2000.0]
    """
    whole_name = rule.denominator or _DENOMINATOR.get(rule.kind, "")
    if not whole_name:
        return fact_rows(inputs, rule)
    units, _ = scoped(inputs, rule)
    rows = begin_rows(units, rule, unit_of_measure=_ratio_unit(rule))
    names = (*rule.inputs[:1], whole_name)
    part, whole = (facts_of(inputs, rule, name) for name in names)
    factor = 100.0 if rule.kind == "spaces_per_100_m2" else _FACTOR[rule.kind]
    scale = 100.0 if rule.unit == "percent" else 1.0
    return rows.assign(
        measured=rounded(factor * scale * share_of(part, whole), rule) / scale,
        numerator=part,
        denominator=whole,
        exposed=units["households"].to_numpy(dtype=float),
        missing_inputs=missing_names(names, np.array([part, whole])),
    )


def _ratio_unit(rule: Rule) -> str:
    return {
        "per_10k_persons": f"{rule.unit}_per_10k_persons",
        "spaces_per_household": "spaces_per_household",
        "spaces_per_100_m2": "spaces_per_100_m2",
    }.get(rule.kind, shown_unit(rule))


def flags_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Count the flags that are set: 四同步 is 4 of 4.

    ``number of facts in inputs that are yes`` (Panzhihua PZ-R31, PZ-R48; RULES.md
    3.1). One unknown flag leaves a lower bound.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of kind ``boolean_attribute``.

    Returns
    -------
    DataFrame
        Rows for ``judge``; numerator flags set, denominator flags asked.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = replace(read_rule_book("hefei").rules[0], inputs=("sync_planned",))
    >>> flags_rows(prepare(toy.district, None), rule)["measured"].isna().tolist()
    [True, True]
    """
    units, _ = scoped(inputs, rule)
    rows = begin_rows(units, rule, unit_of_measure=shown_unit(rule))
    facts = np.array([facts_of(inputs, rule, fact) for fact in rule.inputs])
    if not len(facts):
        facts = np.full((1, len(units)), np.nan)
    unknown = np.isnan(facts)
    count = np.nansum(facts > 0, axis=0).astype(float)
    measured = np.where(unknown.all(axis=0), np.nan, count)
    asked = float(len(rule.inputs))
    needed = float(rule.value_min if rule.value_min is not None else asked)
    # All flags set cannot be exceeded: the bound is open above.
    return rows.assign(
        measured=measured,
        numerator=measured,
        denominator=asked,
        threshold_min=needed,
        threshold_max=np.nan,
        exposed=units["households"].to_numpy(dtype=float),
        reason_if_short=told(unknown.any(axis=0), "checks.no_input"),
        missing_inputs=missing_names(rule.inputs, facts),
    )


def count_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Count facilities of the rule's classes in every unit, or take a fact.

    ``number of facilities in use that serve the unit`` (Hefei HF-R12, Panzhihua
    PZ-R20; RULES.md 3.1), classes pooled or, ``pool`` false, each alone. A class
    that is not declared complete gives a lower bound (0b.10). Catchments are drawn
    around the centres themselves, so that their number proves nothing: not assessed.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of kind ``count_per_unit`` or ``total``.

    Returns
    -------
    DataFrame
        Rows for ``judge``; numerator facilities.

    Examples
    --------
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = read_rule_book("hefei").rules[0]
    >>> count_rows(prepare(toy.district, None), rule)["measured"].tolist()
    [1.0, 0.0]
    """
    if rule.inputs or not rule.classes:
        return fact_rows(inputs, rule)
    if rule.pool or len(rule.classes) < 2:
        return _counted(inputs, rule, rule.classes)
    parts = [_counted(inputs, rule, (name,)) for name in rule.classes]
    return pd.concat(parts, ignore_index=True)


def _counted(inputs: Inputs, rule: Rule, classes: tuple[str, ...]) -> DataFrame:
    units, take = scoped(inputs, rule)
    rows = begin_rows(units, rule, unit_of_measure=shown_unit(rule))
    size = len(units_at(inputs, rule.level, rule.classes))
    found = offered(inputs, rule)
    ids = found.loc[found["facility_class"].isin(classes), "facility_id"].unique()
    links = serving(inputs, canonical(rule.level), rule.classes)
    unit = links.loc[links["facility_id"].isin(ids), "unit"].to_numpy(dtype=np.intp)
    count = np.bincount(unit, minlength=size)[take].astype(float)
    complete = inputs.district.complete_classes.issuperset(classes)
    none_listed = (count == 0) & (not complete)
    count[none_listed] = np.nan
    reason = told(none_listed, "checks.class_incomplete")
    if canonical(rule.level) == "catchment":
        # Drawn around its one centre: it has one by construction.
        reason[:] = "checks.own_catchment"
    return rows.assign(
        measured=count,
        numerator=count,
        exposed=units["households"].to_numpy(dtype=float),
        facility_class="+".join(classes),
        reason=reason,
        reason_if_short=None if complete else "checks.class_incomplete",
    )

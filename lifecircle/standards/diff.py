"""Where two rule books ask for different numbers of the same thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from pandas import DataFrame

    from lifecircle.model import Rule, RuleBook

__all__ = ["COLUMNS", "comparable", "differences"]

_SIDE = ("rule", "kind", "op", "min", "max", "unit", "basis", "classes")

COLUMNS = (
    "differs",
    "level",
    "subject",
    "settlement",
    *(f"{name}_a" for name in _SIDE),
    *(f"{name}_b" for name in _SIDE),
    "draft",
)

_REACH = "reach"
_WINDOWS = "windows"
_FORMS = {
    "walk_minutes_coverage": _REACH,
    "walk_distance_coverage": _REACH,
    "service_radius": _REACH,
    "count_per_unit": _WINDOWS,
    "persons_per_window": _WINDOWS,
}
"""One question in several forms, of which none can be turned into another."""

_POOLED = frozenset(
    {
        *("area_per_100_households", "area_per_person", "area_per_1000_persons"),
        "total_area",
    }
)
"""Kinds that add over their classes: other classes are another definition."""


def differences(a: RuleBook, b: RuleBook) -> DataFrame:
    """Pairs of rules that measure the same and do not ask for the same.

    Two rules measure the same if they are of one kind, level and unit, share a
    facility class (or, without classes, their inputs), and can bind the same unit:
    ``comparable``. They disagree in ``value`` (operator or numbers), in ``basis``
    (both name an area basis, and not the same), in ``classes`` (a sum over other
    facility classes is another definition, though the number be equal), or in
    ``form``: minutes, metres on foot and a straight radius; windows of a hall and
    persons per window. Forms are set side by side, never converted (RULES.md 1.6,
    2.10).

    Parameters
    ----------
    a, b : RuleBook
        Two books.

    Returns
    -------
    DataFrame
        ``COLUMNS``, in the order of the rules of ``a``, then of ``b``. ``differs``:
        in what, joined by ``+``; ``subject``: the facility classes that both name,
        else the inputs; ``settlement``: where both apply; ``min``, ``max`` in
        ``unit`` (NaN = open); ``classes``: all that the rule names; ``draft``: one
        of the two is from memory, unverified.

    Examples
    --------
    Subdistrict health stations: 300 m in one standard, 500 m in the other.

    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> found = differences(
    ...     read_rule_book("gb50180-2018"), read_rule_book("tdt1062-2021")
    ... )
    >>> rows = found[found["subject"] == "HLT.STATION"]
    >>> rows[["rule_a", "max_a", "rule_b", "max_b"]].values.tolist()[-1]
    ['GBF-26b', 300.0, 'TD-06a', 500.0]
    """
    rows = [
        _row(one, other, differs)
        for one in a.rules
        for other in b.rules
        if comparable(one, other) and (differs := _differs(one, other))
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def comparable(one: Rule, other: Rule) -> bool:
    """Whether two rules measure the same of a unit that both can bind.

    Parameters
    ----------
    one, other : Rule
        Rules of any two books.

    Returns
    -------
    bool

    Examples
    --------
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> meals, county = read_rule_book("hefei").rules[2:4]
    >>> comparable(meals, meals), comparable(meals, county)
    (True, False)
    """
    same = ("level", "population")
    if any(getattr(one, key) != getattr(other, key) for key in same):
        return False
    if not (_of_one_form(one, other) or _of_one_question(one, other)):
        return False
    if one.level == "circle" and one.circle != other.circle:
        return False
    # Land is another thing than rooms; floor and usable area are two measures of one.
    if "land" in (one.area_basis, other.area_basis) and len(_bases(one, other)) > 1:
        return False
    builds = {one.build, other.build}
    return (
        _subject(one, other) is not None
        and (len(builds) == 1 or "any" in builds)
        and bool(_common(one.settlement, other.settlement))
        and bool(_common(one.affiliation, other.affiliation))
    )


def _subject(one: Rule, other: Rule) -> str | None:
    """What both measure; None if they measure different things."""
    if one.inputs[:1] != other.inputs[:1]:
        return None
    if one.classes or other.classes:
        return "+".join(code for code in one.classes if code in other.classes) or None
    per = one.denominator == other.denominator or not _of_one_form(one, other)
    return "+".join(one.inputs[:1]) if per else None


def _of_one_form(one: Rule, other: Rule) -> bool:
    return (one.kind, one.unit) == (other.kind, other.unit)


def _of_one_question(one: Rule, other: Rule) -> bool:
    """One question asked in two forms; windows only where both count windows."""
    form = _FORMS.get(one.kind)
    return (
        form is not None
        and one.kind != other.kind
        and form == _FORMS.get(other.kind)
        and (form == _REACH or one.inputs[:1] == (_WINDOWS,))
    )


def _common(one: str, other: str) -> str:
    """The part that two lists joined by ``+`` share; ``any`` holds all."""
    if one == "any":
        return other
    if other == "any":
        return one
    return "+".join(part for part in one.split("+") if part in other.split("+"))


def _differs(one: Rule, other: Rule) -> str:
    """In what two comparable rules disagree, joined by ``+``; empty = in nothing."""
    if not _of_one_form(one, other):
        return "form"
    found = {
        "value": _test(one) != _test(other),
        "basis": len(_bases(one, other)) > 1,
        "classes": one.kind in _POOLED and set(one.classes) != set(other.classes),
    }
    return "+".join(name for name, differs in found.items() if differs)


def _bases(one: Rule, other: Rule) -> set[str]:
    return {one.area_basis, other.area_basis} - {"unspecified"}


def _test(rule: Rule) -> tuple[str, float | None, float | None]:
    return rule.op, rule.value_min, rule.value_max


def _row(one: Rule, other: Rule, differs: str) -> tuple[object, ...]:
    return (
        differs,
        one.level,
        _subject(one, other),
        _common(one.settlement, other.settlement),
        *_side(one),
        *_side(other),
        one.draft or other.draft,
    )


def _side(rule: Rule) -> tuple[object, ...]:
    classes = "+".join(rule.classes)
    return (rule.rule_id, rule.kind, *_test(rule), rule.unit, rule.area_basis, classes)

"""Where two rule books ask for different numbers of the same thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from pandas import DataFrame

    from lifecircle.model import Rule, RuleBook

__all__ = ["COLUMNS", "comparable", "differences"]

COLUMNS = (
    "kind",
    "level",
    "subject",
    "settlement",
    "unit",
    "rule_a",
    "op_a",
    "min_a",
    "max_a",
    "basis_a",
    "rule_b",
    "op_b",
    "min_b",
    "max_b",
    "basis_b",
    "draft",
)


def differences(a: RuleBook, b: RuleBook) -> DataFrame:
    """Pairs of rules that measure the same and set different values.

    Two rules measure the same if they are of one kind, level and unit, share a
    facility class (or, without classes, their inputs), and can bind the same unit:
    ``comparable``. Values differ if operator or numbers do, or if both name an area
    basis and not the same (RULES.md 2.10).

    Parameters
    ----------
    a, b : RuleBook
        Two books.

    Returns
    -------
    DataFrame
        ``COLUMNS``, in the order of the rules of ``a``, then of ``b``. ``subject``:
        the facility classes that both name, else the inputs; ``settlement``: where
        both apply; ``min``, ``max`` in ``unit`` (NaN = open); ``draft``: one of the
        two is from memory, unverified.

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
        _row(one, other)
        for one in a.rules
        for other in b.rules
        if comparable(one, other) and _differ(one, other)
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
    same = ("kind", "level", "unit", "population")
    if any(getattr(one, key) != getattr(other, key) for key in same):
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
    return "+".join(one.inputs[:1]) if one.denominator == other.denominator else None


def _common(one: str, other: str) -> str:
    """The part that two lists joined by ``+`` share; ``any`` holds all."""
    if one == "any":
        return other
    if other == "any":
        return one
    return "+".join(part for part in one.split("+") if part in other.split("+"))


def _differ(one: Rule, other: Rule) -> bool:
    return _test(one) != _test(other) or len(_bases(one, other)) > 1


def _bases(one: Rule, other: Rule) -> set[str]:
    return {one.area_basis, other.area_basis} - {"unspecified"}


def _test(rule: Rule) -> tuple[str, float | None, float | None]:
    return rule.op, rule.value_min, rule.value_max


def _row(one: Rule, other: Rule) -> tuple[object, ...]:
    return (
        one.kind,
        one.level,
        _subject(one, other),
        _common(one.settlement, other.settlement),
        one.unit,
        one.rule_id,
        *_test(one),
        one.area_basis,
        other.rule_id,
        *_test(other),
        other.area_basis,
        one.draft or other.draft,
    )

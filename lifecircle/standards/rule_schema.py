"""What a rule book may say: keys, kinds, units; and all that is wrong with one.

A new metric kind is one line of ``KINDS`` here, and one function in
``lifecircle.checks.measures``.
"""

from __future__ import annotations

from datetime import date, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, NamedTuple

from lifecircle.standards.catalogue import read_catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["KINDS", "Kind", "book_problems", "nearest"]


class Kind(NamedTuple):
    """What a metric kind allows: operators, unit and levels."""

    ops: tuple[str, ...]
    unit: str
    levels: tuple[str, ...]
    needs_classes: bool = False


KINDS: Mapping[str, Kind] = {
    "area_per_100_households": Kind((">=",), "m2", ("community",), needs_classes=True),
    "households_per_unit": Kind(
        (">=", "<=", "in", "~"), "households", ("community", "grid")
    ),
    "walk_minutes_coverage": Kind(("<=",), "min", ("community",), needs_classes=True),
    "topology": Kind(("=",), "grids", ("community",)),
}
"""Metric kinds that ``checks`` can measure."""

_KEYS: Mapping[str, tuple[str, ...]] = {
    "": ("book", "rule"),
    "book": ("id", "title", "issuer", "date", "jurisdiction", "source"),
    "rule": (
        *("id", "title", "force", "kind", "test", "target_date", "note"),
        *("source", "scope", "facility"),
    ),
    "test": ("op", "value", "min", "max", "unit", "tolerance", "share"),
    "source": ("clause", "quote", "quote_exact", "authority"),
    "scope": ("level", "settlement", "population", "walker"),
    "facility": ("classes", "status", "area_basis"),
    "title": ("zh", "en"),
    "note": ("zh", "en"),
}
_FORCES = ("must", "should", "benchmark")
_AUTHORITIES = ("law", "standard", "plan", "press", "secondary", "memory")
_SETTLEMENTS = ("urban", "county_town", "rural")
_POPULATIONS = ("all", "elderly", "children_0_3")
_WALKERS = ("adult", "elderly")
_STATUSES = ("built", "under_construction", "planned")
_AREA_BASES = ("floor", "usable", "land", "unspecified")
_NUMBERS = ("value", "min", "max", "tolerance", "share")


def book_problems(document: Mapping[str, Any], *, stem: str) -> list[str]:
    """Everything wrong with a book, each line beginning with its place.

    Parameters
    ----------
    document : Mapping
        The parsed TOML.
    stem : str
        The file's name without its suffix; the book's id must be the same.

    Returns
    -------
    list of str
        Empty if the book can be used.

    Examples
    --------
    >>> book_problems({"book": {}, "rules": []}, stem="x")[0]
    "book: unknown key 'rules'. The nearest known is 'rule'."
    """
    book = _table(document, "book")
    found = [*_unknown(document, "", "book"), *_head_problems(book, stem)]
    rules = document.get("rule", [])
    if not isinstance(rules, list) or not rules:
        return [*found, "book: no [[rule]] is given; a book needs one or more."]
    seen: set[str] = set()
    for position, rule in enumerate(rules, start=1):
        if not isinstance(rule, dict):
            found.append(f"rule {position}: must be a [[rule]] table.")
            continue
        place = str(rule.get("id", f"rule {position}"))
        if place in seen:
            found.append(f"{place}: the id is given twice; ids must differ.")
        seen.add(place)
        found += _rule_problems(rule, place)
    return found


def _head_problems(book: Mapping[str, Any], stem: str) -> list[str]:
    found = [*_unknown(book, "book", "book"), *_pair(book, "title", "book")]
    for key in ("id", "issuer", "jurisdiction", "source"):
        found += _text(book, key, "book")
    if isinstance(book.get("id"), str) and book["id"] != stem:
        found.append(
            f"book: id is {book['id']!r} but the file is named {stem!r}; "
            "they must be the same."
        )
    return found + _day(book, "date", "book")


def _rule_problems(rule: Mapping[str, Any], place: str) -> list[str]:
    found = [
        *_unknown(rule, "rule", place),
        *_text(rule, "id", place),
        *_pair(rule, "title", place),
        *_choice(rule, "force", _FORCES, place),
        *_choice(rule, "kind", tuple(KINDS), place),
        *_day(rule, "target_date", place),
    ]
    if "note" in rule:
        found += _pair(rule, "note", place)
    for part in ("test", "source", "scope", "facility"):
        if part in rule and not isinstance(rule[part], dict):
            found.append(f"{place}: {part} must be a table.")
        else:
            found += _unknown(rule.get(part, {}), part, place)
    found += _source_problems(_table(rule, "source"), place)
    found += _scope_problems(_table(rule, "scope"), place)
    kind = KINDS.get(str(rule.get("kind")))
    if kind is None:
        return found
    return [
        *found,
        *_test_problems(_table(rule, "test"), kind, place),
        *_facility_problems(_table(rule, "facility"), kind, place),
        *_choice(_table(rule, "scope"), "level", kind.levels, place),
    ]


def _source_problems(source: Mapping[str, Any], place: str) -> list[str]:
    found = [
        *_text(source, "clause", place),
        *_text(source, "quote", place),
        *_choice(source, "authority", _AUTHORITIES, place),
    ]
    exact = source.get("quote_exact")
    if not isinstance(exact, bool):
        found.append(f"{place}: quote_exact is {exact!r}; it must be true or false.")
    elif exact and source.get("authority") == "memory":
        found.append(f"{place}: a quote from memory cannot be quote_exact = true.")
    return found


def _scope_problems(scope: Mapping[str, Any], place: str) -> list[str]:
    found = _choices(scope, "settlement", _SETTLEMENTS, place)
    for key, allowed in (("population", _POPULATIONS), ("walker", _WALKERS)):
        if key in scope:
            found += _choice(scope, key, allowed, place)
    return found


def _facility_problems(
    facility: Mapping[str, Any], kind: Kind, place: str
) -> list[str]:
    found = _choices(facility, "status", _STATUSES, place)
    if "area_basis" in facility:
        found += _choice(facility, "area_basis", _AREA_BASES, place)
    if kind.needs_classes and not facility.get("classes"):
        found.append(f"{place}: no facility classes are given; name one or more.")
    return found + _choices(facility, "classes", read_catalogue().codes, place)


def _test_problems(test: Mapping[str, Any], kind: Kind, place: str) -> list[str]:
    found = [
        *_choice(test, "op", kind.ops, place),
        *_choice(test, "unit", (kind.unit,), place),
    ]
    bad = [key for key in _NUMBERS if key in test and not _is_number(test[key])]
    found += [
        f"{place}: test.{key} is {test[key]!r}; it must be a number of 0 or more."
        for key in bad
    ]
    needed = ("min", "max") if test.get("op") == "in" else ("value",)
    found += [f"{place}: test.{key} is missing." for key in needed if key not in test]
    unused = {"min", "max", "value"} - set(needed)
    found += [
        f"{place}: test.{key} does not go with op {test.get('op')!r}."
        for key in sorted(unused & set(test))
    ]
    if not bad:
        found += _range_problems(test, place)
    return found


def _range_problems(test: Mapping[str, Any], place: str) -> list[str]:
    found = []
    if "min" in test and "max" in test and test["min"] > test["max"]:
        found.append(
            f"{place}: test.min {test['min']} is above test.max {test['max']}."
        )
    for key in ("tolerance", "share"):
        if test.get(key, 0) > 1:
            found.append(f"{place}: test.{key} is {test[key]}; it lies in 0 to 1.")
    if test.get("op") == "~" and "tolerance" not in test:
        found.append(f"{place}: op '~' needs test.tolerance (ours, labelled so).")
    return found


def _table(holder: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = holder.get(key)
    return value if isinstance(value, dict) else {}


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def _unknown(table: Mapping[str, Any], part: str, place: str) -> list[str]:
    known = _KEYS[part]
    return [
        f"{place}: unknown key {key!r}{f' in {part}' if part else ''}."
        f"{nearest(key, known)}"
        for key in table
        if key not in known
    ]


def nearest(name: str, known: Iterable[str]) -> str:
    """A sentence that names the known word nearest to ``name``.

    Parameters
    ----------
    name : str
        What was given.
    known : iterable of str
        What is allowed.

    Returns
    -------
    str
        Begins with a space; empty if nothing is known.

    Examples
    --------
    >>> nearest("clase", ["quote", "clause"])
    " The nearest known is 'clause'."
    """
    close = get_close_matches(name, list(known), n=1, cutoff=0.0)
    return f" The nearest known is {close[0]!r}." if close else ""


def _text(table: Mapping[str, Any], key: str, place: str) -> list[str]:
    value = table.get(key)
    if isinstance(value, str) and value.strip():
        return []
    if key not in table:
        return [f"{place}: {key} is missing; it must be text."]
    return [f"{place}: {key} is {value!r}; it must be text."]


def _pair(table: Mapping[str, Any], key: str, place: str) -> list[str]:
    pair = table.get(key)
    if not isinstance(pair, dict):
        return [f"{place}: {key} must give zh and en."]
    return [
        *_unknown(pair, key, place),
        *_text(pair, "zh", f"{place}, {key}"),
        *_text(pair, "en", f"{place}, {key}"),
    ]


def _day(table: Mapping[str, Any], key: str, place: str) -> list[str]:
    value = table.get(key)
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return []
    return [f"{place}: {key} is {value!r}; it must be a date such as 2020-12-31."]


def _choice(
    table: Mapping[str, Any], key: str, allowed: tuple[str, ...], place: str
) -> list[str]:
    value = table.get(key)
    if isinstance(value, str) and value in allowed:
        return []
    listed = f" Allowed: {', '.join(allowed)}." if len(allowed) <= 8 else ""
    if key not in table:
        return [f"{place}: {key} is missing.{listed}"]
    near = nearest(value, allowed) if isinstance(value, str) else ""
    return [f"{place}: {key} {value!r} is not known.{near}{listed}"]


def _choices(
    table: Mapping[str, Any], key: str, allowed: tuple[str, ...], place: str
) -> list[str]:
    values = table.get(key, [])
    if not isinstance(values, list):
        return [f"{place}: {key} is {values!r}; it must be a list."]
    return [
        problem
        for value in values
        for problem in _choice({key: value}, key, allowed, place)
    ]

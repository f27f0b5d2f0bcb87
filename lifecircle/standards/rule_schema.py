"""What a rule book may say: keys, kinds, units; and all that is wrong with one.

Metric kinds stand in ``lifecircle.standards.kinds``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecircle.rules import TIERS
from lifecircle.standards.catalogue import read_catalogue
from lifecircle.standards.facts import TABLE_QUANTITIES, facts
from lifecircle.standards.kinds import KINDS, LEVELS, Kind
from lifecircle.standards.toml_values import (
    choice,
    choices,
    day,
    is_number,
    nearest,
    number_hint,
    pair,
    table,
    text,
    texts,
    unknown,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["KINDS", "Kind", "book_problems", "nearest"]

_KEYS: Mapping[str, tuple[str, ...]] = {
    "": ("book", "rule", "reference"),
    "book": (
        *("id", "title", "issuer", "date", "jurisdiction", "status", "source"),
        "inherits",
    ),
    "rule": (
        *("id", "title", "force", "profile", "kind", "test", "target_date", "note"),
        *("source", "scope", "facility", "compute"),
    ),
    "test": ("op", "value", "min", "max", "unit", "tolerance", "share"),
    "source": ("clause", "quote", "quote_exact", "authority", "grade", "found_in"),
    "scope": (
        *("level", "settlement", "affiliation", "build", "circle", "population"),
        *("walker", "jurisdiction"),
    ),
    "facility": ("classes", "pool", "status", "area_basis"),
    "compute": (
        *("inputs", "denominator", "per", "rounding", "functions", "functions_min"),
        *("tiers", "of_rules"),
    ),
    "reference": (
        *("id", "kind", "quote", "value", "numbers", "unit", "scope", "note"),
    ),
}
_FORCES = ("must", "should", "may", "benchmark")
_AUTHORITIES = ("law", "standard", "plan", "press", "secondary", "memory")
_BOOK_STATUSES = ("in_force", "draft", "expired-target", "superseded")
_STATUSES = ("built", "under_construction", "planned")
_SCOPES: Mapping[str, tuple[str, ...]] = {
    "build": ("any", "new", "existing", "old_city"),
    "circle": TIERS,
    "population": ("all", "elderly", "children_0_3"),
    "walker": ("adult", "elderly"),
}
_AREA_BASES = ("floor", "usable", "land", "unspecified")
_ROUNDINGS = ("none", "ceil", "floor", "hundredth")
_NUMBERS = ("value", "min", "max", "tolerance", "share")
_OPEN_OPS = ("-", "enum")


def book_problems(document: Mapping[str, Any], *, stem: str) -> list[str]:
    """Everything wrong with a book, each line beginning with its place.

    Parameters
    ----------
    document : Mapping
        The parsed TOML; of a book that inherits, with the rules of its parent.
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
    book = table(document, "book")
    found = [*unknown(document, _KEYS[""], "book"), *_head_problems(book, stem)]
    rules = document.get("rule", [])
    if not isinstance(rules, list) or not rules:
        return [*found, "book: no [[rule]] is given; a book needs one or more."]
    found += _each(rules, "rule", _rule_problems)
    ids = {rule.get("id") for rule in rules if isinstance(rule, dict)}
    for rule in rules:
        if isinstance(rule, dict):
            found += _missing_rules(rule, ids)
    references = document.get("reference", [])
    if not isinstance(references, list):
        return [*found, "book: reference must be a list of [[reference]] tables."]
    return found + _each(references, "reference", _reference_problems)


def _each(entries: list[Any], part: str, problems: Any) -> list[str]:
    """Problems of every entry, the second of one id among them."""
    found: list[str] = []
    seen: set[str] = set()
    for position, entry in enumerate(entries, start=1):
        if not isinstance(entry, dict):
            found.append(f"{part} {position}: must be a [[{part}]] table.")
            continue
        place = str(entry.get("id", f"{part} {position}"))
        if place in seen:
            found.append(f"{place}: the id is given twice; ids must differ.")
        seen.add(place)
        found += problems(entry, place)
    return found


def _head_problems(book: Mapping[str, Any], stem: str) -> list[str]:
    found = [
        *unknown(book, _KEYS["book"], "book", part="book"),
        *pair(book, "title", "book"),
    ]
    for key in ("id", "issuer", "jurisdiction", "source"):
        found += text(book, key, "book")
    if isinstance(book.get("id"), str) and book["id"] != stem:
        found.append(
            f"book: id is {book['id']!r} but the file is named {stem!r}; "
            "they must be the same."
        )
    if "status" in book:
        found += choice(book, "status", _BOOK_STATUSES, "book")
    return found + day(book, "date", "book")


def _reference_problems(reference: Mapping[str, Any], place: str) -> list[str]:
    found = unknown(reference, _KEYS["reference"], place, part="reference")
    for key in ("id", "kind", "quote", "value", "unit", "scope"):
        found += text(reference, key, place)
    numbers = reference.get("numbers", [])
    if not isinstance(numbers, list):
        return [*found, f"{place}: numbers is {numbers!r}; it must be a list."]
    return found + [
        f"{place}: numbers holds {value!r}; it must be a number.{number_hint(value)}"
        for value in numbers
        if not isinstance(value, int | float)
    ]


def _rule_problems(rule: Mapping[str, Any], place: str) -> list[str]:
    found = [
        *unknown(rule, _KEYS["rule"], place, part="rule"),
        *text(rule, "id", place),
        *pair(rule, "title", place),
        *choice(rule, "force", _FORCES, place),
        *choice(rule, "kind", tuple(KINDS), place),
        *day(rule, "target_date", place),
    ]
    if "note" in rule:
        found += pair(rule, "note", place)
    if "profile" in rule:
        found += choice(rule, "profile", ("planning", "full"), place)
    for part in ("test", "source", "scope", "facility", "compute"):
        if part in rule and not isinstance(rule[part], dict):
            found.append(f"{place}: {part} must be a table.")
        else:
            found += unknown(rule.get(part, {}), _KEYS[part], place, part=part)
    found += _source_problems(table(rule, "source"), place)
    found += _scope_problems(table(rule, "scope"), place)
    found += _compute_problems(rule, place)
    kind = KINDS.get(str(rule.get("kind")))
    if kind is None:
        return found
    return [
        *found,
        *_test_problems(table(rule, "test"), kind, place),
        *_facility_problems(rule, kind, place),
        *choice(table(rule, "scope"), "level", kind.levels, place),
    ]


def _source_problems(source: Mapping[str, Any], place: str) -> list[str]:
    found = [
        *text(source, "clause", place),
        *text(source, "quote", place),
        *choice(source, "authority", _AUTHORITIES, place),
    ]
    if "grade" in source:
        found += choice(source, "grade", ("A", "B", "C", "D"), place)
    if "found_in" in source:
        found += text(source, "found_in", place)
    exact = source.get("quote_exact")
    if not isinstance(exact, bool):
        found.append(f"{place}: quote_exact is {exact!r}; it must be true or false.")
    elif exact and "memory" in (source.get("authority"), _memory(source)):
        found.append(f"{place}: a quote from memory cannot be quote_exact = true.")
    return found


def _memory(source: Mapping[str, Any]) -> str:
    return "memory" if source.get("grade") == "D" else ""


def _scope_problems(scope: Mapping[str, Any], place: str) -> list[str]:
    found = [
        *choices(scope, "settlement", ("urban", "county_town", "rural"), place),
        *choices(scope, "affiliation", ("city", "county"), place),
    ]
    for key, allowed in _SCOPES.items():
        if key in scope:
            found += choice(scope, key, allowed, place)
    if "jurisdiction" in scope:
        found += text(scope, "jurisdiction", place)
    if scope.get("level") == "circle" and "circle" not in scope:
        found.append(f"{place}: level is 'circle' but circle is missing, e.g. '15min'.")
    return found


def _facility_problems(rule: Mapping[str, Any], kind: Kind, place: str) -> list[str]:
    facility = table(rule, "facility")
    found = choices(facility, "status", _STATUSES, place)
    if "area_basis" in facility:
        found += choice(facility, "area_basis", _AREA_BASES, place)
    if not isinstance(facility.get("pool", True), bool):
        found.append(
            f"{place}: pool is {facility['pool']!r}; it must be true or false."
        )
    # A circle of the standard has a radius of its own, without any facility.
    needed = kind.needs_classes and table(rule, "scope").get("level") != "circle"
    if needed and not facility.get("classes"):
        found.append(f"{place}: no facility classes are given; name one or more.")
    return found + choices(facility, "classes", read_catalogue().codes, place)


def _compute_problems(rule: Mapping[str, Any], place: str) -> list[str]:
    compute = table(rule, "compute")
    divisors = (*facts(), *TABLE_QUANTITIES, *LEVELS)
    found = choices(compute, "inputs", tuple(facts()), place)
    if "denominator" in compute:
        found += choice(compute, "denominator", divisors, place)
    if "rounding" in compute:
        found += choice(compute, "rounding", _ROUNDINGS, place)
    for key in ("functions", "tiers", "of_rules"):
        found += texts(compute, key, place)
    for key in ("per", "functions_min"):
        value = compute.get(key, 1)
        if not is_number(value) or value == 0:
            found.append(
                f"{place}: {key} is {value!r}; it must be a number above 0."
                f"{number_hint(value)}"
            )
    if compute.get("inputs") and rule.get("profile") != "full":
        found.append(f"{place}: inputs come from registers; say profile = 'full'.")
    return found + _set_problems(table(rule, "test"), compute, place)


def _set_problems(
    test: Mapping[str, Any], compute: Mapping[str, Any], place: str
) -> list[str]:
    """A required set must name as many functions as its number says."""
    functions = compute.get("functions", [])
    if test.get("op") != "superset" or not isinstance(functions, list):
        return []
    if test.get("value") == len(functions):
        return []
    return [
        f"{place}: test.value is {test.get('value')!r} but {len(functions)} functions "
        "are named; op 'superset' needs as many."
    ]


def _missing_rules(rule: Mapping[str, Any], ids: set[Any]) -> list[str]:
    named = table(rule, "compute").get("of_rules", [])
    return [
        f"{rule.get('id')}: of_rules names {name!r}; the book has no such rule."
        for name in (named if isinstance(named, list) else [])
        if name not in ids
    ]


def _test_problems(test: Mapping[str, Any], kind: Kind, place: str) -> list[str]:
    found = [
        *choice(test, "op", kind.ops, place),
        *choice(test, "unit", kind.units, place),
    ]
    bad = [key for key in _NUMBERS if key in test and not is_number(test[key])]
    found += [
        f"{place}: test.{key} is {test[key]!r}; it must be a number of 0 or more."
        f"{number_hint(test[key])}"
        for key in bad
    ]
    needed = _needed(test, kind)
    found += [f"{place}: test.{key} is missing." for key in needed if key not in test]
    unused = {"min", "max", "value"} - {*needed, *(("value",) if not needed else ())}
    found += [
        f"{place}: test.{key} does not go with op {test.get('op')!r}."
        for key in sorted(unused & set(test))
    ]
    if not bad:
        found += _range_problems(test, place)
    return found


def _needed(test: Mapping[str, Any], kind: Kind) -> tuple[str, ...]:
    """Which numbers the operator needs; none where the source names none."""
    if test.get("op") in _OPEN_OPS or (kind.unstated and "value" not in test):
        return ()
    return ("min", "max") if test.get("op") == "in" else ("value",)


def _range_problems(test: Mapping[str, Any], place: str) -> list[str]:
    found = []
    if "min" in test and "max" in test and test["min"] > test["max"]:
        found.append(
            f"{place}: test.min {test['min']} is above test.max {test['max']}."
        )
    for key in ("tolerance", "share"):
        if test.get(key, 0) > 1:
            found.append(f"{place}: test.{key} is {test[key]}; it lies in 0 to 1.")
    for key in ("value", "min", "max"):
        if test.get("unit") == "percent" and test.get(key, 0) > 100:
            found.append(f"{place}: test.{key} is {test[key]} percent; at most 100.")
    if test.get("op") == "~" and "tolerance" not in test:
        found.append(f"{place}: op '~' needs test.tolerance (ours, labelled so).")
    return found

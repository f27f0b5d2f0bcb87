"""From the checked tables of a book's file to ``Rule`` and ``Reference``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecircle.model import Reference, Rule
from lifecircle.standards.toml_values import table

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["make_reference", "make_rule"]


def make_rule(rule: Mapping[str, Any], book_id: str) -> Rule:
    """One ``[[rule]]`` table as a ``Rule``.

    Parameters
    ----------
    rule : Mapping
        A table that ``book_problems`` finds nothing wrong with.
    book_id : str
        The book that holds it.

    Returns
    -------
    Rule
        What the table leaves out is as ``Rule`` has it.

    Examples
    --------
    >>> make_rule(
    ...     {
    ...         "id": "X-1",
    ...         "title": {"zh": "网格", "en": "Grids"},
    ...         "force": "must",
    ...         "kind": "households_per_unit",
    ...         "test": {"op": "in", "min": 300, "max": 500, "unit": "households"},
    ...         "source": {
    ...             "clause": "三",
    ...             "quote": "300至500户",
    ...             "quote_exact": False,
    ...             "authority": "memory",
    ...         },
    ...         "scope": {"level": "grid"},
    ...     },
    ...     "x",
    ... ).draft
    True
    """
    test, source, scope = rule["test"], rule["source"], rule["scope"]
    facility, compute = table(rule, "facility"), table(rule, "compute")
    note = table(rule, "note")
    low, high = _band(test)
    population = scope.get("population", "all")
    walker = "elderly" if population == "elderly" else "adult"
    return Rule(
        rule_id=rule["id"],
        book_id=book_id,
        title_zh=rule["title"]["zh"],
        title_en=rule["title"]["en"],
        force=rule["force"],
        kind=rule["kind"],
        op=test["op"],
        value_min=low,
        value_max=high,
        unit=test["unit"],
        tolerance=_float(test.get("tolerance")),
        share=_float(test.get("share")),
        clause=source["clause"],
        quote=source["quote"],
        quote_exact=source["quote_exact"],
        authority=source["authority"],
        level=scope["level"],
        settlement=_joined(scope, "settlement"),
        population=population,
        classes=tuple(facility.get("classes", ())),
        statuses=tuple(facility.get("status", ("built",))),
        area_basis=facility.get("area_basis", "unspecified"),
        walker=scope.get("walker", walker),
        target_date=rule.get("target_date"),
        note_zh=note.get("zh", ""),
        note_en=note.get("en", ""),
        profile=rule.get("profile", "planning"),
        grade=source.get("grade", ""),
        draft=source.get("grade") == "D" or source["authority"] == "memory",
        found_in=source.get("found_in", ""),
        jurisdiction=scope.get("jurisdiction", ""),
        affiliation=_joined(scope, "affiliation"),
        build=scope.get("build", "any"),
        circle=scope.get("circle", ""),
        pool=facility.get("pool", True),
        inputs=tuple(compute.get("inputs", ())),
        denominator=compute.get("denominator", ""),
        per=_float(compute.get("per")),
        rounding=compute.get("rounding", "none"),
        functions=tuple(compute.get("functions", ())),
        functions_min=compute.get("functions_min"),
        tiers=tuple(compute.get("tiers", ())),
        of_rules=tuple(compute.get("of_rules", ())),
    )


def make_reference(reference: Mapping[str, Any], book_id: str) -> Reference:
    """One ``[[reference]]`` table as a ``Reference``.

    Parameters
    ----------
    reference : Mapping
        A table that ``book_problems`` finds nothing wrong with.
    book_id : str
        The book that holds it.

    Returns
    -------
    Reference
        Its figures as floats.

    Examples
    --------
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> read_rule_book("panzhihua").references[0].numbers
    (16.0, 44.0, 132.0, 349.0, 170.0)
    """
    return Reference(
        reference_id=reference["id"],
        book_id=book_id,
        kind=reference["kind"],
        quote=reference["quote"],
        value=reference["value"],
        numbers=tuple(float(value) for value in reference.get("numbers", ())),
        unit=reference["unit"],
        scope=reference["scope"],
        note=reference.get("note", ""),
    )


def _joined(scope: Mapping[str, Any], key: str) -> str:
    return "+".join(scope.get(key, [])) or "any"


def _float(value: float | None) -> float | None:
    return None if value is None else float(value)


def _band(test: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """Lowest and highest value that passes, as ``Rule`` holds them."""
    if test["op"] == "in":
        return float(test["min"]), float(test["max"])
    if "value" not in test:
        return None, None
    value = float(test["value"])
    if test["op"] in (">=", "count>="):
        return value, None
    if test["op"] == "<=":
        return None, value
    return value, value

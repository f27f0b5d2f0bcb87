"""The arithmetic behind one verdict, as sentences with their figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from lifecircle.checks.measures.area import PER
from lifecircle.errors import ResultError

if TYPE_CHECKING:
    from lifecircle.model import Findings, Rule

__all__ = ["Line", "explain"]

_FORMULAS = {
    **dict.fromkeys(PER, "area"),
    **dict.fromkeys(("total_area", "min_area", "min_width"), "value"),
    "mean_area": "ratio",
    **dict.fromkeys(
        ("walk_minutes_coverage", "walk_distance_coverage", "service_radius"), "reach"
    ),
    **dict.fromkeys(("coverage_share_units", "coverage_share_people"), "ratio"),
    **dict.fromkeys(("share", "households_per_staff"), "ratio"),
    "per_10k_persons": "per_10k",
    "persons_per_window": "windows",
    "staff_formula": "formula",
    "spacing_max": "spacing",
    "phase_portfolio": "portfolio",
}
"""Kind -> the sentence of its formula; any other measures a figure directly."""


_LENGTHS = ("m", "km2", "ha")
"""Units of figures that rest on the map alone: who lives there is no part of them."""


class Line(NamedTuple):
    """One line of an explanation: a sentence key and its values.

    Attributes
    ----------
    key : str
        Of ``sentences/checks.toml``.
    values : dict
        Figures, and names of sentences under ``*_key`` (one, or a tuple of several).
    """

    key: str
    values: dict[str, Any]


def explain(findings: Findings, rule_id: str, unit_id: str) -> list[Line]:
    """Say how one verdict came about: quote, figures, arithmetic, comparison.

    Parameters
    ----------
    findings : Findings
        From ``check``, or read back.
    rule_id, unit_id : str
        As in ``findings.rows``.

    Returns
    -------
    list of Line
        In reading order; several findings (classes tested apart) follow each other.

    Raises
    ------
    ResultError
        If there is no such finding.

    Examples
    --------
    >>> from lifecircle.checks.evaluate import check
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> findings = check(toy.district, toy.access, read_rule_book("hefei"))
    >>> lines = explain(findings, "HF-R01", "C1")
    >>> [line.key for line in lines][:4]
    ['checks.explain_title', 'checks.explain_quote', 'checks.explain_unit', \
'checks.how_area']
    """
    rows = findings.rows
    found = rows[(rows["rule_id"] == rule_id) & (rows["unit_id"] == unit_id)]
    if found.empty:
        raise _not_found(findings, rule_id, unit_id)
    lines: list[Line] = []
    for row in found.to_dict("records"):
        rule, title = _rule(findings, str(row["book_id"]), rule_id)
        lines += _head(rule, title)
        lines += _body({str(key): value for key, value in row.items()}, rule)
    return lines


def _not_found(findings: Findings, rule_id: str, unit_id: str) -> ResultError:
    rows = findings.rows
    units = rows.loc[rows["rule_id"] == rule_id, "unit_id"]
    if units.empty:
        known = sorted(set(rows["rule_id"]))
        what = f"no rule {rule_id} was judged; rules are {', '.join(known[:12])} …"
    else:
        shown = ", ".join(units.astype(str).tolist()[:12])
        what = f"{rule_id} has no finding for unit {unit_id}; it judged {shown}."
    return ResultError(
        where=f"{rule_id} {unit_id}",
        what=what,
        fix="Give a rule and a unit as they stand in the table of findings.",
    )


def _rule(findings: Findings, book_id: str, rule_id: str) -> tuple[Rule, str]:
    for book in findings.books:
        for rule in book.rules:
            if book.book_id == book_id and rule.rule_id == rule_id:
                return rule, book.title_zh
    raise ResultError(
        where=rule_id,
        what=f"the rule book {book_id} is not among the results.",
        fix="Run lifecircle again on the district file.",
    )


def _head(rule: Rule, book: str) -> list[Line]:
    title = {
        "rule": rule.rule_id,
        "title_zh": rule.title_zh,
        "title_en": rule.title_en,
        "book": book,
    }
    lines = [
        Line("checks.explain_title", title),
        Line("checks.explain_quote", {"quote": rule.quote, "clause": rule.clause}),
    ]
    if rule.draft:
        lines.append(Line("checks.draft", {}))
    return lines


def _body(row: dict[str, Any], rule: Rule) -> list[Line]:
    unit = f"checks.unit_{row['unit_of_measure']}"
    name = row["unit_name"] if isinstance(row["unit_name"], str) else ""
    lines = [Line("checks.explain_unit", {"unit": row["unit_id"], "name": name})]
    if not np.isnan(row["measured"]):
        lines.append(_arithmetic(row, rule, unit))
    if isinstance(row["basis"], str) and row["unit_of_measure"] not in _LENGTHS:
        names = tuple(f"checks.basis_{name}" for name in row["basis"].split("+"))
        lines.append(Line("checks.explain_basis", {"basis_key": names}))
    lines.append(_comparison(row, unit))
    if isinstance(row["reason"], str):
        lines.append(Line("checks.explain_reason", {"why_key": row["reason"]}))
    if isinstance(row["missing_inputs"], str):
        lines.append(Line("checks.explain_missing", {"inputs": row["missing_inputs"]}))
    lines.append(
        Line("checks.explain_verdict", {"verdict_key": f"verdicts.{row['verdict']}"})
    )
    if isinstance(row["verdict_tolerant"], str) and rule.tolerance is not None:
        lines.append(_tolerant(row, rule.tolerance, unit))
    if row["verdict"] in ("fail", "reference") and row["shortfall"] > 0:
        values = {"amount": figure(row["shortfall"]), "unit_key": unit}
        lines.append(Line("checks.explain_shortfall", values))
    if row["target_due"] == "not_due":
        lines.append(Line("checks.explain_not_due", {"date": row["target_date"]}))
    if row["robust"] == "holds":
        lines.append(Line("checks.robust_holds", {}))
    elif row["robust"] == "depends":
        lines += [
            Line("checks.explain_depends", {"input_key": f"checks.depends_{name}"})
            for name in str(row["depends_on"]).split("+")
        ]
    return lines


def _arithmetic(row: dict[str, Any], rule: Rule, unit: str) -> Line:
    kind = str(row["kind"])
    formula = _FORMULAS.get(kind, "value")
    if np.isnan(row["denominator"]) and formula not in ("value",):
        formula = "value"
    limit = rule.value_max if rule.value_max is not None else rule.value_min
    values = {
        "measured": figure(row["measured"]),
        "numerator": figure(row["numerator"]),
        "denominator": figure(row["denominator"]),
        "threshold": figure(row["threshold_min"]),
        "unit_key": unit,
        "factor": figure(PER[kind][0]) if kind in PER else "1",
        "limit": "" if limit is None else figure(limit),
        "limit_unit_key": f"checks.unit_{rule.unit}",
    }
    return Line(f"checks.how_{formula}", values)


def _tolerant(row: dict[str, Any], tolerance: float, unit: str) -> Line:
    """The second verdict, within the tolerance that is ours."""
    low, high = (
        row["threshold_min"] * (1 - tolerance),
        row["threshold_max"] * (1 + tolerance),
    )
    values = {
        "percent": figure(100 * tolerance),
        "low": figure(low),
        "high": figure(high),
        "unit_key": unit,
        "verdict_key": f"verdicts.{row['verdict_tolerant']}",
    }
    return Line("checks.explain_tolerant", values)


def _comparison(row: dict[str, Any], unit: str) -> Line:
    low, high = row["threshold_min"], row["threshold_max"]
    if np.isnan(low) and np.isnan(high):
        return Line("checks.explain_no_threshold", {})
    if np.isnan(high):
        asked = f"≥ {figure(low)}"
    elif np.isnan(low):
        asked = f"≤ {figure(high)}"
    elif low == high:
        asked = f"{'≈' if row['op'] == '~' else '='} {figure(low)}"
    else:
        asked = f"{figure(low)}–{figure(high)}"
    origin = row["threshold_origin"]
    origin = origin if isinstance(origin, str) else "source"
    values = {"asked": asked, "unit_key": unit, "origin_key": f"checks.origin_{origin}"}
    return Line("checks.explain_asked", values)


def figure(value: float) -> str:
    """A figure as a person writes it: thousands apart, three decimals at most.

    Parameters
    ----------
    value : float
        NaN gives a dash.

    Returns
    -------
    str

    Examples
    --------
    >>> figure(2900.0), figure(28.0), figure(0.8751), figure(float("nan"))
    ('2,900', '28', '0.875', '–')
    """
    if pd.isna(value):
        return "–"
    return f"{value:,.3f}".rstrip("0").rstrip(".")

"""The sheet of all findings: what is judged first, how it came about after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from lifecircle.publish.cells import (
    WHOLE,
    Figure,
    figures,
    label,
    texts_of,
    titled_sheet,
)
from lifecircle.publish.figures import signed_shortfall
from lifecircle.publish.headline import rules_by_id
from lifecircle.publish.wording import named_units
from lifecircle.text import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from pandas import DataFrame

    from lifecircle.model import Assessment
    from lifecircle.publish.cells import Sheet, Speech

__all__ = ["findings_sheet"]

_BELOW_STANDARD = ("shortfall", "measured", "threshold_min", "threshold_max")
_DETAILS = (
    "level",
    "unit_id",
    "subdistrict_id",
    "facility_class",
    "op",
    "threshold_min",
    "threshold_max",
    "threshold_origin",
    "verdict_tolerant",
    "numerator",
    "denominator",
    "estimated_share",
    "basis",
    "inputs_used",
    "missing_inputs",
    "grade",
)


def findings_sheet(study: Assessment, told: Speech) -> Sheet:
    """Findings with verdict, unit and rule first, details to the right.

    Parameters
    ----------
    study : Assessment
        A finished study, disclosed.
    told : Speech
        Language and words.

    Returns
    -------
    Sheet
        One row per rule and unit, as in ``findings.rows``.
    """
    rows = _named(study, told)
    first = _first(rows, told)
    details = {
        label(name, told): _detail(rows, name, told)
        for name in _DETAILS
        if name in rows.columns
    }
    columns = {**first, **details}
    return titled_sheet(
        "findings",
        columns,
        told,
        failing=(rows["verdict"] == "fail").tolist(),
        marked=(0, list(columns).index(label("measured", told))),
        printed=len(first),
    )


def _named(study: Assessment, told: Speech) -> DataFrame:
    rows = study.findings.rows.copy()
    communities = study.district.communities
    rows["unit_name"] = named_units(rows, study.district)
    streets = dict(
        zip(communities["subdistrict_id"], communities["subdistrict_name"], strict=True)
    )
    rows["subdistrict_name"] = rows["subdistrict_id"].map(streets)
    zh = told.lang == "zh"
    rows["title"] = rows["rule_id"].map(
        {
            key: rule.title_zh if zh else rule.title_en
            for key, rule in rules_by_id(study.findings).items()
        }
    )
    rows["shortfall"] = signed_shortfall(rows)
    # What is not assessed shows no figure, never 0.
    rows["measured"] = rows["measured"].mask(rows["verdict"] == "not_assessed")
    return rows


def _first(rows: DataFrame, told: Speech) -> dict[str, list[Any]]:
    """The columns that are printed."""

    def head(key: str) -> str:
        return say(f"publish.col.{key}", told.lang)

    def texts(name: str) -> list[Any]:
        return texts_of(rows, name, told)

    guessed = (rows["estimated_share"] > 0).tolist()
    measured = _measures(rows, "measured")
    share = figures(rows["shortfall_share"], "percent")
    affected = figures(rows["affected"], "0", guessed)
    return {
        label("verdict", told): texts("verdict"),
        label("unit_name", told): texts("unit_name"),
        label("subdistrict_name", told): texts("subdistrict_name"),
        head("rule"): texts("title"),
        label("rule_id", told): texts("rule_id"),
        label("measured", told): measured,
        head("standard"): [_standard(row) for row in _plain_rows(rows)],
        label("unit_of_measure", told): texts("unit_of_measure"),
        label("shortfall", told): _measures(rows, "shortfall"),
        label("shortfall_share", told): share,
        label("affected", told): affected,
        label("affected_unit", told): texts("affected_unit"),
        head("depends"): texts("depends_on"),
        head("draft"): [
            say("publish.unverified", told.lang) if value is True else None
            for value in rows["draft"].tolist()
        ],
        head("target"): _targets(rows, told),
        head("grounds"): _grounds(rows, told.codes),
    }


def _plain_rows(rows: DataFrame) -> list[Any]:
    return list(rows.itertuples(index=False))


def _measures(rows: DataFrame, name: str) -> list[Figure | None]:
    """Figures in the unit of their row: shares in percent, people whole."""
    signed = "sign" if name == "shortfall" else ""
    guessed = (rows["estimated_share"] > 0) & (name in ("measured", "numerator"))
    cells: list[Figure | None] = []
    for value, unit, guess in zip(
        rows[name], rows["unit_of_measure"], guessed, strict=True
    ):
        if pd.isna(value):
            cells.append(None)
            continue
        cells.append(
            Figure(float(value), ("about" * bool(guess)) + signed + _form(value, unit))
        )
    return cells


def _form(value: float, unit: str) -> str:
    if unit == "share":
        return "percent"
    return "0" if unit in WHOLE or float(value).is_integer() else "2"


def _standard(row: Any) -> str | None:
    """The bar that is to be reached, as the map writes it: ≥ 30, 300–500."""
    low, high = row.threshold_min, row.threshold_max
    scale, sign = (100.0, "%") if row.unit_of_measure == "share" else (1.0, "")

    def said(value: float) -> str:
        return f"{value * scale:,.10g}{sign}"

    if pd.isna(low) and pd.isna(high):
        return None
    if pd.isna(high):
        return f"≥ {said(low)}"
    if pd.isna(low):
        return f"≤ {said(high)}"
    if low != high:
        return f"{said(low)}–{said(high)}"
    return f"{'≈' if row.op == '~' else '='} {said(low)}"


def _targets(rows: DataFrame, told: Speech) -> list[str | None]:
    said: Callable[[str], str] = told.codes["target_due"]
    bracketed = told.text["in_brackets"]
    return [
        None
        if not isinstance(date, str)
        else date + (bracketed.format(text=said(due)) if isinstance(due, str) else "")
        for date, due in zip(rows["target_date"], rows["target_due"], strict=True)
    ]


def _grounds(rows: DataFrame, codes: dict[str, Any]) -> list[str]:
    """Why not assessed; else what kind of text asks for it."""
    return [
        codes["reason"](why)
        if verdict == "not_assessed" and isinstance(why, str)
        else codes["authority"](authority)
        for verdict, why, authority in zip(
            rows["verdict"], rows["reason"], rows["authority"].astype(str), strict=True
        )
    ]


def _detail(rows: DataFrame, name: str, told: Speech) -> list[Any]:
    if name in _BELOW_STANDARD:
        return list(_measures(rows, name))
    if name in ("numerator", "denominator"):
        return list(figures(rows[name], "0", (rows["estimated_share"] > 0).tolist()))
    if name == "estimated_share":
        return list(figures(rows[name], "percent"))
    return texts_of(rows, name, told)

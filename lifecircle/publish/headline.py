"""The one sentence that a rule's findings amount to: counted, never computed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lifecircle.publish.class_labels import class_label
from lifecircle.publish.figures import in_percent, reason
from lifecircle.publish.wording import naming, words
from lifecircle.text import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pandas import DataFrame

    from lifecircle.model import Assessment, Findings, Rule
    from lifecircle.text import Language

__all__ = ["Headline", "headline", "judged", "opening_rule", "own_rows", "rules_by_id"]

ASSESSED = ("pass", "fail", "benchmark", "reference")
TOLD = ("pass", "fail", "benchmark")
"""Verdicts whose rows are added up: a reference is no result."""


@dataclass(frozen=True, slots=True)
class Headline:
    """Headline and the lines under it."""

    lead: str
    lines: tuple[str, ...]


def rules_by_id(findings: Findings) -> dict[str, Rule]:
    """Rules of all books by id."""
    return {rule.rule_id: rule for book in findings.books for rule in book.rules}


def own_rows(findings: Findings, rule_id: str) -> DataFrame:
    """Rows of a rule at its own level; offenders of a lower level are left out.

    Parameters
    ----------
    findings : Findings
        All findings.
    rule_id : str
        The rule.

    Returns
    -------
    DataFrame
        Rows of ``findings.rows``; all of the rule's if none is of its own level.

    Examples
    --------
    >>> own_rows(study.findings, "DC-R04")  # doctest: +SKIP
    """
    rows = findings.rows[findings.rows["rule_id"] == rule_id]
    rule = rules_by_id(findings).get(rule_id)
    mine = rows[rows["level"] == rule.level] if rule else rows
    return rows if mine.empty else mine


def opening_rule(findings: Findings) -> str | None:
    """The rule that map and cover open on: the walking rule with most failing units.

    Parameters
    ----------
    findings : Findings
        All findings.

    Returns
    -------
    str or None
        A rule id; any other rule with most failing units if there is no walking
        rule; None if there are no findings.

    Examples
    --------
    >>> opening_rule(study.findings)  # doctest: +SKIP
    'HF-R10'
    """
    rules = rules_by_id(findings)

    def weight(rule_id: str) -> tuple[bool, int, int, str]:
        rule = rules.get(rule_id)
        walks = rule is not None and rule.kind.startswith("walk")
        verdicts = own_rows(findings, rule_id)["verdict"]
        failing = int((verdicts == "fail").sum())
        assessed = int((verdicts != "not_assessed").sum())
        return not (walks and assessed), -failing, -assessed, rule_id

    return min(findings.rows["rule_id"].unique(), key=weight, default=None)


def judged(rows: DataFrame) -> bool:
    """Whether there is any verdict at all: something that meets or falls short.

    Parameters
    ----------
    rows : DataFrame
        ``lifecircle.columns.FINDINGS``.

    Returns
    -------
    bool
        False where all is reference, benchmark or not assessed.
    """
    return bool(rows["verdict"].isin(["pass", "fail"]).any())


def headline(study: Assessment, rule_id: str, lang: Language) -> Headline:
    """What the findings of a rule say, in the words of the map's panel.

    Parameters
    ----------
    study : Assessment
        A finished study.
    rule_id : str
        The rule.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    Headline
        For example 4 个社区不达标, and how many people are left out.

    Examples
    --------
    >>> headline(study, "HF-R10", "zh").lead  # doctest: +SKIP
    '4 个社区不达标'
    """
    rows = own_rows(study.findings, rule_id)
    rule = rules_by_id(study.findings)[rule_id]
    text = words(naming(study.district.communities), lang)
    counts = Counter(rows["verdict"].astype(str))
    level = text.get(f"level.{rule.level}", rule.level)
    none = not judged(study.findings.rows)
    only = len(rows) == 1 and rule.level in ("city", "district")
    lead = text["head_none"] if none else _lead(counts, level, text)
    lines = [_extent(counts, rows, level, lang, text)]
    if only and not none and counts.get("fail"):
        lead = text["head_fail_one"].format(name=rows["unit_name"].iloc[0])
    if only and (counts.get("pass") or counts.get("fail")):
        lines = [_measured(rows, text)]
    if rule.kind.startswith("walk") and any(counts.get(one) for one in TOLD):
        lines.append(_left_out(rows, rule, lang))
    return Headline(lead, tuple(lines))


def _lead(counts: Mapping[str, int], level: str, text: Mapping[str, str]) -> str:
    failing = counts.get("fail", 0)
    if failing:
        number = text["head_fail_n"].format(n=f"{failing:,}", level=level)
        return text["head_fail"].format(n=number)
    passing = "head_pass_part" if counts.get("not_assessed") else "head_pass"
    for verdict, key in (
        ("pass", passing),
        ("benchmark", "head_benchmark"),
        ("reference", "head_reference"),
    ):
        if counts.get(verdict):
            return text[key]
    return text["head_unknown"]


def _extent(
    counts: Mapping[str, int],
    rows: DataFrame,
    level: str,
    lang: Language,
    text: Mapping[str, str],
) -> str:
    """How many units the rule speaks of, and in what sense."""
    shown = sum(counts.get(verdict, 0) for verdict in ASSESSED)
    values = {"n": f"{shown:,}", "level": level}
    if counts.get("pass") or counts.get("fail"):
        return text["sub_assessed"].format(**values)
    if counts.get("benchmark"):
        return text["sub_benchmark"].format(**values)
    if shown:
        return text["sub_reference"].format(**values)
    reasons = Counter(rows["reason"].dropna().astype(str)).most_common(1)
    why = reason(reasons[0][0], lang) if reasons else text["not_assessed"]
    return text["sub_unknown"].format(n=f"{len(rows):,}", level=level, why=why)


def _measured(rows: DataFrame, text: Mapping[str, str]) -> str:
    """The one figure of a rule on the district as a whole."""
    row: Any = next(in_percent(rows).itertuples(index=False))
    unit = str(row.unit_of_measure)
    sign = "≈" if row.estimated_share > 0 else ""
    number = f"{row.measured:,.1f}".removesuffix(".0")
    value = f"{number}%" if unit == "%" else f"{number} {text[f'unit_{unit}']}"
    return text["sub_measured"].format(value=f"{sign}{value}")


def _left_out(rows: DataFrame, rule: Rule, lang: Language) -> str:
    """People who cannot walk there: the sum of the rows' own figures."""
    assessed = rows[rows["verdict"].isin(TOLD) & rows["affected"].notna()]
    sign = "≈" if (assessed["estimated_share"] > 0).any() else ""
    units = rows["affected_unit"].dropna()
    unit = str(units.iloc[0]) if len(units) else "persons"
    number = f"{sign}{assessed['affected'].sum():,.0f}"
    names = [class_label(code) for code in rule.classes]
    comma = say("publish.list_comma", lang)
    return say(
        "publish.sub_unserved",
        lang,
        {
            "people": say(f"publish.people.{unit}", lang, {"n": number}),
            "limit": f"{rule.value_max:g}" if rule.value_max else "",
            "name": comma.join(one.zh if lang == "zh" else one.en for one in names),
        },
    )

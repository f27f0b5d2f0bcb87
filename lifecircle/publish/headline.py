"""The one sentence that a rule's findings amount to: counted, never computed."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lifecircle.publish.class_labels import class_label
from lifecircle.text import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pandas import DataFrame

    from lifecircle.model import Assessment, Findings, Rule
    from lifecircle.text import Language

__all__ = ["Headline", "headline", "opening_rule", "own_rows", "rules_by_id"]

ASSESSED = ("pass", "fail", "benchmark", "reference")


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
    counts = Counter(rows["verdict"].astype(str))
    level = say(f"publish.level.{rule.level}", lang)
    assessed = sum(counts.get(verdict, 0) for verdict in ASSESSED)
    lines = [say("publish.sub_assessed", lang, {"n": f"{assessed:,}", "level": level})]
    if rule.kind.startswith("walk"):
        lines.append(_left_out(rows, rule, lang))
    return Headline(_lead(counts, level, lang), tuple(lines))


def _lead(counts: Mapping[str, int], level: str, lang: Language) -> str:
    failing = counts.get("fail", 0)
    if failing:
        number = say("publish.head_fail_n", lang, {"n": f"{failing:,}", "level": level})
        return say("publish.head_fail", lang, {"n": number})
    passing = "head_pass_part" if counts.get("not_assessed") else "head_pass"
    for verdict, key in (
        ("pass", passing),
        ("benchmark", "head_benchmark"),
        ("reference", "head_reference"),
    ):
        if counts.get(verdict):
            return say(f"publish.{key}", lang)
    return say("publish.head_unknown", lang)


def _left_out(rows: DataFrame, rule: Rule, lang: Language) -> str:
    """People who cannot walk there: the sum of the rows' own figures."""
    assessed = rows[(rows["verdict"] != "not_assessed") & rows["affected"].notna()]
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

"""The workbook's cover: one A4 page that says what the map's panel says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from lifecircle.publish.figures import in_percent, reason, signed_shortfall
from lifecircle.publish.headline import (
    headline,
    opening_rule,
    own_rows,
    rules_by_id,
)
from lifecircle.publish.wording import named_units
from lifecircle.text import say

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from lifecircle.model import Assessment
    from lifecircle.text import Language

__all__ = ["cover_styles", "write_cover"]

VERDICTS = ("fail", "pass", "not_assessed", "benchmark", "reference")
_RANK = {"fail": 0, "benchmark": 1, "reference": 1, "pass": 2, "not_assessed": 3}
UNKNOWN = {"not_assessed"}
LAST = 6
"""Columns A to G."""


def write_cover(
    study: Assessment, book: Workbook, lang: Language, *, font: str
) -> None:
    """Title, stamp, headline, verdicts by rule, communities worst first, provenance.

    Parameters
    ----------
    study : Assessment
        A finished study, disclosed.
    book : xlsxwriter.Workbook
        The cover becomes its next sheet.
    lang : {"zh", "en"}
        Language.
    font : str
        Font of all cells.
    """
    page = book.add_worksheet(say("publish.sheet.cover", lang))
    page.hide_gridlines(2)
    page.set_portrait()
    page.set_paper(9)
    page.set_margins(0.6, 0.6, 0.7, 0.7)
    page.fit_to_pages(1, 1)
    page.center_horizontally()
    page.set_column(0, 0, 40)
    page.set_column(1, LAST, 12)
    styles = cover_styles(book, font)
    row = _title(page, study, styles, lang)
    opening = opening_rule(study.findings)
    if opening is not None:
        row = _headline(page, study, opening, styles, row, lang)
        row = _counts(page, study, styles, row, lang)
        row = _worst(page, study, opening, styles, row, lang)
    _provenance(page, study, styles, row, lang)


def cover_styles(book: Workbook, font: str) -> dict[str, Format]:
    """Formats of a cover by what they hold."""
    base = {"font_name": font, "font_size": 10, "valign": "vcenter"}
    looks: dict[str, dict[str, Any]] = {
        "title": {"font_size": 18, "bold": True},
        "stamp": {"bold": True, "font_color": "#B3261E", "border": 2, "align": "center"}
        | {"border_color": "#B3261E"},
        "lead": {"font_size": 16, "bold": True},
        "line": {},
        "quiet": {"font_color": "#5B636B", "font_size": 9},
        "section": {"bold": True, "font_size": 11, "bottom": 1},
        "head": {"font_color": "#5B636B", "bottom": 1, "text_wrap": True},
        "right": {"font_color": "#5B636B", "bottom": 1, "align": "right"},
        "text": {},
        "fail": {"bg_color": "#F9E7DB", "font_color": "#9A360A"},
    }
    figure = {"align": "right"}
    tint = looks["fail"]
    for about, mark in (("", ""), ("about", '"≈"')):
        looks[f"{about}number"] = {**figure, "num_format": f"{mark}#,##0"}
        looks[f"{about}decimal"] = {**figure, "num_format": f"{mark}#,##0.0"}
        looks[f"fail{about}decimal"] = {**tint, **looks[f"{about}decimal"]}
    looks["signed"] = {**figure, "num_format": "+#,##0.0;−#,##0.0;0"}
    return {name: book.add_format({**base, **look}) for name, look in looks.items()}


def _title(
    page: Worksheet, study: Assessment, styles: dict[str, Format], lang: Language
) -> int:
    config = study.district.config
    name = config.name if lang == "zh" else config.name_en or config.name
    title = say("publish.page_title", lang, {"name": name})
    page.set_row(0, 32)
    page.write_string(0, 0, title, styles["title"])
    stamp = say(f"publish.stamp.{config.disclosure}", lang)
    if stamp:
        page.write_string(0, LAST, stamp, styles["stamp"])
    page.write_string(
        1, 0, say("publish.as_of", lang, {"date": str(config.as_of)}), styles["quiet"]
    )
    return 3


def _rule_name(study: Assessment, rule_id: str, lang: Language) -> str:
    rule = rules_by_id(study.findings)[rule_id]
    name = f"{rule_id} {rule.title_zh if lang == 'zh' else rule.title_en}"
    if not rule.draft:
        return name
    mark = say("publish.unverified", lang)
    return name + say("publish.in_brackets", lang, {"text": mark})


def _headline(
    page: Worksheet,
    study: Assessment,
    rule_id: str,
    styles: dict[str, Format],
    row: int,
    lang: Language,
) -> int:
    said = headline(study, rule_id, lang)
    page.write_string(row, 0, _rule_name(study, rule_id, lang), styles["quiet"])
    page.set_row(row + 1, 26)
    page.write_string(row + 1, 0, said.lead, styles["lead"])
    page.write_string(row + 2, 0, "".join(said.lines), styles["line"])
    return row + 4


def _counts(
    page: Worksheet,
    study: Assessment,
    styles: dict[str, Format],
    row: int,
    lang: Language,
) -> int:
    page.merge_range(
        row, 0, row, LAST, say("publish.cover_counts", lang), styles["section"]
    )
    heads = [say("publish.rule", lang), *(say(f"verdicts.{v}", lang) for v in VERDICTS)]
    for place, head in enumerate(heads):
        page.write_string(row + 1, place, head, styles["right" if place else "head"])
    row += 2
    counted = {
        rule_id: own_rows(study.findings, rule_id)["verdict"].value_counts()
        for rule_id in study.findings.rows["rule_id"].unique()
    }
    told = [key for key, counts in counted.items() if set(counts.index) - UNKNOWN]
    for rule_id in sorted(told, key=lambda key: (-counted[key].get("fail", 0), key)):
        page.write_string(row, 0, _rule_name(study, rule_id, lang), styles["text"])
        for place, verdict in enumerate(VERDICTS, start=1):
            number = int(counted[rule_id].get(verdict, 0))
            page.write_number(row, place, number, styles["number"])
        row += 1
    if len(told) < len(counted):
        rest = {"n": f"{len(counted) - len(told):,}"}
        page.write_string(
            row, 0, say("publish.more_unassessed", lang, rest), styles["quiet"]
        )
        row += 1
    return row + 1


def _worst(
    page: Worksheet,
    study: Assessment,
    rule_id: str,
    styles: dict[str, Format],
    row: int,
    lang: Language,
) -> int:
    rows = in_percent(own_rows(study.findings, rule_id))
    rows["unit_name"] = named_units(rows, study.district)
    rows["shortfall"] = signed_shortfall(rows)
    rows = rows.assign(rank=rows["verdict"].map(_RANK)).sort_values(
        ["rank", "shortfall_share", "measured", "unit_id"],
        ascending=[True, False, True, True],
    )
    unit = rows["unit_of_measure"].iloc[0]
    words = "%" if unit == "%" else say(f"checks.unit_{unit}", lang)
    title = say(
        "publish.cover_units",
        lang,
        {"rule": _rule_name(study, rule_id, lang), "unit": words},
    )
    page.merge_range(row, 0, row, LAST, title, styles["section"])
    keys = (
        "name",
        "verdict",
        "measured",
        "standard",
        "shortfall",
        "affected",
        "authority",
    )
    for place, key in enumerate(keys):
        style = styles["right" if 2 <= place <= 5 else "head"]
        page.write_string(row + 1, place, say(f"publish.col.{key}", lang), style)
    row += 2
    for finding in rows.itertuples(index=False):
        _unit(page, finding, styles, row, lang)
        row += 1
    return row + 1


def _unit(
    page: Worksheet, finding: Any, styles: dict[str, Format], row: int, lang: Language
) -> None:
    failing = finding.verdict == "fail"
    page.write_string(row, 0, str(finding.unit_name or finding.unit_id), styles["text"])
    word = say(f"verdicts.{finding.verdict}", lang)
    page.write_string(row, 1, word, styles["fail" if failing else "text"])
    if finding.verdict == "not_assessed":
        why = reason(str(finding.reason), lang)
        page.merge_range(row, 2, row, LAST, why, styles["quiet"])
        return
    low, high = finding.threshold_min, finding.threshold_max
    about = "about" if finding.estimated_share > 0 else ""
    cells = (
        (finding.measured, ("fail" if failing else "") + about + "decimal"),
        (high if pd.isna(low) else low, "decimal"),
        (finding.shortfall if failing else float("nan"), "signed"),
        (finding.affected, about + "number"),
    )
    for place, (value, style) in enumerate(cells, start=2):
        if not pd.isna(value):
            page.write_number(row, place, value, styles[style])
    grounds = say(f"publish.authority.{finding.authority}", lang)
    page.write_string(row, LAST, grounds, styles["text"])


def _provenance(
    page: Worksheet,
    study: Assessment,
    styles: dict[str, Format],
    row: int,
    lang: Language,
) -> None:
    config = study.district.config
    approval = config.map_approval or say("publish.approval_none", lang)
    books = say("publish.list_comma", lang).join(
        book.title_zh if lang == "zh" else book.title_en
        for book in study.findings.books
    )
    kind = "foot_books" if config.adopted_books else "foot_reference"
    lines = [
        say("publish.approval", lang, {"text": approval}),
        say(f"publish.{kind}", lang, {"names": books}),
        say("publish.method", lang),
    ]
    if config.synthetic:
        lines.append(say("publish.synthetic", lang))
    for line in lines:
        page.write_string(row, 0, line, styles["quiet"])
        row += 1

"""report.html: the review report, in sentences and tables, to read and to print."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files
from typing import TYPE_CHECKING
from xml.etree import ElementTree as Tree

from lifecircle.publish.disclosure import disclosed
from lifecircle.publish.elements import element, page_text, table_of
from lifecircle.publish.headline import headline, own_rows
from lifecircle.publish.records import provenance
from lifecircle.publish.sheets import data_sheets
from lifecircle.publish.wording import naming, words
from lifecircle.text import say

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lifecircle.model import Assessment, RuleBook
    from lifecircle.publish.cells import Sheet
    from lifecircle.text import Language

__all__ = ["report_page", "write_report"]

MOST_ROWS = 40
"""Rows of a table in the report; the workbook has all."""

_UNKNOWN = "not_assessed"
_VERDICTS = ("fail", "pass", _UNKNOWN, "benchmark", "reference")


def write_report(study: Assessment, path: str | Path, *, lang: Language = "zh") -> None:
    """Write the review report: one page that fetches nothing and runs nothing.

    Parameters
    ----------
    study : Assessment
        A finished study.
    path : str or Path
        File to write; the same study gives the same bytes.
    lang : {"zh", "en"}
        Language.

    Examples
    --------
    >>> write_report(study, "out/report.html")  # doctest: +SKIP
    """
    from pathlib import Path

    Path(path).write_bytes(report_page(study, lang=lang).encode("utf-8"))


def report_page(study: Assessment, *, lang: Language = "zh") -> str:
    """The review report as HTML.

    Parameters
    ----------
    study : Assessment
        A finished study.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str
        Summary, findings by rule book, gap areas, plans, people by minutes, data
        quality, methods, rules: figures as the workbook prints them.

    Examples
    --------
    >>> "<h1>" in report_page(study)  # doctest: +SKIP
    True
    """
    study = disclosed(study)
    body = Tree.Element("body")
    report = _Report(study, lang, element(body, "main"))
    title = report.title_page()
    for chapter in _CHAPTERS:
        chapter(report)
    static = files("lifecircle.publish") / "static"
    styles = (static / "report.css").read_text(encoding="utf-8")
    return page_text(title, "zh-CN" if lang == "zh" else "en", styles, body)


class _Report:
    """A study being told: its sheets by name, its words, the chapter being written."""

    def __init__(self, study: Assessment, lang: Language, main: Tree.Element) -> None:
        self.study = study
        self.lang = lang
        self.main = main
        self.text = words(naming(study.district.communities), lang)
        self.sheets = {sheet.title: sheet for sheet in data_sheets(study, lang)}
        self.number = 0

    def say(self, key: str, **values: object) -> str:
        return say(f"report.{key}", self.lang, values)

    def sheet(self, key: str) -> Sheet | None:
        """A sheet of the workbook; None where this study has none."""
        return self.sheets.get(self.text.get(f"sheet.{key}", ""))

    def chapter(self, key: str) -> Tree.Element:
        self.number += 1
        section = element(self.main, "section")
        mark = f"{self.number}　" if self.lang == "zh" else f"{self.number}. "
        element(section, "h2", mark + self.say(key))
        return section

    def paragraph(self, parent: Tree.Element, key: str, **values: object) -> None:
        element(parent, "p", self.say(key, **values))

    def rows(self, parent: Tree.Element, sheet: Sheet, rows: list[int]) -> None:
        """Rows of a sheet, the first of many; how many more there are is said."""
        table_of(parent, sheet, rows[:MOST_ROWS])
        if len(rows) > MOST_ROWS:
            more = self.say("more", n=f"{len(rows) - MOST_ROWS:,}", sheet=sheet.title)
            element(parent, "p", more, class_="quiet")

    def title_page(self) -> str:
        config = self.study.district.config
        name = config.name if self.lang == "zh" else config.name_en or config.name
        title = self.say("title", name=name)
        head = element(self.main, "header")
        stamp = self.text.get(f"stamp.{config.disclosure}", "")
        if stamp:
            element(head, "div", stamp, class_="stamp")
        element(head, "h1", title)
        lines = [
            config.prepared_by,
            say("publish.as_of", self.lang, {"date": config.as_of.isoformat()}),
        ]
        approval = config.map_approval or self.text["approval_none"]
        lines.append(self.text["approval"].format(text=approval))
        if config.synthetic:
            lines.append(self.text["synthetic"])
        element(head, "p", " · ".join(line for line in lines if line), class_="quiet")
        return title

    def book_name(self, book: RuleBook) -> str:
        return book.title_zh if self.lang == "zh" else book.title_en

    def judged(self, book: RuleBook) -> list[str]:
        """Rules of a book that say anything of this study, most failing first."""
        rows = self.study.findings.rows
        mine = rows[(rows["book_id"] == book.book_id) & (rows["verdict"] != _UNKNOWN)]
        fails = Counter(mine.loc[mine["verdict"] == "fail", "rule_id"])
        return sorted(mine["rule_id"].unique(), key=lambda one: (-fails[one], one))


def _summary(report: _Report) -> None:
    """What was judged, and what falls short, a sentence a rule."""
    study = report.study
    section = report.chapter("summary")
    rows, buildings = study.findings.rows, study.district.buildings
    counts = Counter(rows["verdict"])
    households = buildings["households"]
    guessed = buildings["households_method"].dropna() != "declared"
    report.paragraph(
        section,
        "scope",
        books=f"{len(study.findings.books):,}",
        rules=f"{rows['rule_id'].nunique():,}",
        communities=f"{len(study.district.communities):,}",
        buildings=f"{len(buildings):,}",
        households=("≈" if guessed.any() else "") + f"{households.sum():,.0f}",
    )
    report.paragraph(
        section,
        "counts",
        fail=f"{counts['fail']:,}",
        passed=f"{counts['pass']:,}",
        unknown=f"{counts[_UNKNOWN]:,}",
        benchmark=f"{counts['benchmark']:,}",
        reference=f"{counts['reference']:,}",
    )
    listed = element(section, "ul")
    for book in study.findings.books:
        for rule_id in report.judged(book):
            if (own_rows(study.findings, rule_id)["verdict"] == "fail").any():
                _sentence(report, listed, book, rule_id)
    if not len(listed):
        section.remove(listed)
        report.paragraph(section, "none_fails")
    drafts = rows[rows["draft"].astype(bool) & (rows["verdict"] != _UNKNOWN)]
    if len(drafts):
        report.paragraph(section, "drafts", n=f"{drafts['rule_id'].nunique():,}")


def _sentence(
    report: _Report, listed: Tree.Element, book: RuleBook, rule_id: str
) -> None:
    rule = next(rule for rule in book.rules if rule.rule_id == rule_id)
    said = headline(report.study, rule_id, report.lang)
    line = element(listed, "li")
    name = rule.title_zh if report.lang == "zh" else rule.title_en
    element(line, "b", name).tail = report.text["colon"]
    told = element(line, "span", said.lead, class_="fail")
    told.tail = report.text["stop"] + "".join(said.lines)
    if rule.draft:
        element(line, "span", report.text["unverified"], class_="draft")


def _findings(report: _Report) -> None:
    """Rule book by rule book: counts of every rule, then the rows that fall short."""
    study = report.study
    section = report.chapter("findings")
    report.paragraph(section, "how_judged")
    sheet = report.sheet("findings")
    for book in study.findings.books:
        element(section, "h3", report.book_name(book))
        bits = [book.issuer, book.source]
        element(section, "p", " · ".join(bit for bit in bits if bit), class_="quiet")
        told = report.judged(book)
        if told:
            _verdict_table(report, section, book, told)
        silent = [rule.rule_id for rule in book.rules if rule.rule_id not in told]
        asked = set(study.findings.rows["rule_id"])
        silent = [one for one in silent if one in asked]
        if silent:
            report.paragraph(section, "silent", n=f"{len(silent):,}")
        rows = study.findings.rows
        failing = (rows["book_id"] == book.book_id) & (rows["verdict"] == "fail")
        places = [place for place, one in enumerate(failing) if one]
        if sheet is not None and places:
            element(section, "h4", report.say("failing"))
            report.rows(section, sheet, places)


def _verdict_table(
    report: _Report, section: Tree.Element, book: RuleBook, told: list[str]
) -> None:
    table = element(section, "table")
    head = element(element(table, "thead"), "tr")
    element(head, "th", report.text["col.id"])
    element(head, "th", report.text["rule"])
    for verdict in _VERDICTS:
        said = say(f"verdicts.{verdict}", report.lang)
        element(head, "th", said, class_="number")
    body = element(table, "tbody")
    rules = {rule.rule_id: rule for rule in book.rules}
    for rule_id in told:
        rule = rules[rule_id]
        counts = Counter(own_rows(report.study.findings, rule_id)["verdict"])
        line = element(body, "tr")
        element(line, "td", rule_id)
        name = rule.title_zh if report.lang == "zh" else rule.title_en
        cell = element(line, "td", name)
        if rule.draft:
            element(cell, "span", report.text["unverified"], class_="draft")
        for verdict in _VERDICTS:
            short = verdict == "fail" and counts[verdict]
            look = "number fail" if short else "number"
            number = f"{counts[verdict]:,}" if counts[verdict] else ""
            element(line, "td", number, class_=look)


def _tables(key: str, *sheets: str, limit: bool = True) -> Callable[[_Report], None]:
    """A chapter of a sentence and whole sheets; left out where there are none."""

    def chapter(report: _Report) -> None:
        shown = [sheet for name in sheets if (sheet := report.sheet(name)) is not None]
        shown = [sheet for sheet in shown if sheet.rows]
        if not shown:
            return
        section = report.chapter(key)
        report.paragraph(section, f"{key}_text")
        for sheet in shown:
            if len(shown) > 1:
                element(section, "h3", sheet.title)
            folded = sheet.folded or [False] * len(sheet.rows)
            rows = [row for row, hidden in enumerate(folded) if not hidden]
            if limit:
                report.rows(section, sheet, rows)
            else:
                table_of(section, sheet, rows)

    return chapter


def _quality(report: _Report) -> None:
    """How much of the data is estimated, left out or not as declared."""
    study = report.study
    section = report.chapter("quality")
    about = provenance(study)
    methods = about["households"]
    total = sum(methods.values())
    guessed = total - methods.get("declared", 0)
    share = f"{guessed / total:.1%}" if total else "0%"
    report.paragraph(section, "estimated", n=f"{guessed:,}", share=share)
    complete = len(study.district.complete_classes)
    report.paragraph(section, "complete", n=f"{complete:,}")
    counts: Counter[str] = Counter()
    for source in about["sources"]:
        counts.update(source["rows"])
    if counts:
        told = {name: f"{count:,}" for name, count in counts.items()}
        report.paragraph(section, "rows", **told)
    if about["warningCount"]:
        report.paragraph(section, "warnings", n=f"{about['warningCount']:,}")
    for name in ("sources", "totals", "problems"):
        sheet = report.sheet(name)
        if sheet is not None and sheet.rows:
            element(section, "h3", sheet.title)
            report.rows(section, sheet, list(range(len(sheet.rows))))


def _methods(report: _Report) -> None:
    section = report.chapter("methods")
    for key in ("method_walk", "method_rooms", "method_unknown", "method_about"):
        report.paragraph(section, key)
    sheet = report.sheet("notes")
    if sheet is not None:
        table_of(section, sheet, range(1, len(sheet.rows)))


_CHAPTERS: tuple[Callable[[_Report], None], ...] = (
    _summary,
    _findings,
    _tables("gaps", "gaps"),
    _tables("amounts", "shortfalls", "missing_area"),
    _tables("plans", "grid_plan", "grid_communities", "grid_changes"),
    _tables("boards", "dashboard"),
    _tables("people", "served"),
    _quality,
    _methods,
    _tables("rules", "rules", limit=False),
)

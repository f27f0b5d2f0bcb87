"""report.html: the review report, in sentences and tables, to read and to print."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING
from xml.etree import ElementTree as Tree

from lifecircle.publish.cells import label, speech, with_columns
from lifecircle.publish.disclosure import disclosed
from lifecircle.publish.elements import element, page_text, table_of
from lifecircle.publish.gap_names import gap_names
from lifecircle.publish.grid_sizes import in_range_counts
from lifecircle.publish.headline import headline, own_rows, rules_by_id
from lifecircle.publish.prints.grid_chart import share_sentence
from lifecircle.publish.records import provenance
from lifecircle.publish.report_frame import Report
from lifecircle.publish.report_pictures import draw_grids, draw_minutes
from lifecircle.publish.sheets import data_sheets
from lifecircle.publish.wording import unit_names
from lifecircle.text import say

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lifecircle.model import Assessment, RuleBook
    from lifecircle.publish.cells import Sheet
    from lifecircle.text import Language

__all__ = ["report_page"]

_OF_A_COMMUNITY = (
    *("community_name", "households", "grids_today", "in_range_today", "k"),
    *("changed_households", "changed_share", "compounds_split"),
    *("status", "certificate"),
)
"""What the report tells of a community's plan; the workbook has more."""

_UNKNOWN = "not_assessed"
_VERDICTS = ("fail", "pass", _UNKNOWN, "benchmark", "reference")


def report_page(
    study: Assessment,
    *,
    lang: Language = "zh",
    sheets: Sequence[Sheet] | None = None,
) -> str:
    """The review report as HTML.

    Parameters
    ----------
    study : Assessment
        A finished study.
    lang : {"zh", "en"}
        Language.
    sheets : sequence of Sheet, optional
        From ``data_sheets`` of the study as disclosed, if they are at hand.

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
    told = sheets or data_sheets(study, lang)
    report = Report(study, told, lang, element(body, "main"))
    title = report.title_page()
    for chapter in _CHAPTERS:
        chapter(report)
    static = files("lifecircle.publish") / "static"
    styles = (static / "report.css").read_text(encoding="utf-8")
    return page_text(title, "zh-CN" if lang == "zh" else "en", styles, body)


def _summary(report: Report) -> None:
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
    _more_sentences(report, listed)
    if not len(listed):
        section.remove(listed)
        report.paragraph(section, "none_fails")
    drafts = rows[rows["draft"].astype(bool) & (rows["verdict"] != _UNKNOWN)]
    if len(drafts):
        report.paragraph(section, "drafts", n=f"{drafts['rule_id'].nunique():,}")


def _more_sentences(report: Report, listed: Tree.Element) -> None:
    """The largest gap area, and what the grid plan would change."""
    study = report.study
    areas = study.gaps.areas
    if areas["households"].notna().any():
        place = int(areas["households"].argmax())
        largest = areas.iloc[place]
        rule = rules_by_id(study.findings)[largest["rule_id"]]
        told = {
            "n": f"{len(areas):,}",
            "rules": f"{areas['rule_id'].nunique():,}",
            "name": gap_names(study, report.lang)[place],
            "households": f"{largest['households']:,.0f}",
            "rule": rule.title_zh if report.lang == "zh" else rule.title_en,
        }
        element(listed, "li", report.say("largest_gap", **told))
    if study.grid_plan is not None:
        for state, counts in in_range_counts(study.grid_plan).items():
            said = share_sentence(state, counts, report.lang)
            element(listed, "li", report.say("grids_are", text=said))


def _sentence(
    report: Report, listed: Tree.Element, book: RuleBook, rule_id: str
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


def _findings(report: Report) -> None:
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
    report: Report, section: Tree.Element, book: RuleBook, told: list[str]
) -> None:
    table = element(section, "table", class_="narrow")
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


def _tables(key: str, *sheets: str) -> Callable[[Report], None]:
    """A chapter of a sentence and whole sheets; left out where there are none."""

    def chapter(report: Report) -> None:
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
            report.rows(section, sheet, rows)

    return chapter


def _plans(report: Report) -> None:
    """Grids before and after, community by community, and what changes."""
    plan = report.study.grid_plan
    if plan is None and report.study.community_plan is None:
        return
    section = report.chapter("plans")
    report.paragraph(section, "plans_text")
    if plan is not None:
        draw_grids(section, plan, report.lang)
    told = speech(report.study, report.lang)
    heads = [label(name, told) for name in _OF_A_COMMUNITY]
    heads.insert(5, report.text["col.in_range_planned"])
    for name in ("plan_communities", "plan_changes", "plan_units", "plan_unit_changes"):
        sheet = report.sheet(name)
        if sheet is not None and sheet.rows:
            element(section, "h3", sheet.title)
            whole = name != "plan_communities"
            shown = sheet if whole else with_columns(sheet, heads)
            report.rows(section, shown, list(range(len(sheet.rows))))


def _boards(report: Report) -> None:
    """Requirements met of those assessed: a row a community, a column a family."""
    board = report.study.dashboard
    if not len(board):
        return
    section = report.chapter("boards")
    report.paragraph(section, "boards_text")
    told = speech(report.study, report.lang)
    table = element(section, "table", class_="narrow")
    head = element(element(table, "thead"), "tr")
    element(head, "th", label("unit_name", told))
    families = list(dict.fromkeys(board["family"]))
    for family in families:
        element(head, "th", report.text[f"family.{family}"], class_="number")
    body = element(table, "tbody")
    names = unit_names(report.study.district.communities)
    for unit, part in board.groupby("unit_id", sort=False):
        line = element(body, "tr")
        element(line, "td", names.get(str(unit), str(unit)), class_="short")
        # A family of rules may ask nothing of some unit.
        counts = part.set_index("family")[["must_met", "must_assessed"]]
        counts = counts.reindex(families, fill_value=0)
        for family in families:
            met, asked = counts.loc[family]
            said = f"{met}/{asked}" if asked else "–"
            look = "number fail" if met < asked else "number"
            element(line, "td", said, class_=look)


def _people(report: Report) -> None:
    """Who walks how long, in pictures; the workbook has the figures."""
    study = report.study
    section = report.chapter("people")
    report.paragraph(section, "people_text")
    pair = element(section, "div", class_="pair")
    for walker in sorted(study.district.config.walkers):
        weight = "elderly" if walker == "elderly" else "households"
        draw_minutes(pair, study, walker=walker, weight=weight, lang=report.lang)
    element(section, "p", say("print.incomplete", report.lang), class_="quiet")


def _gates(report: Report) -> None:
    """Both readings of compounds whose gates are not known, for the district."""
    sheet, rows = report.sheet("readings"), report.study.gate_readings
    if sheet is None or rows is None:
        return
    section = report.chapter("gates")
    element(section, "p", report.text["readings_mean"])
    whole = [place for place, level in enumerate(rows["level"]) if level == "district"]
    # The last column of the sheet repeats the paragraph.
    report.rows(section, replace(sheet, printed=len(sheet.heads) - 1), whole)


def _rules(report: Report) -> None:
    """Clause and quote of every rule, book by book."""
    sheet = report.sheet("rules")
    if sheet is None:
        return
    section = report.chapter("rules")
    report.paragraph(section, "rules_text")
    said = [report.text[f"col.{key}"] for key in ("book", "source")]
    bare = with_columns(sheet, [head for head in sheet.heads if head not in said])
    start = 0
    for book in report.study.findings.books:
        element(section, "h3", report.book_name(book))
        bits = [book.issuer, book.source]
        element(section, "p", " · ".join(bit for bit in bits if bit), class_="quiet")
        table_of(section, bare, range(start, start + len(book.rules)))
        start += len(book.rules)


def _quality(report: Report) -> None:
    """How much of the data is estimated, left out or not as declared."""
    study = report.study
    section = report.chapter("quality")
    about = provenance(study)
    methods = about["households"]
    total = sum(methods.values())
    guessed = total - methods.get("declared", 0)
    share = f"{about['estimatedShare']:.1%}"
    report.paragraph(section, "estimated", n=f"{guessed:,}", share=share)
    complete = len(study.district.complete_classes)
    report.paragraph(section, "complete", n=f"{complete:,}")
    # Studies saved before rows were merged have no count of it.
    counts: Counter[str] = Counter(merged=0)
    for source in about["sources"]:
        counts.update(source["rows"])
    if counts["read"]:
        told = {name: f"{count:,}" for name, count in counts.items()}
        report.paragraph(section, "rows", **told)
    report.paragraph(section, "more_quality")
    if about["warningCount"]:
        report.paragraph(section, "warnings", n=f"{about['warningCount']:,}")
    for name in ("sources", "totals", "problems"):
        sheet = report.sheet(name)
        if sheet is not None and sheet.rows:
            element(section, "h3", sheet.title)
            report.rows(section, sheet, list(range(len(sheet.rows))))


def _methods(report: Report) -> None:
    section = report.chapter("methods")
    for key in ("method_walk", "method_rooms", "method_unknown", "method_about"):
        report.paragraph(section, key)
    sheet = report.sheet("notes")
    if sheet is not None:
        table_of(section, sheet, range(1, len(sheet.rows)))


_CHAPTERS: tuple[Callable[[Report], None], ...] = (
    _summary,
    _findings,
    _tables("gaps", "gaps"),
    _tables("amounts", "shortfalls", "missing"),
    _plans,
    _boards,
    _people,
    _gates,
    _quality,
    _methods,
    _rules,
)

"""city.html: the city's map, its districts side by side, and what changed."""

from __future__ import annotations

import math
from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as Tree

import pandas as pd

from lifecircle.publish.cells import with_columns
from lifecircle.publish.city_figures import map_figures
from lifecircle.publish.city_map import draw_bars, draw_map, hatch_box
from lifecircle.publish.city_sheets import (
    changes_sheet,
    city_sheets,
    failures_sheet,
    rows_sheet,
)
from lifecircle.publish.city_tables import rules_table
from lifecircle.publish.city_words import CityWords
from lifecircle.publish.elements import element, figure_text, page_text, table_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandas import DataFrame

    from lifecircle.model import CityStudy
    from lifecircle.publish.cells import Sheet
    from lifecircle.publish.city_figures import MapFigure
    from lifecircle.text import Language

__all__ = ["city_page"]

MOST_CHANGES = 40
_MOST_BARS = 10
_SHOWN = (
    *("name", "state", "households", "estimated_share", "communities", "met_share"),
    *("rules_short", "rules_unknown", "gap_areas", "better", "worse"),
)


def city_page(study: CityStudy, *, lang: Language = "zh") -> str:
    """The city's page as HTML: it fetches nothing and stands alone.

    Parameters
    ----------
    study : CityStudy
        The city.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str
        Overview, map, districts, rules compared, largest gaps, changes, what was not
        done, data quality, notes. Links go to the districts' pages beside it.

    Examples
    --------
    >>> "<h1>" in city_page(study)  # doctest: +SKIP
    True
    """
    body = Tree.Element("body")
    page = _Page(CityWords(study, lang), element(body, "main"))
    _title_page(page)
    for chapter in _CHAPTERS:
        chapter(page)
    static = files("lifecircle.publish") / "static"
    styles = [(static / f"{name}.css").read_text("utf-8") for name in _STYLES]
    script = (static / "city.js").read_text("utf-8")
    code = "zh-CN" if lang == "zh" else "en"
    return page_text(page.told.title, code, "\n".join(styles), body, script=script)


_STYLES = ("report", "city")


class _Page:
    """The page being written: its city, its words, the chapter at hand."""

    def __init__(self, told: CityWords, main: Tree.Element) -> None:
        self.told, self.study, self.main = told, told.study, main
        self.number = 0

    def chapter(self, key: str) -> Tree.Element:
        self.number += 1
        section = element(self.main, "section")
        mark = f"{self.number}　" if self.told.lang == "zh" else f"{self.number}. "
        element(section, "h2", mark + self.told.say(f"head_{key}"))
        return section

    def paragraph(
        self, parent: Tree.Element, key: str, look: str = "", **values: object
    ) -> None:
        looks = {"class_": look} if look else {}
        element(parent, "p", self.told.say(key, **values), **looks)


def _title_page(page: _Page) -> None:
    head = element(page.main, "header")
    if page.told.stamp():
        element(head, "div", page.told.stamp(), class_="stamp")
    element(head, "h1", page.told.title)
    element(head, "p", " · ".join(page.told.stamps()), class_="quiet")


def _overview(page: _Page) -> None:
    told, rows = page.told, page.study.districts
    section = page.chapter("overview")
    tiles = element(section, "div", class_="tiles")
    standing = int(rows["households"].notna().sum())
    moved = _moved(page)
    for key, said in (
        ("districts", f"{standing:,} / {len(rows):,}"),
        ("communities", _sum(told, "communities")),
        ("households", _sum(told, "households")),
        ("met", _sum(told, "met_share")),
        ("changes", moved),
    ):
        tile = element(tiles, "div", class_="tile")
        element(tile, "b", said)
        element(tile, "span", told.say(f"tile_{key}"))
    undone = rows.loc[rows["state"] != "done", "district_id"]
    if len(undone):
        names = told.text["list_comma"].join(told.names[one] for one in undone)
        page.paragraph(section, "not_done", "fail", n=f"{len(undone):,}", names=names)


def _sum(told: CityWords, item: str) -> str:
    figure = told.sums[item]
    return "–" if figure is None else figure_text(figure)


def _moved(page: _Page) -> str:
    if not page.study.compared:
        return page.told.say("tile_none")
    rows = page.study.districts
    return f"{rows['better'].sum():,.0f} / {rows['worse'].sum():,.0f}"


def _map(page: _Page) -> None:
    section = page.chapter("map")
    told, rows = page.told, page.study.districts
    figures = map_figures(told)
    if rows.geometry.isna().all() or not figures:
        page.paragraph(section, "no_map")
        return
    _choice(section, told, figures)
    side = element(section, "div", class_="side")
    draw_map(side, told, figures)
    panel = element(side, "div")
    stale = bool(((rows["state"] != "done") & rows.geometry.notna()).any())
    for place, figure in enumerate(figures):
        part = element(panel, "figure", **{"data-of": str(place)})
        if place:
            part.set("hidden", "")
        title = told.say("figure_title", group=figure.group, title=figure.title)
        element(part, "p", title if place else figure.title)
        _legend(part, told, figure, stale=stale)
        _ranking(part, told, figure)
        if figure.starred:
            element(part, "p", told.say("other_text"), class_="quiet")
    if stale:
        page.paragraph(panel, "stale_mark", "quiet")
    _off_the_map(panel, told)


def _choice(
    section: Tree.Element, told: CityWords, figures: Sequence[MapFigure]
) -> None:
    label = element(section, "label", told.say("choose"), class_="choose")
    pick = element(label, "select", id="figure", autocomplete="off")
    groups: dict[str, Tree.Element] = {}
    for figure in figures:
        if figure.group not in groups:
            groups[figure.group] = element(pick, "optgroup", label=figure.group)
        element(groups[figure.group], "option", figure.title)


def _legend(
    part: Tree.Element, told: CityWords, figure: MapFigure, *, stale: bool
) -> None:
    listed = element(part, "ul", class_="legend")
    entries = [(look, name, False) for look, name in figure.legend]
    drawn = told.study.districts
    ids = drawn.loc[drawn.geometry.notna(), "district_id"]
    if any(figure.looks.get(one, "n") == "n" for one in ids):
        entries.append(("n", told.say("legend_none"), False))
    if stale:
        entries.append(("n", told.say("legend_earlier"), True))
    for look, name, hatched in entries:
        entry = element(listed, "li")
        hatch_box(entry, look, hatched=hatched)
        element(entry, "span", name)


def _ranking(part: Tree.Element, told: CityWords, figure: MapFigure) -> None:
    """Worst first; what is not known comes last."""
    drawn = told.study.districts
    ids = drawn.loc[drawn["households"].notna(), "district_id"].tolist()
    known = {one: figure.values.get(one, math.nan) for one in ids}

    def place(one: str) -> tuple[bool, float]:
        value = known[one]
        if math.isnan(value):
            return True, 0.0
        return False, value if figure.more_is_better else -value

    bars = [
        (
            told.numbered[one],
            known[one],
            figure.texts.get(one, "–"),
            figure.looks.get(one, "n"),
        )
        for one in sorted(ids, key=place)
    ]
    draw_bars(part, bars, full=1.0 if figure.more_is_better else None)


def _off_the_map(panel: Tree.Element, told: CityWords) -> None:
    """Districts that have no outline, and why."""
    rows = told.study.districts
    rows = rows[rows.geometry.isna()]
    if rows.empty:
        return
    listed = element(panel, "ul", class_="legend")
    for row in rows.to_dict("records"):
        entry = element(listed, "li")
        hatch_box(entry, "n", hatched=True)
        about = [told.say(f"state_{row['state']}"), told.failure(row)[0]]
        said = " · ".join(one for one in about if one)
        element(
            entry, "span", told.numbered[row["district_id"]] + told.text["colon"] + said
        )


def _districts(page: _Page) -> None:
    told, rows = page.told, page.study.districts
    section = page.chapter("districts")
    page.paragraph(section, "districts_text")
    sheet = city_sheets(told)[0]
    shown = with_columns(sheet, [told.say(f"col_{name}") for name in _SHOWN])
    table = _numbered(section, shown, told)
    table.set("class", "sortable")
    _link(table, told, rows, "review.html")


def _numbered(section: Tree.Element, sheet: Sheet, told: CityWords) -> Tree.Element:
    """A sheet of the city and every district, with their numbers on the map."""
    names = [told.names[""], *told.numbered.values()]
    rows = [[name, *row[1:]] for name, row in zip(names, sheet.rows, strict=True)]
    return table_of(section, replace(sheet, rows=rows), range(len(rows)))


def _link(table: Tree.Element, told: CityWords, rows: DataFrame, target: str) -> None:
    """Names of districts that have results lead to a page of theirs."""
    lines = table.findall("tbody/tr")
    lines[0].set("class", "whole")
    for line, row in zip(lines[1:], rows.to_dict("records"), strict=True):
        if not pd.isna(row["households"]):
            cell = line[0]
            name, cell.text = cell.text or "", None
            element(cell, "a", name, href=told.link(row["folder"], target))


def _rules(page: _Page) -> None:
    section = page.chapter("rules")
    page.paragraph(section, "rules_text")
    rules_table(section, page.told)


def _charts(page: _Page) -> None:
    """What the city lacks most, rule by rule."""
    told, study = page.told, page.study
    reach = study.reach[
        (study.reach["district_id"] == "") & (study.reach["weight"] == "households")
    ]
    missing = study.missing[study.missing["district_id"] == ""]
    shown = [
        (key, rows.nlargest(_MOST_BARS, column, keep="first"), column)
        for key, rows, column in (
            ("charts_reach", reach[reach["unserved"] > 0], "unserved"),
            ("charts_missing", missing[missing["missing_m2"] > 0], "missing_m2"),
        )
        if len(rows)
    ]
    if not shown:
        return
    section = page.chapter("charts")
    page.paragraph(section, "charts_text")
    side = element(section, "div", class_="side")
    for key, rows, column in shown:
        figure = element(side, "figure")
        element(figure, "p", told.say(key))
        draw_bars(figure, [_bar(row, column, told) for row in rows.to_dict("records")])


def _bar(row: Any, column: str, told: CityWords) -> tuple[str, float, str, str]:
    value = float(row[column])
    title = told.rules[row["rule_id"], row["edition"]]
    more = "≥" * bool(row["at_least"])
    return f"{row['rule_id']} {title}", value, f"{more}{value:,.0f}", "3"


def _changes(page: _Page) -> None:
    told, study = page.told, page.study
    section = page.chapter("changes")
    if not study.compared:
        page.paragraph(section, "changes_none")
        return
    page.paragraph(section, f"changes_{study.compared}")
    sheet = changes_sheet(told)
    if not sheet.rows:
        page.paragraph(section, "changes_same")
        return
    counts = study.changes["change"].value_counts(sort=False)
    said = [
        told.say("changes_count", change=told.say(f"change_{change}"), n=f"{n:,}")
        for change, n in counts.items()
    ]
    element(section, "p", told.text["list_comma"].join(said))
    page.paragraph(section, "changes_why", "quiet")
    table_of(section, sheet, range(min(len(sheet.rows), MOST_CHANGES)))
    if len(sheet.rows) > MOST_CHANGES:
        more = f"{len(sheet.rows) - MOST_CHANGES:,}"
        page.paragraph(section, "more_rows", "quiet", n=more, sheet=sheet.title)


def _failures(page: _Page) -> None:
    section = page.chapter("failures")
    sheet = failures_sheet(page.told)
    if sheet.rows:
        table_of(section, sheet, range(len(sheet.rows)))
    else:
        page.paragraph(section, "failures_none")


def _rows(page: _Page) -> None:
    section = page.chapter("rows")
    page.paragraph(section, "rows_text")
    table = _numbered(section, rows_sheet(page.told), page.told)
    table.set("class", "sortable")
    _link(table, page.told, page.study.districts, "quality.html")


def _notes(page: _Page) -> None:
    section = page.chapter("notes")
    for row in city_sheets(page.told)[-1].rows:
        element(section, "p", row[0])


_CHAPTERS = (
    _overview,
    _map,
    _districts,
    _rules,
    _charts,
    _changes,
    _failures,
    _rows,
    _notes,
)

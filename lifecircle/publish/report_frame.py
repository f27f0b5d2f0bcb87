"""The report being written: its words, its sheets, its chapters."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from lifecircle.publish.elements import element, table_of
from lifecircle.publish.wording import naming, words
from lifecircle.text import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree import ElementTree as Tree

    from lifecircle.model import Assessment, RuleBook
    from lifecircle.publish.cells import Sheet
    from lifecircle.text import Language

__all__ = ["Report"]

MOST_ROWS = 40
"""Rows of a table in the report; the workbook has all."""


class Report:
    """A study being told: its sheets by name, its words, the chapter being written."""

    def __init__(
        self,
        study: Assessment,
        sheets: Sequence[Sheet],
        lang: Language,
        main: Tree.Element,
    ) -> None:
        self.study = study
        self.lang = lang
        self.main = main
        self.text = words(naming(study.district.communities), lang)
        self.sheets = {sheet.title: sheet for sheet in sheets}
        self.number = 0

    def say(self, key: str, **values: object) -> str:
        """A sentence of the report."""
        return say(f"report.{key}", self.lang, values)

    def sheet(self, key: str) -> Sheet | None:
        """A sheet of the workbook; None where this study has none."""
        return self.sheets.get(self.text[f"sheet.{key}"])

    def chapter(self, key: str) -> Tree.Element:
        """Begin a chapter under its number."""
        self.number += 1
        section = element(self.main, "section")
        mark = f"{self.number}　" if self.lang == "zh" else f"{self.number}. "
        element(section, "h2", mark + self.say(key))
        return section

    def paragraph(self, parent: Tree.Element, key: str, **values: object) -> None:
        """Add a paragraph of one sentence of the report."""
        element(parent, "p", self.say(key, **values))

    def rows(self, parent: Tree.Element, sheet: Sheet, rows: list[int]) -> None:
        """Rows of a sheet, the first of many; how many more there are is said."""
        table_of(parent, sheet, rows[:MOST_ROWS])
        if len(rows) > MOST_ROWS:
            more = self.say("more", n=f"{len(rows) - MOST_ROWS:,}", sheet=sheet.title)
            element(parent, "p", more, class_="quiet")

    def title_page(self) -> str:
        """Title, stamp, date and approval; the title is given back."""
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
        """What a rule book is called."""
        return book.title_zh if self.lang == "zh" else book.title_en

    def judged(self, book: RuleBook) -> list[str]:
        """Rules of a book that say anything of this study, most failing first."""
        rows = self.study.findings.rows
        mine = rows[
            (rows["book_id"] == book.book_id) & (rows["verdict"] != "not_assessed")
        ]
        fails = Counter(mine.loc[mine["verdict"] == "fail", "rule_id"])
        return sorted(mine["rule_id"].unique(), key=lambda one: (-fails[one], one))

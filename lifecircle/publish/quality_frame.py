"""The data-quality page being written: chapters, tables, its title."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lifecircle.columns import column
from lifecircle.publish.cells import Figure, Sheet
from lifecircle.publish.elements import element, table_of
from lifecircle.publish.wording import naming, words
from lifecircle.text import say

if TYPE_CHECKING:
    from collections.abc import Sequence
    from xml.etree import ElementTree as Tree

    from lifecircle.model import District
    from lifecircle.text import Language

__all__ = ["MOST_ROWS", "Page", "column_label", "count"]

MOST_ROWS = 40
"""Rows of a table of the page; how many more there are is said."""


class Page:
    """The page being written: its district, its words, the chapter at hand.

    Parameters
    ----------
    district : District
        As the page may tell of it.
    lang : {"zh", "en"}
        Language.
    main : Element
        Where the chapters go.
    """

    def __init__(self, district: District, lang: Language, main: Tree.Element) -> None:
        self.district, self.lang, self.main = district, lang, main
        self.text = words(naming(district.communities), lang)
        self.public = district.config.disclosure == "public"
        self.number = 0

    def say(self, key: str, **values: object) -> str:
        """A sentence of the page.

        Parameters
        ----------
        key : str
            Of the area ``quality``.
        **values : object
            What it needs.

        Returns
        -------
        str
            In the page's language.
        """
        return say(f"quality.{key}", self.lang, values)

    def chapter(self, key: str, *, empty: bool, **values: object) -> Tree.Element:
        """Begin a chapter under its number.

        Parameters
        ----------
        key : str
            Of its title; ``KEY_text`` is its sentence.
        empty : bool
            There is nothing to tell: this is said in the sentence's place.
        **values : object
            What the sentence needs.

        Returns
        -------
        Element
            The section.
        """
        self.number += 1
        section = element(self.main, "section")
        mark = f"{self.number}　" if self.lang == "zh" else f"{self.number}. "
        element(section, "h2", mark + self.say(key))
        element(section, "p", self.say("nothing" if empty else f"{key}_text", **values))
        return section

    def table(
        self, section: Tree.Element, heads: Sequence[str], rows: list[list[Any]]
    ) -> None:
        """Add a table of the first rows; how many more there are is said.

        Parameters
        ----------
        section : Element
            Where it goes.
        heads : sequence of str
            Keys of the column titles.
        rows : list of list
            Cells; nothing is added without any row.
        """
        if not rows:
            return
        sheet = Sheet("", [self.say(f"col_{head}") for head in heads], rows)
        table_of(section, sheet, range(min(len(rows), MOST_ROWS)))
        if len(rows) > MOST_ROWS:
            more = self.say("more", n=f"{len(rows) - MOST_ROWS:,}")
            element(section, "p", more, class_="quiet")

    def title_page(self) -> str:
        """Write the head of the page.

        Returns
        -------
        str
            Its title.
        """
        config = self.district.config
        name = config.name if self.lang == "zh" else config.name_en or config.name
        title = self.say("title", name=name)
        head = element(self.main, "header")
        stamp = self.text.get(f"stamp.{config.disclosure}", "")
        if stamp:
            element(head, "div", stamp, class_="stamp")
        element(head, "h1", title)
        dated = say("publish.as_of", self.lang, {"date": config.as_of.isoformat()})
        made_up = self.text["synthetic"] if config.synthetic else ""
        lines = (config.prepared_by, dated, made_up)
        element(head, "p", " · ".join(one for one in lines if one), class_="quiet")
        return title


def count(value: float) -> Figure:
    """Give a count as a cell.

    Parameters
    ----------
    value : float
        A whole number.

    Returns
    -------
    Figure
        Shown without decimals.

    Examples
    --------
    >>> count(3).value
    3.0
    """
    return Figure(float(value), "0")


def column_label(name: str, page: Page) -> str:
    """Say what the planner calls a column, and our name.

    Parameters
    ----------
    name : str
        A column.
    page : Page
        Whose language counts.

    Returns
    -------
    str
        Label and name; the name alone where there is no label.

    Examples
    --------
    >>> from xml.etree.ElementTree import Element
    >>> column_label("households", Page(toy.district, "en", Element("main")))
    'Households · households'
    """
    try:
        labels = column(name)
    except KeyError:
        return name
    return f"{labels.zh if page.lang == 'zh' else labels.en} · {name}"

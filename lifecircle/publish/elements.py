"""A page without scripts, built from elements: text is always text."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING
from xml.etree import ElementTree as Tree

from lifecircle.publish.cells import Figure
from lifecircle.publish.prints.fonts import width_em

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecircle.publish.cells import Sheet

__all__ = ["element", "figure_text", "page_text", "table_of"]

_SHORT = 9.0
"""Texts up to so many Chinese characters are not broken."""

_FEW = 6
"""A table of so few columns is no wider than it need be."""

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"


def element(
    parent: Tree.Element, tag: str, text: str = "", **attributes: str
) -> Tree.Element:
    """Add an element with text to another.

    Parameters
    ----------
    parent : Element
        Where it goes.
    tag : str
        HTML name.
    text : str
        Shown as it is, whatever it holds.
    **attributes : str
        ``class_`` stands for ``class``.

    Returns
    -------
    Element
        The new one.

    Examples
    --------
    >>> body = Tree.Element("body")
    >>> _ = element(body, "p", "<b>", class_="lead")
    >>> Tree.tostring(body, encoding="unicode", method="html")
    '<body><p class="lead">&lt;b&gt;</p></body>'
    """
    named = {name.rstrip("_"): value for name, value in attributes.items()}
    node = Tree.SubElement(parent, tag, named)
    node.text = "".join(sign for sign in text if sign >= " " or sign in "\t\n") or None
    return node


def page_text(
    title: str, lang: str, styles: str, body: Tree.Element, *, script: str = ""
) -> str:
    """A whole page that fetches nothing, and runs nothing but a script of ours.

    Parameters
    ----------
    title : str
        Of the window.
    lang : str
        ``zh-CN`` or ``en``.
    styles : str
        Style sheet.
    body : Element
        Of the page.
    script : str
        Runs when the page stands; the policy allows this one and no other.

    Returns
    -------
    str
        HTML.

    Examples
    --------
    >>> page_text("x", "en", "p{}", Tree.Element("body")).startswith("<!doctype html>")
    True
    """
    page = Tree.Element("html", lang=lang)
    head = element(page, "head")
    element(head, "meta", charset="utf-8")
    allowed = f"{_POLICY}; script-src 'sha256-{_hash(script)}'" if script else _POLICY
    policy = element(head, "meta", content=allowed)
    policy.set("http-equiv", "Content-Security-Policy")
    element(
        head, "meta", name="viewport", content="width=device-width, initial-scale=1"
    )
    element(head, "title", title)
    element(head, "style", styles)
    page.append(body)
    if script:
        element(body, "script", script)
    text = Tree.tostring(page, encoding="unicode", method="html")
    return f"<!doctype html>\n{text}\n"


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode()


def figure_text(figure: Figure) -> str:
    """A number as the workbook prints it.

    Parameters
    ----------
    figure : Figure
        Its value and form.

    Returns
    -------
    str

    Examples
    --------
    >>> figure_text(Figure(0.831, "percent")), figure_text(Figure(-65.0, "sign0"))
    ('83.1%', '−65')
    >>> figure_text(Figure(1699.4, "about0")), figure_text(Figure(27.1, "least0"))
    ('≈1,699', '≥27')
    """
    form, value = figure.form, figure.value
    about = "≈" if form.startswith("about") else "≥" * form.startswith("least")
    form = form.removeprefix("about").removeprefix("least")
    signed = form.startswith("sign")
    form = form.removeprefix("sign")
    sign = "+" if signed else ""
    if form == "percent":
        text = f"{value * 100:{sign},.1f}%"
    else:
        text = f"{value:{sign},.{int(form)}f}"
    if not any(digit in text for digit in "123456789"):
        text = text.lstrip("+-")
    return about + text.replace("-", "−")


def table_of(parent: Tree.Element, sheet: Sheet, rows: Sequence[int]) -> Tree.Element:
    """Rows of a sheet of the workbook as a table, those that fall short marked.

    Parameters
    ----------
    parent : Element
        Where it goes.
    sheet : Sheet
        Heads, rows, and which columns are printed.
    rows : sequence of int
        Their places in the sheet.

    Returns
    -------
    Element
        The table.
    """
    last = len(sheet.heads) if sheet.printed is None else sheet.printed
    filled = [
        column
        for column in range(last)
        if any(sheet.rows[row][column] not in (None, "") for row in rows)
    ]
    narrow = {"class_": "narrow"} if len(filled) <= _FEW else {}
    table = element(parent, "table", **narrow)
    head = element(element(table, "thead"), "tr")
    numeric = {
        column: any(isinstance(sheet.rows[row][column], Figure) for row in rows)
        for column in filled
    }
    looks = {
        column: "number"
        if numeric[column]
        else "short"
        if all(width_em(_cell_text(sheet.rows[row][column])) <= _SHORT for row in rows)
        else "text"
        for column in filled
    }
    for column in filled:
        element(head, "th", sheet.heads[column], class_=looks[column])
    body = element(table, "tbody")
    for row in rows:
        failing = bool(sheet.failing) and sheet.failing[row]
        line = element(body, "tr")
        for column in filled:
            value = sheet.rows[row][column]
            marked = failing and column in sheet.marked
            look = f"{looks[column]} fail" if marked else looks[column]
            element(line, "td", _cell_text(value), class_=look)
    return table


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Figure):
        return figure_text(value)
    return value if isinstance(value, str) else f"{value:,}"

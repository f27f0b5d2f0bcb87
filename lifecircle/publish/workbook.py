"""findings.xlsx: a cover to print, and every table with its figures."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xlsxwriter

from lifecircle.publish.cells import Figure
from lifecircle.publish.cover import write_cover
from lifecircle.publish.sheets import data_sheets
from lifecircle.text import say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from lifecircle.model import Assessment
    from lifecircle.publish.cells import Sheet
    from lifecircle.text import Language

__all__ = ["CLOCK", "FONT", "OPTIONS", "sheet_styles", "write_sheet", "write_workbook"]

CLOCK = datetime(2000, 1, 1, tzinfo=UTC)
"""Workbooks hold a date of creation: a fixed one gives the same bytes every time."""

OPTIONS = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
"""Text is text, whatever it begins with."""

FONT = "Microsoft YaHei"
WIDEST = 40
"""Characters of a column; longer texts are wrapped."""

_A4, _A3 = 9, 8
_FITS_A4 = 165.0
"""Characters across that are still read easily when shrunk to A4; wider: A3."""

_LINE_PT = 14.0
_WIDE = re.compile("[\u2e80-\U0010ffff]")


def write_workbook(
    study: Assessment,
    path: str | Path,
    *,
    lang: Language = "zh",
    sheets: Sequence[Sheet] | None = None,
) -> None:
    """Write the findings as a workbook; the same study gives the same bytes.

    Parameters
    ----------
    study : Assessment
        A finished study, disclosed.
    path : str or Path
        File to write.
    lang : {"zh", "en"}
        Language of sheets, headers and words.
    sheets : sequence of Sheet, optional
        From ``data_sheets``, if they are at hand.

    Examples
    --------
    >>> write_workbook(study, "out/findings.xlsx")  # doctest: +SKIP
    """
    with xlsxwriter.Workbook(str(path), OPTIONS) as book:
        title = say("publish.page_title", lang, {"name": study.district.config.name})
        book.set_properties({"title": title, "created": CLOCK})
        book.formats[0].set_font_name(FONT)
        book.formats[0].set_font_size(10)
        write_cover(study, book, lang, font=FONT)
        styles = sheet_styles(book)
        for sheet in sheets or data_sheets(study, lang):
            write_sheet(book.add_worksheet(sheet.title), sheet, styles)


def sheet_styles(book: Workbook) -> dict[str, Format]:
    """Formats of a workbook's cells by what they hold."""
    base = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
    fail = {**base, "bg_color": "#F9E7DB", "font_color": "#9A360A"}
    head = {**base, "bold": True, "bottom": 1, "bg_color": "#F5F3EE"}
    styles = {
        "head": {**head, "text_wrap": True},
        "figures": {**head, "text_wrap": True, "align": "right"},
        "text": {**base, "indent": 1},
        "wrap": {**base, "indent": 1, "text_wrap": True},
        "fail": {**fail, "indent": 1},
    }
    shapes = {str(digits): _decimals(digits) for digits in (0, 1, 2)}
    shapes["percent"] = "0.0%"
    for form, shape in shapes.items():
        for prefix, written in (
            ("", shape),
            ("about", f'"≈"{shape}'),
            ("least", f'"≥"{shape}'),
            ("sign", f"+{shape};−{shape};{shape}"),
        ):
            look = {"num_format": written, "align": "right"}
            styles[f"{prefix}{form}"] = {**base, **look}
            styles[f"fail{prefix}{form}"] = {**fail, **look}
    return {name: book.add_format(style) for name, style in styles.items()}


def _decimals(digits: int) -> str:
    return "#,##0" + ("." + "0" * digits if digits else "")


def write_sheet(page: Worksheet, sheet: Sheet, styles: dict[str, Format]) -> None:
    """Write a sheet's rows, set up to be read and printed."""
    widths = [_width(sheet, column) for column in range(len(sheet.heads))]
    last = len(sheet.heads) if sheet.printed is None else sheet.printed
    for column, head in enumerate(sheet.heads):
        figures = any(isinstance(row[column], Figure) for row in sheet.rows)
        page.write_string(0, column, head, styles["figures" if figures else "head"])
        options = {"level": 1} if column >= last else {}
        page.set_column(column, column, widths[column], None, options)
    rooms = [int(width - 2) for width in widths[:last]]
    folded = [*sheet.folded, False] if sheet.folded else [False] * (len(sheet.rows) + 1)
    for number, cells in enumerate(sheet.rows, start=1):
        failing = sheet.failing[number - 1] if sheet.failing else False
        for column, value in enumerate(cells):
            prefix = "fail" if failing and column in sheet.marked else ""
            _write_cell(page, (number, column), value, prefix, styles)
        lines = max(map(_lines, cells, rooms))
        _set_row(page, number, lines, folded[number - 1 : number + 1])
    paper = _A4 if sum(widths[:last]) <= _FITS_A4 else _A3
    _print_setup(page, sheet, last, paper)


def _lines(value: Any, room: int) -> int:
    return -(-_length(value) // room) if isinstance(value, str) else 1


def _set_row(page: Worksheet, number: int, lines: int, folded: list[bool]) -> None:
    """Room for wrapped texts that print; parts are folded under their whole.

    ``folded`` tells it of this row and of the next.
    """
    here, following = folded
    options = (
        {"level": 1, "hidden": True}
        if here
        else {"collapsed": True}
        if following
        else {}
    )
    if lines > 1 or options:
        high = lines * _LINE_PT + 2 if lines > 1 else None
        page.set_row(number, high, None, options)


def _print_setup(page: Worksheet, sheet: Sheet, last: int, paper: int) -> None:
    """Landscape, one page wide, heads repeated, the sheet's name at the foot."""
    page.freeze_panes(1, sheet.frozen)
    page.set_row(0, 30)
    page.set_landscape()
    page.set_paper(paper)
    page.set_margins(0.4, 0.4, 0.5, 0.6)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.outline_settings(symbols_below=False, symbols_right=False)
    page.set_footer("&L&8" + sheet.title + "&R&8&P / &N")
    page.print_area(0, 0, max(len(sheet.rows), 1), last - 1)
    if sheet.rows:
        page.autofilter(0, 0, len(sheet.rows), len(sheet.heads) - 1)


def _write_cell(
    page: Worksheet,
    place: tuple[int, int],
    value: Any,
    prefix: str,
    styles: dict[str, Format],
) -> None:
    row, column = place
    if value is None:
        if prefix:
            page.write_blank(row, column, None, styles["fail"])
    elif isinstance(value, Figure):
        page.write_number(row, column, value.value, styles[f"{prefix}{value.form}"])
    elif isinstance(value, str):
        long = _length(value) > WIDEST
        page.write_string(
            row, column, value, styles[prefix or ("wrap" if long else "text")]
        )
    else:
        digits = 0 if float(value).is_integer() else 2
        page.write_number(row, column, value, styles[f"{prefix}{digits}"])


def _width(sheet: Sheet, column: int) -> float:
    """Room for the longest cell of the first rows; Chinese counts double.

    A head may stand in two lines; long texts are wrapped.
    """
    head = _length(sheet.heads[column])
    cells = [_length(row[column]) for row in sheet.rows[:400]]
    return min(WIDEST, max([*cells, min(head, max(10, (head + 1) // 2))]) + 2.5)


def _length(value: Any) -> int:
    if value is None:
        return 0
    if isinstance(value, Figure):
        return len(f"{value.value:,.1f}") + 1
    text = value if isinstance(value, str) else f"{value:,.1f}"
    return len(text) + len(_WIDE.findall(text))

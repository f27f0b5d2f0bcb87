"""findings.xlsx: a cover to print, and every table with its figures."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xlsxwriter

from lifecircle.publish.cover import write_cover
from lifecircle.publish.sheets import Sheet, data_sheets
from lifecircle.text import say

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from lifecircle.model import Assessment
    from lifecircle.text import Language

__all__ = ["write_workbook"]

CLOCK = datetime(2000, 1, 1, tzinfo=UTC)
"""Workbooks hold a date of creation: a fixed one gives the same bytes every time."""

FONT = "Microsoft YaHei"
WIDEST = 52


def write_workbook(
    study: Assessment, path: str | Path, *, lang: Language = "zh"
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

    Examples
    --------
    >>> write_workbook(study, "out/findings.xlsx")  # doctest: +SKIP
    """
    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": False,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        title = say("publish.page_title", lang, {"name": study.district.config.name})
        book.set_properties({"title": title, "created": CLOCK})
        book.formats[0].set_font_name(FONT)
        book.formats[0].set_font_size(10)
        write_cover(study, book, lang, font=FONT)
        styles = _styles(book)
        for sheet in data_sheets(study, lang):
            _write_sheet(book.add_worksheet(sheet.title), sheet, styles)


def _styles(book: Workbook) -> dict[str, Format]:
    base = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
    fail = {**base, "bg_color": "#F9E7DB", "font_color": "#9A360A"}
    styles = {
        "head": {**base, "bold": True, "bottom": 1, "bg_color": "#F5F3EE"},
        "text": base,
        "fail": fail,
    }
    for digits in (0, 1, 2, 3):
        shape = "#,##0" + ("." + "0" * digits if digits else "")
        styles[f"number{digits}"] = {**base, "num_format": shape}
        styles[f"fail{digits}"] = {**fail, "num_format": shape}
    styles["percent"] = {**base, "num_format": "0.0%"}
    styles["failpercent"] = {**fail, "num_format": "0.0%"}
    styles["head"]["text_wrap"] = True
    return {name: book.add_format(style) for name, style in styles.items()}


def _write_sheet(page: Worksheet, sheet: Sheet, styles: dict[str, Format]) -> None:
    for column, head in enumerate(sheet.heads):
        page.write_string(0, column, head, styles["head"])
        page.set_column(column, column, _width(sheet, column))
    for number, cells in enumerate(sheet.rows, start=1):
        failing = sheet.failing[number - 1] if sheet.failing else False
        for column, value in enumerate(cells):
            _write_cell(page, (number, column), value, sheet, styles, failing=failing)
    page.freeze_panes(1, sheet.frozen)
    page.set_row(0, 30)
    page.set_landscape()
    page.set_paper(9)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)
    page.set_footer("&L&8" + sheet.title + "&R&8&P / &N")
    if sheet.rows:
        page.autofilter(0, 0, len(sheet.rows), len(sheet.heads) - 1)


def _write_cell(
    page: Worksheet,
    place: tuple[int, int],
    value: Any,
    sheet: Sheet,
    styles: dict[str, Format],
    *,
    failing: bool,
) -> None:
    row, column = place
    prefix = "fail" if failing and column in sheet.marked else ""
    if value is None:
        if prefix:
            page.write_blank(row, column, None, styles["fail"])
        return
    if isinstance(value, str):
        page.write_string(row, column, value, styles[prefix or "text"])
        return
    kind = sheet.digits[column]
    if kind == "percent":
        style = styles["failpercent" if prefix else "percent"]
    else:
        digits = 0 if float(value).is_integer() else int(kind)
        style = styles[f"{prefix or 'number'}{digits}"]
    page.write_number(row, column, value, style)


def _width(sheet: Sheet, column: int) -> float:
    """Room for the longest cell of the first rows; Chinese counts double."""
    cells = [sheet.heads[column], *(row[column] for row in sheet.rows[:400])]
    longest = max(_length(value) for value in cells)
    return min(WIDEST, longest + 2.5)


def _length(value: Any) -> int:
    if value is None:
        return 0
    text = value if isinstance(value, str) else f"{value:,.1f}"
    return sum(2 if ord(character) > 0x2E7F else 1 for character in text)

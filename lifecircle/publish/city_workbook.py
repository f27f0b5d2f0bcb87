"""city.xlsx: a summary to print, and the districts' figures side by side."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pandas as pd
import xlsxwriter

from lifecircle.publish.cells import Figure, figures
from lifecircle.publish.city_sheets import city_sheets
from lifecircle.publish.city_words import CityWords
from lifecircle.publish.cover import cover_styles
from lifecircle.publish.workbook import CLOCK, FONT, OPTIONS, sheet_styles, write_sheet

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.workbook import Workbook
    from xlsxwriter.worksheet import Worksheet

    from lifecircle.model import CityStudy
    from lifecircle.text import Language

__all__ = ["city_workbook"]

_LAST = 6
"""Columns A to G."""
_A4 = 9
_TILES = ("households", "communities", "facilities", "gap_areas", "met_share")
_SHOWN = ("households", "met_share", "rules_short", "better", "worse")


def city_workbook(study: CityStudy, *, lang: Language = "zh") -> bytes:
    """A city's workbook; the same study gives the same bytes.

    Parameters
    ----------
    study : CityStudy
        The city.
    lang : {"zh", "en"}
        Language of sheets, heads and words.

    Returns
    -------
    bytes
        An xlsx file: summary, then ``city_sheets``.

    Examples
    --------
    >>> city_workbook(study)[:2]  # doctest: +SKIP
    b'PK'
    """
    told, file = CityWords(study, lang), BytesIO()
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        book.set_properties({"title": told.title, "created": CLOCK})
        book.formats[0].set_font_name(FONT)
        book.formats[0].set_font_size(10)
        _write_cover(book, told)
        styles = sheet_styles(book)
        for sheet in city_sheets(told):
            write_sheet(book.add_worksheet(sheet.title), sheet, styles)
    return file.getvalue()


def _write_cover(book: Workbook, told: CityWords) -> None:
    page = book.add_worksheet(told.say("sheet_cover"))
    page.hide_gridlines(2)
    page.set_portrait()
    page.set_paper(_A4)
    page.set_margins(0.6, 0.6, 0.7, 0.7)
    page.fit_to_pages(1, 0)
    page.set_column(0, 0, 26)
    page.set_column(1, 1, 28)
    page.set_column(2, _LAST, 12)
    styles = cover_styles(book, FONT)
    percent = {"font_name": FONT, "font_size": 10, "align": "right"}
    styles["share"] = book.add_format({**percent, "num_format": "0.0%"})
    least = {**percent, "num_format": '"≥"#,##0'}
    styles["least"] = book.add_format(least)
    page.set_row(0, 32)
    page.write_string(0, 0, told.title, styles["title"])
    if told.stamp():
        page.write_string(1, _LAST, told.stamp(), styles["stamp"])
    row = 1
    for line in told.stamps():
        page.write_string(row, 0, line, styles["quiet"])
        row += 1
    row = _sums(page, told, styles, row + 1)
    row = _districts(page, told, styles, row + 1)
    for key in ("note_sums", "note_compare", "note_state"):
        page.write_string(row, 0, told.say(key), styles["quiet"])
        row += 1


def _section(page: Worksheet, title: str, styles: dict[str, Format], row: int) -> int:
    page.merge_range(row, 0, row, _LAST, title, styles["section"])
    return row + 1


def _sums(page: Worksheet, told: CityWords, styles: dict[str, Format], row: int) -> int:
    row = _section(page, told.say("whole"), styles, row)
    for name in _TILES:
        page.write_string(row, 0, told.say(f"col_{name}"), styles["text"])
        _write(page, row, 1, told.sums[name], styles)
        row += 1
    counts = told.study.changes["change"].value_counts(sort=False)
    for change, count in counts.items():
        said = told.say(f"change_{change}")
        page.write_string(row, 0, said, styles["text"])
        _write(page, row, 1, Figure(float(count), "0"), styles)
        row += 1
    return row


def _write(
    page: Worksheet,
    row: int,
    column: int,
    value: Figure | None,
    styles: dict[str, Format],
) -> None:
    if value is None:
        return
    looks = {"percent": "share", "least0": "least", "about0": "aboutnumber"}
    page.write_number(row, column, value.value, styles[looks.get(value.form, "number")])


def _districts(
    page: Worksheet, told: CityWords, styles: dict[str, Format], row: int
) -> int:
    """One line a district: state, headline figures, why it was not done."""
    rows = told.study.districts
    row = _section(page, told.say("sheet_districts"), styles, row)
    for place, name in enumerate(("name", "state", *_SHOWN)):
        look = styles["right" if place > 1 else "head"]
        page.write_string(row, place, told.say(f"col_{name}"), look)
    row += 1
    cells: dict[str, list[Any]] = {
        name: list(figures(rows[name], "percent" if name == "met_share" else "0"))
        for name in _SHOWN
    }
    for place, one in enumerate(rows.to_dict("records")):
        page.write_string(row, 0, told.names[one["district_id"]], styles["text"])
        done = one["state"] == "done"
        state = told.say(f"state_{one['state']}")
        reason = told.failure(one)[0]
        said = state if done or not reason else f"{state} · {reason}"
        page.write_string(row, 1, said, styles["text" if done else "fail"])
        for column, name in enumerate(_SHOWN, start=2):
            if name in ("better", "worse") and not one["compared"]:
                continue
            if not pd.isna(one[name]):
                _write(page, row, column, cells[name][place], styles)
        row += 1
    return row + 1

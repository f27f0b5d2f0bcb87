"""Rows of CSV, XLSX and XLS files as found, merged cells and headings resolved."""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import numpy as np
import openpyxl
import xlrd
from openpyxl.utils import get_column_letter, range_boundaries

from lifecircle.tables.encodings import decode
from lifecircle.tables.found import FileFault, Found, reading

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from lifecircle.model import Source

__all__ = [
    "Sheet",
    "from_records",
    "headings",
    "read_sheets",
    "sheet_names",
    "text_records",
]

_HEADER_SEARCH = 30
_OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LARGEST_BYTES = 2_000_000_000
"""A workbook that unpacks to more is no register of a district."""


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """One sheet: its rows, every merged cell filled with the value it shows.

    Attributes
    ----------
    name : str
        As its tab says.
    records : list of list
        Cells by row, the first row first.
    merged : frozenset of (int, int)
        Row (from 1) and column (from 0) of the cells that share a value with
        cells of other rows: what they show belongs to all of them together.
    uncalculated : tuple of str
        Cells with a formula that no program has calculated; empty if none, or if
        only some are.
    """

    name: str
    records: list[list[Any]]
    merged: frozenset[tuple[int, int]] = frozenset()
    uncalculated: tuple[str, ...] = ()


def _fill(
    records: list[list[Any]], ranges: Iterable[tuple[int, int, int, int]]
) -> frozenset[tuple[int, int]]:
    """Write a merged range's value into all its cells; bounds from 0, ends outside."""
    shared = set()
    for top, bottom, left, right in ranges:
        if top >= len(records) or left >= len(records[top]):
            continue
        value = records[top][left]
        for row in range(top, min(bottom, len(records))):
            cells = records[row]
            cells += [None] * (right - len(cells))
            cells[left:right] = [value] * (right - left)
            if bottom - top > 1:
                shared |= {(row + 1, column) for column in range(left, right)}
    return frozenset(shared)


def _open_book(path: Path, *, values: bool) -> openpyxl.Workbook:
    with reading():
        with zipfile.ZipFile(path) as parts:
            size = sum(part.file_size for part in parts.infolist())
        if size > _LARGEST_BYTES:
            raise FileFault(key="file_too_large", gb=f"{size / 1e9:.0f}")
        with warnings.catch_warnings():
            # Styles and validations that openpyxl does not know are not our data.
            warnings.simplefilter("ignore", UserWarning)
            return openpyxl.load_workbook(path, read_only=True, data_only=values)


def _part_of(parts: zipfile.ZipFile, name: str) -> bytes:
    """A sheet's XML by the name on its tab; nothing for a sheet of another kind."""
    ids = {
        sheet.get("name"): sheet.get(f"{_OFFICE}id")
        for sheet in ElementTree.fromstring(parts.read("xl/workbook.xml")).iter(
            f"{_MAIN}sheet"
        )
    }
    links = ElementTree.fromstring(parts.read("xl/_rels/workbook.xml.rels"))
    for link in links:
        if link.get("Id") == ids.get(name):
            target = str(link.get("Target"))
            inner = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            return parts.read(inner) if inner in parts.namelist() else b""
    return b""


def _merges(raw: bytes) -> list[tuple[int, int, int, int]]:
    found = []
    for text in re.findall(rb'<mergeCell [^>]*ref="([A-Z]+\d+:[A-Z]+\d+)"', raw):
        left, top, right, bottom = range_boundaries(text.decode())
        found.append((top - 1, bottom, left - 1, right))
    return found


def _uncalculated(path: Path, name: str, records: list[list[Any]]) -> tuple[str, ...]:
    """Formulas that no program has calculated yet read as empty cells."""
    with closing(_open_book(path, values=False)) as book:
        sheet = book[name]
        sheet.reset_dimensions()
        formulas = [
            (row, column)
            for row, cells in enumerate(sheet.iter_rows(values_only=True))
            for column, cell in enumerate(cells)
            if isinstance(cell, str) and cell.startswith("=")
        ]
    if any(records[row][column] is not None for row, column in formulas):
        return ()
    return tuple(f"{get_column_letter(c + 1)}{r + 1}" for r, c in formulas)


def _xlsx_sheets(path: Path, wanted: tuple[str, ...]) -> list[Sheet]:
    book = _open_book(path, values=True)
    found = []
    with closing(book), reading(), zipfile.ZipFile(path) as parts:
        for sheet in book.worksheets:
            if wanted and sheet.title not in wanted:
                continue
            sheet.reset_dimensions()  # some programs write a wrong extent
            records = [list(cells) for cells in sheet.iter_rows(values_only=True)]
            raw = _part_of(parts, sheet.title)
            lost = _uncalculated(path, sheet.title, records) if b"<f" in raw else ()
            merged = _fill(records, _merges(raw))
            found.append(Sheet(sheet.title, records, merged, lost))
    return found


def _xls_value(cell: xlrd.sheet.Cell, date_mode: int) -> Any:
    if cell.ctype in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK, xlrd.XL_CELL_ERROR):
        return None
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            moment: datetime = xlrd.xldate_as_datetime(cell.value, date_mode)
        except xlrd.xldate.XLDateError:
            return cell.value
        return moment
    return bool(cell.value) if cell.ctype == xlrd.XL_CELL_BOOLEAN else cell.value


def _open_xls(path: Path) -> xlrd.Book:
    with reading():
        return xlrd.open_workbook(path, formatting_info=True, logfile=io.StringIO())


def _xls_sheets(path: Path, wanted: tuple[str, ...]) -> list[Sheet]:
    book = _open_xls(path)
    found = []
    with reading():
        for sheet in book.sheets():
            if wanted and sheet.name not in wanted:
                continue
            records = [
                [_xls_value(cell, book.datemode) for cell in sheet.row(row)]
                for row in range(sheet.nrows)
            ]
            merged = _fill(records, sheet.merged_cells)
            found.append(Sheet(sheet.name, records, merged))
    return found


def sheet_names(path: Path) -> list[str]:
    """The sheets of a workbook, in the order of their tabs.

    Parameters
    ----------
    path : Path
        ``.xlsx``, ``.xlsm`` or ``.xls``.

    Returns
    -------
    list of str
        Names.

    Raises
    ------
    FileFault
        If the file is no workbook, is encrypted, or unpacks to something huge.
    """
    if path.suffix.lower() == ".xls":
        return [str(name) for name in _open_xls(path).sheet_names()]
    with closing(_open_book(path, values=True)) as book:
        return [sheet.title for sheet in book.worksheets]


def read_sheets(path: Path, *wanted: str) -> list[Sheet]:
    """Read sheets of a workbook, merged cells filled.

    Parameters
    ----------
    path : Path
        ``.xlsx``, ``.xlsm`` or ``.xls``.
    *wanted : str
        Names of sheets; without any, all.

    Returns
    -------
    list of Sheet
        In the order of their tabs.

    Raises
    ------
    FileFault
        If the file is no workbook, is encrypted, or unpacks to something huge.
    """
    read = _xls_sheets if path.suffix.lower() == ".xls" else _xlsx_sheets
    return read(path, wanted)


def text_records(raw: bytes, codec: str, *, tabs: bool) -> list[list[str]]:
    r"""Rows of a text file.

    Parameters
    ----------
    raw : bytes
        The file.
    codec : str
        As ``canonical`` names it.
    tabs : bool
        Whether tabs stand between the cells, and not commas.

    Returns
    -------
    list of list of str
        Cells by line; a line break inside quotes belongs to its cell.

    Raises
    ------
    FileFault
        If a cell is longer than 131,072 characters: a quote is not closed.

    Examples
    --------
    >>> text_records("编号,户数\n1,20\n".encode(), "utf-8-sig", tabs=False)
    [['编号', '户数'], ['1', '20']]
    """
    text = decode(raw, codec)
    delimiter = "\t" if tabs else ","
    try:
        return list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise FileFault(key="file_unreadable", reason=str(error)) from error


def _filled(cells: list[Any]) -> bool:
    return any(cell not in (None, "") for cell in cells)


def headings(rows: list[list[Any]]) -> list[str]:
    """One name a column; of headings of several rows, the different ones joined.

    Parameters
    ----------
    rows : list of list
        The rows that the headings take, merged cells filled.

    Returns
    -------
    list of str
        Without blanks around; empty where a column has no heading.

    Examples
    --------
    >>> headings([["社区", "户数", "户数"], ["社区", "户籍", "常住"]])
    ['社区', '户数-户籍', '户数-常住']
    """
    width = max(map(len, rows), default=0)
    padded = [[*cells, *[None] * (width - len(cells))] for cells in rows]
    names = []
    for column in zip(*padded, strict=True):
        parts = [str(cell).strip() for cell in column if cell not in (None, "")]
        names.append("-".join(dict.fromkeys(parts)))
    return names


def _refuse_other_header(
    records: list[list[Any]], names: list[str], source: Source
) -> None:
    """Say so if another row looks like the header (title rows above it)."""
    wanted = {*source.columns.values(), source.x, source.y} - {""}
    if not wanted or wanted.intersection(names):
        return
    for row, cells in enumerate(records[:_HEADER_SEARCH], start=1):
        texts = {cell.strip() for cell in cells if isinstance(cell, str)}
        if len(wanted & texts) * 2 >= len(wanted):
            raise FileFault(key="header_row", found=row, declared=source.header_row)


def from_records(
    records: list[list[Any]],
    source: Source,
    *,
    layer: str = "",
    merged: frozenset[tuple[int, int]] = frozenset(),
) -> Found:
    """Headings and rows of a sheet; blank rows are skipped.

    Parameters
    ----------
    records : list of list
        Cells by row.
    source : Source
        Says where the headings stand and which are wanted.
    layer : str, optional
        Name of the sheet.
    merged : frozenset of (int, int), optional
        As of ``Sheet``.

    Returns
    -------
    Found
        Rows numbered as the planner sees them.

    Raises
    ------
    FileFault
        If another row looks like the header.
    """
    first, last = source.header_row, source.header_row + source.header_rows - 1
    names = headings(records[first - 1 : last])
    _refuse_other_header(records, names, source)
    body = [
        (row, cells)
        for row, cells in enumerate(records[last:], start=last + 1)
        if _filled(cells)
    ]
    width = len(names)
    overlong = tuple(row for row, cells in body if _filled(cells[width:]))
    padded = [(cells + [None] * width)[:width] for _, cells in body]
    rows = np.array([row for row, _ in body], dtype=np.int64)
    columns: list[Any] = [list(column) for column in zip(*padded, strict=True)]
    below = frozenset((row, column) for row, column in merged if row > last)
    return Found(
        names,
        columns or [[] for _ in names],
        rows,
        layer=layer,
        overlong=overlong,
        merged=below,
    )

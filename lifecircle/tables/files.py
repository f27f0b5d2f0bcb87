"""One file to its cells as found: CSV, XLSX, Shapefile, GeoPackage, GeoJSON.

A reader gives the file's own column names, every row's number as the planner sees
it, and geometry in the file's own coordinates; nothing is made of them yet.
"""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS

from lifecircle.errors import LifeCircleError
from lifecircle.tables.encodings import canonical, decode, other_encoding
from lifecircle.tables.parse import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    import numpy.typing as npt

    from lifecircle.model import Source

__all__ = ["SUFFIXES", "FileFault", "Found", "read_file"]

_HEADER_SEARCH = 30


class FileFault(Exception):  # noqa: N818 - never leaves this package
    """A file that gives no table; becomes a problem.

    Parameters
    ----------
    key : str
        Sentence key without its area.
    **values
        What the sentence needs.
    """

    def __init__(self, *, key: str, **values: Any) -> None:
        self.key, self.values = key, values
        super().__init__(key)


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A file as found.

    Attributes
    ----------
    names : list of str
        The file's column names, in order, possibly twice.
    cells : list of array-like
        One sequence a column.
    rows : int64 array
        Row numbers as the planner sees them: header counted in spreadsheets,
        1-based position in spatial layers.
    geometry : object array or None
        Shapes in the file's coordinates.
    crs : pyproj.CRS or None
        What the file says of itself, if it says anything.
    layer : str
        Layer or sheet read; empty where a file has one only.
    overlong : tuple of int
        Rows with cells to the right of the last heading.
    """

    names: list[str]
    cells: list[Any]
    rows: npt.NDArray[np.int64]
    geometry: npt.NDArray[np.object_] | None = None
    crs: CRS | None = None
    layer: str = ""
    overlong: tuple[int, ...] = ()


def _codec(source: Source) -> str:
    codec = canonical(source.encoding)
    if not codec:
        raise FileFault(key="encoding_unknown", value=source.encoding)
    return codec


def _refuse_other_encoding(samples: Iterable[bytes], source: Source) -> None:
    other = other_encoding(samples, _codec(source))
    if other is None:
        return
    declared = source.encoding or "utf-8"
    if other:
        raise FileFault(key="encoding_other", declared=declared, other=other)
    raise FileFault(key="encoding_undecodable", declared=declared)


def _from_records(
    records: list[tuple[int, list[Any]]], source: Source, layer: str = ""
) -> Found:
    """Header and rows of a sheet; blank rows are skipped."""
    header = next((cells for row, cells in records if row == source.header_row), [])
    names = [str(cell).strip() if cell is not None else "" for cell in header]
    _refuse_other_header(records, names, source)
    body = [
        (row, cells)
        for row, cells in records
        if row > source.header_row and any(cell not in (None, "") for cell in cells)
    ]
    width = len(names)
    overlong = tuple(
        row
        for row, cells in body
        if any(cell not in (None, "") for cell in cells[width:])
    )
    padded = [(cells + [None] * width)[:width] for _, cells in body]
    rows = np.array([row for row, _ in body], dtype=np.int64)
    columns: list[Any] = [list(column) for column in zip(*padded, strict=True)]
    cells = columns or [[] for _ in names]
    return Found(names, cells, rows, layer=layer, overlong=overlong)


def _refuse_other_header(
    records: list[tuple[int, list[Any]]], names: list[str], source: Source
) -> None:
    """Say so if another row looks like the header (title rows above it)."""
    wanted = {*source.columns.values(), source.x, source.y} - {""}
    if not wanted or wanted.intersection(names):
        return
    for row, cells in records[:_HEADER_SEARCH]:
        texts = {cell.strip() for cell in cells if isinstance(cell, str)}
        if len(wanted & texts) * 2 >= len(wanted):
            raise FileFault(key="header_row", found=row, declared=source.header_row)


def _read_csv(source: Source) -> Found:
    raw = source.path.read_bytes()
    _refuse_other_encoding(raw.splitlines(), source)
    text = decode(raw, _codec(source))
    delimiter = "\t" if source.path.suffix.lower() == ".tsv" else ","
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise FileFault(key="file_unreadable", reason=str(error)) from error
    return _from_records(list(enumerate(lines, start=1)), source)


def _open_book(source: Source, *, values: bool) -> openpyxl.Workbook:
    try:
        with warnings.catch_warnings():
            # Styles and validations that openpyxl does not know are not our data.
            warnings.simplefilter("ignore", UserWarning)
            return openpyxl.load_workbook(source.path, read_only=True, data_only=values)
    except (InvalidFileException, zipfile.BadZipFile, KeyError) as error:
        raise FileFault(key="file_unreadable", reason=str(error)) from error


def _refuse_uncalculated(source: Source, name: str, records: list[Any]) -> None:
    """Formulas that no program has calculated yet read as empty cells: say so."""
    with zipfile.ZipFile(source.path) as parts:
        sheets = [part for part in parts.namelist() if "worksheets/" in part]
        if not any(b"<f" in parts.read(part) for part in sheets):
            return
    book = _open_book(source, values=False)
    try:
        sheet = book[name]
        sheet.reset_dimensions()
        formulas = [
            (row, column)
            for row, cells in enumerate(sheet.iter_rows(values_only=True))
            for column, cell in enumerate(cells)
            if isinstance(cell, str) and cell.startswith("=")
        ]
    finally:
        book.close()
    if formulas and all(records[row][1][column] is None for row, column in formulas):
        first = f"{get_column_letter(formulas[0][1] + 1)}{formulas[0][0] + 1}"
        raise FileFault(key="formulas_uncalculated", cells=first, count=len(formulas))


def _read_xlsx(source: Source) -> Found:
    book = _open_book(source, values=True)
    try:
        names = [sheet.title for sheet in book.worksheets]
        if not source.sheet and len(names) > 1:
            raise FileFault(key="sheet_unnamed", sheets="、".join(names))
        name = source.sheet or names[0]
        if name not in names:
            near = nearest(name, names)
            known = "、".join(names)
            raise FileFault(key="sheet_missing", value=name, sheets=known, nearest=near)
        sheet = book[name]
        sheet.reset_dimensions()  # some programs write a wrong extent
        records = [
            (number, list(cells))
            for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1)
        ]
    finally:
        book.close()
    _refuse_uncalculated(source, name, records)
    return _from_records(records, source, name)


def _pick_layer(source: Source) -> str:
    names = [str(name) for name, _ in pyogrio.list_layers(source.path)]
    if source.layer and source.layer not in names:
        near = nearest(source.layer, names)
        known = "、".join(names)
        raise FileFault(
            key="layer_missing", value=source.layer, layers=known, nearest=near
        )
    if not source.layer and len(names) > 1:
        raise FileFault(key="layer_unnamed", layers="、".join(names))
    return source.layer or names[0]


def _from_features(frame: pd.DataFrame, *, layer: str = "") -> Found:
    geometry: npt.NDArray[np.object_] | None = None
    crs: CRS | None = None
    if isinstance(frame, gpd.GeoDataFrame):
        geometry = np.asarray(frame.geometry, dtype=object)
        crs = frame.crs
    names = [str(name) for name in frame.columns if str(name) != "geometry"]
    cells = [frame[name].tolist() for name in names]
    rows = np.arange(1, len(frame) + 1, dtype=np.int64)
    return Found(names, cells, rows, geometry, crs, layer)


def _read_geopackage(source: Source) -> Found:
    layer = _pick_layer(source)
    return _from_features(pyogrio.read_dataframe(source.path, layer=layer), layer=layer)


def _read_geojson(source: Source) -> Found:
    raw = source.path.read_bytes()
    _refuse_other_encoding([raw], source)
    text = decode(raw, _codec(source))
    found = _from_features(pyogrio.read_dataframe(io.BytesIO(text.encode())))
    if '"crs"' in text[:2000]:
        return found
    # Without a crs member the reader says WGS 84, which the file does not.
    return Found(found.names, found.cells, found.rows, found.geometry)


def _read_shapefile(source: Source) -> Found:
    """Text is read byte for byte and decoded here, whatever the .cpg says."""
    frame = pyogrio.read_dataframe(source.path, ENCODING="ISO-8859-1")
    raw = _from_features(frame)
    texts = [
        cell.encode("latin-1")
        for column in [raw.names, *raw.cells]
        for cell in dict.fromkeys(column)
        if isinstance(cell, str)
    ]
    if not source.encoding and source.path.with_suffix(".cpg").exists():
        label = source.path.with_suffix(".cpg").read_text("ascii", "replace").strip()
        codec = canonical(label) or "utf-8-sig"
    else:
        codec = _codec(source)
        _refuse_other_encoding(texts, source)

    def clean(cell: Any) -> Any:
        return decode(cell.encode("latin-1"), codec) if isinstance(cell, str) else cell

    cells = [[clean(cell) for cell in column] for column in raw.cells]
    names = [clean(name) for name in raw.names]
    return Found(names, cells, raw.rows, raw.geometry, raw.crs)


def _read_openstreetmap(source: Source) -> Found:
    from lifecircle.tables.openstreetmap import read_openstreetmap

    try:
        return _from_features(read_openstreetmap(source.path, source.table))
    except LifeCircleError as error:
        raise FileFault(
            key="file_unreadable", reason=f"{error.what} {error.fix}"
        ) from error


_READERS: dict[str, Callable[[Source], Found]] = {
    ".csv": _read_csv,
    ".tsv": _read_csv,
    ".xlsx": _read_xlsx,
    ".xlsm": _read_xlsx,
    ".shp": _read_shapefile,
    ".gpkg": _read_geopackage,
    ".geojson": _read_geojson,
    ".json": _read_geojson,
    ".osm": _read_openstreetmap,
    ".pbf": _read_openstreetmap,
}
SUFFIXES = tuple(_READERS)
"""File types read."""


def _refuse_missing(path: Path) -> None:
    if path.is_file():
        return
    beside = sorted(
        other.name
        for other in (path.parent.iterdir() if path.parent.is_dir() else ())
        if other.suffix.lower() in _READERS
    )
    near = nearest(path.name, beside)
    raise FileFault(key="file_missing", nearest=near, beside="、".join(beside))


def read_file(source: Source) -> Found:
    """Read a source's file by its suffix.

    Parameters
    ----------
    source : Source
        Path, and what the format needs of encoding, layer, sheet, header row.

    Returns
    -------
    Found
        The file as found.

    Raises
    ------
    FileFault
        If there is no such file, layer or sheet, if it cannot be read, or if its
        text is in another encoding than declared.
    """
    _refuse_missing(source.path)
    reader = _READERS.get(source.path.suffix.lower())
    if reader is None:
        known = "、".join(SUFFIXES)
        raise FileFault(key="file_kind", value=source.path.suffix, allowed=known)
    try:
        return reader(source)
    except (DataSourceError, DataLayerError, UnicodeDecodeError) as error:
        reason = str(error).replace(str(source.path), source.path.name)
        raise FileFault(key="file_unreadable", reason=reason) from error
    except PermissionError as error:
        raise FileFault(key="file_locked") from error

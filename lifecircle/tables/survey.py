"""A first look at a file: its layers, columns, encoding, coordinates, a few rows.

Nothing is declared yet, so what can be seen in the bytes is said together with how
it was seen; the reader proper (``files.py``) still reads by declaration only.
"""

from __future__ import annotations

import csv
import io
import warnings
import zipfile
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import openpyxl
import pyogrio
from openpyxl.utils.exceptions import InvalidFileException
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj import CRS
from pyproj.exceptions import CRSError as ProjCrsError

from lifecircle.tables.encodings import canonical, decode, other_encoding
from lifecircle.tables.osm_source import COLUMNS, WGS84, is_openstreetmap

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Layer", "look_at"]

SAMPLE_ROWS = 5000
"""Rows looked at for samples and guesses."""

_HEADER_SEARCH = 30


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """One layer or sheet of a file at first sight.

    Attributes
    ----------
    path : Path
        The file.
    name : str
        Layer or sheet; empty where a file has one only.
    names : tuple of str
        The file's column names, in order.
    samples : tuple of list
        One list a column, of at most ``SAMPLE_ROWS`` cells.
    rows : int
        Rows below the header.
    shapes : tuple of str
        Geometry types seen; empty for a table.
    bounds : tuple of float or None
        West, south, east, north in the layer's own numbers.
    crs : pyproj.CRS or None
        What the file says of itself.
    encoding : str
        As the district file would declare it; empty where there is nothing to say.
    encoding_from : {"", "cpg", "bytes"}
        How the encoding is known.
    header_row : int
        Counted from 1, spreadsheets and text files only.
    osm_table : str
        Table of an OpenStreetMap file that this layer is.
    fault : str
        Why nothing could be seen; empty if all went well.
    """

    path: Path
    name: str = ""
    names: tuple[str, ...] = ()
    samples: tuple[list[Any], ...] = ()
    rows: int = 0
    shapes: tuple[str, ...] = ()
    bounds: tuple[float, float, float, float] | None = None
    crs: CRS | None = None
    encoding: str = ""
    encoding_from: str = ""
    header_row: int = 1
    osm_table: str = ""
    fault: str = ""


def _filled(cells: list[Any]) -> int:
    return sum(cell not in (None, "") for cell in cells)


def _is_heading(cells: list[Any]) -> bool:
    """Text in most cells, each once: numbers and repeats are data."""
    texts = [cell for cell in cells if isinstance(cell, str) and cell.strip()]
    plain = [text for text in texts if not text.strip().replace(".", "").isdigit()]
    return len(plain) * 2 > _filled(cells) > 0 and len(set(texts)) == len(texts)


def _header_row(records: list[list[Any]]) -> int:
    """The first row that is as wide as the rows below it and made of headings."""
    head = records[:_HEADER_SEARCH]
    widths = [_filled(cells) for cells in head]
    widest = max(widths, default=0)
    for place, cells in enumerate(head):
        if widths[place] * 2 > widest and _is_heading(cells):
            return place + 1
    return 1


def _from_records(layer: Layer, records: list[list[Any]]) -> Layer:
    header = _header_row(records)
    row = records[header - 1] if records else []
    names = tuple("" if cell is None else str(cell).strip() for cell in row)
    body = [cells for cells in records[header:] if _filled(cells)]
    width = len(names)
    shown = [(cells + [None] * width)[:width] for cells in body[:SAMPLE_ROWS]]
    columns = zip(*shown, strict=True) if shown else ([] for _ in names)
    samples = tuple(list(column) for column in columns)
    return replace(
        layer, names=names, samples=samples, rows=len(body), header_row=header
    )


def _encoding_of(texts: list[bytes]) -> tuple[str, str]:
    """What the bytes are in, and how that is known; nothing to say of plain ASCII."""
    if all(text.isascii() for text in texts):
        return "", ""
    other = other_encoding(texts, "utf-8-sig")
    if other is None:
        return "utf-8", "bytes"
    return ("gbk" if other == "gb18030" else other), "bytes"


def _look_at_text(path: Path) -> list[Layer]:
    raw = path.read_bytes()
    encoding, known_from = _encoding_of(raw.splitlines())
    layer = Layer(path, encoding=encoding, encoding_from=known_from)
    text = decode(raw, canonical(encoding or "utf-8"))
    delimiter = "\t" if path.suffix.lower() == ".tsv" else ","
    records = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    return [_from_records(layer, records)]


def _look_at_workbook(path: Path) -> list[Layer]:
    with warnings.catch_warnings():
        # Styles and validations that openpyxl does not know are not our data.
        warnings.simplefilter("ignore", UserWarning)
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    found = []
    try:
        several = len(book.worksheets) > 1
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            records = [list(cells) for cells in sheet.iter_rows(values_only=True)]
            layer = Layer(path, sheet.title if several else "")
            found.append(_from_records(layer, records))
    finally:
        book.close()
    return found


def _clean_texts(layer: Layer) -> Layer:
    """Names and cells of a shapefile, read byte for byte, in their encoding."""
    texts = [
        cell.encode("latin-1")
        for column in [layer.names, *layer.samples]
        for cell in dict.fromkeys(column)
        if isinstance(cell, str)
    ]
    label = layer.path.with_suffix(".cpg")
    encoding, known_from = _encoding_of(texts)
    if label.exists():
        said = label.read_text("ascii", "replace").strip()
        if canonical(said):
            encoding, known_from = said, "cpg"
    codec = canonical(encoding or "utf-8")

    def clean(cell: Any) -> Any:
        return decode(cell.encode("latin-1"), codec) if isinstance(cell, str) else cell

    return replace(
        layer,
        names=tuple(clean(name) for name in layer.names),
        samples=tuple([clean(cell) for cell in column] for column in layer.samples),
        encoding=encoding,
        encoding_from=known_from,
    )


def _look_at_features(path: Path) -> list[Layer]:
    options = {"ENCODING": "ISO-8859-1"} if path.suffix.lower() == ".shp" else {}
    listed = [str(name) for name, _ in pyogrio.list_layers(path)]
    found = []
    for name in listed:
        info = pyogrio.read_info(
            path,
            layer=name,
            force_feature_count=True,
            force_total_bounds=True,
            **options,
        )
        with warnings.catch_warnings():
            # A layer without geometry or with several types of it is no fault here.
            warnings.simplefilter("ignore")
            frame = pyogrio.read_dataframe(
                path, layer=name, max_features=SAMPLE_ROWS, **options
            )
        names = [str(column) for column in frame.columns if column != "geometry"]
        shapes: tuple[str, ...] = ()
        if isinstance(frame, gpd.GeoDataFrame):
            shapes = tuple(sorted(set(frame.geometry.geom_type.dropna())))
        bounds = info.get("total_bounds")
        known = bounds is not None and np.isfinite(bounds).all() and bool(shapes)
        layer = Layer(
            path,
            name if len(listed) > 1 else "",
            names=tuple(names),
            samples=tuple(frame[column].tolist() for column in names),
            rows=int(info["features"]),
            shapes=shapes,
            bounds=_box(bounds) if known else None,
            crs=_crs_of(info.get("crs"), path),
        )
        found.append(_clean_texts(layer) if options else layer)
    return found


def _box(bounds: Any) -> tuple[float, float, float, float]:
    west, south, east, north = map(float, bounds)
    return west, south, east, north


def _crs_of(said: str | None, path: Path) -> CRS | None:
    """The file's own CRS; GeoJSON without a word of it says none."""
    if not said:
        return None
    if path.suffix.lower() in (".geojson", ".json"):
        with path.open("rb") as file:
            if b'"crs"' not in file.read(2000):
                return None
    try:
        return CRS.from_user_input(said)
    except ProjCrsError:
        return None


def _look_at_osm(path: Path) -> list[Layer]:
    return [
        Layer(path, names=columns, crs=CRS.from_user_input(WGS84), osm_table=table)
        for table, columns in COLUMNS.items()
    ]


_LOOKS: dict[str, Callable[[Path], list[Layer]]] = {
    ".csv": _look_at_text,
    ".tsv": _look_at_text,
    ".xlsx": _look_at_workbook,
    ".xlsm": _look_at_workbook,
    ".shp": _look_at_features,
    ".gpkg": _look_at_features,
    ".geojson": _look_at_features,
    ".json": _look_at_features,
}


def look_at(path: Path) -> list[Layer]:
    """Look at a file without any declaration.

    Parameters
    ----------
    path : Path
        A file of a type that is read.

    Returns
    -------
    list of Layer
        One a layer or sheet, in the file's order; a file that cannot be read gives
        one layer with its ``fault``; other types of file give none.

    Examples
    --------
    >>> from pathlib import Path
    >>> [layer.osm_table for layer in look_at(Path("town.osm.pbf"))][:2]
    ['roads', 'buildings']
    >>> look_at(Path("minutes.docx"))
    []
    """
    if is_openstreetmap(path):
        return _look_at_osm(path)
    look = _LOOKS.get(path.suffix.lower())
    if look is None:
        return []
    try:
        return look(path)
    except (
        *(DataSourceError, DataLayerError, UnicodeDecodeError, csv.Error),
        *(InvalidFileException, zipfile.BadZipFile, KeyError, OSError),
    ) as error:
        reason = str(error).replace(str(path), path.name)
        return [Layer(path, fault=reason or type(error).__name__)]

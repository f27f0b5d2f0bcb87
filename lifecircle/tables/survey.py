"""A first look at a file: its layers, columns, encoding, coordinates, a few rows.

Nothing is declared yet, so what can be seen in the bytes is said together with how
it was seen; the reader proper (``files.py``) still reads by declaration only.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError as ProjCrsError

from lifecircle.errors import LifeCircleError
from lifecircle.tables.encodings import (
    as_text,
    canonical,
    other_encoding,
    stored_bytes,
)
from lifecircle.tables.file_kinds import refuse_other_kind
from lifecircle.tables.files import SUFFIXES
from lifecircle.tables.found import FileFault, reading, without_folder
from lifecircle.tables.osm_source import COLUMNS, WGS84, is_openstreetmap
from lifecircle.tables.spreadsheets import headings, read_sheets, text_records
from lifecircle.tables.suffixes import PARQUET, SHEETS, TEXT
from lifecircle.tables.vector_files import Part, parts_of, read_part

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

__all__ = ["Layer", "look_at"]

SAMPLE_ROWS = 5000
"""Rows looked at for samples and guesses."""

_HEADER_SEARCH = 30
_LARGEST_OSM_BYTES = 50_000_000
"""A larger file of OpenStreetMap is not read at first sight."""


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
    estimated : bool
        Whether ``rows`` is a database's estimate.
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
    header_row, header_rows : int
        First row of the headings, from 1, and how many rows they take; spreadsheets
        and text files only.
    osm_table : str
        Table of an OpenStreetMap file that this layer is.
    fault : FileFault or None
        Why nothing could be seen.
    """

    path: Path
    name: str = ""
    names: tuple[str, ...] = ()
    samples: tuple[list[Any], ...] = ()
    rows: int = 0
    estimated: bool = False
    shapes: tuple[str, ...] = ()
    bounds: tuple[float, float, float, float] | None = None
    crs: CRS | None = None
    encoding: str = ""
    encoding_from: str = ""
    header_row: int = 1
    header_rows: int = 1
    osm_table: str = ""
    fault: FileFault | None = None


def _filled(cells: list[Any]) -> int:
    return sum(cell not in (None, "") for cell in cells)


def _is_heading(cells: list[Any]) -> bool:
    """Text in most cells, each once: numbers and repeats are data."""
    texts = [cell for cell in cells if isinstance(cell, str) and cell.strip()]
    plain = [text for text in texts if not text.strip().replace(".", "").isdigit()]
    return len(plain) * 2 > _filled(cells) > 0 and len(set(texts)) == len(texts)


def _goes_down(
    records: list[list[Any]], merged: frozenset[tuple[int, int]], row: int
) -> bool:
    """Whether a cell of a row (from 1) is merged with the one below it."""
    if row >= len(records):
        return False
    pairs = enumerate(zip(records[row - 1], records[row], strict=False))
    return any(
        upper not in (None, "")
        and upper == lower
        and {(row, column), (row + 1, column)} <= merged
        for column, (upper, lower) in pairs
    )


def _header_rows(
    records: list[list[Any]], merged: frozenset[tuple[int, int]]
) -> tuple[int, int]:
    """Where the headings stand, and how many rows they take.

    The first row that is as wide as the rows below it and made of headings; rows
    that its cells are merged with downwards belong to it.
    """
    widths = [_filled(cells) for cells in records[:_HEADER_SEARCH]]
    for first, width in enumerate(widths, start=1):
        last = first
        while _goes_down(records, merged, last):
            last += 1
        names = headings(records[first - 1 : last])
        if width * 2 > max(widths) and _is_heading(list(names)):
            return first, last - first + 1
    return 1, 1


def _from_records(
    layer: Layer,
    records: list[list[Any]],
    merged: frozenset[tuple[int, int]] = frozenset(),
) -> Layer:
    first, rows = _header_rows(records, merged)
    names = headings(records[first - 1 : first - 1 + rows])
    body = [cells for cells in records[first - 1 + rows :] if _filled(cells)]
    width = len(names)
    shown = [(cells + [None] * width)[:width] for cells in body[:SAMPLE_ROWS]]
    columns = zip(*shown, strict=True) if shown else ([] for _ in names)
    return replace(
        layer,
        names=tuple(names),
        samples=tuple(list(column) for column in columns),
        rows=len(body),
        header_row=first,
        header_rows=rows,
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
    codec = canonical(encoding or "utf-8")
    records: list[list[Any]] = [
        *text_records(raw, codec, tabs=path.suffix.lower() == ".tsv")
    ]
    return [_from_records(layer, records)]


def _look_at_workbook(path: Path) -> list[Layer]:
    sheets = read_sheets(path)
    several = len(sheets) > 1
    return [
        _from_records(
            Layer(path, sheet.name if several else ""), sheet.records, sheet.merged
        )
        for sheet in sheets
    ]


def _clean_texts(layer: Layer, label: str) -> Layer:
    """Names and cells of a shapefile, read byte for byte, in their encoding."""
    texts = stored_bytes([layer.names, *layer.samples])
    encoding, known_from = (label, "cpg") if label else _encoding_of(texts)
    codec = canonical(encoding or "utf-8")
    return replace(
        layer,
        names=tuple(as_text(layer.names, codec)),
        samples=tuple(as_text(column, codec) for column in layer.samples),
        encoding=encoding,
        encoding_from=known_from,
    )


def _count(part: Part, seen: int) -> tuple[int, Any]:
    """Features of a layer and its bounds, where GDAL can say so without reading."""
    if part.where or part.dataset.lower().endswith(PARQUET):
        return seen, None
    with reading():
        info = pyogrio.read_info(
            part.dataset,
            layer=part.layer or None,
            force_feature_count=True,
            force_total_bounds=True,
            encoding="ISO-8859-1" if part.by_bytes else None,
        )
    return int(info["features"]), info.get("total_bounds")


def _look_at_part(path: Path, part: Part, *, several: bool) -> Layer:
    whole = part.where or part.dataset.lower().endswith(PARQUET)
    with warnings.catch_warnings():
        # A layer without geometry or with several types of it is no fault here.
        warnings.simplefilter("ignore")
        frame = read_part(part, most=None if whole else SAMPLE_ROWS)
        rows, bounds = _count(part, len(frame))
    name = part.name if several else ""
    layer = replace(_from_frame(Layer(path, name), frame, bounds), rows=rows)
    return _clean_texts(layer, part.label) if part.by_bytes else layer


def _from_frame(layer: Layer, frame: pd.DataFrame, bounds: Any = None) -> Layer:
    """A layer with what a frame of its features shows."""
    shapes: tuple[str, ...] = ()
    crs = None
    if isinstance(frame, gpd.GeoDataFrame):
        geometry = np.asarray(frame.geometry, dtype=object)
        shapes = tuple(sorted(set(frame.geometry.geom_type.dropna())))
        bounds = shapely.total_bounds(geometry) if bounds is None else bounds
        crs = _crs_of(frame.crs, layer.path)
        frame = frame.drop(columns=frame.geometry.name)
    names = tuple(str(column) for column in frame.columns)
    few = frame.head(SAMPLE_ROWS)
    known = bounds is not None and np.isfinite(bounds).all() and bool(shapes)
    return replace(
        layer,
        names=names,
        samples=tuple(few.iloc[:, place].tolist() for place in range(len(names))),
        rows=len(frame),
        shapes=shapes,
        bounds=_box(bounds) if known else None,
        crs=crs,
    )


def _look_at_features(path: Path) -> list[Layer]:
    parts = parts_of(path)
    return [_look_at_part(path, part, several=len(parts) > 1) for part in parts]


def _box(bounds: Any) -> tuple[float, float, float, float]:
    west, south, east, north = map(float, bounds)
    return west, south, east, north


def _crs_of(said: Any, path: Path) -> CRS | None:
    """The file's own CRS; GeoJSON without a word of it says none."""
    if said is None:
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
    """The tables that an OpenStreetMap file has rows for; all, of a large file."""
    crs = CRS.from_user_input(WGS84)
    if path.stat().st_size > _LARGEST_OSM_BYTES:
        return [
            Layer(path, names=columns, crs=crs, osm_table=table)
            for table, columns in COLUMNS.items()
        ]
    from lifecircle.tables.openstreetmap import read_openstreetmap

    try:
        read = {table: read_openstreetmap(path, table) for table in COLUMNS}
    except LifeCircleError as error:
        reason = f"{error.what} {error.fix}"
        raise FileFault(key="file_unreadable", reason=reason) from error
    layers = [
        replace(_from_frame(Layer(path), frame), osm_table=table)
        for table, frame in read.items()
        if len(frame)
    ]
    return layers or [Layer(path, crs=crs)]


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
    >>> [layer.fault.key for layer in look_at(Path("no_such.csv"))]
    ['file_unreadable']
    >>> look_at(Path("minutes.docx"))
    []
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        return []
    look = _look_at_osm if is_openstreetmap(path) else _look_at_features
    if suffix in (*TEXT, *SHEETS):
        look = _look_at_text if suffix in TEXT else _look_at_workbook
    try:
        refuse_other_kind(path)
        return look(path)
    except FileFault as found:
        fault = found
    except (UnicodeDecodeError, OSError) as error:
        fault = FileFault(key="file_unreadable", reason=str(error))
    return [Layer(path, fault=without_folder(fault, path))]

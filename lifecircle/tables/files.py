"""One file to its cells as found, by its suffix.

A reader gives the file's own column names, every row's number as the planner sees
it, and geometry in the file's own coordinates; nothing is made of them yet.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pyogrio

from lifecircle.errors import LifeCircleError
from lifecircle.tables.encodings import as_text, canonical, decode, stored_bytes
from lifecircle.tables.facts import schema_of
from lifecircle.tables.file_kinds import refuse_other_kind
from lifecircle.tables.found import (
    FileFault,
    Found,
    codec_of,
    pick,
    reading,
    refuse_other_encoding,
    without_folder,
)
from lifecircle.tables.labels import with_levels
from lifecircle.tables.parse import nearest
from lifecircle.tables.postgis import read_database
from lifecircle.tables.spreadsheets import (
    from_records,
    read_sheets,
    sheet_names,
    text_records,
)
from lifecircle.tables.suffixes import SHEETS, TEXT, VECTOR
from lifecircle.tables.vector_files import parts_of, read_part

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import numpy.typing as npt
    import pandas as pd
    from pyproj import CRS

    from lifecircle.model import Source

__all__ = ["SUFFIXES", "FileFault", "Found", "read_file"]


def _read_text(source: Source) -> Found:
    raw = source.path.read_bytes()
    refuse_other_encoding(raw.splitlines(), source)
    tabs = source.path.suffix.lower() == ".tsv"
    records: list[list[Any]] = [*text_records(raw, codec_of(source), tabs=tabs)]
    return from_records(records, source)


def _read_sheet(source: Source) -> Found:
    name = pick(source.sheet, sheet_names(source.path), "sheet")
    (sheet,) = read_sheets(source.path, name)
    if sheet.uncalculated:
        cells = sheet.uncalculated
        raise FileFault(key="formulas_uncalculated", cells=cells[0], count=len(cells))
    return from_records(sheet.records, source, layer=name, merged=sheet.merged)


class _Cells(Sequence[Any]):
    """Cells by column, made of a frame's when asked for: few of a file's are.

    Parameters
    ----------
    frame : DataFrame
        As read.
    """

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame

    def __len__(self) -> int:
        return self._frame.shape[1]

    def __getitem__(self, place: Any) -> Any:
        """A column's cells; an array where all are numbers or text, which is fast."""
        column = self._frame.iloc[:, place]
        if column.dtype.kind in "iuf":
            return column.to_numpy()
        return column.array if column.dtype == "str" else column.tolist()


def _from_features(frame: pd.DataFrame, *, layer: str = "") -> Found:
    geometry: npt.NDArray[np.object_] | None = None
    crs: CRS | None = None
    if isinstance(frame, gpd.GeoDataFrame):
        geometry = np.asarray(frame.geometry, dtype=object)
        crs = frame.crs
        frame = frame.drop(columns=frame.geometry.name)
    names = [str(name) for name in frame.columns]
    rows = np.arange(1, len(frame) + 1, dtype=np.int64)
    if geometry is None:  # a table without its blank rows keeps their numbers free
        rows = frame.index.to_numpy(dtype=np.int64) + 1
    return Found(names, _Cells(frame), rows, geometry, crs, layer)


def _read_geojson(source: Source) -> Found:
    raw = source.path.read_bytes()
    refuse_other_encoding([raw], source)
    text = decode(raw, codec_of(source))
    with reading():
        frame = pyogrio.read_dataframe(io.BytesIO(text.encode()))
    found = _from_features(frame)
    if '"crs"' in text[:2000]:
        return found
    # Without a crs member the reader says WGS 84, which the file does not.
    return Found(found.names, found.cells, found.rows, found.geometry)


def _read_features(source: Source) -> Found:
    parts = parts_of(source.path)
    named = {part.name: part for part in parts}
    part = named[pick(source.layer, list(named), "layer")]
    closed = "Polygon" in schema_of(source.table).shapes
    frame = read_part(part, closed=closed)
    layer = part.name if len(parts) > 1 or part.layer else ""
    found = _from_features(frame, layer=layer)
    return _decoded(source, found, part.label) if part.by_bytes else found


def _decoded(source: Source, raw: Found, label: str) -> Found:
    """Text that was read byte for byte, in the declared encoding or the .cpg's."""
    columns = [
        column if isinstance(column, list) or column.dtype.kind != "O" else [*column]
        for column in raw.cells
    ]
    if not source.encoding and label:
        codec = canonical(label)
    else:
        codec = codec_of(source)
        texts = [raw.names, *(one for one in columns if isinstance(one, list))]
        refuse_other_encoding(stored_bytes(texts), source)
    cells = [
        as_text(column, codec) if isinstance(column, list) else column
        for column in columns
    ]
    names = as_text(raw.names, codec)
    return Found(names, cells, raw.rows, raw.geometry, raw.crs, raw.layer)


def _read_openstreetmap(source: Source) -> Found:
    from lifecircle.tables.openstreetmap import read_openstreetmap

    try:
        return _from_features(read_openstreetmap(source.path, source.table))
    except LifeCircleError as error:
        raise FileFault(
            key="file_unreadable", reason=f"{error.what} {error.fix}"
        ) from error


_READERS: dict[str, Callable[[Source], Found]] = {
    **dict.fromkeys(TEXT, _read_text),
    **dict.fromkeys(SHEETS, _read_sheet),
    **dict.fromkeys(VECTOR, _read_features),
    **dict.fromkeys((".geojson", ".json"), _read_geojson),
    **dict.fromkeys((".osm", ".pbf"), _read_openstreetmap),
}
SUFFIXES = tuple(_READERS)
"""File types read."""


def _refuse_missing(path: Path) -> None:
    if path.is_file() or (path.suffix.lower() == ".gdb" and path.is_dir()):
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
        Path or database, and what the format needs of encoding, layer, sheet, header
        row.

    Returns
    -------
    Found
        The file as found; a label in several columns is one more column.

    Raises
    ------
    FileFault
        If there is no such file, layer or sheet, if it cannot be read or is of
        another kind than its name says, if its text is in another encoding than
        declared, or if a database gives no answer.
    """
    return with_levels(_read(source), source.columns)


def _read(source: Source) -> Found:
    if source.database:
        return read_database(source)
    _refuse_missing(source.path)
    reader = _READERS.get(source.path.suffix.lower())
    if reader is None:
        known = "、".join(SUFFIXES)
        raise FileFault(key="file_kind", value=source.path.suffix, allowed=known)
    try:
        refuse_other_kind(source.path)
        return reader(source)
    except FileFault as fault:
        raise without_folder(fault, source.path) from fault
    except UnicodeDecodeError as error:
        raise FileFault(key="file_unreadable", reason=str(error)) from error
    except PermissionError as error:
        raise FileFault(key="file_locked") from error

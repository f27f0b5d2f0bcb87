"""Parquet files: layers as GeoParquet says, and plain tables like any other table.

A plain table keeps what its typed columns say: a whole number stays whole beside
empty cells, a decimal is no float, a date is a date, an entry of a dictionary is its
text. Every cell is what the same table would hold in a workbook.
"""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd

from lifecircle.tables.found import FileFault, reading
from lifecircle.tables.shape_columns import crs_of, shapes_from_wkb, wkb_column
from lifecircle.tables.shapes import shapes_of_pieces

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    import pyarrow.parquet as pq

__all__ = ["read_parquet"]

_LARGEST_BYTES = 2_000_000_000
"""A plain table that unpacks to more is no register of a district."""

_LARGEST_LAYER_BYTES = 8_000_000_000
"""As of a zipped layer."""

_CELL_BYTES = 8

_PIECE, _PAGE_BYTES = 65_536, 65_536
"""Rows of a layer at a time, and bytes of a column."""

_T = TypeVar("_T")


def read_parquet(path: str) -> pd.DataFrame:
    """Read a Parquet file, with geometry where it has one.

    Parameters
    ----------
    path : str
        The file.

    Returns
    -------
    DataFrame or GeoDataFrame
        As found. A plain table has no row that is blank in every column; its index
        is the position in the file, from 0. A column of it that is called as columns
        of geometry are and holds WKB is its geometry.

    Raises
    ------
    FileFault
        If pyarrow is not installed, or the file is damaged, is no Parquet file,
        unpacks to something huge, or has shapes of which some are no WKB.
    """
    try:
        import pyarrow.parquet as pq
    except ImportError as error:
        raise FileFault(key="parquet_no_reader") from error
    with (
        reading(),
        pq.ParquetFile(
            path, buffer_size=_PAGE_BYTES, page_checksum_verification=True
        ) as file,
    ):
        located = b"geo" in (file.metadata.metadata or {})
        _refuse_huge(file.metadata, _LARGEST_LAYER_BYTES if located else _LARGEST_BYTES)
        usual = _usual(file.schema_arrow.metadata[b"geo"]) if located else None
        if usual:
            return _layer(file, *usual)
        table = file.read()
        table.validate(full=True)
        if not located:
            return _located(table)
    with reading():
        return gpd.read_parquet(path)


def _refuse_huge(metadata: Any, largest: int) -> None:
    """By what the file says of itself: runs of one value pack a billion rows."""
    groups = range(metadata.num_row_groups)
    told = sum(metadata.row_group(group).total_byte_size for group in groups)
    size = max(told, metadata.num_rows * metadata.num_columns * _CELL_BYTES)
    if size > largest:
        raise FileFault(key="table_too_large", gb=f"{size / 1e9:.0f}")


def _usual(metadata: bytes) -> tuple[str, Any] | None:
    """Name and CRS of the column of shapes of a layer that has one, as WKB; else None.

    No CRS said is WGS 84, and null is none.
    """
    said = json.loads(metadata)
    if [*said["columns"]] != [said["primary_column"]]:
        return None
    ((name, told),) = said["columns"].items()
    if told["encoding"] != "WKB" or "covering" in told:
        return None
    return name, told.get("crs", "OGC:CRS84")


def _layer(file: pq.ParquetFile, name: str, crs: Any) -> gpd.GeoDataFrame:
    """A layer as GeoParquet says, piece by piece.

    Each is unpacked while the shapes of the one before are made.
    """
    import pyarrow as pa

    rest = []

    def cells() -> Iterator[pa.Array]:
        for piece in _ahead(file.iter_batches(_PIECE)):
            piece.validate(full=True)
            rest.append(piece.drop_columns([name]))
            yield piece.column(name)

    shapes = shapes_of_pieces(cells())
    at = file.schema_arrow.get_field_index(name)
    schema = file.schema_arrow.remove(at)
    frame = pa.Table.from_batches(rest, schema).to_pandas()
    located = gpd.array.from_shapely(shapes, crs=crs)
    frame.insert(min(at, frame.shape[1]), name, located)
    return gpd.GeoDataFrame(frame, geometry=name, copy=False)


def _ahead(pieces: Iterator[_T]) -> Iterator[_T]:
    """Items one by one, the next being made in another thread meanwhile."""
    with ThreadPoolExecutor(1) as thread:
        coming = thread.submit(next, pieces, None)
        while (piece := coming.result()) is not None:
            coming = thread.submit(next, pieces, None)
            yield piece


def _located(table: pa.Table) -> pd.DataFrame:
    """A plain table, with the shapes of a column that holds WKB by name and cells.

    With shapes every row stays, as in any layer.
    """
    import pyarrow as pa

    kinds = [field.type for field in table.schema]
    binary = [pa.types.is_binary(k) or pa.types.is_large_binary(k) for k in kinds]
    at = wkb_column(table.column_names, binary)
    if at is None:
        return _plain(table)
    name = table.column_names[at]
    shapes = shapes_from_wkb(name, table.column(at).to_pylist())
    if shapes is None:
        return _plain(table)
    frame = _plain(table.remove_column(at)).reindex(range(len(table)))
    whole = frame.assign(**{name: shapes})
    return gpd.GeoDataFrame(whole, geometry=name, crs=crs_of(shapes))


def _plain(table: pa.Table) -> pd.DataFrame:
    """Every column's cells, and the rows that are not blank."""
    columns = [_cells(column) for column in table.columns]
    filled = np.zeros(len(table), dtype=bool)
    for column in columns:
        if filled.all():
            break  # nearly always after the first
        filled |= (column.notna() & (column != "")).to_numpy()
    frame = pd.DataFrame(dict(enumerate(columns)), index=pd.RangeIndex(len(table)))
    frame = frame.set_axis(table.column_names, axis=1)
    return frame if filled.all() else frame[filled]


def _cells(column: pa.ChunkedArray) -> pd.Series[Any]:
    """Numbers and text by columns, which is fast; all else cell by cell."""
    import pyarrow as pa

    kind = column.type
    if pa.types.is_dictionary(kind):
        return _cells(column.cast(kind.value_type))
    whole = pa.types.is_integer(kind) and not column.null_count
    if whole or pa.types.is_floating(kind):
        return pd.Series(column.to_numpy())
    listed = column.to_pylist()
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        listed = _texts(listed)
    elif pa.types.is_nested(kind):
        listed = [None if cell is None else _told(cell) for cell in listed]
    return pd.Series(listed, dtype=object)


def _texts(listed: list[bytes | None]) -> list[str | None]:
    """Text that a program has not marked as text; bytes of another kind as hex."""
    try:
        return [None if cell is None else cell.decode() for cell in listed]
    except UnicodeDecodeError:
        return [None if cell is None else cell.hex() for cell in listed]


def _told(cell: Any) -> str:
    """Items of a list as people write them; what is nested deeper as JSON."""
    if isinstance(cell, list) and all(isinstance(item, str) for item in cell):
        return "、".join(cell)
    return json.dumps(cell, ensure_ascii=False, default=str)

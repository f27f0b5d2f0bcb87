"""Parquet files: layers as GeoParquet says, and plain tables like any other table.

A plain table keeps what its typed columns say: a whole number stays whole beside
empty cells, a decimal is no float, a date is a date, an entry of a dictionary is its
text. Every cell is what the same table would hold in a workbook.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from lifecircle.tables.found import FileFault, reading
from lifecircle.tables.shape_columns import crs_of, shapes_from_wkb, wkb_column

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["read_parquet"]

_LARGEST_BYTES = 2_000_000_000
"""A plain table that unpacks to more is no register of a district."""

_LARGEST_LAYER_BYTES = 8_000_000_000
"""As of a zipped layer."""

_CELL_BYTES = 8


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
        pq.ParquetFile(path, page_checksum_verification=True) as file,
    ):
        located = b"geo" in (file.metadata.metadata or {})
        _refuse_huge(file.metadata, _LARGEST_LAYER_BYTES if located else _LARGEST_BYTES)
        if not located:
            table = file.read()
            table.validate(full=True)
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

"""Kinds of files by their suffix; known without loading any reader."""

__all__ = ["PARQUET", "SHEETS", "TEXT", "VECTOR"]

TEXT = (".csv", ".tsv")
"""Text files."""

SHEETS = (".xlsx", ".xlsm", ".xls")
"""Workbooks."""

PARQUET = (".parquet", ".geoparquet")
"""Parquet, which GDAL's usual build does not read: layers and plain tables."""

VECTOR = (".shp", ".zip", ".gpkg", ".gdb", ".kml", ".kmz", ".dxf", *PARQUET)
"""Files of layers."""

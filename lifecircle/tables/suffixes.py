"""Kinds of files by their suffix; known without loading any reader."""

__all__ = ["PARQUET", "SHEETS", "TEXT", "VECTOR"]

TEXT = (".csv", ".tsv")
"""Text files."""

SHEETS = (".xlsx", ".xlsm", ".xls")
"""Workbooks."""

PARQUET = (".parquet", ".geoparquet")
"""GeoParquet, which GDAL's usual build does not read."""

VECTOR = (".shp", ".zip", ".gpkg", ".gdb", ".kml", ".kmz", ".dxf", *PARQUET)
"""Files of layers."""

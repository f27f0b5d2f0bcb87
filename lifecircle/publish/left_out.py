"""Rows left out: a table, and a GeoPackage of those that have a place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyogrio

from lifecircle.publish.figures import reason

if TYPE_CHECKING:
    from pathlib import Path

    from geopandas import GeoDataFrame
    from pandas import DataFrame

    from lifecircle.text import Language

__all__ = ["write_left_out", "write_left_out_rows"]

_LAYERS = (
    ("points", ("Point", "MultiPoint")),
    ("lines", ("LineString", "MultiLineString", "LinearRing")),
    ("polygons", ("Polygon", "MultiPolygon")),
    ("mixed", ("GeometryCollection",)),
)


def _told(rejected: DataFrame, lang: Language) -> DataFrame:
    """The rows with their reasons in words."""
    words = [reason(str(key), lang) for key in rejected["reason"]]
    return rejected.assign(reason=words)


def write_left_out_rows(
    rejected: DataFrame, path: Path, *, lang: Language = "zh"
) -> None:
    """Write rows left out as a table.

    Parameters
    ----------
    rejected : DataFrame
        ``evidence.REJECTED``; a geometry is passed by.
    path : Path
        CSV to write, UTF-8 with a mark for spreadsheets.
    lang : {"zh", "en"}
        Language of the reasons.

    Examples
    --------
    >>> import pandas, pathlib, tempfile
    >>> row = ["楼栋.shp", "", 7, "tables.negative", "户数=-3"]
    >>> names = ["file", "layer", "row", "reason", "cells"]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = pathlib.Path(folder) / "rejected.csv"
    ...     write_left_out_rows(pandas.DataFrame([row], columns=names), path)
    ...     print(path.read_text(encoding="utf-8-sig").splitlines()[1])
    楼栋.shp,,7,值为 …，应大于等于 0（…）。,户数=-3
    """
    table = _told(rejected, lang).drop(columns="geometry", errors="ignore")
    table.to_csv(path, index=False, encoding="utf-8-sig")


def write_left_out(rejected: GeoDataFrame, path: Path, *, lang: Language = "zh") -> int:
    """Write rows left out where they lie, a layer each for points, lines, polygons.

    Parameters
    ----------
    rejected : GeoDataFrame
        ``evidence.REJECTED`` and geometry, None where there is none.
    path : Path
        GeoPackage to write; an earlier one is replaced.
    lang : {"zh", "en"}
        Language of the reasons.

    Returns
    -------
    int
        Rows written; without any there is no file.

    Examples
    --------
    >>> import geopandas, pathlib
    >>> write_left_out(geopandas.GeoDataFrame(geometry=[]), pathlib.Path("no.gpkg"))
    0
    """
    located = rejected[rejected.geometry.notna()]
    path.unlink(missing_ok=True)
    if located.empty:
        return 0
    told = _told(located, lang)
    kinds = told.geometry.geom_type
    for layer, types in _LAYERS:
        rows = told[kinds.isin(types)]
        if len(rows):
            pyogrio.write_dataframe(
                rows, str(path), layer=layer, driver="GPKG", promote_to_multi=True
            )
    return len(told)

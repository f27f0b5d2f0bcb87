"""Frames in and out of GeoPackage layers without losing types, gaps or order."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

if TYPE_CHECKING:
    from pandas import DataFrame, Series

__all__ = ["described", "prepared", "restored"]

_MULTI = {
    "Polygon": "MultiPolygon",
    "LineString": "MultiLineString",
    "Point": "MultiPoint",
}


def described(frame: DataFrame) -> dict[str, Any]:
    """What a layer cannot say of itself: column order and types, single parts.

    Parameters
    ----------
    frame : DataFrame or GeoDataFrame
        A frame of a study.

    Returns
    -------
    dict
        ``columns`` (name and type), ``geometry`` (type of the layer), ``multi``
        (positions that were multiparts before all became multiparts), ``crs``.

    Examples
    --------
    >>> described(pd.DataFrame({"a": [1], "b": ["x"]}))["columns"]
    [['a', 'int64'], ['b', 'str']]
    """
    facts: dict[str, Any] = {
        "columns": [[name, _kind(frame[name])] for name in frame.columns],
        "geometry": None,
    }
    if isinstance(frame, GeoDataFrame):
        kind, multi = _geometry_kind(frame)
        facts["geometry"], facts["multi"] = kind, multi
        facts["name"] = frame.geometry.name
        facts["crs"] = str(frame.crs) if frame.crs else None
    return facts


def _kind(series: Series[Any]) -> str:
    kind = str(series.dtype)
    if kind == "object" and not all(
        isinstance(value, str) for value in series.dropna().tolist()
    ):
        return "json"
    return kind


def _geometry_kind(frame: GeoDataFrame) -> tuple[str, list[int]]:
    """One type for the layer; single parts become multiparts only where mixed."""
    types = frame.geometry.geom_type
    found = sorted(set(types.dropna()))
    if len(found) <= 1:
        return (found[0] if found else "Unknown"), []
    single = found[-1]
    if found == sorted((single, _MULTI.get(single, ""))):
        multi = np.flatnonzero((types == _MULTI[single]).to_numpy())
        return _MULTI[single], multi.tolist()
    return "Unknown", []


def prepared(frame: DataFrame, facts: dict[str, Any]) -> DataFrame:
    """The frame as a layer can hold it.

    Parameters
    ----------
    frame : DataFrame or GeoDataFrame
        A frame of a study.
    facts : dict
        From ``described``.

    Returns
    -------
    DataFrame or GeoDataFrame
        Odd cells as JSON text, mixed single and multiparts as multiparts.
    """
    result = frame.copy()
    for name, kind in facts["columns"]:
        if kind == "json":
            result[name] = [_as_json(value) for value in result[name]]
    if isinstance(result, GeoDataFrame) and facts["multi"]:
        result[facts["name"]] = [_as_multi(shape) for shape in result.geometry]
    return result


def _as_json(value: Any) -> str | None:
    if value is None:
        return None
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def _as_multi(shape: Any) -> Any:
    if shape is None or shape.geom_type.startswith("Multi"):
        return shape
    return getattr(shapely, _MULTI[shape.geom_type])([shape])


def restored(layer: DataFrame, facts: dict[str, Any]) -> DataFrame:
    """The frame that a layer was made of.

    Parameters
    ----------
    layer : DataFrame or GeoDataFrame
        As read.
    facts : dict
        From ``described``, when it was written.

    Returns
    -------
    DataFrame or GeoDataFrame
        Same columns, types, gaps, order.
    """
    columns: dict[str, Any] = {}
    for name, kind in facts["columns"]:
        columns[name] = (
            _shapes(layer, facts) if kind == "geometry" else _typed(layer[name], kind)
        )
    index = pd.RangeIndex(len(layer))
    if facts["geometry"] is None:
        return pd.DataFrame(columns, index=index)
    return GeoDataFrame(columns, index=index, geometry=facts["name"], crs=facts["crs"])


def _shapes(layer: DataFrame, facts: dict[str, Any]) -> list[Any]:
    shapes = list(layer.geometry)
    if not facts["multi"]:
        return shapes
    multi = set(facts["multi"])
    return [
        shape if shape is None or place in multi else shape.geoms[0]
        for place, shape in enumerate(shapes)
    ]


def _typed(series: Series[Any], kind: str) -> Any:
    if kind == "json":
        values = [None if pd.isna(value) else json.loads(value) for value in series]
        return _objects(values)
    if kind == "object":
        return _objects([None if pd.isna(value) else str(value) for value in series])
    if kind == "str":
        return series.astype(object).where(series.notna(), None).astype("str").array
    if kind == "bool":
        return series.astype("int64").astype(bool).to_numpy()
    return series.to_numpy().astype(kind)


def _objects(values: list[Any]) -> Any:
    """A column that stays ``object``: pandas would make text of it otherwise."""
    cells = np.empty(len(values), dtype=object)
    cells[:] = values
    return pd.Series(cells, dtype=object)

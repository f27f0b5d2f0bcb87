"""Rows left out that have a place: a GeoPackage to open in QGIS."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyogrio

from lifecircle.publish.figures import reason

if TYPE_CHECKING:
    from pathlib import Path

    from geopandas import GeoDataFrame

    from lifecircle.text import Language

__all__ = ["write_left_out"]

_LAYERS = (
    ("points", ("Point", "MultiPoint")),
    ("lines", ("LineString", "MultiLineString", "LinearRing")),
    ("polygons", ("Polygon", "MultiPolygon")),
    ("mixed", ("GeometryCollection",)),
)


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
    told = located.assign(reason=[reason(str(key), lang) for key in located["reason"]])
    kinds = told.geometry.geom_type
    for layer, types in _LAYERS:
        rows = told[kinds.isin(types)]
        if len(rows):
            pyogrio.write_dataframe(
                rows, str(path), layer=layer, driver="GPKG", promote_to_multi=True
            )
    return len(told)

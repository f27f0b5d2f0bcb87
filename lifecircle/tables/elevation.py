"""The raster of heights that a district file names, checked against the streets."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import numpy as np
import shapely

from lifecircle.elevation import Elevation
from lifecircle.model import Problem
from lifecircle.tables.files import FileFault

if TYPE_CHECKING:
    from pathlib import Path

    from geopandas import GeoDataFrame

    from lifecircle.model import DistrictConfig
    from lifecircle.tables.ledger import Ledger

__all__ = ["read_heights"]

logger = logging.getLogger(__name__)


def read_heights(
    config: DistrictConfig, roads: GeoDataFrame, *, ledger: Ledger
) -> Elevation | None:
    """Heights of the ground, if the district file names a raster.

    Parameters
    ----------
    config : DistrictConfig
        ``elevation``: any raster that GDAL reads, in the district's CRS, its cells
        square and north up; the first band counts, metres.
    roads : GeoDataFrame
        In the district's CRS, ``walkable`` yes or no.
    ledger : Ledger
        Takes what is wrong: an error if the raster cannot be used or covers no
        street, a warning with the share of street that it does not cover.

    Returns
    -------
    Elevation or None
        Cells without data are NaN, and streets there level. None = no raster, or
        none that can be used.
    """
    path = config.elevation
    if path is None:
        return None
    folder = config.path.parent
    name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else ""
    try:
        elevation = _read(path, config.crs)
        uncovered = _uncovered_share(elevation, roads)
    except FileFault as fault:
        ledger.problems.append(
            Problem(f"tables.{fault.key}", fault.values, file=name or path.name)
        )
        return None
    if uncovered > 0:
        values = {"percent": f"{100 * uncovered:.1f}"}
        ledger.problems.append(
            Problem("tables.elevation_part", values, "warning", file=name or path.name)
        )
    logger.info("%s: heights, %d by %d cells", path.name, *elevation.height_m.shape)
    return elevation


def _read(path: Path, crs: str) -> Elevation:
    if not path.is_file():
        raise FileFault(key="elevation_missing")
    try:
        import rasterio
        from rasterio.errors import RasterioIOError
    except ImportError as error:
        raise FileFault(key="elevation_no_reader") from error
    try:
        with rasterio.open(path) as source:
            band = source.read(1, masked=True).astype(float).filled(np.nan)
            shape, theirs = source.transform, source.crs
    except RasterioIOError as error:
        raise FileFault(key="elevation_unreadable") from error
    if theirs is None or theirs != rasterio.crs.CRS.from_user_input(crs):
        raise FileFault(key="elevation_crs", value=str(theirs or "—"), expected=crs)
    if shape.b or shape.d or abs(shape.a + shape.e) > 1e-6 * shape.a:
        raise FileFault(key="elevation_cells", expected=crs)
    return Elevation(band, west_m=shape.c, north_m=shape.f, cell_m=shape.a)


def _uncovered_share(elevation: Elevation, roads: GeoDataFrame) -> float:
    """Share of walkable street, by length, with an end of unknown height."""
    walked = roads.geometry.to_numpy()[(roads["walkable"] == "yes").to_numpy()]
    lines = shapely.get_parts(walked)
    xy, line = shapely.get_coordinates(lines, return_index=True)
    follows = line[1:] == line[:-1]
    length_m = np.hypot(*np.diff(xy, axis=0).T)[follows]
    known = ~np.isnan(elevation.at(xy))
    covered = (known[1:] & known[:-1])[follows]
    total_m = float(length_m.sum())
    if not covered.any() and total_m:
        raise FileFault(key="elevation_elsewhere")
    return 1 - float(length_m[covered].sum()) / total_m if total_m else 0.0

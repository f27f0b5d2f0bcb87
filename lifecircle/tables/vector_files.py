"""Layers of vector files: what a file holds, and one of them as a frame.

Shapefile (zipped too), GeoPackage, FileGDB, GeoJSON, KML/KMZ, DXF by its layers'
names and GeoParquet. Nothing is ever unpacked to disk.
"""

from __future__ import annotations

import logging
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from lifecircle.tables.encodings import canonical, decode, other_encoding
from lifecircle.tables.found import FileFault, reading
from lifecircle.tables.parquet import read_parquet
from lifecircle.tables.shapes import shapes_of_pieces
from lifecircle.tables.suffixes import PARQUET

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Part", "parts_of", "read_part"]

logger = logging.getLogger(__name__)

_LARGEST_BYTES, _LARGEST_RATIO = 8_000_000_000, 1000
"""What a zipped layer may unpack to, and how much smaller it may be packed."""

_COLLECTION = 7
"""Number of the last type of geometry without curves."""


@dataclass(frozen=True, slots=True)
class Part:
    """One layer of a file, as GDAL is asked for it.

    Attributes
    ----------
    name : str
        As a district file names it.
    dataset : str
        What GDAL opens.
    layer : str
        The layer in it; empty = the only one.
    where : str
        Filter of features, for DXF, whose layers are a column.
    label : str
        Encoding that a ``.cpg`` file names; shapefiles only.
    by_bytes : bool
        Whether text comes byte for byte as Latin 1: shapefiles and drawings.
    """

    name: str
    dataset: str
    layer: str = ""
    where: str = ""
    label: str = ""
    by_bytes: bool = False


def _label(raw: bytes) -> str:
    said = raw.decode("ascii", "replace").strip()
    return said if canonical(said) else ""


def _shapefile(path: Path) -> list[Part]:
    cpg = path.with_suffix(".cpg")
    label = _label(cpg.read_bytes()) if cpg.exists() else ""
    return [Part(path.stem, str(path), label=label, by_bytes=True)]


def _shown(name: str) -> str:
    """A name inside a zip as people see it: old programs write it in GBK."""
    try:
        return name.encode("cp437").decode("gbk")
    except UnicodeError:
        return name


def _members(path: Path) -> list[zipfile.ZipInfo]:
    """Members of a zip that are no bombs and stay inside it."""
    with reading(), zipfile.ZipFile(path) as box:
        members = box.infolist()
    size = sum(one.file_size for one in members)
    packed = sum(one.compress_size for one in members)
    if size > _LARGEST_BYTES or size > _LARGEST_RATIO * max(packed, 1_000_000):
        raise FileFault(key="file_too_large", gb=f"{size / 1e9:.0f}")
    return [one for one in members if ".." not in one.filename.split("/")]


def _zipped(path: Path) -> list[Part]:
    members = _members(path)
    names = {one.filename for one in members}
    found = []
    for name in sorted(names):
        dataset = f"/vsizip/{path.as_posix()}/{name}"
        stem, _, suffix = name.rpartition(".")
        plain = _shown(stem.rsplit("/", 1)[-1])
        if suffix.lower() == "shp":
            found.append(_zipped_shapefile(path, stem, plain, dataset, names))
        elif suffix.lower() in ("gpkg", "geojson", "kml"):
            found += _layers(dataset, plain)
    folders = {name.split(".gdb/")[0] + ".gdb" for name in names if ".gdb/" in name}
    for folder in sorted(folders):
        found += _layers(f"/vsizip/{path.as_posix()}/{folder}", "")
    if not found:
        raise FileFault(key="zip_without_layers")
    return found


def _zipped_shapefile(
    path: Path, stem: str, plain: str, dataset: str, names: set[str]
) -> Part:
    label = ""
    for suffix in (".cpg", ".CPG"):
        if stem + suffix in names:
            with reading(), zipfile.ZipFile(path) as box:
                label = _label(box.read(stem + suffix)[:100])
    return Part(plain, dataset, label=label, by_bytes=True)


def _layers(dataset: str, name: str) -> list[Part]:
    """A layer each; the only layer of a member takes the member's name."""
    with reading():
        listed = [str(layer) for layer, _ in pyogrio.list_layers(dataset)]
    if name and len(listed) == 1:
        return [Part(name, dataset, listed[0])]
    return [Part(layer, dataset, layer) for layer in listed]


def _dxf(path: Path) -> list[Part]:
    """The layers of a drawing, whose names are GBK or UTF-8 whatever it declares."""
    pyogrio.set_gdal_config_options({"DXF_ENCODING": "ISO-8859-1"})
    with reading():
        frame = pyogrio.read_dataframe(path, columns=["Layer"], read_geometry=False)
    found = []
    for name in sorted(set(frame["Layer"].dropna())):
        raw = name.encode("latin-1")
        codec = other_encoding([raw], "utf-8-sig") or "utf-8"
        quoted = name.replace("'", "''")
        where = f"Layer = '{quoted}'"
        shown = decode(raw, codec)
        found.append(Part(shown, str(path), where=where, by_bytes=True))
    return found


def parts_of(path: Path) -> list[Part]:
    """The layers of a file.

    Parameters
    ----------
    path : Path
        A vector file, or the folder of a FileGDB.

    Returns
    -------
    list of Part
        In the file's order.

    Raises
    ------
    FileFault
        If the file is broken, or a zip unpacks to something huge or holds no layer.
    """
    suffix = path.suffix.lower()
    if suffix == ".shp":
        return _shapefile(path)
    if suffix in (".zip", ".kmz"):
        return _zipped(path)
    if suffix == ".dxf":
        return _dxf(path)
    if suffix in PARQUET:
        return [Part(path.stem, str(path))]
    return _layers(str(path), "")


_SIMPLE = {"OFTInteger", "OFTInteger64", "OFTReal", "OFTString"}
"""Column types that come the same through Arrow."""


_NOT_THROUGH_ARROW = (
    *(ImportError, OSError, RuntimeError, ValueError, KeyError, TypeError),
    shapely.errors.ShapelyError,
)
"""No pyarrow; or what GDAL, Arrow and GEOS raise of a damaged file."""


def _through_arrow(dataset: str, layer: str) -> pd.DataFrame | None:
    """A layer of a GeoPackage by columns, ten times as fast as row by row.

    None where Arrow is not installed, or where what comes may differ from what row by
    row does: columns of other types, curves, measures, a damaged file.
    """
    try:
        info = pyogrio.read_info(dataset, layer=layer)
        kinds = {*info["ogr_types"]} - _SIMPLE or {*info["ogr_subtypes"]} - {"OFSTNone"}
        if kinds:
            return None
        meta, table = pyogrio.read_arrow(dataset, layer=layer)
        table.validate(full=True)
        shapes = None
        if meta["geometry_type"] is not None:
            name = meta["geometry_name"] or "wkb_geometry"
            shapes = shapes_of_pieces(table[name].chunks)
            table = table.drop_columns([name])
    except _NOT_THROUGH_ARROW as error:
        logger.debug("tables: %s row by row (%s)", layer, error)
        return None  # which says what is wrong, if anything is
    if not len(table) or len(table) != info["features"]:
        return None
    frame = table.to_pandas()
    for name in table.column_names:
        if table[name].type == "string" and table[name].null_count == len(table):
            frame[name] = np.full(len(table), None, dtype=object)
    if shapes is None:
        return pd.DataFrame(frame)
    if (shapely.get_type_id(shapes) > _COLLECTION).any() or shapely.has_m(shapes).any():
        return None
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=meta["crs"], copy=False)


def _close(frame: pd.DataFrame) -> pd.DataFrame:
    """Closed lines of a drawing are its polygons; an open one stays a line."""
    if not isinstance(frame, gpd.GeoDataFrame):
        return frame
    shapes = np.array(frame.geometry, dtype=object)
    lines = shapely.get_type_id(shapes) == 1
    closed = lines & shapely.is_closed(shapes) & (shapely.get_num_points(shapes) > 3)
    xy, line = shapely.get_coordinates(shapes[closed], return_index=True)
    shapes[closed] = shapely.polygons(shapely.linearrings(xy, indices=line))
    return frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))


def read_part(
    part: Part, *, closed: bool = False, most: int | None = None
) -> pd.DataFrame:
    """Read a layer.

    Parameters
    ----------
    part : Part
        Of ``parts_of``; text of one with ``by_bytes`` comes as Latin 1.
    closed : bool
        Whether closed lines of a drawing are wanted as polygons.
    most : int, optional
        Features at most.

    Returns
    -------
    DataFrame or GeoDataFrame
        As found.

    Raises
    ------
    FileFault
        If the layer cannot be read, or a library for it is not installed.
    """
    if part.dataset.lower().endswith(PARQUET):
        frame = read_parquet(part.dataset)
        return frame if most is None else frame.head(most)
    raw = part.by_bytes and not part.where
    options: dict[str, Any] = {"ENCODING": "ISO-8859-1"} if raw else {}
    if part.layer:
        options["layer"] = part.layer
    if part.where:
        options["where"] = part.where
    if most is None and part.dataset.lower().endswith(".gpkg"):
        whole = _through_arrow(part.dataset, part.layer)
        if whole is not None:
            return whole
    with reading():
        frame = pyogrio.read_dataframe(part.dataset, max_features=most, **options)
    return _close(frame) if closed and part.where else frame

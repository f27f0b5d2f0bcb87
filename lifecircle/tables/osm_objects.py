"""Objects of an OpenStreetMap file, one by one, by pyosmium."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.tables.osm_source import COLUMNS, WGS84

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt
    from geopandas import GeoDataFrame

__all__ = [
    "located_ways",
    "osm_frame",
    "tagged_areas",
    "tagged_nodes",
    "way_line",
    "yes_no",
]

logger = logging.getLogger(__name__)


def located_ways(osmium: Any, path: str, *keys: str) -> Iterator[Any]:
    """Ways with any of the keys, their nodes located.

    Parameters
    ----------
    osmium : module
        pyosmium.
    path : str
        The file.
    *keys : str
        Keys, any of which is enough.

    Returns
    -------
    iterator of osmium.osm.Way
        In the order of the file; each is valid until the next.
    """
    kinds = osmium.osm
    reader = osmium.FileProcessor(path, kinds.NODE | kinds.WAY).with_locations()
    reader.with_filter(osmium.filter.EntityFilter(kinds.WAY))
    yield from reader.with_filter(osmium.filter.KeyFilter(*keys))


def way_line(osmium: Any, factory: Any, way: Any) -> Any:
    """A way's line.

    Parameters
    ----------
    osmium : module
        pyosmium.
    factory : osmium.geom.WKBFactory
        Makes WKB.
    way : osmium.osm.Way
        Its nodes located.

    Returns
    -------
    str, shapely.MultiLineString or None
        WKB in hexadecimal; where nodes are not in the file the stretches that are
        left; None if there is none.
    """
    try:
        return factory.create_linestring(way)
    except osmium.InvalidLocationError:
        return _runs(way)
    except RuntimeError:  # fewer than two places
        return None


def _runs(way: Any) -> shapely.Geometry | None:
    runs: list[list[tuple[float, float]]] = [[]]
    for node in way.nodes:
        if not node.location.valid():
            runs.append([])
            continue
        spot = (node.lon, node.lat)
        if not runs[-1] or runs[-1][-1] != spot:
            runs[-1].append(spot)
    whole = [run for run in runs if len(run) > 1]
    return shapely.MultiLineString(whole) if whole else None


def tagged_areas(
    osmium: Any, path: str, keys: tuple[str, ...], *, nodes: bool
) -> Iterator[tuple[str, dict[str, str], Any]]:
    """Areas, and nodes if wanted, with any of the keys.

    Parameters
    ----------
    osmium : module
        pyosmium.
    path : str
        The file.
    keys : tuple of str
        Keys, any of which is enough.
    nodes : bool
        Whether nodes are wanted too.

    Returns
    -------
    iterator of tuple
        Id (``n``, ``w`` or ``r`` and a number), tags, WKB in hexadecimal. An area whose
        rings do not close is left out.
    """
    kinds = osmium.osm
    wanted = kinds.AREA | kinds.NODE if nodes else kinds.AREA
    has_key = osmium.filter.KeyFilter(*keys)
    reader = osmium.FileProcessor(path).with_areas(has_key)
    reader.with_filter(osmium.filter.EntityFilter(wanted)).with_filter(has_key)
    factory = osmium.geom.WKBFactory()
    for thing in reader:
        try:
            if thing.is_node():
                yield f"n{thing.id}", dict(thing.tags), factory.create_point(thing)
            else:
                letter = "w" if thing.from_way() else "r"
                shape = factory.create_multipolygon(thing)
                yield f"{letter}{thing.orig_id()}", dict(thing.tags), shape
        except RuntimeError:  # a ring that does not close
            logger.debug("an area or point without a place is left out")


def tagged_nodes(
    osmium: Any, path: str, *keys: str
) -> Iterator[tuple[int, dict[str, str], tuple[float, float]]]:
    """Nodes with any of the keys.

    Parameters
    ----------
    osmium : module
        pyosmium.
    path : str
        The file.
    *keys : str
        Keys, any of which is enough.

    Returns
    -------
    iterator of tuple
        Number, tags, longitude and latitude.
    """
    has_key = osmium.filter.KeyFilter(*keys)
    for node in osmium.FileProcessor(path, osmium.osm.NODE).with_filter(has_key):
        yield node.id, dict(node.tags), (node.lon, node.lat)


def yes_no(fact: object) -> str:
    """A fact as our tables have it.

    Parameters
    ----------
    fact : object
        True or false.

    Returns
    -------
    {"yes", "no"}
        By its truth.

    Examples
    --------
    >>> yes_no(True)
    'yes'
    """
    return "yes" if fact else "no"


def osm_frame(
    table: str, columns: Mapping[str, Any], shapes: list[Any]
) -> GeoDataFrame:
    """Columns and shapes as a table of ours, in WGS 84.

    Parameters
    ----------
    table : str
        Which; its columns stand in ``osm_source.COLUMNS``.
    columns : Mapping[str, list or array]
        By name.
    shapes : list of str or shapely geometry
        WKB in hexadecimal, or made already.

    Returns
    -------
    GeoDataFrame
        In the order of the shapes; those of a single part are that part.
    """
    typed = {
        name: pd.Series(columns[name], dtype=_dtype(name)) for name in COLUMNS[table]
    }
    # Most shapes come as WKB: made all at once, from bytes seven times as fast.
    made = np.array(shapes, dtype=object)
    raw = np.fromiter((isinstance(shape, str) for shape in shapes), bool, len(shapes))
    made[raw] = shapely.from_wkb([bytes.fromhex(shape) for shape in made[raw]])
    geometry = gpd.GeoSeries(_single(made), crs=WGS84)
    return gpd.GeoDataFrame(typed, geometry=geometry, crs=WGS84)


def _dtype(name: str) -> Any:
    numbers = ("layer", "floors", "floor_area_m2", "units", "households", "opened")
    return "float64" if name in numbers else object


def _single(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Multi-part shapes of one part as that part."""
    kind = shapely.get_type_id(shapes)
    alone = (kind >= 4) & (kind < 7) & (shapely.get_num_geometries(shapes) == 1)
    shapes[alone] = shapely.get_geometry(shapes[alone], 0)
    return shapes

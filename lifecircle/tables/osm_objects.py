"""Objects of an OpenStreetMap file, one by one, by pyosmium."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["located_ways", "tagged_areas", "tagged_nodes", "way_line"]

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

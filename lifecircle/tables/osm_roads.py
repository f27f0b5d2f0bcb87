"""Roads of an OpenStreetMap file, column by column, and the signals on them.

Signals at nodes (``highway`` = crossing or traffic_signals with ``crossing`` =
traffic_signals or ``crossing:signals`` = yes) count on the walkways that pass: of a
footway, path, cycleway, pedestrian street or steps the stretch from the node's one
neighbour to the other is a crossing with signals, in a row of its own under the way's
id. A walkway that ends at such a node counts only if none passes it, and of several
the first. A way that is mapped as a crossing with signals is one as a whole, whatever
its nodes say. Signals that no walkway meets delay nobody: who walks along a street
does not cross it there.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.tables import osm_tags
from lifecircle.tables.osm_objects import osm_frame, way_line, yes_no
from lifecircle.tables.osm_source import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import numpy.typing as npt
    from geopandas import GeoDataFrame

__all__ = ["crossing", "has_signals", "read_roads"]

logger = logging.getLogger(__name__)

ROAD_KEYS = (
    *("highway", "foot", "access", "service", "motorroad"),
    *("bridge", "tunnel", "layer", "footway", "path", "cycleway"),
)
"""Keys of a way that say what there is to know of most roads but their name."""
RARE_KEYS = (
    *("sidewalk", "sidewalk:both", "sidewalk:left", "sidewalk:right"),
    *("crossing", "crossing:signals"),
)
"""Keys that count only where ``highway`` is none of ``WALKED`` or at a crossing."""
_ALL_KEYS = (*ROAD_KEYS, *RARE_KEYS)
_NONE = (None,) * len(_ALL_KEYS)
_FACTS = COLUMNS["roads"][2:]
WALKWAYS = frozenset(
    {
        *("footway", "path", "cycleway", "pedestrian", "steps", "bridleway"),
        *("corridor", "crossing"),
    }
)
"""Road classes that cross a street where they meet its signals."""


def read_roads(osmium: Any, path: str) -> GeoDataFrame:
    """Roads of a file; most roads of a town are one of a few hundred kinds.

    Parameters
    ----------
    osmium : module
        pyosmium.
    path : str
        The file.

    Returns
    -------
    GeoDataFrame
        As ``read_openstreetmap`` gives ``roads``. A way with signals on it is several
        rows of one id.
    """
    factory = osmium.geom.WKBFactory()
    kinds: dict[tuple[str | None, ...], int] = {}
    facts: list[dict[str, Any]] = []
    ids, names, shapes, kind_of = [], [], [], []
    signals: list[tuple[float, float]] = []
    left_out = 0
    for thing in _highways(osmium, path):
        if thing.is_node():
            if has_signals(thing.tags):
                signals.append((thing.lon, thing.lat))
            continue
        tags = thing.tags
        find, size = _finder(tags), len(tags)
        name = (find("name", None) or None) if size == 2 else None
        if name is None and size > 1:
            name = next(filter(None, map(find, osm_tags.NAME_KEYS, _NONE)), None)
        # Looking up a tag takes a fifth of a microsecond, all tags as a dict ten.
        wanted = 1 if size == 1 or (size == 2 and name) else len(ROAD_KEYS)
        values = tuple(map(find, ROAD_KEYS[:wanted], _NONE))
        if values[0] not in osm_tags.WALKED or "crossing" in values:
            values = tuple(map(find, _ALL_KEYS, _NONE))
        kind = kinds.get(values)
        if kind is None:
            found = _road_facts(values)
            kind = kinds[values] = -1 if found is None else len(facts)
            facts += [] if found is None else [found]
        line = None if kind < 0 else way_line(osmium, factory, thing)
        if line is None:
            left_out += 1
            continue
        ids.append(f"w{thing.id}")
        names.append(name)
        shapes.append(line)
        kind_of.append(kind)
    logger.debug("%d highways that are no built road, or without place", left_out)
    columns = {
        name: np.array([fact[name] for fact in facts], dtype=object)[kind_of]
        for name in _FACTS
    }
    roads = osm_frame("roads", {"road_id": ids, "name": names, **columns}, shapes)
    return _with_signals(roads, np.array(signals)) if signals else roads


def _finder(tags: Any) -> Callable[[str, None], str | None]:
    """What ``tags.get`` calls: without its Python layer twice as fast."""
    inner = getattr(tags, "_pyosmium_data", None)
    found: Callable[[str, None], str | None]
    found = getattr(inner, "tags_get_value_by_key", tags.get)
    return found


def _highways(osmium: Any, path: str) -> Iterator[Any]:
    """Crossing nodes and located ways with a highway, one by one."""
    kinds, filters = osmium.osm, osmium.filter
    reader = osmium.FileProcessor(path, kinds.NODE | kinds.WAY).with_locations()
    at_node = (("highway", "crossing"), ("highway", "traffic_signals"))
    reader.with_filter(filters.TagFilter(*at_node).enable_for(kinds.NODE))
    return iter(reader.with_filter(filters.KeyFilter("highway")))


def crossing(tags: Mapping[str, str]) -> str | None:
    """What kind of crossing a walkway is, where it is mapped as one.

    Parameters
    ----------
    tags : Mapping[str, str]
        Of a way.

    Returns
    -------
    {"signals", "footbridge", "underpass"} or None
        Only of ways tagged as crossings (``footway=crossing``): other bridges lead
        over water as often as over a street.

    Examples
    --------
    >>> crossing({"footway": "crossing", "crossing": "traffic_signals"})
    'signals'
    >>> crossing({"footway": "crossing", "bridge": "yes"})
    'footbridge'
    >>> crossing({"highway": "footway", "bridge": "yes"}) is None
    True
    """
    if "crossing" not in (tags.get(key) for key in ("footway", "path", "cycleway")):
        return None
    if osm_tags.spans(tags, "bridge"):
        return "footbridge"
    if osm_tags.spans(tags, "tunnel"):
        return "underpass"
    return "signals" if has_signals(tags) else None


def has_signals(tags: Mapping[str, str]) -> bool:
    """Whether a crossing has signals for those who walk.

    Parameters
    ----------
    tags : Mapping[str, str]
        Of a crossing: a way or a node.

    Returns
    -------
    bool
        Signals for traffic alone do not count.

    Examples
    --------
    >>> has_signals({"highway": "crossing", "crossing": "traffic_signals"})
    True
    >>> has_signals({"highway": "traffic_signals"})
    False
    """
    lights = tags.get("crossing") == "traffic_signals"
    return lights or tags.get("crossing:signals") == "yes"


def _road_facts(values: tuple[str | None, ...]) -> dict[str, Any] | None:
    """What the values of the first of all keys say of a road; None = no road."""
    keyed = zip(_ALL_KEYS, values, strict=False)
    tags = {key: value for key, value in keyed if value is not None}
    road_class = osm_tags.road_class(tags)
    if road_class is None:
        return None
    layer = osm_tags.number(tags, "layer")
    return {
        "road_class": road_class,
        "walkable": yes_no(osm_tags.is_walkable(tags)),
        "bridge": yes_no(osm_tags.spans(tags, "bridge")),
        "tunnel": yes_no(osm_tags.spans(tags, "tunnel")),
        "layer": 0.0 if np.isnan(layer) else float(np.clip(layer, -10, 10)),
        "steps": yes_no(road_class == "steps"),
        "crossing": crossing(tags),
    }


def _with_signals(
    roads: GeoDataFrame, signals: npt.NDArray[np.float64]
) -> GeoDataFrame:
    """Roads with the stretches of walkways at signals as rows of their own."""
    shapes = roads.geometry.to_numpy().astype(object)
    single = shapely.get_type_id(shapes) == shapely.GeometryType.LINESTRING
    walkway = roads["road_class"].isin(WALKWAYS) & (roads["walkable"] == "yes")
    rows = np.flatnonzero(single & walkway & roads["crossing"].isna())
    xy, line = shapely.get_coordinates(shapes[rows], return_index=True)
    spots = xy[:, 0] + 1j * xy[:, 1]
    # Few vertices are as far east as any of the few signals: the rest are not compared.
    east = np.sort(signals[:, 0])
    next_east = east[np.searchsorted(east[:-1], xy[:, 0])]
    met = np.flatnonzero(next_east == xy[:, 0])
    met = met[np.isin(spots[met], signals[:, 0] + 1j * signals[:, 1])]
    size = np.bincount(line, minlength=len(rows))
    place = met - (np.cumsum(size) - size)[line[met]]
    at_end = (place == 0) | (place == size[line[met]] - 1)
    counted = set(spots[met[~at_end]].tolist())
    stops: dict[int, list[int]] = {}
    for row, spot, vertex, ends in zip(
        rows[line[met]].tolist(),
        spots[met].tolist(),
        place.tolist(),
        at_end,
        strict=True,
    ):
        if not ends or spot not in counted:
            stops.setdefault(row, []).append(vertex)
            counted.add(spot)
    return _cut_out(roads, shapes, stops)


def _cut_out(
    roads: GeoDataFrame, shapes: npt.NDArray[np.object_], stops: dict[int, list[int]]
) -> GeoDataFrame:
    """Some roads in several rows: around the vertices named they have signals."""
    parts = {row: _stretches(shapes[row], where) for row, where in stops.items()}
    count = np.ones(len(roads), dtype=int)
    count[list(parts)] = [len(made) for made in parts.values()]
    source = np.repeat(np.arange(len(roads)), count)
    first = np.cumsum(count) - count
    lines = shapes[source]
    crossing = roads["crossing"].to_numpy(dtype=object)[source]
    for row, made in parts.items():
        for number, (line, lit) in enumerate(made, start=int(first[row])):
            lines[number] = line
            crossing[number] = "signals" if lit else None
    logger.debug("%d walkways with signals at their nodes", len(parts))
    found = roads.iloc[source].reset_index(drop=True)
    return found.assign(crossing=pd.Series(crossing, dtype=object)).set_geometry(
        gpd.GeoSeries(lines, crs=roads.crs)
    )


def _stretches(
    shape: shapely.Geometry, vertices: list[int]
) -> list[tuple[shapely.Geometry, bool]]:
    """A line in parts, from neighbour to neighbour of each vertex, and between."""
    xy = shapely.get_coordinates(shape)
    last, done = len(xy) - 1, 0
    ends: list[tuple[int, int, bool]] = []
    for vertex in sorted(vertices):
        low, high = max(vertex - 1, done), min(vertex + 1, last)
        ends += [(done, low, False), (low, high, True)]
        done = max(done, high)
    ends.append((done, last, False))
    return [
        (shapely.LineString(xy[low : high + 1]), lit)
        for low, high, lit in ends
        if low < high
    ]

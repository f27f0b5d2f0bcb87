"""OpenStreetMap files (``.osm``, ``.osm.pbf``) to the rows of our tables, offline.

Rows carry our column names and stand in WGS 84 (EPSG:4326), as the file has them; ids
are the object's kind and number (``w123``). What counts as a road, who may walk and
what stops a walker is written down in ``lifecircle.tables.osm_tags``. Read with
pyosmium, an optional dependency: ``pip install lifecircle[osm]``.
"""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from pyproj import Geod

from lifecircle.errors import ConfigError, SourceError
from lifecircle.standards.catalogue import OTHER, classify, read_catalogue
from lifecircle.tables import osm_tags
from lifecircle.tables.osm_objects import (
    located_ways,
    osm_frame,
    tagged_areas,
    tagged_nodes,
    way_line,
    yes_no,
)
from lifecircle.tables.osm_roads import read_roads
from lifecircle.tables.osm_source import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt
    from geopandas import GeoDataFrame

__all__ = ["TABLES", "read_openstreetmap"]

logger = logging.getLogger(__name__)

_BROKEN = (RuntimeError, ValueError, OSError)
HIGHEST_FLOORS = 200
"""More are a slip of the pen: not known."""
GATE_HALF_M = 2.0
"""A shut gate stops walkers this far to each side of its node."""
GAP_M = 3.0
"""A barrier is open this far to each side of a crossing or public gate."""


def read_openstreetmap(path: str | Path, table: str) -> GeoDataFrame:
    """One table of an OpenStreetMap file.

    Parameters
    ----------
    path : str or Path
        ``.osm``, ``.osm.pbf`` or ``.pbf``; nodes before ways, as these files are.
    table : {"roads", "buildings", "facilities", "barriers", "gates"}
        Which rows to read:

        - ``roads``: built roads; ``road_class`` is the ``highway`` value;
          ``walkable``, ``bridge``, ``tunnel`` and ``steps`` yes or no; ``crossing``
          signals, footbridge, underpass or None; a way with signals at a node is
          several rows of one id (``lifecircle.tables.osm_roads``).
        - ``buildings``: areas; ``households`` is 0 where nobody lives by the kind of
          building, else not known (NaN); ``floor_area_m2`` is footprint times floors
          where floors are given.
        - ``facilities``: places and areas that the catalogue knows by their tags; a
          place inside an area of the same class and name is left out.
        - ``barriers``: rivers, railways, motorways and walls at street level, open
          3 m around level crossings, fords and public gates; and across a road that
          may be walked the gates that are shut to everyone (``open`` no).
        - ``gates``: gates and entrances that are no building's door. ``open`` is no
          where ``foot``, or without it ``access``, is no, where it is locked, and at
          emergency exits; a private gate is open to those who live behind it, and
          ``foot=yes`` opens any.

    Returns
    -------
    GeoDataFrame
        Columns named as ours, EPSG:4326, in the order of the file. A way whose nodes
        are partly outside the file is a multi-part line without the lost stretches.

    Raises
    ------
    ConfigError
        If ``table`` is none of these.
    SourceError
        If the file is not there or cannot be read, or pyosmium is not installed.

    Examples
    --------
    >>> read_openstreetmap("no_such.osm.pbf", "roads")
    Traceback (most recent call last):
    ...
    lifecircle.errors.SourceError: no_such.osm.pbf: there is no such file. Check the \
path.
    """
    path = Path(path)
    reader = _READERS.get(table)
    if reader is None:
        raise ConfigError(
            where=f"{path.name}, table {table!r}",
            what=f"OpenStreetMap files give {', '.join(TABLES)}.",
            fix="Take this table from another file.",
        )
    if not path.is_file():
        raise SourceError(
            where=path.name, what="there is no such file.", fix="Check the path."
        )
    osmium = _pyosmium()
    try:
        frame = reader(osmium, str(path))
    except (*_BROKEN, osmium.InvalidLocationError) as error:
        raise SourceError(
            where=path.name,
            what=f"it cannot be read as OpenStreetMap data ({error}).",
            fix="Download it again, or convert it with osmium.",
        ) from error
    logger.info("%s: %d %s", path.name, len(frame), table)
    return frame


def _pyosmium() -> Any:
    try:
        import osmium
    except ImportError as error:
        raise SourceError(
            where="OpenStreetMap files",
            what="pyosmium is not installed, which reads them.",
            fix='Run: pip install "lifecircle[osm]".',
        ) from error
    return osmium


def _by_rows(
    table: str, rows: Callable[[Any, str], Iterator[dict[str, Any]]]
) -> Callable[[Any, str], GeoDataFrame]:
    """A reader of rows as one of a frame."""

    def read(osmium: Any, path: str) -> GeoDataFrame:
        found = list(rows(osmium, path))
        columns = {name: [row[name] for row in found] for name in COLUMNS[table]}
        return osm_frame(table, columns, [row["geometry"] for row in found])

    return read


def _buildings(osmium: Any, path: str) -> Iterator[dict[str, Any]]:
    geod = Geod(ellps="WGS84")
    for key, tags, shape in tagged_areas(osmium, path, ("building",), nodes=False):
        if tags["building"] in ("no", "construction", "demolished"):
            continue
        households = osm_tags.households_if_none(tags)
        floors = osm_tags.number(tags, "building:levels")
        floors = floors if 0 < floors <= HIGHEST_FLOORS else float("nan")
        units = osm_tags.number(tags, "building:flats")
        area_m2 = float("nan")
        if floors > 0 and households is None:
            footprint = geod.geometry_area_perimeter(shapely.from_wkb(shape))[0]
            area_m2 = round(abs(footprint) * floors, 1)
        yield {
            "building_id": key,
            "name": osm_tags.name(tags) or tags.get("addr:housename"),
            "address": osm_tags.address(tags),
            "households": float("nan") if households is None else households,
            "floors": floors,
            "floor_area_m2": area_m2,
            "units": units if units >= 0 else float("nan"),
            "geometry": shape,
        }


def _facilities(osmium: Any, path: str) -> Iterator[dict[str, Any]]:
    found = list(tagged_areas(osmium, path, osm_tags.FACILITY_KEYS, nodes=True))
    places = pd.DataFrame(
        {
            "facility_id": [key for key, _, _ in found],
            "name": pd.Series(
                [osm_tags.name(tags) for _, tags, _ in found], dtype=object
            ),
            "tags": [tags for _, tags, _ in found],
            "geometry": pd.Series([shape for _, _, shape in found], dtype=object),
        }
    )
    classed = classify(places, provider="osm")
    known = ~classed["facility_class"].isin([OTHER, *read_catalogue().origins])
    classed = classed[known]
    shapes = shapely.from_wkb(classed["geometry"].to_numpy(dtype=object))
    twin = _twins(classed, np.asarray(shapes, dtype=object))
    logger.debug("%d places twice, as a point and an area", int(twin.sum()))
    for row in classed[~twin].itertuples(index=False):
        tags: Any = row.tags
        yield {
            "facility_id": row.facility_id,
            "name": row.name if isinstance(row.name, str) else None,
            "facility_class": row.facility_class,
            "opened": _year(tags.get("start_date", "")),
            "address": osm_tags.address(tags),
            "source_note": row.matched_by,
            "geometry": row.geometry,
        }


def _twins(
    places: pd.DataFrame, shapes: npt.NDArray[np.object_]
) -> npt.NDArray[np.bool_]:
    """Points inside an area of the same class and name, or without one of the names."""
    twin = np.zeros(len(places), dtype=bool)
    if not len(places):
        return twin
    point = shapely.get_dimensions(shapes) == 0
    points, areas = np.flatnonzero(point), np.flatnonzero(~point)
    inside, around = shapely.STRtree(shapes[areas]).query(shapes[points], "within")
    inside, around = points[inside], areas[around]
    names = places["name"].fillna("").to_numpy(dtype=object)
    codes = places["facility_class"].to_numpy(dtype=object)
    silent = (names[inside] == "") | (names[around] == "")
    same = (names[inside] == names[around]) | silent
    twin[inside[same & (codes[inside] == codes[around])]] = True
    return twin


def _year(date: str) -> float:
    """The year; not known if it is none of our table's, as of very old places."""
    year = float(date[:4]) if len(date[:4]) == 4 and date[:4].isdecimal() else 0.0
    return year if 1900 <= year <= 2100 else float("nan")


def _barriers(osmium: Any, path: str) -> Iterator[dict[str, Any]]:
    factory = osmium.geom.WKBFactory()
    keys = ("railway", "ford", "barrier", "entrance")
    passable, shut = {}, {}
    for key, tags, spot in tagged_nodes(osmium, path, *keys):
        if osm_tags.is_passable(tags):
            passable[key] = spot
        elif tags.get("barrier") in osm_tags.GATES and not osm_tags.gate_open(tags):
            shut[key] = osm_tags.name(tags)
    for way in located_ways(osmium, path, "waterway", "railway", "highway", "barrier"):
        tags = dict(way.tags)
        if shut and osm_tags.road_class(tags) and osm_tags.is_walkable(tags):
            yield from _shut_gates(way, shut)
        kind = osm_tags.barrier_kind(tags)
        line = None if kind is None else way_line(osmium, factory, way)
        if line is None:
            continue
        if passable and kind != "expressway":
            line = _opened(line, [node.ref for node in way.nodes], passable)
        if not isinstance(line, str) and line.is_empty:
            continue
        yield {
            "barrier_id": f"w{way.id}",
            "name": osm_tags.name(tags),
            "barrier_kind": kind,
            "geometry": line,
        }


def _shut_gates(way: Any, shut: dict[int, str | None]) -> Iterator[dict[str, Any]]:
    """Gates shut to everyone on a road: a short wall across it, once each."""
    nodes = [node for node in way.nodes if node.location.valid()]
    for place, node in enumerate(nodes):
        before, after = nodes[max(place - 1, 0)], nodes[min(place + 1, len(nodes) - 1)]
        metres = np.array([np.cos(np.radians(node.lat)), 1.0]) * 111_320.0
        along = np.array([after.lon - before.lon, after.lat - before.lat]) * metres
        if node.ref not in shut or not along.any():
            continue
        aside = np.array([-along[1], along[0]]) / np.hypot(*along) * GATE_HALF_M
        here = np.array([node.lon, node.lat])
        yield {
            "barrier_id": f"n{node.ref}",
            "name": shut.pop(node.ref),
            "barrier_kind": "wall",
            "geometry": shapely.LineString(
                [here - aside / metres, here, here + aside / metres]
            ),
        }


def _opened(
    line: Any, nodes: list[int], passable: dict[int, tuple[float, float]]
) -> Any:
    """A line without the metres around the nodes where it may be passed."""
    spots = [passable[node] for node in nodes if node in passable]
    if not spots:
        return line
    shape = shapely.from_wkb(line) if isinstance(line, str) else line
    # Metres of the place: a degree east is shorter away from the equator.
    metres = np.array([np.cos(np.radians(spots[0][1])), 1.0]) * 111_320.0
    flat = shapely.transform(shape, lambda xy: xy * metres)
    gaps = shapely.buffer(shapely.points(np.array(spots) * metres), GAP_M)
    cut = shapely.difference(flat, shapely.union_all(gaps))
    return shapely.transform(cut, lambda xy: xy / metres)


def _gates(osmium: Any, path: str) -> Iterator[dict[str, Any]]:
    found = [
        (key, tags, spot)
        for key, tags, spot in tagged_nodes(osmium, path, "barrier", "entrance")
        if tags.get("barrier") in osm_tags.GATES or "entrance" in tags
    ]
    doors: set[int] = set()
    if any("barrier" not in tags for _, tags, _ in found):
        for way in located_ways(osmium, path, "building"):
            doors.update(node.ref for node in way.nodes)
    for key, tags, spot in found:
        if "barrier" in tags or key not in doors:
            yield {
                "gate_id": f"n{key}",
                "name": osm_tags.name(tags),
                "open": yes_no(osm_tags.gate_open(tags)),
                "geometry": shapely.Point(spot),
            }


_READERS: dict[str, Callable[[Any, str], GeoDataFrame]] = {
    "roads": read_roads,
    "buildings": _by_rows("buildings", _buildings),
    "facilities": _by_rows("facilities", _facilities),
    "barriers": _by_rows("barriers", _barriers),
    "gates": _by_rows("gates", _gates),
}
TABLES = tuple(_READERS)
"""Tables that an OpenStreetMap file gives."""

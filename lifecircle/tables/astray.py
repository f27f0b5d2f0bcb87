"""Layers that lie apart from all others, and a district's CRS that bends its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from lifecircle.model import Problem
from lifecircle.tables.crs import DATUMS, declared_crs, from_wgs84, to_wgs84
from lifecircle.tables.places import shapes_of
from lifecircle.tables.plausible import BENT, stretch
from lifecircle.tables.zones import ZONE_M, home_zone, sister_zones, zone_in_easting

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import numpy.typing as npt
    from geopandas import GeoDataFrame

    from lifecircle.tables.ledger import Ledger

__all__ = ["FAR_M", "check_district_crs", "drop_far_layers"]

FAR_M = 5000.0
"""A layer whose nearest row is farther from the others is in a wrong place."""

_MOST_SPOTS = 500
_MOST_NAMES = 3

_Points = tuple[Any, Any]


class _Layer(NamedTuple):
    """A source's shapes in the district's CRS, and the number of its origin."""

    number: int
    table: str
    shapes: npt.NDArray[np.object_]

    def cover(self) -> Any:
        """Envelopes of all rows as one prepared shape."""
        whole = shapely.union_all(shapely.envelope(self.shapes))
        shapely.prepare(whole)
        return whole


def drop_far_layers(
    tables: Mapping[str, Any], *, crs: str, ledger: Ledger
) -> dict[str, Any]:
    """Report sources that lie wholly more than 5 km from where the district is.

    Parameters
    ----------
    tables : Mapping
        Tables by name, with the hidden columns.
    crs : str
        The district's metric CRS.
    ledger : Ledger
        Takes one problem a source, with the distance and, where another reading of
        the same numbers brings the layer here, that reading; its rows are left out.

    Returns
    -------
    dict
        The tables; rows of such sources have lost their geometry, so that nothing
        more is said of where they lie.

    Notes
    -----
    The district is where the communities are, unless no other source lies near
    them while two or more others, and more than half of them, lie together: then it
    is there, and it is the communities that are reported.
    """
    layers = list(_layers(tables))
    anchors = _anchors(layers)
    covers = [layer.cover() for layer in anchors]
    names = [ledger.origins[layer.number].file for layer in anchors]
    here = "、".join(dict.fromkeys(names[:_MOST_NAMES]))
    at_home = {layer.number for layer in anchors}
    astray = set()
    for layer in (one for one in layers if one.number not in at_home):
        if not any(_is_near(layer.shapes, cover) for cover in covers):
            away_m = min(_away_m(layer.shapes, cover) for cover in covers)
            astray.add(layer.number)
            declared = ledger.origins[layer.number].crs
            shown = {"km": f"{away_m / 1000:.1f}", "here": here, "declared": declared}
            key, other = _likeliest(layer, declared, covers, crs)
            values = {**shown, "other": other, "limit": f"{FAR_M / 1000:.0f}"}
            ledger.report(key, values, origin=layer.number)
            frame = tables[layer.table]
            for row in frame.loc[frame["_origin"] == layer.number, "_row"]:
                ledger.leave_out(layer.number, int(row), key)
    kept = dict(tables)
    for name in {layer.table for layer in layers if layer.number in astray}:
        frame = tables[name]
        shapes = shapes_of(frame)
        shapes[frame["_origin"].isin(astray).to_numpy()] = None
        kept[name] = frame.set_geometry(shapes, crs=frame.crs)
    return kept


def check_district_crs(
    communities: GeoDataFrame, *, crs: str, file: str, ledger: Ledger
) -> None:
    """Report a district's CRS that bends distances where the communities lie.

    Parameters
    ----------
    communities : GeoDataFrame
        In ``crs``; the middle of each and the corners of all are looked at.
    crs : str
        The district's metric CRS, such as Web Mercator or a zone far off.
    file : str
        The district file, which names it.
    ledger : Ledger
        Takes the problem, with the CRS that suits the place.
    """
    shapes = shapes_of(communities)
    shapes = shapes[~(shapely.is_missing(shapes) | shapely.is_empty(shapes))]
    if not len(shapes):
        return
    middles = shapely.get_coordinates(shapely.point_on_surface(shapes))
    west, south, east, north = shapely.total_bounds(shapes)
    spots = np.vstack([middles, [(west, south), (east, north)]])
    into = Transformer.from_crs(declared_crs(crs), 4326, always_xy=True)
    lon, lat = into.transform(spots[:, 0], spots[:, 1])
    scale = stretch(crs, lon, lat)
    if abs(scale - 1.0) <= BENT:
        return
    east, north = float(np.median(lon)), float(np.median(lat))
    other = home_zone(east, north)
    shown = {
        "value": crs,
        "lon": f"{east:.1f}",
        "lat": f"{north:.1f}",
        "metres": f"{1000.0 * scale:.0f}",
        "other": other,
        "name": declared_crs(other).name,
    }
    ledger.problems.append(Problem("tables.crs_bends", shown, file=file, column="crs"))


def _layers(tables: Mapping[str, Any]) -> Iterator[_Layer]:
    for table in sorted(tables):
        frame = tables[table]
        if "geometry" not in frame.columns or not len(frame):
            continue
        shapes, origins = shapes_of(frame), frame["_origin"].to_numpy()
        there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
        for number in pd.unique(origins[there]).tolist():
            yield _Layer(int(number), table, shapes[there & (origins == number)])


def _away_m(shapes: npt.NDArray[np.object_], cover: Any) -> float:
    return float(np.min(shapely.distance(shapes, cover)))


def _is_near(shapes: npt.NDArray[np.object_], cover: Any) -> bool:
    """Whether any shape lies within the limit; mostly one of the first few does."""
    few = shapes[:: max(1, len(shapes) // _MOST_SPOTS)]
    return any(_away_m(some, cover) <= FAR_M for some in (few, shapes))


def _anchors(layers: list[_Layer]) -> list[_Layer]:
    """The layers that say where the district is."""
    homes = [layer for layer in layers if layer.table == "communities"]
    others = [layer for layer in layers if layer.table != "communities"]
    met = []
    for home in homes:
        cover = home.cover()
        near = (layer for layer in layers if layer.number != home.number)
        if any(_is_near(layer.shapes, cover) for layer in near):
            met.append(home)
    if met or not others:
        return met or homes
    boxes = [shapely.box(*shapely.total_bounds(layer.shapes)) for layer in others]
    together = max(
        (
            [
                layer
                for layer, box in zip(others, boxes, strict=True)
                if shapely.distance(box, middle) <= FAR_M
            ]
            for middle in boxes
        ),
        key=len,
    )
    agreed = len(together) >= 2 and 2 * len(together) > len(others)
    return together if agreed or not homes else homes


def _likeliest(
    layer: _Layer, declared: str, covers: list[Any], crs: str
) -> tuple[str, str]:
    """What would bring a layer here, and the system: the reading with most inside."""
    places = shapely.point_on_surface(layer.shapes)
    spots = shapely.get_coordinates(places)[:: max(1, len(places) // _MOST_SPOTS)]
    most, key, other = -1.0, "layer_far", ""
    for kind, system, (x, y) in _readings(spots.T, declared, crs):
        fine = np.isfinite(x) & np.isfinite(y)
        points = shapely.points(x[fine], y[fine])
        if fine.any() and min(_away_m(points, cover) for cover in covers) <= FAR_M:
            inside = max(shapely.intersects(cover, points).mean() for cover in covers)
            if inside > most:
                most, key, other = inside, kind, system
    return key, other


def _readings(
    spots: npt.NDArray[np.float64], declared: str, crs: str
) -> Iterator[tuple[str, str, _Points]]:
    """Other readings of a layer's own numbers: kind, system, metres in ``crs``."""
    said = declared_crs(declared)
    into = Transformer.from_crs(crs, said, always_xy=True)
    x, y = into.transform(spots[0], spots[1])
    if not said.is_geographic:
        numbered = zone_in_easting(float(np.median(x)), declared)
        systems = (numbered,) if np.median(x) >= ZONE_M else sister_zones(declared)
        for system in systems:
            if system not in ("", declared):
                back = Transformer.from_crs(declared_crs(system), crs, always_xy=True)
                yield "layer_far_zone", system, back.transform(x, y)
        return
    if declared in DATUMS:
        x, y = from_wgs84(x, y, declared)
    back = Transformer.from_crs(said, crs, always_xy=True)
    for kind, east, north in (
        ("layer_far_swapped", y, x),
        ("layer_far_hemisphere", x, -y),
        ("layer_far_hemisphere", -x, y),
        ("layer_far_hemisphere", -x, -y),
    ):
        if declared in DATUMS:
            east, north = to_wgs84(east, north, declared)
        if np.abs(north).max() <= 90.0:
            yield kind, "", back.transform(east, north)

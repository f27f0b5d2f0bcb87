"""Lines drawn once: the district's outline, borders by level, readable isochrones.

They are for drawing only; no figure comes from them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from lifecircle.unions import union_of

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

__all__ = ["borders", "outline", "readable"]

SNAP_M = 0.5
"""Boundaries closer than this are one line."""
SMOOTH_M = 4.0
"""Outlines of isochrones are drawn to this precision."""
CLOSED_M = 35.0
ARC_STEPS = 3
"""Steps of a quarter circle of 35 m: within 1.2 m of it."""
SMALLEST_HOLE_M2 = 20_000.0
"""Gaps of isochrones narrower, and holes smaller, are not drawn."""


def outline(communities: GeoDataFrame) -> Any:
    """The district as one shape, without slivers between communities.

    Examples
    --------
    >>> outline(toy.district.communities).geom_type
    'Polygon'
    """
    return _without_slivers(union_of(communities.geometry.to_numpy()))


def borders(communities: GeoDataFrame) -> dict[str, Any]:
    """Borders by level; where levels coincide only the highest is kept.

    Parameters
    ----------
    communities : GeoDataFrame
        Polygons, metres: ``subdistrict_id``.

    Returns
    -------
    dict
        ``district``, ``subdistrict``, ``community`` to lines, highest first.

    Examples
    --------
    >>> list(borders(toy.district.communities))
    ['district', 'subdistrict', 'community']
    """
    shapes = communities.geometry
    by_subdistrict = communities.groupby("subdistrict_id", sort=True).geometry
    levels = {
        "district": [union_of(shapes.to_numpy())],
        "subdistrict": [union_of(part.to_numpy()) for _, part in by_subdistrict],
        "community": shapes.tolist(),
    }
    drawn: Any = shapely.GeometryCollection()
    lines = {}
    for level, parts in levels.items():
        edges = [_without_slivers(part).boundary for part in parts]
        border = shapely.union_all(edges)
        lines[level] = _merged(border.difference(drawn.buffer(SNAP_M)))
        drawn = shapely.union_all([drawn, border])
    return lines


def readable(isochrones: GeoDataFrame) -> GeoDataFrame:
    """Isochrones with yards between streets closed and the raster's steps smoothed.

    Parameters
    ----------
    isochrones : GeoDataFrame
        Polygons, metres.

    Returns
    -------
    GeoDataFrame
        The same rows.

    Examples
    --------
    >>> readable(study.isochrones)  # doctest: +SKIP
    """
    # Steps of the raster go first: they would be rounded one by one. A hole only
    # shrinks when it is closed, so the small ones can go before and after.
    shapes = isochrones.geometry.map(_without_small_holes).simplify(SMOOTH_M / 2)
    wide = shapes.buffer(CLOSED_M, quad_segs=ARC_STEPS)
    closed = wide.buffer(-CLOSED_M, quad_segs=ARC_STEPS).simplify(SMOOTH_M)
    return isochrones.set_geometry(closed.map(_without_small_holes))


def _without_slivers(shape: Any) -> Any:
    closed = shape.buffer(SNAP_M, join_style="mitre")
    return closed.buffer(-SNAP_M, join_style="mitre")


def _merged(line: Any) -> Any:
    if shapely.get_type_id(line) == shapely.GeometryType.LINESTRING:
        return line
    return shapely.line_merge(line)


def _without_small_holes(shape: Any) -> Any:
    parts = [
        shapely.Polygon(
            part.exterior,
            [ring for ring in part.interiors if _area(ring) >= SMALLEST_HOLE_M2],
        )
        for part in shapely.get_parts(shape)
        if part.geom_type == "Polygon"
    ]
    return shapely.MultiPolygon(parts)


def _area(ring: Any) -> float:
    return float(shapely.Polygon(ring).area)

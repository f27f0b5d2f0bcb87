"""The quiet ground of a printed map: land, water, roads, railways, the veil."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lifecircle.publish.outlines import borders, outline
from lifecircle.publish.prints import tokens
from lifecircle.publish.prints.shapes import fill, in_frame, stroke

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from matplotlib.axes import Axes

    from lifecircle.model import District
    from lifecircle.publish.prints.paper import Frame

__all__ = ["BORDERS", "draw_borders", "draw_ground"]

_LEAST_ROAD_MM = 0.28
_WIDEST_LEFT_OUT_M = {10_000: 0.0, 15_000: 3.0, 25_000: 6.0, 50_000: 12.0}
"""Scale up to which a road is drawn -> roads up to this width are left out."""
BORDERS = {
    "community": (tokens.COMMUNITY, 0.28, (1.3, 0.7)),
    "subdistrict": (tokens.SUBDISTRICT, 0.45, (2.2, 0.8)),
    "district": (tokens.INK, 0.5, (3.2, 0.8, 0.6, 0.8)),
}


def draw_ground(
    axes: Axes,
    district: District,
    frame: Frame,
    extent_m: tuple[float, float, float, float],
) -> None:
    """Land, water, roads and railways; outside the district all recedes.

    Parameters
    ----------
    axes : Axes
        The map, in metres.
    district : District
        Its land, roads, barriers and communities.
    frame : Frame
        Scale of the map.
    extent_m : tuple
        West, south, east, north.
    """
    axes.set_facecolor(tokens.GROUND)
    whole = outline(district.communities)
    fill(axes, [whole], "#F1EEE8", order=1)
    land = _seen(district.land, extent_m)
    for place, (kind, colour) in enumerate(tokens.LAND.items()):
        if kind == "nonresidential_building":
            continue
        shapes = land.geometry.to_numpy()[land["land_kind"] == kind]
        fill(axes, shapes, colour, order=1.1 + place / 100)
        if kind == "residential":
            compounds = _seen(district.compounds, extent_m).geometry.to_numpy()
            areas = compounds[shapely.area(compounds) > 0]
            fill(axes, areas, colour, order=1.15)
    water = land.geometry.to_numpy()[land["land_kind"] == "water"]
    fill(axes, water, tokens.WATER, edge=tokens.BANK, edge_mm=0.25, order=1.3)
    _roads(axes, _seen(district.roads, extent_m), frame)
    barriers = district.barriers
    rails = barriers.geometry.to_numpy()[barriers["barrier_kind"] == "railway"]
    stroke(axes, rails, "#8B8881", 0.75, cap="butt", order=2.6)
    stroke(axes, rails, "#FFFFFF", 0.42, dash_mm=(1.8, 1.8), order=2.61)
    others = land.geometry.to_numpy()[land["land_kind"] == "nonresidential_building"]
    if frame.scale <= 20_000:
        fill(axes, others, tokens.PLAIN, order=2.7)
    outside = shapely.box(*extent_m).buffer(50).difference(whole)
    fill(axes, [outside], tokens.VEIL, alpha=0.62, order=2.8)


def _seen(
    frame: GeoDataFrame, extent_m: tuple[float, float, float, float]
) -> GeoDataFrame:
    seen: GeoDataFrame = frame[in_frame(frame.geometry.to_numpy(), extent_m)]
    return seen


def _roads(axes: Axes, roads: GeoDataFrame, frame: Frame) -> None:
    """White at true width with a casing; bridges keep their edges; no tunnels."""
    roads = roads[roads["tunnel"] != "yes"]
    widths = roads["road_class"].map(tokens.ROAD_WIDTHS_M).fillna(7.0).to_numpy()
    bridges = (roads["bridge"] == "yes").to_numpy()
    shapes = roads.geometry.to_numpy()
    usual = [out for scale, out in _WIDEST_LEFT_OUT_M.items() if frame.scale <= scale]
    least = usual[0] if usual else 12.0
    drawn = sorted(width for width in np.unique(widths) if width > least)
    for place, width in enumerate(drawn):
        wide = max(_LEAST_ROAD_MM, width * 1000 / frame.scale)
        plain = shapes[(widths == width) & ~bridges]
        over = shapes[(widths == width) & bridges]
        order = place / 100
        if width >= 6:
            stroke(axes, plain, tokens.CASING, wide + 0.38, order=2 + order)
            stroke(axes, over, tokens.BRIDGE, wide + 0.55, cap="butt", order=2.3)
        stroke(axes, plain, tokens.ROAD, wide, order=2.1 + order)
        stroke(axes, over, tokens.ROAD, wide + 0.05, cap="butt", order=2.4 + order)


def draw_borders(axes: Axes, district: District) -> None:
    """Boundaries; where levels coincide the highest is drawn, once.

    Parameters
    ----------
    axes : Axes
        The map, in metres.
    district : District
        Its communities.
    """
    for level, line in borders(district.communities).items():
        colour, width, dash = BORDERS[level]
        if level == "district":
            stroke(axes, [line], "#FFFFFF", 1.2, order=4.0)
        stroke(axes, [line], colour, width, dash_mm=dash, order=4.1)

"""The district with its faults of topology marked, numbered as in their list."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lifecircle.publish.elements import element

if TYPE_CHECKING:
    from xml.etree import ElementTree as Tree

    from geopandas import GeoDataFrame
    from pandas import DataFrame

__all__ = ["draw_faults"]

_WIDE, _MARGIN = 620.0, 20.0
_LEAST_R, _MOST_R = 5.0, 16.0


def draw_faults(
    parent: Tree.Element, communities: GeoDataFrame, faults: DataFrame
) -> None:
    """Draw communities in outline, and every fault with a numbered circle on it.

    Parameters
    ----------
    parent : Element
        Where the picture goes.
    communities : GeoDataFrame
        Outlines, metric CRS.
    faults : DataFrame
        ``area_m2`` and geometry, in the order of their numbers; a circle's area
        grows with the fault's.
    """
    shapes = communities.geometry[communities.geometry.notna()]
    places = shapely.point_on_surface(np.array(faults["geometry"], dtype=object))
    west, south, east, north = shapely.total_bounds([*shapes, *places])
    scale = (_WIDE - 2 * _MARGIN) / max(east - west, north - south, 1.0)
    wide, high = _WIDE, (north - south) * scale + 2 * _MARGIN
    left = (_WIDE - (east - west) * scale) / 2
    figure = element(parent, "figure", style="max-width: 620px")
    box = f"0 0 {wide:g} {high:.1f}"
    picture = element(figure, "svg", viewBox=box, role="img")

    def at(x: float, y: float) -> str:
        return f"{left + (x - west) * scale:.1f} {_MARGIN + (north - y) * scale:.1f}"

    def draw(shape: Any, **style: str) -> None:
        parts = shapely.get_parts(shapely.simplify(shape, 0.5 / scale))
        lines = (
            " L".join(at(x, y) for x, y in shapely.get_coordinates(ring))
            for ring in shapely.get_rings(parts)
        )
        path = "".join(f"M{line}Z" for line in lines)
        element(picture, "path", d=path, **style, **{"fill-rule": "evenodd"})

    for shape in shapes:
        draw(shape, fill="#F5F3EE", stroke="#8A9096")
    for shape in faults["geometry"]:
        draw(shape, fill="#E98B5B", **{"fill-opacity": "0.35"})
    most = max(float(faults["area_m2"].max()), 1.0)
    for number, (point, area) in enumerate(
        zip(places, faults["area_m2"].tolist(), strict=True), start=1
    ):
        x, y = at(point.x, point.y).split()
        radius = max(_LEAST_R, _MOST_R * math.sqrt(max(area, 0.0) / most))
        circle = {"cx": x, "cy": y, "r": f"{radius:.1f}", "stroke": "#9A360A"}
        circle["fill-opacity"] = "0.35"
        element(picture, "circle", **circle, fill="#E98B5B")
        name = element(picture, "text", str(number), x=x, y=f"{float(y) + 4:.1f}")
        name.set("text-anchor", "middle")

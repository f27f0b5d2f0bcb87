"""Shapes as vector paths, and patches of them in one call a colour."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lifecircle.publish.prints.paper import points

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

__all__ = ["area_path", "fill", "hatch", "in_frame", "line_path", "stroke"]

Shapes = "npt.NDArray[np.object_]"
_POINT_M = 4.0
"""A building known by its place only is drawn as a disc of this radius."""


def in_frame(shapes: Any, extent_m: tuple[float, float, float, float]) -> Any:
    """Which shapes touch the ground that a map shows.

    Parameters
    ----------
    shapes : array of shapely geometry
        In metres.
    extent_m : tuple
        West, south, east, north.

    Returns
    -------
    bool array

    Examples
    --------
    >>> in_frame(shapely.points([[0, 0], [9, 9]]), (-1, -1, 1, 1)).tolist()
    [True, False]
    """
    return shapely.intersects(shapes, shapely.box(*extent_m))


def area_path(shapes: Any) -> Path:
    """One path of all polygons, holes turning the other way; points become discs.

    Parameters
    ----------
    shapes : array of shapely geometry
        Polygons, multipolygons and points.

    Returns
    -------
    matplotlib.path.Path

    Examples
    --------
    >>> len(area_path([shapely.box(0, 0, 1, 1)]).vertices)
    5
    """
    parts = np.asarray(shapely.get_parts(np.asarray(shapes, dtype=object)))
    is_point = shapely.get_type_id(parts) == shapely.GeometryType.POINT
    parts = np.where(is_point, shapely.buffer(parts, _POINT_M), parts)
    is_area = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    rings = shapely.get_rings(shapely.orient_polygons(parts[is_area]))
    return _path(rings, closed=True)


def line_path(shapes: Any) -> Path:
    """One path of all lines; of polygons, their rings.

    Parameters
    ----------
    shapes : array of shapely geometry
        Lines and polygons.

    Returns
    -------
    matplotlib.path.Path

    Examples
    --------
    >>> len(line_path([shapely.LineString([(0, 0), (1, 0), (2, 1)])]).vertices)
    3
    """
    parts = np.asarray(shapely.get_parts(np.asarray(shapes, dtype=object)))
    is_area = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    rings = shapely.get_rings(parts[is_area])
    return _path(np.concatenate([parts[~is_area], rings]), closed=False)


def _path(lines: npt.NDArray[np.object_], *, closed: bool) -> Path:
    from matplotlib.path import Path

    lines = lines[~shapely.is_empty(lines)]
    xy = shapely.get_coordinates(lines)
    counts = shapely.get_num_coordinates(lines)
    ends = np.cumsum(counts)
    codes = np.full(len(xy), Path.LINETO, dtype=np.uint8)
    codes[ends - counts] = Path.MOVETO
    if closed:
        codes[ends - 1] = Path.CLOSEPOLY
    return Path(xy.reshape(-1, 2), codes)


def fill(
    axes: Axes,
    shapes: Any,
    colour: str,
    *,
    edge: str = "none",
    edge_mm: float = 0.0,
    alpha: float = 1.0,
    order: float,
) -> PathPatch | None:
    """Fill polygons with one colour; nothing where there are none.

    Parameters
    ----------
    axes : Axes
        The map, in metres.
    shapes : array of shapely geometry
        Polygons; points become discs.
    colour, edge : str
        Of ground and outline.
    edge_mm : float
        Width of the outline.
    alpha : float
        Of both.
    order : float
        Higher is drawn later.

    Returns
    -------
    PathPatch or None
        What was drawn.
    """
    from matplotlib.patches import PathPatch

    path = area_path(shapes)
    if np.size(path.vertices) == 0:
        return None
    patch = PathPatch(
        path,
        facecolor=colour,
        edgecolor=edge,
        linewidth=points(edge_mm),
        joinstyle="round",
        alpha=alpha,
        zorder=order,
    )
    axes.add_patch(patch)
    return patch


def stroke(
    axes: Axes,
    shapes: Any,
    colour: str,
    width_mm: float,
    *,
    dash_mm: Sequence[float] = (),
    cap: str = "round",
    order: float,
) -> None:
    """Draw lines (and outlines) with one pen; nothing where there are none.

    Parameters
    ----------
    axes : Axes
        The map, in metres.
    shapes : array of shapely geometry
        Lines or polygons.
    colour : str
        Of the line.
    width_mm : float
        On paper.
    dash_mm : sequence of float
        Dashes and spaces on paper; empty = a whole line.
    cap : {"round", "butt"}
        Ends of lines and dashes.
    order : float
        Higher is drawn later.
    """
    from matplotlib.patches import PathPatch

    path = line_path(shapes)
    if np.size(path.vertices) == 0:
        return
    dash: Any = "-"
    if dash_mm:
        # Patches scale dashes with the pen's width.
        dash = (0, tuple(length / width_mm for length in dash_mm))
    patch = PathPatch(
        path,
        fill=False,
        edgecolor=colour,
        linewidth=points(width_mm),
        linestyle=dash,
        capstyle="butt" if dash_mm else cap,
        joinstyle="round",
        zorder=order,
    )
    axes.add_patch(patch)


def hatch(
    axes: Axes,
    shapes: Any,
    colour: str,
    *,
    step_m: float,
    width_mm: float,
    angle_deg: float,
    order: float,
) -> None:
    """Parallel lines inside polygons, as lines: sharp at any size.

    Parameters
    ----------
    axes : Axes
        The map, in metres.
    shapes : array of shapely geometry
        Polygons.
    colour : str
        Of the lines.
    step_m : float
        From line to line on the ground.
    width_mm : float
        Of a line on paper.
    angle_deg : float
        0 = level, 45 = rising to the right, 90 = upright.
    order : float
        Higher is drawn later.
    """
    shapes = np.asarray(shapes, dtype=object)
    if not len(shapes):
        return
    turned = shapely.transform(shapes, lambda xy: _turned(xy, -angle_deg))
    lines = []
    for shape in turned:
        west, south, east, north = shapely.bounds(shape)
        levels = np.arange(np.floor(south / step_m) + 1, north / step_m + 1) * step_m
        ends = [[(west - 1, level), (east + 1, level)] for level in levels]
        if ends:
            lines.append(shapely.intersection(shapely.linestrings(ends), shape))
    if lines:
        drawn = shapely.get_parts(np.concatenate(lines))
        drawn = drawn[shapely.get_dimensions(drawn) == 1]
        back = shapely.transform(drawn, lambda xy: _turned(xy, angle_deg))
        stroke(axes, back, colour, width_mm, cap="butt", order=order)


def _turned(xy: npt.NDArray[np.float64], angle_deg: float) -> npt.NDArray[np.float64]:
    angle = np.deg2rad(angle_deg)
    cos, sin = np.cos(angle), np.sin(angle)
    turned: npt.NDArray[np.float64] = xy @ np.array([[cos, sin], [-sin, cos]])
    return turned

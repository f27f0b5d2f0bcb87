"""Curves and millimetres: the geometry that every part of the demo shares."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar, cast

import numpy as np
import shapely
from shapely import LineString, Point, STRtree

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

__all__ = [
    "Pair",
    "as_polygon",
    "beside",
    "corners",
    "largest",
    "mm",
    "smooth",
    "turned",
    "woven",
]

Pair = tuple[float, float]
Shape = TypeVar("Shape", bound="BaseGeometry")


def mm(shape: Shape) -> Shape:
    """Round all coordinates to the millimetre."""
    rounded: Shape = shapely.transform(shape, lambda xy: np.round(xy, 3))
    return rounded


def smooth(points: Sequence[Pair], *, step_m: float = 30.0) -> LineString:
    """Draw a Catmull-Rom curve through control points, a vertex every step."""
    at = np.asarray(points, dtype=float)
    ends = np.vstack([2 * at[0] - at[1], at, 2 * at[-1] - at[-2]])
    pieces: list[npt.NDArray[np.float64]] = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        count = max(int(np.hypot(*(c - b)) / step_m), 1)
        t = np.linspace(0, 1, count, endpoint=False)[:, None]
        bend = (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * (b - c) + d - a) * t**3
        pieces.append(b + 0.5 * ((c - a) * t + bend))
    return mm(LineString(np.vstack([*pieces, at[-1:]])))


def beside(line: LineString, offset_m: float) -> LineString:
    """Shift a gentle curve sideways; positive is left of its direction."""
    xy = shapely.get_coordinates(line)
    along = np.gradient(xy, axis=0)
    along /= np.hypot(along[:, 0], along[:, 1])[:, None]
    normal = np.column_stack([-along[:, 1], along[:, 0]])
    return mm(LineString(xy + normal * offset_m))


def turned(shape: Shape, angle_rad: float) -> Shape:
    """Turn around the origin, counter-clockwise."""
    cos, sin = np.cos(angle_rad), np.sin(angle_rad)
    matrix = np.array([[cos, sin], [-sin, cos]])
    result: Shape = shapely.transform(shape, lambda xy: xy @ matrix)
    return result


def as_polygon(shape: BaseGeometry) -> shapely.Polygon:
    """Say that a union or difference known to be one polygon is one."""
    return cast("shapely.Polygon", shape)


def corners(polygon: shapely.Polygon) -> npt.NDArray[np.float64]:
    """Four corners, the first twice, of the smallest rectangle around a polygon."""
    return shapely.get_coordinates(shapely.minimum_rotated_rectangle(polygon))


def largest(shape: BaseGeometry) -> shapely.Polygon:
    """Keep the largest polygon of a shape, without holes; empty if none."""
    parts = [p for p in shapely.get_parts(shape) if isinstance(p, shapely.Polygon)]
    if not parts:
        return shapely.Polygon()
    return shapely.Polygon(max(parts, key=lambda p: p.area).exterior)


def woven(
    lines: Sequence[LineString], *, extra: Sequence[Point] = ()
) -> list[LineString]:
    """Insert every line's end, and extra points, into the lines they touch.

    Streets are drawn as planners draw them, one line from end to end; after this
    they meet at shared vertices, to the millimetre.
    """
    ends = [Point(line.coords[i]) for line in lines for i in (0, -1)]
    points = np.array([*ends, *extra], dtype=object)
    tree = STRtree(points)
    which, hits = tree.query(np.asarray(lines, dtype=object), "dwithin", distance=0.05)
    found: dict[int, list[Point]] = {}
    for line_at, point_at in zip(which.tolist(), hits.tolist(), strict=True):
        found.setdefault(line_at, []).append(points[point_at])
    return [_threaded(line, found.get(i, [])) for i, line in enumerate(lines)]


def _threaded(line: LineString, points: Sequence[Point]) -> LineString:
    own = {(x, y) for x, y in line.coords}
    new = sorted({(p.x, p.y) for p in points} - own)
    if not new:
        return line
    at = [line.project(Point(xy)) for xy in line.coords]
    at[-1] = line.length
    stops = [(d, 0, xy) for d, xy in zip(at, line.coords, strict=True)]
    stops += [(line.project(Point(xy)), 1, xy) for xy in new]
    return LineString([xy for _, _, xy in sorted(stops)])

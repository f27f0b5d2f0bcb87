"""Compounds: buildings in rows, walls, gates and the paths inside.

Rows run roughly east to west, as housing in China faces south. The path of a row
runs along its north side, where the stairs are; a spine crosses the rows and
leaves through the gate. Walls have no other openings.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import LineString, Point, Polygon, box

from lifecircle.demo.curves import as_polygon, corners, mm, turned
from lifecircle.demo.streets import Street

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from lifecircle.demo.curves import Pair

__all__ = [
    "STYLES",
    "Compound",
    "House",
    "Style",
    "block_angle",
    "fill_compound",
    "span",
]


@dataclass(frozen=True, slots=True)
class Style:
    """How the buildings of a compound stand.

    ``length_m`` and ``gap_m`` are ranges along the row, ``pitch_m`` from row to row.
    """

    kind: str
    depth_m: float
    length_m: tuple[float, float]
    gap_m: tuple[float, float]
    pitch_m: tuple[float, float]
    stair_m: float


STYLES = {
    "walkup": Style("walkup", 12.5, (40, 66), (9, 14), (32, 37), 16.0),
    "old": Style("walkup", 11.5, (34, 52), (7, 10), (28, 31), 14.0),
    "slab": Style("highrise", 16.0, (34, 52), (18, 26), (50, 58), 24.0),
    "tower": Style("highrise", 24.0, (24, 28), (26, 34), (56, 64), 26.0),
}


@dataclass(slots=True, eq=False)
class House:
    """A residential building and where its doors are."""

    polygon: Polygon
    kind: str
    stairs: int
    doors: list[Pair]


@dataclass(slots=True, eq=False)
class Compound:
    """A compound: its ground, buildings, inner paths, ways out and their gates."""

    cell: Polygon
    polygon: Polygon
    zone: str
    style: str
    gated: str
    houses: list[House] = field(default_factory=list)
    paths: list[Street] = field(default_factory=list)
    gates: list[Point] = field(default_factory=list)
    ways: list[Street] = field(default_factory=list)
    name: str = ""
    compound_id: str = ""
    community_id: str = ""
    year_built: int = 0


@dataclass(slots=True, eq=False)
class _Row:
    """One row, in turned coordinates: its path, and the doors along it."""

    path_y: float
    left: float
    right: float
    stops: list[float]


def fill_compound(
    place: Compound, streets: Sequence[LineString], rng: np.random.Generator
) -> None:
    """Stand buildings on a compound's ground, and lay paths and gates.

    Parameters
    ----------
    place : Compound
        With ground and style; houses, paths and gates are added to it.
    streets : sequence of LineString
        Middles of the streets around: where a path may come out.
    rng : numpy.random.Generator
        Decides lengths, gaps, where the spine and the gates are.
    """
    style = STYLES[place.style]
    angle = _facing(place.polygon, rng)
    ground = turned(place.polygon.buffer(-6.5), -angle)
    if ground.is_empty or ground.area < 1500:
        return
    west, south, east, north = ground.bounds
    spine_x = west + (east - west) * rng.uniform(0.3, 0.7)
    rows = []
    y = south + rng.uniform(0.5, 3)
    while y + style.depth_m + 5 < north:
        row = _row(place, ground, style, (y, spine_x, angle), rng)
        if row is not None:
            rows.append(row)
        y += rng.uniform(*style.pitch_m)
    if rows:
        _paths(place, rows, spine_x, angle)
        _exits(place, rows, (spine_x, angle), streets, rng)


def block_angle(polygon: Polygon) -> float:
    """Angle of a block's sides, nearest to east to west; radians within ±pi/4."""
    ring = corners(polygon)
    dx, dy = ring[1] - ring[0]
    return float((np.arctan2(dy, dx) + np.pi / 4) % (np.pi / 2) - np.pi / 4)


def _facing(polygon: Polygon, rng: np.random.Generator) -> float:
    """Angle of the rows: along the block, but never far from east to west."""
    return float(np.clip(block_angle(polygon), -0.3, 0.3) + rng.normal(0, 0.012))


def span(ground: Polygon, heights: Sequence[float]) -> Pair | None:
    """The stretch that is inside the ground at all given heights."""
    left, right = -np.inf, np.inf
    west, _, east, _ = ground.bounds
    for y in heights:
        cut = ground.intersection(LineString([(west - 1, y), (east + 1, y)]))
        pieces = [p for p in shapely.get_parts(cut) if p.length > 1]
        if not pieces:
            return None
        piece = max(pieces, key=lambda p: p.length)
        left, right = max(left, piece.bounds[0]), min(right, piece.bounds[2])
    return (left, right) if right - left > 22 else None


def _row(
    place: Compound,
    ground: Polygon,
    style: Style,
    at: tuple[float, float, float],
    rng: np.random.Generator,
) -> _Row | None:
    y, spine_x, angle = at
    top = y + style.depth_m
    stretch = span(ground, (y, (y + top) / 2, top, top + 4.5))
    if stretch is None:
        return None
    left, right = stretch
    halves = [(left, min(spine_x - 5.5, right)), (max(spine_x + 5.5, left), right)]
    row = _Row(top + 4.5, left - 2, right + 2, [])
    for start, end in halves:
        for a, b in _bars(start, end, style, rng):
            shift = rng.uniform(-1.2, 0.8) if style.kind == "walkup" else 0.0
            _stand(place, row, style, (a, b, y + shift, angle))
    return row if row.stops else None


def _bars(
    start: float, end: float, style: Style, rng: np.random.Generator
) -> list[Pair]:
    """Cut a stretch into buildings of about equal length with gaps between."""
    room = end - start
    shortest = 0.62 * style.length_m[0]
    if room < shortest:
        return []
    gap = rng.uniform(*style.gap_m)
    count = max(round((room + gap) / (rng.uniform(*style.length_m) + gap)), 1)
    length = (room - (count - 1) * gap) / count
    if length > style.length_m[1]:
        length = style.length_m[1]
        gap = (room - count * length) / max(count - 1, 1)
    if length < shortest:
        return []
    return [
        (start + i * (length + gap), start + i * (length + gap) + length)
        for i in range(count)
    ]


def _stand(
    place: Compound, row: _Row, style: Style, at: tuple[float, float, float, float]
) -> None:
    a, b, y, angle = at
    top = y + style.depth_m
    stairs = max(round((b - a) / style.stair_m), 1)
    doors = []
    for i in range(stairs):
        # 0.5 m off the middle: of two doors, one is the nearer.
        x = a + (b - a) * (i + 0.5) / stairs + (0.5 if stairs % 2 == 0 else 0.0)
        row.stops.append(x)
        door = mm(turned(Point(x, top), angle))
        foot = mm(turned(Point(x, row.path_y), angle))
        doors.append((door.x, door.y))
        place.paths.append(Street("", "footway", LineString([foot, door])))
    outline = box(a, y, b, top)
    if style.kind == "highrise":
        notch = box((a + b) / 2 - 3, y - 0.1, (a + b) / 2 + 3, y + 3.2)
        outline = as_polygon(outline.difference(notch))
    house = mm(turned(outline, angle))
    place.houses.append(House(house, style.kind, stairs, doors))


def _paths(place: Compound, rows: list[_Row], spine_x: float, angle: float) -> None:
    """Row paths, the spine through them, and links where the spine does not pass."""
    crossed = [r for r in rows if r.left < spine_x < r.right]
    for row in rows:
        stops = {row.left, row.right, *row.stops}
        if row in crossed:
            stops.add(spine_x)
        place.paths.append(_path([(x, row.path_y) for x in sorted(stops)], angle))
    for low, high in pairwise(rows):
        if low in crossed and high in crossed:
            ends = [(spine_x, low.path_y), (spine_x, high.path_y)]
            place.paths.append(_path(ends, angle, "service"))
        else:
            place.paths.append(_link(place, low, high, angle))


def _link(place: Compound, low: _Row, high: _Row, angle: float) -> Street:
    """Join the ends of two row paths, round the buildings and within the wall."""
    ground = place.polygon.buffer(-1.5)
    tips = shapely.MultiPoint(
        [(x, row.path_y) for row in (low, high) for x in (row.left, row.right)]
    )
    clear = mm(turned(tips, angle)).buffer(0.01)
    shapes: list[BaseGeometry] = [house.polygon for house in place.houses]
    shapes += [path.line.difference(clear) for path in place.paths]
    ways = []
    for a, b in ((low.left, high.left), (low.right, high.right)):
        ends = ((a, low.path_y), (b, high.path_y))
        ways += [
            _path(ends, angle),
            _path((ends[0], (a, high.path_y), ends[1]), angle),
            _path((ends[0], (b, low.path_y), ends[1]), angle),
        ]
    free = [
        way
        for way in ways
        if ground.contains(way.line) and not any(way.line.intersects(h) for h in shapes)
    ]
    return min(free or ways, key=lambda way: way.line.length)


def _path(points: Sequence[Pair], angle: float, road_class: str = "footway") -> Street:
    return Street("", road_class, mm(turned(LineString(points), angle)))


def _exits(
    place: Compound,
    rows: list[_Row],
    at: tuple[float, float],
    streets: Sequence[LineString],
    rng: np.random.Generator,
) -> None:
    """Lead one to three paths out to the street, each through a gate if walled."""
    spine_x, angle = at
    low, high, mid = rows[0], rows[-1], rows[len(rows) // 2]
    far = 400.0
    rays: dict[str, tuple[Pair, Pair]] = {
        "west": ((mid.left, mid.path_y), (mid.left - far, mid.path_y)),
        "east": ((mid.right, mid.path_y), (mid.right + far, mid.path_y)),
    }
    if high.left < spine_x < high.right:
        rays["north"] = ((spine_x, high.path_y), (spine_x, high.path_y + far))
    if low.left < spine_x < low.right:
        rays["south"] = ((spine_x, low.path_y), (spine_x, low.path_y - far))
    ways = []
    for start, end in rays.values():
        ray = mm(turned(LineString([start, end]), angle))
        way = _way_out(ray, place.cell, streets)
        if way is not None:
            ways.append(way)
    if not ways:
        ways = [_shortest_way(place, streets)]
    wanted = int(rng.choice([1, 2, 3], p=[0.35, 0.45, 0.2]))
    order = rng.permutation(len(ways))
    chosen = list(order[: wanted if place.gated == "yes" else 4])
    for i in chosen:
        lead_out(place, ways[int(i)])


def _way_out(
    ray: LineString, cell: Polygon, streets: Sequence[LineString]
) -> LineString | None:
    """Follow a ray to the edge of the block, if a street is there."""
    start = Point(ray.coords[0])
    edge = ray.intersection(cell.exterior)
    hits = [p for p in shapely.get_parts(edge) if isinstance(p, Point)]
    if not hits:
        return None
    hit = mm(min(hits, key=start.distance))
    on_street = any(street.dwithin(hit, 0.05) for street in streets)
    if not on_street or start.distance(hit) > 75:
        return None
    return LineString([start, hit])


def _shortest_way(place: Compound, streets: Sequence[LineString]) -> LineString:
    ends = [Point(p.line.coords[0]) for p in place.paths if len(p.line.coords) > 2]
    near = [(e.distance(s), e, s) for e in ends for s in streets]
    _, end, street = min(near, key=lambda item: (item[0], item[1].x, item[1].y))
    return LineString([end, mm(street.interpolate(street.project(end)))])


def lead_out(place: Compound, way: LineString) -> None:
    """Add a way out; a walled compound gets a gate where it meets the wall."""
    start, end = way.coords[0], way.coords[-1]
    points = [start, end]
    if place.gated == "yes":
        crossing = shapely.get_parts(way.intersection(place.polygon.exterior))
        gate = mm(max(crossing, key=lambda p: p.distance(Point(start))).centroid)
        place.gates.append(gate)
        points = [start, (gate.x, gate.y), end]
    place.ways.append(Street("", "service", LineString(points)))

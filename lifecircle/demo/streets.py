"""Streets and blocks: main roads by hand, the blocks between them cut from the seed.

Each face between main roads is cut across its long side again and again, with a
bend and a turn, until blocks are of the size that people build on. A cut ends on
the street it meets, so most junctions are T-junctions.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import LineString, Point, Polygon, STRtree
from shapely.ops import polygonize, split, unary_union

from lifecircle.demo.curves import as_polygon, beside, corners, mm, smooth, woven
from lifecircle.demo.names import street_names
from lifecircle.demo.skeleton import (
    EMBANKMENT_M,
    FRAME,
    MAIN_ROADS,
    OUTLINE,
    RAIL,
    RAIL_HALF_M,
    RIVER,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lifecircle.demo.skeleton import MainRoad

__all__ = ["HALF_WIDTH_M", "Block", "Ground", "Street", "crossings", "lay_out"]

RAIL_EDGE_M = RAIL_HALF_M + 7.0
"""Streets that run towards the railway end here."""
UNDERPASS_ROAD = "建设东路"
HALF_WIDTH_M = {
    "primary": 12.0,
    "secondary": 9.0,
    "tertiary": 7.0,
    "residential": 5.0,
    "service": 3.0,
    "footway": 1.5,
}


@dataclass(frozen=True, slots=True, eq=False)
class Street:
    """A street or path as it will stand in the roads layer."""

    name: str
    road_class: str
    line: LineString
    bridge: bool = False
    tunnel: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """The ground between the middles of the streets around it."""

    polygon: Polygon
    zone: str
    inside: bool


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Streets, the blocks between them, and the two strips along the river."""

    streets: list[Street]
    blocks: list[Block]
    banks: dict[str, Polygon]
    zones: dict[str, Polygon]


@dataclass(slots=True, eq=False)
class _Cuts:
    """What cutting collects on its way: lines, and the corners they made."""

    rng: np.random.Generator
    lines: list[tuple[LineString, float]] = field(default_factory=list)
    corners: list[Point] = field(default_factory=list)


def lay_out(rng: np.random.Generator) -> Ground:
    """Lay out streets and blocks on the hand-drawn skeleton.

    Parameters
    ----------
    rng : numpy.random.Generator
        Decides where blocks are cut.

    Returns
    -------
    Ground
        Streets meeting at shared vertices, and the blocks between them.
    """
    west_road, east_road = beside(RIVER, -EMBANKMENT_M), beside(RIVER, EMBANKMENT_M)
    if west_road.centroid.x > east_road.centroid.x:
        west_road, east_road = east_road, west_road
    frame = FRAME.exterior
    zones = _zones([frame, west_road, east_road, RAIL])
    main, dividers = _main_roads(zones)
    for name, line in (("滨河西路", west_road), ("滨河东路", east_road)):
        for piece in _pieces(line, FRAME):
            main.append(Street(name, "tertiary", piece))
            dividers.append(piece)
    edges = [frame, *_pieces(RAIL, FRAME)]
    cuts = _Cuts(rng)
    cuts.corners = [Point(line.coords[i]) for line in dividers for i in (0, -1)]
    for face in _faces([*dividers, *edges]):
        if _zone_of(face, zones) != "river":
            _cut(face, cuts, wide=not OUTLINE.contains(face.representative_point()))
    streets = [*main, *_cut_streets(cuts, rng)]
    blocks = [
        Block(face, zone, OUTLINE.contains(face.representative_point()))
        for face in _faces([*dividers, *[line for line, _ in cuts.lines], *edges])
        if (zone := _zone_of(face, zones)) != "river"
    ]
    banks = _banks(zones["river"])
    lines = woven([s.line for s in streets], extra=crossings(streets))
    streets = [
        Street(s.name, s.road_class, line, s.bridge, s.tunnel)
        for s, line in zip(streets, lines, strict=True)
    ]
    return Ground(streets, blocks, banks, zones)


def crossings(streets: Sequence[Street]) -> list[Point]:
    """Where streets cross on one level: both get a vertex there."""
    lines = np.array([s.line for s in streets], dtype=object)
    a, b = STRtree(lines).query(lines, predicate="crosses")
    points = [
        part
        for i, j in zip(a[a < b].tolist(), b[a < b].tolist(), strict=True)
        for part in shapely.get_parts(lines[i].intersection(lines[j]))
        if isinstance(part, Point)
    ]
    return [mm(point) for point in points]


def _zones(lines: list[LineString]) -> dict[str, Polygon]:
    faces = sorted(polygonize(unary_union(lines)), key=lambda p: p.centroid.x)
    faces = [p for p in faces if FRAME.contains(p.representative_point())]
    return dict(zip(("west", "river", "mid", "east"), faces, strict=True))


def _zone_of(face: Polygon, zones: dict[str, Polygon]) -> str:
    inner = face.representative_point()
    return next(name for name, zone in zones.items() if zone.intersects(inner))


def _pieces(line: LineString, area: Polygon) -> list[LineString]:
    parts = shapely.get_parts(shapely.line_merge(line.intersection(area)))
    return [mm(part) for part in parts if part.length > 8]


def _main_roads(
    zones: dict[str, Polygon],
) -> tuple[list[Street], list[LineString]]:
    streets, dividers = [], []
    for road in MAIN_ROADS:
        for piece in _road_pieces(road, zones):
            dividers.append(piece)
            streets += _clear_of_rail(road.name, road.road_class, piece)
        if road.bridge:
            over = _pieces(_road_line(road), zones["river"])
            streets += [
                Street(road.bridge, road.road_class, p, bridge=True) for p in over
            ]
    return streets, dividers


def _road_line(road: MainRoad) -> LineString:
    return smooth(road.points)


def _road_pieces(road: MainRoad, zones: dict[str, Polygon]) -> Iterator[LineString]:
    line = _road_line(road)
    if road.name == UNDERPASS_ROAD:
        yield from _pieces(line, as_polygon(zones["mid"].union(zones["east"])))
        return
    for name in road.zones:
        yield from _pieces(line, zones[name])


def _clear_of_rail(name: str, road_class: str, line: LineString) -> list[Street]:
    """Stop a street short of the railway; the one underpass goes below."""
    strip = RAIL.buffer(RAIL_EDGE_M)
    streets = [
        Street(name, road_class, mm(part))
        for part in shapely.get_parts(line.difference(strip))
        if part.length > 10
    ]
    if name == UNDERPASS_ROAD:
        (below,) = _pieces(line, strip)
        streets.append(Street("铁路地道", road_class, below, tunnel=True))
    return streets


def _faces(lines: list[LineString]) -> list[Polygon]:
    net = unary_union(woven(lines))
    faces = [p for p in polygonize(net) if p.area > 200]
    return sorted(faces, key=lambda p: tuple(np.round(p.centroid.coords[0], 1)))


def _cut(face: Polygon, cuts: _Cuts, *, wide: bool) -> None:
    """Cut a face across its long side until its parts are small enough."""
    enough = cuts.rng.uniform(2.7e4, 7.0e4) * (1.5 if wide else 1.0)
    if face.area < enough:
        return
    for _ in range(6):
        line = _cross_line(face, cuts)
        parts = _parts(face, line) if line is not None else []
        if line is not None and parts:
            cuts.lines.append((line, face.area))
            cuts.corners += [Point(line.coords[0]), Point(line.coords[-1])]
            for part in parts:
                _cut(part, cuts, wide=wide)
            return


def _cross_line(face: Polygon, cuts: _Cuts) -> LineString | None:
    rng = cuts.rng
    ring = corners(face)[:4]
    if np.hypot(*(ring[1] - ring[0])) < np.hypot(*(ring[2] - ring[1])):
        ring = np.roll(ring, -1, axis=0)
    middle = ring[0] + (ring[1] - ring[0]) * rng.uniform(0.37, 0.63)
    across = (ring[2] - ring[1]) / np.hypot(*(ring[2] - ring[1]))
    angle = rng.normal(0, 0.1)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    reach = across @ turn * 3000
    centre = middle + (ring[2] - ring[1]) / 2
    chord = LineString([centre - reach, centre + reach]).intersection(face)
    pieces = [p for p in shapely.get_parts(chord) if isinstance(p, LineString)]
    if not pieces:
        return None
    piece = min(pieces, key=lambda p: p.distance(Point(centre)))
    ends = [_cornered(Point(piece.coords[i]), face, cuts.corners) for i in (0, -1)]
    return _bent(ends[0], ends[1], rng.normal(0, 0.035))


def _cornered(end: Point, face: Polygon, corners: list[Point]) -> Point:
    """Move an end to a corner close by, so that streets meet and do not just miss."""
    near = [c for c in corners if c.distance(end) < 34 and face.distance(c) < 0.05]
    return min(near, key=lambda c: (c.distance(end), c.x, c.y), default=end)


def _bent(start: Point, end: Point, bow: float) -> LineString:
    a, b = np.array(start.coords[0]), np.array(end.coords[0])
    count = max(int(np.hypot(*(b - a)) / 30), 1) + 1
    t = np.linspace(0, 1, count)[:, None]
    side = np.array([a[1] - b[1], b[0] - a[0]])
    return mm(LineString(a + (b - a) * t + side * bow * 4 * t * (1 - t)))


def _parts(face: Polygon, line: LineString) -> list[Polygon]:
    """Two parts of a face that are worth building on, or nothing."""
    if line.length < 60 or not face.buffer(0.02).contains(line):
        return []
    xy = shapely.get_coordinates(line)
    first, last = xy[0] + (xy[0] - xy[1]) * 0.01, xy[-1] + (xy[-1] - xy[-2]) * 0.01
    parts = [
        as_polygon(part)
        for part in split(face, LineString([first, *xy[1:-1], last])).geoms
    ]
    sound = [p for p in parts if p.area > 0.27 * face.area]
    return parts if len(parts) == 2 and len(sound) == 2 else []


def _cut_streets(cuts: _Cuts, rng: np.random.Generator) -> list[Street]:
    names = street_names(rng)
    streets = []
    for line, area in cuts.lines:
        road_class = _class_of(area)
        streets += _clear_of_rail(next(names), road_class, line)
    return streets


def _class_of(area: float) -> str:
    if area > 1.5e5:
        return "tertiary"
    return "residential" if area > 6.5e4 else "service"


def _banks(corridor: Polygon) -> dict[str, Polygon]:
    inside = corridor.intersection(OUTLINE)
    halves = sorted(split(inside, RIVER).geoms, key=lambda p: p.area)[-2:]
    west, east = sorted(halves, key=lambda p: p.centroid.x)
    return {"west": mm(as_polygon(west)), "mid": mm(as_polygon(east))}

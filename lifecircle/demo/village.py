"""The urban village: small houses on a bent lattice of alleys, no walls."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import LineString, MultiPoint, Point, Polygon

from lifecircle.demo.compounds import Compound, House
from lifecircle.demo.curves import mm, turned
from lifecircle.demo.streets import Street

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

__all__ = ["fill_village"]

ALLEY_M = 46.0
"""Distance between alleys along a house row; two houses stand between two rows."""
ROW_M = 27.0


def fill_village(
    place: Compound, streets: Sequence[LineString], rng: np.random.Generator
) -> None:
    """Fill a block with alleys and small houses along them.

    Parameters
    ----------
    place : Compound
        Ground of the village; houses and alleys are added to it.
    streets : sequence of LineString
        Streets around it, which alleys run out to.
    rng : numpy.random.Generator
        Bends the lattice, drops alleys, shapes the houses.
    """
    angle = rng.uniform(-0.25, 0.25)
    ground = place.polygon
    knots = _lattice(turned(place.cell, -angle), rng)
    flat = turned(MultiPoint(knots.reshape(-1, 2).tolist()), angle)
    knots = shapely.get_coordinates(flat).round(3).reshape(knots.shape)
    alleys = [*_alleys(knots, ground, rng)]
    place.paths += [Street("", "footway", line) for line in alleys]
    _openings(place, streets, alleys)
    for line in alleys:
        _houses_along(place, line, rng)


def _lattice(ground: Polygon, rng: np.random.Generator) -> npt.NDArray[np.float64]:
    west, south, east, north = ground.bounds
    xs = np.arange(west + 8, east, ALLEY_M)
    ys = np.arange(south + 6, north, ROW_M)
    grid = np.stack(np.meshgrid(xs, ys), axis=-1)
    wave = np.sin(grid[..., 0] / 41) * 4.5 + np.sin(grid[..., 1] / 53) * 3
    grid[..., 1] += wave
    grid[..., 0] += np.sin(grid[..., 1] / 37) * 5
    bent: npt.NDArray[np.float64] = grid + rng.normal(0, 1.6, grid.shape)
    return bent


def _alleys(
    knots: npt.NDArray[np.float64], ground: Polygon, rng: np.random.Generator
) -> list[LineString]:
    lines = []
    rows, columns, _ = knots.shape
    for r in range(rows):
        for c in range(columns):
            for dr, dc, kept in ((0, 1, 0.93), (1, 0, 0.72)):
                if r + dr == rows or c + dc == columns:
                    continue
                line = LineString([knots[r, c], knots[r + dr, c + dc]])
                if rng.random() < kept and ground.buffer(-1.5).contains(line):
                    lines.append(line)
    return _joined(lines)


def _joined(lines: list[LineString]) -> list[LineString]:
    """The largest connected part of the alleys."""
    if not lines:
        return []
    parent = list(range(len(lines)))
    seen: dict[tuple[float, ...], int] = {}

    def root(i: int) -> int:
        while parent[i] != i:
            i = parent[i]
        return i

    for i, line in enumerate(lines):
        for xy in line.coords:
            j = seen.setdefault(xy, i)
            parent[root(i)] = root(j)
    roots = [root(i) for i in range(len(lines))]
    best = max(sorted(set(roots)), key=roots.count)
    return [line for line, r in zip(lines, roots, strict=True) if r == best]


def _openings(
    place: Compound, streets: Sequence[LineString], alleys: list[LineString]
) -> None:
    """Lead the outermost alley ends to the streets around."""
    ends = sorted({xy for line in alleys for xy in line.coords})
    for street in streets:
        near = sorted((street.distance(Point(xy)), xy) for xy in ends)[:3]
        for distance, xy in near:
            if distance < 40:
                foot = mm(street.interpolate(street.project(Point(xy))))
                way = LineString([xy, (foot.x, foot.y)])
                crossed = any(way.crosses(path.line) for path in place.paths)
                if place.cell.buffer(0.1).contains(way) and not crossed:
                    place.paths.append(Street("", "footway", way))


def _houses_along(place: Compound, line: LineString, rng: np.random.Generator) -> None:
    a, b = np.asarray(line.coords)
    length = float(np.hypot(*(b - a)))
    if abs(b[1] - a[1]) > abs(b[0] - a[0]):
        return
    along, across = (b - a) / length, np.array([a[1] - b[1], b[0] - a[0]]) / length
    for side in (1.0, -1.0):
        s = rng.uniform(3, 5)
        while s + 8 < length:
            width, depth = rng.uniform(8.5, 12.5), rng.uniform(7.5, 9.8)
            corner = a + along * s + across * side * rng.uniform(2.0, 3.0)
            wide, deep = along * width, across * side * depth
            ring = np.array(
                [corner, corner + wide, corner + wide + deep, corner + deep]
            )
            house = mm(Polygon(ring + rng.normal(0, 0.45, ring.shape)))
            s += width + rng.uniform(1.2, 4.0)
            if rng.random() < 0.12 or not place.polygon.contains(house):
                continue
            if any(house.intersects(h.polygon) for h in place.houses):
                continue
            if any(house.dwithin(path.line, 0.6) for path in place.paths):
                continue
            foot = mm(Point(corner + wide / 2))
            place.houses.append(House(house, "village", 1, [(foot.x, foot.y)]))

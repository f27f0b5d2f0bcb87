"""Ground without housing of the district: schools, works, shops, parks, the river.

Blocks beyond the boundary are drawn too, housing and all, as a backdrop: they are
land, not buildings of the district, and nobody is counted there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import LineString, Polygon, box

from lifecircle.demo.compounds import Compound, block_angle, fill_compound, span
from lifecircle.demo.curves import as_polygon, mm, turned
from lifecircle.demo.skeleton import FRAME, RIVER, RIVER_HALF_M

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lifecircle.demo.curves import Pair

__all__ = ["Land", "open_ground", "water_and_banks"]

Land = tuple[str, str, Polygon]
KINDS = {"green": "green", "works": "industrial", "vacant": "vacant"}
SHEDS: dict[str, tuple[Pair, Pair, Pair]] = {
    "works": ((34, 62), (18, 27), (14, 20)),
    "shops": ((24, 44), (15, 22), (12, 18)),
    "school": ((42, 64), (12, 15), (16, 24)),
}
"""Length, depth and gap of the buildings of each use, metres."""
HOUSED_SHARE = 0.6
BANK_M = 64.0


def open_ground(use: str, ground: Polygon, rng: np.random.Generator) -> Iterator[Land]:
    """Draw the land of a block without housing, and what stands on it.

    Parameters
    ----------
    use : str
        ``green``, ``vacant``, ``works``, ``shops``, ``school`` or ``context``.
    ground : Polygon
        The block inside its streets.
    rng : numpy.random.Generator
        Decides what stands there.

    Yields
    ------
    tuple
        Land kind, name, polygon.
    """
    if ground.is_empty:
        return
    if use == "context" and rng.random() < HOUSED_SHARE:
        yield "other", "", ground
        style = str(rng.choice(["walkup", "old", "slab"], p=[0.55, 0.35, 0.1]))
        backdrop = Compound(ground, ground, "", style, "no")
        fill_compound(backdrop, [ground.exterior], rng)
        yield from (("nonresidential_building", "", h.polygon) for h in backdrop.houses)
        return
    if use == "context":
        use = str(
            rng.choice(["works", "shops", "school", "green"], p=[0.4, 0.3, 0.2, 0.1])
        )
    yield KINDS.get(use, "other"), "", ground
    if use in SHEDS:
        yield from _built(use, ground, rng)


def _built(use: str, ground: Polygon, rng: np.random.Generator) -> Iterator[Land]:
    angle = block_angle(ground)
    inner = turned(ground.buffer(-6), -angle)
    if inner.is_empty:
        return
    west, south, east, north = inner.bounds
    if use == "school" and min(east - west, north - south) > 85:
        middle = ((west + east) / 2, south + 34)
        oval = LineString([(middle[0] - 24, middle[1]), (middle[0] + 24, middle[1])])
        field = oval.buffer(21)
        if inner.contains(field):
            yield "green", "运动场", mm(turned(field, angle))
            south += 66
    for shape in _sheds(use, inner, south, rng):
        if rng.random() < 0.9:
            yield "nonresidential_building", "", mm(turned(shape, angle))


def _sheds(
    use: str, ground: Polygon, south: float, rng: np.random.Generator
) -> Iterator[Polygon]:
    lengths, depths, gaps = SHEDS[use]
    y = south + rng.uniform(1, 6)
    while y < ground.bounds[3]:
        depth = rng.uniform(*depths)
        stretch = span(ground, (y, y + depth / 2, y + depth))
        x, east = stretch or (0.0, 0.0)
        while x < east:
            length = min(rng.uniform(*lengths), east - x)
            shape = box(x, y, x + length, y + depth)
            wing = box(x, y, x + 12, y + depth + 12)
            if use != "works" and rng.random() < 0.3 and ground.contains(wing):
                shape = as_polygon(shapely.union(shape, wing))
            if length > 14:
                yield shape
            x += length + rng.uniform(*gaps)
        y += depth + rng.uniform(*gaps) + 4 if stretch else 6


def water_and_banks() -> list[Land]:
    """Return the river and the green along it, as far as the map goes."""
    water = mm(as_polygon(RIVER.buffer(RIVER_HALF_M).intersection(FRAME)))
    bank = shapely.intersection(RIVER.buffer(BANK_M), FRAME)
    sides = shapely.get_parts(mm(shapely.difference(bank, water)))
    return [("water", "青溪", water), *(("green", "滨河绿带", p) for p in sides)]

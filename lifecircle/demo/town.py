"""What stands on each block: housing, village, parks, schools, works, vacant land."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import LineString, Point, Polygon, STRtree, box
from shapely.ops import unary_union

from lifecircle.demo.compounds import Compound, fill_compound
from lifecircle.demo.curves import as_polygon, largest, mm, woven
from lifecircle.demo.names import compound_names
from lifecircle.demo.open_land import Land, open_ground, water_and_banks
from lifecircle.demo.skeleton import COMMUNITIES, RAIL, RAIL_HALF_M
from lifecircle.demo.streets import HALF_WIDTH_M, Block, Ground, Street, crossings
from lifecircle.demo.village import fill_village

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

__all__ = ["Cell", "Town", "build_town"]

SETBACK_M = {
    "primary": 5.0,
    "secondary": 4.0,
    "tertiary": 3.5,
    "residential": 3.0,
    "service": 2.0,
}
VILLAGE_AT = Point(-330, -1090)
PARKS_AT = (
    (-820, 900),
    (-760, 330),
    (-330, 640),
    (300, -420),
    (-800, -980),
    (1420, 420),
    (560, 1190),
)
OTHER_USES = ("school", "works", "shops", "vacant")
STYLE_OF = {
    "C01": (0.45, 0.50, 0.05, 0.0),
    "C04": (0.8, 0.2, 0.0, 0.0),
    "C10": (1.0, 0.0, 0.0, 0.0),
}
USUAL_STYLES = (0.67, 0.22, 0.06, 0.05)


@dataclass(slots=True, eq=False)
class Cell:
    """A block with its use and its community."""

    polygon: Polygon
    ground: Polygon
    zone: str
    use: str
    community_id: str = ""


@dataclass(slots=True, eq=False)
class Town:
    """The whole made-up place, before anyone lives in it.

    ``public`` are the streets outside compounds, ``streets`` all of them, woven.
    """

    cells: list[Cell]
    compounds: list[Compound]
    public: list[Street]
    communities: dict[str, Polygon]
    land: list[Land] = field(default_factory=list)
    streets: list[Street] = field(default_factory=list)

    def join_streets(self) -> None:
        """Bring public streets, paths and ways out together at shared vertices."""
        own = [p for c in self.compounds for p in (*c.paths, *c.ways)]
        streets = [*self.public, *own]
        lines = woven([s.line for s in streets], extra=crossings(streets))
        self.streets = [
            Street(s.name, s.road_class, line, s.bridge, s.tunnel)
            for s, line in zip(streets, lines, strict=True)
        ]


def build_town(ground: Ground, rng: np.random.Generator) -> Town:
    """Build on the blocks.

    Parameters
    ----------
    ground : Ground
        Streets and blocks.
    rng : numpy.random.Generator
        Decides uses and buildings.

    Returns
    -------
    Town
        Compounds with buildings, paths and gates; land; community polygons.
    """
    lines = np.array([s.line for s in ground.streets], dtype=object)
    tree = STRtree(lines)
    cells = [_cell(b, ground.streets, tree) for b in ground.blocks]
    home = [c for c, b in zip(cells, ground.blocks, strict=True) if b.inside]
    communities = _communities(home, ground.banks)
    _uses(home, rng)
    town = Town(cells, [], list(ground.streets), communities)
    for cell in cells:
        near = [lines[i] for i in tree.query(cell.polygon, "dwithin", distance=0.05)]
        if cell.use in ("housing", "village"):
            _settle(town, cell, near, rng)
    yard = np.random.default_rng(rng.integers(2**32))
    for cell in cells:
        if cell.use not in ("housing", "village"):
            town.land += open_ground(cell.use, cell.ground, yard)
    town.land += water_and_banks()
    names = compound_names(rng)
    town.compounds.sort(key=lambda c: (c.community_id, -round(c.cell.centroid.y, 1)))
    for number, place in enumerate(town.compounds, start=1):
        place.compound_id = f"P{number:03d}"
        place.name = next(names)
        place.year_built = _year(place, rng)
    town.join_streets()
    return town


def _cell(block: Block, streets: Sequence[Street], tree: STRtree) -> Cell:
    """Ground to build on: the block less its streets, railway and setbacks."""
    near = tree.query(block.polygon, "dwithin", distance=0.05)
    taken = [
        streets[i].line.buffer(
            HALF_WIDTH_M[streets[i].road_class] + SETBACK_M[streets[i].road_class]
        )
        for i in near
    ]
    taken.append(RAIL.buffer(RAIL_HALF_M + 9))
    left = largest(block.polygon.difference(unary_union(taken)))
    ground = largest(left.buffer(-5).buffer(5, join_style="mitre").simplify(0.6))
    return Cell(
        block.polygon, mm(ground), block.zone, "" if block.inside else "context"
    )


def _communities(cells: list[Cell], banks: dict[str, Polygon]) -> dict[str, Polygon]:
    """Give each block to the nearest seat, then make every community one piece."""
    for cell in cells:
        seats = [s for s in COMMUNITIES if s.zone == cell.zone]
        inner = cell.polygon.centroid
        cell.community_id = min(
            seats, key=lambda s: inner.distance(Point(s.at))
        ).community_id
    for _ in range(8):
        if not _mend(cells):
            break
    areas = {
        s.community_id: as_polygon(
            unary_union([c.polygon for c in cells if c.community_id == s.community_id])
        )
        for s in COMMUNITIES
    }
    return _with_river(areas, banks)


def _mend(cells: list[Cell]) -> bool:
    """Hand stray parts of a community to the neighbour they touch most."""
    moved = False
    for seat in COMMUNITIES:
        own = [c for c in cells if c.community_id == seat.community_id]
        whole = unary_union([c.polygon for c in own])
        main = largest(whole)
        for cell in own:
            if main.intersects(cell.polygon.representative_point()):
                continue
            others = [
                c
                for c in cells
                if c.zone == cell.zone and c.community_id != cell.community_id
            ]
            best = max(
                others, key=lambda c: cell.polygon.intersection(c.polygon).length
            )
            cell.community_id, moved = best.community_id, True
    return moved


def _with_river(
    areas: dict[str, Polygon], banks: dict[str, Polygon]
) -> dict[str, Polygon]:
    """Share the river out: each bank's strip by who lies nearest along it."""
    for zone, strip in banks.items():
        own = [s.community_id for s in COMMUNITIES if s.zone == zone]
        touching = [
            i for i in own if areas[i].boundary.intersection(strip.boundary).length > 30
        ]
        touching.sort(key=lambda i: -areas[i].intersection(strip.buffer(1)).centroid.y)
        rest = strip
        for upper, lower in pairwise(touching):
            meet = (
                areas[upper]
                .intersection(areas[lower])
                .intersection(strip.boundary.buffer(1))
            )
            y = meet.centroid.y
            above = rest.intersection(box(-3000, y, 3000, 3000))
            areas[upper] = _one(areas[upper], above)
            rest = as_polygon(rest.difference(above))
        areas[touching[-1]] = _one(areas[touching[-1]], rest)
    return {key: mm(area) for key, area in areas.items()}


def _one(area: Polygon, strip: BaseGeometry) -> Polygon:
    return largest(shapely.union(area, strip, grid_size=0.001))


def _uses(cells: list[Cell], rng: np.random.Generator) -> None:
    for cell in cells:
        cell.use = "green" if cell.ground.area < 3500 else "housing"
    for seat in COMMUNITIES:
        own = [
            c
            for c in cells
            if c.community_id == seat.community_id and c.use == "housing"
        ]
        other = rng.permutation(len(own))[: round(len(own) * 0.32)]
        for i in other:
            own[i].use = str(rng.choice(OTHER_USES, p=(0.32, 0.27, 0.32, 0.09)))
    for at in PARKS_AT:
        near = min(cells, key=lambda c: c.polygon.distance(Point(at)))
        near.use = "green"
    around = sorted(cells, key=lambda c: c.polygon.centroid.distance(VILLAGE_AT))
    for cell in around[:3]:
        cell.use = "village"


def _settle(
    town: Town, cell: Cell, near: list[LineString], rng: np.random.Generator
) -> None:
    community = cell.community_id
    if cell.use == "village":
        place = Compound(cell.polygon, cell.ground, cell.zone, "village", "no")
        fill_village(place, near, rng)
    else:
        chances = STYLE_OF.get(community, USUAL_STYLES)
        style = str(rng.choice(["walkup", "old", "slab", "tower"], p=chances))
        gated = str(rng.choice(["yes", "no", "unknown"], p=[0.8, 0.14, 0.06]))
        place = Compound(cell.polygon, cell.ground, cell.zone, style, gated)
        fill_compound(place, near, rng)
    place.community_id = community
    if place.houses:
        town.compounds.append(place)
        kind = "village" if cell.use == "village" else "residential"
        town.land.append((kind, "", place.polygon))
    else:
        cell.use = "vacant"


def _year(place: Compound, rng: np.random.Generator) -> int:
    start, end = {
        "old": (1982, 1996),
        "walkup": (1994, 2012),
        "village": (1975, 1990),
    }.get(place.style, (2008, 2022))
    return int(rng.integers(start, end))

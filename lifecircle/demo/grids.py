"""Today's governance grids: compounds taken together, some far too big or small."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import shapely
from shapely import LineString, Polygon
from shapely.ops import split, unary_union

from lifecircle.demo.curves import as_polygon, corners, largest
from lifecircle.demo.people import shapes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
    from shapely.geometry.base import BaseGeometry

    from lifecircle.demo.compounds import Compound
    from lifecircle.demo.town import Town

__all__ = ["Grid", "draw_grids"]

Numbers = npt.NDArray[np.float64]
SMALLEST = 130
USUAL_WISHES = (160.0, 300.0, 320.0, 340.0, 700.0)
"""Households at which a grid was once thought big enough."""


@dataclass(slots=True, eq=False)
class Grid:
    """A governance grid: its buildings (rows of the table) and its ground."""

    grid_id: str
    community_id: str
    rows: list[int]
    polygon: Polygon


@dataclass(frozen=True, slots=True, eq=False)
class _Piece:
    """A compound, or part of a large one."""

    polygon: Polygon
    rows: list[int]
    households: int


def draw_grids(
    town: Town, table: pd.DataFrame, orderly: str, rng: np.random.Generator
) -> list[Grid]:
    """Group the compounds of every community into grids.

    Parameters
    ----------
    town : Town
        Cells and compounds.
    table : DataFrame
        Buildings: ``compound_id``, ``households``, ``polygon``.
    orderly : str
        The community whose grids all have 300 to 500 households.
    rng : numpy.random.Generator
        Decides how large each grid was once drawn.

    Returns
    -------
    list of Grid
        By id; each a single polygon, all disjoint.
    """
    grids: list[Grid] = []
    for community in sorted(town.communities):
        neat = community == orderly
        pieces: list[_Piece] = []
        for place in town.compounds:
            if place.community_id == community:
                most = 500 if neat else float(rng.choice([560, 900, 1500]))
                pieces += _pieces(place, table, most)
        for number, group in enumerate(_groups(pieces, rng, neat=neat), start=1):
            rows = sorted(row for piece in group for row in piece.rows)
            ground = as_polygon(unary_union([piece.polygon for piece in group]))
            grids.append(Grid(f"{community}-{number:02d}", community, rows, ground))
    _take_up(town, grids)
    return grids


def _pieces(place: Compound, table: pd.DataFrame, most: float) -> Iterator[_Piece]:
    """Cut a large compound between its rows of buildings."""
    own = table.index[table["compound_id"] == place.compound_id].to_numpy()
    counts = table.loc[own, "households"].to_numpy()
    parts = int(np.ceil(counts.sum() / most)) if counts.sum() > most * 1.04 else 1
    shapes = shapes_of(table.loc[own])
    middles = np.array([p.centroid.coords[0] for p in shapes])
    sides = np.diff(corners(shapes[0])[:3], axis=0)
    along = max(sides, key=lambda s: float(np.hypot(*s)))
    along = along / np.hypot(*along) * (1 if along[0] > 0 else -1)
    height = middles @ np.array([-along[1], along[0]])
    ground = place.cell
    for part in range(parts, 1, -1):
        cut = _cut_height(height, counts, counts.sum() / part)
        if cut is None:
            break
        centre = np.array([-along[1], along[0]]) * cut
        halves = split(
            ground, LineString([centre - along * 1e5, centre + along * 1e5])
        ).geoms
        below = height < cut
        low = largest(unary_union([h for h in halves if _beneath(h, along, cut)]))
        yield _Piece(low, own[below].tolist(), int(counts[below].sum()))
        ground = largest(ground.difference(low))
        own, counts, height = own[~below], counts[~below], height[~below]
    yield _Piece(ground, own.tolist(), int(counts.sum()))


def _beneath(part: BaseGeometry, along: Numbers, cut: float) -> bool:
    inner = np.asarray(part.representative_point().coords[0])
    return bool(inner @ np.array([-along[1], along[0]]) < cut)


def _cut_height(height: Numbers, counts: Numbers, share: float) -> float | None:
    """Find the gap between rows nearest to a share of the households, if any."""
    order = np.argsort(height, kind="stable")
    levels, sums = height[order], np.cumsum(counts[order])
    gaps = np.flatnonzero(np.diff(levels) > 12)
    if not len(gaps):
        return None
    best = gaps[np.argmin(np.abs(sums[gaps] - share))]
    return float((levels[best] + levels[best + 1]) / 2)


def _groups(
    pieces: list[_Piece], rng: np.random.Generator, *, neat: bool
) -> list[list[_Piece]]:
    left = sorted(
        pieces, key=lambda p: (round(p.polygon.centroid.x / 250), p.polygon.centroid.y)
    )
    groups: list[list[_Piece]] = []
    while left:
        group = [left.pop(0)]
        wish = 300.0 if neat else float(rng.choice(USUAL_WISHES))
        while _size(group) < wish:
            most = 480 if neat else max(wish * 1.5, 480)
            room = [p for p in left if _touch(p, group) and _size([*group, p]) <= most]
            if not room:
                break
            group.append(room[0])
            left.remove(room[0])
        groups.append(group)
    return _merged(groups, 240 if neat else SMALLEST)


def _size(group: list[_Piece]) -> int:
    return sum(piece.households for piece in group)


def _touch(piece: _Piece, group: list[_Piece]) -> bool:
    return any(
        piece.polygon.buffer(0.01).intersection(p.polygon).area > 0.1 for p in group
    )


def _merged(groups: list[list[_Piece]], smallest: int) -> list[list[_Piece]]:
    """Add grids that are too small even for today to a neighbour."""
    for group in sorted(groups, key=_size):
        if _size(group) >= smallest:
            continue
        near = [
            g for g in groups if g is not group and any(_touch(p, g) for p in group)
        ]
        if near:
            min(near, key=_size).extend(group)
            groups.remove(group)
    return groups


def _take_up(town: Town, grids: list[Grid]) -> None:
    """Blocks without housing go to the grid they border most."""
    housed = {shapely.to_wkb(c.cell) for c in town.compounds}
    waiting = [
        c
        for c in town.cells
        if c.community_id and shapely.to_wkb(c.polygon) not in housed
    ]
    for _ in range(4):
        for cell in list(waiting):
            own = [g for g in grids if g.community_id == cell.community_id]
            shared = [g.polygon.intersection(cell.polygon).length for g in own]
            if max(shared, default=0) > 5:
                grid = own[shared.index(max(shared))]
                grid.polygon = as_polygon(unary_union([grid.polygon, cell.polygon]))
                waiting.remove(cell)
    for grid in grids:
        grid.polygon = largest(shapely.set_precision(grid.polygon, 0.001))

"""Islands of streets joined to the rest over short gaps, by an explicit tolerance.

Data have gaps: a path that stops two metres before the street it leads to. Nothing is
joined unless the district file sets ``join_islands_m``; every join is a connector of
its own kind, counted in the report.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lifecircle.network.gates import end_keys
from lifecircle.network.lines import (
    KINDS,
    Pieces,
    joined,
    points_at,
    split_pieces,
    straight_lines,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    from lifecircle.network.compounds import Walls

__all__ = ["join_islands"]


def join_islands(
    pieces: Pieces,
    walls: Walls,
    *,
    tolerance_m: float,
    same: npt.NDArray[np.float64] | None = None,
) -> Pieces:
    """Join parts of the network that do not meet, shortest gaps first.

    A join runs straight from an end of a piece to the nearest place of a piece of
    another part, both outside all walls or both in the same compound; it crosses no
    wall and no barrier, and leads to no bridge or tunnel but at its end. Two parts
    are joined once.

    Parameters
    ----------
    pieces : Pieces
        Cut and labelled, gates joined.
    walls : Walls
        Walls and barriers.
    tolerance_m : float
        Longest join, metres, inclusive.
    same : float array (k, 8), optional
        As ``end_keys`` takes it.

    Returns
    -------
    Pieces
        With joins of kind ``join``; the pieces that they meet are split.

    Examples
    --------
    >>> from lifecircle.network.compounds import read_walls
    >>> from lifecircle.network.lines import read_pieces
    >>> pieces = read_pieces(toy.district.roads)
    >>> more = join_islands(pieces, read_walls(toy.district), tolerance_m=10)
    >>> len(more.xy) - len(pieces.xy)  # the toy has no islands
    0
    """
    keys = end_keys(pieces, same)
    part = _parts(keys)
    found = _gaps(pieces, part, walls, tolerance_m)
    rows: list[int] = []
    share: list[float] = []
    made: list[tuple[float, ...]] = []
    part_of = part.copy()
    for row, end, met, along, spot in found:
        one, other = part_of[row], part_of[met]
        if one == other:
            continue
        part_of[part_of == max(one, other)] = min(one, other)
        rows.append(met)
        share.append(along)
        here = pieces.xy[row, 2 * end : 2 * end + 2]
        side, shore = _met_side(pieces, met, spot)
        made.append(
            (
                *(*here, *spot, pieces.label[met]),
                *(pieces.side[row, end], side, pieces.shore[row, end], shore),
            )
        )
    if not made:
        return pieces
    split = split_pieces(pieces, rows=np.array(rows), share=np.array(share))
    table = np.array(made, dtype=float)
    whole = table[:, 4:].astype(np.int32)
    kind = np.full(len(made), KINDS.index("join"), np.int8)
    return joined(
        split, Pieces(table[:, :4], kind, whole[:, 0], whole[:, 1:3], whole[:, 3:5])
    )


def _parts(keys: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Part of every piece; pieces that meet are of one part."""
    root = np.arange(int(keys.max(initial=0)) + 1)
    while True:
        here, there = root[keys[:, 0]], root[keys[:, 1]]
        apart = here != there
        if not apart.any():
            return root[keys[:, 0]]
        low = np.minimum(here, there)[apart]
        np.minimum.at(root, np.maximum(here, there)[apart], low)
        while (root[root] != root).any():
            root = root[root]


def _gaps(
    pieces: Pieces, part: npt.NDArray[np.int64], walls: Walls, tolerance_m: float
) -> list[tuple[int, int, int, float, npt.NDArray[np.float64]]]:
    """Possible joins, shortest first: piece, its end, piece met, share, place."""
    grounded = np.flatnonzero(~pieces.free)
    lines = pieces.lines()[grounded]
    ends = points_at(pieces.xy.reshape(-1, 2))
    reach = np.nextafter(tolerance_m, np.inf)
    hit, met = shapely.STRtree(lines).query(ends, "dwithin", distance=reach)
    row, end, met = hit // 2, hit % 2, grounded[met]
    side = pieces.side.reshape(-1)[hit]
    label = np.where(pieces.free[row], side, pieces.label[row])
    fit = (part[row] != part[met]) & (label == pieces.label[met])
    row, end, met = row[fit], end[fit], met[fit]
    here = np.where(end[:, None] == 0, pieces.xy[row, :2], pieces.xy[row, 2:])
    start, way = pieces.xy[met, :2], pieces.xy[met, 2:] - pieces.xy[met, :2]
    share = ((here - start) * way).sum(axis=1) / (way**2).sum(axis=1)
    share = np.clip(share, 0.0, 1.0)
    spot = np.round(start + share[:, None] * way, 3)
    clear = _clear(here, spot, walls)
    away = np.round(np.hypot(*(here - spot).T), 3)
    order = np.lexsort((*spot.T[::-1], *here.T[::-1], away))
    keep = order[clear[order] & (away[order] > 0)]
    return [
        (int(row[at]), int(end[at]), int(met[at]), float(share[at]), spot[at])
        for at in keep
    ]


def _clear(
    here: npt.NDArray[np.float64], spot: npt.NDArray[np.float64], walls: Walls
) -> npt.NDArray[np.bool_]:
    """Joins that cross no wall and no barrier."""
    legs = straight_lines(np.hstack([here, spot]))
    clear = np.ones(len(legs), dtype=bool)
    obstacles = shapely.STRtree(straight_lines(walls.obstacle_xy))
    clear[obstacles.query(legs, "intersects")[0]] = False
    return clear


def _met_side(
    pieces: Pieces, row: int, spot: npt.NDArray[np.float64]
) -> tuple[int, int]:
    """Side and shore of the place where a join meets a piece."""
    for end, columns in enumerate((slice(0, 2), slice(2, 4))):
        if (pieces.xy[row, columns] == spot).all():
            return int(pieces.side[row, end]), int(pieces.shore[row, end])
    return int(pieces.label[row]), 0

"""Walls of gated compounds and linear barriers cut streets; open gates do not.

A wall is taken half a metre inside the compound's outline, so that a street along
the wall, or on it, is outside. Streets are split where they meet a wall or a
barrier; each end of a piece then has a side (which compound) and a shore (which
side of a barrier), and ends of different side or shore do not meet. An open gate
within three metres of the crossing lets all sides meet.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from lifecircle.network.gate_hours import open_gates
from lifecircle.network.lines import (
    OPEN,
    OUTSIDE,
    Pieces,
    points_at,
    split_pieces,
    straight_lines,
)
from lifecircle.network.shores import Crossings, cross_barriers, place_ids

if TYPE_CHECKING:
    import numpy.typing as npt
    from geopandas import GeoDataFrame

    from lifecircle.model import District

__all__ = [
    "GATE_REACH_M",
    "SEALED",
    "WALL_INSET_M",
    "Walls",
    "cut_pieces",
    "read_walls",
]

SEALED = "sealed"
"""``gated`` of a compound that is walled even if no gate is open; what-ifs only."""

WALL_INSET_M = 0.5
"""Ground nearer than this to a compound's outline counts as outside."""
GATE_REACH_M = 3.0
"""An open gate opens the crossings of its wall within this distance."""


@dataclass(frozen=True, slots=True, eq=False)
class Walls:
    """What cuts streets: walled compounds, their gates, and barriers.

    Attributes
    ----------
    compound_ids : tuple of str
        Walled compounds: a polygon, and ``gated`` yes with at least one gate open at
        some time of the day, or ``gated`` sealed, be there gates or not.
    outline, inner : object arrays of shapely polygons
        The compound, and the ground inside its wall.
    gate_xy : float64 array (g, 2)
        Gates open at the hour of the walks.
    gate_compound : int32 array (g,)
        Position of the gate's walled compound; -1 = of none.
    barrier_ids, barrier_kinds : tuple of str
        One entry per line of a barrier.
    barrier_lines : object array of shapely LineString
    obstacle_xy : float64 array (k, 4)
        Walls and barriers as straight lines.
    obstacle_owner : int32 array (k,)
        Position in ``compound_ids``, then in ``barrier_ids`` from there on.
    """

    crs: str
    compound_ids: tuple[str, ...]
    outline: npt.NDArray[np.object_]
    inner: npt.NDArray[np.object_]
    gate_xy: npt.NDArray[np.float64]
    gate_compound: npt.NDArray[np.int32]
    barrier_ids: tuple[str, ...]
    barrier_kinds: tuple[str, ...]
    barrier_lines: npt.NDArray[np.object_]
    obstacle_xy: npt.NDArray[np.float64]
    obstacle_owner: npt.NDArray[np.int32]

    def positions(self, points: npt.NDArray[np.object_]) -> npt.NDArray[np.int32]:
        """Walled compound that each point lies in.

        Parameters
        ----------
        points : object array of shapely Point
            Metres, in ``crs``.

        Returns
        -------
        int32 array
            Position in ``compound_ids``, the smallest of those that overlap; -1 =
            outside all walls.
        """
        found = np.full(len(points), OUTSIDE, np.int32)
        if len(self.inner) and len(points):
            hit, inside = shapely.STRtree(self.inner).query(points, "intersects")
            area = shapely.area(self.inner)
            order = np.lexsort((-inside, -area[inside]))
            found[hit[order]] = inside[order]
        return found

    def names(self, points: npt.NDArray[np.object_]) -> list[str | None]:
        """Id of the walled compound that each point lies in.

        Parameters
        ----------
        points : object array of shapely Point
            Metres, in ``crs``.

        Returns
        -------
        list of str or None
            None = outside all walls.
        """
        return [
            None if position == OUTSIDE else self.compound_ids[position]
            for position in self.positions(points).tolist()
        ]


def read_walls(district: District) -> Walls:
    """Walled compounds, open gates and barriers of a district.

    Parameters
    ----------
    district : District
        Uses ``compounds``, ``gates``, ``barriers`` and ``config.walk_at``.

    Returns
    -------
    Walls
        Compounds in the order of their ids.

    Examples
    --------
    >>> read_walls(toy.district).compound_ids
    ('K1',)
    """
    gates, compounds = open_gates(district), district.compounds
    by_day = district.gates.loc[district.gates["open"] != "no", "compound_id"]
    areal = shapely.get_dimensions(compounds.geometry.to_numpy()) == 2
    with_gate = compounds["compound_id"].isin(by_day)
    walled = areal & (
        ((compounds["gated"] == "yes") & with_gate).to_numpy()
        | (compounds["gated"] == SEALED).to_numpy()
    )
    compounds = compounds[walled].sort_values("compound_id")
    outline = compounds.geometry.to_numpy().astype(object)
    inner = shapely.buffer(outline, -WALL_INSET_M, join_style="mitre")
    roomy = ~shapely.is_empty(inner)
    ids = tuple(str(key) for key in compounds["compound_id"][roomy])
    position = {key: row for row, key in enumerate(ids)}
    barriers = _as_lines(district.barriers)
    wall_xy, wall_owner = _straight(shapely.boundary(inner[roomy]))
    barrier_xy, barrier_owner = _straight(barriers.geometry.to_numpy())
    return Walls(
        crs=district.crs,
        compound_ids=ids,
        outline=outline[roomy],
        inner=inner[roomy],
        gate_xy=shapely.get_coordinates(gates.geometry.to_numpy()),
        gate_compound=np.array(
            [position.get(key, OUTSIDE) for key in gates["compound_id"]], np.int32
        ),
        barrier_ids=tuple(str(key) for key in barriers["barrier_id"]),
        barrier_kinds=tuple(str(kind) for kind in barriers["barrier_kind"]),
        barrier_lines=barriers.geometry.to_numpy().astype(object),
        obstacle_xy=np.vstack([wall_xy, barrier_xy]),
        obstacle_owner=np.concatenate([wall_owner, barrier_owner + len(ids)]),
    )


def _as_lines(barriers: GeoDataFrame) -> GeoDataFrame:
    """Barriers line by line; one given as an area counts with its bank."""
    shapes = barriers.geometry.to_numpy()
    areal = shapely.get_dimensions(shapes) == 2
    banks = np.where(areal, shapely.boundary(shapes), shapes)
    lines: GeoDataFrame = barriers.set_geometry(
        gpd.GeoSeries(banks, index=barriers.index, crs=barriers.crs)
    ).explode(ignore_index=True)
    return lines


def _straight(
    lines: npt.NDArray[np.object_],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32]]:
    """Straight lines between consecutive vertices, and the line each is of."""
    parts, owner = shapely.get_parts(lines, return_index=True)
    xy, part = shapely.get_coordinates(parts, return_index=True)
    follows = part[1:] == part[:-1]
    straight = np.hstack([xy[:-1][follows], xy[1:][follows]])
    return straight.reshape(-1, 4), owner[part[:-1][follows]].astype(np.int32)


def cut_pieces(
    pieces: Pieces, walls: Walls
) -> tuple[Pieces, npt.NDArray[np.float64], GeoDataFrame]:
    """Cut streets at walls and barriers.

    Parameters
    ----------
    pieces : Pieces
        Streets, uncut.
    walls : Walls
        What cuts them.

    Returns
    -------
    tuple
        The pieces, labelled; the openings, an array (n, 4) of the crossing of a
        wall near an open gate and its place on the wall; the cuts, a GeoDataFrame
        of points with ``cut_by`` and ``barrier_id``.

    Examples
    --------
    >>> walls = read_walls(toy.district)
    >>> from lifecircle.network.lines import read_pieces
    >>> pieces, openings, cuts = cut_pieces(read_pieces(toy.district.roads), walls)
    >>> len(openings), len(cuts)
    (1, 0)
    """
    if not len(walls.obstacle_xy):
        return pieces, np.zeros((0, 4)), _cuts([], np.zeros((0, 2)), walls.crs)
    crossings = _crossings(pieces, walls)
    split = split_pieces(pieces, rows=crossings.row, share=crossings.share)
    split = _labelled(split, walls)
    places, ids = place_ids(split.xy, crossings.place)
    ends, crossed = ids[: 2 * len(split.xy)], ids[2 * len(split.xy) :]
    split, openings, wall_cuts = _open_gates(split, walls, places, ends)
    at_barrier = crossings.owner >= len(walls.compound_ids)
    barrier = crossings.owner[at_barrier] - len(walls.compound_ids)
    fence = np.array([kind == "wall" for kind in walls.barrier_kinds], dtype=bool)
    opened = fence[barrier] & _gate_near(walls, crossings.place[at_barrier])
    shore, barrier_cuts = cross_barriers(
        split,
        ends=ends.reshape(-1, 2),
        places=places,
        crossed=crossed[at_barrier][~opened],
        barrier=barrier[~opened],
        lines=walls.barrier_lines,
    )
    found = [
        *(("compound", walls.compound_ids[owner], place) for place, owner in wall_cuts),
        *(
            (walls.barrier_kinds[owner], walls.barrier_ids[owner], place)
            for place, owner in barrier_cuts
        ),
    ]
    return replace(split, shore=shore), openings, _cuts(found, places, walls.crs)


def _crossings(pieces: Pieces, walls: Walls) -> Crossings:
    """Where pieces on the ground meet walls and barriers."""
    grounded = np.flatnonzero(~pieces.free)
    lines = straight_lines(walls.obstacle_xy)
    tree = shapely.STRtree(lines)
    hit, met = tree.query(pieces.lines()[grounded], "intersects")
    row = grounded[hit]
    p, q = pieces.xy[row, :2], walls.obstacle_xy[met, :2]
    r, s = pieces.xy[row, 2:] - p, walls.obstacle_xy[met, 2:] - q
    turn = r[:, 0] * s[:, 1] - r[:, 1] * s[:, 0]
    size2 = (r**2).sum(axis=1)
    aside = np.abs(turn) <= 1e-9 * np.sqrt(size2 * (s**2).sum(axis=1))
    apart = q - p
    with np.errstate(divide="ignore", invalid="ignore"):
        once = (apart[:, 0] * s[:, 1] - apart[:, 1] * s[:, 0]) / turn
    along = np.column_stack(
        [(apart * r).sum(axis=1) / size2, ((apart + s) * r).sum(axis=1) / size2]
    )
    share = np.clip(
        np.concatenate([once[~aside], along[aside, 0], along[aside, 1]]), 0, 1
    )
    rows = np.concatenate([row[~aside], row[aside], row[aside]])
    owner = walls.obstacle_owner[met]
    owners = np.concatenate([owner[~aside], owner[aside], owner[aside]])
    start, end = pieces.xy[rows, :2], pieces.xy[rows, 2:]
    place = np.round(start + share[:, None] * (end - start), 3)
    return Crossings(rows, share, owners, place)


def _labelled(pieces: Pieces, walls: Walls) -> Pieces:
    """Label every piece by its middle; a bridge's ends by where they stand."""
    middle = (pieces.xy[:, :2] + pieces.xy[:, 2:]) / 2
    label = walls.positions(points_at(middle))
    side = np.repeat(label[:, None], 2, axis=1)
    free = np.flatnonzero(pieces.free)
    for end, columns in enumerate((slice(0, 2), slice(2, 4))):
        side[free, end] = walls.positions(points_at(pieces.xy[free, columns]))
    label[free[(side[free] != label[free, None]).any(axis=1)]] = OUTSIDE
    return replace(pieces, label=label, side=side)


def _open_gates(
    pieces: Pieces,
    walls: Walls,
    places: npt.NDArray[np.float64],
    ends: npt.NDArray[np.intp],
) -> tuple[Pieces, npt.NDArray[np.float64], list[tuple[int, int]]]:
    """Let all sides meet at open gates; elsewhere sides that differ are a cut."""
    side = pieces.side.reshape(-1).copy()
    lowest = np.full(len(places), np.iinfo(np.int32).max, np.int32)
    highest = np.full(len(places), OUTSIDE, np.int32)
    np.minimum.at(lowest, ends, side)
    np.maximum.at(highest, ends, side)
    mixed = lowest < highest
    here = np.flatnonzero(mixed[ends])
    pairs = np.unique(np.column_stack([ends[here], side[here]]), axis=0)
    pairs = pairs[pairs[:, 1] >= 0]
    at = points_at(places[pairs[:, 0]])
    wall = shapely.boundary(walls.outline[pairs[:, 1]])
    nearest = shapely.shortest_line(at, wall)
    on_wall = shapely.get_coordinates(shapely.get_point(nearest, -1))
    opened = _gate_near(walls, on_wall)
    openings = np.hstack([places[pairs[opened, 0]], on_wall[opened]])
    open_place = np.zeros(len(places), dtype=bool)
    open_place[pairs[opened, 0]] = True
    side[open_place[ends]] = OPEN
    shut = pairs[~open_place[pairs[:, 0]]]
    return (
        replace(pieces, side=side.reshape(-1, 2)),
        openings,
        [(int(place), int(owner)) for place, owner in shut],
    )


def _gate_near(walls: Walls, xy: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    if not len(walls.gate_xy) or not len(xy):
        return np.zeros(len(xy), dtype=bool)
    tree = shapely.STRtree(points_at(walls.gate_xy))
    near = np.zeros(len(xy), dtype=bool)
    # A micrometre for rounding: three metres are meant inclusively.
    reach = GATE_REACH_M + 1e-6
    near[tree.query(points_at(xy), "dwithin", distance=reach)[0]] = True
    return near


def _cuts(
    found: list[tuple[str, str, int]], places: npt.NDArray[np.float64], crs: str
) -> GeoDataFrame:
    rows = sorted(set(found), key=lambda row: (row[0], row[1], *places[row[2]]))
    where = places[[row[2] for row in rows]].reshape(-1, 2)
    return gpd.GeoDataFrame(
        {
            "cut_by": np.array([row[0] for row in rows], dtype=object),
            "barrier_id": np.array([row[1] for row in rows], dtype=object),
        },
        geometry=gpd.points_from_xy(where[:, 0], where[:, 1], crs=crs),
        crs=crs,
    )

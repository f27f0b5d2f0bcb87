"""Gates joined to streets: connectors where no street runs through a gate.

A gate that no street passes gets a straight connector to the nearest street
outside and the nearest inside, at most 50 m each. A walled compound without any
street inside gets straight connectors from its buildings to each of its gates.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lifecircle.network.compounds import GATE_REACH_M
from lifecircle.network.csr import first_seen
from lifecircle.network.lines import (
    KINDS,
    OPEN,
    OUTSIDE,
    Pieces,
    joined,
    split_pieces,
    straight_lines,
)
from lifecircle.network.shores import place_codes

if TYPE_CHECKING:
    import numpy.typing as npt

    from lifecircle.network.compounds import Walls

__all__ = ["CONNECTOR_M", "STUB_M", "drop_stubs", "end_keys", "join_gates"]

CONNECTOR_M = 50.0
"""Longest connector between a gate and a street."""
STUB_M = 3.0
"""A street that ends this soon after a gate does not lead through it."""


def end_keys(
    pieces: Pieces, same: npt.NDArray[np.float64] | None = None
) -> npt.NDArray[np.int64]:
    """Number the meeting points of pieces.

    Parameters
    ----------
    pieces : Pieces
        Cut and labelled.
    same : float array (k, 8), optional
        Places that are one although side or shore differ: x, y, side, shore, twice.

    Returns
    -------
    int64 array (n, 2)
        Ends meet where numbers agree: the same place, side and shore.

    Examples
    --------
    >>> from lifecircle.network.lines import read_pieces
    >>> int(end_keys(read_pieces(toy.district.roads)).max()) + 1  # meeting points
    23
    """
    same = np.zeros((0, 8)) if same is None else same
    twice = same.reshape(-1, 4)
    ids, _ = first_seen(
        place_codes(np.vstack([pieces.xy.reshape(-1, 2), twice[:, :2]]))
    )
    if not len(same) and not np.ptp(pieces.side) and not np.ptp(pieces.shore):
        return ids.reshape(-1, 2)
    side = np.concatenate([pieces.side.reshape(-1), twice[:, 2]]).astype(np.int64)
    shore = np.concatenate([pieces.shore.reshape(-1), twice[:, 3]]).astype(np.int64)
    side -= OPEN
    code = (ids * (shore.max(initial=0) + 1) + shore) * (side.max(initial=0) + 1) + side
    keys = np.unique(code, return_inverse=True)[1].astype(np.int64)
    pairs = keys[2 * len(pieces.xy) :].reshape(-1, 2)
    for row in range(len(pairs)):
        low, high = sorted(pairs[row])
        keys[keys == high] = low  # and with it ``pairs``, a view
    return keys[: 2 * len(pieces.xy)].reshape(-1, 2)


def drop_stubs(pieces: Pieces) -> Pieces:
    """Drop the ends of streets that stop within three metres after a gate.

    Parameters
    ----------
    pieces : Pieces
        Cut and labelled.

    Returns
    -------
    Pieces
        Without pieces that start at an open gate, are short and lead nowhere.
    """
    if not (pieces.side == OPEN).any():
        return pieces
    keys = end_keys(pieces)
    degree = np.bincount(keys.reshape(-1))[keys]
    at_gate = pieces.side == OPEN
    blind = ((degree == 1) & ~at_gate).any(axis=1) & at_gate.any(axis=1)
    return pieces.take(~(blind & (pieces.lengths_m <= STUB_M) & ~pieces.free))


def join_gates(
    pieces: Pieces,
    walls: Walls,
    *,
    openings: npt.NDArray[np.float64],
    homes: npt.NDArray[np.object_],
) -> tuple[Pieces, npt.NDArray[np.float64]]:
    """Join every open gate of a walled compound to the streets on both sides.

    Parameters
    ----------
    pieces : Pieces
        Cut and labelled, stubs dropped.
    walls : Walls
        Compounds and gates.
    openings : float array (n, 4)
        Crossings near an open gate and their places on the wall.
    homes : object array of shapely Point
        Buildings and facilities: those in compounds without streets get
        connectors.

    Returns
    -------
    tuple
        The pieces with connectors; and the places that connectors of no length
        would join, as ``end_keys`` takes them.
    """
    gates = np.flatnonzero(walls.gate_compound >= 0).tolist()
    if not gates:
        return pieces, np.zeros((0, 8))
    builder = _Connectors(pieces, walls)
    through = _passed(pieces, openings)
    with_streets = np.unique(pieces.label)
    where = walls.positions(homes)
    spots = np.round(shapely.get_coordinates(homes), 3)
    for gate in gates:
        compound = int(walls.gate_compound[gate])
        near = np.hypot(*(openings[:, 2:] - walls.gate_xy[gate]).T) <= GATE_REACH_M
        if through[near].any():
            continue
        hub = _hub(walls, gate)
        builder.join(hub, OUTSIDE, compound)
        if compound in with_streets:
            builder.join(hub, compound, compound)
        else:
            for spot in np.unique(spots[where == compound], axis=0):
                builder.add(spot, (compound, 0), hub, compound)
    return builder.result()


def _passed(pieces: Pieces, openings: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
    """Openings where pieces of at least two sides meet."""
    if not len(openings):
        return np.zeros(0, dtype=bool)
    rows, ends = np.nonzero(pieces.side == OPEN)
    xy = np.where(ends[:, None] == 0, pieces.xy[rows, :2], pieces.xy[rows, 2:])
    passed = []
    for place in openings[:, :2]:
        here = rows[(np.abs(xy - place) < 5e-4).all(axis=1)]
        passed.append(len(np.unique(pieces.label[here])) > 1)
    return np.array(passed, dtype=bool)


def _hub(walls: Walls, gate: int) -> npt.NDArray[np.float64]:
    """The place on the wall that stands for a gate."""
    wall = shapely.boundary(walls.outline[walls.gate_compound[gate]])
    leg = shapely.shortest_line(wall, shapely.Point(walls.gate_xy[gate]))
    hub: npt.NDArray[np.float64] = np.round(shapely.get_coordinates(leg)[0], 3)
    return hub


class _Connectors:
    """Collects connectors and the splits they need, then makes the pieces."""

    def __init__(self, pieces: Pieces, walls: Walls) -> None:
        self.pieces, self.walls = pieces, walls
        lines = pieces.lines()
        self.grounded = np.flatnonzero(~pieces.free)
        self.lines = lines[self.grounded]
        self.tree = shapely.STRtree(self.lines)
        obstacles = straight_lines(walls.obstacle_xy)
        # A wall drawn as a barrier beside the compound's own does not shut its gate.
        fence = np.array(
            [False] * len(walls.compound_ids)
            + [kind == "wall" for kind in walls.barrier_kinds],
            dtype=bool,
        )
        owner = walls.obstacle_owner
        self.owner = owner[~fence[owner]]
        self.obstacles = shapely.STRtree(obstacles[~fence[owner]])
        self.splits: list[tuple[int, float]] = []
        self.made: list[tuple[float, ...]] = []
        self.same: list[tuple[float, ...]] = []

    def join(self, hub: npt.NDArray[np.float64], label: int, compound: int) -> None:
        """Connect a gate to the nearest street of a label that it can see."""
        gate = shapely.Point(hub)
        near = self.tree.query(gate, "dwithin", distance=CONNECTOR_M)
        near = np.sort(near[self.pieces.label[self.grounded[near]] == label])
        away = shapely.distance(self.lines[near], gate)
        for found in near[np.argsort(away, kind="stable")].tolist():
            row = int(self.grounded[found])
            start, end = self.pieces.xy[row, :2], self.pieces.xy[row, 2:]
            along = ((hub - start) * (end - start)).sum() / ((end - start) ** 2).sum()
            share = float(np.clip(along, 0, 1))
            spot = np.round(start + share * (end - start), 3)
            if self._sees(hub, spot, label, compound):
                self.splits.append((row, share))
                self.add(spot, self._key(row, spot), hub, label)
                return

    def add(
        self,
        spot: npt.NDArray[np.float64],
        key: tuple[int, int],
        hub: npt.NDArray[np.float64],
        label: int,
    ) -> None:
        """A connector from a place with its side and shore to a gate."""
        if (spot == hub).all():
            self.same.append((*spot, *key, *hub, OPEN, 0))
        else:
            self.made.append((*spot, *hub, *key, label))

    def _key(self, row: int, spot: npt.NDArray[np.float64]) -> tuple[int, int]:
        for end, columns in enumerate((slice(0, 2), slice(2, 4))):
            if (self.pieces.xy[row, columns] == spot).all():
                return int(self.pieces.side[row, end]), int(self.pieces.shore[row, end])
        return int(self.pieces.label[row]), 0

    def _sees(
        self,
        hub: npt.NDArray[np.float64],
        spot: npt.NDArray[np.float64],
        label: int,
        compound: int,
    ) -> bool:
        leg = shapely.LineString([hub, spot])
        owners = self.owner[self.obstacles.query(leg, "intersects")]
        if label == OUTSIDE:
            return not len(owners)
        outline = self.walls.outline[compound]
        # A millimetre, because gates and streets are rounded to one.
        return not (owners != compound).any() and bool(outline.buffer(2e-3).covers(leg))

    def result(self) -> tuple[Pieces, npt.NDArray[np.float64]]:
        """The pieces, split and with connectors, and the places that are one."""
        rows = np.array([row for row, _ in self.splits], dtype=np.intp)
        share = np.array([share for _, share in self.splits], dtype=float)
        pieces = split_pieces(self.pieces, rows=rows, share=share)
        made = np.unique(np.array(self.made, dtype=float).reshape(-1, 7), axis=0)
        opened = np.full(len(made), OPEN)
        connectors = Pieces(
            made[:, :4],
            np.full(len(made), KINDS.index("connector"), np.int8),
            made[:, 6].astype(np.int32),
            np.column_stack([made[:, 4], opened]).astype(np.int32),
            np.column_stack([made[:, 5], 0 * opened]).astype(np.int32),
        )
        same = np.array(self.same, dtype=float).reshape(-1, 8)
        return joined(pieces, connectors), same

"""Compiled counts over bounded searches: how many facilities, and how near."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lifecircle.access.kernel import reach
from lifecircle.network.compiled import compiled

if TYPE_CHECKING:
    import numpy.typing as npt

    from lifecircle.access.kernel import Ints, Longs, Metres, Workspace

__all__ = ["tally_from", "tally_to", "told"]

# Indices without a sign, as in ``lifecircle.access.kernel``.
_Index = np.uint64
_ONE, _TWO = np.uint64(1), np.uint64(2)


@compiled
def tally_to(
    space: Workspace,
    seed_ptr: Longs,
    seed_node: Ints,
    seed_cost: Longs,
    kind: Ints,
    rows: Longs,
    tally: Metres,
) -> None:
    """Search from facilities; per node and kind, how many reach it and how near.

    ``tally`` (nodes, kinds, 2) comes filled with 0 and ``limit + 1``.
    """
    state, touched, far = space.state, space.touched, space.limit_um + 1
    for row in rows:
        low, high = seed_ptr[row], seed_ptr[row + 1]
        count = reach(space, seed_node[low:high], seed_cost[low:high])
        column = _Index(kind[row])
        for step in range(count):
            node = _Index(touched[_Index(step)])
            away = state[_TWO * node]
            state[_TWO * node] = far
            tally[node, column, 0] += 1
            tally[node, column, 1] = min(away, tally[node, column, 1])


@compiled
def told(tally: Metres, um_per_m: int) -> tuple[Ints, npt.NDArray[np.float64]]:
    """Numbers, and metres of the nearest (NaN = none), of a tally."""
    number = np.empty(tally.shape[:2], np.int32)
    nearest_m = np.empty(tally.shape[:2], np.float64)
    for row in range(len(tally)):
        for column in range(tally.shape[1]):
            count = tally[row, column, 0]
            number[row, column] = count
            metres = tally[row, column, 1] / um_per_m
            nearest_m[row, column] = metres if count else np.nan
    return number, nearest_m


@compiled
def tally_from(  # noqa: PLR0913 - a kernel takes its arrays one by one
    space: Workspace,
    door_ptr: Ints,
    door_facility: Ints,
    door_cost: Metres,
    kind: Ints,
    nodes: Ints,
    best: Metres,
    tally: Metres,
) -> None:
    """Search from nodes; per node and kind, how many it reaches and how near.

    Node ``i`` has the doors ``door_ptr[i]:door_ptr[i + 1]`` of facilities, with their
    legs; a facility with several doors is counted once. ``best`` (facilities) comes
    filled with ``limit + 1``; ``tally`` as in ``tally_to``.
    """
    state, touched = space.state, space.touched
    limit, far = space.limit_um, space.limit_um + 1
    seen = np.empty(len(kind), np.int32)
    cost = np.zeros(1, np.int64)
    for row in range(len(nodes)):
        count = reach(space, nodes[row : row + 1], cost)
        found = 0
        for step in range(count):
            node = _Index(touched[_Index(step)])
            away = state[_TWO * node]
            state[_TWO * node] = far
            for door in range(door_ptr[node], door_ptr[node + _ONE]):
                total = away + door_cost[door]
                facility = _Index(door_facility[door])
                if total > limit or total >= best[facility]:
                    continue
                if best[facility] == far:
                    seen[found] = facility
                    found += 1
                best[facility] = total
        for step in range(found):
            facility = _Index(seen[step])
            column = _Index(kind[facility])
            tally[row, column, 0] += 1
            tally[row, column, 1] = min(best[facility], tally[row, column, 1])
            best[facility] = far

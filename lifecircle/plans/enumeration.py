"""Every connected set of units whose households are within a band, each once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lifecircle.network.compiled import compiled, compiled_inside
from lifecircle.plans.state import HOUSEHOLDS, Arrays

if TYPE_CHECKING:
    import numpy.typing as npt

    Ints = npt.NDArray[np.int32]
    Longs = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

__all__ = ["connected_sets"]

# Rows of the search's own arrays: the set in the order of joining, the waiting list,
# where each depth's list begins and ends, units met, households so far.
CHOSEN, WAITING, BEGIN, END, MET, TOTAL = range(6)
# Where the search stands.
ROOT, DEPTH, LOOKED, FOUND = range(4)


def connected_sets(
    graph: Arrays, low: int, high: int, *, steps: int
) -> tuple[Longs, Ints] | None:
    """All connected sets with ``low <= households <= high``.

    Parameters
    ----------
    graph : Arrays
        The units.
    low, high : int
        Band of households, both ends inclusive.
    steps : int
        Sets looked at (those under ``low`` too) before it gives up.

    Returns
    -------
    tuple of arrays or None
        Row pointers and members, each set ascending from its smallest member;
        None if there are too many.
    """
    n = len(graph.word)
    stack = np.zeros((6, n + 1), np.int64)
    stand = np.array([0, -1, 0, 0])
    starts, members = np.zeros(1024, np.int64), np.empty(8192 + n, np.int32)
    band = low, high, steps
    while _enumerate(graph, band, stack, stand, starts, members):
        # No room for another set: go on with twice as much.
        if stand[LOOKED] > steps:
            return None
        starts = np.concatenate([starts, np.zeros_like(starts)])
        members = np.concatenate([members, np.empty_like(members)])
    found = int(stand[FOUND])
    return starts[: found + 1], members[: starts[found]]


@compiled
def _enumerate(
    graph: Arrays,
    band: tuple[int, int, int],
    stack: Longs,
    stand: Longs,
    starts: Longs,
    members: Ints,
) -> bool:
    """Grow sets from their smallest member; each is reached in one way only.

    A unit joins the waiting list when its first neighbour joins the set; a branch
    takes one from the list and never again those that stood before it. Returns
    whether it stopped before the end; it goes on from there when called again.
    """
    low, high, steps = band
    sums, n = graph.sums, len(graph.sums)
    root, depth, looked, found = stand[ROOT], stand[DEPTH], stand[LOOKED], stand[FOUND]
    filled = starts[found]
    while root < n:
        if depth < 0:
            depth = 0
            stack[WAITING, 0] = root
            stack[BEGIN, 0], stack[END, 0] = 0, 1
            stack[MET, root] = 1
        while depth >= 0:
            if stack[BEGIN, depth] == stack[END, depth]:
                # All of this list is tried: take the last of the set away.
                depth -= 1
                for at in range(stack[END, max(0, depth)], stack[END, depth + 1]):
                    stack[MET, stack[WAITING, at]] = 0
                continue
            if looked > steps or found + 2 > len(starts) or filled + n > len(members):
                stand[ROOT], stand[DEPTH] = root, depth
                stand[LOOKED], stand[FOUND] = looked, found
                return True
            unit = stack[WAITING, stack[BEGIN, depth]]
            stack[BEGIN, depth] += 1
            size = stack[TOTAL, depth] + np.int64(sums[unit, HOUSEHOLDS])
            if size > high:
                continue
            looked += 1
            stack[CHOSEN, depth] = unit
            if size >= low:
                _write(stack, depth, members, filled)
                filled += depth + 1
                found += 1
                starts[found] = filled
            # The next list: what is left of this one, and the unit's new neighbours.
            last = _await(graph, stack, unit, root, stack[END, depth])
            depth += 1
            stack[TOTAL, depth] = size
            stack[BEGIN, depth], stack[END, depth] = stack[BEGIN, depth - 1], last
        stack[MET, root] = 0
        root += 1
    stand[FOUND] = found
    return False


@compiled_inside
def _write(stack: Longs, depth: int, members: Ints, filled: int) -> None:
    """Write the set, sorted, from ``filled`` on."""
    for at in range(depth + 1):
        one, place = stack[CHOSEN, at], filled + at
        while place > filled and members[place - 1] > one:
            members[place] = members[place - 1]
            place -= 1
        members[place] = one


@compiled_inside
def _await(graph: Arrays, stack: Longs, unit: int, root: int, last: int) -> int:
    """Put the unit's neighbours on the list that were never met; the list's end."""
    for at in range(graph.indptr[unit], graph.indptr[unit + 1]):
        other = graph.neighbour[at]
        if other > root and stack[MET, other] == 0:
            stack[MET, other] = 1
            stack[WAITING, last] = other
            last += 1
    return last

"""Every connected set of units whose households are within a band, each once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lifecircle.network.compiled import compiled

if TYPE_CHECKING:
    import numpy.typing as npt

    from lifecircle.plans.state import Arrays

    Ints = npt.NDArray[np.int32]
    Longs = npt.NDArray[np.int64]

__all__ = ["connected_sets"]


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
    indptr, members, done = _enumerate(
        graph.indptr, graph.neighbour, graph.households, low, high, steps
    )
    return (indptr, members) if done else None


@compiled
def _enumerate(
    indptr: Ints, neighbour: Ints, households: Longs, low: int, high: int, steps: int
) -> tuple[Longs, Ints, bool]:
    """Grow sets from their smallest member; each is reached in one way only.

    A unit joins the waiting list when its first neighbour joins the set; a branch
    takes one from the list and never again those that stood before it.
    """
    n = len(households)
    starts = np.zeros(1024, np.int64)
    members = np.empty(8192, np.int32)
    found, filled, seen = 0, 0, 0
    chosen = np.empty(n, np.int32)  # the set, in the order of joining
    waiting = np.empty(n + 1, np.int32)
    begin = np.empty(n + 1, np.int64)  # waiting list of each depth: begin … end
    end = np.empty(n + 1, np.int64)
    met = np.zeros(n, np.bool_)  # in the set or on its list, or tried before
    total = np.zeros(n + 1, np.int64)
    for root in range(n):
        depth = 0
        waiting[0] = root
        begin[0], end[0] = 0, 1
        met[root] = True
        while depth >= 0:
            if begin[depth] == end[depth]:
                # All of this list is tried: take the last of the set away.
                depth -= 1
                for at in range(end[max(0, depth)], end[depth + 1]):
                    met[waiting[at]] = False
                continue
            unit = waiting[begin[depth]]
            begin[depth] += 1
            size = total[depth] + households[unit]
            if size > high:
                continue
            seen += 1
            if seen > steps:
                return starts[:1], members[:0], False
            chosen[depth] = unit
            if size >= low:
                starts = _room(starts, found + 2)
                members = _room(members, filled + depth + 1)
                members[filled : filled + depth + 1] = np.sort(chosen[: depth + 1])
                filled += depth + 1
                found += 1
                starts[found] = filled
            # The next list: what is left of this one, and the unit's new neighbours.
            last = end[depth]
            for at in range(indptr[unit], indptr[unit + 1]):
                if neighbour[at] > root:
                    last = _await(waiting, met, last, neighbour[at])
            depth += 1
            total[depth] = size
            begin[depth], end[depth] = begin[depth - 1], last
        met[root] = False
    return starts[: found + 1], members[:filled], True


@compiled
def _await(waiting: Ints, met: npt.NDArray[np.bool_], last: int, unit: int) -> int:
    """Put a unit on the list if it was never met; the new end of the list."""
    if met[unit]:
        return last
    met[unit] = True
    waiting[last] = unit
    return last + 1


@compiled
def _room(values: Any, size: int) -> Any:
    """The array, or one of twice its length, for ``size`` values."""
    if size <= len(values):
        return values
    return np.concatenate((values, np.zeros(len(values), values.dtype)))

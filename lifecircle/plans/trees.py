"""Random spanning trees of a region, and the best place to cut one in two."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lifecircle.network.compiled import compiled_inside
from lifecircle.plans.state import HOUSEHOLDS, WEIGHT, Arrays

if TYPE_CHECKING:
    import numpy.typing as npt

    Longs = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Words = npt.NDArray[np.uint64]

__all__ = ["Tree", "draw", "grow_tree", "mark_below", "new_tree", "weigh_cuts"]

# Rows of ``node``.
ORDER, PARENT, DEPTH, INSIDE, HEAP, PLACE, SIDE, BEFORE = range(8)
# Rows of ``value``.
CUT, KEY, BELOW = range(3)


class Tree(NamedTuple):
    """A spanning tree and its workspace, for up to n units.

    Rows of ``node`` (int64): the region's units from the root on, each after its
    parent; parent and depth of every unit; 1 inside the region; a heap and every
    unit's place in it; two rows for notes. Rows of ``value`` (float64): weight
    between the units below and the rest of the region, the key in the heap,
    households below. ``luck``: state of the random numbers.
    """

    node: Longs
    value: Floats
    luck: Words


def new_tree(count: int, luck: int) -> Tree:
    """Workspace for trees of up to ``count`` units.

    Parameters
    ----------
    count : int
        Units of the graph.
    luck : int
        Seed of the random numbers.

    Returns
    -------
    Tree
        With no unit inside.
    """
    node = np.zeros((8, count), np.int64)
    node[PLACE] = -1
    state = np.random.SeedSequence([luck, count]).generate_state(1, np.uint64)
    return Tree(node, np.zeros((3, count)), state | np.uint64(1))


@compiled_inside
def draw(luck: Words) -> float:
    """The next of a seeded row of numbers in [0, 1) (xorshift64*)."""
    x = luck[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    luck[0] = x
    return np.float64((x * np.uint64(2685821657736338717)) >> np.uint64(11)) * (
        1.0 / 9007199254740992.0
    )


@compiled_inside
def _rise(node: Longs, value: Floats, unit: int) -> None:
    """Move a unit up in the heap to where its key belongs."""
    at, key = node[PLACE, unit], value[KEY, unit]
    while at > 0:
        above = (at - 1) >> 1
        other = node[HEAP, above]
        if value[KEY, other] >= key:
            break
        node[HEAP, at], node[PLACE, other] = other, at
        at = above
    node[HEAP, at], node[PLACE, unit] = unit, at


@compiled_inside
def _sink(node: Longs, value: Floats, size: int) -> None:
    """Move the first of the heap down to where its key belongs."""
    unit = node[HEAP, 0]
    at, key = 0, value[KEY, unit]
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        other = node[HEAP, below]
        if below + 1 < size:
            second = node[HEAP, below + 1]
            if value[KEY, second] > value[KEY, other]:
                below, other = below + 1, second
        if value[KEY, other] <= key:
            break
        node[HEAP, at], node[PLACE, other] = other, at
        at = below
    node[HEAP, at], node[PLACE, unit] = unit, at


@compiled_inside
def grow_tree(arrays: Arrays, tree: Tree, root: int) -> int:
    """Grow a random tree over the units inside; costly borders tend to be in it.

    Greatest-first growth with keys ``weight · random``: what is left out, and so may
    be cut, is mostly cheap. Returns how many units the tree reached.
    """
    neighbour, border = arrays.neighbour, arrays.border
    node, value, luck = tree.node, tree.value, tree.luck
    node[HEAP, 0], node[PLACE, root] = root, 0
    node[PARENT, root], node[DEPTH, root] = -1, 0
    size, count = 1, 0
    while size > 0:
        unit = node[HEAP, 0]
        node[PLACE, unit] = -2  # in the tree
        size -= 1
        if size > 0:
            node[HEAP, 0] = node[HEAP, size]
            _sink(node, value, size)
        node[ORDER, count] = unit
        count += 1
        for at in range(arrays.indptr[unit], arrays.indptr[unit + 1]):
            other = neighbour[at]
            if node[INSIDE, other] == 0 or node[PLACE, other] == -2:
                continue
            chance = draw(luck)
            key = (border[at, WEIGHT] + 1e-3) * chance * chance
            if node[PLACE, other] == -1:
                node[PLACE, other] = size
                size += 1
            elif key <= value[KEY, other]:
                continue
            value[KEY, other] = key
            node[PARENT, other], node[DEPTH, other] = unit, node[DEPTH, unit] + 1
            _rise(node, value, other)
    for at in range(count):
        node[PLACE, node[ORDER, at]] = -1
    return count


@compiled_inside
def weigh_cuts(arrays: Arrays, tree: Tree, count: int) -> None:
    """For each unit what a cut above it parts: weight of borders, households below."""
    neighbour, border = arrays.neighbour, arrays.border
    node, value = tree.node, tree.value
    for at in range(count):
        unit = node[ORDER, at]
        value[CUT, unit] = 0.0
        value[BELOW, unit] = arrays.sums[unit, HOUSEHOLDS]
    for at in range(count):
        unit = node[ORDER, at]
        for edge in range(arrays.indptr[unit], arrays.indptr[unit + 1]):
            other = neighbour[edge]
            if other <= unit or node[INSIDE, other] == 0:
                continue
            # Below their lowest common ancestor the border parts the two.
            weight = border[edge, WEIGHT]
            value[CUT, unit] += weight
            value[CUT, other] += weight
            a, b = unit, other
            while a != b:
                if node[DEPTH, a] >= node[DEPTH, b]:
                    a = node[PARENT, a]
                else:
                    b = node[PARENT, b]
            value[CUT, a] -= 2.0 * weight
    for at in range(count - 1, 0, -1):
        unit = node[ORDER, at]
        value[CUT, node[PARENT, unit]] += value[CUT, unit]
        value[BELOW, node[PARENT, unit]] += value[BELOW, unit]


@compiled_inside
def mark_below(node: Longs, count: int, top: int) -> None:
    """Set ``SIDE`` to 1 in the subtree of ``top`` and to 0 elsewhere in the tree."""
    for at in range(count):
        unit = node[ORDER, at]
        node[SIDE, unit] = 0 if at == 0 else node[SIDE, node[PARENT, unit]]
        if unit == top:
            node[SIDE, unit] = 1

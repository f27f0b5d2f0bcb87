"""Moves of a plan: a unit shifts across a border, two parts merge and split anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lifecircle.network.compiled import compiled_inside
from lifecircle.plans.state import (
    HIGH,
    HOUSEHOLDS,
    LOW,
    UNITS,
    VIOLATION,
    Arrays,
    Plan,
    move_unit,
)
from lifecircle.plans.trees import (
    BEFORE,
    BELOW,
    CUT,
    HEAP,
    INSIDE,
    ORDER,
    SIDE,
    Tree,
    draw,
    grow_tree,
    mark_below,
    weigh_cuts,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    Longs = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

__all__ = ["joined_without", "merge_split", "undo"]

ALONE, REACHED, WANTED = -1, -2, -3  # flags in place of a part


@compiled_inside
def joined_without(arrays: Arrays, part: Longs, unit: int, node: Longs) -> bool:
    """Whether the unit's part stays in one piece when the unit leaves it."""
    indptr, neighbour = arrays.indptr, arrays.neighbour
    a = part[unit]
    wanted, found, head, tail = 0, 1, 0, 0
    part[unit] = ALONE
    for at in range(indptr[unit], indptr[unit + 1]):
        other = neighbour[at]
        if part[other] == a:
            wanted += 1
            node[HEAP, 0] = other
            part[other] = WANTED
    if wanted > 1:
        # Search from the last of them until all are found.
        part[node[HEAP, 0]] = REACHED
        tail = 1
    while head < tail and found < wanted:
        here = node[HEAP, head]
        head += 1
        for at in range(indptr[here], indptr[here + 1]):
            other = neighbour[at]
            if part[other] == a or part[other] == WANTED:
                found += part[other] == WANTED
                part[other] = REACHED
                node[HEAP, tail] = other
                tail += 1
    for at in range(tail):
        part[node[HEAP, at]] = a
    for at in range(indptr[unit], indptr[unit + 1]):
        if part[neighbour[at]] == WANTED:
            part[neighbour[at]] = a
    part[unit] = a
    return found >= wanted


@compiled_inside
def _best_edge(tree: Tree, count: int, rules: Floats) -> tuple[int, float]:
    """Unit whose subtree is best parted from the rest of the tree, and its cost."""
    node, value = tree.node, tree.value
    low, high, price = rules[LOW], rules[HIGH], rules[VIOLATION]
    total = value[BELOW, node[ORDER, 0]]
    best, least = -1, np.inf
    for at in range(1, count):
        unit = node[ORDER, at]
        size, out = value[BELOW, unit], 0.0
        for _ in range(2):
            out += max(0.0, low - size, size - high)
            size = total - size
        cost = value[CUT, unit] + price * out
        if cost < least:
            best, least = unit, cost
    return best, least


@compiled_inside
def merge_split(
    arrays: Arrays, plan: Plan, rules: Floats, tree: Tree, a: int, b: int
) -> float:
    """Merge parts a and b (b may be empty) and part them by a tree; growth of cut."""
    node, part = tree.node, plan.part
    inside, root = 0, node[ORDER, 0]  # a literal would be compiled apart
    for unit in range(len(part)):
        if part[unit] == a or part[unit] == b:
            node[INSIDE, unit] = 1
            node[BEFORE, unit] = part[unit]
            inside += 1
            if draw(tree.luck) * inside < 1.0:
                root = unit
    count = grow_tree(arrays, tree, root)
    weigh_cuts(arrays, tree, count)
    best, least = _best_edge(tree, count, rules)
    total = plan.sums[a, HOUSEHOLDS] + plan.sums[b, HOUSEHOLDS]
    merged = rules[VIOLATION] * max(0.0, rules[LOW] - total, total - rules[HIGH])
    one = plan.sums[b, UNITS] > 0.0 and merged <= least
    side = 0
    if one or best < 0:
        best = -1
    mark_below(node, count, best)
    if best >= 0:
        # The side that keeps more of a stays a.
        same = 0
        for at in range(count):
            unit = node[ORDER, at]
            same += 1 if (node[BEFORE, unit] == a) == (node[SIDE, unit] == 1) else -1
        side = 1 if same >= 0 else 0
    grown = 0.0
    for at in range(count):
        unit = node[ORDER, at]
        node[INSIDE, unit] = 0
        if best >= 0 or one:
            grown += move_unit(arrays, plan, unit, a if node[SIDE, unit] == side else b)
    return grown


@compiled_inside
def undo(arrays: Arrays, plan: Plan, node: Longs, a: int, b: int) -> None:
    """Put the units of both parts back to where they were before."""
    for unit in range(len(plan.part)):
        if plan.part[unit] == a or plan.part[unit] == b:
            move_unit(arrays, plan, unit, node[BEFORE, unit])

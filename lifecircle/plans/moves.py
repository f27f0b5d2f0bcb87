"""Moves of a plan: a unit shifts across a border, two parts merge and split anew."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lifecircle.network.compiled import compiled
from lifecircle.plans.state import (
    VIOLATION,
    Arrays,
    Plan,
    Rules,
    move_unit,
    outside,
)
from lifecircle.plans.trees import Tree, draw, grow_tree, subtree_cuts

if TYPE_CHECKING:
    import numpy.typing as npt

    Ints = npt.NDArray[np.int32]
    Words = npt.NDArray[np.uint64]

__all__ = ["Work", "joined_without", "mark_below", "merge_split", "undo"]

ALONE, REACHED, WANTED = -1, -2, -3  # flags in place of a part


class Work(NamedTuple):
    """Workspace of the moves: a tree, marks, parts as they were, random state."""

    tree: Tree
    below: Ints
    before: Ints
    state: Words


@compiled
def joined_without(arrays: Arrays, plan: Plan, unit: int, queue: Ints) -> bool:
    """Whether the unit's part stays in one piece when the unit leaves it."""
    a = plan.part[unit]
    wanted, first = 0, -1
    for at in range(arrays.indptr[unit], arrays.indptr[unit + 1]):
        other = arrays.neighbour[at]
        if plan.part[other] == a:
            wanted += 1
            first = other
            plan.part[other] = WANTED
    found = wanted
    if wanted > 1:
        plan.part[unit] = ALONE
        found = _reach(arrays, plan, (first, a, wanted), queue)
        plan.part[unit] = a
    for at in range(arrays.indptr[unit], arrays.indptr[unit + 1]):
        if plan.part[arrays.neighbour[at]] == WANTED:
            plan.part[arrays.neighbour[at]] = a
    return found == wanted


@compiled
def _reach(
    arrays: Arrays, plan: Plan, search: tuple[int, int, int], queue: Ints
) -> int:
    """How many wanted units a search through part a finds; flags are put back."""
    first, a, wanted = search
    queue[0], head, tail, found = first, 0, 1, 1
    plan.part[first] = REACHED
    while head < tail and found < wanted:
        here = queue[head]
        head += 1
        for at in range(arrays.indptr[here], arrays.indptr[here + 1]):
            other = arrays.neighbour[at]
            if plan.part[other] == a or plan.part[other] == WANTED:
                found += plan.part[other] == WANTED
                plan.part[other] = REACHED
                queue[tail] = other
                tail += 1
    for at in range(tail):
        plan.part[queue[at]] = a
    return found


@compiled
def _best_edge(
    arrays: Arrays, tree: Tree, count: int, rules: Rules, below: Ints
) -> tuple[int, float]:
    """Unit whose subtree is best parted from the rest of the tree, and its cost."""
    order, parent = tree.order, tree.parent
    for at in range(count):
        below[order[at]] = arrays.households[order[at]]
    for at in range(count - 1, 0, -1):
        below[parent[order[at]]] += below[order[at]]
    total = below[order[0]]
    best, value = -1, np.inf
    for at in range(1, count):
        unit = order[at]
        out = outside(rules, below[unit]) + outside(rules, total - below[unit])
        cost = tree.cut[unit] + rules.price[VIOLATION] * out
        if cost < value:
            best, value = unit, cost
    return best, value


@compiled
def mark_below(tree: Tree, count: int, top: int, below: Ints) -> None:
    """Set ``below`` to 1 in the subtree of ``top`` and to 0 elsewhere in the tree."""
    for at in range(count):
        unit = tree.order[at]
        if unit == top:
            below[unit] = 1
        elif at == 0:
            below[unit] = 0
        else:
            below[unit] = below[tree.parent[unit]]


@compiled
def merge_split(
    arrays: Arrays,
    plan: Plan,
    rules: Rules,
    work: Work,
    pair: tuple[int, int],
) -> float:
    """Merge parts a and b (b may be empty) and part them by a tree; growth of cut."""
    tree, below, before, state = work
    a, b = pair
    count, root = 0, -1
    for unit in range(len(plan.part)):
        if plan.part[unit] == a or plan.part[unit] == b:
            tree.inside[unit] = True
            before[unit] = plan.part[unit]
            count += 1
            if draw(state) * count < 1.0:
                root = unit
    graph = (arrays.indptr, arrays.neighbour, arrays.weight)
    reached = grow_tree(graph, tree, root, state)
    subtree_cuts(graph, tree, reached)
    best, value = _best_edge(arrays, tree, reached, rules, below)
    total = plan.households[a] + plan.households[b]
    merged = rules.price[VIOLATION] * outside(rules, total)
    grown = 0.0
    if plan.units[b] > 0 and merged <= value:
        for at in range(reached):
            grown += move_unit(arrays, plan, tree.order[at], a)
    elif best >= 0:
        mark_below(tree, reached, best, below)
        # The side that keeps more of a stays a.
        same = 0
        for at in range(reached):
            unit = tree.order[at]
            same += 1 if (before[unit] == a) == (below[unit] == 1) else -1
        side = 1 if same >= 0 else 0
        for at in range(reached):
            unit = tree.order[at]
            grown += move_unit(arrays, plan, unit, a if below[unit] == side else b)
    for at in range(reached):
        tree.inside[tree.order[at]] = False
    return grown


@compiled
def undo(arrays: Arrays, plan: Plan, before: Ints, pair: tuple[int, int]) -> None:
    """Put the units of both parts back to where they were before."""
    a, b = pair
    for unit in range(len(plan.part)):
        if plan.part[unit] == a or plan.part[unit] == b:
            move_unit(arrays, plan, unit, before[unit])

"""A first plan: cut in two by trees, and each side again, as far as parts go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lifecircle.network.compiled import compiled
from lifecircle.plans.moves import mark_below
from lifecircle.plans.state import VIOLATION, Arrays, Plan, Rules
from lifecircle.plans.trees import Tree, draw, grow_tree, subtree_cuts

if TYPE_CHECKING:
    import numpy.typing as npt

    Ints = npt.NDArray[np.int32]
    Longs = npt.NDArray[np.int64]
    Words = npt.NDArray[np.uint64]

__all__ = ["first_plan"]

TRIES = 12


@compiled
def first_plan(
    arrays: Arrays, plan: Plan, rules: Rules, parts: int, tree: Tree, state: Words
) -> None:
    """Cut the graph into some parts by trees, halves first, as balanced as it goes."""
    n = len(plan.part)
    side = np.empty(n, np.int32)
    plan.part[:] = 0
    share = np.zeros(len(plan.units), np.int64)  # parts that a piece is to become
    share[0] = parts
    for fresh in range(1, parts):
        a = int(np.argmax(share))
        if share[a] < 2:
            return
        ours = _halve(arrays, plan, rules, (tree, side, state), (a, share[a]))
        if ours == 0:
            share[a] = 1
            continue
        share[a], share[fresh] = share[a] - ours, ours
        for unit in range(n):
            if plan.part[unit] == a and side[unit] == 1:
                plan.part[unit] = fresh


@compiled
def _halve(
    arrays: Arrays,
    plan: Plan,
    rules: Rules,
    work: tuple[Tree, Ints, Words],
    piece: tuple[int, int],
) -> int:
    """Mark the side of the best of some cuts; how many parts it is to become."""
    tree, side, state = work
    a, parts = piece
    n = len(plan.part)
    graph = (arrays.indptr, arrays.neighbour, arrays.weight)
    below, sizes = np.zeros(n, np.int32), np.zeros(n, np.int64)
    best, ours = np.inf, 0
    inside = np.flatnonzero(plan.part == a)
    for unit in inside:
        tree.inside[unit] = True
    for _ in range(TRIES):
        root = inside[int(draw(state) * len(inside))]
        count = grow_tree(graph, tree, root, state)
        subtree_cuts(graph, tree, count)
        for at in range(count):
            sizes[tree.order[at]] = arrays.households[tree.order[at]]
        for at in range(count - 1, 0, -1):
            sizes[tree.parent[tree.order[at]]] += sizes[tree.order[at]]
        top, k, value = _fair_edge(tree, count, sizes, rules, parts)
        if value < best:
            best, ours = value, k
            mark_below(tree, count, top, below)
            side[:] = below
    for unit in inside:
        tree.inside[unit] = False
    return ours


@compiled
def _fair_edge(
    tree: Tree, count: int, sizes: Longs, rules: Rules, parts: int
) -> tuple[int, int, float]:
    """Unit whose subtree is best cut off, the parts it is to become, and the cost."""
    total = sizes[tree.order[0]]
    top, ours, best = -1, 0, np.inf
    for at in range(1, count):
        unit = tree.order[at]
        size, rest = sizes[unit], total - sizes[unit]
        for k in (parts // 2, parts - parts // 2):
            out = max(0, rules.low * k - size, size - rules.high * k)
            k_rest = parts - k
            out += max(0, rules.low * k_rest - rest, rest - rules.high * k_rest)
            cost = tree.cut[unit] + rules.price[VIOLATION] * out
            if cost < best:
                top, ours, best = unit, k, cost
    return top, ours, best

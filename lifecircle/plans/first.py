"""A first plan: cut in two by trees, and each side again, as far as parts go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lifecircle.network.compiled import compiled, compiled_inside
from lifecircle.plans.state import HIGH, LOW, VIOLATION, Arrays
from lifecircle.plans.trees import (
    BEFORE,
    BELOW,
    CUT,
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

__all__ = ["first_plan"]

TRIES = 12


def first_plan(arrays: Arrays, rules: Floats, parts: int, tree: Tree) -> Longs:
    """Cut the graph into some parts by trees, halves first, as balanced as it goes.

    Parameters
    ----------
    arrays : Arrays
        The units.
    rules : float64 array
        Band, and the price of a household outside it.
    parts : int
        How many, if it can be done.
    tree : Tree
        Workspace, and the state of the random numbers.

    Returns
    -------
    int64 array (units,)
        Part of every unit.
    """
    part = np.zeros(len(arrays.word), np.int64)
    share = np.zeros(parts, np.int64)  # parts that a piece is to become
    share[0] = parts
    for fresh in range(1, parts):
        a = int(np.argmax(share))
        if share[a] < 2:
            break
        inside = np.flatnonzero(part == a)
        tree.node[INSIDE, inside] = 1
        ours = _halve(arrays, rules, tree, inside, int(share[a]))
        tree.node[INSIDE, inside] = 0
        if ours == 0:
            share[a] = 1
            continue
        share[a], share[fresh] = share[a] - ours, ours
        part[inside[tree.node[BEFORE, inside] == 1]] = fresh
    return part


@compiled
def _halve(arrays: Arrays, rules: Floats, tree: Tree, inside: Longs, parts: int) -> int:
    """Mark the side of the best of some cuts; how many parts it is to become."""
    node = tree.node
    best, ours = np.inf, 0
    for _ in range(TRIES):
        root = inside[np.int64(draw(tree.luck) * len(inside))]
        count = grow_tree(arrays, tree, root)
        weigh_cuts(arrays, tree, count)
        top, k, value = _fair_edge(tree, count, rules, parts)
        if value < best:
            best, ours = value, k
            mark_below(node, count, top)
            for unit in inside:
                node[BEFORE, unit] = node[SIDE, unit]
    return ours


@compiled_inside
def _fair_edge(
    tree: Tree, count: int, rules: Floats, parts: int
) -> tuple[int, int, float]:
    """Unit whose subtree is best cut off, the parts it is to become, and the cost."""
    node, value = tree.node, tree.value
    low, high, price = rules[LOW], rules[HIGH], rules[VIOLATION]
    total = value[BELOW, node[ORDER, 0]]
    top, ours, best = -1, 0, np.inf
    for at in range(1, count):
        unit = node[ORDER, at]
        size = value[BELOW, unit]
        rest = total - size
        for k in (parts // 2, parts - parts // 2):
            out = max(0.0, low * k - size, size - high * k)
            k_rest = parts - k
            out += max(0.0, low * k_rest - rest, rest - high * k_rest)
            cost = value[CUT, unit] + price * out
            if cost < best:
                top, ours, best = unit, k, cost
    return top, ours, best

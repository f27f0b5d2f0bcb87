"""Random spanning trees of a region, and the best place to cut one in two."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lifecircle.network.compiled import compiled

if TYPE_CHECKING:
    import numpy.typing as npt

    Ints = npt.NDArray[np.int32]
    Floats = npt.NDArray[np.float64]
    Words = npt.NDArray[np.uint64]

__all__ = ["Tree", "draw", "grow_tree", "new_tree", "subtree_cuts"]


class Tree(NamedTuple):
    """A spanning tree and its workspace, for up to n units.

    ``order`` lists the region's units from the root on, each after its ``parent``;
    ``cut`` is the weight between the units below and the rest of the region;
    ``inside`` tells which units are in the region.
    """

    order: Ints
    parent: Ints
    depth: Ints
    cut: Floats
    key: Floats
    inside: npt.NDArray[np.bool_]
    heap: Ints
    place: Ints


def new_tree(count: int) -> Tree:
    """Workspace for trees of up to ``count`` units.

    Parameters
    ----------
    count : int
        Units of the graph.

    Returns
    -------
    Tree
        With no unit inside.
    """
    return Tree(
        order=np.empty(count, np.int32),
        parent=np.full(count, -1, np.int32),
        depth=np.zeros(count, np.int32),
        cut=np.zeros(count),
        key=np.zeros(count),
        inside=np.zeros(count, np.bool_),
        heap=np.empty(count, np.int32),
        place=np.full(count, -1, np.int32),
    )


@compiled
def draw(state: Words) -> float:
    """The next of a seeded row of numbers in [0, 1) (xorshift64*)."""
    x = state[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    state[0] = x
    return float((x * np.uint64(2685821657736338717)) >> np.uint64(11)) * (
        1.0 / 9007199254740992.0
    )


@compiled
def _rise(tree: Tree, at: int) -> None:
    heap, place, key = tree.heap, tree.place, tree.key
    unit = heap[at]
    while at > 0:
        above = (at - 1) >> 1
        if key[heap[above]] >= key[unit]:
            break
        heap[at] = heap[above]
        place[heap[at]] = at
        at = above
    heap[at] = unit
    place[unit] = at


@compiled
def _sink(tree: Tree, size: int) -> None:
    heap, place, key = tree.heap, tree.place, tree.key
    unit = heap[0]
    at = 0
    while True:
        below = 2 * at + 1
        if below >= size:
            break
        if below + 1 < size and key[heap[below + 1]] > key[heap[below]]:
            below += 1
        if key[heap[below]] <= key[unit]:
            break
        heap[at] = heap[below]
        place[heap[at]] = at
        at = below
    heap[at] = unit
    place[unit] = at


@compiled
def grow_tree(
    graph: tuple[Ints, Ints, Floats], tree: Tree, root: int, state: Words
) -> int:
    """Grow a random tree over the units inside; costly borders tend to be in it.

    Greatest-first growth with keys ``weight · random``: what is left out, and so may
    be cut, is mostly cheap. Returns how many units the tree reached.
    """
    indptr, neighbour, weight = graph
    order, parent, depth = tree.order, tree.parent, tree.depth
    place, heap, key = tree.place, tree.heap, tree.key
    heap[0], place[root], parent[root], depth[root] = root, 0, -1, 0
    size, count = 1, 0
    while size > 0:
        unit = heap[0]
        place[unit] = -2  # in the tree
        size -= 1
        if size > 0:
            heap[0] = heap[size]
            place[heap[0]] = 0
            _sink(tree, size)
        order[count] = unit
        count += 1
        for at in range(indptr[unit], indptr[unit + 1]):
            other = neighbour[at]
            if not tree.inside[other] or place[other] == -2:
                continue
            luck = draw(state)
            value = (weight[at] + 1e-3) * luck * luck
            if place[other] == -1:
                heap[size], place[other] = other, size
                size += 1
            elif value <= key[other]:
                continue
            key[other] = value
            parent[other], depth[other] = unit, depth[unit] + 1
            _rise(tree, place[other])
    for at in range(count):
        place[order[at]] = -1
    return count


@compiled
def subtree_cuts(graph: tuple[Ints, Ints, Floats], tree: Tree, count: int) -> None:
    """Weight between the units below each unit and the rest of the region."""
    indptr, neighbour, weight = graph
    order, parent, depth, cut = tree.order, tree.parent, tree.depth, tree.cut
    for at in range(count):
        cut[order[at]] = 0.0
    for at in range(count):
        unit = order[at]
        for edge in range(indptr[unit], indptr[unit + 1]):
            other = neighbour[edge]
            if other <= unit or not tree.inside[other]:
                continue
            # Below their lowest common ancestor the border parts the two.
            cut[unit] += weight[edge]
            cut[other] += weight[edge]
            a, b = unit, other
            while a != b:
                if depth[a] >= depth[b]:
                    a = parent[a]
                else:
                    b = parent[b]
            cut[a] -= 2.0 * weight[edge]
    for at in range(count - 1, 0, -1):
        cut[parent[order[at]]] += cut[order[at]]

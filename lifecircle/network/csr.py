"""Compressed rows of a network: sorting, adjacency, parts that do not meet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["adjacency", "component_numbers", "sorted_by"]


def sorted_by(
    code: npt.NDArray[np.int64] | npt.NDArray[np.uint64], *ties: npt.NDArray[Any]
) -> npt.NDArray[np.intp]:
    """Order by a code, then by ties, which are sorted only where codes are equal.

    Parameters
    ----------
    code : int64 or uint64 array (n,)
        What counts first.
    *ties : arrays (n,)
        What counts then, the last of them first.

    Returns
    -------
    int array (n,)
        As ``np.lexsort((*ties, code))``, three times as fast where few are equal.

    Examples
    --------
    >>> sorted_by(np.array([2, 1, 2]), np.array([9, 5, 8])).tolist()
    [1, 2, 0]
    """
    order = np.argsort(code)
    again = np.diff(code[order]) == 0
    tied = np.zeros(len(code), dtype=bool)
    tied[1:] = again
    tied[:-1] |= again
    rows = np.sort(order[tied])
    order[tied] = rows[np.lexsort((*(tie[rows] for tie in ties), code[rows]))]
    return order


def adjacency(
    nodes: npt.NDArray[np.int32], length_m: npt.NDArray[np.float64], count: int
) -> dict[str, Any]:
    """Both directions of every segment as CSR arrays.

    Parameters
    ----------
    nodes : int32 array (m, 2)
        Segments sorted by their nodes, low node first.
    length_m : float array (m,)
        Their lengths, metres.
    count : int
        Number of nodes.

    Returns
    -------
    dict of str to array
        ``indptr``, ``neighbour``, ``edge_segment`` and ``edge_length_m`` of a
        ``WalkNetwork``: by node, neighbour and length.

    Examples
    --------
    >>> ends = np.array([[0, 1], [0, 2]], np.int32)
    >>> adjacency(ends, np.array([5.0, 7.0]), 3)["neighbour"].tolist()
    [1, 2, 0, 0]
    """
    low, high = nodes.T
    code = low.astype(np.int64) * count + high
    up = sorted_by(code, length_m)
    down = sorted_by(high.astype(np.int64) * count + low, length_m)
    below = np.bincount(high, minlength=count)
    indptr = np.zeros(count + 1, np.int32)
    indptr[1:] = np.cumsum(np.bincount(low, minlength=count) + below)
    # Of a node first the lower neighbours, then the higher, each in their order.
    before = np.cumsum(below)
    segment = np.empty(2 * len(nodes), np.int32)
    segment[np.arange(len(nodes)) + before[low[up]]] = up
    segment[np.arange(len(nodes)) + (indptr[:-1] - before + below)[high[down]]] = down
    start = np.repeat(np.arange(count, dtype=np.int32), np.diff(indptr))
    return {
        "indptr": indptr,
        "neighbour": low[segment] + high[segment] - start,
        "edge_segment": segment,
        "edge_length_m": length_m[segment],
    }


def component_numbers(
    nodes: npt.NDArray[np.int32], length_m: npt.NDArray[np.float64], count: int
) -> npt.NDArray[np.int32]:
    """Component of every node, numbered by street length, most first.

    Parameters
    ----------
    nodes : int32 array (m, 2)
        Start and end node of every segment.
    length_m : float array (m,)
        Length of every segment, metres.
    count : int
        Number of nodes.

    Returns
    -------
    int32 array (count,)
        0 is the largest.

    Examples
    --------
    >>> ends = np.array([[0, 1], [2, 3]], np.int32)
    >>> component_numbers(ends, np.array([1.0, 2.0]), 4).tolist()
    [1, 1, 0, 0]
    """
    root = np.arange(count)
    ends = nodes
    while True:
        here, there = root[ends[:, 0]], root[ends[:, 1]]
        apart = here != there
        if not apart.any():
            break
        ends, here, there = ends[apart], here[apart], there[apart]
        np.minimum.at(root, np.maximum(here, there), np.minimum(here, there))
        while (root[root] != root).any():
            root = root[root]
    roots = np.flatnonzero(root == np.arange(count))
    member = np.searchsorted(roots, root)
    street_m = np.bincount(member[nodes[:, 0]], weights=length_m, minlength=len(roots))
    rank = np.empty(len(roots), np.int32)
    rank[np.lexsort((roots, -np.round(street_m, 3)))] = np.arange(
        len(roots), dtype=np.int32
    )
    return rank[member]

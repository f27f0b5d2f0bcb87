"""Walks straight along one segment, not by its ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from lifecircle.access.field import CostGraph, Places

__all__ = ["matches", "runs", "walks_along"]


def walks_along(
    graph: CostGraph, sources: Places, places: Places
) -> npt.NDArray[np.int64]:
    """Walks from places to sources on the same segment, straight along it.

    Parameters
    ----------
    graph : CostGraph
        Costs.
    sources, places : Places
        Those on no segment meet no one.

    Returns
    -------
    int64 array (n, 3)
        Row of the source, row of the place, and the walk in micrometres with both
        legs, sorted by source.

    Examples
    --------
    >>> from lifecircle.access.field import cost_graph
    >>> from lifecircle.access.within import place_nodes
    >>> graph = cost_graph(toy.network)
    >>> both = place_nodes(graph, graph.nodes[0])
    >>> walks_along(graph, both.take(np.array([0])), both)[:, 1].tolist()
    [0, 1]
    """
    order = np.argsort(places.segment, kind="stable")
    ranked = places.segment[order]
    rows = np.flatnonzero(sources.segment >= 0)
    here, there = matches(sources.segment[rows], ranked)
    row, place = rows[here], order[there]
    segment = sources.segment[row]
    ahead = sources.offset_um[row] - places.offset_um[place]
    way_um = np.where(
        ahead >= 0,
        graph.forth(segment, np.abs(ahead)),
        graph.back(segment, np.abs(ahead)),
    )
    um = sources.off_um[row] + way_um + places.off_um[place]
    return np.column_stack([row, place, um]).astype(np.int64)


def matches(
    wanted: npt.NDArray[np.int32], ranked: npt.NDArray[np.int32]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Every pair of equal keys.

    Parameters
    ----------
    wanted, ranked : int32 arrays
        Keys; the second sorted.

    Returns
    -------
    tuple of int arrays
        Row of ``wanted``, ascending, and row of ``ranked``.

    Examples
    --------
    >>> here, there = matches(np.array([7, 5]), np.array([5, 5, 6]))
    >>> here.tolist(), there.tolist()
    ([1, 1], [0, 1])
    """
    low = np.searchsorted(ranked, wanted, "left")
    return runs(low, np.searchsorted(ranked, wanted, "right") - low)


def runs(
    first: npt.NDArray[Any], count: npt.NDArray[Any]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """The rows of runs of rows.

    Parameters
    ----------
    first, count : int arrays
        First row of each run, and how many rows it has.

    Returns
    -------
    tuple of int arrays
        Number of the run, ascending, and row.

    Examples
    --------
    >>> run, row = runs(np.array([4, 9, 0]), np.array([2, 0, 1]))
    >>> run.tolist(), row.tolist()
    ([0, 0, 2], [4, 5, 0])
    """
    run = np.repeat(np.arange(len(first)), count)
    step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    return run, np.repeat(first, count) + step

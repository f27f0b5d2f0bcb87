"""Everything within a walk of many places, as triples."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lifecircle.access.field import UM, CostGraph, Places
from lifecircle.access.kernel import Workspace, put_back, queue, reach_each

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

__all__ = [
    "Seeds",
    "Triples",
    "place_nodes",
    "place_seeds",
    "reached_from",
    "walks_within",
    "workspace",
]

_CHUNK = 512


@dataclass(frozen=True, slots=True, eq=False)
class Triples:
    """What reaches each source: (source, node, micrometres from node to source).

    Attributes
    ----------
    source : int32 array (t,)
        Row of the source, ascending.
    node : int32 array (t,)
        In the order in which the source's search first met it.
    um : int32 or int64 array (t,)
        Both are exact; int32 holds limits up to 2,147 m.
    """

    source: npt.NDArray[np.int32]
    node: npt.NDArray[np.int32]
    um: npt.NDArray[Any]


def workspace(graph: CostGraph, *, limit_m: float) -> Workspace:
    """Lay out a graph for bounded searches.

    Parameters
    ----------
    graph : CostGraph
        Where to walk.
    limit_m : float
        Longest walk, metres, inclusive.

    Returns
    -------
    Workspace
        For one thread.

    Examples
    --------
    >>> from lifecircle.access.field import cost_graph
    >>> space = workspace(cost_graph(toy.network), limit_m=500)
    >>> space.edges.dtype.name, space.limit_um
    ('int32', 500000000)
    """
    limit_um = round(limit_m * UM)
    far, nodes = limit_um + 1, len(graph.indptr) - 1
    whole: Any = np.int32 if far <= np.iinfo(np.int32).max else np.int64
    edges = np.empty((len(graph.neighbour), 2), whole)
    edges[:, 0] = graph.neighbour
    np.minimum(graph.edge_um, far, out=edges[:, 1], casting="unsafe")
    state = np.empty((nodes + 1, 2), whole)
    state[:, 0], state[:, 1] = far, graph.indptr
    touched = np.empty(nodes + 1, np.int32)
    return Workspace(
        limit_um,
        edges.reshape(-1),
        state.reshape(-1),
        touched,
        *queue(limit_um, nodes),
    )


def place_nodes(graph: CostGraph, nodes: npt.NDArray[np.int32]) -> Places:
    """Nodes as places on the network.

    Parameters
    ----------
    graph : CostGraph
        Of the nodes.
    nodes : int array
        Which; a node without a segment is unreachable.

    Returns
    -------
    Places
        At an end of a segment.

    Examples
    --------
    >>> from lifecircle.access.field import cost_graph
    >>> graph = cost_graph(toy.network)
    >>> places = place_nodes(graph, np.array([0, 1], dtype=np.int32))
    >>> bool((places.segment >= 0).all())
    True
    """
    ends = graph.nodes.reshape(-1)
    where = np.full(len(graph.indptr) - 1, -1, np.int64)
    where[ends[::-1]] = np.arange(len(ends))[::-1]
    at = where[nodes]
    segment = np.where(at >= 0, at // 2, -1).astype(np.int32)
    offset = np.where((at >= 0) & (at % 2 == 1), graph.segment_um[segment], 0)
    return Places(segment, offset, np.zeros(len(segment), np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class Seeds:
    """Where searches begin: the ends of each place's segment, or the end it stands on.

    Attributes
    ----------
    ptr : int64 array (n + 1,)
        Place ``i`` has the seeds ``ptr[i]:ptr[i + 1]``, none if it is on no segment.
    node : int32 array
    um : int64 array
        Walk from the node to the place.
    """

    ptr: npt.NDArray[np.int64]
    node: npt.NDArray[np.int32]
    um: npt.NDArray[np.int64]

    def by_place(self) -> npt.NDArray[np.int64]:
        """Rows along the network, so that neighbours share what is in the cache.

        Returns
        -------
        int64 array
            Rows of the places.
        """
        first = np.full(len(self.ptr) - 1, -1, np.int32)
        there = self.ptr[:-1] < self.ptr[1:]
        first[there] = self.node[self.ptr[:-1][there]]
        return np.argsort(first, kind="stable")


def place_seeds(graph: CostGraph, places: Places) -> Seeds:
    """The seeds of places.

    Parameters
    ----------
    graph : CostGraph
        Where to walk.
    places : Places
        Their legs off the street count.

    Returns
    -------
    Seeds
        In the order of the places.

    Examples
    --------
    >>> from lifecircle.access.field import cost_graph
    >>> graph = cost_graph(toy.network)
    >>> start = place_nodes(graph, np.array([3], dtype=np.int32))
    >>> seeds = place_seeds(graph, start)
    >>> seeds.node.tolist(), seeds.um.tolist()
    ([3], [0])
    """
    found = places.segment >= 0
    segment = places.segment[found]
    offset, off = places.offset_um[found], places.off_um[found]
    node = graph.nodes[segment]
    rest = graph.segment_um[segment] - offset
    um = np.column_stack(
        [off + graph.forth(segment, offset), off + graph.back(segment, rest)]
    )
    # At an end of the segment, the other end is reached along the street.
    keep = np.ones(node.shape, dtype=bool)
    keep[:, 1] = offset > 0
    keep[:, 0] = (rest > 0) | ~keep[:, 1]
    ptr = np.zeros(len(places.segment) + 1, np.int64)
    count = np.zeros(len(places.segment), np.int64)
    count[found] = keep.sum(axis=1)
    ptr[1:] = np.cumsum(count)
    return Seeds(ptr, node[keep], um[keep])


def _in_threads(
    space: Workspace,
    rows: npt.NDArray[np.int64],
    threads: int,
    work: Callable[[Workspace, npt.NDArray[np.int64]], Any],
) -> list[Any]:
    """Chunks of rows worked on by threads, each with its workspace; in row order."""
    chunks = [rows[low : low + _CHUNK] for low in range(0, len(rows), _CHUNK)]
    if threads <= 1:
        return [work(space, chunk) for chunk in chunks]
    free = [space, *(space.again() for _ in range(threads - 1))]

    def one(chunk: npt.NDArray[np.int64]) -> Any:
        mine = free.pop()
        try:
            return work(mine, chunk)
        finally:
            free.append(mine)

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, chunks))


def reached_from(
    space: Workspace, graph: CostGraph, places: Places
) -> tuple[npt.NDArray[np.int32], npt.NDArray[Any]]:
    """Nodes within the limit of places together, and the micrometres to the nearest.

    Parameters
    ----------
    space : Workspace
        Of the graph; used again from call to call.
    graph : CostGraph
        Where to walk.
    places : Places
        Where walks start; their legs off the street count.

    Returns
    -------
    tuple
        Nodes in the order in which they were first met, and micrometres.

    Examples
    --------
    >>> from lifecircle.access.field import cost_graph
    >>> graph = cost_graph(toy.network)
    >>> space = workspace(graph, limit_m=100)
    >>> start = place_nodes(graph, np.array([0], dtype=np.int32))
    >>> node, um = reached_from(space, graph, start)
    >>> int(node[0]), int(um[0])
    (0, 0)
    """
    seeds = place_seeds(graph, places)
    ptr, row = np.array([0, len(seeds.node)]), np.zeros(1, np.int64)
    _, node, um = reach_each(space, ptr, seeds.node, seeds.um, row)
    return node, um


def walks_within(
    graph: CostGraph,
    sources: Places,
    *,
    limit_m: float,
    threads: int = 1,
    space: Workspace | None = None,
) -> Triples:
    """Every node within a walk of each source, and how far it is.

    Parameters
    ----------
    graph : CostGraph
        Where to walk.
    sources : Places
        Where walks start; their legs off the street count. A source on no segment
        reaches nothing.
    limit_m : float
        Longest walk, metres, inclusive.
    threads : int
        Searches run at the same time; the answer is the same for any number.
    space : Workspace, optional
        Of this graph and limit, from an earlier call: spares laying it out again.

    Returns
    -------
    Triples
        By source.

    Examples
    --------
    >>> from lifecircle.access.field import cost_graph
    >>> graph = cost_graph(toy.network)
    >>> start = place_nodes(graph, np.array([0, 1], dtype=np.int32))
    >>> triples = walks_within(graph, start, limit_m=50)
    >>> triples.source.tolist(), triples.um.tolist()
    ([0, 1], [0, 0])
    """
    seeds = place_seeds(graph, sources)
    rows = seeds.by_place()
    space = workspace(graph, limit_m=limit_m) if space is None else space

    def work(mine: Workspace, chunk: npt.NDArray[np.int64]) -> Any:
        return reach_each(mine, seeds.ptr, seeds.node, seeds.um, chunk)

    parts = _in_threads(space, rows, threads, work)
    counts = np.zeros(len(rows), np.int64)
    if parts:
        counts[rows] = np.concatenate([part[0] for part in parts])
    ptr = np.zeros(len(rows) + 1, np.int64)
    ptr[1:] = np.cumsum(counts)
    node = np.empty(ptr[-1], np.int32)
    um = np.empty(ptr[-1], space.state.dtype)
    source = np.empty(ptr[-1], np.int32)

    def copy(number: int) -> None:
        chunk = rows[number * _CHUNK : (number + 1) * _CHUNK]
        count, nodes, metres = parts[number]
        put_back(chunk, ptr[chunk], count, nodes, metres, source, node, um)

    if threads <= 1:
        for number in range(len(parts)):
            copy(number)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(copy, range(len(parts))))
    return Triples(source, node, um)

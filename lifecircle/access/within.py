"""Everything within a walk of many places: triples, counts, the nearest by kind."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lifecircle.access.bounded import BUCKET, put_back, reach_each, tally_from, tally_to
from lifecircle.access.field import UM, CostGraph, Places

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

__all__ = [
    "Tally",
    "Triples",
    "Workspace",
    "place_nodes",
    "reached_from",
    "tally_at_nodes",
    "tally_from_nodes",
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


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """How many facilities of each kind are within reach, and how near the nearest.

    Attributes
    ----------
    number : int32 array (nodes, kinds)
    nearest_m : float64 array (nodes, kinds)
        NaN where none is within reach.
    """

    number: npt.NDArray[np.int32]
    nearest_m: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Workspace:
    """What bounded searches of one graph and limit need; one for each thread.

    Attributes
    ----------
    indptr : int32 array
    edges : array (e, 2)
        Neighbour and micrometres.
    limit_um : int
    state, touched : arrays
        See ``lifecircle.access.bounded``.
    """

    indptr: npt.NDArray[np.int32]
    edges: npt.NDArray[Any]
    limit_um: int
    state: npt.NDArray[Any]
    touched: npt.NDArray[np.int32]

    def again(self) -> Workspace:
        """A fresh one over the same graph, for another thread.

        Returns
        -------
        Workspace
            Shares the graph, nothing else.
        """
        return Workspace(
            self.indptr,
            self.edges,
            self.limit_um,
            self.state.copy(),
            np.empty_like(self.touched),
        )


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
    far = limit_um + 1
    whole: Any = np.int32 if far <= np.iinfo(np.int32).max else np.int64
    edges = np.empty((len(graph.neighbour), 2), whole)
    edges[:, 0] = graph.neighbour
    np.minimum(graph.edge_um, far, out=edges[:, 1], casting="unsafe")
    nodes = len(graph.indptr) - 1
    buckets = (limit_um >> BUCKET) + 1
    state = np.full((nodes + 1 + buckets, 4), nodes, whole)
    state[:, 0] = far
    state[nodes + 1 :, 1:3] = np.arange(nodes + 1, len(state))[:, None]
    touched = np.empty(nodes + 1, np.int32)
    return Workspace(graph.indptr, edges, limit_um, state, touched)


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
class _Seeds:
    """Two seeds a place, the ends of its segment; one if it stands on an end."""

    ptr: npt.NDArray[np.int64]
    node: npt.NDArray[np.int32]
    um: npt.NDArray[np.int64]

    def by_place(self) -> npt.NDArray[np.int64]:
        """Rows along the network, so that neighbours share what is in the cache."""
        first = np.full(len(self.ptr) - 1, -1, np.int32)
        there = self.ptr[:-1] < self.ptr[1:]
        first[there] = self.node[self.ptr[:-1][there]]
        return np.argsort(first, kind="stable")


def _seeds(graph: CostGraph, places: Places) -> _Seeds:
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
    return _Seeds(ptr, node[keep], um[keep])


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
    seeds = _seeds(graph, places)
    _, node, um = reach_each(
        space.indptr,
        space.edges,
        np.array([0, len(seeds.node)]),
        seeds.node,
        seeds.um,
        np.zeros(1, np.int64),
        space.limit_um,
        space.state,
        space.touched,
    )
    return node, um


def walks_within(
    graph: CostGraph, sources: Places, *, limit_m: float, threads: int = 1
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
    seeds = _seeds(graph, sources)
    rows = seeds.by_place()
    space = workspace(graph, limit_m=limit_m)

    def work(mine: Workspace, chunk: npt.NDArray[np.int64]) -> Any:
        return reach_each(
            mine.indptr,
            mine.edges,
            seeds.ptr,
            seeds.node,
            seeds.um,
            chunk,
            mine.limit_um,
            mine.state,
            mine.touched,
        )

    parts = _in_threads(space, rows, threads, work)
    counts = np.zeros(len(rows), np.int64)
    if parts:
        counts[rows] = np.concatenate([part[0] for part in parts])
    ptr = np.zeros(len(rows) + 1, np.int64)
    ptr[1:] = np.cumsum(counts)
    node = np.empty(ptr[-1], np.int32)
    um = np.empty(ptr[-1], space.state.dtype)
    source = np.empty(ptr[-1], np.int32)
    first = 0
    for count, nodes, metres in parts:
        chunk = rows[first : first + len(count)]
        put_back(chunk, ptr[chunk], count, nodes, metres, source, node, um)
        first += len(count)
    return Triples(source, node, um)


def tally_at_nodes(
    graph: CostGraph,
    facilities: Places,
    kind: npt.NDArray[np.int32],
    *,
    kinds: int,
    limit_m: float,
) -> Tally:
    """Facilities within a walk of every node, by kind, searched from the facilities.

    There are far fewer facilities than nodes, so this way round is the fast one.

    Parameters
    ----------
    graph : CostGraph
        Where to walk.
    facilities : Places
        Their legs off the street count.
    kind : int32 array
        Kind of each facility, from 0.
    kinds : int
        How many kinds there are.
    limit_m : float
        Longest walk, metres, inclusive.

    Returns
    -------
    Tally
        A row for every node.

    Examples
    --------
    >>> from lifecircle.access.field import cost_graph
    >>> graph = cost_graph(toy.network)
    >>> place = place_nodes(graph, np.array([0], dtype=np.int32))
    >>> kind = np.zeros(1, np.int32)
    >>> tally = tally_at_nodes(graph, place, kind, kinds=1, limit_m=50)
    >>> int(tally.number.sum()), float(tally.nearest_m[0, 0])
    (1, 0.0)
    """
    seeds = _seeds(graph, facilities)
    space = workspace(graph, limit_m=limit_m)
    number, nearest = _blank(space, len(graph.indptr) - 1, kinds)
    tally_to(
        space.indptr,
        space.edges,
        seeds.ptr,
        seeds.node,
        seeds.um,
        kind.astype(np.int32),
        seeds.by_place(),
        space.limit_um,
        space.state,
        space.touched,
        number,
        nearest,
    )
    return _tally(space, number, nearest)


def tally_from_nodes(
    graph: CostGraph,
    facilities: Places,
    kind: npt.NDArray[np.int32],
    *,
    kinds: int,
    limit_m: float,
    nodes: npt.NDArray[np.int32] | None = None,
) -> Tally:
    """Facilities within a walk of nodes, by kind, searched from each node.

    For few nodes, where both directions of a street cost the same; else
    ``tally_at_nodes`` is much faster.

    Parameters
    ----------
    graph : CostGraph
        Where to walk.
    facilities : Places
        Their legs off the street count.
    kind : int32 array
        Kind of each facility, from 0.
    kinds : int
        How many kinds there are.
    limit_m : float
        Longest walk, metres, inclusive.
    nodes : int32 array, optional
        Where walks start; every node if not given.

    Returns
    -------
    Tally
        A row for each of ``nodes``.

    Examples
    --------
    >>> from lifecircle.access.field import cost_graph
    >>> graph = cost_graph(toy.network)
    >>> place = place_nodes(graph, np.array([0], dtype=np.int32))
    >>> kind = np.zeros(1, np.int32)
    >>> tally = tally_from_nodes(graph, place, kind, kinds=1, limit_m=50)
    >>> int(tally.number.sum()), float(tally.nearest_m[0, 0])
    (1, 0.0)
    """
    space = workspace(graph, limit_m=limit_m)
    count = len(graph.indptr) - 1
    if nodes is None:
        nodes = np.arange(count, dtype=np.int32)
    seeds = _seeds(graph, facilities)
    facility = np.repeat(np.arange(len(kind)), np.diff(seeds.ptr))
    order = np.argsort(seeds.node, kind="stable")
    door_ptr = np.zeros(count + 1, np.int32)
    door_ptr[1:] = np.cumsum(np.bincount(seeds.node, minlength=count))
    number, nearest = _blank(space, len(nodes), kinds)
    tally_from(
        space.indptr,
        space.edges,
        door_ptr,
        facility[order].astype(np.int32),
        np.minimum(seeds.um, space.limit_um + 1)[order].astype(space.state.dtype),
        kind.astype(np.int32),
        nodes.astype(np.int32),
        space.limit_um,
        space.state,
        space.touched,
        np.full(len(kind), space.limit_um + 1, space.state.dtype),
        number,
        nearest,
    )
    return _tally(space, number, nearest)


def _blank(
    space: Workspace, rows: int, kinds: int
) -> tuple[npt.NDArray[np.int32], npt.NDArray[Any]]:
    number = np.zeros((rows, kinds), np.int32)
    return number, np.full((rows, kinds), space.limit_um + 1, space.state.dtype)


def _tally(
    space: Workspace, number: npt.NDArray[np.int32], nearest: npt.NDArray[Any]
) -> Tally:
    metres = nearest / UM
    metres[nearest > space.limit_um] = np.nan
    return Tally(number, metres)

"""Compiled bounded shortest paths on CSR arrays, nothing else.

Metres are counted in whole micrometres: sums are exact in any order, so that equal
walks are equal and ties fall the same way everywhere. Rounding a segment to a
micrometre moves a walk of a thousand segments by half a millimetre at most. The
arrays hold them in int32 up to a limit of 2,147 m and in int64 beyond; the answers
are the same to the last micrometre.

Within a bucket of the queue nodes may settle more than once; what is left when all
buckets are empty is exact. What lies side by side is read side by side, and asked for
before it is needed. There are two queues, each the faster one where it stands:

* ``reach``, near one place: each bucket a chain of entries in one pool. An improved
  node gets another entry; one that is found in a later bucket than its node's is
  passed over. The step along an edge has no branch, for a processor guesses badly
  whether it improves a node.
* ``spread``, over a whole network: each bucket a ring linked both ways, in which an
  improved node moves.

Only the records touched are put back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lifecircle.network.compiled import compiled, fetch_ahead

if TYPE_CHECKING:
    import numpy.typing as npt

    Ints = npt.NDArray[np.int32]
    Longs = npt.NDArray[np.int64]
    # int32 or int64, the same in all arrays of one call.
    Metres = npt.NDArray[Any]
    Index = int | np.integer[Any]

__all__ = [
    "BUCKET",
    "FAR",
    "Workspace",
    "put_back",
    "queue",
    "reach",
    "reach_each",
    "spread",
]

FAR = 1 << 62
"""Distance of a node that no walk reaches, micrometres."""
BUCKET = 24
"""Buckets of 2**24 micrometres, about 17 m."""
# Indices without a sign: no wrap-around to look for.
_Index = np.uint64
_ONE, _TWO, _THREE = np.uint64(1), np.uint64(2), np.uint64(3)


class Workspace(NamedTuple):
    """What bounded searches of one graph and limit need; one for each thread.

    Attributes
    ----------
    limit_um : int
        Inclusive.
    edges : array (2 e,)
        Neighbour and micrometres of each edge in turn.
    state : array (2 n + 2,)
        Micrometres (``limit_um + 1`` = not reached) and first edge of each node in
        turn.
    touched : int32 array (n + 1,)
    head, pool : int32 arrays
        See ``queue``.
    """

    limit_um: int
    edges: Metres
    state: Metres
    touched: Ints
    head: Ints
    pool: Ints

    def again(self) -> Workspace:
        """A fresh one over the same graph, for another thread.

        Returns
        -------
        Workspace
            Shares the graph, nothing else.
        """
        state, head = self.state.copy(), self.head.copy()
        touched, pool = np.empty_like(self.touched), np.empty_like(self.pool)
        return Workspace(self.limit_um, self.edges, state, touched, head, pool)


def queue(limit_um: int, entries: int) -> tuple[Ints, Ints]:
    """An empty queue.

    Parameters
    ----------
    limit_um : int
        Longest walk; no edge costs more than a micrometre beyond it.
    entries : int
        How many to make room for at first.

    Returns
    -------
    tuple of int32 arrays
        First entry of each bucket (-1 = empty; those beyond the limit stay so), and
        node and next entry of each entry in turn.

    Examples
    --------
    >>> head, pool = queue(100_000_000, 5)
    >>> head.tolist(), len(pool)
    ([-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1], 12)
    """
    head = np.full(((2 * limit_um + 1) >> BUCKET) + 1, -1, np.int32)
    return head, np.empty(2 * entries + 2, np.int32)


@compiled
def reach(space: Workspace, seed_node: Ints, seed_cost: Longs) -> int:
    """Bounded search from seeds: number of nodes in ``touched``."""
    limit, edges, state, touched, head, pool = space
    count, top = _Index(0), _Index(0)
    if 2 * len(seed_node) + 2 > len(pool):
        pool = _larger(pool, len(seed_node))
    room = _Index(len(pool))
    for seed in range(len(seed_node)):
        total, node = np.int64(seed_cost[seed]), _Index(seed_node[seed])
        known = np.int64(state[_TWO * node])
        if total < known:
            touched[count] = node
            count += _Index(known > limit)
            state[_TWO * node] = total
            top = _push(head, pool, top, node, total)
    bucket, end = _Index(0), _Index((limit >> BUCKET) + 1)
    while bucket < end:
        entry = head[bucket]
        if entry < 0:
            bucket += _ONE
            continue
        node = _Index(pool[_TWO * _Index(entry)])
        head[bucket] = pool[_TWO * _Index(entry) + _ONE]
        here = np.int64(state[_TWO * node])
        if _Index(here >> BUCKET) != bucket:
            continue
        edge = _TWO * _Index(state[_TWO * node + _ONE])
        last = _TWO * _Index(state[_TWO * node + _THREE])
        if _TWO * top + last - edge + _TWO > room:
            pool = _larger(pool, int(last - edge))
            room = _Index(len(pool))
        while edge < last:
            other = _Index(edges[edge])
            total = here + np.int64(edges[edge + _ONE])
            edge += _TWO
            known = np.int64(state[_TWO * other])
            better = total < known
            touched[count] = other
            count += _Index(better & (known > limit))
            state[_TWO * other] = min(total, known)
            fetch_ahead(edges, _TWO * _Index(state[_TWO * other + _ONE]))
            # Written in any case, kept if better.
            slot = _Index(total >> BUCKET)
            first = head[slot]
            pool[_TWO * top], pool[_TWO * top + _ONE] = other, first
            head[slot] = np.int32(top) if better else first
            top += _Index(better)
    return int(count)


@compiled
def _push(head: Ints, pool: Ints, top: Any, node: Any, total: Any) -> Any:
    """Put a node into the bucket of its distance: the pool's new top."""
    bucket = _Index(total >> BUCKET)
    pool[_TWO * top], pool[_TWO * top + _ONE] = node, head[bucket]
    head[bucket] = top
    return top + _ONE


@compiled
def _larger(pool: Ints, more: int) -> Ints:
    """The pool with room for more entries."""
    larger = np.empty(2 * (len(pool) + more), np.int32)
    larger[: len(pool)] = pool
    return larger


@compiled
def _queue(node: Index, total: int, base: Index, state: Metres) -> None:
    """Move a node in front of the bucket of its new distance."""
    after, before = np.uint32(state[node, 1]), np.uint32(state[node, 2])
    state[before, 1] = after
    state[after, 2] = before
    bucket = np.uint32(base + np.uint32(total >> BUCKET))
    first = np.uint32(state[bucket, 1])
    state[node, 0] = total
    state[node, 1] = first
    state[node, 2] = bucket
    state[first, 2] = node
    state[bucket, 1] = node


@compiled
def spread(  # noqa: PLR0913 - a kernel takes its arrays one by one
    indptr: Ints,
    neighbour: Ints,
    cost: Longs,
    seed_node: Ints,
    seed_cost: Longs,
    seed_label: Ints,
    limit: int,
    state: Metres,
    previous: Ints,
) -> None:
    """Search from all seeds together; each node learns the nearest seed's label.

    As ``reach``, for searches that touch most of a network: ``state`` keeps the label
    in its fourth column, ``previous`` the node before. Among equal distances the
    lowest label wins.
    """
    blind = np.uint32(len(indptr) - 1)
    base = np.uint32(blind + np.uint32(1))
    end = np.uint32(len(state))
    for seed in range(len(seed_node)):
        total, name = seed_cost[seed], seed_label[seed]
        other = np.uint32(seed_node[seed])
        known = state[other, 0]
        if total < known or (
            total == known and total <= limit and name < state[other, 3]
        ):
            state[other, 3] = name
            _queue(other, total, base, state)
    bucket = base
    while bucket < end:
        node = np.uint32(state[bucket, 1])
        if node == bucket:
            bucket = np.uint32(bucket + np.uint32(1))
            continue
        here, name = state[node, 0], state[node, 3]
        after = np.uint32(state[node, 1])
        state[bucket, 1] = after
        state[after, 2] = bucket
        state[node, 1] = blind
        state[node, 2] = blind
        low, high = indptr[node], indptr[np.uint32(node + np.uint32(1))]
        for edge in range(np.uint32(low), np.uint32(high)):
            other = np.uint32(neighbour[edge])
            total = here + cost[edge]
            known = state[other, 0]
            if total < known or (
                total == known and total <= limit and name < state[other, 3]
            ):
                state[other, 3] = name
                previous[other] = node
                _queue(other, total, base, state)


@compiled
def reach_each(
    space: Workspace, seed_ptr: Longs, seed_node: Ints, seed_cost: Longs, rows: Longs
) -> tuple[Longs, Ints, Metres]:
    """A search from each of some sources: how many nodes each reached, which, how far.

    Source ``i`` has the seeds ``seed_ptr[i]:seed_ptr[i + 1]``. Nodes come in the order
    in which they were first reached. The workspace is left as it came.
    """
    state, touched, far = space.state, space.touched, space.limit_um + 1
    counts = np.empty(len(rows), np.int64)
    room = 1024
    nodes = np.empty(room, np.int32)
    metres = np.empty(room, state.dtype)
    size = 0
    for number in range(len(rows)):
        low, high = seed_ptr[rows[number]], seed_ptr[rows[number] + 1]
        count = reach(space, seed_node[low:high], seed_cost[low:high])
        counts[number] = count
        if size + count > room:
            room = 2 * (size + count)
            fewer, shorter = nodes, metres
            nodes = np.empty(room, np.int32)
            metres = np.empty(room, state.dtype)
            nodes[:size] = fewer[:size]
            metres[:size] = shorter[:size]
        for step in range(count):
            node = touched[_Index(step)]
            nodes[_Index(size + step)] = node
            metres[_Index(size + step)] = state[_TWO * _Index(node)]
            state[_TWO * _Index(node)] = far
        size += count
    return counts, nodes[:size], metres[:size]


@compiled
def put_back(  # noqa: PLR0913 - a kernel takes its arrays one by one
    rows: Longs,
    start: Longs,
    counts: Longs,
    nodes: Ints,
    metres: Metres,
    source: Ints,
    node: Ints,
    um: Metres,
) -> None:
    """Copy what ``reach_each`` found for some rows to their places among triples."""
    low = 0
    for number in range(len(rows)):
        high = low + counts[number]
        begin, end = start[number], start[number] + counts[number]
        source[begin:end] = rows[number]
        node[begin:end] = nodes[low:high]
        um[begin:end] = metres[low:high]
        low = high

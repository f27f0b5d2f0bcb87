"""Compiled bounded shortest paths on CSR arrays, nothing else.

Metres are counted in whole micrometres: sums are exact in any order, so that equal
walks are equal and ties fall the same way everywhere. Rounding a segment to a
micrometre moves a walk of a thousand segments by half a millimetre at most. The
arrays hold them in int32 up to a limit of 2,147 m and in int64 beyond; the answers
are the same to the last micrometre.

The queue is a row of buckets, each a ring linked both ways. Within a bucket nodes may
settle more than once; what is left when all buckets are empty is exact. What a
search knows of a node stands in one record of 16 bytes (32 in int64), an edge in 8,
and only the records touched are put back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lifecircle.network.compiled import compiled

if TYPE_CHECKING:
    import numpy.typing as npt

    Ints = npt.NDArray[np.int32]
    Longs = npt.NDArray[np.int64]
    # int32 or int64, the same in all arrays of one call.
    Metres = npt.NDArray[Any]
    Index = int | np.integer[Any]

__all__ = [
    "BUCKET",
    "put_back",
    "reach",
    "reach_each",
    "spread",
    "tally_from",
    "tally_to",
]

FAR = 1 << 62
"""Distance of a node that no walk reaches, micrometres."""
BUCKET = 24
"""Buckets of 2**24 micrometres, about 17 m."""


@compiled
def reach(
    edges: Metres,
    seed_node: Ints,
    seed_cost: Longs,
    limit: int,
    blind: int,
    state: Metres,
    touched: Ints,
) -> int:
    """Bounded search from seeds: number of nodes in ``touched``.

    ``edges`` holds neighbour and micrometres. ``state`` holds, per node, micrometres
    (``limit + 1`` = not reached), the records after and before it in its bucket, and
    where its edges begin; behind the nodes record number ``blind``, which nodes in no
    bucket point to, and one record for each bucket, a ring of its own when empty. So
    taking out and putting in need no branch. The limit is inclusive.
    """
    base = np.uint32(blind + 1)
    end = np.uint32(len(state))
    count = np.uint32(0)
    for seed in range(len(seed_node)):
        total = seed_cost[seed]
        other = np.uint32(seed_node[seed])
        known = state[other, 0]
        if total < known:
            touched[count] = other
            count = np.uint32(count + np.uint32(known > limit))
            _queue(other, total, base, state)
    bucket = base
    while bucket < end:
        node = np.uint32(state[bucket, 1])
        if node == bucket:
            bucket = np.uint32(bucket + np.uint32(1))
            continue
        here = state[node, 0]
        after = np.uint32(state[node, 1])
        state[bucket, 1] = after
        state[after, 2] = bucket
        state[node, 1] = blind
        state[node, 2] = blind
        low, high = state[node, 3], state[np.uint32(node + np.uint32(1)), 3]
        for edge in range(np.uint32(low), np.uint32(high)):
            other = np.uint32(edges[edge, 0])
            total = here + edges[edge, 1]
            known = state[other, 0]
            if total < known:
                touched[count] = other
                count = np.uint32(count + np.uint32(known > limit))
                _queue(other, total, base, state)
    return int(count)


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
def reach_each(  # noqa: PLR0913 - a kernel takes its arrays one by one
    edges: Metres,
    seed_ptr: Longs,
    seed_node: Ints,
    seed_cost: Longs,
    rows: Longs,
    limit: int,
    blind: int,
    state: Metres,
    touched: Ints,
) -> tuple[Longs, Ints, Metres]:
    """A search from each of some sources: how many nodes each reached, which, how far.

    Source ``i`` has the seeds ``seed_ptr[i]:seed_ptr[i + 1]``. Nodes come in the order
    in which they were first reached. The workspace is left as it came.
    """
    far = limit + 1
    counts = np.empty(len(rows), np.int64)
    room = 1024
    nodes = np.empty(room, np.int32)
    metres = np.empty(room, state.dtype)
    size = 0
    for number in range(len(rows)):
        low, high = seed_ptr[rows[number]], seed_ptr[rows[number] + 1]
        count = reach(
            edges,
            seed_node[low:high],
            seed_cost[low:high],
            limit,
            blind,
            state,
            touched,
        )
        counts[number] = count
        if size + count > room:
            room = 2 * (size + count)
            fewer, shorter = nodes, metres
            nodes = np.empty(room, np.int32)
            metres = np.empty(room, state.dtype)
            nodes[:size] = fewer[:size]
            metres[:size] = shorter[:size]
        for step in range(np.uint32(count)):
            node = np.uint32(touched[step])
            nodes[size] = node
            metres[size] = state[node, 0]
            size += 1
            state[node, 0] = far
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
        for step in range(counts[number]):
            to = np.uint64(start[number] + step)
            fro = np.uint64(low + step)
            source[to] = rows[number]
            node[to] = nodes[fro]
            um[to] = metres[fro]
        low += counts[number]


@compiled
def tally_to(  # noqa: PLR0913 - a kernel takes its arrays one by one
    edges: Metres,
    seed_ptr: Longs,
    seed_node: Ints,
    seed_cost: Longs,
    kind: Ints,
    rows: Longs,
    limit: int,
    blind: int,
    state: Metres,
    touched: Ints,
    number: Ints,
    nearest: Metres,
) -> None:
    """Search from facilities; per node and kind, how many reach it and how near.

    ``number`` and ``nearest`` (nodes, kinds) come filled with 0 and ``limit + 1``.
    """
    far = limit + 1
    for row in rows:
        low, high = seed_ptr[row], seed_ptr[row + 1]
        count = reach(
            edges,
            seed_node[low:high],
            seed_cost[low:high],
            limit,
            blind,
            state,
            touched,
        )
        column = np.uint32(kind[row])
        for step in range(np.uint32(count)):
            node = np.uint32(touched[step])
            away = state[node, 0]
            state[node, 0] = far
            number[node, column] += 1
            if away < nearest[node, column]:
                nearest[node, column] = away


@compiled
def tally_from(  # noqa: PLR0913 - a kernel takes its arrays one by one
    edges: Metres,
    door_ptr: Ints,
    door_facility: Ints,
    door_cost: Metres,
    kind: Ints,
    nodes: Ints,
    limit: int,
    blind: int,
    state: Metres,
    touched: Ints,
    best: Metres,
    number: Ints,
    nearest: Metres,
) -> None:
    """Search from nodes; per node and kind, how many it reaches and how near.

    Node ``i`` has the doors ``door_ptr[i]:door_ptr[i + 1]`` of facilities, with their
    legs; a facility with several doors is counted once. ``best`` (facilities) comes
    filled with ``limit + 1``, as does ``nearest``; ``number`` with 0.
    """
    far = limit + 1
    seen = np.empty(len(kind), np.int32)
    cost = np.zeros(1, np.int64)
    for row in range(len(nodes)):
        count = reach(
            edges,
            nodes[row : row + 1],
            cost,
            limit,
            blind,
            state,
            touched,
        )
        found = 0
        for step in range(np.uint32(count)):
            node = np.uint32(touched[step])
            away = state[node, 0]
            state[node, 0] = far
            low, high = door_ptr[node], door_ptr[np.uint32(node + np.uint32(1))]
            for door in range(low, high):
                total = away + door_cost[door]
                facility = np.uint32(door_facility[door])
                if total > limit or total >= best[facility]:
                    continue
                if best[facility] == far:
                    seen[found] = facility
                    found += 1
                best[facility] = total
        for step in range(found):
            facility = np.uint32(seen[step])
            column = np.uint32(kind[facility])
            number[row, column] += 1
            if best[facility] < nearest[row, column]:
                nearest[row, column] = best[facility]
            best[facility] = far

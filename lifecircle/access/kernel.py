"""Compiled bounded shortest paths on CSR arrays, and compiled rasters.

Metres are counted in whole micrometres (int64): sums are exact in any order, so
that equal walks are equal and ties fall the same way everywhere. Rounding a segment
to a micrometre moves a walk of a thousand segments by half a millimetre at most.

The queue is a row of buckets, ``2**shift`` micrometres wide, each a list
linked both ways. Within a bucket nodes may settle more than once;
what is left when all buckets are empty is exact.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lifecircle.network.compiled import compiled

if TYPE_CHECKING:
    import numpy.typing as npt

    Ints = npt.NDArray[np.int32]
    Longs = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Bools = npt.NDArray[np.bool_]

__all__ = [
    "FAR",
    "SHIFT",
    "list_near",
    "search",
    "search_each",
    "stamp",
]

FAR = 1 << 62
"""Distance of a node that no walk reaches, micrometres."""
SHIFT = 23
"""Buckets of 2**23 micrometres, about 8.4 m."""


@compiled
def _unlink(node: int, links: Ints, head: Ints) -> None:
    """Take a node out of its bucket, if it is in one."""
    after, before, bucket = links[0, node], links[1, node], links[2, node]
    if bucket < 0:
        return
    if before >= 0:
        links[0, before] = after
    else:
        head[bucket] = after
    if after >= 0:
        links[1, after] = before
    links[2, node] = -1


@compiled
def _link(node: int, bucket: int, links: Ints, head: Ints) -> None:
    """Put a node in front of a bucket."""
    first = head[bucket]
    links[0, node] = first
    links[1, node] = -1
    links[2, node] = bucket
    if first >= 0:
        links[1, first] = node
    head[bucket] = node


@compiled
def search(  # noqa: PLR0913 - a kernel takes its arrays one by one
    indptr: Ints,
    neighbour: Ints,
    cost: Longs,
    seed_node: Ints,
    seed_cost: Longs,
    seed_label: Ints,
    limit: int,
    dist: Longs,
    label: Ints,
    previous: Ints,
    links: Ints,
    head: Ints,
    touched: Ints,
) -> int:
    """Bounded search from seeds, each with its cost and label.

    ``dist`` must come filled with ``FAR``, ``head`` with -1 (one per bucket), and
    ``links`` is a workspace (3, n) whose row 2 comes filled with -1; all are left
    so, but for the nodes named in ``touched``, whose number is returned. Among
    equal distances the lowest label wins. The limit is inclusive.
    """
    count = 0
    seeds = len(seed_node)
    at_seed = 0
    current = 0
    buckets = len(head)
    node = -1
    while current < buckets:
        # The seeds come first, as if they were edges from nowhere.
        if at_seed < seeds:
            low, high = at_seed, at_seed + 1
            at_seed += 1
            node = -1
        else:
            node = head[current]
            if node < 0:
                current += 1
                continue
            _unlink(node, links, head)
            low, high = indptr[node], indptr[node + 1]
        for edge in range(low, high):
            if node < 0:
                other = seed_node[edge]
                total = seed_cost[edge]
                name = seed_label[edge]
            else:
                other = neighbour[edge]
                total = dist[node] + cost[edge]
                name = label[node]
            if total > limit:
                continue
            known = dist[other]
            if total > known or (total == known and name >= label[other]):
                continue
            if known == FAR:
                touched[count] = other
                count += 1
            _unlink(other, links, head)
            dist[other] = total
            label[other] = name
            previous[other] = node
            _link(other, total >> SHIFT, links, head)
    return count


@compiled
def search_each(
    indptr: Ints,
    neighbour: Ints,
    cost: Longs,
    seed_ptr: Longs,
    seed_node: Ints,
    seed_cost: Longs,
    limit: int,
) -> tuple[Ints, Ints, Longs]:
    """One bounded search for each source: (source, node, micrometres) triples.

    Source ``i`` has the seeds ``seed_ptr[i]:seed_ptr[i + 1]``. Triples come source
    by source, nodes in the order in which they were first reached.
    """
    nodes = len(indptr) - 1
    dist = np.full(nodes, FAR, np.int64)
    label = np.zeros(nodes, np.int32)
    previous = np.empty(nodes, np.int32)
    links = np.full((3, nodes), -1, np.int32)
    head = np.full((limit >> SHIFT) + 1, -1, np.int32)
    touched = np.empty(nodes, np.int32)
    seed_label = np.zeros(len(seed_node), np.int32)
    room = 1024
    source = np.empty(room, np.int32)
    reached = np.empty(room, np.int32)
    metres = np.empty(room, np.int64)
    size = 0
    for row in range(len(seed_ptr) - 1):
        low, high = seed_ptr[row], seed_ptr[row + 1]
        count = search(
            indptr,
            neighbour,
            cost,
            seed_node[low:high],
            seed_cost[low:high],
            seed_label[low:high],
            limit,
            dist,
            label,
            previous,
            links,
            head,
            touched,
        )
        if size + count > room:
            room = 2 * (size + count)
            wider, further, longer = source, reached, metres
            source = np.empty(room, np.int32)
            reached = np.empty(room, np.int32)
            metres = np.empty(room, np.int64)
            source[:size] = wider[:size]
            reached[:size] = further[:size]
            metres[:size] = longer[:size]
        for step in range(count):
            node = touched[step]
            source[size] = row
            reached[size] = node
            metres[size] = dist[node]
            size += 1
            dist[node] = FAR
    return source[:size].copy(), reached[:size].copy(), metres[:size].copy()


@compiled
def list_near(
    lines: Floats, origin: Floats, size: float, shape: tuple[int, int], reach: float
) -> tuple[Longs, Ints]:
    """Lines within reach of each raster cell: row pointers and line numbers."""
    rows, columns = shape
    pointer = np.zeros(rows * columns + 1, np.int64)
    found = np.empty(0, np.int32)
    # First count, then fill.
    for turn in range(2):
        for line in range(len(lines)):
            ax, ay, bx, by = lines[line]
            left = max(0, int((min(ax, bx) - reach - origin[0]) // size))
            right = min(columns - 1, int((max(ax, bx) + reach - origin[0]) // size) + 1)
            low = max(0, int((min(ay, by) - reach - origin[1]) // size))
            high = min(rows - 1, int((max(ay, by) + reach - origin[1]) // size) + 1)
            dx, dy = bx - ax, by - ay
            length2 = dx * dx + dy * dy
            for row in range(low, high + 1):
                y = origin[1] + row * size
                for column in range(left, right + 1):
                    x = origin[0] + column * size
                    along = ((x - ax) * dx + (y - ay) * dy) / length2
                    along = min(1.0, max(0.0, along))
                    away = np.hypot(ax + along * dx - x, ay + along * dy - y)
                    if away > reach:
                        continue
                    cell = row * columns + column
                    if turn == 0:
                        pointer[cell + 1] += 1
                    else:
                        found[pointer[cell]] = line
                        pointer[cell] += 1
        if turn == 0:
            for cell in range(rows * columns):
                pointer[cell + 1] += pointer[cell]
            found = np.empty(pointer[-1], np.int32)
    # Filling moved every pointer to the next cell's start.
    for cell in range(rows * columns, 0, -1):
        pointer[cell] = pointer[cell - 1]
    pointer[0] = 0
    return pointer, found


@compiled
def stamp(  # noqa: PLR0913 - a kernel takes its arrays one by one
    lines: Floats,
    free: Bools,
    origin: Floats,
    size: float,
    reach: float,
    walls: Floats,
    pointer: Longs,
    near: Ints,
    away: Floats,
    nearest: Ints,
) -> None:
    """Distance from each raster cell to the nearest line it can see, and which.

    ``away`` (rows, columns) comes filled with ``reach``, ``nearest`` with -1. Cell
    (0, 0) has its middle at ``origin``. ``pointer`` and ``near`` name the walls
    around each cell, as ``list_near`` finds them; a straight leg across a wall does
    not count, unless the line is ``free``: a bridge over it, a tunnel below.
    """
    rows, columns = away.shape
    for line in range(len(lines)):
        ax, ay, bx, by = lines[line]
        left = max(0, int((min(ax, bx) - reach - origin[0]) // size))
        right = min(columns - 1, int((max(ax, bx) + reach - origin[0]) // size) + 1)
        low = max(0, int((min(ay, by) - reach - origin[1]) // size))
        high = min(rows - 1, int((max(ay, by) + reach - origin[1]) // size) + 1)
        dx, dy = bx - ax, by - ay
        length2 = max(dx * dx + dy * dy, 1e-12)
        # A centimetre short of the ends, so that a street that ends on a barrier
        # is seen from its own side only.
        margin = min(0.5, 0.01 / np.sqrt(length2))
        step_x, step_y = dx / length2, dy / length2
        for row in range(low, high + 1):
            y = origin[1] + row * size
            start = (y - ay) * step_y
            for column in range(left, right + 1):
                x = origin[0] + column * size
                along = (x - ax) * step_x + start
                along = min(1.0 - margin, max(margin, along))
                px, py = ax + along * dx, ay + along * dy
                square = (px - x) * (px - x) + (py - y) * (py - y)
                known = away[row, column]
                if square >= known * known:
                    continue
                distance = np.sqrt(square)
                cell = row * columns + column
                seen = True
                entries = 0 if free[line] else pointer[cell + 1] - pointer[cell]
                for entry in range(pointer[cell], pointer[cell] + entries):
                    wx, wy, vx, vy = walls[near[entry]]
                    one = (vx - wx) * (y - wy) - (vy - wy) * (x - wx)
                    two = (vx - wx) * (py - wy) - (vy - wy) * (px - wx)
                    if one * two > 0.0:
                        continue
                    three = (px - x) * (wy - y) - (py - y) * (wx - x)
                    four = (px - x) * (vy - y) - (py - y) * (vx - x)
                    if three * four <= 0.0:
                        seen = False
                        break
                if seen:
                    away[row, column] = distance
                    nearest[row, column] = line

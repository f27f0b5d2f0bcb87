"""The nearest segment of many points, by a grid of cells.

Exact: cells are searched ring by ring until no cell left can hold anything nearer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lifecircle.network.compiled import compiled

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int32]
    Longs = npt.NDArray[np.int64]

__all__ = ["feet", "nearest_segments", "segment_ends"]

_CELLS_PER_SEGMENT = 0.5
_SMALLEST_CELL_M = 1.0
SLACK_M = 1e-6
BLOCK = 2
TIE_M2 = 1e-4
"""Cells this much beyond the nearest are looked at too: rounding, which differs with
the grid's origin, must not hide a segment that is exactly as near."""


def nearest_segments(
    xy: Floats, points: Floats, *, reach_m: float
) -> tuple[Ints, Floats, Floats]:
    """Nearest of some straight segments for each point.

    Parameters
    ----------
    xy : float64 array (n, 4)
        Start x, start y, end x, end y of segments.
    points : float64 array (m, 2)
        In the same metres.
    reach_m : float
        Farthest distance, metres, inclusive.

    Returns
    -------
    tuple
        Row of ``xy`` (int32), the lowest among equals, -1 where none is within reach;
        metres from its start to the nearest place on it, and from there to the point
        (float64, NaN where none).

    Examples
    --------
    >>> import numpy as np
    >>> segments = np.array([[0.0, 0.0, 100.0, 0.0], [0.0, 50.0, 100.0, 50.0]])
    >>> spots = np.array([[10.0, 20.0], [10.0, 30.0], [10.0, 25.0], [10.0, 99.0]])
    >>> row, along_m, off_m = nearest_segments(segments, spots, reach_m=40)
    >>> row.tolist(), along_m.tolist(), off_m.tolist()
    ([0, 1, 0, -1], [10.0, 10.0, 10.0, nan], [20.0, 20.0, 25.0, nan])
    """
    found = np.full(len(points), -1, np.int32)
    along_m, off_m = np.full((2, len(points)), np.nan)
    if not len(xy) or not len(points):
        return found, along_m, off_m
    xy, points = np.ascontiguousarray(xy), np.ascontiguousarray(points)
    low, high = box(xy)
    width, height = high - low
    size = max(
        np.sqrt(width * height / (_CELLS_PER_SEGMENT * len(xy))),
        max(width, height) / (_CELLS_PER_SEGMENT * len(xy)),
        _SMALLEST_CELL_M,
    )
    shape = (int(height // size) + 1, int(width // size) + 1)
    pointer, listed = list_segments(xy, low, size, shape)
    order = by_cell(points, low, size, shape)
    # Put side by side first: half of the search would be waiting for points far apart.
    found[order], along_m[order], off_m[order] = nearest_each(
        xy,
        points.take(order, axis=0),
        low,
        size,
        shape,
        pointer,
        listed,
        float(reach_m),
    )
    return found, along_m, off_m


@compiled
def segment_ends(node_xy: Floats, nodes: Ints, rows: Longs) -> Floats:
    """Start x, start y, end x, end y of some segments."""
    xy = np.empty((len(rows), 4), np.float64)
    for number in range(len(rows)):
        start, end = nodes[rows[number], 0], nodes[rows[number], 1]
        xy[number, 0], xy[number, 1] = node_xy[start, 0], node_xy[start, 1]
        xy[number, 2], xy[number, 3] = node_xy[end, 0], node_xy[end, 1]
    return xy


@compiled
def feet(
    node_xy: Floats,
    nodes: Ints,
    length_m: Floats,
    rows: npt.NDArray[np.integer[Any]],
    points: Floats,
    margin_m: float,
) -> tuple[Floats, Floats]:
    """Nearest place to each point on its segment, and its metres from the start.

    The place stays the margin away from the segment's ends, at most half its length.
    """
    foot = np.empty((len(rows), 2), np.float64)
    along_m = np.empty(len(rows), np.float64)
    for number in range(len(rows)):
        row = rows[number]
        start, end = nodes[row, 0], nodes[row, 1]
        length = length_m[row]
        wx = (node_xy[end, 0] - node_xy[start, 0]) / length
        wy = (node_xy[end, 1] - node_xy[start, 1]) / length
        x = points[number, 0] - node_xy[start, 0]
        y = points[number, 1] - node_xy[start, 1]
        margin = min(margin_m, length / 2)
        along = min(max(x * wx + y * wy, margin), length - margin)
        foot[number, 0] = node_xy[start, 0] + along * wx
        foot[number, 1] = node_xy[start, 1] + along * wy
        along_m[number] = along
    return foot, along_m


@compiled
def box(xy: Floats) -> tuple[Floats, Floats]:
    """Lower left and upper right corner, a hair outside."""
    low, high = np.full(2, np.inf), np.full(2, -np.inf)
    for line in range(len(xy)):
        for axis in range(2):
            one, two = xy[line, axis], xy[line, axis + 2]
            low[axis] = min(low[axis], min(one, two))
            high[axis] = max(high[axis], max(one, two))
    return low - SLACK_M, high + SLACK_M


@compiled
def by_cell(points: Floats, low: Floats, size: float, shape: tuple[int, int]) -> Ints:
    """Points in the order of blocks of cells, so that neighbours share the cache."""
    rows, columns = (shape[0] - 1) // BLOCK + 1, (shape[1] - 1) // BLOCK + 1
    block = np.empty(len(points), np.int32)
    start = np.zeros(rows * columns + 1, np.int64)
    for point in range(len(points)):
        column = int((points[point, 0] - low[0]) / size) // BLOCK
        row = int((points[point, 1] - low[1]) / size) // BLOCK
        column = min(max(column, 0), columns - 1)
        row = min(max(row, 0), rows - 1)
        block[point] = row * columns + column
        start[row * columns + column + 1] += 1
    for number in range(rows * columns):
        start[number + 1] += start[number]
    order = np.empty(len(points), np.int32)
    for point in range(len(points)):
        order[start[block[point]]] = point
        start[block[point]] += 1
    return order


@compiled
def list_segments(
    xy: Floats, low: Floats, size: float, shape: tuple[int, int]
) -> tuple[Longs, Ints]:
    """Segments that pass through each cell: cell pointers and segment numbers."""
    rows, columns = shape
    per_m = 1.0 / size
    pointer = np.zeros(rows * columns + 1, np.int64)
    listed = np.empty(0, np.int32)
    # First count, then fill.
    for turn in range(2):
        for line in range(len(xy)):
            ax, ay = (xy[line, 0] - low[0]) * per_m, (xy[line, 1] - low[1]) * per_m
            bx, by = (xy[line, 2] - low[0]) * per_m, (xy[line, 3] - low[1]) * per_m
            if ay > by:
                ax, ay, bx, by = bx, by, ax, ay
            first = max(0, int(ay - 1e-9))
            last = min(rows - 1, int(by + 1e-9))
            slope = (bx - ax) / (by - ay) if last > first and by > ay else 0.0
            for row in range(first, last + 1):
                # The part of the segment in this row of cells, a hair more.
                start = ax if row <= ay else ax + (row - ay) * slope
                end = bx if row + 1 >= by else ax + (row + 1 - ay) * slope
                left = max(0, int(min(start, end) - 1e-9))
                right = min(columns - 1, int(max(start, end) + 1e-9))
                for column in range(left, right + 1):
                    cell = np.uint64(row * columns + column)
                    if turn == 0:
                        pointer[cell + np.uint64(1)] += 1
                    else:
                        listed[np.uint64(pointer[cell])] = line
                        pointer[cell] += 1
        if turn == 0:
            for before in range(rows * columns):
                pointer[before + 1] += pointer[before]
            listed = np.empty(pointer[-1], np.int32)
    # Filling moved every pointer to the next cell's start.
    for after in range(rows * columns, 0, -1):
        pointer[after] = pointer[after - 1]
    pointer[0] = 0
    return pointer, listed


@compiled
def nearest_each(  # noqa: PLR0913 - a kernel takes its arrays one by one
    xy: Floats,
    points: Floats,
    low: Floats,
    size: float,
    shape: tuple[int, int],
    pointer: Longs,
    listed: Ints,
    reach: float,
) -> tuple[Ints, Floats, Floats]:
    """Ring by ring around each point's cell."""
    found = np.full(len(points), -1, np.int32)
    along_m, off_m = np.full(len(points), np.nan), np.full(len(points), np.nan)
    rows, columns = shape
    for point in range(len(points)):
        x, y = points[point]
        column = int(np.floor((x - low[0]) / size))
        row = int(np.floor((y - low[1]) / size))
        # Distance to the nearest side of the point's own cell.
        fx, fy = x - low[0] - column * size, y - low[1] - row * size
        side = min(min(fx, size - fx), min(fy, size - fy))
        # Rings that do not touch the grid are passed over.
        ring = max(max(-column, column - columns + 1), max(-row, row - rows + 1), 0)
        best, winner = reach * reach, -1
        while ring == 0 or ((ring - 1) * size + side) ** 2 <= best + TIE_M2:
            if (
                row - ring < 0
                and row + ring >= rows
                and column - ring < 0
                and column + ring >= columns
            ):
                break
            for at in range(max(row - ring, 0), min(row + ring, rows - 1) + 1):
                up = max(max((at - row) * size - fy, fy - (at - row + 1) * size), 0.0)
                edge = at == row - ring or at == row + ring
                step = 1 if edge or ring == 0 else 2 * ring
                for across in range(column - ring, column + ring + 1, step):
                    if across < 0 or across >= columns:
                        continue
                    to = across - column
                    aside = max(max(to * size - fx, fx - (to + 1) * size), 0.0)
                    if aside * aside + up * up > best + TIE_M2:
                        continue
                    cell = np.uint64(at * columns + across)
                    low_entry, high_entry = pointer[cell], pointer[cell + np.uint64(1)]
                    best, winner = nearer(
                        xy, listed[low_entry:high_entry], x, y, best, winner
                    )
            ring += 1
        if winner >= 0:
            found[point] = winner
            along_m[point] = place(xy, winner, x, y)
            off_m[point] = np.sqrt(best)
    return found, along_m, off_m


@compiled
def nearer(
    xy: Floats, lines: Ints, x: float, y: float, best: float, winner: int
) -> tuple[float, int]:
    """The nearest of some segments, if nearer than the best so far."""
    for line in lines:
        away = square(xy, line, x, y, best)
        if away < best or (away == best and (winner < 0 or line < winner)):
            best, winner = away, line
    return best, winner


@compiled
def place(xy: Floats, line: int, x: float, y: float) -> float:
    """From a segment's start to its place nearest to a point."""
    dx, dy = xy[line, 2] - xy[line, 0], xy[line, 3] - xy[line, 1]
    length = np.sqrt(dx * dx + dy * dy)
    along = (x - xy[line, 0]) * dx + (y - xy[line, 1]) * dy
    return float(min(max(along / length, 0.0), length))


@compiled
def square(xy: Floats, line: int, x: float, y: float, best: float) -> float:
    """Distance from a point to a segment, squared; infinite if plainly above best."""
    ax, ay, bx, by = xy[line, 0], xy[line, 1], xy[line, 2], xy[line, 3]
    dx, dy = bx - ax, by - ay
    px, py = x - ax, y - ay
    along = px * dx + py * dy
    length2 = dx * dx + dy * dy
    # Off an end: from the end itself, so that segments that meet there are equal.
    if along >= length2:
        px, py = x - bx, y - by
    elif along > 0.0:
        across = px * dy - py * dx
        # Without a division, most segments are seen to be too far.
        if across * across > best * length2 * (1.0 + 1e-9):
            return float(np.inf)
        share = along / length2
        px, py = px - share * dx, py - share * dy
    return float(px * px + py * py)

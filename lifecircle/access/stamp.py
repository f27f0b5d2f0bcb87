"""Compiled rasters: distance of cells from lines that they can see."""

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

__all__ = ["list_near", "stamp"]


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

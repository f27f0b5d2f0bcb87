"""A grid of heights, as ``District`` carries it; nothing here reads a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

__all__ = ["Elevation"]


@dataclass(frozen=True, slots=True, eq=False)
class Elevation:
    """A grid of heights, north up.

    Attributes
    ----------
    height_m : float array (rows, columns)
        Row 0 is the northernmost; NaN = unknown.
    west_m, north_m : float
        Outer corner of the first cell, in the district's CRS.
    cell_m : float
        Edge of a cell.
    """

    height_m: Floats
    west_m: float
    north_m: float
    cell_m: float

    def at(self, xy: Floats) -> Floats:
        """Heights, bilinear between the middles of cells.

        Parameters
        ----------
        xy : float array (n, 2)
            Metres.

        Returns
        -------
        float array (n,)
            Metres; NaN beyond the outermost cells or beside unknown ones.

        Examples
        --------
        >>> grid = Elevation(np.array([[0.0, 10.0]]), west_m=0, north_m=10, cell_m=10)
        >>> grid.at(np.array([[5.0, 5.0], [10.0, 5.0], [99.0, 5.0]])).tolist()
        [0.0, 5.0, nan]
        """
        rows, columns = self.height_m.shape
        across = (xy[:, 0] - self.west_m) / self.cell_m - 0.5
        down = (self.north_m - xy[:, 1]) / self.cell_m - 0.5
        inside = (np.abs(across - (columns - 1) / 2) <= columns / 2) & (
            np.abs(down - (rows - 1) / 2) <= rows / 2
        )
        # Within the outer half of a cell at the rim its own height stands.
        across, down = np.clip(across, 0, columns - 1), np.clip(down, 0, rows - 1)
        left = np.minimum(across.astype(int), max(columns - 2, 0))
        top = np.minimum(down.astype(int), max(rows - 2, 0))
        right, low = np.minimum(left + 1, columns - 1), np.minimum(top + 1, rows - 1)
        east, south = across - left, down - top
        grid = self.height_m
        height_m = _mix(
            _mix(grid[top, left], grid[top, right], east),
            _mix(grid[low, left], grid[low, right], east),
            south,
        )
        return np.where(inside, height_m, np.nan)


def _mix(first: Floats, second: Floats, share: Floats) -> Floats:
    """Between two values; one alone where the share is all its own."""
    mixed = first * (1 - share) + second * share
    return np.where(share == 0, first, np.where(share == 1, second, mixed))

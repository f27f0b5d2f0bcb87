"""Paper, scale and frame of a printed sheet; everything on it is in millimetres."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["PAPERS", "SCALES", "Frame", "Paper", "fitting", "points"]

SCALES = (2_000, 5_000, 10_000, 15_000, 20_000, 25_000, 50_000, 100_000, 200_000)
"""Denominators that a sheet is drawn at."""

MARGIN_MM, TITLE_MM, FOOT_MM = 10.0, 17.0, 7.0
_AIR = 1.04


def points(millimetres: float) -> float:
    """Points (1/72 inch) of a length on paper.

    Examples
    --------
    >>> points(25.4)
    72.0
    """
    return millimetres * 72 / 25.4


@dataclass(frozen=True, slots=True)
class Paper:
    """A sheet of paper, landscape, and how it is divided.

    Attributes
    ----------
    width_mm, height_mm : float
        Of the sheet.
    column_mm : float
        Width of the column beside the map.
    symbols : float
        Size of symbols and text, as a share of those on A3.
    """

    name: str
    width_mm: float
    height_mm: float
    column_mm: float
    symbols: float

    @property
    def map_mm(self) -> tuple[float, float, float, float]:
        """Left, bottom, width and height of the map on the sheet."""
        width = self.width_mm - 2 * MARGIN_MM - self.column_mm
        title, foot = TITLE_MM * self.symbols, FOOT_MM * self.symbols
        height = self.height_mm - 2 * MARGIN_MM - title - foot
        return MARGIN_MM, MARGIN_MM + foot, width, height


PAPERS = {
    "A3": Paper("A3", 420.0, 297.0, 91.0, 1.0),
    "A4": Paper("A4", 297.0, 210.0, 68.0, 0.85),
}


@dataclass(frozen=True, slots=True)
class Frame:
    """The ground that a map shows: sheets of one frame can be laid over each other.

    Attributes
    ----------
    scale : int
        Denominator: 10,000 is 1:10 000.
    x_m, y_m : float
        Middle of the map in the district's metric CRS.
    """

    scale: int
    x_m: float
    y_m: float

    def extent_m(self, paper: Paper) -> tuple[float, float, float, float]:
        """West, south, east and north end of the map on a paper, metres.

        Examples
        --------
        >>> [round(end) for end in Frame(10_000, 0.0, 0.0).extent_m(PAPERS["A3"])]
        [-1545, -1265, 1545, 1265]
        """
        *_, width, height = paper.map_mm
        half_x, half_y = (side * self.scale / 2000 for side in (width, height))
        return (
            self.x_m - half_x,
            self.y_m - half_y,
            self.x_m + half_x,
            self.y_m + half_y,
        )


def fitting(bounds_m: tuple[float, float, float, float], paper: Paper) -> Frame:
    """The largest usual scale at which bounds fit on the map of a paper.

    Parameters
    ----------
    bounds_m : tuple
        West, south, east, north, metres.
    paper : Paper
        From ``PAPERS``.

    Returns
    -------
    Frame
        In the middle of the bounds; beyond the list, whole hundred thousands.

    Examples
    --------
    3 km by 2 km on a map of 309 mm by 253 mm: 3,000 * 1.04 / 0.309 = 1:10,097.

    >>> fitting((0.0, 0.0, 3000.0, 2000.0), PAPERS["A3"]).scale
    15000
    """
    west, south, east, north = bounds_m
    *_, width, height = paper.map_mm
    needed = _AIR * 1000 * max((east - west) / width, (north - south) / height)
    usual = [scale for scale in SCALES if scale >= needed]
    scale = usual[0] if usual else math.ceil(needed / 100_000) * 100_000
    return Frame(scale, (west + east) / 2, (south + north) / 2)

"""What a layer's coordinates seem to be, from the file, its names and its numbers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from lifecircle.tables.cells import is_missing, to_number
from lifecircle.tables.zones import CHINA, ZONE_M, zone_in_easting

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pyproj import CRS

    from lifecircle.tables.survey import Layer

__all__ = ["CrsGuess", "guess_crs", "middle_of"]

_METRES = 10_000.0
_NORTH_M = 6e6
_FEWEST_SURE = 25
"""How alike two definitions must be, in per cent, for one to be called the other."""


@dataclass(frozen=True, slots=True, eq=False)
class CrsGuess:
    """Coordinates as they seem to be.

    Attributes
    ----------
    declared : str
        As a district file declares them; empty if nothing can be said.
    key : str
        Sentence of ``inspect`` that says why.
    values : Mapping
        What the sentence needs.
    sure : bool
        False where a person has to confirm it.
    swapped : bool
        Whether the column that is named as the easting holds the northing.
    """

    declared: str
    key: str
    values: Mapping[str, Any] = field(default_factory=dict)
    sure: bool = False
    swapped: bool = False


def _code_of(crs: CRS) -> str:
    code = crs.to_epsg(min_confidence=_FEWEST_SURE)
    return f"EPSG:{code}" if code else ""


def _numbers(cells: Sequence[Any]) -> list[float]:
    return [
        to_number(cell, ("°", "m", "米", "度"))
        for cell in cells
        if not is_missing(cell)
    ]


def middle_of(layer: Layer, axes: tuple[str, str]) -> tuple[float, float] | None:
    """The middle of a layer in its own numbers.

    Parameters
    ----------
    layer : Layer
        As looked at.
    axes : tuple of str
        The coordinate columns of a table; empty for a layer with geometry.

    Returns
    -------
    tuple of float or None
        Of the bounds, or the median point of a table; None if it has no place.

    Examples
    --------
    >>> from pathlib import Path
    >>> from lifecircle.tables.survey import Layer
    >>> middle_of(Layer(Path("a.shp"), bounds=(117.0, 31.0, 118.0, 32.0)), ("", ""))
    (117.5, 31.5)
    """
    if axes[0]:
        cells = dict(zip(layer.names, layer.samples, strict=True))
        x, y = (_numbers(cells[axis]) for axis in axes)
        return (float(np.median(x)), float(np.median(y))) if x and y else None
    if layer.bounds is None:
        return None
    west, south, east, north = layer.bounds
    return (west + east) / 2, (south + north) / 2


def _datum_word(
    layer: Layer, datums: Mapping[str, Sequence[str]], axes: tuple[str, str]
) -> tuple[str, str]:
    """A datum that names speak of, and the word: the axes', then the file's, then all.

    Words are compared from the start of a name's parts, so that ``abd_x`` is no bd_.
    """
    for names in (axes, (layer.path.stem, layer.name), layer.names):
        said = " ".join(names).lower()
        for datum, words in datums.items():
            for word in words:
                if re.search(rf"(?<![a-z0-9]){re.escape(word)}", said):
                    return datum, word
    return "", ""


def _is_swapped(x: float, y: float) -> bool:
    """Whether two numbers make sense in China the other way round only."""
    west, south, east, north = CHINA
    if west <= y <= east and south <= x <= north:
        return True
    return bool(zone_in_easting(y)) and 0 < x < _NORTH_M and not zone_in_easting(x)


def _by_numbers(x: float, y: float) -> CrsGuess:
    west, south, east, north = CHINA
    shown = {"x": f"{x:.6g}", "y": f"{y:.6g}"}
    if west <= x <= east and south <= y <= north:
        return CrsGuess("EPSG:4490", "crs_degrees", shown)
    if _is_swapped(x, y):
        return CrsGuess("EPSG:4490", "crs_swapped", shown)
    numbered = zone_in_easting(x)
    if numbered and 0 < y < _NORTH_M:
        told = {**shown, "zone": int(x // ZONE_M)}
        return CrsGuess(numbered, "crs_zone", told, sure=True)
    if _METRES < x < ZONE_M and _METRES < y < _NORTH_M:
        return CrsGuess("", "crs_metres", shown)
    return CrsGuess("", "crs_unknown", shown)


def guess_crs(
    layer: Layer,
    datums: Mapping[str, Sequence[str]],
    *,
    axes: tuple[str, str] = ("", ""),
) -> CrsGuess:
    """Guess what a layer's coordinates are.

    Parameters
    ----------
    layer : Layer
        As looked at.
    datums : Mapping[str, sequence of str]
        Datum -> words that name it, in the order of trust.
    axes : tuple of str, optional
        The coordinate columns of a table; what they are called says most.

    Returns
    -------
    CrsGuess
        With its evidence. A map service's name beats what the file says, since
        no file can say GCJ-02 or BD-09.

    Examples
    --------
    >>> from pathlib import Path
    >>> from lifecircle.tables.survey import Layer
    >>> plan = Layer(Path("a.shp"), bounds=(39443e3, 3520e3, 39445e3, 3522e3))
    >>> found = guess_crs(plan, {})
    >>> found.declared, found.sure
    ('EPSG:4527', True)
    """
    middle = middle_of(layer, axes)
    if axes[0] and middle is not None and _is_swapped(*middle):
        found = _guess(layer, datums, axes, (middle[1], middle[0]))
        return replace(found, swapped=True)
    return _guess(layer, datums, axes, middle)


def _guess(
    layer: Layer,
    datums: Mapping[str, Sequence[str]],
    axes: tuple[str, str],
    middle: tuple[float, float] | None,
) -> CrsGuess:
    datum, word = _datum_word(layer, datums, axes)
    if datum in ("gcj02", "bd09"):
        return CrsGuess(datum, "crs_by_name", {"word": word})
    if layer.crs is not None:
        shown = {"name": layer.crs.name}
        code = _code_of(layer.crs)
        return CrsGuess(code, "crs_by_file", shown, sure=bool(code))
    if datum and middle is not None and max(map(abs, middle)) <= 180:
        return CrsGuess(datum, "crs_by_name", {"word": word})
    if middle is None:
        return CrsGuess("", "crs_no_numbers")
    return _by_numbers(*middle)

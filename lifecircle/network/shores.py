"""Which side of a barrier the end of a piece is on, where pieces meet on it.

A piece that only touches a barrier, or passes its end, is not cut: two ends are
apart only if the barrier runs between them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import atan2, pi, tau
from typing import TYPE_CHECKING

import numpy as np
import shapely

from lifecircle.network.csr import first_seen

if TYPE_CHECKING:
    import numpy.typing as npt
    from shapely import LineString

    from lifecircle.network.lines import Pieces

__all__ = ["Crossings", "cross_barriers", "place_codes", "place_ids"]

_LOOK_M = 0.05
"""How far to look back and forth along a barrier for its direction."""
_ALONG_RAD = 2e-3
"""A piece that leaves at less than this angle runs along the barrier."""


@dataclass(frozen=True, slots=True, eq=False)
class Crossings:
    """Places where pieces meet walls and barriers.

    Attributes
    ----------
    row : int array (n,)
        The piece.
    share : float array (n,)
        Place along the piece, from 0 to 1.
    owner : int array (n,)
        The wall, or after the walls the barrier.
    place : float array (n, 2)
        Metres, rounded to a millimetre.
    """

    row: npt.NDArray[np.intp]
    share: npt.NDArray[np.float64]
    owner: npt.NDArray[np.int32]
    place: npt.NDArray[np.float64]


def place_ids(
    xy: npt.NDArray[np.float64], *more: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp]]:
    """Number the places of piece ends, equal millimetres being one place.

    Parameters
    ----------
    xy : float array (n, 4)
        Pieces, metres.
    *more : float arrays (k, 2)
        Further places.

    Returns
    -------
    tuple
        Coordinates of each place (sorted by x, then y), and the place of each end
        (start and end of the first piece, of the second, …), then of ``more``.

    Examples
    --------
    >>> import numpy as np
    >>> places, ids = place_ids(np.array([[0.0, 0, 1, 0], [1, 0, 1, 1]]))
    >>> ids.tolist()
    [0, 1, 1, 2]
    """
    every = np.vstack([xy.reshape(-1, 2), *more])
    code = place_codes(every)
    number, first = first_seen(code)
    order = np.argsort(code[first])
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return every[first[order]], rank[number]


def place_codes(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """A number for each place: equal where the millimetres are, sorted by x, then y.

    Parameters
    ----------
    xy : float array (n, 2)
        Metres, no more than 2,000 km apart.

    Returns
    -------
    int64 array (n,)
        0 or more.

    Examples
    --------
    >>> import numpy as np
    >>> place_codes(np.array([[0.0, 0.002], [0.0, 0.0], [0.001, 0.0]])).tolist()
    [2, 0, 2147483648]
    """
    east, north = (np.rint(axis * 1000).astype(np.int64) for axis in xy.T)
    codes: npt.NDArray[np.int64] = ((east - east.min()) << 31) + (north - north.min())
    return codes


def cross_barriers(
    pieces: Pieces,
    *,
    ends: npt.NDArray[np.intp],
    places: npt.NDArray[np.float64],
    crossed: npt.NDArray[np.intp],
    barrier: npt.NDArray[np.int32],
    lines: npt.NDArray[np.object_],
) -> tuple[npt.NDArray[np.int32], list[tuple[int, int]]]:
    """Shore of every end: 0, or one number per side at a place on a barrier.

    Parameters
    ----------
    pieces : Pieces
        Split wherever they meet a barrier.
    ends : int array (n, 2)
        Place of the start and end of each piece.
    places : float array (p, 2)
        Metres.
    crossed, barrier : int arrays
        Place on a barrier, and which.
    lines : object array of shapely LineString
        The barriers.

    Returns
    -------
    tuple
        Shore of every end, and (place, barrier) of every cut.
    """
    shore = np.zeros((len(ends), 2), np.int32)
    cuts: list[tuple[int, int]] = []
    on_barrier = np.zeros(len(places), dtype=bool)
    on_barrier[crossed] = True
    meeting: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for row, end in np.argwhere(on_barrier[ends]):
        meeting[int(ends[row, end])].append((int(row), int(end)))
    free = pieces.free
    weight: dict[int, int] = defaultdict(lambda: 1)
    pairs = np.unique(np.column_stack([crossed, barrier]), axis=0)
    for place, which in pairs.tolist():
        met = meeting[place]
        # Where a bridge or tunnel ends on the barrier, walkers cross by it.
        if any(free[row] for row, _ in met):
            continue
        around = _directions(lines[which], places[place])
        if around is None:
            continue
        sides = [
            _side(around, _leaving(pieces.xy[row], end)) * weight[place]
            for row, end in met
        ]
        for (row, end), side in zip(met, sides, strict=True):
            shore[row, end] += side
        weight[place] *= 3
        if len(set(sides)) > 1:
            cuts.append((place, which))
    return shore, cuts


def _directions(
    line: LineString, place: npt.NDArray[np.float64]
) -> tuple[float, float] | None:
    """Angles back and forth along a barrier; None at its end."""
    here = shapely.Point(place)
    along, length = line.project(here), line.length
    back, forth = along - _LOOK_M, along + _LOOK_M
    if line.is_closed:
        back, forth = back % length, forth % length
    elif back < 0 or forth > length:
        return None
    angles = [
        atan2(spot.y - here.y, spot.x - here.x)
        for spot in (line.interpolate(back), line.interpolate(forth))
    ]
    return angles[0], angles[1]


def _leaving(xy: npt.NDArray[np.float64], end: int) -> float:
    turn = 1 if end == 0 else -1
    return atan2(turn * (xy[3] - xy[1]), turn * (xy[2] - xy[0]))


def _side(around: tuple[float, float], angle: float) -> int:
    """1 or 2; a piece along the barrier counts with side 1."""
    back, forth = around
    for direction in around:
        if abs((angle - direction + pi) % tau - pi) < _ALONG_RAD:
            return 1
    return 1 if (angle - back) % tau < (forth - back) % tau else 2

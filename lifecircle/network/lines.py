"""Roads to straight walkable pieces that meet only where they share a vertex.

Coordinates are rounded to a millimetre, and two pieces meet where their rounded
ends are the same. Lines that cross without a shared vertex do not meet, so that a
bridge stays above the street below it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
import shapely

from lifecircle.errors import NetworkError

if TYPE_CHECKING:
    import numpy.typing as npt
    from geopandas import GeoDataFrame

__all__ = [
    "KINDS",
    "OPEN",
    "OUTSIDE",
    "Pieces",
    "joined",
    "points_at",
    "read_pieces",
    "split_pieces",
    "straight_lines",
]

OUTSIDE = -1
"""Label of a piece that lies in no walled compound."""
OPEN = -2
"""Side of a piece's end at an open gate: pieces of every side meet there."""

KINDS = ("bridge", "connector", "join", "path", "steps", "street", "tunnel")
"""What a piece is, in the order of the alphabet."""

_PATHS = frozenset(
    {"footway", "path", "pedestrian", "track", "cycleway", "corridor", "bridleway"}
)


def straight_lines(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.object_]:
    """Straight lines from their coordinates.

    Parameters
    ----------
    xy : float array (n, 4)
        Start x, start y, end x, end y.

    Returns
    -------
    object array (n,) of shapely LineString
        From start to end.

    Examples
    --------
    >>> import numpy as np
    >>> float(straight_lines(np.array([[0.0, 0.0, 3.0, 4.0]]))[0].length)
    5.0
    """
    return np.asarray(shapely.linestrings(xy.reshape(-1, 2, 2)), dtype=object)


def points_at(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.object_]:
    """Points from their coordinates.

    Parameters
    ----------
    xy : float array (n, 2)
        Metres.

    Returns
    -------
    object array (n,) of shapely Point
        In the same order.

    Examples
    --------
    >>> import numpy as np
    >>> points_at(np.array([[0.0, 0.0]]))[0].wkt
    'POINT (0 0)'
    """
    return np.asarray(shapely.points(xy), dtype=object)


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Straight pieces of street, in metres.

    Attributes
    ----------
    xy : float64 array (n, 4)
        Start x, start y, end x, end y, rounded to a millimetre.
    kind : int8 array (n,)
        Position in ``KINDS``.
    label : int32 array (n,)
        Position of the walled compound that the piece lies in; -1 = outside.
    side : int32 array (n, 2)
        Per end, which side of a wall it is on. Ends meet only if side and shore
        agree: the label, or ``OPEN`` at an open gate.
    shore : int32 array (n, 2)
        Per end, which side of a barrier it is on, 0 where none passes.
    road : int32 array (n,)
        Row of the road in its table; -1 = of none, as if not given.
    """

    xy: npt.NDArray[np.float64]
    kind: npt.NDArray[np.int8]
    label: npt.NDArray[np.int32]
    side: npt.NDArray[np.int32]
    shore: npt.NDArray[np.int32]
    road: npt.NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))

    def __post_init__(self) -> None:
        if len(self.road) != len(self.xy):
            object.__setattr__(self, "road", np.full(len(self.xy), -1, np.int32))

    @property
    def free(self) -> npt.NDArray[np.bool_]:
        """Pieces on a bridge or in a tunnel: walls and barriers pass them by."""
        bridge, tunnel = KINDS.index("bridge"), KINDS.index("tunnel")
        return np.asarray((self.kind == bridge) | (self.kind == tunnel), dtype=bool)

    @property
    def lengths_m(self) -> npt.NDArray[np.float64]:
        """Length of every piece, metres."""
        return np.hypot(
            self.xy[:, 2] - self.xy[:, 0], self.xy[:, 3] - self.xy[:, 1]
        ).astype(np.float64)

    def lines(self) -> npt.NDArray[np.object_]:
        """The pieces as shapely lines.

        Returns
        -------
        object array of shapely LineString
            From start to end.
        """
        return straight_lines(self.xy)

    def take(self, rows: npt.NDArray[np.intp] | npt.NDArray[np.bool_]) -> Pieces:
        """The pieces at some rows.

        Parameters
        ----------
        rows : int or bool array
            Which.

        Returns
        -------
        Pieces
            In the order of ``rows``.
        """
        return Pieces(
            self.xy[rows],
            self.kind[rows],
            self.label[rows],
            self.side[rows],
            self.shore[rows],
            self.road[rows],
        )


def read_pieces(roads: GeoDataFrame) -> Pieces:
    """Straight walkable pieces of a road table.

    Parameters
    ----------
    roads : GeoDataFrame
        Lines, metric CRS: ``road_class``, ``walkable``, ``bridge``, ``tunnel``,
        ``steps`` (yes, no).

    Returns
    -------
    Pieces
        One piece between consecutive vertices; those without length dropped.

    Raises
    ------
    NetworkError
        If no road can be walked.

    Examples
    --------
    >>> float(read_pieces(toy.district.roads).lengths_m.sum())
    4590.0
    """
    chosen = (roads["walkable"] == "yes").to_numpy()
    walked = roads[chosen]
    shapes = walked.geometry.to_numpy().astype(object)
    parts = shapely.get_num_geometries(shapes)
    road = np.repeat(np.arange(len(shapes)), parts)
    lines = shapes[road]
    lines[parts[road] > 1] = shapely.get_parts(shapes[parts > 1])
    xy, line = shapely.get_coordinates(lines, return_index=True)
    np.round(xy, 3, out=xy)
    moves = (xy[1:, 0] != xy[:-1, 0]) | (xy[1:, 1] != xy[:-1, 1])
    start = np.flatnonzero(moves & (line[1:] == line[:-1]))
    ends = np.hstack([xy[start], xy[start + 1]])
    row = road[line[start]]
    if not len(ends):
        raise NetworkError(
            where="roads",
            what=f"none of {len(roads)} roads can be walked.",
            fix="Give roads with walkable = yes, or map road_class to classes that "
            "can be walked.",
        )
    kind = _kinds(walked)[row]
    return Pieces(
        ends,
        kind,
        np.full(len(ends), OUTSIDE, np.int32),
        np.full((len(ends), 2), OUTSIDE, np.int32),
        np.zeros((len(ends), 2), np.int32),
        np.flatnonzero(chosen)[row].astype(np.int32),
    )


def _kinds(roads: GeoDataFrame) -> npt.NDArray[np.int8]:
    road_class = roads["road_class"]
    kind = np.full(len(roads), KINDS.index("street"), np.int8)
    stairs = (roads["steps"] == "yes") | (road_class == "steps")
    for name, chosen in (
        ("path", road_class.isin(_PATHS)),
        ("steps", stairs),
        ("bridge", roads["bridge"] == "yes"),
        ("tunnel", roads["tunnel"] == "yes"),
    ):
        kind[chosen.to_numpy()] = KINDS.index(name)
    return kind


def split_pieces(
    pieces: Pieces, *, rows: npt.NDArray[np.intp], share: npt.NDArray[np.float64]
) -> Pieces:
    """Split pieces at places along them.

    Parameters
    ----------
    pieces : Pieces
        What to split.
    rows : int array
        Piece to split, once for each place.
    share : float array
        Place along the piece, 0 at its start and 1 at its end.

    Returns
    -------
    Pieces
        In the order of ``pieces``; new ends lie on the piece's own side and no
        shore. Pieces without length (under a millimetre) are dropped.

    Examples
    --------
    >>> import numpy as np
    >>> pieces = read_pieces(toy.district.roads)
    >>> split = split_pieces(pieces, rows=np.array([0, 0]), share=np.array([0.5, 1.0]))
    >>> len(split.xy) - len(pieces.xy)
    1
    """
    order = np.lexsort((share, rows))
    rows, share = rows[order], share[order]
    start, end = pieces.xy[rows, :2], pieces.xy[rows, 2:]
    places = np.round(start + share[:, None] * (end - start), 3)
    count = np.bincount(rows, minlength=len(pieces.xy))
    parent = np.repeat(np.arange(len(pieces.xy)), count + 1)
    first = np.cumsum(count + 1) - (count + 1)
    last = first + count
    inner = np.ones(len(parent), dtype=bool)
    inner[last] = False
    xy = pieces.xy[parent].copy()
    xy[inner, 2:] = places
    begins = np.ones(len(parent), dtype=bool)
    begins[first] = False
    xy[begins, :2] = places
    long = (xy[:, :2] != xy[:, 2:]).any(axis=1)
    parent, xy = parent[long], xy[long]
    side = np.repeat(pieces.label[parent][:, None], 2, axis=1)
    shore = np.zeros((len(parent), 2), np.int32)
    for end_number, columns in enumerate((slice(0, 2), slice(2, 4))):
        old = (xy[:, columns] == pieces.xy[parent, columns]).all(axis=1)
        side[old, end_number] = pieces.side[parent[old], end_number]
        shore[old, end_number] = pieces.shore[parent[old], end_number]
    return replace(
        pieces,
        xy=xy,
        kind=pieces.kind[parent],
        label=pieces.label[parent],
        side=side,
        shore=shore,
        road=pieces.road[parent],
    )


def joined(first: Pieces, second: Pieces) -> Pieces:
    """Two sets of pieces as one.

    Parameters
    ----------
    first, second : Pieces
        What to join.

    Returns
    -------
    Pieces
        First, then second.

    Examples
    --------
    >>> pieces = read_pieces(toy.district.roads)
    >>> len(joined(pieces, pieces).xy) == 2 * len(pieces.xy)
    True
    """
    return Pieces(
        np.vstack([first.xy, second.xy]),
        np.concatenate([first.kind, second.kind]),
        np.concatenate([first.label, second.label]),
        np.vstack([first.side, second.side]),
        np.vstack([first.shore, second.shore]),
        np.concatenate([first.road, second.road]),
    )

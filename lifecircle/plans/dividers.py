"""What grounds are divided by: streets, rivers, railways, walls; where one can cross.

Edges of grids run along these lines. Paths, service ways and steps divide nothing,
tunnels neither. A motorway that is not walked and not on a bridge is as a barrier.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from lifecircle.network.compounds import GATE_REACH_M, read_walls
from lifecircle.network.lines import points_at

if TYPE_CHECKING:
    import numpy.typing as npt
    from geopandas import GeoDataFrame

    from lifecircle.model import District

__all__ = ["BARRED", "MAIN", "MINOR", "PLAIN", "Dividers", "read_dividers"]

PLAIN, MINOR, MAIN, BARRED = 0, 1, 2, 3
"""Kinds of line, the strongest last: none, minor street, main road, barrier."""

_MAIN_CLASSES = ("motorway", "trunk", "primary", "secondary")
_NO_STREETS = frozenset(
    (
        *("footway", "path", "pedestrian", "track", "cycleway", "corridor"),
        *("bridleway", "steps", "service"),
    )
)


@dataclass(frozen=True, slots=True, eq=False)
class Dividers:
    """Lines that part one piece of ground from the next.

    Attributes
    ----------
    lines : object array (n,) of shapely LineString
        Streets and barriers, metres.
    kind : int8 array (n,)
        ``MINOR``, ``MAIN`` or ``BARRED`` of each.
    passages : object array of shapely geometry
        Bridges and tunnels (lines) that pass a barrier, open gates (points) in a
        wall: near them a barred border can be crossed.
    walled : frozenset of str
        Compounds behind walls; where two of them touch, nobody crosses.
    """

    lines: npt.NDArray[np.object_]
    kind: npt.NDArray[np.int8]
    passages: npt.NDArray[np.object_]
    walled: frozenset[str]


def read_dividers(district: District) -> Dividers:
    """Streets, barriers and passages of a district.

    Parameters
    ----------
    district : District
        Uses ``roads``, ``barriers``, ``compounds`` and ``gates``.

    Returns
    -------
    Dividers
        Streets in the order of the table, then barriers.

    Examples
    --------
    >>> dividers = read_dividers(toy.district)
    >>> len(dividers.lines), len(dividers.passages), sorted(dividers.walled)
    (8, 0, ['K1'])
    """
    roads = district.roads
    streets, street_kind = _streets(roads)
    walls = read_walls(district)
    lines = np.concatenate([streets, walls.barrier_lines])
    barred = np.full(len(walls.barrier_lines), BARRED, np.int8)
    kind = np.concatenate([street_kind, barred])
    wall = np.array([one == "wall" for one in walls.barrier_kinds], dtype=bool)
    passages = np.concatenate(
        [
            _passing(roads, lines[kind == BARRED]),
            _gates(points_at(walls.gate_xy), walls.barrier_lines[wall]),
        ]
    )
    return Dividers(lines, kind, passages, frozenset(walls.compound_ids))


def _streets(
    roads: GeoDataFrame,
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.int8]]:
    classes = roads["road_class"].fillna("").astype(str).str.removesuffix("_link")
    kind = np.where(classes.isin(_MAIN_CLASSES), MAIN, MINOR).astype(np.int8)
    closed = (classes == "motorway") & (roads["walkable"] == "no")
    kind[(closed & (roads["bridge"] != "yes")).to_numpy()] = BARRED
    divides = (~classes.isin(_NO_STREETS) & (roads["tunnel"] != "yes")).to_numpy()
    lines, row = shapely.get_parts(
        roads.geometry.to_numpy()[divides], return_index=True
    )
    return np.asarray(lines, dtype=object), kind[divides][row]


def _passing(
    roads: GeoDataFrame, barriers: npt.NDArray[np.object_]
) -> npt.NDArray[np.object_]:
    """Bridges and tunnels that people walk and that meet a barrier."""
    free = (roads["bridge"] == "yes") | (roads["tunnel"] == "yes")
    spans = roads.geometry.to_numpy()[(free & (roads["walkable"] == "yes")).to_numpy()]
    if not len(spans) or not len(barriers):
        return np.array([], dtype=object)
    whole = shapely.get_parts(shapely.line_merge(shapely.union_all(spans)))
    met = shapely.STRtree(barriers).query(whole, "intersects")[0]
    return np.asarray(whole[np.unique(met)], dtype=object)


def _gates(
    gates: npt.NDArray[np.object_], walls: npt.NDArray[np.object_]
) -> npt.NDArray[np.object_]:
    if not len(gates) or not len(walls):
        return np.array([], dtype=object)
    tree = shapely.STRtree(walls)
    near = tree.query(gates, "dwithin", distance=GATE_REACH_M)[0]
    return np.asarray(gates[np.unique(near)], dtype=object)

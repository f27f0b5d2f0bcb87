"""Every walk within a limit, between every building and every facility of a class.

One bounded search for each entrance gives sparse triples (entrance, node, walk);
buildings take them up at both ends of their segment, and two places on one segment
walk straight along it. What comes out is as sparse: only pairs within the limit, a
facility of several entrances by the nearest.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lifecircle.access.along import matches, walks_along
from lifecircle.access.entrances import place_entrances
from lifecircle.access.field import UM, cost_graph, place_points
from lifecircle.access.minutes import counted_facilities, iter_plain
from lifecircle.access.within import walks_within, workspace
from lifecircle.errors import CrsError, TableError
from lifecircle.network.compounds import read_walls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy.typing as npt
    from geopandas import GeoDataFrame
    from pandas import DataFrame

    from lifecircle.access.entrances import Entrances
    from lifecircle.access.field import CostGraph, Places
    from lifecircle.access.kernel import Workspace
    from lifecircle.model import District, WalkNetwork

    Ints = npt.NDArray[np.int64]

__all__ = [
    "entrance_pairs",
    "own_points",
    "pairs_within",
    "start_places",
    "walk_pairs",
]

logger = logging.getLogger(__name__)

BATCH = 64
"""Searches between two joins: bounds the memory, changes no result."""


def walk_pairs(
    network: WalkNetwork,
    district: District,
    facility_class: str,
    *,
    points: GeoDataFrame | None = None,
    statuses: Sequence[str] = ("built",),
    limit_m: float,
    track: Callable[[Iterable[int]], Iterable[int]] = iter_plain,
) -> DataFrame:
    """Walks within a limit from every building to every facility of a class.

    Parameters
    ----------
    network : WalkNetwork
        Of this district.
    district : District
        Uses ``buildings``, ``facilities``, ``facility_classes``, walls and barriers.
    facility_class : str
        Code such as ``ELD.CANTEEN``.
    points : GeoDataFrame, optional
        ``point_id`` and points in the network's CRS: walk from these instead.
    statuses : sequence of str
        Statuses that count as there.
    limit_m : float
        Longest walk, metres, inclusive; both legs off the street count.
    track : callable, optional
        Wraps the batches of searches to show progress.

    Returns
    -------
    DataFrame
        ``building_id`` (or ``point_id``), ``facility_id``, ``walk_m`` to its nearest
        entrance, sorted by both ids; no row for a pair farther apart than the limit
        or without a walk.

    Examples
    --------
    >>> walk_pairs(toy.network, toy.district, "HLT.PHARM", limit_m=500)
      building_id facility_id  walk_m
    0          B5          F3   350.0
    1          B5          F5   280.0
    2          B6          F3    60.0
    3          B6          F5   330.0
    """
    counted = counted_facilities(district, facility_class, statuses=statuses)
    entrances = place_entrances(
        network,
        counted.geometry.to_numpy(),
        max_off_m=district.config.max_off_road_m,
        walls=read_walls(district),
    )
    key, ids, starts = start_places(network, district, points)
    site, start, um = entrance_pairs(
        cost_graph(network), entrances, starts, limit_m=limit_m, track=track
    )
    logger.info("pairs: %d of %s within %.0f m", len(um), facility_class, limit_m)
    pairs = pd.DataFrame(
        {
            key: ids[start],
            "facility_id": counted["facility_id"].to_numpy()[site],
            "walk_m": um / UM,
        }
    )
    return pairs.sort_values([key, "facility_id"], ignore_index=True)


def start_places(
    network: WalkNetwork, district: District, points: GeoDataFrame | None
) -> tuple[str, npt.NDArray[np.object_], Places]:
    """Where walks start: at a district's buildings, or at points of one's own.

    Parameters
    ----------
    network : WalkNetwork
        Of this district.
    district : District
        Buildings, walls and barriers.
    points : GeoDataFrame or None
        ``point_id`` and points; None = the buildings.

    Returns
    -------
    tuple
        Name of the id's column, the ids, and the places.

    Examples
    --------
    >>> key, ids, _ = start_places(toy.network, toy.district, None)
    >>> key, len(ids)
    ('building_id', 6)
    """
    key, frame = "building_id", district.buildings
    if points is not None:
        key, frame = "point_id", own_points(network, points)
    places = place_points(
        network,
        frame.geometry.to_numpy(),
        max_off_m=district.config.max_off_road_m,
        walls=read_walls(district),
    )
    return key, frame[key].to_numpy(dtype=object), places


def own_points(network: WalkNetwork, points: GeoDataFrame) -> GeoDataFrame:
    """Points of one's own, checked.

    Parameters
    ----------
    network : WalkNetwork
        Where they are to be.
    points : GeoDataFrame
        ``point_id`` and points.

    Returns
    -------
    GeoDataFrame
        ``points`` itself.

    Raises
    ------
    CrsError
        If they are not in the network's CRS.
    TableError
        If ``point_id`` is missing, or a row has no geometry.

    Examples
    --------
    >>> own = toy.district.facilities.rename(columns={"facility_id": "point_id"})
    >>> own_points(toy.network, own) is own
    True
    """
    if points.crs != network.crs:
        raise CrsError(
            where="points",
            what=f"they are in {points.crs}, the network in {network.crs}.",
            fix=f"Project them to {network.crs} first.",
        )
    if "point_id" not in points:
        raise TableError(
            where="points, point_id",
            what="there is no such column.",
            fix="Add point_id, a name for each point.",
        )
    nowhere = (points.geometry.isna() | points.geometry.is_empty).to_numpy()
    if nowhere.any():
        ids = ", ".join(map(str, points.loc[nowhere, "point_id"].iloc[:5]))
        raise TableError(
            where=f"points, {ids}",
            what=f"{int(nowhere.sum())} rows have no geometry.",
            fix="Give each a point, or leave the rows out.",
        )
    return points


def entrance_pairs(
    graph: CostGraph,
    entrances: Entrances,
    places: Places,
    *,
    limit_m: float,
    track: Callable[[Iterable[int]], Iterable[int]] = iter_plain,
) -> tuple[Ints, Ints, Ints]:
    """Sparse walks to facilities, each by its nearest entrance.

    Parameters
    ----------
    graph : CostGraph
        Where to walk.
    entrances : Entrances
        Of the facilities.
    places : Places
        Where walks start.
    limit_m : float
        Longest walk, metres, inclusive; both legs off the street count.
    track : callable, optional
        Wraps the batches of searches.

    Returns
    -------
    tuple of int64 arrays
        Row of the facility, row of the place, and the walk in micrometres, sorted by
        facility and place.

    Examples
    --------
    >>> shops = toy.district.facilities.geometry.to_numpy()
    >>> doors = place_entrances(toy.network, shops, max_off_m=100)
    >>> graph = cost_graph(toy.network)
    >>> site, _, um = entrance_pairs(graph, doors, doors.places, limit_m=20)
    >>> site.tolist(), int(um[0])  # 10 m to the street, and 10 m back
    ([0, 1, 2, 3, 4], 20000000)
    """
    entrance, place, um = pairs_within(
        graph, entrances.places, places, limit_m=limit_m, track=track
    )
    met = _nearest(np.column_stack([entrances.owner[entrance], place, um]))
    return met[:, 0], met[:, 1], met[:, 2]


def pairs_within(
    graph: CostGraph,
    sources: Places,
    places: Places,
    *,
    limit_m: float,
    track: Callable[[Iterable[int]], Iterable[int]] = iter_plain,
) -> tuple[Ints, Ints, Ints]:
    """Sparse walks from places to sources.

    Parameters
    ----------
    graph : CostGraph
        Where to walk.
    sources, places : Places
        Both ends; one bounded search for each source.
    limit_m : float
        Longest walk, metres, inclusive; both legs off the street count.
    track : callable, optional
        Wraps the batches of searches.

    Returns
    -------
    tuple of int64 arrays
        Row of the source, row of the place, and the walk in micrometres, sorted by
        source and place.

    Examples
    --------
    >>> from lifecircle.access.field import UM, cost_graph, place_points
    >>> shops = toy.district.facilities.geometry.to_numpy()
    >>> places = place_points(toy.network, shops, max_off_m=100)
    >>> graph = cost_graph(toy.network)
    >>> source, place, um = pairs_within(graph, places, places, limit_m=0)
    >>> source.tolist(), place.tolist()  # each has a leg of 10 m to itself and back
    ([], [])
    """
    limit_um = round(limit_m * UM)
    found = np.flatnonzero(places.segment >= 0)
    segment, offset = places.segment[found], places.offset_um[found]
    off, rest = places.off_um[found], graph.segment_um[segment] - offset
    # Places hang on both ends of their segment.
    hooks = _Hooks(
        np.concatenate([graph.nodes[segment, 0], graph.nodes[segment, 1]]),
        np.concatenate([found, found]),
        np.concatenate(
            [off + graph.back(segment, offset), off + graph.forth(segment, rest)]
        ),
    )
    along = walks_along(graph, sources, places)
    started = np.flatnonzero(sources.segment >= 0)
    space = workspace(graph, limit_m=limit_m)
    parts = [np.zeros((0, 3), np.int64)]
    for first in track(range(0, len(started), BATCH)):
        rows = started[first : first + BATCH]
        low = np.searchsorted(along[:, 0], rows[0], "left")
        high = np.searchsorted(along[:, 0], rows[-1], "right")
        met = np.vstack(
            [
                _by_nodes(graph, sources, rows, hooks=hooks, space=space),
                along[low:high],
            ]
        )
        parts.append(_nearest(met[met[:, 2] <= limit_um]))
    pairs = np.vstack(parts)
    return pairs[:, 0], pairs[:, 1], pairs[:, 2]


class _Hooks:
    """Places by node, each with what it adds to the walk."""

    def __init__(
        self,
        keys: npt.NDArray[np.int32],
        rows: npt.NDArray[np.intp],
        more_um: Ints,
    ) -> None:
        order = np.argsort(keys, kind="stable")
        self.keys, self.rows, self.more_um = keys[order], rows[order], more_um[order]

    def at(
        self, wanted: npt.NDArray[np.int32]
    ) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], Ints]:
        """Position in ``wanted``, place, and what it adds, for every match."""
        here, there = matches(wanted, self.keys)
        return here, self.rows[there], self.more_um[there]


def _by_nodes(
    graph: CostGraph,
    sources: Places,
    rows: npt.NDArray[np.intp],
    *,
    hooks: _Hooks,
    space: Workspace,
) -> Ints:
    """Source, place and walk over the nodes that each source reaches."""
    met = walks_within(
        graph, sources.take(rows), limit_m=space.limit_um / UM, space=space
    )
    here, place, more_um = hooks.at(met.node)
    return np.column_stack([rows[met.source[here]], place, met.um[here] + more_um])


def _nearest(met: Ints) -> Ints:
    """The shortest walk of every source and place."""
    met = met[np.lexsort((met[:, 2], met[:, 1], met[:, 0]))]
    new = np.ones(len(met), dtype=bool)
    new[1:] = (met[1:, :2] != met[:-1, :2]).any(axis=1)
    return met[new]

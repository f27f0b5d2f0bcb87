"""Every walk within a limit, between every building and every facility of a class.

One bounded search for each facility gives sparse triples (facility, node, walk);
buildings take them up at both ends of their segment, and two places on one segment
walk straight along it. What comes out is as sparse: only pairs within the limit.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd

from lifecircle.access.field import UM, cost_graph, place_points
from lifecircle.access.minutes import counted_facilities
from lifecircle.access.within import walks_within, workspace
from lifecircle.network.compounds import read_walls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy.typing as npt
    from pandas import DataFrame

    from lifecircle.access.field import CostGraph, Places
    from lifecircle.access.within import Workspace
    from lifecircle.model import District, WalkNetwork

    Ints = npt.NDArray[np.int64]

__all__ = ["pairs_within", "walk_pairs"]

logger = logging.getLogger(__name__)

Item = TypeVar("Item")

BATCH = 64
"""Searches between two joins: bounds the memory, changes no result."""


def _plainly(items: Iterable[Item]) -> Iterable[Item]:
    return items


def walk_pairs(
    network: WalkNetwork,
    district: District,
    facility_class: str,
    *,
    statuses: Sequence[str] = ("built",),
    limit_m: float,
    track: Callable[[Iterable[int]], Iterable[int]] = _plainly,
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
    statuses : sequence of str
        Statuses that count as there.
    limit_m : float
        Longest walk, metres, inclusive; both legs off the street count.
    track : callable, optional
        Wraps the batches of searches to show progress.

    Returns
    -------
    DataFrame
        ``building_id``, ``facility_id``, ``walk_m``, sorted by both ids; no row for a
        pair farther apart than the limit or without a walk.

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
    walls = read_walls(district)
    homes, sites = (
        place_points(
            network,
            frame.geometry.to_numpy(),
            max_off_m=district.config.max_off_road_m,
            walls=walls,
        )
        for frame in (district.buildings, counted)
    )
    site, home, um = pairs_within(
        cost_graph(network), sites, homes, limit_m=limit_m, track=track
    )
    logger.info("pairs: %d of %s within %.0f m", len(um), facility_class, limit_m)
    pairs = pd.DataFrame(
        {
            "building_id": district.buildings["building_id"].to_numpy()[home],
            "facility_id": counted["facility_id"].to_numpy()[site],
            "walk_m": um / UM,
        }
    )
    return pairs.sort_values(["building_id", "facility_id"], ignore_index=True)


def pairs_within(
    graph: CostGraph,
    sources: Places,
    places: Places,
    *,
    limit_m: float,
    track: Callable[[Iterable[int]], Iterable[int]] = _plainly,
) -> tuple[Ints, Ints, Ints]:
    """Sparse walks between sources and places.

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
    off = places.off_um[found]
    # Places hang on both ends of their segment.
    hooks = _Hooks(
        np.concatenate([graph.nodes[segment, 0], graph.nodes[segment, 1]]),
        np.concatenate([found, found]),
        np.concatenate([off + offset, off + graph.segment_um[segment] - offset]),
    )
    beside = _Hooks(segment, found, off)
    started = np.flatnonzero(sources.segment >= 0)
    space = workspace(graph, limit_m=limit_m)
    parts = [np.zeros((0, 3), np.int64)]
    for first in track(range(0, len(started), BATCH)):
        rows = started[first : first + BATCH]
        met = np.vstack(
            [
                _by_nodes(graph, sources, rows, hooks=hooks, space=space),
                _along(sources, places, rows, beside=beside),
            ]
        )
        parts.append(_nearest(met[met[:, 2] <= limit_um]))
    pairs = np.vstack(parts)
    return pairs[:, 0], pairs[:, 1], pairs[:, 2]


class _Hooks:
    """Places by key (a node or a segment), each with what it adds to the walk."""

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
        low = np.searchsorted(self.keys, wanted, "left")
        count = np.searchsorted(self.keys, wanted, "right") - low
        here = np.repeat(np.arange(len(wanted)), count)
        step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
        there = np.repeat(low, count) + step
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


def _along(
    sources: Places, places: Places, rows: npt.NDArray[np.intp], *, beside: _Hooks
) -> Ints:
    """Source, place and walk of those on one segment."""
    here, place, more_um = beside.at(sources.segment[rows])
    row = rows[here]
    way_um = np.abs(sources.offset_um[row] - places.offset_um[place])
    return np.column_stack([row, place, sources.off_um[row] + way_um + more_um])


def _nearest(met: Ints) -> Ints:
    """The shortest walk of every source and place."""
    met = met[np.lexsort((met[:, 2], met[:, 1], met[:, 0]))]
    new = np.ones(len(met), dtype=bool)
    new[1:] = (met[1:, :2] != met[:-1, :2]).any(axis=1)
    return met[new]

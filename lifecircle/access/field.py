"""Walks from places on segments: the nearest source for every node and place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lifecircle.access.along import walks_along
from lifecircle.access.kernel import BUCKET, FAR, spread
from lifecircle.network.snap import snap_points, standing_points

if TYPE_CHECKING:
    import numpy.typing as npt

    from lifecircle.model import WalkNetwork
    from lifecircle.network.compounds import Walls

__all__ = [
    "UM",
    "CostGraph",
    "Places",
    "WalkField",
    "cost_graph",
    "nearest_source",
    "place_points",
    "walk_field",
]

UM = 1_000_000
"""Micrometres in a metre."""


@dataclass(frozen=True, slots=True, eq=False)
class CostGraph:
    """A walk network in whole micrometres; walks are to the sources.

    Costs are lengths, or metres on the level that take as long, there and back.

    Attributes
    ----------
    nodes : int32 array (m, 2)
        Start and end node of every segment.
    segment_um : int64 array (m,)
        Length.
    forth_um, back_um : int64 arrays (m,)
        Cost of walking from start to end, and back; ``segment_um`` itself where
        length is all that counts.
    indptr, neighbour : int32 arrays
    edge_um : int64 array
        Parallel to ``neighbour``: cost of walking from the neighbour.
    """

    nodes: npt.NDArray[np.int32]
    segment_um: npt.NDArray[np.int64]
    forth_um: npt.NDArray[np.int64]
    back_um: npt.NDArray[np.int64]
    indptr: npt.NDArray[np.int32]
    neighbour: npt.NDArray[np.int32]
    edge_um: npt.NDArray[np.int64]

    def forth(
        self, segment: npt.NDArray[Any], along_um: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.int64]:
        """Cost of a part of a segment, walked from its start's side to its end's.

        Parameters
        ----------
        segment : int array
            Which.
        along_um : int64 array
            Length of the part.

        Returns
        -------
        int64 array
            Micrometres.
        """
        return self._part(self.forth_um, segment, along_um)

    def back(
        self, segment: npt.NDArray[Any], along_um: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.int64]:
        """Cost of a part of a segment, walked from its end's side to its start's.

        Parameters
        ----------
        segment : int array
            Which.
        along_um : int64 array
            Length of the part.

        Returns
        -------
        int64 array
            Micrometres.
        """
        return self._part(self.back_um, segment, along_um)

    def _part(
        self,
        cost_um: npt.NDArray[np.int64],
        segment: npt.NDArray[Any],
        along_um: npt.NDArray[np.int64],
    ) -> npt.NDArray[np.int64]:
        if cost_um is self.segment_um:
            return along_um
        share = along_um / self.segment_um[segment]
        return np.asarray(np.rint(cost_um[segment] * share), dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Points on segments, in micrometres.

    Attributes
    ----------
    segment : int32 array (n,)
        -1 = on none: unreachable.
    offset_um : int64 array (n,)
        From the segment's start.
    off_um : int64 array (n,)
        Leg off the street.
    """

    segment: npt.NDArray[np.int32]
    offset_um: npt.NDArray[np.int64]
    off_um: npt.NDArray[np.int64]

    def take(self, rows: npt.NDArray[np.intp]) -> Places:
        """The places at some rows.

        Parameters
        ----------
        rows : int array
            Which.

        Returns
        -------
        Places
            In the order of ``rows``.
        """
        return Places(self.segment[rows], self.offset_um[rows], self.off_um[rows])


@dataclass(frozen=True, slots=True, eq=False)
class WalkField:
    """How far every node is from the nearest source, and which that is.

    Attributes
    ----------
    node_um : int64 array (n,)
        ``FAR`` where no walk within the limit exists.
    source : int32 array (n,)
        Row of the source in ``sources``; the lowest among equals.
    previous : int32 array (n,)
        Node before, on the way from the source; -1 = the source's own segment.
    sources : Places
    limit_um : int
    """

    node_um: npt.NDArray[np.int64]
    source: npt.NDArray[np.int32]
    previous: npt.NDArray[np.int32]
    sources: Places
    limit_um: int


def cost_graph(
    network: WalkNetwork, level_m: npt.NDArray[np.float64] | None = None
) -> CostGraph:
    """The network's lengths, or other costs, in whole micrometres.

    Parameters
    ----------
    network : WalkNetwork
        Lengths in metres.
    level_m : float array (m, 2), optional
        Metres on the level that take as long as each segment, from start to end and
        back, instead of its length.

    Returns
    -------
    CostGraph
        The same segments and edges.

    Examples
    --------
    >>> int(cost_graph(toy.network).segment_um.sum()) / UM
    4590.0
    """
    segment_um = np.rint(network.segment_length_m * UM).astype(np.int64)
    if level_m is None:
        forth_um = back_um = segment_um
        edge_um = np.rint(network.edge_length_m * UM).astype(np.int64)
    else:
        forth_um, back_um = np.rint(level_m * UM).astype(np.int64).T
        near = np.repeat(np.arange(len(network.node_xy)), np.diff(network.indptr))
        segment = network.edge_segment
        from_end = network.segment_nodes[segment, 0] == near
        edge_um = np.where(from_end, back_um[segment], forth_um[segment])
    return CostGraph(
        nodes=network.segment_nodes,
        segment_um=segment_um,
        forth_um=forth_um,
        back_um=back_um,
        indptr=network.indptr,
        neighbour=network.neighbour,
        edge_um=edge_um,
    )


def place_points(
    network: WalkNetwork,
    geometry: npt.NDArray[Any],
    *,
    max_off_m: float,
    walls: Walls | None = None,
) -> Places:
    """Put points or areas on the network.

    Parameters
    ----------
    network : WalkNetwork
        Its segments.
    geometry : object array of shapely geometries
        Points, or areas that are entered at their middle.
    max_off_m : float
        Longest leg off the street, metres.
    walls : Walls, optional
        Walls and barriers that legs respect; without it they are ignored.

    Returns
    -------
    Places
        One a geometry.

    Examples
    --------
    >>> homes = toy.district.buildings.geometry.to_numpy()
    >>> float(place_points(toy.network, homes, max_off_m=100).off_um[0] / UM)
    20.0
    """
    points = standing_points(geometry)
    snapped = snap_points(
        network,
        points,
        max_off_m=max_off_m,
        compound_ids=None if walls is None else walls.names(points),
        obstacles=None if walls is None else walls.obstacle_xy,
    )
    segment = snapped["segment"].to_numpy()
    whole = (snapped[["offset_m", "off_m"]].fillna(0.0) * UM).round()
    offset_um = whole["offset_m"].to_numpy(dtype=np.int64)
    length_um = np.rint(network.segment_length_m[segment] * UM).astype(np.int64)
    return Places(
        segment=segment,
        offset_um=np.where(segment >= 0, np.minimum(offset_um, length_um), 0),
        off_um=whole["off_m"].to_numpy(dtype=np.int64),
    )


def walk_field(graph: CostGraph, sources: Places, *, limit_m: float) -> WalkField:
    """Distance of every node from the nearest source, bounded.

    Parameters
    ----------
    graph : CostGraph
        Where to walk.
    sources : Places
        Where walks start; their legs off the street count.
    limit_m : float
        Longest walk, metres, inclusive.

    Returns
    -------
    WalkField
        Among equal distances the lowest source wins.

    Examples
    --------
    >>> places = place_points(
    ...     toy.network, toy.district.facilities.geometry.to_numpy(), max_off_m=100
    ... )
    >>> field = walk_field(cost_graph(toy.network), places, limit_m=1000)
    >>> bool((field.node_um <= 1000 * UM).all())
    True
    """
    limit_um = round(limit_m * UM)
    count = len(graph.indptr) - 1
    found = np.flatnonzero(sources.segment >= 0).astype(np.int32)
    segment = sources.segment[found]
    offset, off = sources.offset_um[found], sources.off_um[found]
    far, buckets = limit_um + 1, (limit_um >> BUCKET) + 1
    # Whole micrometres are exact in either width; the narrow one is faster.
    whole: Any = np.int32 if far <= np.iinfo(np.int32).max else np.int64
    state = np.full((count + 1 + buckets, 4), count, whole)
    state[:, 0], state[:, 3] = far, -1
    state[count + 1 :, 1:3] = np.arange(count + 1, len(state))[:, None]
    previous = np.full(count, -1, np.int32)
    spread(
        graph.indptr,
        graph.neighbour,
        graph.edge_um,
        graph.nodes[segment].T.reshape(-1),
        np.concatenate(
            [
                off + graph.forth(segment, offset),
                off + graph.back(segment, graph.segment_um[segment] - offset),
            ]
        ),
        np.concatenate([found, found]),
        limit_um,
        state,
        previous,
    )
    node_um = state[:count, 0].astype(np.int64)
    node_um[node_um == far] = FAR
    source = state[:count, 3].astype(np.int32)
    return WalkField(node_um, source, previous, sources, limit_um)


def nearest_source(
    graph: CostGraph, field: WalkField, places: Places
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """The nearest source of each place, both legs off the street counted.

    Parameters
    ----------
    graph : CostGraph
        Of the field.
    field : WalkField
        Distances of the nodes.
    places : Places
        Where walks end.

    Returns
    -------
    tuple
        Micrometres (``FAR`` = not within the limit) and the source's row (-1).
        Two places on one segment walk straight along it.

    Examples
    --------
    >>> graph = cost_graph(toy.network)
    >>> places = place_points(
    ...     toy.network, toy.district.facilities.geometry.to_numpy(), max_off_m=100
    ... )
    >>> field = walk_field(graph, places.take(np.array([0])), limit_m=2000)
    >>> um, _ = nearest_source(graph, field, places)
    >>> float(um[1] / UM)  # 10 + 100 + 150 + 100 + 10
    370.0
    """
    found = np.flatnonzero(places.segment >= 0)
    segment, offset = places.segment[found], places.offset_um[found]
    start, end = graph.nodes[segment].T
    off, rest = places.off_um[found], graph.segment_um[segment] - offset
    along = walks_along(graph, field.sources, places)
    rows = np.concatenate([found, found, along[:, 1]])
    total = np.concatenate(
        [
            field.node_um[start] + graph.back(segment, offset) + off,
            field.node_um[end] + graph.forth(segment, rest) + off,
            along[:, 2],
        ]
    )
    source = np.concatenate([field.source[start], field.source[end], along[:, 0]])
    order = np.lexsort((source, total, rows))
    place, first = np.unique(rows[order], return_index=True)
    best, nearest = total[order[first]], source[order[first]]
    within = best <= field.limit_um
    um = np.full(len(places.segment), FAR, np.int64)
    winner = np.full(len(places.segment), -1, np.int32)
    um[place[within]] = best[within]
    winner[place[within]] = nearest[within]
    return um, winner

"""The k nearest facilities of nodes and places, each facility once."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING

import numpy as np

from lifecircle.access.along import walks_along
from lifecircle.access.field import UM, CostGraph, Places
from lifecircle.access.kernel import FAR
from lifecircle.access.within import place_seeds
from lifecircle.network.compiled import compiled

if TYPE_CHECKING:
    import numpy.typing as npt

    from lifecircle.access.entrances import Entrances

    Ints = npt.NDArray[np.int32]
    Longs = npt.NDArray[np.int64]

__all__ = ["k_nearest", "spread_ranked"]


@compiled
def spread_ranked(  # noqa: PLR0913 - a kernel takes its arrays one by one
    indptr: Ints,
    neighbour: Ints,
    cost: Longs,
    seed_node: Ints,
    seed_cost: Longs,
    seed_label: Ints,
    limit: int,
    um: Longs,
    label: Ints,
) -> None:
    """Search from all seeds together; each node learns its nearest labels.

    ``um`` and ``label`` (nodes, k) come filled with ``FAR`` and -1. Labels settle by
    distance, then by number, and at most k of them on a node: whatever is among the k
    nearest of a node is so all along its way there. The limit is inclusive.
    """
    settled = np.zeros(len(um), np.int32)
    queue = [(seed_cost[0], seed_label[0], seed_node[0])]
    for seed in range(1, len(seed_node)):
        heappush(queue, (seed_cost[seed], seed_label[seed], seed_node[seed]))
    while len(queue):
        here, name, node = heappop(queue)
        if here > limit:
            break
        rank = settled[node]
        known = rank == um.shape[1]
        for before in range(rank):
            known |= label[node, before] == name
        if known:
            continue
        um[node, rank] = here
        label[node, rank] = name
        settled[node] = rank + 1
        for edge in range(indptr[node], indptr[node + 1]):
            other = neighbour[edge]
            if settled[other] < um.shape[1]:
                heappush(queue, (here + cost[edge], name, other))


def k_nearest(
    graph: CostGraph, entrances: Entrances, places: Places, *, k: int, limit_m: float
) -> tuple[Longs, npt.NDArray[np.intp]]:
    """The k nearest facilities of each place, both legs off the street counted.

    Parameters
    ----------
    graph : CostGraph
        Where to walk.
    entrances : Entrances
        Of the facilities; each counts once, by its nearest entrance.
    places : Places
        Where walks start.
    k : int
        How many, at least 1.
    limit_m : float
        Longest walk, metres, inclusive.

    Returns
    -------
    tuple of arrays (places, k)
        Micrometres, ascending (``FAR`` = fewer are within the limit), and row of the
        facility (-1); among equal walks the lowest row comes first.

    Examples
    --------
    >>> from lifecircle.access.entrances import place_entrances
    >>> from lifecircle.access.field import cost_graph
    >>> shops = toy.district.facilities.geometry.to_numpy()
    >>> doors = place_entrances(toy.network, shops, max_off_m=100)
    >>> graph = cost_graph(toy.network)
    >>> um, row = k_nearest(graph, doors, doors.places, k=2, limit_m=2000)
    >>> row[0].tolist(), um[0].tolist()  # 10 m and back; the next one is 350 m off
    ([0, 3], [20000000, 350000000])
    """
    limit_um = round(limit_m * UM)
    seeds = place_seeds(graph, entrances.places)
    count = len(graph.indptr) - 1
    node_um = np.full((count, k), FAR, np.int64)
    node_owner = np.full((count, k), -1, np.int32)
    if len(seeds.node):
        owner = np.repeat(entrances.owner, np.diff(seeds.ptr)).astype(np.int32)
        spread_ranked(
            graph.indptr,
            graph.neighbour,
            graph.edge_um,
            seeds.node,
            seeds.um,
            owner,
            limit_um,
            node_um,
            node_owner,
        )
    met = np.vstack(
        [
            _over_nodes(graph, places, node_um, node_owner),
            _beside(graph, places, entrances),
        ]
    )
    return _ranked(met[met[:, 1] <= limit_um], len(places.segment), k)


def _over_nodes(
    graph: CostGraph, places: Places, node_um: Longs, node_owner: Ints
) -> Longs:
    """Place, walk and facility, by both ends of the place's segment."""
    found = np.flatnonzero(places.segment >= 0)
    segment, offset = places.segment[found], places.offset_um[found]
    legs = (
        graph.back(segment, offset),
        graph.forth(segment, graph.segment_um[segment] - offset),
    )
    parts = []
    for end, leg in enumerate(legs):
        node = graph.nodes[segment, end]
        row, rank = np.nonzero(node_owner[node] >= 0)
        more = leg[row] + places.off_um[found[row]]
        parts.append(
            np.column_stack(
                [
                    found[row],
                    node_um[node[row], rank] + more,
                    node_owner[node[row], rank],
                ]
            )
        )
    return np.vstack(parts)


def _beside(graph: CostGraph, places: Places, entrances: Entrances) -> Longs:
    """Place, walk and facility, straight along one segment."""
    along = walks_along(graph, entrances.places, places)
    return np.column_stack([along[:, 1], along[:, 2], entrances.owner[along[:, 0]]])


def _ranked(met: Longs, count: int, k: int) -> tuple[Longs, npt.NDArray[np.intp]]:
    """The k nearest of each place, a facility once."""
    met = met[np.lexsort((met[:, 1], met[:, 2], met[:, 0]))]
    new = np.ones(len(met), dtype=bool)
    new[1:] = (met[1:, ::2] != met[:-1, ::2]).any(axis=1)
    met = met[new]
    met = met[np.lexsort((met[:, 2], met[:, 1], met[:, 0]))]
    rank = np.arange(len(met)) - np.searchsorted(met[:, 0], met[:, 0], "left")
    met, rank = met[rank < k], rank[rank < k]
    um = np.full((count, k), FAR, np.int64)
    owner = np.full((count, k), -1, np.intp)
    um[met[:, 0], rank] = met[:, 1]
    owner[met[:, 0], rank] = met[:, 2]
    return um, owner

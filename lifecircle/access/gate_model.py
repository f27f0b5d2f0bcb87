"""A walk network on which candidate gates open and shut without building it anew.

The network is built with every candidate open. Where a candidate lets the two sides
of a wall meet, the node is taken apart into one node a side, joined by a link of no
length: a shut gate is a link that nobody takes. Homes and facilities keep their
places, none of them on a connector of a candidate, so that opening a gate can only
help.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely

from lifecircle.access.entrances import place_entrances
from lifecircle.access.field import Places, nearest_source, place_points, walk_field
from lifecircle.access.kernel import FAR
from lifecircle.access.minutes import counted_facilities
from lifecircle.access.walkers import (
    open_network,
    segments_of,
    walker_graph,
    walker_named,
)
from lifecircle.errors import TableError
from lifecircle.network.compounds import GATE_REACH_M, read_walls
from lifecircle.network.gate_changes import with_gates
from lifecircle.network.gate_hours import open_gates
from lifecircle.network.graph import build_network
from lifecircle.network.lines import OUTSIDE, points_at

if TYPE_CHECKING:
    import numpy.typing as npt
    from geopandas import GeoDataFrame

    from lifecircle.access.field import CostGraph
    from lifecircle.model import District, WalkNetwork

__all__ = ["GateModel", "Weight", "gate_model"]

Weight = Literal["households", "elderly", "persons"]


@dataclass(frozen=True, slots=True, eq=False)
class GateModel:
    """A network on which candidate gates open and shut.

    Attributes
    ----------
    graph : CostGraph
        With every candidate open, in metres on the level.
    link_edge : int array (n,)
        Edges that lead through candidates.
    link_gates : bool array (n, candidates)
        Candidates of which one must be open for each of these edges.
    homes, sources : Places
        Buildings, and entrances of the class's facilities.
    weights : float array
        Of the buildings.
    limit_m : float
        Inclusive, metres on the level.
    """

    graph: CostGraph
    link_edge: npt.NDArray[np.intp]
    link_gates: npt.NDArray[np.bool_]
    homes: Places
    sources: Places
    weights: npt.NDArray[np.float64]
    limit_m: float

    def reached(self, gates: tuple[int, ...]) -> npt.NDArray[np.bool_]:
        """Buildings within the limit if some candidates are open.

        Parameters
        ----------
        gates : tuple of int
            Candidates that are open; all others are shut.

        Returns
        -------
        bool array
            One entry a building.
        """
        edge_um = self.graph.edge_um.copy()
        shut = ~self.link_gates[:, list(gates)].any(axis=1)
        edge_um[self.link_edge[shut]] = FAR
        graph = replace(self.graph, edge_um=edge_um)
        field = walk_field(graph, self.sources, limit_m=self.limit_m)
        return nearest_source(graph, field, self.homes)[0] < FAR

    def could_serve(self) -> npt.NDArray[np.bool_]:
        """Buildings with a walk within the limit through each candidate.

        Returns
        -------
        bool array (candidates, buildings)
            All candidates being open.
        """
        field = walk_field(self.graph, self.sources, limit_m=self.limit_m)
        serves = np.zeros((self.link_gates.shape[1], len(self.weights)), dtype=bool)
        nodes = self.graph.neighbour[self.link_edge]
        for node in np.unique(nodes).tolist():
            onward_um = int(field.node_um[node])
            if onward_um < FAR:
                gates = self.link_gates[nodes == node].any(axis=0)
                serves[gates] |= self._by_way_of(node, onward_um)
        return serves

    def _by_way_of(self, node: int, onward_um: int) -> npt.NDArray[np.bool_]:
        """Buildings within the limit by way of a node."""
        graph = self.graph
        segment = int(np.argmax((graph.nodes == node).any(axis=1)))
        at_start = graph.nodes[segment, 0] == node
        here = Places(
            np.array([segment], np.int32),
            np.array([0 if at_start else graph.segment_um[segment]], np.int64),
            np.array([onward_um], np.int64),
        )
        field = walk_field(graph, here, limit_m=self.limit_m)
        return nearest_source(graph, field, self.homes)[0] < FAR


def gate_model(
    district: District,
    candidates: GeoDataFrame,
    *,
    facility_class: str,
    limit_min: float,
    walker: str,
    weight: Weight = "households",
) -> GateModel:
    """The network on which a choice of gates is made.

    Parameters
    ----------
    district : District
        As it is. A gated compound of a candidate counts as walled even if none of its
        gates is open: it is sealed until one opens.
    candidates : GeoDataFrame
        Points: ``gate_id`` of a gate of the district or of a new one;
        ``compound_id`` of a new one (None or absent: the nearest wall).
    facility_class : str
        Code; its built facilities count.
    limit_min : float
        Minutes, inclusive.
    walker : str
        Name of a walker profile of the district.
    weight : {"households", "elderly", "persons"}
        What is counted.

    Returns
    -------
    GateModel
        Candidates in the order of the frame.

    Raises
    ------
    NetworkError
        If no road can be walked, or a new gate is near no compound.
    TableError
        If the weight of a building is not known.

    Examples
    --------
    >>> model = gate_model(
    ...     toy.district, toy.district.gates,
    ...     facility_class="ELD.CANTEEN", limit_min=10, walker="adult",
    ... )
    >>> model.reached(()).tolist()
    [True, True, False, False, True, True]
    >>> model.reached((0,)).tolist()
    [True, True, True, True, True, True]
    """
    weights = district.buildings[weight].to_numpy(dtype=float)
    if np.isnan(weights).any():
        raise TableError(
            where=f"buildings, {weight}",
            what=f"{int(np.isnan(weights).sum())} of {len(weights)} are not known.",
            fix="Give them, or declare how to estimate them in the district file.",
        )
    opened = with_gates(district, opened=candidates)
    profile = walker_named(opened.config, walker)
    network = open_network(build_network(opened), profile)
    graph, link_edge, link_node = _taken_apart(
        walker_graph(network, profile),
        network,
        nodes := _gate_nodes(network, opened, candidates),
    )
    settled, number = _without_connectors(network, nodes)
    walls, off_m = read_walls(opened), opened.config.max_off_road_m
    sites = counted_facilities(opened, facility_class).geometry.to_numpy()
    homes = place_points(
        settled, opened.buildings.geometry.to_numpy(), max_off_m=off_m, walls=walls
    )
    sources = place_entrances(settled, sites, max_off_m=off_m, walls=walls).places
    return GateModel(
        graph=graph,
        link_edge=link_edge,
        link_gates=nodes[link_node],
        homes=_renumbered(homes, number),
        sources=_renumbered(sources, number),
        weights=weights,
        limit_m=limit_min * 60 * profile.speed_m_per_s,
    )


def _gate_nodes(
    network: WalkNetwork, district: District, candidates: GeoDataFrame
) -> npt.NDArray[np.bool_]:
    """Which candidates (columns) a node (rows) leads through, and no other gate."""
    walls = read_walls(district)
    gates = open_gates(district)
    column = {str(key): row for row, key in enumerate(candidates["gate_id"])}
    of_gate = np.array([column.get(str(key), -1) for key in gates["gate_id"]], int)
    leads = np.zeros((len(network.node_xy), len(candidates)), dtype=bool)
    elsewhere = np.zeros(len(network.node_xy), dtype=bool)
    ends = network.segment_nodes.reshape(-1)
    label = np.repeat(network.segment_compound, 2)
    low = np.full(len(network.node_xy), np.iinfo(np.int32).max)
    high = np.full(len(network.node_xy), OUTSIDE)
    np.minimum.at(low, ends, label)
    np.maximum.at(high, ends, label)
    mixed = (low < high)[ends] & (label != OUTSIDE)
    for node, compound in np.unique(
        np.column_stack([ends[mixed], label[mixed]]), axis=0
    ).tolist():
        wall = shapely.boundary(walls.outline[compound])
        here = points_at(network.node_xy[node])
        on_wall = shapely.get_coordinates(shapely.shortest_line(wall, here))[0]
        away = np.hypot(*(walls.gate_xy - on_wall).T)
        for gate in of_gate[away <= GATE_REACH_M + 1e-3].tolist():
            if gate < 0:
                elsewhere[node] = True
            else:
                leads[node, gate] = True
    leads[elsewhere] = False
    return leads


def _taken_apart(
    graph: CostGraph, network: WalkNetwork, gates: npt.NDArray[np.bool_]
) -> tuple[CostGraph, npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """The graph with a node a side at gates; the links' edges, and their old node."""
    nodes = graph.nodes.copy()
    count = len(gates)
    links: list[tuple[int, int]] = []
    for node in np.flatnonzero(gates.any(axis=1)).tolist():
        at = np.argwhere(graph.nodes == node)
        label = network.segment_compound[at[:, 0]]
        for side in np.unique(label)[1:]:
            rows, ends = at[label == side].T
            nodes[rows, ends] = count
            links.append((node, count))
            count += 1
    link = np.array(links, dtype=np.int32).reshape(-1, 2)
    near = np.concatenate([nodes[:, 0], nodes[:, 1], link[:, 0], link[:, 1]])
    far = np.concatenate([nodes[:, 1], nodes[:, 0], link[:, 1], link[:, 0]])
    none = np.zeros(2 * len(link), np.int64)
    edge_um = np.concatenate([graph.back_um, graph.forth_um, none])
    order = np.lexsort((edge_um, far, near))
    indptr = np.zeros(count + 1, np.int32)
    indptr[1:] = np.cumsum(np.bincount(near, minlength=count))
    made = replace(
        graph,
        nodes=nodes,
        indptr=indptr,
        neighbour=far[order],
        edge_um=edge_um[order],
    )
    place = np.empty(len(order), np.intp)
    place[order] = np.arange(len(order))
    link_edge = place[2 * len(nodes) :]
    return made, link_edge, np.concatenate([link[:, 0], link[:, 0]]).astype(np.intp)


def _without_connectors(
    network: WalkNetwork, gates: npt.NDArray[np.bool_]
) -> tuple[WalkNetwork, npt.NDArray[np.intp]]:
    """Segments that stand whatever gate opens, and their numbers.

    The straight connectors of a compound that has no street stay: they are all that
    its homes have.
    """
    leads = np.asarray(gates.any(axis=1), dtype=bool)
    at_gate = leads[network.segment_nodes].any(axis=1)
    connector = at_gate & (network.segment_kind == "connector")
    label = network.segment_compound
    bare = ~np.isin(label, label[~connector]) & (label != OUTSIDE)
    keep = ~connector | bare
    return segments_of(network, keep), np.flatnonzero(keep)


def _renumbered(places: Places, number: npt.NDArray[np.intp]) -> Places:
    segment = np.where(places.segment >= 0, number[places.segment], -1)
    return replace(places, segment=segment.astype(np.int32))

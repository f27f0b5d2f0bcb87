"""Walk networks from osmnx graphs, and to networkx graphs for other tools.

Neither needs osmnx: its graphs are ``networkx.MultiDiGraph`` objects whose nodes carry
``x`` and ``y`` and whose edges may carry a ``geometry``. networkx is an optional
dependency, imported when a graph is made: ``pip install lifecircle[interchange]``.
"""

from __future__ import annotations

from itertools import pairwise
from math import dist
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from lifecircle.errors import ConfigError, CrsError, NetworkError
from lifecircle.model import WalkNetwork
from lifecircle.network.csr import adjacency, component_numbers
from lifecircle.network.lines import _PATHS, OUTSIDE
from lifecircle.network.snap import morton

if TYPE_CHECKING:
    from collections.abc import Hashable

    import networkx as nx
    import numpy.typing as npt

__all__ = ["from_osmnx", "to_networkx"]

Spot = tuple[float, float]
Line = tuple[Spot, ...]
Edge = tuple[int, int, Line, str, int]

FEATURES = ("steps", "signals", "footbridge")
"""Features of segments that edges carry under the same names."""


def from_osmnx(graph: nx.MultiDiGraph[Any] | nx.MultiGraph[Any]) -> WalkNetwork:
    """A walk network from an osmnx graph, or from one that ``to_networkx`` made.

    Every edge can be walked both ways, so that an edge and its way back are one. Nodes
    are told apart by their names, not their places: a bridge stays above the street
    below it. Parallel edges are kept wherever their lines or kinds differ.

    Parameters
    ----------
    graph : MultiDiGraph or MultiGraph
        In a metric CRS (``ox.project_graph``), named by ``graph.graph["crs"]``. Nodes:
        ``x``, ``y``. Edges: ``geometry`` (a straight line without it), ``highway``,
        ``bridge``, ``tunnel``; or what ``to_networkx`` gives them.
        Walkways must have been chosen before (``network_type="walk"``).

    Returns
    -------
    WalkNetwork
        Curves are taken apart into straight segments. Lengths are measured on the
        lines; the attribute ``length`` (of the sphere, in osmnx) is not used. Steps
        and crossings are kept as ``features``; slopes are not, and ``cuts`` is empty.

    Raises
    ------
    CrsError
        If the graph names no CRS or one without metres.
    NetworkError
        If no edge has a length, or a node has no place.

    Examples
    --------
    >>> network = from_osmnx(to_networkx(toy.network))
    >>> float(network.segment_length_m.sum())
    4590.0
    >>> network.compound_ids
    ('K1',)
    """
    crs = _metric_crs(graph)
    names = _in_order(graph)
    places = _places(graph, names)
    number = _numbers(graph, names, places)
    compound_ids = tuple(graph.graph.get("compound_ids", ()))
    place_of = {compound: row for row, compound in enumerate(compound_ids)}
    found: dict[tuple[Edge, tuple[float, ...]], list[int]] = {}
    rows = list(graph.edges(data=True))
    for (here, there, data), spots in zip(rows, _spots(rows), strict=True):
        start, end = number[here], number[there]
        line = _line(spots, places[start], places[end])
        back = start > end or (start == end and line > line[::-1])
        if back:
            start, end, line = end, start, line[::-1]
        inside = place_of.get(data.get("compound"), OUTSIDE)
        if len(line) > 1:
            edge = start, end, line, _kind(data), inside
            found.setdefault((edge, _features(data)), [0, 0])[back] += 1
    if not found:
        raise NetworkError(
            where="graph",
            what="it has no edge of any length.",
            fix="Give a graph with streets to walk along.",
        )
    # An edge and its way back are one; more of the same are as many.
    count = max if graph.is_directed() else sum
    every = [key for key, ways in found.items() for _ in range(count(ways))]
    edges = [edge for edge, _ in every]
    xy, keys, owner = _straight(edges, len(names))
    kind = np.array([edge[3] for edge in edges], dtype=object)[owner]
    label = np.array([edge[4] for edge in edges], dtype=np.int32)[owner]
    node_xy, nodes, order = _ordered(xy, keys, kind, label)
    return _network(
        node_xy,
        nodes,
        crs=crs,
        kind=kind[order],
        label=label[order],
        compound_ids=compound_ids,
        features=_shared(xy, owner, [more for _, more in every], order),
    )


def _metric_crs(graph: Any) -> str:
    said = graph.graph.get("crs")
    try:
        crs = CRS.from_user_input(said) if said is not None else None
    except CRSError:
        crs = None
    if crs is None or not crs.is_projected or crs.axis_info[0].unit_name != "metre":
        raise CrsError(
            where='graph.graph["crs"]',
            what=f"it is {said!r}; a walk network needs metres.",
            fix="Project the graph first: osmnx.project_graph(graph).",
        )
    return said if isinstance(said, str) else crs.to_string()


def _in_order(graph: Any) -> list[Hashable]:
    """Node names sorted, so that the order of the graph does not matter."""
    names = list(graph.nodes)
    if all(isinstance(name, int) for name in names):
        return sorted(names)
    return sorted(names, key=lambda name: (type(name).__name__, str(name)))


def _places(graph: Any, names: list[Hashable]) -> list[Spot]:
    places = []
    for name in names:
        try:
            spot = float(graph.nodes[name]["x"]), float(graph.nodes[name]["y"])
        except (KeyError, TypeError, ValueError):
            spot = float("nan"), float("nan")
        if not np.isfinite(spot).all():
            raise NetworkError(
                where=f"graph, node {name}",
                what="it has no place: x and y must be numbers.",
                fix="Give every node x and y in metres.",
            )
        places.append((round(spot[0], 3), round(spot[1], 3)))
    return places


def _numbers(
    graph: Any, names: list[Hashable], places: list[Spot]
) -> dict[Hashable, int]:
    """Numbers of the nodes; those that an edge without length joins share one."""
    number = {name: row for row, name in enumerate(names)}
    root = list(range(len(names)))

    def find(row: int) -> int:
        while root[row] != row:
            root[row] = root[root[row]]
            row = root[row]
        return row

    for start, end, geometry in graph.edges(data="geometry"):
        here, there = number[start], number[end]
        if places[here] == places[there] and not getattr(geometry, "length", 0):
            low, high = sorted((find(here), find(there)))
            root[high] = low
    return {name: find(row) for name, row in number.items()}


def _spots(rows: list[tuple[Any, Any, dict[str, Any]]]) -> list[list[Spot]]:
    """Places along the geometry of every edge to the millimetre; none without."""
    shapes = np.array([data.get("geometry") for _, _, data in rows], dtype=object)
    xy, row = shapely.get_coordinates(shapes, return_index=True)
    spots = list(map(tuple, np.round(xy, 3).tolist()))
    ends = np.searchsorted(row, np.arange(len(rows) + 1)).tolist()
    return [spots[low:high] for low, high in pairwise(ends)]


def _line(spots: list[Spot], start: Spot, end: Spot) -> Line:
    """Places along an edge from its start to its end, none twice in a row."""
    if len(spots) <= 2:
        return (start, end) if start != end else (start,)
    # Lines of undirected graphs may run from either end.
    onward = dist(spots[0], start) + dist(spots[-1], end)
    back = dist(spots[0], end) + dist(spots[-1], start)
    inner = spots[1:-1] if onward <= back else spots[-2:0:-1]
    line = (start, *inner, end)
    return (start, *(spot for before, spot in pairwise(line) if spot != before))


def _kind(data: dict[str, Any]) -> str:
    if isinstance(data.get("kind"), str):
        return str(data["kind"])
    # Simplified edges carry lists where their parts differ.
    if data.keys().isdisjoint(("highway", "bridge", "tunnel")):
        return "street"
    said = {
        key: set(value) if isinstance(value, list | tuple | set) else {value}
        for key, value in (
            (key, data.get(key)) for key in ("highway", "bridge", "tunnel")
        )
    }
    for key in ("tunnel", "bridge"):
        if said[key] - {None, "no", "building_passage"}:
            return key
    if "steps" in said["highway"]:
        return "steps"
    return "path" if said["highway"] <= _PATHS else "street"


def _features(data: dict[str, Any]) -> tuple[float, ...]:
    """Steps and crossings of an edge, as ``FEATURES``."""
    highway = data.get("highway")
    steps = "steps" in (highway if isinstance(highway, list) else [highway])
    said = {"steps": float(steps or data.get("kind") == "steps")} | data
    return tuple(
        float(said[name]) if isinstance(said.get(name), int | float) else 0.0
        for name in FEATURES
    )


def _shared(
    xy: npt.NDArray[np.float64],
    owner: npt.NDArray[np.intp],
    features: list[tuple[float, ...]],
    order: npt.NDArray[np.intp],
) -> dict[str, npt.NDArray[np.float64]]:
    """Features of segments; a crossing is shared among its edge's segments."""
    length_m = np.hypot(xy[:, 2] - xy[:, 0], xy[:, 3] - xy[:, 1])
    share = length_m / np.bincount(owner, weights=length_m)[owner]
    values = np.array(features)[owner]
    found = {
        name: (value if name == "steps" else value * share)[order]
        for name, value in zip(FEATURES, values.T, strict=True)
    }
    return {name: value for name, value in found.items() if value.any()}


def _straight(
    edges: list[Edge], count: int
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64], npt.NDArray[np.intp]]:
    """Straight segments of all edges: both ends, their nodes' keys, and the edge.

    Bends are nodes of their own, whatever else is at their place.
    """
    bends = np.array([len(line) - 2 for _, _, line, _, _ in edges])
    xy = np.array([spot for _, _, line, _, _ in edges for spot in line])
    row = np.repeat(np.arange(len(edges)), bends + 2)
    first = np.cumsum(bends + 2) - (bends + 2)
    keys = np.full(len(xy), -1, np.int64)
    keys[first] = [edge[0] for edge in edges]
    keys[first + bends + 1] = [edge[1] for edge in edges]
    keys[keys < 0] = count + np.arange(bends.sum())
    inner = row[1:] == row[:-1]
    return (
        np.hstack([xy[:-1][inner], xy[1:][inner]]),
        np.column_stack([keys[:-1][inner], keys[1:][inner]]),
        row[1:][inner],
    )


def _ordered(
    xy: npt.NDArray[np.float64],
    keys: npt.NDArray[np.int64],
    kind: npt.NDArray[np.object_],
    label: npt.NDArray[np.int32],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32], npt.NDArray[np.intp]]:
    """Nodes along a Morton curve; segments by their nodes, low node first."""
    _, first, ids = np.unique(keys, return_index=True, return_inverse=True)
    places = xy.reshape(-1, 2)[first]
    curve = np.argsort(morton(places), kind="stable")
    number = np.empty(len(places), np.int32)
    number[curve] = np.arange(len(places), dtype=np.int32)
    nodes = np.sort(number[ids.reshape(-1, 2)], axis=1)
    rank = np.unique(kind.astype(str), return_inverse=True)[1]
    order = np.lexsort((rank, label, nodes[:, 1], nodes[:, 0]))
    return places[curve], nodes[order], order


def _network(
    node_xy: npt.NDArray[np.float64],
    nodes: npt.NDArray[np.int32],
    *,
    crs: str,
    kind: npt.NDArray[np.object_],
    label: npt.NDArray[np.int32],
    compound_ids: tuple[str, ...],
    features: dict[str, npt.NDArray[np.float64]],
) -> WalkNetwork:
    length_m = np.hypot(*(node_xy[nodes[:, 1]] - node_xy[nodes[:, 0]]).T)
    none = np.zeros(0, dtype=object)
    return WalkNetwork(
        crs=crs,
        node_xy=node_xy,
        segment_nodes=nodes,
        segment_length_m=length_m,
        segment_compound=label,
        segment_kind=kind,
        **adjacency(nodes, length_m, len(node_xy)),
        component=component_numbers(nodes, length_m, len(node_xy)),
        compound_ids=compound_ids,
        cuts=gpd.GeoDataFrame(
            {"cut_by": none, "barrier_id": none},
            geometry=gpd.GeoSeries([], crs=crs),
            crs=crs,
        ),
        features=features,
    )


def to_networkx(network: WalkNetwork) -> nx.MultiGraph[int]:
    """A walk network as a networkx graph: nodes are places, edges are segments.

    Parameters
    ----------
    network : WalkNetwork
        Any.

    Returns
    -------
    MultiGraph
        Nodes ``0 … n-1`` with ``x``, ``y``, ``component``; edges, keyed by the number
        of their segment, with ``length`` (metres), ``geometry``, ``kind``,
        ``compound`` (id of the walled compound, None outside) and the network's
        features (of slopes a pair: low node to high, and back). The graph carries
        ``crs`` and ``compound_ids``. For osmnx: ``graph.to_directed()``.

    Raises
    ------
    ConfigError
        If networkx is not installed.

    Examples
    --------
    >>> graph = to_networkx(toy.network)
    >>> graph.number_of_edges() == len(toy.network.segment_nodes)
    True
    >>> graph.size(weight="length")
    4590.0
    """
    try:
        import networkx as nx
    except ImportError as error:
        raise ConfigError(
            where="to_networkx",
            what="networkx is not installed.",
            fix='Run: pip install "lifecircle[interchange]".',
        ) from error
    graph: nx.MultiGraph[int] = nx.MultiGraph(
        crs=network.crs, compound_ids=network.compound_ids
    )
    graph.add_nodes_from(
        (node, {"x": x, "y": y, "component": part})
        for node, ((x, y), part) in enumerate(
            zip(network.node_xy.tolist(), network.component.tolist(), strict=True)
        )
    )
    compound = np.array([*network.compound_ids, None], dtype=object)
    segments = zip(
        network.segment_nodes.tolist(),
        network.segment_length_m.tolist(),
        network.segment_geometry,
        network.segment_kind,
        compound[network.segment_compound],
        strict=True,
    )
    for key, ((start, end), length, line, kind, inside) in enumerate(segments):
        graph.add_edge(
            start, end, key, length=length, geometry=line, kind=kind, compound=inside
        )
    for name, values in network.features.items():
        for (start, end), key, value in zip(
            network.segment_nodes.tolist(),
            range(len(values)),
            values.tolist(),
            strict=True,
        ):
            graph.edges[start, end, key][name] = value
    return graph

"""osmnx graphs in, networkx graphs out, and round."""

from __future__ import annotations

import builtins

import networkx as nx
import numpy as np
import pytest
from shapely import LineString

from lifecircle.errors import ConfigError, CrsError, NetworkError
from lifecircle.network.graph import build_network
from lifecircle.network.interchange import from_osmnx, to_networkx

ARRAYS = (
    *("node_xy", "segment_nodes", "segment_length_m", "segment_compound"),
    *("segment_kind", "indptr", "neighbour", "edge_segment", "edge_length_m"),
    "component",
)


def same(one, other):
    return all(
        np.array_equal(getattr(one, name), getattr(other, name)) for name in ARRAYS
    )


@pytest.fixture
def square():
    """As osmnx projects it: a street 1-2 both ways, a bent one beside it, a bridge.

    ::

              (50, 40)
             /        \\       2 ── 3: one way only
            1 ──────── 2 ──── 3          4, above 2, joins 3 by a bridge
           (0,0)     (100,0) (200,0)
    """
    graph = nx.MultiDiGraph(crs="EPSG:4548")
    places = {1: (0, 0), 2: (100, 0), 3: (200, 0), 4: (100, 0)}
    for node, (x, y) in places.items():
        graph.add_node(node, x=x, y=y)
    bend = LineString([(0, 0), (50, 40), (100, 0)])
    for ends, line in ((1, 2), bend), ((2, 1), bend.reverse()):
        graph.add_edge(*ends, osmid=7, highway="footway", length=1.0, geometry=line)
    for ends in ((1, 2), (2, 1)):
        graph.add_edge(*ends, osmid=8, highway="residential", length=100.3)
    graph.add_edge(2, 3, highway=["steps", "path"], length=100.0)
    graph.add_edge(4, 3, highway="footway", bridge="yes", length=100.0)
    return graph


def test_from_osmnx_by_hand(square):
    network = from_osmnx(square)
    # Street, steps and bridge have 100 m each, the bend twice hypot(50, 40).
    bent = np.hypot(50, 40)
    assert network.segment_length_m.sum() == pytest.approx(300 + 2 * bent)
    # Nodes 1, 2, 3, 4 and the bend; each way there and back is one segment.
    assert len(network.node_xy) == 5
    assert sorted(network.segment_kind) == ["bridge", "path", "path", "steps", "street"]
    assert network.features["steps"].sum() == 1
    assert (network.segment_compound == -1).all()
    assert network.crs == "EPSG:4548"
    assert len(network.cuts) == 0


def test_what_lies_above_is_not_joined(square):
    network = from_osmnx(square)
    # Without node 3, node 4 (above node 2) is joined to nothing.
    square.remove_edge(4, 3)
    square.add_edge(4, 4 + 1, highway="footway")
    square.add_node(5, x=100, y=90)
    apart = from_osmnx(square)
    assert network.component.max() == 0
    assert apart.component.max() == 1


def test_shortest_walks_are_those_of_the_graph(square):
    graph = to_networkx(from_osmnx(square))
    place = {
        (data["x"], data["y"]): node
        for node, data in graph.nodes(data=True)
        if graph.degree(node) > 1 or data["x"] != 100
    }
    # 1 to 3: the straight street, not the bent one: 100 + 100.
    walk = nx.shortest_path_length(
        graph, place[0.0, 0.0], place[200.0, 0.0], weight="length"
    )
    assert walk == 200.0


@pytest.mark.parametrize("name", ["ladder", "river", "dead_end", "island"])
def test_round_trip_of_toy_networks(toy_networks, name):
    network = build_network(getattr(toy_networks, name))
    again = from_osmnx(to_networkx(network))
    assert same(network, again)
    # Directed as osmnx has it, the way back is no second segment.
    assert same(network, from_osmnx(to_networkx(network).to_directed()))


def test_round_trip_of_a_walled_compound(toy):
    again = from_osmnx(to_networkx(toy.network))
    assert same(toy.network, again)
    assert again.compound_ids == toy.network.compound_ids


def test_order_of_the_graph_does_not_matter(square):
    turned = nx.MultiDiGraph(**square.graph)
    turned.add_nodes_from(reversed(list(square.nodes(data=True))))
    turned.add_edges_from(reversed(list(square.edges(data=True))))
    assert same(from_osmnx(square), from_osmnx(turned))


def test_parallel_edges_are_kept(make_district, make_streets):
    rows = make_streets(
        ((0, 0), (100, 0)), ((0, 0), (50, 40), (100, 0)), ((0, 0), (100, 0))
    )
    rows[2]["bridge"] = "yes"
    network = build_network(make_district(roads=rows))
    graph = to_networkx(network)
    assert graph.number_of_edges() == len(network.segment_nodes)
    kinds = [
        sorted(data["kind"] for data in graph.get_edge_data(start, end).values())
        for start, end in set(graph.edges())
        if graph.number_of_edges(start, end) > 1
    ]
    assert kinds == [["bridge", "street"]]
    assert same(network, from_osmnx(graph))


def test_the_same_line_twice_stays_twice(make_district, make_streets):
    # Two roads drawn along one line, and a third that bends: 1 + 1 + 2 segments.
    rows = make_streets(
        ((0, 0), (100, 0)), ((0, 0), (100, 0)), ((0, 0), (50, 40), (100, 0))
    )
    network = build_network(make_district(roads=rows))
    assert len(network.segment_nodes) == 4
    assert same(network, from_osmnx(to_networkx(network)))
    assert same(network, from_osmnx(to_networkx(network).to_directed()))


def test_crossings_are_shared_and_edges_without_length_join(square):
    # The bend of node 1-2 is a signalled crossing: half of it on each segment.
    for _, _, data in square.edges(data=True):
        if data.get("osmid") == 7:
            data["signals"] = 1.0
    none = LineString([(100, 0), (100, 0)])
    square.add_edge(2, 4, highway="footway", geometry=none)
    network = from_osmnx(square)
    assert network.features["signals"].sum() == pytest.approx(1.0)
    assert sorted(network.features["signals"])[-2:] == pytest.approx([0.5, 0.5])
    assert (network.segment_length_m > 0).all()
    assert len(network.node_xy) == 4


@pytest.mark.parametrize("crs", [None, "EPSG:4326", "no crs at all"])
def test_degrees_are_refused(square, crs):
    square.graph["crs"] = crs
    with pytest.raises(CrsError, match="project_graph"):
        from_osmnx(square)


def test_graphs_that_give_no_network_are_refused(square):
    empty = nx.MultiDiGraph(crs="EPSG:4548")
    empty.add_node(1, x=0, y=0)
    with pytest.raises(NetworkError, match="no edge"):
        from_osmnx(empty)
    square.add_node("lost")
    with pytest.raises(NetworkError, match="lost"):
        from_osmnx(square)


def test_without_networkx_the_error_names_the_extra(toy, monkeypatch):
    given = builtins.__import__

    def without(name, *rest, **more):
        if name == "networkx":
            raise ImportError(name)
        return given(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ConfigError, match=r"lifecircle\[interchange\]"):
        to_networkx(toy.network)

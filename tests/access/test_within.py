"""Many searches at once: triples, tallies, threads, against networkx."""

import networkx as nx
import numpy as np
import pytest

from lifecircle.access.field import UM, Places, cost_graph, walk_field
from lifecircle.access.kernel import FAR
from lifecircle.access.tally import tally_at_nodes, tally_from_nodes
from lifecircle.access.within import (
    place_nodes,
    reached_from,
    walks_within,
    workspace,
)


@pytest.fixture(scope="module")
def graph(toy):
    return cost_graph(toy.network)


@pytest.fixture(scope="module")
def spots(graph):
    """A place in the middle of every third segment, 2 m off, and one on none."""
    segment = np.arange(0, len(graph.nodes), 3, dtype=np.int32)
    offset = graph.segment_um[segment] // 2
    return Places(
        np.append(segment, np.int32(-1)),
        np.append(offset, 0),
        np.append(np.full(len(segment), 2 * UM), 0),
    )


def by_networkx(graph, spots, row, limit_um):
    """Micrometres from a place to the nodes within the limit."""
    streets = nx.MultiGraph()
    for (start, end), um in zip(
        graph.nodes.tolist(), graph.segment_um.tolist(), strict=True
    ):
        streets.add_edge(start, end, weight=um)
    segment = spots.segment[row]
    if segment < 0:
        return {}
    offset, off = int(spots.offset_um[row]), int(spots.off_um[row])
    length = int(graph.segment_um[segment])
    start, end = graph.nodes[segment].tolist()
    streets.add_edge("here", start, weight=off + offset)
    streets.add_edge("here", end, weight=off + length - offset)
    reached = nx.single_source_dijkstra_path_length(streets, "here", cutoff=limit_um)
    return {node: um for node, um in reached.items() if node != "here"}


@pytest.mark.parametrize("limit_m", [1.0, 130.0, 600.0, 4000.0])
@pytest.mark.parametrize("threads", [1, 2])
def test_triples_equal_networkx(graph, spots, limit_m, threads):
    triples = walks_within(graph, spots, limit_m=limit_m, threads=threads)
    for row in range(len(spots.segment)):
        here = triples.source == row
        nodes, um = triples.node[here].tolist(), triples.um[here].tolist()
        mine = dict(zip(nodes, um, strict=True))
        assert len(mine) == here.sum()
        assert mine == by_networkx(graph, spots, row, round(limit_m * UM))
    assert (np.diff(triples.source) >= 0).all()


def test_any_number_of_threads_gives_the_same_bytes(graph, spots):
    many = spots.take(np.tile(np.arange(len(spots.segment)), 200))
    once = walks_within(graph, many, limit_m=500, threads=1)
    for threads in (2, 3):
        again = walks_within(graph, many, limit_m=500, threads=threads)
        for name in ("source", "node", "um"):
            assert getattr(once, name).tobytes() == getattr(again, name).tobytes()


def test_narrow_and_wide_numbers_give_the_same_walks(graph, spots):
    narrow = walks_within(graph, spots, limit_m=2147.0)
    wide = walks_within(graph, spots, limit_m=2148.0)
    assert (narrow.um.dtype, wide.um.dtype) == (np.int32, np.int64)
    inside = wide.um <= 2147 * UM
    np.testing.assert_array_equal(narrow.um, wide.um[inside])
    np.testing.assert_array_equal(narrow.node, wide.node[inside])


def test_a_workspace_serves_again_and_again(graph, spots):
    space = workspace(graph, limit_m=300)
    fresh = walks_within(graph, spots, limit_m=300)
    for _ in range(2):
        again = walks_within(graph, spots, limit_m=300, space=space)
        np.testing.assert_array_equal(again.um, fresh.um)
    node, um = reached_from(space, graph, spots.take(np.array([0])))
    np.testing.assert_array_equal(um, fresh.um[fresh.source == 0])
    np.testing.assert_array_equal(node, fresh.node[fresh.source == 0])


def test_places_on_nodes_stand_there(graph):
    nodes = np.arange(len(graph.indptr) - 1, dtype=np.int32)
    triples = walks_within(graph, place_nodes(graph, nodes), limit_m=0.0)
    assert triples.source.tolist() == triples.node.tolist() == nodes.tolist()
    assert (triples.um == 0).all()


@pytest.mark.parametrize("limit_m", [50.0, 700.0, 4000.0])
def test_tallies_from_both_sides_agree_with_fields(graph, spots, limit_m):
    kind = (np.arange(len(spots.segment)) % 3).astype(np.int32)
    there = tally_at_nodes(graph, spots, kind, kinds=3, limit_m=limit_m)
    back = tally_from_nodes(graph, spots, kind, kinds=3, limit_m=limit_m)
    np.testing.assert_array_equal(there.number, back.number)
    np.testing.assert_array_equal(there.nearest_m, back.nearest_m)
    for number in range(3):
        rows = np.flatnonzero(kind == number)
        field = walk_field(graph, spots.take(rows), limit_m=limit_m)
        nearest = np.where(field.node_um < FAR, field.node_um / UM, np.nan)
        np.testing.assert_array_equal(there.nearest_m[:, number], nearest)
        counted = sum(
            len(by_networkx(graph, spots, row, round(limit_m * UM)))
            for row in rows.tolist()
        )
        assert there.number[:, number].sum() == counted

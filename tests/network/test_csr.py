"""Numbers, order and adjacency of segments, held against numpy and networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from lifecircle.network.csr import (
    adjacency,
    component_numbers,
    first_seen,
    grouped,
    sorted_by,
)


@pytest.fixture
def segments():
    """3,000 segments of 900 nodes, some parallel: nodes, metres, number of nodes."""
    random = np.random.default_rng(4)
    ends = np.sort(random.integers(0, 900, (3000, 2)), axis=1).astype(np.int32)
    ends[2000:] = ends[:1000]
    ends = ends[ends[:, 0] < ends[:, 1]]
    ends = ends[np.lexsort(ends.T[::-1])]
    return ends, random.integers(1, 5, len(ends)).astype(float), 900


@pytest.mark.parametrize("codes", [[], [5], [5, 5, 3, 5, 3, 3, 9]])
def test_codes_are_numbered_as_they_are_seen(codes):
    number, first = first_seen(np.array(codes, dtype=np.int64))
    seen = list(dict.fromkeys(codes))
    assert number.tolist() == [seen.index(code) for code in codes]
    assert first.tolist() == [codes.index(code) for code in seen]


def test_counting_is_a_stable_sort():
    number = np.random.default_rng(1).integers(0, 50, 1000).astype(np.int32)
    order, pointer = grouped(number, 60)
    assert order.tolist() == np.argsort(number, kind="stable").tolist()
    counts = np.bincount(number, minlength=60)
    assert np.diff(pointer).tolist() == counts.tolist()


def test_ties_are_sorted_only_where_codes_are_equal(segments):
    ends, length_m, count = segments
    code = ends[:, 0].astype(np.int64) * count + ends[:, 1]
    whole = np.lexsort((length_m, code)).tolist()
    assert sorted_by(code, length_m).tolist() == whole
    assert sorted_by(code, length_m, order=np.arange(len(code))).tolist() == whole


def test_neighbours_come_by_node_neighbour_and_metres(segments):
    ends, length_m, count = segments
    made = adjacency(ends, length_m, count)
    # Both directions, sorted by where they start, where they lead, and metres.
    start, end = np.concatenate([ends, ends[:, ::-1]]).T
    segment = np.tile(np.arange(len(ends)), 2)
    order = np.lexsort((segment, length_m[segment], end, start))
    assert made["neighbour"].tolist() == end[order].tolist()
    assert made["edge_segment"].tolist() == segment[order].tolist()
    assert made["edge_length_m"].tolist() == length_m[segment[order]].tolist()
    counts = np.bincount(start, minlength=count)
    assert np.diff(made["indptr"]).tolist() == counts.tolist()


def test_parts_are_numbered_by_street_then_lowest_node():
    # 0-3 has 4 m, 1-2 and 4-5 have 7 m each: of equals the one with node 1 is first.
    ends = np.array([[0, 3], [1, 2], [4, 5]], np.int32)
    part = component_numbers(ends, np.array([4.0, 7.0, 7.0]), 7)
    assert part.tolist() == [2, 0, 0, 2, 1, 1, 3]


def test_parts_are_those_of_networkx(segments):
    ends, length_m, count = segments
    few = ends[::7]
    part = component_numbers(few, length_m[::7], count)
    graph = nx.Graph(few.tolist())
    graph.add_nodes_from(range(count))
    theirs = list(nx.connected_components(graph))
    assert [len(set(part[list(one)])) for one in theirs] == [1] * len(theirs)
    assert len(set(part.tolist())) == len(theirs)

"""The kernels against networkx on random graphs, parallel edges and ties included."""

import networkx as nx
import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecircle.access.kernel import BUCKET, FAR, Workspace, queue, reach_each, spread
from lifecircle.access.stamp import list_near, stamp

NODES = 12
edges = st.lists(
    st.tuples(
        st.integers(0, NODES - 1),
        st.integers(0, NODES - 1),
        st.integers(1, 40_000_000),
    ),
    max_size=40,
)
seeds = st.lists(
    st.tuples(st.integers(0, NODES - 1), st.integers(0, 9_000_000)),
    min_size=1,
    max_size=4,
)
limits = st.integers(1, 120_000_000)


def csr(rows):
    both = np.array([(a, b, c) for a, b, c in rows] + [(b, a, c) for a, b, c in rows])
    both = both.astype(np.int64).reshape(-1, 3)
    both = both[np.argsort(both[:, 0], kind="stable")]
    indptr = np.zeros(NODES + 1, np.int32)
    indptr[1:] = np.cumsum(np.bincount(both[:, 0], minlength=NODES))
    return indptr, both[:, 1].astype(np.int32), both[:, 2].astype(np.int64)


def blank(limit, width):
    """Records of the nodes, a blind one, and the buckets' rings, all empty."""
    state = np.full((NODES + 1 + (limit >> BUCKET) + 1, 4), NODES, width)
    state[:, 0], state[:, 3] = limit + 1, -1
    state[NODES + 1 :, 1:3] = np.arange(NODES + 1, len(state))[:, None]
    return state


def run(rows, sources, limit, width=np.int64):
    state = blank(limit, width)
    spread(
        *csr(rows),
        np.array([node for node, _ in sources], np.int32),
        np.array([cost for _, cost in sources], np.int64),
        np.arange(len(sources), dtype=np.int32),
        limit,
        state,
        np.full(NODES, -1, np.int32),
    )
    dist = state[:NODES, 0].astype(np.int64)
    dist[dist > limit] = FAR
    return dist, state[:NODES, 3], state


def space_of(rows, limit, width):
    """A workspace whose pool has to grow."""
    indptr, neighbour, cost = csr(rows)
    return Workspace(
        limit,
        np.column_stack([neighbour, np.minimum(cost, limit + 1)])
        .astype(width)
        .reshape(-1),
        np.column_stack([np.full(NODES + 1, limit + 1), indptr])
        .astype(width)
        .reshape(-1),
        np.empty(NODES + 1, np.int32),
        *queue(limit, 0),
    )


def expected(rows, sources, limit):
    """Lowest (distance, label) of every node, by networkx from each source."""
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(NODES))
    graph.add_weighted_edges_from(rows)
    best = {}
    for label, (node, cost) in enumerate(sources):
        reached = nx.single_source_dijkstra_path_length(graph, node)
        for other, away in reached.items():
            if away + cost <= limit:
                best[other] = min(best.get(other, (FAR, -1)), (away + cost, label))
    return best


@settings(max_examples=50, deadline=None)
@given(
    rows=edges, sources=seeds, limit=limits, width=st.sampled_from([np.int32, np.int64])
)
def test_nearest_with_label_equals_networkx(rows, sources, limit, width):
    dist, label, state = run(rows, sources, limit, width)
    best = expected(rows, sources, limit)
    touched = np.flatnonzero(dist < FAR).tolist()
    assert {node: (dist[node], label[node]) for node in touched} == best
    assert (label[dist == FAR] == -1).all()
    # Nothing is left in a bucket.
    assert (state[:, 1:3] == blank(limit, width)[:, 1:3]).all()


@settings(max_examples=30, deadline=None)
@given(
    rows=edges, sources=seeds, limit=limits, width=st.sampled_from([np.int32, np.int64])
)
def test_one_search_each_equals_networkx(rows, sources, limit, width):
    space = space_of(rows, limit, width)
    before = space.state.copy()
    counts, node, um = reach_each(
        space,
        np.arange(len(sources) + 1, dtype=np.int64),
        np.array([node for node, _ in sources], np.int32),
        np.array([cost for _, cost in sources], np.int64),
        np.arange(len(sources), dtype=np.int64),
    )
    source = np.repeat(np.arange(len(sources)), counts)
    triples = {
        (row, other, away)
        for row, one in enumerate(sources)
        for other, (away, _) in expected(rows, [one], limit).items()
    }
    assert set(zip(source.tolist(), node.tolist(), um.tolist(), strict=True)) == triples
    assert len(source) == len(triples)
    # Left as it came.
    assert (space.head == -1).all()
    assert (space.state == before).all()


def test_the_limit_is_inclusive():
    rows = [(0, 1, 5_000_000), (1, 2, 5_000_000)]
    assert run(rows, [(0, 0)], 10_000_000)[0][2] == 10_000_000
    assert run(rows, [(0, 0)], 9_999_999)[0][2] == FAR


def test_ties_go_to_the_lowest_label_whatever_the_way():
    # Node 1 is 10 m from both seeds; so is all that lies behind it.
    rows = [(0, 1, 10_000_000), (1, 2, 10_000_000), (1, 3, 1)]
    for sources in ([(0, 0), (2, 0)], [(2, 0), (0, 0)]):
        label = run(rows, sources, 50_000_000)[1]
        assert label[[1, 3]].tolist() == [0, 0]


def test_parallel_edges_count_with_the_shortest():
    rows = [(0, 1, 9_000_000), (0, 1, 4_000_000), (0, 1, 7_000_000)]
    assert run(rows, [(0, 0)], 20_000_000)[0][1] == 4_000_000


def test_near_walls_equal_brute_force():
    rng = np.random.default_rng(3)
    lines = rng.uniform(0, 200, (12, 4))
    origin, shape, reach = np.array([-20.0, -10.0]), (22, 25), 18.0
    pointer, near = list_near(lines, origin, 10.0, shape, reach)
    way = lines[:, 2:] - lines[:, :2]
    for cell in range(shape[0] * shape[1]):
        spot = origin + 10.0 * np.array([cell % shape[1], cell // shape[1]])
        share = ((spot - lines[:, :2]) * way).sum(axis=1) / (way**2).sum(axis=1)
        feet = lines[:, :2] + np.clip(share, 0, 1)[:, None] * way
        away = np.hypot(*(feet - spot).T)
        found = near[pointer[cell] : pointer[cell + 1]].tolist()
        assert found == np.flatnonzero(away <= reach).tolist()


def test_a_stamp_does_not_see_through_walls():
    lines = np.array([[0.0, 0.0, 100.0, 0.0]])
    walls = np.array([[-50.0, 5.0, 150.0, 5.0]])
    origin, shape = np.array([0.0, -20.0]), (5, 11)
    away = np.full(shape, 45.0)
    nearest = np.full(shape, -1, np.int32)
    pointer, near = list_near(walls, origin, 10.0, shape, 45.0)
    street, bridge = np.array([False]), np.array([True])
    stamp(lines, street, origin, 10.0, 45.0, walls, pointer, near, away, nearest)
    # Rows y = -20, -10, 0, 10, 20; the wall stands at y=5.
    np.testing.assert_allclose(away[:, 5], [20.0, 10.0, 0.0, 45.0, 45.0])
    assert nearest[:, 5].tolist() == [0, 0, 0, -1, -1]
    stamp(lines, bridge, origin, 10.0, 45.0, walls, pointer, near, away, nearest)
    np.testing.assert_allclose(away[:, 5], [20.0, 10.0, 0.0, 10.0, 20.0])

"""Benchmarks of the walk engine: searches, nearest, counts, agreement."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from functools import lru_cache

import networkx as nx
import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import cKDTree

from benchmarks import memory, networks, places
from benchmarks.harness import Bench, Row, Skip, interleaved, ratio
from benchmarks.networks import KINDS, Town
from lifecircle.access.field import (
    UM,
    CostGraph,
    Places,
    cost_graph,
    nearest_source,
    walk_field,
)
from lifecircle.access.within import (
    place_nodes,
    reached_from,
    walks_within,
    workspace,
)

LIMIT_M = 1200.0
MILLION = 1_000_000


@lru_cache(maxsize=1)
def big() -> tuple[Town, CostGraph]:
    """A million nodes."""
    return with_graph(networks.made_up(MILLION))


def with_graph(town: Town) -> tuple[Town, CostGraph]:
    """A town and its costs."""
    return town, cost_graph(town.network())


def some_nodes(town: Town, count: int, *, seed: int = 1) -> np.ndarray:
    """Random nodes of the main component."""
    random = np.random.default_rng(seed)
    return random.choice(town.main_nodes(), count, replace=False).astype(np.int32)


def as_networkx(town: Town) -> nx.Graph:
    """Parallel streets keep the shortest, as in ``Town.matrix``."""
    matrix = town.matrix.tocoo()
    graph = nx.Graph()
    graph.add_nodes_from(range(len(town.xy)))
    graph.add_weighted_edges_from(
        zip(matrix.row.tolist(), matrix.col.tolist(), matrix.data.tolist(), strict=True)
    )
    return graph


class Single:
    """A town with 200 random nodes, and the best time of a search from each."""

    def __init__(self, town: Town, graph: CostGraph) -> None:
        self.graph = graph
        self.nodes = some_nodes(town, 200)
        self.starts = [
            place_nodes(graph, self.nodes[row : row + 1])
            for row in range(len(self.nodes))
        ]
        self.space = workspace(graph, limit_m=LIMIT_M)
        self.seconds = np.full(len(self.nodes), np.inf)
        self.found = [0] * len(self.nodes)

    def search(self) -> None:
        """A search from each node."""
        for row, start in enumerate(self.starts):
            begin = time.process_time()
            found, _ = reached_from(self.space, self.graph, start)
            took = time.process_time() - begin
            self.seconds[row] = min(self.seconds[row], took)
            self.found[row] = len(found)


def one() -> Iterator[Row]:
    """One search at a time, at a million nodes, at 20 thousand, and by networkx."""
    town, graph = big()
    large, small = Single(town, graph), Single(*with_graph(networks.made_up(20_000)))
    their = as_networkx(town)
    peer = np.full(len(large.nodes), np.inf)
    for turn in range(9):
        large.search()
        small.search()
        if turn >= 3:
            continue
        for row, node in enumerate(large.nodes.tolist()):
            begin = time.process_time()
            lengths = nx.single_source_dijkstra_path_length(their, node, cutoff=LIMIT_M)
            peer[row] = min(peer[row], time.process_time() - begin)
            if len(lengths) != large.found[row]:
                message = f"{large.found[row]} nodes, networkx {len(lengths)}"
                raise AssertionError(message)
    ours, base, theirs = (
        statistics.median(seconds) for seconds in (large.seconds, small.seconds, peer)
    )
    yield Row(
        "walk.one_vs_networkx",
        "one 1,200 m search at 1 M nodes, median of 200 random sources",
        value=ours / theirs,
        bar=0.08,
        ours=ours,
        peer=theirs,
        peer_name="networkx",
        raw={"ours": large.seconds.tolist(), "peer": peer.tolist()},
    )
    yield Row(
        "walk.one_growth",
        "the same against its own time at 20 k nodes",
        value=ours / base,
        bar=1.5,
        ours=ours,
        peer=base,
        peer_name="at 20 k",
        raw={"ours": large.seconds.tolist(), "peer": small.seconds.tolist()},
    )


def clipped_search(town: Town, *, by_hand: bool) -> Callable[[int], np.ndarray]:
    """scipy on what lies within the limit as the crow flies, as one would write it.

    ``by_hand`` cuts the arrays of the matrix instead of taking rows and columns.
    """
    tree = cKDTree(town.xy)
    matrix = town.matrix
    number = np.full(len(town.xy), -1, np.int32)

    def cut(near: np.ndarray) -> csr_matrix:
        number[near] = np.arange(len(near), dtype=np.int32)
        low = matrix.indptr[near]
        size = matrix.indptr[near + 1] - low
        ends = np.cumsum(size)
        take = np.arange(ends[-1]) + np.repeat(low - (ends - size), size)
        column = number[matrix.indices[take]]
        inside = column >= 0
        row = np.repeat(np.arange(len(near)), size)[inside]
        indptr = np.zeros(len(near) + 1, np.int32)
        indptr[1:] = np.cumsum(np.bincount(row, minlength=len(near)))
        number[near] = -1
        return csr_matrix(
            (matrix.data[take][inside], column[inside], indptr),
            shape=(len(near), len(near)),
        )

    def search(node: int) -> np.ndarray:
        near = np.array(
            tree.query_ball_point(town.xy[node], LIMIT_M, return_sorted=True)
        )
        part = cut(near) if by_hand else matrix[near][:, near]
        away = dijkstra(part, indices=int(np.searchsorted(near, node)), limit=LIMIT_M)
        reached = np.isfinite(away)
        return np.column_stack([near[reached], away[reached]])

    return search


def many() -> Iterator[Row]:
    """Ten thousand searches to triples."""
    town, graph = big()
    nodes = some_nodes(town, 10_000, seed=2)
    sources = place_nodes(graph, nodes)
    their = as_networkx(town)
    sample = nodes[:200].tolist()
    search = clipped_search(town, by_hand=False)
    faster = clipped_search(town, by_hand=True)

    def ours() -> object:
        return walks_within(graph, sources, limit_m=LIMIT_M)

    def by_networkx() -> None:
        for node in sample:
            nx.single_source_dijkstra_path_length(their, node, cutoff=LIMIT_M)

    def by_scipy() -> None:
        for node in sample:
            search(node)

    def by_scipy_cut() -> None:
        for node in sample:
            faster(node)

    walks_within(graph, place_nodes(graph, nodes[:2]), limit_m=LIMIT_M)
    triples = ours()
    for row, node in enumerate(sample[:20]):
        found = triples.source == row
        mine = dict(
            zip(
                triples.node[found].tolist(),
                (triples.um[found] / UM).tolist(),
                strict=True,
            )
        )
        peer = {int(key): value for key, value in search(node).tolist()}
        if mine.keys() != peer.keys() or any(
            abs(mine[key] - peer[key]) > 1e-3 for key in mine
        ):
            message = "scipy and we differ"
            raise AssertionError(message)
    mine, theirs, scipys, cuts = interleaved(
        ours, by_networkx, by_scipy, by_scipy_cut, runs=5
    )
    scale = len(nodes) / len(sample)
    yield ratio(
        "walk.many_vs_networkx",
        "10,000 searches of 1,200 m at 1 M nodes to triples (200 sources scaled)",
        mine,
        [value * scale for value in theirs],
        bar=0.02,
        peer_name="networkx",
    )
    yield ratio(
        "walk.many_vs_scipy",
        "the same against scipy, its graph clipped per source (200 sources scaled)",
        mine,
        [value * scale for value in scipys],
        bar=0.033,
        peer_name="scipy",
    )
    yield ratio(
        "walk.many_vs_scipy_by_hand",
        "the same, scipy's graph cut by hand from its arrays (no bar: for the record)",
        mine,
        [value * scale for value in cuts],
        peer_name="scipy",
    )


def classes(town: Town, graph: CostGraph) -> list[tuple[np.ndarray, Places]]:
    """Facilities of ten classes: their nodes, and these as places."""
    found = []
    for kind, size in enumerate(networks.class_sizes(len(town.xy))):
        nodes = some_nodes(town, size, seed=100 + kind)
        found.append((nodes, place_nodes(graph, nodes)))
    return found


def nearest() -> Iterator[Row]:
    """Nearest of ten classes for every node, against scipy."""
    town, graph = big()
    given = classes(town, graph)
    matrix = town.matrix

    def ours() -> list[np.ndarray]:
        return [walk_field(graph, at, limit_m=LIMIT_M).node_um for _, at in given]

    def peer() -> list[np.ndarray]:
        return [
            dijkstra(matrix, indices=nodes, limit=LIMIT_M, min_only=True)
            for nodes, _ in given
        ]

    mine, theirs = ours()[0] / UM, peer()[0]
    reached = np.isfinite(theirs)
    if not np.allclose(mine[reached], theirs[reached], rtol=0, atol=1e-3):
        message = "scipy and we differ"
        raise AssertionError(message)
    yield ratio(
        "walk.nearest_vs_scipy",
        "nearest of 10 classes for every node at 1 M, limit 1,200 m",
        *interleaved(ours, peer, runs=3),
        bar=0.45,
        peer_name="scipy min_only",
    )


def nearest_pandana() -> Iterator[Row]:
    """Nearest of ten classes for every node, against pandana."""
    try:
        import pandana
        import pandas as pd
    except ImportError as reason:
        raise Skip(str(reason)) from reason
    town, graph = with_graph(networks.made_up(200_000))
    given = classes(town, graph)
    their = pandana.Network(
        pd.Series(town.xy[:, 0]),
        pd.Series(town.xy[:, 1]),
        pd.Series(town.ends[:, 0]),
        pd.Series(town.ends[:, 1]),
        pd.DataFrame({"metres": town.length_m}),
        twoway=True,
    )
    their.precompute(LIMIT_M)
    for kind, (nodes, _) in enumerate(given):
        x, y = town.xy[nodes].T
        their.set_pois(str(kind), LIMIT_M, 1, pd.Series(x), pd.Series(y))

    def ours() -> list[np.ndarray]:
        return [walk_field(graph, at, limit_m=LIMIT_M).node_um for _, at in given]

    def peer() -> list[object]:
        return [
            their.nearest_pois(LIMIT_M, str(kind), num_pois=1) for kind in range(KINDS)
        ]

    mine, theirs = ours()[0] / UM, peer()[0].to_numpy()[:, 0]
    reached = mine <= LIMIT_M
    away = np.abs(mine[reached] - theirs[reached])
    yield ratio(
        "walk.nearest_vs_pandana",
        "the same at 200 k, pandana's preprocessing not counted",
        *interleaved(ours, peer, runs=3),
        bar=0.01,
        peer_name="pandana",
        note=f"distances differ by {away.max():.3f} m at most",
    )


def agree_with_networkx(town: Town, graph: CostGraph, *, pairs: int = 1000) -> Row:
    """Walks between random points on streets, against networkx from their ends."""
    random = np.random.default_rng(7)
    starts, each = 20, pairs // 20
    segment = random.integers(0, len(town.ends), starts * (each + 1)).astype(np.int32)
    length_um = graph.segment_um[segment]
    offset = np.rint(random.random(len(segment)) * length_um).astype(np.int64)
    spots = Places(segment, offset, np.zeros(len(segment), np.int64))
    their = as_networkx(town)
    worst, reached = 0.0, 0
    for start in range(starts):
        goals = starts + start * each + np.arange(each)
        field = walk_field(graph, spots.take(np.array([start])), limit_m=1_000_000.0)
        mine = nearest_source(graph, field, spots.take(goals))[0] / UM
        want = _their_walks(town, their, (segment, offset / UM), start, goals)
        both = np.isfinite(want)
        if ((mine < 1e9) != both).any():
            worst = np.inf
        worst = max(worst, float(np.abs(mine - want)[both].max(initial=0.0)))
        reached += int(both.sum())
    return Row(
        f"walk.agree.{town.name}",
        f"{pairs} random pairs against networkx: largest difference, metres",
        value=worst,
        bar=0.01,
        unit="m",
        note=f"{len(town.xy)} nodes; {reached} pairs joined by a walk",
    )


def _their_walks(
    town: Town,
    their: nx.Graph,
    spots: tuple[np.ndarray, np.ndarray],
    start: int,
    goals: np.ndarray,
) -> np.ndarray:
    segment, offset = spots
    from_end = []
    for end in (0, 1):
        node = int(town.ends[segment[start], end])
        leg = offset[start] if end == 0 else town.length_m[segment[start]]
        leg = leg if end == 0 else leg - offset[start]
        lengths = nx.single_source_dijkstra_path_length(their, node)
        from_end.append((leg, lengths))
    want = []
    for goal in goals:
        length = town.length_m[segment[goal]]
        legs = (offset[goal], length - offset[goal])
        ways = [
            out + lengths.get(int(town.ends[segment[goal], end]), np.inf) + leg
            for out, lengths in from_end
            for end, leg in enumerate(legs)
        ]
        if segment[goal] == segment[start]:
            ways.append(abs(offset[goal] - offset[start]))
        want.append(min(ways))
    return np.array(want)


def agree() -> Iterator[Row]:
    """Agreement on made-up and real towns."""
    towns = {
        f"synthetic-{count}": lambda count=count: networks.made_up(count)
        for count in (20_000, 200_000)
    }
    real = networks.real_towns()
    for name, make in {**towns, **real}.items():
        town = make()
        row = agree_with_networkx(*with_graph(town))
        row.id = f"walk.agree.{name}"
        yield row
    for name in ("porto", "heidelberg", "xian"):
        if name not in real:
            yield Row(f"walk.agree.{name}", "", skipped="the shared data are not here")


def two_threads() -> Iterator[Row]:
    """Wall time of two threads against one."""
    town, graph = with_graph(networks.made_up(200_000))
    sources = place_nodes(graph, some_nodes(town, 20_000, seed=3))

    def run(threads: int) -> object:
        return walks_within(graph, sources, limit_m=LIMIT_M, threads=threads)

    once, twice = run(1), run(2)
    same = all(
        np.array_equal(getattr(once, name), getattr(twice, name))
        for name in ("source", "node", "um")
    )
    if not same:
        message = "two threads give other bytes"
        raise AssertionError(message)
    ours, peer = interleaved(
        lambda: run(2), lambda: run(1), runs=7, clock=time.perf_counter
    )
    yield ratio(
        "walk.two_threads",
        "two threads against one, wall time (needs an idle machine); same bytes",
        ours,
        peer,
        bar=0.6,
        peer_name="one thread",
    )


BENCHES = [
    Bench(("walk.one_vs_networkx", "walk.one_growth"), one),
    Bench(
        (
            "walk.many_vs_networkx",
            "walk.many_vs_scipy",
            "walk.many_vs_scipy_by_hand",
        ),
        many,
    ),
    Bench(("walk.nearest_vs_scipy",), nearest),
    Bench(("walk.nearest_vs_pandana",), nearest_pandana),
    Bench(("walk.polygon_time", "walk.polygon_iou"), places.polygon),
    Bench(("walk.snap_vs_strtree",), places.snap),
    Bench(("walk.osm_time", "walk.osm_memory"), memory.osm),
    Bench(
        ("walk.vs_cityseer_nodes", "walk.vs_cityseer", "walk.vs_cityseer_300"),
        places.cityseer,
    ),
    Bench(("walk.vs_valhalla",), places.valhalla),
    Bench(("walk.two_threads",), two_threads),
    Bench(("walk.peak_gb",), memory.peak),
    Bench(
        tuple(
            f"walk.agree.{name}"
            for name in (
                *("synthetic-20000", "synthetic-200000"),
                *("porto", "heidelberg", "xian"),
            )
        ),
        agree,
    ),
]

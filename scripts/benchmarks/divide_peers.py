"""Peers of the regrid suite, each set to the same band as far as it can be."""

from __future__ import annotations

import importlib
import random
import time
import warnings
from functools import partial
from typing import Any

import networkx as nx
import numpy as np

from benchmarks.harness import Skip
from lifecircle.plans.evaluation import cut_of
from lifecircle.plans.problem import PartitionProblem

SEEDS = 60


def peer(name: str) -> Any:
    """A peer's module; its rows are left out if it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise Skip(str(error)) from error


def in_range(problem: PartitionProblem, labels: np.ndarray) -> tuple[int, int]:
    """Parts that are connected and within the band, and parts."""
    graph = nx.Graph()
    graph.add_nodes_from(range(len(labels)))
    graph.add_edges_from(problem.edges.tolist())
    numbers = np.unique(labels)
    good = 0
    for number in numbers:
        atoms = np.flatnonzero(labels == number)
        size = problem.households[atoms].sum()
        good += bool(
            problem.low <= size <= problem.high
            and nx.is_connected(graph.subgraph(atoms.tolist()))
        )
    return good, len(numbers)


def target(problem: PartitionProblem) -> int:
    """Parts of middling size."""
    middle = (problem.low + problem.high) / 2
    return max(1, round(int(problem.households.sum()) / middle))


def metis(problem: PartitionProblem) -> tuple[np.ndarray, float]:
    """Best of 60 seeds by METIS, contiguous, tolerance up to the band's upper end.

    Best is the least cut among the plans that are connected and within the band; the
    least of all if there is none, as it is. CPU seconds are of the partitioning only.
    """
    pymetis = peer("pymetis")
    count, parts = len(problem.households), target(problem)
    weight = np.maximum(1, np.rint(10 * problem.border_m * problem.cut_weight))
    start = np.concatenate([problem.edges[:, 0], problem.edges[:, 1]])
    order = np.argsort(start, kind="stable")
    end = np.concatenate([problem.edges[:, 1], problem.edges[:, 0]])[order]
    pointer = np.r_[0, np.cumsum(np.bincount(start, minlength=count))]
    both = np.tile(weight, 2)[order].astype(int)
    allowed = problem.high * parts / int(problem.households.sum()) - 1.0
    given: dict[str, Any] = {
        "adjacency": pymetis.CSRAdjacency(pointer.tolist(), end.tolist()),
        "vweights": problem.households.tolist(),
        "eweights": both.tolist(),
        "recursive": False,
    }
    plans = []
    begun = time.process_time()
    for seed in range(SEEDS if parts > 1 else 0):
        options = pymetis.Options(
            seed=seed, ufactor=max(1, int(1000 * allowed)), contig=1
        )
        plans.append(pymetis.part_graph(parts, options=options, **given)[1])
    seconds = time.process_time() - begun
    best, key = np.zeros(count, np.int32), (2, np.inf)
    for plan in plans:
        labels = np.asarray(plan, np.int32)
        good, made = in_range(problem, labels)
        rank = (int(good < made), cut_of(problem, labels))
        if rank < key:
            best, key = labels, rank
    return best, seconds


def gerrychain(problem: PartitionProblem) -> np.ndarray | None:
    """Short bursts of recombination towards the least cut (their own optimiser).

    None where it finds no balanced cut.
    """
    chain = peer("gerrychain")
    optimise = peer("gerrychain.optimization")

    graph = nx.Graph()
    for atom, size in enumerate(problem.households.tolist()):
        graph.add_node(atom, households=size)
    cost = (problem.border_m * problem.cut_weight).tolist()
    for (a, b), value in zip(problem.edges.tolist(), cost, strict=True):
        graph.add_edge(a, b, cost=value)
    place = chain.Graph.from_networkx(graph)
    parts, total = target(problem), int(problem.households.sum())
    tree = peer("gerrychain.partition")

    random.seed(7)
    mean = total / parts
    slack = min(problem.high / mean - 1.0, 1.0 - problem.low / mean)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            first = tree.recursive_tree_part(
                place, list(range(parts)), mean, "households", max(slack, 0.02), 0
            )
    except RuntimeError:
        return None
    ends = map(frozenset, problem.edges.tolist())
    weight = dict(zip(ends, cost, strict=True))
    updaters = {
        "households": chain.updaters.Tally("households"),
        "cost": lambda plan: sum(weight[frozenset(edge)] for edge in plan["cut_edges"]),
    }
    start = chain.Partition(place, first, updaters)
    proposal = partial(
        chain.proposals.recom,
        pop_col="households",
        pop_target=mean,
        epsilon=max(slack, 0.02),
        node_repeats=0,
    )
    band = chain.constraints.within_percent_of_ideal_population
    search = optimise.SingleMetricOptimizer(
        proposal,
        [band(start, max(slack, 0.02), "households")],
        start,
        lambda plan: plan["cost"],
        maximize=False,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            for _ in search.short_bursts(10, 30):
                pass
        except RuntimeError:  # it finds no balanced cut
            return None
    found = search.best_part.assignment
    return np.array([found[atom] for atom in range(len(problem.households))])


def maxp(problem: PartitionProblem) -> np.ndarray:
    """Most regions of at least ``low`` households (it knows no upper end)."""
    heuristic = peer("spopt.region").MaxPHeuristic
    import geopandas as gpd
    from libpysal.weights import W

    around: dict[int, list[int]] = {a: [] for a in range(len(problem.households))}
    for a, b in problem.edges.tolist():
        around[a].append(b)
        around[b].append(a)
    frame = gpd.GeoDataFrame(
        {
            "x": problem.xy_m[:, 0],
            "y": problem.xy_m[:, 1],
            "households": problem.households,
        },
        geometry=gpd.points_from_xy(*problem.xy_m.T),
    )
    np.random.seed(7)  # noqa: NPY002 - the peer draws from it
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = heuristic(
            frame,
            W(around),
            ["x", "y"],
            "households",
            problem.low,
            top_n=2,
            max_iterations_construction=10,
            max_iterations_sa=10,
        )
        model.solve()
    return np.unique(np.asarray(model.labels_), return_inverse=True)[1]


def kmeans(problem: PartitionProblem) -> np.ndarray:
    """Constrained k-means of households; a building goes where most of it went."""
    model = peer("k_means_constrained").KMeansConstrained
    parts = target(problem)
    points = np.repeat(problem.xy_m, problem.households, axis=0)
    low, high = problem.low, max(problem.high, -(-len(points) // parts))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = model(
            n_clusters=parts,
            size_min=min(low, len(points) // parts),
            size_max=high,
            n_init=2,
            random_state=7,
        ).fit_predict(points)
    building = np.repeat(np.arange(len(problem.households)), problem.households)
    votes = np.zeros((len(problem.households), parts), np.int64)
    np.add.at(votes, (building, found), 1)
    return np.unique(votes.argmax(axis=1), return_inverse=True)[1]

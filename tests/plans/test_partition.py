"""Divisions of communities: small ones by hand and by brute force, and properties."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecircle.plans.evaluation import cost_of, cut_of, split_compounds
from lifecircle.plans.levels import Effort
from lifecircle.plans.partition import solve, solve_all
from lifecircle.plans.problem import (
    Partition,
    PartitionProblem,
    PartitionWeights,
    plain_problem,
)

QUICK = Effort(steps=2_000, starts=2, sets=20_000)


def chain(count: int) -> list[tuple[int, int]]:
    return list(pairwise(range(count)))


def connected(problem: PartitionProblem, atoms: np.ndarray) -> bool:
    graph = nx.Graph(problem.edges.tolist())
    graph.add_nodes_from(range(len(problem.households)))
    return nx.is_connected(graph.subgraph(atoms.tolist()))


def check(problem: PartitionProblem, plan: Partition) -> None:
    """What holds of every plan."""
    parts = int(plan.labels.max()) + 1
    assert np.array_equal(np.unique(plan.labels), np.arange(parts))
    sizes = np.bincount(plan.labels, weights=problem.households)
    assert sizes.sum() == problem.households.sum()
    for part in range(parts):
        atoms = np.flatnonzero(plan.labels == part)
        locks = set(problem.locked[atoms].tolist())
        assert locks == {-1} or connected(problem, atoms)
        if locks != {-1}:
            assert np.array_equal(atoms, np.flatnonzero(problem.locked == min(locks)))
            continue
        assert connected(problem, atoms)
        inside = problem.low <= sizes[part] <= problem.high
        if plan.status in {"optimal", "feasible"} and part not in plan.exceptions:
            assert inside
    assert plan.splits == len(split_compounds(problem, plan.labels))


def test_a_row_is_cut_at_its_shortest_border() -> None:
    # 700 households: two parts. Cuts after atom 1 (350 + 350) and nowhere else are
    # within 300 … 500, except after atom 2: 530 + 170. So the 100 m border is cut.
    row = plain_problem([200, 150, 180, 170], chain(4))
    plan = solve(row)
    assert plan.labels.tolist() == [0, 0, 1, 1]
    assert (plan.status, plan.tier, plan.cut, plan.bound) == (
        "optimal",
        "exact",
        100.0,
        100.0,
    )


def test_no_number_of_parts_fits() -> None:
    # 550 households: one part is over 500, two parts are under 300 each.
    plan = solve(plain_problem([250, 300], [(0, 1)]))
    assert plan.status == "infeasible"
    assert plan.certificate is not None
    assert plan.certificate.kind == "arithmetic"
    assert plan.certificate.households == 550
    # One part: 50 over. Two: 50 under. Equally far, and one part cuts nothing.
    assert plan.outside == 50
    assert plan.labels.tolist() == [0, 0]


def test_a_building_over_the_band_is_a_part_of_its_own() -> None:
    plan = solve(plain_problem([200, 150, 620, 170, 210], chain(5)))
    assert plan.labels.tolist() == [0, 0, 1, 2, 2]
    assert plan.exceptions == (1,)
    assert [found.kind for found in plan.certificates] == ["oversize"]
    assert plan.certificates[0].atoms == (2,)
    assert plan.outside == 0


def test_a_pocket_is_named() -> None:
    # Nobody can cross to atoms 3 and 4: 200 households are no part.
    plan = solve(plain_problem([200, 150, 60, 120, 80], [(0, 1), (1, 2), (3, 4)]))
    assert plan.status == "infeasible"
    assert [(found.kind, found.atoms) for found in plan.certificates] == [
        ("pocket", (3, 4))
    ]
    assert plan.labels.tolist() == [0, 0, 0, 1, 1]
    assert plan.outside == 100


def test_locked_parts_stay() -> None:
    row = plain_problem([200, 150, 90, 200, 150], chain(5), locked=[-1, -1, 0, -1, -1])
    plan = solve(row)
    assert plan.labels.tolist() == [0, 0, 1, 2, 2]
    assert plan.exceptions == (1,)
    assert plan.status == "optimal"


def test_enumeration_proves_that_nothing_fits() -> None:
    # 800 = two or more parts, but 290 + 220 + 290 in a row: every cut leaves 290.
    plan = solve(plain_problem([290, 220, 290], chain(3)))
    assert plan.certificate is not None
    assert plan.certificate.kind == "enumerated"


def test_a_compound_is_not_split_where_that_can_be_avoided() -> None:
    # Cutting the compound costs 1 m, beside it 390 m; still it stays whole.
    row = plain_problem(
        [200, 150, 150, 200],
        chain(4),
        compound=[-1, 0, 0, -1],
        border_m=[400.0, 1.0, 390.0],
        band=(150, 500),
    )
    whole = solve(row)
    assert whole.splits == 0
    assert whole.labels.tolist() == [0, 0, 0, 1]
    least = solve(row, weights=PartitionWeights(split=0.0))
    assert least.labels.tolist() == [0, 0, 1, 1]
    assert least.cut == 1.0


@st.composite
def problems(draw: st.DrawFn) -> PartitionProblem:
    count = draw(st.integers(1, 10))
    households = draw(st.lists(st.integers(0, 240), min_size=count, max_size=count))
    pairs = [(i, j) for i in range(count) for j in range(i + 1, count)]
    tree = [(draw(st.integers(0, j - 1)), j) for j in range(1, count)]
    extra = draw(st.lists(st.sampled_from(pairs), max_size=8)) if pairs else []
    edges = sorted({*tree, *extra})
    if draw(st.booleans()) and edges:
        edges.pop(draw(st.integers(0, len(edges) - 1)))
    borders = draw(
        st.lists(st.integers(1, 300), min_size=len(edges), max_size=len(edges))
    )
    some = st.lists(st.integers(-1, 2), min_size=count, max_size=count)
    return plain_problem(
        households,
        edges,
        compound=draw(some),
        old=draw(some),
        border_m=[float(border) for border in borders],
    )


def partitions(count: int) -> list[list[int]]:
    """Every division of a few atoms, as labels."""
    found = [[]]
    for _ in range(count):
        found = [
            [*labels, part]
            for labels in found
            for part in range(max(labels, default=-1) + 2)
        ]
    return found


def brute_force(problem: PartitionProblem, weights: PartitionWeights) -> float | None:
    """Least cost (splits first) of all divisions within the band; None = no such."""
    graph = nx.Graph(problem.edges.tolist())
    graph.add_nodes_from(range(len(problem.households)))
    good = {}
    best = None
    for given_labels in partitions(len(problem.households)):
        labels = np.array(given_labels, np.int32)
        for part in range(labels.max() + 1):
            atoms = tuple(np.flatnonzero(labels == part).tolist())
            if atoms not in good:
                size = problem.households[list(atoms)].sum()
                good[atoms] = problem.low <= size <= problem.high and nx.is_connected(
                    graph.subgraph(atoms)
                )
            if not good[atoms]:
                break
        else:
            key = (
                len(split_compounds(problem, labels)) if weights.split else 0,
                cost_of(problem, weights, labels),
            )
            best = key if best is None else min(best, key)
    return None if best is None else best[1]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(problem=problems(), dearer=st.sampled_from(["cut", "change", "all", "splits"]))
def test_equal_to_brute_force(problem: PartitionProblem, dearer: str) -> None:
    if len(problem.households) > 8:
        problem = replace(problem, low=250)
    weights = {
        "cut": PartitionWeights(split=0.0),
        "splits": PartitionWeights(),
        "change": PartitionWeights(change=2.0, split=0.0),
        "all": PartitionWeights(compactness=0.3, parts=40.0, change=1.0, split=0.0),
    }[dearer]
    plan = solve(problem, weights=weights, effort=QUICK)
    check(problem, plan)
    # Ground that is cut off and empty is an exception, which brute force knows not.
    if plan.exceptions:
        return
    best = brute_force(problem, weights)
    if best is None:
        assert plan.status == "infeasible"
        assert plan.certificates
    else:
        assert plan.status == "optimal"
        assert plan.cost == pytest.approx(best, abs=1e-6)
        assert not plan.certificates


def lattice(side: int, seed: int) -> PartitionProblem:
    rng = np.random.default_rng(seed)
    place = np.arange(side * side).reshape(side, side)
    edges = np.concatenate(
        [
            np.stack([place[:, :-1].ravel(), place[:, 1:].ravel()], axis=1),
            np.stack([place[:-1].ravel(), place[1:].ravel()], axis=1),
        ]
    )
    compound = (place // side // 4 * 10 + place % side // 4).ravel()
    return plain_problem(
        rng.integers(0, 40, side * side).tolist(),
        edges.tolist(),
        compound=compound.tolist(),
        old=(compound // 2).tolist(),
        border_m=rng.uniform(5.0, 60.0, len(edges)).tolist(),
    )


def test_the_same_plan_on_any_number_of_threads() -> None:
    towns = [lattice(12, seed) for seed in range(4)]
    one = solve_all(towns, seed=3, effort=QUICK)
    two = solve_all(towns, seed=3, effort=QUICK, threads=3)
    for town, a, b in zip(towns, one, two, strict=True):
        check(town, a)
        assert a.labels.tobytes() == b.labels.tobytes()
        assert a.cost == cut_of(town, a.labels)

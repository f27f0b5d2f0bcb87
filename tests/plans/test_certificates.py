"""Every certificate is accepted by a checker that shares no code with the solver."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecircle.plans.certificates import Certificate
from lifecircle.plans.levels import Effort
from lifecircle.plans.partition import solve
from lifecircle.plans.problem import PartitionProblem, plain_problem
from tests.plans.certificate_checker import accepts, divides

QUICK = Effort(steps=1_000, starts=2, sets=20_000)


@st.composite
def lumpy(draw: st.DrawFn) -> PartitionProblem:
    """Up to nine atoms of up to 560 households: many cannot be divided."""
    count = draw(st.integers(1, 9))
    households = draw(st.lists(st.integers(0, 560), min_size=count, max_size=count))
    edges = {(draw(st.integers(0, j - 1)), j) for j in range(1, count)}
    for _ in range(draw(st.integers(0, 4)) if count > 1 else 0):
        j = draw(st.integers(1, count - 1))
        edges.add((draw(st.integers(0, j - 1)), j))
    if edges and draw(st.booleans()):
        edges.discard(draw(st.sampled_from(sorted(edges))))
    return plain_problem(
        households,
        sorted(edges),
        compound=draw(st.lists(st.integers(-1, 2), min_size=count, max_size=count)),
        locked=[0 if draw(st.integers(0, 9)) == 0 else -1, *[-1] * (count - 1)],
    )


@settings(max_examples=80, deadline=None, derandomize=True)
@given(problem=lumpy())
def test_certificates_are_accepted_and_none_is_given_without_need(
    problem: PartitionProblem,
) -> None:
    plan = solve(problem, effort=QUICK)
    assert plan.status != "unsolved"
    for found in plan.certificates:
        assert accepts(problem, found), found
    if plan.unsplit is not None:
        assert accepts(problem, plan.unsplit)
    assert (plan.status == "infeasible") == bool(plan.certificates)
    # Without a certificate the free ground is divided; so it can be.
    if not plan.certificates:
        assert plan.outside == 0
    elif not any(found.kind == "oversize" for found in plan.certificates):
        graph = nx.Graph()
        free = [a for a, lock in enumerate(problem.locked.tolist()) if lock < 0]
        graph.add_nodes_from(free)
        graph.add_edges_from(
            (a, b) for a, b in problem.edges.tolist() if a in graph and b in graph
        )
        size = dict(enumerate(problem.households.tolist()))
        peopled = [
            piece
            for piece in nx.connected_components(graph)
            if any(size[atom] for atom in piece)
        ]
        assert not all(
            divides(graph.subgraph(piece), size, problem) for piece in peopled
        )


@settings(max_examples=60, deadline=None, derandomize=True)
@given(problem=lumpy())
def test_the_plan_beside_a_certificate_is_the_least_outside(
    problem: PartitionProblem,
) -> None:
    plan = solve(problem, effort=QUICK)
    graph = nx.Graph()
    size = dict(enumerate(problem.households.tolist()))
    graph.add_nodes_from(
        atom
        for atom, lock in enumerate(problem.locked.tolist())
        if lock < 0 and size[atom] <= problem.high
    )
    graph.add_edges_from(
        (a, b) for a, b in problem.edges.tolist() if a in graph and b in graph
    )
    least = sum(
        least_outside(frozenset(piece), graph, size, {})
        for piece in nx.connected_components(graph)
        if any(size[atom] for atom in piece)
    )
    assert plan.outside == least


def least_outside(
    atoms: frozenset[int],
    graph: nx.Graph,
    size: dict[int, int],
    known: dict[frozenset[int], int],
) -> int:
    """Fewest households outside 300 … 500 over all divisions of some atoms."""
    if not atoms:
        return 0
    if atoms not in known:
        first, *others = sorted(atoms)
        best = 10**9
        for chosen in range(2 ** len(others)):
            group = {first} | {a for i, a in enumerate(others) if chosen >> i & 1}
            if nx.is_connected(graph.subgraph(group)):
                total = sum(size[atom] for atom in group)
                wide = max(0, 300 - total, total - 500)
                if wide < best:
                    rest = least_outside(atoms - group, graph, size, known)
                    best = min(best, wide + rest)
        known[atoms] = best
    return known[atoms]


@pytest.mark.parametrize(
    "wrong",
    [
        Certificate("arithmetic", (0, 1), 700),  # two parts of 350 would do
        Certificate("arithmetic", (0, 1), 550),  # the sum is not theirs
        Certificate("oversize", (0,), 350),
        Certificate("pocket", (0,), 350),  # nothing cuts it off
        Certificate("enumerated", (0, 1), 700),
    ],
)
def test_a_wrong_certificate_is_refused(wrong: Certificate) -> None:
    assert not accepts(plain_problem([350, 350], [(0, 1)]), wrong)


def test_compounds_that_must_be_split_are_proven() -> None:
    # Compounds of 280 + 480 + 280 = 1040: two or three parts are 300 … 500 each only
    # if the one in the middle gives up a building.
    row = plain_problem(
        [140, 140, 60, 180, 180, 60, 140, 140],
        list(pairwise(range(8))),
        compound=[0, 0, 1, 1, 1, 1, 2, 2],
    )
    exact = solve(row)
    assert exact.splits == 1
    assert exact.tier == "exact"
    # With buildings small enough for the compound tier to be tried first.
    fine = plain_problem(
        [28] * 10 + [32] * 15 + [28] * 10,
        list(pairwise(range(35))),
        compound=[0] * 10 + [1] * 15 + [2] * 10,
    )
    plan = solve(replace(fine), effort=QUICK)
    assert plan.splits == 1
    assert plan.unsplit is not None
    assert accepts(fine, plan.unsplit)

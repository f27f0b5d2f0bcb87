"""Divisions of the shared test beds, and published proven optima."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import networkx as nx
import numpy as np
import pytest

from lifecircle.plans.partition import solve
from lifecircle.plans.problem import PartitionProblem, PartitionWeights, plain_problem

CHECKOUT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("LIFECIRCLE_DATA", CHECKOUT.parent / "shared" / "data"))

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(
        not (DATA / "regrid").is_dir(), reason="the shared real data are not here"
    ),
]


def towns(bed: str, count: int) -> list[PartitionProblem]:
    path = DATA / "regrid" / f"{bed}.json.gz"
    record = json.loads(gzip.decompress(path.read_bytes()))
    found = []
    for town in record["communities"][:count]:
        touch = town["adjacency"]
        price = [record["cut_weights"][kind] for kind in touch["kind"]]
        found.append(
            plain_problem(
                town["buildings"]["households"],
                list(zip(touch["i"], touch["j"], strict=True)),
                compound=town["buildings"]["compound"],
                border_m=(np.array(touch["border_m"]) * price).tolist(),
            )
        )
    return found


@pytest.mark.parametrize("bed", ["normal", "hard"])
def test_every_grid_is_in_range_and_connected(bed: str) -> None:
    for town in towns(bed, 8):
        plan = solve(town)
        assert plan.status in {"optimal", "feasible"}
        sizes = np.bincount(plan.labels, weights=town.households)
        assert ((sizes >= 300) & (sizes <= 500)).all()
        assert sizes.sum() == town.households.sum()
        graph = nx.Graph(town.edges.tolist())
        for part in range(len(sizes)):
            atoms = np.flatnonzero(plan.labels == part).tolist()
            assert nx.is_connected(graph.subgraph(atoms))
        # The hard bed is small enough to be proven.
        assert bed == "normal" or plan.bound == pytest.approx(plan.cost)


def test_the_hardest_community_is_proven() -> None:
    town = towns("hard", 56)[55]
    plan = solve(town)
    sizes = np.bincount(plan.labels, weights=town.households)
    assert ((sizes >= 300) & (sizes <= 500)).all()
    assert plan.status == "optimal"
    assert plan.bound == pytest.approx(plan.cost)


@pytest.mark.parametrize("state", ["ID", "NM", "WV"])
def test_published_optimum(state: str) -> None:
    path = DATA / "districting" / f"county_{state}.json"
    record = json.loads(path.read_text(encoding="utf-8"))
    counties = plain_problem(
        record["population"],
        record["edges"],
        band=(record["min"], record["max"]),
        border_m=[1.0] * len(record["edges"]),
    )
    plan = solve(counties, weights=PartitionWeights(split=0.0))
    assert plan.labels.max() + 1 == record["k"]
    assert plan.cut == record["proven_optimal_cut_edges"]

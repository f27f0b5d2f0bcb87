"""Test beds of the regrid suite: communities from files, and seeded ones of our own."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.spatial import Voronoi

from benchmarks.harness import Skip
from benchmarks.networks import data_folder
from lifecircle.plans.problem import PartitionProblem, plain_problem

LOW, HIGH = 300, 500


@dataclass(frozen=True)
class Published:
    """A districting problem with its proven optimum."""

    state: str
    problem: PartitionProblem
    parts: int
    optimum: float


def folder(name: str) -> Path:
    """A folder of the shared data."""
    found = data_folder()
    if found is None or not (found / name).is_dir():
        message = f"the shared data have no folder {name} here"
        raise Skip(message)
    return found / name


def bed(name: str) -> list[PartitionProblem]:
    """The communities of a bed, edges in ascending order."""
    with gzip.open(
        folder("regrid") / f"{name}.json.gz", "rt", encoding="utf-8"
    ) as file:
        record = json.load(file)
    return [_problem(town, record["cut_weights"]) for town in record["communities"]]


def _problem(town: dict, weights: dict[str, float]) -> PartitionProblem:
    of, touch = town["buildings"], town["adjacency"]
    edges = np.sort(np.array([touch["i"], touch["j"]], np.int32).T, axis=1)
    order = np.lexsort((edges[:, 1], edges[:, 0]))
    count = len(of["households"])
    return PartitionProblem(
        households=np.array(of["households"], np.int64),
        low=LOW,
        high=HIGH,
        xy_m=np.array([of["x_m"], of["y_m"]]).T,
        area_m2=np.array(of["cell_area_m2"]),
        perimeter_m=np.array(of["cell_perimeter_m"]),
        compound=np.array(of["compound"], np.int32),
        old=np.array(of["existing_grid"], np.int32),
        locked=np.full(count, -1, np.int32),
        workload=np.zeros(count),
        edges=edges[order],
        border_m=np.array(touch["border_m"])[order],
        cut_weight=np.array([weights[kind] for kind in touch["kind"]])[order],
    )


def published() -> list[Published]:
    """Counties into districts with the fewest cut edges, as published."""
    found = []
    for path in sorted(folder("districting").glob("county_*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        edges = record["edges"]
        problem = plain_problem(
            record["population"],
            edges,
            band=(record["min"], record["max"]),
            border_m=[1.0] * len(edges),
        )
        optimum = record["proven_optimal_cut_edges"]
        found.append(Published(record["state"], problem, record["k"], optimum))
    return found


def made_up(seed: int, *, lumpy: bool) -> PartitionProblem:
    """A community that no file holds: Voronoi cells of scattered buildings.

    Compounds are the cells of fewer, wider points; a river parts some of them.
    """
    rng = np.random.default_rng([seed, lumpy])
    count = int(rng.integers(20, 60) if lumpy else rng.integers(80, 260))
    side_m = 60.0 * np.sqrt(count)
    xy = rng.uniform(0.0, side_m, (count, 2))
    seats = rng.uniform(0.0, side_m, (max(2, count // (4 if lumpy else 16)), 2))
    compound = np.argmin(((xy[:, None] - seats) ** 2).sum(axis=2), axis=1)
    mirrored = [xy]
    for axis in (0, 1):
        for wall in (0.0, side_m):
            image = xy.copy()
            image[:, axis] = 2.0 * wall - image[:, axis]
            mirrored.append(image)
    cells = Voronoi(np.concatenate(mirrored))
    edges, border, weight = [], [], []
    for (a, b), ends in zip(cells.ridge_points, cells.ridge_vertices, strict=True):
        length = np.hypot(*np.diff(cells.vertices[ends], axis=0)[0])
        if max(a, b) >= count or length < 2.0:
            continue
        edges.append((min(a, b), max(a, b)))
        border.append(float(length))
        kinds = compound[a], compound[b]
        main = sum(kinds) % 5 == 0
        weight.append(2.0 if kinds[0] == kinds[1] else (0.05 if main else 0.6))
    order = np.lexsort(np.array(edges).T[::-1])
    plain = plain_problem(
        (rng.gamma(4.0, 28.0 if lumpy else 6.0, count) + 4.0).astype(int).tolist(),
        edges,
        compound=compound.tolist(),
        border_m=border,
    )
    plain.cut_weight[:] = np.array(weight)[order]
    return plain

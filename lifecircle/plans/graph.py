"""Atoms and their neighbours as row-pointer arrays, merged atoms, connectedness."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lifecircle.network.compiled import compiled

if TYPE_CHECKING:
    import numpy.typing as npt

    from lifecircle.plans.problem import PartitionProblem

    Ints = npt.NDArray[np.int32]
    Longs = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

__all__ = ["AtomGraph", "atom_graph", "components", "merge_atoms"]


@dataclass(frozen=True, slots=True, eq=False)
class AtomGraph:
    """Units to be divided: atoms, or groups of atoms that stay together.

    Attributes
    ----------
    households : int64 array (n,)
        Of every unit.
    indptr, neighbour : int32 arrays
        Units that touch unit ``i``: ``neighbour[indptr[i]:indptr[i + 1]]``.
    weight : float64 array
        Cost of parting the two, beside ``neighbour``.
    border_m : float64 array
        Length of their common border, beside ``neighbour``.
    area_m2, perimeter_m, workload : float64 arrays (n,)
        Of every unit.
    kept : int64 array (n, olds)
        Households of the unit by old part; no columns if change costs nothing.
    """

    households: Longs
    indptr: Ints
    neighbour: Ints
    weight: Floats
    border_m: Floats
    area_m2: Floats
    perimeter_m: Floats
    workload: Floats
    kept: Longs


def atom_graph(
    problem: PartitionProblem, units: Ints, *, count: int, with_old: bool
) -> AtomGraph:
    """The problem's graph with atoms of one unit merged.

    Parameters
    ----------
    problem : PartitionProblem
        Atoms and borders.
    units : int32 array (n,)
        Unit of every atom, 0 … count - 1; -1 = not part of the graph.
    count : int
        Number of units.
    with_old : bool
        Whether ``kept`` is needed.

    Returns
    -------
    AtomGraph
        Borders between two units are summed, borders inside a unit vanish.
    """
    inside = units >= 0
    unit = units[inside]
    start, end = units[problem.edges[:, 0]], units[problem.edges[:, 1]]
    used = (start >= 0) & (end >= 0) & (start != end)
    a, b = start[used].astype(np.int64), end[used].astype(np.int64)
    border = problem.border_m[used]
    weight = border * problem.cut_weight[used]
    key = np.concatenate([a * count + b, b * count + a])
    pairs, where = np.unique(key, return_inverse=True)
    rows = pairs // count if count else pairs
    indptr = np.zeros(count + 1, np.int32)
    indptr[1:] = np.cumsum(np.bincount(rows, minlength=count))
    edge = problem.edges
    same = (start >= 0) & (start == end)
    inner = np.bincount(
        units[edge[same, 0]], weights=problem.border_m[same], minlength=count
    )

    def total(values: npt.NDArray[np.generic]) -> Floats:
        return _sums(unit, values[inside], count)

    olds = int(problem.old.max(initial=-1)) + 1 if with_old else 0
    kept = np.zeros((count, olds), np.int64)
    if olds:
        had = inside & (problem.old >= 0)
        np.add.at(kept, (units[had], problem.old[had]), problem.households[had])
    return AtomGraph(
        households=np.rint(total(problem.households)).astype(np.int64),
        indptr=indptr,
        neighbour=(pairs % count if count else pairs).astype(np.int32),
        weight=_sums(where, np.tile(weight, 2), len(pairs)),
        border_m=_sums(where, np.tile(border, 2), len(pairs)),
        area_m2=total(problem.area_m2),
        perimeter_m=total(problem.perimeter_m) - 2.0 * inner,
        workload=total(problem.workload),
        kept=kept,
    )


def merge_atoms(problem: PartitionProblem, groups: Ints) -> Ints:
    """Units made of the connected pieces of groups.

    Parameters
    ----------
    problem : PartitionProblem
        Atoms and borders.
    groups : int32 array (n,)
        Atoms of one number >= 0 stay together where they touch; -1 = alone;
        -2 = left out.

    Returns
    -------
    int32 array (n,)
        Unit of every atom, numbered by first atom; -1 = left out.
    """
    edges = problem.edges
    start, end = groups[edges[:, 0]], groups[edges[:, 1]]
    same = (start >= 0) & (start == end)
    return _number(_label(len(groups), edges[same]), groups != -2)


def components(problem: PartitionProblem, inside: npt.NDArray[np.bool_]) -> Ints:
    """Connected pieces of some atoms.

    Parameters
    ----------
    problem : PartitionProblem
        Atoms and borders.
    inside : bool array (n,)
        The atoms.

    Returns
    -------
    int32 array (n,)
        Piece of every atom, numbered by first atom; -1 = not inside.
    """
    edges = problem.edges
    used = inside[edges[:, 0]] & inside[edges[:, 1]]
    return _number(_label(len(inside), edges[used]), inside)


def _sums(
    place: npt.NDArray[np.integer], values: npt.NDArray[np.generic], count: int
) -> Floats:
    return np.bincount(place, weights=values, minlength=count).astype(np.float64)


def _number(label: Ints, inside: npt.NDArray[np.bool_]) -> Ints:
    units = np.full(len(label), -1, np.int32)
    _, first, where = np.unique(label[inside], return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int32)
    rank[np.argsort(first, kind="stable")] = np.arange(len(first), dtype=np.int32)
    units[inside] = rank[where]
    return units


@compiled
def _label(count: int, edges: Ints) -> Ints:
    """Union-find: the smallest member that stands for every atom's piece."""
    parent = np.arange(count).astype(np.int32)
    for k in range(len(edges)):
        a, b = edges[k, 0], edges[k, 1]
        while parent[a] != a:
            parent[a] = parent[parent[a]]
            a = parent[a]
        while parent[b] != b:
            parent[b] = parent[parent[b]]
            b = parent[b]
        if a < b:
            parent[b] = a
        else:
            parent[a] = b
    for i in range(count):
        parent[i] = parent[parent[i]]
    return parent

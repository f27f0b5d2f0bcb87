"""Atoms and their neighbours as row-pointer arrays, merged atoms, connectedness."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lifecircle.plans.state import Arrays

if TYPE_CHECKING:
    import numpy.typing as npt

    from lifecircle.plans.problem import PartitionProblem

    Ints = npt.NDArray[np.int32]
    Longs = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

__all__ = ["atom_graph", "components", "merge_atoms"]


def atom_graph(
    problem: PartitionProblem, units: Ints, *, count: int, with_old: bool
) -> Arrays:
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
    Arrays
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
    edge = problem.edges
    same = (start >= 0) & (start == end)
    inner = np.bincount(
        units[edge[same, 0]], weights=problem.border_m[same], minlength=count
    )

    def total(values: npt.NDArray[np.generic]) -> Floats:
        return _sums(unit, values[inside], count)

    olds = int(problem.old.max(initial=-1)) + 1 if with_old else 0
    kept = np.zeros((count, olds))
    if olds:
        had = inside & (problem.old >= 0)
        np.add.at(kept, (units[had], problem.old[had]), problem.households[had])
    sums = (
        total(problem.perimeter_m) - 2.0 * inner,
        total(problem.area_m2),
        total(problem.workload),
        np.ones(count),
        total(problem.households),
    )
    both = (
        _sums(where, np.tile(weight, 2), len(pairs)),
        _sums(where, np.tile(border, 2), len(pairs)),
    )
    return Arrays(
        indptr=np.r_[0, np.cumsum(np.bincount(rows, minlength=count))].astype(np.int64),
        neighbour=pairs % count if count else pairs,
        border=np.stack(both, axis=1),
        sums=np.concatenate([np.stack(sums, axis=1), kept], axis=1),
        # The words depend on the number of units only.
        word=np.random.default_rng(20260630).integers(1, 2**63, count, dtype=np.uint64),
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


def _label(count: int, edges: Ints) -> Ints:
    """Piece of every atom, in any numbering."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    entry = np.ones(len(edges), np.int8), (edges[:, 0], edges[:, 1])
    graph = coo_array(entry, shape=(count, count))
    label: Ints = connected_components(graph, directed=False)[1]
    return label

"""What a plan costs, which old number each part inherits, which compounds it splits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

    from lifecircle.plans.problem import PartitionProblem, PartitionWeights

    Ints = npt.NDArray[np.int32]

__all__ = [
    *("changed_households", "cost_of", "cut_of", "inherit", "number_parts"),
    *("outside_by_part", "split_compounds"),
]


def number_parts(labels: npt.NDArray[np.integer]) -> tuple[Ints, Ints]:
    """Parts numbered by their first atom.

    Parameters
    ----------
    labels : int array (n,)
        Part of every atom, any numbers from 0.

    Returns
    -------
    tuple of int32 arrays
        Labels 0 … k - 1, and the new number of every old one (-1 = unused).

    Examples
    --------
    >>> number_parts(np.array([3, 1, 3]))[0].tolist()
    [0, 1, 0]
    """
    numbers, first = np.unique(labels, return_index=True)
    order = np.full(int(labels.max(initial=-1)) + 1, -1, np.int32)
    order[numbers[np.argsort(first)]] = np.arange(len(numbers), dtype=np.int32)
    return order[labels], order


def cut_of(problem: PartitionProblem, labels: Ints) -> float:
    """Weighted border between parts.

    Parameters
    ----------
    problem : PartitionProblem
        Borders and their weights.
    labels : int32 array (n,)
        Part of every atom.

    Returns
    -------
    float
        Sum of ``border_m · cut_weight`` over pairs in two parts.
    """
    parted = labels[problem.edges[:, 0]] != labels[problem.edges[:, 1]]
    return float(problem.border_m[parted] @ problem.cut_weight[parted])


def split_compounds(problem: PartitionProblem, labels: Ints) -> Ints:
    """Compounds of at most ``high`` households that lie in several parts.

    Parameters
    ----------
    problem : PartitionProblem
        Atoms with their compounds.
    labels : int32 array (n,)
        Part of every atom.

    Returns
    -------
    int32 array
        Their numbers, ascending.
    """
    had = problem.compound >= 0
    compound = problem.compound[had].astype(np.int64)
    if not len(compound):
        return np.empty(0, np.int32)
    households = np.bincount(compound, weights=problem.households[had])
    both = np.unique(np.stack([compound, labels[had]]), axis=1)
    parts = np.bincount(both[0], minlength=len(households))
    return np.flatnonzero((parts > 1) & (households <= problem.high)).astype(np.int32)


def outside_by_part(problem: PartitionProblem, labels: Ints) -> npt.NDArray[np.int64]:
    """Households outside the band, of every part.

    Parameters
    ----------
    problem : PartitionProblem
        Atoms and band.
    labels : int32 array (n,)
        Part of every atom, 0 … k - 1.

    Returns
    -------
    int64 array (k,)
        Zero where the part is within the band.
    """
    size = np.rint(np.bincount(labels, weights=problem.households)).astype(np.int64)
    return np.maximum(0, np.maximum(problem.low - size, size - problem.high))


def inherit(problem: PartitionProblem, labels: Ints) -> Ints:
    """Old part whose number every part inherits.

    Each old number goes to one part at most, so that as many households as possible
    keep theirs.

    Parameters
    ----------
    problem : PartitionProblem
        Atoms with their old parts.
    labels : int32 array (n,)
        Part of every atom, 0 … k - 1.

    Returns
    -------
    int32 array (k,)
        Old part; -1 = a new number.

    Examples
    --------
    >>> from lifecircle.plans.problem import plain_problem
    >>> edges = [(0, 1), (1, 2), (2, 3)]
    >>> row = plain_problem([200, 150, 90, 310], edges, old=[0, 0, 0, 1])
    >>> inherit(row, np.array([0, 0, 1, 1], np.int32)).tolist()
    [0, 1]
    """
    from scipy.optimize import linear_sum_assignment

    parts, olds = int(labels.max(initial=-1)) + 1, int(problem.old.max(initial=-1)) + 1
    heir = np.full(parts, -1, np.int32)
    if not olds:
        return heir
    had = problem.old >= 0
    shared = np.zeros((parts, olds), np.int64)
    np.add.at(shared, (labels[had], problem.old[had]), problem.households[had])
    part, old = linear_sum_assignment(shared, maximize=True)
    some = shared[part, old] > 0
    heir[part[some]] = old[some]
    return heir


def changed_households(problem: PartitionProblem, labels: Ints) -> int:
    """Households whose grid gets another number.

    Parameters
    ----------
    problem : PartitionProblem
        Atoms with their old parts.
    labels : int32 array (n,)
        Part of every atom, 0 … k - 1.

    Returns
    -------
    int
        Households that are not in the part that inherits their old one; those
        without an old part count too.
    """
    heir = inherit(problem, labels)
    kept = (problem.old >= 0) & (heir[labels] == problem.old)
    return int(problem.households[~kept].sum())


def cost_of(
    problem: PartitionProblem, weights: PartitionWeights, labels: Ints
) -> float:
    """The whole objective of a plan, without the price of splits if infinite.

    Parameters
    ----------
    problem : PartitionProblem
        Atoms and borders.
    weights : PartitionWeights
        Prices.
    labels : int32 array (n,)
        Part of every atom, 0 … k - 1.

    Returns
    -------
    float
        Weighted cut and what the weights add.
    """
    cost = cut_of(problem, labels)
    parts = int(labels.max(initial=-1)) + 1
    if weights.compactness:
        same = labels[problem.edges[:, 0]] == labels[problem.edges[:, 1]]
        outline = np.bincount(labels, weights=problem.perimeter_m) - 2.0 * np.bincount(
            labels[problem.edges[same, 0]],
            weights=problem.border_m[same],
            minlength=parts,
        )
        area = np.bincount(labels, weights=problem.area_m2)
        cost += weights.compactness * float(
            np.maximum(0.0, outline - 2.0 * np.sqrt(np.pi * area)).sum()
        )
    if weights.balance:
        load = np.bincount(labels, weights=problem.workload)
        cost += weights.balance * float(np.abs(load - load.mean()).sum())
    if weights.change:
        cost += weights.change * changed_households(problem, labels)
    if np.isfinite(weights.split) and weights.split:
        cost += weights.split * len(split_compounds(problem, labels))
    return cost + weights.parts * parts

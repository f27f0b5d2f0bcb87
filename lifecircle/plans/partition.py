"""Divide a community into connected parts within a band of households.

Locked parts stay, a building over the band is a part of its own, and every connected
piece of the rest is divided by itself.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from lifecircle.plans.certificates import Certificate
from lifecircle.plans.evaluation import (
    cost_of,
    cut_of,
    number_parts,
    outside_by_part,
    split_compounds,
)
from lifecircle.plans.graph import components
from lifecircle.plans.levels import Effort
from lifecircle.plans.pieces import Piece, divide_piece
from lifecircle.plans.problem import (
    Partition,
    PartitionProblem,
    PartitionWeights,
    Status,
    part_of_problem,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    Ints = npt.NDArray[np.int32]

__all__ = ["solve", "solve_all"]

EQUAL = 1e-6
TIERS = ("compound", "building", "exact")


def solve(
    problem: PartitionProblem,
    *,
    weights: PartitionWeights | None = None,
    seed: int = 0,
    effort: Effort | None = None,
) -> Partition:
    """Divide one community.

    Parameters
    ----------
    problem : PartitionProblem
        Atoms, borders, band, and what is locked.
    weights : PartitionWeights, optional
        What a plan costs beside its borders; by default nothing but that compounds
        stay whole.
    seed : int
        Of the search; the same seed gives the same plan.
    effort : Effort, optional
        How long to search.

    Returns
    -------
    Partition
        Contiguous parts; within the band, or with the reason why not.

    Examples
    --------
    >>> from lifecircle.plans.problem import plain_problem
    >>> row = plain_problem([200, 150, 180, 170], [(0, 1), (1, 2), (2, 3)])
    >>> plan = solve(row)
    >>> plan.labels.tolist(), plan.status
    ([0, 0, 1, 1], 'optimal')
    """
    weights = weights or PartitionWeights()
    effort = effort or Effort()
    labels, over = _fixed_parts(problem)
    exempt = list(range(int(labels.max(initial=-1)) + 1))
    certificates = [
        Certificate("oversize", (int(atom),), int(problem.households[atom]))
        for atom in over
    ]
    piece_of = components(problem, labels < 0)
    pieces: list[tuple[npt.NDArray[np.int64], Piece]] = []
    for number in range(int(piece_of.max(initial=-1)) + 1):
        atoms = np.flatnonzero(piece_of == number)
        following = int(labels.max(initial=-1)) + 1
        if not problem.households[atoms].any():
            # Ground that is cut off and where nobody lives: a part with its reason.
            labels[atoms] = following
            exempt.append(following)
            continue
        piece = divide_piece(part_of_problem(problem, atoms), weights, seed, effort)
        labels[atoms] = following + piece.labels
        pieces.append((atoms, piece))
    for atoms, piece in pieces:
        if piece.certificate is not None:
            certificates.append(_about(problem, atoms, piece.certificate))
    final, order = number_parts(labels)
    outside = outside_by_part(problem, final)
    numbers = sorted(int(order[part]) for part in exempt)
    exceptions = tuple(part for part in numbers if outside[part])
    return _assemble(problem, weights, final, exceptions, (pieces, certificates))


def solve_all(
    problems: Iterable[PartitionProblem],
    *,
    weights: PartitionWeights | None = None,
    seed: int = 0,
    effort: Effort | None = None,
    threads: int = 1,
) -> list[Partition]:
    """Divide many communities; the same plans for any number of threads.

    Parameters
    ----------
    problems : iterable of PartitionProblem
        The communities.
    weights : PartitionWeights, optional
        As for ``solve``.
    seed : int
        Of the search, the same for every community.
    effort : Effort, optional
        How long to search.
    threads : int
        How many at a time.

    Returns
    -------
    list of Partition
        In the order given.
    """
    one = partial(solve, weights=weights, seed=seed, effort=effort)
    if threads <= 1:
        return [one(problem) for problem in problems]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, problems))


def _fixed_parts(
    problem: PartitionProblem,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Labels of locked parts and buildings over the band, -1 elsewhere; the latter."""
    labels = np.full(len(problem.households), -1, np.int64)
    locks = np.unique(problem.locked[problem.locked >= 0])
    fixed = problem.locked >= 0
    labels[fixed] = np.searchsorted(locks, problem.locked[fixed])
    over = np.flatnonzero(~fixed & (problem.households > problem.high))
    labels[over] = len(locks) + np.arange(len(over))
    return labels, over


def _about(
    problem: PartitionProblem, atoms: npt.NDArray[np.int64], found: Certificate
) -> Certificate:
    """A piece's certificate with the community's atoms."""
    kind = found.kind
    if kind == "arithmetic" and len(atoms) < len(problem.households):
        kind = "pocket"
    numbers = tuple(int(atom) for atom in atoms[list(found.atoms)])
    return replace(found, kind=kind, atoms=numbers)


def _assemble(
    problem: PartitionProblem,
    weights: PartitionWeights,
    labels: Ints,
    exceptions: tuple[int, ...],
    solved: tuple[list[tuple[npt.NDArray[np.int64], Piece]], list[Certificate]],
) -> Partition:
    """The plan of the community from those of its pieces."""
    pieces, certificates = solved
    splits = len(split_compounds(problem, labels))
    cost = cost_of(problem, weights, labels)
    wide = outside_by_part(problem, labels)
    wide[list(exceptions)] = 0
    # A bound holds for the whole if each piece has one and they do not meet in the
    # objective: what lies between the pieces costs the same in every plan.
    bound = cost
    for _, piece in pieces:
        bound += piece.bound - piece.cost
    block = labels + len(pieces)
    for number, (atoms, _) in enumerate(pieces):
        block[atoms] = number
    if _meet(problem, weights, block):
        bound = np.nan
    status: Status
    if certificates:
        status = "infeasible"
    elif wide.any():
        status = "unsolved"
    else:
        status = (
            "optimal" if cost - bound <= EQUAL * max(1.0, abs(cost)) else "feasible"
        )
    if wide.any():
        bound = np.nan
    unsplit = [
        _about(problem, atoms, piece.unsplit)
        for atoms, piece in pieces
        if piece.unsplit is not None
    ]
    return Partition(
        labels=labels,
        status=status,
        tier=max((piece.tier for _, piece in pieces), key=TIERS.index, default="exact"),
        cut=cut_of(problem, labels),
        cost=cost,
        bound=float(bound) if bound > -EQUAL else np.nan,
        splits=splits,
        outside=int(wide.sum()),
        exceptions=exceptions,
        certificates=tuple(certificates),
        unsplit=unsplit[0] if unsplit else None,
    )


def _meet(problem: PartitionProblem, weights: PartitionWeights, block: Ints) -> bool:
    """Whether pieces and fixed parts share a mean, an old number or a compound."""
    prices = (
        (np.zeros(len(block), np.int32), weights.balance),
        (problem.old, weights.change),
        (problem.compound, weights.split),
    )
    return any(price > 0.0 and _in_several(of, block) for of, price in prices)


def _in_several(numbers: Ints, block: Ints) -> bool:
    """Whether a number >= 0 stands in several blocks."""
    pairs = np.unique(np.stack([numbers, block])[:, numbers >= 0], axis=1)
    return bool((np.diff(pairs[0]) == 0).any())

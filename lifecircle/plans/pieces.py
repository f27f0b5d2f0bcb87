"""One connected piece of a community: which tier divides it, and what is proven."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from lifecircle.plans.certificates import Certificate
from lifecircle.plans.levels import (
    Effort,
    enumerate_level,
    least_outside,
    make_level,
    search_level,
    small,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from lifecircle.plans.problem import PartitionProblem, PartitionWeights

    Ints = npt.NDArray[np.int32]

__all__ = ["Piece", "divide_piece"]

ATOMS_PER_PART = 9.0  # atoms of a part up to which all sets are tried
FEW = 16  # atoms of a piece of which all sets are tried anyway
HARDER = (1, 4, 16)  # times the steps, while nothing within the band is found
MOST_TRIALS = 40


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """The division of a piece.

    Attributes
    ----------
    labels : int32 array (n,)
        Part of every atom of the piece.
    tier : str
        ``compound``, ``building`` or ``exact``.
    bound : float
        Of the cost with splits; NaN = none.
    certificate : Certificate or None
        Why nothing is; atoms are numbered within the piece.
    unsplit : Certificate or None
        Why compounds had to be split, if that is proven.
    cost : float
        With the price of splits; infinite = not within the band.
    """

    labels: Ints
    tier: str
    bound: float
    certificate: Certificate | None = None
    unsplit: Certificate | None = None
    cost: float = np.inf


def divide_piece(
    problem: PartitionProblem, weights: PartitionWeights, seed: int, effort: Effort
) -> Piece:
    """Divide a connected piece whose atoms are all free.

    Parameters
    ----------
    problem : PartitionProblem
        The piece.
    weights : PartitionWeights
        Prices.
    seed : int
        Of the search.
    effort : Effort
        How long to try.

    Returns
    -------
    Piece
        A plan within the band, or a certificate and the least-violation plan, or
        neither if nothing was found and nothing is proven.
    """
    total = int(problem.households.sum())
    if -(-total // problem.high) > total // problem.low:
        labels = _least_violation(problem, weights, seed, effort)
        return Piece(labels, "building", np.nan, _certify(problem, "arithmetic"))
    count = len(problem.households)
    if count <= FEW or problem.high * count <= ATOMS_PER_PART * total:
        level = make_level(problem, weights, _alone(problem))
        exact = enumerate_level(level, replace(effort, sets=200 * effort.sets))
        if exact is not None and exact.found:
            return Piece(exact.labels, "exact", exact.bound, cost=exact.cost)
        if exact is not None:
            labels = _least_violation(problem, weights, seed, effort)
            return Piece(labels, "exact", np.nan, _certify(problem, "enumerated"))
    if weights.split <= 0.0:
        return _buildings(problem, weights, seed, effort)
    whole = _compounds_whole(problem, weights, seed, effort)
    if whole.cost < np.inf and np.isinf(weights.split):
        return whole
    split = _buildings(problem, weights, seed, effort)
    return replace(split, unsplit=whole.unsplit) if split.cost < whole.cost else whole


def _alone(problem: PartitionProblem) -> Ints:
    return np.full(len(problem.households), -1, np.int32)


def _numbers(problem: PartitionProblem, effort: Effort) -> list[int]:
    """Numbers of parts to start from, the smallest first, in turns if few fit."""
    total = int(problem.households.sum())
    least, most = -(-total // problem.high), total // problem.low
    tried = min(most - least + 1, max(1, effort.starts - 1))
    return [least + turn % tried for turn in range(effort.starts)]


def _compounds_whole(
    problem: PartitionProblem, weights: PartitionWeights, seed: int, effort: Effort
) -> Piece:
    """The compound tier; or, where that is infeasible, as few compounds split."""
    fits = small(problem)
    numbers = _numbers(problem, effort)
    level = make_level(problem, weights, fits, priced="none")
    exact = enumerate_level(level, effort)
    answer = exact or search_level(level, seed, effort, numbers)
    if answer.found:
        sure = exact is not None and answer.cost <= level.price
        bound = answer.bound if sure else np.nan
        return Piece(answer.labels, "compound", bound, cost=answer.cost)
    proof = None if exact is None else _certify(problem, "compounds_intact")
    proven = proof is not None and np.isinf(weights.split)
    best, opened_before = answer, 0
    for opened in _openings(fits):
        if best.found and len(opened) > opened_before:
            break
        groups = np.where(np.isin(fits, opened), -1, fits)
        level = make_level(problem, weights, groups, priced="none")
        exact = enumerate_level(level, effort)
        proven = proven and exact is not None and len(opened) == 1
        answer = exact or search_level(level, seed, effort, numbers)
        if answer.found and answer.cost < best.cost:
            best, opened_before = answer, len(opened)
    bound = best.cost if proven else np.nan
    return Piece(best.labels, "building", bound, cost=best.cost, unsplit=proof)


def _openings(fits: Ints) -> Iterator[tuple[int, ...]]:
    """Compounds to open: each alone, then each pair, as far as trials go."""
    count = int(fits.max(initial=-1)) + 1
    trials = 0
    for size in (1, 2):
        for opened in combinations(range(count), size):
            trials += 1
            if trials > MOST_TRIALS:
                return
            yield opened


def _buildings(
    problem: PartitionProblem, weights: PartitionWeights, seed: int, effort: Effort
) -> Piece:
    """The building tier: search ever harder until something is within the band."""
    level = make_level(problem, weights, _alone(problem))
    for times in HARDER:
        harder = replace(effort, steps=times * effort.steps)
        answer = search_level(level, seed, harder, _numbers(problem, harder))
        if answer.found:
            return Piece(answer.labels, "building", np.nan, cost=answer.cost)
    labels = _least_violation(problem, weights, seed, effort)
    return Piece(labels, "building", np.nan)


def _least_violation(
    problem: PartitionProblem, weights: PartitionWeights, seed: int, effort: Effort
) -> Ints:
    """Labels with the fewest households outside the band; by search if too many."""
    plain = replace(weights, balance=0.0, split=np.inf)
    level = make_level(problem, plain, _alone(problem), priced="none")
    exact = least_outside(level, effort)
    if exact is not None and exact.found:
        return exact.labels
    total = int(problem.households.sum())
    numbers = {max(1, total // problem.high), max(1, total // problem.low)}
    numbers |= {number + 1 for number in numbers}
    return search_level(level, seed, effort, sorted(numbers)).labels


def _certify(problem: PartitionProblem, kind: str) -> Certificate:
    return Certificate(
        kind,
        tuple(range(len(problem.households))),
        int(problem.households.sum()),
    )

"""Between the best shape and the least change: plans to choose from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from lifecircle.plans.evaluation import changed_households
from lifecircle.plans.graph import merge_atoms
from lifecircle.plans.partition import solve
from lifecircle.plans.problem import Partition, PartitionProblem, PartitionWeights

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecircle.plans.levels import Effort

__all__ = ["FrontierPlan", "change_price", "frontier", "keep_sound_parts"]

STABILITIES = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True, eq=False)
class FrontierPlan:
    """One plan of the frontier.

    Attributes
    ----------
    stability : float
        What it was made with, 0 to 1.
    plan : Partition
        The division.
    changed : int
        Households whose grid gets another number.
    """

    stability: float
    plan: Partition
    changed: int


def change_price(problem: PartitionProblem, stability: float) -> float:
    """Price of a household that changes grid.

    At stability ``s`` it is ``s / (1 - s)`` times the mean weighted border between
    atoms, per mean household of an atom: at 0.5 a building that moves costs as much
    as one border that is cut. Stability 1 counts as 0.98.

    Parameters
    ----------
    problem : PartitionProblem
        The community.
    stability : float
        0 = shape alone, 1 = change alone.

    Returns
    -------
    float
        For ``PartitionWeights.change``.

    Raises
    ------
    ValueError
        If the stability is not within 0 … 1.

    Examples
    --------
    >>> from lifecircle.plans.problem import plain_problem
    >>> change_price(plain_problem([20, 30], [(0, 1)]), 0.5)
    4.0
    """
    if not 0.0 <= stability <= 1.0:
        message = f"stability is {stability}; it must be from 0 to 1."
        raise ValueError(message)
    share = min(stability, 0.98)
    if not len(problem.edges) or not problem.households.any():
        return share / (1.0 - share)
    border = float(np.mean(problem.border_m * problem.cut_weight))
    return share / (1.0 - share) * border / float(np.mean(problem.households))


def frontier(
    problem: PartitionProblem,
    *,
    weights: PartitionWeights | None = None,
    stabilities: Sequence[float] = STABILITIES,
    seed: int = 0,
    effort: Effort | None = None,
) -> list[FrontierPlan]:
    """Plans from the best shape to the least change.

    Parameters
    ----------
    problem : PartitionProblem
        The community, with its old parts.
    weights : PartitionWeights, optional
        Prices beside that of change, which the stability sets.
    stabilities : sequence of float
        One plan each, ascending.
    seed : int
        Of the search.
    effort : Effort, optional
        How long to search.

    Returns
    -------
    list of FrontierPlan
        Never more change at a higher stability: a plan that another beats in both is
        replaced by that.
    """
    given = weights or PartitionWeights()
    found = []
    for stability in stabilities:
        priced = replace(given, change=change_price(problem, stability))
        plan = solve(problem, weights=priced, seed=seed, effort=effort)
        found.append(
            FrontierPlan(stability, plan, changed_households(problem, plan.labels))
        )
    return [_best_for(one, found) for one in found]


def _best_for(one: FrontierPlan, found: list[FrontierPlan]) -> FrontierPlan:
    """The plan, or one that is no worse in violation, splits, cut and change."""

    def figures(other: FrontierPlan) -> tuple[int, int, float, int]:
        plan = other.plan
        return plan.outside, plan.splits, plan.cut, other.changed

    best = one
    for other in found:
        better = all(a <= b for a, b in zip(figures(other), figures(best), strict=True))
        if better and figures(other) != figures(best):
            best = other
    return replace(best, stability=one.stability)


def keep_sound_parts(problem: PartitionProblem) -> PartitionProblem:
    """The problem with every part of today locked that is not to be repaired.

    Locked are old parts that are within the band, connected, and touch no part that
    is outside it: a part outside the band can only be mended with its neighbours.

    Parameters
    ----------
    problem : PartitionProblem
        The community, with its old parts.

    Returns
    -------
    PartitionProblem
        For ``solve``: what is left free is repaired, the rest stays as it is.

    Examples
    --------
    >>> from lifecircle.plans.problem import plain_problem
    >>> edges = [(0, 1), (1, 2), (2, 3)]
    >>> row = plain_problem([400, 350, 350, 250], edges, old=[0, 1, 2, 3])
    >>> keep_sound_parts(row).locked.tolist()
    [0, 1, -1, -1]
    """
    old = problem.old
    count = int(old.max(initial=-1)) + 1
    had = old >= 0
    size = np.bincount(old[had], weights=problem.households[had], minlength=count)
    sick = (size < problem.low) | (size > problem.high)
    units = merge_atoms(problem, np.where(had, old, -1).astype(np.int32))
    pieces = np.unique(np.stack([old[had], units[had]]), axis=1)[0]
    sick |= np.bincount(pieces, minlength=count) != 1
    ends = old[problem.edges]
    loose = np.zeros(count + 1, np.bool_)  # the last is that of atoms without a part
    loose[:count], loose[count] = sick, True
    touched = sick.copy()
    for a, b in (ends.T, ends.T[::-1]):
        touched[a[(a >= 0) & loose[b]]] = True
    free = ~had | touched[old]
    locked = np.where(free, -1, old)
    fixed = problem.locked >= 0
    locked[fixed] = count + problem.locked[fixed]
    return replace(problem, locked=locked.astype(np.int32))

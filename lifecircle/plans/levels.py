"""One connected piece of a community at a level: atoms alone, or compounds whole."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from lifecircle.plans.covering import Pool, cover
from lifecircle.plans.enumeration import connected_sets
from lifecircle.plans.first import first_plan
from lifecircle.plans.graph import atom_graph, merge_atoms
from lifecircle.plans.regions import price_regions, whole_compounds
from lifecircle.plans.search import Schedule, anneal
from lifecircle.plans.state import (
    HOUSEHOLDS,
    VIOLATION,
    WEIGHT,
    Arrays,
    Seen,
    new_plan,
    new_seen,
    rules_of,
)
from lifecircle.plans.trees import new_tree

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt

    from lifecircle.plans.problem import PartitionProblem, PartitionWeights

    Ints = npt.NDArray[np.int32]
    Longs = npt.NDArray[np.int64]

__all__ = [
    "Answer",
    "Effort",
    "Level",
    "enumerate_level",
    "least_outside",
    "make_level",
    "search_level",
    "small",
]

REGIONS = 20_000
# Of the mean border: warmth at first and last. Of it and the band's sum: price of a
# household outside. Share of steps by trees; how much dearer plans still give regions.
WARM, COLD, LAX, STRICT, TREES, KEEP = 2.0, 0.2, 250.0, 5000.0, 0.15, 0.03


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to search and enumerate.

    Attributes
    ----------
    steps : int
        Annealing steps per start.
    starts : int
        Plans that are annealed: one less than that of the smallest numbers of parts,
        in turns.
    sets : int
        Connected sets looked at before an enumeration is given up.
    """

    steps: int = 15_000
    starts: int = 4
    sets: int = 15_000


@dataclass(frozen=True, slots=True, eq=False)
class Level:
    """A piece with some atoms merged.

    Attributes
    ----------
    problem : PartitionProblem
        The piece, every atom of it free.
    weights : PartitionWeights
        Prices.
    units : int32 array (n,)
        Unit of every atom.
    arrays : Arrays
        The graph of units.
    compound : int32 array (units,)
        Compound that should stay whole, of every unit; -1 = none.
    pieces : int64 array
        Units of each of these compounds.
    price : float
        Of a split compound; more than any plan costs if splits are to be avoided.
    """

    problem: PartitionProblem
    weights: PartitionWeights
    units: Ints
    arrays: Arrays
    compound: Ints
    pieces: Longs
    price: float


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """A plan of the atoms, and what is proven of it.

    Attributes
    ----------
    labels : int32 array (n,)
        Within the band if the cost is finite, else as near as was found.
    cost : float
        With the price of splits; infinite = nothing within the band.
    bound : float
        No plan of the level costs less; NaN = none.
    """

    labels: Ints
    cost: float
    bound: float

    @property
    def found(self) -> bool:
        """Whether the plan is within the band."""
        return math.isfinite(self.cost)


def small(problem: PartitionProblem) -> Ints:
    """Compounds that fit into one part, by atom.

    Parameters
    ----------
    problem : PartitionProblem
        A piece.

    Returns
    -------
    int32 array (n,)
        Compound of the atom, numbered anew from 0; -1 = none, or too large.
    """
    had = problem.compound >= 0
    fits = np.full(len(had), -1, np.int32)
    if had.any():
        sums = np.bincount(problem.compound[had], weights=problem.households[had])
        kept = had.copy()
        kept[had] = sums[problem.compound[had]] <= problem.high
        fits[kept] = np.unique(problem.compound[kept], return_inverse=True)[1]
    return fits


def make_level(
    problem: PartitionProblem,
    weights: PartitionWeights,
    groups: Ints,
    *,
    priced: Literal["splits", "none"] = "splits",
) -> Level:
    """A level with the atoms of each group merged.

    Parameters
    ----------
    problem : PartitionProblem
        A piece.
    weights : PartitionWeights
        Prices.
    groups : int32 array (n,)
        Atoms of one number >= 0 stay together where they touch; -1 = alone.
    priced : {"splits", "none"}
        Whether split compounds cost their price in the choice among plans; not
        needed where the groups keep the compounds whole.

    Returns
    -------
    Level
        Compounds are those that fit into one part.
    """
    units = merge_atoms(problem, groups)
    count = int(units.max()) + 1
    arrays = atom_graph(problem, units, count=count, with_old=weights.change > 0.0)
    compound = np.full(count, -1, np.int32)
    if priced == "splits":
        compound[units] = small(problem)
    pieces = np.bincount(compound[compound >= 0]).astype(np.int64)
    if np.isfinite(weights.split):
        price = weights.split
    else:
        parts = problem.households.sum() / problem.low + 1.0
        price = 1.0 + (
            problem.border_m @ problem.cut_weight
            + weights.compactness * problem.perimeter_m.sum()
            + weights.parts * parts
            + weights.change * problem.households.sum()
            + weights.balance * problem.workload.sum() * 2.0
        )
    return Level(problem, weights, units, arrays, compound, pieces, float(price))


def enumerate_level(level: Level, effort: Effort) -> Answer | None:
    """The best plan of a level, proven, if its connected sets can be listed.

    Parameters
    ----------
    level : Level
        The piece.
    effort : Effort
        When to give up.

    Returns
    -------
    Answer or None
        Not found if it is proven that no plan of this level is within the band; None
        if there are too many sets to list or to choose from.
    """
    problem = level.problem
    found = connected_sets(level.arrays, problem.low, problem.high, steps=effort.sets)
    if found is None:
        return None
    answer = _choose(level, *found, None)
    if not answer.found and len(level.pieces):
        # The price of splits is so high that rounding might hide a plan: ask again
        # without it.
        alone = np.full_like(level.compound, -1)
        plain = replace(level, compound=alone, pieces=level.pieces[:0])
        answer = _choose(plain, *found, None)
        if answer.found:
            return replace(answer, bound=np.nan)
    # Neither a plan nor a proof that there is none: the choice met its limits.
    return answer if answer.found or np.isinf(answer.bound) else None


def least_outside(level: Level, effort: Effort) -> Answer | None:
    """The plan with the fewest households outside the band, and of these the best.

    Parameters
    ----------
    level : Level
        The piece.
    effort : Effort
        When to give up.

    Returns
    -------
    Answer or None
        Exact; None if there are too many connected sets.
    """
    problem, arrays = level.problem, level.arrays
    total = int(problem.households.sum())
    found = connected_sets(arrays, 0, total, steps=effort.sets // 4)
    if found is None:
        return None
    indptr, members = found
    size = np.add.reduceat(arrays.sums[members, HOUSEHOLDS], indptr[:-1])
    wide = np.maximum(0, np.maximum(problem.low - size, size - problem.high))
    return _choose(level, indptr, members, None, fine=level.price * wide)


def search_level(
    level: Level, seed: int, effort: Effort, parts: Iterable[int]
) -> Answer:
    """The best plan of a level that a search finds, chosen anew from all it saw.

    Parameters
    ----------
    level : Level
        The piece.
    seed : int
        Of the search.
    effort : Effort
        Steps per start.
    parts : iterable of int
        Numbers of parts to start from.

    Returns
    -------
    Answer
        Not found if none is within the band, then the least outside. No bound.
    """
    problem, arrays = level.problem, level.arrays
    count = len(arrays.word)
    tree = new_tree(count, seed)
    seen = new_seen(count, REGIONS)
    best, least = np.zeros(count, np.int64), np.inf
    for turn, number in enumerate(parts):
        rules = rules_of(
            problem.low,
            problem.high,
            float(problem.workload.sum()) / number,
            level.weights,
        )
        plan = new_plan(arrays, max(2 * number, int(number) + 3))
        schedule = _schedule(level, effort, turn)
        rules[VIOLATION] = schedule.lax
        plan.part[:] = first_plan(arrays, rules, number, tree)
        labels, cost = anneal(arrays, plan, rules, seen, schedule, tree)
        if cost < least:
            best, least = labels, cost
    return _recombine(level, best.astype(np.int32), seen)


def _schedule(level: Level, effort: Effort, turn: int) -> Schedule:
    """Warmth and price of a violation in the scale of what borders cost."""
    weight = level.arrays.border[:, WEIGHT]
    scale = float(np.mean(weight)) if len(weight) else 1.0
    household = scale / (level.problem.low + level.problem.high)
    return Schedule(
        steps=effort.steps,
        warm=WARM * scale,
        cold=COLD * scale,
        lax=LAX * household * (1.0, 0.4, 2.5)[turn // 4 % 3],
        strict=STRICT * household,
        trees=TREES,
        keep=KEEP,
    )


def _recombine(level: Level, best: Ints, seen: Seen) -> Answer:
    problem = level.problem
    sizes = np.bincount(best, weights=level.arrays.sums[:, HOUSEHOLDS])
    used = np.bincount(best) > 0
    good = bool(((sizes >= problem.low) & (sizes <= problem.high))[used].all())
    count = int(seen.filled[0])
    indptr = seen.starts[: count + 1]
    members = seen.members[: indptr[-1]]
    if good:
        parts = [np.flatnonzero(best == p) for p in np.flatnonzero(used)]
        indptr = np.r_[indptr, indptr[-1] + np.cumsum([len(part) for part in parts])]
        members = np.concatenate([members, *parts]).astype(np.int32)
    known = np.arange(count, len(indptr) - 1) if good else None
    if len(indptr) > 1:
        answer = _choose(level, indptr, members, known)
        if answer.found:
            return replace(answer, bound=np.nan)
    return Answer(best[level.units], np.inf, np.nan)


def _choose(
    level: Level,
    indptr: Longs,
    members: Ints,
    known: Longs | None,
    fine: npt.NDArray[np.float64] | None = None,
) -> Answer:
    """Set partitioning over regions, for each number of parts if workload counts."""
    problem, arrays = level.problem, level.arrays
    count = len(arrays.word)
    total = int(problem.households.sum())
    credit = level.price * whole_compounds(
        indptr, members, level.compound, level.pieces
    )
    if fine is not None:
        credit -= fine
    numbers: list[int | None] = [None]
    if level.weights.balance > 0.0:
        numbers = list(range(-(-total // problem.high), total // problem.low + 1))
    answer = Answer(np.zeros(len(level.units), np.int32), np.inf, np.inf)
    for number in numbers:
        mean = float(problem.workload.sum()) / (number or 1)
        rules = rules_of(problem.low, problem.high, mean, level.weights)
        pool = price_regions(arrays, rules, indptr, members, credit)
        start = (
            known if number in (None, len(known) if known is not None else -1) else None
        )
        found = cover(pool, count, parts=number, best=start)
        bound = min(answer.bound, found.bound)
        if found.chosen is None or found.cost >= answer.cost:
            answer = Answer(answer.labels, answer.cost, bound)
            continue
        answer = Answer(_labels(level, pool, found.chosen), found.cost, bound)
    whole = level.price * len(level.pieces)
    return Answer(answer.labels, answer.cost + whole, answer.bound + whole)


def _labels(level: Level, pool: Pool, chosen: Longs) -> Ints:
    labels = np.full(len(level.arrays.word), -1, np.int32)
    for part, region in enumerate(chosen):
        labels[pool.members[pool.indptr[region] : pool.indptr[region + 1]]] = part
    return labels[level.units]

"""Annealing of a plan: units shift across a border, two parts merge and split anew.

Contiguity holds at every step; households outside the band cost a price that grows
as it cools. Every random number comes from one seeded row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lifecircle.network.compiled import compiled, compiled_inside
from lifecircle.plans.moves import joined_without, merge_split, undo
from lifecircle.plans.state import (
    CHANGE,
    HOUSEHOLDS,
    KEPT,
    LOW,
    UNITS,
    VIOLATION,
    Arrays,
    Plan,
    Seen,
    move_unit,
    part_cost,
    part_outside,
    record,
    set_plan,
)
from lifecircle.plans.trees import Tree, draw

if TYPE_CHECKING:
    import numpy.typing as npt

    Longs = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

__all__ = ["Schedule", "anneal"]

STRICT = 1000.0
# What is counted on the way: warmth, what it and the price of a violation are
# multiplied by as it cools, the cost and the households outside the band; the best
# value, and the cost that belongs to it.
HEAT, COOLING, RISING, COST, OUTSIDE, BEST, LEAST = range(7)


class Schedule(NamedTuple):
    """How to anneal: steps, warmth and price of a violation at first and last, mix.

    ``trees`` is the share of steps that merge and split; regions of plans that cost
    at most ``keep`` times the best are kept.
    """

    steps: int
    warm: float
    cold: float
    lax: float
    strict: float
    trees: float
    keep: float


def anneal(
    arrays: Arrays,
    plan: Plan,
    rules: Floats,
    seen: Seen,
    schedule: Schedule,
    tree: Tree,
) -> tuple[Longs, float]:
    """Anneal a plan in place.

    Parameters
    ----------
    arrays : Arrays
        The units.
    plan : Plan
        Parts to start from.
    rules : float64 array
        Band and prices; the price of a violation is set here.
    seen : Seen
        Regions within the band are added.
    schedule : Schedule
        How to anneal.
    tree : Tree
        Workspace, and the state of the random numbers.

    Returns
    -------
    tuple
        Part of every unit in the best plan seen, and its
        ``cost + STRICT · households outside the band``.
    """
    cut = set_plan(arrays, plan)
    source = np.repeat(np.arange(len(plan.part)), np.diff(arrays.indptr))
    rounds = max(1, schedule.steps // 64)
    cooling = (schedule.cold / schedule.warm) ** (1.0 / rounds)
    rising = (schedule.strict / schedule.lax) ** (1.0 / rounds)
    tally = np.array([schedule.warm, cooling, rising, cut, 0.0, np.inf, np.inf])
    best = plan.part.copy()
    taken = np.zeros(arrays.sums.shape[1] - KEPT, np.int64)
    notes = source, best, taken, tally
    _anneal(arrays, plan, rules, seen, schedule, tree, notes)
    return best, float(tally[BEST])


@compiled
def _anneal(
    arrays: Arrays,
    plan: Plan,
    rules: Floats,
    seen: Seen,
    schedule: Schedule,
    tree: Tree,
    notes: tuple[Longs, Longs, Longs, Floats],
) -> None:
    part, (source, best, taken, tally) = plan.part, notes
    _inherit(plan, rules, taken)
    _add_parts(plan, rules, tally, 1.0)
    tally[BEST] = tally[COST] + STRICT * tally[OUTSIDE]
    tally[LEAST] = tally[COST]
    rules[VIOLATION] = schedule.lax
    for step in range(schedule.steps if len(source) else 0):
        if step & 63 == 63:
            _cool(plan, rules, tally, taken, step)
        at = np.int64(draw(tree.luck) * len(source))
        anew = draw(tree.luck) < schedule.trees
        unit = source[at]
        a, b = part[unit], part[arrays.neighbour[at]]
        if a == b and anew and plan.sums[a, HOUSEHOLDS] >= 2 * rules[LOW]:
            b = _empty_part(plan)  # a part that is large enough may be split in two
        if a == b or b < 0:
            continue
        if not _step(arrays, plan, rules, tree, tally, (unit, b, anew)):
            continue
        value = tally[COST] + STRICT * tally[OUTSIDE]
        if tally[COST] <= (1.0 + schedule.keep) * tally[LEAST]:
            for p in (a, b):
                record(plan, rules, seen, p)
        if value < tally[BEST] - 1e-9:
            tally[BEST], tally[LEAST] = value, tally[COST]
            for one in range(len(part)):
                best[one] = part[one]


@compiled_inside
def _cool(plan: Plan, rules: Floats, tally: Floats, taken: Longs, step: int) -> None:
    """Less warmth, a dearer violation; now and then old parts go to others."""
    tally[HEAT] *= tally[COOLING]
    rules[VIOLATION] *= tally[RISING]
    if rules[CHANGE] > 0.0 and step & 1023 == 1023:
        _add_parts(plan, rules, tally, -1.0)
        _inherit(plan, rules, taken)
        _add_parts(plan, rules, tally, 1.0)


@compiled_inside
def _step(
    arrays: Arrays,
    plan: Plan,
    rules: Floats,
    tree: Tree,
    tally: Floats,
    move: tuple[int, int, bool],
) -> bool:
    """Try a move and keep it by the rule of Metropolis; whether it was kept."""
    unit, b, anew = move
    part, node = plan.part, tree.node
    a = part[unit]
    cost = part_cost(plan, rules, a) + part_cost(plan, rules, b)
    excess = part_outside(plan, rules, a) + part_outside(plan, rules, b)
    if anew:
        grown = merge_split(arrays, plan, rules, tree, a, b)
    else:
        grown = move_unit(arrays, plan, unit, b)
    grown += part_cost(plan, rules, a) + part_cost(plan, rules, b) - cost
    excess = part_outside(plan, rules, a) + part_outside(plan, rules, b) - excess
    change = grown + rules[VIOLATION] * excess
    refused = change > 0.0 and draw(tree.luck) >= np.exp(-change / tally[HEAT])
    if not anew and not refused and plan.sums[a, UNITS] > 0.0:
        # Cheaper to ask last: is what the unit left still in one piece?
        part[unit] = a
        refused = not joined_without(arrays, part, unit, node)
        part[unit] = b
    if not refused:
        tally[COST] += grown
        tally[OUTSIDE] += excess
    elif anew:
        undo(arrays, plan, node, a, b)
    else:
        move_unit(arrays, plan, unit, a)
    return not refused


@compiled_inside
def _add_parts(plan: Plan, rules: Floats, tally: Floats, sign: float) -> None:
    """Add what all parts cost beside their borders; at first what is outside too."""
    cost, out = 0.0, 0.0
    for p in range(len(plan.heir)):
        cost += part_cost(plan, rules, p)
        out += part_outside(plan, rules, p)
    tally[COST] += sign * cost
    tally[OUTSIDE] += sign * out


@compiled_inside
def _empty_part(plan: Plan) -> int:
    for p in range(len(plan.heir)):
        if plan.sums[p, UNITS] == 0.0:
            return p
    return -1


@compiled_inside
def _inherit(plan: Plan, rules: Floats, taken: Longs) -> None:
    """Give each old part to the part that overlaps it most, greatest first."""
    sums, heir = plan.sums, plan.heir
    for p in range(len(heir)):
        heir[p] = -1
    if rules[CHANGE] <= 0.0:
        return
    olds = len(taken)
    for old in range(olds):
        taken[old] = 0
    for _ in range(olds):
        best, p_best, old_best = 0.0, -1, -1
        for p in range(len(heir)):
            if sums[p, UNITS] == 0.0 or heir[p] >= 0:
                continue
            for old in range(olds):
                if taken[old] == 0 and sums[p, KEPT + old] > best:
                    best, p_best, old_best = sums[p, KEPT + old], p, old
        if p_best < 0:
            return
        heir[p_best] = old_best
        taken[old_best] = 1

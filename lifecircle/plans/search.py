"""Annealing of a plan: units shift across a border, two parts merge and split anew.

Contiguity holds at every step; households outside the band cost a price that grows
as it cools. Every random number comes from one seeded row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lifecircle.network.compiled import compiled
from lifecircle.plans.moves import Work, joined_without, merge_split, undo
from lifecircle.plans.state import (
    CHANGE,
    VIOLATION,
    Arrays,
    Plan,
    Rules,
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

    Ints = npt.NDArray[np.int32]
    Words = npt.NDArray[np.uint64]

__all__ = ["Schedule", "anneal"]

STRICT = 1000.0
HEAT, COST, OUTSIDE, BEST = range(4)


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


@compiled
def anneal(
    arrays: Arrays,
    plan: Plan,
    rules: Rules,
    seen: Seen,
    schedule: Schedule,
    tree: Tree,
    state: Words,
) -> tuple[Ints, float]:
    """Anneal the plan in place; the labels and cost of the best one seen.

    Best is the least ``cost + STRICT · households outside the band``.
    """
    n = len(plan.part)
    work = Work(tree, np.empty(n, np.int32), np.empty(n, np.int32), state)
    cut = set_plan(arrays, plan, plan.part.copy())
    source = np.repeat(np.arange(n).astype(np.int32), np.diff(arrays.indptr))
    _inherit(plan, rules)
    cost, out = _totals(plan, rules)
    tally = np.array([schedule.warm, cut + cost, float(out), cut + cost + STRICT * out])
    best, least = plan.part.copy(), tally[COST]
    rounds = max(1, schedule.steps // 64)
    cooling = (schedule.cold / schedule.warm) ** (1.0 / rounds)
    rising = (schedule.strict / schedule.lax) ** (1.0 / rounds)
    rules.price[VIOLATION] = schedule.lax
    for step in range(schedule.steps if len(source) else 0):
        if step & 63 == 63:
            tally[HEAT] *= cooling
            rules.price[VIOLATION] *= rising
            if rules.price[CHANGE] > 0.0 and step & 1023 == 1023:
                tally[COST] -= _totals(plan, rules)[0]
                _inherit(plan, rules)
                tally[COST] += _totals(plan, rules)[0]
        at = int(draw(state) * len(source))
        anew = draw(state) < schedule.trees
        unit = source[at]
        a, b = plan.part[unit], plan.part[arrays.neighbour[at]]
        if a == b and anew and plan.households[a] >= 2 * rules.low:
            b = _empty_part(plan)  # a part that is large enough may be split in two
        if a == b or b < 0:
            continue
        if not _step(arrays, plan, rules, work, tally, (unit, b, int(anew))):
            continue
        value = tally[COST] + STRICT * tally[OUTSIDE]
        if tally[COST] <= (1.0 + schedule.keep) * least:
            record(plan, rules, seen, a)
            record(plan, rules, seen, b)
        if value < tally[BEST] - 1e-9:
            tally[BEST], least = value, tally[COST]
            best[:] = plan.part
    return best, tally[BEST]


@compiled
def _step(
    arrays: Arrays,
    plan: Plan,
    rules: Rules,
    work: Work,
    tally: npt.NDArray[np.float64],
    move: tuple[int, int, int],
) -> bool:
    """Try a move and keep it by the rule of Metropolis; whether it was kept."""
    unit, b, anew = move
    a = plan.part[unit]
    cost = part_cost(plan, rules, a) + part_cost(plan, rules, b)
    excess = part_outside(plan, rules, a) + part_outside(plan, rules, b)
    if anew:
        grown = merge_split(arrays, plan, rules, work, (a, b))
    else:
        grown = move_unit(arrays, plan, unit, b)
    grown += part_cost(plan, rules, a) + part_cost(plan, rules, b) - cost
    excess = part_outside(plan, rules, a) + part_outside(plan, rules, b) - excess
    change = grown + rules.price[VIOLATION] * excess
    refused = change > 0.0 and draw(work.state) >= np.exp(-change / tally[HEAT])
    if not anew and not refused and plan.units[a] > 0:
        # Cheaper to ask last: is what the unit left still in one piece?
        plan.part[unit] = a
        refused = not joined_without(arrays, plan, unit, work.below)
        plan.part[unit] = b
    if not refused:
        tally[COST] += grown
        tally[OUTSIDE] += excess
    elif anew:
        undo(arrays, plan, work.before, (a, b))
    else:
        move_unit(arrays, plan, unit, a)
    return not refused


@compiled
def _totals(plan: Plan, rules: Rules) -> tuple[float, int]:
    """Cost of all parts beside their borders, and households outside the band."""
    cost, out = 0.0, 0
    for p in range(len(plan.units)):
        cost += part_cost(plan, rules, p)
        out += part_outside(plan, rules, p)
    return cost, out


@compiled
def _empty_part(plan: Plan) -> int:
    for p in range(len(plan.units)):
        if plan.units[p] == 0:
            return p
    return -1


@compiled
def _inherit(plan: Plan, rules: Rules) -> None:
    """Give each old part to the part that overlaps it most, greatest first."""
    plan.heir[:] = -1
    if rules.price[CHANGE] <= 0.0:
        return
    olds = plan.kept.shape[1]
    taken = np.zeros(olds, np.bool_)
    for _ in range(olds):
        best, p_best, old_best = 0, -1, -1
        for p in range(len(plan.units)):
            if plan.units[p] == 0 or plan.heir[p] >= 0:
                continue
            for old in range(olds):
                if not taken[old] and plan.kept[p, old] > best:
                    best, p_best, old_best = plan.kept[p, old], p, old
        if p_best < 0:
            return
        plan.heir[p_best] = old_best
        taken[old_best] = True

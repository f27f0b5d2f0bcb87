"""What regions cost in the choice among them, and which compounds they hold whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lifecircle.network.compiled import compiled
from lifecircle.plans.covering import Pool
from lifecircle.plans.state import (
    CHANGE,
    Arrays,
    Plan,
    Rules,
    move_unit,
    new_plan,
    part_cost,
)

if TYPE_CHECKING:
    import numpy.typing as npt

    Ints = npt.NDArray[np.int32]
    Longs = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

__all__ = ["price_regions", "whole_compounds"]


def price_regions(
    arrays: Arrays, rules: Rules, indptr: Longs, members: Ints, credit: Floats
) -> Pool:
    """Regions with what each adds to the cost of a plan.

    A plan's cost is the sum over its parts: half of the border that a part cuts, its
    own cost, less the credit. If change costs something, a region stands once for
    every old part that it can inherit and once for none.

    Parameters
    ----------
    arrays : Arrays
        The units.
    rules : Rules
        Band and prices.
    indptr, members : int64 and int32 arrays
        Units of every region.
    credit : float64 array
        Taken off the cost of every region.

    Returns
    -------
    Pool
        For ``cover``; region ``r`` stands first, its heirs after all regions.
    """
    plan = new_plan(arrays, 2)
    plan.units[0] = len(plan.part)
    cost, kept = _prices(arrays, plan, rules, indptr, members)
    cost -= credit
    if not kept.shape[1]:
        return Pool(indptr, members, cost, np.full(len(cost), -1, np.int32))
    region, old = np.nonzero(kept)
    size = np.diff(indptr)
    more = np.repeat(indptr[region], size[region])
    offset = np.arange(len(more)) - np.repeat(
        np.cumsum(size[region]) - size[region], size[region]
    )
    return Pool(
        np.concatenate([indptr, indptr[-1] + np.cumsum(size[region])]),
        np.concatenate([members, members[more + offset]]),
        np.concatenate([cost, cost[region] - rules.price[CHANGE] * kept[region, old]]),
        np.concatenate([np.full(len(cost), -1), old]).astype(np.int32),
    )


@compiled
def _prices(
    arrays: Arrays, plan: Plan, rules: Rules, indptr: Longs, members: Ints
) -> tuple[Floats, npt.NDArray[np.int64]]:
    """Cost of every region if it inherits nothing, and households kept by old part."""
    count = len(indptr) - 1
    cost = np.zeros(count)
    kept = np.zeros((count, plan.kept.shape[1]), np.int64)
    for r in range(count):
        cut = 0.0
        for at in range(indptr[r], indptr[r + 1]):
            cut += move_unit(arrays, plan, members[at], 1)
        cost[r] = 0.5 * cut + part_cost(plan, rules, 1)
        kept[r] = plan.kept[1]
        for at in range(indptr[r], indptr[r + 1]):
            move_unit(arrays, plan, members[at], 0)
    return cost, kept


@compiled
def whole_compounds(
    indptr: Longs, members: Ints, compound: Ints, pieces: Longs
) -> Floats:
    """How many compounds every region holds whole.

    ``compound`` is that of every unit (-1 = none that counts), ``pieces`` the units
    that each compound has.
    """
    found = np.zeros(len(indptr) - 1)
    counted = np.zeros(len(pieces), np.int64)
    for r in range(len(indptr) - 1):
        for at in range(indptr[r], indptr[r + 1]):
            c = compound[members[at]]
            if c >= 0:
                counted[c] += 1
                if counted[c] == pieces[c]:
                    found[r] += 1.0
        for at in range(indptr[r], indptr[r + 1]):
            if compound[members[at]] >= 0:
                counted[compound[members[at]]] = 0
    return found

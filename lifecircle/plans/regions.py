"""What regions cost in the choice among them, and which compounds they hold whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lifecircle.network.compiled import compiled
from lifecircle.plans.covering import Pool
from lifecircle.plans.state import (
    CHANGE,
    KEPT,
    UNITS,
    Arrays,
    Plan,
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
    arrays: Arrays, rules: Floats, indptr: Longs, members: Ints, credit: Floats
) -> Pool:
    """Regions with what each adds to the cost of a plan.

    A plan's cost is the sum over its parts: half of the border that a part cuts, its
    own cost, less the credit. If change costs something, a region stands once for
    every old part that it can inherit and once for none.

    Parameters
    ----------
    arrays : Arrays
        The units.
    rules : float64 array
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
    plan.sums[0, UNITS] = len(plan.part)
    cost = np.zeros(len(indptr) - 1)
    kept = np.zeros((len(cost), plan.sums.shape[1] - KEPT))
    _prices(arrays, plan, rules, (indptr, members), cost, kept)
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
        np.concatenate([cost, cost[region] - rules[CHANGE] * kept[region, old]]),
        np.concatenate([np.full(len(cost), -1), old]).astype(np.int32),
    )


@compiled
def _prices(
    arrays: Arrays,
    plan: Plan,
    rules: Floats,
    regions: tuple[Longs, Ints],
    cost: Floats,
    kept: Floats,
) -> None:
    """Cost of every region if it inherits nothing, and households kept by old part."""
    indptr, members = regions
    for r in range(len(cost)):
        cut = 0.0
        for part in range(1, -1, -1):
            # First its units become part 1, then they are put back.
            for at in range(indptr[r], indptr[r + 1]):
                unit = members[at] + 0  # of 64 bits, as everywhere
                cut += move_unit(arrays, plan, unit, part)
            if part == 1:
                cost[r] = 0.5 * cut + part_cost(plan, rules, part)
                for old in range(kept.shape[1]):
                    kept[r, old] = plan.sums[1, KEPT + old]


def whole_compounds(
    indptr: Longs, members: Ints, compound: Ints, pieces: Longs
) -> Floats:
    """How many compounds every region holds whole.

    Parameters
    ----------
    indptr, members : int64 and int32 arrays
        Units of every region.
    compound : int32 array
        Compound of every unit; -1 = none that counts.
    pieces : int64 array
        Units that each compound has.

    Returns
    -------
    float64 array
        By region.
    """
    from scipy.sparse import csr_array

    regions = len(indptr) - 1
    if not len(pieces):
        return np.zeros(regions)
    unit = np.flatnonzero(compound >= 0)
    inside = csr_array(
        (np.ones(len(members)), members, indptr), shape=(regions, len(compound))
    )
    of = csr_array(
        (np.ones(len(unit)), (unit, compound[unit])), shape=(len(compound), len(pieces))
    )
    held = inside @ of
    whole = held.data == pieces[held.indices]
    region = np.repeat(np.arange(regions), np.diff(held.indptr))
    return np.bincount(region[whole], minlength=regions).astype(np.float64)

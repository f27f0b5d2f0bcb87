"""Choose regions that cover every unit once at least cost (HiGHS), with its proof.

The pool may hold many thousand regions; few matter. A linear programme over a growing
choice of them gives prices of the units. A region whose reduced cost exceeds the gap
between the best plan and that programme is in no better plan, so the integer
programme is solved over what is left, and its answer is proven for the whole pool.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lifecircle.plans.dive import dive

if TYPE_CHECKING:
    import numpy.typing as npt

    Ints = npt.NDArray[np.int32]
    Longs = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

__all__ = ["Cover", "Limits", "Pool", "cover"]

TOLERANCE = 1e-6
NEW_COLUMNS = 1000
ROUNDS = 200


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Regions to choose from.

    Attributes
    ----------
    indptr, members : int64 and int32 arrays
        Units of region ``r``: ``members[indptr[r]:indptr[r + 1]]``, none empty.
    cost : float64 array
        Of every region.
    claim : int32 array
        What a region claims for itself alone (an old number); -1 = nothing.
    """

    indptr: Longs
    members: Ints
    cost: Floats
    claim: Ints


@dataclass(frozen=True, slots=True)
class Limits:
    """When to give up a proof: by counts, so that no clock decides.

    Attributes
    ----------
    steps : int
        Regions looked at by the search on reduced costs.
    nodes : int
        Nodes of the integer programme, which chooses where the number of parts is
        given or the search met its limit empty-handed.
    """

    steps: int = 20_000_000
    nodes: int = 2_000


class Cover(NamedTuple):
    """The best choice of regions.

    Attributes
    ----------
    chosen : int64 array or None
        Regions; None = no choice covers every unit once.
    cost : float
        Of these together.
    bound : float
        No choice from the pool costs less; infinite if it is proven that there is
        none, finite without a choice if the limits were met.
    """

    chosen: Longs | None
    cost: float
    bound: float


def cover(
    pool: Pool,
    units: int,
    *,
    parts: int | None = None,
    best: Longs | None = None,
    limits: Limits | None = None,
) -> Cover:
    """Regions that cover units 0 … units - 1 exactly once, at least cost.

    Parameters
    ----------
    pool : Pool
        Regions to choose from.
    units : int
        Number of units.
    parts : int, optional
        Number of regions to choose; any if not given.
    best : int64 array, optional
        Regions of a plan that is known.
    limits : Limits, optional
        When to give up a proof; the bound is then weaker.

    Returns
    -------
    Cover
        The regions, their cost and what is proven of it.
    """
    if units == 0:
        return Cover(np.empty(0, np.int64), 0.0, 0.0)
    if not len(pool.cost):
        return Cover(None, np.inf, np.inf)
    rows = _Rows(pool, units, parts)
    left, value, whole = _prices(rows, best)
    if left is None:
        return Cover(None, np.inf, np.inf)
    if whole is not None:
        return Cover(whole, float(pool.cost[whole].sum()), value)
    return _whole_numbers(rows, left, value, best, limits or Limits())


class _Left(NamedTuple):
    """What a choice costs beyond the value of the linear programme.

    The sum of the reduced costs of its regions, and for every claim that no region
    makes what the claim is worth.
    """

    reduced: Floats
    unclaimed: Floats


def _sparse(entries: tuple[Any, tuple[Any, Any]], *, shape: tuple[int, int]) -> Any:
    from scipy.sparse import csr_matrix

    return csr_matrix(entries, shape=shape)


class _Rows:
    """The rows of the programme: units once, claims at most once, number of parts."""

    def __init__(self, pool: Pool, units: int, parts: int | None) -> None:
        self.pool, self.units, self.parts = pool, units, parts
        self.claims = int(pool.claim.max(initial=-1)) + 1
        self.size = np.diff(pool.indptr)

    def matrix(self, columns: Longs) -> tuple[Longs, Longs, Longs]:
        """Entries of some regions: row, column, and rows of claims apart."""
        size = self.size[columns]
        column = np.repeat(np.arange(len(columns)), size)
        offset = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
        row = self.pool.members[self.pool.indptr[columns][column] + offset]
        claim = self.pool.claim[columns]
        return row.astype(np.int64), column, claim.astype(np.int64)

    def reduced(self, price: Floats, toll: Floats, each: float) -> Floats:
        """Cost of every region less the prices of what it covers."""
        paid = np.add.reduceat(price[self.pool.members], self.pool.indptr[:-1])
        left = self.pool.cost - paid - each
        if self.claims:
            claimed = self.pool.claim >= 0
            left[claimed] -= toll[self.pool.claim[claimed]]
        return left


def _prices(
    rows: _Rows, best: Longs | None
) -> tuple[_Left | None, float, Longs | None]:
    """Linear programme by column generation.

    What choices cost beyond it (None = infeasible), its value, and the choice if it
    is whole already.
    """
    from scipy.optimize import linprog

    pool, units = rows.pool, rows.units
    order = np.argsort(pool.cost / rows.size, kind="stable")
    start = order[: 3 * units] if best is None else np.r_[best, order[: 2 * units]]
    active = np.unique(start.astype(np.int64))
    # A unit may stay uncovered at a price that no plan would pay.
    dear = 2.0 * (np.abs(pool.cost).max() + 1.0)
    dearest = 1e4 * dear
    spare = units + (rows.parts is not None) * 2
    for _ in range(ROUNDS):
        row, column, claim = rows.matrix(active)
        count = len(active)
        equal = units + (rows.parts is not None)
        row = np.r_[row, np.arange(units)]
        column = np.r_[column, count + np.arange(units)]
        entry = np.ones(len(row))
        right = np.ones(equal)
        if rows.parts is not None:
            row = np.r_[row, np.full(count + 2, units)]
            column = np.r_[column, np.arange(count), count + units, count + units + 1]
            entry = np.r_[entry, np.ones(count + 1), -1.0]
            right[units] = rows.parts
        above, limit = None, None
        if rows.claims:
            has = np.flatnonzero(claim >= 0)
            above = _sparse(
                (np.ones(len(has)), (claim[has], has)),
                shape=(rows.claims, count + spare),
            )
            limit = np.ones(rows.claims)
        found: Any = linprog(
            np.r_[pool.cost[active], np.full(spare, dear)],
            A_ub=above,
            b_ub=limit,
            A_eq=_sparse((entry, (row, column)), shape=(equal, count + spare)),
            b_eq=right,
            method="highs",
            # It costs more than it saves, but where prices of splits (taken off the
            # cost) dwarf the borders it keeps the digits that tell plans apart.
            options={"presolve": float(pool.cost.min()) < 0.0},
        )
        price = found.eqlin.marginals
        toll = found.ineqlin.marginals if rows.claims else np.empty(0)
        each = float(price[units]) if rows.parts is not None else 0.0
        reduced = rows.reduced(price[:units], toll, each)
        reduced[active] = np.maximum(reduced[active], 0.0)
        negative = np.flatnonzero(reduced < -TOLERANCE)
        if not len(negative):
            if found.x[len(active) :].max() <= TOLERANCE or dear >= dearest:
                break
            dear *= 10.0
            continue
        take = min(NEW_COLUMNS, len(negative))
        worst = negative[np.argpartition(reduced[negative], take - 1)[:take]]
        active = np.union1d(active, worst)
    if found.x[len(active) :].max() > TOLERANCE:
        return None, np.inf, None
    share = found.x[: len(active)]
    taken = share > 1.0 - TOLERANCE
    whole = active[taken] if share[~taken].max(initial=0.0) < TOLERANCE else None
    left = _Left(np.maximum(reduced, 0.0), np.maximum(-toll, 0.0))
    return left, float(found.fun), whole


def _whole_numbers(
    rows: _Rows, left: _Left, value: float, best: Longs | None, limits: Limits
) -> Cover:
    """Whole choice among the regions that a better plan can hold, ever more of them."""
    cost = rows.pool.cost
    upper = np.inf if best is None else float(cost[best].sum())
    top = float(left.reduced.max()) * rows.units + float(left.unclaimed.sum())
    reach = min(max(0.01 * abs(value), 1.0), upper - value)
    barren = 0  # so many of the nearest regions hold no choice at all
    while True:
        inside = np.flatnonzero(left.reduced <= reach + TOLERANCE)
        found, proven = None, np.inf
        if len(inside) > barren:
            found, proven = _below(rows, left, inside, (value, reach), limits)
        if proven == np.inf:
            barren, proven = len(inside), value + reach
        if found is not None and cost[found].sum() < upper - TOLERANCE:
            best, upper = found, float(cost[found].sum())
        bound = min(proven, upper)
        # The whole reach was searched and holds the best, or the limit was met.
        if upper <= value + reach + TOLERANCE or proven < value + reach - TOLERANCE:
            return Cover(best, upper, bound)
        if reach >= top:
            return Cover(best, upper, upper)
        reach = min(1.7 * reach, upper - value, top)


def _below(
    rows: _Rows,
    left: _Left,
    inside: Longs,
    at_most: tuple[float, float],
    limits: Limits,
) -> tuple[Longs | None, float]:
    """Best choice from ``inside`` that costs at most the sum, and what is proven.

    Proven is the cost found, or the sum if there is none; less if the limit was met,
    infinite if nothing from ``inside`` fits, whatever it costs.
    """
    value, reach = at_most
    if rows.parts is not None:
        found, proven = _integer(rows, inside, limits.nodes)
        if found is None and proven < np.inf:
            proven = min(proven, value + reach)
        return found, proven
    taken, least, done = dive(
        np.r_[0, np.cumsum(rows.size[inside])],
        rows.matrix(inside)[0].astype(np.int32),
        (rows.pool.claim[inside], left.unclaimed),
        left.reduced[inside],
        units=rows.units,
        gap=reach + 2.0 * TOLERANCE,
        steps=limits.steps,
    )
    found = None if taken is None else inside[taken]
    if done:
        return found, value + min(least, reach)
    if found is None:
        found, proven = _integer(rows, inside, limits.nodes)
        if proven == np.inf:
            return None, proven
        value = max(value, min(proven, value + reach))
    return found, value


def _integer(rows: _Rows, columns: Longs, nodes: int) -> tuple[Longs | None, float]:
    """Best choice among some regions, and what is proven of it."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    row, column, claim = rows.matrix(columns)
    count = len(columns)
    matrix = _sparse((np.ones(len(row)), (row, column)), shape=(rows.units, count))
    limits = [LinearConstraint(matrix, 1.0, 1.0)]
    if rows.parts is not None:
        limits.append(LinearConstraint(np.ones((1, count)), rows.parts, rows.parts))
    if rows.claims:
        has = np.flatnonzero(claim >= 0)
        once = _sparse(
            (np.ones(len(has)), (claim[has], has)), shape=(rows.claims, count)
        )
        limits.append(LinearConstraint(once, -np.inf, 1.0))
    found = milp(
        rows.pool.cost[columns],
        integrality=np.ones(count, np.int64),
        bounds=Bounds(0.0, 1.0),
        constraints=limits,
        options={"node_limit": nodes, "mip_rel_gap": 0.0},
    )
    if found.status == 2:  # infeasible
        return None, np.inf
    bound = -np.inf if found.mip_dual_bound is None else float(found.mip_dual_bound)
    chosen = None if found.x is None else columns[found.x > 0.5]
    return chosen, bound

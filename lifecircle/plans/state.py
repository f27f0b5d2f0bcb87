"""A plan in the making: parts with their sums, what each costs, regions seen."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lifecircle.network.compiled import compiled

if TYPE_CHECKING:
    import numpy.typing as npt

    from lifecircle.plans.graph import AtomGraph
    from lifecircle.plans.problem import PartitionWeights

    Ints = npt.NDArray[np.int32]
    Longs = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Words = npt.NDArray[np.uint64]

__all__ = [
    *("Arrays", "Plan", "Rules", "Seen", "arrays_of", "move_unit", "new_plan"),
    *(
        "new_seen",
        "outside",
        "part_cost",
        "part_outside",
        "record",
        "rules_of",
        "set_plan",
    ),
]

VIOLATION, COMPACTNESS, PARTS, CHANGE, BALANCE = range(5)


class Arrays(NamedTuple):
    """An ``AtomGraph`` for compiled code, with a random word per unit."""

    indptr: Ints
    neighbour: Ints
    weight: Floats
    border_m: Floats
    households: Longs
    area_m2: Floats
    perimeter_m: Floats
    workload: Floats
    kept: Longs
    word: Words


class Rules(NamedTuple):
    """Band, mean workload of a part, and prices by the indices above."""

    low: int
    high: int
    workload: float
    price: Floats


class Plan(NamedTuple):
    """Part of every unit, and sums by part; an empty part has no units."""

    part: Ints
    units: Longs
    households: Longs
    area_m2: Floats
    perimeter_m: Floats
    workload: Floats
    kept: Longs
    heir: Ints
    word: Words


class Seen(NamedTuple):
    """Regions within the band that were visited, each once, as units in rows.

    ``table`` holds their words (open addressing); ``filled[0]`` counts them.
    """

    table: Words
    starts: Longs
    members: Ints
    filled: Longs


def arrays_of(graph: AtomGraph) -> Arrays:
    """The graph for compiled code.

    Parameters
    ----------
    graph : AtomGraph
        The units.

    Returns
    -------
    Arrays
        The same arrays; the words depend on the number of units only.
    """
    words = np.random.default_rng(20260630).integers(
        1, 2**63, len(graph.households), dtype=np.uint64
    )
    return Arrays(
        graph.indptr,
        graph.neighbour,
        graph.weight,
        graph.border_m,
        graph.households,
        graph.area_m2,
        graph.perimeter_m,
        graph.workload,
        graph.kept,
        words,
    )


def rules_of(low: int, high: int, mean: float, weights: PartitionWeights) -> Rules:
    """Band and prices for compiled code.

    Parameters
    ----------
    low, high : int
        Band of households.
    mean : float
        Workload of the mean part.
    weights : PartitionWeights
        Prices of the plan.

    Returns
    -------
    Rules
        A household outside the band costs nothing yet.
    """
    price = np.array(
        [0.0, weights.compactness, weights.parts, weights.change, weights.balance]
    )
    return Rules(low, high, mean, price)


def new_plan(arrays: Arrays, slots: int) -> Plan:
    """An empty plan with room for some parts.

    Parameters
    ----------
    arrays : Arrays
        The units.
    slots : int
        Most parts at a time.

    Returns
    -------
    Plan
        Every unit in part 0, sums not yet made (``set_plan`` does).
    """
    return Plan(
        part=np.zeros(len(arrays.households), np.int32),
        units=np.zeros(slots, np.int64),
        households=np.zeros(slots, np.int64),
        area_m2=np.zeros(slots),
        perimeter_m=np.zeros(slots),
        workload=np.zeros(slots),
        kept=np.zeros((slots, arrays.kept.shape[1]), np.int64),
        heir=np.full(slots, -1, np.int32),
        word=np.zeros(slots, np.uint64),
    )


def new_seen(units: int, regions: int) -> Seen:
    """Room for regions.

    Parameters
    ----------
    units : int
        Units of the graph.
    regions : int
        Most regions to keep.

    Returns
    -------
    Seen
        Empty.
    """
    size = 1 << int(4 * regions).bit_length()
    return Seen(
        table=np.zeros(size, np.uint64),
        starts=np.zeros(regions + 1, np.int64),
        members=np.empty(regions * min(units, 64) + units, np.int32),
        filled=np.zeros(1, np.int64),
    )


@compiled
def part_cost(plan: Plan, rules: Rules, p: int) -> float:
    """What a part costs beside the border that it cuts and its violation."""
    if plan.units[p] == 0:
        return 0.0
    price = rules.price
    cost = float(price[PARTS])
    if price[COMPACTNESS] > 0.0:
        round_m = 2.0 * np.sqrt(np.pi * plan.area_m2[p])
        cost += price[COMPACTNESS] * max(0.0, plan.perimeter_m[p] - round_m)
    if price[CHANGE] > 0.0:
        cost += price[CHANGE] * plan.households[p]
        if plan.heir[p] >= 0:
            cost -= price[CHANGE] * plan.kept[p, plan.heir[p]]
    if price[BALANCE] > 0.0:
        cost += price[BALANCE] * abs(plan.workload[p] - rules.workload)
    return cost


@compiled
def outside(rules: Rules, size: int) -> int:
    """Households outside the band."""
    if size < rules.low:
        return rules.low - size
    return max(0, size - rules.high)


@compiled
def part_outside(plan: Plan, rules: Rules, p: int) -> int:
    """Households by which a part is outside the band."""
    return outside(rules, plan.households[p]) if plan.units[p] > 0 else 0


@compiled
def move_unit(arrays: Arrays, plan: Plan, unit: int, b: int) -> float:
    """Move a unit into part b; returns by how much the cut border grows."""
    a = plan.part[unit]
    if a == b:
        return 0.0
    grown = 0.0
    with_a, with_b = 0.0, 0.0
    for at in range(arrays.indptr[unit], arrays.indptr[unit + 1]):
        there = plan.part[arrays.neighbour[at]]
        if there == a:
            grown += arrays.weight[at]
            with_a += arrays.border_m[at]
        elif there == b:
            grown -= arrays.weight[at]
            with_b += arrays.border_m[at]
    plan.part[unit] = b
    for sign in (-1, 1):
        p = a if sign < 0 else b
        plan.units[p] += sign
        plan.households[p] += sign * arrays.households[unit]
        plan.area_m2[p] += sign * arrays.area_m2[unit]
        plan.workload[p] += sign * arrays.workload[unit]
        plan.word[p] ^= arrays.word[unit]
        for old in range(plan.kept.shape[1]):
            plan.kept[p, old] += sign * arrays.kept[unit, old]
    plan.perimeter_m[a] -= arrays.perimeter_m[unit] - 2.0 * with_a
    plan.perimeter_m[b] += arrays.perimeter_m[unit] - 2.0 * with_b
    return grown


@compiled
def set_plan(arrays: Arrays, plan: Plan, labels: Ints) -> float:
    """Make the plan that of the labels; returns the border that it cuts."""
    plan.units[:] = 0
    plan.households[:] = 0
    plan.area_m2[:] = 0.0
    plan.perimeter_m[:] = 0.0
    plan.workload[:] = 0.0
    plan.kept[:] = 0
    plan.word[:] = 0
    plan.part[:] = labels
    cut = 0.0
    for unit in range(len(labels)):
        p = labels[unit]
        plan.units[p] += 1
        plan.households[p] += arrays.households[unit]
        plan.area_m2[p] += arrays.area_m2[unit]
        plan.workload[p] += arrays.workload[unit]
        plan.word[p] ^= arrays.word[unit]
        plan.perimeter_m[p] += arrays.perimeter_m[unit]
        for old in range(plan.kept.shape[1]):
            plan.kept[p, old] += arrays.kept[unit, old]
        for at in range(arrays.indptr[unit], arrays.indptr[unit + 1]):
            other = arrays.neighbour[at]
            if labels[other] == p:
                plan.perimeter_m[p] -= arrays.border_m[at]
            elif other > unit:
                cut += arrays.weight[at]
    return cut


@compiled
def record(plan: Plan, rules: Rules, seen: Seen, p: int) -> None:
    """Keep the region of part p if it is within the band and new."""
    if not rules.low <= plan.households[p] <= rules.high:
        return
    word, mask = plan.word[p], len(seen.table) - 1
    at = np.int64(word & np.uint64(mask))
    while seen.table[at] != 0:
        if seen.table[at] == word:
            return
        at = (at + 1) & mask
    index = seen.filled[0]
    start = seen.starts[index]
    if (
        index + 1 >= len(seen.starts)
        or start + plan.units[p] > len(seen.members)
        or word == 0
    ):
        return
    seen.table[at] = word
    for unit in range(len(plan.part)):
        if plan.part[unit] == p:
            seen.members[start] = unit
            start += 1
    seen.starts[index + 1] = start
    seen.filled[0] = index + 1

"""A plan in the making: parts with their sums, what each costs, regions seen.

Compiled code is given few arrays with several columns each, all whole numbers in 64
bits, and no array is made in it: compiling takes as long as there are arrays to be
passed, kinds of numbers and calls of numpy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lifecircle.network.compiled import compiled_inside

if TYPE_CHECKING:
    import numpy.typing as npt

    from lifecircle.plans.problem import PartitionWeights

    Longs = npt.NDArray[np.int64]
    Ints = npt.NDArray[np.int32]
    Floats = npt.NDArray[np.float64]
    Words = npt.NDArray[np.uint64]

__all__ = [
    *("Arrays", "Plan", "Seen", "move_unit", "new_plan", "new_seen"),
    *("part_cost", "part_outside", "record", "rules_of", "set_plan"),
]

# Sums of units and parts; the households of old part 0 and so on stand from KEPT on.
PERIMETER, AREA, WORKLOAD, UNITS, HOUSEHOLDS, KEPT = range(6)
WEIGHT, BORDER = range(2)
# Band, mean workload of a part, and prices.
LOW, HIGH, MEAN, VIOLATION, COMPACTNESS, PARTS, CHANGE, BALANCE = range(8)


class Arrays(NamedTuple):
    """Units to be divided: atoms, or groups of atoms that stay together.

    Units that touch unit ``i`` are ``neighbour[indptr[i]:indptr[i + 1]]`` (int64);
    beside them stand in ``border`` (float64, two columns) the cost of parting the two
    and the metres of their common border. ``sums`` (float64, a row per unit) holds
    perimeter, area, workload, 1, households and, if change costs something, its
    households by old part. ``word`` is a random word per unit.
    """

    indptr: Longs
    neighbour: Longs
    border: Floats
    sums: Floats
    word: Words


class Plan(NamedTuple):
    """Part of every unit; by part its old part (-1 = none), sums and word.

    A part without units is empty.
    """

    part: Longs
    heir: Longs
    sums: Floats
    word: Words


class Seen(NamedTuple):
    """Regions within the band that were visited, each once, as units in rows.

    ``table`` holds their words (open addressing); ``filled[0]`` counts them.
    """

    table: Words
    starts: Longs
    members: Ints
    filled: Longs


def rules_of(low: int, high: int, mean: float, weights: PartitionWeights) -> Floats:
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
    float64 array
        By the indices of this module; a household outside the band costs nothing yet.
    """
    price = weights.compactness, weights.parts, weights.change, weights.balance
    return np.array([low, high, mean, 0.0, *price])


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
        part=np.zeros(len(arrays.word), np.int64),
        heir=np.full(slots, -1, np.int64),
        sums=np.zeros((slots, arrays.sums.shape[1])),
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


def set_plan(arrays: Arrays, plan: Plan) -> float:
    """Make sums and words those of the units' parts.

    Parameters
    ----------
    arrays : Arrays
        The units.
    plan : Plan
        Its ``part`` is given, its sums and words are set.

    Returns
    -------
    float
        Weighted border that the plan cuts.
    """
    part, border = plan.part, arrays.border
    plan.sums[:], plan.word[:] = 0.0, 0
    np.add.at(plan.sums, part, arrays.sums)
    np.bitwise_xor.at(plan.word, part, arrays.word)
    unit = np.repeat(np.arange(len(part)), np.diff(arrays.indptr))
    same = part[unit] == part[arrays.neighbour]
    np.subtract.at(plan.sums[:, PERIMETER], part[unit[same]], border[same, BORDER])
    cut = border[~same & (arrays.neighbour > unit), WEIGHT]
    return float(cut.cumsum()[-1]) if len(cut) else 0.0


@compiled_inside
def part_cost(plan: Plan, rules: Floats, p: int) -> float:
    """What a part costs beside the border that it cuts and its violation."""
    sums = plan.sums
    if sums[p, UNITS] == 0.0:
        return 0.0
    cost: float = rules[PARTS]
    if rules[COMPACTNESS] > 0.0:
        round_m = 2.0 * np.sqrt(np.pi * sums[p, AREA])
        if sums[p, PERIMETER] > round_m:
            cost += rules[COMPACTNESS] * (sums[p, PERIMETER] - round_m)
    if rules[CHANGE] > 0.0:
        cost += rules[CHANGE] * sums[p, HOUSEHOLDS]
        if plan.heir[p] >= 0:
            cost -= rules[CHANGE] * sums[p, KEPT + plan.heir[p]]
    if rules[BALANCE] > 0.0:
        cost += rules[BALANCE] * abs(sums[p, WORKLOAD] - rules[MEAN])
    return cost


@compiled_inside
def part_outside(plan: Plan, rules: Floats, p: int) -> float:
    """Households by which a part is outside the band."""
    if plan.sums[p, UNITS] == 0.0:
        return 0.0
    size = plan.sums[p, HOUSEHOLDS]
    wide: float = max(0.0, rules[LOW] - size, size - rules[HIGH])
    return wide


@compiled_inside
def move_unit(arrays: Arrays, plan: Plan, unit: int, b: int) -> float:
    """Move a unit into part b; returns by how much the cut border grows."""
    part, sums, gives = plan.part, plan.sums, arrays.sums
    neighbour, border = arrays.neighbour, arrays.border
    a = part[unit]
    if a == b:
        return 0.0
    grown = 0.0
    with_a, with_b = 0.0, 0.0
    for at in range(arrays.indptr[unit], arrays.indptr[unit + 1]):
        there = part[neighbour[at]]
        if there == a:
            grown += border[at, WEIGHT]
            with_a += border[at, BORDER]
        elif there == b:
            grown -= border[at, WEIGHT]
            with_b += border[at, BORDER]
    part[unit] = b
    for column in range(AREA, sums.shape[1]):
        sums[a, column] -= gives[unit, column]
        sums[b, column] += gives[unit, column]
    sums[a, PERIMETER] -= gives[unit, PERIMETER] - 2.0 * with_a
    sums[b, PERIMETER] += gives[unit, PERIMETER] - 2.0 * with_b
    plan.word[a] ^= arrays.word[unit]
    plan.word[b] ^= arrays.word[unit]
    return grown


@compiled_inside
def record(plan: Plan, rules: Floats, seen: Seen, p: int) -> None:
    """Keep the region of part p if it is within the band and new."""
    size = plan.sums[p, HOUSEHOLDS]
    if size < rules[LOW] or size > rules[HIGH]:
        return
    table, starts, members = seen.table, seen.starts, seen.members
    word, mask = plan.word[p], len(table) - 1
    at = np.int64(word & np.uint64(mask))
    while table[at] != 0:
        if table[at] == word:
            return
        at = (at + 1) & mask
    index = seen.filled[0]
    start = starts[index]
    if (
        index + 1 >= len(starts)
        or start + plan.sums[p, UNITS] > len(members)
        or word == 0
    ):
        return
    table[at] = word
    for unit in range(len(plan.part)):
        if plan.part[unit] == p:
            members[start] = unit
            start += 1
    starts[index + 1] = start
    seen.filled[0] = index + 1

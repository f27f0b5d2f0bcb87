"""Set partitioning by depth-first search on reduced costs, with a limit on its steps.

Every plan costs the value of the linear programme plus the reduced costs of its
regions, and what each claim is worth that none of them makes. So the search takes the
first unit that is not covered, tries the regions that begin with it in the order of
their reduced cost, and turns back as soon as the sum exceeds what the best plan
leaves. Two ways to cover the same units are one: the dearer of them is not followed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lifecircle.network.compiled import compiled, compiled_inside

if TYPE_CHECKING:
    import numpy.typing as npt

    Ints = npt.NDArray[np.int32]
    Longs = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Words = npt.NDArray[np.uint64]

__all__ = ["dive"]

WIDTH = 63  # units per word; the sign bit is left alone
SLOTS = 1 << 16  # of the memory of what was covered
# Rows of the search's stack.
CHOSEN, AT, FIRST, NAME, BEST = range(5)


def dive(
    indptr: Longs,
    members: Ints,
    claims: tuple[Ints, Floats],
    reduced: Floats,
    *,
    units: int,
    gap: float,
    steps: int,
) -> tuple[Longs | None, float, bool]:
    """The choice of regions with the least sum of costs below ``gap``.

    Parameters
    ----------
    indptr, members : int64 and int32 arrays
        Units of every region.
    claims : tuple of int32 and float64 array
        What a region claims for itself alone, -1 = nothing; and by claim what it
        costs that no region makes it, 0 or more.
    reduced : float64 array
        Reduced cost of every region, 0 or more.
    units : int
        Number of units, all to be covered once.
    gap : float
        Sums must stay below it.
    steps : int
        Regions looked at before it gives up.

    Returns
    -------
    tuple
        Regions or None, their sum (``gap`` if None), and whether all was searched.
    """
    count = len(indptr) - 1
    if not count:
        return None, gap, True
    # Units that few regions hold come first: they leave the least to choose.
    held = np.bincount(members, minlength=units)
    rank = np.empty(units, np.int32)
    rank[np.argsort(held, kind="stable")] = np.arange(units, dtype=np.int32)
    # Claims are units after all others, each with a region that makes it nobody's.
    claim, unclaimed = claims
    nobody = np.arange(units, units + len(unclaimed))
    bits = units + len(nobody)
    lead = np.r_[np.minimum.reduceat(rank[members], indptr[:-1]), nobody]
    reduced = np.r_[reduced, unclaimed]
    order = np.lexsort((reduced, lead))
    begin = np.searchsorted(lead[order], np.arange(bits + 1))
    has = np.flatnonzero(claim >= 0)
    region = np.r_[
        np.repeat(np.arange(count), np.diff(indptr)), has, count + nobody - units
    ]
    ranked = np.r_[rank[members], units + claim[has], nobody].astype(np.int64)
    mask = np.zeros((count + len(nobody), bits // WIDTH + 1), np.int64)
    bit = np.int64(1) << (ranked % WIDTH)
    np.bitwise_or.at(mask, (region, ranked // WIDTH), bit)
    words = np.random.default_rng(bits).integers(1, 2**63, bits, dtype=np.int64)
    word = np.zeros(count + len(nobody), np.int64)
    np.bitwise_xor.at(word, region, words[ranked])
    stack = np.zeros((5, bits + 1), np.int64)
    stack[AT, 0] = begin[0]
    covered = np.zeros((bits + 1, mask.shape[1]), np.int64)
    seen, price = np.zeros(SLOTS, np.int64), np.zeros(SLOTS)
    arrays = begin, mask[order], word[order], reduced[order]
    work = stack, np.zeros(bits + 1), covered, seen, price
    size, least, done = _search(arrays, work, gap, steps)
    chosen = order[stack[BEST, :size]]
    return (chosen[chosen < count] if size else None), least, done


@compiled
def _search(
    arrays: tuple[Longs, Longs, Longs, Floats],
    work: tuple[Longs, Floats, Longs, Longs, Floats],
    gap: float,
    steps: int,
) -> tuple[int, float, bool]:
    """Number of regions chosen (they stand in ``BEST``), their sum, whether it ended.

    By depth: the region chosen, the next to try, the unit that is to be covered, the
    sum so far, the units covered and their name.
    """
    (begin, mask, word, reduced), (stack, total, covered, seen, price) = arrays, work
    units, size = len(begin) - 1, 0
    depth = stack[FIRST, 0]  # 0, and not a literal: each would be compiled apart
    while depth >= 0:
        i, unit = stack[AT, depth], stack[FIRST, depth]
        sum_here = total[depth]
        if i < begin[unit + 1]:
            sum_here += reduced[i]
        if i == begin[unit + 1] or sum_here >= gap:
            depth -= 1
            continue
        stack[AT, depth] = i + 1
        steps -= 1
        if steps < 0:
            return size, gap, False
        if _overlap(mask, covered, i, depth):
            continue
        name = stack[NAME, depth] ^ word[i]
        slot = name & (SLOTS - 1)
        if seen[slot] == name and price[slot] <= sum_here:
            continue
        seen[slot], price[slot] = name, sum_here
        stack[CHOSEN, depth] = i
        unit = _join(mask, covered, i, depth, unit + 1)
        if unit >= units:
            gap, size = sum_here, depth + 1
            for at in range(size):
                stack[BEST, at] = stack[CHOSEN, at]
            continue
        depth += 1
        total[depth], stack[NAME, depth] = sum_here, name
        stack[FIRST, depth], stack[AT, depth] = unit, begin[unit]
    return size, gap, True


@compiled_inside
def _overlap(mask: Longs, covered: Longs, region: int, depth: int) -> bool:
    for word in range(mask.shape[1]):
        if mask[region, word] & covered[depth, word]:
            return True
    return False


@compiled_inside
def _join(mask: Longs, covered: Longs, region: int, depth: int, unit: int) -> int:
    """Cover the region's units one deeper; the first from ``unit`` on that is bare."""
    for word in range(mask.shape[1]):
        covered[depth + 1, word] = covered[depth, word] | mask[region, word]
    last = mask.shape[1] * WIDTH
    while unit < last and (covered[depth + 1, unit // WIDTH] >> (unit % WIDTH)) & 1:
        unit += 1
    return unit

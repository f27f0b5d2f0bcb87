"""Set partitioning by depth-first search on reduced costs, with a limit on its steps.

Every plan costs the value of the linear programme plus the reduced costs of its
regions. So the search takes the first unit that is not covered, tries the regions
that begin with it in the order of their reduced cost, and turns back as soon as the
sum exceeds what the best plan leaves. Two ways to cover the same units are one: the
dearer of them is not followed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lifecircle.network.compiled import compiled

if TYPE_CHECKING:
    import numpy.typing as npt

    Ints = npt.NDArray[np.int32]
    Longs = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]
    Words = npt.NDArray[np.uint64]

__all__ = ["dive"]

WIDTH = 63  # units per word; the sign bit is left alone


def dive(
    indptr: Longs,
    members: Ints,
    claim: Ints,
    reduced: Floats,
    *,
    units: int,
    gap: float,
    steps: int,
) -> tuple[Longs | None, float, bool]:
    """The choice of regions with the least sum of reduced costs below ``gap``.

    Parameters
    ----------
    indptr, members : int64 and int32 arrays
        Units of every region.
    claim : int32 array
        What a region claims for itself alone; -1 = nothing.
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
    lead = np.minimum.reduceat(rank[members], indptr[:-1])
    order = np.lexsort((reduced, lead))
    begin = np.searchsorted(lead[order], np.arange(units + 1))
    # Claims are held like units, after all of them, but need not be covered.
    has = np.flatnonzero(claim >= 0)
    region = np.r_[np.repeat(np.arange(count), np.diff(indptr)), has]
    ranked = np.r_[rank[members], units + claim[has]].astype(np.int64)
    bits = units + int(claim.max(initial=-1)) + 1
    mask = np.zeros((count, bits // WIDTH + 1), np.int64)
    bit = np.int64(1) << (ranked % WIDTH)
    np.bitwise_or.at(mask, (region, ranked // WIDTH), bit)
    words = np.random.default_rng(bits).integers(1, 2**63, bits, dtype=np.int64)
    word = np.zeros(count, np.int64)
    np.bitwise_xor.at(word, region, words[ranked])
    found, least, done = _search(
        begin, mask[order], word[order], reduced[order], gap, steps
    )
    return (order[found] if len(found) else None), least, done


@compiled
def _search(
    begin: Longs, mask: Longs, word: Longs, reduced: Floats, gap: float, steps: int
) -> tuple[Longs, float, bool]:
    units = len(begin) - 1
    chosen = np.zeros(units + 1, np.int64)
    at = np.zeros(units + 1, np.int64)
    first = np.zeros(units + 1, np.int64)  # the unit that this depth covers
    total = np.zeros(units + 1)
    covered = np.zeros((units + 1, mask.shape[1]), np.int64)
    key = np.zeros(units + 1, np.int64)
    slots = 1 << 16
    seen = np.zeros(slots, np.int64)
    price = np.zeros(slots)
    best = np.empty(0, np.int64)
    depth = 0
    at[0] = begin[0]
    while depth >= 0:
        i = at[depth]
        if i == begin[first[depth] + 1] or total[depth] + reduced[i] >= gap:
            depth -= 1
            continue
        at[depth] = i + 1
        steps -= 1
        if steps < 0:
            return best, gap, False
        if _overlap(mask, covered, i, depth):
            continue
        sum_here = total[depth] + reduced[i]
        name = key[depth] ^ word[i]
        slot = name & (slots - 1)
        if seen[slot] == name and price[slot] <= sum_here:
            continue
        seen[slot], price[slot] = name, sum_here
        chosen[depth] = i
        following = _join(mask, covered, i, depth, first[depth] + 1)
        if following >= units:
            gap = sum_here
            best = chosen[: depth + 1].copy()
            continue
        depth += 1
        total[depth], key[depth] = sum_here, name
        first[depth], at[depth] = following, begin[following]
    return best, gap, True


@compiled
def _overlap(mask: Longs, covered: Longs, region: int, depth: int) -> bool:
    for word in range(mask.shape[1]):
        if mask[region, word] & covered[depth, word]:
            return True
    return False


@compiled
def _join(mask: Longs, covered: Longs, region: int, depth: int, unit: int) -> int:
    """Cover the region's units one deeper; the first from ``unit`` on that is bare."""
    for word in range(mask.shape[1]):
        covered[depth + 1, word] = covered[depth, word] | mask[region, word]
    last = mask.shape[1] * WIDTH
    while unit < last and (covered[depth + 1, unit // WIDTH] >> (unit % WIDTH)) & 1:
        unit += 1
    return unit

"""Choice among regions: what is proven, and what is not when the limits are met."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize
from scipy.optimize import milp

from lifecircle.plans.covering import Limits, Pool, cover

SEEDS = st.integers(0, 2**32 - 1)


def pool(regions: list[list[int]], cost: list[float]) -> Pool:
    return Pool(
        np.r_[0, np.cumsum([len(region) for region in regions])],
        np.concatenate(regions).astype(np.int32),
        np.array(cost),
        np.full(len(regions), -1, np.int32),
    )


# Three pairs of a triangle: half of each covers every unit at 1.5, but only a pair
# and a single unit do in whole numbers: 1 + 2 = 3.
TRIANGLE = pool([[0, 1], [1, 2], [0, 2], [0], [1], [2]], [1.0, 1.0, 1.0, 2.0, 2.0, 2.0])


def test_whole_choice_is_proven_above_the_linear_programme() -> None:
    found = cover(TRIANGLE, 3)
    assert (found.cost, found.bound) == (3.0, pytest.approx(3.0))


def test_a_limit_is_no_proof_that_there_is_no_choice() -> None:
    found = cover(TRIANGLE, 3, limits=Limits(steps=0, nodes=1_000))
    assert found.cost == 3.0
    # Without any choice the bound tells apart what is proven: pairs alone fit never.
    pairs = pool([[0, 1], [1, 2], [0, 2]], [1.0, 1.0, 1.0])
    assert cover(pairs, 3).chosen is None
    assert cover(pairs, 3).bound == np.inf
    given_up = cover(pairs, 3, limits=Limits(steps=0, nodes=0))
    assert given_up.chosen is None
    assert given_up.bound >= 1.5


def test_regions_that_hold_no_choice_are_asked_once(monkeypatch) -> None:
    # A ring of five in pairs: half of each covers it at 2.5, but five units never part
    # into pairs. With the three units at 40 the choice costs 40 + 1: the reach grows
    # by 1.7 from 1 to 41 - 2.5 in eight steps, and meets but two sets of regions.
    ring = [[0, 1], [1, 2], [2, 3], [3, 4], [0, 4], [0, 1, 2]]
    asked = []

    def counted(cost, **how):
        asked.append(len(cost))
        return milp(cost, **how)

    monkeypatch.setattr(optimize, "milp", counted)
    found = cover(pool(ring, [1.0] * 5 + [40.0]), 5, limits=Limits(0, 1_000))
    assert (found.chosen.tolist(), found.cost, found.bound) == ([3, 5], 41.0, 41.0)
    assert asked == [5, 6]


def made_up(seed: int, units: int = 5) -> Pool:
    """Every unit alone, dear, and random regions; some claim one of three numbers."""
    rng = np.random.default_rng(seed)
    sets = [[unit] for unit in range(units)]
    for _ in range(14):
        size = int(rng.integers(2, 5))
        sets.append(sorted(rng.choice(units, size, replace=False).tolist()))
    cost = np.r_[np.full(units, 60.0), rng.integers(1, 60, len(sets) - units)]
    claim = np.where(rng.random(len(sets)) < 0.6, rng.integers(0, 3, len(sets)), -1)
    # A region that claims an old number saves what its homes would pay for a new one.
    cost = cost - np.where(claim >= 0, rng.integers(0, 40, len(sets)), 0)
    made = pool(sets, cost.tolist())
    return replace(made, claim=claim.astype(np.int32))


def members(choice: Pool, region: int) -> list[int]:
    return choice.members[choice.indptr[region] : choice.indptr[region + 1]].tolist()


def fits(choice: Pool, chosen: tuple[int, ...], units: int) -> bool:
    held = [unit for region in chosen for unit in members(choice, region)]
    claims = choice.claim[list(chosen)]
    claims = claims[claims >= 0].tolist()
    return sorted(held) == list(range(units)) and len(set(claims)) == len(claims)


def least(choice: Pool, units: int) -> float:
    return min(
        (
            float(choice.cost[list(chosen)].sum())
            for count in range(1, units + 1)
            for chosen in combinations(range(len(choice.cost)), count)
            if fits(choice, chosen, units)
        ),
        default=np.inf,
    )


@settings(max_examples=60, deadline=None, derandomize=True)
@given(seed=SEEDS)
def test_the_choice_is_the_least_of_all(seed: int) -> None:
    choice = made_up(seed)
    wanted, found = least(choice, 5), cover(choice, 5)
    assert found.cost == pytest.approx(wanted)
    assert found.bound == pytest.approx(wanted)
    if found.chosen is not None:
        assert fits(choice, tuple(found.chosen.tolist()), 5)

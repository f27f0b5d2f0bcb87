"""Choice among regions: what is proven, and what is not when the limits are met."""

from __future__ import annotations

import numpy as np
import pytest

from lifecircle.plans.covering import Limits, Pool, cover


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

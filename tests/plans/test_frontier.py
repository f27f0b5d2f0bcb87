"""Stability: from the best shape to the least change, and repair of what is sick."""

from __future__ import annotations

from itertools import pairwise

import pytest

from lifecircle.plans.evaluation import changed_households
from lifecircle.plans.frontier import change_price, frontier, keep_sound_parts
from lifecircle.plans.partition import solve
from lifecircle.plans.problem import PartitionWeights, plain_problem


def test_five_plans_trade_cut_for_change() -> None:
    # Today 350 | 350 at a border of 90 m; 450 | 250 is out of range, 300 | 400 cuts
    # 10 m and moves atom 1 of 50 households.
    row = plain_problem(
        [300, 50, 100, 250],
        list(pairwise(range(4))),
        old=[0, 0, 1, 1],
        border_m=[10.0, 90.0, 20.0],
    )
    plans = frontier(row)
    assert [one.stability for one in plans] == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert (plans[0].plan.cut, plans[0].changed) == (10.0, 50)
    assert (plans[-1].plan.cut, plans[-1].changed) == (90.0, 0)
    changed = [one.changed for one in plans]
    assert changed == sorted(changed, reverse=True)


def test_price_of_change_is_refused_outside_its_range() -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        change_price(plain_problem([1, 2], [(0, 1)]), 1.5)


def test_only_what_is_sick_is_repaired() -> None:
    # Old 3 has 250: with its neighbour 2 (350) it makes 300 + 300 if one of 50 moves.
    row = plain_problem(
        [400, 350, 300, 50, 250],
        list(pairwise(range(5))),
        old=[0, 1, 2, 2, 3],
    )
    plan = solve(keep_sound_parts(row), weights=PartitionWeights(change=1.0))
    assert plan.labels.tolist() == [0, 1, 2, 3, 3]
    assert changed_households(row, plan.labels) == 50

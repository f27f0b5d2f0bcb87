"""Thresholds applied: bands, tolerances, jurisdiction, missing data."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecircle.checks.verdicts import judge, outside_by, within
from lifecircle.standards.rulebook import read_rule_book

GRID = read_rule_book("decheng").rules[1]
ABOUT = read_rule_book("decheng").rules[0]
NAN = float("nan")


def judged(measured, rule, *, binding="adopted", **columns):
    measured = [measured] if np.isscalar(measured) else measured
    low = NAN if rule.value_min is None else rule.value_min
    high = NAN if rule.value_max is None else rule.value_max
    blank = {
        "threshold_min": low,
        "threshold_max": high,
        "affected": NAN,
        "exposed": 100.0,
        "reason": None,
        "reason_if_short": None,
    }
    rows = pd.DataFrame({"measured": measured}).assign(**{**blank, **columns})
    return judge(rows, rule, binding=binding)


# 300 and 500 belong to the band; ±5 % widens it to 285 and 525, ends included.
@pytest.mark.parametrize(
    ("households", "verdict", "tolerant", "shortfall"),
    [
        (300, "pass", "pass", 0),
        (500, "pass", "pass", 0),
        (299, "fail", "pass", 1),
        (285, "fail", "pass", 15),
        (284, "fail", "fail", 16),
        (525, "fail", "pass", 25),
        (526, "fail", "fail", 26),
        (0, "fail", "fail", 300),
    ],
)
def test_the_strict_band_comes_first_then_ours(
    households, verdict, tolerant, shortfall
):
    row = judged(float(households), GRID).iloc[0]
    assert (row["verdict"], row["verdict_tolerant"]) == (verdict, tolerant)
    assert row["shortfall"] == shortfall
    # 520 households over by 20 of 500; 284 under by 16 of 300.
    bound = 300 if households < 300 else 500
    assert row["shortfall_share"] == pytest.approx(shortfall / bound)
    assert row["affected"] == (100.0 if verdict == "fail" else 0.0)


# About 3,000 has no strict band: a benchmark; ours is 2,400 to 3,600.
@pytest.mark.parametrize(
    ("households", "tolerant", "shortfall", "affected"),
    [
        (3000, "pass", 0, 0),
        (2400, "pass", 600, 0),
        (3600, "pass", 600, 0),
        (2399, "fail", 601, 100),
        (3601, "fail", 601, 100),
    ],
)
def test_about_is_a_benchmark_with_a_second_verdict_of_ours(
    households, tolerant, shortfall, affected
):
    row = judged(float(households), ABOUT).iloc[0]
    assert row["verdict"] == "benchmark"
    assert row["verdict_tolerant"] == tolerant
    assert row["shortfall"] == shortfall
    assert row["affected"] == affected


def test_another_jurisdiction_never_fails_a_district():
    row = judged(200.0, GRID, binding="reference").iloc[0]
    assert row["verdict"] == "reference"
    assert row["verdict_tolerant"] is None
    assert row["shortfall"] == 100.0


def test_an_achievement_is_a_benchmark():
    row = judged(200.0, replace(GRID, force="benchmark", tolerance=None)).iloc[0]
    assert row["verdict"] == "benchmark"
    assert row["verdict_tolerant"] is None


@pytest.mark.parametrize("binding", ["adopted", "reference"])
def test_missing_data_is_never_a_pass(binding):
    row = judged(NAN, GRID, binding=binding).iloc[0]
    assert row["verdict"] == "not_assessed"
    assert row["reason"] == "checks.no_input"
    assert np.isnan(row["shortfall"])
    assert np.isnan(row["affected"])


def test_a_known_part_passes_an_open_bound_and_proves_no_shortfall():
    floor = replace(GRID, value_max=None, op=">=", tolerance=None)
    rows = judged([400.0, 200.0], floor, reason_if_short="checks.area_unknown")
    assert rows["verdict"].tolist() == ["pass", "not_assessed"]
    assert rows["reason"].isna().tolist() == [True, False]
    assert rows["reason"].iloc[1] == "checks.area_unknown"


def test_of_a_band_a_known_part_proves_only_that_it_is_passed():
    # 400 may be 600 in truth: no pass; 501 is over 500 whatever is still missing.
    rows = judged([400.0, 200.0, 501.0], GRID, reason_if_short="checks.area_unknown")
    assert rows["verdict"].tolist() == ["not_assessed", "not_assessed", "fail"]


# 300 to 500; 310 households estimated to ±10 % are 279 to 341.
@pytest.mark.parametrize(
    ("measured", "least", "most", "robust"),
    [(310, 279, 341, "depends"), (400, 360, 440, "holds"), (250, 225, 275, "holds")],
)
def test_a_verdict_that_turns_within_its_range_depends(measured, least, most, robust):
    row = judged(
        float(measured), GRID, if_households_min=least, if_households_max=most
    ).iloc[0]
    assert row["robust"] == robust
    expected = "estimated_households" if robust == "depends" else None
    assert row["depends_on"] == expected


def test_where_only_all_inputs_together_turn_it_all_are_named():
    row = judged(
        310.0,
        GRID,
        if_households_min=305.0,
        if_speed_min=302.0,
        if_all_min=297.0,
    ).iloc[0]
    assert row["robust"] == "depends"
    assert row["depends_on"] == "estimated_households+walking_speed"


def test_what_is_not_assessed_is_neither_robust_nor_not():
    row = judged(NAN, GRID, if_households_min=1.0).iloc[0]
    assert row["robust"] is None
    assert row["depends_on"] is None


def test_a_reason_that_always_holds_wins():
    rows = judged([400.0], GRID, reason="checks.dedicated_grid", reason_if_short="x")
    assert rows["verdict"].tolist() == ["not_assessed"]
    assert rows["reason"].tolist() == ["checks.dedicated_grid"]


def test_rounding_in_the_last_bit_fails_nobody():
    # 0.1 + 0.2 is a hair above 0.3.
    assert within(np.array([0.3]), np.array([0.1 + 0.2]), np.array([NAN])).all()


@given(
    st.lists(st.floats(0, 1e5), min_size=1, max_size=30),
    st.floats(0, 1e4),
    st.floats(0, 1e4),
)
def test_within_is_no_distance_and_outside_is_some(figures, low, width):
    measured = np.array(figures)
    lows, highs = np.full(len(figures), low), np.full(len(figures), low + width)
    distance = outside_by(measured, lows, highs)
    assert (distance >= 0).all()
    assert ((distance == 0) == within(measured, lows, highs)).all()
    nearest = np.clip(measured, lows, highs)
    assert np.abs(measured - nearest) == pytest.approx(distance, abs=1e-3)

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecircle.tables.households import estimate_households, share_out


def _buildings(**columns):
    size = len(columns["households"])
    frame = {
        "building_id": [f"b{place}" for place in range(size)],
        "compound_id": ["k"] * size,
        "households_method": [None] * size,
        "units": [np.nan] * size,
        "floor_area_m2": [np.nan] * size,
        "household_basis": [""] * size,
    }
    return pd.DataFrame({**frame, **columns})


def _compounds(total, basis=""):
    return pd.DataFrame(
        {"compound_id": ["k"], "households": [total], "household_basis": [basis]}
    )


NAN = float("nan")


def test_the_compound_total_is_kept_to_the_last_household():
    # 100 - 30 = 70 over 1000, 1000 and 1500 m2: 20, 20, 30
    # 101 - 30 = 71: 20.29, 20.29, 30.43 -> 20, 20, 30 and one for the largest rest
    buildings = _buildings(
        households=[30.0, NAN, NAN, NAN], floor_area_m2=[NAN, 1000.0, 1000.0, 1500.0]
    )
    even, _ = estimate_households(buildings, _compounds(100.0))
    assert even["households"].tolist() == [30.0, 20.0, 20.0, 30.0]
    odd, _ = estimate_households(buildings, _compounds(101.0))
    assert odd["households"].tolist() == [30.0, 20.0, 20.0, 31.0]
    assert odd["households_method"].tolist() == ["declared"] + ["compound_total"] * 3


def test_without_all_floor_areas_the_rest_is_shared_equally():
    buildings = _buildings(
        households=[NAN, NAN, NAN], floor_area_m2=[9000.0, NAN, 100.0]
    )
    filled, _ = estimate_households(buildings, _compounds(50.0))
    # 50 / 3 = 16.67: 16 each and two left over, to the first two
    assert filled["households"].tolist() == [17.0, 17.0, 16.0]


def test_floor_area_rounds_half_up_and_is_at_least_one():
    buildings = _buildings(
        households=[NAN, NAN, NAN], floor_area_m2=[225.0, 404.0, 10.0]
    )
    filled, _ = estimate_households(
        buildings, _compounds(NAN), floor_area_per_household_m2=90.0
    )
    # 225 / 90 = 2.5 -> 3; 404 / 90 = 4.49 -> 4; 10 / 90 -> 1
    assert filled["households"].tolist() == [3.0, 4.0, 1.0]
    assert set(filled["households_method"]) == {"floor_area"}


def test_estimates_by_units_and_area_count_against_the_compound_total():
    buildings = _buildings(
        households=[10.0, NAN, NAN, NAN],
        units=[NAN, 24.0, NAN, NAN],
        floor_area_m2=[NAN, NAN, 900.0, NAN],
    )
    filled, _ = estimate_households(
        buildings, _compounds(60.0), floor_area_per_household_m2=90.0
    )
    # 60 - 10 - 24 - 10 = 16
    assert filled["households"].tolist() == [10.0, 24.0, 10.0, 16.0]


def test_a_total_smaller_than_its_buildings_estimates_nothing():
    buildings = _buildings(households=[40.0, 30.0, NAN])
    filled, overdrawn = estimate_households(buildings, _compounds(60.0))
    assert overdrawn == {"k": 10.0}
    assert np.isnan(filled["households"].iloc[2])
    assert filled["households_method"].iloc[2] is None


def test_zero_declared_is_declared_and_not_missing():
    filled, _ = estimate_households(
        _buildings(households=[0.0], units=[12.0]), _compounds(NAN)
    )
    assert filled["households"].tolist() == [0.0]
    assert filled["households_method"].tolist() == ["declared"]


def test_the_basis_is_kept_or_inherited():
    buildings = _buildings(
        households=[10.0, NAN, NAN],
        units=[NAN, 5.0, NAN],
        household_basis=["registered", "", ""],
    )
    filled, _ = estimate_households(buildings, _compounds(20.0, "resident"))
    assert filled["household_basis"].tolist() == ["registered", "dwellings", "resident"]


def test_labels_of_the_file_are_kept():
    buildings = _buildings(households=[12.0], households_method=["floor_area"])
    filled, _ = estimate_households(buildings, _compounds(NAN))
    assert filled["households_method"].tolist() == ["floor_area"]


def test_the_input_is_not_changed():
    buildings = _buildings(households=[NAN])
    estimate_households(buildings, _compounds(5.0))
    assert np.isnan(buildings["households"].iloc[0])


@given(
    st.integers(min_value=0, max_value=10_000),
    st.lists(st.floats(min_value=0.0, max_value=1e6), min_size=1, max_size=30),
)
def test_nothing_is_lost_and_no_share_is_off_by_a_household(total, weights):
    shares = share_out(total, weights)
    assert shares.sum() == total
    assert (shares >= 0).all()
    whole = sum(weights)
    if whole > 0:
        exact = np.array(weights) / whole * total
        assert np.abs(shares - exact).max() < 1.0 + 1e-6


def test_share_out_ties_go_to_the_earlier():
    assert share_out(1, [5.0, 5.0]).tolist() == [1, 0]
    assert share_out(5, [0.0, 0.0]).tolist() == [3, 2]
    assert share_out(7, [7.0, 0.0]).tolist() == [7, 0]


def test_rows_without_a_compound_stay_unknown():
    buildings = _buildings(households=[NAN], compound_id=[None])
    filled, _ = estimate_households(buildings, _compounds(50.0))
    assert np.isnan(filled["households"].item())
    assert filled["households_method"].item() is None


@pytest.mark.parametrize("area", [0.0, NAN])
def test_no_floor_area_is_no_estimate(area):
    buildings = _buildings(households=[NAN], floor_area_m2=[area])
    filled, _ = estimate_households(
        buildings, _compounds(NAN), floor_area_per_household_m2=90.0
    )
    assert np.isnan(filled["households"].item())

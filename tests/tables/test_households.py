from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecircle.tables.households import estimate_households, share_out

NAN = float("nan")


def _buildings(**columns):
    size = len(columns["households"])
    frame = {
        "building_id": [f"b{place}" for place in range(size)],
        "compound_id": ["k"] * size,
        "community_id": ["c"] * size,
        "households_method": [None] * size,
        "units": [NAN] * size,
        "floor_area_m2": [NAN] * size,
        "footprint_m2": [NAN] * size,
        "floors": [NAN] * size,
        "household_basis": [""] * size,
    }
    return pd.DataFrame({**frame, **columns})


def _totals(unit, total, basis):
    key = {"k": "compound_id", "c": "community_id"}[unit]
    return pd.DataFrame(
        {key: [unit], "households": [total], "household_basis": [basis]}
    )


def estimate(buildings, *, compound=NAN, community=NAN, per_m2=None, basis=""):
    """Estimates with one compound ``k`` and one community ``c`` around it."""
    return estimate_households(
        buildings,
        _totals("k", compound, basis),
        _totals("c", community, basis),
        floor_area_per_household_m2=per_m2,
    )


def test_the_compound_total_is_kept_to_the_last_household():
    # 100 - 30 = 70 over 1000, 1000 and 1500 m2: 20, 20, 30
    # 101 - 30 = 71: 20.29, 20.29, 30.43 -> 20, 20, 30 and one for the largest rest
    buildings = _buildings(
        households=[30.0, NAN, NAN, NAN], floor_area_m2=[NAN, 1000.0, 1000.0, 1500.0]
    )
    even = estimate(buildings, compound=100.0).buildings
    assert even["households"].tolist() == [30.0, 20.0, 20.0, 30.0]
    odd = estimate(buildings, compound=101.0).buildings
    assert odd["households"].tolist() == [30.0, 20.0, 20.0, 31.0]
    assert odd["households_method"].tolist() == ["declared"] + ["compound_total"] * 3


def test_without_all_floor_areas_the_rest_is_shared_equally():
    buildings = _buildings(
        households=[NAN, NAN, NAN], floor_area_m2=[9000.0, NAN, 100.0]
    )
    filled = estimate(buildings, compound=50.0).buildings
    # 50 / 3 = 16.67: 16 each and two left over, to the first two
    assert filled["households"].tolist() == [17.0, 17.0, 16.0]


def test_floor_area_rounds_half_up_and_is_at_least_one():
    buildings = _buildings(
        households=[NAN, NAN, NAN], floor_area_m2=[225.0, 404.0, 10.0]
    )
    filled = estimate(buildings, compound=NAN, per_m2=90.0).buildings
    # 225 / 90 = 2.5 -> 3; 404 / 90 = 4.49 -> 4; 10 / 90 -> 1
    assert filled["households"].tolist() == [3.0, 4.0, 1.0]
    assert set(filled["households_method"]) == {"floor_area"}


def test_estimates_by_units_and_area_count_against_the_compound_total():
    buildings = _buildings(
        households=[10.0, NAN, NAN, NAN],
        units=[NAN, 24.0, NAN, NAN],
        floor_area_m2=[NAN, NAN, 900.0, NAN],
    )
    filled = estimate(buildings, compound=60.0, per_m2=90.0).buildings
    # 60 - 10 - 24 - 10 = 16
    assert filled["households"].tolist() == [10.0, 24.0, 10.0, 16.0]


def test_a_total_smaller_than_its_buildings_estimates_nothing():
    buildings = _buildings(households=[40.0, 30.0, NAN])
    filled, overdrawn, _ = estimate(buildings, compound=60.0)
    assert overdrawn == {"compounds": {"k": 10.0}, "communities": {}}
    assert np.isnan(filled["households"].iloc[2])
    assert filled["households_method"].iloc[2] is None


def test_zero_declared_is_declared_and_not_missing():
    filled = estimate(
        _buildings(households=[0.0], units=[12.0]), compound=NAN
    ).buildings
    assert filled["households"].tolist() == [0.0]
    assert filled["households_method"].tolist() == ["declared"]


def test_the_basis_is_kept_or_brought_by_the_total():
    buildings = _buildings(
        households=[10.0, NAN, NAN],
        units=[NAN, 5.0, NAN],
        household_basis=["resident", "", ""],
    )
    filled = estimate(buildings, compound=20.0, basis="resident").buildings
    assert filled["household_basis"].tolist() == ["resident", "dwellings", "resident"]
    # What a layer says of figures that it does not give says nothing of the total.
    silent = _buildings(households=[NAN], household_basis=["registered"])
    filled = estimate(silent, community=20.0, basis="planned").buildings
    assert filled["household_basis"].tolist() == ["planned"]
    # A total without a basis brings none.
    filled = estimate(silent, community=20.0).buildings
    assert filled["household_basis"].tolist() == ["registered"]


def test_households_of_two_kinds_are_not_subtracted():
    buildings = _buildings(
        households=[10.0, NAN], household_basis=["registered", "registered"]
    )
    filled, _, mixed = estimate(
        buildings, compound=20.0, community=30.0, basis="resident"
    )
    assert mixed == {"compounds": ("k",), "communities": ("c",)}
    assert np.isnan(filled["households"].iloc[1])
    # Nothing is declared here, so nothing of another kind is subtracted.
    guessed = buildings.assign(households_method=["floor_area", None])
    filled, _, mixed = estimate(guessed, compound=20.0, basis="resident")
    assert mixed == {"compounds": (), "communities": ()}
    assert filled["households"].tolist() == [10.0, 10.0]


def test_footprint_times_floors_stands_in_for_a_floor_area_that_is_not_given():
    buildings = _buildings(
        households=[NAN] * 5,
        footprint_m2=[600.0, 600.0, 30.0, NAN, 600.0],
        floors=[6.0, 6.0, 1.0, 6.0, 0.0],
        floor_area_m2=[NAN, 900.0, NAN, NAN, NAN],
    )
    filled = estimate(buildings, per_m2=80.0).buildings
    # 600 x 6 = 3600 m2 / 80 = 45; the floor area given counts before it: 900 / 80 =
    # 11.25 -> 11; 30 / 80 -> at least 1; a point and a building of no floors: nothing
    assert filled["households"].tolist()[:3] == [45.0, 11.0, 1.0]
    assert filled["households"].isna().tolist()[3:] == [True, True]
    assert filled["households_method"].tolist() == [
        *("footprint_floors", "floor_area", "footprint_floors"),
        *(None, None),
    ]


def test_footprints_are_no_estimate_without_the_area_of_a_household():
    buildings = _buildings(households=[NAN], footprint_m2=[600.0], floors=[6.0])
    filled = estimate(buildings).buildings
    assert np.isnan(filled["households"].item())
    assert filled["households_method"].item() is None


def test_the_community_total_is_kept_to_the_last_household():
    buildings = _buildings(
        households=[30.0, NAN, NAN, NAN],
        compound_id=[None] * 4,
        floor_area_m2=[NAN, 1000.0, NAN, 1500.0],
        footprint_m2=[NAN, 1.0, 250.0, NAN],
        floors=[NAN, 1.0, 4.0, NAN],
    )
    filled = estimate(buildings, community=101.0).buildings
    # 101 - 30 = 71 over 1000, 250 x 4 = 1000 and 1500 m2: 20.29, 20.29, 30.43 ->
    # 20, 20, 30 and the one left over for the largest remainder
    assert filled["households"].tolist() == [30.0, 20.0, 20.0, 31.0]
    assert filled["households_method"].tolist() == [
        "declared",
        *["community_total"] * 3,
    ]


def test_the_order_of_trust():
    buildings = _buildings(
        households=[10.0, NAN, NAN, NAN, NAN, NAN],
        compound_id=[*["k"] * 5, None],
        units=[99.0, 20.0, NAN, NAN, NAN, NAN],
        floor_area_m2=[9e3, 9e3, 2700.0, NAN, NAN, NAN],
        footprint_m2=[9e3, 9e3, 9e3, 400.0, 400.0, NAN],
        floors=[9.0, 9.0, 9.0, 9.0, NAN, NAN],
    )
    filled = estimate(buildings, compound=150.0, community=200.0, per_m2=90.0).buildings
    # 2700 / 90 = 30; 400 x 9 / 90 = 40; 150 - 10 - 20 - 30 - 40 = 50; 200 - 150 = 50
    assert filled["households"].tolist() == [10.0, 20.0, 30.0, 40.0, 50.0, 50.0]
    assert filled["households_method"].tolist() == [
        *("declared", "units", "floor_area", "footprint_floors"),
        *("compound_total", "community_total"),
    ]


def test_a_community_whose_buildings_exceed_its_total_spreads_nothing():
    buildings = _buildings(households=[40.0, 30.0, NAN], compound_id=[None] * 3)
    filled, overdrawn, _ = estimate(buildings, community=65.0)
    assert overdrawn == {"compounds": {}, "communities": {"c": 5.0}}
    assert np.isnan(filled["households"].iloc[2])
    # Used up to the last household: the others hold none.
    filled, overdrawn, _ = estimate(buildings, community=70.0)
    assert overdrawn["communities"] == {}
    assert filled["households"].tolist() == [40.0, 30.0, 0.0]


_maybe = st.none() | st.integers(min_value=0, max_value=400)


@given(
    st.lists(
        st.tuples(
            _maybe,  # households
            _maybe,  # dwellings
            st.none() | st.floats(min_value=0.0, max_value=2e4),  # floor area
            st.none() | st.floats(min_value=1.0, max_value=3e3),  # footprint
            st.none() | st.integers(min_value=1, max_value=40),  # floors
            st.sampled_from([None, "k", "elsewhere"]),  # compound
        ),
        min_size=1,
        max_size=12,
    ),
    _maybe,
    st.integers(min_value=0, max_value=3000),
    st.sampled_from([None, 90.0]),
)
def test_totals_are_kept_whatever_is_known(rows, compound, community, per_m2):
    names = ("households", "units", "floor_area_m2", "footprint_m2", "floors")
    numbers = np.array([row[:5] for row in rows], dtype=float)
    buildings = _buildings(
        **dict(zip(names, numbers.T, strict=True)),
        compound_id=[row[5] for row in rows],
    )
    total = NAN if compound is None else float(compound)
    filled, overdrawn, mixed = estimate(
        buildings, compound=total, community=float(community), per_m2=per_m2
    )
    given_ = buildings["households"].notna()
    kept = filled.loc[given_, "households"]
    assert kept.tolist() == buildings.loc[given_, "households"].tolist()
    assert (filled.loc[given_, "households_method"] == "declared").all()
    known = filled["households"].dropna()
    assert ((known >= 0) & (known % 1 == 0)).all()
    assert (filled["households_method"].isna() == filled["households"].isna()).all()
    assert not any(mixed.values())
    methods = filled["households_method"]
    if (methods == "community_total").any():
        assert filled["households"].sum() == community
    if (methods == "compound_total").any():
        inside = filled["compound_id"] == "k"
        assert filled.loc[inside, "households"].sum() == compound
    if filled["households"].isna().any():
        # Nothing is left without a figure but for one reason.
        assert overdrawn["communities"] == {"c": known.sum() - community}


def test_labels_of_the_file_are_kept():
    buildings = _buildings(households=[12.0], households_method=["floor_area"])
    filled = estimate(buildings, compound=NAN).buildings
    assert filled["households_method"].tolist() == ["floor_area"]


def test_the_input_is_not_changed():
    buildings = _buildings(households=[NAN])
    estimate(buildings, compound=5.0)
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
    filled = estimate(buildings, compound=50.0).buildings
    assert np.isnan(filled["households"].item())
    assert filled["households_method"].item() is None


@pytest.mark.parametrize("area", [0.0, NAN])
def test_no_floor_area_is_no_estimate(area):
    buildings = _buildings(households=[NAN], floor_area_m2=[area])
    filled = estimate(buildings, compound=NAN, per_m2=90.0).buildings
    assert np.isnan(filled["households"].item())

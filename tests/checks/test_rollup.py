"""Roll-ups: every level tells of the same people."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecircle.checks.rollup import OUTSIDE, roll_up
from lifecircle.columns import ACCESS, SERVED
from lifecircle.conftest import make_district

INF = float("inf")


@pytest.fixture
def district(rows):
    """C1 (S1) holds B1 and B2, C2 (S2) holds B3; the elderly of B3 are unknown."""
    declared = {"persons_method": "declared", "elderly_method": "declared"}
    return make_district(
        communities=[
            rows.community("C1", 0),
            rows.community("C2", 1000, subdistrict_id="S2"),
        ],
        buildings=[
            rows.building("B1", 10, 10, 100, persons=250.0, elderly=40.0, **declared),
            rows.building(
                "B2",
                50,
                10,
                60,
                persons=150.0,
                elderly=30.0,
                households_method="floor_area",
                persons_method="estimated",
                elderly_method="declared",
            ),
            rows.building(
                "B3", 1010, 10, 200, persons=500.0, persons_method="declared"
            ),
        ],
    )


def part(served, **chosen):
    """Rows with these values, as (from, to, amount, estimated)."""
    for name, value in chosen.items():
        served = served[served[name] == value]
    columns = ["minutes_from", "minutes_to", "amount", "estimated_amount"]
    return served[columns].to_numpy().tolist()


def test_bands_hold_their_upper_end(district, walks):
    served = roll_up(district, walks({"B1": 15.0, "B2": 15.1, "B3": 33.0}))
    assert tuple(served.columns) == SERVED
    everyone = part(served, level="district", weight="households")
    assert everyone == [
        [10.0, 15.0, 100.0, 0.0],
        [15.0, 20.0, 60.0, 60.0],
        [20.0, INF, 200.0, 0.0],
    ]
    assert set(served["unit_id"]) == {"toy", "S1", "S2", "C1", "C2"}


def test_no_walk_is_a_band_of_its_own(district, walks):
    served = roll_up(district, walks({"B1": 5.0, "B2": None}))
    found = part(served, level="community", unit_id="C1", weight="persons")
    assert found[0] == [0.0, 5.0, 250.0, 0.0]
    assert np.isnan(found[1][:2]).all()
    assert found[1][2:] == [150.0, 150.0]
    # B3 has no row in the access frame: it is not lost.
    other = part(served, level="community", unit_id="C2", weight="households")
    assert np.isnan(other[0][:2]).all()
    assert other[0][2] == 200.0


def test_a_part_of_the_elderly_is_not_passed_off_as_all(district, walks):
    served = roll_up(district, walks({"B1": 5, "B2": 5, "B3": 5}))
    elderly = served[served["weight"] == "elderly"]
    assert elderly["unit_id"].tolist() == ["S1", "C1"]
    assert elderly["amount"].tolist() == [70.0, 70.0]


def test_other_status_sets_are_another_question(district, walks):
    planned = walks({"B1": 1, "B2": 1, "B3": 1}).assign(status_set="built+planned")
    both = pd.concat([walks({"B1": 9, "B2": 9, "B3": 9}), planned])
    served = roll_up(district, both)
    assert part(served, level="district", weight="households") == [
        [5.0, 10.0, 360.0, 60.0]
    ]


def test_without_walks_there_is_nothing_to_tell(district, walks):
    served = roll_up(district, walks({}))
    assert tuple(served.columns) == SERVED
    assert len(served) == 0


def test_further_levels_can_be_asked_for(district, walks):
    access = walks({"B1": 9, "B2": 9, "B3": 9})
    served = roll_up(district, access, levels=("building", "compound"))
    households = served[served["weight"] == "households"]
    # No building has a compound.
    assert households["level"].tolist() == ["building"] * 3 + ["compound"]
    # No building has a compound: all 360 households are a unit of their own.
    assert households["unit_id"].tolist() == ["B1", "B2", "B3", OUTSIDE]
    assert households["amount"].tolist() == [100.0, 60.0, 200.0, 360.0]


CLASSES, WALKERS = ("ELD.CANTEEN", "HLT.PHARM", "SVC.COMM"), ("adult", "elderly")


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_totals_are_kept_to_the_last_household_at_every_level(data):
    count = data.draw(st.integers(1, 30))
    households = data.draw(
        st.lists(st.integers(0, 900), min_size=count, max_size=count)
    )
    homes = data.draw(st.lists(st.integers(1, 4), min_size=count, max_size=count))
    walk = st.one_of(st.just(np.nan), st.floats(0, 100))
    pairs = [(name, walker) for name in CLASSES for walker in WALKERS]
    minutes = data.draw(
        st.lists(walk, min_size=count * len(pairs), max_size=count * len(pairs))
    )
    district = make_district(
        communities=[
            {"community_id": f"C{n}", "subdistrict_id": f"S{n % 2}", "geometry": None}
            for n in range(1, 5)
        ],
        buildings=[
            {
                "building_id": f"B{n:02d}",
                "community_id": f"C{home}",
                "compound_id": "K",
                "households": float(number),
                "geometry": None,
            }
            for n, (number, home) in enumerate(zip(households, homes, strict=True))
        ],
    )
    access = pd.DataFrame(
        [
            (f"B{n:02d}", name, walker, "built", np.nan, np.nan, None)
            for n in range(count)
            for name, walker in pairs
        ],
        columns=list(ACCESS),
    ).assign(walk_min=minutes)
    shuffled = access.sample(frac=1, random_state=1)
    served = roll_up(district, access)
    pd.testing.assert_frame_equal(served, roll_up(district, shuffled))
    for level in ("district", "subdistrict", "community"):
        rows = served[served["level"] == level]
        sums = rows.groupby(["facility_class", "walker"])["amount"].sum()
        if sum(households):
            assert len(sums) == len(pairs)
        assert (sums == float(sum(households))).all()
        near = rows[rows["minutes_to"] <= 15].groupby(["facility_class", "walker"])
        within = access[access["walk_min"] <= 15].merge(
            district.buildings[["building_id", "households"]], on="building_id"
        )
        by_hand = within.groupby(["facility_class", "walker"])["households"].sum()
        by_hand = by_hand[by_hand > 0]
        assert near["amount"].sum().to_dict() == by_hand.to_dict()

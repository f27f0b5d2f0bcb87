"""Reach by rule at seven levels: every level tells of the same people."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from lifecircle.checks.evaluate import check
from lifecircle.checks.reached import roll_up_reach
from lifecircle.checks.rollup import OUTSIDE, SEVEN_LEVELS, WEIGHTS
from lifecircle.columns import ACCESS, REACHED
from lifecircle.conftest import ORIGIN, make_district
from lifecircle.model import Findings
from lifecircle.standards.rulebook import read_rule_book

PARTS = ["amount", "served", "unserved", "not_assessed"]


def square(x, y):
    """10 m by 10 m with its lower left corner here."""
    left, bottom = ORIGIN[0] + x, ORIGIN[1] + y
    return box(left, bottom, left + 10, bottom + 10)


def meals(**changes):
    """HF-R10: the elderly within 15 minutes of a canteen, in cities."""
    book = read_rule_book("hefei")
    return replace(book, rules=(replace(book.rules[2], **changes),))


@pytest.fixture
def district(rows):
    """C1 (S1) holds B1 to B3, C2 (S2) holds B4; K1, G1 and G2 lie in C1."""
    people = {"persons_method": "declared", "elderly_method": "estimated"}
    return make_district(
        complete_classes=("ELD.CANTEEN",),
        communities=[
            rows.community("C1", 0),
            rows.community("C2", 1000, subdistrict_id="S2"),
        ],
        compounds=[{"compound_id": "K1", "geometry": rows.square(0, 0, 100)}],
        grids=[rows.grid("G1", "C1", 0, 60), rows.grid("G2", "C1", 40, 100)],
        buildings=[
            rows.building("B1", 10, 10, 120, persons=300.0, elderly=50.0, **people),
            rows.building("B2", 45, 10, 75, persons=180.0, elderly=20.0, **people),
            rows.building("B3", 500, 10, 33, persons=80.0, elderly=9.0, **people),
            rows.building("B4", 1010, 10, 88, persons=200.0),
        ],
        facilities=[rows.facility("F1", "ELD.CANTEEN", 900, 900)],
    )


@pytest.fixture
def access(walks):
    return walks({"B1": 15.0, "B2": 15.1, "B3": None, "B4": 3.0})


def test_every_level_tells_of_the_same_households(district, access):
    book = meals()
    reached = roll_up_reach(district, access, check(district, access, book))
    assert tuple(reached.columns) == REACHED
    households = reached[reached["weight"] == "households"]
    # 120 + 88 = 208 are served; 75 + 33 = 108 are not, at every level.
    sums = households.groupby("level")[PARTS].sum()
    assert sorted(sums.index) == sorted(SEVEN_LEVELS)
    assert (sums == [316.0, 208.0, 108.0, 0.0]).all(axis=None)
    # B2 lies in both grids and counts in the first; B3 and B4 lie in none.
    grids = households[households["level"] == "grid"].set_index("unit_id")["amount"]
    assert grids.to_dict() == {OUTSIDE: 121.0, "G1": 195.0}
    whole = households[households["level"] == "city"]
    assert whole["served_share"].tolist() == pytest.approx([208 / 316])


def test_a_part_of_the_elderly_is_not_passed_off_as_all(district, access):
    reached = roll_up_reach(district, access, check(district, access, meals()))
    elderly = reached[reached["weight"] == "elderly"].set_index(["level", "unit_id"])
    # The elderly of B4 are unknown, so are those of C2, S2 and the district.
    assert set(elderly.index) == {
        *(("subdistrict", "S1"), ("community", "C1")),
        *(("compound", "K1"), ("grid", "G1")),
    }
    # 50 of 50 + 20 + 9 are served; all are estimated.
    row = elderly.loc[("community", "C1")]
    assert row[[*PARTS, "estimated_amount"]].tolist() == [79.0, 50.0, 29.0, 0.0, 79.0]


def test_single_buildings_are_counted_in_households_only(district, access):
    reached = roll_up_reach(district, access, check(district, access, meals()))
    single = reached[reached["level"] == "building"]
    assert set(single["weight"]) == {"households"}
    assert single["unit_id"].tolist() == ["B1", "B2", "B3", "B4"]
    assert single["served"].tolist() == [120.0, 0.0, 0.0, 88.0]


def test_absence_in_an_incomplete_list_is_not_assessed_at_every_level(district, walks):
    partial = replace(district, complete_classes=frozenset())
    access = walks({"B1": 99.0, "B2": 15.0, "B3": 15.0, "B4": 15.0})
    reached = roll_up_reach(partial, access, check(partial, access, meals()))
    households = reached[reached["weight"] == "households"]
    sums = households.groupby("level")[PARTS].sum()
    assert (sums == [316.0, 196.0, 0.0, 120.0]).all(axis=None)
    # No share is named where a part is not assessed.
    whole = households[households["level"] == "district"]
    assert whole["served_share"].isna().all()


def test_a_rule_counts_only_communities_that_it_is_about(district, access, rows):
    communities = district.communities.assign(settlement=["urban", "rural"])
    mixed = replace(district, communities=communities)
    reached = roll_up_reach(mixed, access, check(mixed, access, meals()))
    households = reached[reached["weight"] == "households"]
    assert (households.groupby("level")["amount"].sum() == 120.0 + 75 + 33).all()
    assert "C2" not in set(reached["unit_id"])


def test_classes_that_are_tested_apart_have_rows_of_their_own(district, walks):
    book = meals(classes=("ELD.CANTEEN", "HLT.PHARM"), pool=False)
    access = pd.concat(
        [
            walks({"B1": 9.0, "B4": 9.0}),
            walks({"B2": 9.0}, facility_class="HLT.PHARM"),
        ]
    )
    both = replace(district, complete_classes=frozenset(book.rules[0].classes))
    reached = roll_up_reach(both, access, check(both, access, book))
    whole = reached[(reached["level"] == "city") & (reached["weight"] == "households")]
    served = dict(zip(whole["facility_class"], whole["served"], strict=True))
    assert served == {"ELD.CANTEEN": 208.0, "HLT.PHARM": 75.0}


def test_communities_are_told_what_their_findings_tell(toy):
    """The numerator of a finding is the roll-up's part served, class by class."""
    books = [read_rule_book(name) for name in ("hefei", "gb50180-2018")]
    findings = check(toy.district, toy.access, *books)
    reached = roll_up_reach(toy.district, toy.access, findings)
    keys = ["rule_id", "facility_class", "unit_id", "weight"]
    ours = reached[reached["level"] == "community"].set_index(keys)
    rows = findings.rows[
        (findings.rows["unit_of_measure"] == "share")
        & (findings.rows["level"] == "community")
        & findings.rows["rule_id"].isin(reached["rule_id"])
        & findings.rows["numerator"].notna()
    ].rename(columns={"affected_unit": "weight"})
    assert len(rows) >= 10
    theirs = ours.loc[pd.MultiIndex.from_frame(rows[keys])]
    assert theirs["served"].tolist() == rows["numerator"].tolist()
    assert theirs["amount"].tolist() == rows["denominator"].tolist()


def test_without_rules_of_reach_there_is_nothing_to_tell(district, access):
    book = replace(read_rule_book("hefei"), rules=())
    found = Findings(rows=pd.DataFrame(), books=(book,), totals=pd.DataFrame())
    reached = roll_up_reach(district, access, found)
    assert tuple(reached.columns) == REACHED
    assert reached.empty


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_totals_agree_at_every_level_to_the_last_one(data):
    count = data.draw(st.integers(1, 20))

    def draw(elements):
        return data.draw(st.lists(elements, min_size=count, max_size=count))

    households = draw(st.integers(0, 900))
    homes = draw(st.integers(1, 4))
    compounds = draw(st.sampled_from([None, "K1", "K2"]))
    grids = draw(st.sampled_from([None, "G1", "G2"]))
    minutes = draw(st.one_of(st.just(np.nan), st.floats(0, 30)))
    complete = data.draw(st.sampled_from([(), ("ELD.CANTEEN",)]))
    district = make_district(
        complete_classes=complete,
        communities=[
            {"community_id": f"C{n}", "subdistrict_id": f"S{n % 2}", "geometry": None}
            for n in range(1, 5)
        ],
        grids=[{"grid_id": f"G{n}", "geometry": square(9_000 * n, 0)} for n in (1, 2)],
        buildings=[
            {
                "building_id": f"B{n:02d}",
                "community_id": f"C{home}",
                "compound_id": compound,
                "grid_id": grid,
                "households": float(number),
                "persons": 2.0 * number,
                "elderly": float(number // 4),
                "geometry": square(20 * n, 0),
            }
            for n, (number, home, compound, grid) in enumerate(
                zip(households, homes, compounds, grids, strict=True)
            )
        ],
    )
    access = pd.DataFrame(
        [
            (f"B{n:02d}", "ELD.CANTEEN", "elderly", "built", np.nan, walk, None)
            for n, walk in enumerate(minutes)
        ],
        columns=list(ACCESS),
    )
    book = meals()
    found = Findings(rows=pd.DataFrame(), books=(book,), totals=pd.DataFrame())
    reached = roll_up_reach(district, access, found)
    expected = {
        "households": float(sum(households)),
        "persons": 2.0 * sum(households),
        "elderly": float(sum(number // 4 for number in households)),
    }
    for weight in WEIGHTS:
        rows = reached[reached["weight"] == weight]
        sums = rows.groupby("level")[PARTS].sum()
        if sum(households):
            levels = SEVEN_LEVELS if weight == "households" else SEVEN_LEVELS[:-1]
            assert set(sums.index) == set(levels)
        # One total and one division, whatever the level.
        assert (sums["amount"] == expected[weight]).all()
        assert (sums == sums.iloc[:1].to_numpy()).all(axis=None)
        assert (rows["served"] + rows["unserved"] + rows["not_assessed"]).tolist() == (
            rows["amount"].tolist()
        )

"""Missing square metres: of one finding, and summed up to the city."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from lifecircle.checks.evaluate import check
from lifecircle.checks.gaps import amounts_to_provide
from lifecircle.checks.missing_area import missing_m2, roll_up_area
from lifecircle.columns import MISSING_AREA
from lifecircle.conftest import make_district
from lifecircle.standards.rulebook import read_rule_book


def book_of(**changes):
    """HF-R01: 30 m² of service rooms for every 100 households."""
    book = read_rule_book("hefei")
    return replace(book, rules=(replace(book.rules[0], **changes),))


@pytest.fixture
def district(rows):
    """C1 and C2 in S1, C3 in S2: 1,000, 2,000 and 500 households."""
    return make_district(
        complete_classes=("SVC.COMM",),
        communities=[
            rows.community("C1", 0, subdistrict_name="渡口街道"),
            rows.community("C2", 1000, subdistrict_name="渡口街道"),
            rows.community(
                "C3", 2000, subdistrict_id="S2", subdistrict_name="新桥街道"
            ),
        ],
        buildings=[
            rows.building("B1", 10, 10, 1000),
            rows.building("B2", 1010, 10, 2000),
            rows.building("B3", 2010, 10, 500),
        ],
        facilities=[
            rows.facility("F1", "SVC.COMM", 500, 500),
            rows.facility("F3", "SVC.COMM", 2500, 500),
        ],
        rooms=[
            rows.room("F1", "SVC.COMM", 260.0),
            rows.room("F3", "SVC.COMM", 200.0),
        ],
    )


def rolled(district, book):
    return roll_up_area(district, check(district, pd.DataFrame(), book))


def figures(table, level):
    rows = table[table["level"] == level]
    columns = ["unit_id", "missing_m2", "short", "met", "not_assessed"]
    return rows[columns].to_numpy().tolist()


def test_missing_metres_are_summed_up_to_the_city(district):
    table = rolled(district, book_of())
    assert tuple(table.columns) == MISSING_AREA
    # C1: 300 - 260 = 40; C2: 600 - 0 = 600; C3 has 200 of 150.
    assert figures(table, "community") == [
        ["C2", 600.0, 1, 0, 0],
        ["C1", 40.0, 1, 0, 0],
        ["C3", 0.0, 0, 1, 0],
    ]
    assert figures(table, "subdistrict") == [
        ["S1", 640.0, 2, 0, 0],
        ["S2", 0.0, 0, 1, 0],
    ]
    assert figures(table, "district") == [["toy", 640.0, 2, 1, 0]]
    assert figures(table, "city") == [["city", 640.0, 2, 1, 0]]
    ranks = table.set_index(["level", "unit_id"])["rank"]
    assert ranks[("community", "C2")] == 1
    assert ranks[("community", "C1")] == 2
    assert np.isnan(ranks[("community", "C3")])
    assert table["unit_name"].tolist()[2:4] == ["渡口街道", "新桥街道"]


def test_what_is_not_assessed_is_counted_and_never_zero(district):
    partial = replace(district, complete_classes=frozenset())
    table = rolled(partial, book_of())
    # In a list that is not complete C1 and C2 may have rooms that are not listed.
    assert figures(table, "city") == [["city", 0.0, 0, 1, 2]]
    for level, unit in (("subdistrict", "S1"), ("community", "C1")):
        row = table[(table["level"] == level) & (table["unit_id"] == unit)].iloc[0]
        assert np.isnan(row["missing_m2"])
        assert row["not_assessed"] == (2 if level == "subdistrict" else 1)


def test_a_facility_that_is_too_small_counts_for_its_community(district):
    table = rolled(district, book_of(kind="min_area", value_min=250.0, unit="m2"))
    # F1 has 260 of 250; F3 lacks 50.
    assert figures(table, "community") == [
        ["C3", 50.0, 1, 0, 0],
        ["C1", 0.0, 0, 1, 0],
    ]
    assert figures(table, "city") == [["city", 50.0, 1, 1, 0]]


def test_a_mean_lacks_its_shortfall_for_every_facility(district):
    table = rolled(
        district, book_of(kind="mean_area", value_min=250.0, level="district")
    )
    # (260 + 200) / 2 = 230: 20 m² short in each of two centres.
    assert figures(table, "district") == [["toy", 40.0, 1, 0, 0]]
    # A rule of the district says nothing of its communities.
    assert set(table["level"]) == {"city", "district"}


def test_rules_that_lack_most_stand_first(district):
    service, elderly = read_rule_book("hefei").rules[:2]
    book = replace(read_rule_book("hefei"), rules=(service, elderly))
    both = replace(district, complete_classes=frozenset({*elderly.classes, "SVC.COMM"}))
    table = rolled(both, book)
    # Without any room for the elderly: 30 m² for every 100 of 3,500 households.
    whole = table[table["level"] == "city"]
    assert whole["rule_id"].tolist() == ["HF-R02", "HF-R01"]
    assert whole["missing_m2"].tolist() == [1050.0, 640.0]


def test_communities_add_up_to_what_the_amounts_ask_for(toy):
    """The same square metres as in the list of amounts to provide."""
    books = [read_rule_book(name) for name in ("hefei", "panzhihua", "tongguanshan")]
    findings = check(toy.district, toy.access, *books)
    table = roll_up_area(toy.district, findings)
    failing = findings.rows[
        (findings.rows["verdict"] == "fail")
        & (findings.rows["level"] == "community")
        & findings.rows["kind"].str.startswith("area_per")
        & (findings.rows["measured"] < findings.rows["threshold_min"])
    ]
    amounts = amounts_to_provide(failing).groupby("rule_id")["shortfall"].sum()
    whole = table[(table["level"] == "city")].groupby("rule_id")["missing_m2"].sum()
    assert len(amounts)
    assert whole[amounts.index].tolist() == pytest.approx(amounts.tolist())
    below = table[table["level"] == "community"].groupby("rule_id")["missing_m2"].sum()
    assert below[amounts.index].tolist() == pytest.approx(amounts.tolist())


def test_a_ceiling_lacks_nothing():
    row = {"kind": "min_area", "verdict": "fail", "shortfall": 5.0, "measured": 15.0}
    row |= {"threshold_min": np.nan, "numerator": 15.0, "denominator": np.nan}
    assert missing_m2(pd.DataFrame([row])).tolist() == [0.0]

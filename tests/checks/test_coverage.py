"""Coverage rules: people within a limit on foot."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecircle.checks.evaluate import check
from lifecircle.checks.measures.coverage import served_share, within_limit
from lifecircle.standards.rulebook import read_rule_book

BOOK = read_rule_book("hefei")
TOWN, COUNTY = BOOK.rules[2], BOOK.rules[3]
CANTEEN = ("ELD.CANTEEN",)


@pytest.fixture
def judged(make_district, make_config, rows, walks):
    """Findings of one meal rule; elderly 30, 50, 20 in B1, B2, B3 of C1."""

    def judge(
        minutes, *, rule=TOWN, share=None, complete=CANTEEN, settlement="urban", **made
    ):
        elderly = made.pop("elderly", (30.0, 50.0, 20.0))
        shares = {} if share is None else {rule.rule_id: share}
        homes = [
            rows.building(f"B{number}", 100 * number, 10, 100, elderly=count)
            | {"elderly_method": "declared"}
            | made
            for number, count in enumerate(elderly, start=1)
        ]
        district = make_district(
            config=make_config(shares=shares),
            complete_classes=complete,
            communities=[rows.community("C1", 0, settlement=settlement)],
            buildings=homes,
            facilities=[rows.facility("F1", "ELD.CANTEEN", 500, 500)],
        )
        return check(district, walks(minutes), replace(BOOK, rules=(rule,))).rows

    return judge


def test_the_share_counts_people_and_the_limit_belongs_to_it(judged):
    # 30 + 50 of 100 elderly are within 15.0 minutes: 0.8; 20 are left out.
    row = judged({"B1": 3, "B2": 15.0, "B3": 15.2}).iloc[0]
    assert row["measured"] == pytest.approx(0.8)
    assert (row["numerator"], row["denominator"]) == (80.0, 100.0)
    assert (row["affected"], row["affected_unit"]) == (20.0, "elderly")
    assert row["unit_of_measure"] == "share"
    assert row["facility_class"] == "ELD.CANTEEN"


def test_where_the_source_names_no_share_the_result_is_a_benchmark(judged):
    row = judged({"B1": 3, "B2": 15.0, "B3": 15.2}).iloc[0]
    assert row["verdict"] == "benchmark"
    assert row["threshold_origin"] is None
    assert np.isnan(row["threshold_min"])
    assert np.isnan(row["shortfall"])


@pytest.mark.parametrize(
    ("share", "verdict", "shortfall"), [(0.8, "pass", 0.0), (0.9, "fail", 0.1)]
)
def test_a_share_of_the_district_is_marked_as_its_own(
    judged, share, verdict, shortfall
):
    row = judged({"B1": 3, "B2": 15.0, "B3": 15.2}, share=share).iloc[0]
    assert row["verdict"] == verdict
    assert row["threshold_origin"] == "district"
    assert (row["op"], row["threshold_min"]) == (">=", share)
    assert row["shortfall"] == pytest.approx(shortfall)
    assert row["affected"] == 20.0


def test_a_share_of_the_source_goes_before_the_districts(judged):
    rule = replace(TOWN, share=0.95)
    row = judged({"B1": 3, "B2": 15.0, "B3": 15.2}, rule=rule, share=0.5).iloc[0]
    assert (row["verdict"], row["threshold_origin"]) == ("fail", "source")


def test_no_walk_is_unserved_where_the_list_is_complete(judged):
    row = judged({"B1": 3, "B2": None, "B3": 20}, share=0.5).iloc[0]
    assert row["measured"] == pytest.approx(0.3)
    assert row["verdict"] == "fail"
    assert row["affected"] == 70.0


@pytest.mark.parametrize(
    ("minutes", "share", "verdict"),
    [
        ({"B1": 3, "B2": 5, "B3": 99}, 0.8, "pass"),
        ({"B1": 3, "B2": 5, "B3": 99}, 0.9, "not_assessed"),
        ({"B1": 3, "B2": 5, "B3": 99}, None, "not_assessed"),
        ({"B1": 3, "B2": 5, "B3": 9}, None, "benchmark"),
    ],
)
def test_not_reached_in_an_incomplete_list_proves_nothing(
    judged, minutes, share, verdict
):
    row = judged(minutes, share=share, complete=()).iloc[0]
    assert row["verdict"] == verdict
    left_out = verdict == "not_assessed"
    assert row["reason"] == ("checks.class_incomplete" if left_out else None)
    assert row["measured"] == pytest.approx(1.0 if minutes["B3"] == 9 else 0.8)


def test_each_settlement_has_its_own_rule(judged):
    minutes = {"B1": 16, "B2": 16, "B3": 16}
    assert judged(minutes, settlement="county_town").empty
    county = judged(minutes, rule=COUNTY, settlement="county_town").iloc[0]
    # 16 minutes are within the 20 of a county town.
    assert county["measured"] == 1.0
    assert judged(minutes, rule=COUNTY).empty


def test_unknown_elderly_are_not_guessed(judged):
    row = judged({"B1": 3, "B2": 3, "B3": 3}, elderly=(30.0, np.nan, 20.0)).iloc[0]
    assert row["verdict"] == "not_assessed"
    assert row["reason"] == "checks.elderly_unknown"


def test_a_community_of_nobody_is_not_served(judged):
    row = judged({"B1": 3}, elderly=(0.0,), households=0.0).iloc[0]
    assert row["reason"] == "checks.no_people"


def test_walks_that_were_not_computed_are_named(judged):
    row = judged({}).iloc[0]
    assert row["verdict"] == "not_assessed"
    assert row["reason"] == "checks.no_access"


def test_everybody_is_counted_in_persons_else_in_households(judged):
    rule = replace(TOWN, population="all")
    minutes = {"B1": 3, "B2": 99, "B3": 99}
    known = judged(minutes, rule=rule, persons=250.0).iloc[0]
    assert (known["affected"], known["affected_unit"]) == (500.0, "persons")
    unknown = judged(minutes, rule=rule).iloc[0]
    assert (unknown["affected"], unknown["affected_unit"]) == (200.0, "households")


def test_what_rests_on_estimates_says_so(judged):
    minutes = {"B1": 3, "B2": 3, "B3": 3}
    assert judged(minutes).iloc[0]["estimated_share"] == 0.0
    guessed = judged(minutes, elderly_method="estimated").iloc[0]
    assert guessed["estimated_share"] == 1.0


def test_no_facility_at_all_in_a_complete_list_serves_nobody(
    make_district, make_config, rows, walks
):
    district = make_district(
        config=make_config(shares={"HF-R10": 0.9}),
        complete_classes=CANTEEN,
        communities=[rows.community("C1", 0)],
        buildings=[rows.building("B1", 10, 10, 100, elderly=40.0)],
    )
    row = check(district, walks({}), replace(BOOK, rules=(TOWN,))).rows.iloc[0]
    assert (row["measured"], row["verdict"], row["affected"]) == (0.0, "fail", 40.0)


PEOPLE = st.lists(
    st.tuples(st.integers(0, 500), st.one_of(st.just(np.nan), st.floats(0, 60))),
    min_size=1,
    max_size=40,
)


@given(PEOPLE, st.floats(1, 40))
def test_served_and_unserved_are_all(people, limit_min):
    weight = np.array([count for count, _ in people], dtype=float)
    minutes = np.array([walk for _, walk in people], dtype=float)
    served = within_limit(minutes, limit_min=limit_min)
    assert weight[served].sum() + weight[~served].sum() == weight.sum()
    share = served_share(weight, minutes, limit_min=limit_min)
    if weight.sum():
        assert share == weight[served].sum() / weight.sum()
    else:
        assert np.isnan(share)


@given(PEOPLE, st.floats(1, 20), st.floats(0, 20))
def test_a_longer_limit_never_serves_fewer(people, limit_min, more):
    weight = np.array([count + 1 for count, _ in people], dtype=float)
    minutes = np.array([walk for _, walk in people], dtype=float)
    shorter = served_share(weight, minutes, limit_min=limit_min)
    assert served_share(weight, minutes, limit_min=limit_min + more) >= shorter

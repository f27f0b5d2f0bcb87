"""Grids: their households, and every address in exactly one of them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lifecircle.checks.evaluate import check
from lifecircle.standards.rulebook import read_rule_book

BOOK = read_rule_book("decheng")
COMMUNITY, GRID, ADDRESS = BOOK.rules[:3]
OPEN, INCOMPLETE = ["not_assessed"], "checks.class_incomplete"


@pytest.fixture
def judged(make_district, rows, walks):
    """Findings of Decheng rules for grids G1 (x 0-500) and G2 (x 400-1000) of C1."""

    def judge(*rules, **tables):
        tables.setdefault("communities", [rows.community("C1", 0)])
        tables.setdefault(
            "grids", [rows.grid("G1", "C1", 0, 500), rows.grid("G2", "C1", 400, 600)]
        )
        book = replace(BOOK, rules=rules)
        return check(make_district(**tables), walks({}), book).rows

    return judge


def test_a_grid_has_the_households_of_the_buildings_in_it(judged, rows):
    homes = [
        rows.building("B1", 100, 10, 200),
        rows.building("B2", 200, 10, 90, households_method="units"),
        rows.building("B3", 600, 10, 520),
    ]
    found = judged(GRID, buildings=homes)
    # G1: 200 + 90 = 290, 10 short of 300 but within -5 % (285); G2: 520, 20 over.
    assert found["measured"].tolist() == [290.0, 520.0]
    assert found["verdict"].tolist() == ["fail", "fail"]
    assert found["verdict_tolerant"].tolist() == ["pass", "pass"]
    assert found["shortfall"].tolist() == [10.0, 20.0]
    assert found["affected"].tolist() == [290.0, 520.0]
    assert found["estimated_share"].tolist() == pytest.approx([90 / 290, 0])
    assert found["level"].tolist() == ["grid", "grid"]
    assert found["subdistrict_id"].tolist() == ["S1", "S1"]
    assert found["basis"].tolist() == ["resident+sum_of_buildings"] * 2


def test_a_declared_grid_wins_over_the_place(judged, rows):
    homes = [rows.building("B1", 100, 10, 400, grid_id="G2")]
    found = judged(GRID, buildings=homes)
    assert found["measured"].tolist()[1] == 400.0
    assert found["reason"].tolist() == ["checks.no_buildings", None]


def test_a_grid_that_is_not_in_the_layer_claims_nothing(judged, rows):
    homes = [rows.building("B1", 100, 10, 400, grid_id="G9")]
    assert judged(GRID, buildings=homes)["measured"].tolist()[0] == 400.0


def test_special_grids_are_not_judged_by_households(judged, rows):
    grids = [
        rows.grid("G1", "C1", 0, 500, grid_kind="居住网格"),
        rows.grid("G2", "C1", 500, 500, grid_kind="专属网格"),
        rows.grid("G3", "C1", 0, 100, grid_kind="微网格"),
    ]
    homes = [rows.building("B1", 50, 10, 400), rows.building("B2", 600, 10, 9)]
    found = judged(GRID, ADDRESS, grids=grids, buildings=homes)
    assert found["unit_id"].tolist() == ["G1", "G2", "C1"]
    assert found["verdict"].tolist() == ["pass", "not_assessed", "pass"]
    assert found["reason"].tolist() == [None, "checks.dedicated_grid", None]


def test_a_district_without_grids_has_one_line_for_them(judged):
    row = judged(GRID, grids=[]).iloc[0]
    assert (row["level"], row["unit_id"]) == ("district", "toy")
    assert (row["verdict"], row["reason"]) == ("not_assessed", "checks.no_grids")


def test_two_grids_share_an_address(judged, rows):
    homes = [
        rows.building("B1", 100, 10, 200),
        rows.building("B2", 450, 10, 90, name="渡口路8号楼"),  # in both
        rows.building("B3", 600, 1200, 33, community_id="C1"),  # in none
        rows.building("B4", 600, 10, 300),
    ]
    found = judged(ADDRESS, buildings=homes)
    community = found.iloc[0]
    assert (community["measured"], community["denominator"]) == (2.0, 4.0)
    assert (community["threshold_max"], community["unit_of_measure"]) == (
        0,
        "addresses",
    )
    assert community["verdict"] == "fail"
    assert community["shortfall"] == 2.0
    assert community["affected"] == 123.0
    offenders = found.iloc[1:]
    assert offenders["level"].tolist() == ["building", "building"]
    assert offenders["unit_id"].tolist() == ["B2", "B3"]
    assert offenders["unit_name"].tolist() == ["渡口路8号楼", None]
    assert offenders["measured"].tolist() == [2.0, 0.0]
    assert offenders["threshold_min"].tolist() == [1.0, 1.0]
    assert offenders["verdict"].tolist() == ["fail", "fail"]
    assert offenders["affected"].tolist() == [90.0, 33.0]


def test_a_declared_grid_against_the_map_is_claimed_twice(judged, rows):
    homes = [rows.building("B1", 100, 10, 200, grid_id="G2")]
    assert judged(ADDRESS, buildings=homes)["measured"].tolist() == [1.0, 2.0]


def test_every_address_in_one_grid_passes(judged, rows):
    homes = [rows.building("B1", 100, 10, 200), rows.building("B2", 700, 10, 300)]
    found = judged(ADDRESS, buildings=homes)
    assert found[["verdict", "measured", "affected"]].to_numpy().tolist() == [
        ["pass", 0.0, 0.0]
    ]


def test_where_there_are_no_grids_no_address_is_judged(judged, rows):
    communities = [rows.community("C1", 0), rows.community("C2", 1000)]
    homes = [rows.building("B1", 100, 10, 200), rows.building("B2", 1500, 10, 300)]
    found = judged(ADDRESS, communities=communities, buildings=homes)
    assert found["verdict"].tolist() == ["pass", "not_assessed"]
    assert found["reason"].tolist() == [None, "checks.no_grids"]
    none = judged(ADDRESS, communities=communities, buildings=homes, grids=[])
    assert none["reason"].tolist() == ["checks.no_grids"] * 2


def test_a_community_is_measured_against_about_3000(judged, rows):
    communities = [
        rows.community("C1", 0, households=2900.0),
        rows.community("C2", 1000, households=5000.0),
        rows.community(
            "C3", 2000, unit_kind="approximate_catchment", households=3000.0
        ),
        rows.community("C4", 3000),
    ]
    found = judged(COMMUNITY, communities=communities)
    assert found["verdict"].tolist() == [
        *("benchmark", "benchmark", "not_assessed", "not_assessed"),
    ]
    assert found["verdict_tolerant"].tolist() == [
        *("pass", "fail", "not_assessed", "not_assessed"),
    ]
    assert found["reason"].tolist() == [
        *(None, None, "checks.approximate_catchment", "checks.no_households"),
    ]
    assert found["measured"].tolist()[:2] == [2900.0, 5000.0]
    assert np.isnan(found["shortfall"].tolist()[2])


@pytest.mark.parametrize("complete", [True, False])
def test_a_catchment_of_a_list_that_may_lack_centres_is_the_most_it_can_be(
    judged, rows, complete
):
    # Two centres in 1 km², their midpoints at x = 205 and 805: the line between them
    # stands at x = 505, so 0.505 and 0.495 km²; 25,000 and 5,000 persons.
    sites = [
        rows.facility("N1", "COM.NEIGH", 200, 500),
        rows.facility("N2", "COM.NEIGH", 800, 500),
    ]
    homes = [
        rows.building("B1", 100, 100, 9000, persons=25_000.0),
        rows.building("B2", 900, 100, 2000, persons=5000.0),
    ]
    people, ground = (
        next(rule for rule in read_rule_book("baohe").rules if rule.rule_id == name)
        for name in ("BH-R05", "BH-R04")
    )
    found = judged(
        people,
        replace(ground, value_min=0.4, value_max=0.45),
        facilities=sites,
        buildings=homes,
        complete_classes=("COM.NEIGH",) if complete else (),
    )
    assert found["measured"].tolist() == pytest.approx([25_000, 5000, 0.505, 0.495])
    # 10,000 to 20,000 asked: more centres would shrink N1's 25,000, but never mend
    # N2's 5,000.
    verdicts = ["fail"] * 4 if complete else ["not_assessed", "fail"] + OPEN * 2
    assert found["verdict"].tolist() == verdicts
    reasons = [None if verdict == "fail" else INCOMPLETE for verdict in verdicts]
    assert found["reason"].tolist() == reasons

"""Findings as a whole: columns, order, jurisdiction, totals, reasons."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lifecircle.checks.evaluate import MEASURES, check
from lifecircle.columns import FINDINGS, TOTALS
from lifecircle.standards.rule_schema import KINDS
from lifecircle.standards.rulebook import read_rule_book
from lifecircle.text import sentences

HEFEI, DECHENG = read_rule_book("hefei"), read_rule_book("decheng")
HEFEI = replace(HEFEI, rules=HEFEI.rules[:4])
DECHENG = replace(DECHENG, rules=DECHENG.rules[:3])


@pytest.fixture
def mixed(make_district, make_config, rows):
    """Communities out of order, a declared total off by 10, and no facilities."""

    def build(**config):
        return make_district(
            config=make_config(**config),
            communities=[
                rows.community("C2", 1000, households=500.0),
                rows.community("C1", 0),
            ],
            buildings=[
                rows.building("B2", 1100, 10, 510),
                rows.building("B1", 100, 10, 320),
            ],
        )

    return build


def test_every_kind_of_a_book_has_its_measure():
    assert set(MEASURES) == set(KINDS)


def test_findings_have_their_columns_in_the_order_of_books_rules_and_units(
    mixed, walks
):
    rows = check(mixed(), walks({}), DECHENG, HEFEI).rows
    assert tuple(rows.columns) == FINDINGS
    order = list(zip(rows["rule_id"], rows["unit_id"], strict=True))
    assert order == [
        ("DC-R01", "C1"),
        ("DC-R01", "C2"),
        ("DC-R02", "toy"),
        ("DC-R04", "C1"),
        ("DC-R04", "C2"),
        ("HF-R01", "C1"),
        ("HF-R01", "C2"),
        ("HF-R02", "C1"),
        ("HF-R02", "C2"),
        ("HF-R10", "C1"),
        ("HF-R10", "C2"),
    ]
    assert rows.index.tolist() == list(range(11))


def test_two_runs_give_the_same_findings(mixed, walks):
    first = check(mixed(), walks({}), HEFEI, DECHENG).rows
    assert first.equals(check(mixed(), walks({}), HEFEI, DECHENG).rows)


def test_every_reason_unit_and_basis_has_its_sentence(mixed, walks):
    rows = check(mixed(), walks({}), HEFEI, DECHENG).rows
    known = sentences("checks", "zh")
    reasons = rows["reason"].dropna()
    assert rows.loc[rows["reason"].notna(), "verdict"].unique().tolist() == [
        "not_assessed"
    ]
    assert {key.removeprefix("checks.") for key in reasons} <= set(known)
    assert {f"unit_{name}" for name in rows["unit_of_measure"]} <= set(known)
    parts = {part for basis in rows["basis"].dropna() for part in basis.split("+")}
    assert {f"basis_{part}" for part in parts} <= set(known)


@pytest.mark.parametrize(
    ("adopted", "verdict"),
    [
        (("decheng",), "benchmark"),
        (("books/decheng.toml",), "benchmark"),
        (("hefei",), "reference"),
        ((), "reference"),
    ],
)
def test_a_book_binds_only_where_it_is_adopted(mixed, walks, adopted, verdict):
    rows = check(mixed(adopted_books=adopted), walks({}), DECHENG).rows
    size = rows[rows["rule_id"] == "DC-R01"]
    assert set(size["verdict"]) == {verdict}
    assert size["measured"].tolist() == [320.0, 500.0]
    assert size["threshold_min"].tolist() == [3000.0, 3000.0]


def test_totals_list_declared_against_buildings(mixed, walks):
    totals = check(mixed(), walks({}), DECHENG).totals
    assert tuple(totals.columns) == TOTALS
    # C1 declares nothing; C2 declares 500 and its one building has 510.
    assert totals.to_numpy().tolist() == [
        [
            "community",
            "C2",
            "C2社区",
            "resident+declared_total",
            500.0,
            510.0,
            10.0,
            0.0,
        ]
    ]


def test_totals_say_what_share_of_the_buildings_sum_is_estimated(mixed, walks):
    town = mixed()
    town.buildings["households_method"] = "community_total"
    # All of C2's 510 households come from an estimate: an agreement proves nothing.
    assert check(town, walks({}), DECHENG).totals["estimated_share"].tolist() == [1.0]


def test_no_books_no_findings(mixed, walks):
    findings = check(mixed(), walks({}))
    assert tuple(findings.rows.columns) == FINDINGS
    assert len(findings.rows) == 0


def test_a_district_without_anything_is_judged_by_nothing(make_district, walks):
    rows = check(make_district(), walks({}), HEFEI, DECHENG).rows
    assert rows["verdict"].tolist() == ["not_assessed"]
    assert rows["reason"].tolist() == ["checks.no_grids"]


def test_30_and_30_60_pooled_and_30_pooled_are_three_rules(
    make_district, make_config, rows, walks
):
    # 200 m² of service rooms, 500 m² of home care, 1,000 households:
    # Hefei 20 fails and 50 passes; one pool of 30 is 70 and passes; 80 is missed.
    district = make_district(
        config=make_config(adopted_books=("hefei",)),
        complete_classes=("SVC.COMM", "ELD.STATION"),
        communities=[rows.community("C1", 0, households=1000.0)],
        facilities=[rows.facility("F1", "SVC.COMM", 10, 10)],
        rooms=[rows.room("F1", "SVC.COMM", 200), rows.room("F1", "ELD.STATION", 500)],
    )
    service, care = HEFEI.rules[:2]
    pool = replace(service, classes=("SVC.COMM", "ELD.STATION"))
    more = replace(pool, value_min=80.0)
    book = replace(HEFEI, rules=(service, care, pool, more))
    found = check(district, walks({}), book).rows
    assert found["measured"].tolist() == pytest.approx([20.0, 50.0, 70.0, 70.0])
    assert found["verdict"].tolist() == ["fail", "pass", "pass", "fail"]
    assert found["facility_class"].tolist()[2] == "SVC.COMM+ELD.STATION"

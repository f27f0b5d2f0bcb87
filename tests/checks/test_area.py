"""Area rules: rooms, not facilities; unknown areas; incomplete lists."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lifecircle.checks.evaluate import check
from lifecircle.checks.measures.area import counted_rooms
from lifecircle.standards.rulebook import read_rule_book

BOOK = read_rule_book("hefei")
SERVICE, HOME_CARE = BOOK.rules[0], BOOK.rules[1]
BOTH = ("SVC.COMM", "ELD.STATION")


@pytest.fixture
def judged(make_district, rows, walks):
    """Findings of one area rule for community C1 with 2,900 households."""

    def judge(rooms, *, rule=SERVICE, complete=BOTH, facilities=None, **tables):
        book = replace(BOOK, rules=(rule,))
        named = sorted({(room["facility_id"]) for room in rooms})
        tables.setdefault("communities", [rows.community("C1", 0, households=2900.0)])
        district = make_district(
            complete_classes=complete,
            facilities=facilities
            or [rows.facility(name, SERVICE.classes[0], 500, 500) for name in named],
            rooms=rooms,
            **tables,
        )
        return check(district, walks({}), book).rows

    return judge


def test_812_m2_for_2900_households_are_58_m2_short(judged, rows):
    row = judged([rows.room("F1", "SVC.COMM", 812)]).iloc[0]
    # 812 * 100 / 2900 = 28; 30 - 28 = 2; 2 / 30 of the standard.
    assert row["measured"] == pytest.approx(28.0)
    assert row["verdict"] == "fail"
    assert row["shortfall"] == pytest.approx(2.0)
    assert row["shortfall_share"] == pytest.approx(2 / 30)
    assert (row["numerator"], row["denominator"]) == (812.0, 2900.0)
    assert (row["affected"], row["affected_unit"]) == (2900.0, "households")
    assert (row["op"], row["threshold_min"]) == (">=", 30.0)
    assert row["unit_of_measure"] == "m2_per_100_households"
    assert row["basis"] == "floor+resident+declared_total"
    assert row["threshold_origin"] == "source"
    assert row["estimated_share"] == 0.0


def test_870_m2_just_pass(judged, rows):
    row = judged([rows.room("F1", "SVC.COMM", 870)]).iloc[0]
    assert row["verdict"] == "pass"
    assert row["shortfall"] == 0.0
    assert row["affected"] == 0.0


def test_a_centre_of_980_m2_counts_its_rooms_not_itself_twice(judged, rows):
    rooms = [
        rows.room("F1", "SVC.COMM", 680),
        rows.room("F1", "ELD.STATION", 300),
    ]
    centre = [rows.facility("F1", "SVC.COMM", 500, 500, floor_area_m2=980.0)]
    service = judged(rooms, facilities=centre).iloc[0]
    care = judged(rooms, facilities=centre, rule=HOME_CARE).iloc[0]
    assert service["numerator"] == 680.0
    assert care["numerator"] == 300.0


def test_a_room_of_unknown_area_leaves_a_lower_bound(judged, rows):
    unknown = rows.room("F2", "SVC.COMM", np.nan)
    short = judged([rows.room("F1", "SVC.COMM", 812), unknown]).iloc[0]
    assert short["verdict"] == "not_assessed"
    assert short["reason"] == "checks.area_unknown"
    assert short["measured"] == pytest.approx(28.0)
    enough = judged([rows.room("F1", "SVC.COMM", 900), unknown]).iloc[0]
    assert enough["verdict"] == "pass"


def test_a_class_offered_without_a_room_is_unknown_not_nothing(judged, rows):
    # F1 is a home-care station too, but only its service room is listed.
    classes = [{"facility_id": "F1", "facility_class": name} for name in sorted(BOTH)]
    row = judged(
        [rows.room("F1", "SVC.COMM", 900)], rule=HOME_CARE, facility_classes=classes
    ).iloc[0]
    assert row["verdict"] == "not_assessed"
    assert row["reason"] == "checks.area_unknown"


def test_nothing_in_a_complete_list_is_nothing(judged, rows):
    row = judged([], facilities=[]).iloc[0]
    assert (row["measured"], row["verdict"]) == (0.0, "fail")
    assert row["shortfall"] == 30.0
    assert row["shortfall_share"] == 1.0


@pytest.mark.parametrize(
    ("area", "verdict"), [(None, "not_assessed"), (812, "not_assessed"), (900, "pass")]
)
def test_absence_in_an_incomplete_list_proves_nothing(judged, rows, area, verdict):
    rooms = [] if area is None else [rows.room("F1", "SVC.COMM", area)]
    row = judged(rooms, complete=("ELD.STATION",)).iloc[0]
    assert row["verdict"] == verdict
    expected = "checks.class_incomplete" if verdict == "not_assessed" else None
    assert row["reason"] == expected
    assert np.isnan(row["measured"]) == (area is None)


def test_a_facility_is_shared_between_the_communities_it_serves(judged, rows):
    communities = [
        rows.community("C1", 0, households=1000.0),
        rows.community("C2", 1000, households=2000.0),
    ]
    serves = [
        {"facility_id": "F1", "unit_id": unit, "share": share, "origin": "declared"}
        for unit, share in (("C1", 0.4), ("C2", 0.6))
    ]
    found = judged(
        [rows.room("F1", "SVC.COMM", 1000)], communities=communities, serves=serves
    )
    # 400 m² for 1,000 households are 40; 600 m² for 2,000 are 30.
    assert found["measured"].tolist() == pytest.approx([40.0, 30.0])
    assert found["verdict"].tolist() == ["pass", "pass"]


@pytest.mark.parametrize(
    ("values", "counted"),
    [
        ({"status": "built", "opened": 2026.0}, True),
        ({"status": "built", "opened": 2027.0}, False),
        ({"status": "built"}, True),
        ({"status": "under_construction"}, False),
        ({"status": "planned"}, False),
    ],
)
def test_only_what_is_in_use_on_the_day_counts(judged, rows, values, counted):
    # The toy district's data are of 2026-06-30.
    place = [rows.facility("F1", "SVC.COMM", 500, 500, **values)]
    row = judged([rows.room("F1", "SVC.COMM", 1450)], facilities=place).iloc[0]
    assert row["measured"] == (50.0 if counted else 0.0)


def test_land_is_no_room_and_another_basis_is_unknown(judged, rows):
    rooms = [rows.room("F1", "SVC.COMM", 900, area_basis="land")]
    assert judged(rooms).iloc[0]["reason"] == "checks.area_other_basis"
    floor = [rows.room("F1", "SVC.COMM", 900)]
    usable = judged(floor, rule=replace(SERVICE, area_basis="usable")).iloc[0]
    assert usable["reason"] == "checks.area_other_basis"
    unstated = [rows.room("F1", "SVC.COMM", 900, area_basis="unspecified")]
    assert judged(unstated).iloc[0]["basis"].startswith("unspecified+")


def test_households_are_the_declared_total_else_the_sum_of_buildings(judged, rows):
    homes = [
        rows.building("B1", 10, 10, 600),
        rows.building("B2", 50, 10, 400, households_method="floor_area"),
        rows.building("B3", 1010, 10, 90, households_method="floor_area"),
    ]
    communities = [
        rows.community("C1", 0),
        rows.community("C2", 1000, households=100.0),
    ]
    serves = [
        {"facility_id": "F1", "unit_id": unit, "share": 0.5} for unit in ("C1", "C2")
    ]
    found = judged(
        [rows.room("F1", "SVC.COMM", 300)],
        communities=communities,
        buildings=homes,
        serves=serves,
    )
    # 150 m² for 600 + 400 households are 15; for the declared 100 they are 150.
    assert found["measured"].tolist() == pytest.approx([15.0, 150.0])
    assert found["estimated_share"].tolist() == pytest.approx([0.4, 0.0])
    assert found["basis"].tolist() == [
        "floor+resident+sum_of_buildings",
        "floor+resident+declared_total",
    ]


@pytest.mark.parametrize("households", [np.nan, 0.0])
def test_without_households_nothing_is_judged(judged, rows, households):
    communities = [rows.community("C1", 0, households=households)]
    row = judged([rows.room("F1", "SVC.COMM", 900)], communities=communities).iloc[0]
    assert row["verdict"] == "not_assessed"
    assert row["reason"] == "checks.no_households"


def test_villages_are_not_judged_by_rules_for_towns(judged, rows):
    communities = [
        rows.community("C1", 0, households=100.0, settlement="rural"),
        rows.community("C2", 1000, households=100.0, settlement="county_town"),
    ]
    found = judged([], facilities=[], communities=communities)
    assert found["unit_id"].tolist() == ["C2"]


def test_rooms_come_sorted_with_their_share(make_district, rows):
    district = make_district(
        communities=[rows.community("C1", 0)],
        facilities=[rows.facility("F1", "SVC.COMM", 10, 10)],
        rooms=[rows.room("F1", "SVC.COMM", 30), rows.room("F1", "SVC.COMM", 20)],
    )
    assert counted_rooms(district, SERVICE)["area_m2"].tolist() == [20.0, 30.0]

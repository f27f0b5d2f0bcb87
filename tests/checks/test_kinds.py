"""Every metric kind by hand: a pass, a fail, and a case that is not assessed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from shapely import LineString, Point

from lifecircle.checks.evaluate import check
from lifecircle.checks.measures.registry import FAMILIES, MEASURES
from lifecircle.conftest import at
from lifecircle.standards.kinds import KINDS
from lifecircle.standards.rulebook import read_rule_book
from lifecircle.text import sentences

BOOK = read_rule_book("hefei")
BLANK = replace(
    BOOK.rules[0], rule_id="R", classes=(), settlement="any", tolerance=None
)
PASS, FAIL, OPEN = "pass", "fail", "not_assessed"
CLASSES = (
    *("SVC.COMM", "OPEN.PLAZA", "OPEN.PARK", "CUL.STATION", "ELD.CANTEEN"),
    *("HLT.STATION", "COM.UNIT"),
)
SYNC = ("sync_planned", "sync_built", "sync_accepted", "sync_delivered")

# Facts of C1, C2 (C3 has none), of F1, F2, and of the new compounds K1, K2.
COMMUNITY_FACTS = {
    "windows": (2, 0),
    "window_staff": (3, 0),
    "staff": (12, 9),
    "grid_workers": (10, 1),
    "orgs": (7, 0),
    "duty_items": (11, 12),
    "party_members": (100, 100),
    "party_volunteers": (80, 79),
    "pay_lowest": (7, 6),
    "pay_highest": (10, 9),
    "fund_cny": (300_000, 299_000),
    "trainings": (2, 1),
    "parking_spaces": (2900, 399),
    "floor_m2": (290_000, 40_000),
    "elderly_served": (1000, 90),
}
OTHER_FACTS = {
    ("facility", "open_hours"): ("F1", 8, "F2", 7),
    ("facility", "open_days"): ("F1", 365, "F2", 364),
    ("facility", "floor"): ("F1", 3, "F2", 4),
    ("compound", "phase"): ("K1", 1, "K2", 2),
    **{("compound", name): ("K1", 1, "K2", 1) for name in SYNC[:3]},
    ("compound", SYNC[3]): ("K1", 1, "K2", 0),
    ("district", "professionals"): ("toy", 1000, "other", 0),
}


def registers():
    rows = [
        ("community", unit, fact, float(value), None)
        for fact, values in COMMUNITY_FACTS.items()
        for unit, value in zip(("C1", "C2"), values, strict=True)
    ]
    rows += [
        (level, unit, fact, float(value), None)
        for (level, fact), cells in OTHER_FACTS.items()
        for unit, value in (cells[:2], cells[2:])
    ]
    rows += [
        ("community", "C1", "bodies", np.nan, "党组织、居委会；便民服务站"),
        ("community", "C2", "bodies", np.nan, "党组织、居委会"),
    ]
    return pd.DataFrame(rows, columns=["level", "unit_id", "fact", "value", "text"])


@pytest.fixture(scope="module")
def town():
    """C1 (1 km²) meets what C2 (0.5 km²) misses; of C3 nothing is known.

    C1: 2,900 households, 7,000 persons, 1,000 elderly; C2: 400, 1,000, 100.
    """
    from lifecircle.conftest import make_config, make_district
    from tests.checks import conftest as by

    homes = {"persons_method": "declared", "elderly_method": "declared"}
    streets = [(x, 0) for x in range(50, 1000, 100)] + [(1250, 0)]
    district = make_district(
        config=make_config(profile="full"),
        complete_classes=CLASSES,
        communities=[
            by.community("C1", 0, households=2900.0, persons=7000.0, elderly=1000.0),
            {
                **by.community("C2", 1000, households=400.0, persons=1000.0),
                "elderly": 100.0,
                "geometry": by.square(1000, 0, 500, 1000),
            },
            by.community(
                "C3", 2000, unit_kind="approximate_catchment", settlement="rural"
            ),
        ],
        compounds=[
            {
                "compound_id": f"K{n}",
                "planned_dwellings": 500.0,
                "geometry": by.square(x, 800, 50),
            }
            for n, x in ((1, 100), (2, 1100), (3, 2100))
        ],
        buildings=[
            by.building("B1", 100, 100, 2900, persons=7000.0, elderly=1000.0, **homes),
            by.building("B2", 1100, 100, 400, persons=1000.0, elderly=100.0, **homes),
        ],
        facilities=[
            by.facility("F1", "SVC.COMM", 300, 300),
            by.facility("F2", "SVC.COMM", 1300, 300),
            by.facility("F3", "SVC.COMM", 2300, 300),
            # Plazas of 175 m x 100 m and 20 m x 100 m.
            _site("P1", "OPEN.PLAZA", by.square(400, 400, 175, 100)),
            _site("P2", "OPEN.PLAZA", by.square(1400, 400, 20, 100)),
            _site("Q1", "OPEN.PARK", by.square(600, 600, 80, 100)),
            _site("Q2", "OPEN.PARK", by.square(1400, 600, 60, 100)),
            _site("Q3", "OPEN.PARK", Point(at(2600, 600))),
            by.facility("S1", "CUL.STATION", 500, 700),
            by.facility("S2", "CUL.STATION", 1450, 700),
            by.facility("E1", "ELD.CANTEEN", 100, 500),
            by.facility("H1", "HLT.STATION", 700, 700),
        ],
        rooms=[
            by.room("F1", "SVC.COMM", 870),
            by.room("F2", "SVC.COMM", 119),
            by.room("F3", "SVC.COMM", np.nan),
            by.room("S1", "CUL.STATION", 700),
            by.room("S2", "CUL.STATION", 99),
        ],
        roads=[
            {"road_id": f"R{x}", "geometry": LineString([at(x, 0), at(x, 1000)])}
            for x, _ in streets
        ],
    )
    return replace(district, registers=registers())


def _site(facility_id, facility_class, geometry):
    return {
        "facility_id": facility_id,
        "facility_class": facility_class,
        "geometry": geometry,
    }


def ask(kind, op, low, high, unit, **values):
    """A rule, and what it should say of C1, C2, C3 (F1 … or K1 …)."""
    return replace(
        BLANK, kind=kind, op=op, value_min=low, value_max=high, unit=unit, **values
    )


def units(prefix, first, second, third=None):
    made = {f"{prefix}1": (first, PASS), f"{prefix}2": (second, FAIL)}
    return {**made, f"{prefix}3": (third, OPEN)}


SVC, PLAZA, PARK = ("SVC.COMM",), ("OPEN.PLAZA",), ("OPEN.PARK",)
MEALS, HEALTH = ("ELD.CANTEEN",), ("HLT.STATION",)
NEW = {"level": "compound", "build": "new"}
ELDERLY = {"population": "elderly", "walker": "elderly"}

TABLE = [
    # 870 * 100 / 2900 = 30; 119 * 100 / 400 = 29.75.
    (
        ask("area_per_100_households", ">=", 30.0, None, "m2", classes=SVC),
        units("C", 30.0, 29.75),
    ),
    # 17,500 / 7,000 = 2.5; 2,000 / 1,000 = 2.
    (
        ask("area_per_person", ">=", 2.5, None, "m2", classes=PLAZA),
        units("C", 2.5, 2.0),
    ),
    # 1,000 * 700 / 7,000 = 100; 1,000 * 99 / 1,000 = 99.
    (
        ask("area_per_1000_persons", ">=", 100.0, None, "m2", classes=("CUL.STATION",)),
        units("C", 100.0, 99.0),
    ),
    # The rooms of F3 have no area: 0 known of an unknown sum.
    (
        ask("total_area", ">=", 400.0, None, "m2", classes=SVC),
        units("C", 870.0, 119.0, 0.0),
    ),
    (
        ask("mean_area", ">=", 400.0, None, "m2", classes=SVC),
        units("C", 870.0, 119.0, 0.0),
    ),
    (ask("min_area", ">=", 400.0, None, "m2", classes=SVC), units("F", 870.0, 119.0)),
    # The shorter sides: 80 m and 60 m; Q3 is only a point.
    (ask("min_width", ">=", 80.0, None, "m", classes=PARK), units("Q", 80.0, 60.0)),
    # C2 has 400 households, in 300 to 500; C1 2,900.
    (
        ask("households_per_unit", "in", 300.0, 500.0, "households"),
        {"C1": (2900.0, FAIL), "C2": (400.0, PASS), "C3": (None, OPEN)},
    ),
    (
        ask("population_per_unit", "in", 5e3, 12e3, "persons"),
        units("C", 7000.0, 1000.0),
    ),
    # 1,000 m x 1,000 m; 500 m x 1,000 m; C3 is an approximate catchment.
    (ask("unit_area_km2", "in", 1.0, 2.0, "km2"), units("C", 1.0, 0.5, 1.0)),
    (ask("unit_area_ha", "in", 80.0, 120.0, "ha"), units("C", 100.0, 50.0, 100.0)),
    # B1 walks 15.0 min or 720 m, B2 15.1 min or 724.8 m.
    (
        ask(
            "walk_minutes_coverage",
            *("<=", None, 15.0, "min"),
            classes=MEALS,
            share=0.9,
            **ELDERLY,
        ),
        units("C", 1.0, 0.0),
    ),
    (
        ask(
            "walk_distance_coverage",
            *("<=", None, 720.0, "m"),
            classes=MEALS,
            share=0.9,
            **ELDERLY,
        ),
        units("C", 1.0, 0.0),
    ),
    # In a straight line 400 m from B1 and about 1,077 m from B2.
    (
        ask("service_radius", "<=", None, 500.0, "m", classes=MEALS, share=1.0),
        units("C", 1.0, 0.0),
    ),
    # ceil(7,000 / 5,000) = 2 windows; ceil(1,000 / 5,000) = 1.
    (
        ask(
            "persons_per_window",
            *("<=", None, 5000.0, "persons"),
            inputs=("windows",),
            per=5000.0,
            rounding="ceil",
        ),
        units("C", 2.0, 0.0),
    ),
    # N + 1: 2 + 1 = 3; 0 + 1 = 1.
    (
        ask(
            "staff_formula",
            *(">=", 1.0, None, "staff"),
            inputs=("window_staff", "windows"),
        ),
        units("C", 3.0, 0.0),
    ),
    (
        ask("staff_per_unit", ">=", 10.0, None, "staff", inputs=("staff",)),
        units("C", 12.0, 9.0),
    ),
    # 2,900 / 10 = 290; 400 / 1 = 400.
    (
        ask(
            "households_per_staff",
            *("<=", None, 300.0, "households"),
            inputs=("grid_workers",),
        ),
        units("C", 290.0, 400.0),
    ),
    # 10,000 * 7 / 7,000 = 10.
    (
        ask(
            "per_10k_persons",
            *(">=", 10.0, None, "organisations"),
            inputs=("orgs",),
            denominator="persons",
        ),
        units("C", 10.0, 0.0),
    ),
    (
        ask("count_per_unit", "in", 2.0, 4.0, "windows", inputs=("windows",)),
        units("C", 2.0, 0.0),
    ),
    (
        ask("list_size", "=", 11.0, 11.0, "items", inputs=("duty_items",)),
        units("C", 11.0, 12.0),
    ),
    # 80 of 100 party members; 79 of 100.
    (
        ask(
            "share",
            *(">=", 80.0, None, "percent"),
            inputs=("party_volunteers",),
            denominator="party_members",
        ),
        units("C", 0.8, 0.79),
    ),
    # 7 to 10; of 6 to 9 the 6 lies outside.
    (
        ask("range", "in", 7.0, 10.0, "grade", inputs=("pay_lowest", "pay_highest")),
        units("C", 7.0, 6.0),
    ),
    (
        ask("money_per_unit", ">=", 30.0, None, "10k_cny", inputs=("fund_cny",)),
        units("C", 30.0, 29.9),
    ),
    (
        ask(
            "frequency_per_year",
            *(">=", 2.0, None, "times_per_year"),
            inputs=("trainings",),
        ),
        units("C", 2.0, 1.0),
    ),
    *(
        (
            ask(
                kind,
                *values,
                inputs=(fact,),
                level="facility",
                classes=SVC,
            ),
            units("F", good, bad),
        )
        for kind, values, fact, good, bad in (
            ("open_hours", (">=", 8.0, None, "hours_per_day"), "open_hours", 8.0, 7.0),
            ("open_days", ("=", 365.0, 365.0, "days_per_year"), "open_days", 365, 364),
            ("floor_max", ("<=", None, 3.0, "floor"), "floor", 3.0, 4.0),
        )
    ),
    (
        ask(
            "spaces_per_household",
            *(">=", 1.0, None, "spaces"),
            inputs=("parking_spaces",),
        ),
        units("C", 1.0, 0.9975),
    ),
    # 100 * 2,900 / 290,000 = 1; 100 * 399 / 40,000 = 0.9975.
    (
        ask(
            "spaces_per_100_m2",
            *(">=", 1.0, None, "spaces"),
            inputs=("parking_spaces",),
            denominator="floor_m2",
        ),
        units("C", 1.0, 0.9975),
    ),
    # 四同步: four of four, three of four, nothing on file.
    (
        ask("boolean_attribute", "=", 4.0, 4.0, "flags", inputs=SYNC, **NEW),
        units("K", 4.0, 3.0),
    ),
    (
        ask("phase_rule", "=", 1.0, 1.0, "phase", inputs=("phase",), **NEW),
        units("K", 1.0, 2.0),
    ),
    (
        ask(
            "function_set",
            *("superset", 3.0, 3.0, "bodies"),
            inputs=("bodies",),
            functions=("党组织", "居委会", "便民服务站"),
        ),
        units("C", 3.0, 2.0),
    ),
    # Ten streets of 1 km: 2 * 1,000,000 / 10,000 = 200 m; one: 2 * 500,000 / 1,000.
    (ask("spacing_max", "<=", None, 200.0, "m"), units("C", 200.0, 1000.0)),
]


@pytest.fixture(scope="module")
def judge(town):
    from tests.checks.conftest import canteen_walks

    access = pd.concat(
        [canteen_walks({"B1": 15.0, "B2": 15.1}, walker=who) for who in WALKERS]
    )

    def judged(*rules, district=town):
        return check(district, access, replace(BOOK, rules=rules)).rows

    return judged


WALKERS = ("adult", "elderly")


@pytest.mark.parametrize(("rule", "expected"), TABLE, ids=[r.kind for r, _ in TABLE])
def test_by_hand(judge, rule, expected):
    rows = judge(rule).set_index("unit_id")
    assert sorted(rows.index) == sorted(expected)
    for unit, (measured, verdict) in expected.items():
        row = rows.loc[unit]
        assert row["verdict"] == verdict, unit
        if measured is None:
            assert np.isnan(row["measured"]), unit
        else:
            assert row["measured"] == pytest.approx(measured), unit
        assert (row["reason"] is not None) == (verdict == OPEN)
        assert (row["shortfall"] > 0) == (verdict == FAIL)


WHOLE = {"level": "district"}
UNIT = {"denominator": "community", **WHOLE}
# One row for the district: the rule, what is measured, the verdict.
WHOLE_TABLE = [
    # H1 stands in C1, one of two urban communities.
    (("coverage_share_units", ">=", 50, None, "percent"), HEALTH, 0.5, PASS),
    (("coverage_share_units", "=", 100, 100, "percent"), HEALTH, 0.5, FAIL),
    # No list of kindergartens is declared complete.
    (("coverage_share_units", "=", 100, 100, "percent"), ("CHD.KG",), None, OPEN),
    # 1,000 of 1,100 elderly live in C1.
    (("coverage_share_people", ">=", 90, None, "percent"), HEALTH, 10 / 11, PASS),
    (("coverage_share_people", "=", 100, 100, "percent"), HEALTH, 10 / 11, FAIL),
    (("coverage_share_people", "=", 100, 100, "percent"), ("CHD.KG",), None, OPEN),
    (("structure_tiers", "=", 2, 2, "tiers"), (*SVC, *HEALTH), 2.0, PASS),
    (("structure_tiers", "=", 2, 2, "tiers"), (*SVC, "COM.UNIT"), 1.0, FAIL),
    (("structure_tiers", "=", 2, 2, "tiers"), (*SVC, "CHD.KG"), 1.0, OPEN),
    (("phase_portfolio", "=", 2, 2, "projects"), PLAZA, 2.0, PASS),
    (("phase_portfolio", "=", 3, 3, "projects"), PLAZA, 2.0, FAIL),
    (("phase_portfolio", "=", 3, 3, "projects"), ("CHD.KG",), None, OPEN),
]


@pytest.mark.parametrize(("test", "classes", "measured", "verdict"), WHOLE_TABLE)
def test_of_the_whole_by_hand(judge, test, classes, measured, verdict):
    kind, op, low, high, unit = test
    rule = ask(
        kind,
        op,
        low,
        high,
        unit,
        classes=classes,
        settlement="urban",
        **UNIT,
        **ELDERLY,
    )
    rows = judge(rule)
    assert rows["verdict"].tolist() == [verdict]
    if measured is None:
        assert rows["measured"].isna().all()
    else:
        assert rows["measured"].tolist() == pytest.approx([measured])


# A register of the district: 1,000 professionals; of recruits it says nothing.
@pytest.mark.parametrize(
    ("fact", "needed", "verdict"),
    [("professionals", 1000, PASS), ("professionals", 1001, FAIL), ("x", 1, OPEN)],
)
def test_a_total_of_the_district(judge, fact, needed, verdict):
    rule = ask("total", ">=", float(needed), None, "persons", inputs=(fact,), **WHOLE)
    row = judge(rule).iloc[0]
    assert row["verdict"] == verdict
    assert row["missing_inputs"] == ("x" if verdict == OPEN else None)


# 市区街道社区小区楼栋网格: without a table of grids six of the seven are known; that
# there are none is not. A register says that the city has no subdistricts: six, short.
@pytest.mark.parametrize(
    ("grids", "subdistricts", "measured", "verdict", "missing"),
    [
        (True, "named", 7.0, PASS, None),
        (True, "none", 6.0, FAIL, None),
        (True, "unknown", 6.0, OPEN, "subdistrict_id"),
        (False, "named", 6.0, OPEN, "grids"),
    ],
)
def test_levels_present(judge, town, grids, subdistricts, measured, verdict, missing):
    from tests.checks import conftest as by

    district = town
    if grids:
        whole = town.grids.reindex([0]).assign(
            grid_id="G1", geometry=[by.square(0, 0, 500)]
        )
        district = replace(district, grids=whole)
    if subdistricts != "named":
        alone = district.communities.assign(subdistrict_id=None)
        district = replace(district, communities=alone)
    if subdistricts == "none":
        says = {"level": "city", "unit_id": "toy", "fact": "subdistricts", "value": 0.0}
        registers = pd.concat([town.registers, pd.DataFrame([says])], ignore_index=True)
        district = replace(district, registers=registers)
    rule = ask("structure_levels", "=", 7.0, 7.0, "levels", **WHOLE)
    row = judge(rule, district=district).iloc[0]
    assert (row["measured"], row["verdict"]) == (measured, verdict)
    assert row["missing_inputs"] == missing


def test_a_part_of_a_fact_unknown_is_not_added_up(judge):
    # C3 gives no orgs: the district's sum is unknown, not 7.
    rule = ask("total", ">=", 5.0, None, "facilities", inputs=("orgs",), **WHOLE)
    assert judge(rule)["verdict"].tolist() == [OPEN]


def test_communities_too_far_from_any_centre_are_candidates_not_failures(judge):
    rule = ask("coverage_gap_trigger", "-", None, None, "none", classes=SVC, per=250.0)
    rows = judge(rule).set_index("unit_id")
    # B1 (105, 105) to F1 (305, 305) are 283 m.
    assert rows.loc["C1", ["measured", "verdict"]].tolist() == [1.0, "benchmark"]
    assert rows.loc["C3", "verdict"] == OPEN
    near = judge(replace(rule, per=300.0)).set_index("unit_id")
    assert near.loc["C1", "affected"] == 0.0


def test_functions_that_share_a_site_are_counted(judge, town):
    # The plaza P1 holds a station of its own beside the plaza: two classes.
    spot = {**_site("S9", "CUL.STATION", Point(at(450, 450))), "status": "built"}
    rows = town.facilities.iloc[[0]].assign(**spot)
    district = replace(
        town,
        facilities=pd.concat([town.facilities, rows], ignore_index=True),
        facility_classes=pd.concat(
            [
                town.facility_classes,
                pd.DataFrame({"facility_id": ["S9"], "facility_class": "CUL.STATION"}),
            ],
            ignore_index=True,
        ),
    )
    rule = ask("co_location", "-", None, None, "none", classes=PLAZA, level="facility")
    found = judge(rule, district=district).set_index("unit_id")
    assert found["measured"].to_dict() == {"P1": 2.0, "P2": 1.0}
    assert found["verdict"].unique().tolist() == ["benchmark"]


def test_boundaries_overlap_part_and_leave_gaps(make_district, make_config, rows):
    # C1 and C2 share a strip of 10 m; C3 comes in two parts.
    parts = rows.square(3000, 0, 100).union(rows.square(3500, 0, 100))
    district = make_district(
        config=make_config(),
        communities=[
            {**rows.community("C1", 0), "geometry": rows.square(0, 0, 1010, 1000)},
            rows.community("C2", 1000),
            {**rows.community("C3", 3000), "geometry": parts},
            rows.community("C4", 5000),
        ],
    )
    rule = ask("topology", "=", 0.0, 0.0, "faults")
    found = check(district, None, replace(BOOK, rules=(rule,))).rows
    assert found["measured"].tolist() == [1.0, 1.0, 1.0, 0.0]
    assert found["verdict"].tolist() == [FAIL, FAIL, FAIL, PASS]


def test_the_gate_stays_shut_while_a_new_compound_falls_short(judge):
    flags = ask("boolean_attribute", "=", 4, 4, "flags", inputs=SYNC, **NEW)
    gate = replace(
        ask("gate", "=", 1, 1, "flag", inputs=("refused_if_short",), **NEW), rule_id="G"
    )
    found = judge(flags, gate)
    rows = found[found["rule_id"] == "G"].set_index("unit_id")
    # K1 has all four flags; K2 three; of K3 nothing is on file.
    assert rows["verdict"].to_dict() == {"K1": PASS, "K2": FAIL, "K3": OPEN}


def test_every_kind_of_the_books_has_a_measure_a_family_and_a_case():
    assert set(MEASURES) == set(KINDS)
    assert {measure.family for measure in MEASURES.values()} == set(FAMILIES)
    tested = {rule.kind for rule, _ in TABLE} | {test[0] for test, *_ in WHOLE_TABLE}
    by_themselves = {
        *("total", "structure_levels", "coverage_gap_trigger", "co_location"),
        *("topology", "gate"),
    }
    assert set(MEASURES) == tested | by_themselves


def test_every_unit_of_the_books_has_its_sentence():
    known = set(sentences("checks", "zh"))
    units = {f"unit_{unit}" for kind in KINDS.values() for unit in kind.units}
    assert units <= known

"""Life circles: every kind of metric at their level, by hand; tiers kept apart."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import replace

import pandas as pd
import pytest
from shapely import LineString

from lifecircle.checks.dashboard import requirements
from lifecircle.checks.evaluate import check
from lifecircle.checks.explain import explain
from lifecircle.checks.gaps import find_gaps
from lifecircle.checks.inputs import prepare
from lifecircle.checks.levels import units_at
from lifecircle.conftest import at
from lifecircle.standards.rulebook import read_rule_book

PASS, FAIL, OPEN = "pass", "fail", "not_assessed"
GB = read_rule_book("gb50180-2018")
BLANK = replace(
    read_rule_book("hefei").rules[0],
    rule_id="R",
    level="circle",
    circle="15min",
    settlement="any",
    classes=(),
    tolerance=None,
    target_date=None,
)
PARK, MEALS = ("OPEN.PARK",), ("ELD.CANTEEN",)


def circle(circle_id, tier, shape, **values):
    return {"circle_id": circle_id, "tier": tier, "geometry": shape, **values}


@pytest.fixture(scope="module")
def town(make_district, make_config, rows):
    """Three circles of 15 minutes over two communities, two of 5 within them.

    ::

        y=1000 ┌─────────────┬────────┬─────┬─────┐
               │ Q1      B2  │Q2  Q5  │Q3   ┊     │   C1 x < 1000, C2 x < 2000;
               │             │        │     ┊     │   half of Q3 lies beyond
               │ Q4 ┐    F1  │   F2   │     ┊     │
               │ B1 │    F3  │ B3     │ B4  ┊     │
        y=0    └────┴────────┴────────┴─────┴─────┘
               x=0          1000    1600   2000   2400
    """
    people = {"persons_method": "declared", "elderly_method": "declared"}
    streets = [((0, y), (1600, y)) for y in (150, 350, 550, 750, 950)]
    streets.append(((1300, 0), (1300, 1000)))
    registers = pd.DataFrame(
        [
            ("circle", "Q1", "windows", 4.0, None),
            ("circle", "Q2", "windows", 1.0, None),
        ],
        columns=["level", "unit_id", "fact", "value", "text"],
    )
    made = make_district(
        config=make_config(adopted_books=("hefei", "gb50180-2018"), profile="full"),
        complete_classes=(*PARK, *MEALS),
        communities=[rows.community("C1", 0), rows.community("C2", 1000)],
        circles=[
            circle("Q1", "15min", rows.square(0, 0, 1000), build="new"),
            circle("Q2", "15min", rows.square(1000, 0, 600, 1000), build="old_city"),
            circle("Q3", "15min", rows.square(1600, 0, 800, 1000)),
            circle("Q4", "5min", rows.square(0, 0, 200, 500)),
            circle("Q5", "5min", rows.square(1400, 600, 100, 100)),
        ],
        buildings=[
            rows.building("B1", 100, 100, 600, persons=1500.0, elderly=300.0, **people),
            rows.building("B2", 500, 500, 400, persons=1000.0, elderly=100.0, **people),
            rows.building("B3", 1100, 100, 300, persons=700.0, elderly=210.0, **people),
            rows.building("B4", 1700, 100, 200, persons=500.0, elderly=50.0, **people),
        ],
        facilities=[
            rows.facility("F1", *PARK, 300, 300, functions="散步")
            | {"geometry": rows.square(300, 300, 50, 100)},
            rows.facility("F2", *PARK, 1200, 300, functions="散步"),
            rows.facility("F3", *MEALS, 600, 100),
        ],
        roads=[
            {"road_id": f"R{n}", "geometry": LineString([at(*a), at(*b)])}
            for n, (a, b) in enumerate(streets)
        ],
    )
    return replace(made, registers=registers)


# kind, op, low, high, unit; what else the rule says; then by circle the figure and
# the verdict. Half of Q3 lies beyond the communities: only its ground is judged.
CASES = [
    # B1 and B2 live in Q1: 1,500 + 1,000 persons, 600 + 400 households; B3 in Q2.
    (
        ("population_per_unit", "in", 2000, 3000, "persons"),
        {},
        {"Q1": (2500.0, PASS), "Q2": (700.0, FAIL), "Q3": (500.0, OPEN)},
    ),
    (
        ("households_per_unit", "in", 500, 1000, "households"),
        {},
        {"Q1": (1000.0, PASS), "Q2": (300.0, FAIL), "Q3": (200.0, OPEN)},
    ),
    # Nobody lives in Q5.
    (
        ("households_per_unit", "in", 500, 1000, "households"),
        {"circle": "5min"},
        {"Q4": (600.0, PASS), "Q5": (None, OPEN)},
    ),
    # 1,000 m by 1,000, 600 and 800 m.
    (
        ("unit_area_ha", "in", 90, 110, "ha"),
        {},
        {"Q1": (100.0, PASS), "Q2": (60.0, FAIL), "Q3": (80.0, FAIL)},
    ),
    (
        ("unit_area_km2", ">=", 0.8, None, "km2"),
        {},
        {"Q1": (1.0, PASS), "Q2": (0.6, FAIL), "Q3": (0.8, PASS)},
    ),
    # Parks: 50 m x 100 m for 2,500 persons; 10 m x 10 m for 700.
    (
        ("area_per_person", ">=", 2, None, "m2"),
        {"classes": PARK, "area_basis": "land"},
        {"Q1": (2.0, PASS), "Q2": (1 / 7, FAIL), "Q3": (0.0, OPEN)},
    ),
    (
        ("area_per_1000_persons", ">=", 2000, None, "m2"),
        {"classes": PARK, "area_basis": "land"},
        {"Q1": (2000.0, PASS), "Q2": (1000 / 7, FAIL), "Q3": (0.0, OPEN)},
    ),
    (
        ("area_per_100_households", ">=", 500, None, "m2"),
        {"classes": PARK, "area_basis": "land"},
        {"Q1": (500.0, PASS), "Q2": (100 / 3, FAIL), "Q3": (0.0, OPEN)},
    ),
    (
        ("total_area", ">=", 5000, None, "m2"),
        {"classes": PARK, "area_basis": "land"},
        {"Q1": (5000.0, PASS), "Q2": (100.0, FAIL), "Q3": (0.0, OPEN)},
    ),
    (
        ("mean_area", ">=", 5000, None, "m2"),
        {"classes": PARK, "area_basis": "land"},
        {"Q1": (5000.0, PASS), "Q2": (100.0, FAIL), "Q3": (None, OPEN)},
    ),
    # B1 walks 10 min or 480 m, B2 20 min, B3 30 min, B4 5 min: 1,500 of 2,500.
    (
        ("walk_minutes_coverage", "<=", None, 15, "min"),
        {"classes": MEALS, "share": 0.6, "population": "all"},
        {"Q1": (0.6, PASS), "Q2": (0.0, FAIL), "Q3": (1.0, OPEN)},
    ),
    (
        ("walk_distance_coverage", "<=", None, 500, "m"),
        {"classes": MEALS, "share": 0.6, "population": "all"},
        {"Q1": (0.6, PASS), "Q2": (0.0, FAIL), "Q3": (1.0, OPEN)},
    ),
    # B1 (105, 105) to F1 (325, 350): 329 m; B2 (505, 505): 238 m, 1,000 of 2,500;
    # B3 (1105, 105) to F2 (1205, 305): 224 m.
    (
        ("service_radius", "<=", None, 240, "m"),
        {"classes": PARK, "share": 0.5, "population": "all"},
        {"Q1": (0.4, FAIL), "Q2": (1.0, PASS), "Q3": (0.0, OPEN)},
    ),
    # Of the circle itself: B1 to (500, 500) is 395 * 2 ** 0.5; B3 to (1300, 500) the
    # root of 195² + 395²; B4 to (2000, 500) the root of 295² + 395².
    (
        ("service_radius", "in", 500, 600, "m"),
        {},
        {
            "Q1": (395 * 2**0.5, PASS),
            "Q2": ((195**2 + 395**2) ** 0.5, FAIL),
            "Q3": ((295**2 + 395**2) ** 0.5, OPEN),
        },
    ),
    (
        ("service_radius", "<=", None, 300, "m"),
        {"circle": "5min"},
        # B1 to (100, 250): the root of 5² + 145².
        {"Q4": ((5**2 + 145**2) ** 0.5, PASS), "Q5": (None, OPEN)},
    ),
    # The elderly: 400 of 2,500; 210 of 700; 50 of 500.
    (
        ("share", ">=", 20, None, "percent"),
        {"inputs": ("elderly",), "denominator": "persons"},
        {"Q1": (0.16, FAIL), "Q2": (0.3, PASS), "Q3": (0.1, OPEN)},
    ),
    # Streets: 5 x 1,000 m on 1 km²; 5 x 600 m and 1,000 m on 0.6 km²; none in Q3.
    (
        ("spacing_max", "<=", None, 350, "m"),
        {},
        {"Q1": (400.0, FAIL), "Q2": (300.0, PASS), "Q3": (None, OPEN)},
    ),
    (
        ("count_per_unit", ">=", 1, None, "facilities"),
        {"classes": MEALS},
        {"Q1": (1.0, PASS), "Q2": (0.0, FAIL), "Q3": (0.0, OPEN)},
    ),
    (
        ("count_per_unit", ">=", 2, None, "windows"),
        {"inputs": ("windows",)},
        {"Q1": (4.0, PASS), "Q2": (1.0, FAIL), "Q3": (None, OPEN)},
    ),
    (
        ("function_set", "count>=", 1, None, "functions"),
        {"classes": (*PARK, *MEALS), "functions": ("助餐",)},
        {"Q1": (1.0, PASS), "Q2": (0.0, FAIL), "Q3": (None, OPEN)},
    ),
]


def book_of(*rules):
    return replace(read_rule_book("hefei"), rules=rules)


@pytest.fixture(scope="module")
def meals(walks):
    return walks({"B1": 10, "B2": 20, "B3": 30, "B4": 5}, walker="adult")


def as_rule(case, rule_id="R"):
    (kind, op, low, high, unit), more, _ = case
    numbers = {"value_min": low, "value_max": high}
    rule = replace(BLANK, rule_id=rule_id, kind=kind, op=op, unit=unit, **numbers)
    return replace(rule, **{"walker": "adult", **more})


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0][0])
def test_every_kind_by_hand(town, meals, case):
    rule, expected = as_rule(case), case[2]
    found = check(town, meals, book_of(rule)).rows.set_index("unit_id")
    assert set(found["level"]) == {"circle"}
    assert found["verdict"].to_dict() == {
        unit: verdict for unit, (_, verdict) in expected.items()
    }
    for unit_id, (figure, _) in expected.items():
        if figure is None:
            assert pd.isna(found.loc[unit_id, "measured"])
        else:
            assert found.loc[unit_id, "measured"] == pytest.approx(figure)
    if "Q3" in expected and expected["Q3"][1] == OPEN and rule.kind != "spacing_max":
        assert found.loc["Q3", "reason"] == "checks.circle_outside"


def test_the_people_of_a_circle_say_where_they_come_from(town):
    units = units_at(prepare(town, None), "circle").set_index("unit_id")
    assert units.loc["Q1", "basis"] == "resident+sum_of_buildings"
    assert units.loc["Q5", "basis"] == "sum_of_buildings"
    assert units["buildings_count"].to_dict() == {
        "Q1": 2.0,
        "Q2": 1.0,
        "Q3": 1.0,
        "Q4": 1.0,
        "Q5": 0.0,
    }
    assert units["subdistrict_id"].isna().all()


def test_a_home_on_the_border_of_two_circles_is_in_both(
    make_district, make_config, rows
):
    district = make_district(
        config=make_config(),
        communities=[rows.community("C1", 0)],
        circles=[
            circle("Q1", "block", rows.square(0, 0, 105, 200)),
            circle("Q2", "block", rows.square(105, 0, 100, 200)),
        ],
        # Its middle is (105, 105).
        buildings=[rows.building("B1", 100, 100, 40)],
    )
    units = units_at(prepare(district, None), "circle")
    assert units["households"].tolist() == [40.0, 40.0]


def test_no_tier_stands_in_for_another(town):
    # GB-23: Q1 of 15 minutes would meet a rule for 10 minutes, of which there is none.
    rule = replace(
        BLANK,
        kind="population_per_unit",
        op="in",
        unit="persons",
        value_min=2000.0,
        value_max=3000.0,
    )
    tiers = [
        replace(rule, rule_id=tier, circle=tier) for tier in ("15min", "10min", "5min")
    ]
    found = check(town, None, book_of(*tiers)).rows
    judged = found.groupby("rule_id")["unit_id"].agg(list).to_dict()
    assert judged == {
        "15min": ["Q1", "Q2", "Q3"],
        "10min": ["toy"],
        "5min": ["Q4", "Q5"],
    }
    alone = found[found["rule_id"] == "10min"].iloc[0]
    assert (alone["verdict"], alone["reason"]) == (OPEN, "checks.no_circles")
    assert alone["missing_inputs"] == "circles"
    # 1,500 persons in Q4: its own figure, not that of the circle around it.
    q4 = found[found["unit_id"] == "Q4"].iloc[0]
    assert (q4["measured"], q4["verdict"]) == (1500.0, FAIL)


def test_the_standard_s_parks_bind_new_circles_and_old_ones_apart(town):
    found = check(town, None, GB).rows
    # GB-14: 2 m² in new circles of 15 minutes, and Q1 has 5,000 / 2,500; GB-20a: 1.4
    # in the old city, and Q2 has 100 / 700.
    for rule, unit, figure, verdict in (
        ("GB-14", "Q1", 2.0, PASS),
        ("GB-20a", "Q2", 1 / 7, FAIL),
    ):
        rows = found[found["rule_id"] == rule]
        assert rows["unit_id"].tolist() == [unit]
        assert rows["measured"].tolist() == pytest.approx([figure])
        assert rows["verdict"].tolist() == [verdict]
    # Q4 and Q5 do not say whether they are new.
    silent = found[found["rule_id"] == "GB-18a"].iloc[0]
    assert (silent["unit_id"], silent["reason"]) == ("toy", "checks.build_unknown")
    # GB-13 is about blocks: there are none.
    block = found[found["rule_id"] == "GB-13"].iloc[0]
    assert (block["verdict"], block["missing_inputs"]) == (OPEN, "circles")


def test_without_circles_every_rule_of_theirs_is_one_row_that_names_the_table(toy):
    rules = [rule for rule in GB.rules if rule.level == "circle"]
    found = check(toy.district, toy.access, replace(GB, rules=tuple(rules))).rows
    assert found["rule_id"].tolist() == [rule.rule_id for rule in rules]
    assert set(found["missing_inputs"]) == {"circles"}
    assert set(found["verdict"]) == {OPEN}


def test_a_circle_s_verdict_can_be_explained_and_is_no_community_s(town):
    findings = check(town, None, GB)
    lines = {line.key: line.values for line in explain(findings, "GB-14", "Q1")}
    # 1 * 5,000 / 2,500 = 2.
    how = lines["checks.how_area"]
    assert (how["numerator"], how["denominator"]) == ("5,000", "2,500")
    assert lines["checks.explain_unit"]["unit"] == "Q1"
    counted = lines["checks.explain_basis"]["basis_key"]
    assert counted == tuple(
        f"checks.basis_{name}" for name in ("land", "resident", "sum_of_buildings")
    )
    found = requirements(town, findings)
    assert set(found["community_id"]) <= {"C1", "C2"}
    assert "GB-14" not in set(found["rule_id"])
    short = find_gaps(town, None, findings).shortfalls.set_index(["rule_id", "unit_id"])
    # 1.4 * 700 - 100 = 880 m² of park are missing in Q2.
    assert short.loc[("GB-20a", "Q2"), "shortfall"] == pytest.approx(880.0)


def test_the_published_package_proves_the_verdicts_of_circles(
    town, meals, published, verify, tmp_path
):
    rules = [as_rule(case, f"R{n}") for n, case in enumerate(CASES)]
    saved = published(town, meals, book_of(*rules), GB)
    result = verify(saved)
    assert result.returncode == 0, result.stdout + result.stderr
    copy = shutil.copy(saved / "district.gpkg", tmp_path / "district.gpkg")
    kinds = ("population_per_unit", "unit_area_ha", "area_per_person")
    with sqlite3.connect(copy) as base:
        base.execute(
            "update findings set measured = measured + 1"
            " where unit_id = 'Q1' and kind in (?, ?, ?)",
            kinds,
        )
    base.close()
    result = verify(tmp_path)
    assert result.returncode == 1
    wrong = [line.split()[0] for line in result.stdout.splitlines() if " Q1 " in line]
    # Its rules above, GB-01 (persons) and GB-14 (parks).
    assert wrong == ["R0", "R3", "R5", "GB-01", "GB-14"]

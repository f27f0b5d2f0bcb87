"""Building projects: phases told apart, and the 61 projects of Baohe."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from shapely import Point

from lifecircle.checks.dashboard import requirements
from lifecircle.checks.evaluate import check
from lifecircle.checks.explain import explain
from lifecircle.conftest import at
from lifecircle.publish.results import read_study
from lifecircle.standards.rulebook import read_rule_book
from lifecircle.text import say, say_all

ALL = ("built", "under_construction", "planned")
OPEN = "not_assessed"

# A city's own book that takes over Baohe's and adds what the same report states:
# BH-O01 to BH-O04, projects and floor area. A tolerance of 1,000 m² (0.1 of the
# unit 万㎡ in which the report rounds) on 673,000 m² is 0.1485884 %.
STATED = """
[book]
id = "baohe-projects"
title = { zh = "包河区项目核对", en = "Baohe: projects" }
issuer = "合肥市包河区"
date = 2020-09-17
jurisdiction = "CN-AH-340111"
status = "in_force"
source = "2020年9月17日的报道"
inherits = "baohe"
"""
RULE = """
[[rule]]
id = "{id}"
title = {{ zh = "{id}", en = "{id}" }}
force = "{force}"
kind = "phase_portfolio"
test = {test}

  [rule.source]
  clause = "报道正文"
  quote = "项目61个,建筑面积67.3万㎡"
  quote_exact = true
  authority = "press"
  grade = "A"

  [rule.scope]
  level = "district"
  settlement = ["urban", "county_town"]

  [rule.facility]
  classes = ["COM.UNIT", "COM.NEIGH"]
  status = {statuses}

  [rule.compute]
  tiers = {statuses}
"""


def stated(number, force, test, *statuses):
    words = "[" + ", ".join(f'"{status}"' for status in statuses or ALL) + "]"
    return RULE.format(id=number, force=force, test=test, statuses=words)


def square_metres(value, tolerance="0.0014858842"):
    return f'{{ op = "~", value = {value}, unit = "m2", tolerance = {tolerance} }}'


def projects(value):
    return f'{{ op = "=", value = {value}, unit = "projects" }}'


@pytest.fixture(scope="module")
def baohe(make_district, make_config, rows):
    """25 built, 24 under construction, 12 planned: 12.5 + 34.4 + 20.3 x 10^4 m²."""
    phases = (("built", 25, 125_000), ("under_construction", 24, 344_000))
    phases += (("planned", 12, 203_000),)
    # The first of a phase takes what equal shares of whole m² leave over.
    areas = [
        (status, area // count + (area % count if n == 0 else 0))
        for status, count, area in phases
        for n in range(count)
    ]
    return make_district(
        config=make_config(adopted_books=("baohe-projects", "local-checks")),
        communities=[rows.community("C1", 0, households=100.0)],
        projects=[
            {
                "project_id": f"P{n:02d}",
                "status": status,
                "floor_area_m2": float(area),
                "geometry": Point(at(10 * n, 10)),
            }
            for n, (status, area) in enumerate(areas, start=1)
        ],
    )


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    rules = (
        stated("A", "benchmark", projects(61)),
        stated("B", "benchmark", square_metres(673_000)),
        stated("C", "benchmark", projects(25), "built"),
        stated("D", "benchmark", projects(24), "under_construction"),
        stated("E", "benchmark", projects(12), "planned"),
        stated("F", "benchmark", square_metres(125_000), "built"),
        stated("G", "benchmark", square_metres(344_000), "under_construction"),
        stated("H", "benchmark", square_metres(203_000), "planned"),
        # As an obligation: 60 projects built or under construction.
        stated("I", "must", projects(60), "built", "under_construction"),
        stated("J", "must", projects(49), "built", "under_construction"),
    )
    path = tmp_path_factory.mktemp("books") / "baohe-projects.toml"
    path.write_text(STATED + "".join(rules), encoding="utf-8")
    return read_rule_book(path)


@pytest.fixture(scope="module")
def findings(baohe, book):
    return check(baohe, None, book, read_rule_book("local-checks"))


def test_the_61_projects_of_baohe_come_out(findings):
    rows = findings.rows.set_index("rule_id")
    # 25 + 24 + 12 = 61.
    assert rows.loc[["C", "D", "E", "A"], "measured"].tolist() == [25, 24, 12, 61]
    assert rows.loc["A", "denominator"] == 61
    # 12.5 + 34.4 + 20.3 = 67.2, where the report says 67.3.
    areas = rows.loc[["F", "G", "H", "B"], "measured"] / 1e4
    assert areas.tolist() == pytest.approx([12.5, 34.4, 20.3, 67.2])
    assert rows.loc["B", "threshold_max"] == 673_000
    assert rows.loc["B", ["verdict", "verdict_tolerant"]].tolist() == [
        "benchmark",
        "pass",
    ]
    assert rows.loc["B", "shortfall"] == pytest.approx(1000.0)
    assert rows.loc[["F", "G", "H"], "shortfall"].tolist() == [0.0, 0.0, 0.0]


def test_one_square_metre_less_is_outside_the_tolerance(baohe, book):
    table = baohe.projects.copy()
    table.loc[0, "floor_area_m2"] -= 1.0
    found = check(replace(baohe, projects=table), None, book).rows
    row = found.set_index("rule_id").loc["B"]
    assert (row["measured"], row["verdict_tolerant"]) == (671_999.0, "fail")


def test_the_row_tells_which_statuses_count(findings):
    rows = findings.rows.set_index("rule_id")
    # BH-R17: three statuses told apart.
    assert rows.loc["BH-R17", ["measured", "threshold_min"]].tolist() == [3, 3]
    counted = {
        "BH-R17": "projects+status_built+status_under_construction+status_planned",
        "LO-03a": "projects+status_built",
        "LO-03b": "projects+status_under_construction",
        "I": "projects+status_built+status_under_construction",
    }
    assert rows.loc[list(counted), "basis"].to_dict() == counted
    # LO-03: a later report counts 61 built and 9 under construction.
    assert rows.loc[["LO-03a", "LO-03b"], "measured"].tolist() == [25, 24]
    # 25 + 24 = 49 of 61 projects.
    assert rows.loc["I", ["numerator", "denominator"]].tolist() == [49, 61]
    assert rows.loc[["I", "J"], "verdict"].tolist() == ["fail", "pass"]


def told(findings, rule, lang):
    lines = []
    for line in explain(findings, rule, "toy"):
        words = {
            key.removesuffix("_key"): say_all(value, lang)
            for key, value in line.values.items()
            if key.endswith("_key")
        }
        lines.append(say(line.key, lang, {"title": "", **line.values, **words}))
    return lines


def test_an_explanation_shows_statuses_and_tolerance(findings):
    assert "计入口径：项目表、建成、在建、待建" in told(findings, "B", "zh")
    english = told(findings, "B", "en")
    assert "Within ±0.149 % (ours), 672,000–674,000 m²: Meets" in english
    assert "Measured: 672,000 counted of 672,000 in every status; 672,000 m²" in english
    assert "Measured: 49 counted of 61 in every status; 49 projects" in told(
        findings, "I", "en"
    )


def test_a_project_of_another_class_does_not_count(baohe, book):
    classes = pd.Series(["EDU.PRIMARY", "COM.UNIT"] + [None] * 59, dtype=object)
    table = baohe.projects.assign(facility_class=classes)
    found = check(replace(baohe, projects=table), None, book).rows
    # The first, a built school, is no centre; those without a class are.
    assert found.set_index("rule_id").loc[["C", "A"], "measured"].tolist() == [24, 60]


def test_facilities_stand_in_for_projects_and_the_row_says_so(
    baohe, book, make_district, rows
):
    none = baohe.projects.iloc[:0]
    empty = check(replace(baohe, projects=none), None, book).rows.set_index("rule_id")
    assert empty.loc["A", ["verdict", "reason", "missing_inputs"]].tolist() == [
        OPEN,
        "checks.no_projects",
        "projects",
    ]
    district = make_district(
        config=baohe.config,
        complete_classes=("COM.UNIT", "COM.NEIGH"),
        communities=[rows.community("C1", 0, households=100.0)],
        facilities=[
            rows.facility("F1", "COM.UNIT", 100, 100, floor_area_m2=5000.0),
            rows.facility("F2", "COM.NEIGH", 200, 100, status="planned"),
        ],
    )
    found = check(district, None, book).rows.set_index("rule_id")
    assert found.loc["A", ["measured", "basis"]].tolist() == [
        2.0,
        "facilities+status_built+status_under_construction+status_planned",
    ]
    # The area of the planned one is unknown.
    assert found.loc["B", ["verdict", "reason"]].tolist() == [
        OPEN,
        "checks.area_unknown",
    ]
    assert found.loc["F", "measured"] == 5000.0


def test_findings_of_projects_are_no_community_s_and_come_back(
    baohe, book, findings, published, walks
):
    rows = findings.rows
    portfolio = set(rows.loc[rows["kind"] == "phase_portfolio", "rule_id"])
    assert len(portfolio) == 13
    assert not portfolio & set(requirements(baohe, findings)["rule_id"])
    again = read_study(published(baohe, walks({}), book))
    assert len(again.district.projects) == 61
    assert again.district.projects["floor_area_m2"].sum() == 672_000
    rows = again.findings.rows.set_index("rule_id")
    assert rows.loc["B", "verdict_tolerant"] == "pass"

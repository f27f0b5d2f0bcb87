"""The city from records made by hand: sums, comparisons, changes and their causes."""

from __future__ import annotations

import math

import pytest

from lifecircle.batch.changes import changes_between, why_changed
from lifecircle.batch.city_outputs import earlier
from lifecircle.batch.keys import Ingredients
from lifecircle.batch.roll_up import roll_up
from lifecircle.batch.run import BatchResult, Options, _draw_together
from lifecircle.batch.work import Failure
from lifecircle.errors import ConfigError
from tests.batch.city_records import (
    city_of,
    finding,
    journal_of,
    missing,
    reached,
    record,
    rule,
)

BAD = Failure("data", "楼栋.xlsx, row 14, 户数", "the value is -3.", "Enter it.")
RULES = {"R1": rule(), "R2": rule()}


def changes(before, now, *, rules_now=RULES):
    """(unit, rule) to change, of two lists of findings."""
    one = record(findings=before, rules=RULES)
    other = record(findings=now, rules=rules_now)
    rows = changes_between(one, other)
    return {(row["unit_id"], row["rule_id"]): row["change"] for row in rows}


@pytest.mark.parametrize(
    ("before", "now", "change"),
    [
        (("fail", 20.0, 10.0), ("pass", 31.0, 0.0), "better"),
        (("pass", 31.0, 0.0), ("fail", 20.0, 10.0), "worse"),
        (("fail", 20.0, 10.0), ("fail", 26.0, 4.0), "nearer"),
        (("fail", 26.0, 4.0), ("fail", 20.0, 10.0), "farther"),
        (("not_assessed", None, None), ("fail", 20.0, 10.0), "newly_assessed"),
        (("pass", 31.0, 0.0), ("not_assessed", None, None), "no_longer_assessed"),
        (("pass", 31.0, 0.0), ("pass", 35.0, 0.0), None),
        (("fail", 20.0, 10.0), ("fail", 20.0, 10.0), None),
        (("benchmark", 2.0, None), ("benchmark", 3.0, None), None),
    ],
)
def test_how_a_result_moved(before, now, change):
    found = changes([finding("R1", "A", *before)], [finding("R1", "A", *now)])
    assert found.get(("A", "R1")) == change


def test_a_shortfall_above_the_standard_counts_by_its_size():
    # A grid 300 too many, then 100 too few: nearer to the standard.
    before, now = finding("R1", "A", "fail", 800, 300), finding("R1", "A", "fail", 200)
    assert changes([before], [{**now, "shortfall": -100}]) == {("A", "R1"): "nearer"}


def test_units_that_came_or_went_have_one_row_each():
    before = [finding("R1", "A", "pass"), finding("R2", "A", "fail")]
    now = [finding("R1", "B", "pass"), finding("R2", "B", "fail")]
    assert changes(before, now) == {("A", ""): "gone", ("B", ""): "appeared"}


def test_another_text_of_a_rule_is_no_merit_of_the_community():
    before = [finding("R1", "A", "fail", 20.0, 10.0), finding("R2", "A", "fail")]
    now = [finding("R1", "A", "pass", 20.0, 0.0), finding("R2", "A", "pass")]
    found = changes(before, now, rules_now={"R1": rule("e2"), "R2": rule()})
    assert found == {("A", "R1"): "rule_changed", ("A", "R2"): "better"}


def test_rules_that_came_went_or_turned_nothing_have_a_row_without_a_unit():
    same = [finding("R1", "A", "pass")]
    rules_now = {"R1": rule("e2"), "R3": rule()}
    before = [*same, finding("R2", "A", "fail")]
    found = changes(before, same, rules_now=rules_now)
    assert found == {
        ("", "R1"): "rule_changed",
        ("", "R2"): "rule_gone",
        ("", "R3"): "rule_new",
    }


def test_causes_are_files_books_settings_and_version():
    before = record(made_of=Ingredients({"a.shp": "1", "b.csv": "1"}, {"hefei": "1"}))
    after = Ingredients({"a.shp": "2", "b.csv": "1"}, {"hefei": "2"}, "s", "9.9")
    found = why_changed(before, record(made_of=after))
    assert found == ("a.shp", "book:hefei", "settings", "version")


@pytest.fixture
def two(tmp_path):
    """d1 failed now but stands from before, d2 done, d3 failed, d4 not come to."""
    d1 = record("d1", reached=[reached("R1", 100, 10)], rules=RULES)
    d2 = record(
        "d2",
        totals={"households": 250, "households_estimated": 50, "persons": 600},
        reached=[reached("R1", 250, 25)],
        missing_area=[missing("R2", 50.0)],
        rules={"R1": rule(**{"pass": 2, "fail": 1}), "R2": rule(**{"pass": 3})},
        district={"as_of": "2026-03-31"},
        findings=[finding("R1", "A", "fail", 20.0, 10.0)],
    )
    was = record("d2", findings=[finding("R1", "A", "pass", 31.0, 0.0)], rules=RULES)
    old = {**record("d1", rules=RULES), "key": "older"}
    journal = journal_of(tmp_path, [d1, d2], [old, was])
    city = city_of({"d1": "甲区", "d2": "乙区", "d3": "丙区", "d4": "丁区"})
    failed = {"d1": BAD, "d3": BAD}
    return roll_up(city, journal, current={"d2"}, failed=failed)


def test_every_district_has_its_state_and_only_what_it_knows(two):
    rows = two.districts.set_index("district_id")
    assert rows["state"].tolist() == ["stale", "done", "failed", "not_run"]
    assert rows["what"].tolist() == [BAD.what, "", BAD.what, ""]
    assert rows["households"].fillna(-1).tolist() == [100, 250, -1, -1]
    # 6 of 8 requirements; 50 of 250 households; R1 falls short, R2 is met.
    assert rows.loc["d2", ["met_share", "estimated_share"]].tolist() == [0.75, 0.2]
    counts = ["rules_short", "rules_met", "rules_unknown"]
    assert rows.loc["d2", counts].tolist() == [1, 1, 0]
    assert rows.geometry.notna().tolist() == [True, True, False, False]


def test_only_todays_results_are_compared(two):
    assert two.compared == "last"
    assert two.changes[["district_id", "change"]].to_numpy().tolist() == [
        ["d2", "worse"]
    ]
    rows = two.districts.set_index("district_id")
    assert rows["compared"].tolist() == [False, True, False, False]
    assert rows.loc["d2", ["better", "worse"]].tolist() == [0, 1]
    assert math.isnan(rows.loc["d1", "worse"])


def test_the_city_is_the_sum_of_its_districts(two):
    totals = two.totals.set_index("item")
    assert totals.loc["households", ["value", "districts"]].tolist() == [350, 2]
    # Persons are known of one district of two: at least 600.
    assert totals.loc["persons", ["value", "at_least"]].tolist() == [600, True]
    # 12 of 16 requirements; 50 of 350 households.
    assert totals.loc["met_share", "value"] == 0.75
    assert totals.loc["estimated_share", "value"] == pytest.approx(1 / 7)
    assert two.as_of == ("2026-03-31", "2026-06-30")


def test_reach_and_missing_area_add_up(two):
    reach = two.reach.set_index("district_id")
    # 10 + 25 of 100 + 250 households are out of reach: a tenth.
    columns = ["amount", "unserved", "unserved_share", "at_least"]
    assert reach.loc["", columns].tolist() == [350, 35, 0.1, False]
    lacking = two.missing.set_index("district_id")["missing_m2_per_100_households"]
    assert lacking["d2"] == 20.0  # 50 m² for 250 households


def test_only_equal_texts_of_a_rule_are_added(tmp_path):
    counts = [{"pass": 1, "fail": 1}, {"pass": 3}, {"fail": 4}]
    texts = ["new", "new", "old"]
    records = [
        record(f"d{n}", rules={"R1": rule(text, **count)})
        for n, (text, count) in enumerate(zip(texts, counts, strict=True))
    ]
    city = city_of({f"d{n}": f"{n}区" for n in range(3)})
    study = roll_up(city, journal_of(tmp_path, records), current=(), failed={})
    rows = study.rules[["edition", "district_id", "passes", "fails"]]
    assert rows.to_numpy().tolist() == [
        *([1, "", 4, 1], [1, "d0", 1, 1], [1, "d1", 3, 0]),
        *([2, "", 0, 4], [2, "d2", 0, 4]),
    ]
    assert set(study.rules["editions"]) == {2}


def test_a_rule_about_the_city_is_not_added(tmp_path):
    rules = {"R1": rule(level="city", **{"pass": 1})}
    journal = journal_of(tmp_path, [record("d1", rules=rules)])
    study = roll_up(city_of({"d1": "甲区"}), journal, current=(), failed={})
    assert study.rules["district_id"].tolist() == ["d1"]


def test_the_strictest_level_of_disclosure_is_the_citys(tmp_path):
    levels = {"d1": "public", "d2": "review"}
    records = [
        record(ident, district={"disclosure": level, "map_approval": f"GS{ident}"})
        for ident, level in levels.items()
    ]
    journal = journal_of(tmp_path, records)
    city = city_of({"d1": "甲区", "d2": "乙区", "d3": "丙区"})
    study = roll_up(city, journal, current=(), failed={"d3": BAD})
    assert study.disclosure == "review"
    assert study.map_approvals == ("GSd1", "GSd2")
    # What leaves the house quotes no value of anybody's table.
    failure = study.districts.set_index("district_id").loc["d3"]
    told = failure[["reason", "where", "what", "fix"]].tolist()
    assert told == ["data", "", "", BAD.fix]


def test_a_part_kept_back_makes_the_sum_the_least_that_it_is(tmp_path):
    rules = {"R1": rule()}
    parts = {"d1": reached("R1", 100, None), "d2": reached("R1", 200, 40)}
    records = [record(k, reached=[v], rules=rules) for k, v in parts.items()]
    city = city_of({"d1": "甲区", "d2": "乙区"})
    study = roll_up(city, journal_of(tmp_path, records), current=(), failed={})
    whole = study.reach.set_index("district_id").loc[""]
    assert whole[["unserved", "at_least"]].tolist() == [40, True]
    assert math.isnan(whole["unserved_share"])


def test_changes_since_another_folder(tmp_path):
    now = record(findings=[finding("R1", "A", "pass", 31.0, 0.0)], rules=RULES)
    was = record(findings=[finding("R1", "A", "fail", 20.0, 10.0)], rules=RULES)
    here, there = journal_of(tmp_path / "q2", [now]), tmp_path / "q1"
    journal_of(there, [was])
    city = city_of({"d1": "甲区"})
    study = roll_up(city, here, current={"d1"}, failed={}, since=earlier(there))
    assert study.compared == "other"
    assert study.changes["change"].tolist() == ["better"]
    alone = roll_up(city, here, current={"d1"}, failed={})
    assert alone.compared == ""
    assert alone.changes.empty


def test_a_folder_without_results_is_nothing_to_compare_with(tmp_path):
    with pytest.raises(ConfigError, match="no batch has written results"):
        earlier(tmp_path)


def test_a_city_without_any_result_is_drawn_too(tmp_path):
    city = city_of({"d1": "甲区"})
    study = roll_up(city, journal_of(tmp_path, []), current=(), failed={"d1": BAD})
    assert study.disclosure == "internal"
    assert study.totals["value"].isna().all()
    assert study.rules.empty


@pytest.mark.parametrize("harm", ["cut short", "edited", "of another program", "list"])
def test_a_record_that_cannot_be_read_is_named_and_spoils_no_other(tmp_path, harm):
    journal = journal_of(tmp_path, [record("d1", rules=RULES), record("d2")])
    path = tmp_path / ".batch" / "done" / "d2.json"
    text = path.read_text("utf-8")
    path.write_text(
        {
            "cut short": text[:-20],
            "edited": text.replace('"households": 100', '"households": 900'),
            "of another program": '{"format": 2, "name": "d2"}',
            "list": "[1, 2]",
        }[harm],
        "utf-8",
    )
    city, result = city_of({"d1": "甲区", "d2": "乙区"}), BatchResult([])
    _draw_together(city, journal, None, Options(lang="en"), result)
    ((district, failure),) = result.unread.items()
    assert (district.district_id, failure.reason) == ("d2", "record")
    assert failure.where == ".batch/done/d2.json"
    assert not result.city_problem
    page = (tmp_path / "city.html").read_text("utf-8")
    assert "Record damaged" in page
    told = roll_up(city, journal, current={"d1"}, failed={"d2": failure}).districts
    assert told["state"].tolist() == ["done", "failed"]
    assert told["households"].tolist()[0] == 100
    # With its district asked for, it is run again: there is nothing to go by.
    assert journal.record("d2") is None

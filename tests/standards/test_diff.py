"""Where books disagree: the conflicts of RULES.md 2.10 are shown, not hidden."""

from __future__ import annotations

from dataclasses import replace

import pytest
from typer.testing import CliRunner

from lifecircle.cli import app
from lifecircle.standards.diff import COLUMNS, comparable, differences
from lifecircle.standards.listing import difference_lines
from lifecircle.standards.rulebook import read_rule_book
from lifecircle.text import sentences


def pairs(a: str, b: str) -> set[tuple[str, str]]:
    found = differences(read_rule_book(a), read_rule_book(b))
    return set(zip(found["rule_a"], found["rule_b"], strict=True))


@pytest.mark.parametrize(
    ("a", "b", "conflict"),
    [
        # Health station: 300 m against 500 m.
        ("gb50180-2018", "tdt1062-2021", ("GBF-26b", "TD-06a")),
        # 15-minute population: 50 to 100 thousand against 30 to 50 thousand.
        ("gb50180-2018", "shanghai-2024-draft", ("GB-01", "SH-08b")),
        ("shanghai-2016", "shanghai-2024-draft", ("SH-02", "SH-08b")),
        # Community station: 400 m² against 600 to 1,000, 800 and 600.
        ("panzhihua", "gb50180-2018", ("PZ-R06", "GBF-19a")),
        ("panzhihua", "complete-community-2020", ("PZ-R06", "CC-04")),
        ("panzhihua", "embedded-facilities-2024", ("PZ-R06", "EM-03a")),
        # Per 100 households: 30, 33, 60, 80.
        ("hefei", "tongguanshan", ("HF-R01", "TG-R01")),
        ("hefei", "community-service-145", ("HF-R01", "P5-08")),
        ("hefei", "embedded-facilities-2024", ("HF-R01", "EM-02")),
        # Elderly rooms of new compounds: 30 against 20.
        ("hefei", "elderly-rooms", ("HF-R02b", "GZ-01a")),
        # Windows of a hall: two to four, or one for 5,000 persons.
        ("decheng", "panzhihua", ("DC-R07", "PZ-R21")),
        # Elderly canteens and stations: minutes in one book, metres in the other.
        ("hefei", "shanghai-2016", ("HF-R10", "SH-03a")),
        # 30 m²: two rooms tested apart, or one pool of more classes.
        ("hefei", "panzhihua", ("HF-R01", "PZ-R03")),
        # Baohe against its own press.
        ("baohe", "local-checks", ("BH-R04", "LO-02")),
    ],
)
def test_the_known_conflicts_are_found(a, b, conflict):
    assert conflict in pairs(a, b)
    assert conflict[::-1] in pairs(b, a)


def test_books_agree_with_themselves_where_a_rule_meets_itself():
    for rule_a, rule_b in pairs("decheng", "decheng"):
        assert rule_a != rule_b
    assert differences(read_rule_book("hefei"), read_rule_book("baohe")).empty


def test_equal_numbers_of_one_definition_are_no_difference():
    # 30 m² per 100 households of the same classes in both.
    assert ("P5-01", "CC-17") not in pairs(
        "community-service-145", "complete-community-2020"
    )


def test_equal_numbers_of_other_classes_are_another_definition():
    found = differences(read_rule_book("hefei"), read_rule_book("panzhihua"))
    row = found[found["rule_b"] == "PZ-R03"].iloc[0]
    assert (row["differs"], row["min_a"], row["min_b"]) == ("classes", 30, 30)
    assert row["classes_a"] == "SVC.COMM"
    assert set(row["classes_b"].split("+")) > {"SVC.COMM"}
    lines = difference_lines(found, sentences("books", "en"), lang="en")
    assert any("≥ 30 (+ " in line for line in lines)


def test_a_question_in_two_forms_is_set_side_by_side_not_converted():
    found = differences(read_rule_book("decheng"), read_rule_book("panzhihua"))
    row = found[found["rule_b"] == "PZ-R21"].iloc[0]
    assert row["differs"] == "form"
    assert (row["kind_a"], row["min_a"], row["max_a"]) == ("count_per_unit", 2, 4)
    assert (row["kind_b"], row["max_b"]) == ("persons_per_window", 5000)


def test_new_and_existing_estates_are_not_compared():
    found = pairs("elderly-rooms", "elderly-rooms")
    assert ("GZ-01a", "GZ-01b") not in found
    assert ("GZ-01a", "AH-01") in found


def test_what_cannot_bind_the_same_unit_is_not_compared():
    rules = {rule.rule_id: rule for rule in read_rule_book("hefei").rules}
    meals, county = rules["HF-R10"], rules["HF-R11"]
    assert not comparable(meals, county)  # in town, in the county town
    assert not comparable(rules["HF-R14"], rules["HF-R15"])  # city, county
    assert not comparable(rules["HF-R01"], rules["HF-R02"])  # other rooms
    assert not comparable(rules["HF-R01"], rules["HF-R01b"])  # other level
    assert comparable(meals, replace(county, settlement="any"))


def test_land_is_not_compared_with_rooms_but_usable_with_floor_area_is():
    rule = read_rule_book("panzhihua").rules[2]
    floor, usable, land = (
        replace(rule, area_basis=basis) for basis in ("floor", "usable", "land")
    )
    assert not comparable(floor, land)
    assert comparable(floor, usable)
    book = read_rule_book("panzhihua")
    found = differences(replace(book, rules=(floor,)), replace(book, rules=(usable,)))
    assert found[["basis_a", "basis_b"]].values.tolist() == [["floor", "usable"]]


def test_a_row_says_what_differs():
    found = differences(read_rule_book("gb50180-2018"), read_rule_book("tdt1062-2021"))
    assert tuple(found.columns) == COLUMNS
    row = found[found["rule_b"] == "TD-06a"].iloc[-1]
    assert (row["kind_a"], row["level"]) == ("service_radius", "community")
    assert (row["subject"], row["unit_a"]) == ("HLT.STATION", "m")
    assert (row["differs"], row["kind_b"]) == ("value", "service_radius")
    assert (row["max_a"], row["max_b"], row["draft"]) == (300, 500, True)


def test_lines_stand_under_one_another_in_chinese_too():
    found = differences(read_rule_book("hefei"), read_rule_book("tongguanshan"))
    lines = difference_lines(found, sentences("books", "zh"), lang="zh")
    assert "每百户面积" in lines[1]
    assert "≥ 30" in lines[1]
    assert "≥ 60" in lines[1]


def test_books_says_status_and_what_is_unverified():
    shown = CliRunner().invoke(app, ["books"])
    assert shown.exit_code == 0
    lines = {line.split()[0]: line for line in shown.output.splitlines()}
    assert "92条凭记忆，未核实" in lines["gb50180-2018"]
    assert "征求意见稿" in lines["shanghai-2024-draft"]
    assert "目标年已过" in lines["hefei"]
    assert "未核实" in lines["GB-08"]
    assert "未核实" not in lines["GB-04"]
    assert "对标" in lines["TG-R01"]
    assert "需台账" in lines["DC-R07"]


def test_quiet_books_are_one_line_each():
    shown = CliRunner().invoke(app, ["books", "--quiet", "--lang", "en"])
    assert len(shown.output.splitlines()) == 14
    assert "target year past" in shown.output


def test_books_diff_prints_a_table():
    shown = CliRunner().invoke(
        app, ["books", "diff", "hefei", "tongguanshan", "--lang", "en"]
    )
    assert shown.exit_code == 0
    assert "area per 100 households" in shown.output
    assert "1 differences" in shown.output


def test_books_diff_of_books_that_agree_says_so():
    shown = CliRunner().invoke(app, ["books", "diff", "hefei", "baohe"])
    assert shown.output.strip() == "没有对同一事项规定不同数值的条文。"


def test_books_diff_of_an_unknown_book_is_a_wrong_call():
    shown = CliRunner().invoke(app, ["books", "diff", "hefei", "tonguan"])
    assert shown.exit_code == 2
    assert "tongguanshan" in shown.stderr

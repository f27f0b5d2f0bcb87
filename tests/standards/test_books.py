"""Every row of the extracted sources against the books, row by row.

``rules_fixture.tsv`` is a normalised copy of the extraction: rows of several numbers
are split (a, b, c), units have one code each, and what is not encoded says why.
``references_fixture.tsv`` is its list of reported figures.
"""

from __future__ import annotations

import csv
import math
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from lifecircle.standards.catalogue import read_catalogue
from lifecircle.standards.facts import facts
from lifecircle.standards.kinds import KINDS
from lifecircle.standards.rulebook import book_ids, read_rule_book
from lifecircle.text import sentences

HERE = Path(__file__).parent
BOOKS = {book_id: read_rule_book(book_id) for book_id in book_ids()}
RULES = {rule.rule_id: rule for book in BOOKS.values() for rule in book.rules}
SEEDS = {
    "hefei": (26, 22),
    "decheng": (16, 10),
    "tongguanshan": (8, 13),
    "baohe": (19, 7),
    "panzhihua": (50, 4),
}


def rows_of(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source, delimiter="\t"))


ROWS = rows_of("rules_fixture.tsv")
ENCODED = [row for row in ROWS if not row["omitted"]]
REPORTED = rows_of("references_fixture.tsv")


def number(text: str) -> float | None:
    return float(text) if text else None


@pytest.mark.parametrize("row", ENCODED, ids=[row["rule"] for row in ENCODED])
def test_every_row_has_its_rule_with_its_number_operator_and_unit(row):
    rule = RULES[row["rule"]]
    assert rule.book_id == row["book"]
    assert (rule.kind, rule.op, rule.unit) == (row["kind"], row["op"], row["unit"])
    expected = number(row["value_min"]), number(row["value_max"])
    assert (rule.value_min, rule.value_max) == expected
    assert rule.grade == row["grade"]


@pytest.mark.parametrize("row", ENCODED, ids=[row["rule"] for row in ENCODED])
def test_every_quote_stands_letter_for_letter_in_its_row(row):
    rule = RULES[row["rule"]]
    assert rule.quote in row["text"]
    # Only the documents at hand can be quoted letter for letter.
    assert rule.quote_exact == (row["part"] == "1R")


def test_no_rule_comes_from_nowhere():
    assert set(RULES) == {row["rule"] for row in ENCODED}


@pytest.mark.parametrize("book_id", SEEDS)
def test_counts_of_the_city_books(book_id):
    requirements = {row["row"] for row in ENCODED if row["book"] == book_id}
    assert (len(requirements), len(BOOKS[book_id].references)) == SEEDS[book_id]


def test_all_119_requirements_and_56_references():
    asked = {row["row"] for row in ROWS if row["part"] == "1R"}
    assert len(asked) == 119
    assert asked == {row["row"] for row in ENCODED if row["part"] == "1R"}
    assert sum(len(book.references) for book in BOOKS.values()) == 56 == len(REPORTED)


def test_what_was_not_found_is_not_encoded():
    left_out = {row["row"]: row["omitted"] for row in ROWS if row["omitted"]}
    assert left_out["LO-01"] == "not found"
    assert left_out["TD-10"] == "not retrieved"
    assert not set(left_out) & set(RULES)


@pytest.mark.parametrize("row", REPORTED, ids=[row["reference"] for row in REPORTED])
def test_every_reported_figure_is_a_reference(row):
    found = [
        reference
        for reference in BOOKS[row["book"]].references
        if reference.reference_id == row["reference"]
    ]
    assert len(found) == 1
    reference = found[0]
    assert (reference.kind, reference.value) == (row["kind"], row["value"])
    assert (reference.unit, reference.scope) == (row["unit"], row["scope"])
    assert reference.quote == row["quote"]
    assert reference.numbers


def numbers(reference_id: str) -> tuple[float, ...]:
    return next(
        reference.numbers
        for book in BOOKS.values()
        for reference in book.references
        if reference.reference_id == reference_id
    )


def test_reported_figures_agree_with_one_another():
    # 70,000 m² at 60 m² per 100 households = 116,667 households; / 300 = 388.9 grids.
    households = numbers("TG-O04")[0] / 60 * 100
    assert round(households) == 116_667
    assert round(households / 300, 1) == 388.9
    # 980 m² at 30 m² per 100 households serve 3,266 whole households.
    assert math.floor(numbers("HF-O01")[0] / 30 * 100) == 3266
    # Street duties 221 -> 152: 69 / 221 = 31.2 %.
    before, after = numbers("HF-O08")
    assert round((before - after) / before * 100, 1) == 31.2
    # 61 = 25 + 24 + 12 projects; areas 12.5 + 34.4 + 20.3 = 67.2 against a stated 67.3.
    parts = [numbers(f"BH-O0{place}") for place in (2, 3, 4)]
    assert sum(count for count, _ in parts) == numbers("BH-O01")[0] == 61
    assert sum(area for _, area in parts) == 672_000
    assert numbers("BH-O01")[1] - 672_000 == 1000


def test_authority_says_what_the_document_is():
    for book_id in SEEDS:
        expected = "plan" if book_id == "panzhihua" else "press"
        assert {rule.authority for rule in BOOKS[book_id].rules} == {expected}


def test_what_is_from_memory_is_a_draft_and_never_quoted():
    drafts = {rule.rule_id for rule in RULES.values() if rule.draft}
    assert drafts == {row["rule"] for row in ENCODED if row["grade"] == "D"}
    for rule_id in drafts:
        rule = RULES[rule_id]
        assert (rule.authority, rule.quote_exact, rule.found_in) == (
            "memory",
            False,
            rule.found_in if rule_id == "GB-20c" else "",
        )
    others = [rule for rule in RULES.values() if not rule.draft]
    assert all(rule.authority != "memory" for rule in others)
    assert all(rule.found_in for rule in others if not rule.quote_exact)


@pytest.mark.parametrize(
    "rule_id", ["HF-R06", "HF-R23", "DC-R10", "TG-R01", "TG-R05a", "TG-R06"]
)
def test_achievements_are_benchmarks(rule_id):
    assert RULES[rule_id].force == "benchmark"


def test_a_tolerance_that_no_source_gives_is_marked_as_ours():
    about = [rule for rule in RULES.values() if rule.tolerance is not None]
    assert {rule.rule_id for rule in about if rule.op == "~"} == {
        *("DC-R01", "TG-R02", "BH-R03", "BH-R06", "TD-08b", "SH-01"),
        *("LO-02", "LO-11b"),
    }
    for rule in about:
        assert "本工具所设" in rule.note_zh
        assert "ours" in rule.note_en
        assert rule.tolerance == (0.05 if rule.level == "grid" else 0.20)


def test_the_three_meanings_of_30_m2_are_three_definitions():
    one_half, other_half = RULES["HF-R01"], RULES["HF-R02"]
    pooled, reported = RULES["PZ-R03"], RULES["TG-R01"]
    assert not set(one_half.classes) & set(other_half.classes)
    assert (one_half.value_min, other_half.value_min) == (30, 30)
    assert pooled.pool
    assert pooled.value_min == 30
    assert set(pooled.classes) > set(one_half.classes)
    assert "PRP.OFFICE" in reported.classes
    assert (reported.value_min, reported.force) == (60, "benchmark")


def test_new_compounds_and_the_stock_are_two_rules():
    stock, new = RULES["HF-R01"], RULES["HF-R01b"]
    assert (stock.level, stock.build) == ("community", "any")
    assert (new.level, new.build) == ("compound", "new")
    assert new.denominator == "planned_dwellings"


def test_target_dates_are_those_of_the_sources():
    assert RULES["HF-R08"].target_date == date(2019, 12, 31)
    assert RULES["HF-R09"].target_date == date(2020, 12, 31)
    plan = Counter(rule.target_date for rule in BOOKS["panzhihua"].rules)
    assert set(plan) == {None, date(2020, 12, 31)}
    assert {BOOKS[book].status for book in ("hefei", "panzhihua")} == {"expired-target"}


def test_the_letter_o_of_the_source_is_kept_in_the_quote_only():
    assert "3OO户" in RULES["TG-R02"].quote
    assert (RULES["TG-R02"].value_min, RULES["TG-R02"].unit) == (300, "households")


def test_full_rules_name_the_facts_that_they_need():
    for rule in RULES.values():
        assert (rule.profile == "full") == bool(rule.inputs), rule.rule_id
        assert set(rule.inputs) <= set(facts())
        assert set(rule.classes) <= set(read_catalogue().codes)


def test_every_fact_is_used_by_a_rule_and_named_twice():
    used = {name for rule in RULES.values() for name in rule.inputs}
    used |= {rule.denominator for rule in RULES.values()}
    # structure_levels asks for it where no community names its subdistrict.
    used |= {"subdistricts"}
    assert set(facts()) <= used
    assert all(fact.zh and fact.en for fact in facts().values())
    assert {fact.type for fact in facts().values()} == {"number", "flag", "list"}


def test_a_required_set_has_as_many_functions_as_its_number():
    sets = [rule for rule in RULES.values() if rule.op == "superset"]
    assert len(sets) == 12
    for rule in sets:
        assert len(rule.functions) == rule.value_min, rule.rule_id


def test_titles_are_short_and_different_within_a_book():
    for book in BOOKS.values():
        for titles in (
            [rule.title_zh for rule in book.rules],
            [rule.title_en for rule in book.rules],
        ):
            assert len(set(titles)) == len(titles)
            assert max(map(len, titles)) <= 72


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_kinds_and_levels_have_names(lang):
    words = sentences("books", lang)
    for kind in KINDS:
        assert words[f"kind_{kind}"]
    for rule in RULES.values():
        assert words[f"level_{rule.level}"]
    for book in BOOKS.values():
        assert words[f"status_{book.status}"]

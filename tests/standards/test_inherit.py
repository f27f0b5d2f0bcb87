"""A city's own book: taken over from another, single rules changed."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from lifecircle.errors import RuleBookError
from lifecircle.standards.rulebook import read_rule_book

HEAD = """
[book]
id = "{id}"
title = {{ zh = "本市标准", en = "Our city" }}
issuer = "青溪市"
jurisdiction = "CN-XX"
source = "青溪市文件"
inherits = "{parent}"
"""

STRICTER = """
[[rule]]
id = "HF-R01"
test = { op = ">=", value = 40, unit = "m2" }
  [rule.source]
  clause = "二"
  quote = "每百户不低于40平方米"
  quote_exact = true
  authority = "plan"
"""

NEW = """
[[rule]]
id = "OWN-1"
title = { zh = "社区规模", en = "Size" }
force = "should"
kind = "households_per_unit"
test = { op = "<=", value = 4000, unit = "households" }
  [rule.source]
  clause = "三"
  quote = "不超过4000户"
  quote_exact = true
  authority = "plan"
  [rule.scope]
  level = "community"
"""


def write(folder: Path, text: str, *, book: str = "own", parent: str = "hefei") -> Path:
    path = folder / f"{book}.toml"
    path.write_text(HEAD.format(id=book, parent=parent) + text, encoding="utf-8")
    return path


def test_a_changed_rule_keeps_its_place_and_what_it_does_not_say(tmp_path: Path):
    parent = read_rule_book("hefei")
    book = read_rule_book(write(tmp_path, STRICTER))
    assert (book.inherits, book.jurisdiction) == ("hefei", "CN-XX")
    assert [rule.rule_id for rule in book.rules] == [
        rule.rule_id for rule in parent.rules
    ]
    changed, theirs = book.rules[0], parent.rules[0]
    assert (changed.value_min, changed.quote) == (40, "每百户不低于40平方米")
    assert (changed.authority, changed.grade) == ("plan", "")
    assert changed.title_zh == theirs.title_zh
    assert (changed.classes, changed.settlement) == (theirs.classes, theirs.settlement)
    assert book.rules[1].value_min == parent.rules[1].value_min


def test_inherited_rules_belong_to_the_book_that_binds(tmp_path: Path):
    book = read_rule_book(write(tmp_path, ""))
    assert {rule.book_id for rule in book.rules} == {"own"}
    assert len(book.references) == 22


def test_new_rules_come_last(tmp_path: Path):
    book = read_rule_book(write(tmp_path, NEW))
    assert book.rules[-1].rule_id == "OWN-1"
    assert len(book.rules) == len(read_rule_book("hefei").rules) + 1


def test_a_parent_beside_the_book_is_found_and_chains_work(tmp_path: Path):
    write(tmp_path, STRICTER, book="own")
    path = write(tmp_path, NEW, book="district", parent="own.toml")
    book = read_rule_book(path)
    assert book.rules[0].value_min == 40
    assert book.rules[-1].rule_id == "OWN-1"


def test_the_digest_changes_with_the_parent(tmp_path: Path):
    write(tmp_path, STRICTER, book="own")
    path = write(tmp_path, NEW, book="district", parent="own.toml")
    before = read_rule_book(path).sha256
    assert before != sha256(path.read_bytes()).hexdigest()
    write(tmp_path, STRICTER.replace("40", "45"), book="own")
    assert read_rule_book(path).sha256 != before


def test_a_new_number_needs_a_source_of_its_own(tmp_path: Path):
    text = STRICTER.split("  [rule.source]")[0]
    with pytest.raises(RuleBookError, match="HF-R01: test is changed but source"):
        read_rule_book(write(tmp_path, text))


def test_a_rule_changed_twice_is_refused(tmp_path: Path):
    with pytest.raises(RuleBookError, match="HF-R01: the id is given twice"):
        read_rule_book(write(tmp_path, STRICTER + STRICTER))


def test_books_that_inherit_in_a_ring_are_refused(tmp_path: Path):
    write(tmp_path, NEW, book="a", parent="b.toml")
    path = write(tmp_path, NEW, book="b", parent="a.toml")
    with pytest.raises(RuleBookError, match=r"b\.toml -> a\.toml -> b\.toml"):
        read_rule_book(path)


def test_a_parent_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(RuleBookError, match="The nearest known is 'hefei'"):
        read_rule_book(write(tmp_path, NEW, parent="hefe"))


def test_a_parent_that_is_no_text_is_refused(tmp_path: Path):
    path = write(tmp_path, NEW)
    text = path.read_text(encoding="utf-8").replace('"hefei"', "3")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(RuleBookError, match="it is 3; it must be text"):
        read_rule_book(path)


def test_problems_of_the_parent_are_told_of_the_parent(tmp_path: Path):
    write(tmp_path, STRICTER.replace("value = 40", "value = -1"), book="own")
    path = write(tmp_path, NEW, book="district", parent="own.toml")
    with pytest.raises(RuleBookError) as caught:
        read_rule_book(path)
    assert caught.value.where == "own.toml"

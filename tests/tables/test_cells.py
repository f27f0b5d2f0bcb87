from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lifecircle.tables.cells import is_missing, to_number, to_text, to_year

AREA = ("m2", "平方米")


@pytest.mark.parametrize(
    ("cell", "units", "number"),
    [
        ("812㎡", AREA, 812.0),
        ("812 m²", AREA, 812.0),
        ("８１２．５平方米", AREA, 812.5),
        ("2900户", ("户",), 2900.0),
        ("1,234,567", (), 1_234_567.0),
        ("１，２３４", (), 1234.0),
        ("1.2万平方米", AREA, 12_000.0),
        ("-3", (), -3.0),
        ("3e2", (), 300.0),
        (" 7 ", (), 7.0),
        (7, (), 7.0),
    ],
)
def test_numbers_as_people_type_them(cell, units, number):
    assert to_number(cell, units) == number


@pytest.mark.parametrize(
    "cell", ["约300", "300左右", "1,23", "12亩", "三百", "1-2", "2900人", "#REF!", True]
)
def test_what_is_no_number_is_refused(cell):
    with pytest.raises(ValueError, match="not a"):
        to_number(cell, ("户",))


def test_infinity_is_refused():
    with pytest.raises(ValueError, match="finite"):
        to_number(math.inf)


@pytest.mark.parametrize(
    "cell", ["", "  ", "暂无数据", "无", "-", "—", "／", "空", None, math.nan, "NULL"]
)
def test_words_for_no_data(cell):
    assert is_missing(cell)
    assert math.isnan(to_number(cell))
    assert to_text(cell) is None


def test_zero_is_a_number_and_not_missing():
    assert (to_number("0"), to_number(0)) == (0.0, 0.0)
    assert not is_missing("0")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (101.0, "101"),
        (101, "101"),
        ("001", "001"),
        (dt.datetime(2026, 6, 30), "2026-06-30"),
    ],
)
def test_ids_keep_what_the_planner_sees(cell, text):
    assert to_text(cell) == text


@pytest.mark.parametrize(
    "cell",
    [
        "2019",
        "2019年",
        "2019年5月",
        "2019-05-01",
        "2019/5",
        "201905",
        2019.0,
        dt.date(2019, 5, 1),
    ],
)
def test_years(cell):
    assert to_year(cell) == 2019.0


@pytest.mark.parametrize("cell", ["去年", "19年", "2019abc", "建于2019"])
def test_what_is_no_year_is_refused(cell):
    with pytest.raises(ValueError, match="not a year"):
        to_year(cell)


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_whole_numbers_come_back_however_they_are_grouped(number):
    assert to_number(f"{number:,}") == to_number(str(number)) == float(number)

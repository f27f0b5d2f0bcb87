"""Compounds listed twice and totals too large are told of, and used as they are."""

from __future__ import annotations

import geopandas as gpd
import shapely

from lifecircle.tables.district import examine_district
from lifecircle.tables.ledger import Ledger, Origin
from lifecircle.tables.repeats import (
    warn_many,
    warn_repeated_buildings,
    warn_repeats,
)


def told(rows, check):
    """Warnings on compounds given as (origin, row, name, households, metres east)."""
    ledger = Ledger()
    for file in ("链家.csv", "贝壳.csv"):
        ledger.open(Origin("compounds", file, "", {"compound_id": "@row"}, "bd09"))
    frame = gpd.GeoDataFrame(
        rows, columns=["_origin", "_row", "name", "households", "east"]
    )
    frame = frame.set_geometry([shapely.Point(east, 0.0) for east in frame["east"]])
    check(frame, ledger)
    assert not ledger.left_out
    return [(p.file, p.row, p.column, p.values) for p in ledger.problems]


def repeats(frame, ledger):
    warn_repeats(frame, ledger=ledger)


def test_a_compound_of_two_sources_is_told_once_with_its_households():
    found = told(
        [
            (0, 2, "渡口花园", 500.0, 0.0),
            (0, 3, "河东小区", 300.0, 0.0),
            # 276 m off, as one site's points are; a branch in brackets is no other name
            (1, 2, "渡口花园（一期）", 480.0, 276.0),
            (1, 3, "渡口 花园", 510.0, 20.0),
            (1, 6, "山前苑(一期)", 100.0, 0.0),
            (1, 7, "山前苑(二期)", 100.0, 50.0),  # another phase
            (1, 4, "河东小区", 300.0, 301.0),  # too far: another one of that name
            (1, 5, "渡口花园", None, 0.0),  # counts nothing
        ],
        repeats,
    )
    ((file, row, column, values),) = found
    assert (file, row, column) == ("贝壳.csv", 2, "name")
    assert (values["count"], values["file"], values["earlier"]) == ("2", "链家.csv", 2)
    assert values["households"] == "990"  # 480 + 510


def test_rows_without_names_are_not_alike():
    assert told([(0, 2, None, 5.0, 0.0), (0, 3, "", 5.0, 0.0)], repeats) == []


def twice(frame, ledger):
    warn_repeated_buildings(frame, ledger=ledger)


def test_compounds_given_as_buildings_are_told_where_households_agree():
    found = told(
        [
            (0, 2, "渡口花园", 500.0, 0.0),
            (0, 3, "渡口花园（东区）", 500.0, 276.0),
            (0, 4, "渡口花园", 480.0, 10.0),  # another number: perhaps another building
            (0, 5, "河东小区", 300.0, 0.0),
            (0, 6, "河东小区", 300.0, 301.0),  # too far
            (1, 2, "河东小区", 300.0, 300.0),
        ],
        twice,
    )
    assert [(file, row, v["count"], v["households"]) for file, row, _, v in found] == [
        ("链家.csv", 3, "1", "500"),
        ("贝壳.csv", 2, "1", "300"),
    ]
    assert (found[1][3]["file"], found[1][3]["earlier"]) == ("链家.csv", 5)


def test_buildings_called_after_their_compound_are_no_repeats():
    # Four buildings a name, all alike: names do not tell one from another.
    slabs = [
        (0, number, name, 36.0, 20.0 * number)
        for number, name in enumerate(["渡口花园", "河东小区"] * 4)
    ]
    assert told(slabs, twice) == []


def test_footprints_beside_each_other_are_two_buildings():
    ledger = Ledger()
    ledger.open(Origin("buildings", "楼栋.gpkg", "", {}, "EPSG:4548"))
    frame = gpd.GeoDataFrame(
        {"_origin": 0, "_row": [1, 2, 3], "name": "渡口花园", "households": 36.0},
        geometry=[shapely.box(x, 0, x + 12, 40) for x in (0, 30, 31)],
    )
    twice(frame, ledger)
    ((row, values),) = [(p.row, p.values) for p in ledger.problems]
    assert (row, values["earlier"], values["count"]) == (3, 2, "1")


def test_a_word_that_hundreds_bear_is_no_name():
    hall = [(0, row, "宿舍", 50.0, 0.0) for row in range(201)]
    assert told(hall, repeats) == []
    assert told(hall[:200], repeats)[0][3]["count"] == "199"


def test_totals_of_no_compound():
    rows = [(0, 2, "甲", 240_000.0, 0.0), (0, 3, "乙", 20_000.0, 0.0)]
    found = told(rows, lambda f, ledger: warn_many(f, ledger=ledger))
    assert [(row, values["value"]) for _, row, _, values in found] == [(2, "240,000")]


def test_a_column_of_row_numbers_is_not_shown():
    ledger = Ledger()
    origin = ledger.open(Origin("compounds", "a.csv", "", {"compound_id": "@row"}))
    ledger.report("building_outside", {}, origin=origin, row=2, column="compound_id")
    assert ledger.problems[0].column == ""


def test_estimated_households_of_a_repeated_compound_count_too(files):
    start = files.config.index("[[sources.buildings]]")
    end = files.config.index("[[sources.facilities]]")
    files.config = files.config[:start] + files.config[end:]
    plain = 'columns = { compound_id = "编号", name'
    sized = 'columns = { compound_id = "编号", floor_area_m2 = "面积", name'
    files.config = files.config.replace(plain, sized)
    files.communities["户数"] = None
    files.compounds["户数"] = [110.0, None]
    files.compounds["面积"] = [None, 9000.0]  # 9000 / 90 = 100 households
    files.compounds["名称"] = "渡口花园"
    both = files.compounds.geometry.iloc[0]
    files.compounds = files.compounds.set_geometry([both, both], crs="EPSG:4548")
    found = examine_district(files.write())
    told = {p.key: p.values for p in found.problems}["tables.compounds_repeat"]
    assert (told["count"], told["households"]) == ("1", "100")


def test_a_district_of_buildings_is_looked_at_too(files):
    files.config = files.config.replace(
        'columns = { building_id = "编号", ',
        'columns = { building_id = "编号", name = "名称", ',
    )
    files.buildings["名称"] = ["渡口花园", "桃园", None, None, "渡口花园"]
    files.buildings["户数"] = ["40户", "暂无数据", None, None, "40"]
    files.buildings.loc[4, "geometry"] = shapely.Point(520_140.0, 3_520_160.0)
    found = examine_district(files.write())
    (one,) = [p for p in found.problems if p.key == "tables.buildings_repeat"]
    assert (one.severity, one.layer, one.row, one.column) == (
        "warning",
        "楼栋",
        5,
        "名称",
    )
    assert one.values["earlier"] == 1

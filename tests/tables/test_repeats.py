"""Compounds listed twice and totals too large are told of, and used as they are."""

from __future__ import annotations

import geopandas as gpd
import shapely

from lifecircle.tables.district import examine_district
from lifecircle.tables.ledger import Ledger, Origin
from lifecircle.tables.repeats import warn_many, warn_repeats


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

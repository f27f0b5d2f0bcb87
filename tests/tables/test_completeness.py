"""Columns as the files have them: counted by hand, words for no data left out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from lifecircle.model import Source
from lifecircle.tables import completeness
from lifecircle.tables.completeness import filled_columns, unused_columns
from lifecircle.tables.district import read_district
from lifecircle.tables.found import Found
from lifecircle.tables.ledger import Ledger, Origin


def test_cells_that_hold_data_are_counted_before_any_default(files):
    files.buildings["建筑面积"] = ["", "暂无数据", "4,050㎡", None, "／"]
    district = read_district(files.write())
    rows = district.filled[district.filled["table"] == "buildings"]
    rows = rows.set_index("column")
    assert rows["rows"].tolist() == [5] * 5
    # 40户 and ３６ hold a number; 暂无数据 and two empty cells do not.
    assert rows["filled"].to_dict() == {
        "编号": 5,
        "户数": 2,
        "套数": 1,
        "建筑面积": 1,
        "小区": 2,
    }
    assert rows.loc["建筑面积", "field"] == "floor_area_m2"
    # After reading, every building has households.
    assert district.buildings["households"].notna().all()


def test_columns_that_are_read_as_nothing_are_counted_too(files):
    files.buildings["备注"] = ["临街", "暂无数据", None, " ／ ", "无"]
    files.facilities["客流"] = ["12", "", "8"]
    filled = read_district(files.write()).filled
    unused = filled[filled["field"] == ""]
    assert unused[["file", "column", "rows", "filled", "columns"]].values.tolist() == [
        ["底图.gpkg", "备注", 5, 1, 1],
        ["设施.csv", "客流", 3, 2, 1],
    ]


def test_a_wide_file_is_counted_in_part(monkeypatch, tmp_path):
    names = ["编号", *(f"列{number}" for number in range(250)), ""]
    found = Found(names, [[1.5, None]] * len(names), np.array([2, 3]))
    source = Source("rooms", tmp_path / "a.csv", columns={"facility_id": "编号"})
    lines = unused_columns(source, found)
    # 250 columns and one without a heading are not used; the first 200 are counted.
    assert lines[:2] == [("列0", 1, 1), ("列1", 1, 1)]
    assert [len(lines), lines[-1][0], lines[-1][2]] == [201, "", 51]
    # Five cells allow two columns of two rows.
    monkeypatch.setattr(completeness, "_MOST_CELLS", 5)
    assert [line[2] for line in unused_columns(source, found)] == [1, 1, 249]


def test_words_of_the_district_file_are_no_column_of_a_file():
    ledger = Ledger()
    mapped = {"facility_id": "编号"}
    number = ledger.open(Origin("facilities", "设施.csv", "", mapped))
    ledger.cells[number] = pd.DataFrame(
        {"facility_id": ["a", "b"], "经度": [117.2, None], "status": ["built"] * 2}
    )
    filled = filled_columns(ledger)
    # 经度 is where the points stand; built is said of all rows by the district file.
    assert filled[["column", "filled"]].values.tolist() == [["编号", 2], ["经度", 1]]

"""Columns as the files have them: counted by hand, words for no data left out."""

from __future__ import annotations

from lifecircle.tables.district import read_district


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

"""Many ids that lead nowhere are one problem; every row is still accounted for."""

import pandas as pd
import pytest

from lifecircle.tables.district import check_district, examine_district
from lifecircle.text import problem_lines


def rooms(ids):
    return [[one, "ELD.STATION", "12", "建筑面积"] for one in ids]


def with_rooms(files, ids):
    files.rooms[3:] = rooms(ids)
    return files.write()


def told(problems, key):
    return [one for one in problems if one.key == f"tables.{key}"]


def test_ids_of_another_list_are_one_error_with_count_and_examples(files):
    ids = [f"SS-{number:03d}" for number in range(30)]
    found = examine_district(with_rooms(files, ["F1", *ids]))
    (one,) = told(found.problems, "ids_unmatched")
    assert not told(found.problems, "unknown_facility_id")
    assert (one.severity, one.row, one.column) == ("error", None, "设施编号")
    assert (one.values["rows"], one.values["all"]) == (30, 31)
    for lang in ("zh", "en"):
        where, what, fix = problem_lines(one, lang)
        assert "用房台账.xlsx" in where
        assert "SS-000、SS-001、SS-002、SS-003、SS-004" in what
        assert "F1、F2、F3" in what
        assert "facilities" in fix
    lost = found.rejected[found.rejected["file"] == "用房台账.xlsx"]
    assert set(lost["reason"]) == {"tables.unknown_facility_id"}
    # Headings stand in row 3, F1 in row 4, the others in rows 5 to 34.
    assert list(lost["row"]) == list(range(5, 35))
    counts = found.district.row_counts
    (mine,) = counts[counts["file"] == "用房台账.xlsx"].to_dict("records")
    assert (mine["rows_read"], mine["rows_used"], mine["rows_rejected"]) == (31, 1, 30)


@pytest.mark.parametrize("wrong", [1, 20, 21])
def test_up_to_twenty_are_told_row_by_row(files, wrong):
    problems, rejected = check_district(with_rooms(files, ["F9"] * wrong))
    singly = told(problems, "unknown_facility_id")
    assert len(singly) == (wrong if wrong <= 20 else 0)
    assert len(told(problems, "ids_unmatched")) == (wrong > 20)
    assert len(rejected[rejected["reason"] == "tables.unknown_facility_id"]) == wrong


def test_without_a_list_of_facilities_the_rooms_are_one_error(files):
    start = files.config.index("[[sources.facilities]]")
    end = files.config.index("[[sources.rooms]]")
    files.config = files.config[:start] + files.config[end:]
    problems, _ = check_district(with_rooms(files, [f"F{n}" for n in range(25)]))
    (one,) = told(problems, "ids_without_table")
    assert one.values["rows"] == 25
    assert not told(problems, "ids_unmatched")
    # The two rows of 服务.csv are told one by one.
    assert len(told(problems, "unknown_facility_id")) == 2


def test_rooms_of_facilities_left_out_are_one_warning(files):
    lost = [f"X{number}" for number in range(22)]
    faulty = pd.DataFrame(
        [
            {**files.facilities.iloc[0], "编号": one, "名称": one, "类别": "无此类"}
            for one in lost
        ]
    )
    files.facilities = pd.concat([files.facilities, faulty], ignore_index=True)
    problems, rejected = check_district(with_rooms(files, lost))
    (one,) = told(problems, "facilities_left_out")
    assert (one.severity, one.values["rows"]) == ("warning", 22)
    assert sum(rejected["reason"] == "tables.facility_left_out") == 22


def test_a_list_of_the_whole_city_is_one_error_that_says_the_ways_out(files):
    mine = files.buildings.iloc[[0]]
    beyond = [mine.assign(编号=f"W{n}").translate(0.0, 2000.0) for n in range(25)]
    city = [mine.assign(编号=f"W{n}", geometry=at) for n, at in enumerate(beyond)]
    files.buildings = pd.concat([files.buildings, *city], ignore_index=True)
    found = examine_district(files.write())
    assert not told(found.problems, "building_outside")
    (one,) = told(found.problems, "buildings_outside")
    assert (one.severity, one.layer, one.row, one.column) == (
        "error",
        "楼栋",
        None,
        "编号",
    )
    assert (one.values["rows"], one.values["all"]) == (25, 30)
    for lang in ("zh", "en"):
        _, what, fix = problem_lines(one, lang)
        assert "W0、W1、W2、W3、W4" in what
        assert "[district.part]" in fix
        assert "crs" in fix
    lost = found.rejected[found.rejected["reason"] == "tables.building_outside"]
    # B1 to B5 are rows 1 to 5; each of the others is listed, and where it lies
    assert list(lost["row"]) == list(range(6, 31))
    assert lost.geometry.bounds["miny"].round(1).unique().tolist() == [3_522_150.0]

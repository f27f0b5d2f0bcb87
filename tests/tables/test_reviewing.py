"""Points of map services: classed, listed for review, decided by hand, merged."""

from __future__ import annotations

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from shapely import Point
from typer.testing import CliRunner

from lifecircle.cli import app
from lifecircle.conftest import make_config, make_district
from lifecircle.evidence import DECISION, REVIEW
from lifecircle.standards.catalogue import classify
from lifecircle.standards.names import name_stem
from lifecircle.tables.crs import project_frame
from lifecircle.tables.district import check_district, examine_district, read_district
from lifecircle.tables.duplicates import merge_duplicates
from lifecircle.tables.ledger import Ledger, Origin

SOURCE = """
[[sources.facilities]]
path = "点位.csv"
encoding = "utf-8"
crs = "EPSG:4548"
x = "x"
y = "y"
provider = "baidu"
columns = { facility_id = "uid", name = "name", source_label = "tag" }
"""
X, Y = 520_000.0, 3_520_000.0

# P1 is sure, P2 a conflict, P3 a candidate, P4 nothing of ours, P5 the same as F1 of
# the other source, which stands at (500, 500): 30 m east of it is 30 m away.
POINTS = [
    ("P1", "福源大药房", "医疗;药店", 700, 500),
    ("P2", "河东村党群服务中心", "汽车服务;汽车美容", 1500, 700),
    ("P3", "渡口广场", "休闲娱乐;休闲广场", 600, 600),
    ("P4", "好味小吃", "美食;小吃快餐店", 610, 600),
    ("P5", "渡口 社区居委会", "政府机构;居民委员会", 530, 500),
]


@pytest.fixture
def with_points(files):
    """The district with a second source of facilities; gives the district file."""
    files.config += SOURCE
    files.facilities.loc[0, "名称"] = "渡口社区居委会"
    path = files.write()
    table = pd.DataFrame(POINTS, columns=["uid", "name", "tag", "x", "y"])
    table = table.assign(x=table["x"] + X, y=table["y"] + Y)
    table.to_csv(path.with_name("点位.csv"), index=False)
    return path


def classes_of(district) -> dict[str, str]:
    rows = district.facilities
    return dict(zip(rows["facility_id"], rows["facility_class"], strict=True))


def test_every_point_is_used_left_out_or_merged(with_points):
    district = read_district(with_points)
    assert classes_of(district) == {
        "F1": "SVC.COMM",
        "F2": "ELD.CANTEEN",
        "F3": "ELD.CANTEEN",
        "P1": "HLT.PHARM",
    }
    left = district.rejected[district.rejected["file"] == "点位.csv"]
    # Rows of the file: the heading is row 1.
    assert dict(zip(left["row"], left["reason"], strict=True)) == {
        3: "tables.facility_in_review",
        4: "tables.facility_in_review",
        5: "tables.facility_none",
    }
    # 5 points in = 1 used + 3 left out + 1 merged.
    assert len(POINTS) == 1 + len(left) + len(district.merged)
    counts = district.row_counts.set_index("file").loc["点位.csv"]
    assert counts[
        ["rows_read", "rows_used", "rows_rejected", "rows_merged"]
    ].tolist() == [*(5, 1, 3, 1)]
    note = district.facilities.set_index("facility_id")["source_note"]["P1"]
    assert note == "tag_and_name: baidu:医疗;药店 + name:药房"


AMAP = [
    ("P1", "福源大药房", "医疗保健服务", "医药保健销售店", "药房"),
    ("P2", "渡口小学", "科教文化服务", "学校", "小学"),
    ("P3", "福润超市", "购物服务", "超级市场", None),
    ("P4", "好味小吃", "餐饮服务", "快餐厅", "快餐厅"),
    ("P5", "无名", None, None, None),
]


def test_levels_in_columns_are_read_as_the_one_label_is(files):
    heads = ["大类", "中类", "小类"]
    table = pd.DataFrame(AMAP, columns=["uid", "name", *heads])
    table = table.assign(x=X + 700.0, y=Y + 500.0 + 40.0 * table.index)
    one = table.assign(
        tag=[
            ";".join(filter(None, row)) or None
            for row in table[heads]
            .astype(object)
            .where(table[heads].notna(), None)
            .values
        ]
    )
    read = []
    config = files.config
    for label, frame in (("tag", one.drop(columns=heads)), (";".join(heads), table)):
        source = SOURCE.replace('"baidu"', '"amap"').replace('"tag"', f'"{label}"')
        files.config = config + source
        path = files.write()
        frame.to_csv(path.with_name("点位.csv"), index=False)
        read.append(examine_district(path))
    single, levels = read
    assert classes_of(levels.district) == classes_of(single.district)
    assert {"P1": "HLT.PHARM", "P2": "EDU.PRIMARY"}.items() <= classes_of(
        levels.district
    ).items()
    assert levels.district.problems == single.district.problems
    assert levels.rejected["row"].tolist() == single.rejected["row"].tolist()
    filled = levels.district.filled
    mine = filled[filled["file"] == "点位.csv"]
    assert "大类;中类;小类" in mine["column"].tolist()
    assert not {*heads} & {*mine["column"]}


def test_what_is_not_sure_is_listed_with_its_reason(with_points):
    review = examine_district(with_points).review
    assert list(review.columns) == list(REVIEW)
    shown = review[["facility_id", "candidate_class", "confidence", "why"]]
    assert shown.to_numpy().tolist() == [
        [
            "P2",
            "SVC.COMM",
            "conflict",
            "name:村党群服务中心 against baidu:汽车服务;汽车美容",
        ],
        ["P3", "OPEN.PLAZA", "candidate", "name:广场"],
    ]
    problems = [p for p in check_district(with_points)[0] if "facility_" in p.key]
    counts = {p.key: (p.values["rows"], p.values["all"]) for p in problems}
    assert counts == {
        "tables.facility_in_review": (2, 5),
        "tables.facility_none": (1, 5),
    }


def test_the_list_is_filled_in_and_fed_back(with_points):
    runner = CliRunner()
    assert runner.invoke(app, ["check", str(with_points)]).exit_code == 0
    listed = with_points.with_name("district.review.xlsx")
    book = openpyxl.load_workbook(listed)
    sheet = book.worksheets[0]
    heads = [cell.value.split(" · ")[-1] for cell in sheet[1]]
    assert heads == list(REVIEW)
    # The drop-down offers every class of facility, and none.
    (choice,) = sheet.data_validations.dataValidation
    assert (choice.type, str(choice.sqref)) == ("list", "I2:I3")
    offered = [cell.value for cell in book.worksheets[1]["A"]]
    assert offered[-1] == "NONE 不是设施"
    assert "OPEN.PLAZA 室外活动广场" in offered
    assert len(offered) == 46

    # Unnamed in the district file, the list may be in somebody's hands: left alone.
    sheet["I2"] = "SVC.COMM 社区党群服务中心"
    book.save(listed)
    before = listed.read_bytes()
    again = runner.invoke(app, ["check", str(with_points)])
    assert listed.read_bytes() == before
    assert "没有改写" in again.output

    named = 'provider = "baidu"\nreviewed = "district.review.xlsx"'
    text = with_points.read_text("utf-8").replace('provider = "baidu"', named)
    with_points.write_text(text, "utf-8")
    district = read_district(with_points)
    assert classes_of(district)["P2"] == "SVC.COMM"
    # One decided and kept, one still to do.
    assert list(district.review[DECISION]) == ["SVC.COMM", ""]
    runner.invoke(app, ["check", str(with_points)])
    sheet = openpyxl.load_workbook(listed).worksheets[0]
    assert sheet["I2"].value == "SVC.COMM 社区党群服务中心"

    book = openpyxl.load_workbook(listed)
    book.worksheets[0]["I3"] = "NONE 不是设施"
    book.save(listed)
    found = examine_district(with_points)
    reasons = found.rejected[found.rejected["file"] == "点位.csv"]["reason"]
    assert list(reasons) == ["tables.facility_none"] * 2
    assert "tables.facility_in_review" not in {p.key for p in found.problems}


@pytest.mark.parametrize(
    ("cell", "value", "key", "row"),
    [
        ("I2", "SVC.COM", "tables.unknown_class", 2),
        ("I1", "决定", "tables.review_columns", None),
    ],
)
def test_a_spoilt_list_is_a_problem_with_its_place(with_points, cell, value, key, row):
    CliRunner().invoke(app, ["check", str(with_points)])
    listed = with_points.with_name("district.review.xlsx")
    book = openpyxl.load_workbook(listed)
    book.worksheets[0][cell] = value
    book.save(listed)
    named = 'provider = "baidu"\nreviewed = "district.review.xlsx"'
    text = with_points.read_text("utf-8").replace('provider = "baidu"', named)
    with_points.write_text(text, "utf-8")
    problems, _ = check_district(with_points)
    errors = [p for p in problems if p.severity == "error"]
    assert [(p.key, p.file, p.row) for p in errors] == [
        (key, "district.review.xlsx", row)
    ]


def test_a_missing_list_is_a_problem(with_points):
    named = 'provider = "baidu"\nreviewed = "没有.xlsx"'
    text = with_points.read_text("utf-8").replace('provider = "baidu"', named)
    with_points.write_text(text, "utf-8")
    errors = [p for p in check_district(with_points)[0] if p.severity == "error"]
    assert [(p.key, p.file) for p in errors] == [("tables.file_missing", "没有.xlsx")]


def test_labels_of_openstreetmap_in_a_table(files):
    files.config += SOURCE.replace('"baidu"', '"osm"')
    path = files.write()
    rows = [
        ("P1", "福源", '"amenity"=>"pharmacy","name"=>"福源"', X + 700, Y + 500),
        ("P2", "小太阳", "amenity=kindergarten;name=小太阳", X + 710, Y + 500),
    ]
    table = pd.DataFrame(rows, columns=["uid", "name", "tag", "x", "y"])
    table.to_csv(path.with_name("点位.csv"), index=False)
    found = classes_of(read_district(path))
    assert (found["P1"], found["P2"]) == ("HLT.PHARM", "CHD.KG")


def test_a_merger_keeps_its_evidence_and_points_rooms_to_the_kept_one(with_points):
    district = read_district(with_points)
    (merged,) = district.merged.to_dict("records")
    assert merged == {
        "file": "点位.csv",
        "row": 6,
        "facility_id": "P5",
        "name": "渡口 社区居委会",
        "kept_file": "设施.csv",
        "kept_row": 2,
        "kept_id": "F1",
        "kept_name": "渡口社区居委会",
        "facility_class": "SVC.COMM;ELD.STATION",
        "distance_m": 30.0,
        "same": "name",
        "filled": "",
    }
    off = with_points.read_text("utf-8") + "\n[facilities]\nmerge_within_m = 20\n"
    with_points.write_text(off, "utf-8")
    apart = read_district(with_points)
    assert len(apart.merged) == 0
    assert len(apart.facilities) == len(district.facilities) + 1


def layer(rows: list[tuple[int, str, str, str, float, float]]):
    """Facilities (source, id, name, class, x, area) with the hidden columns."""
    frame = make_district(config=make_config()).facilities.iloc[:0]
    table = pd.DataFrame(
        {
            "_origin": [row[0] for row in rows],
            "_row": range(2, len(rows) + 2),
            "facility_id": [row[1] for row in rows],
            "name": [row[2] for row in rows],
            "facility_class": [row[3] for row in rows],
            "floor_area_m2": [row[5] for row in rows],
            **{
                name: pd.Series([None] * len(rows), dtype=object)
                for name in ("opened", "functions", "address", "area_basis")
            },
        }
    )
    shapes = [Point(row[4], 0.0) for row in rows]
    ledger = Ledger()
    for name in ("a.csv", "b.csv", "c.csv"):
        ledger.open(Origin("facilities", name, "", {}))
    return type(frame)(table, geometry=shapes, crs=frame.crs), ledger


NAN = float("nan")


def test_two_stops_of_one_name_stay_two_and_the_nearest_are_one():
    # Source 0 has the stops at 0 and 40 m, source 1 at 5 and 38 m: 5 -> 0, 38 -> 40.
    rows, ledger = layer(
        [
            (0, "a1", "东门", "TRA.BUS", 0.0, NAN),
            (0, "a2", "东门", "TRA.BUS", 40.0, NAN),
            (1, "b1", "东门", "TRA.BUS", 5.0, NAN),
            (1, "b2", "东门", "TRA.BUS", 38.0, NAN),
        ]
    )
    kept = merge_duplicates(rows, within_m=50.0, ledger=ledger)
    pairs = {one["facility_id"]: one["kept_id"] for one in ledger.merged.values()}
    assert pairs == {"b1": "a1", "b2": "a2"}
    assert ledger.standing(kept).tolist() == [True, True, False, False]


def test_three_sources_make_one_and_what_it_lacks_is_filled():
    rows, ledger = layer(
        [
            (0, "a", "红光社区居委会", "SVC.COMM", 0.0, NAN),
            (1, "b", "莲湖区枣园街道红光社区党群服务中心", "SVC.COMM", 30.0, 900.0),
            (2, "c", "红光社区居委会", "SVC.COMM", 45.0, 800.0),
        ]
    )
    kept = merge_duplicates(rows, within_m=50.0, ledger=ledger)
    # The first source's row stays; b brings its area, and c's is no longer asked for.
    told = [
        (one["facility_id"], one["kept_id"], one["same"], one["filled"])
        for one in ledger.merged.values()
    ]
    assert told == [("b", "a", "stem", "floor_area_m2"), ("c", "a", "name", "")]
    assert kept["floor_area_m2"].iloc[0] == 900.0
    assert ledger.standing(kept).tolist() == [True, False, False]


@pytest.mark.parametrize(
    "other",
    [
        (1, "b", "东门药店", "HLT.PHARM", 60.0, NAN),  # too far
        (1, "b", "西门药店", "HLT.PHARM", 10.0, NAN),  # another name
        (1, "b", "东门药店", "COM.CONV", 10.0, NAN),  # another class
        (0, "b", "东门药店", "HLT.PHARM", 10.0, NAN),  # the same source
        (1, "b", None, "HLT.PHARM", 10.0, NAN),  # no name to go by
        (1, "b", "东门药店(南巷店)", "HLT.PHARM", 60.0, NAN),  # too far
    ],
)
def test_no_merger_on_less(other):
    rows, ledger = layer([(0, "a", "东门药店", "HLT.PHARM", 0.0, NAN), other])
    kept = merge_duplicates(rows, within_m=50.0, ledger=ledger)
    assert ledger.merged == {}
    assert len(kept) == 2


def test_two_branches_of_one_bank_stay_two():
    rows, ledger = layer(
        [
            (0, "a", "建设银行(白马支行)", "FIN.BANK", 0.0, NAN),
            (0, "c", "农业银行(西安西门支行)", "FIN.BANK", 100.0, NAN),
            (1, "b", "建设银行(朝阳门支行)", "FIN.BANK", 40.0, NAN),
            (1, "d", "农业银行(西门支行)", "FIN.BANK", 110.0, NAN),
        ]
    )
    merge_duplicates(rows, within_m=50.0, ledger=ledger)
    assert [one["facility_id"] for one in ledger.merged.values()] == ["d"]


def test_two_extracts_of_one_map_service(real_folder):
    # The old town in BD-09 and the whole city in WGS 84, years apart: the source's own
    # ids say which points are the same. Of 157 facilities in both, 126 are found
    # again; the others were renamed or moved. None is merged into another one than its
    # own. 14 more have changed their id: by name and distance each is the same place;
    # no one has been there.
    city = pd.read_csv(real_folder / "xian" / "poi_baidu_xian_wgs84.csv")
    town = pd.read_csv(real_folder / "xian" / "poi_oldtown_bd09_wgs84_pairs.csv")
    both = pd.concat(
        [
            located(city, ("wgs_lng", "wgs_lat"), "EPSG:4326", 0),
            located(town, ("bd_lng", "bd_lat"), "bd09", 1),
        ],
        ignore_index=True,
    )
    _, ledger = layer([])
    merge_duplicates(both, within_m=50.0, ledger=ledger)
    ids = both.groupby("_origin")["facility_id"].agg(set)
    common = ids[0] & ids[1]
    pairs = [(one["facility_id"], one["kept_id"]) for one in ledger.merged.values()]
    same = sum(first == second for first, second in pairs)
    assert (len(common), same, len(pairs) - same) == (157, 126, 14)
    assert [
        first for first, second in pairs if first != second and first in common
    ] == []


def located(points, axes, crs, origin):
    """Classed facilities of a table of points, in metres."""
    classed = classify(points.drop_duplicates("uid"), provider="baidu")
    kept = classed[~classed["facility_class"].str.match("OTHER|RES")]
    places = gpd.points_from_xy(kept[axes[0]], kept[axes[1]])
    frame = gpd.GeoDataFrame(
        {
            "_origin": origin,
            "_row": range(2, len(kept) + 2),
            "facility_id": kept["uid"].to_numpy(),
            "name": kept["name"].to_numpy(),
            "facility_class": kept["facility_class"].to_numpy(),
            "floor_area_m2": NAN,
            **dict.fromkeys(("opened", "functions", "address", "area_basis")),
        },
        geometry=places,
    )
    return project_frame(frame, crs, "EPSG:4545")


@pytest.mark.parametrize(
    ("name", "code", "stem"),
    [
        ("碑林区南院门街道办事处德福巷社区居委会", "SVC.COMM", "德福巷"),
        ("西安市第一小学", "EDU.PRIMARY", "第一"),
        ("西安市第二小学", "EDU.PRIMARY", "第二"),
        ("好又多", "COM.SUPER", "好又多"),
    ],
)
def test_stems_tell_places_of_a_class_apart(name, code, stem):
    assert name_stem(name, code) == stem


def test_rooms_and_areas_of_a_point_in_review_are_counted_as_left_out(files):
    files.config += SOURCE
    files.serves = pd.DataFrame(
        {"设施": ["F1", "P1", "P2"], "社区": ["C01"] * 3, "份额": ["1", "0.5", "0.5"]}
    )
    files.rooms.insert(4, ["P2", "ELD.STATION", "80", "建筑面积"])
    path = files.write()
    table = pd.DataFrame(POINTS, columns=["uid", "name", "tag", "x", "y"])
    table = table.assign(x=table["x"] + X, y=table["y"] + Y)
    table.to_csv(path.with_name("点位.csv"), index=False)
    district = read_district(path)
    # Of the rows about F1, P1 and P2 the last is about a point in review.
    left = district.rejected.set_index("file")["row"]
    assert left["服务.csv"] == 4
    assert left["用房台账.xlsx"] == 5
    counts = district.row_counts.set_index("table").loc[["serves", "rooms"]]
    assert counts["rows_read"].tolist() == [3, 2]
    assert counts["rows_used"].tolist() == [2, 1]
    assert counts["rows_rejected"].tolist() == [1, 1]
    told = [p for p in district.problems if p.key == "tables.facility_left_out"]
    assert {(p.file, p.row, p.values["value"]) for p in told} == {
        ("服务.csv", 4, "P2"),
        ("用房台账.xlsx", 5, "P2"),
    }

"""Life circles and projects: read, checked, every planted error told."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import box

from lifecircle.tables.config import load_config
from lifecircle.tables.district import check_district, read_district
from lifecircle.tables.places import outside_share

X, Y = 520_000.0, 3_520_000.0

SOURCES = """
[[sources.circles]]
path = "生活圈.gpkg"
crs = "EPSG:4548"
columns = { circle_id = "编号", tier = "层级", name = "名称", build = "类型" }
values.tier = { "十五分钟" = "15min", "街坊" = "block" }
values.build = { "旧区" = "old_city" }

[[sources.projects]]
path = "项目.csv"
encoding = "gbk"
crs = "EPSG:4548"
x = "x"
y = "y"
columns = { project_id = "编号", status = "状态", floor_area_m2 = "建筑面积", \
year = "年份", tier = "级别", facility_class = "类别" }
values.status = { "建成" = "built", "在建" = "under_construction", "待建" = "planned" }
"""


def circles(**changes):
    # Q1 is both communities; Q2 a block; Q3 sticks out: 1,200 m² of 2,000 m².
    columns = {
        "编号": ["Q3", "Q1", "Q2"],
        "层级": ["5min", "十五分钟", "街坊"],
        "名称": [None, "渡口生活圈", "渡口街坊"],
        "类型": [None, "旧区", "new"],
        **changes,
    }
    shapes = [
        box(X + 100, Y - 120, X + 110, Y + 80),
        box(X, Y, X + 2000, Y + 1000),
        box(X + 100, Y + 100, X + 300, Y + 200),
    ]
    return gpd.GeoDataFrame(columns, geometry=shapes, crs="EPSG:4548")


def projects(**changes):
    columns = {
        "编号": ["P2", "P1"],
        "状态": ["在建", "建成"],
        "建筑面积": ["1.2万㎡", "5,000"],
        "年份": ["", "2019年"],
        "级别": ["单元级", ""],
        "类别": ["COM.UNIT", ""],
        "x": [X + 500, X + 600],
        "y": [Y + 500, Y + 600],
        **changes,
    }
    return pd.DataFrame(columns)


@pytest.fixture
def written(files):
    def write(circle_rows=None, project_rows=None, extra=SOURCES):
        files.config += extra
        path = files.write()
        rows = circles() if circle_rows is None else circle_rows
        rows.to_file(path.parent / "生活圈.gpkg", driver="GPKG")
        table = projects() if project_rows is None else project_rows
        table.to_csv(path.parent / "项目.csv", index=False, encoding="gbk")
        return path

    return write


def errors(path):
    found, _ = check_district(path)
    return [problem for problem in found if problem.severity == "error"]


def test_both_tables_come_in_with_their_words_and_sorted(written):
    district = read_district(written())
    found = district.circles
    assert found["circle_id"].tolist() == ["Q1", "Q2", "Q3"]
    assert found["tier"].tolist() == ["15min", "block", "5min"]
    assert found["build"].tolist() == ["old_city", "new", None]
    assert found["name"].tolist() == ["渡口生活圈", "渡口街坊", None]
    # Q3: 120 m of its 200 m lie south of the communities.
    assert found["outside_share"].tolist() == [0.0, 0.0, 0.6]
    planned = district.projects.set_index("project_id")
    assert planned["status"].to_dict() == {"P1": "built", "P2": "under_construction"}
    assert planned["floor_area_m2"].tolist() == [5000.0, 12_000.0]
    assert planned["year"].tolist()[0] == 2019.0
    assert np.isnan(planned["year"].tolist()[1])
    assert planned["facility_class"].tolist() == [None, "COM.UNIT"]
    assert planned["tier"].tolist() == [None, "单元级"]
    assert planned.geometry["P2"].coords[0] == pytest.approx((X + 500, Y + 500))
    assert planned.crs == district.circles.crs == "EPSG:4548"


def test_a_circle_beyond_the_communities_is_a_warning_with_its_share(written):
    found, _ = check_district(written())
    out = [problem for problem in found if problem.key == "tables.circle_outside"]
    assert [(p.severity, p.values["value"], p.values["percent"]) for p in out] == [
        ("warning", "Q3", "60")
    ]


def test_an_unknown_tier_names_the_allowed_ones(written):
    path = written(circles(层级=["20min", "十五分钟", None]))
    found = errors(path)
    assert [(p.key, p.column) for p in found] == [
        ("tables.not_allowed", "层级"),
        ("tables.missing_value", "层级"),
    ]
    # The file's own words first, then ours.
    assert found[0].values["value"] == "20min"
    allowed = found[0].values["allowed"]
    assert allowed == "十五分钟、街坊、15min、10min、5min、block"


def test_planted_errors_of_projects_are_told_at_once(written):
    table = projects(
        编号=["P1", "P1"],
        状态=["停工", ""],
        建筑面积=["", "-5"],
        类别=["COM.UNITS", ""],
    )
    found = {
        (p.key.removeprefix("tables."), p.column, p.row)
        for p in errors(written(project_rows=table))
    }
    # Row 1 of the file is its header.
    assert found == {
        ("not_allowed", "状态", 2),
        ("missing_value", "状态", 3),
        ("missing_value", "建筑面积", 2),
        ("negative", "建筑面积", 3),
        ("unknown_class", "类别", 2),
        ("duplicate_id", "编号", 3),
    }


def test_what_must_be_mapped_is_asked_for_by_the_district_file(files):
    files.config += """
[[sources.circles]]
path = "生活圈.gpkg"
crs = "EPSG:4548"
columns = { circle_id = "编号", teir = "层级" }

[[sources.projects]]
path = "项目.csv"
crs = "EPSG:4548"
x = "x"
y = "y"
columns = { project_id = "编号", status = "状态" }
"""
    _, found = load_config(files.write())
    told = {(p.key.removeprefix("tables."), p.values.get("value")) for p in found}
    assert ("config_column_unmapped", "tier") in told
    assert ("config_column_unmapped", "floor_area_m2") in told
    unknown = [p for p in found if p.key == "tables.config_unknown_column"]
    assert [(p.values["value"], p.values["nearest"]) for p in unknown] == [
        ("teir", "tier")
    ]


def test_a_circle_is_an_area_and_a_project_a_place(written):
    lines = circles()
    lines = lines.set_geometry(lines.boundary)
    assert {p.key for p in errors(written(lines))} == {"tables.geometry_type"}


def test_registers_of_circles_name_circles_that_there_are(written):
    extra = (
        SOURCES
        + """
[[sources.registers]]
path = "登记.csv"
columns = { unit_id = "编号", windows = "窗口" }
constants = { level = "circle" }
"""
    )
    path = written(extra=extra)
    register = pd.DataFrame({"编号": ["Q1", "Q9"], "窗口": ["4", "2"]})
    register.to_csv(path.parent / "登记.csv", index=False)
    district = read_district(path)
    assert district.registers[["level", "unit_id", "value"]].to_numpy().tolist() == [
        ["circle", "Q1", 4.0]
    ]
    assert "tables.unknown_unit" in {problem.key for problem in district.problems}


def test_ground_outside_overlapping_areas_is_counted_once():
    # 100 m² of ground; areas cover 0 to 6 m and 4 to 7 m: 3 m by 10 m are outside.
    shapes = np.array([box(0, 0, 10, 10), None], dtype=object)
    areas = np.array([box(0, 0, 6, 10), box(4, 0, 7, 10), None], dtype=object)
    share = outside_share(shapes, areas)
    assert share[0] == 0.3
    assert np.isnan(share[1])

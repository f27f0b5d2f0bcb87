"""One district with many planted errors: every one is named, in one call."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely import LineString, Point, Polygon, box
from typer.testing import CliRunner

from lifecircle.cli import app
from lifecircle.evidence import REJECTED
from lifecircle.tables.district import DistrictError, check_district, read_district
from lifecircle.text import problem_lines

X, Y = 520_000.0, 3_520_000.0


def _find(problems, key, **where):
    hits = [
        p
        for p in problems
        if p.key == f"tables.{key}"
        and all(getattr(p, name) == value for name, value in where.items())
    ]
    assert len(hits) == 1, (key, where, [p for p in problems if key in p.key])
    return hits[0]


@pytest.fixture
def spoiled(files):
    """Errors of 20 kinds, in every table; numbered as in the test below."""
    files.buildings["户数"] = ["-3", "约40", None, None, "36"]  # 1, 2
    files.buildings["编号"] = ["B1", "B2", "B3", "B1", "B5"]  # 3 duplicate
    files.buildings["小区"] = ["K1", None, "K7", None, "K2"]  # 4 unknown compound
    shapes = list(files.buildings.geometry)
    shapes[4] = Point(X + 1500, Y + 3000)  # 5 outside every community
    shapes[1] = Polygon(  # 6 bow tie: crosses itself at X + 170, Y + 170
        [(X + 160, Y + 160), (X + 180, Y + 180), (X + 180, Y + 160), (X + 160, Y + 180)]
    )
    files.buildings = files.buildings.set_geometry(shapes, crs="EPSG:4548")
    files.communities = files.communities.set_geometry(  # 7 overlap 10 m x 1000 m
        [box(X, Y, X + 1010, Y + 1000), box(X + 1000, Y, X + 2000, Y + 1000)],
        crs="EPSG:4548",
    )
    files.communities["类型"] = ["城区", "城镇"]  # 8 not allowed
    files.facilities["类别"] = ["社区中心", "老年食坛", "ELD.CANTEN"]  # 9, 10 classes
    files.facilities.loc[0, "启用"] = "去年"  # 11 not a year
    files.rooms += [
        ["F9", "ELD.STATION", 200, "建筑面积"],  # 12 unknown facility
        ["F1", "ELD.CANTEEN", "大约五十", "套内"],  # 13 not a number, 14 not allowed
    ]
    files.serves.loc[1, "份额"] = "0.5"  # 15 0.75 + 0.5 = 1.25
    files.serves.loc[len(files.serves)] = ["F2", "C20", "1"]  # 16 unknown community
    files.serves.loc[len(files.serves)] = ["F2", "C02", "50"]  # 17 share 50, not 0.5
    files.roads.loc[3] = {"编号": "R4", "类型": "path", "geometry": None}  # 18
    files.gates = files.gates.set_geometry(  # 19 40 m off the wall; 20 K1 gateless
        [Point(X + 250, Y + 440)], crs="EPSG:4548"
    )
    files.config = files.config.replace("max_off_road", "max_off_rood")
    return files


def test_every_planted_error_is_named_with_its_place(spoiled):
    problems, rejected = check_district(spoiled.write())

    def at(key, file, row, column="", layer=""):
        return _find(problems, key, file=file, row=row, column=column, layer=layer)

    base = "底图.gpkg"
    assert at("negative", base, 1, "户数", "楼栋").values["value"] == "-3"
    assert at("not_a_number", base, 2, "户数", "楼栋").values["value"] == "约40"
    double = at("duplicate_id", base, 4, "编号", "楼栋").values
    # the first B1 has a fault of its own and is still the first
    assert (double["value"], double["other_row"]) == ("B1", 1)
    unknown = at("unknown_compound_id", base, 3, "小区", "楼栋").values
    assert (unknown["value"], unknown["nearest"]) in {("K7", "K1"), ("K7", "K2")}
    assert at("building_outside", base, 5, "编号", "楼栋").values["value"] == "B5"
    crossing = at("geometry_self_intersection", base, 2, layer="楼栋").values
    assert (crossing["x"], crossing["y"]) == ("520170", "3520170")
    overlap = at("topology_overlap", "社区.shp", 2, "社区编码")
    assert overlap.severity == "warning"
    # 10 m x 1000 m
    area = float(overlap.values["area"].replace(",", ""))
    assert area == pytest.approx(10_000, abs=2)
    kind = at("not_allowed", "社区.shp", 2, "类型").values
    assert kind["value"] == "城镇"
    assert "城区" in kind["allowed"]
    first = at("unknown_class", "设施.csv", 3, "类别").values
    assert (first["value"], first["nearest"]) == ("老年食坛", "ELD.CANTEEN（老年食堂）")
    second = at("unknown_class", "设施.csv", 4, "类别").values
    assert (second["value"], second["nearest"]) == (
        "ELD.CANTEN",
        "ELD.CANTEEN（老年食堂）",
    )
    assert at("not_a_year", "设施.csv", 2, "启用").values["value"] == "去年"
    book, sheet = "用房台账.xlsx", "用房"
    # title rows 1 and 2, header 3, F1 in 4, a blank row 5, planted rows 6 and 7
    lost = at("unknown_facility_id", book, 6, "设施编号", sheet).values
    assert lost["value"] == "F9"
    area = at("not_a_number", book, 7, "建筑面积（㎡）", sheet)
    assert (area.values["value"], area.values["ours"]) == ("大约五十", "floor_area_m2")
    assert at("not_allowed", book, 7, "口径", sheet).values["value"] == "套内"
    over = at("out_of_range", "服务.csv", 5, "份额").values
    assert (over["value"], over["most"]) == ("50", "1")
    assert at("unknown_community_id", "服务.csv", 4, "社区").values["value"] == "C20"
    # 0.75 + 0.5 = 1.25, cited at the facility's last row, although F1 has a fault
    total = at("serves_over_one", "服务.csv", 3, "份额").values
    assert (total["value"], total["facility"]) == ("1.25", "F1")
    assert at("geometry_missing", "道路.gpkg", 4, layer="道路").severity == "error"
    far = at("gate_without_wall", "大门.geojson", 1).values
    assert (far["value"], far["m"]) == ("G1", "40")
    # the five buildings of both communities are spoiled: nothing could be counted
    sums = at("totals_differ", "社区.shp", 1, "户数").values
    assert (sums["value"], sums["sum"], sums["left_out"]) == ("150", "0", 4)
    bare = at("gated_without_gate", base, 1, "封闭", "小区")
    assert (bare.values["value"], bare.severity) == ("K1", "warning")
    assert len({p.key for p in problems}) >= 12
    for problem in problems:
        for language in ("zh", "en"):
            assert all(problem_lines(problem, language))
    assert list(rejected.columns) == [*REJECTED, "geometry"]
    row = rejected[(rejected["file"] == base) & (rejected["row"] == 1)].iloc[0]
    assert row["reason"] == "tables.negative"
    assert "编号=B1" in row["cells"]
    assert "户数=-3" in row["cells"]


def test_reading_raises_with_all_problems(spoiled):
    path = spoiled.write()
    with pytest.raises(DistrictError, match="errors in all") as caught:
        read_district(path)
    problems, _ = check_district(path)
    assert list(caught.value.problems) == problems
    assert len(caught.value.rejected) > 0


def test_a_fault_of_the_district_file_does_not_hide_those_of_the_tables(files):
    files.config = files.config.replace("[rules]", "[rules]\nadpot = []")
    files.buildings.loc[0, "户数"] = "-3"
    problems, _ = check_district(files.write())
    unknown = _find(problems, "config_unknown_key", file="district.toml")
    assert unknown.values["setting"] == "rules.adpot"
    assert unknown.values["nearest"] == "adopt"
    assert _find(problems, "negative", row=1).values["value"] == "-3"


def test_one_fault_gives_one_problem(files):
    # A communities file that cannot be read must not make every building "outside".
    files.config = files.config.replace('path = "社区.shp"', 'path = "社区界.shp"')
    problems, _ = check_district(files.write())
    errors = [p for p in problems if p.severity == "error"]
    assert [p.key for p in errors] == ["tables.file_missing"]
    assert errors[0].values["nearest"] == "社区.shp"


def test_a_layer_in_a_wrong_zone_is_one_problem(files):
    # zone 38 (CM 114E) read as CM 117E: 3 degrees, some 285 km to the east
    files.config = files.config.replace(
        'path = "道路.gpkg"\ncrs = "EPSG:4548"', 'path = "道路.gpkg"\ncrs = "EPSG:4549"'
    )
    problems, rejected = check_district(files.write())
    errors = [p for p in problems if p.severity == "error"]
    assert [p.key for p in errors] == ["tables.crs_contradiction"]
    assert errors[0].values["found"] == "CGCS2000 / 3-degree Gauss-Kruger CM 117E"
    assert rejected["reason"].tolist() == ["tables.crs_contradiction"] * 3


def test_a_layer_far_from_the_communities_is_one_problem(files):
    # facilities of the next city: 0.1 degrees, about 11 km to the north
    files.facilities["纬度"] = [
        f"{float(y) + 0.1:.6f}" for y in files.facilities["纬度"]
    ]
    problems, rejected = check_district(files.write())
    errors = [p for p in problems if p.severity == "error"]
    assert [(p.key, p.file, p.row) for p in errors] == [
        ("tables.layer_far", "设施.csv", None)
    ]
    reasons = rejected.groupby("file")["reason"].unique().map(list).to_dict()
    assert reasons.pop("设施.csv") == ["tables.layer_far"]
    # Rooms and areas served of these facilities go with them, and are counted.
    assert reasons == {
        "用房台账.xlsx": ["tables.facility_left_out"],
        "服务.csv": ["tables.facility_left_out"],
    }


def test_one_swapped_point_is_named_by_its_row(files):
    files.facilities.loc[1, ["经度", "纬度"]] = files.facilities.loc[
        1, ["纬度", "经度"]
    ].to_numpy()
    problems, _ = check_district(files.write())
    errors = [p for p in problems if p.severity == "error"]
    assert [(p.key, p.row) for p in errors] == [("tables.crs_swapped", 3)]


def test_a_row_without_coordinates_is_one_error(files):
    files.facilities.loc[[0, 1], "经度"] = ""
    files.facilities.loc[[1, 2], "纬度"] = ""
    problems, _ = check_district(files.write())
    found = [p for p in problems if p.key == "tables.missing_value"]
    # F1 lacks the one, F2 both, F3 the other
    assert [(p.row, p.column) for p in found] == [(2, "经度"), (3, "经度"), (4, "纬度")]


def test_zero_length_roads_are_left_out_and_counted(files):
    files.roads.loc[3] = {
        "编号": "R4",
        "类型": "path",
        "geometry": LineString([(X, Y), (X, Y)]),
    }
    district = read_district(files.write())
    assert district.roads["road_id"].tolist() == ["R1", "R2", "R3"]
    assert district.rejected["reason"].tolist() == ["tables.line_no_length"]


def test_a_gate_far_from_the_compound_that_it_names_is_a_warning(files):
    files.gates["小区"] = ["K2"]
    files.config = files.config.replace(
        'columns = { gate_id = "编号" }',
        'columns = { gate_id = "编号", compound_id = "小区" }',
    )
    problems, _ = check_district(files.write())
    far = _find(problems, "gate_far", file="大门.geojson", row=1)
    # the gate at X + 250, Y + 404; K2's nearest corner at X + 1100, Y + 400: 850 m
    assert (far.values["compound"], far.values["m"]) == ("K2", "850")
    assert far.severity == "warning"


def test_the_command_shows_all_of_them_and_no_traceback(spoiled):
    path = spoiled.write()
    problems, rejected = check_district(path)
    shown = CliRunner().invoke(app, ["check", str(path)])
    assert shown.exit_code == 1
    assert isinstance(shown.exception, SystemExit)
    assert "Traceback" not in shown.output
    for problem in problems:
        where, what, fix = problem_lines(problem, "zh")
        assert where in shown.stderr
        assert what in shown.stderr
        assert fix in shown.stderr
    kinds = {problem.key for problem in problems if problem.severity == "error"}
    assert len(kinds) >= 12
    assert f"共 {sum(p.severity == 'error' for p in problems)} 个错误" in shown.stderr
    written = pd.read_csv(path.with_name(f"{path.stem}.rejected.csv"))
    assert len(written) == len(rejected) > 0
    assert list(written.columns) == list(REJECTED)
    map_path = path.with_name(f"{path.stem}.rejected.gpkg")
    drawn = [
        gpd.read_file(map_path, layer=name) for name in gpd.list_layers(map_path).name
    ]
    assert sum(map(len, drawn)) == rejected.geometry.notna().sum() > 0
    for layer in drawn:
        pairs = zip(layer["file"], layer["row"], strict=True)
        found = rejected.set_index(["file", "row"]).geometry
        assert all(
            shape.equals(found[pair])
            for shape, pair in zip(layer.geometry, pairs, strict=True)
        )
        assert not layer["reason"].str.startswith("tables.").any()

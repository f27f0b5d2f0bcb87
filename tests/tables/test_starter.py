"""First contact with files: what they seem to be, and a district file that runs."""

import shutil
import tomllib
from pathlib import Path

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
import shapely

from lifecircle.errors import SourceError
from lifecircle.tables.district import check_district, read_district
from lifecircle.tables.folder import metric_crs, survey, survey_folder
from lifecircle.tables.guess import guess
from lifecircle.tables.guess_crs import guess_crs
from lifecircle.tables.starter import starter
from lifecircle.tables.survey import Layer, look_at
from lifecircle.tables.zones import three_degree_zone

DEMO = Path(__file__).parents[2] / "data" / "demo"


def only(path):
    (layer,) = look_at(path)
    return layer


@pytest.mark.parametrize("codec", ["gbk", "utf-8", "utf-8-sig"])
def test_the_encoding_of_a_text_file_is_seen_in_its_bytes(tmp_path, codec):
    path = tmp_path / "楼栋.csv"
    path.write_bytes("楼栋编号,户数\nA1,12\n".encode(codec))
    layer = only(path)
    assert layer.names == ("楼栋编号", "户数")
    assert layer.encoding == codec.removesuffix("-sig")
    assert layer.rows == 1


def test_the_header_row_is_found_below_title_rows(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["青溪区社区情况一览表"])
    sheet.append(["填报单位：民政局", None, None, "单位：户"])
    sheet.append(["社区编号", "社区名称", "街道", "总户数"])
    sheet.append(["C1", "钟楼社区", "城关街道", 1200])
    book.save(tmp_path / "社区.xlsx")
    layer = only(tmp_path / "社区.xlsx")
    assert layer.header_row == 3
    assert layer.rows == 1
    assert layer.samples[3] == [1200]


@pytest.mark.parametrize("label", ["GBK", "UTF-8", None])
def test_a_shapefile_says_its_encoding_or_shows_it(tmp_path, label):
    frame = gpd.GeoDataFrame(
        {"编号": ["C1"], "名称": ["钟楼社区"]},
        geometry=[shapely.box(0, 0, 1, 1)],
        crs="EPSG:4490",
    )
    path = tmp_path / "界.shp"
    frame.to_file(path, encoding=label or "gbk")
    if label is None:
        path.with_suffix(".cpg").unlink()
    layer = only(path)
    assert layer.names == ("编号", "名称")
    assert layer.samples[1] == ["钟楼社区"]
    assert layer.encoding_from == ("cpg" if label else "bytes")


def test_a_broken_file_is_one_layer_with_its_fault(tmp_path):
    path = tmp_path / "楼栋.xlsx"
    path.write_bytes(b"this is no workbook")
    layer = only(path)
    assert layer.fault.key == "file_unreadable"
    assert "zip" in layer.fault.values["reason"]
    assert guess(layer).table == ""


@pytest.mark.parametrize(
    ("name", "header", "row", "table"),
    [
        ("ld.csv", "楼栋编码,层数,x,y", "1,6,117.2,31.8", "buildings"),
        ("POI.csv", "uid,name,类型,lng,lat", "1,甲,药店,117,31", "facilities"),
        ("2024年小区.csv", "小区名称,经度,纬度", "甲,117.2,31.8", "compounds"),
        ("用房.csv", "设施编号,用房类别,建筑面积(㎡)", "1,药店,3", "rooms"),
        ("a.csv", "foo,bar", "1,2", ""),
    ],
)
def test_a_table_is_known_by_its_name_and_columns(tmp_path, name, header, row, table):
    (tmp_path / name).write_text(f"{header}\n{row}\n", encoding="utf-8")
    assert guess(only(tmp_path / name)).table == table


def test_a_column_is_taken_only_if_its_cells_fit(tmp_path):
    # 编号 repeats, so it is no id; 户数 holds words, so it is no count.
    path = tmp_path / "楼栋.csv"
    path.write_text(
        "编号,objectid,户数,套数\n1,7,多,12套\n1,8,少,9\n", encoding="utf-8"
    )
    layer = only(path)
    found = guess(
        Layer(path, names=layer.names, samples=layer.samples, shapes=("Point",))
    )
    assert found.columns == {"building_id": "objectid", "units": "套数"}


def test_names_that_a_shapefile_cut_off_are_known():
    layer = Layer(
        Path("楼栋.shp"),
        names=("楼栋编", "floor_area"),  # ten bytes: of 楼栋编号, of floor_area_m2
        samples=(["1"], [90.0]),
        shapes=("Polygon",),
    )
    assert guess(layer).columns == {
        "building_id": "楼栋编",
        "floor_area_m2": "floor_area",
    }


@pytest.mark.parametrize(
    ("x", "y", "declared", "key"),
    [
        (117.25, 31.85, "EPSG:4490", "crs_degrees"),
        (31.85, 117.25, "EPSG:4490", "crs_degrees"),  # swapped
        (39_523_600.0, 3_525_000.0, "EPSG:4527", "crs_zone"),  # 3 degrees, 117 E
        (20_523_600.0, 3_525_000.0, "EPSG:4498", "crs_zone"),  # 6 degrees, 117 E
        (523_600.0, 3_525_000.0, "", "crs_metres"),
        (7.0, 3.0, "", "crs_unknown"),
    ],
)
def test_coordinates_are_guessed_by_their_numbers(x, y, declared, key):
    layer = Layer(Path("a.csv"), names=("x", "y"), samples=([x], [y]))
    found = guess_crs(layer, {}, axes=("x", "y"))
    assert (found.declared, found.key) == (declared, key)


def test_zones_are_those_of_the_registry():
    for code, lon in (("EPSG:4534", 75), ("EPSG:4548", 117), ("EPSG:4554", 135)):
        assert three_degree_zone(lon) == code
    from pyproj import CRS

    assert CRS.from_user_input(three_degree_zone(108.9)).name.endswith("CM 108E")
    assert CRS.from_epsg(4527).name == "CGCS2000 / 3-degree Gauss-Kruger zone 39"
    assert CRS.from_epsg(4498).name == "CGCS2000 / Gauss-Kruger zone 20"


def test_the_axes_own_names_beat_the_other_columns():
    names = ("bd_lng", "bd_lat", "wgs_lng", "wgs_lat")
    layer = Layer(Path("点.csv"), names=names, samples=([1], [2], [109.0], [34.0]))
    datums = {"bd09": ["bd_"], "EPSG:4326": ["wgs"]}
    assert guess_crs(layer, datums, axes=names[2:]).declared == "EPSG:4326"
    assert guess_crs(layer, datums, axes=names[:2]).declared == "bd09"


@pytest.fixture(scope="module")
def drafted(tmp_path_factory):
    """The demo's files without their district file, and the one drafted for them."""
    folder = tmp_path_factory.mktemp("青溪区")
    for path in DEMO.iterdir():
        if path.suffix not in (".toml", ".md"):
            shutil.copy(path, folder)
    (folder / "district.toml").write_text(starter(folder).text, encoding="utf-8")
    return folder / "district.toml"


def test_the_drafted_file_gives_the_same_district_as_the_one_by_hand(drafted):
    problems, _ = check_district(drafted)
    assert [found for found in problems if found.severity == "error"] == []
    ours, theirs = read_district(drafted), read_district(DEMO / "district.toml")
    for table in ("communities", "compounds", "roads", "gates", "grids", "circles"):
        got, wanted = getattr(ours, table), getattr(theirs, table)
        assert got.geometry.geom_equals(wanted.geometry).all(), table
        skipped = ["geometry", "household_basis"]
        pd.testing.assert_frame_equal(
            pd.DataFrame(got.drop(columns=skipped, errors="ignore")),
            pd.DataFrame(wanted.drop(columns=skipped, errors="ignore")),
        )
    # 邻里中心 is a synonym of two classes: left for a person to decide.
    wanted = theirs.facility_classes.replace("COM.NEIGH", "OTHER")
    pd.testing.assert_frame_equal(ours.facility_classes, wanted)
    assert "facility_class 中未认出的值：邻里中心" in drafted.read_text("utf-8")


def test_every_line_of_the_draft_is_of_one_sentence(drafted):
    text = drafted.read_text("utf-8")
    assert tomllib.loads(text)["district"]["crs"] == "EPSG:4548"
    assert "# 依据：文件名有“社区”；认出列 社区编码" in text
    assert "请确认：坐标系：约 (117.25" in text
    english = starter(drafted.parent, "en").text
    assert "Please confirm: coordinates: about (117.25" in english


def test_hostile_names_stay_text(tmp_path):
    nasty = 'a"]\n[district]\nid = "x"\u202e'
    book = openpyxl.Workbook()
    book.active.append([nasty, "楼栋编号", "经度", "纬度", "=cmd|' /C calc'!A0"])
    book.active.append(["1", "甲", 117.2, 31.8, "2"])
    book.active.title = "楼栋 \"#'="
    book.create_sheet("空")
    book.save(tmp_path / "楼栋.xlsx")
    text = starter(tmp_path).text
    told = tomllib.loads(text)
    assert told["district"]["id"] == tmp_path.name
    assert set(told) == {"district", "households", "rules", "sources"}
    assert told["sources"]["buildings"][0]["sheet"] == "楼栋 \"#'="
    assert "[district] id" in text  # the name, in one comment line
    assert "\u202e" not in text


def test_a_table_without_ids_is_numbered_by_file_and_row(tmp_path):
    frame = gpd.read_file(DEMO / "楼栋.shp", encoding="gbk").head(3)
    frame[["户数", "geometry"]].to_file(tmp_path / "楼栋.gpkg")
    text = starter(tmp_path).text
    assert 'building_id = "@row"' in text
    assert "没有编号列" in text
    shutil.copytree(DEMO, tmp_path / "demo")
    toml = (DEMO / "district.toml").read_text("utf-8")
    own = tmp_path / "demo" / "district.toml"
    own.write_text(
        toml.replace('building_id = "楼栋编码"', 'building_id = "@row"'), "utf-8"
    )
    read = read_district(own)
    assert read.buildings["building_id"].is_unique
    assert read.buildings["building_id"].str.match(r"楼栋-\d+$").all()


def test_an_empty_folder_is_our_error(tmp_path):
    with pytest.raises(SourceError, match="no file of a type"):
        survey_folder(tmp_path)
    with pytest.raises(SourceError, match="no such folder"):
        starter(tmp_path / "none")


@pytest.mark.parametrize(
    ("lon", "lat", "written", "crs"),
    [
        (117.2, 31.8, "EPSG:4326", "EPSG:4548"),
        (117.2, 31.8, "EPSG:3857", "EPSG:4548"),  # Web Mercator measures nothing
        (117.2, 31.8, "EPSG:32650", "EPSG:32650"),
        (24.9, 60.2, "EPSG:4326", "EPSG:32635"),
        (-58.4, -34.6, "EPSG:4326", "EPSG:32721"),
    ],
)
def test_the_metric_system_is_one_of_the_place(tmp_path, lon, lat, written, crs):
    square = gpd.GeoSeries([shapely.box(lon, lat, lon + 0.1, lat + 0.1)], crs=4326)
    path = tmp_path / "社区.gpkg"
    gpd.GeoDataFrame({"社区名称": ["甲"]}, geometry=square).to_crs(written).to_file(
        path
    )
    assert metric_crs(survey([path]))[0] == crs


def test_absent_tables_and_unknown_files_are_named(tmp_path):
    shutil.copy(DEMO / "地图点位.csv", tmp_path)
    (tmp_path / "杂.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    draft = starter(tmp_path)
    assert draft.absent == ("communities", "buildings", "roads")
    assert "没有找到 communities" in draft.text
    assert "未用 杂.csv：认不出是哪张表。" in draft.text


def test_real_points_of_a_map_service_are_known(real_folder):
    found = {
        name: survey([real_folder / name])[0].guess
        for name in (
            "hefei/compounds_bd09.csv",
            "xian/core3_compounds_wgs84.csv",
            "xian/roads_osm_xian.shp",
            "xian/poi_oldtown_bd09_wgs84_pairs.csv",
        )
    }
    assert [(one.table, one.crs.declared, one.x) for one in found.values()] == [
        ("compounds", "bd09", "lng_raw"),
        ("compounds", "EPSG:4326", "lng"),
        ("roads", "EPSG:32649", ""),
        ("facilities", "EPSG:4326", "wgs_lng"),
    ]


def test_labels_of_a_map_service_become_its_provider(tmp_path):
    path = tmp_path / "高德点位.csv"
    path.write_text(
        "id,name,typecode,lng,lat\n1,甲药店,090601,117.2,31.8\n2,乙超市,060400,117.2,31.8\n",
        encoding="utf-8",
    )
    (entry,) = tomllib.loads(starter(tmp_path).text)["sources"]["facilities"]
    assert entry["provider"] == "amap"
    assert entry["columns"]["source_label"] == "typecode"
    assert "facility_class" not in entry["columns"]
    assert entry["crs"] == "gcj02"


LEVELS = ["医疗保健服务", "医药保健销售店", "药房"], ["购物服务", "超级市场", "华润"]


@pytest.mark.parametrize(
    "heads",
    [
        ("大类", "中类", "小类"),
        ("type1", "type2", "type3"),
        ("一级分类", "二级分类", "三级分类"),
        ("Type_1", "Type_2", "Type_3"),
    ],
)
def test_labels_in_a_column_a_level_become_one(tmp_path, heads):
    head = ",".join(["id", "name", *heads, "lng", "lat"])
    rows = [
        ",".join([name, name, *levels, "117.2", "31.8"])
        for name, levels in zip(("甲药店", "乙超市"), LEVELS, strict=True)
    ]
    (tmp_path / "高德点位.csv").write_text("\n".join([head, *rows]), encoding="utf-8")
    text = starter(tmp_path).text
    (entry,) = tomllib.loads(text)["sources"]["facilities"]
    assert entry["provider"] == "amap"
    assert entry["columns"]["source_label"] == ";".join(heads)
    assert not {"facility_class", "functions"} & {*entry["columns"]}
    assert "、".join(heads[1:]) not in text  # none is said to be unused


def test_levels_of_another_list_are_no_labels(tmp_path):
    path = tmp_path / "设施.csv"
    rows = "编号,名称,大类,小类,lng,lat\n1,甲,文化,书屋,117.2,31.8\n"
    path.write_text(rows, encoding="utf-8")
    (entry,) = tomllib.loads(starter(tmp_path).text)["sources"]["facilities"]
    assert "provider" not in entry
    assert entry["columns"]["facility_class"] == "大类"


def test_real_points_of_a_map_service_are_classed_by_its_labels(real_folder):
    (one,) = survey([real_folder / "xian" / "poi_baidu_xian_wgs84.csv"])
    assert one.guess.provider == "baidu"
    assert one.guess.columns["source_label"] == "tag"
    assert one.guess.missing == ()

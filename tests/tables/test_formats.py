"""Every format that a planner's files come in, read as what was written.

``old.xls`` is a workbook of the old binary format: a title over all columns,
headings of two rows (户数 over 户籍 and 常住), a community merged over two rows, and
one number merged over two rows. No kept library writes that format any more.
"""

import zipfile
from pathlib import Path

import geopandas as gpd
import numpy as np
import openpyxl
import pyogrio
import pytest
import shapely

from lifecircle.model import Source
from lifecircle.tables.files import SUFFIXES, FileFault, read_file
from lifecircle.tables.ledger import Ledger
from lifecircle.tables.read import read_source
from lifecircle.tables.survey import look_at

OLD = Path(__file__).with_name("old.xls")


@pytest.fixture
def compounds():
    shapes = [shapely.box(x, 31.8, x + 0.001, 31.802) for x in (117.2, 117.21)]
    return gpd.GeoDataFrame(
        {"编号": ["K1", "K2"], "名称": ["桃园小区", "杏花苑"], "户数": [120, 340]},
        geometry=shapes,
        crs="EPSG:4490",
    )


def read(path, table="compounds", **keys):
    return read_file(Source(table, path, **keys))


def column(found, name):
    return list(found.cells[found.names.index(name)])


def assert_same(found, frame):
    assert column(found, "名称") == list(frame["名称"])
    assert [int(cell) for cell in column(found, "户数")] == list(frame["户数"])
    wanted = frame.geometry.to_numpy()
    away = shapely.symmetric_difference(shapely.force_2d(found.geometry), wanted)
    assert (shapely.area(away) < 1e-8 * shapely.area(wanted)).all()


def zipped(path, folder, inner=""):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as box:
        for part in sorted(folder.iterdir()):
            box.write(part, f"{inner}{part.name}")
    return path


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
@pytest.mark.parametrize("inner", ["", "数据/2024/"])
def test_a_zipped_shapefile(tmp_path, compounds, encoding, inner):
    folder = tmp_path / "in"
    folder.mkdir()
    compounds.to_file(folder / "小区.shp", encoding=encoding)
    found = read(zipped(tmp_path / "小区.zip", folder, inner))
    assert_same(found, compounds)
    assert found.crs.to_epsg(min_confidence=25) == 4490
    (folder / "小区.cpg").unlink()
    bare = zipped(tmp_path / "bare.zip", folder)
    assert_same(read(bare, encoding=encoding), compounds)
    with pytest.raises(FileFault) as fault:
        read(bare, encoding="gbk" if encoding == "utf-8" else "utf-8")
    assert fault.value.key == "encoding_other"


def test_a_zip_of_several_layers_asks_which(tmp_path, compounds):
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("小区.shp", "大门.shp"):
        compounds.to_file(folder / name, encoding="utf-8")
    path = zipped(tmp_path / "all.zip", folder)
    with pytest.raises(FileFault) as fault:
        read(path)
    assert fault.value.key == "layer_unnamed"
    assert_same(read(path, layer="小区"), compounds)
    assert [layer.name for layer in look_at(path)] == ["大门", "小区"]


def test_a_zip_bomb_is_not_read(tmp_path):
    path = tmp_path / "小区.zip"
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as box,
        box.open("小区.shp", "w", force_zip64=True) as part,
    ):
        for _ in range(1100):
            part.write(bytes(1_000_000))
    assert path.stat().st_size < 1_500_000
    with pytest.raises(FileFault) as fault:
        read(path)
    assert fault.value.key == "file_too_large"


def test_a_zip_never_reaches_outside_itself(tmp_path, compounds):
    folder = tmp_path / "in"
    folder.mkdir()
    compounds.to_file(folder / "小区.shp", encoding="utf-8")
    path = zipped(tmp_path / "evil.zip", folder, "../../")
    with pytest.raises(FileFault) as fault:
        read(path)
    assert fault.value.key == "zip_without_layers"
    assert sorted(part.name for part in tmp_path.iterdir()) == ["evil.zip", "in"]


@pytest.mark.parametrize(
    ("name", "driver"),
    [
        ("小区.gpkg", "GPKG"),
        ("小区.gdb", "OpenFileGDB"),
        ("小区.geojson", "GeoJSON"),
        ("小区.kml", "LIBKML"),
    ],
)
def test_layers_of_each_format(tmp_path, compounds, name, driver):
    path = tmp_path / name
    frame = compounds.to_crs("EPSG:4326")  # KML and GeoJSON know no other
    frame["户数"] = frame["户数"].astype("int32")
    options = {} if driver == "GeoJSON" else {"layer": "小区"}
    frame.to_file(path, driver=driver, **options)
    assert_same(read(path), compounds)
    (layer,) = look_at(path)
    assert layer.rows == 2
    assert layer.shapes in (("Polygon",), ("MultiPolygon",))


def test_a_kmz_file_as_earth_viewers_save_it(tmp_path, compounds):
    folder = tmp_path / "in"
    folder.mkdir()
    compounds.to_crs("EPSG:4326").to_file(folder / "doc.kml", driver="LIBKML")
    assert_same(read(zipped(tmp_path / "小区.kmz", folder)), compounds)


def test_a_geoparquet_file(tmp_path, compounds):
    path = tmp_path / "小区.parquet"
    compounds.to_parquet(path)
    found = read(path)
    assert_same(found, compounds)
    assert found.crs.to_epsg() == 4490
    (layer,) = look_at(path)
    assert (layer.rows, layer.shapes) == (2, ("Polygon",))
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(FileFault) as fault:
        read(path)
    assert fault.value.key == "file_unreadable"


@pytest.fixture(params=["utf-8", "gbk"])
def drawing(request, tmp_path):
    """A drawing: two closed lines on 小区, an open line and a ring on 道路 中线."""
    lines = [
        shapely.LineString([(0, 0), (100, 0), (100, 50), (0, 50), (0, 0)]),
        shapely.LineString([(200, 0), (300, 0), (300, 50), (200, 0)]),
        shapely.LineString([(0, 60), (300, 60)]),
        shapely.LineString([(0, 70), (9, 70), (9, 80), (0, 70)]),
    ]
    names = ["小区", "小区", "道路 中线", "道路 中线"]
    frame = gpd.GeoDataFrame({"Layer": names}, geometry=lines, crs="EPSG:4548")
    path = tmp_path / "总图.dxf"
    frame.to_file(path, driver="DXF")
    path.write_bytes(path.read_bytes().decode().encode(request.param))
    return path, request.param


def test_a_drawing_is_read_by_its_layers_names(drawing):
    path, encoding = drawing
    found = read(path, layer="小区", encoding=encoding)
    # 100 x 50, and half of it.
    assert list(shapely.area(found.geometry)) == [5000.0, 2500.0]
    with pytest.raises(FileFault) as fault:
        read(path, layer="小区", encoding="gbk" if encoding == "utf-8" else "")
    assert fault.value.key == "encoding_other"
    roads = read(path, table="roads", layer="道路 中线", encoding=encoding)
    assert list(shapely.get_type_id(roads.geometry)) == [1, 1]
    assert sum(shapely.length(roads.geometry)) == pytest.approx(
        300 + 9 + 10 + np.hypot(9, 10)
    )
    with pytest.raises(FileFault) as fault:
        read(path)
    assert fault.value.key == "layer_unnamed"
    layers = look_at(path)
    assert {layer.name for layer in layers} == {"小区", "道路 中线"}
    assert {layer.encoding for layer in layers} == {encoding}


def test_an_old_workbook_with_headings_of_two_rows():
    found = read(OLD, "buildings", sheet="楼栋", header_row=2, header_rows=2)
    assert found.names == [
        "社区名称",
        "楼栋编号",
        "户数-户籍",
        "户数-常住",
        "经度",
        "纬度",
    ]
    assert column(found, "社区名称") == ["钟楼社区"] * 2 + ["北关社区"] * 2
    assert column(found, "户数-户籍") == [120.0, "１３０户", 200.0, 200.0]
    assert list(found.rows) == [4, 5, 6, 7]
    # 户籍 of rows 6 and 7 is one cell, and so is the community of rows 4 and 5.
    assert found.merged == {(4, 0), (5, 0), (6, 2), (7, 2)}
    (layer, _) = look_at(OLD)
    assert (layer.header_row, layer.header_rows, layer.rows) == (2, 2, 4)
    assert (
        column(read(OLD, "registers", sheet="说明"), "本表由统计站填报")[0].year == 2024
    )


def test_merged_cells_of_a_new_workbook(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "A&B <1>"  # a name that XML has to escape
    for row in (
        ["青溪区", None, None],
        ["社区", "户数", None],
        [None, "户籍", "常住"],
        ["钟楼", 10, 12],
        [None, 20, 24],
    ):
        sheet.append(row)
    for merged in ("A1:C1", "A2:A3", "B2:C2", "A4:A5"):
        sheet.merge_cells(merged)
    book.save(tmp_path / "表.xlsx")
    found = read(tmp_path / "表.xlsx", "registers", header_row=2, header_rows=2)
    assert found.names == ["社区", "户数-户籍", "户数-常住"]
    assert column(found, "社区") == ["钟楼", "钟楼"]
    assert column(found, "户数-常住") == [12, 24]
    (layer,) = look_at(tmp_path / "表.xlsx")
    assert (layer.header_row, layer.header_rows) == (2, 2)


def test_a_number_merged_over_rows_is_an_error_of_them(files):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["编号", "户数"], ["B1", 300], ["B2", None], ["B3", 40]):
        sheet.append(row)
    sheet.merge_cells("B2:B3")
    book.save(files.folder / "户.xlsx")
    ledger = Ledger()
    source = Source(
        "registers",
        files.folder / "户.xlsx",
        columns={"unit_id": "编号", "staff": "户数"},
        constants={"level": "community"},
    )
    read_source(source, base=files.folder, target="EPSG:4548", ledger=ledger)
    told = [(p.key, p.row) for p in ledger.problems if p.key == "tables.number_merged"]
    assert told == [("tables.number_merged", 2), ("tables.number_merged", 3)]


@pytest.mark.parametrize("suffix", [one for one in SUFFIXES if one not in (".gdb",)])
def test_a_file_of_rubbish_is_a_fault_and_no_traceback(tmp_path, suffix):
    path = tmp_path / f"x{suffix}"
    path.write_bytes(bytes(range(256)) * 8)
    with pytest.raises(FileFault) as fault:
        read(path)
    assert fault.value.key
    assert str(tmp_path) not in str(fault.value.values)
    assert [layer.path for layer in look_at(path)][:1] == [path]


def test_the_drivers_that_we_name_are_in_gdal():
    drivers = pyogrio.list_drivers()
    assert {"ESRI Shapefile", "GPKG", "OpenFileGDB", "LIBKML", "DXF"} <= set(drivers)

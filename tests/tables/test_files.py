"""Files as planners have them: encodings, title rows, layers, and what goes wrong."""

from __future__ import annotations

import openpyxl
import pytest

from lifecircle.model import Source
from lifecircle.tables.district import check_district, read_district
from lifecircle.tables.files import FileFault, read_file


def _errors(files):
    problems, _ = check_district(files.write())
    return [problem for problem in problems if problem.severity == "error"]


def _only_error(files):
    errors = _errors(files)
    assert len(errors) == 1, errors
    return errors[0]


@pytest.mark.parametrize(
    ("written", "declared"),
    [("gbk", "gbk"), ("gbk", "GB18030"), ("utf-8", "utf-8"), ("utf-8", "UTF8")],
)
def test_shapefiles_are_read_in_their_encoding(files, written, declared):
    files.encodings["communities"] = written
    files.config = files.config.replace(
        'encoding = "gbk"', f'encoding = "{declared}"', 1
    )
    # A .dbf heading holds ten bytes: three Chinese characters in UTF-8.
    files.config = files.config.replace('"社区编码"', '"编码"')
    files.config = files.config.replace('"社区名称"', '"名称"')
    files.communities.columns = ["编码", "名称", "类型", "户数", "geometry"]
    district = read_district(files.write())
    assert district.communities["name"].tolist() == ["渡口社区", "河东社区"]


def test_a_gbk_shapefile_declared_utf8_is_told(files):
    files.config = files.config.replace('encoding = "gbk"', 'encoding = "utf-8"', 1)
    found = _only_error(files)
    assert (found.key, found.file) == ("tables.encoding_other", "社区.shp")
    assert (found.values["declared"], found.values["other"]) == ("utf-8", "gb18030")


def test_a_utf8_shapefile_declared_gbk_is_told_although_gbk_can_read_it(files):
    files.encodings["communities"] = "utf-8"
    files.communities.columns = ["编码", "名称", "类型", "户数", "geometry"]
    found = _only_error(files)
    assert (found.key, found.values["other"]) == ("tables.encoding_other", "utf-8")


def test_a_shapefile_without_declared_encoding_goes_by_its_cpg(files):
    files.config = files.config.replace('encoding = "gbk"\n', "", 1)
    path = files.write()
    (files.folder / "社区.cpg").write_text("GBK", encoding="ascii")
    district = read_district(path)
    assert district.communities["name"].tolist() == ["渡口社区", "河东社区"]


def test_a_csv_in_another_encoding_is_told(files):
    files.encodings["facilities"] = "utf-8-sig"
    found = _only_error(files)
    assert (found.key, found.file) == ("tables.encoding_other", "设施.csv")
    assert found.values["other"] == "utf-8"


def test_destroyed_characters_are_a_warning(files):
    files.facilities.loc[0, "名称"] = "锟斤拷中心"
    problems, _ = check_district(files.write())
    lost = [problem for problem in problems if problem.key == "tables.text_lost"]
    assert [(p.file, p.row, p.column, p.severity) for p in lost] == [
        ("设施.csv", 2, "名称", "warning")
    ]


def test_a_wrong_header_row_is_told_with_the_right_one(files):
    files.config = files.config.replace("header_row = 3\n", "")
    found = _only_error(files)
    assert (found.key, found.layer) == ("tables.header_row", "用房")
    assert (found.values["declared"], found.values["found"]) == (1, 3)


def test_a_missing_column_is_told_with_the_nearest(files):
    files.config = files.config.replace('"用房类别"', '"用房类型"')
    found = _only_error(files)
    assert (found.key, found.file, found.layer) == (
        "tables.column_missing",
        "用房台账.xlsx",
        "用房",
    )
    assert (found.values["value"], found.values["nearest"]) == ("用房类型", "用房类别")
    assert "设施编号" in found.values["columns"]


def test_line_breaks_and_full_width_in_headings_do_not_matter(files):
    # the sheet says 建筑面积⏎（㎡）, the district file 建筑面积（㎡）
    rooms = read_district(files.write()).rooms
    assert rooms["floor_area_m2"].tolist()[0] == 300.0


def test_a_missing_layer_sheet_or_file_names_what_is_there(files):
    files.config = files.config.replace('layer = "小区"', 'layer = "小区面"')
    files.config = files.config.replace('sheet = "用房"', 'sheet = "用房表"')
    files.config = files.config.replace('path = "服务.csv"', 'path = "服务范围.csv"')
    errors = {problem.key: problem for problem in _errors(files)}
    assert sorted(errors) == [
        "tables.file_missing",
        "tables.layer_missing",
        "tables.sheet_missing",
    ]
    layer = errors["tables.layer_missing"]
    assert (layer.values["layers"], layer.values["nearest"]) == ("小区、楼栋", "小区")
    assert errors["tables.sheet_missing"].values["sheets"] == "用房、说明"
    assert errors["tables.file_missing"].values["nearest"] == "服务.csv"


def test_several_layers_or_sheets_must_be_named(files):
    files.config = files.config.replace('layer = "小区"\n', "")
    files.config = files.config.replace('sheet = "用房"\n', "")
    keys = [problem.key for problem in _errors(files)]
    assert keys == ["tables.layer_unnamed", "tables.sheet_unnamed"]


def test_a_comma_in_csv_text_shifts_a_row_and_is_told(files):
    path = files.write()
    text = (files.folder / "设施.csv").read_text(encoding="gbk")
    spoiled = text.replace("河东食堂", "河东食堂,二楼")
    (files.folder / "设施.csv").write_text(spoiled, encoding="gbk")
    problems, _ = check_district(path)
    long = [problem for problem in problems if problem.key == "tables.row_too_long"]
    assert [(problem.file, problem.row) for problem in long] == [("设施.csv", 3)]


def test_broken_files_are_told(files):
    path = files.write()
    (files.folder / "用房台账.xlsx").write_text("not a workbook", encoding="utf-8")
    (files.folder / "道路.gpkg").write_text("not a layer", encoding="utf-8")
    problems, _ = check_district(path)
    broken = [problem for problem in problems if problem.severity == "error"]
    assert [(problem.key, problem.file) for problem in broken] == [
        ("tables.file_unreadable", "用房台账.xlsx"),
        ("tables.file_unreadable", "道路.gpkg"),
    ]
    assert str(files.folder) not in str([problem.values for problem in broken])


def test_an_unknown_file_type_is_told(files):
    path = files.write()
    (files.folder / "服务.doc").write_bytes(b"\xd0\xcf\x11\xe0")
    text = files.config.replace('path = "服务.csv"', 'path = "服务.doc"')
    path.write_text(text, encoding="utf-8")
    problems, _ = check_district(path)
    kinds = [p for p in problems if p.severity == "error"]
    assert [(p.key, p.values["value"]) for p in kinds] == [("tables.file_kind", ".doc")]
    assert ".xlsx" in kinds[0].values["allowed"]


def test_spreadsheet_rows_keep_their_numbers_past_blank_rows(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["台账"], ["编号", "户数"], ["a", 1], [], [], ["b", 2]):
        sheet.append(row)
    book.save(tmp_path / "t.xlsx")
    source = Source("rooms", tmp_path / "t.xlsx", header_row=2, columns={"a": "编号"})
    found = read_file(source)
    assert found.names == ["编号", "户数"]
    assert found.rows.tolist() == [3, 6]
    assert [list(column) for column in found.cells] == [["a", "b"], [1, 2]]


def test_formulas_never_calculated_are_told_and_not_read_as_empty(tmp_path):
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (["编号", "户数"], ["a", "=1+1"]):
        sheet.append(row)
    book.save(tmp_path / "t.xlsx")
    source = Source("rooms", tmp_path / "t.xlsx", columns={"a": "编号"})
    with pytest.raises(FileFault, match="formulas_uncalculated") as caught:
        read_file(source)
    assert caught.value.values["cells"] == "B2"

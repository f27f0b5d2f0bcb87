"""Files that are of another kind than their names say, and rows that are no data."""

import io
import zipfile

import openpyxl
import pytest

from lifecircle.model import Source
from lifecircle.tables.district import examine_district
from lifecircle.tables.file_kinds import refuse_other_kind
from lifecircle.tables.files import FileFault, read_file
from lifecircle.tables.survey import look_at


def zipped(*names):
    box = io.BytesIO()
    with zipfile.ZipFile(box, "w") as parts:
        for name in names:
            parts.writestr(name, "<x/>")
    return box.getvalue()


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)


@pytest.mark.parametrize(
    ("name", "raw", "key", "found"),
    [
        ("a.csv", zipped("xl/workbook.xml"), "file_other_suffix", ".xlsx"),
        ("a.csv", OLE, "file_other_suffix", ".xls"),
        ("a.xlsx", OLE, "file_other_suffix", ".xls"),
        ("a.xls", zipped("xl/workbook.xml"), "file_other_suffix", ".xlsx"),
        ("a.xls", "编号,户数\n1,2\n".encode("gbk"), "file_other_suffix", ".csv"),
        ("a.xlsx", b"id\tname\n1\ta\n", "file_other_suffix", ".csv"),
        ("a.xls", b"\xef\xbb\xbf\r\n<HTML><table>", "file_other_kind", ".html"),
        ("a.xlsx", zipped("word/document.xml"), "file_other_kind", ".docx"),
        ("a.csv", b"%PDF-1.4", "file_other_kind", ".pdf"),
        (
            "a.xlsx",
            OLE + "EncryptedPackage".encode("utf-16-le"),
            "file_encrypted",
            None,
        ),
        ("a.gpkg", b"", "file_empty", None),
        ("a.shp", b"\0\0\x27\x0a", "shapefile_parts", None),
    ],
)
def test_a_file_of_another_kind_is_named(tmp_path, name, raw, key, found):
    path = tmp_path / name
    path.write_bytes(raw)
    with pytest.raises(FileFault) as fault:
        read_file(Source("rooms", path))
    assert (fault.value.key, fault.value.values.get("found")) == (key, found)
    (layer,) = look_at(path)
    assert layer.fault.key == key


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("a.csv", "编号,户数\n1,2\n".encode()),
        ("a.csv", b"PK,sold\n1,2\n"),
        ("a.tsv", b"id\tname\n1\ta\n"),
        ("a.xlsx", zipped("xl/workbook.xml")),
        ("a.xlsx", b"PK\x03\x04 and no more"),
        ("a.xls", OLE + "EncryptedPackage".encode("utf-16-le")),
        ("a.zip", zipped("word/document.xml")),
    ],
)
def test_a_file_of_its_own_kind_passes(tmp_path, name, raw):
    path = tmp_path / name
    path.write_bytes(raw)
    assert refuse_other_kind(path) is None


def test_a_shapefile_with_parts_in_capitals_is_whole(tmp_path):
    for name in ("A.shp", "A.SHX", "A.DBF"):
        (tmp_path / name).write_bytes(b"1")
    assert refuse_other_kind(tmp_path / "A.shp") is None


def test_notes_and_totals_are_left_out_and_told(files):
    path = files.write()
    book = openpyxl.load_workbook(files.folder / "用房台账.xlsx")
    sheet = book["用房"]
    first = sheet.max_row + 1
    sheet.append(["合 计", None, "1,234㎡"])
    sheet.append(["注：面积为建筑面积，含公摊。"])
    sheet.append([None, "填表人：王"])
    book.save(files.folder / "用房台账.xlsx")
    found = examine_district(path)
    told = [one for one in found.problems if one.key == "tables.row_is_note"]
    assert [one.row for one in told] == [first, first + 1, first + 2]
    assert {one.severity for one in told} == {"warning"}
    rows = found.rejected[found.rejected["reason"] == "tables.row_is_note"]
    assert rows["row"].tolist() == [first, first + 1, first + 2]
    counts = found.district.row_counts.set_index("table").loc["rooms"]
    assert counts["rows_rejected"] == 3
    assert counts["rows_read"] == counts["rows_used"] + 3


def test_a_name_that_begins_like_a_note_is_data(files):
    path = files.write()
    book = openpyxl.load_workbook(files.folder / "用房台账.xlsx")
    cell = book["用房"].cell(4, 1)
    known = cell.value
    cell.value = "合计楼"
    book.save(files.folder / "用房台账.xlsx")
    keys = {one.key for one in examine_district(path).problems}
    assert known != "合计楼"
    assert "tables.row_is_note" not in keys

"""Map, workbook, GeoPackage and report of one run say the same, cell by cell."""

from __future__ import annotations

import json
import math
import re
from xml.etree import ElementTree

import openpyxl
import pyogrio
import pytest

from lifecircle.publish.cells import Figure
from lifecircle.publish.elements import figure_text
from tests.publish.page_data import data_of

WORDS = {"fail": "不达标", "pass": "达标", "not_assessed": "未评估"}
VOID = re.compile(r"<(meta)([^>]*)>")


@pytest.fixture(scope="module")
def page(written):
    return data_of((written / "review.html").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def book(written):
    return openpyxl.load_workbook(written / "findings.xlsx")


@pytest.fixture(scope="module")
def report(written):
    text = (written / "report.html").read_text(encoding="utf-8")
    body = text.removeprefix("<!doctype html>\n")
    return ElementTree.fromstring(VOID.sub(r"<\1\2/>", body))


def table(written, name):
    return pyogrio.read_dataframe(written / "district.gpkg", layer=name)


def rows_of(sheet):
    heads = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        yield dict(zip(heads, row, strict=True))


def same(one, other, *, within=1e-9):
    unknown = [value is None or math.isnan(value) for value in (one, other)]
    if any(unknown):
        return all(unknown)
    return math.isclose(one, other, rel_tol=within, abs_tol=within)


def test_findings_agree_in_map_workbook_and_geopackage(written, page, book):
    layer = table(written, "findings").to_dict("records")
    sheet = list(rows_of(book["指标结果"]))
    shown = page["findings"]
    assert len(layer) == len(sheet) == len(shown["verdict"]) > 40
    for place, (saved, cells) in enumerate(zip(layer, sheet, strict=True)):
        assert saved["verdict"] == shown["verdict"][place]
        assert cells["判定"].value == WORDS[saved["verdict"]]
        assert saved["rule_id"] == shown["rule"][place] == cells["规则编号"].value
        scale = 100.0 if saved["unit_of_measure"] == "share" else 1.0
        # The page rounds to four decimals, and writes shares in percent.
        for name, column in (("measured", "measured"), ("affected", "affected")):
            value = saved[name] * (scale if name == "measured" else 1.0)
            told = shown[column][place]
            assert same(value, told, within=6e-4), (place, name)
        if saved["verdict"] != "not_assessed":
            assert same(saved["measured"], cells["实测"].value)
        assert same(saved["affected"], cells["影响"].value)
        high = saved["threshold_max"]
        sign = 1.0 if saved["measured"] > high else -1.0
        assert same(sign * saved["shortfall"] + 0.0, cells["差额"].value)


def test_gap_areas_agree_in_map_workbook_and_geopackage(written, page, book):
    layer = table(written, "gap_areas").to_dict("records")
    sheet = list(rows_of(book["缺口片区"]))
    shown = page["layers"]["gaps"]
    assert len(layer) == len(sheet) == len(shown["id"]) > 0
    for place, (saved, cells) in enumerate(zip(layer, sheet, strict=True)):
        assert saved["gap_id"] == shown["id"][place]
        assert shown["number"][place] == cells["序号"].value
        assert shown["name"][place][0] == cells["缺口片区"].value
        assert same(saved["households"], shown["households"][place], within=0.06)
        assert same(saved["households"], cells["户数 (户)"].value)


def test_the_report_prints_the_rows_of_the_workbook(book, report):
    sheet = [row for row in rows_of(book["指标结果"]) if row["判定"].value == "不达标"]
    keyed = {(row["规则编号"].value, row["单元"].value): row for row in sheet}
    found = set()
    for element in report.iter("table"):
        heads = ["".join(cell.itertext()) for cell in element.find("thead/tr")]
        if "判定" not in heads:
            continue
        for line in element.find("tbody"):
            told = dict(zip(heads, ("".join(c.itertext()) for c in line), strict=True))
            key = told["规则编号"], told["单元"]
            for head in {"实测", "差额", "影响"} & set(heads):
                cell = keyed[key][head]
                assert told[head] == printed(cell), (key, head)
            found.add(key)
    assert found == set(keyed)


def test_rows_read_and_used_agree_everywhere(written, page, book, report):
    manifest = json.loads((written / "manifest.json").read_text(encoding="utf-8"))
    (told,) = manifest["rows"]
    names = ("read", "used", "rejected", "estimated")
    counts = [told[f"rows_{name}"] for name in names]
    assert counts == [13, 12, 1, 0]  # 13 = 12 + 1
    shown = page["about"]["sources"][0]["rows"]
    assert [shown[name] for name in names] == counts
    (line,) = rows_of(book["数据来源"])
    heads = ("读入 (行)", "采用 (行)", "未采用 (行)", "户数为估算 (行)")
    assert [line[head].value for head in heads] == counts
    text = "".join(report.itertext())
    assert "读入 13 行，采用 12 行，并入同一设施 0 行，未采用 1 行" in text


def printed(cell):
    """A cell as its number format prints it."""
    if cell.value is None:
        return ""
    form = cell.number_format
    sign = "sign" if form.startswith("+") else ""
    about = "about" if "≈" in form else ""
    digits = "percent" if "%" in form else str(form.split(";")[0].count(".") * 2)
    return figure_text(Figure(cell.value, f"{about}{sign}{digits}"))


def test_hidden_figures_are_hidden_everywhere(sample_study, tmp_path):
    from lifecircle.publish.outputs import write_study

    out = tmp_path / "out"
    write_study(sample_study(disclosure="public"), out)
    page = data_of((out / "review.html").read_text(encoding="utf-8"))
    assert "elderly" not in page["layers"]["buildings"]
    assert table(out, "buildings")["elderly"].isna().all()

"""The report tells what the other outputs tell, and runs nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from shutil import copytree
from xml.etree import ElementTree

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from lifecircle.cli import app
from lifecircle.columns import GATE_READINGS
from lifecircle.errors import ResultError
from lifecircle.publish.cells import Figure
from lifecircle.publish.elements import figure_text
from lifecircle.publish.grid_sizes import in_range_counts
from lifecircle.publish.headline import headline, own_rows
from lifecircle.publish.pdf import browser, print_pdf
from lifecircle.publish.prints.grid_chart import share_sentence
from lifecircle.publish.report import report_page
from lifecircle.publish.sheets import data_sheets

VOID = re.compile(r"<(meta|br|img)([^>]*)>")


def parsed(text):
    body = text.removeprefix("<!doctype html>\n")
    return ElementTree.fromstring(VOID.sub(r"<\1\2/>", body))


@pytest.fixture(scope="module")
def report(study):
    return parsed(report_page(study))


def texts(node):
    return ["".join(one.itertext()) for one in node]


def tables(report):
    for table in report.iter("table"):
        heads = texts(table.find("thead/tr"))
        yield heads, [texts(row) for row in table.find("tbody")]


def test_every_failing_rule_has_its_sentence(study, report):
    lines = texts(report.find("body/main/section/ul"))
    failing = [
        rule
        for book in study.findings.books
        for rule in book.rules
        if (own_rows(study.findings, rule.rule_id)["verdict"] == "fail").any()
        and (study.findings.rows["rule_id"] == rule.rule_id).any()
    ]
    # Then one on the gap areas, and two on the grids, today and proposed.
    assert len(lines) == len(failing) + 3
    for rule in failing:
        said = headline(study, rule.rule_id, "zh")
        told = f"{rule.title_zh}：{said.lead}。" + "".join(said.lines)
        assert any(line.startswith(told) for line in lines)


def test_counts_are_those_of_the_findings(study, report):
    text = "".join(report.find("body/main/section").itertext())
    counts = study.findings.rows["verdict"].value_counts()
    assert f"不达标 {counts['fail']:,} 项" in text
    assert f"达标 {counts['pass']:,} 项" in text
    shown = {
        row[0]: row
        for heads, rows in tables(report)
        if heads[:2] == ["编号", "规则"] and "不达标" in heads
        for row in rows
    }
    for rule_id, row in shown.items():
        verdicts = own_rows(study.findings, rule_id)["verdict"].value_counts()
        assert row[2] == (f"{verdicts['fail']:,}" if "fail" in verdicts else "")


def test_cells_are_those_of_the_workbook(written, study):
    report = parsed((written / "report.html").read_text(encoding="utf-8"))
    book = openpyxl.load_workbook(written / "findings.xlsx")
    page = book["指标结果"]
    heads = [cell.value for cell in page[1]]
    measured, name = heads.index("实测"), heads.index("规则编号")
    unit = heads.index("单元")
    inside = {
        (row[name].value, row[unit].value): row[measured]
        for row in page.iter_rows(min_row=2)
        if row[0].value == "不达标"
    }
    found = 0
    for columns, rows in tables(report):
        if "判定" not in columns:
            continue
        for row in rows:
            told = dict(zip(columns, row, strict=True))
            cell = inside[told["规则编号"], told["单元"]]
            digits = 0 if cell.number_format.endswith("#,##0") else 2
            form = "percent" if "%" in cell.number_format else str(digits)
            about = "about" if "≈" in cell.number_format else ""
            assert told["实测"] == figure_text(Figure(cell.value, about + form))
            found += 1
    assert found == len(inside)


def test_hostile_names_are_text(sample_study):
    name = "<script>alert(1)</script>\"'&\x07 =cmd"
    text = report_page(sample_study(rename=name))
    assert "<script" not in text
    assert "&lt;script&gt;" in text
    assert "\x07" not in text
    assert "default-src 'none'" in text
    assert not re.search(r"(src|href)=", text)


def test_the_same_study_gives_the_same_bytes(study):
    assert report_page(study) == report_page(study)
    english = report_page(study, lang="en")
    assert "Summary" in english
    assert 'lang="en"' in english


def test_what_is_public_bears_no_stamp(sample_study):
    assert "内部资料" in report_page(sample_study())
    assert 'class="stamp"' not in report_page(sample_study(disclosure="public"))


@pytest.mark.browser
def test_the_command_writes_the_report_again(written, tmp_path):
    out = copytree(written, tmp_path / "out")
    shown = CliRunner().invoke(app, ["report", str(out), "--pdf"])
    assert shown.exit_code == 0
    assert (out / "report.html").read_bytes() == (written / "report.html").read_bytes()
    assert (out / "report.pdf").read_bytes().startswith(b"%PDF")
    missing = CliRunner().invoke(app, ["report", str(tmp_path / "nowhere")])
    assert missing.exit_code == 1
    assert "Traceback" not in missing.output


@pytest.mark.browser
def test_it_prints_to_pdf(written, tmp_path):
    print_pdf(written / "report.html", tmp_path / "report.pdf")
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")


def test_a_browser_that_is_not_there_is_named(monkeypatch):
    monkeypatch.setenv("LIFECIRCLE_BROWSER", "no-such-browser")
    with pytest.raises(ResultError, match="no-such-browser"):
        browser()


def test_every_chapter_is_there(study, report):
    heads = [text.partition("　")[2] for text in texts(report.iter("h2"))]
    assert heads == [
        *("结论摘要", "逐本规则书的评估结果", "缺口片区", "缺口量", "网格调整方案"),
        *("社区仪表盘", "可达人口", "数据质量", "方法与来源", "附录：规则条文"),
    ]
    pictures = list(report.iter("svg"))
    assert len(pictures) == 1 + len(study.district.config.walkers)
    drawn = "".join(pictures[0].itertext())
    for state, (fine, every) in in_range_counts(study.grid_plan).items():
        assert share_sentence(state, (fine, every), "zh") in drawn


def test_the_dashboard_is_a_row_a_community(study, report):
    board = study.dashboard
    (rows,) = [
        rows
        for heads, rows in tables(report)
        if heads[0] == "单元" and len(heads) == 1 + board["family"].nunique()
    ]
    assert len(rows) == board["unit_id"].nunique()
    first = board[board["unit_id"] == board["unit_id"].iloc[0]]
    assert rows[0][1:] == [
        f"{row.must_met}/{row.must_assessed}" if row.must_assessed else "–"
        for row in first.itertuples()
    ]


def test_both_readings_of_unknown_gates_are_told(study):
    rule = study.findings.rows["rule_id"].iloc[-1]
    whole = study.district.config.district_id
    start = (rule, "ELD.CANTEEN", "elderly", 15.0, "min")
    end = ("elderly", 90.0, 70.0, 50.0, 20.0)
    rows = [
        (*start, level, unit, *end)
        for level, unit in (("district", whole), ("community", "C01"))
    ]
    readings = pd.DataFrame(rows, columns=list(GATE_READINGS))
    told = parsed(report_page(replace(study, gate_readings=readings)))
    (cells,) = [rows for heads, rows in tables(told) if heads[-1] == "相差"]
    # The district's row alone: 90 in all, 70 and 50 within reach, 20 apart.
    assert [row[-4:] for row in cells] == [["90", "70", "50", "20"]]


def test_no_two_columns_of_a_sheet_share_a_head(study):
    for lang in ("zh", "en"):
        for sheet in data_sheets(study, lang):
            assert len(set(sheet.heads)) == len(sheet.heads), (lang, sheet.title)
    pairs = zip(data_sheets(study, "zh"), data_sheets(study, "en"), strict=True)
    for zh, en in pairs:
        # A head that stood twice would have swallowed a column.
        assert len(zh.heads) == len(en.heads), en.title

"""The report tells what the other outputs tell, and runs nothing."""

from __future__ import annotations

import re
from shutil import copytree
from xml.etree import ElementTree

import openpyxl
import pytest
from typer.testing import CliRunner

from lifecircle.cli import app
from lifecircle.errors import ResultError
from lifecircle.publish.cells import Figure
from lifecircle.publish.elements import figure_text
from lifecircle.publish.headline import headline, own_rows
from lifecircle.publish.pdf import browser, print_pdf
from lifecircle.publish.report import report_page

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
    assert len(lines) == len(failing)
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

"""The workbook, opened again, says what the findings say."""

from __future__ import annotations

import math

import numpy as np
import openpyxl
import pytest

from lifecircle.publish.headline import headline, opening_rule, own_rows
from lifecircle.publish.workbook import write_workbook


@pytest.fixture(scope="module")
def book(written):
    return openpyxl.load_workbook(written / "findings.xlsx")


def column_of(page, head):
    heads = [cell.value for cell in page[1]]
    place = heads.index(head)
    return [row[place].value for row in page.iter_rows(min_row=2)]


def as_number(value):
    return math.nan if value is None else value


def test_sheets_in_order(book):
    assert book.sheetnames == [
        *("封面", "指标结果", "社区仪表盘", "缺口片区", "缺口量", "面积缺口汇总"),
        *("可达人口", "逐级汇总", "网格方案", "调整清单", "社区规模"),
        *("社区方案", "社区调整清单", "社区方案依据"),
        *("户数核对", "数据来源", "数据问题", "规则", "说明"),
    ]


def test_figures_equal_the_findings(study, book):
    page, rows = book["指标结果"], study.findings.rows
    assert page.max_row == len(rows) + 1
    known = rows["verdict"] != "not_assessed"
    # Above the upper bound the excess is positive, below the standard negative.
    signs = np.where(rows["measured"] > rows["threshold_max"], 1.0, -1.0)
    for head, expected in (
        ("实测", rows["measured"].where(known)),
        ("差额", rows["shortfall"] * signs),
        ("影响", rows["affected"]),
    ):
        cells = [as_number(value) for value in column_of(page, head)]
        assert cells == pytest.approx(expected.tolist(), nan_ok=True, abs=1e-6)
    words = {"fail": "不达标", "pass": "达标", "not_assessed": "未评估"}
    assert column_of(page, "判定") == [words[one] for one in rows["verdict"]]


def test_estimated_people_are_whole_and_marked(study, book):
    page = book["缺口片区"]
    heads = [cell.value for cell in page[1]]
    place = heads.index("人口 (人)")
    methods = study.district.buildings["persons_method"]
    assert (methods == "estimated").all()
    for row in page.iter_rows(min_row=2):
        assert row[place].number_format == '"≈"#,##0'
    names = column_of(page, "缺口片区")
    assert len(set(names)) == len(names)


def test_sheets_print_on_few_pages(book):
    for page in book:
        assert page.sheet_properties.pageSetUpPr.fitToPage
        if page.title == "封面":
            continue
        # One page wide, as many high as it takes.
        assert page.page_setup.fitToHeight == 0
        assert page.page_setup.orientation == "landscape"
        assert page.print_title_rows == "$1:$1"
    page = book["可达人口"]
    shown = [
        number
        for number in range(2, page.max_row + 1)
        if not page.row_dimensions[number].hidden
    ]
    levels = column_of(page, "层级")
    assert {levels[number - 2] for number in shown} <= {"区", "社区"}
    page = book["指标结果"]
    assert page.print_area.endswith(f"$P${page.max_row}")


def test_no_code_is_shown(book):
    codes = {"walking_speed", "access+people", "due", "holds", "depends", "ELD.CANTEEN"}
    for page in book:
        for row in page.iter_rows():
            assert not codes & {cell.value for cell in row}


def test_failing_cells_are_filled_and_named(book):
    page = book["指标结果"]
    for row in page.iter_rows(min_row=2):
        filled = row[0].fill.fgColor.rgb == "FFF9E7DB"
        assert filled == (row[0].value == "不达标")


def test_findings_can_be_filtered_and_scrolled(book):
    page = book["指标结果"]
    assert page.freeze_panes == "C2"
    assert page.auto_filter.ref.startswith("A1:")


def test_gaps_and_amounts(study, book):
    areas, amounts = study.gaps.areas, study.gaps.shortfalls
    assert column_of(book["缺口片区"], "户数 (户)") == areas["households"].tolist()
    shown = [abs(value) for value in column_of(book["缺口量"], "差额")]
    assert shown == pytest.approx(amounts["shortfall"].tolist(), abs=1e-6)


def test_people_by_minutes(study, book):
    """One row for each unit, class, walker and count; the bands stand side by side."""
    keys = ["facility_class", "walker", "weight", "level", "unit_id"]
    sums = study.served.groupby(keys)["amount"].sum()
    assert sorted(column_of(book["可达人口"], "合计")) == pytest.approx(sorted(sums))
    band = study.served[study.served["minutes_from"] == 10]
    shown = sum(value or 0 for value in column_of(book["可达人口"], "10–15 分钟"))
    assert shown == pytest.approx(band["amount"].sum())


def test_the_dashboard_hides_nothing(study, book):
    page, table = book["社区仪表盘"], study.dashboard
    assert page.max_row == len(table) + 1
    for head, name in (
        ("强制项达标", "must_met"),
        ("强制项已评", "must_assessed"),
        ("未评估", "not_assessed"),
        ("对标项", "benchmarks"),
        ("参照项", "references"),
        ("未核实项", "drafts"),
    ):
        assert column_of(page, head) == table[name].tolist()
    assert (table["not_assessed"] > 0).any()
    # A family that misses a must is filled, and its share says by how much.
    for row, missed in zip(
        page.iter_rows(min_row=2),
        table["must_met"] < table["must_assessed"],
        strict=True,
    ):
        assert (row[5].fill.fgColor.rgb == "FFF9E7DB") == missed
    assert page.freeze_panes == "D2"


def test_the_same_households_stand_at_every_level(study, book):
    page = book["逐级汇总"]
    heads = [cell.value for cell in page[1]]
    rows = [[cell.value for cell in row] for row in page.iter_rows(min_row=2)]
    at = {name: heads.index(name) for name in ("编号", "层级", "对象（人或户）")}
    total, parts = heads.index("合计"), heads.index("走得到")
    sums = {}
    for row in rows:
        if row[at["对象（人或户）"]] == "户数":
            key = row[at["编号"]], row[at["层级"]]
            sums[key] = sums.get(key, 0) + row[total]
        assert sum(row[parts : parts + 3]) == pytest.approx(row[total])
    expected = study.district.buildings["households"].sum()
    levels = {level for _, level in sums}
    assert levels == {"市", "区", "街道", "社区", "小区", "网格", "楼栋"}
    assert list(sums.values()) == pytest.approx([expected] * len(sums))
    shown = {
        rows[number - 2][at["层级"]]
        for number in range(2, page.max_row + 1)
        if not page.row_dimensions[number].hidden
    }
    assert "社区" not in shown


def test_missing_area_is_ranked_and_open_ends_are_marked(study, book):
    page, table = book["面积缺口汇总"], study.missing_area
    cells = [as_number(value) for value in column_of(page, "缺少面积 (m²)")]
    assert cells == pytest.approx(table["missing_m2"].tolist(), nan_ok=True)
    assert column_of(page, "未评估") == table["not_assessed"].tolist()
    place = [cell.value for cell in page[1]].index("缺少面积 (m²)")
    formats = [row[place].number_format for row in page.iter_rows(min_row=2)]
    open_ = (table["not_assessed"] > 0) & table["missing_m2"].notna()
    assert [form == '"≥"#,##0' for form in formats] == open_.tolist()


def test_the_cover_says_the_headline(study, book):
    page = book["封面"]
    rule = opening_rule(study.findings)
    assert rule == "HF-R10"
    said = headline(study, rule, "zh")
    failing = (own_rows(study.findings, rule)["verdict"] == "fail").sum()
    assert said.lead == f"{failing} 个社区不达标"
    cells = [row[0].value for row in page.iter_rows(max_row=8)]
    assert said.lead in cells
    assert "".join(said.lines) in cells
    assert page["G1"].value == "内部资料"
    assert not page.sheet_view.showGridLines


def test_communities_stand_worst_first(study, book):
    rows = own_rows(study.findings, "HF-R10")
    worst = rows.sort_values("measured").iloc[0]["unit_name"]
    cells = [row[0].value for row in book["封面"].iter_rows()]
    assert cells[cells.index("单元") + 1] in (worst, "渡口社区", "望溪社区")


def test_names_never_become_formulas(sample_study, tmp_path):
    name = "=cmd|' /C calc'!A0"
    write_workbook(sample_study(rename=name), tmp_path / "f.xlsx")
    book = openpyxl.load_workbook(tmp_path / "f.xlsx")
    kinds = {
        cell.data_type
        for page in book
        for row in page.iter_rows()
        for cell in row
        if isinstance(cell.value, str) and cell.value.startswith("=")
    }
    assert kinds == {"s"} or kinds == set()
    assert name in column_of(book["指标结果"], "单元") or name in str(
        [row[0].value for row in book["封面"].iter_rows()]
    )


def test_english(study, tmp_path):
    write_workbook(study, tmp_path / "f.xlsx", lang="en")
    book = openpyxl.load_workbook(tmp_path / "f.xlsx")
    assert book.sheetnames[0] == "Cover"
    sheets = {"Community dashboard", "Missing area by level", "Reach by level"}
    assert sheets <= set(book.sheetnames)
    assert "Area" in column_of(book["Community dashboard"], "Rule family")
    assert set(column_of(book["Findings"], "Verdict")) == {
        "Falls short",
        "Meets",
        "Not assessed",
    }

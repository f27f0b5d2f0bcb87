"""Registers: wide files in planners' words, one long table out; never of persons."""

from __future__ import annotations

import math

import openpyxl
import pytest

from lifecircle.standards.facts import facts
from lifecircle.standards.kinds import LEVELS
from lifecircle.tables.config import config_problems, read_config
from lifecircle.tables.district import DistrictError, check_district, read_district
from lifecircle.tables.facts import nearest_fact, schema_of
from lifecircle.tables.persons import personal_columns
from lifecircle.text import problem_lines

COLUMNS = ["level", "unit_id", "fact", "value", "text"]
COMMUNITIES = """
[[sources.registers]]
path = "台账.csv"
constants = { level = "community" }
columns = { unit_id = "社区编码", windows = "窗口数", staff = "工作人员", \
mediation_committee = "调委会", bodies = "组织", service_purchase_cny = "经费（万元）" }
"""
ROWS = [
    ["社区编码", "窗口数", "工作人员", "调委会", "组织", "经费（万元）"],
    ["C02", "3个", "１２人", "否", "居委会；监委会", "12.5"],
    ["C01", "无", "暂无数据", "有", "", "30,000元"],
]


def _write(folder, rows, name="台账.csv"):
    lines = [
        ",".join(f'"{cell}"' if "," in cell else cell for cell in row) for row in rows
    ]
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")


def _with_register(files, rows=ROWS, config=COMMUNITIES):
    files.config += config
    _write(files.folder, rows)
    return files.write()


def _found(path, severity="error"):
    problems, _ = check_district(path)
    return [problem for problem in problems if problem.severity == severity]


def test_without_registers_the_table_is_empty_and_typed(files):
    registers = read_district(files.write()).registers
    assert list(registers.columns) == COLUMNS
    assert len(registers) == 0
    assert registers["value"].dtype == "float64"


def test_a_wide_file_becomes_one_row_a_unit_and_fact(files):
    registers = read_district(_with_register(files)).registers
    assert list(registers.columns) == COLUMNS
    assert list(registers.index) == list(range(len(registers)))
    assert registers["value"].dtype == "float64"
    assert registers[["level", "unit_id", "fact", "text"]].dtypes.eq(object).all()
    # C01: no number of windows or staff, no bodies named; 30,000元 says its own unit.
    # C02: 12.5 under a heading of 万元 is 125,000 yuan.
    rows = [
        (unit, fact, None if math.isnan(value) else value, text)
        for _, unit, fact, value, text in registers.itertuples(index=False)
    ]
    assert rows == [
        ("C01", "mediation_committee", 1.0, None),
        ("C01", "service_purchase_cny", 30_000.0, None),
        ("C02", "bodies", None, "居委会；监委会"),
        ("C02", "mediation_committee", 0.0, None),
        ("C02", "service_purchase_cny", 125_000.0, None),
        ("C02", "staff", 12.0, None),
        ("C02", "windows", 3.0, None),
    ]
    assert set(registers["level"]) == {"community"}


def test_levels_may_stand_in_a_column_in_the_files_own_words(files):
    config = """
[[sources.registers]]
path = "台账.csv"
columns = { level = "级别", unit_id = "编码", staff = "人数" }
values.level = { "区" = "district", "社区" = "community", "设施" = "facility" }
"""
    rows = [
        ["级别", "编码", "人数"],
        *(["设施", "F1", "4"], ["社区", "C01", "9"], ["区", "qingxi", "13"]),
    ]
    registers = read_district(_with_register(files, rows, config)).registers
    assert registers[["level", "unit_id", "value"]].to_numpy().tolist() == [
        ["community", "C01", 9.0],
        ["district", "qingxi", 13.0],
        ["facility", "F1", 4.0],
    ]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        *((word, 1.0) for word in ("是", "有", "true", "TRUE", "1", "１", "√", "yes")),
        *((word, 0.0) for word in ("否", "无", "false", "FALSE", "0", "×", "没有")),
    ],
)
def test_flags_are_one_or_zero(files, cell, value):
    rows = [["社区编码", "试点"], ["C01", cell]]
    config = """
[[sources.registers]]
path = "台账.csv"
constants = { level = "community" }
columns = { unit_id = "社区编码", rural_pilot = "试点" }
"""
    registers = read_district(_with_register(files, rows, config)).registers
    assert registers["value"].tolist() == [value]


def test_a_workbook_gives_true_numbers_and_lines(files):
    files.config += """
[[sources.registers]]
path = "台账.xlsx"
header_row = 2
constants = { level = "community" }
columns = { unit_id = "社区", rural_pilot = "试点", staff = "人数", bodies = "组织" }
"""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in (
        ["社区工作台账"],
        ["社区", "试点", "人数", "组织"],
        ["C01", True, 7, "居委会\n监委会"],
        ["C02", False, 8.5, 3],
    ):
        sheet.append(row)
    book.save(files.folder / "台账.xlsx")
    registers = read_district(files.write()).registers
    values = registers.set_index(["unit_id", "fact"])
    assert values["value"]["C01", "rural_pilot"] == 1.0
    assert values["value"]["C02", "rural_pilot"] == 0.0
    assert values["value"]["C02", "staff"] == 8.5
    assert values["text"]["C01", "bodies"] == "居委会、监委会"
    assert values["text"]["C02", "bodies"] == "3"


def test_two_registers_add_up_and_their_order_does_not_matter(files):
    parts = [
        f"""
[[sources.registers]]
path = "{name}.csv"
constants = {{ level = "community" }}
columns = {{ unit_id = "社区", {fact} = "数" }}
"""
        for name, fact in (("甲", "staff"), ("乙", "windows"))
    ]
    _write(files.folder, [["社区", "数"], ["C01", "5"]], "甲.csv")
    _write(files.folder, [["社区", "数"], ["C01", "2"], ["C02", ""]], "乙.csv")
    config, frames = files.config, []
    for order in (parts, parts[::-1]):
        files.config = config + "".join(order)
        frames.append(read_district(files.write()).registers)
    assert frames[0].equals(frames[1])
    assert frames[0][["fact", "value"]].to_numpy().tolist() == [
        ["staff", 5.0],
        ["windows", 2.0],
    ]


def test_a_unit_that_is_not_there_is_warned_of_and_left_out(files):
    rows = [
        *ROWS,
        ["C03", "1", "2", "是", "居委会", "1"],
        ["合计", "", "14", "", "", ""],
    ]
    path = _with_register(files, rows)
    district = read_district(path)
    assert set(district.registers["unit_id"]) == {"C01", "C02"}
    found = [p for p in district.problems if p.key == "tables.unknown_unit"]
    assert [(p.row, p.column, p.values["value"], p.values["level"]) for p in found] == [
        (4, "社区编码", "C03", "community"),
    ]
    assert found[0].values["nearest"] in ("C01", "C02")
    assert district.rejected[["reason", "row"]].to_numpy().tolist() == [
        ["tables.unknown_unit", 4],
        ["tables.row_is_note", 5],
    ]


def test_many_units_that_are_not_there_are_one_warning(files):
    rows = [[f"C{n}", "1", "2", "是", "", "1"] for n in range(10, 31)]
    district = read_district(_with_register(files, [*ROWS, *rows]))
    (one,) = [p for p in district.problems if p.key.startswith("tables.unit")]
    assert (one.key, one.severity) == ("tables.units_unmatched", "warning")
    said = {"level": "community", "known": "C01、C02", "rows": 21, "all": 23}
    assert {name: one.values[name] for name in said} == said
    assert one.values["value"] == "C10、C11、C12、C13、C14"
    # a heading, C01, C02, then these
    assert district.rejected["row"].tolist() == list(range(4, 25))
    assert set(district.rejected["reason"]) == {"tables.unknown_unit"}


def test_units_of_a_table_that_cannot_be_read_are_not_doubted(files):
    path = _with_register(files, [*ROWS, ["C9", "1", "2", "是", "", "1"]])
    (files.folder / "社区.shp").unlink()
    keys = [problem.key for problem in check_district(path)[0]]
    assert "tables.unknown_unit" not in keys
    assert "tables.file_missing" in keys


def test_a_unit_listed_twice_is_an_error(files):
    path = _with_register(files, [*ROWS, ROWS[1]])
    found = _found(path)
    assert [(p.key, p.row, p.column) for p in found] == [
        ("tables.unit_twice", 4, "社区编码")
    ]
    assert (found[0].values["other"], found[0].values["other_row"]) == ("台账.csv", 2)
    with pytest.raises(DistrictError, match="listed twice"):
        read_district(path)


def test_a_fact_given_by_two_files_is_an_error(files):
    config = (
        COMMUNITIES
        + """
[[sources.registers]]
path = "窗口.csv"
constants = { level = "community" }
columns = { unit_id = "社区", windows = "窗口" }
"""
    )
    # C01 has no number of windows in the first file: only C02 is said twice.
    _write(files.folder, [["社区", "窗口"], ["C01", "2"], ["C02", "3"]], "窗口.csv")
    found = _found(_with_register(files, config=config))
    assert [(p.key, p.file, p.row, p.column) for p in found] == [
        ("tables.fact_twice", "窗口.csv", 3, "窗口")
    ]
    assert found[0].values["fact"] == facts()["windows"].zh
    assert (found[0].values["other"], found[0].values["other_row"]) == ("台账.csv", 2)


@pytest.mark.parametrize(
    ("column", "cell", "key"),
    [
        (1, "约3个", "not_a_number"),
        (1, "3人", "not_a_number"),
        (2, "-1", "negative"),
        (3, "部分", "not_a_flag"),
        (5, "十二", "not_a_number"),
        (0, "", "missing_value"),
    ],
)
def test_cells_are_checked_like_those_of_other_tables(files, column, cell, key):
    rows = [list(row) for row in ROWS]
    rows[1][column] = cell
    found = _found(_with_register(files, rows))
    assert [(p.key, p.row, p.column) for p in found] == [
        (f"tables.{key}", 2, ROWS[0][column])
    ]


def test_a_percentage_written_as_a_share_is_warned_of(files):
    config = """
[[sources.registers]]
path = "台账.csv"
constants = { level = "community" }
columns = { unit_id = "社区", department_rating_weight_percent = "权重" }
"""
    rows = [["社区", "权重"], ["C01", "0.3"], ["C02", "30%"]]
    path = _with_register(files, rows, config)
    found = [p for p in _found(path, "warning") if p.key == "tables.percent_or_share"]
    assert [(p.row, p.values["value"]) for p in found] == [(2, "0.3")]
    assert read_district(path).registers["value"].tolist() == [0.3, 30.0]


@pytest.mark.parametrize(
    "name",
    [
        *("姓名", "书记姓名", "身份证号", "身份证号码（18位）", "证件号", "联系电话"),
        *("电话", "手机", "手机号", "出生日期", "出生年月", "家庭住址", "联系方式"),
        *("负 责 人\n电话", "ID_Card", "Phone", "证件号码"),
    ],
)
def test_columns_about_persons_are_refused_mapped_or_not(files, name):
    heading = "".join(name.split("\n"))
    secret = "甲某某"
    extra = [heading, secret, secret]
    rows = [[*row, cell] for row, cell in zip(ROWS, extra, strict=True)]
    path = _with_register(files, rows)
    problems, rejected = check_district(path)
    found = [problem for problem in problems if problem.severity == "error"]
    assert [(p.key, p.file, p.column) for p in found] == [
        ("tables.register_of_persons", "台账.csv", heading)
    ]
    where, _, fix = problem_lines(found[0], "zh")
    assert "台账.csv" in where
    assert heading in where
    assert "删去该列" in fix
    # Nothing of it goes on: no row, no value, nowhere.
    assert secret not in repr(problems)
    assert secret not in rejected.to_csv()


@pytest.mark.parametrize(
    "name",
    [
        *("热线电话数", "公用电话亭", "身份证办理量", "出生人口数", "手机信号覆盖率"),
        *("人大代表联系人次", "工作人员", "社区名称", "持证社工（人）", "windows"),
    ],
)
def test_columns_that_count_are_not_about_persons(name):
    assert personal_columns([name], [["12", 3, None]]) == []


def test_a_citizens_number_is_known_whatever_the_column_is_called():
    # The example of GB 11643: born 1949-12-31; the weighted sum is 167 = 15 * 11 + 2,
    # and the check digit of 2 is X.
    assert personal_columns(["编号"], [["11010519491231002X"]]) == ["编号"]
    # Another check digit, or no such day: a long code of something else.
    assert personal_columns(["编号"], [["110105194912310021"]]) == []
    assert personal_columns(["编号"], [["11010519491331002X"]]) == []
    assert personal_columns(["编号"], [["340100001001"]]) == []


@pytest.mark.parametrize(
    ("old", "new", "key", "values"),
    [
        ("windows =", "windws =", "config_unknown_fact", {"nearest": "windows（"}),
        ("windows =", "综合服务窗 =", "config_unknown_fact", {"nearest": "windows（"}),
        ("windows =", "xyzzy =", "config_unknown_fact", {"nearest": "—"}),
        ('unit_id = "社区编码", ', "", "config_column_unmapped", {"value": "unit_id"}),
        (
            'constants = { level = "community" }\n',
            "",
            "config_column_unmapped",
            {"value": "level"},
        ),
        (
            '"community"',
            '"comunity"',
            "config_choice",
            {"setting": "sources.registers[1].constants.level", "nearest": "community"},
        ),
    ],
)
def test_a_district_file_that_misnames_facts_is_mended(files, old, new, key, values):
    config = COMMUNITIES.replace(old, new, 1)
    assert config != COMMUNITIES
    if "综合" in new:
        config = config.replace("综合服务窗", '"综合服务窗"')
    path = files.folder / "district.toml"
    path.write_text(files.config + config, encoding="utf-8")
    problems = config_problems(path)
    assert [problem.key for problem in problems] == [f"tables.{key}"]
    for name, value in values.items():
        assert problems[0].values[name].startswith(value)
    for lang in ("zh", "en"):
        assert all(problem_lines(problems[0], lang))


def test_a_register_without_facts_is_none(files):
    config = COMMUNITIES[: COMMUNITIES.index(", windows")] + " }\n"
    path = files.folder / "district.toml"
    path.write_text(files.config + config, encoding="utf-8")
    assert [p.key for p in config_problems(path)] == ["tables.config_no_facts"]


@pytest.mark.parametrize(
    ("line", "profile"),
    [
        ("", "planning"),
        ('profile = "planning"\n', "planning"),
        ('profile = "full"\n', "full"),
    ],
)
def test_the_profile_stands_in_rules(files, line, profile):
    path = files.folder / "district.toml"
    path.write_text(
        files.config.replace("[rules]\n", f"[rules]\n{line}"), encoding="utf-8"
    )
    assert read_config(path).profile == profile


def test_a_profile_that_is_none_is_refused(files):
    path = files.folder / "district.toml"
    text = files.config.replace("[rules]\n", '[rules]\nprofile = "ful"\n')
    path.write_text(text, encoding="utf-8")
    (problem,) = config_problems(path)
    assert problem.key == "tables.config_choice"
    assert problem.values["setting"] == "rules.profile"
    assert problem.values["nearest"] == "full"


def test_every_fact_is_a_column_of_its_kind():
    readable = schema_of("registers").readable
    assert list(readable) == ["level", "unit_id", *facts()]
    assert readable["level"].choices == LEVELS
    for name, fact in facts().items():
        assert readable[name].kind == fact.type
        assert nearest_fact(fact.name) == f"{name}（{fact.zh}）"
        if fact.type == "number":
            assert readable[name].units[-1:], name

"""Twenty ugly files through inspect, init, check and run: the report for each.

``bureau`` makes the files and says what is ugly about each, ``expected`` what is to be
made of them. What a person has to do is ``MENDS`` and ``CONFIRMATIONS``, and no more;
then the district is that of ``data/demo``, to the last household and verdict.
"""

import shutil
import tomllib
from datetime import date

import pandas as pd
import pytest
from typer.testing import CliRunner

from lifecircle.cli import app
from lifecircle.publish.results import read_study
from lifecircle.tables.district import examine_district, read_district
from tests.ugly.bureau import FILES, FOLDER, hand_over
from tests.ugly.expected import (
    CIVIL,
    DATA,
    EVIDENCE,
    GUESSED,
    HOUSING,
    NO_DATA,
    NOT_USED,
    PLANNING,
)

MENDS = {f"{CIVIL}/社区服务设施台账.csv": f"{CIVIL}/社区服务设施台账.xlsx"}
"""Files to be renamed before the draft: as ``init`` asks."""

CONFIRMATIONS = [
    # Once for the district: the date of the data, parameters for estimates, books.
    ("", "as_of = 2026-07-01", "as_of = 2026-06-30"),
    ("", "# floor_area_per_household_m2", "floor_area_per_household_m2"),
    ("", "# persons_per_household", "persons_per_household"),
    ("", "# elderly_share", "elderly_share"),
    ("", 'adopt = ["tdt1062-2021"]', 'adopt = ["hefei", "decheng"]'),
    ("", "\n[rules]\n", "\n[rules]\nshare = { HF-R10 = 0.9, HF-R11 = 0.9 }\n"),
    # A spike in one green: whether it may be mended is for the planner to say.
    ("", 'settlement = "urban"', 'settlement = "urban"\nrepair = ["invalid"]'),
    # What a household is in each layer stands in no file.
    ("社区界", '# household_basis = ""', 'household_basis = "resident"'),
    ("城关镇", '# household_basis = ""', 'household_basis = "resident"'),
    ("老城街道", '# household_basis = ""', 'household_basis = "resident"'),
    ("河东街道", '# household_basis = ""', 'household_basis = "resident"'),
    # A word of two classes, and the classes of which each list is whole.
    ("百度", '"邻里中心" = "OTHER"', '"邻里中心" = "COM.NEIGH"'),
    (
        "设施台账",
        "# complete_classes = []",
        'complete_classes = ["SVC.COMM", "SVC.STREET", "ELD.STATION", "ELD.DAYCARE", '
        '"ELD.HOME", "CUL.CENTRE", "GRID.CENTRE"]',
    ),
    (
        "高德",
        "# complete_classes = []",
        'complete_classes = ["ELD.CANTEEN", "CHD.KG", "EDU.PRIMARY", "EDU.JUNIOR"]',
    ),
    (
        "百度",
        "# complete_classes = []",
        'complete_classes = ["HLT.CENTRE", "COM.MARKET", "COM.SUPER"]',
    ),
    (
        "便民设施",
        "# complete_classes = []",
        'complete_classes = ["HLT.PHARM", "FIN.BANK", "TRA.BUS"]',
    ),
]
"""Word of the source that is edited, what stands there, what a person writes."""

SHEET = f"{HOUSING}/城关镇 楼栋住户调查表.xlsx"
PROBLEMS = [
    ("row_is_note", SHEET, "Sheet1", 304, ""),
    ("line_no_length", f"{PLANNING}/道路中心线.geojson", "", 997, ""),
    ("facilities_merged", f"{DATA}/高德地图采集点位.csv", "", None, ""),
    ("topology_repaired", f"{PLANNING}/专项规划.gpkg", "绿地", 4, ""),
    ("topology_overlap", f"{PLANNING}/青溪区.gdb", "网格", 12, "网格编码"),
    (
        "totals_differ",
        f"{CIVIL}/青溪区 社区界（2026年6月更新）.shp",
        "",
        2,
        "户数",
    ),
]
"""Warnings of the check: sentence, file, layer or sheet, row, column."""

ROWS = [
    # 15 + 18 + 144 as in the demo; 298 + 873 + 258 buildings are its 1,428 and ours.
    ("communities", f"{CIVIL}/青溪区 社区界（2026年6月更新）.shp", 15, 0, 0, 0),
    ("circles", f"{PLANNING}/专项规划.gpkg", 18, 0, 0, 0),
    ("compounds", f"{HOUSING}/住宅小区.kmz", 144, 0, 0, 0),
    ("buildings", SHEET, 299, 1, 0, 10),
    ("buildings", f"{HOUSING}/房屋普查成果.zip", 873, 0, 0, 27),
    ("buildings", f"{HOUSING}/房屋普查成果.zip", 258, 0, 0, 0),
    ("facilities", f"{CIVIL}/社区服务设施台账.xlsx", 40, 0, 0, 0),
    # 140 + 466 + 72 points: the demo's 677, and one that is there twice.
    ("facilities", f"{DATA}/便民设施（居委会上报）.csv", 140, 0, 0, 0),
    ("facilities", f"{DATA}/百度地图采集点位.csv", 466, 0, 0, 0),
    ("facilities", f"{DATA}/高德地图采集点位.csv", 72, 0, 1, 0),
    ("rooms", f"{CIVIL}/社区服务用房台账.xls", 28, 0, 0, 0),
    # 4477 + 996 lines: the demo's 5,473; the dot is left out.
    ("roads", f"{DATA}/青溪区步行路.osm", 4477, 0, 0, 0),
    ("roads", f"{PLANNING}/道路中心线.geojson", 997, 1, 0, 0),
    ("gates", f"{PLANNING}/青溪区.gdb", 199, 0, 0, 0),
    ("barriers", f"{PLANNING}/控规 红线图.dxf", 1, 0, 0, 0),
    ("barriers", f"{PLANNING}/控规 红线图.dxf", 1, 0, 0, 0),
    ("grids", f"{PLANNING}/青溪区.gdb", 104, 0, 0, 0),
    ("projects", f"{PLANNING}/专项规划.gpkg", 3, 0, 0, 0),
    # 2618 + 41 pieces: the demo's 2,659.
    ("land", f"{PLANNING}/三调 用地现状.parquet", 2618, 0, 0, 0),
    ("land", f"{PLANNING}/专项规划.gpkg", 41, 0, 0, 0),
]
"""Table, file, rows read, rejected, merged, estimated; used is what remains."""


def call(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


def drafted_in(folder):
    """What ``init`` drafts for the folder as it is: its text."""
    done = call("init", folder, "--force")
    assert done.exit_code == 0, done.output
    return (folder / "district.toml").read_text("utf-8")


@pytest.fixture(scope="module")
def handed(tmp_path_factory):
    return hand_over(tmp_path_factory.mktemp("规划 资料"))


@pytest.fixture(scope="module")
def draft(handed):
    return drafted_in(handed)


@pytest.fixture(scope="module")
def confirmed(handed, draft, tmp_path_factory):
    """The folder with what a person mends and confirms: the path of its TOML."""
    folder = tmp_path_factory.mktemp("核对") / FOLDER
    shutil.copytree(handed, folder)
    for old, new in MENDS.items():
        (folder / old).rename(folder / new)
    head, *entries = drafted_in(folder).split("\n\n# ")
    today = tomllib.loads(head)["district"]["as_of"].isoformat()
    blocks = [head.replace(today, "2026-07-01"), *entries]
    for word, old, new in CONFIRMATIONS:
        (place,) = [
            place
            for place, block in enumerate(blocks)
            if (word in block and place > 0 if word else place == 0)
            and "[[sources." in block + "[[sources." * (place == 0)
            and old in block
        ]
        assert blocks[place].count(old) == 1, (word, old)
        blocks[place] = blocks[place].replace(old, new)
    path = folder / "district.toml"
    path.write_text("\n\n# ".join(blocks), "utf-8")
    return path


@pytest.fixture(scope="module")
def out(confirmed, tmp_path_factory):
    folder = tmp_path_factory.mktemp("成果")
    done = call("run", confirmed, "-o", folder, "--quiet")
    assert done.exit_code == 0, done.output
    return folder


@pytest.fixture(scope="module")
def study(out):
    return read_study(out)


def test_there_are_twenty_files_each_described(handed):
    assert len(FILES) == 20
    assert all((handed / name).exists() for name in FILES)
    numbers = [int(make.__doc__.split(".")[0]) for make in FILES.values()]
    assert sorted(numbers) == [*range(1, 21)]


def test_inspect_says_what_each_file_is(handed):
    shown = call("inspect", handed)
    assert shown.exit_code == 0, shown.output
    parts = shown.output.strip().split("\n\n")
    heads = {part.splitlines()[0]: part.splitlines()[1] for part in parts[:-1]}
    used = [source for sources in GUESSED.values() for source in sources]
    assert len(heads) == len(used) + len(NOT_USED)
    for table, sources in GUESSED.items():
        for source in sources:
            name = source["path"].rsplit("/", 1)[-1]
            start = f"{name} {source.get('layer', '')}".strip()
            (line,) = [heads[head] for head in heads if head.startswith(start)]
            assert line == f"像是 {table}。", start
    for name, why in NOT_USED.items():
        start = name.rsplit("/", 1)[-1]
        (line,) = [heads[head] for head in heads if head.startswith(start)]
        assert line == why, start
    assert parts[-1].endswith(NO_DATA)


def test_inspect_shows_nothing_about_persons(handed):
    for target in (handed, handed / CIVIL / "网格员名册.xlsx"):
        shown = call("inspect", target).output
        assert "姓名、身份证号" in shown
        assert not any(word in shown for word in ("张三", "1101011990", "13800"))


def test_init_guesses_each_file(draft):
    told = tomllib.loads(draft)
    assert told["sources"] == GUESSED
    assert told["district"]["name"] == "青溪区"
    assert told["district"]["crs"] == "EPSG:4548"
    assert set(told) == {"district", "households", "rules", "sources"}


def test_init_gives_its_evidence(draft):
    blocks = draft.split("\n\n")
    for path, lines in EVIDENCE.items():
        (block,) = [block for block in blocks if f'path = "{path}"' in block]
        comments = block.split("\n[[")[0].splitlines()
        assert comments[0].startswith("# 依据："), path
        assert comments[1:] == [f"# {line}" for line in lines], path


def test_init_says_why_a_file_is_not_used(draft):
    said = [line for line in draft.splitlines() if line.startswith("# 未用 ")]
    assert said == [f"# 未用 {name}：{why}" for name, why in NOT_USED.items()]
    assert draft.endswith(f"# 不是数据、未看的文件：{NO_DATA}\n")
    assert "张三" not in draft


def test_without_any_confirmation_the_check_says_what_is_lacking(handed, draft):
    problems = examine_district(handed / "district.toml").problems
    errors = [found for found in problems if found.severity == "error"]
    files = {found.file.rsplit("/", 1)[-1] for found in errors}
    assert draft
    assert {"专项规划.gpkg", "社区服务用房台账.xls"} <= files
    (spike,) = [found for found in errors if found.file.endswith("专项规划.gpkg")]
    assert (spike.layer, spike.row) == ("绿地", 4)
    assert spike.key == "tables.geometry_self_intersection"


def test_the_check_finds_what_is_left_and_no_more(confirmed):
    found = examine_district(confirmed)
    said = [
        (one.key.removeprefix("tables."), one.file, one.layer, one.row, one.column)
        for one in found.problems
    ]
    assert said == PROBLEMS
    assert {one.severity for one in found.problems} == {"warning"}
    done = call("check", confirmed)
    assert done.exit_code == 0, done.output
    assert "数据可用：0 个错误，6 条提示。" in done.output
    assert "第 304 行" in done.output
    rejected = pd.read_csv(confirmed.with_suffix(".rejected.csv"))
    assert len(rejected) == 2


def test_every_row_is_used_rejected_or_merged(confirmed):
    counts = read_district(confirmed).row_counts
    columns = ["table", "file", "rows_read"]
    columns += ["rows_rejected", "rows_merged", "rows_estimated"]
    assert [tuple(row) for row in counts[columns].to_numpy()] == ROWS
    parts = counts[["rows_used", "rows_rejected", "rows_merged"]].sum(axis=1)
    assert (counts["rows_read"] == parts).all()


def test_the_buildings_are_those_of_the_demo(study, demo_study):
    ours = study.district.buildings.set_index("building_id")
    theirs = demo_study.district.buildings.set_index("building_id")
    assert set(ours.index) - set(theirs.index) == {"PDF-1"}
    assert ours.loc["PDF-1", "households"] == 0
    ours = ours.loc[theirs.index]
    assert ours.loc["B0001", "name"] == "䶮园1号楼"
    for frame in (ours, theirs):
        frame.loc["B0001", "name"] = ""
    columns = [name for name in theirs.columns if name != "geometry"]
    pd.testing.assert_frame_equal(
        pd.DataFrame(ours[columns]), pd.DataFrame(theirs[columns])
    )


def test_the_verdicts_are_those_of_the_demo(study, demo_study):
    assert study.district.config.as_of == date(2026, 6, 30)
    ours, theirs = study.findings.rows, demo_study.findings.rows
    theirs = theirs[theirs["rule_id"] != "QX-R01"].replace(
        {"unit_id": "qingxi"}, "青溪区"
    )
    keys = ["rule_id", "level", "unit_id", "facility_class"]
    columns = [*keys, "measured", "verdict", "verdict_tolerant", "affected"]
    frames = [
        frame[columns].sort_values(keys).reset_index(drop=True)
        for frame in (ours, theirs)
    ]
    pd.testing.assert_frame_equal(*frames, check_exact=False, rtol=1e-9)


def test_the_pages_name_each_file_that_was_used(out):
    page = (out / "quality.html").read_text("utf-8")
    for sources in GUESSED.values():
        for source in sources:
            parts = (source["path"].rsplit("/", 1)[-1], source.get("layer", ""))
            assert " · ".join(filter(None, parts)) in page
    assert "{" not in page.split("未采用的行")[1].split("<section")[0]

"""``lifecircle inspect`` and ``lifecircle init``, as a planner calls them."""

import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lifecircle.cli import app

DEMO = Path(__file__).parents[1] / "data" / "demo"


@pytest.fixture
def call():
    return lambda *words: CliRunner().invoke(app, [str(word) for word in words])


def test_inspect_shows_layer_columns_samples_and_ours(call):
    shown = call("inspect", DEMO / "社区.shp")
    assert shown.exit_code == 0, shown.output
    assert "社区.shp 15 行 Polygon GBK China Geodetic" in shown.output
    assert "像是 communities。" in shown.output
    line = next(row for row in shown.output.splitlines() if row.startswith("户数"))
    assert line.split()[-1] == "households"
    english = call("inspect", DEMO / "社区.shp", "--lang", "en").output
    assert "Looks like communities." in english


def test_inspect_of_another_kind_of_file_says_what_is_read(call, tmp_path):
    path = tmp_path / "纪要.docx"
    path.write_bytes(b"")
    shown = call("inspect", path)
    assert shown.exit_code == 2
    assert ".gpkg" in shown.stderr


def test_inspect_of_a_broken_file_names_the_fault(call, tmp_path):
    path = tmp_path / "楼栋.gpkg"
    path.write_bytes(b"SQLite format 3\x00 and no more")
    shown = call("inspect", path)
    assert shown.exit_code == 0
    assert "楼栋.gpkg" in shown.output
    assert "文件无法读取" in shown.output
    assert str(tmp_path) not in shown.output


def test_init_drafts_once_and_replaces_only_by_force(call, tmp_path):
    shutil.copy(DEMO / "地图点位.csv", tmp_path)
    first = call("init", tmp_path)
    assert first.exit_code == 0, first.output
    assert "1 个图层认出 1 个" in first.output
    path = tmp_path / "district.toml"
    marks = path.read_text("utf-8").count("请确认：")
    assert f"{marks} 处请确认" in first.output
    path.write_text("mine", "utf-8")
    again = call("init", tmp_path)
    assert again.exit_code == 2
    assert path.read_text("utf-8") == "mine"
    assert call("init", tmp_path, "--force", "--quiet").output == ""
    assert "[district]" in path.read_text("utf-8")
    assert call("init", tmp_path / "none").exit_code == 2

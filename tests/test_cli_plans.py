"""``lifecircle regrid`` as a planner meets it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from lifecircle import jobs_plans
from lifecircle.cli import app
from lifecircle.publish.results import read_study

DEMO = Path(__file__).parents[1] / "data" / "demo" / "district.toml"


@pytest.fixture
def runner() -> CliRunner:
    return CliRunner()


@pytest.fixture
def toy_file(monkeypatch, toy):
    """Every district file is the toy district."""
    monkeypatch.setattr(jobs_plans, "read_district", lambda _: toy.district)
    return "toy.toml"


def test_a_plan_is_told_in_figures(runner, toy_file):
    shown = runner.invoke(app, ["regrid", toy_file, "--households", "100-300"])
    assert shown.exit_code == 0, shown.output
    # 480 = 180 + 300 in C1, 120 in C2.
    assert "3 个网格，3 个在 100–300 户内" in shown.output


def test_the_frontier_is_five_plans(runner, toy_file):
    shown = runner.invoke(
        app, ["regrid", toy_file, "--frontier", "--households", "100-300"]
    )
    assert shown.exit_code == 0, shown.output
    assert shown.output.count("稳定度") == 5


def test_a_band_that_is_none_is_a_wrong_call(runner, toy_file):
    shown = runner.invoke(app, ["regrid", toy_file, "--households", "many"])
    assert shown.exit_code == 2
    assert "300-500" in shown.stderr
    shown = runner.invoke(app, ["regrid", toy_file, "--households", "500-300"])
    assert shown.exit_code == 2
    assert "Traceback" not in shown.output


def test_an_edited_plan_is_checked_against_every_rule(runner, toy_file, tmp_path):
    path = tmp_path / "plan.csv"
    homes = {"B1": "G1", "B2": "G1", "B3": "G3", "B4": "G3", "B5": "G3", "B6": "G2"}
    frame = pd.DataFrame({"building_id": homes.keys(), "grid_id": homes.values()})
    frame.to_csv(path, index=False)
    shown = runner.invoke(
        app,
        ["regrid", toy_file, "--compare", str(path), "--households", "100-300"],
    )
    assert shown.exit_code == 1
    assert "G3 跨社区：C1+C2" in shown.stderr
    # B6 alone has 40 households.
    assert "G2（C2）有 40 户" in shown.stderr
    assert "所给方案" in shown.output
    assert "本工具方案" in shown.output


def test_communities_are_merged_and_told_why(runner, toy_file):
    shown = runner.invoke(app, ["communities", toy_file, "--households", "500-700"])
    assert shown.exit_code == 0, shown.output
    # 480 and 120 households make 600; none of the two is within 500 to 700 today.
    assert "社区 2 → 1 个，在 500–700 户内 0 → 1 个" in shown.output
    assert "120 户（20.0%）换社区" in shown.output
    assert "120 户划入" in shown.output


def test_communities_that_cannot_fit_say_so(runner, toy_file):
    command = ["communities", toy_file, "--households", "700-900", "--lang", "en"]
    shown = runner.invoke(app, command)
    assert shown.exit_code == 0, shown.output
    # 600 households in all.
    assert "no number of communities fits the households" in shown.output
    wrong = runner.invoke(app, ["communities", toy_file, "--households", "large"])
    assert wrong.exit_code == 2
    assert "2400-3600" in wrong.stderr


def test_communities_are_split_by_grids_and_written(runner, tmp_path):
    """The demo: 6 of 15 communities are within 2,400 to 3,600, all 15 proposed."""
    out = tmp_path / "out"
    command = ["communities", str(DEMO), "--split", "--out", str(out)]
    shown = runner.invoke(app, command)
    assert shown.exit_code == 0, shown.output
    plan = read_study(out).community_plan
    assert plan.units["in_range"].all()
    assert plan.settings.communities == "split"
    sheet = pd.read_excel(out / "findings.xlsx", sheet_name="社区方案")
    assert sheet["方案社区"].tolist() == plan.units["unit_name"].tolist()
    assert sheet["户数 (户)"].sum() == plan.units["households"].sum()
    moved = pd.read_excel(out / "findings.xlsx", sheet_name="社区调整清单")
    assert len(moved) == len(plan.changes) > 0
    assert moved["调整理由"].notna().all()
    # Ground is neither lost nor doubled.
    ground = read_study(out).district.communities.geometry.area.sum()
    assert plan.units["area_m2"].sum() == pytest.approx(ground, rel=1e-3)

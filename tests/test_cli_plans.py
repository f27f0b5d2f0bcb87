"""``lifecircle regrid`` as a planner meets it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from lifecircle import jobs_plans
from lifecircle.cli import app

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

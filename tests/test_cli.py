"""The command line as a planner meets it: exit codes, heads, no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from lifecircle.cli import app

DEMO = Path(__file__).parents[1] / "data" / "demo" / "district.toml"


@pytest.fixture
def runner() -> CliRunner:
    return CliRunner()


def test_help_lists_the_commands_in_both_languages(runner):
    shown = runner.invoke(app, ["--help"])
    assert shown.exit_code == 0
    words = " ".join(shown.output.split())
    for word in ("demo", "check", "run", "books", "生活圈", "life circle"):
        assert word in words


def test_help_loads_no_heavy_library():
    code = (
        "import sys; sys.argv=['lifecircle', '--help']\n"
        "from lifecircle.cli import app\n"
        "try:\n    app()\nexcept SystemExit:\n    pass\n"
        "heavy = {'pandas', 'geopandas', 'numba', 'shapely', 'numpy'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stderr.strip() == "[]"


def test_books_names_every_rule_of_this_issue(runner):
    shown = runner.invoke(app, ["books"])
    assert shown.exit_code == 0
    for rule in ("HF-R01", "HF-R02", "HF-R10", "HF-R11", "DC-R01", "DC-R02", "DC-R04"):
        assert rule in shown.output


def test_missing_district_file_is_a_wrong_call(runner, tmp_path):
    shown = runner.invoke(app, ["run", str(tmp_path / "no.toml"), "-o", str(tmp_path)])
    assert shown.exit_code == 2
    assert "no.toml" in shown.stderr
    assert "Traceback" not in shown.output


def test_unknown_language_is_a_wrong_call(runner):
    shown = runner.invoke(app, ["check", str(DEMO), "--lang", "fr"])
    assert shown.exit_code == 2
    assert "zh | en" in shown.stderr


def test_check_passes_the_demo_and_says_so(runner):
    shown = runner.invoke(app, ["check", str(DEMO)])
    assert shown.exit_code == 0, shown.output
    assert "0 个错误" in shown.output


def test_check_speaks_english_when_asked(runner):
    shown = runner.invoke(app, ["check", str(DEMO), "--lang", "en"])
    assert shown.exit_code == 0
    assert "0 errors" in shown.output


def test_run_writes_everything_and_gives_the_headline(runner, tmp_path):
    out = tmp_path / "成果"
    shown = runner.invoke(app, ["run", str(DEMO), "-o", str(out), "--quiet"])
    assert shown.exit_code == 0, shown.output
    assert shown.stdout == ""
    assert sorted(path.name for path in out.iterdir()) == [
        "district.gpkg",
        "findings.xlsx",
        "manifest.json",
        "review.html",
    ]


def test_a_gbk_console_shows_question_marks_instead_of_failing():
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(
        [sys.executable, "-m", "lifecircle", "books"],
        capture_output=True,
        env=environment,
        check=False,
    )
    assert done.returncode == 0
    assert b"HF-R01" in done.stdout
    assert b"Traceback" not in done.stderr

"""The command line as a planner meets it: exit codes, heads, no traceback."""

import os
import shutil
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
        "quality.html",
        "report.html",
        "review.html",
    ]


# 3OO for 300, a unit and a force that are none, a key that is none: all at once, each
# with its line, whatever the command, and no traceback.
WRONG_BOOK = """
[book]
id = "own"
title = { zh = "本区标准", en = "Our standard" }
issuer = "青溪区"
date = 2026-01-01
jurisdiction = "CN-XX"
source = "青溪区文件"

[[rule]]
id = "OWN-1"
title = { zh = "网格", en = "Grids" }
force = "shuld"
kind = "households_per_unit"
test = { op = "in", min = 3OO, max = 500, unit = "hushold" }
  [rule.source]
  clauze = "三"
  clause = "三"
  quote = "300至500户"
  quote_exact = true
  authority = "plan"
  [rule.scope]
  level = "grid"
"""


@pytest.fixture
def with_wrong_book(tmp_path):
    folder = tmp_path / "demo"
    shutil.copytree(DEMO.parent, folder)
    (folder / "own.toml").write_text(WRONG_BOOK, encoding="utf-8")
    text = (folder / "district.toml").read_text(encoding="utf-8")
    changed = text.replace('"qingxi.toml"', '"own.toml"')
    assert changed != text
    (folder / "district.toml").write_text(changed, encoding="utf-8")
    return folder / "district.toml"


@pytest.mark.parametrize(
    ("command", "lang", "heads", "code"),
    [
        (["check"], "zh", ("位置", "问题", "改法"), 1),
        (["check"], "en", ("Where", "What", "Fix"), 1),
        (["run", "-o", "out"], "zh", ("位置", "问题", "改法"), 2),
        (["run", "-o", "out"], "en", ("Where", "What", "Fix"), 2),
    ],
)
def test_a_wrong_rule_book_is_refused_under_three_heads(
    runner, with_wrong_book, command, lang, heads, code
):
    name, *options = command
    words = [name, str(with_wrong_book), *options, "--quiet", "--lang", lang]
    shown = runner.invoke(app, words)
    assert shown.exit_code == code
    assert all(head in shown.stderr for head in heads)
    for said in (
        "own.toml",
        "line 15: 3OO is no number. It has the letter O where a digit belongs",
        "line 13, OWN-1: force 'shuld' is not known. The nearest known is 'should'",
        "line 15, OWN-1: unit 'hushold' is not known",
        "line 15, OWN-1: test.min is '3OO'",
        "line 17, OWN-1: unknown key 'clauze' in source",
    ):
        assert said in shown.stderr
    assert "Traceback" not in shown.output


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

from __future__ import annotations

import datetime as dt
import pickle
import subprocess
import sys

import pytest

from lifecircle.checks.uncertain import SPEED_RANGES
from lifecircle.errors import ConfigError
from lifecircle.standards.walkers import walker_profiles
from lifecircle.tables.config import DistrictFileError, config_problems, read_config
from lifecircle.text import problem_lines


def _problems(files, old="", new=""):
    files.config = files.config.replace(old, new, 1) if old else files.config + new
    path = files.folder / "district.toml"
    path.write_text(files.config, encoding="utf-8")
    return config_problems(path)


def test_a_district_file_becomes_settings(files):
    path = files.folder / "district.toml"
    path.write_text(files.config, encoding="utf-8")
    config = read_config(path)
    assert (config.district_id, config.name, config.crs) == (
        "qingxi",
        "青溪区",
        "EPSG:4548",
    )
    assert config.as_of == dt.date(2026, 6, 30)
    assert config.synthetic is True
    assert config.adopted_books == ("hefei",)
    assert dict(config.shares) == {"HF-R10": 0.9}
    assert (config.persons_per_household, config.elderly_share) == (2.5, 0.2)
    assert [source.table for source in config.sources] == [
        *("communities", "compounds", "buildings", "facilities"),
        *("rooms", "serves", "roads", "gates"),
    ]
    rooms = config.sources[4]
    assert (rooms.sheet, rooms.header_row) == ("用房", 3)
    assert rooms.path == (files.folder / "用房台账.xlsx").resolve()
    assert config.sources[3].complete_classes == ("ELD.CANTEEN",)


def test_walkers_have_defaults_with_sources(files):
    path = files.folder / "district.toml"
    path.write_text(files.config, encoding="utf-8")
    walkers = read_config(path).walkers
    assert {name: walker.speed_m_per_s for name, walker in walkers.items()} == {
        "adult": 1.1,
        "elderly": 0.8,
    }
    assert "WS-08" in walkers["elderly"].source


def test_walkers_can_be_set(files):
    text = '\n[walk.walkers.elderly]\nspeed_m_per_s = 0.7\nsource = "实测"\n'
    assert _problems(files, new=text) == ()
    walker = read_config(files.folder / "district.toml").walkers["elderly"]
    assert (walker.speed_m_per_s, walker.source) == (0.7, "实测")


@pytest.mark.parametrize(
    ("old", "new", "key", "values"),
    [
        (
            'encoding = "gbk"',
            'encodng = "gbk"',
            "config_unknown_key",
            {"setting": "sources.communities[1].encodng", "nearest": "encoding"},
        ),
        (
            "[rules]",
            "[ruls]",
            "config_unknown_key",
            {"setting": "ruls", "nearest": "rules"},
        ),
        (
            "[[sources.gates]]",
            "[[sources.gate]]",
            "config_unknown_table",
            {"value": "gate", "nearest": "gates"},
        ),
        (
            "gate_id =",
            "gateid =",
            "config_unknown_column",
            {"value": "gateid", "nearest": "gate_id", "table": "gates"},
        ),
        (
            "HF-R10 = 0.9",
            "HF-R10 = 90",
            "config_range",
            {"setting": "rules.share.HF-R10", "value": 90, "least": "0", "most": "1"},
        ),
        (
            'id = "qingxi"\n',
            "",
            "config_missing_key",
            {"setting": "district.id"},
        ),
        (
            "synthetic = true",
            'synthetic = "yes"',
            "config_type",
            {"setting": "district.synthetic", "value": "yes"},
        ),
        (
            "as_of = 2026-06-30",
            'as_of = "2026-06-30"',
            "config_type",
            {"setting": "district.as_of"},
        ),
        (
            'settlement = "urban"',
            'settlement = "urbn"',
            "config_choice",
            {"setting": "district.settlement", "value": "urbn", "nearest": "urban"},
        ),
        (
            'crs = "EPSG:4548"',
            'crs = "EPSG:4490"',
            "config_crs_not_metric",
            {"setting": "district.crs", "value": "EPSG:4490"},
        ),
        (
            'crs = "gcj02"',
            'crs = "gcj-02"',
            "config_crs",
            {"setting": "sources.facilities[1].crs", "value": "GCJ-02"},
        ),
        (
            'crs = "gcj02"\n',
            "",
            "config_no_crs",
            {"setting": "sources.facilities[1].crs"},
        ),
        (
            'x = "经度"\n',
            "",
            "config_no_xy",
            {"setting": "sources.facilities[1].x"},
        ),
        (
            'facility_id = "编号", ',
            "",
            "config_column_unmapped",
            {"value": "facility_id"},
        ),
        (
            'household_basis = "resident"',
            'household_basis = "registred"',
            "config_choice",
            {"value": "registred", "nearest": "registered"},
        ),
        (
            'layer = "小区"',
            'layer = "小区"\ngeometry = "geom"',
            "config_geometry",
            {"setting": "sources.compounds[1].geometry"},
        ),
        (
            'encoding = "gbk"',
            'encoding = "gkb"',
            "encoding_unknown",
            {"value": "gkb"},
        ),
    ],
)
def test_every_kind_of_fault_is_named_with_its_place(files, old, new, key, values):
    found = _problems(files, old, new)
    assert [problem.key for problem in found] == [f"tables.{key}"]
    assert found[0].file == "district.toml"
    assert {name: found[0].values[name] for name in values} == values
    for language in ("zh", "en"):
        assert all(problem_lines(found[0], language))


def test_an_unknown_walker_is_an_error(files):
    found = _problems(files, new="\n[walk.walkers.eldery]\nspeed_m_per_s = 0.8\n")
    assert [problem.key for problem in found] == ["tables.config_unknown_walker"]
    assert found[0].values["nearest"] == "elderly"


def test_a_syntax_error_gives_its_line(files):
    found = _problems(files, 'name = "青溪区"', "name = 青溪区")
    assert [problem.key for problem in found] == ["tables.config_syntax"]
    assert found[0].row == 3


def test_a_missing_file_is_a_config_error(tmp_path):
    with pytest.raises(ConfigError, match="no such district file"):
        read_config(tmp_path / "district.toml")


def test_all_faults_are_told_at_once_and_survive_pickling(files):
    files.config = files.config.replace("HF-R10 = 0.9", "HF-R10 = 1.5")
    files.config = files.config.replace('id = "qingxi"\n', "")
    path = files.folder / "district.toml"
    path.write_text(files.config, encoding="utf-8")
    with pytest.raises(DistrictFileError, match="2 problems in all") as caught:
        read_config(path)
    keys = [problem.key for problem in caught.value.problems]
    assert keys == ["tables.config_missing_key", "tables.config_range"]
    again = pickle.loads(pickle.dumps(caught.value))
    assert [problem.key for problem in again.problems] == keys


def test_settings_are_read_without_frames():
    code = (
        "import sys, lifecircle.tables.config as c; "
        "print([m for m in ('pandas', 'geopandas') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_pram_joins_when_named_and_profiles_can_be_changed_in_part(files):
    text = (
        "\n[walk]\nnode_lines_m = 0.5\njoin_islands_m = 15\n"
        "[walk.walkers.pram]\n"
        '[walk.walkers.adult]\nsignal_delay_s = 30\nsteps = "no"\n'
    )
    assert _problems(files, new=text) == ()
    config = read_config(files.folder / "district.toml")
    assert (config.node_lines_m, config.join_islands_m) == (0.5, 15.0)
    assert sorted(config.walkers) == ["adult", "elderly", "pram"]
    assert config.walkers["pram"].steps == "no"
    adult = config.walkers["adult"]
    # What is not named stays as the profile has it, its source too.
    assert (adult.signal_delay_s, adult.steps, adult.speed_m_per_s) == (30, "no", 1.1)
    assert "WS-08" in adult.source


def test_profiles_have_the_ranges_of_the_robust_verdicts():
    profiles = walker_profiles()
    for name, (slow, fast) in SPEED_RANGES.items():
        assert (profiles[name].slow_m_per_s, profiles[name].fast_m_per_s) == (
            slow,
            fast,
        )

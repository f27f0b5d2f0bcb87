"""The ``[regrid]`` section: defaults, values, faults."""

from __future__ import annotations

import pytest

from lifecircle.model import RegridSettings
from lifecircle.tables._keys import Keys
from lifecircle.tables.config import load_config
from lifecircle.tables.regrid_config import regrid_settings
from lifecircle.text import problem_lines


def settings_of(**given):
    keys = Keys(given, "regrid", [], "district.toml")
    settings = regrid_settings(keys)
    keys.finish()
    return settings, keys.problems


def test_an_empty_section_gives_the_defaults():
    assert settings_of() == (RegridSettings(), [])


def test_the_demo_writes_the_defaults_out():
    config, problems = load_config("data/demo/district.toml")
    assert problems == ()
    assert config.regrid == RegridSettings()


def test_every_value_is_read():
    settings, problems = settings_of(
        households=[280, 520],
        community_households=[2000, 4000],
        stability=1,
        border={"minor_street": 0.7},
        compactness=0.2,
        grids=10,
        balance=0.5,
        workload={"elderly": 0.1, "cases": 2},
        split=1000,
        subdistricts="cross",
        seed=7,
    )
    assert problems == []
    assert settings == RegridSettings(
        households=(280, 520),
        community_households=(2000, 4000),
        stability=1.0,
        border={
            "inside_compound": 2.0,
            "minor_street": 0.7,
            "main_road_or_river": 0.05,
        },
        compactness=0.2,
        grids=10.0,
        balance=0.5,
        workload={"street_shops": 0.0, "elderly": 0.1, "cases": 2.0},
        split=1000.0,
        subdistricts="cross",
        seed=7,
    )


@pytest.mark.parametrize(
    ("given", "key"),
    [
        ({"household": [300, 500]}, "tables.config_unknown_key"),
        ({"border": {"minor_stret": 1.0}}, "tables.config_unknown_key"),
        ({"households": [500, 300]}, "tables.config_band"),
        ({"households": [300]}, "tables.config_band"),
        ({"households": [300.5, 500]}, "tables.config_band"),
        ({"households": [0, 500]}, "tables.config_range"),
        ({"households": "300-500"}, "tables.config_type"),
        ({"stability": 1.5}, "tables.config_range"),
        ({"compactness": -1}, "tables.config_range"),
        ({"seed": "x"}, "tables.config_type"),
        ({"subdistricts": "across"}, "tables.config_choice"),
    ],
)
def test_a_fault_is_named_and_the_default_stands(given, key):
    settings, problems = settings_of(**given)
    assert [problem.key for problem in problems] == [key]
    assert settings == RegridSettings()
    for lang in ("zh", "en"):
        assert all(problem_lines(problems[0], lang))

"""Which districts a city has, what they share, and what a city file can get wrong."""

import pytest

from lifecircle.batch.city import layered, read_city
from lifecircle.batch.keys import ingredients
from lifecircle.batch.plan import chosen
from lifecircle.errors import ConfigError, SourceError
from lifecircle.tables.config import DistrictFileError, load_config


@pytest.fixture
def folder(tmp_path, town):
    town(tmp_path / "a", "d1", name="东区")
    town(tmp_path / "b", "d2", name="西区")
    (tmp_path / "a" / "ours.toml").write_text('[book]\nid = "ours"\n', "utf-8")
    return tmp_path


def city_file(folder, text):
    path = folder / "city.toml"
    path.write_text('[city]\nid = "c"\nname = "某市"\n' + text, "utf-8")
    return path


def test_a_folder_is_its_district_files_and_no_rule_books(folder):
    city = read_city(folder)
    told = [(one.district_id, one.name, one.settings) for one in city.districts]
    assert told == [("d1", "东区", None), ("d2", "西区", None)]


def test_a_file_that_cannot_be_parsed_is_a_district_that_will_fail(folder):
    (folder / "b" / "district.toml").write_text("[district\n", "utf-8")
    assert [one.district_id for one in read_city(folder).districts] == ["d1", "b"]


def test_settings_lie_beneath_and_above_the_district_file(folder):
    path = city_file(
        folder,
        "[shared]\nhouseholds.persons_per_household = 3.1\nwalk.max_off_road_m = 80.0\n"
        '[[districts]]\nfile = "a/district.toml"\n'
        '[districts.settings.district]\nname = "东城区"\n'
        '[[districts]]\nfile = "b/district.toml"\n',
    )
    one, two = read_city(path).districts
    first, faults = load_config(one.path, settings=one.settings)
    second, _ = load_config(two.path, settings=two.settings)
    assert faults == ()
    # The district files say 2.6 persons: they stand above what is shared.
    assert (first.persons_per_household, second.persons_per_household) == (2.6, 2.6)
    assert (first.max_off_road_m, second.max_off_road_m) == (80.0, 80.0)
    assert (first.name, second.name, one.name) == ("东城区", "西区", "东城区")
    assert first.sources[0].path == (folder / "a" / "town.gpkg").resolve()


def test_a_district_may_stand_in_the_city_file_alone(folder):
    text = (folder / "a" / "district.toml").read_text("utf-8")
    sources = text[text.index("[[sources") :].replace("town.gpkg", "a/town.gpkg")
    path = city_file(
        folder,
        '[shared.district]\ncrs = "EPSG:4548"\nas_of = 2026-06-30\n'
        + sources.replace("[[sources", "[[shared.sources")
        + '[[districts]]\n[districts.settings.district]\nid = "d1"\nname = "东区"\n',
    )
    (one,) = read_city(path).districts
    config, faults = load_config(one.path, settings=one.settings)
    assert (faults, config.name, len(config.sources)) == ((), "东区", 4)
    assert config.sources[0].path == (folder / "a" / "town.gpkg").resolve()
    assert "city.toml" not in ingredients(one, lang="zh").inputs


def test_every_fault_of_a_city_file_is_told_at_once(folder):
    path = city_file(
        folder,
        'nam = 1\n[[districts]]\nfile = "a/district.toml"\nfiel = 1\n'
        '[[districts]]\nfile = "a/district.toml"\n',
    )
    with pytest.raises(DistrictFileError) as raised:
        read_city(path)
    told = [problem.key for problem in raised.value.problems]
    assert told == [
        "tables.config_unknown_key",
        "tables.config_unknown_key",
        "batch.district_twice",
    ]


def test_a_city_without_districts_or_file(folder, tmp_path):
    with pytest.raises(DistrictFileError):
        read_city(city_file(folder, ""))
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "empty", tmp_path / "none.toml"):
        with pytest.raises(SourceError):
            read_city(path)


def test_only_and_exclude_take_ids_names_and_patterns(folder):
    city = read_city(folder)

    def ids(only, exclude):
        return [one.district_id for one in chosen(city, only, exclude)]

    assert ids([], []) == ["d1", "d2"]
    assert ids(["东区"], []) == ["d1"]
    assert ids(["d*"], ["西*"]) == ["d1"]
    for only, exclude in ((["d3"], []), ([], ["d3"]), (["d1"], ["d1"])):
        with pytest.raises(ConfigError):
            chosen(city, only, exclude)


def test_layers_change_neither_of_them():
    beneath = {"a": {"b": 1}, "s": [{"x": 1}]}
    above = {"a": {"c": 2}, "s": [{"y": 2}]}
    made = layered(beneath, above)
    assert made == {"a": {"b": 1, "c": 2}, "s": [{"x": 1}, {"y": 2}]}
    assert (beneath, above) == (
        {"a": {"b": 1}, "s": [{"x": 1}]},
        {"a": {"c": 2}, "s": [{"y": 2}]},
    )

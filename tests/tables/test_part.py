"""A district as a part of a city's files: whose every row is, what is said of it."""

from __future__ import annotations

from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point, box

from lifecircle.batch.summary import _totals
from lifecircle.conftest import make_config
from lifecircle.tables.config import config_problems
from lifecircle.tables.district import DistrictError, check_district, read_district
from lifecircle.tables.facts import TABLES
from lifecircle.tables.found import Found
from lifecircle.tables.ledger import Ledger, Origin
from lifecircle.tables.part import keep_part
from lifecircle.tables.read import empty_table

X, Y = 520_000.0, 3_520_000.0
PART = '\n[district.part]\ncommunities = { "区县" = ["东区"] }\n'


@pytest.fixture
def city(files):
    """C01 is of 东区, C02 of 西区, by a column that nobody maps."""
    files.communities = files.communities.assign(区县=["东区", " 西区"])
    files.facilities = files.facilities[files.facilities["编号"] != "F3"]
    return files


def asked(files, part=PART):
    """The district file with a part asked for."""
    files.config = files.config.replace("[households]", part + "\n[households]", 1)
    return files.write()


def neighbour(path):
    """The file of the other district."""
    other = path.with_name("west.toml")
    other.write_text(path.read_text("utf-8").replace("东区", "西区"), encoding="utf-8")
    return other


def counts(district):
    return district.row_counts.set_index("table")


def test_a_part_has_its_communities_and_what_is_at_home_in_them(city):
    district = read_district(asked(city))
    assert district.communities["community_id"].tolist() == ["C01"]
    # B5 stands in C02.
    assert district.buildings["building_id"].tolist() == ["B1", "B2", "B3", "B4"]
    assert counts(district)["rows_elsewhere"].to_dict() == {
        **dict.fromkeys(("compounds", "facilities", "rooms", "serves"), 0),
        **dict.fromkeys(("roads", "gates"), 0),
        "communities": 1,
        "buildings": 1,
    }


def test_read_is_used_and_rejected_and_merged_and_elsewhere(city):
    city.roads.loc[2, "geometry"] = LineString([(X, Y + 40_000), (X, Y + 40_900)])
    rows = counts(read_district(asked(city)))
    assert rows.loc["roads", "rows_elsewhere"] == 1
    spent = ["rows_used", "rows_rejected", "rows_merged", "rows_elsewhere"]
    assert rows[spent].sum(axis=1).tolist() == rows["rows_read"].tolist()


def test_a_neighbours_compound_keeps_its_walls_and_no_figures(city):
    city.compounds["户数"] = [110.0, 500.0]
    kept = read_district(asked(city)).compounds.set_index("compound_id")
    assert kept.loc["K1", ["community_id", "households"]].tolist() == ["C01", 110.0]
    assert pd.isna(kept.loc["K2", "community_id"])
    assert np.isnan(kept.loc["K2", "households"])


def test_a_city_counts_every_compound_once(city):
    path = asked(city)
    parts = [read_district(one) for one in (path, neighbour(path))]
    # K1 of C01 and K2 of C02: each district holds both, for their walls.
    assert [len(part.compounds) for part in parts] == [2, 2]
    studies = [
        SimpleNamespace(district=part, gaps=SimpleNamespace(areas=[]), grid_plan=None)
        for part in parts
    ]
    assert [_totals(study)["compounds"] for study in studies] == [1, 1]


def test_facilities_of_neighbours_serve_and_are_context(city):
    facilities = read_district(asked(city)).facilities.set_index("facility_id")
    assert facilities["role"].to_dict() == {"F1": "inside", "F2": "context"}
    # F1 is declared to serve both districts: 0.75 here and 0.25 there.
    serves = read_district(city.folder / "district.toml").serves
    shares = serves.set_index("unit_id")["share"].to_dict()
    assert shares == {"C01": 0.75, "C02": 0.25}


def test_context_ends_where_the_file_says(city):
    city.facilities.loc[1, ["经度", "纬度"]] = ["117.30", "31.80"]
    near = PART + "context_m = 900\n"
    district = read_district(asked(city, near))
    assert district.facilities["facility_id"].tolist() == ["F1"]
    found = {one.key: one.values for one in district.problems}
    # 5,000 m and twice 100 m off the street; 900 - 200 = 700.
    assert found["tables.part_context"]["needed"] == "5200"
    assert found["tables.part_context"]["exact"] == "700"


def test_errors_of_rows_elsewhere_are_not_told_again(city):
    city.buildings.loc[4, "户数"] = "很多"
    path = asked(city)
    district = read_district(path)
    assert len(district.rejected) == 0
    problems, rejected = check_district(neighbour(path))
    told = [one for one in problems if one.key == "tables.not_a_number"]
    assert [one.row for one in told] == [5]
    assert len(rejected) == 1


def test_a_building_of_no_community_is_told_by_the_nearest_district(city):
    city.buildings.loc[4, "geometry"] = Point(X + 900, Y + 1_300)
    path = asked(city)
    with pytest.raises(DistrictError) as caught:
        read_district(path)
    told = [one for one in caught.value.problems if one.severity == "error"]
    assert [(one.key, one.values["value"]) for one in told] == [
        ("tables.building_outside", "B5")
    ]
    problems, _ = check_district(neighbour(path))
    assert "tables.building_outside" not in {one.key for one in problems}


def test_two_districts_with_one_id_are_told_once(city):
    city.buildings.loc[4, "编号"] = "B1"
    path = asked(city)
    assert not any(one.severity == "error" for one in check_district(path)[0])
    assert "tables.duplicate_id" in {
        one.key for one in check_district(neighbour(path))[0]
    }


@pytest.mark.parametrize(
    ("part", "key", "value"),
    [
        (
            PART.replace("communities", "comunities"),
            "config_unknown_key",
            "communities",
        ),
        ("[district.part]\ncontext_m = 6000\n", "config_missing_key", None),
        (PART.replace('["东区"]', "[]"), "config_missing_key", None),
        (PART.replace('["东区"]', "[1]"), "config_type", None),
        (PART + "context_m = -1\n", "config_range", None),
        (PART + "context = 10\n", "config_unknown_key", "context_m"),
    ],
)
def test_faults_of_the_section(city, part, key, value):
    found = {one.key: one.values for one in config_problems(asked(city, part))}
    assert f"tables.{key}" in found
    assert value is None or found[f"tables.{key}"]["nearest"] == value


@pytest.mark.parametrize(
    ("part", "key", "near"),
    [
        (PART.replace("区县", "县区"), "column_missing", "区县"),
        (PART.replace("东区", "东城区"), "part_no_community", "东区"),
    ],
)
def test_unknown_columns_and_values_name_the_nearest(city, part, key, near):
    problems, _ = check_district(asked(city, part))
    found = {one.key: one for one in problems if one.severity == "error"}
    assert found[f"tables.{key}"].values["nearest"] == near
    assert found[f"tables.{key}"].file


@settings(max_examples=25, deadline=None)
@given(
    seam=st.integers(1, 9),
    homes=st.lists(
        st.tuples(st.integers(0, 100), st.integers(-3, 13)), min_size=1, max_size=30
    ),
)
def test_every_row_has_one_home(seam, homes):
    """Ten communities in a row, cut anywhere; homes in, on and beside them."""
    crs = "EPSG:4548"
    ids = [f"C{number}" for number in range(10)]
    shapes = [box(10 * at, 0, 10 * at + 10, 10) for at in range(10)]
    side = ["a" if at < seam else "b" for at in range(10)]
    rows = np.arange(1, 11)
    hidden = {"_origin": np.int64(0), "_row": rows}
    spots = [Point(x, y) for x, y in homes]
    names = [f"B{number}" for number in range(len(homes))]
    tables = {name: empty_table(name, crs) for name in TABLES}
    tables["communities"] = gpd.GeoDataFrame(
        {**hidden, "community_id": ids, "subdistrict_id": None},
        geometry=shapes,
        crs=crs,
    )
    tables["buildings"] = gpd.GeoDataFrame(
        {
            "_origin": np.int64(1),
            "_row": np.arange(1, len(homes) + 1),
            "building_id": names,
            **dict.fromkeys(("community_id", "compound_id", "grid_id")),
        },
        geometry=spots,
        crs=crs,
    )
    taken = []
    for half in ("a", "b"):
        ledger = Ledger()
        for name in ("communities", "buildings"):
            ledger.open(Origin(name, name, "", {}))
        ledger.found[0] = Found(names=["half"], cells=[side], rows=rows)
        config = make_config(part={"half": (half,)})
        own = keep_part(tables, config, ledger=ledger)["buildings"]["building_id"]
        taken.append(own.tolist())
        assert len(own) + len(ledger.elsewhere.get(1, ())) == len(homes)
    assert sorted(taken[0] + taken[1]) == sorted(names)
    # On the seam the lower id: the western half.
    edge = [name for name, (x, _) in zip(names, homes, strict=True) if x == 10 * seam]
    assert set(edge) <= set(taken[0])

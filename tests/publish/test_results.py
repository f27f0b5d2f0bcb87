"""What is written comes back: frames, types, gaps, order."""

from __future__ import annotations

import dataclasses
import json
import shutil
import sqlite3
from itertools import islice

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pytest
from pandas.testing import assert_frame_equal
from shapely import MultiPolygon, Point, box

from lifecircle.errors import ResultError
from lifecircle.publish.disclosure import disclosed
from lifecircle.publish.frames import described, prepared, restored
from lifecircle.publish.geopackage import study_frames
from lifecircle.publish.outputs import write_study
from lifecircle.publish.results import read_study
from lifecircle.publish.unit_sheets import unit_change_sentences
from lifecircle.publish.web_map import page
from tests.publish.page_data import data_of


def assert_same(left, right):
    assert type(left) is type(right)
    if isinstance(left, gpd.GeoDataFrame):
        assert left.crs == right.crs
        assert left.geometry.geom_type.tolist() == right.geometry.geom_type.tolist()
        assert left.geometry.geom_equals_exact(right.geometry, 0).all()
    plain = [
        pd.DataFrame(f.drop(columns="geometry", errors="ignore")) for f in (left, right)
    ]
    assert_frame_equal(*plain)


@pytest.fixture(scope="module")
def again(written):
    return read_study(written)


def test_every_frame_comes_back(study, again):
    before, after = study_frames(study), study_frames(again)
    assert list(before) == list(after)
    for name, frame in before.items():
        assert_same(frame, after[name])


def test_settings_books_and_problems_come_back(study, again):
    assert again.findings.books == study.findings.books or [
        dataclasses.asdict(book) for book in again.findings.books
    ] == [dataclasses.asdict(book) for book in study.findings.books]
    assert again.district.problems == study.district.problems
    assert again.district.complete_classes == study.district.complete_classes
    before = dataclasses.asdict(study.district.config)
    after = dataclasses.asdict(again.district.config)
    # Paths are relative to the district file's folder.
    assert str(after["path"]) == "district.toml"
    assert str(after["sources"][0]["path"]) == "社区.shp"
    for facts in (before, after):
        facts.pop("path")
        facts["sources"][0].pop("path")
    assert before == after


def test_the_manifest_comes_back(study, again):
    assert again.manifest == study.manifest


def test_the_map_is_redrawn_from_saved_results(written, again):
    assert page(again).encode() == (written / "review.html").read_bytes()


def test_text_numbers_gaps_and_infinity_survive():
    frame = pd.DataFrame(
        {
            "text": ["a", None, "c"],
            "words": pd.Series(["x", None, ""], dtype=object),
            "number": [1.5, np.nan, np.inf],
            "count": np.array([1, 2, 3], dtype="int32"),
            "flag": [True, False, True],
            "list": [["a", 1], None, {"k": 2}],
        }
    )
    facts = json.loads(json.dumps(described(frame)))
    stored = prepared(frame, facts)
    stored["flag"] = stored["flag"].astype(int)
    assert_frame_equal(restored(stored, facts), frame)


def test_single_and_multiparts_keep_their_kind():
    shapes = [box(0, 0, 1, 1), MultiPolygon([box(0, 0, 1, 1)]), None]
    frame = gpd.GeoDataFrame({"id": ["a", "b", "c"]}, geometry=shapes, crs=4548)
    facts = described(frame)
    assert facts["geometry"] == "MultiPolygon"
    stored = prepared(frame, facts)
    assert set(stored.geometry.dropna().geom_type) == {"MultiPolygon"}
    back = restored(stored, facts)
    assert back.geometry.geom_type.tolist()[:2] == ["Polygon", "MultiPolygon"]
    assert back.geometry.iloc[2] is None


def test_points_and_polygons_share_a_layer():
    frame = gpd.GeoDataFrame(
        {"id": ["a", "b"]}, geometry=[Point(0, 0), box(0, 0, 1, 1)]
    )
    assert described(frame)["geometry"] == "Unknown"


def test_review_files_hold_no_elderly_of_buildings(sample_study, tmp_path):
    write_study(sample_study(disclosure="review"), tmp_path / "out")
    again = read_study(tmp_path / "out")
    assert again.district.buildings["elderly"].isna().all()
    assert again.district.buildings["households"].notna().all()


def test_public_files_hold_no_small_counts(sample_study, tmp_path):
    study = sample_study(disclosure="public")
    study.served.loc[0, "amount"] = 3.0
    small = study.served["amount"].between(0, 10, "neither")
    write_study(study, tmp_path / "out")
    kept = read_study(tmp_path / "out").served["amount"]
    assert small.any()
    assert kept[small].isna().all()
    assert kept[~small].tolist() == study.served["amount"][~small].tolist()


def test_a_small_part_of_a_sum_cannot_be_worked_out(sample_study, tmp_path):
    study = sample_study(disclosure="public")
    parts = ["served", "unserved", "not_assessed"]
    study.reached.loc[0, [*parts, "amount"]] = [400.0, 3.0, 0.0, 403.0]
    study.reached.loc[1, [*parts, "amount"]] = [400.0, 30.0, 0.0, 430.0]
    write_study(study, tmp_path / "out")
    kept = read_study(tmp_path / "out").reached
    # 403 in all and 400 served would tell of the 3.
    assert kept.loc[0, [*parts, "served_share"]].isna().all()
    assert kept.loc[0, "amount"] == 403.0
    assert kept.loc[1, parts].tolist() == [400.0, 30.0, 0.0]
    single = kept[kept["level"] == "building"]
    assert set(single["weight"]) == {"households"}


def copied(written, tmp_path):
    return shutil.copytree(written, tmp_path / "copy")


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(ResultError, match=r"manifest\.json: the file is not there"):
        read_study(tmp_path)


def test_a_missing_geopackage_is_named(written, tmp_path):
    folder = copied(written, tmp_path)
    (folder / "district.gpkg").unlink()
    with pytest.raises(ResultError, match=r"district\.gpkg: the file is not there"):
        read_study(folder)


def test_another_format_is_refused(written, tmp_path):
    folder = copied(written, tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["format"] = 99
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(ResultError, match="format 99; this version reads 5"):
        read_study(folder)


@pytest.mark.parametrize("content", [b"", b"not a database at all" * 90])
def test_a_damaged_geopackage_is_refused(written, tmp_path, content):
    folder = copied(written, tmp_path)
    (folder / "district.gpkg").write_bytes(content)
    with pytest.raises(ResultError, match="damaged"):
        read_study(folder)


def test_a_geopackage_without_our_table_is_refused(written, tmp_path):
    folder = copied(written, tmp_path)
    with sqlite3.connect(folder / "district.gpkg") as base:
        base.execute("DELETE FROM lifecircle_study WHERE key = 'config'")
    base.close()
    with pytest.raises(ResultError, match="damaged"):
        read_study(folder)


def test_a_damaged_manifest_is_refused(written, tmp_path):
    folder = copied(written, tmp_path)
    (folder / "manifest.json").write_text("{", encoding="utf-8")
    with pytest.raises(ResultError, match="damaged"):
        read_study(folder)


@pytest.mark.parametrize("disclosure", ["review", "public"])
def test_no_building_says_its_cases(sample_study, disclosure):
    study = sample_study(disclosure=disclosure)
    buildings = study.district.buildings.assign(cases=7.0)
    told = disclosed(
        dataclasses.replace(
            study, district=dataclasses.replace(study.district, buildings=buildings)
        )
    )
    assert told.district.buildings["cases"].isna().all()


def test_a_public_plan_of_communities_holds_no_small_count(sample_study):
    study = sample_study(disclosure="public")
    plan = study.community_plan
    assert plan.changes["community_id"].tolist() == ["C02", "C07"]
    # As if 7 households of C02 went to C01, which then had 5,897; C07 goes as before.
    changes = plan.changes.assign(households=[7.0, 1995.0])
    small = dataclasses.replace(plan, changes=changes)
    told = disclosed(dataclasses.replace(study, community_plan=small)).community_plan
    assert np.isnan(told.changes["households"][0])
    # No total of which the 7 would be the difference: 5,897 is told as 5,900, its
    # 15,332.2 persons as 15,330; what such a part does not touch stays.
    units = told.units.set_index("unit_id")
    assert units.loc["C01", ["households", "persons"]].tolist() == [5900.0, 15_330.0]
    untouched = plan.units["unit_id"] != "C01"
    assert_same(told.units[untouched], plan.units[untouched])
    assert told.areas[["changed_households", "changed_share"]].isna().all(axis=None)
    first, second = unit_change_sentences(told, "zh")
    assert first == "文庙社区有不足 10 户划入钟楼社区。"
    assert "1,995" in second
    assert unit_change_sentences(told, "en")[0].startswith("Fewer than 10 households")


@pytest.mark.parametrize("disclosure", ["review", "public"])
def test_a_plan_of_grids_tells_no_more_than_its_level(
    sample_study, tmp_path, disclosure
):
    study = sample_study(disclosure=disclosure)
    district, plan = study.district, study.grid_plan
    buildings = district.buildings.assign(cases=7.0)
    moved = plan.changes["households"].mask(plan.changes.index == 0, 7.0)
    total = plan.communities["changed_households"].mask(plan.communities.index == 0, 7)
    small = dataclasses.replace(
        plan,
        changes=plan.changes.assign(households=moved),
        communities=plan.communities.assign(changed_households=total),
    )
    write_study(
        dataclasses.replace(
            study,
            district=dataclasses.replace(district, buildings=buildings),
            grid_plan=small,
        ),
        tmp_path / "out",
    )
    # Public: 7 is below 10, so neither it nor its share; review: as it is.
    shown = [None, None] if disclosure == "public" else [7, 7]
    again = read_study(tmp_path / "out").grid_plan
    book = openpyxl.load_workbook(tmp_path / "out" / "findings.xlsx")
    cells = [
        dict(zip(*islice(book[name].values, 2), strict=True))
        for name in ("调整清单", "社区规模")
    ]
    assert [cells[0]["户数 (户)"], cells[1]["调整户数 (户)"]] == shown
    assert again.communities["changed_share"].isna()[0] == (disclosure == "public")
    layers = data_of((tmp_path / "out" / "review.html").read_text("utf-8"))["layers"]
    assert layers["planCommunities"]["changed"][0] == shown[1]
    # No sheet, layer or frame of the plan has a column of people of a building.
    personal = {"elderly", "children_0_3", "cases"}
    heads = {head for frame in (again.changes, again.buildings) for head in frame}
    assert not personal & heads
    keys = {key for name in layers if name.startswith("plan") for key in layers[name]}
    assert not personal & keys
    assert read_study(tmp_path / "out").district.buildings["cases"].isna().all()

"""What is judged of a city's districts is what is judged of the city."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from lifecircle import jobs
from lifecircle.batch.city import read_city
from lifecircle.network.graph import build_network
from lifecircle.publish.results import read_study
from lifecircle.tables.config import parse_toml

UNIT = ["book_id", "rule_id", "level", "unit_id"]
DEMO = Path(__file__).parents[2] / "data" / "demo"
THIRDS = ("东", "中", "西")


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo, its 15 communities in three districts of five, west to east."""
    folder = tmp_path_factory.mktemp("demo") / "city"
    shutil.copytree(DEMO, folder)
    communities = gpd.read_file(folder / "社区.shp", encoding="gbk")
    east = communities.to_crs(4548).centroid.x.to_numpy()
    third = np.argsort(np.argsort(east)) // 5
    communities.assign(区县=np.array(THIRDS)[third]).to_file(
        folder / "社区.shp", encoding="gbk"
    )
    data, _ = parse_toml(folder / "district.toml")
    studies = [jobs.assess(folder / "district.toml")]
    for third in THIRDS:
        part = {"communities": {"区县": [third]}, "context_m": 6000}
        own = {**data["district"], "id": third, "name": third, "part": part}
        settings = {**data, "district": own}
        studies.append(jobs.assess(folder / "district.toml", settings=settings))
    return SimpleNamespace(whole=studies[0], parts=studies[1:])


@pytest.fixture(scope="module")
def strip_studies(city):
    districts = read_city(city.path).districts
    return SimpleNamespace(
        whole=jobs.assess(city.path.parent / "whole.toml"),
        parts=[jobs.assess(one.path, settings=one.settings) for one in districts],
    )


def judged(study, levels):
    rows = study.findings.rows
    return rows[rows["level"].isin(levels)]


def same_findings(whole, parts, levels):
    one = judged(whole, levels).sort_values(UNIT, ignore_index=True)
    many = pd.concat([judged(part, levels) for part in parts])
    many = many.sort_values(UNIT, ignore_index=True)
    pd.testing.assert_frame_equal(many, one, check_exact=True)
    return one


def test_findings_of_the_demo_are_the_same_unit_by_unit(demo):
    levels = ("community", "compound", "grid", "building", "facility")
    rows = same_findings(demo.whole, demo.parts, levels)
    assert len(rows) > 300
    assert {"pass", "fail"} <= set(rows["verdict"])


def test_findings_of_the_strip_are_the_same_unit_by_unit(strip_studies):
    levels = ("community", "compound", "building", "facility")
    rows = same_findings(strip_studies.whole, strip_studies.parts, levels)
    # 11 rules on 18 communities, one on 16 centres.
    assert len(rows) == 11 * 18 + 16
    assert "fail" in set(rows["verdict"])


def test_households_of_the_parts_add_up_to_the_whole(demo, strip_studies):
    for city in (demo, strip_studies):
        whole = city.whole.district.buildings.set_index("building_id")["households"]
        parts = pd.concat([one.district.buildings for one in city.parts])
        assert parts["building_id"].is_unique
        assert parts["households"].sum() == whole.sum()
        own = parts.set_index("building_id")["households"].sort_index()
        pd.testing.assert_series_equal(own, whole.sort_index(), check_exact=True)


def test_every_facility_is_inside_one_district(demo):
    inside = demo.whole.district.facilities.query("role == 'inside'")["facility_id"]
    own = [one.district.facilities.query("role == 'inside'") for one in demo.parts]
    assert sorted(pd.concat(own)["facility_id"]) == sorted(inside)


def test_a_city_file_without_district_files_runs_as_a_batch(city, tmp_path):
    command = [sys.executable, "-m", "lifecircle", "batch", str(city.path)]
    made = subprocess.run(
        [*command, "-o", str(tmp_path), "--workers", "1"],
        capture_output=True,
        check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert made.returncode == 0, made.stderr.decode()
    studies = [read_study(tmp_path / f"d{number}") for number in (1, 2, 3)]
    for study, part in zip(studies, city.parts, strict=True):
        rows = study.district.row_counts
        spent = ["rows_used", "rows_rejected", "rows_merged", "rows_elsewhere"]
        assert rows[spent].sum(axis=1).tolist() == rows["rows_read"].tolist()
        pd.testing.assert_frame_equal(rows, part.row_counts, check_dtype=False)
        # The network of a saved study is that of the district as read.
        again = build_network(study.district)
        assert again.segment_length_m.tolist() == (
            build_network(part).segment_length_m.tolist()
        )
    homes = pd.concat([study.district.buildings for study in studies])
    assert sorted(homes["building_id"]) == sorted(city.whole.buildings["building_id"])

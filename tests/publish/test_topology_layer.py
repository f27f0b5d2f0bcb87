"""Faults of polygons as a layer: read back, styled, named, kept from the public."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from xml.etree import ElementTree

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from pandas.testing import assert_frame_equal
from shapely import MultiPolygon, box

from lifecircle.columns import column
from lifecircle.evidence import TOPOLOGY
from lifecircle.publish.outputs import write_study
from lifecircle.publish.results import read_study
from lifecircle.tables.ledger import Ledger
from lifecircle.tables.topology_checks import topology_frame
from lifecircle.text import say, sentences

LAYER = "topology_faults"


@pytest.fixture(scope="module")
def troubled(study):
    west, south, _, _ = study.district.communities.total_bounds
    ledger = Ledger()
    common = box(west, south, west + 10, south + 20)
    two = MultiPolygon([common, box(west + 50, south, west + 60, south + 10)])
    ledger.fault("overlap", "grids", "G1 · G2", 200.0, common)
    ledger.fault("across", "compounds", "K1 · C2", 300.0, two, parent="communities")
    # A building known as a point is drawn a metre wide.
    ledger.fault(
        "elsewhere", "buildings", "B1 · K2", 0.0, common.centroid, parent="compounds"
    )
    faults = topology_frame(ledger, study.district.crs)
    assert faults.geometry.area.tolist()[:2] == [200.0, 300.0]
    assert 3.0 < faults.geometry.area[2] < 3.15
    return replace(study, district=replace(study.district, topology=faults))


@pytest.fixture(scope="module")
def folder(troubled, tmp_path_factory):
    folder = tmp_path_factory.mktemp("faults") / "out"
    write_study(troubled, folder)
    return folder


def test_faults_come_back(troubled, folder):
    faults = read_study(folder).district.topology
    before = troubled.district.topology
    assert isinstance(faults, gpd.GeoDataFrame)
    assert faults.crs == before.crs
    plain = [frame.drop(columns="geometry") for frame in (before, faults)]
    assert_frame_equal(*(pd.DataFrame(frame) for frame in plain))
    assert faults.geometry.geom_type.tolist() == before.geometry.geom_type.tolist()
    assert faults.geometry.geom_equals_exact(before.geometry, 0).all()


def test_the_layer_has_one_type_plain_names_and_labels(folder):
    facts = pyogrio.read_info(folder / "district.gpkg", layer=LAYER)
    assert facts["geometry_type"] == "MultiPolygon"
    fields = [*facts["fields"]]
    assert fields == ["fault", "unit_table", "parent_table", "unit_ids", "area_m2"]
    with closing(sqlite3.connect(folder / "district.gpkg")) as base:
        (text,) = base.execute(
            "select styleQML from layer_styles where f_table_name = ?", [LAYER]
        ).fetchone()
    root = ElementTree.fromstring(text)
    names = {one.get("field"): one.get("name") for one in root.iter("alias")}
    for field in fields:
        assert names[field].startswith(column(field).zh)
    labels = [rule.get("label") for rule in root.iter("rule")]
    # A kind without a rule of its own would not be drawn at all.
    kinds = {key for key in sentences("quality", "zh") if key.startswith("kind_")}
    assert {*labels} == {say(f"quality.{key}", "zh") for key in kinds}


def test_the_public_learns_of_no_single_building(troubled, tmp_path):
    config = replace(troubled.district.config, disclosure="public")
    public = replace(troubled, district=replace(troubled.district, config=config))
    write_study(public, tmp_path / "out")
    shown = read_study(tmp_path / "out").district.topology
    assert shown["ids"].tolist() == ["G1 · G2", "K1 · C2"]


def test_a_study_without_faults_has_no_such_layer(study, tmp_path):
    write_study(study, tmp_path / "out")
    layers = pyogrio.list_layers(tmp_path / "out" / "district.gpkg")[:, 0]
    assert LAYER not in layers
    faults = read_study(tmp_path / "out").district.topology
    assert len(faults) == 0
    assert list(faults.columns) == [*TOPOLOGY, "geometry"]

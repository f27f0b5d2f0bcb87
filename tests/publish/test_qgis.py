"""The GeoPackage opens coloured in QGIS: a default style a layer, names of fields."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from xml.etree import ElementTree

import numpy as np
import pyogrio
import pytest

from lifecircle.columns import column
from lifecircle.publish.headline import opening_rule, own_rows, rules_by_id
from lifecircle.publish.prints.theme import walks_of
from lifecircle.publish.qml import Label, Look, filled, qml


@pytest.fixture(scope="module")
def styles(written):
    with closing(sqlite3.connect(written / "district.gpkg")) as base:
        rows = base.execute(
            "select f_table_name, f_geometry_column, styleQML, useAsDefault "
            "from layer_styles"
        ).fetchall()
    return {name: (geometry, text, default) for name, geometry, text, default in rows}


def test_every_layer_and_table_has_one_default_style(written, styles):
    layers = pyogrio.list_layers(written / "district.gpkg").tolist()
    shown = {name for name, _ in layers} - {"layer_styles", "lifecircle_study"}
    assert set(styles) == shown
    assert {default for _, _, default in styles.values()} == {1}
    for name, kind in layers:
        if kind is not None and name in styles:
            root = ElementTree.fromstring(styles[name][1])
            assert root.find("renderer-v2/rules/rule") is not None, name
            assert styles[name][0] == "geom"


def test_every_rule_names_a_symbol_that_is_there(styles):
    for name, (_, text, _) in styles.items():
        root = ElementTree.fromstring(text)
        asked = [rule.get("symbol") for rule in root.iter("rule")]
        there = [symbol.get("name") for symbol in root.iter("symbol")]
        assert asked == there, name


def test_fields_are_named_in_chinese(styles):
    root = ElementTree.fromstring(styles["buildings"][1])
    names = {one.get("field"): one.get("name") for one in root.iter("alias")}
    assert names["households"].startswith(column("households").zh)
    assert names["floor_area_m2"].endswith("(m²)")
    tables = ElementTree.fromstring(styles["findings"][1])
    assert any(one.get("field") == "verdict" for one in tables.iter("alias"))


def test_the_view_of_verdicts_holds_the_findings(study, written):
    shown = pyogrio.read_dataframe(written / "district.gpkg", layer="map_verdicts")
    rule_id = opening_rule(study.findings)
    rows = own_rows(study.findings, rule_id).set_index("unit_id")
    assert len(shown) == len(study.district.communities)
    told = shown[shown["verdict"].notna()].set_index("community_id")
    assert told["verdict"].to_dict() == rows["verdict"].to_dict()
    assert shown.crs == study.district.communities.crs


def test_the_view_of_walks_holds_the_minutes_of_the_access_table(study, written):
    shown = pyogrio.read_dataframe(written / "district.gpkg", layer="map_walks")
    rule = rules_by_id(study.findings)[opening_rule(study.findings)]
    minutes = dict(
        zip(study.district.buildings["building_id"], walks_of(study, rule), strict=True)
    )
    ours = [minutes[key] for key in shown["building_id"]]
    theirs = shown["walk_min"].to_numpy(dtype=float)
    assert np.allclose(ours, theirs, equal_nan=True)
    assert np.isfinite(theirs).any()


def test_names_cannot_break_out_of_the_style():
    text = qml(
        [Look("\"a\" = '<b>'", '<script>&"', "fill", (filled("#FFFFFF"),))],
        label=Label('"name"'),
        aliases={"a": "]]> & <x>"},
    )
    root = ElementTree.fromstring(text)
    assert root.find("renderer-v2/rules/rule").get("label") == '<script>&"'
    assert root.find("aliases/alias").get("name") == "]]> & <x>"

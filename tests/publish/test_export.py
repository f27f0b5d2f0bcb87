"""Shapefile and GeoParquet of a saved study hold what its GeoPackage holds."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from lifecircle.cli import app
from lifecircle.errors import ConfigError, ResultError
from lifecircle.publish.dbase import MOST_BYTES, fitted
from lifecircle.publish.export import export_layers
from lifecircle.publish.outputs import write_study
from lifecircle.publish.results import saved_layers
from lifecircle.publish.short_names import LONGEST, RESERVED, short_names

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
STRANGE = "😀 é\u202e\U00020000 " + "长" * 500


@pytest.fixture(scope="module")
def saved(written, tmp_path_factory):
    """Only what an export needs: no page, no workbook."""
    folder = tmp_path_factory.mktemp("saved")
    for name in ("district.gpkg", "manifest.json"):
        shutil.copy(written / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def layers(saved):
    return saved_layers(saved)


def read_back(folder, fields, name):
    """A layer's parts in one frame, under our names."""
    stems = [name, *(f"{name}_{kind}" for kind in ("line", "point", "polygon"))]
    parts = []
    for stem in stems:
        for path in (folder / f"{stem}.shp", folder / f"{stem}.dbf"):
            if path.exists():
                parts.append(pyogrio.read_dataframe(path))
                break
    mine = fields[fields["layer"].isin(stems)]
    ours = dict(zip(mine["field"], mine["name"], strict=True))
    return [part.rename(columns=ours) for part in parts]


def same_cells(given, found):
    """Equal text for text and number for number; what is infinite reads as unknown."""
    if pd.api.types.is_numeric_dtype(given.dtype):
        values = given.astype(float).replace([np.inf, -np.inf], np.nan)
        return np.allclose(values, found.astype(float), rtol=1e-9, equal_nan=True)
    # dBASE does not tell an empty text from none.
    told = [None if pd.isna(one) else str(one) or None for one in given]
    return told == [None if pd.isna(one) else str(one) for one in found]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8"])
def test_shapefiles_hold_the_layers_of_the_geopackage(saved, layers, encoding):
    done = export_layers(saved, to="shp", encoding=encoding)
    fields = pd.read_csv(done.folder / "fields.csv")
    assert {"communities", "buildings", "findings", "map_walks"} <= set(layers)
    for name, layer in layers.items():
        parts = read_back(done.folder, fields, name)
        assert sum(len(part) for part in parts) == len(layer), name
        if len(parts) > 1 or not len(layer):
            continue
        (found,) = parts
        for column in layer.columns:
            if column == "geometry":
                # Rings of one shape may stand in another order.
                assert found.geometry.geom_equals(layer.geometry).all()
            else:
                assert same_cells(layer[column], found[column]), (name, column)
        if isinstance(layer, gpd.GeoDataFrame):
            assert found.crs.to_epsg(min_confidence=20) == layer.crs.to_epsg()


def test_a_layer_of_points_and_polygons_becomes_two_shapefiles(study, tmp_path):
    facilities = study.district.facilities.copy()
    facilities.loc[:2, "geometry"] = facilities.geometry[:3].buffer(20)
    district = replace(study.district, facilities=facilities)
    write_study(replace(study, district=district), tmp_path / "out")
    done = export_layers(tmp_path / "out")
    for kind, count in (("Polygon", 3), ("Point", len(facilities) - 3)):
        part = pyogrio.read_dataframe(done.folder / f"facilities_{kind.lower()}.shp")
        assert len(part) == count
        assert set(part.geometry.geom_type) == {kind}
    assert not (done.folder / "facilities.shp").exists()


def test_the_table_says_which_encoding_it_is_in(saved):
    # 0x4D is Windows 936 in byte 29 of a dBASE header; 0 leaves it to the .cpg.
    for encoding, mark in (("gbk", 0x4D), ("utf-8", 0x00)):
        done = export_layers(saved, encoding=encoding)
        table = (done.folder / "communities.dbf").read_bytes()
        assert table[29] == mark
        assert "钟楼社区".encode(encoding) in table
        assert (done.folder / "communities.cpg").read_text() == encoding.upper()


def test_the_same_study_exports_the_same_bytes(saved):
    for to in ("shp", "parquet"):
        first = export_layers(saved, to=to).folder
        before = {path.name: path.read_bytes() for path in first.iterdir()}
        again = export_layers(saved, to=to).folder
        assert {path.name: path.read_bytes() for path in again.iterdir()} == before
        assert len(before) > len(export_layers(saved, to=to).layers)


def test_geoparquet_holds_the_layers_of_the_geopackage(saved, layers):
    done = export_layers(saved, to="parquet")
    assert set(done.layers) == set(layers)
    assert not len(done.losses)
    (done.folder / "losses.csv").write_text("of an earlier export")
    export_layers(saved, to="parquet")
    assert not (done.folder / "losses.csv").exists()
    for name, layer in layers.items():
        path = done.folder / f"{name}.parquet"
        if isinstance(layer, gpd.GeoDataFrame):
            found = gpd.read_parquet(path)
            assert found.crs == layer.crs
            assert found.geometry.geom_equals_exact(layer.geometry, 0).all()
        else:
            found = pd.read_parquet(path)
        assert list(found.columns) == list(layer.columns)
        for column in set(layer.columns) - {"geometry"}:
            assert found[column].isna().equals(layer[column].isna())
            known = layer[column].notna()
            assert list(found.loc[known, column]) == list(layer.loc[known, column])


def test_what_shapefiles_cannot_hold_is_reported(sample_study, tmp_path):
    out = tmp_path / "out"
    write_study(sample_study(rename=STRANGE), out)
    done = export_layers(out, encoding="gbk")
    lost = done.losses.set_index(["layer", "field", "loss"])
    strange = lost.loc[("communities", "name", "not_in_encoding")]
    # é is in GBK (pinyin); the other three are not.
    assert strange["detail"] == "U+202E U+1F600 U+20000"
    assert (strange["cells"], strange["fids"]) == (1, "0")
    # "? é?? " is 7 bytes in GBK (é takes two), and 500 characters of two bytes.
    assert lost.loc[("communities", "name", "too_long"), "detail"] == "1007"
    table = pyogrio.read_dataframe(done.folder / "communities.shp")
    # 254 bytes: 7, then 123 characters; half a character is no character.
    assert table["name"][0] == "? é?? " + "长" * 123
    told = pd.read_csv(done.folder / "losses.csv", dtype={"fids": str})
    assert len(told) == len(done.losses)

    shown = CliRunner().invoke(app, ["export", str(out), "--encoding", "gbk"])
    assert shown.exit_code == 0, shown.output
    assert "U+1F600" in shown.stderr
    assert "losses.csv" in shown.stderr


def test_what_has_no_upper_end_is_left_empty():
    frame = pd.DataFrame({"a": [1.0, np.inf], "b": ["文庙", None]})
    held, lost = fitted(frame, encoding="gbk")
    assert held["a"].isna().tolist() == [False, True]
    assert held["b"].tolist() == ["文庙", None]
    assert lost.to_dict("records") == [
        {"field": "a", "loss": "infinite", "cells": 1, "fids": "1", "detail": ""}
    ]


@given(st.text(max_size=400), st.sampled_from(["utf-8", "gbk"]))
def test_a_text_that_fits_is_kept_and_no_text_is_too_long(text, encoding):
    held, lost = fitted(pd.DataFrame({"t": pd.Series([text], dtype=object)}),
                        encoding=encoding)  # fmt: skip
    told = held["t"][0]
    assert len(told.encode(encoding)) <= MOST_BYTES
    assert (told == text) == (len(lost) == 0)


@given(st.sets(st.from_regex(r"[a-z][a-z0-9_]{0,30}", fullmatch=True), max_size=40))
def test_short_names_fit_and_no_two_are_alike(names):
    short = short_names(names)
    assert set(short) == names
    assert len(set(short.values())) == len(names)
    for name, told in short.items():
        assert NAME.fullmatch(told)
        assert len(told.encode()) <= LONGEST
        assert told not in RESERVED
        assert told == name or len(name) > LONGEST or name in RESERVED or (
            name in short.values()
        )  # fmt: skip


def test_fields_of_the_geopackage_are_safe_in_arcgis(layers):
    for name, layer in layers.items():
        for field in (name, *layer.columns):
            assert NAME.fullmatch(field), (name, field)
            assert len(field) <= 64
        assert len({field.lower() for field in layer.columns}) == len(layer.columns)


def test_every_field_has_its_names_in_both_languages(saved):
    fields = pd.read_csv(export_layers(saved).folder / "fields.csv")
    assert fields.loc[fields["zh"].isna() | fields["en"].isna(), "name"].tolist() == []


def test_geoparquet_keeps_what_shapefiles_cannot(sample_study, tmp_path):
    write_study(sample_study(rename=STRANGE), tmp_path / "out")
    folder = export_layers(tmp_path / "out", to="parquet").folder
    assert gpd.read_parquet(folder / "communities.parquet")["name"][0] == STRANGE


def test_wrong_calls_say_so(saved, tmp_path):
    with pytest.raises(ConfigError, match="shp and parquet"):
        export_layers(saved, to="dwg")
    with pytest.raises(ConfigError, match="utf-8 and gbk"):
        export_layers(saved, encoding="big5")
    with pytest.raises(ResultError, match="not there"):
        export_layers(tmp_path)
    shown = CliRunner().invoke(app, ["export", str(saved), "--to", "dwg"])
    assert shown.exit_code == 2
    assert "Traceback" not in shown.output


def test_without_pyarrow_the_remedy_is_named(saved, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(ResultError, match=r"lifecircle\[parquet\]"):
        export_layers(saved, to="parquet")

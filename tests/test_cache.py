"""A built network saved and loaded; what is stale, broken or foreign is built again."""

from __future__ import annotations

import json
import logging
from dataclasses import fields, replace

import numpy as np
import pytest
import shapely

from lifecircle import cache
from lifecircle.cache import (
    cached_network,
    load_network,
    network_key,
    save_network,
)
from lifecircle.elevation import Elevation
from lifecircle.network.graph import build_network

KEY = "a" * 64


def assert_same(one, other):
    for field in fields(one):
        ours, theirs = getattr(one, field.name), getattr(other, field.name)
        if field.name == "cuts":
            assert ours.drop(columns="geometry").equals(theirs.drop(columns="geometry"))
            assert ours.geometry.geom_equals(theirs.geometry).all()
            assert ours.crs == theirs.crs
        elif field.name == "features":
            assert list(ours) == list(theirs)
            assert all(np.array_equal(ours[name], theirs[name]) for name in ours)
        elif isinstance(ours, np.ndarray):
            assert ours.dtype == theirs.dtype, field.name
            assert np.array_equal(ours, theirs), field.name
        else:
            assert ours == theirs, field.name


@pytest.mark.parametrize("name", ["ladder", "river", "dead_end", "island"])
def test_saved_and_loaded_is_the_same(toy_networks, tmp_path, name):
    network = build_network(getattr(toy_networks, name))
    save_network(network, tmp_path, key=KEY)
    assert_same(network, load_network(tmp_path, key=KEY))


def test_compounds_cuts_and_features_survive(toy, tmp_path):
    steep = np.ones((len(toy.network.segment_nodes), 2))
    network = replace(toy.network, features={"steps": steep[:, 0], "tobler": steep})
    assert len(network.cuts) > 0 or network.compound_ids
    save_network(network, tmp_path, key=KEY)
    assert_same(network, load_network(tmp_path, key=KEY))


def test_the_same_network_gives_the_same_bytes(toy, tmp_path):
    one = save_network(toy.network, tmp_path / "a", key=KEY)
    two = save_network(toy.network, tmp_path / "b", key=KEY)
    assert one.read_bytes() == two.read_bytes()
    assert [path.name for path in (tmp_path / "a").iterdir()] == [one.name]


def test_cached_builds_once(ladder, tmp_path):
    built = []

    def build(district):
        built.append(district)
        return build_network(district)

    first = cached_network(ladder, tmp_path, build=build)
    again = cached_network(ladder, tmp_path, build=build)
    assert len(built) == 1
    assert_same(first, again)


def changed(district, table, **columns):
    return replace(district, **{table: getattr(district, table).assign(**columns)})


def test_another_input_is_another_key(toy):
    district = toy.district
    moved = district.roads.geometry.to_numpy().copy()
    moved[0] = shapely.transform(moved[0], lambda xy: xy + 0.001)
    flat = np.zeros((10, 10))
    others = [
        changed(district, "roads", geometry=moved),
        changed(district, "roads", walkable="no"),
        changed(district, "roads", layer=1.0),
        changed(district, "compounds", gated="no"),
        changed(district, "gates", open="no"),
        changed(district, "buildings", geometry=district.buildings.geometry.centroid),
        replace(district, roads=district.roads.iloc[1:]),
        replace(district, config=replace(district.config, max_off_road_m=50.0)),
        replace(district, config=replace(district.config, node_lines_m=0.5)),
        replace(district, config=replace(district.config, join_islands_m=0.5)),
        replace(district, config=replace(district.config, walk_at="20:00")),
        replace(district, elevation=Elevation(flat, 0.0, 100.0, 10.0)),
        replace(district, elevation=Elevation(flat, 0.0, 100.0, 20.0)),
        replace(district, elevation=Elevation(flat + 1, 0.0, 100.0, 10.0)),
        replace(district, crs="EPSG:4547"),
    ]
    keys = [network_key(district), *(network_key(other) for other in others)]
    assert len(set(keys)) == len(keys)


def test_what_no_network_is_made_of_keeps_the_key(toy):
    other = changed(toy.district, "buildings", households=7.0)
    assert network_key(other) == network_key(toy.district)


def test_other_code_is_another_key(toy, monkeypatch):
    before = network_key(toy.district)
    monkeypatch.setattr(cache, "_code", lambda: b"newer")
    assert network_key(toy.district) != before


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "text"])
def test_a_damaged_file_is_built_again(ladder, tmp_path, damage, caplog):
    first = cached_network(ladder, tmp_path)
    (path,) = tmp_path.iterdir()
    raw = bytearray(path.read_bytes())
    if damage == "flip":
        middle = raw.index(b"node_xy") + 200
        raw[middle] ^= 0xFF
    content = {"cut": raw[:-200], "flip": raw, "empty": b"", "text": b"no network"}
    path.write_bytes(bytes(content[damage]))
    with caplog.at_level(logging.WARNING):
        again = cached_network(ladder, tmp_path)
    assert "damaged" in caplog.text
    assert_same(first, again)
    # And it is whole again.
    assert load_network(tmp_path, key=network_key(ladder)) is not None


def test_a_file_of_another_version_or_key_is_not_used(toy, tmp_path, monkeypatch):
    path = save_network(toy.network, tmp_path, key=KEY)
    # The same first half of the key, which names the file, and another second half.
    assert load_network(tmp_path, key="a" * 32 + "b" * 32) is None
    monkeypatch.setattr(cache, "FORMAT", "lifecircle-network-0")
    assert load_network(tmp_path, key=KEY) is None
    monkeypatch.undo()
    with np.load(path, allow_pickle=False) as arrays:
        held = dict(arrays)
    head = json.loads(held["head"].tobytes())
    del head["kinds"]["component"]
    held["head"] = np.frombuffer(json.dumps(head).encode(), np.uint8)
    np.savez(path, allow_pickle=False, **held)
    assert load_network(tmp_path, key=KEY) is None


def test_nothing_is_left_when_writing_fails(toy, tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(28, "disk full")

    monkeypatch.setattr(cache.Path, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        save_network(toy.network, tmp_path, key=KEY)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_no_error(ladder, tmp_path, caplog):
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    with caplog.at_level(logging.WARNING):
        network = cached_network(ladder, blocked / "cache")
    assert_same(network, build_network(ladder))
    assert "cannot be written" in caplog.text

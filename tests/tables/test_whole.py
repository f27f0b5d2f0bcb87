"""A city's files read and hashed once: as each time anew, as long as they stay."""

from __future__ import annotations

import hashlib
import os
import tomllib
from dataclasses import fields

import pandas as pd
import pytest

from lifecircle.model import District
from lifecircle.tables import district as reading
from lifecircle.tables.district import DistrictError, read_district
from lifecircle.tables.whole import CityFiles

PLENTY = 1 << 50
SIDES = ("东区", "西区")


@pytest.fixture
def readings(monkeypatch):
    """How often the sources were read; every file is taken for settled."""
    monkeypatch.setattr("lifecircle.tables.whole.SETTLED_NS", -(1 << 62))
    made, plain = [], reading._read_whole

    def counted(*told):
        made.append(told)
        return plain(*told)

    monkeypatch.setattr(reading, "_read_whole", counted)
    return made


@pytest.fixture
def city(files):
    """Two districts of one city, with errors to tell of rows on both sides.

    B5 of 西区 has words for households and the id of B1 of 东区; B2 of 东区 has words
    too; a street has no geometry.
    """
    files.communities = files.communities.assign(区县=SIDES)
    files.buildings.loc[4, ["编号", "户数"]] = ["B1", "很多"]
    files.buildings.loc[1, "户数"] = "不少"
    files.roads.loc[2, "geometry"] = None
    files.config += '\n[district.part.communities]\n"区县" = ["东区"]\n'
    path = files.write()
    return path, tomllib.loads(files.config)


def part_of(city, side, kept=None):
    path, said = city
    part = {"communities": {"区县": [side]}}
    settings = {**said, "district": {**said["district"], "part": part}}
    try:
        return read_district(path, settings=settings, files=kept)
    except DistrictError as error:
        return error.district


def assert_same(one, other):
    for name in (field.name for field in fields(District)):
        left, right = getattr(one, name), getattr(other, name)
        if isinstance(left, pd.DataFrame):
            pd.testing.assert_frame_equal(left, right, check_exact=True)
        elif name not in ("config", "elevation", "picture"):
            assert left == right, name


def test_districts_of_one_reading_are_those_of_readings_of_their_own(city, readings):
    kept = CityFiles(PLENTY)
    told = []
    for side in (*SIDES, *SIDES):
        found = part_of(city, side, kept)
        assert_same(found, part_of(city, side))
        told.append([one.key for one in found.problems if one.file == "底图.gpkg"])
    assert told[:2] == told[2:]
    assert ["tables.duplicate_id" in keys for keys in told[:2]] == [False, True]
    # Four times anew, and once for the four that share it.
    assert len(readings) == 4 + 1


def test_a_file_that_changes_is_read_again(city, readings):
    kept = CityFiles(PLENTY)
    assert len(part_of(city, "东区", kept).rooms) > 0
    path = city[0].with_name("服务.csv")
    path.write_text(path.read_text("utf-8-sig") + "F1,C01,0.0\n", "utf-8-sig")
    assert_same(part_of(city, "东区", kept), part_of(city, "东区"))
    assert len(readings) == 3


@pytest.mark.parametrize("most_bytes", [0, 1])
def test_a_process_that_would_grow_too_large_keeps_no_tables(
    city, readings, most_bytes
):
    kept = CityFiles(most_bytes)
    for _ in range(2):
        part_of(city, "东区", kept)
    assert len(readings) == 2


def test_other_settings_of_the_files_are_another_reading(city, readings):
    path, said = city
    kept = CityFiles(PLENTY)
    part_of(city, "东区", kept)
    said["sources"]["buildings"][0]["household_basis"] = "registered"
    assert set(part_of((path, said), "东区", kept).buildings["household_basis"]) == {
        "registered"
    }
    assert len(readings) == 2


def test_a_file_that_was_just_written_is_not_trusted_to_stay(city):
    kept = CityFiles(PLENTY)
    part_of(city, "东区", kept)
    assert kept._kept is None


def test_a_hash_is_taken_again_only_of_a_file_that_has_changed(tmp_path, monkeypatch):
    path, kept = tmp_path / "a", CityFiles()
    path.write_bytes(b"one")
    one = (3, hashlib.sha256(b"one").hexdigest())
    assert kept.sha256(path) == one
    # The same size at the same time: a file as young as this is hashed each time.
    times = path.stat().st_atime_ns, path.stat().st_mtime_ns
    path.write_bytes(b"two")
    os.utime(path, ns=times)
    assert kept.sha256(path) == (3, hashlib.sha256(b"two").hexdigest())
    monkeypatch.setattr("lifecircle.tables.whole.SETTLED_NS", -(1 << 62))
    kept.sha256(path)
    with monkeypatch.context() as patched:
        patched.setattr(hashlib, "file_digest", None)
        assert kept.sha256(path) == (3, hashlib.sha256(b"two").hexdigest())
    path.write_bytes(b"three")
    assert kept.sha256(path) == (5, hashlib.sha256(b"three").hexdigest())

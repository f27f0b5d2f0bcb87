"""Whole or not at all, and the same bytes every time."""

from __future__ import annotations

import hashlib
import json

import pytest

from lifecircle.errors import ResultError
from lifecircle.publish import outputs
from lifecircle.publish.manifest import cleaned
from lifecircle.publish.outputs import write_study

NAMES = [
    "district.gpkg",
    "findings.xlsx",
    "manifest.json",
    "quality.html",
    "report.html",
    "review.html",
]


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def digests(folder):
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
    }


def test_six_files_and_nothing_beside(written):
    assert names(written) == NAMES
    assert names(written.parent) == ["out"]


def test_the_same_study_gives_the_same_bytes(study, written, tmp_path):
    write_study(study, tmp_path / "again")
    assert digests(tmp_path / "again") == digests(written)


def test_only_the_manifest_knows_the_hour(study, written, sample_study, tmp_path):
    later = sample_study()
    later.manifest["made_at"] = "2031-01-01T00:00:00+00:00"
    write_study(later, tmp_path / "later")
    before, after = digests(written), digests(tmp_path / "later")
    assert [name for name in NAMES if before[name] != after[name]] == ["manifest.json"]


def test_the_manifest_names_the_outputs(written):
    manifest = json.loads((written / "manifest.json").read_text(encoding="utf-8"))
    said = {name: entry["sha256"] for name, entry in manifest["outputs"].items()}
    exact = digests(written)
    exact.pop("manifest.json")
    assert said == exact


def test_a_crash_leaves_the_earlier_result(study, tmp_path, monkeypatch):
    out = tmp_path / "out"
    write_study(study, out)
    before = digests(out)

    def crash(*args, **kwargs):
        raise KeyboardInterrupt

    monkeypatch.setattr(outputs, "write_geopackage", crash)
    with pytest.raises(KeyboardInterrupt):
        write_study(study, out)
    assert digests(out) == before
    assert names(tmp_path) == ["out"]


def test_a_crash_leaves_no_half_folder(study, tmp_path, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(outputs, "write_workbook", full)
    with pytest.raises(ResultError, match="No space left"):
        write_study(study, tmp_path / "out")
    assert names(tmp_path) == []


def test_files_of_others_stay(study, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    (out / "notes.txt").write_text("ours", encoding="utf-8")
    write_study(study, out)
    assert names(out) == sorted([*NAMES, "notes.txt"])
    assert (out / "notes.txt").read_text(encoding="utf-8") == "ours"


def test_a_file_is_not_a_folder(study, tmp_path):
    (tmp_path / "out").write_text("", encoding="utf-8")
    with pytest.raises(ResultError, match="this is a file"):
        write_study(study, tmp_path / "out")


def test_paths_and_secrets_do_not_leave():
    told = cleaned(
        {
            "a": "C:\\Users\\li\\楼栋.xlsx",
            "b": ["/data/x/y.csv"],
            "tianditu_token": "abc",
            "c": "postgresql://u:p@host/db",
            "n": 1.5,
        }
    )
    assert told == {
        "a": "楼栋.xlsx",
        "b": ["y.csv"],
        "tianditu_token": "***",
        "c": "postgresql://host/db",
        "n": 1.5,
    }


def test_the_manifest_holds_no_secret_and_no_place_of_the_machine(
    sample_study, tmp_path
):
    study = sample_study(disclosure="review")
    study.manifest["settings"] |= {
        "source": "postgresql://li:hunter2@host/city",
        "api_key": "4f3a",
        "elevation": "/home/li/高程.tif",
        "cache": "C:\\Users\\li\\cache",
    }
    write_study(study, tmp_path / "out")
    text = (tmp_path / "out" / "manifest.json").read_text(encoding="utf-8")
    for secret in ("hunter2", "4f3a", "/home", "Users", "/somewhere", str(tmp_path)):
        assert secret not in text
    told = json.loads(text)
    assert told["settings"]["elevation"] == "高程.tif"
    for name, output in told["outputs"].items():
        content = (tmp_path / "out" / name).read_bytes()
        assert output["bytes"] == len(content)
        assert output["sha256"] == hashlib.sha256(content).hexdigest()

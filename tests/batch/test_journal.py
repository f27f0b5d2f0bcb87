"""Results whole or not at all, and records that are believed only if they fit."""

import errno
import hashlib
import json
import shutil
from pathlib import Path

import pytest

from lifecircle.batch import journal as module
from lifecircle.batch.journal import Journal, place
from lifecircle.errors import ResultError

FILES = {"review.html": b"map", "district.gpkg": b"layers"}


@pytest.fixture
def journal(tmp_path):
    made = Journal(tmp_path / "out")
    with made.held():
        yield made


def record(key="k1"):
    return {"key": key, "made_of": {}, "seconds": 1.0, "summary": {"n": 1}}


def test_results_stand_with_their_record(journal):
    journal.put("d1", FILES, record())
    stored = journal.record("d1")
    assert stored["key"] == "k1"
    assert journal.is_whole("d1", stored)
    assert (journal.out / "d1" / "review.html").read_bytes() == b"map"
    assert journal.before("d1") is None


@pytest.mark.parametrize("harm", ["truncated", "gone", "folder gone"])
def test_a_result_that_was_harmed_is_not_whole(journal, harm):
    journal.put("d1", FILES, record())
    path = journal.out / "d1" / "district.gpkg"
    if harm == "truncated":
        path.write_bytes(b"lay")
    elif harm == "gone":
        path.unlink()
    else:
        shutil.rmtree(path.parent)
    assert not journal.is_whole("d1", journal.record("d1"))


def test_a_torn_record_is_no_record(journal):
    journal.put("d1", FILES, record())
    path = journal.state / "done" / "d1.json"
    path.write_bytes(path.read_bytes()[:-9])
    assert journal.record("d1") is None


def test_what_new_results_replace_is_remembered(journal):
    journal.put("d1", FILES, record("k1"))
    journal.put("d1", {"review.html": b"new"}, record("k2"))
    assert journal.before("d1")["key"] == "k1"
    assert sorted(path.name for path in (journal.out / "d1").iterdir()) == [
        "review.html"
    ]
    journal.put("d1", {"review.html": b"new"}, record("k2"))
    assert journal.before("d1")["key"] == "k1"


def test_what_a_planner_put_there_stays(journal):
    journal.put("d1", FILES, record())
    (journal.out / "d1" / "笔记.txt").write_text("会议记录", "utf-8")
    (journal.out / "d1" / "charts").mkdir()
    (journal.out / "d1" / "charts" / "a.pdf").write_bytes(b"%PDF")
    journal.put("d1", FILES, record("k2"))
    assert (journal.out / "d1" / "笔记.txt").read_text("utf-8") == "会议记录"
    assert (journal.out / "d1" / "charts" / "a.pdf").read_bytes() == b"%PDF"


def test_a_full_disk_leaves_what_stood_there(journal, monkeypatch):
    journal.put("d1", FILES, record())

    def full(path, content):
        path.write_bytes(content[:1])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(module, "_write_bytes", full)
    with pytest.raises(OSError, match="No space left"):
        journal.put("d1", {"review.html": b"new"}, record("k2"))
    assert journal.is_whole("d1", journal.record("d1"))
    assert [path.name for path in journal.out.glob(".*.part")] == []


@pytest.mark.parametrize("second", [True, False])
def test_a_crash_between_two_renames_is_swept_up(tmp_path, second):
    out = tmp_path / "out"
    place(out / "d1", FILES)
    (out / "d1").rename(out / ".d1.old")
    (out / ".d2.part").mkdir()
    if second:
        place(out / "d1", {"review.html": b"new"})
        (out / ".d1.old").mkdir(exist_ok=True)
    with Journal(out).held():
        pass
    names = sorted(path.name for path in out.iterdir())
    assert names == [".batch", "d1"]
    expected = b"new" if second else b"map"
    assert (out / "d1" / "review.html").read_bytes() == expected


def test_a_second_batch_is_turned_away_and_told_who_is_there(journal):
    told = pytest.raises(ResultError, match=r"another batch.*process \d+ on")
    with told, Journal(journal.out).held():
        pytest.fail("the folder was held twice")


def test_a_lock_left_by_a_crash_holds_nobody_up(tmp_path):
    state = tmp_path / "out" / ".batch"
    state.mkdir(parents=True)
    (state / "lock").touch()
    left = {"pid": 1, "host": "h", "since": "2099-01-01T00:00:00+00:00"}
    (state / "owner.json").write_text(json.dumps(left), "utf-8")
    with Journal(tmp_path / "out").held():
        owner = json.loads((state / "owner.json").read_text("utf-8"))
    assert owner["pid"] != 1


def test_the_log_is_read_past_a_torn_line(journal):
    journal.note("start", district="d1")
    path = journal.state / "journal.jsonl"
    path.write_bytes(path.read_bytes() + b'{"at": "2026-')
    journal.note("done", district="d1")
    assert [line["event"] for line in journal.lines()] == ["start"]
    journal.note("end")
    assert [line["event"] for line in journal.lines()] == ["start", "end"]


def test_no_file_is_left_of_a_place_that_fails(tmp_path):
    with pytest.raises(FileNotFoundError):
        place(tmp_path / "out" / "d1", {"no/such/folder.txt": b""})
    assert list(Path(tmp_path / "out").iterdir()) == []


def drawn_again(journal, name, content):
    """Rewrite an output and its hash in the manifest, as ``lifecircle map`` does."""
    folder = journal.out / "d1"
    (folder / name).write_bytes(content)
    said = {"outputs": {name: {"sha256": hashlib.sha256(content).hexdigest()}}}
    (folder / "manifest.json").write_text(json.dumps(said), "utf-8")


def test_a_page_drawn_again_from_the_results_is_whole(journal):
    journal.put("d1", {**FILES, "manifest.json": b'{"outputs": {}}'}, record())
    drawn_again(journal, "review.html", b"over a base map")
    assert journal.is_whole("d1", journal.record("d1"))
    # Cut short later on: not what the manifest says.
    (journal.out / "d1" / "review.html").write_bytes(b"over a")
    assert not journal.is_whole("d1", journal.record("d1"))


@pytest.mark.parametrize("harm", ["results", "manifest torn", "manifest of before"])
def test_pages_are_believed_only_beside_the_results_that_were_written(journal, harm):
    before = b'{"outputs": {}}'
    journal.put("d1", {**FILES, "manifest.json": before}, record())
    name = "district.gpkg" if harm == "results" else "review.html"
    drawn_again(journal, name, b"other")
    if harm == "manifest torn":
        (journal.out / "d1" / "manifest.json").write_bytes(b'{"outputs"')
    elif harm == "manifest of before":
        (journal.out / "d1" / "manifest.json").write_bytes(before)
    assert not journal.is_whole("d1", journal.record("d1"))


def test_a_crash_between_the_citys_two_files_is_healed_by_the_next_batch(
    journal, monkeypatch
):
    journal.put_city({"city.xlsx": b"old book", "city.html": b"old page"})
    fresh = {"city.xlsx": b"book", "city.html": b"page"}
    plain = Path.replace

    def killed(self, target):
        if Path(target).name == "city.html":
            raise KeyboardInterrupt
        return plain(self, target)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            journal.put_city(fresh)
    city = {name: (journal.out / name).read_bytes() for name in fresh}
    assert city == {"city.xlsx": b"book", "city.html": b"old page"}
    journal._sweep()
    journal.put_city(fresh)
    assert {name: (journal.out / name).read_bytes() for name in fresh} == fresh
    assert not list(journal.state.glob("*.part"))

"""A batch as a planner runs it: what is done, what is done again, what fails."""

import shutil

import pytest


@pytest.fixture
def city(undisturbed, tmp_path):
    """A copy of the three towns that a test may change."""
    return shutil.copytree(undisturbed.city, tmp_path / "city")


@pytest.mark.parametrize("workers", [1, 2])
def test_results_are_those_of_single_runs(
    undisturbed, tmp_path, finish, same_results, workers
):
    code, printed = finish(undisturbed.city, "-o", tmp_path, "--workers", workers)
    assert code == 0, printed
    for ident in ("d1", "d2", "d3"):
        assert same_results(tmp_path / ident, undisturbed.single / ident)


def test_only_what_is_missing_or_changed_is_done_again(city, tmp_path, finish):
    out = tmp_path / "out"
    only = ("--only", "d1", "--only", "d2")
    assert finish(city, "-o", out, *only)[0] == 0
    _, printed = finish(city, "-o", out, "--dry-run")
    assert [line.split("  ")[2] for line in printed.splitlines()[:3]] == [
        "done, unchanged",
        "done, unchanged",
        "to run: no results yet",
    ]
    assert not (out / "d3").exists()
    before = (out / "d1" / "district.gpkg").stat().st_mtime_ns
    text = (city / "d2" / "district.toml").read_text("utf-8")
    changed = text.replace("elderly_share = 0.2", "elderly_share = 0.25")
    (city / "d2" / "district.toml").write_text(changed, "utf-8")
    code, printed = finish(city, "-o", out, "--exclude", "d3")
    assert code == 0
    assert "1 districts done, 1 stood already, 0 failed" in printed
    assert (out / "d1" / "district.gpkg").stat().st_mtime_ns == before
    _, printed = finish(city, "-o", out, "--dry-run", "--force")
    assert printed.count("to run: --force") == 2


def test_a_truncated_output_is_found_by_its_hash_and_done_again(
    undisturbed, tmp_path, finish, same_results
):
    words = (undisturbed.city, "-o", tmp_path, "--only", "d1")
    assert finish(*words)[0] == 0
    package = tmp_path / "d1" / "district.gpkg"
    package.write_bytes(package.read_bytes()[:-4096])
    _, printed = finish(*words, "--dry-run")
    assert "missing or damaged" in printed
    assert finish(*words)[0] == 0
    assert same_results(tmp_path / "d1", undisturbed.single / "d1")


def test_bad_data_fail_alone_and_are_listed(
    city, undisturbed, tmp_path, finish, same_results
):
    (city / "d2" / "town.gpkg").write_bytes(b"no package")
    (city / "d3" / "town.gpkg").unlink()
    out = tmp_path / "out"
    code, printed = finish(city, "-o", out)
    assert code == 3
    assert "Traceback" not in printed
    for ident in ("d2", "d3"):
        assert ident in printed
        assert "town.gpkg" in (out / "failed" / ident / "problems.csv").read_text(
            "utf-8-sig"
        )
        assert not (out / ident).exists()
    assert same_results(out / "d1", undisturbed.single / "d1")
    for ident in ("d2", "d3"):
        shutil.copy(undisturbed.city / ident / "town.gpkg", city / ident)
    assert finish(city, "-o", out)[0] == 0
    assert not any((out / "failed").iterdir())
    for ident in ("d2", "d3"):
        assert same_results(out / ident, undisturbed.single / ident)


@pytest.mark.parametrize(
    "words",
    [
        ("--memory-per-worker", "4"),
        ("--memory-per-worker", "1MB"),
        ("--timeout", "30"),
        ("--only", "nowhere"),
        ("--scheduler", "tcp://127.0.0.1:9", "--memory-per-worker", "4GB"),
    ],
)
def test_a_wrong_call_runs_nothing(undisturbed, tmp_path, finish, words):
    code, printed = finish(undisturbed.city, "-o", tmp_path / "out", *words)
    assert code == 2
    assert "Traceback" not in printed
    assert not (tmp_path / "out" / "d1").exists()

"""The benchmark harness: rows, verdicts, turns, skips, and the made-up towns."""

import importlib
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

SCRIPTS = Path(__file__).parents[1] / "scripts"


@pytest.fixture
def harness(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return importlib.import_module("benchmarks.harness")


@pytest.fixture
def networks(monkeypatch):
    pytest.importorskip("scipy", reason="scipy is a peer, in its own environment")
    monkeypatch.syspath_prepend(str(SCRIPTS))
    return importlib.import_module("benchmarks.networks")


def suite(harness, name, *benches):
    module = ModuleType(f"benchmarks.{name}")
    module.BENCHES = [harness.Bench(ids, run) for ids, run in benches]
    return module


def test_a_bar_holds_or_does_not(harness):
    row = harness.Row("walk.a", "job", value=0.1, bar=0.1)
    assert row.holds is True
    row.value = 0.11
    assert row.holds is False
    assert harness.Row("walk.b", "job", value=0.993, bar=0.99, sense=">=").holds
    assert harness.Row("walk.c", "job", value=0.5).holds is None
    assert harness.Row("walk.d", "", skipped="no wheel").holds is None


def test_a_ratio_is_that_of_the_minima_and_keeps_every_timing(harness):
    row = harness.ratio("walk.a", "job", [3.0, 1.0, 2.0], [10.0, 40.0, 20.0], bar=0.2)
    # Minima 1 / 10; medians 2 / 20.
    assert (row.value, row.median_value) == (0.1, 0.1)
    assert (row.ours, row.peer) == (1.0, 10.0)
    assert row.raw == {"ours": [3.0, 1.0, 2.0], "peer": [10.0, 40.0, 20.0]}


def test_ours_and_the_peer_run_in_turns(harness):
    log = []
    clock = iter(range(100))
    seconds = harness.interleaved(
        lambda: log.append("ours"),
        lambda: log.append("peer"),
        runs=2,
        clock=lambda: next(clock),
    )
    assert log == ["ours", "peer", "ours", "peer"]
    assert seconds == [[1, 1], [1, 1]]


def test_a_row_that_cannot_be_measured_says_why(harness):
    def fails():
        reason = "no wheel for this Python"
        raise harness.Skip(reason)
        yield

    bench = harness.Bench(("walk.a", "walk.b"), fails)
    rows = list(harness.collect([bench], ["walk.b"]))
    assert [(row.id, row.skipped) for row in rows] == [
        ("walk.b", "no wheel for this Python")
    ]


def test_a_peer_that_disagrees_fails_its_rows_and_no_other(harness):
    def differs():
        raise AssertionError(*["scipy and we differ"])
        yield

    def fine():
        yield harness.Row("walk.b", "job", value=0.0, bar=1.0)

    benches = [harness.Bench(("walk.a",), differs), harness.Bench(("walk.b",), fine)]
    first, second = harness.collect(benches, [])
    assert (first.id, first.holds) == ("walk.a", False)
    assert first.failed == "AssertionError: scipy and we differ"
    assert second.holds is True


@pytest.mark.parametrize(
    ("only", "wanted"),
    [([], True), (["walk.one"], True), (["one"], True), (["on"], False)],
)
def test_rows_are_chosen_by_id(harness, only, wanted):
    assert harness.chosen("walk.one", only) is wanted


def test_the_file_has_rows_verdicts_and_the_machine(
    harness, monkeypatch, tmp_path, capsys
):
    def rows():
        yield harness.Row("toy.good", "job", value=0.5, bar=1.0)
        yield harness.Row("toy.bad", "job", value=2.0, bar=1.0)

    module = suite(harness, "toy", (("toy.good", "toy.bad"), rows))
    monkeypatch.setitem(sys.modules, "benchmarks.toy", module)
    path = tmp_path / "rows.json"
    assert harness.main(["toy", "--json", str(path)]) == 1
    record = json.loads(path.read_text(encoding="utf-8"))
    assert [(row["id"], row["holds"]) for row in record["rows"]] == [
        ("toy.good", True),
        ("toy.bad", False),
    ]
    assert set(record["machine"]) >= {"date", "processor", "cores", "python"}
    assert "NO" in capsys.readouterr().out
    assert harness.main(["toy", "--only", "toy.good"]) == 0


def test_every_peer_is_pinned():
    lines = (SCRIPTS / "benchmarks" / "peers.txt").read_text(encoding="utf-8")
    pins = [line for line in lines.splitlines() if line and not line.startswith("#")]
    assert all(line.count("==") == 1 for line in pins)
    names = {line.partition("==")[0] for line in pins}
    assert names >= {
        *("networkx", "scipy", "pandana", "igraph", "cityseer", "pyrosm", "osmnx")
    }


def test_a_made_up_town_is_the_same_for_the_same_seed(networks):
    town, again = networks.made_up(2500), networks.made_up(2500)
    np.testing.assert_array_equal(town.xy, again.xy)
    np.testing.assert_array_equal(town.ends, again.ends)
    other = networks.made_up(2500, seed=1)
    assert len(town.ends) != len(other.ends) or (town.ends != other.ends).any()


def test_a_made_up_town_is_like_streets(networks):
    town = networks.made_up(2500)
    # Four in five of 2 x 50 x 49 streets: 3,920 of them, 3.1 a junction.
    assert len(town.ends) == pytest.approx(3920, rel=0.03)
    assert len(town.main_nodes()) > 0.97 * len(town.xy)
    assert np.median(town.length_m) == pytest.approx(networks.SPACING_M, rel=0.1)
    length = np.hypot(*(town.xy[town.ends[:, 0]] - town.xy[town.ends[:, 1]]).T)
    np.testing.assert_allclose(town.length_m, length)


def test_chains_are_joined_and_no_metre_is_lost(networks):
    # A cross of four arms, each of two pieces of 100 m.
    arms = [[100, 0], [0, 100], [-100, 0], [0, -100]]
    rows = []
    for x, y in arms:
        rows += [[0, 0, x, y], [x, y, 2 * x, 2 * y]]
    town = networks.from_lines("cross", np.array(rows, dtype=float))
    joined = networks.simplified(town)
    assert len(joined.xy) == 5
    assert joined.length_m.tolist() == [200.0] * 4


@pytest.mark.parametrize("suffix", [".gpkg", ".parquet"])
def test_a_made_up_city_is_sound_and_all_of_it_stands(monkeypatch, tmp_path, suffix):
    monkeypatch.syspath_prepend(str(SCRIPTS))
    cities = importlib.import_module("benchmarks.cities")
    suite = importlib.import_module("benchmarks.tables")
    district = cities.write_city(tmp_path, 1000, suffix=suffix)
    # 1,000 buildings: 17 blocks, so 8 x 8 of them in 2 x 2 communities; 100
    # facilities, a room in each tenth; 300 roads.
    assert suite.examined(district) == 4 + 1000 + 100 + 10 + 300
    found = suite.examine_district(district)
    assert (found.problems, len(found.rejected)) == ([], 0)
    buildings = found.district.buildings
    assert buildings.is_valid.all()
    assert set(buildings.count_coordinates()) == {5, 7}
    # No two buildings share ground, and each lies in the community of its block.
    assert (buildings.sindex.query(buildings.geometry, predicate="overlaps").size) == 0
    assert buildings["community_id"].notna().all()
    assert 0.05 < (buildings["households_method"] == "floor_area").mean() < 0.15
    if suffix == ".gpkg":
        assert suite.read_plainly(district) == 1414


def test_a_made_up_city_is_the_same_for_the_same_seed(monkeypatch):
    monkeypatch.syspath_prepend(str(SCRIPTS))
    cities = importlib.import_module("benchmarks.cities")
    one, again, other = (
        [frame.to_csv() for frame in cities.made_up_city(600, seed=seed)]
        for seed in (1, 1, 2)
    )
    assert one == again
    assert one[1:4] != other[1:4]


def test_the_page_of_a_made_up_study_is_drawn_without_a_network(monkeypatch, tmp_path):
    monkeypatch.syspath_prepend(str(SCRIPTS))
    studies = importlib.import_module("benchmarks.studies")
    suite = importlib.import_module("benchmarks.map")
    pages = importlib.import_module("benchmarks.pages")
    if not pages.CHROMIUM.exists():
        pytest.skip("Chromium is not installed: apt-get install chromium")
    study = studies.finished(600)
    buildings = study.district.buildings
    assert len(buildings) == 600
    assert buildings.is_valid.all()
    # Rectangles have 5 points with the closing one, L-shapes 7.
    assert set(buildings.count_coordinates()) == {5, 7}
    assert set(study.access["facility_class"]) == set(studies.CLASSES)
    ours, theirs = tmp_path / "review.html", tmp_path / "folium.html"
    suite.write_map(study, ours)
    suite.write_folium(study, theirs)
    assert 100 < suite.shell_kb(ours) < ours.stat().st_size / 1e3
    seconds, gigabytes = suite.written(study, tmp_path)
    assert 0 < seconds < 60
    assert 0.05 < gigabytes < 1.0
    # In a thread of its own: the browser tests leave an event loop in this one.
    with ThreadPoolExecutor(1) as pool:
        pool.submit(look_at, pages, suite, ours, theirs).result()


def look_at(pages, suite, ours, theirs):
    with pages.chromium() as browser:
        with pages.opened(browser, ours) as page:
            moves = page.page.evaluate(suite.REDRAW, suite.PLACES)
            assert (page.requests, page.console) == ([], [])
            assert len(moves) == len(suite.PLACES)
            assert 1 < page.heap_mb() < 200
        drawn = suite.FOLIUM_DRAWN
        with pages.opened(browser, theirs, ready=drawn, stubs=True) as page:
            assert page.drawn_ms > 0
            assert any("leaflet" in address for address in page.requests)

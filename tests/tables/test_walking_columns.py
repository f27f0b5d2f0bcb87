"""What the walk engine reads beside shapes: crossings, opening hours, entrances."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pytest
from shapely import MultiPoint, Point

from lifecircle.access.minutes import walk_access
from lifecircle.jobs import assess
from lifecircle.network.gate_hours import gates_at, open_gates
from lifecircle.network.graph import build_network
from lifecircle.publish.outputs import write_study
from lifecircle.publish.results import read_study
from lifecircle.tables.config import config_problems
from lifecircle.tables.district import DistrictError, check_district, read_district
from lifecircle.text import problem_lines

X, Y = 520_000.0, 3_520_000.0

DOORS = """
[[sources.facilities]]
path = "出入口.gpkg"
crs = "EPSG:4548"
columns = { facility_id = "编号", facility_class = "类别" }
"""


@pytest.fixture
def with_doors(files):
    doors = MultiPoint([(X + 300, Y + 510), (X + 900, Y + 510)])
    frame = gpd.GeoDataFrame(
        {"编号": ["F9"], "类别": ["HLT.PHARM"]}, geometry=[doors], crs="EPSG:4548"
    )
    frame.to_file(files.folder / "出入口.gpkg", driver="GPKG")
    files.config += DOORS
    return files


def test_several_points_are_several_entrances(with_doors):
    district = read_district(with_doors.write())
    facility = district.facilities.set_index("facility_id").loc["F9"]
    assert facility["geometry"].geom_type == "MultiPoint"
    assert facility["community_id"] == "C01"
    homes = district.buildings.head(1).assign(
        geometry=[Point(X + 850, Y + 490)], compound_id=None
    )
    moved = replace(district, buildings=homes)
    walks = walk_access(build_network(moved), moved, classes=["HLT.PHARM"])
    # 10 m to the street, 50 m along it, 10 m to the eastern door.
    assert walks["walk_m"].tolist() == pytest.approx([70.0, 70.0], abs=1e-3)


def test_entrances_survive_the_outputs(with_doors, tmp_path):
    study = assess(with_doors.write())
    write_study(study, tmp_path / "out")
    again = read_study(tmp_path / "out")
    shapes = again.district.facilities.set_index("facility_id").geometry
    kinds = {key: shape.geom_type for key, shape in shapes.items()}
    assert kinds == {
        **dict.fromkeys(("F1", "F2", "F3"), "Point"),
        "F9": "MultiPoint",
    }


def test_crossings_are_read_and_faulty_words_named(files):
    files.roads["过街"] = ["信号灯", None, None]
    files.config = files.config.replace(
        'columns = { road_id = "编号", road_class = "类型" }',
        'columns = { road_id = "编号", road_class = "类型", crossing = "过街" }\n'
        'values.crossing = { "信号灯" = "signals" }',
    )
    district = read_district(files.write())
    assert district.roads["crossing"].tolist() == ["signals", "no", "no"]
    network = build_network(district)
    assert set(network.features) == {"signals", "steps"}
    files.roads["过街"] = ["信号", None, None]
    with pytest.raises(DistrictError, match="信号"):
        read_district(files.write())


def test_opening_hours_of_gates_are_read(files):
    files.gates["开放时间"] = ["06:00-22:00"]
    files.config = files.config.replace(
        'columns = { gate_id = "编号" }',
        'columns = { gate_id = "编号", hours = "开放时间" }',
    )
    district = read_district(files.write())
    assert district.gates["hours"].tolist() == ["06:00-22:00"]
    assert len(open_gates(gates_at(district, "23:00"))) == 0
    assert len(open_gates(gates_at(district, "12:00"))) == 1


def test_the_hour_of_the_walks_is_read_and_kept(files, tmp_path):
    files.gates["开放时间"] = ["06:00-22:00"]
    files.config = files.config.replace(
        'columns = { gate_id = "编号" }',
        'columns = { gate_id = "编号", hours = "开放时间" }',
    ).replace(
        "[[sources.communities]]", '[walk]\nat = "5:30"\n\n[[sources.communities]]'
    )
    study = assess(files.write())
    assert study.district.config.walk_at == "05:30"
    assert study.manifest["settings"]["walk_at"] == "05:30"
    report = study.network_report.set_index("item")["value"]
    assert report["open_gates"] == 0
    write_study(study, tmp_path / "out")
    assert read_study(tmp_path / "out").district.config.walk_at == "05:30"


def test_an_hour_that_is_none_is_a_fault_of_the_district_file(files):
    files.config = files.config.replace(
        "[[sources.communities]]", '[walk]\nat = "evening"\n\n[[sources.communities]]'
    )
    found = config_problems(files.write())
    assert [problem.key for problem in found] == ["tables.config_hour"]
    assert "evening" in problem_lines(found[0], "en")[1]


def test_hours_that_cannot_be_read_are_a_warning_with_their_row(files):
    files.gates["开放时间"] = ["早晚"]
    files.config = files.config.replace(
        'columns = { gate_id = "编号" }',
        'columns = { gate_id = "编号", hours = "开放时间" }',
    )
    problems, _ = check_district(files.write())
    (found,) = [one for one in problems if one.key == "tables.hours_unreadable"]
    assert (found.severity, found.row, found.column) == ("warning", 1, "开放时间")
    assert "早晚" in problem_lines(found, "zh")[1]


def test_without_the_columns_nothing_is_assumed(files):
    district = read_district(files.write())
    assert district.roads["crossing"].tolist() == ["no"] * 3
    assert district.gates["hours"].isna().all()
    assert len(open_gates(gates_at(district, "03:00"))) == 1


def test_a_district_with_prams_runs_to_the_end(with_doors, tmp_path):
    with_doors.config += "\n[walk.walkers.pram]\n"
    study = assess(with_doors.write())
    assert set(study.access["walker"]) == {"adult", "elderly", "pram"}
    write_study(study, tmp_path / "zh")
    write_study(study, tmp_path / "en", lang="en")
    assert read_study(tmp_path / "en").district.config.walkers["pram"].steps == "no"

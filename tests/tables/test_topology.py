"""Faults of polygons, with areas worked out by hand."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from lifecircle.tables.district import check_district, read_district
from lifecircle.tables.topology import crossings, gaps, mean_width_m, overlaps, parts
from lifecircle.text import problem_lines

X, Y = 520_000.0, 3_520_000.0


def of(*shapes):
    return np.array(shapes, dtype=object)


def test_three_squares_overlap_in_two_pairs():
    # b covers 10 x 100 of a; c touches b along an edge only; d lies within a.
    a, b = box(0, 0, 100, 100), box(90, 0, 190, 100)
    c, d = box(190, 0, 290, 100), box(10, 10, 30, 40)
    found = overlaps(of(a, b, c, d))
    assert found.first.tolist() == [0, 0]
    assert found.second.tolist() == [1, 3]
    assert found.area_m2.tolist() == [1000.0, 600.0]
    assert found.geometry[0].equals(box(90, 0, 100, 100))


def test_common_ground_of_a_square_metre_or_less_is_rounding():
    a, b = box(0, 0, 100, 100), box(99.995, 0, 199, 100)  # 0.005 m x 100 m = 0.5 m²
    assert overlaps(of(a, b)).area_m2.tolist() == []
    assert overlaps(of(a, shapely.Point(5, 5), None)).area_m2.tolist() == []


def test_a_hole_and_a_slot_between_communities_are_gaps():
    # A ring of four around a hole of 40 m x 50 m; right of it a slot of 1.5 m.
    ring = of(
        box(0, 0, 140, 100),
        box(0, 150, 140, 250),
        box(0, 100, 50, 150),
        box(90, 100, 140, 150),
        box(141.5, 0, 200, 250),
    )
    found = gaps(ring)
    assert found.area_m2.round(6).tolist() == [40 * 50, 1.5 * 250]
    assert found.geometry[0].equals(box(50, 100, 90, 150))


def test_a_lake_and_a_street_wide_as_a_street_are_no_gaps():
    # The hole has 200 m x 100 m = 20,000 m², more than 10,000; the street is 20 m.
    outer = box(0, 0, 400, 400).difference(box(100, 100, 300, 200))
    assert gaps(of(outer, box(420, 0, 600, 400))).area_m2.tolist() == []
    # One of the same shape at 100 m x 100 m is a gap.
    outer = box(0, 0, 400, 400).difference(box(100, 100, 200, 200))
    assert gaps(of(outer)).area_m2.tolist() == [10_000.0]


def test_an_island_in_a_hole_is_no_part_of_the_gap():
    # The hole of 200 m x 100 m holds a block of 198 m x 98 m: 20,000 - 19,404 m².
    outer = box(0, 0, 400, 400).difference(box(100, 100, 300, 200))
    island = box(101, 101, 299, 199)
    assert gaps(of(outer, island)).area_m2.tolist() == [596.0]


def test_turned_blocks_that_fill_their_ground_leave_no_gap():
    # Corners that lie on another's side are off it by rounding: without a grid GEOS
    # leaves the sixth block of 42 m x 24 m out of the union, a hole of 1,008 m².
    corners = [
        (0, 0, 3, 19),
        (0, 19, 3, 35),
        (0, 35, 3, 37),
        (0, 37, 3, 60),
        (3, 0, 45, 25),
        (3, 25, 45, 49),
        (45, 0, 60, 49),
        (3, 49, 6, 60),
        (6, 49, 60, 60),
    ]
    turn = np.deg2rad(48.0)
    matrix = [np.cos(turn), -np.sin(turn), np.sin(turn), np.cos(turn), 0.3, 0.7]
    blocks = of(*(shapely.affinity.affine_transform(box(*c), matrix) for c in corners))
    assert shapely.area(blocks).sum() == pytest.approx(60 * 60)
    assert gaps(blocks).area_m2.tolist() == []


def test_slivers_are_measured_by_twice_the_area_by_the_perimeter():
    # 200 m x 0.8 m: 2 * 160 / 401.6 = 0.797; 10 m x 10 m: 200 / 40 = 5.
    strip, square = box(0, 50, 200, 50.8), box(0, 0, 10, 10)
    assert mean_width_m(of(strip, square)).round(3).tolist() == [0.797, 5.0]
    multi, thin = parts(of(square, MultiPolygon([square, strip]), strip))
    # Beside its largest part, the strip, the second shape has the square.
    assert (multi.first.tolist(), multi.area_m2.round(6).tolist()) == ([1], [100.0])
    assert (thin.first.tolist(), thin.area_m2.round(6).tolist()) == (
        [1, 2],
        [160.0, 160.0],
    )


def test_a_child_in_two_parents_is_told_with_the_ground_in_the_other():
    west, east = box(0, 0, 100, 100), box(100, 0, 200, 100)
    # 40 x 10 in the west, 10 x 10 in the east: 20 %; the next has 0.5 %.
    across, hardly = box(60, 0, 110, 10), box(0.0, 50, 100.5, 60)
    found = crossings(of(across, hardly, shapely.Point(50, 50)), of(west, east))
    assert found.first.tolist() == [0]
    assert found.second.tolist() == [1]
    assert found.area_m2.tolist() == [100.0]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.integers(0, 30)] * 2), min_size=2, max_size=8))
def test_overlaps_add_up_to_what_the_areas_exceed_pairwise(corners):
    shapes = of(*(box(x, y, x + 10, y + 10) for x, y in corners))
    found = overlaps(shapes)
    # Every pair of squares of 10 m, worked out axis by axis.
    wanted = {}
    for i, (x, y) in enumerate(corners):
        for j, (u, v) in enumerate(corners[i + 1 :], start=i + 1):
            common = max(0, 10 - abs(x - u)) * max(0, 10 - abs(y - v))
            if common > 1:
                wanted[i, j] = common
    pairs = zip(found.first.tolist(), found.second.tolist(), strict=True)
    assert dict(zip(pairs, found.area_m2.tolist(), strict=True)) == wanted


def keys_of(problems):
    return {p.key.removeprefix("tables.") for p in problems}


@pytest.fixture
def bowtie(files):
    """B1 as a bow tie: two triangles of 20 m x 7.5 m / 2 = 75 m² each."""
    x, y = X + 120, Y + 150
    tie = Polygon([(x, y), (x + 20, y + 15), (x + 20, y), (x, y + 15)])
    shapes = files.buildings.geometry.to_list()
    files.buildings = files.buildings.set_geometry(
        gpd.GeoSeries([tie, *shapes[1:]], crs=files.buildings.crs)
    )
    return files


def test_invalid_polygons_stop_a_run_unless_their_repair_is_asked_for(bowtie):
    problems, rejected = check_district(bowtie.write())
    assert "geometry_self_intersection" in keys_of(problems)
    assert len(rejected) == 1
    assert rejected.geometry.is_valid.tolist() == [False]  # as found
    bowtie.config = bowtie.config.replace(
        'crs = "EPSG:4548"', 'crs = "EPSG:4548"\nrepair = ["invalid"]', 1
    )
    district = read_district(bowtie.write())
    told = [p for p in district.problems if p.key == "tables.topology_repaired"]
    # The signed areas of the two triangles cancel.
    assert [p.values["change"] for p in told] == ["+150.0"]
    assert [(p.file, p.row, p.severity) for p in told] == [("底图.gpkg", 1, "warning")]
    first = district.buildings.set_index("building_id").loc["B1"]
    assert first.geometry.area == pytest.approx(150.0)
    row = district.topology.set_index("kind").loc["invalid"]
    assert (row["table"], row["ids"]) == ("buildings", "B1")
    assert row["area_m2"] == pytest.approx(150.0)


def test_slivers_are_dropped_only_where_asked(files):
    block = files.compounds.geometry[0]  # 300 m x 300 m
    strip = box(X + 500, Y + 100, X + 600, Y + 100.5)  # 100 m x 0.5 m = 50 m²
    shapes = [MultiPolygon([block, strip]), files.compounds.geometry[1]]
    files.compounds = files.compounds.set_geometry(shapes, crs="EPSG:4548")
    district = read_district(files.write())
    kinds = district.topology.groupby("kind")["area_m2"].sum().round(3).to_dict()
    assert kinds == {"multipart": 50.0, "sliver": 50.0}
    assert district.compounds.area.sum() == pytest.approx(2 * 90_000 + 50)
    files.config = files.config.replace(
        'crs = "EPSG:4548"', 'crs = "EPSG:4548"\nrepair = ["slivers"]', 1
    )
    district = read_district(files.write())
    assert len(district.topology) == 0
    assert district.compounds.area.tolist() == [90_000.0, 90_000.0]
    told = [p for p in district.problems if p.key == "tables.topology_dropped"]
    assert [(p.values["parts"], p.values["area"]) for p in told] == [(1, "50.0")]


def test_a_wrong_repair_is_named(files):
    files.config = files.config.replace(
        'crs = "EPSG:4548"', 'crs = "EPSG:4548"\nrepair = ["lakes"]', 1
    )
    problems, _ = check_district(files.write())
    found = [p for p in problems if p.key == "tables.config_choice"]
    assert [p.values["value"] for p in found] == ["lakes"]


def test_a_compound_over_the_border_is_told(files):
    # K1 moved: 300 m wide, 60 m of it east of the border at X + 1000.
    shapes = [box(X + 760, Y + 100, X + 1060, Y + 400), files.compounds.geometry[1]]
    files.compounds = files.compounds.set_geometry(shapes, crs="EPSG:4548")
    district = read_district(files.write())
    row = district.topology.set_index("kind").loc["across"]
    assert (row["table"], row["ids"]) == ("compounds", "K1 · C02")
    # Borders travel through degrees in the shapefile: to the square metre.
    assert row["area_m2"] == pytest.approx(60 * 300, abs=1.0)


def test_faults_beyond_the_first_are_counted_in_one_warning(files):
    rows = [{"编号": f"K{i}", "封闭": "开放", "户数": 1.0} for i in range(60)]
    shapes = [box(X + 1100 + i, Y + 100, X + 1130 + i, Y + 130) for i in range(60)]
    extra = gpd.GeoDataFrame(
        pd.DataFrame(rows).iloc[3:], geometry=shapes[3:], crs="EPSG:4548"
    )
    files.compounds = pd.concat([files.compounds, extra], ignore_index=True)
    problems, _ = check_district(files.write())
    named = [p for p in problems if p.key == "tables.topology_overlap"]
    more = [p for p in problems if p.key == "tables.topology_more"]
    assert len(named) == 50
    assert len(more) == 1
    assert more[0].values["rows"] > 50
    assert "（重叠）" in problem_lines(more[0], "zh")[1]
    assert problem_lines(named[0], "zh")[1].startswith("小区：")


def test_a_building_outside_its_declared_community_is_located(files):
    files.config = files.config.replace(
        'compound_id = "小区" }', 'compound_id = "小区", community_id = "社区" }', 1
    )
    files.buildings["社区"] = ["C01", "C02", "C01", "C01", "C02"]
    district = read_district(files.write())
    faults = district.topology[district.topology["kind"] == "elsewhere"]
    # B2 has 20 m x 15 m and lies in C01.
    assert faults["ids"].tolist() == ["B2 · C02"]
    assert faults["area_m2"].round(6).tolist() == [300.0]

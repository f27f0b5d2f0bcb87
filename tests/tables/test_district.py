from __future__ import annotations

import numpy as np
import pytest

from lifecircle.tables.district import (
    check_district,
    examine_district,
    read_district,
)
from lifecircle.tables.schemas import SCHEMAS


def test_a_sound_district_has_no_errors_and_the_declared_columns(files):
    district = read_district(files.write())
    for name, schema in SCHEMAS.items():
        frame = getattr(district, name)
        assert list(frame.columns) == list(schema.columns), name
        assert list(frame.index) == list(range(len(frame))), name
    assert district.crs == "EPSG:4548"
    assert district.complete_classes == {"ELD.CANTEEN"}
    assert list(district.communities["settlement"]) == ["urban", "county_town"]
    assert set(district.communities["household_basis"]) == {"resident"}


def test_households_are_estimated_and_labelled(files):
    buildings = read_district(files.write()).buildings.set_index("building_id")
    # B3: 4050 m2 / 90 = 45; B4: K1 holds 110 - 40 - 24 - 45 = 1
    assert buildings["households"].to_dict() == {
        "B1": 40.0,
        "B2": 24.0,
        "B3": 45.0,
        "B4": 1.0,
        "B5": 36.0,
    }
    assert list(buildings["households_method"]) == [
        "declared",
        "units",
        "floor_area",
        "compound_total",
        "declared",
    ]
    # 40 households x 2.5 = 100 persons, x 0.2 = 20 elderly
    assert buildings.loc["B1", ["persons", "elderly"]].tolist() == [100.0, 20.0]
    assert set(buildings["persons_method"]) == {"estimated"}
    assert list(buildings["compound_id"]) == ["K1", "K1", "K1", "K1", "K2"]
    assert list(buildings["community_id"]) == ["C01"] * 4 + ["C02"]


def test_community_totals_are_compared_and_never_reconciled(files):
    district = read_district(files.write())
    # C01 declares 150, its buildings sum to 40 + 24 + 45 + 1 = 110; C02 36 = 36
    found = [p for p in district.problems if p.key == "tables.totals_differ"]
    assert [(p.values["id"], p.values["value"], p.values["sum"]) for p in found] == [
        ("C01", "150", "110")
    ]
    assert district.communities["households"].tolist() == [150.0, 36.0]


def test_a_centre_counts_its_rooms_once(files):
    district = read_district(files.write())
    rooms = district.rooms[district.rooms["facility_id"] == "F1"]
    # 980 m2 in all, 300 m2 of them elderly rooms: 680 and 300
    assert dict(zip(rooms["facility_class"], rooms["floor_area_m2"], strict=True)) == {
        "ELD.STATION": 300.0,
        "SVC.COMM": 680.0,
    }
    other = district.rooms[district.rooms["facility_id"] == "F3"]
    assert np.isnan(other["floor_area_m2"].item())
    pairs = district.facility_classes.to_numpy().tolist()
    assert pairs == [
        ["F1", "ELD.STATION"],
        ["F1", "SVC.COMM"],
        ["F2", "ELD.CANTEEN"],
        ["F3", "ELD.CANTEEN"],
    ]


def test_facilities_lie_where_gcj02_says(files):
    facilities = read_district(files.write()).facilities.set_index("facility_id")
    assert list(facilities["role"]) == ["inside", "inside", "context"]
    assert list(facilities["community_id"]) == ["C01", "C02", None]
    point = facilities.geometry["F1"]
    # written at 520500, 3520500 with nine decimals of a degree: 0.1 mm
    assert (point.x, point.y) == pytest.approx((520_500, 3_520_500), abs=0.001)
    assert facilities["opened"].tolist() == [2019.0] * 3


def test_service_areas_are_declared_or_by_place(files):
    serves = read_district(files.write()).serves
    assert serves.to_numpy().tolist() == [
        ["F1", "C01", 0.75, "declared"],
        ["F1", "C02", 0.25, "declared"],
        ["F2", "C02", 1.0, "point_in_polygon"],
    ]


def test_roads_and_gates(files):
    district = read_district(files.write())
    roads = district.roads.set_index("road_id")
    assert roads["walkable"].to_dict() == {"R1": "yes", "R2": "no", "R3": "yes"}
    assert roads["steps"].to_dict() == {"R1": "no", "R2": "no", "R3": "yes"}
    assert district.gates["compound_id"].tolist() == ["K1"]
    assert district.gates["open"].tolist() == ["yes"]


def test_two_readings_are_the_same(files):
    path = files.write()
    first, second = read_district(path), read_district(path)
    for name in SCHEMAS:
        assert getattr(first, name).equals(getattr(second, name)), name


def test_without_buildings_the_compounds_are_the_demand(files):
    start = files.config.index("[[sources.buildings]]")
    end = files.config.index("[[sources.facilities]]")
    files.config = files.config[:start] + files.config[end:]
    files.compounds["户数"] = [110.0, None]
    files.communities["户数"] = [150.0, None]
    district = read_district(files.write())
    assert district.buildings["building_id"].tolist() == ["K1"]
    assert district.buildings["compound_id"].tolist() == ["K1"]
    assert district.buildings["households"].tolist() == [110.0]
    # K2 has no households: left out as demand, counted, and still a compound
    assert district.compounds["compound_id"].tolist() == ["K1", "K2"]
    assert district.rejected["reason"].tolist() == ["tables.households_unknown"]


def test_a_community_total_is_spread_over_buildings_without_figures(files):
    # C01 declares 150: 40 + 24 + 45 are known; without K1's total 41 remain, for B4
    # alone. C02 declares 36, for B5, now without a figure.
    files.compounds["户数"] = [None, None]
    files.buildings["户数"] = ["40户", "暂无数据", None, None, None]
    district = read_district(files.write())
    buildings = district.buildings.set_index("building_id")
    assert buildings["households"].tolist() == [40.0, 24.0, 45.0, 41.0, 36.0]
    assert buildings["households_method"].tolist()[3:] == ["community_total"] * 2
    assert set(buildings["household_basis"]) == {"resident"}
    assert "tables.totals_differ" not in {one.key for one in district.problems}
    assert len(district.rejected) == 0


def test_a_total_that_its_buildings_exceed_is_reported_and_not_spread(files):
    # C01 declares 100; 40 + 24 + 45 = 109 are known: 9 too many for B4.
    files.communities["户数"] = [100.0, 36.0]
    files.compounds["户数"] = [None, None]
    district = read_district(files.write())
    found = [p for p in district.problems if p.key == "tables.total_overdrawn"]
    assert [(p.values["value"], p.values["excess"]) for p in found] == [("C01", "9")]
    assert found[0].severity == "warning"
    assert found[0].file == "社区.shp"
    assert district.buildings["building_id"].tolist() == ["B1", "B2", "B3", "B5"]


def test_a_total_of_another_basis_is_reported_and_not_spread(files):
    files.config = files.config.replace(
        'household_basis = "resident"', 'household_basis = "registered"', 1
    )
    files.compounds["户数"] = [None, None]
    district = read_district(files.write())
    found = [p for p in district.problems if p.key == "tables.total_of_other_basis"]
    assert [(p.values["value"], p.values["basis"]) for p in found] == [
        ("C01", "registered")
    ]
    assert "B4" not in set(district.buildings["building_id"])


def test_floors_and_outline_stand_in_for_a_floor_area(files):
    files.config = files.config.replace(
        'floor_area_m2 = "建筑面积", compound_id', 'floors = "层数", compound_id'
    )
    files.buildings["层数"] = ["6层", 6, 18, 11, 6]
    buildings = read_district(files.write()).buildings.set_index("building_id")
    # 20 m x 15 m = 300 m2; x 18 floors / 90 = 60; x 11 = 36.67 -> 37
    assert buildings.loc["B3", "households"] == 60.0
    assert buildings.loc["B4", "households"] == 37.0
    assert buildings["households_method"].tolist() == [
        *("declared", "units", "footprint_floors", "footprint_floors", "declared")
    ]


def test_check_finds_no_error_in_a_sound_district(files):
    problems, rejected = check_district(files.write())
    assert [p.key for p in problems if p.severity == "error"] == []
    assert len(rejected) == 0


def test_a_missing_area_per_household_is_not_called_a_missing_floor_area(files):
    files.config = files.config.replace("floor_area_per_household_m2 = 90.0\n", "")
    files.communities["户数"] = files.compounds["户数"] = None
    files.buildings["户数"] = files.buildings["套数"] = None
    files.buildings["建筑面积"] = [900.0, *[None] * (len(files.buildings) - 1)]
    found = examine_district(files.write())
    told = [p.key for p in found.problems if p.column == "户数" and p.row is not None]
    assert told.count("tables.households_no_ratio") == 1
    assert told.count("tables.households_unknown") == len(files.buildings) - 1
    assert len(found.rejected) == len(files.buildings)


def test_gates_without_any_wall_are_one_warning(files):
    files.compounds = files.compounds.set_geometry(files.compounds.geometry.centroid)
    found = examine_district(files.write())
    told = {p.key: p.values.get("count") for p in found.problems}
    assert told["tables.gates_no_walls"] == len(files.gates)
    assert "tables.gate_without_wall" not in told

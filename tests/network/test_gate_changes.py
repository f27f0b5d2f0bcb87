"""Gates opened, closed, new, by the hour; compounds sealed."""

from datetime import time

import geopandas as gpd
import numpy as np
import pytest
from shapely import Point

from lifecircle.access.minutes import walk_access
from lifecircle.conftest import CRS
from lifecircle.errors import NetworkError, TableError
from lifecircle.hours import hours_open
from lifecircle.network.compounds import read_walls
from lifecircle.network.gate_changes import (
    sealed_district,
    uncertain_compounds,
    with_gates,
)
from lifecircle.network.gate_hours import gates_at, open_gates
from lifecircle.network.graph import build_network


def canteen_m(district):
    """Metres of the adult from B3, inside the compound, to the canteen F1."""
    walks = walk_access(build_network(district), district, classes=["ELD.CANTEEN"])
    row = (walks["building_id"] == "B3") & (walks["walker"] == "adult")
    return float(walks.loc[row, "walk_m"].iloc[0])


def new_gate(key, spot):
    place = gpd.GeoSeries([Point(spot)], crs=CRS)
    return gpd.GeoDataFrame({"gate_id": [key]}, geometry=place)


@pytest.mark.parametrize(
    ("hours", "at_time", "is_open"),
    [
        ("06:00-22:00", "06:00", True),
        ("06:00-22:00", "22:00", False),
        ("6:00~22:00", "5:59", False),
        ("０６：００－２２：００", "12:00", True),
        ("06:00至22:00", "23:00", False),
        ("06:30-08:30，17:00-19:00", "12:00", False),
        ("06:30-08:30，17:00-19:00", "18:59", True),
        ("06:30-08:30、17:00-19:00", "08:29", True),
        ("22:00-06:00", "23:59", True),
        ("22:00-06:00", "12:00", False),
        ("00:00-24:00", "23:59", True),
        ("全天", "03:00", True),
        ("24小时", "03:00", True),
        ("", "03:00", True),
        (None, "03:00", True),
        ("06:00-22:00", time(21, 59), True),
    ],
)
def test_hours_hold_their_first_minute_and_not_their_last(hours, at_time, is_open):
    assert hours_open(hours, at_time) is is_open


@pytest.mark.parametrize(
    "hours", ["早晚", "06:00", "25:00-26:00", "06:70-07:00", "6-22"]
)
def test_hours_that_cannot_be_read_are_an_error(hours):
    with pytest.raises(TableError, match="hours"):
        hours_open(hours, "12:00")


def test_a_time_that_cannot_be_read_is_an_error(toy):
    with pytest.raises(TableError, match="noon"):
        gates_at(toy.district, "noon")


def test_a_gate_is_shut_outside_its_hours_and_the_compound_sealed(toy):
    # B3 -> lane 30 m, lane to the gate and out to y=150, round to F1: 480 m.
    assert canteen_m(toy.district) == pytest.approx(480.0)
    gates = toy.district.gates.assign(hours="06:00-22:00")
    by_day = gates_at(with_gates_of(toy.district, gates), "12:00")
    by_night = gates_at(with_gates_of(toy.district, gates), "23:00")
    assert canteen_m(by_day) == pytest.approx(480.0)
    assert np.isnan(canteen_m(by_night))
    assert read_walls(by_night).compound_ids == ("K1",)
    assert open_gates(by_day)["gate_id"].tolist() == ["M1"]
    assert open_gates(by_night).empty


def with_gates_of(district, gates):
    from dataclasses import replace

    return replace(district, gates=gates)


def test_faulty_hours_name_their_gate(toy):
    gates = toy.district.gates.assign(hours="早晚")
    with pytest.raises(TableError, match="gates, M1, hours"):
        gates_at(with_gates_of(toy.district, gates), "12:00")


def test_closing_the_last_gate_seals_the_compound(toy):
    closed = with_gates(toy.district, shut=["M1"])
    assert read_walls(closed).compound_ids == ("K1",)
    assert np.isnan(canteen_m(closed))
    # The district itself stays as it was, and what is undone is undone.
    assert toy.district.gates["open"].tolist() == ["yes"]
    assert canteen_m(with_gates(closed, opened=["M1"])) == pytest.approx(480.0)


def test_a_new_gate_shortens_the_walk(toy, at):
    # A gate in the south wall (y=20), on the straight from the lane's end (300, 60)
    # to the street y=0. B3 (270, 60) -> lane's end 30 m, inside to the gate 40 m,
    # outside 20 m to (300, 0), and F1 is 10 m below: 100 m.
    opened = with_gates(toy.district, opened=new_gate("M2", at(300, 20)))
    assert opened.gates["gate_id"].tolist() == ["M1", "M2"]
    assert opened.gates["compound_id"].tolist() == ["K1", "K1"]
    assert canteen_m(opened) == pytest.approx(100.0)


def test_a_new_gate_needs_a_place_and_a_wall(toy, at):
    with pytest.raises(NetworkError, match="no place is given"):
        with_gates(toy.district, opened=["M9"])
    with pytest.raises(NetworkError, match="within 15 m"):
        with_gates(toy.district, opened=new_gate("M9", at(50, 60)))


def test_a_gate_of_a_district_without_gates(make_district, make_streets, at, toy):
    district = make_district(
        roads=make_streets(((0, 0), (300, 0))),
        compounds=[
            {
                "compound_id": "K1",
                "gated": "yes",
                "geometry": Point(at(100, 60)).buffer(50, cap_style="square"),
            }
        ],
    )
    assert uncertain_compounds(district).tolist() == [True]
    assert read_walls(district).compound_ids == ()
    opened = with_gates(district, opened=new_gate("M1", at(100, 10)))
    assert opened.gates["gate_id"].tolist() == ["M1"]
    assert read_walls(opened).compound_ids == ("K1",)


def test_sealing_walls_every_uncertain_area(make_district, make_streets, at):
    square = Point(at(100, 60)).buffer(50, cap_style="square")
    kinds = ["yes", "no", "unknown", "unknown"]
    district = make_district(
        roads=make_streets(((0, 0), (300, 0))),
        compounds=[
            {"compound_id": f"K{row}", "gated": gated, "geometry": shape}
            for row, (gated, shape) in enumerate(
                zip(kinds, [square, square, square, Point(at(100, 60))], strict=True)
            )
        ],
        gates=[{"gate_id": "M", "compound_id": "K2", "geometry": Point(at(100, 10))}],
    )
    # K0 has no gate, K2 may be walled and has one; K3 has no outline.
    assert uncertain_compounds(district).tolist() == [True, False, True, False]
    assert read_walls(sealed_district(district)).compound_ids == ("K0", "K2")

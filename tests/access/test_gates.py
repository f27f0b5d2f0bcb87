"""Unknown gates: both readings and the difference."""

from dataclasses import replace

import numpy as np
import pytest
from shapely import Point

from lifecircle.access.gates import READINGS, gate_readings, reading_counts
from lifecircle.access.minutes import walk_access
from lifecircle.conftest import make_district as make_toy
from lifecircle.network.graph import build_network


@pytest.fixture(scope="module")
def village(make_district, make_streets, make_config, at):
    """Three compounds of which not all is known, a shop on the street.

    ::

        y=100 ┌─U──┐ ┌─N──┐ ┌─W──┐
              │ h0 │ │ h1 │ │ h2 │     homes at y=60
              └────┘ └─G──┘ └────┘     y=20
        ──────────────────────────S──  street y=0, shop at x=700
           0..80   200..280  400..480
    """

    def compound(key, x, gated):
        centre = Point(at(x + 40, 60))
        shape = centre.buffer(40, cap_style="square")
        return {"compound_id": key, "gated": gated, "geometry": shape}

    homes = [(40, 60), (240, 60), (440, 60), (600, 10)]
    return make_district(
        config=make_config(max_off_road_m=100.0),
        roads=make_streets(((-100, 0), (700, 0))),
        compounds=[
            compound("U", 0, "unknown"),
            compound("N", 200, "unknown"),
            compound("W", 400, "yes"),
        ],
        gates=[{"gate_id": "G", "compound_id": "N", "geometry": Point(at(240, 20))}],
        buildings=[
            {"building_id": f"h{row}", "households": 10.0, "geometry": Point(at(*spot))}
            for row, spot in enumerate(homes)
        ],
        facilities=[
            {
                "facility_id": "S",
                "facility_class": "SHOP",
                "geometry": Point(at(700, 0)),
            }
        ],
    )


def test_both_readings_and_what_differs(village):
    readings = gate_readings(village)
    assert tuple(readings.columns) == READINGS
    adult = readings[readings["walker"] == "adult"].set_index("building_id")
    # Walls not applied: 60 m down to the street and along it. h3: 10 + 100.
    assert adult["walk_m_open"].tolist() == [720.0, 520.0, 320.0, 110.0]
    # Walls applied: h0 and h2 have no known gate. h1 goes 40 m down to the gate G,
    # 20 m on to the street at x=240, and 460 m along it.
    assert np.isnan(adult.loc[["h0", "h2"], "walk_m_sealed"]).all()
    assert adult.loc["h1", "walk_m_sealed"] == pytest.approx(520.0)
    assert adult.loc["h3", "walk_m_sealed"] == 110.0
    assert adult["differs"].tolist() == [True, False, True, False]
    assert adult["facility_id_sealed"].isna().tolist() == [True, False, True, False]


def test_minutes_are_of_their_own_reading(village):
    readings = gate_readings(village)
    elderly = readings[readings["walker"] == "elderly"].set_index("building_id")
    # 720 m at 0.8 m/s.
    assert elderly.loc["h0", "walk_min_open"] == pytest.approx(15.0)
    assert np.isnan(elderly.loc["h0", "walk_min_sealed"])


def test_the_open_reading_is_the_walk_as_it_is(village):
    readings = gate_readings(village)
    walks = walk_access(build_network(village), village)
    assert readings["walk_m_open"].equals(walks["walk_m"].rename("walk_m_open"))


def test_counts_of_what_hangs_on_unknown_gates(village):
    counts = reading_counts(gate_readings(village), village).set_index("item")["value"]
    assert counts.to_dict() == {
        "uncertain_compounds": 3,
        "uncertain_without_gate": 2,
        "buildings_uncertain": 3,
        "buildings_gates_matter": 2,
        "households_gates_matter": 20,
        "buildings_cut_off": 2,
        "longest_gate_detour": 0,
    }


def test_a_known_gate_on_the_far_side_is_a_detour(village, make_streets, at):
    # G in the north wall at (240, 100), a lane y=120 that meets the street at x=700:
    # h1 -> G 40 m, 20 m to the lane, 460 m along it, 120 m down: 640 m.
    roads = make_streets(((-100, 0), (700, 0)), ((0, 120), (700, 120), (700, 0)))
    far = replace(
        village,
        gates=village.gates.assign(geometry=[Point(at(240, 100))]),
        roads=make_roads(village, roads),
    )
    readings = gate_readings(far).set_index(["building_id", "walker"])
    assert readings.loc[("h1", "adult"), "walk_m_open"] == 520.0
    assert readings.loc[("h1", "adult"), "walk_m_sealed"] == pytest.approx(640.0)
    assert readings.loc[("h1", "adult"), "differs"]
    counts = reading_counts(gate_readings(far), far).set_index("item")["value"]
    assert counts["longest_gate_detour"] == pytest.approx(120.0)


def make_roads(district, rows):
    return make_toy(config=district.config, roads=rows).roads


def test_two_readings_are_one_where_all_gates_are_known(toy):
    readings = gate_readings(toy.district)
    assert not readings["differs"].any()
    assert readings["walk_m_open"].equals(
        readings["walk_m_sealed"].rename("walk_m_open")
    )

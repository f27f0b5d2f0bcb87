"""Walks at an hour of the day: gates by their opening hours."""

from dataclasses import replace

import numpy as np
import pytest

from lifecircle.access.minutes import walk_access
from lifecircle.errors import TableError
from lifecircle.network.gate_changes import uncertain_compounds, with_gates
from lifecircle.network.gate_hours import gates_at, open_gates
from lifecircle.network.graph import build_network, network_report


def canteen_m(district):
    """Metres of the elderly from h1 and h2 to the canteen."""
    walks = walk_access(build_network(district), district)
    return walks.loc[walks["walker"] == "elderly", "walk_m"].tolist()


def test_a_gate_shut_at_night_makes_the_way_long(court):
    # Worked out beside the drawing of the fixture.
    assert canteen_m(court) == pytest.approx([300.0, 390.0])
    assert canteen_m(gates_at(court, "19:59")) == pytest.approx([300.0, 390.0])
    assert canteen_m(gates_at(court, "20:00")) == pytest.approx([900.0, 830.0])


def test_the_table_stays_as_it_was_read(court):
    night = gates_at(court, "20:00")
    assert night.gates is court.gates
    assert open_gates(night)["gate_id"].tolist() == ["N"]
    assert open_gates(court)["gate_id"].tolist() == ["N", "S"]


def test_a_compound_of_which_all_gates_are_shut_is_sealed_and_not_unknown(court):
    night = gates_at(with_gates(court, shut=["N"]), "20:00")
    walks = canteen_m(night)
    assert np.isnan(walks[0])
    assert walks[1] == pytest.approx(830.0)
    assert not uncertain_compounds(night).any()
    report = network_report(build_network(night), night).set_index("item")["value"]
    assert report["open_gates"] == 0
    assert report["walled_compounds"] == 1


def test_what_is_opened_is_open_at_every_hour(court):
    night = gates_at(court, "22:00")
    assert canteen_m(with_gates(night, opened=["S"])) == pytest.approx([300.0, 390.0])
    assert canteen_m(with_gates(court, shut=["S"])) == pytest.approx([900.0, 830.0])


def test_hours_that_cannot_be_read_name_their_gate(court):
    gates = court.gates.assign(hours=["早晚", None])
    with pytest.raises(TableError, match="gates, N, hours"):
        gates_at(replace(court, gates=gates), "12:00")

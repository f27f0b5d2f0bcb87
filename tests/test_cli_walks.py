"""``lifecircle gates``: which gates to open, in both languages."""

import pytest
from typer.testing import CliRunner

from lifecircle.access.gate_choice import which_gates_to_open
from lifecircle.access.gate_sites import gate_sites
from lifecircle.cli import app
from lifecircle.network.gate_changes import with_gates
from lifecircle.network.gate_hours import gates_at
from lifecircle.tables import district as tables

ASKED = ["gates", "district.toml", "--class", "ELD.CANTEEN", "--limit", "15"]


@pytest.fixture
def ask(court, monkeypatch):
    monkeypatch.setattr(tables, "read_district", lambda _: court)
    return lambda *more: CliRunner().invoke(app, [*ASKED, *more])


def test_by_night_the_gate_that_is_shut_is_the_one_to_open(ask):
    # 900 m and 830 m are 18.75 and 17.3 minutes; by S 300 and 390 m, both within 15:
    # 40 + 25 households, 30 + 10 elderly.
    shown = ask("--at", "22:00", "--lang", "en")
    assert shown.exit_code == 0, shown.output
    assert "gates open at 22:00" in shown.output
    assert "S  open the gate there is  K1" in shown.output
    assert "Newly within reach: 40 elderly (2 buildings); before, 0." in shown.output
    assert "the bound known beforehand is 40" in shown.output
    shown = ask("--at", "22:00", "--weight", "households")
    assert "S  开放现有大门  K1" in shown.output
    assert "新走得到：65 户（2 栋楼）；此前 0。" in shown.output


def test_by_day_no_gate_is_worth_opening(ask):
    shown = ask()
    assert shown.exit_code == 0
    assert "开哪个大门都不会让更多人（位老人）走得到。" in shown.output
    assert "No gate brings anyone else" in ask("--lang", "en").output


@pytest.mark.parametrize(
    "wrong", [["--walker", "cat"], ["--weight", "cats"], ["--class", "NO.SUCH"]]
)
def test_a_wrong_call_names_what_there_is(ask, wrong):
    shown = ask(*wrong)
    assert shown.exit_code == 2
    assert wrong[1] in shown.stderr
    assert "Traceback" not in shown.output


def test_an_hour_that_is_none_is_told_without_a_traceback(ask):
    shown = ask("--at", "evening")
    assert shown.exit_code == 1
    assert "evening" in shown.stderr


def test_sites_are_gates_that_are_shut_and_free_places_of_the_walls(court):
    # Four places of 400 m of wall, in the middle of every side; N and S stand at two.
    night = gate_sites(gates_at(court, "22:00"))
    assert night["gate_id"].tolist() == ["K1+1", "K1+2", "S"]
    assert gate_sites(court)["gate_id"].tolist() == ["K1+1", "K1+2"]
    shut = gate_sites(with_gates(court, shut=["N", "S"]))
    assert shut["gate_id"].tolist() == ["K1+1", "K1+2", "N", "S"]
    # Every 50 m none is nearer than 25 m to N or S.
    assert len(gate_sites(court, spacing_m=50.0)) == 8


def test_the_choice_can_be_walked(court):
    night = gates_at(court, "22:00")
    choice = which_gates_to_open(
        night, facility_class="ELD.CANTEEN", limit_min=15, k=2, weight="households"
    )
    assert (choice.gate_ids, choice.gained, choice.bound) == (("S",), 65.0, 65.0)
    opened = with_gates(night, opened=choice.gate_ids)
    after = which_gates_to_open(
        opened, facility_class="ELD.CANTEEN", limit_min=15, k=2, weight="households"
    )
    assert (after.gate_ids, after.reached_before) == ((), 65.0)

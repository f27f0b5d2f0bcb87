"""A study of compounds whose gates are not known: both readings, side by side."""

from dataclasses import replace

import openpyxl
import pandas as pd
import pytest

from lifecircle import jobs
from lifecircle.network.gate_changes import with_gates
from lifecircle.publish.disclosure import disclosed
from lifecircle.publish.outputs import write_study
from lifecircle.publish.results import read_study


@pytest.fixture
def unsure(court):
    """The court, of which nobody knows whether it is walled; only N is known."""
    compounds = court.compounds.assign(gated="unknown")
    gates = court.gates[court.gates["gate_id"] == "N"].reset_index(drop=True)
    return replace(court, compounds=compounds, gates=gates)


@pytest.fixture
def assessed(monkeypatch):
    """``assessed(district)``: its study, and how many times walks were computed."""
    calls = []
    walk = jobs.walk_access

    def counted(network, district, **options):
        calls.append(district.compounds["gated"].tolist())
        return walk(network, district, **options)

    def assess(district):
        calls.clear()
        monkeypatch.setattr(jobs, "read_district", lambda _path, **_options: district)
        monkeypatch.setattr(jobs, "input_digests", lambda *_, **_options: [])
        monkeypatch.setattr(jobs, "walk_access", counted)
        return jobs.assess("district.toml"), list(calls)

    return assess


def test_both_readings_by_rule_and_community(unsure, assessed):
    study, calls = assessed(unsure)
    assert calls == [["unknown"], ["sealed"]]
    rows = study.gate_readings
    meals = rows[(rows["rule_id"] == "HF-R10") & (rows["weight"] == "elderly")]
    assert meals["walker"].tolist() == ["elderly"] * len(meals)
    assert set(meals["limit"]) == {15.0}
    assert set(meals["limit_unit"]) == {"min"}
    # Without walls h1 has 300 m, h2 390 m; with them 900 m and 830 m by N, which is
    # more than the 720 m of 15 minutes. 30 elderly live in h1, 10 in h2.
    got = meals.set_index("unit_id")[["served_open", "served_sealed", "difference"]]
    assert got.loc["toy"].tolist() == [40.0, 0.0, 40.0]
    assert got.loc["C1"].tolist() == [30.0, 0.0, 30.0]
    assert got.loc["C2"].tolist() == [10.0, 0.0, 10.0]
    counts = study.network_report.set_index("item")["value"]
    assert counts["households_gates_matter"] == 65.0
    assert counts["longest_gate_detour"] == pytest.approx(600.0)


def test_the_verdicts_that_the_other_reading_turns_are_marked(unsure, assessed):
    # 90 % of the elderly within 720 m: h1 has 300 m and h2 390 m, with walls 900 m
    # and 830 m. The verdict of C2 hangs on its gates as that of C1 does.
    config = replace(unsure.config, shares={"HF-R10": 0.9})
    complete = frozenset({"ELD.CANTEEN"})
    study, _ = assessed(replace(unsure, config=config, complete_classes=complete))
    rows = study.findings.rows
    meals = rows[(rows["rule_id"] == "HF-R10") & (rows["level"] == "community")]
    told = meals.set_index("unit_id")[["measured", "robust", "depends_on"]]
    assert told.loc["C1"].tolist() == [1.0, "depends", "unknown_gates"]
    assert told.loc["C2"].tolist() == [1.0, "depends", "unknown_gates"]


def test_where_all_gates_are_known_nothing_is_walked_twice(court, assessed):
    study, calls = assessed(court)
    assert calls == [["yes"]]
    assert study.gate_readings is None
    assert "uncertain_compounds" not in set(study.network_report["item"])
    _, calls = assessed(with_gates(court, shut=["N", "S"]))
    assert calls == [["sealed"]]


def test_readings_are_written_and_read_back(unsure, court, assessed, tmp_path):
    study, _ = assessed(unsure)
    write_study(study, tmp_path / "out", lang="en")
    again = read_study(tmp_path / "out")
    pd.testing.assert_frame_equal(again.gate_readings, study.gate_readings)
    book = openpyxl.load_workbook(tmp_path / "out" / "findings.xlsx")
    sheet = list(book["Unknown gates"].values)
    assert len(sheet) == 1 + len(study.gate_readings)
    assert "one that the second turns is marked" in sheet[1][-1]
    place = sheet[0].index("Reached if all are shut")
    assert [row[place] for row in sheet[1:]] == study.gate_readings[
        "served_sealed"
    ].tolist()
    known, _ = assessed(court)
    write_study(known, tmp_path / "known", lang="zh")
    assert read_study(tmp_path / "known").gate_readings is None
    book = openpyxl.load_workbook(tmp_path / "known" / "findings.xlsx")
    assert "大门不明" not in book.sheetnames


def test_public_readings_hold_no_small_part(unsure, assessed):
    buildings = unsure.buildings.assign(elderly=[30.0, 4.0])
    study, _ = assessed(replace(unsure, buildings=buildings))
    config = replace(study.district.config, disclosure="public")
    shown = disclosed(
        replace(study, district=replace(study.district, config=config))
    ).gate_readings
    rows = shown[(shown["rule_id"] == "HF-R10") & (shown["weight"] == "elderly")]
    kept = rows.set_index("unit_id")[["amount", "served_open", "difference"]]
    assert kept.loc["C1"].tolist() == [30.0, 30.0, 30.0]
    assert kept.loc["C2"].isna().all()

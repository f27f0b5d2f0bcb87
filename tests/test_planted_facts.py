"""The whole run held to every planted fact of the demo district's truth.toml."""

import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import shapely

from lifecircle.model import Assessment
from lifecircle.publish.geopackage import write_geopackage
from lifecircle.publish.results import saved_parts

DEMO = Path(__file__).parents[1] / "data" / "demo"
TRUTH = tomllib.loads((DEMO / "truth.toml").read_text(encoding="utf-8"))
EXPECTATIONS = [
    pytest.param(expect, id=f"{fact['id']}-{position}-{expect['kind']}")
    for fact in TRUTH["fact"]
    for position, expect in enumerate(fact["expect"], start=1)
]


@pytest.fixture(scope="module")
def study(demo_study) -> Assessment:
    return demo_study


def only(frame, **where):
    for name, value in where.items():
        frame = frame[frame[name] == value]
    assert len(frame) == 1, where
    return frame.iloc[0]


def canteen_walks(study, expect, building_ids):
    """Walks of the elderly to the class that the fact names."""
    rows = study.access
    rows = rows[(rows["facility_class"] == expect["facility_class"])]
    rows = rows[(rows["walker"] == "elderly") & rows["building_id"].isin(building_ids)]
    return rows.set_index("building_id")


def finding(study, expect):
    row = only(
        study.findings.rows,
        rule_id=expect["rule_id"],
        level=expect["level"],
        unit_id=expect["unit_id"],
    )
    assert row["verdict"] == expect["verdict"]
    if "verdict_tolerant" in expect:
        assert row["verdict_tolerant"] == expect["verdict_tolerant"]
    if "measured" in expect:
        assert row["measured"] == pytest.approx(expect["measured"], abs=5e-5)
    if "threshold" in expect:
        assert row["threshold_min"] == pytest.approx(expect["threshold"])
    if "shortfall_amount" in expect:
        amounts = study.gaps.shortfalls
        amount = only(amounts, rule_id=expect["rule_id"], unit_id=expect["unit_id"])
        assert amount["shortfall"] == pytest.approx(expect["shortfall_amount"])
        assert amount["unit_of_measure"] == expect["shortfall_unit"]


def rooms(study, expect):
    listed = study.district.rooms
    areas = listed[listed["facility_id"] == expect["facility_id"]]
    by_class = areas.groupby("facility_class")["floor_area_m2"].sum()
    assert by_class["SVC.COMM"] == expect["service_m2"]
    assert by_class["ELD.STATION"] == expect["elderly_m2"]


def unserved(study, expect):
    """Exactly these buildings of the community, and one gap area holds them all."""
    buildings = study.district.buildings
    inside = buildings[buildings["community_id"] == expect["unit_id"]]
    walks = canteen_walks(study, expect, inside["building_id"])
    beyond = walks[~(walks["walk_m"] <= expect["limit_m"])]
    assert sorted(beyond.index) == expect["building_ids"]
    named = inside[inside["building_id"].isin(beyond.index)]
    assert named["households"].sum() == expect["households"]
    assert named["elderly"].sum() == expect["elderly"]
    assert beyond["walk_m"].min() >= expect["least_walk_m"]
    areas = study.gaps.areas[study.gaps.areas["rule_id"] == expect["rule_id"]]
    held = areas["building_ids"].map(lambda ids: sorted(ids.split(";")))
    area = areas[held.map(lambda ids: ids == expect["building_ids"])]
    assert area["households"].tolist() == [expect["households"]]


def straight(study, expect):
    building = only(study.district.buildings, building_id=expect["building_id"])
    facility = only(study.district.facilities, facility_id=expect["facility_id"])
    distance = shapely.distance(
        building["geometry"].representative_point(),
        facility["geometry"].representative_point(),
    )
    assert distance == pytest.approx(expect["straight_m"], abs=expect["tolerance_m"])


def gates(study, expect):
    listed = study.district.gates
    assert (listed["compound_id"] == expect["compound_id"]).sum() == expect["gates"]


def walk(study, expect):
    """The walk to this very facility, wherever the nearest of its class may be."""
    facility_class = only(study.district.facilities, facility_id=expect["facility_id"])[
        "facility_class"
    ]
    rows = study.access
    row = only(
        rows,
        building_id=expect["building_id"],
        facility_class=facility_class,
        walker="adult",
    )
    assert row["facility_id"] == expect["facility_id"]
    assert row["walk_m"] == pytest.approx(expect["walk_m"], abs=expect["tolerance_m"])
    assert row["walk_m"] > expect.get("straight_m", 0.0)


def role(study, expect):
    facility = only(study.district.facilities, facility_id=expect["facility_id"])
    assert facility["role"] == expect["role"]


def served_by(study, expect):
    walks = canteen_walks(study, expect, expect["building_ids"])
    assert sorted(walks.index) == expect["building_ids"]
    assert set(walks["facility_id"]) == {expect["facility_id"]}
    assert walks["walk_m"].max() <= expect["limit_m"]
    compounds = study.district.buildings.set_index("building_id")["compound_id"]
    assert set(compounds.loc[walks.index]) == {expect["compound_id"]}


def grids_of(study, expect):
    building = only(study.district.buildings, building_id=expect["building_id"])
    inside = study.district.grids["geometry"].contains(
        building["geometry"].representative_point()
    )
    assert sorted(study.district.grids.loc[inside, "grid_id"]) == expect["grid_ids"]
    only(
        study.findings.rows,
        rule_id="DC-R04",
        level="building",
        unit_id=expect["building_id"],
    )


def share_within(study, expect):
    buildings = study.district.buildings
    inside = buildings[buildings["community_id"] == expect["unit_id"]]
    walks = canteen_walks(study, expect, inside["building_id"])
    near = set(walks.index[walks["walk_m"] <= expect["limit_m"]])
    served = inside.loc[inside["building_id"].isin(near), "elderly"].sum()
    share = served / inside["elderly"].sum()
    assert share == pytest.approx(expect["share"], abs=expect["tolerance"])


def status(study, expect):
    facility = only(study.district.facilities, facility_id=expect["facility_id"])
    assert facility["status"] == expect["status"]


def never_nearest(study, expect):
    assert expect["facility_id"] not in set(study.access["facility_id"].dropna())


def building(study, expect):
    row = only(study.district.buildings, building_id=expect["building_id"])
    assert row["households"] == expect["households"]
    assert row["households_method"] == expect["households_method"]


def estimated_share(study, expect):
    buildings = study.district.buildings
    inside = buildings[buildings["community_id"] == expect["unit_id"]]
    estimated = inside.loc[inside["households_method"] != "declared", "households"]
    assert estimated.sum() == expect["households"]
    share = estimated.sum() / inside["households"].sum()
    assert share == pytest.approx(expect["share"], abs=5e-5)


def total(study, expect):
    row = only(study.findings.totals, level=expect["level"], unit_id=expect["unit_id"])
    assert row["declared"] == expect["declared"]
    assert row["buildings"] == expect["buildings"]
    assert abs(row["difference"]) == expect["difference"]


def never(study, expect):
    rows = study.findings.rows
    verdicts = set(rows.loc[rows["rule_id"] == expect["rule_id"], "verdict"])
    assert verdicts
    assert expect["verdict"] not in verdicts
    assert expect["facility_class"] not in study.district.complete_classes


CHECKS: dict[str, Callable[[Assessment, dict[str, Any]], None]] = {
    check.__name__: check
    for check in (
        *(finding, rooms, unserved, straight, gates, walk, role, served_by, grids_of),
        *(share_within, status, never_nearest, building, estimated_share, total, never),
    )
}


@pytest.mark.parametrize("expect", EXPECTATIONS)
def test_planted_fact_comes_out(study, expect):
    CHECKS[expect["kind"]](study, expect)
    assert expect["kind"] in CHECKS


def test_the_totals_of_the_demo_are_the_stated_ones(study):
    buildings = study.district.buildings
    assert len(buildings) == TRUTH["buildings"]
    assert buildings["households"].sum() == TRUTH["households"]


def test_every_kind_of_expectation_is_used():
    used = {expect["kind"] for fact in TRUTH["fact"] for expect in fact["expect"]}
    assert used == set(CHECKS)


def test_no_household_is_lost_between_minutes_bands(study):
    served = study.served
    whole = served[(served["level"] == "district") & (served["weight"] == "households")]
    sums = whole.groupby(["facility_class", "walker"])["amount"].sum()
    assert set(sums) == {float(TRUTH["households"])}


def test_the_published_demo_proves_its_verdicts(study: Assessment, tmp_path: Path):
    write_geopackage(study, tmp_path / "district.gpkg", saved=saved_parts(study))
    verify = Path(__file__).parents[1] / "scripts" / "verify"
    result = subprocess.run(
        [sys.executable, str(verify), str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stdout[-2000:] + result.stderr
    assert result.stdout.endswith("all agree\n")


def test_every_level_of_the_demo_tells_of_the_same_people(study: Assessment):
    keys = ["rule_id", "facility_class", "weight"]
    parts = ["amount", "served", "unserved", "not_assessed"]
    sums = study.reached.groupby([*keys, "level"])[parts].sum()
    spread = sums.groupby(keys).agg(lambda part: part.max() - part.min())
    assert spread.max(axis=None) < 1e-6
    levels = sums.reset_index().groupby(keys)["level"].nunique()
    assert set(levels.xs("households", level="weight")) == {7}
    areas = study.missing_area.groupby(["rule_id", "facility_class", "level"])
    totals = areas["missing_m2"].sum(min_count=1).unstack()
    assert (totals.max(axis=1) - totals.min(axis=1)).max() < 1e-6

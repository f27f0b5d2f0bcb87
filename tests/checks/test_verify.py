"""``scripts/verify``: what is published proves its verdicts; a wrong figure shows."""

from __future__ import annotations

import shutil
import sqlite3
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
from shapely import Point, affinity, box

from lifecircle.access.minutes import walk_access
from lifecircle.checks.measures.registry import MEASURES
from lifecircle.conftest import CRS, at
from lifecircle.network.graph import build_network
from lifecircle.standards.rulebook import book_ids, read_rule_book

FAMILIES = ("area", "size", "staffing")
RECOMPUTED = {
    *(kind for kind, how in MEASURES.items() if how.family in FAMILIES),
    *("walk_minutes_coverage", "walk_distance_coverage", "service_radius"),
    *("coverage_gap_trigger", "spaces_per_household"),
}


@pytest.fixture(scope="module")
def books():
    """All books, and one with the kinds that none of them asks for."""
    named = [read_rule_book(name) for name in book_ids()]
    rooms = read_rule_book("hefei").rules[0]
    mean = replace(rooms, kind="mean_area", value_min=500.0)
    further = (
        replace(rooms, rule_id="X-TOTAL", kind="total_area", value_min=600.0),
        replace(mean, rule_id="X-MEAN"),
        replace(mean, rule_id="X-MEAN-OF", level="district", denominator="communities"),
        replace(rooms, rule_id="X-PER-1000", kind="area_per_1000_persons"),
        replace(rooms, rule_id="X-GROUND", kind="unit_area_ha", level="subdistrict"),
    )
    return [*named, replace(named[0], book_id="further", rules=further)]


def sites(classes, communities):
    """A facility of every class: most are polygons, some planned, some outside."""
    rng = np.random.default_rng(3)
    rows = []
    for number, name in enumerate(classes):
        x, y = at(rng.uniform(-100, 700), rng.uniform(0, 300))
        block = box(x, y, x + 8 + 5 * (number % 9), y + 12)
        shape = affinity.rotate(block, 11 * number) if number % 4 else Point(x, y)
        spot = shape.representative_point()
        homes = communities.loc[communities.intersects(spot), "community_id"]
        rows.append(
            {
                "facility_id": f"S{number:03d}",
                "facility_class": name,
                "status": "planned" if number % 11 == 5 else "built",
                "opened": 2000.0,
                "community_id": homes.iloc[0] if len(homes) else None,
                "geometry": shape,
            }
        )
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=communities.crs)


@pytest.fixture(scope="module")
def everything(toy, books):
    """A facility of every class, every fact of the registers, a new compound, all
    books adopted, the full profile; a third of the classes not declared complete."""
    rules = [rule for book in books for rule in book.rules]
    classes = sorted({name for rule in rules for name in rule.classes})
    district = toy.district
    made = sites(classes, district.communities)
    keys = ["facility_id", "facility_class"]
    listed = made.loc[np.arange(len(made)) % 5 != 2, keys].reset_index(drop=True)
    number = np.arange(len(listed))
    rooms = listed.assign(
        floor_area_m2=40.0 + (number * 137) % 2400,
        area_basis=np.where(number % 7, "floor", "usable"),
        shared_use=None,
    )
    serves = made[["facility_id"]].assign(
        unit_id=made["community_id"], share=1.0, origin="point_in_polygon"
    )

    def joined(table, rows):
        return pd.concat([getattr(district, table), rows], ignore_index=True)

    rich = replace(
        district,
        config=replace(
            district.config,
            profile="full",
            adopted_books=tuple(book.book_id for book in books),
        ),
        facilities=joined("facilities", made),
        facility_classes=joined("facility_classes", made[keys]),
        rooms=joined("rooms", rooms),
        serves=joined("serves", serves[serves["unit_id"].notna()]),
        compounds=district.compounds.assign(planned_dwellings=320.0),
        circles=circles(),
        registers=registers(rules, district, made),
        complete_classes=frozenset(classes[: len(classes) * 2 // 3]),
    )
    network = build_network(rich)
    statuses = sorted({rule.statuses for rule in rules})
    walks = [walk_access(network, rich, statuses=one) for one in statuses]
    return rich, pd.concat(walks, ignore_index=True)


def circles():
    """Of every tier a western and an eastern life circle; one leaves the district."""
    rows = [
        {
            "circle_id": f"{tier}-{side}",
            "name": None,
            "tier": tier,
            "build": "existing" if side else "new",
            "outside_share": 0.4 if (tier, side) == ("5min", 1) else 0.0,
            "geometry": box(*at(-50 + 340 * side, -50), *at(290 + 360 * side, 350)),
        }
        for tier in ("15min", "10min", "5min", "block")
        for side in (0, 1)
    ]
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS)


def registers(rules, district, made):
    """Every fact that a rule names, of every unit of its level."""
    units = {
        "community": district.communities["community_id"].tolist(),
        "grid": district.grids["grid_id"].tolist(),
        "compound": district.compounds["compound_id"].tolist(),
        "facility": made["facility_id"].tolist(),
        "city": [district.config.district_id],
        "district": [district.config.district_id],
    }
    known = ("households", "persons", "elderly")
    asked = sorted(
        {
            (rule.level, name)
            for rule in rules
            for name in rule.inputs
            if rule.level in units and name not in known
        }
    )
    rows = [
        (level, unit, name, float((number * 7 + place) % 9), None)
        for number, (level, name) in enumerate(asked)
        for place, unit in enumerate(units[level])
    ]
    return pd.DataFrame(rows, columns=["level", "unit_id", "fact", "value", "text"])


@pytest.fixture(scope="module")
def full(everything, books, published):
    folder = published(*everything, *books)
    return folder, pyogrio.read_dataframe(folder / "district.gpkg", layer="findings")


def test_all_books_in_full_profile_are_proven(full, verify):
    folder, rows = full
    result = verify(folder)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr
    assert result.stdout.endswith("all agree\n")
    counts = dict(
        reversed(line.strip().split("  ", 1))
        for line in result.stdout.splitlines()[:-1]
    )
    robust = counts.pop("robust verdicts, not recomputed: rest on ranges of inputs")
    assert int(robust) == rows["robust"].notna().sum() > 0
    # Every finding is recomputed, or counted with the reason why not.
    assert sum(map(int, counts.values())) == len(rows)
    assert all(", not recomputed: " in name for name in set(counts) - RECOMPUTED)
    assert set(counts) >= RECOMPUTED


def test_it_imports_nothing_of_ours_and_is_short(verify):
    source = verify.script.read_text(encoding="utf-8")
    assert "lifecircle" not in {
        line.split()[1].split(".")[0]
        for line in source.splitlines()
        if line.startswith(("import ", "from "))
    }
    assert len(source.splitlines()) < 300


@pytest.mark.parametrize("family", [*FAMILIES, "coverage", "register"])
def test_a_wrong_figure_is_found(full, verify, tmp_path, family):
    """One figure of every kind of a family is off by a tenth: each is named."""
    folder, rows = full
    judged = rows[rows["measured"].notna() & (rows["verdict"] != "not_assessed")]
    planted = judged[
        judged["kind"].isin(RECOMPUTED)
        & (judged["measured"] > 0)
        & (
            judged["kind"].map({kind: how.family for kind, how in MEASURES.items()})
            == family
        )
    ].drop_duplicates("kind")
    assert len(planted)
    change(
        folder,
        tmp_path,
        [
            ("measured = measured * 1.1", row.rule_id, row.unit_id)
            for row in planted.itertuples()
        ],
    )
    result = verify(tmp_path)
    assert result.returncode == 1
    for row in planted.itertuples():
        assert f"{row.rule_id} {row.level} {row.unit_id} " in result.stdout


@pytest.mark.parametrize(
    ("verdict", "instead"),
    [("fail", "pass"), ("not_assessed", "pass"), ("pass", "not_assessed")],
)
def test_a_wrong_verdict_is_found(full, verify, tmp_path, verdict, instead):
    folder, rows = full
    row = rows[rows["kind"].isin(RECOMPUTED) & (rows["verdict"] == verdict)].iloc[0]
    change(
        folder, tmp_path, [(f"verdict = '{instead}'", row["rule_id"], row["unit_id"])]
    )
    result = verify(tmp_path)
    assert result.returncode == 1
    assert f"{row['rule_id']} {row['level']} {row['unit_id']} " in result.stdout


def change(folder, copy, changes):
    """A copy of the package with some findings rewritten."""
    package = shutil.copy(folder / "district.gpkg", copy / "district.gpkg")
    with sqlite3.connect(package) as base:
        for setting, rule_id, unit_id in changes:
            base.execute(
                f"update findings set {setting} where rule_id = ? and unit_id = ?",
                (rule_id, unit_id),
            )
    base.close()


def test_what_disclosure_keeps_back_is_not_held_against_a_study(toy, published, verify):
    district = toy.district
    reviewed = replace(district, config=replace(district.config, disclosure="review"))
    result = verify(published(reviewed, toy.access, read_rule_book("hefei")))
    assert result.returncode == 0, result.stdout
    assert "walk_minutes_coverage, not recomputed: people kept back" in result.stdout


def test_without_a_package_it_says_so(verify, tmp_path):
    result = verify(tmp_path)
    assert result.returncode == 2
    assert "not there" in result.stderr

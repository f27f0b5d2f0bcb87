"""The example of Xi'an's core districts, built from the shared real data.

Expected numbers were measured once and looked at; a change in one of them is a change
in what the example says and wants a reason.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest

from lifecircle.jobs import assess
from lifecircle.standards.catalogue import OTHER, classify, read_catalogue
from lifecircle.tables.district import check_district, read_district

CHECKOUT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("LIFECIRCLE_DATA", CHECKOUT.parent / "shared" / "data"))
XIAN = DATA / "xian"
SCRIPT = CHECKOUT / "scripts" / "examples" / "xian" / "build.py"

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(
        not XIAN.is_dir(),
        reason="the shared real data of Xi'an is not here (LIFECIRCLE_DATA)",
    ),
]

COUNTS = {
    "listings": 2340,
    "merged": 133,
    "compounds": 2207,
    "contradicting": 174,
    "area_set_aside": 20,
    "too_few": 5,
    "capped": 6,
    "declared": 674,
    "by_floor_area": 118,
    "by_buildings": 5,
    "by_median": 1410,
    "m2_per_household": 110.3,
    "households_per_building": 88.0,
    "median_work_unit": 169.5,
    "median_other": 600.0,
    "roads": 5061,
    "points": 17348,
    "facilities": 3388,
    "station_twins": 6,
    "inside": 1751,
    "units": 41,
    "far_compounds": 172,
    "far_household_share": 0.1139,
    "candidates": 102,
    "other": 13595,
}


def run_build(out: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(out)],
        env={**os.environ, "LIFECIRCLE_DATA": str(DATA), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = [line.partition(": ") for line in done.stdout.splitlines() if ": " in line]
    return {name: float(value) for name, _, value in lines}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    out = tmp_path_factory.mktemp("xian") / "西安三区"
    return out, run_build(out)


@pytest.fixture(scope="module")
def district(folder):
    return read_district(folder[0] / "district.toml")


@pytest.fixture(scope="module")
def study(folder):
    return assess(folder[0] / "district.toml")


@pytest.fixture(scope="module")
def compounds(folder):
    return pd.read_csv(folder[0] / "住宅小区.csv")


def test_counts_are_those_measured(folder):
    assert folder[1] == COUNTS


def test_no_listing_is_lost(compounds):
    raw = pd.read_csv(XIAN / "core3_compounds_wgs84.csv")
    # Kept + merged away = read: every listing is in exactly one compound.
    assert compounds["名录条数"].sum() == len(raw) == 2340
    assert len(compounds) + COUNTS["merged"] == len(raw)


def test_households_say_where_they_come_from(compounds):
    assert compounds["户数来源"].value_counts().to_dict() == {
        "同类中位数": 1410,
        "申报": 668,
        "建筑面积推算": 118,
        "申报（封顶）": 6,
        "楼栋数推算": 5,
    }
    # Known for about a third: (668 + 6) / 2,207 = 30.5 %.
    known = compounds["户数来源"].str.startswith("申报")
    assert known.mean() == pytest.approx(0.305, abs=0.001)
    assert compounds["户数"].min() >= 10
    capped = compounds[compounds["户数来源"] == "申报（封顶）"]
    assert (capped["户数"] == capped["楼栋数"] * 600).all()


def test_merged_listings_share_a_name_and_lie_together(compounds):
    merged = compounds[compounds["名录条数"] > 1]
    # 125 pairs and 4 triples: 125 + 2 x 4 = 133 merged away.
    assert merged["名录条数"].value_counts().to_dict() == {2: 125, 3: 4}


def test_reader_accepts_the_folder_and_tells_what_merging_left(folder):
    problems, rejected = check_district(folder[0] / "district.toml")
    # TIGER国际公寓 and 云视界 are listed twice, 210 to 230 m apart (150 m are merged);
    # 公路局家属院 stands at 含光北路 110 and 128, with the same estimate.
    (one,) = problems
    assert (one.key, one.severity) == ("tables.buildings_repeat", "warning")
    assert (one.values["count"], one.values["households"]) == ("3", "1,314")
    assert len(rejected) == 0


def test_reader_keeps_every_compound_and_marks_estimates(district, compounds):
    assert len(district.buildings) == 2207
    assert district.buildings["households"].sum() == compounds["户数"].sum()
    assert district.buildings["households_method"].value_counts().to_dict() == {
        "compound_total": 1421,  # 1,410 medians + 5 by buildings + 6 capped
        "declared": 668,
        "floor_area": 118,
    }
    assert set(district.buildings["household_basis"]) == {"dwellings"}


def test_bd09_is_converted_by_the_reader(district, compounds):
    raw = pd.read_csv(XIAN / "core3_compounds_wgs84.csv")
    truth = raw.drop_duplicates(["lng_raw", "lat_raw"]).set_index(
        ["lng_raw", "lat_raw"]
    )
    places = compounds.set_index("编号").loc[district.buildings["building_id"]]
    known = truth.loc[list(zip(places["经度"], places["纬度"], strict=True))]
    expected = gpd.GeoSeries(
        gpd.points_from_xy(known["lng"], known["lat"]), crs=4326
    ).to_crs(4545)
    off_m = np.asarray(district.buildings.geometry.distance(expected, align=False))
    # The source converted with the one-step inverse, which leaves 1.5 m on average
    # and at most 2.5 m; taken for WGS 84 as they are, they would be a kilometre off.
    assert off_m.mean() == pytest.approx(1.53, abs=0.01)
    assert off_m.max() < 2.5


def test_units_are_approximate_and_partition_the_districts(district):
    units = district.communities
    assert set(units["unit_kind"]) == {"approximate_catchment"}
    assert units["name"].str.endswith("（近似范围）").all()
    outline = gpd.read_file(XIAN / "core3_districts_wgs84.geojson").to_crs(4545)
    # No ground twice, none left out: 94.2 km2, as the three districts.
    assert units.area.sum() == pytest.approx(outline.area.sum(), rel=1e-6)
    assert units.union_all().area == pytest.approx(outline.area.sum(), rel=1e-6)
    assert units.groupby("subdistrict_name").size().to_dict() == {
        "新城区": 15,
        "碑林区": 11,
        "莲湖区": 15,
    }
    assert district.buildings["community_id"].notna().all()


def test_places_are_classified_and_the_rest_is_listed(folder, district):
    catalogue = read_catalogue()
    classes = set(district.facilities["facility_class"])
    assert classes <= set(catalogue.codes) - catalogue.origins
    assert len(classes) == 40
    # No canteen for the elderly is on the map; every buffet is kept out of it.
    assert "ELD.CANTEEN" not in classes
    assert district.complete_classes == frozenset()
    candidates = pd.read_csv(folder[0] / "待核点位.csv")
    assert not set(candidates["编号"]) & set(district.facilities["facility_id"])
    assert len(candidates) == COUNTS["candidates"]


def test_names_alone_would_have_misled():
    points = pd.read_csv(XIAN / "poi_baidu_xian_wgs84.csv")
    found = classify(points, provider="baidu")
    buffets = points["name"].str.contains("自助餐")
    assert buffets.sum() == 8
    assert set(found.loc[buffets, "facility_class"]) == {OTHER}
    assert not (found["facility_class"] == "ELD.CANTEEN").any()
    # 896 names hold 社区 or 居委会; four of five are no station of a community.
    named = points["name"].str.contains("社区|居委会", regex=True)
    stations = found["facility_class"] == "SVC.COMM"
    assert (named.sum(), (named & stations).sum()) == (896, 194)


def test_nothing_is_judged_on_what_is_not_known(study):
    rows = study.findings.rows
    # Xi'an adopted none of the books: nothing binds, so nothing passes or fails.
    assert set(rows["verdict"]) == {"not_assessed", "reference"}
    areas = rows["kind"] == "area_per_100_households"
    assert set(rows.loc[areas, "verdict"]) == {"not_assessed"}
    judged = ["HF-R01", "HF-R02", "HF-R10", "DC-R01", "DC-R02", "DC-R04"]
    rows = rows[rows["rule_id"].isin(judged)]
    assert set(rows["verdict"]) == {"not_assessed"}
    reasons = rows.groupby(["rule_id", "reason"]).size().to_dict()
    assert reasons == {
        # No floor area is known; 36 units hold a station, 5 hold none on the map.
        ("HF-R01", "checks.area_unknown"): 36,
        ("HF-R01", "checks.class_incomplete"): 5,
        ("HF-R02", "checks.area_unknown"): 5,
        ("HF-R02", "checks.class_incomplete"): 36,
        # No count of the elderly, and no canteen on an incomplete map.
        ("HF-R10", "checks.elderly_unknown"): 41,
        # A catchment is no community: its size is judged by nobody.
        ("DC-R01", "checks.approximate_catchment"): 41,
        ("DC-R02", "checks.no_grids"): 1,
        ("DC-R04", "checks.no_grids"): 41,
    }
    assert len(study.gaps.areas) == 0
    assert len(study.gaps.shortfalls) == 0


def test_demand_far_from_streets_is_counted(study, folder):
    # 172 of 2,207 compounds (7.8 %) with 11.4 % of the households lie more than
    # 100 m from every street on the map; 10 more than the 200 m of the district file.
    report = study.network_report.set_index("item")["value"]
    assert folder[1]["far_compounds"] == 172
    assert folder[1]["far_household_share"] == 0.1139
    assert report["buildings_too_far"] == 10
    # 1,852.571 km of walkable street, 98.7 % of it connected.
    assert report["street_km"] == pytest.approx(1852.571, abs=0.001)
    assert report["main_component_share"] == pytest.approx(0.9871, abs=0.0001)


def test_walks_to_places_are_plausible(study):
    adult = study.access[study.access["walker"] == "adult"]
    median = adult.groupby("facility_class")["walk_min"].median()
    # Measured: half of the compounds walk at most 6.3 min to a bus stop, 8.6 to a
    # pharmacy, 14.8 to a primary school, 24.2 to a health centre.
    expected = {
        "TRA.BUS": 6.26,
        "HLT.PHARM": 8.65,
        "EDU.PRIMARY": 14.84,
        "HLT.CENTRE": 24.20,
    }
    assert median[list(expected)].to_dict() == pytest.approx(expected, abs=0.01)
    walked = adult.dropna(subset=["walk_m"])
    # At 1.1 m/s on the level; slower only where the way leads over mapped steps.
    slower_m = (walked["walk_min"] * 60 * 1.1 - walked["walk_m"]).to_numpy()
    assert slower_m.min() > -1e-6
    assert ((slower_m > 0.01).sum(), len(slower_m)) == (250, 71_523)


def test_second_build_gives_the_same_bytes(folder, tmp_path):
    again = tmp_path / "again"
    run_build(again)
    digests = [
        {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(place.iterdir())
        }
        for place in (folder[0], again)
    ]
    assert digests[0] == digests[1]
    assert len(digests[0]) == 16


def test_missing_data_is_said_plainly(tmp_path):
    done = subprocess.run(
        [sys.executable, str(SCRIPT), str(tmp_path / "out")],
        env={**os.environ, "LIFECIRCLE_DATA": str(tmp_path), "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 2
    assert "LIFECIRCLE_DATA" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()

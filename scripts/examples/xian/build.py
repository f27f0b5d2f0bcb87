"""Build a district folder from the real data of Xi'an's three core districts.

    python scripts/examples/xian/build.py OUT
    lifecircle run OUT/district.toml -o RESULT

The data folder is that of the environment variable LIFECIRCLE_DATA, else
``../shared/data`` beside the checkout. None of its data may be passed on.
"""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
from compounds import Counts, estimate_households, merge_listings, set_aside
from folder import (
    write_compounds,
    write_district_file,
    write_facilities,
    write_readme,
    write_review,
    write_roads,
    write_units,
)
from places import (
    CONTEXT_M,
    METRIC,
    classified_points,
    committee_points,
    facilities_of,
    facility_rows,
    review_of,
)
from units import approximate_units

from lifecircle.network.graph import build_network
from lifecircle.network.snap import snap_points
from lifecircle.tables.district import read_district

if TYPE_CHECKING:
    from lifecircle.model import District, WalkNetwork

FARTHEST_SNAP_M = 2000.0
REPORTED_OFF_M = 100.0
CHECKOUT = Path(__file__).resolve().parents[3]


def data_folder() -> Path:
    """Where the shared data is."""
    return Path(os.environ.get("LIFECIRCLE_DATA", CHECKOUT.parent / "shared" / "data"))


def build(data: Path, out: Path) -> dict[str, object]:
    """Write the district folder; returns the counts that its README shows."""
    out.mkdir(parents=True, exist_ok=True)
    districts = gpd.read_file(data / "core3_districts_wgs84.geojson").to_crs(METRIC)
    districts = districts.sort_values("adcode").reset_index(drop=True)
    area = districts.union_all()
    counts, compounds = _demand(data)
    write_compounds(compounds, out)
    roads = _roads(data, area)
    write_roads(roads, out)
    points = classified_points(pd.read_csv(data / "poi_baidu_xian_wgs84.csv"), area)
    facilities = facilities_of(points)
    write_facilities(facilities, out)
    candidates, tags = review_of(points)
    write_review(candidates, tags, out)
    district_file = write_district_file(out, counts)
    # The network needs a district; the three districts themselves stand in for the
    # units until the catchments are known.
    write_units(_outlines(districts), out)
    district = read_district(district_file)
    network = build_network(district)
    committees = committee_points(facilities)
    inside = committees[committees.within(area)].reset_index(drop=True)
    units = approximate_units(network, inside, districts)
    write_units(units, out)
    figures: dict[str, object] = {
        **asdict(counts),
        "roads": len(roads),
        "points": len(points),
        "facilities": len(facilities),
        "station_twins": int(facility_rows(points).sum()) - len(facilities),
        "inside": int(facilities.within(area).sum()),
        "units": len(units),
        **_off_road(network, district),
        "candidates": len(candidates),
        "other": int(tags["点数"].sum()),
    }
    write_readme(out, figures)
    return figures


def _demand(data: Path) -> tuple[Counts, pd.DataFrame]:
    counts = Counts()
    listings = pd.read_csv(data / "core3_compounds_wgs84.csv")
    merged = merge_listings(set_aside(listings, counts), counts)
    return counts, estimate_households(merged, counts)


def _roads(data: Path, area: gpd.GeoSeries) -> gpd.GeoDataFrame:
    """Whole ways that come within 2 km of the districts."""
    roads = gpd.read_file(data / "roads_osm_xian.shp", encoding="gbk")
    near = gpd.GeoSeries([area.buffer(CONTEXT_M)], crs=METRIC).to_crs(roads.crs)
    kept = roads[roads.intersects(near.iloc[0])]
    return kept.sort_values("osm_id").reset_index(drop=True)


def _off_road(network: WalkNetwork, district: District) -> dict[str, float]:
    """How much of the demand lies far from every street that is on the map."""
    points = district.buildings.geometry.to_numpy()
    snapped = snap_points(network, points, max_off_m=FARTHEST_SNAP_M)
    far = ~(snapped["off_m"] <= REPORTED_OFF_M).to_numpy()
    households = district.buildings["households"].to_numpy()
    return {
        "far_compounds": int(far.sum()),
        "far_household_share": round(
            float(households[far].sum() / households.sum()), 4
        ),
    }


def _outlines(districts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    codes = districts["adcode"].astype(str)
    return districts.assign(
        community_id=codes, subdistrict_id=codes, subdistrict_name=districts["name"]
    )


def main() -> int:
    """Arguments in, folder out."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path, help="folder to write")
    out = parser.parse_args().out
    data = data_folder() / "xian"
    if not data.is_dir():
        print(f"没有数据夹 {data}；请设置环境变量 LIFECIRCLE_DATA。", file=sys.stderr)
        return 2
    figures = build(data, out)
    for name, value in figures.items():
        print(f"{name}: {value}")
    print(f"\nlifecircle run {out / 'district.toml'} -o {out / 'out'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

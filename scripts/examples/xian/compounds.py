"""Compound listings of several sites -> one row per compound with its households.

Nothing is dropped: every listing is either kept or merged into another, and every
figure says how it was come by.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from shapely import STRtree

if TYPE_CHECKING:
    from pandas import DataFrame, Series

__all__ = ["Counts", "estimate_households", "merge_listings", "set_aside"]

SAME_PLACE_M = 150.0
"""Listings of one name nearer than this are one compound: geocodes of one compound by
several sites lie mostly within 100 m of each other, and a compound is rarely wider."""

SOURCE_RANK = {"贝壳": 0, "搜房": 1, "房产超市": 2}
"""Whose figure counts where several sites give one: 贝壳 lists households together
with buildings and shows no filler; 搜房 has both filler and round numbers."""

LEAST_M2_PER_HOUSEHOLD = 20.0
"""Below it, households and floor area contradict each other. Every fourth 搜房 pair
does (2,300 households on 13,000 m², 1,201 on 1,420 m²): filler that comes in runs of
like numbers. Which of the two is wrong cannot be known, so both are set aside."""

MOST_M2_PER_HOUSEHOLD = 400.0
"""Above it the floor area is that of a project with offices and malls, or of another
phase: the area is set aside, the households are kept."""

MOST_PER_BUILDING = 600.0
"""33 storeys of 18 flats. Above it, a listing counts a whole project on the buildings
that it sells: capped at this figure times its buildings."""

FEWEST_HOUSEHOLDS = 10.0
"""Below it, a listing counts the flats on sale, not the households (a post office's
compound with 1): set aside. At the other end nothing is cut at a quantile: the largest
figures (13,500 households) are borne out by their listings' own floor areas."""

WORK_UNIT = re.compile(r"家属[院区楼]|宿舍|职工|号院|大院")
"""Compounds of a work unit: half the size of commercial ones, so that the compounds
of which nothing is known are filled in from the known ones of their own kind."""


@dataclass(slots=True)
class Counts:
    """What happened to the listings; goes to the README and to the test."""

    listings: int = 0
    merged: int = 0
    compounds: int = 0
    contradicting: int = 0
    area_set_aside: int = 0
    too_few: int = 0
    capped: int = 0
    declared: int = 0
    by_floor_area: int = 0
    by_buildings: int = 0
    by_median: int = 0
    m2_per_household: float = 0.0
    households_per_building: float = 0.0
    median_work_unit: float = 0.0
    median_other: float = 0.0


def set_aside(listings: DataFrame, counts: Counts) -> DataFrame:
    """Blank or cap figures that cannot be right, listing by listing."""
    kept = listings.copy()
    counts.listings = len(kept)
    m2_each = kept["floor_area_m2"] / kept["households"]
    contradicting = m2_each < LEAST_M2_PER_HOUSEHOLD
    counts.contradicting = int(contradicting.sum())
    kept.loc[contradicting, ["households", "floor_area_m2"]] = np.nan
    too_wide = m2_each > MOST_M2_PER_HOUSEHOLD
    counts.area_set_aside = int(too_wide.sum())
    kept.loc[too_wide, "floor_area_m2"] = np.nan
    too_few = kept["households"] < FEWEST_HOUSEHOLDS
    counts.too_few = int(too_few.sum())
    kept.loc[too_few, "households"] = np.nan
    most = kept["buildings"] * MOST_PER_BUILDING
    crowded = kept["households"] > most
    counts.capped = int(crowded.sum())
    kept.loc[crowded, "households"] = most[crowded]
    return kept.assign(capped=crowded)


def merge_listings(listings: DataFrame, counts: Counts) -> DataFrame:
    """One row per compound: same bare name, within 150 m, chains included."""
    ordered = (
        listings.assign(
            bare=listings["name"].map(bare_name),
            rank=listings["source"].map(SOURCE_RANK),
        )
        .sort_values(["rank", "name", "lng_raw", "lat_raw", "address"])
        .reset_index(drop=True)
    )
    ordered["group"] = _groups(ordered)
    merged = ordered.groupby("group", sort=True).agg(
        {
            # groupby.first takes the first value that is not missing, in rank order.
            **dict.fromkeys(
                ("name", "address", "households", "buildings", "floor_area_m2"), "first"
            ),
            **dict.fromkeys(("lng_raw", "lat_raw", "lng", "lat", "dist"), "first"),
            "capped": "any",
            "source": lambda names: "、".join(dict.fromkeys(names)),
            "bare": "size",
        }
    )
    counts.compounds = len(merged)
    counts.merged = counts.listings - counts.compounds
    rows = merged.rename(columns={"bare": "listings"}).reset_index(drop=True)
    return rows.assign(compound_id=[f"XQ{n:04d}" for n in range(1, len(rows) + 1)])


def bare_name(name: str) -> str:
    """Full width folded, blanks and dots out, a closing 小区 out; phases stay."""
    text = unicodedata.normalize("NFKC", name).casefold()
    text = re.sub(r"[\s·•・.,、\-—_'\"“”()]+", "", text)
    return text.removesuffix("小区") or text


def _groups(rows: DataFrame) -> Series:
    points = gpd.GeoSeries(gpd.points_from_xy(rows["lng"], rows["lat"]), crs=4326)
    points = points.to_crs(4545)
    left, right = STRtree(points.values).query(
        points.values, predicate="dwithin", distance=SAME_PLACE_M
    )
    names = rows["bare"].to_numpy(dtype=object)
    same = names[left] == names[right]
    pairs = coo_array(
        (np.ones(same.sum()), (left[same], right[same])), shape=(len(rows), len(rows))
    )
    _, labels = connected_components(pairs, directed=False)
    return pd.Series(labels, index=rows.index)


def estimate_households(compounds: DataFrame, counts: Counts) -> DataFrame:
    """Fill in unknown households from floor area, buildings, or like compounds."""
    known = compounds["households"].notna()
    both = compounds["floor_area_m2"] / compounds["households"]
    counts.m2_per_household = round(float(both.median()), 1)
    per_building = (compounds["households"] / compounds["buildings"]).median()
    counts.households_per_building = round(float(per_building), 1)
    work_unit = compounds["name"].str.contains(WORK_UNIT)
    counts.median_work_unit = float(compounds["households"][work_unit].median())
    counts.median_other = float(compounds["households"][~work_unit].median())
    by_area = compounds["floor_area_m2"] / counts.m2_per_household
    by_area = by_area.where(by_area >= FEWEST_HOUSEHOLDS)
    by_buildings = compounds["buildings"] * counts.households_per_building
    typical = np.where(work_unit, counts.median_work_unit, counts.median_other)
    method = np.select(
        [known, by_area.notna(), by_buildings.notna()],
        ["申报", "建筑面积推算", "楼栋数推算"],
        default="同类中位数",
    )
    households = (
        compounds["households"]
        .fillna(by_area)
        .fillna(by_buildings)
        .fillna(pd.Series(typical, index=compounds.index))
        .round()
    )
    method = np.where(compounds["capped"] & known, "申报（封顶）", method)
    counts.declared = int(known.sum())
    counts.by_floor_area = int((method == "建筑面积推算").sum())
    counts.by_buildings = int((method == "楼栋数推算").sum())
    counts.by_median = int((method == "同类中位数").sum())
    return compounds.assign(households=households, method=method)

"""Map-service points -> facilities with a class, and a list for people to review."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from lifecircle.standards.catalogue import OTHER, classify, read_catalogue

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame, Series
    from shapely import Polygon

__all__ = [
    "classified_points",
    "committee_points",
    "facilities_of",
    "facility_rows",
    "review_of",
]

CONTEXT_M = 2000.0
"""Facilities and streets this far beyond the boundary serve people inside it."""

SAME_STATION_M = 50.0
"""Service stations of one name stem nearer than this are one (TAXONOMY.md)."""

COMMITTEE = "政府机构;居民委员会"
"""The source's tag of residents' committees."""

METRIC = 4545
"""CGCS2000, 3-degree zone, central meridian 108° E: Xi'an's."""

ADMINISTRATION = re.compile(
    r"^(中共)?(西安市?)?(碑林区|莲湖区|新城区|未央区|雁塔区|灞桥区|高新区|浐灞生态区|沣东新城)?"
    r"(.{2,5}?(街道办事处|街道办|街道|街办))?"
)
KIND = re.compile(
    r"-?(社区|村民?)?-?(党群|党员|便民|公共|综合|为民)?"
    r"(居委会|居民委员会|村委会|民?村?委会|民?委员会|服务站|服务中心)$"
)


def classified_points(points: DataFrame, area: Polygon) -> GeoDataFrame:
    """Points within the area and its context, each with class and confidence."""
    located = gpd.GeoDataFrame(
        points,
        geometry=gpd.points_from_xy(points["wgs_lng"], points["wgs_lat"]),
        crs=4326,
    ).to_crs(METRIC)
    inside = located[located.within(area.buffer(CONTEXT_M))]
    return classify(inside.sort_values("uid").reset_index(drop=True), provider="baidu")


def facilities_of(points: GeoDataFrame) -> GeoDataFrame:
    """The points that have a class of facility; a station named twice counts once."""
    kept = points[facility_rows(points)]
    stations = kept[kept["facility_class"] == "SVC.COMM"]
    twice = _twins(stations)
    return kept.drop(index=twice).reset_index(drop=True)


def facility_rows(points: GeoDataFrame) -> Series:
    """Which points have a class of facility; compounds and buildings are none."""
    return ~points["facility_class"].isin({OTHER, *read_catalogue().origins})


def _twins(stations: GeoDataFrame) -> list[int]:
    """Of two stations with one name stem within 50 m the one that is no committee."""
    committees = stations["tag"] == COMMITTEE
    ordered = stations.assign(second=~committees).sort_values(["second", "uid"])
    twice = []
    for _, rows in ordered.groupby(ordered["name"].map(name_stem)):
        for place in range(1, len(rows)):
            before = rows.iloc[:place]
            if (before.distance(rows.geometry.iloc[place]) <= SAME_STATION_M).any():
                twice.append(rows.index[place])
    return sorted(twice)


def name_stem(name: str) -> str:
    """西安市莲湖区枣园街道红光社区居民委员会(红光路) -> 红光."""
    bare = re.sub(r"\(.*?\)|\s", "", name)
    return KIND.sub("", ADMINISTRATION.sub("", bare, count=1)).strip("-") or bare


def committee_points(facilities: GeoDataFrame) -> GeoDataFrame:
    """Residents' committees tagged so: the points that the units are drawn around."""
    stations = facilities[
        (facilities["facility_class"] == "SVC.COMM") & (facilities["tag"] == COMMITTEE)
    ]
    stems = stations["name"].map(name_stem).where(stations["name"] != "居民委员会", "")
    names = (stems + "社区").where(stems != "", "未具名社区") + "（近似范围）"
    return stations.assign(unit_name=names).reset_index(drop=True)


def review_of(points: GeoDataFrame) -> tuple[DataFrame, DataFrame]:
    """Candidates one by one; the rest of OTHER counted by the source's tag."""
    candidates = points[points["confidence"].isin(["candidate", "conflict"])]
    listed = pd.DataFrame(
        {
            "编号": candidates["uid"],
            "名称": candidates["name"],
            "建议类别": candidates["candidate_class"],
            "依据": candidates["matched_by"],
            "来源标签": candidates["tag"],
            "地址": candidates["address"],
        }
    ).sort_values(["建议类别", "编号"])
    rest = points[(points["facility_class"] == OTHER)]
    tags = rest["tag"].fillna("（无标签）")
    counted = (
        rest.assign(来源标签=tags)
        .groupby("来源标签", as_index=False)
        .agg(点数=("uid", "size"), 其中待核=("candidate_class", "count"))
        .sort_values(["点数", "来源标签"], ascending=[False, True])
    )
    return listed, counted

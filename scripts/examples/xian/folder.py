"""The district folder: files as a planning office might hold them, and their README."""

from __future__ import annotations

from pathlib import Path
from string import Template
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from compounds import Counts
    from geopandas import GeoDataFrame
    from pandas import DataFrame

__all__ = [
    "write_compounds",
    "write_district_file",
    "write_facilities",
    "write_readme",
    "write_review",
    "write_roads",
    "write_units",
]

# A shapefile's header holds the day of writing: fixed, so that bytes repeat.
SHAPEFILE = {
    "driver": "ESRI Shapefile",
    "encoding": "GBK",
    "DBF_DATE_LAST_UPDATE": "2021-12-31",
}

TEMPLATES = Path(__file__).parent / "templates"


def write_roads(roads: GeoDataFrame, folder: Path) -> None:
    """The city's ways as they came: GBK shapefile, field names of the source."""
    roads.to_file(folder / "道路.shp", engine="pyogrio", **SHAPEFILE)


def write_units(units: GeoDataFrame, folder: Path) -> None:
    """Approximate catchments, field names as an office would write them."""
    names = {
        "community_id": "编号",
        "name": "名称",
        "subdistrict_id": "区代码",
        "subdistrict_name": "区",
    }
    named = units.rename(columns=names)[[*names.values(), "geometry"]]
    named.to_file(folder / "近似范围.shp", engine="pyogrio", **SHAPEFILE)


def write_facilities(facilities: GeoDataFrame, folder: Path) -> None:
    """Points with class and the grounds for it, WGS 84 degrees as in the source."""
    table = pd.DataFrame(
        {
            "编号": facilities["uid"],
            "名称": facilities["name"],
            "类别": facilities["facility_class"],
            "判定依据": facilities["confidence"] + "；" + facilities["matched_by"],
            "来源标签": facilities["tag"],
            "地址": facilities["address"],
            "经度": facilities["wgs_lng"],
            "纬度": facilities["wgs_lat"],
        }
    )
    _write_csv(table.sort_values("编号"), folder / "地图点位.csv")


def write_compounds(compounds: DataFrame, folder: Path) -> None:
    """One row per compound, BD-09 degrees as in the listings."""
    table = pd.DataFrame(
        {
            "编号": compounds["compound_id"],
            "名称": compounds["name"],
            "地址": compounds["address"],
            "户数": compounds["households"].astype(int),
            "户数来源": compounds["method"],
            "楼栋数": compounds["buildings"],
            "建筑面积": compounds["floor_area_m2"],
            "名录": compounds["source"],
            "名录条数": compounds["listings"],
            "区": compounds["dist"],
            "经度": compounds["lng_raw"],
            "纬度": compounds["lat_raw"],
        }
    )
    _write_csv(table.sort_values("编号"), folder / "住宅小区.csv")


def write_review(candidates: DataFrame, tags: DataFrame, folder: Path) -> None:
    """What a person should look at."""
    _write_csv(candidates, folder / "待核点位.csv")
    _write_csv(tags, folder / "未归类统计.csv")


def write_district_file(folder: Path, counts: Counts) -> Path:
    """The file that ``lifecircle run`` takes."""
    path = folder / "district.toml"
    figures = {"m2_per_household": counts.m2_per_household}
    path.write_text(_filled("district.toml.txt", figures), "utf-8", newline="\n")
    return path


def write_readme(folder: Path, figures: Mapping[str, object]) -> None:
    """Sources, licences and counts beside the data."""
    far = f"{float(str(figures['far_household_share'])):.1%}"
    text = _filled("README.md.txt", {**figures, "far_households": far})
    (folder / "README.md").write_text(text, "utf-8", newline="\n")


def _filled(template: str, figures: Mapping[str, object]) -> str:
    text = (TEMPLATES / template).read_text("utf-8")
    return Template(text).substitute(figures)


def _write_csv(table: DataFrame, path: Path) -> None:
    table.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")

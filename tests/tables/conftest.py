"""A small district on disk, as planners hand it over; tests spoil it."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import geopandas as gpd
import openpyxl
import pandas as pd
import pytest
from shapely import LineString, Point, box

from lifecircle.tables.crs import declared_crs, from_wgs84

# Two communities of 1 km side by side, in EPSG:4548 (CGCS2000, CM 117E):
#
#   3521000 +-----------+-----------+
#           |   C01     |   C02     |     compound K1 (gated) in C01, K2 in C02
#   3520000 +-----------+-----------+
#        520000      521000      522000
X, Y = 520_000.0, 3_520_000.0
METRIC = "EPSG:4548"

CONFIG = """\
[district]
id = "qingxi"
name = "青溪区"
crs = "EPSG:4548"
as_of = 2026-06-30
settlement = "urban"
synthetic = true

[households]
floor_area_per_household_m2 = 90.0
persons_per_household = 2.5
elderly_share = 0.2

[rules]
adopt = ["hefei"]
[rules.share]
HF-R10 = 0.9

[[sources.communities]]
path = "社区.shp"
encoding = "gbk"
crs = "EPSG:4490"
household_basis = "resident"
columns = { community_id = "社区编码", name = "社区名称", settlement = "类型", \
households = "户数" }
values.settlement = { "城区" = "urban", "县城" = "county_town" }

[[sources.compounds]]
path = "底图.gpkg"
layer = "小区"
crs = "EPSG:4548"
columns = { compound_id = "编号", name = "名称", gated = "封闭", households = "户数" }
values.gated = { "封闭" = "yes", "开放" = "no" }

[[sources.buildings]]
path = "底图.gpkg"
layer = "楼栋"
crs = "EPSG:4548"
household_basis = "resident"
columns = { building_id = "编号", households = "户数", units = "套数", \
floor_area_m2 = "建筑面积", compound_id = "小区" }

[[sources.facilities]]
path = "设施.csv"
encoding = "gbk"
crs = "gcj02"
x = "经度"
y = "纬度"
columns = { facility_id = "编号", name = "名称", facility_class = "类别", \
floor_area_m2 = "面积", opened = "启用" }
values.facility_class = { "老年食堂" = "ELD.CANTEEN", \
"社区中心" = "SVC.COMM;ELD.STATION" }
complete_classes = ["ELD.CANTEEN"]

[[sources.rooms]]
path = "用房台账.xlsx"
sheet = "用房"
header_row = 3
columns = { facility_id = "设施编号", facility_class = "用房类别", \
floor_area_m2 = "建筑面积（㎡）", area_basis = "口径" }
values.area_basis = { "建筑面积" = "floor" }

[[sources.serves]]
path = "服务.csv"
encoding = "utf-8-sig"
columns = { facility_id = "设施", unit_id = "社区", share = "份额" }

[[sources.roads]]
path = "道路.gpkg"
crs = "EPSG:4548"
columns = { road_id = "编号", road_class = "类型" }

[[sources.gates]]
path = "大门.geojson"
crs = "EPSG:4490"
columns = { gate_id = "编号" }
"""


def _degrees(x: float, y: float, datum: str = "") -> tuple[float, float]:
    point = gpd.GeoSeries([Point(x, y)], crs=declared_crs(METRIC)).to_crs(4490)[0]
    if not datum:
        return point.x, point.y
    lon, lat = from_wgs84([point.x], [point.y], datum)
    return float(lon[0]), float(lat[0])


def _facility(
    facility_id: str, name: str, kind: str, area: str, x: float, y: float
) -> dict[str, Any]:
    lon, lat = _degrees(X + x, Y + y, "gcj02")
    return {
        "编号": facility_id,
        "名称": name,
        "类别": kind,
        "面积": area,
        "启用": "2019年",
        "经度": f"{lon:.9f}",
        "纬度": f"{lat:.9f}",
    }


@dataclass
class Files:
    """The district's files before they are written; a test changes what it likes."""

    folder: Path
    config: str = CONFIG
    encodings: dict[str, str] = field(
        default_factory=lambda: {"communities": "gbk", "facilities": "gbk"}
    )
    communities: gpd.GeoDataFrame = field(
        default_factory=lambda: gpd.GeoDataFrame(
            {
                "社区编码": ["C01", "C02"],
                "社区名称": ["渡口社区", "河东社区"],
                "类型": ["城区", "县城"],
                "户数": [150.0, 36.0],
            },
            geometry=[
                box(X, Y, X + 1000, Y + 1000),
                box(X + 1000, Y, X + 2000, Y + 1000),
            ],
            crs=METRIC,
        )
    )
    compounds: gpd.GeoDataFrame = field(
        default_factory=lambda: gpd.GeoDataFrame(
            {
                "编号": ["K1", "K2"],
                "名称": ["渡口花园", "河东小区"],
                "封闭": ["封闭", "开放"],
                "户数": [110.0, None],
            },
            geometry=[
                box(X + 100, Y + 100, X + 400, Y + 400),
                box(X + 1100, Y + 100, X + 1400, Y + 400),
            ],
            crs=METRIC,
        )
    )
    # B1 declared 40, B2 by units 24, B3 by floor area 4050 / 90 = 45, B4 left over
    # in K1: 110 - 40 - 24 - 45 = 1; B5 declared 36 in K2.
    buildings: gpd.GeoDataFrame = field(
        default_factory=lambda: gpd.GeoDataFrame(
            {
                "编号": ["B1", "B2", "B3", "B4", "B5"],
                "户数": ["40户", "暂无数据", None, None, "３６"],
                "套数": [None, 24.0, None, None, None],
                "建筑面积": ["", "", "4,050㎡", None, "无"],
                "小区": ["K1", None, None, None, "K2"],
            },
            geometry=[
                *(box(X + at, Y + 150, X + at + 20, Y + 165) for at in (120, 160)),
                *(box(X + at, Y + 150, X + at + 20, Y + 165) for at in (200, 240)),
                Point(X + 1200, Y + 200),
            ],
            crs=METRIC,
        )
    )
    facilities: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(
            [
                _facility("F1", "渡口党群中心", "社区中心", "980㎡", 500, 500),
                _facility("F2", "河东食堂", "老年食堂", "120", 1500, 500),
                _facility("F3", "界外食堂", "ELD.CANTEEN", "", 500, 1400),
            ]
        )
    )
    rooms: list[list[Any]] = field(
        default_factory=lambda: [
            ["青溪区社区用房台账"],
            ["填报单位：青溪区民政局", None, "2026年6月"],
            ["设施编号", "用房类别", "建筑面积\n（㎡）", "口径"],
            ["F1", "ELD.STATION", "３００ ㎡", "建筑面积"],
            [None, None, None, None],
        ]
    )
    serves: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(
            {"设施": ["F1", "F1"], "社区": ["C01", "C02"], "份额": ["0.75", "0.25"]}
        )
    )
    roads: gpd.GeoDataFrame = field(
        default_factory=lambda: gpd.GeoDataFrame(
            {"编号": ["R1", "R2", "R3"], "类型": ["residential", "motorway", "steps"]},
            geometry=[
                LineString([(X, Y + 500), (X + 2000, Y + 500)]),
                LineString([(X, Y + 900), (X + 2000, Y + 900)]),
                LineString([(X + 500, Y + 500), (X + 500, Y + 900)]),
            ],
            crs=METRIC,
        )
    )
    gates: gpd.GeoDataFrame = field(
        default_factory=lambda: gpd.GeoDataFrame(
            {"编号": ["G1"]}, geometry=[Point(X + 250, Y + 404)], crs=METRIC
        )
    )

    def write(self) -> Path:
        """Write all files; the district file's path."""
        self.communities.to_crs(4490).to_file(
            self.folder / "社区.shp", encoding=self.encodings["communities"]
        )
        # Planners' shapefiles come without .cpg as often as not.
        (self.folder / "社区.cpg").unlink(missing_ok=True)
        base = self.folder / "底图.gpkg"
        self.compounds.to_file(base, layer="小区", driver="GPKG")
        self.buildings.to_file(base, layer="楼栋", driver="GPKG")
        self.facilities.to_csv(
            self.folder / "设施.csv",
            index=False,
            encoding=self.encodings["facilities"],
            errors="replace",
        )
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = "用房"
        for row in self.rooms:
            sheet.append(row)
        book.create_sheet("说明")
        book.save(self.folder / "用房台账.xlsx")
        self.serves.to_csv(self.folder / "服务.csv", index=False, encoding="utf-8-sig")
        self.roads.to_file(self.folder / "道路.gpkg", driver="GPKG")
        self.gates.to_crs(4490).to_file(self.folder / "大门.geojson", driver="GeoJSON")
        path = self.folder / "district.toml"
        path.write_text(self.config, encoding="utf-8")
        return path


@pytest.fixture
def files(tmp_path: Path) -> Files:
    folder = tmp_path / "青溪 区"
    folder.mkdir()
    return Files(folder)


def real_data() -> Path:
    """The shared real data; tests that need it skip where it is absent."""
    default = Path(__file__).resolve().parents[2].parent / "shared" / "data"
    folder = Path(os.environ.get("LIFECIRCLE_DATA", default))
    if not folder.is_dir():
        pytest.skip(f"real data not found: {folder} (set LIFECIRCLE_DATA)")
    return folder


@pytest.fixture
def real_folder() -> Path:
    return real_data()

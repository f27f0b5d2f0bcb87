"""The made-up district Qingxi as its bureaus would hand it over: 20 ugly files.

Each function makes one file, and says what is ugly about it; ``FILES`` lists them in
the order of their numbers. Together they hold the very rows of ``data/demo``, so that
whatever is read of them can be compared with the district that was read from there;
what is added to those rows is named in ``ADDED``.
"""

from __future__ import annotations

import shutil
import warnings
import zipfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import shapely

from lifecircle.tables.crs import from_wgs84, to_wgs84

if TYPE_CHECKING:
    from collections.abc import Callable

DEMO = Path(__file__).parents[2] / "data" / "demo"
FOLDER = "青溪区 15分钟生活圈基础资料（各部门报送，2026年6月 第二版 最终）"
ADDED = {
    "配电房": "a building of which nothing is known",
    "断头小路": "a road whose two ends are one point",
    "青溪老年食堂1号店（总店）": "a canteen that both map services list",
}
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
CANTEENS = ("老年食堂", "幼儿园", "小学", "初中")
CORNERS = ("药店", "银行网点", "公交站")


def _demo(layer: str) -> gpd.GeoDataFrame:
    return gpd.read_file(DEMO / "基础地理.gpkg", layer=layer)


def _buildings() -> gpd.GeoDataFrame:
    return gpd.read_file(DEMO / "楼栋.shp", encoding="gbk")


def _of(communities: str) -> gpd.GeoDataFrame:
    """Buildings of some communities, C01 to C15, by the last two digits."""
    frame = _buildings()
    first, last = communities.split("-")
    return frame[frame["社区编码"].str[1:].between(first, last)]


def _points(*classes: str, without: bool = False) -> pd.DataFrame:
    """Points of the demo's map service, their place in WGS 84."""
    frame = pd.read_csv(DEMO / "地图点位.csv", encoding="utf-8-sig")
    frame = frame[frame["类别"].isin(classes) != without]
    lon, lat = to_wgs84(frame["经度"].to_numpy(), frame["纬度"].to_numpy(), "gcj02")
    return frame.assign(经度=lon, 纬度=lat)


def _csv(path: Path, frame: pd.DataFrame, encoding: str) -> None:
    text = frame.to_csv(index=False, lineterminator="\r\n")
    path.write_bytes(text.encode(encoding))


def communities(path: Path) -> None:
    """1. Communities: shapefile in GBK without a .cpg, CGCS2000 3-degree metres.

    The .prj is the planning software's, which names the zone and no EPSG code.
    """
    frame = gpd.read_file(DEMO / "社区.shp", encoding="gbk").to_crs(4548)
    frame.to_file(path, encoding="gbk")
    path.with_suffix(".cpg").unlink()
    path.with_suffix(".prj").write_text(
        'PROJCS["CGCS2000_3_Degree_GK_CM_117E",GEOGCS["GCS_China_Geodetic_Coordinate_'
        'System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,'
        '298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],'
        'PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",500000.0],'
        'PARAMETER["False_Northing",0.0],PARAMETER["Central_Meridian",117.0],'
        'PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],'
        'UNIT["Meter",1.0]]',
        encoding="ascii",
    )


def buildings(path: Path) -> None:
    """2. Buildings of two subdistricts: two shapefiles in one zip.

    One is GB18030 (䶮 is no character of GBK) without a .cpg, the other UTF-8 with one.
    Their columns' names are cut at ten bytes: 所属社区编码 is 所属社区编 in the first,
    and 社区编码 is 社区编 and a third of 码 in the second. Names inside the zip are
    stored in GBK.
    """
    room = path.with_suffix(".tmp")
    room.mkdir()
    long = {
        "社区编码": "所属社区编码",
        "小区编码": "所属小区编码",
        "60岁以上": "60岁以上人口",
    }
    old = _of("01-08").rename(columns=long)
    old.loc[0, "楼栋名称"] = "䶮园1号楼"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the names that are cut
        old.to_file(room / "老城街道.shp", encoding="gb18030")
        _of("09-12").to_file(room / "河东街道.shp", encoding="utf-8")
    (room / "老城街道.cpg").unlink()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as box:
        for part in sorted(room.iterdir()):
            name = f"楼栋/{part.name}".encode("gbk").decode("cp437")
            info = zipfile.ZipInfo(name, (2026, 6, 30, 8, 0, 0))
            box.writestr(info, part.read_bytes(), zipfile.ZIP_DEFLATED)
    shutil.rmtree(room)


def households(path: Path) -> None:
    """3. Buildings of the county town: a workbook with everything in the cells.

    Two title rows, headings of two merged rows, full-width digits, ``1,234``, units,
    暂无数据, a blank row and a note below; points in CGCS2000 metres with the zone
    number, X the northing and Y the easting as surveyors have it.
    """
    frame = _of("13-15")
    places = frame.geometry.representative_point().to_crs(4527)
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "Sheet1"
    sheet.append(["城关镇房屋及住户情况调查表"])
    sheet.append(["填报单位：城关镇人民政府", *[None] * 8, "单位：户、人、平方米"])
    sheet.append(
        [
            *("楼栋编码", "楼栋名称", "社区编码", "小区编码"),
            *("房屋情况", None, "居住情况", None, None, "坐标（CGCS2000）", None),
        ]
    )
    sheet.append(
        [None] * 4 + ["层数", "建筑面积", "户数", "套数", "60岁以上人口", "X", "Y"]
    )
    for merged in ("A1:K1", "A3:A4", "B3:B4", "C3:C4", "D3:D4", "E3:F3", "G3:I3"):
        sheet.merge_cells(merged)
    sheet.merge_cells("J3:K3")
    for place, (row, point) in enumerate(
        zip(frame.itertuples(index=False), places, strict=True)
    ):
        floors, units, homes, area, elderly = (row[i] for i in (4, 6, 5, 7, 8))
        cells = [
            f"{floors}层" if place % 3 else str(floors).translate(WIDE),
            (f"{area:,}", f"{area}㎡", f"{area} 平方米")[place % 3],
            "暂无数据" if np.isnan(homes) else (homes, f"{homes:.0f}户")[place % 2],
            "—" if np.isnan(units) else f"{units:.0f}".translate(WIDE),
            "不详" if np.isnan(elderly) else f"{elderly:.0f}人",
        ]
        sheet.append([*row[:4], *cells, round(point.y, 3), round(point.x, 3)])
    last = places.iloc[-1]
    sheet.append(
        [
            *("PDF-1", "配电房", "C15", None, *["暂无数据"] * 5),
            *(round(last.y, 3), round(last.x, 3)),
        ]
    )
    sheet.append([])
    sheet.append(["注：户数为常住户，暂无数据的待补报。"])
    book.save(path)


def rooms(path: Path) -> None:
    """4. Service rooms: a workbook of the old binary format, title rows and units.

    No kept library writes that format: it is the demo's sheet, saved once.
    """
    shutil.copy(Path(__file__).with_name("rooms.xls"), path)


def amap(path: Path) -> None:
    """5. Canteens and schools from Amap: CSV in GBK, GCJ-02."""
    frame = _points(*CANTEENS)
    lon, lat = from_wgs84(frame["经度"].to_numpy(), frame["纬度"].to_numpy(), "gcj02")
    _csv(path, frame.assign(经度=lon.round(7), 纬度=lat.round(7)), "gbk")


def baidu(path: Path) -> None:
    """6. Most other places from Baidu: CSV in UTF-8 with a mark, BD-09.

    One canteen stands here again, under a slightly other name.
    """
    frame = _points(*CANTEENS, *CORNERS, without=True)
    again = _points("老年食堂").head(1)
    again = again.assign(编号="BD0001", 名称="青溪老年食堂1号店（总店）")
    frame = pd.concat([frame, again], ignore_index=True)
    lon, lat = from_wgs84(frame["经度"].to_numpy(), frame["纬度"].to_numpy(), "bd09")
    frame = frame.assign(经度=lon.round(7), 纬度=lat.round(7))
    _csv(path, frame, "utf-8-sig")


def corners(path: Path) -> None:
    """7. Chemists, banks and bus stops: CSV in GBK, longitude and latitude swapped."""
    frame = _points(*CORNERS).round({"经度": 7, "纬度": 7})
    swapped = frame.rename(columns={"经度": "纬度", "纬度": "经度"})
    _csv(path, swapped, "gbk")


def compounds(path: Path) -> None:
    """8. Compounds: KMZ as saved by an earth viewer, every field text."""
    kml = path.with_name("doc.kml")
    _demo("小区").to_crs(4326).astype({"建成年份": str}).to_file(kml, driver="LIBKML")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as box:
        box.writestr(zipfile.ZipInfo("doc.kml"), kml.read_bytes())
    kml.unlink()


def drawing(path: Path) -> None:
    """9. Red lines: DXF in metres without a word on them, layer names in GBK.

    The layers 河流 and 铁路 are barriers; 道路红线 and 图框 are for nobody.
    """
    barriers = _demo("屏障").to_crs(4548)
    frame = pd.concat(
        [
            barriers[["geometry"]].assign(Layer=["河流中心线", "铁路中心线"]),
            gpd.GeoDataFrame(
                {"Layer": ["道路红线", "图框"]},
                geometry=[
                    barriers.geometry.iloc[0].parallel_offset(30),
                    shapely.box(*barriers.total_bounds).exterior,
                ],
                crs=4548,
            ),
        ],
        ignore_index=True,
    )
    frame.to_file(path, driver="DXF")
    path.write_bytes(path.read_bytes().decode().encode("gbk"))


def geodatabase(path: Path) -> None:
    """10. Grids and gates: two feature classes of a file geodatabase."""
    for layer in ("网格", "大门"):
        kinds = {"layer": layer, "driver": "OpenFileGDB"}
        _demo(layer).to_file(path, **kinds, mode="a" if path.exists() else "w")


def streets(path: Path) -> None:
    """11. Streets: GeoJSON in degrees that says nothing of its datum.

    One line has no length.
    """
    frame = _demo("道路")
    frame = frame[frame["类型"] != "footway"].to_crs(4490)
    first = frame.geometry.iloc[0].coords[0]
    dot = frame.head(1).assign(编号="R99999", 名称="断头小路", 类型="service")
    dot = dot.set_geometry([shapely.LineString([first, first])], crs=frame.crs)
    whole = pd.concat([frame, dot], ignore_index=True).set_crs(
        4326, allow_override=True
    )
    options = {"COORDINATE_PRECISION": 7, "RFC7946": "NO", "WRITE_NAME": "NO"}
    pyogrio.write_dataframe(whole, path, driver="GeoJSON", layer_options=options)
    text = path.read_text("utf-8")
    start = text.index('"crs"')
    end = text.index("\n", start)
    path.write_text(text[:start] + text[end + 1 :], "utf-8")


def land(path: Path) -> None:
    """12. Land use: GeoParquet, its kinds in Chinese."""
    _demo("用地").query("类别 != '绿地'").rename(
        columns={"类别": "地类名称"}
    ).to_parquet(path)


def paths(path: Path) -> None:
    """13. Paths inside the compounds: an extract of OpenStreetMap, roads only."""
    frame = _demo("道路").query("类型 == 'footway'").to_crs(4326)
    numbers: dict[tuple[float, float], int] = {}
    ways = []
    for number, line in enumerate(frame.geometry, start=1):
        refs = []
        for x, y in line.coords:
            spot = (round(x, 7), round(y, 7))
            refs.append(numbers.setdefault(spot, len(numbers) + 1))
        told = "".join(f'<nd ref="{ref}"/>' for ref in refs)
        ways.append(f'<way id="{number}">{told}<tag k="highway" v="footway"/></way>')
    nodes = [
        f'<node id="{number}" lat="{y:.7f}" lon="{x:.7f}"/>'
        for (x, y), number in numbers.items()
    ]
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', '<osm version="0.6">']
    path.write_text("\n".join([*lines, *nodes, *ways, "</osm>\n"]), "utf-8")


def plan(path: Path) -> None:
    """14. Circles, projects and green land: a GeoPackage of three layers.

    One green has a spike, drawn out and back: no valid polygon.
    """
    for layer in ("生活圈", "项目"):
        _demo(layer).to_file(path, layer=layer)
    green = _demo("用地").query("类别 == '绿地'").reset_index(drop=True)
    ring = np.array(green.geometry.iloc[3].exterior.coords)
    spike = ring[0] + [5.0, 5.0]
    green.loc[3, "geometry"] = shapely.Polygon([ring[0], spike, *ring])
    green.to_file(path, layer="绿地")


def empty(path: Path) -> None:
    """15. An empty file: the export stopped before it began."""
    path.write_bytes(b"")


def truncated(path: Path) -> None:
    """16. A shapefile of which only the .shp was sent."""
    frame = gpd.read_file(DEMO / "社区.shp", encoding="gbk")
    frame.to_file(path, encoding="gbk")
    for suffix in (".dbf", ".shx", ".prj", ".cpg"):
        path.with_suffix(suffix).unlink()


def ledger(path: Path) -> None:
    """17. The register of facilities: a workbook whose name says CSV."""
    book = openpyxl.load_workbook(DEMO / "设施台账.xlsx")
    del book["用房"]
    box = BytesIO()
    book.save(box)
    path.write_bytes(box.getvalue())


def twice(path: Path) -> None:
    """18. The points from Amap once more, as a browser names a second download."""
    shutil.copy(path.with_name(path.name.replace("(1)", "")), path)


def persons(path: Path) -> None:
    """19. A register of grid workers: rows about persons, which no one may use."""
    rows = [("C01", "张三", "110101199003078070", "13800000001")] * 3
    names = ["社区编码", "姓名", "身份证号", "联系电话"]
    pd.DataFrame(rows, columns=names).to_excel(path, index=False)


def minutes(path: Path) -> None:
    """20. The minutes of a meeting: a text document."""
    with zipfile.ZipFile(path, "w") as box:
        box.writestr(zipfile.ZipInfo("word/document.xml"), "<w:document/>")


FILES: dict[str, Callable[[Path], None]] = {
    "01 民政局/青溪区 社区界（2026年6月更新）.shp": communities,
    "02 住建局/房屋普查成果.zip": buildings,
    "02 住建局/城关镇 楼栋住户调查表.xlsx": households,
    "01 民政局/社区服务用房台账.xls": rooms,
    "03 数据公司/高德地图采集点位.csv": amap,
    "03 数据公司/百度地图采集点位.csv": baidu,
    "03 数据公司/便民设施（居委会上报）.csv": corners,
    "02 住建局/住宅小区.kmz": compounds,
    "04 规划局/控规 红线图.dxf": drawing,
    "04 规划局/青溪区.gdb": geodatabase,
    "04 规划局/道路中心线.geojson": streets,
    "04 规划局/三调 用地现状.parquet": land,
    "03 数据公司/青溪区步行路.osm": paths,
    "04 规划局/专项规划.gpkg": plan,
    "01 民政局/养老机构点位.csv": empty,
    "01 民政局/老年人口分布.shp": truncated,
    "01 民政局/社区服务设施台账.csv": ledger,
    "03 数据公司/高德地图采集点位(1).csv": twice,
    "01 民政局/网格员名册.xlsx": persons,
    "会议纪要 0628.docx": minutes,
}
"""Path in the folder -> what makes it."""


def hand_over(parent: Path) -> Path:
    """Make the 20 files in a folder of ``FOLDER``'s name, and return it."""
    folder = parent / FOLDER
    for name, make in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        make(path)
    return folder

"""The district as tables with the column names of the planners' files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import shapely

from lifecircle.demo.skeleton import COMMUNITIES, FRAME, RAIL, RIVER, SUBDISTRICTS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lifecircle.demo.district import Demo

__all__ = ["Layer", "building_layer", "community_layer", "package_layers"]

Layer = tuple[pd.DataFrame, "Sequence[shapely.Geometry]"]
MISCOUNTED, MISCOUNT = "C02", 57
"""This community's declared total is that many households above its buildings."""
YES_NO = {True: "是", False: "否"}
LAND = {
    "water": "水域", "green": "绿地", "residential": "居住用地",
    "industrial": "工业用地", "vacant": "空闲地", "village": "城中村",
    "other": "其他用地",
    "nonresidential_building": "非住宅建筑",
}  # fmt: skip


PROJECTS = (
    ("老城文体中心", "CUL.CENTRE", "建成", 2024, 3200, "C01"),
    ("河东邻里中心", "COM.NEIGH", "在建", 2027, 2600, "C09"),
    ("城关单元级社区中心", "COM.UNIT", "待建", 2028, 8400, "C13"),
)
"""Name, class, status, year, floor area in m², community."""


def community_layer(demo: Demo) -> Layer:
    """Communities with their declared households."""
    sums = demo.table.groupby("community_id")["households"].sum()
    rows = [
        {
            "社区编码": seat.community_id,
            "社区名称": seat.name,
            "街道编码": SUBDISTRICTS[seat.zone][0],
            "街道名称": SUBDISTRICTS[seat.zone][1],
            "城乡类型": "县城" if seat.zone == "east" else "城区",
            "户数": int(sums[seat.community_id])
            + (MISCOUNT if seat.community_id == MISCOUNTED else 0),
        }
        for seat in COMMUNITIES
    ]
    return pd.DataFrame(rows), [
        demo.town.communities[s.community_id] for s in COMMUNITIES
    ]


def building_layer(demo: Demo) -> Layer:
    """Buildings with what is known of their households."""
    table = demo.table
    frame = pd.DataFrame(
        {
            "楼栋编码": table["building_id"],
            "楼栋名称": table["name"],
            "社区编码": table["community_id"],
            "小区编码": table["compound_id"],
            "层数": table["floors"].astype("Int64"),
            "户数": table["known"],
            "套数": table["units"],
            "建筑面积": table["floor_area_m2"].astype("Int64"),
            "60岁以上": table["elderly_known"],
        }
    )
    return frame, list(table["polygon"])


def package_layers(demo: Demo) -> dict[str, Layer]:
    """Roads, gates, barriers, grids, compounds, land, life circles, projects."""
    return {
        "道路": _roads(demo),
        "大门": _gates(demo),
        "屏障": _barriers(),
        "网格": _grids(demo),
        "小区": _compounds(demo),
        "用地": _land(demo),
        "生活圈": _circles(demo),
        "项目": _projects(demo),
    }


def _roads(demo: Demo) -> Layer:
    streets = demo.town.streets
    rows = [
        {
            "编号": f"R{n:05d}",
            "名称": s.name or None,
            "类型": s.road_class,
            "桥": YES_NO[s.bridge],
            "隧道": YES_NO[s.tunnel],
            "层": 1 if s.bridge else -1 if s.tunnel else 0,
        }
        for n, s in enumerate(streets, start=1)
    ]
    return pd.DataFrame(rows), [s.line for s in streets]


def _gates(demo: Demo) -> Layer:
    found = [(c.compound_id, gate) for c in demo.town.compounds for gate in c.gates]
    rows = [
        {"编号": f"G{n:03d}", "小区编码": compound, "开放": "是"}
        for n, (compound, _) in enumerate(found, start=1)
    ]
    return pd.DataFrame(rows), [gate for _, gate in found]


def _barriers() -> Layer:
    lines = [
        shapely.intersection(RIVER, FRAME),
        shapely.intersection(RAIL, FRAME),
    ]
    rows = [
        {"编号": "Z1", "名称": "青溪", "类型": "river"},
        {"编号": "Z2", "名称": "青溪铁路", "类型": "railway"},
    ]
    return pd.DataFrame(rows), lines


def _grids(demo: Demo) -> Layer:
    rows = [
        {
            "网格编码": g.grid_id,
            "社区编码": g.community_id,
            "网格名称": f"第{int(g.grid_id[-2:])}网格",
            "类别": "居住网格",
        }
        for g in demo.grids
    ]
    return pd.DataFrame(rows), [g.polygon for g in demo.grids]


def _compounds(demo: Demo) -> Layer:
    gated = {"yes": "是", "no": "否", "unknown": "不详"}
    rows = [
        {
            "小区编码": c.compound_id,
            "小区名称": c.name,
            "社区编码": c.community_id,
            "封闭": gated[c.gated],
            "建成年份": c.year_built,
        }
        for c in demo.town.compounds
    ]
    return pd.DataFrame(rows), [c.polygon for c in demo.town.compounds]


def _land(demo: Demo) -> Layer:
    rows = [
        {"类别": LAND[kind], "名称": name or None} for kind, name, _ in demo.town.land
    ]
    return pd.DataFrame(rows), [shape for _, _, shape in demo.town.land]


def _circles(demo: Demo) -> Layer:
    """15 minutes around every subdistrict, 5 minutes around every community."""
    shapes = demo.town.communities
    zones = {
        zone: shapely.union_all(
            [shapes[s.community_id] for s in COMMUNITIES if s.zone == zone]
        )
        for zone in SUBDISTRICTS
    }
    wide = [
        {"编号": f"Q15-{n}", "层级": "15分钟", "名称": f"{SUBDISTRICTS[zone][1]}生活圈"}
        for n, zone in enumerate(zones, start=1)
    ]
    near = [
        {"编号": f"Q05-{s.community_id}", "层级": "5分钟", "名称": f"{s.name}生活圈"}
        for s in COMMUNITIES
    ]
    places = [*zones.values(), *(shapes[s.community_id] for s in COMMUNITIES)]
    return pd.DataFrame(wide + near), places


def _projects(demo: Demo) -> Layer:
    columns = ("名称", "类别", "状态", "年份", "建筑面积")
    rows = [
        {"编号": f"X{n:02d}", **dict(zip(columns, project[:5], strict=True))}
        for n, project in enumerate(PROJECTS, start=1)
    ]
    shapes = demo.town.communities
    places = [shapely.point_on_surface(shapes[project[5]]) for project in PROJECTS]
    return pd.DataFrame(rows), places

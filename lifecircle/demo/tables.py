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
    """Roads, gates, barriers, grids, compounds and land."""
    return {
        "道路": _roads(demo),
        "大门": _gates(demo),
        "屏障": _barriers(),
        "网格": _grids(demo),
        "小区": _compounds(demo),
        "用地": _land(demo),
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

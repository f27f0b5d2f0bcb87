"""A small lifelike study, made without the other stages (its roll-ups aside).

Twelve irregular communities on two banks of a river with two bridges, oriented bar
buildings in walled blocks. Minutes are made up from rectangular distances, with the
detour over the nearer bridge; findings, gaps and histograms are sums of them, so
that the outputs can be held against one another.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from shapely import LineString, MultiPolygon, Point, Polygon, affinity, box, union_all

from lifecircle import columns
from lifecircle.checks.dashboard import dashboard
from lifecircle.checks.missing_area import roll_up_area
from lifecircle.checks.reached import roll_up_reach
from lifecircle.model import (
    Assessment,
    District,
    DistrictConfig,
    Findings,
    Gaps,
    GridPlan,
    Problem,
    Rule,
    RuleBook,
    Source,
    Walker,
)
from lifecircle.plans.assembly import prepare
from lifecircle.plans.communities import merge_communities
from lifecircle.plans.edited import edited_plan

__all__ = ["sample_study"]

CRS = "EPSG:4548"
X0, Y0 = 528_000.0, 3_525_000.0
CELL = 620.0
SPEEDS = {"adult": 1.1, "elderly": 0.8}
CLASSES = ("ELD.CANTEEN", "SVC.COMM", "HLT.STATION", "COM.MARKET")
BANDS = ((0.0, 5.0), (5.0, 10.0), (10.0, 15.0), (15.0, 20.0), (20.0, np.inf))
NAMES = (
    "钟楼",
    "文庙",
    "渡口",
    "望溪",
    "柳巷",
    "南门",
    "纺织",
    "东塘",
    "桂园",
    "学府",
    "新桥",
    "砖桥",
)
SUBDISTRICTS = {0: ("S1", "老城街道"), 1: ("S2", "桂园街道"), 2: ("S3", "河东街道")}


def _corners(rng: np.random.Generator) -> np.ndarray:
    """Shared corners of the 4 x 3 communities, shaken; columns then rows."""
    x, y = np.meshgrid(np.arange(5) * CELL, np.arange(4) * CELL, indexing="ij")
    x = x + np.where(np.arange(5)[:, None] >= 3, 260.0, 0.0) * 0
    shake = rng.uniform(-70, 70, size=(5, 4, 2))
    return np.stack([X0 + x, Y0 + y], axis=-1) + shake


def _communities(corners: np.ndarray) -> gpd.GeoDataFrame:
    rows = []
    for number, name in enumerate(NAMES):
        column, row = number % 4, 2 - number // 4
        ring = [
            corners[column, row],
            corners[column + 1, row],
            corners[column + 1, row + 1],
            corners[column, row + 1],
        ]
        key, subdistrict = SUBDISTRICTS[2 if column >= 2 else number // 4 // 2]
        rows.append(
            {
                "community_id": f"C{number + 1:02d}",
                "name": f"{name}社区",
                "subdistrict_id": key,
                "subdistrict_name": subdistrict,
                "settlement": "urban",
                "affiliation": "city",
                "unit_kind": "community",
                "households": np.nan,
                "persons": np.nan,
                "elderly": np.nan,
                "household_basis": "resident",
                "geometry": Polygon(ring),
            }
        )
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS)


def _river(corners: np.ndarray) -> Polygon:
    """A band along the middle line between the second and third column."""
    middle = corners[2].tolist()
    line = [(middle[0][0] - 40, middle[0][1] - 900), *middle]
    line.append((middle[-1][0] + 60, middle[-1][1] + 900))
    return LineString(line).buffer(60, quad_segs=8).simplify(2)


def _blocks(communities: gpd.GeoDataFrame, river: Polygon) -> gpd.GeoDataFrame:
    rows = []
    for community in communities.itertuples():
        inner = community.geometry.buffer(-22).difference(river.buffer(35))
        left, bottom, right, top = inner.bounds
        middle_x, middle_y = (left + right) / 2, (bottom + top) / 2
        quarters = (
            box(left, bottom, middle_x - 8, middle_y - 8),
            box(middle_x + 8, bottom, right, middle_y - 8),
            box(left, middle_y + 8, middle_x - 8, top),
            box(middle_x + 8, middle_y + 8, right, top),
        )
        for part, quarter in enumerate(quarters):
            shape = inner.intersection(quarter)
            if isinstance(shape, MultiPolygon):
                shape = max(shape.geoms, key=lambda item: item.area)
            rows.append(
                {
                    "compound_id": f"{community.community_id}-{part + 1}",
                    "name": f"{community.name[:2]}小区{part + 1}期",
                    "community_id": community.community_id,
                    "households": np.nan,
                    "planned_dwellings": np.nan,
                    "gated": "yes" if part % 2 else "no",
                    "year_built": 1998.0 + part,
                    "household_basis": "resident",
                    "geometry": shape,
                }
            )
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS)


def _buildings(rng: np.random.Generator, blocks: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    rows: list[dict[str, Any]] = []
    for block in blocks.itertuples():
        angle = rng.uniform(-14, 14)
        inner = block.geometry.buffer(-14)
        left, bottom, right, top = inner.bounds
        centre = inner.centroid
        for y in np.arange(bottom - 60, top + 60, 40.0):
            for x in np.arange(left - 60, right + 60, 66.0):
                bar = affinity.rotate(box(x, y, x + 50, y + 13), angle, origin=centre)
                if not inner.contains(bar):
                    continue
                floors = 6.0
                households = float(rng.integers(24, 61))
                estimated = rng.random() < 0.3
                rows.append(
                    {
                        "building_id": f"B{len(rows) + 1:04d}",
                        "name": f"{block.name[:2]}路{len(rows) % 40 + 1}号楼",
                        "address": None,
                        "community_id": block.community_id,
                        "compound_id": block.compound_id,
                        "grid_id": None,
                        "households": households,
                        "households_method": "floor_area" if estimated else "declared",
                        "persons": households * 2.6,
                        "elderly": float(round(households * 2.6 * 0.19)),
                        "persons_method": "estimated",
                        "elderly_method": "estimated",
                        "floors": floors,
                        "floor_area_m2": np.nan,
                        "units": np.nan,
                        "children_0_3": np.nan,
                        "household_basis": "resident",
                        "role": "inside",
                        "geometry": bar,
                    }
                )
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS)


def _facilities(corners: np.ndarray) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    spots = [
        ("文庙街老年食堂", "ELD.CANTEEN", 0.9, 2.4, "built"),
        ("桂园老年食堂", "ELD.CANTEEN", 0.5, 0.6, "built"),
        ("新桥老年食堂", "ELD.CANTEEN", 2.9, 0.5, "built"),
        ("望溪老年食堂", "ELD.CANTEEN", 3.7, 2.7, "planned"),
        ("老城党群服务中心", "SVC.COMM", 1.2, 1.7, "built"),
        ("河东党群服务中心", "SVC.COMM", 3.1, 1.4, "built"),
        ("学府卫生服务站", "HLT.STATION", 1.5, 0.5, "built"),
        ("渡口卫生服务站", "HLT.STATION", 2.6, 2.5, "built"),
        ("南门菜市场", "COM.MARKET", 1.7, 1.2, "built"),
        ("东塘菜市场", "COM.MARKET", 3.5, 1.1, "under_construction"),
    ]
    rows = []
    for number, (name, facility_class, column, row, status) in enumerate(spots, 1):
        rows.append(
            {
                "facility_id": f"F{number:02d}",
                "name": name,
                "facility_class": facility_class,
                "status": status,
                "opened": 2018.0,
                "floor_area_m2": 300.0,
                "area_basis": "floor",
                "functions": None,
                "address": None,
                "role": "inside",
                "community_id": None,
                "source_note": "",
                "geometry": Point(X0 + column * CELL, Y0 + row * CELL),
            }
        )
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS)
    pairs = frame[["facility_id", "facility_class"]].reset_index(drop=True)
    return frame, pd.DataFrame(pairs)


def _roads(corners: np.ndarray) -> gpd.GeoDataFrame:
    rows: list[dict[str, Any]] = []

    def add(points: Any, name: str | None, kind: str, bridge: str = "no") -> None:
        rows.append(
            {
                "road_id": f"R{len(rows) + 1:04d}",
                "name": name,
                "road_class": kind,
                "walkable": "yes",
                "bridge": bridge,
                "tunnel": "no",
                "layer": 0.0,
                "steps": "no",
                "geometry": LineString(points),
            }
        )

    names = ("新溪路", "建设路", "文庙街", "北环路")
    for row in range(4):
        line = corners[:, row]
        extended = [line[0] - (500, 0), *line, line[-1] + (500, 0)]
        for start, end in pairwise(extended):
            bridge = "yes" if row in (0, 2) and start[0] == line[1][0] else "no"
            kind = "primary" if row in (1, 2) else "secondary"
            add([start, end], names[row], kind, bridge)
    for column in (0, 1, 3, 4):
        line = corners[column]
        extended = [line[0] - (0, 500), *line, line[-1] + (0, 500)]
        add(extended, f"{'府中文纺东'[column]}兴路", "tertiary")
    for column in range(4):
        for row in range(3):
            middle = corners[column : column + 2, row : row + 2].reshape(4, 2).mean(0)
            across, along = np.array([250.0, 0.0]), np.array([0.0, 260.0])
            add([middle - across, middle + across], None, "residential")
            add([middle - along, middle + along], None, "footway")
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS)


def _access(
    buildings: gpd.GeoDataFrame, facilities: gpd.GeoDataFrame, river_x: float
) -> pd.DataFrame:
    """Rectangular metres; across the river by the nearer of two bridges."""
    centre = buildings.geometry.centroid
    x, y = centre.x.to_numpy(), centre.y.to_numpy()
    bridges = (Y0, Y0 + 2 * CELL)
    frames = []
    for facility_class in CLASSES:
        chosen = facilities[
            (facilities["facility_class"] == facility_class)
            & (facilities["status"] == "built")
        ]
        metres = np.full((len(buildings), max(len(chosen), 1)), np.inf)
        for k, (fx, fy) in enumerate(
            zip(chosen.geometry.x, chosen.geometry.y, strict=True)
        ):
            over = np.min([abs(y - b) + abs(fy - b) for b in bridges], axis=0)
            crossing = (x < river_x) != (fx < river_x)
            metres[:, k] = abs(x - fx) + np.where(crossing, over, abs(y - fy)) + 20
        best = metres.argmin(axis=1)
        walk_m = metres.min(axis=1)
        # The last building has no path at all.
        walk_m[-1] = np.inf
        walk_m = np.where(np.isfinite(walk_m), walk_m, np.nan)
        ids = chosen["facility_id"].to_numpy()[best].astype(object)
        ids[np.isnan(walk_m)] = None
        for walker, speed in SPEEDS.items():
            frames.append(
                pd.DataFrame(
                    {
                        "building_id": buildings["building_id"].to_numpy(),
                        "facility_class": facility_class,
                        "walker": walker,
                        "status_set": "built",
                        "walk_m": walk_m,
                        "walk_min": walk_m / speed / 60,
                        "facility_id": pd.Series(ids, dtype="str"),
                    }
                )
            )
    return pd.concat(frames, ignore_index=True)[list(columns.ACCESS)]


def _served(buildings: gpd.GeoDataFrame, access: pd.DataFrame) -> pd.DataFrame:
    joined = access.merge(
        buildings[
            [
                "building_id",
                "community_id",
                "households",
                "persons",
                "elderly",
                "households_method",
            ]
        ],
        on="building_id",
    )
    bands = [*BANDS, (np.nan, np.nan)]
    rows = []
    keys = ["community_id", "facility_class", "walker"]
    for (unit, facility_class, walker), part in joined.groupby(keys, sort=True):
        for weight in ("elderly", "households", "persons"):
            for low, high in bands:
                if np.isnan(low):
                    mask = part["walk_min"].isna()
                else:
                    least = (
                        part["walk_min"] >= 0 if low == 0 else part["walk_min"] > low
                    )
                    mask = least & (part["walk_min"] <= high)
                estimated = mask & (part["households_method"] != "declared")
                rows.append(
                    (
                        "community",
                        unit,
                        facility_class,
                        walker,
                        weight,
                        low,
                        high,
                        float(part.loc[mask, weight].sum()),
                        float(part.loc[estimated, weight].sum()),
                    )
                )
    return pd.DataFrame(rows, columns=list(columns.SERVED))


def _rule(rule_id: str, **changes: Any) -> Rule:
    base: dict[str, Any] = {
        "rule_id": rule_id,
        "book_id": "hefei",
        "title_zh": "老年人助餐 步行15分钟",
        "title_en": "Elderly meals, 15-minute walk",
        "force": "must",
        "kind": "walk_minutes_coverage",
        "op": "<=",
        "value_min": None,
        "value_max": 15.0,
        "unit": "min",
        "tolerance": None,
        "share": None,
        "clause": "",
        "quote": "城区15分钟、县城区20分钟的老年人助餐和服务网络",
        "quote_exact": True,
        "authority": "press",
        "level": "community",
        "settlement": "urban",
        "population": "elderly",
        "classes": ("ELD.CANTEEN",),
        "statuses": ("built",),
        "area_basis": "",
        "walker": "elderly",
        "target_date": None,
    }
    return Rule(**{**base, **changes})


def _books() -> tuple[RuleBook, ...]:
    area = _rule(
        "HF-R01",
        title_zh="社区服务用房 每百户面积",
        title_en="Service rooms per 100 households",
        kind="area_per_100_households",
        op=">=",
        value_min=30.0,
        value_max=None,
        unit="m2_per_100_households",
        quote="分别按每百户不低于30平方米",
        population="households",
        classes=("SVC.COMM",),
        area_basis="floor",
        walker="",
    )
    grids = _rule(
        "DC-R02",
        book_id="decheng",
        title_zh="网格户数 300–500",
        title_en="Households per grid, 300-500",
        kind="households_per_unit",
        op="in",
        value_min=300.0,
        value_max=500.0,
        unit="households",
        tolerance=0.05,
        level="grid",
        quote="网格层面全部按照300至500户左右的标准",
        population="households",
        classes=(),
        walker="",
    )
    source = "中国社区报 2020-01-07"
    return (
        RuleBook(
            "hefei",
            "合肥市社区治理",
            "Hefei",
            "合肥市",
            date(2020, 1, 7),
            "合肥市",
            source,
            "a" * 64,
            (_rule("HF-R10"), area),
        ),
        RuleBook(
            "decheng",
            "德州市德城区",
            "Decheng",
            "德城区",
            None,
            "德城区",
            "德城区",
            "b" * 64,
            (grids,),
        ),
    )


def _row(rule: Rule, unit: dict[str, Any], **values: Any) -> dict[str, Any]:
    base: dict[str, Any] = {
        "rule_id": rule.rule_id,
        "book_id": rule.book_id,
        "kind": rule.kind,
        "level": rule.level,
        "unit_id": unit["id"],
        "unit_name": unit["name"],
        "subdistrict_id": unit["sub"],
        "facility_class": (rule.classes or (None,))[0],
        "measured": np.nan,
        "op": rule.op,
        "threshold_min": np.nan,
        "threshold_max": np.nan,
        "unit_of_measure": rule.unit,
        "verdict": "fail",
        "verdict_tolerant": None,
        "shortfall": 0.0,
        "shortfall_share": 0.0,
        "affected": np.nan,
        "affected_unit": "households",
        "basis": "resident",
        "estimated_share": 0.0,
        "authority": rule.authority,
        "threshold_origin": "source",
        "reason": None,
        "numerator": np.nan,
        "denominator": np.nan,
        "draft": False,
        "grade": "A",
        "target_date": None,
        "target_due": None,
        "inputs_used": "access+people",
        "missing_inputs": None,
        "robust": "holds",
        "depends_on": None,
    }
    return {**base, **values}


def _coverage(
    rule: Rule, served: pd.DataFrame, units: list[dict[str, Any]]
) -> list[Any]:
    rows = []
    part = served[
        (served["facility_class"] == "ELD.CANTEEN")
        & (served["walker"] == "elderly")
        & (served["weight"] == "elderly")
    ]
    for unit in units:
        if unit["name"] == "砖桥社区":
            rows.append(
                _row(
                    rule,
                    unit,
                    unit_of_measure="share",
                    op=">=",
                    threshold_min=0.9,
                    verdict="not_assessed",
                    shortfall=np.nan,
                    shortfall_share=np.nan,
                    reason="checks.class_incomplete",
                    threshold_origin="district",
                    affected_unit="elderly",
                )
            )
            continue
        mine = part[part["unit_id"] == unit["id"]]
        total = mine["amount"].sum()
        reached = mine.loc[mine["minutes_to"] <= 15, "amount"].sum()
        measured = reached / total
        short = max(0.0, 0.9 - measured)
        rows.append(
            _row(
                rule,
                unit,
                measured=measured,
                op=">=",
                threshold_min=0.9,
                unit_of_measure="share",
                verdict="fail" if short else "pass",
                shortfall=short,
                shortfall_share=short / 0.9,
                affected=total - reached,
                affected_unit="elderly",
                estimated_share=0.3,
                threshold_origin="district",
                numerator=reached,
                denominator=total,
            )
        )
    return rows


def _areas(rule: Rule, buildings: gpd.GeoDataFrame, units: list[Any]) -> list[Any]:
    rows = []
    for number, unit in enumerate(units):
        mine = buildings[buildings["community_id"] == unit["id"]]
        households = mine["households"].sum()
        area = 300.0 + 90 * (number % 7)
        measured = area / households * 100
        short = max(0.0, 30.0 - measured)
        rows.append(
            _row(
                rule,
                unit,
                measured=measured,
                threshold_min=30.0,
                verdict="fail" if short else "pass",
                shortfall=short,
                shortfall_share=short / 30,
                numerator=area,
                denominator=households,
                affected=households if short else 0.0,
            )
        )
    return rows


def _grids(communities: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    rows = []
    for community in communities.itertuples():
        left, bottom, right, top = community.geometry.bounds
        cut = (left + right) / 2
        halves = (box(left, bottom, cut, top), box(cut, bottom, right, top))
        for number, half in enumerate(halves, 1):
            rows.append(
                {
                    "grid_id": f"{community.community_id}-G{number}",
                    "community_id": community.community_id,
                    "name": f"{community.name[:2]}第{number}网格",
                    "grid_kind": "居住网格",
                    "locked": "no",
                    "staff": 1.0,
                    "geometry": community.geometry.intersection(half),
                }
            )
    return gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS)


def _grid_rows(
    rule: Rule,
    grids: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    subs: dict[str, str],
) -> list[Any]:
    points = gpd.GeoDataFrame(
        {"households": buildings["households"]},
        geometry=buildings.geometry.centroid,
        crs=CRS,
    )
    rows = []
    for grid in grids.itertuples():
        count = points.loc[points.within(grid.geometry), "households"].sum()
        short = max(300 - count, count - 500, 0.0)
        unit = {"id": grid.grid_id, "name": grid.name, "sub": subs[grid.community_id]}
        rows.append(
            _row(
                rule,
                unit,
                measured=count,
                threshold_min=300.0,
                threshold_max=500.0,
                verdict="fail" if short else "pass",
                shortfall=short,
                shortfall_share=short / (300 if count < 300 else 500),
                verdict_tolerant="pass" if short <= 20 else "fail",
                affected=count if short else 0.0,
            )
        )
    return rows


def _gaps(buildings: gpd.GeoDataFrame, access: pd.DataFrame) -> gpd.GeoDataFrame:
    chosen = access[
        (access["facility_class"] == "ELD.CANTEEN") & (access["walker"] == "elderly")
    ].set_index("building_id")["walk_min"]
    minutes = buildings["building_id"].map(chosen)
    beyond = buildings[(minutes > 15) | minutes.isna()]
    beyond = beyond[beyond["community_id"] != "C12"]
    shape = union_all(beyond.geometry.buffer(32).to_numpy()).buffer(-12)
    parts = list(shape.geoms) if isinstance(shape, MultiPolygon) else [shape]
    rows = []
    for part in parts:
        inside = beyond[beyond.geometry.centroid.within(part)]
        rows.append(
            {
                "rule_id": "HF-R10",
                "facility_class": "ELD.CANTEEN",
                "walker": "elderly",
                "limit_min": 15.0,
                "households": inside["households"].sum(),
                "persons": inside["persons"].sum(),
                "elderly": inside["elderly"].sum(),
                "buildings": len(inside),
                "estimated_share": 0.3,
                "community_ids": ";".join(sorted(set(inside["community_id"]))),
                "building_ids": ";".join(sorted(inside["building_id"])),
                "geometry": part,
            }
        )
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS)
    frame = frame[frame["households"] >= 50].sort_values(
        "households", ascending=False, ignore_index=True
    )
    frame.insert(0, "gap_id", [f"HF-R10-{n}" for n in range(1, len(frame) + 1)])
    return frame[list(columns.GAP_AREAS)]


def _routes(
    gaps: gpd.GeoDataFrame,
    buildings: gpd.GeoDataFrame,
    facilities: gpd.GeoDataFrame,
    access: pd.DataFrame,
) -> gpd.GeoDataFrame:
    places = facilities.set_index("facility_id").geometry
    walks = access[
        (access["facility_class"] == "ELD.CANTEEN") & (access["walker"] == "elderly")
    ].set_index("building_id")
    homes = buildings.set_index("building_id").geometry.centroid
    rows = []
    for gap in gaps.itertuples():
        ids = gap.building_ids.split(";")
        first = walks.loc[ids].dropna(subset=["walk_m"])
        building = first.index[len(first) // 2]
        walk = walks.loc[building]
        start, end = homes[building], places[walk["facility_id"]]
        corner = Y0 + 2 * CELL if start.y > Y0 + CELL else Y0
        path = [(start.x, start.y), (start.x, corner), (end.x, corner), (end.x, end.y)]
        rows.append(
            {
                "gap_id": gap.gap_id,
                "rule_id": gap.rule_id,
                "building_id": building,
                "facility_id": walk["facility_id"],
                "walk_m": walk["walk_m"],
                "walk_min": walk["walk_min"],
                "straight_m": start.distance(end),
                "geometry": LineString(path),
            }
        )
    frame = gpd.GeoDataFrame(rows, geometry="geometry", crs=CRS)
    return frame[list(columns.ROUTES)]


def _isochrones(facilities: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    chosen = facilities[
        (facilities["facility_class"] == "ELD.CANTEEN")
        & (facilities["status"] == "built")
    ]
    rows = []
    for walker, speed in SPEEDS.items():
        for limit in (5.0, 10.0, 15.0, 20.0):
            reach = [
                affinity.rotate(point.buffer(limit * 60 * speed / 1.2, quad_segs=1), 45)
                for point in chosen.geometry
            ]
            rows.append(("ELD.CANTEEN", walker, limit, union_all(reach)))
    names = ["facility_class", "walker", "limit_min", "geometry"]
    return gpd.GeoDataFrame(rows, columns=names, geometry="geometry", crs=CRS)


def _empty(names: list[str], crs: str | None = CRS) -> gpd.GeoDataFrame:
    data = {name: pd.Series(dtype="str") for name in names}
    return gpd.GeoDataFrame(data, geometry=gpd.GeoSeries([], crs=crs), crs=crs)


def _circles() -> gpd.GeoDataFrame:
    rows = {
        "circle_id": ["Q1", "Q2"],
        "tier": ["15min", "block"],
        "name": ["渡口生活圈", None],
        "build": pd.Series([None, "old_city"], dtype=object),
        "outside_share": [0.0, 0.125],
    }
    shapes = [box(X0, Y0, X0 + 1200, Y0 + 900), box(X0, Y0, X0 + 200, Y0 + 150)]
    return gpd.GeoDataFrame(rows, geometry=shapes, crs=CRS)


def _projects() -> gpd.GeoDataFrame:
    rows = {
        "project_id": ["P1", "P2"],
        "status": ["built", "planned"],
        "floor_area_m2": [5000.0, 12_000.0],
        "year": [2019.0, np.nan],
    }
    shapes = [Point(X0 + 50, Y0 + 50), Point(X0 + 90, Y0 + 70)]
    return gpd.GeoDataFrame(rows, geometry=shapes, crs=CRS)


def _config(disclosure: str, name: str) -> DistrictConfig:
    return DistrictConfig(
        district_id="linxi",
        name=name,
        name_en="Linxi District",
        path=Path("/somewhere/linxi/district.toml"),
        crs=CRS,
        as_of=date(2025, 10, 31),
        sources=(
            Source(
                table="communities",
                path=Path("/somewhere/linxi/社区.shp"),
                encoding="gbk",
                crs="EPSG:4490",
                household_basis="resident",
                columns={"community_id": "社区编码"},
                as_of=date(2025, 10, 1),
            ),
        ),
        synthetic=True,
        disclosure=disclosure,  # type: ignore[arg-type]
        adopted_books=("hefei", "decheng"),
        shares={"HF-R10": 0.9},
        walkers={name: Walker(name, speed, "示例") for name, speed in SPEEDS.items()},
        persons_per_household=2.6,
        elderly_share=0.19,
        isochrone_classes=("ELD.CANTEEN",),
    )


def _district(config: DistrictConfig, frames: dict[str, Any]) -> District:
    none = {
        "rooms": [
            "facility_id",
            "facility_class",
            "floor_area_m2",
            "area_basis",
            "shared_use",
        ],
        "serves": ["facility_id", "unit_id", "share", "origin"],
        "rejected": ["file", "layer", "row", "reason", "cells"],
    }
    tables = {
        key: pd.DataFrame({name: pd.Series(dtype="str") for name in names})
        for key, names in none.items()
    }
    return District(
        config=config,
        crs=CRS,
        circles=_circles(),
        projects=_projects(),
        gates=_empty(["gate_id", "compound_id", "name", "open"]),
        barriers=_empty(["barrier_id", "name", "barrier_kind"]),
        complete_classes=frozenset({"ELD.CANTEEN"}),
        row_counts=pd.DataFrame(
            [("communities", "社区.shp", "", 13, 12, 1, 0, 0, 0)],
            columns=list(columns.ROW_COUNTS),
        ),
        problems=(
            Problem(
                "problems.negative",
                {"value": "-3"},
                "warning",
                "楼栋.xlsx",
                "",
                14,
                "户数",
            ),
        ),
        **tables,
        **frames,
    )


def _grid_plan(district: District) -> GridPlan:
    """A plan made by hand: buildings in order, a new grid at every 500 households."""
    settings = district.config.regrid
    buildings = district.buildings
    grid_of: dict[str, str] = {}
    for community, rows in buildings.groupby("community_id", sort=True):
        number, households = 1, 0.0
        for row in rows.sort_values(["compound_id", "building_id"]).itertuples():
            if households + row.households > settings.households[1]:
                number, households = number + 1, 0.0
            households += row.households
            grid_of[row.building_id] = f"{community}-G{number}"
    plan, _ = edited_plan(prepare(district, settings), pd.Series(grid_of), settings)
    return plan


def sample_study(
    *, disclosure: str = "internal", rename: str | None = None, seed: int = 7
) -> Assessment:
    """The study; ``rename`` becomes the name of the first of everything."""
    rng = np.random.default_rng(seed)
    corners = _corners(rng)
    communities = _communities(corners)
    river = _river(corners)
    blocks = _blocks(communities, river)
    buildings = _buildings(rng, blocks)
    facilities, facility_classes = _facilities(corners)
    roads, grids = _roads(corners), _grids(communities)
    green = (
        communities.geometry.iloc[4]
        .buffer(-30)
        .intersection(Point(X0 + 100, Y0 + 1.7 * CELL).buffer(150))
    )
    land = gpd.GeoDataFrame(
        {"land_kind": ["water", "green"], "name": ["青溪", "南门公园"]},
        geometry=[river, green],
        crs=CRS,
    )
    if rename is not None:
        for frame in (communities, blocks, buildings, facilities, roads, grids, land):
            frame.loc[0, "name"] = rename
            if "subdistrict_name" in frame:
                frame.loc[0, "subdistrict_name"] = rename
    access = _access(buildings, facilities, corners[2, :, 0].mean())
    served = _served(buildings, access)
    books = _books()
    units = [
        {"id": row.community_id, "name": row.name, "sub": row.subdistrict_id}
        for row in communities.itertuples(index=False)
    ]
    subs = dict(
        zip(communities["community_id"], communities["subdistrict_id"], strict=True)
    )
    (coverage, area), (size,) = books[0].rules, books[1].rules
    rows = [
        *_grid_rows(size, grids, buildings, subs),
        *_areas(area, buildings, units),
        *_coverage(coverage, served, units),
    ]
    findings = pd.DataFrame(rows, columns=list(columns.FINDINGS))
    gaps = _gaps(buildings, access)
    shortfalls = findings.loc[
        findings["verdict"] == "fail", list(columns.SHORTFALLS)
    ].reset_index(drop=True)
    totals = pd.DataFrame(
        [("community", "C01", "钟楼社区", "resident", 2900.0, 2876.0, -24.0, 0.31)],
        columns=list(columns.TOTALS),
    )
    config = _config(disclosure, rename or "临溪区")
    district = _district(
        config,
        {
            "communities": communities,
            "compounds": blocks,
            "buildings": buildings,
            "facilities": facilities,
            "facility_classes": facility_classes,
            "roads": roads,
            "grids": grids,
            "land": land,
        },
    )
    found = Findings(rows=findings, books=books, totals=totals)
    return Assessment(
        district=district,
        access=access,
        findings=found,
        gaps=Gaps(areas=gaps, shortfalls=shortfalls),
        served=served,
        dashboard=dashboard(district, found),
        reached=roll_up_reach(district, access, found),
        missing_area=roll_up_area(district, found),
        isochrones=_isochrones(facilities),
        routes=_routes(gaps, buildings, facilities, access),
        network_report=pd.DataFrame(
            {"item": ["segments"], "value": [220.0], "unit": ["条"]}
        ),
        manifest={
            "made_at": "2025-11-20T08:00:00+00:00",
            "district": {"id": config.district_id, "name": config.name},
            "versions": {"lifecircle": "0.1.0"},
            "inputs": [
                {"file": "社区.shp", "table": "communities", "sha256": "c" * 64}
            ],
            "rows": district.row_counts.to_dict("records"),
            "rule_books": [
                {"book_id": book.book_id, "sha256": book.sha256, "title": book.title_zh}
                for book in books
            ],
            "settings": {"crs": CRS, "disclosure": disclosure},
        },
        grid_plan=_grid_plan(district),
        community_plan=merge_communities(district, households=(2400, 6400)),
    )


def remade(study: Assessment, **changes: Any) -> Assessment:
    """The study with some of its parts replaced."""
    return replace(study, **changes)

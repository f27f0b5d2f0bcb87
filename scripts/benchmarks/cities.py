"""A made-up city as files, GeoPackage or GeoParquet, with its district file.

Blocks of 240 m lie on a lattice, sixty buildings in each; a community is four by four
blocks. Streets run around the blocks in pieces of 60 m, paths across their inside.
Nine in ten buildings say their households, eight in ten their floor area. There is
one facility to ten buildings, its class under the source's own label, and a room to
ten facilities. Every layer has columns that the district file does not name, as
files of an office do.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

CRS = "EPSG:4548"
ORIGIN_M = np.array([480_000.0, 3_500_000.0])
BLOCK_M, STREET_M, SLOTS, PER_BLOCK = 240.0, 30.0, 8, 60
COMMUNITY_BLOCKS = 4
LABELS = {
    "药店": "HLT.PHARM",
    "便利店": "COM.CONV",
    "幼儿园": "CHD.KG",
    "小学": "EDU.PRIMARY",
    "老年食堂": "ELD.CANTEEN",
    "社区卫生服务站": "HLT.STATION",
    "菜市场": "COM.MARKET",
    "社区服务站": "SVC.COMM",
    "公园": "OPEN.PARK",
    "健身点": "SPT.POINT",
}
LAYERS = ("社区", "楼栋", "设施", "道路")
ROOMS = "房间.csv"

_DISTRICT = """[district]
id = "benchmark"
name = "测速市"
crs = "{crs}"
as_of = 2026-06-30
settlement = "urban"

[households]
floor_area_per_household_m2 = 95.0
persons_per_household = 2.6
elderly_share = 0.19

[rules]
adopt = ["tdt1062-2021"]
"""
_COLUMNS = {
    "communities": {
        "community_id": "社区编码",
        "name": "社区名称",
        "subdistrict_id": "街道编码",
        "subdistrict_name": "街道名称",
    },
    "buildings": {
        "building_id": "编号",
        "name": "楼栋名称",
        "address": "地址",
        "households": "户数",
        "floors": "层数",
        "floor_area_m2": "建筑面积",
    },
    "facilities": {
        "facility_id": "编号",
        "name": "名称",
        "facility_class": "类别",
        "floor_area_m2": "建筑面积",
        "opened": "启用年份",
    },
    "roads": {
        "road_id": "编号",
        "name": "路名",
        "road_class": "等级",
        "bridge": "桥",
        "layer": "层",
    },
    "rooms": {
        "facility_id": "设施编号",
        "facility_class": "用途",
        "floor_area_m2": "面积",
    },
}


def write_city(
    folder: Path, buildings: int, *, suffix: str = ".gpkg", seed: int = 7
) -> Path:
    """Write a city of so many buildings; the path of its district file.

    A GeoPackage holds all layers, GeoParquet has a file for each; rooms are a CSV.
    """
    text = _DISTRICT.format(crs=CRS)
    words = ", ".join(f'"{label}" = "{code}"' for label, code in LABELS.items())
    frames = made_up_city(buildings, seed=seed)
    for (table, columns), frame, layer in zip(
        _COLUMNS.items(), frames, (*LAYERS, ""), strict=True
    ):
        mapped = ", ".join(f'{ours} = "{theirs}"' for ours, theirs in columns.items())
        text += f"\n[[sources.{table}]]\n"
        text += _write(frame, folder, layer, suffix)
        text += f"columns = {{ {mapped} }}\n"
        if table in ("facilities", "rooms"):
            text += f"values.facility_class = {{ {words} }}\n"
    path = folder / "district.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _write(frame: pd.DataFrame, folder: Path, layer: str, suffix: str) -> str:
    """Write a table; the lines of the district file that say where it is."""
    if not layer:
        frame.to_csv(folder / ROOMS, index=False)
        return f'path = "{ROOMS}"\n'
    if suffix == ".parquet":
        frame.to_parquet(folder / f"{layer}.parquet")
        return f'path = "{layer}.parquet"\ncrs = "{CRS}"\n'
    frame.to_file(folder / f"city{suffix}", layer=layer)
    return f'path = "city{suffix}"\nlayer = "{layer}"\ncrs = "{CRS}"\n'


def made_up_city(buildings: int, *, seed: int) -> tuple[pd.DataFrame, ...]:
    """Communities, buildings, facilities, roads and rooms of a city."""
    random = np.random.default_rng(seed)
    blocks = -(-buildings // PER_BLOCK)
    side = int(np.ceil(np.sqrt(blocks)))
    side += -side % COMMUNITY_BLOCKS
    homes = _buildings(buildings, side, random)
    facilities = _facilities(homes, random)
    return (
        _communities(side),
        homes,
        facilities,
        _roads(buildings * 3 // 10, side, random),
        _rooms(facilities, random),
    )


def _ids(prefix: str, count: int) -> np.ndarray:
    return np.array([f"{prefix}{place:07d}" for place in range(count)], dtype=object)


def _frame(values: dict[str, Any], shapes: np.ndarray) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame(values, geometry=shapes, crs=CRS)


def _communities(side: int) -> gpd.GeoDataFrame:
    per_side = side // COMMUNITY_BLOCKS
    row, column = np.divmod(np.arange(per_side**2), per_side)
    size = BLOCK_M * COMMUNITY_BLOCKS
    low = ORIGIN_M + size * np.column_stack([column, row])
    district = row // 4 * (per_side // 4 + 1) + column // 4
    return _frame(
        {
            "社区编码": [f"510104{place:06d}" for place in range(len(row))],
            "社区名称": [f"第{place + 1}社区" for place in range(len(row))],
            "街道编码": [f"510104{place:03d}" for place in district],
            "街道名称": [f"第{place + 1}街道" for place in district],
            "备注": np.full(len(row), "", dtype=object),
        },
        shapely.box(*low.T, *(low + size).T),
    )


def _buildings(count: int, side: int, random: np.random.Generator) -> gpd.GeoDataFrame:
    """Slabs, a fifth of them L-shaped, a tenth turned, in slots of their block."""
    block, place = np.divmod(np.arange(count), PER_BLOCK)
    row, column = np.divmod(block, side)
    slot = (BLOCK_M - STREET_M) / SLOTS
    inside = np.column_stack([place % SLOTS, place // SLOTS]) * slot + STREET_M / 2
    middle = ORIGIN_M + BLOCK_M * np.column_stack([column, row]) + inside + slot / 2
    half = random.uniform([5.0, 3.5], [9.0, 6.0], (count, 2))
    bent = random.random(count) < 0.2
    turn = np.where(random.random(count) < 0.1, random.uniform(0.0, 1.5, count), 0.0)
    xy, ring = _corners(half, bent)
    spin = np.column_stack([np.cos(turn), np.sin(turn)])[ring]
    turned = np.column_stack(
        [
            xy[:, 0] * spin[:, 0] - xy[:, 1] * spin[:, 1],
            xy[:, 0] * spin[:, 1] + xy[:, 1] * spin[:, 0],
        ]
    )
    rings = shapely.linearrings(np.round(turned + middle[ring], 3), indices=ring)
    shapes = shapely.polygons(rings)
    floors = random.integers(1, 34, count)
    area = np.round(shapely.area(shapes) * floors * random.uniform(0.8, 1.1, count), 1)
    known = random.random((count, 2)) < (0.9, 0.8)
    # Whoever does not say households says the floor area.
    known[:, 1] |= ~known[:, 0]
    homes = np.maximum(1, np.round(area / 95.0))
    return _frame(
        {
            "编号": _ids("510104B", count),
            "楼栋名称": [
                f"春江{one + 1}苑{two + 1}号楼"
                for one, two in zip(block.tolist(), place.tolist(), strict=True)
            ],
            "地址": [f"锦绣路{one + 1}号" for one in block.tolist()],
            "户数": np.where(known[:, 0], homes, np.nan),
            "层数": floors,
            "建筑面积": np.where(known[:, 1], area, np.nan),
            "结构": random.choice(["砖混", "框架", "剪力墙"], count),
            "建成年份": random.integers(1980, 2026, count),
        },
        shapes,
    )


def _corners(half: np.ndarray, bent: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Corners around the middle, and whose they are: rectangles and L-shapes."""
    square = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], dtype=float)
    angle = np.array([(-1, -1), (1, -1), (1, 0), (0, 0), (0, 1), (-1, 1)], dtype=float)
    parts = [
        (
            (half[chosen][:, None] * corners).reshape(-1, 2),
            np.repeat(chosen, len(corners)),
        )
        for chosen, corners in (
            (np.flatnonzero(~bent), square),
            (np.flatnonzero(bent), angle),
        )
    ]
    xy, ring = (np.concatenate(part) for part in zip(*parts, strict=True))
    order = np.argsort(ring, kind="stable")
    return xy[order], ring[order]


def _facilities(
    homes: gpd.GeoDataFrame, random: np.random.Generator
) -> gpd.GeoDataFrame:
    """A facility at one building in ten, in front of it."""
    chosen = np.sort(random.choice(len(homes), len(homes) // 10, replace=False))
    box = homes.bounds.to_numpy()[chosen]
    label = random.choice(list(LABELS), len(chosen))
    names = zip(range(len(chosen)), label.tolist(), strict=True)
    area = np.round(random.uniform(30.0, 900.0, len(chosen)), 1)
    return _frame(
        {
            "编号": _ids("510104F", len(chosen)),
            "名称": [f"惠民{place + 1}号{kind}" for place, kind in names],
            "类别": label,
            "建筑面积": np.where(random.random(len(chosen)) < 0.7, area, np.nan),
            "启用年份": random.integers(1990, 2026, len(chosen)),
            "电话": [f"028-{8000_0000 + place}" for place in range(len(chosen))],
        },
        shapely.points(np.round((box[:, 0] + box[:, 2]) / 2, 3), box[:, 1] - 1.0),
    )


def _rooms(facilities: gpd.GeoDataFrame, random: np.random.Generator) -> pd.DataFrame:
    """A room of 20 m² in one facility of ten."""
    rows = facilities.iloc[::10]
    return pd.DataFrame(
        {
            "设施编号": rows["编号"].to_numpy(),
            "用途": random.choice(["老年食堂", "社区服务站"], len(rows)),
            "面积": 20.0,
        }
    )


def _roads(count: int, side: int, random: np.random.Generator) -> gpd.GeoDataFrame:
    """Streets around the blocks, then paths across them, as many as are asked for."""
    pieces = int(BLOCK_M / 60.0)
    along, line = np.divmod(np.arange(2 * (side + 1) * side * pieces), side + 1)
    upright, along = along % 2 == 1, along // 2 * 60.0
    across = line * BLOCK_M
    start = np.where(upright[:, None], np.stack([across, along], 1), 0.0)
    start = np.where(upright[:, None], start, np.stack([along, across], 1))
    step = np.where(upright[:, None], (0.0, 60.0), (60.0, 0.0))
    first = np.concatenate([start, random.uniform(0.0, side * BLOCK_M, (count, 2))])
    step = np.concatenate([step, random.normal(0.0, 60.0, (count, 2))])[:count]
    first = first[:count]
    bow = first + step / 2 + random.normal(0.0, 2.0, step.shape) * (first % 60.0 > 0.0)
    xy = np.round(np.stack([first, bow, first + step], axis=1) + ORIGIN_M, 3)
    street = np.arange(count) < len(start)
    kinds = np.where(line % 4 == 0, "secondary", "residential")
    kind = np.full(count, "footway", dtype=object)
    kind[street] = kinds[: street.sum()]
    number = np.concatenate([line, random.integers(0, 9999, count)])[:count]
    bridge = random.random(count) < 0.01
    return _frame(
        {
            "编号": _ids("510104R", count),
            "路名": [f"锦绣{one}路" for one in number.tolist()],
            "等级": kind,
            "桥": np.where(bridge, "是", "否"),
            "层": bridge.astype(np.int64),
            "宽度": np.round(random.uniform(2.0, 40.0, count), 1),
        },
        shapely.linestrings(xy),
    )

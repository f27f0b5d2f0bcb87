"""The demo's files, read as plain files, and a plain networkx graph of its roads.

Nothing of lifecircle's engine is used: not its reader, not its network, not its
walks. What ``truth.toml`` says is checked against the files alone.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import networkx as nx
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from shapely import Point

FOLDER = Path(__file__).parents[2] / "data" / "demo"
PLANE = "EPSG:4548"


def from_gcj02(lon, lat):
    """Invert the shift by stepping back; our own, to test with another hand."""
    from lifecircle.demo.shift import to_gcj02

    x, y = lon.copy(), lat.copy()
    for _ in range(12):
        there = to_gcj02(x, y)
        x, y = x + lon - there[0], y + lat - there[1]
    return x, y


@dataclass
class Walk:
    """Roads as a graph of vertices; a point joins at the nearest piece it may use."""

    graph: nx.Graph
    pieces: np.ndarray
    ends: list
    walls: np.ndarray
    within: list[np.ndarray]
    outer: np.ndarray

    def join(self, point: Point) -> list[tuple[tuple[float, float], float]]:
        """Join the nearest piece: behind the same wall, or outside all walls."""
        behind = np.flatnonzero(shapely.contains(self.walls, point))
        usable = self.within[behind[0]] if len(behind) else self.outer
        gaps = shapely.distance(self.pieces[usable], point)
        piece = int(usable[int(np.argmin(gaps))])
        line = self.pieces[piece]
        along, off = line.project(point), float(gaps.min())
        a, b = self.ends[piece]
        return [(a, off + along), (b, off + line.length - along)]

    def metres(self, start: Point) -> dict:
        """Metres from a point to every vertex."""
        seeds = dict(self.join(start))
        graph = self.graph
        graph.add_node("start")
        for node, metres in seeds.items():
            graph.add_edge("start", node, m=metres)
        found = nx.single_source_dijkstra_path_length(graph, "start", weight="m")
        graph.remove_node("start")
        return found

    def between(self, start: Point, end: Point) -> float:
        found = self.metres(start)
        return min(found[node] + rest for node, rest in self.join(end))


@dataclass
class Files:
    """Tables of the demo, straight from disk."""

    buildings: gpd.GeoDataFrame
    communities: gpd.GeoDataFrame
    layers: dict
    facilities: gpd.GeoDataFrame
    rooms: pd.DataFrame
    truth: dict

    def fact(self, number: str) -> dict:
        return next(f for f in self.truth["fact"] if f["id"] == number)

    def expect(self, number: str, kind: str) -> dict:
        return next(e for e in self.fact(number)["expect"] if e["kind"] == kind)

    def building(self, building_id: str) -> Point:
        shape = self.buildings.set_index("楼栋编码").geometry[building_id]
        return shape.centroid

    def facility(self, facility_id: str) -> Point:
        return self.facilities.set_index("编号").geometry[facility_id]


def read_files(folder: Path) -> Files:
    def spatial(name, **more):
        return pyogrio.read_dataframe(folder / name, **more).to_crs(PLANE)

    package = "基础地理.gpkg"
    layers = {
        n: spatial(package, layer=n) for n, _ in pyogrio.list_layers(folder / package)
    }
    points = pd.read_csv(folder / "地图点位.csv", encoding="utf-8-sig")
    lon, lat = from_gcj02(points["经度"].to_numpy(), points["纬度"].to_numpy())
    ledger = pd.read_excel(folder / "设施台账.xlsx", sheet_name="设施", header=2)
    ledger = ledger.rename(
        columns={"设施编号": "编号", "设施名称": "名称", "功能": "类别"}
    )
    both = pd.concat(
        [
            points.assign(x=lon, y=lat),
            ledger.assign(x=ledger["经度"], y=ledger["纬度"], 状态="营业"),
        ],
        ignore_index=True,
    )
    shapes = gpd.points_from_xy(both["x"], both["y"], crs="EPSG:4490")
    return Files(
        spatial("楼栋.shp", encoding="gbk"),
        spatial("社区.shp", encoding="gbk"),
        layers,
        gpd.GeoDataFrame(both, geometry=shapes).to_crs(PLANE),
        pd.read_excel(folder / "设施台账.xlsx", sheet_name="用房", header=2),
        tomllib.loads((folder / "truth.toml").read_text(encoding="utf-8")),
    )


@pytest.fixture(scope="session")
def files() -> Files:
    return read_files(FOLDER)


@pytest.fixture(scope="session")
def walk(files: Files) -> Walk:
    graph, pieces, ends = nx.Graph(), [], []
    for line in files.layers["道路"].geometry:
        coords = [tuple(np.round(xy, 3)) for xy in line.coords]
        for a, b in pairwise(coords):
            piece = shapely.LineString([a, b])
            pieces.append(piece)
            ends.append((a, b))
            graph.add_edge(a, b, m=piece.length)
    compounds = files.layers["小区"]
    walls = compounds.geometry[compounds["封闭"] == "是"].to_numpy()
    pieces = np.array(pieces, dtype=object)
    middles = shapely.line_interpolate_point(pieces, 0.5, normalized=True)
    piece, wall = shapely.STRtree(walls).query(middles, predicate="within")
    within = [piece[wall == i] for i in range(len(walls))]
    outer = np.setdiff1d(np.arange(len(pieces)), piece)
    return Walk(graph, pieces, ends, walls, within, outer)


@pytest.fixture(scope="session")
def canteen_m(files: Files, walk: Walk) -> pd.DataFrame:
    """Metres of every building to every open canteen."""
    open_ones = files.facilities[
        (files.facilities["类别"] == "老年食堂") & (files.facilities["状态"] == "营业")
    ]
    joins = [walk.join(p.centroid) for p in files.buildings.geometry]
    columns = {}
    for number, point in zip(open_ones["编号"], open_ones.geometry, strict=True):
        found = walk.metres(point)
        columns[number] = [min(found[n] + m for n, m in join) for join in joins]
    return pd.DataFrame(columns, index=files.buildings["楼栋编码"])

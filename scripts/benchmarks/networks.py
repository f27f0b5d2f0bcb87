"""Networks to measure on: seeded made-up towns and real extracts, as plain arrays.

A made-up town is a jittered grid of junctions 60 m apart whose streets are removed
one in five, nodes numbered along a Morton curve as in ``WalkNetwork``: planar,
irregular, 3.2 streets a junction, mostly one component.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import shapely
from pyproj import Transformer
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components

from lifecircle.model import DistrictConfig, WalkNetwork
from lifecircle.network.snap import morton

ROOT = Path(__file__).resolve().parents[2]
SPACING_M = 60.0
KEPT_SHARE = 0.8
KINDS = 10
WALKED = frozenset(
    (
        *("trunk", "primary", "secondary", "tertiary", "unclassified", "residential"),
        *("trunk_link", "primary_link", "secondary_link", "tertiary_link", "road"),
        *("living_street", "service", "pedestrian", "track", "footway", "path"),
        *("steps", "bridleway", "corridor", "cycleway"),
    )
)


def data_folder() -> Path | None:
    """Folder of the shared real data, if it is there."""
    folder = Path(os.environ.get("LIFECIRCLE_DATA", ROOT.parent / "shared" / "data"))
    return folder if folder.is_dir() else None


def class_sizes(nodes: int) -> list[int]:
    """Facilities of ten classes, from one per 5,000 nodes to one per 100."""
    return np.geomspace(nodes / 5000, nodes / 100, KINDS).astype(int).tolist()


def only_roads(roads: gpd.GeoDataFrame) -> SimpleNamespace:
    """What ``build_network`` reads of a district that has nothing but roads."""
    columns = {
        "compounds": ("compound_id", "gated"),
        "gates": ("gate_id", "compound_id", "open"),
        "barriers": ("barrier_id", "barrier_kind"),
        "buildings": ("building_id",),
        "facilities": ("facility_id",),
    }
    tables = {
        table: gpd.GeoDataFrame(
            {name: np.array([], dtype=object) for name in names},
            geometry=gpd.GeoSeries([], crs=roads.crs),
        )
        for table, names in columns.items()
    }
    crs = f"EPSG:{roads.crs.to_epsg()}"
    config = DistrictConfig(
        district_id="benchmark",
        name="benchmark",
        path=Path("district.toml"),
        crs=crs,
        as_of=date(2026, 6, 30),
        sources=(),
    )
    return SimpleNamespace(
        roads=roads, crs=crs, config=config, elevation=None, **tables
    )


@dataclass(frozen=True)
class Town:
    """Streets as arrays: node coordinates, ends and lengths of segments."""

    name: str
    xy: np.ndarray
    ends: np.ndarray
    length_m: np.ndarray

    @cached_property
    def matrix(self) -> csr_matrix:
        """Both directions as a scipy matrix; parallel streets keep the shortest."""
        start = np.concatenate([self.ends[:, 0], self.ends[:, 1]]).astype(np.int64)
        end = np.concatenate([self.ends[:, 1], self.ends[:, 0]]).astype(np.int64)
        length = np.concatenate([self.length_m, self.length_m])
        order = np.lexsort((length, end, start))
        start, end, length = start[order], end[order], length[order]
        first = np.ones(len(start), dtype=bool)
        first[1:] = (start[1:] != start[:-1]) | (end[1:] != end[:-1])
        count = len(self.xy)
        return csr_matrix(
            (length[first], (start[first], end[first])), shape=(count, count)
        )

    @cached_property
    def component(self) -> np.ndarray:
        """Component of every node, 0 = the one of most nodes."""
        label = connected_components(self.matrix, directed=False)[1]
        rank = np.empty(label.max() + 1, np.int32)
        rank[np.argsort(-np.bincount(label), kind="stable")] = np.arange(len(rank))
        return rank[label]

    def main_nodes(self) -> np.ndarray:
        """Nodes of the main component."""
        return np.flatnonzero(self.component == 0)

    def network(self) -> WalkNetwork:
        """The town as a ``WalkNetwork``."""
        ends = self.ends.astype(np.int32)
        start = np.concatenate([ends[:, 0], ends[:, 1]])
        end = np.concatenate([ends[:, 1], ends[:, 0]])
        both = np.concatenate([self.length_m, self.length_m])
        order = np.lexsort((both, end, start))
        indptr = np.zeros(len(self.xy) + 1, np.int32)
        indptr[1:] = np.cumsum(np.bincount(start, minlength=len(self.xy)))
        segment = np.tile(np.arange(len(ends), dtype=np.int32), 2)[order]
        return WalkNetwork(
            crs="EPSG:32650",
            node_xy=self.xy,
            segment_nodes=ends,
            segment_length_m=self.length_m,
            segment_compound=np.full(len(ends), -1, np.int32),
            segment_kind=np.full(len(ends), "street", dtype=object),
            indptr=indptr,
            neighbour=end[order],
            edge_segment=segment,
            edge_length_m=both[order],
            component=self.component,
            compound_ids=(),
            cuts=gpd.GeoDataFrame(
                {"cut_by": [], "barrier_id": []}, geometry=[], crs="EPSG:32650"
            ),
        )


def in_morton_order(name: str, xy: np.ndarray, ends: np.ndarray) -> Town:
    """A town from straight segments, nodes and segments in Morton order."""
    curve = np.argsort(morton(xy), kind="stable")
    number = np.empty(len(xy), np.int32)
    number[curve] = np.arange(len(xy), dtype=np.int32)
    ends = np.sort(number[ends], axis=1)
    ends = ends[np.lexsort((ends[:, 1], ends[:, 0]))]
    xy = np.ascontiguousarray(xy[curve])
    length_m = np.hypot(*(xy[ends[:, 0]] - xy[ends[:, 1]]).T)
    keep = length_m > 0
    return Town(name, xy, np.ascontiguousarray(ends[keep]), length_m[keep])


def made_up(nodes: int, *, seed: int = 20260630) -> Town:
    """A made-up town of about so many nodes, the same for the same seed."""
    side = round(nodes**0.5)
    random = np.random.default_rng(seed)
    column, row = np.meshgrid(np.arange(side), np.arange(side))
    xy = np.column_stack([column.ravel(), row.ravel()]) * SPACING_M
    xy = xy + random.uniform(-0.3, 0.3, xy.shape) * SPACING_M
    number = np.arange(side * side).reshape(side, side)
    ends = np.vstack(
        [
            np.column_stack([number[:, :-1].ravel(), number[:, 1:].ravel()]),
            np.column_stack([number[:-1].ravel(), number[1:].ravel()]),
        ]
    )
    ends = ends[random.random(len(ends)) < KEPT_SHARE]
    corner = np.array([500_000, 3_500_000])
    return in_morton_order(f"synthetic-{nodes}", np.round(xy + corner, 3), ends)


def from_lines(name: str, xy: np.ndarray) -> Town:
    """A town from straight lines (n, 4) that meet where their ends are the same."""
    points, number = np.unique(
        np.round(xy.reshape(-1, 2), 3), axis=0, return_inverse=True
    )
    return in_morton_order(name, points, number.reshape(-1, 2))


def read_osm(path: Path, name: str, epsg: int) -> Town:
    """Walkable streets of an OSM extract, by pyogrio, noded at shared vertices."""
    roads = gpd.read_file(path, layer="lines", columns=["highway"])
    roads = roads[roads["highway"].isin(WALKED)]
    return from_lines(name, _pieces(roads.to_crs(epsg)))


def _pieces(roads: gpd.GeoDataFrame) -> np.ndarray:
    parts = roads.geometry.explode().to_numpy()
    xy, row = shapely.get_coordinates(parts, return_index=True)
    follows = row[1:] == row[:-1]
    return np.hstack([xy[:-1][follows], xy[1:][follows]])


def xian(folder: Path) -> Town:
    """Streets of all Xi'an."""
    roads = gpd.read_file(folder / "xian" / "roads_osm_xian.shp", encoding="gbk")
    roads = roads[roads["fclass"].isin(WALKED)]
    return from_lines("xian", _pieces(roads))


def real_towns() -> dict[str, tuple[Path, object]]:
    """Name -> reader of each real town whose data are there."""
    folder = data_folder()
    if folder is None:
        return {}
    osm = folder / "osm"
    towns = {
        "porto": lambda: read_osm(osm / "porto_portugal.osm.pbf", "porto", 32629),
        "heidelberg": lambda: read_osm(
            osm / "heidelberg.test.pbf", "heidelberg", 32632
        ),
        "xian": lambda: xian(folder),
    }
    return towns


def to_wgs84(xy: np.ndarray, epsg: int) -> np.ndarray:
    """Degrees east and north."""
    return np.column_stack(
        Transformer.from_crs(epsg, 4326, always_xy=True).transform(*xy.T)
    )


def simplified(town: Town) -> Town:
    """The town without nodes of two streets: chains joined, lengths added."""
    degree = np.bincount(town.ends.ravel(), minlength=len(town.xy))
    around: list[list[tuple[int, int]]] = [[] for _ in range(len(town.xy))]
    for street, (start, end) in enumerate(town.ends.tolist()):
        around[start].append((end, street))
        around[end].append((start, street))
    length = town.length_m.tolist()
    used = bytearray(len(town.ends))
    joined = []
    for node in np.flatnonzero(degree != 2).tolist():
        for first, street in around[node]:
            if used[street]:
                continue
            here, metres = first, length[street]
            used[street] = 1
            while degree[here] == 2:
                other = next(way for way in around[here] if not used[way[1]])
                used[other[1]] = 1
                metres += length[other[1]]
                here = other[0]
            if here != node:
                joined.append((node, here, metres))
    table = np.array(joined)
    kept, number = np.unique(table[:, :2].astype(int), return_inverse=True)
    ends = np.sort(number.reshape(-1, 2), axis=1).astype(np.int32)
    order = np.lexsort((table[:, 2], ends[:, 1], ends[:, 0]))
    return Town(
        f"{town.name}-simplified", town.xy[kept], ends[order], table[order, 2].copy()
    )

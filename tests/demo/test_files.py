"""The demo's files: as planners get them, the same bytes every time, lifelike."""

from __future__ import annotations

import tomllib
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import openpyxl
import pyogrio
import shapely

from lifecircle.demo import write_demo

FOLDER = Path(__file__).parents[2] / "data" / "demo"
WRITTEN = {
    *("district.toml", "qingxi.toml", "truth.toml", "地图点位.csv", "设施台账.xlsx"),
    *(
        "基础地理.gpkg",
        *(
            f"{n}.{s}"
            for n in ("楼栋", "社区")
            for s in ("cpg", "dbf", "prj", "shp", "shx")
        ),
    ),
}


def test_the_committed_demo_is_what_the_default_seed_writes(tmp_path):
    write_demo(tmp_path / "一")
    assert {p.name for p in (tmp_path / "一").iterdir()} == WRITTEN
    for path in sorted((tmp_path / "一").iterdir()):
        assert path.read_bytes() == (FOLDER / path.name).read_bytes(), path.name
    assert sum(p.stat().st_size for p in FOLDER.iterdir()) < 5_000_000


def test_shapefiles_are_gbk_with_chinese_field_names():
    raw = (FOLDER / "社区.dbf").read_bytes()
    assert "社区编码".encode("gbk") in raw
    assert "渡口社区".encode("gbk") in raw
    for name in ("社区.shp", "楼栋.shp"):
        fields = pyogrio.read_info(FOLDER / name, encoding="gbk")["fields"]
        assert all(len(f.encode("gbk")) <= 10 for f in fields)
        assert pyogrio.read_info(FOLDER / name)["crs"] == "EPSG:4490"


def test_workbook_has_titles_above_its_header():
    book = openpyxl.load_workbook(FOLDER / "设施台账.xlsx")
    sheet = book["用房"]
    assert "台账" in sheet["A1"].value
    assert [c.value for c in sheet[3]] == [
        "设施编号",
        "用房类别",
        "建筑面积（㎡）",
        "面积口径",
    ]
    kinds = {type(row[2].value) for row in sheet.iter_rows(min_row=4)}
    assert kinds == {int, str}  # some cells hold "1,160" or "812 ㎡"


def test_points_are_shifted_and_the_package_is_plane(files):
    assert (FOLDER / "地图点位.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert (
        pyogrio.read_info(FOLDER / "基础地理.gpkg", layer="道路")["crs"] == "EPSG:4548"
    )
    # Unshifted, every point lies within 250 m of the district.
    home = shapely.union_all(files.communities.geometry.to_numpy())
    assert shapely.distance(files.facilities.geometry.to_numpy(), home).max() < 250


def test_the_district_is_as_large_as_asked(files):
    communities, buildings = files.communities, files.buildings
    assert len(communities) == 15
    assert communities["街道编码"].nunique() == 3
    assert set(communities.loc[communities["城乡类型"] == "县城", "街道名称"]) == {
        "城关镇"
    }
    households = communities["户数"].sum()
    assert 43_000 < households < 49_000
    assert files.truth["households"] == households - 57  # fact l
    assert 1_400 < len(buildings) < 1_650
    assert 140 <= len(files.layers["小区"]) <= 160
    known = buildings["户数"].dropna()
    assert (known > 500).sum() in (2, 3, 4)
    assert ((known >= 100) & (known <= 260)).sum() >= 40
    assert ((known >= 20) & (known <= 60)).sum() > 1_000
    assert buildings["户数"].isna().sum() > 20


def test_facilities_of_many_classes_inside_and_outside(files):
    assert files.facilities["类别"].str.split("、").explode().nunique() >= 20
    assert set(files.facilities["状态"]) == {"营业", "在建", "规划"}
    home = shapely.union_all(files.communities.geometry.to_numpy())
    outside = ~shapely.intersects(files.facilities.geometry.to_numpy(), home)
    assert outside.sum() >= 10


def test_ten_thousand_segments_between_shared_vertices(files):
    lines = files.layers["道路"].geometry
    seen = Counter(xy for line in lines for xy in set(line.coords))
    segments = sum(1 + sum(seen[xy] > 1 for xy in line.coords[1:-1]) for line in lines)
    assert segments >= 10_000
    ends = Counter(line.coords[i] for line in lines for i in (0, -1))
    assert sum(seen[xy] == 1 for xy in ends) > 1_000  # dead ends, doors among them


def test_roads_meet_at_shared_vertices_only(files):
    lines = files.layers["道路"].geometry.to_numpy()
    a, b = shapely.STRtree(lines).query(lines, predicate="intersects")
    for i, j in zip(a[a < b].tolist(), b[a < b].tolist(), strict=True):
        met = shapely.get_coordinates(shapely.intersection(lines[i], lines[j]))
        shared = set(lines[i].coords) & set(lines[j].coords)
        apart = (
            [min(np.hypot(*(xy - np.array(s))) for s in shared) for xy in met]
            if shared
            else [9.0]
        )
        assert max(apart) < 0.002, (i, j)


def test_all_streets_hang_together(walk):
    import networkx as nx

    assert nx.is_connected(walk.graph)


def test_walls_open_at_gates_only(files, walk):
    gates = files.layers["大门"]
    tree = shapely.STRtree(gates.geometry.to_numpy())
    for wall in walk.walls:
        ring = wall.exterior
        crossing = walk.pieces[shapely.crosses(walk.pieces, wall)]
        touching = walk.pieces[shapely.dwithin(walk.pieces, ring, 0.002)]
        for piece in {*crossing, *touching}:
            for point in shapely.get_parts(
                shapely.intersection(piece, ring.buffer(0.002))
            ):
                assert len(tree.query(point, "dwithin", distance=0.01)), point
    walled = files.layers["小区"].loc[files.layers["小区"]["封闭"] == "是", "小区编码"]
    assert set(walled) == set(gates["小区编码"])


def test_only_two_bridges_and_one_underpass_cross(files):
    roads, barriers = files.layers["道路"], files.layers["屏障"].set_index("类型")
    over = roads[roads.crosses(barriers.geometry["river"])]
    assert sorted(over["名称"]) == ["新溪大桥", "老桥"]
    assert set(over["桥"]) == {"是"}
    under = roads[roads.crosses(barriers.geometry["railway"])]
    assert (len(under), set(under["隧道"])) == (1, {"是"})
    assert (roads["桥"] == "是").sum() == 2


def test_streets_are_no_chessboard(files):
    # Bearings of the streets (not of paths in compounds), in 10° classes: a
    # chessboard has all its length in two of the 18.
    roads = files.layers["道路"]
    streets = roads.geometry[~roads["类型"].isin(["footway", "service"])]
    xy = [np.diff(np.asarray(line.coords), axis=0) for line in streets]
    steps = np.vstack(xy)
    bearing = np.degrees(np.arctan2(steps[:, 1], steps[:, 0])) % 180
    weight, _ = np.histogram(
        bearing, bins=18, range=(0, 180), weights=np.hypot(*steps.T)
    )
    assert np.sort(weight / weight.sum())[-2:].sum() < 0.5


def test_communities_and_grids_tile_cleanly(files):
    for shapes in (files.communities.geometry.to_numpy(),):
        assert shapely.is_valid(shapes).all()
        assert set(shapely.get_type_id(shapes)) == {3}
        a, b = shapely.STRtree(shapes).query(shapes, predicate="intersects")
        over = [
            shapes[i].intersection(shapes[j]).area
            for i, j in zip(a, b, strict=True)
            if i < j
        ]
        assert max(over) < 0.5
    assert shapely.is_valid(files.layers["网格"].geometry.to_numpy()).all()


def test_buildings_stand_apart_and_inside_their_compounds(files):
    shapes = files.buildings.geometry.to_numpy()
    a, b = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    assert (a == b).all()
    ground = files.layers["小区"].set_index("小区编码").geometry
    own = ground.reindex(files.buildings["小区编码"]).to_numpy()
    assert shapely.contains(shapely.buffer(own, 0.01), shapes).all()
    roads = files.layers["道路"].geometry.to_numpy()
    inner = shapely.buffer(shapes, -0.3)
    assert len(shapely.STRtree(roads).query(inner, predicate="intersects")[0]) == 0


def test_rows_are_as_deep_as_housing_is(files):
    # Walk-ups are 11.5 or 12.5 m deep; villages and high-rises aside.
    kind = files.buildings["层数"].between(5, 7)
    boxes = shapely.minimum_rotated_rectangle(files.buildings.geometry[kind].to_numpy())
    sides = [
        sorted(
            {
                round(np.hypot(*(np.array(q) - p)), 1)
                for p, q in pairwise(map(np.array, b.exterior.coords))
            }
        )
        for b in boxes
    ]
    depth = np.array([s[0] for s in sides])
    assert ((depth > 11.3) & (depth < 12.8)).all()


def test_another_seed_is_another_district_with_the_same_facts(tmp_path):
    write_demo(tmp_path, seed=21)
    theirs, ours = (
        tomllib.loads((folder / "truth.toml").read_text(encoding="utf-8"))
        for folder in (tmp_path, FOLDER)
    )
    assert [f["id"] for f in theirs["fact"]] == [f["id"] for f in ours["fact"]]
    assert theirs["households"] != ours["households"]
    unserved = next(e for f in theirs["fact"] for e in f["expect"] if f["id"] == "c")
    assert unserved["households"] == 412


def test_circles_of_two_tiers_cover_the_communities_and_projects_lie_in_them(files):
    circles, projects = files.layers["生活圈"], files.layers["项目"]
    # 3 subdistricts, 15 communities.
    assert Counter(circles["层级"]) == {"15分钟": 3, "5分钟": 15}
    whole = files.communities.geometry.union_all()
    for _, tier in circles.groupby("层级"):
        # Corners are rounded to the millimetre, twice.
        apart = tier.geometry.union_all().symmetric_difference(whole).area
        assert apart < 100.0
        assert abs(tier.geometry.area.sum() - whole.area) < 100.0
    assert Counter(projects["状态"]) == {"建成": 1, "在建": 1, "待建": 1}
    assert projects.geometry.within(whole).all()

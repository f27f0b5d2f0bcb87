"""Each child in one parent: conflicts with both readings, distances by hand."""

from __future__ import annotations

import geopandas as gpd
import pytest
from shapely import Point, box

from lifecircle.tables.district import read_district
from lifecircle.text import problem_lines

X, Y = 520_000.0, 3_520_000.0


def told(district, key):
    found = [p for p in district.problems if p.key == f"tables.{key}"]
    for problem in found:
        assert problem.severity == "warning"
        assert all(problem_lines(problem, "zh")[1:])
        assert all(problem_lines(problem, "en")[1:])
    return found


def faults(district, kind="elsewhere"):
    rows = district.topology[district.topology["kind"] == kind]
    return rows[["table", "parent", "ids"]].to_numpy().tolist()


def mapped(files, **columns):
    """Further columns of the tables' files: ``buildings="grid_id = \"网格\""``."""
    anchors = {
        "buildings": 'compound_id = "小区" }',
        "communities": 'households = "户数" }\nvalues.settlement',
        "compounds": 'gated = "封闭", households = "户数" }',
    }
    for table, more in columns.items():
        old = anchors[table]
        new = old.replace(" }", f", {more} }}", 1)
        assert old in files.config
        files.config = files.config.replace(old, new, 1)


GRIDS = """
[[sources.grids]]
path = "网格.gpkg"
crs = "EPSG:4548"
columns = { grid_id = "编号", community_id = "社区" }
"""


@pytest.fixture
def gridded(files):
    """G1 in the west of C01, G2 in the east; G3 is C02."""
    grids = gpd.GeoDataFrame(
        {"编号": ["G1", "G2", "G3"], "社区": ["C01", "C01", "C02"]},
        geometry=[
            box(X, Y, X + 500, Y + 1000),
            box(X + 500, Y, X + 1000, Y + 1000),
            box(X + 1000, Y, X + 2000, Y + 1000),
        ],
        crs="EPSG:4548",
    )
    files.grids = grids
    files.config += GRIDS
    return files


def write(files):
    path = files.write()
    files.grids.to_file(path.parent / "网格.gpkg", driver="GPKG")
    return path


def test_a_district_that_nests_gives_no_conflict(gridded):
    mapped(gridded, buildings='grid_id = "网格"')
    gridded.buildings["网格"] = ["G1", "G1", "G1", None, "G3"]
    district = read_district(write(gridded))
    assert [p for p in district.problems if "conflict" in p.key] == []
    assert faults(district) == []


def test_a_building_in_another_compound_than_declared(files):
    # B2 stands in K1 (x from 160 to 180); its middle at 170 is 930 m from K2's wall.
    files.buildings["小区"] = ["K1", "K2", None, None, "K2"]
    district = read_district(files.write())
    (found,) = told(district, "compound_conflict")
    assert (found.file, found.layer, found.row) == ("底图.gpkg", "楼栋", 2)
    assert found.column == "小区"
    shown = {name: found.values[name] for name in ("id", "value", "found", "m")}
    assert shown == {"id": "B2", "value": "K2", "found": "K1", "m": "930"}
    assert faults(district) == [["buildings", "compounds", "B2 · K2"]]
    kept = district.buildings.set_index("building_id")["compound_id"]
    assert kept["B2"] == "K2"  # what is said counts


def test_a_building_outside_every_compound_and_one_on_the_wall(files):
    # K1 begins at x = 100: B1 from 60 to 80, its middle 30 m away, lies in none; B2
    # from 89 to 109.4 has its middle at 99.2, within a metre of the wall.
    shapes = list(files.buildings.geometry)
    shapes[0] = box(X + 60, Y + 150, X + 80, Y + 165)
    shapes[1] = box(X + 89, Y + 150, X + 109.4, Y + 165)
    files.buildings = files.buildings.set_geometry(shapes, crs="EPSG:4548")
    files.buildings["小区"] = ["K1", "K1", None, None, "K2"]
    district = read_district(files.write())
    (found,) = told(district, "compound_conflict")
    assert (found.values["id"], found.values["found"]) == ("B1", "—")
    assert found.values["m"] == "30"


def test_a_compound_known_as_a_point_holds_no_ground_against_its_buildings(files):
    files.compounds = files.compounds.set_geometry(
        [Point(X + 250, Y + 250), files.compounds.geometry[1]], crs="EPSG:4548"
    )
    district = read_district(files.write())
    assert told(district, "compound_conflict") == []


def test_a_building_in_another_grid_than_declared(gridded):
    mapped(gridded, buildings='grid_id = "网格"')
    gridded.buildings["网格"] = ["G1", "G2", None, None, "G3"]
    district = read_district(write(gridded))
    # B2's middle at x = 170 is 330 m from G2, which begins at 500.
    (found,) = told(district, "grid_conflict")
    assert (found.values["id"], found.values["value"]) == ("B2", "G2")
    assert (found.values["found"], found.values["m"]) == ("G1", "330")
    assert faults(district) == [["buildings", "grids", "B2 · G2"]]


def test_a_grid_mostly_in_another_community_than_declared(gridded):
    # G2 from 800 to 1,300: 200 m of 500 m lie in its C01, 40 %; 300 m in C02.
    gridded.grids = gridded.grids.set_geometry(
        [
            box(X, Y, X + 800, Y + 1000),
            box(X + 800, Y, X + 1300, Y + 1000),
            box(X + 1300, Y, X + 2000, Y + 1000),
        ],
        crs="EPSG:4548",
    )
    district = read_district(write(gridded))
    (found,) = told(district, "ground_conflict")
    assert (found.values["id"], found.values["value"]) == ("G2", "C01")
    assert (found.values["found"], found.values["percent"]) == ("C02", "40")
    rows = district.topology.set_index("kind")
    # 300 m x 1,000 m outside C01; the part across counts from the larger side.
    assert rows.loc["elsewhere", "area_m2"] == pytest.approx(300_000, abs=2.0)
    assert rows.loc["across", "area_m2"] == pytest.approx(200_000, abs=2.0)
    (across,) = told(district, "topology_across")
    assert across.values["percent"] == "40"
    kept = district.grids.set_index("grid_id")["community_id"]
    assert kept["G2"] == "C01"


def test_a_compound_without_a_community_goes_where_most_of_it_lies(files):
    # K1 from 900 to 1,300: 100 m in C01, 300 m in C02.
    shapes = [box(X + 900, Y + 100, X + 1300, Y + 400), files.compounds.geometry[1]]
    shapes[1] = box(X + 1400, Y + 100, X + 1500, Y + 400)
    files.compounds = files.compounds.set_geometry(shapes, crs="EPSG:4548")
    files.gates = files.gates.set_geometry([Point(X + 900, Y + 250)], crs="EPSG:4548")
    files.buildings["小区"] = None
    district = read_district(files.write())
    kept = district.compounds.set_index("compound_id")["community_id"]
    assert kept["K1"] == "C02"
    (across,) = told(district, "topology_across")
    assert (across.values["other"], across.values["percent"]) == ("C01", "25")
    assert told(district, "ground_conflict") == []


@pytest.fixture
def streets(files):
    """Six communities of 300 m in a row; ``streets(ids, names)`` declares them."""

    def make(ids, names):
        files.communities = gpd.GeoDataFrame(
            {
                "社区编码": [f"C0{place}" for place in range(1, 7)],
                "社区名称": list("一二三四五六"),
                "类型": ["城区"] * 6,
                "户数": [None] * 6,
                "街道编码": ids,
                "街道": names,
            },
            geometry=[
                box(X + 333 * at, Y, X + 333 * (at + 1), Y + 1000) for at in range(6)
            ],
            crs="EPSG:4548",
        )
        more = 'subdistrict_id = "街道编码", subdistrict_name = "街道"'
        mapped(files, communities=more)
        files.serves = files.serves.iloc[:0]
        return read_district(files.write())

    return make


def test_subdistricts_that_nest_are_silent(streets):
    district = streets(["S1"] * 3 + ["S2"] * 3, ["东"] * 3 + ["西"] * 3)
    assert [p.key for p in district.problems if "subdistrict" in p.key] == []


def test_a_community_apart_from_its_subdistrict(streets):
    # C05 says S1 and lies between C04 and C06 of S2; C03 ends at 999, C05 begins
    # at 1,332: 333 m.
    district = streets(["S1", "S1", "S1", "S2", "S1", "S2"], [None] * 6)
    apart = told(district, "subdistrict_apart")
    assert [(p.values["id"], p.values["found"]) for p in apart] == [
        ("C04", "S1"),
        ("C05", "S2"),
        ("C06", "S1"),
    ]
    assert float(apart[1].values["m"]) == pytest.approx(333, abs=1)
    assert ["communities", "subdistrict", "C05 · S1"] in faults(district)


def test_a_subdistrict_unknown_twice_named_or_twice_numbered(streets):
    district = streets(
        ["S1", "S1", "S1", None, "S2", "S3"], ["东", "东", "东街", "西", "西", "西"]
    )
    (lost,) = told(district, "subdistrict_unknown")
    assert (lost.values["value"], lost.row) == ("C04", 4)
    (named,) = told(district, "subdistrict_names")
    assert (named.row, named.column) == (3, "街道")
    assert (named.values["first"], named.values["other"]) == ("东", "东街")
    (numbered,) = told(district, "subdistrict_ids")
    assert (numbered.row, numbered.column) == (6, "街道编码")
    assert (numbered.values["first"], numbered.values["other"]) == ("S2", "S3")


def test_conflicts_beyond_the_first_are_counted_in_one_warning(files):
    count = 70
    files.buildings = gpd.GeoDataFrame(
        {
            "编号": [f"B{at}" for at in range(count)],
            "户数": [1.0] * count,
            "套数": [None] * count,
            "建筑面积": [None] * count,
            "小区": ["K2"] * count,
        },
        geometry=[Point(X + 110 + 3 * at, Y + 200) for at in range(count)],
        crs="EPSG:4548",
    )
    district = read_district(files.write())
    assert len(told(district, "compound_conflict")) == 50
    (more,) = told(district, "more_alike")
    assert more.values["rows"] == 20
    assert problem_lines(more, "zh")[1].startswith("楼栋另有 20 处问题与前面“B")
    assert len(faults(district)) == 70

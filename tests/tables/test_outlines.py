"""Outlines of subdistricts and of the district: areas by hand, names, parts, doors."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import MultiPolygon, Polygon, box

from lifecircle.model import DistrictConfig, Problem
from lifecircle.publish.quality import quality_page
from lifecircle.tables.crs import declared_crs, from_wgs84
from lifecircle.tables.district import check_district, examine_district
from lifecircle.tables.guess import guess
from lifecircle.tables.ledger import Ledger, Origin
from lifecircle.tables.outlines import check_outlines, sort_outlines
from lifecircle.tables.starter import starter
from lifecircle.tables.survey import Layer
from lifecircle.tables.topology_checks import topology_frame
from lifecircle.text import problem_lines

X, Y, METRIC = 520_000.0, 3_520_000.0, "EPSG:4548"

# Four communities of 500 m by 1 km; C01 and C02 name S1 (东街道), the others S2.
#
#   3521000 +-----+-----+-----+-----+
#           | C01 | C02 | C03 | C04 |      1,000 m of S1, then 1,000 m of S2
#   3520000 +-----+-----+-----+-----+
#        520000      521000      522000
CONFIG = """
[district]
id = "qingxi"
name = "青溪区"
crs = "EPSG:4548"
as_of = 2026-06-30

[[sources.communities]]
path = "社区.gpkg"
crs = "EPSG:4548"
columns.community_id = "编码"
columns.subdistrict_id = "街道码"
columns.subdistrict_name = "街道"
"""
SUBDISTRICTS = """
[[sources.subdistricts]]
path = "街道界.shp"
encoding = "gbk"
crs = "EPSG:4548"
columns = { subdistrict_id = "街道代码", name = "街道名称" }
"""
DISTRICTS = """
[[sources.districts]]
path = "区界.gpkg"
crs = "EPSG:4548"
columns = { name = "区名" }
"""


KNOWN = {"S1": "东街道", "S2": "西街道"}
DAY = dt.date(2026, 6, 30)


def rectangle(west, east, south=0, north=1000):
    return box(X + west, Y + south, X + east, Y + north)


HALVES = (rectangle(0, 1000), rectangle(1000, 2000))


def write_layer(path, columns, shapes, **options):
    frame = gpd.GeoDataFrame(columns, geometry=list(shapes), crs=METRIC)
    frame.to_file(path, **options)


class Compared(NamedTuple):
    problems: tuple[Problem, ...]
    topology: gpd.GeoDataFrame


def tables_of(homes, outlines, districts):
    """Communities, and outlines of subdistricts and districts, as they are read."""
    ids = ["C01", "C02", "C03", "C04"]
    quarters = [rectangle(500 * at, 500 * at + 500) for at in range(4)]
    communities = {
        "community_id": ids,
        "subdistrict_id": homes,
        "subdistrict_name": [KNOWN[home] for home in homes],
        "unit_kind": "community",
    }
    shapes, keys, names = outlines
    subdistricts = {"subdistrict_id": keys, "name": names}
    district = {"district_id": None, "name": list(districts)}
    made = {
        "communities": (communities, quarters),
        "subdistricts": (subdistricts, shapes),
        "districts": (district, districts.values()),
    }
    tables = {}
    for origin, (table, (columns, ground)) in enumerate(made.items()):
        frame = gpd.GeoDataFrame(columns, geometry=list(ground), crs=METRIC)
        rows = range(1, len(frame) + 1)
        tables[table] = frame.assign(_origin=origin, _row=list(rows)).astype(
            dict.fromkeys(columns, object)
        )
    return tables


def compare(
    shapes=HALVES, *, ids=("S1", "S2"), names=("东街道", "西街道"), districts=()
):
    """Outlines of these shapes against the four communities, nothing read."""
    ledger = Ledger()
    for table in ("communities", "subdistricts", "districts"):
        ledger.open(Origin(table, f"{table}.shp", "", {"name": "名"}))
    outlines = (shapes, list(ids), list(names))
    tables = tables_of(["S1", "S1", "S2", "S2"], outlines, dict(districts))
    config = DistrictConfig("qingxi", "青溪区", Path("d.toml"), METRIC, DAY, ())
    found = sort_outlines(tables, config, ledger=ledger)
    check_outlines(found, ledger=ledger)
    return Compared(tuple(ledger.problems), topology_frame(ledger, METRIC))


@pytest.fixture
def outlined(tmp_path):
    """``outlined(shapes, ids=..., names=..., districts=...)`` writes a district."""

    def write(shapes=HALVES, *, ids=("S1", "S2"), names=("东街道", "西街道"), **more):
        homes = list(more.get("homes", ["S1", "S1", "S2", "S2"]))
        columns = {"编码": ["C01", "C02", "C03", "C04"], "街道码": homes}
        columns["街道"] = [KNOWN[home] for home in homes]
        quarters = [rectangle(500 * at, 500 * at + 500) for at in range(4)]
        write_layer(tmp_path / "社区.gpkg", columns, quarters)
        columns = {"街道代码": list(ids), "街道名称": list(names)}
        write_layer(tmp_path / "街道界.shp", columns, shapes, encoding="gbk")
        (tmp_path / "街道界.cpg").unlink()
        config = CONFIG + SUBDISTRICTS
        districts = more.get("districts", {})
        if districts:
            config += DISTRICTS
            columns = {"区名": list(districts)}
            write_layer(tmp_path / "区界.gpkg", columns, districts.values())
        path = tmp_path / "district.toml"
        path.write_text(config, encoding="utf-8")
        return path

    return write


def changed(path, old, new):
    config = path.read_text(encoding="utf-8")
    assert old in config
    path.write_text(config.replace(old, new), encoding="utf-8")
    return path


def read_district(path):
    """All that can be read: buildings, facilities and roads are not there."""
    return examine_district(path).district


def told(district, *keys):
    found = [p for p in district.problems if p.key.removeprefix("tables.") in keys]
    for problem in found:
        assert problem.severity == "warning"
        assert all(problem_lines(problem, "zh")[1:])
        assert all(problem_lines(problem, "en")[1:])
    return found


def about_outlines(district):
    keys = [p.key.removeprefix("tables.") for p in district.problems]
    return [key for key in keys if key.startswith(("outline", "district_out"))]


def faults(district):
    rows = district.topology[["kind", "table", "parent", "ids"]].to_numpy().tolist()
    return [tuple(row) for row in rows]


def counts(district, table):
    rows = district.row_counts.set_index("table").loc[table]
    names = ("read", "used", "rejected", "elsewhere")
    return tuple(int(rows[f"rows_{name}"]) for name in names)


def test_outlines_that_hold_their_communities_are_silent_and_counted(outlined):
    district = read_district(outlined(districts={"青溪区": rectangle(0, 2000)}))
    assert about_outlines(district) == []
    assert len(district.topology) == 0
    assert counts(district, "subdistricts") == (2, 2, 0, 0)
    assert counts(district, "districts") == (1, 1, 0, 0)
    assert not hasattr(district, "subdistricts")


def test_a_community_across_two_outlines_and_one_out_of_all():
    # S1 ends at 900: of C02 (500 to 1,000) 100 m x 1,000 m lie in S2, 20 %.
    # S2 ends at 960 m in the north: of C03 and C04 each 40 m x 500 m, 4 %.
    shapes = (rectangle(0, 900), rectangle(900, 2000, 0, 960))
    district = compare(shapes)
    (across,) = told(district, "outline_across")
    assert (across.file, across.row) == ("communities.shp", 2)
    assert across.column == "subdistrict_id"
    shown = {key: across.values[key] for key in ("id", "value", "found", "percent")}
    assert shown == {"id": "C02", "value": "东街道", "found": "西街道", "percent": "19"}
    # 100 m x 960 m in S2; the strip of 100 m x 40 m in none is 0.8 %: not told.
    outside = told(district, "outline_outside")
    assert [p.values["id"] for p in outside] == ["C03", "C04"]
    assert {p.values["percent"] for p in outside} == {"4"}
    assert faults(district) == [
        ("across", "communities", "subdistrict", "C02 · 西街道"),
        ("outside", "communities", "subdistrict", "C03 · 西街道"),
        ("outside", "communities", "subdistrict", "C04 · 西街道"),
    ]
    areas = district.topology["area_m2"].tolist()
    assert areas == pytest.approx([96_000, 20_000, 20_000], abs=1.0)


def test_ground_that_touches_along_a_line_is_polygons_without_it():
    # Beyond 900 m S1 has a notch of C02 only, 600 to 800 m north. Below it C02 lies in
    # S2, above it in none, but S2 touches it there along a line, which has no ground.
    notch = box(X + 900, Y + 600, X + 1000, Y + 800)
    west = rectangle(0, 900).union(notch)
    east = rectangle(900, 2000, 0, 600).union(rectangle(1000, 2000))
    district = compare((west, east))
    assert faults(district) == [
        ("across", "communities", "subdistrict", "C02 · 西街道"),
        ("outside", "communities", "subdistrict", "C02 · 东街道"),
    ]
    # 100 m x 600 m in S2; 100 m x 200 m above the notch in none.
    assert district.topology["area_m2"].tolist() == pytest.approx([60_000, 20_000])
    assert [shape.geom_type for shape in district.topology.geometry] == ["Polygon"] * 2
    (across,) = told(district, "outline_across")
    # Twice 60,000 m² by the way around of 1,400 m.
    assert across.values["wide"] == "86"


def test_a_community_mostly_in_another_subdistrict_than_it_names():
    # S1 ends at 700: of C02 (500 to 1,000) 200 m of 500 m lie in it, 300 m in S2.
    shapes = (rectangle(0, 700), rectangle(700, 2000))
    district = compare(shapes)
    (found,) = told(district, "outline_elsewhere")
    shown = {key: found.values[key] for key in ("id", "value", "found", "percent")}
    assert shown == {"id": "C02", "value": "东街道", "found": "西街道", "percent": "60"}
    assert found.values["area"] == "300,000.0"
    assert faults(district) == [
        ("elsewhere", "communities", "subdistrict", "C02 · 东街道")
    ]
    assert district.topology["area_m2"][0] == pytest.approx(300_000, abs=1.0)


def test_a_strip_of_one_percent_is_drawing():
    # Of C02 4.9 m of 500 m lie in S2: 0.98 %. C03 is whole in it.
    shapes = (rectangle(0, 995.1), rectangle(995.1, 2000))
    assert about_outlines(compare(shapes)) == []


def test_a_subdistrict_without_an_outline_and_an_outline_without_communities():
    district = compare(ids=("S1", "S9"), names=("东街道", "新街道"))
    (missing,) = told(district, "outline_missing")
    assert (missing.row, missing.values["value"]) == (3, "S2")
    assert (missing.values["rows"], missing.values["found"]) == ("2", "新街道")
    (unnamed,) = told(district, "outline_unnamed")
    assert (unnamed.file, unnamed.row) == ("subdistricts.shp", 2)
    shown = {key: unnamed.values[key] for key in ("value", "area", "rows")}
    assert shown == {"value": "新街道", "area": "1,000,000", "rows": "2"}
    assert faults(district) == [
        ("unmatched", "communities", "subdistrict", "S2"),
        ("unmatched", "subdistricts", "", "新街道"),
    ]
    assert district.topology["area_m2"].tolist() == pytest.approx([1e6, 1e6])


def test_outlines_of_other_ids_are_found_by_their_names():
    assert about_outlines(compare(ids=("340102001", "340102002"))) == []


def test_names_in_the_column_of_ids_are_found_too():
    assert about_outlines(compare(ids=("东街道", "西街道"), names=(None, None))) == []


def test_outlines_without_anything_in_common_are_told_once():
    district = compare(ids=("1", "2"), names=("甲", "乙"))
    assert about_outlines(district) == ["outlines_unmatched"]
    (found,) = told(district, "outlines_unmatched")
    assert (found.values["value"], found.values["known"]) == ("S1、S2", "甲、乙")
    assert len(district.topology) == 0


def test_rows_of_one_subdistrict_are_its_parts():
    shapes = (HALVES[0], rectangle(1000, 1500), rectangle(1500, 2000))
    district = compare(shapes, ids=("S1", "S2", "S2"), names=("东", "西", "西"))
    assert about_outlines(district) == ["outline_parts"]
    (found,) = told(district, "outline_parts")
    assert (found.row, found.values["value"], found.values["first"]) == (3, "S2", 2)


def test_rows_that_are_parts_are_all_used(outlined):
    path = outlined(
        (HALVES[0], rectangle(1000, 1500), rectangle(1500, 2000)),
        ids=("S1", "S2", "S2"),
        names=("东街道", "西街道", "西街道"),
        districts={"甲": HALVES[0], "乙": HALVES[1]},
    )
    changed(path, 'columns = { name = "区名" }', "")
    district = read_district(path)
    assert about_outlines(district) == ["outline_parts"]
    assert counts(district, "subdistricts") == (3, 3, 0, 0)
    # No column says which is the district: its outline are both.
    assert counts(district, "districts") == (2, 2, 0, 0)


def test_a_subdistrict_beyond_the_district():
    # S2 reaches to 2,100: 100 m of 1,100 m are outside, 9 %.
    shapes = (HALVES[0], rectangle(1000, 2100))
    district = compare(shapes, districts={"某区": rectangle(0, 2000)})
    assert about_outlines(district) == ["district_outside"]
    (found,) = told(district, "district_outside")
    assert (found.file, found.row) == ("subdistricts.shp", 2)
    shown = {key: found.values[key] for key in ("id", "value", "area", "percent")}
    assert shown == {
        "id": "西街道",
        "value": "青溪区",
        "area": "100,000.0",
        "percent": "9",
    }
    assert faults(district) == [
        ("outside", "subdistricts", "district", "西街道 · 青溪区")
    ]


def test_communities_beyond_the_district_where_no_subdistrict_is_drawn():
    # The district ends at 1,900: of C04 (1,500 to 2,000) 100 m of 500 m are outside.
    district = compare((), ids=(), names=(), districts={"青溪区": rectangle(0, 1900)})
    assert faults(district) == [("outside", "communities", "district", "C04 · 青溪区")]
    (found,) = told(district, "district_outside")
    assert (found.values["area"], found.values["percent"]) == ("100,000.0", "20")


def test_outlines_of_other_districts_are_counted_and_not_judged(outlined):
    shapes = (*HALVES, rectangle(2000, 3000))
    path = outlined(
        shapes,
        ids=("S1", "S2", "S3"),
        names=("东街道", "西街道", "邻区街道"),
        districts={"邻区": rectangle(2000, 4000), "青溪区": rectangle(0, 2000)},
    )
    district = read_district(path)
    assert about_outlines(district) == []
    assert counts(district, "subdistricts") == (3, 2, 0, 1)
    assert counts(district, "districts") == (2, 1, 0, 1)


def test_districts_of_other_names_are_told_with_theirs():
    district = compare(districts={"甲区": HALVES[0], "乙区": HALVES[1]})
    (found,) = told(district, "district_outline_unknown")
    assert found.values["known"] == "甲区、乙区"
    assert about_outlines(district) == ["district_outline_unknown"]


def test_a_part_of_a_city_knows_the_outlines_of_its_own(outlined):
    # S2 is named by the other part, S3 by nobody and apart, S4 by nobody and here.
    shapes = (*HALVES, rectangle(3000, 4000), rectangle(900, 1000))
    path = outlined(
        shapes, ids=("S1", "S2", "S3", "S4"), names=("东街道", "西街道", "丙", "丁")
    )
    part = '[district.part]\ncommunities = { "街道码" = ["S1"] }\n\n[[sources.comm'
    district = read_district(changed(path, "[[sources.comm", part))
    assert about_outlines(district) == ["outline_unnamed"]
    (unnamed,) = told(district, "outline_unnamed")
    assert (unnamed.values["value"], unnamed.values["rows"]) == ("丁", "0")
    assert counts(district, "subdistricts") == (4, 2, 0, 2)


BOWTIE = Polygon([(X, Y), (X + 1000, Y + 1000), (X + 1000, Y), (X, Y + 1000)])


def test_an_invalid_outline_is_left_out_with_its_reason(outlined):
    problems, rejected = check_district(outlined((BOWTIE, HALVES[1])))
    (found,) = [p for p in problems if p.key == "tables.geometry_self_intersection"]
    assert (found.file, found.row, found.severity) == ("街道界.shp", 1, "error")
    (row,) = rejected.to_dict("records")
    assert (row["file"], row["row"]) == ("街道界.shp", 1)
    assert "街道代码=S1" in row["cells"]


def test_an_invalid_outline_is_used_as_made_valid_where_asked(outlined):
    path = outlined((BOWTIE, HALVES[1]))
    repair = 'as_of = 2026-06-30\nrepair = ["invalid"]'
    district = read_district(changed(path, "as_of = 2026-06-30", repair))
    # The two triangles that remain have a quarter of the square each.
    invalid = district.topology.set_index("kind").loc["invalid"]
    assert (invalid["table"], invalid["ids"]) == ("subdistricts", "S1")
    assert invalid["area_m2"] == pytest.approx(500_000)


@pytest.mark.parametrize("datum", ["gcj02", "bd09"])
def test_shifted_outlines_come_back_to_their_place(outlined, datum):
    path = outlined()
    shifted = gpd.GeoSeries(HALVES, crs=METRIC).segmentize(50).to_crs(4490)

    def shift(points):
        return np.column_stack(from_wgs84(points[:, 0], points[:, 1], datum))

    moved = shapely.transform(np.array(shifted), shift)
    gpd.GeoDataFrame(
        {"街道代码": ["S1", "S2"], "街道名称": ["东", "西"]},
        geometry=list(moved),
        crs=declared_crs("EPSG:4490"),
    ).to_file(path.parent / "街道界.shp", encoding="gbk")
    (path.parent / "街道界.cpg").unlink()
    changed(path, SUBDISTRICTS, SUBDISTRICTS.replace(METRIC, datum))
    assert about_outlines(read_district(path)) == []
    changed(path, f'crs = "{datum}"', 'crs = "EPSG:4490"')
    district = read_district(path)
    about = about_outlines(district)
    assert about[0] == "outlines_fit_better"
    assert {*about[1:]} <= {"outline_elsewhere", "outline_across", "outline_outside"}
    assert len(about) > 1
    (found,) = told(district, "outlines_fit_better")
    assert (found.file, found.values["declared"]) == ("街道界.shp", "EPSG:4490")
    assert found.values["other"] == datum


def test_a_file_in_another_encoding_than_declared_is_told(outlined):
    path = changed(outlined(), 'encoding = "gbk"', 'encoding = "utf-8"')
    problems, _ = check_district(path)
    (found,) = [p for p in problems if p.file == "街道界.shp"]
    assert (found.key, found.severity) == ("tables.encoding_other", "error")


def test_an_exclave_within_its_outline_is_not_told_to_lie_apart(outlined):
    # C04 says S1 and is drawn there; without the outline it lies among S2's.
    shapes = (
        MultiPolygon([HALVES[0], rectangle(1500, 2000)]),
        rectangle(1000, 1500),
    )
    path = outlined(shapes, homes=("S1", "S1", "S2", "S1"))
    assert told(read_district(path), "subdistrict_apart") == []
    changed(path, SUBDISTRICTS, "")
    (found,) = told(read_district(path), "subdistrict_apart")
    assert found.values["id"] == "C04"


def test_the_same_district_twice_gives_the_same_page(outlined):
    shapes = (rectangle(0, 700), rectangle(700, 2100))
    path = outlined(shapes, districts={"青溪区": rectangle(0, 2000)})
    districts = [read_district(path) for _ in range(2)]
    kept = districts[0].communities.set_index("community_id")["subdistrict_id"]
    assert kept["C02"] == "S1"  # what is said counts
    pages = [quality_page(district, lang="zh") for district in districts]
    assert pages[0] == pages[1]
    assert "街道边界" in pages[0]
    assert "超出上级边界" in pages[0]
    # C02 has 300 m of 500 m outside S1: one of four communities elsewhere, no other
    # partly outside; of two outlines one reaches beyond the district.
    rows = re.findall(r"<tr>(.*?)</tr>", pages[0].split("各级归属")[1], re.DOTALL)
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row) for row in rows]
    assert ["社区", "街道编号 · subdistrict_id", "4", "4", "1", "0"] in cells
    assert ["街道边界", "区界", "2", "2", "0", "1"] in cells


def seen(name, columns):
    """What a layer of these columns seems to be."""
    samples = tuple(list(cells) for cells in columns.values())
    return guess(Layer(Path(name), "", tuple(columns), samples, 3, shapes=("Polygon",)))


TOWNS = ("东街道", "西街道", "南镇")


@pytest.mark.parametrize(
    ("name", "columns", "table", "mapped"),
    [
        (
            "界.shp",
            {"OBJECTID": (1, 2, 3), "JDMC": TOWNS, "人口": (9, 8, 7)},
            "subdistricts",
            {"subdistrict_id": "JDMC", "name": "JDMC"},
        ),
        (
            "界.shp",
            {"街道代码": ("01", "02", "03"), "街道名称": TOWNS},
            "subdistricts",
            {"subdistrict_id": "街道代码", "name": "街道名称"},
        ),
        (
            "东乡街道边界.shp",
            {"名称": TOWNS},
            "subdistricts",
            {"subdistrict_id": "名称", "name": "名称"},
        ),
        ("蜀山区界.shp", {"名称": ("蜀山区",) * 3}, "districts", {"name": "名称"}),
        (
            "界.shp",
            {"社区名称": ("一", "二", "三"), "街道": TOWNS},
            "communities",
            {"community_id": "@row", "name": "社区名称", "subdistrict_name": "街道"},
        ),
        (
            "界.shp",
            {"编号": ("1", "2", "3"), "街道": ("东街道",) * 3},
            "communities",
            {"community_id": "编号", "subdistrict_name": "街道"},
        ),
    ],
)
def test_init_knows_outlines_by_their_rows_or_their_name(name, columns, table, mapped):
    found = seen(name, columns)
    assert (found.table, dict(found.columns)) == (table, mapped)


def test_init_says_why_and_what_it_writes_is_read(outlined, tmp_path):
    outlined()
    (tmp_path / "街道界.shp").rename(tmp_path / "图层一.shp")
    for suffix in ("dbf", "shx", "prj"):
        (tmp_path / f"街道界.{suffix}").rename(tmp_path / f"图层一.{suffix}")
    text = starter(tmp_path).text
    entry = text[: text.index("[[sources.subdistricts]]")].splitlines()
    why = "列“街道名称”每行各不相同，没有更下一级的列"
    assert any(why in line for line in entry[-8:])
    path = tmp_path / "district.toml"
    path.write_text(text, encoding="utf-8")
    assert about_outlines(read_district(path)) == []

"""The data-quality page: its figures, its map, names as text, what it may tell."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as Tree

import geopandas as gpd
import pandas as pd
import pytest
from shapely import box
from typer.testing import CliRunner

from lifecircle.cli import app
from lifecircle.evidence import FILLED, FITS, MERGED, REJECTED, TOPOLOGY
from lifecircle.publish.quality import quality_page
from lifecircle.tables.district import examine_district

DEMO = Path(__file__).parents[2] / "data" / "demo" / "district.toml"
HOSTILE = "<script>alert(1)</script>\x00=cmd"


@pytest.fixture
def troubled(study):
    district = study.district
    west, south, _, _ = district.communities.total_bounds
    faults = gpd.GeoDataFrame(
        [
            ("overlap", "communities", "", f"C01 · {HOSTILE}", 200.0),
            ("gap", "communities", "", "", 5000.0),
            ("elsewhere", "buildings", "communities", "B-SECRET · C02", 300.0),
        ],
        columns=list(TOPOLOGY),
        geometry=[box(west + at, south, west + at + 10, south + 20) for at in range(3)],
        crs=district.crs,
    )
    rejected = [("楼栋.xlsx", HOSTILE, 7, "tables.geometry_missing", "户数=731")]
    merged = pd.DataFrame([dict.fromkeys(MERGED, "x") | {"distance_m": 31.5}])
    return replace(
        district,
        topology=faults,
        rejected=pd.DataFrame(rejected, columns=list(REJECTED)),
        merged=merged,
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_tells_all_and_runs_nothing(troubled, lang):
    page = quality_page(troubled, lang=lang)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "\x00" not in page
    assert "户数=731" in page
    assert "default-src 'none'" in page
    assert page.count("<h2>") == 10


def test_faults_are_numbered_by_area_on_the_map_as_in_the_list(troubled):
    page = quality_page(troubled, lang="en")
    picture = Tree.fromstring(page[page.index("<svg") : page.index("</svg>") + 6])
    assert [node.text for node in picture.iter("text")] == ["1", "2", "3"]
    radii = [float(node.get("r")) for node in picture.iter("circle")]
    # 16, 16 * sqrt(300 / 5000) = 3.9 and less: no smaller than 5.
    assert radii == [16.0, 5.0, 5.0]
    filled = [node.get("fill") for node in picture.iter("path")]
    assert filled == ["#F5F3EE"] * len(troubled.communities) + ["#E98B5B"] * 3
    order = [page.index(text) for text in ("5,000.0", "300.0", "200.0")]
    assert order == sorted(order)


def test_a_public_page_tells_of_no_single_building(troubled):
    config = replace(troubled.config, disclosure="public")
    page = quality_page(replace(troubled, config=config), lang="zh")
    assert "B-SECRET" not in page
    assert "731" not in page
    assert "5,000.0" in page


def test_conflicts_of_parents_are_counted_level_by_level(troubled):
    page = quality_page(troubled, lang="en")
    chapter = page[page.index("Each child in one parent") :]
    table = Tree.fromstring(
        chapter[chapter.index("<table") : chapter.index("</table>") + 8]
    )
    lines = [[cell.text for cell in row] for row in table.iter("tr")][1:]
    of = {(line[0], line[1].split(" · ")[-1]): line[2:] for line in lines}
    rows = f"{len(troubled.buildings)}"
    assert of["Buildings", "community_id"] == [rows, rows, "1", "0"]


def test_a_district_without_faults_says_so(study):
    page = quality_page(study.district, lang="en")
    assert page.count("<p>None.</p>") >= 2
    assert "<svg" not in page


def test_check_writes_the_page_on_request_and_not_of_what_cannot_be_read(tmp_path):
    runner, page = CliRunner(), tmp_path / "质量.html"
    shown = runner.invoke(app, ["check", str(DEMO), "--report", str(page)])
    assert shown.exit_code == 0, shown.output
    # The 104 grids of the demo overlap once, by 2,331.5 m².
    assert "2,331.5" in page.read_text(encoding="utf-8")
    nowhere = tmp_path / "none" / "x.html"
    shown = runner.invoke(app, ["check", str(DEMO), "--report", str(nowhere)])
    assert shown.exit_code == 1
    assert "Traceback" not in shown.output
    page.unlink()
    shown = runner.invoke(app, ["check", "none.toml", "--report", str(page)])
    assert shown.exit_code == 1
    assert not page.exists()


def test_layers_and_columns_of_the_files_are_told(troubled):
    fits = pd.DataFrame(
        [("facilities", "点.csv", "", "gcj02", 25.24, 1.0, "EPSG:4326", 38.9, 0.94)],
        columns=list(FITS),
    )
    filled = pd.DataFrame(
        [
            ("buildings", "楼栋.xlsx", HOSTILE, "户数（户）", "households", 80, 20, 1),
            ("buildings", "楼栋.xlsx", "", "编号", "building_id", 80, 80, 1),
            ("buildings", "楼栋.xlsx", "", HOSTILE, "", 80, 60, 1),
            ("buildings", "楼栋.xlsx", "", "", "", 80, float("nan"), 1234),
        ],
        columns=list(FILLED),
    )
    page = quality_page(replace(troubled, fits=fits, filled=filled), lang="en")
    line = page[page.index("点.csv") :]
    cells = ["gcj02", "25.2", "100.0%", "EPSG:4326", "38.9", "94.0%"]
    places = [line.index(f">{cell}<") for cell in cells]
    assert places == sorted(places)
    assert "户数（户）" in page
    assert ">25.0%<" in page
    assert "2 columns are read, 1 of them are full; 1,235 more are not used" in page
    assert ">75.0%<" in page  # 60 of 80
    assert "1,234 more columns are not used" in page
    assert "<script" not in page


def test_a_stopped_run_and_check_write_the_page_and_the_lists(tmp_path):
    folder = tmp_path / "示例"
    shutil.copytree(DEMO.parent, folder)
    file = folder / "district.toml"
    text = file.read_text(encoding="utf-8")
    # An error: there is no such column of the roads.
    text = text.replace('road_class = "类型"', 'road_class = "路型"')
    file.write_text(text, encoding="utf-8")
    runner = CliRunner()
    shown = runner.invoke(app, ["run", str(file), "--out", str(tmp_path / "out")])
    assert shown.exit_code == 1, shown.output
    page = (folder / "district.quality.html").read_text(encoding="utf-8")
    assert "错误：改正后才能评估" in page
    assert "路型" in page
    assert "2,331.5" in page  # the overlap of two grids is told all the same
    assert not (tmp_path / "out").exists()
    report = tmp_path / "质量.html"
    shown = runner.invoke(app, ["check", str(file), "--report", str(report)])
    assert shown.exit_code == 1
    assert report.read_text(encoding="utf-8") == page


@pytest.mark.parametrize("disclosure", ["internal", "public"])
def test_a_district_without_any_row_has_its_page(tmp_path, disclosure):
    file = tmp_path / "district.toml"
    head = 'id = "x"\nname = "X"\ncrs = "EPSG:4548"\nas_of = 2026-01-01\n'
    file.write_text(
        f'[district]\n{head}disclosure = "{disclosure}"\n', encoding="utf-8"
    )
    district = examine_district(file).district
    assert district is not None
    page = quality_page(district, lang="en")
    assert "Errors: nothing is assessed" in page

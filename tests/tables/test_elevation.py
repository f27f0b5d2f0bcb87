"""Heights named by the district file: read, checked, and in the minutes walked."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from math import exp

import geopandas as gpd
import numpy as np
import pytest
from shapely import Point

from lifecircle.jobs import assess, run
from lifecircle.publish.results import read_study
from lifecircle.tables.district import DistrictError, check_district, read_district
from lifecircle.tables.elevation import read_heights
from lifecircle.tables.ledger import Ledger

# rasterio multiplies affine matrices in a way that affine 3 announces to drop.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Use `@` matmul:PendingDeprecationWarning"
)
X, Y = 520_000.0, 3_520_000.0
KEY = '\n[walk]\nelevation = "高程.tif"\n'
SHOP = """
[[sources.facilities]]
path = "药店.gpkg"
crs = "EPSG:4548"
columns = { facility_id = "编号", facility_class = "类别" }
"""


@pytest.fixture
def write_raster(files):
    """``write_raster(height, east_m=…)``: cells of 100 m from 200 m around the town."""
    import rasterio

    def write(height, *, east_m=2400.0, crs="EPSG:4548", turned=False):
        columns, rows = int(east_m / 100), 14
        x = np.arange(columns) * 100 - 150.0
        band = np.tile(height(x), (rows, 1)).astype("float32")
        place = rasterio.transform.from_origin(X - 200, Y + 1200, 100, 100)
        if turned:
            place = place @ rasterio.Affine.rotation(10)
        profile = {
            "driver": "GTiff",
            "width": columns,
            "height": rows,
            "count": 1,
            "dtype": "float32",
            "nodata": -9999.0,
            "crs": crs,
            "transform": place,
        }
        with rasterio.open(files.folder / "高程.tif", "w", **profile) as file:
            file.write(band[None])

    return write


def problems(files):
    found, _ = check_district(files.write())
    return {
        problem.key.removeprefix("tables."): problem
        for problem in found
        if "elevation" in problem.key
    }


def test_a_raster_is_read(files, write_raster):
    write_raster(lambda x: np.where(x > 2000, -9999, x / 10))
    files.config += KEY
    grid = read_district(files.write()).elevation
    assert (grid.west_m, grid.north_m, grid.cell_m) == (X - 200, Y + 1200, 100)
    # From x = -150 in steps of 100 m: 22 cells up to 1950, two above 2000 unknown.
    assert np.isnan(grid.height_m[0]).tolist() == [False] * 22 + [True] * 2
    assert grid.height_m[3, :2].tolist() == [-15.0, -5.0]


def test_without_the_key_the_ground_is_level(files):
    assert read_district(files.write()).elevation is None


def test_the_directed_minutes_of_a_hill(files, write_raster, tmp_path):
    # The street R1 climbs 1 m every 10 m eastward. Homes at x = 450 and x = 850, both
    # on the street, the pharmacy between them at x = 650: 200 m up, 200 m down.
    write_raster(lambda x: x / 10)
    files.config += KEY + SHOP
    files.buildings = gpd.GeoDataFrame(
        {"编号": ["B1", "B2"], "户数": ["40", "36"], "套数": [None] * 2}
        | {"建筑面积": [None] * 2, "小区": [None] * 2},
        geometry=[Point(X + 450, Y + 500), Point(X + 850, Y + 500)],
        crs="EPSG:4548",
    )
    gpd.GeoDataFrame(
        {"编号": ["F9"], "类别": ["HLT.PHARM"]},
        geometry=[Point(X + 650, Y + 500)],
        crs="EPSG:4548",
    ).to_file(files.folder / "药店.gpkg", driver="GPKG")
    study = run(files.write(), tmp_path / "out", cache=tmp_path / "cache")
    walks = study.access
    walks = walks[(walks["facility_class"] == "HLT.PHARM")]
    adult = walks[walks["walker"] == "adult"].set_index("building_id")
    # Tobler, 6 exp(-3.5 |s + 0.05|): at s = 0.1 the level speed times
    # exp(-3.5 (0.15 - 0.05)), at s = -0.1 times exp(-3.5 (0.05 - 0.05)) = 1.
    level_min = 200 / 1.1 / 60
    assert adult.loc["B1", "walk_min"] == pytest.approx(level_min * exp(0.35), abs=1e-3)
    assert adult.loc["B2", "walk_min"] == pytest.approx(level_min, abs=1e-3)
    assert adult["walk_m"].tolist() == pytest.approx([200.0, 200.0], abs=1e-3)
    # The same from the cache, and the raster stands in the manifest by its hash.
    again = assess(files.folder / "district.toml", cache=tmp_path / "cache")
    assert again.access.equals(study.access)
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    (entry,) = (row for row in manifest["inputs"] if row["file"] == "高程.tif")
    assert len(entry["sha256"]) == 64
    assert manifest["settings"]["elevation"] == "高程.tif"
    assert read_study(tmp_path / "out").access.equals(study.access)


def test_streets_beyond_the_raster_are_a_warning_with_their_share(files, write_raster):
    # Heights end at x = 1000. Of R1 (2,000 m) and R3 (400 m, x = 500) may be walked;
    # R1 is one piece and an end of it is unknown: 2,000 of 2,400 m = 83.3 %.
    write_raster(lambda x: x / 10, east_m=1200)
    files.config += KEY
    found = problems(files)
    assert list(found) == ["elevation_part"]
    assert found["elevation_part"].severity == "warning"
    assert found["elevation_part"].values == {"percent": "83.3"}
    assert found["elevation_part"].file == "高程.tif"


@pytest.mark.parametrize(
    ("key", "raster"),
    [
        ("elevation_crs", {"crs": "EPSG:4549"}),
        ("elevation_cells", {"turned": True}),
        ("elevation_elsewhere", {"height": lambda x: 0 * x - 9999}),
    ],
)
def test_a_raster_that_cannot_be_used_stops_the_run(files, write_raster, key, raster):
    write_raster(**{"height": lambda x: x, **raster})
    files.config += KEY
    assert list(problems(files)) == [key]
    with pytest.raises(DistrictError):
        read_district(files.folder / "district.toml")


def test_no_file_and_no_raster_are_named(files):
    files.config += KEY
    assert list(problems(files)) == ["elevation_missing"]
    (files.folder / "高程.tif").write_text("x = 1")
    assert list(problems(files)) == ["elevation_unreadable"]


def test_without_rasterio_the_error_names_the_extra(files, write_raster, monkeypatch):
    write_raster(lambda x: x)
    files.config += KEY
    monkeypatch.setitem(sys.modules, "rasterio", None)
    path = files.write()
    with pytest.raises(DistrictError, match=r"lifecircle\[terrain\]"):
        read_district(path)


def test_all_level_heights_change_no_minute(files, write_raster):
    write_raster(lambda x: 0 * x + 40)
    plain = assess(files.write())
    files.config += KEY
    assert assess(files.write()).access.equals(plain.access)


def test_other_columns_of_roads_do_not_matter(files, write_raster):
    write_raster(lambda x: x)
    district = read_district(files.write())
    config = replace(district.config, elevation=files.folder / "高程.tif")
    ledger = Ledger()
    roads = district.roads[["walkable", "geometry"]]
    assert read_heights(config, roads, ledger=ledger) is not None
    assert ledger.problems == []

"""Without roads the outline of the communities tells of wrong declarations."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from lifecircle.tables.crs import from_wgs84, project_frame, to_wgs84
from lifecircle.tables.fits_inside import check_inside
from lifecircle.tables.ledger import Ledger, Origin
from tests.tables.conftest import real_data
from tests.tables.test_fits import READINGS

METRIC = "EPSG:4548"
WEST, SOUTH, EAST, NORTH = 117.20, 31.75, 117.25, 31.80


def told(outline, points, *, declared: str, outline_declared: str = "EPSG:4326"):
    """File and other reading of every warning; points and outline in degrees."""
    ledger = Ledger()
    ledger.open(Origin("buildings", "楼栋.csv", "", {}, declared))
    ledger.open(Origin("communities", "社区.shp", "", {}, outline_declared))
    layer = gpd.GeoDataFrame(geometry=shapely.points(points))
    spots = shapely.get_coordinates(project_frame(layer, declared, METRIC).geometry)
    homes = project_frame(
        gpd.GeoDataFrame({"_origin": [1]}, geometry=[outline]), outline_declared, METRIC
    )
    cover = homes.union_all()
    check_inside(homes, cover, [(0, spots)], crs=METRIC, ledger=ledger)
    return [(p.file, p.severity, p.values["other"]) for p in ledger.problems]


def scattered(outline, count: int):
    rng = np.random.default_rng(1)
    west, south, east, north = outline.bounds
    spots = rng.uniform((west, south), (east, north), (20 * count, 2))
    return spots[shapely.contains_xy(outline, spots)][:count]


def shifted(points, datum: str):
    return np.column_stack(from_wgs84(points[:, 0], points[:, 1], datum))


# The square is 4.7 by 5.5 km: a shift of 600 m east puts 600 / 4,700 = 13 % of 60
# points outside, about 8.
@pytest.mark.parametrize(("true", "declared", "other"), READINGS)
def test_a_small_layer_in_a_small_district(true, declared, other):
    square = shapely.box(WEST, SOUTH, EAST, NORTH)
    points = scattered(square, 60)
    written = points if true == "EPSG:4326" else shifted(points, true)
    # the outline may be named too: moved the other way it explains the same
    found = told(square, written, declared=declared)
    assert found[:1] == ([("楼栋.csv", "warning", other)] if other else [])
    assert {name for name, _, _ in found[1:]} <= {"社区.shp"}


def test_few_points_outside_say_nothing():
    square = shapely.box(WEST, SOUTH, EAST, NORTH)
    inside = np.full((100, 2), (WEST + 0.02, SOUTH + 0.02))
    # four points 300 m beyond the eastern border, which BD-09 would bring in
    inside[:4, 0] = EAST + 0.003
    assert told(square, inside, declared="EPSG:4490") == []


def test_a_layer_of_the_whole_city_says_nothing():
    square = shapely.box(WEST, SOUTH, EAST, NORTH)
    city = scattered(shapely.box(WEST - 0.1, SOUTH - 0.1, EAST + 0.1, NORTH + 0.1), 500)
    assert told(square, shifted(city, "bd09"), declared="bd09") == []
    assert told(square, shifted(city, "bd09"), declared="EPSG:4326") == []


@pytest.mark.realdata
@pytest.mark.parametrize("city", ["包河", "德城", "铜官", "攀枝花"])
def test_real_outlines_mislabelled_and_points_within(city):
    names = gpd.read_file(real_data() / "boundaries" / "districts_gcj02.geojson")
    found = names.loc[names["name"].str.contains(city), "geometry"].iloc[0]
    outline = shapely.transform(
        found, lambda xy: np.column_stack(to_wgs84(xy[:, 0], xy[:, 1], "gcj02"))
    )
    points = scattered(outline, 1500)
    right = shifted(points, "gcj02")
    assert told(found, right, declared="gcj02", outline_declared="gcj02") == []
    assert told(outline, shifted(points, "bd09"), declared="EPSG:4326") == [
        ("楼栋.csv", "warning", "bd09")
    ]
    # as the file is labelled: WGS 84
    assert ("社区.shp", "warning", "gcj02") in told(found, points, declared="EPSG:4326")

"""Joined polygons: nothing is left out, and corners stay where they are."""

import datetime as dt
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import box

from lifecircle.checks.measures.boundaries import gaps_beside
from lifecircle.model import DistrictConfig
from lifecircle.tables.ledger import Ledger, Origin
from lifecircle.tables.outlines import sort_outlines
from lifecircle.tables.places import outside_share
from lifecircle.unions import union_of

# Nine blocks that fill 60 m x 60 m, turned by 48 degrees: corners that lie on another's
# side are off it by rounding, and GEOS leaves the sixth, 42 m x 24 m, out of the union.
CORNERS = [
    *((0, 0, 3, 19), (0, 19, 3, 35), (0, 35, 3, 37), (0, 37, 3, 60), (3, 0, 45, 25)),
    *((3, 25, 45, 49), (45, 0, 60, 49), (3, 49, 6, 60), (6, 49, 60, 60)),
]


@pytest.fixture
def blocks():
    turn = np.deg2rad(48.0)
    matrix = [np.cos(turn), -np.sin(turn), np.sin(turn), np.cos(turn), 0.3, 0.7]
    shapes = [shapely.affinity.affine_transform(box(*c), matrix) for c in CORNERS]
    return np.array(shapes, dtype=object)


def test_no_block_is_left_out(blocks):
    assert union_of(blocks).area == pytest.approx(3600.0, abs=0.01)
    halves = np.array([shapely.MultiPolygon([*blocks[::2]]), None, *blocks[1::2]])
    assert union_of(halves).area == pytest.approx(3600.0, abs=0.01)


def test_what_reads_the_union_sees_no_hole_of_1008_m2(blocks):
    assert gaps_beside(blocks).tolist() == [0.0] * 9
    # Corners are moved by 0.05 mm at most: 0.05 mm x 128 m of 1,008 m² is 0.000006.
    assert outside_share(blocks, blocks).max() < 1e-5


def test_outlines_drawn_in_parts_are_whole(blocks):
    # A subdistrict, and the district, of nine rows each.
    ledger = Ledger()
    tables = {}
    for table in ("communities", "subdistricts", "districts"):
        number = ledger.open(Origin(table, f"{table}.gpkg", "", {}, "EPSG:4548"))
        columns = dict.fromkeys(("subdistrict_id", "subdistrict_name", "name"), "S1")
        frame = gpd.GeoDataFrame({"_row": range(1, 10)}, geometry=blocks)
        tables[table] = frame.assign(**columns, _origin=number, district_id=None)
    config = DistrictConfig(
        "q", "青溪区", Path(), "EPSG:4548", dt.date(2026, 6, 30), ()
    )
    made = sort_outlines(tables, config, ledger=ledger)
    for name in ("subdistrict_outlines", "district_outline"):
        assert made[name].area.tolist() == pytest.approx([3600.0], abs=0.01), name


def test_corners_stay_where_they_are():
    third = 1 / 3
    halves = np.array([box(0, 0, third, 1), box(third, 0, 1, 1), shapely.Polygon()])
    west, _, east, _ = shapely.bounds(union_of(halves[1:]))
    assert (west, east) == (third, 1.0)
    assert union_of(halves).area == 1.0
    assert union_of(np.array([None])).is_empty

import geopandas as gpd
import numpy as np
import pytest
import shapely
from shapely import Point, box

from lifecircle.access.catchments import GROUND_M, walking_catchments
from lifecircle.conftest import places
from lifecircle.network.compounds import read_walls
from lifecircle.network.graph import build_network


@pytest.fixture
def areas(toy):
    return walking_catchments(
        toy.network, toy.district.facilities, limit_m=600, id_column="facility_id"
    )


def test_catchments_are_a_partition(areas):
    total = shapely.union_all(areas.geometry.to_numpy())
    assert areas.area.sum() == pytest.approx(total.area, abs=1e-3)
    assert areas.is_valid.all()
    assert set(areas.geom_type) <= {"Polygon", "MultiPolygon"}


def test_catchments_hold_the_ground_near_streets(toy, areas):
    total = shapely.union_all(areas.geometry.to_numpy())
    everything = shapely.union_all(toy.network.segment_geometry)
    # Cells of 10 m, their stairs smoothed: the edge may be a cell off.
    assert everything.buffer(GROUND_M + 10).covers(total)


def test_the_border_is_half_way_on_foot(make_district, make_streets, at):
    district = make_district(
        roads=make_streets(((0, 0), (400, 0))),
        facilities=places("facility_id", [(100, 0), (300, 0)], facility_class="SHOP"),
    )
    areas = walking_catchments(
        build_network(district),
        district.facilities,
        limit_m=1000,
        id_column="facility_id",
    )
    west, east = areas.geometry
    assert west.bounds[2] == pytest.approx(500_200.0, abs=10)
    assert west.area == pytest.approx(east.area, rel=0.05)


def test_a_river_parts_catchments(river, at):
    points = gpd.GeoDataFrame(
        {"unit": ["north", "south"]},
        geometry=[Point(at(0, 62)), Point(at(300, -2))],
        crs="EPSG:4548",
    )
    areas = walking_catchments(
        build_network(river), points, limit_m=1000, id_column="unit"
    ).set_index("unit")
    # The south end of the cut lane, (0, 0), is 300 m from "south" along its bank.
    assert areas.loc["south", "geometry"].contains(Point(at(0, 8)))
    assert areas.loc["north", "geometry"].contains(Point(at(0, 52)))


def test_boundary_limit_and_points_off_every_street(toy, at):
    boundary = box(*at(0, 0), *at(100, 100))
    areas = walking_catchments(
        toy.network,
        toy.district.facilities,
        limit_m=300,
        id_column="facility_id",
        boundary=boundary,
    )
    assert boundary.buffer(1e-6).covers(shapely.union_all(areas.geometry.to_numpy()))
    far = toy.district.facilities.assign(geometry=[Point(at(0, 5000))] * 5)
    none = walking_catchments(toy.network, far, limit_m=300, id_column="facility_id")
    assert none.empty
    assert none.columns.tolist() == ["facility_id", "geometry"]


def test_the_order_of_points_does_not_matter(toy, areas):
    turned = walking_catchments(
        toy.network,
        toy.district.facilities.iloc[::-1],
        limit_m=600,
        id_column="facility_id",
    )
    assert turned["facility_id"].tolist() == areas["facility_id"].tolist()
    assert np.array_equal(turned.geometry.to_wkb(), areas.geometry.to_wkb())


def test_ground_across_a_river_belongs_to_its_own_bank(river, at):
    points = gpd.GeoDataFrame(
        {"unit": ["north", "south"]},
        geometry=[Point(at(200, 62)), Point(at(200, -2))],
        crs="EPSG:4548",
    )
    areas = walking_catchments(
        build_network(river),
        points,
        limit_m=150,
        id_column="unit",
        walls=read_walls(river),
    ).set_index("unit")
    # Away from the lane (x=0) and the bridge (x=300) the river, y=30, parts them.
    between = box(*at(60, -100), *at(240, 200))
    north, south = areas.geometry.intersection(between)
    # Half a cell and the smoothing of its stairs.
    assert north.bounds[1] == pytest.approx(3_520_030, abs=10)
    assert south.bounds[3] == pytest.approx(3_520_030, abs=10)

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS
from shapely import Point, Polygon

from lifecircle.errors import CrsError
from lifecircle.tables.crs import (
    declared_crs,
    from_wgs84,
    is_metric,
    project_frame,
    to_wgs84,
)
from lifecircle.tables.plausible import contradiction_m, coordinate_faults

DEGREE_M = 111_320.0


@pytest.mark.parametrize(
    ("wgs", "gcj"),
    [
        # published pairs: Shanghai, Shenzhen, Beijing (latitude, longitude)
        ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
        ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
        ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
    ],
)
def test_gcj02_agrees_with_published_pairs(wgs, gcj):
    lon, lat = from_wgs84([wgs[1]], [wgs[0]], "gcj02")
    assert (lat[0], lon[0]) == pytest.approx(gcj, abs=1e-9)
    back_lon, back_lat = to_wgs84([gcj[1]], [gcj[0]], "gcj02")
    assert (back_lat[0], back_lon[0]) == pytest.approx(wgs, abs=1e-9)


@given(
    st.sampled_from(["gcj02", "bd09"]),
    # All of China: 73.5 to 135.1 E, 3.4 (South China Sea) to 53.6 N
    st.floats(min_value=73.0, max_value=136.0),
    st.floats(min_value=3.0, max_value=54.0),
)
def test_the_round_trip_is_under_a_millimetre(datum, lon, lat):
    there = from_wgs84([lon], [lat], datum)
    back = to_wgs84(*there, datum)
    error_m = np.hypot(back[0] - lon, back[1] - lat)[0] * DEGREE_M
    assert error_m < 0.001


def test_outside_china_gcj02_is_wgs84():
    lon, lat = from_wgs84([2.35, 139.7], [48.85, 35.6], "gcj02")
    assert lon.tolist() == [2.35, 139.7]
    assert lat.tolist() == [48.85, 35.6]


@pytest.mark.realdata
def test_real_points_agree_with_their_pairs(real_folder):
    pairs = pd.read_csv(real_folder / "xian" / "poi_oldtown_bd09_wgs84_pairs.csv")
    lon, lat = to_wgs84(pairs["bd_lng"], pairs["bd_lat"], "bd09")
    east = (lon - pairs["wgs_lng"]) * DEGREE_M * np.cos(np.radians(34.26))
    off = np.hypot(east, (lat - pairs["wgs_lat"]) * DEGREE_M)
    # The file was made with the usual one-step inverse, good to about 2 m.
    assert len(off) == 17_148
    assert off.max() < 2.5
    again = from_wgs84(lon, lat, "bd09")
    back = np.hypot(again[0] - pairs["bd_lng"], again[1] - pairs["bd_lat"]) * DEGREE_M
    assert back.max() < 0.001


@pytest.mark.realdata
def test_gcj02_boundaries_fall_on_osm_streets_once_converted(real_folder):
    # Independent truth: district boundaries in GCJ-02 run along streets, and OSM has
    # those streets in WGS 84. 碑林 and 莲湖: tens of metres off as they are.
    districts = gpd.read_file(real_folder / "boundaries" / "districts_gcj02.geojson")
    core = districts[districts["adcode"].astype(str).isin(["610103", "610104"])]
    roads = gpd.read_file(real_folder / "xian" / "core3_roads_osm_wgs84.gpkg")
    streets = project_frame(roads, "EPSG:4326", "EPSG:4547").geometry.to_numpy()
    tree = shapely.STRtree(streets)

    def median_off_m(declared: str) -> float:
        lines = project_frame(core, declared, "EPSG:4547").geometry.boundary
        points = shapely.points(shapely.get_coordinates(lines))
        return float(np.median(tree.query_nearest(points, return_distance=True)[1]))

    assert median_off_m("EPSG:4326") > 30.0
    assert median_off_m("gcj02") < 8.0


def test_projection_of_a_polygon_in_gcj02():
    corners = [(520_000, 3_520_000), (520_100, 3_520_000), (520_100, 3_520_080)]
    metric = gpd.GeoSeries([Polygon(corners)], crs=declared_crs("EPSG:4548"))
    degrees = metric.to_crs(4490).geometry.iloc[0].exterior.coords
    shifted = from_wgs84(*np.array(degrees).T, "gcj02")
    frame = gpd.GeoDataFrame({"a": [1]}, geometry=[Polygon(np.column_stack(shifted))])
    back = project_frame(frame, "gcj02", "EPSG:4548").geometry.iloc[0]
    # half of 100 m x 80 m
    assert back.area == pytest.approx(4000.0, abs=0.01)
    assert back.distance(metric.iloc[0]) == 0.0
    assert frame.crs is None


def test_zones_with_and_without_number_are_the_same_place():
    plain = gpd.GeoDataFrame(geometry=[Point(520_000.0, 3_520_000.0)])
    zoned = gpd.GeoDataFrame(geometry=[Point(39_520_000.0, 3_520_000.0)])
    first = project_frame(plain, "EPSG:4548", "EPSG:4490").geometry.iloc[0]
    second = project_frame(zoned, "EPSG:4527", "EPSG:4490").geometry.iloc[0]
    assert first.distance(second) * DEGREE_M < 0.001


@pytest.mark.parametrize(
    ("x", "y", "declared", "fault"),
    [
        (117.2, 31.8, "EPSG:4490", ""),
        (31.8, 117.2, "EPSG:4490", "crs_swapped"),
        (31.8, 117.2, "gcj02", "crs_swapped"),
        (520_000.0, 3_520_000.0, "EPSG:4490", "crs_metric_as_degrees"),
        (0.0, 0.0, "bd09", "crs_outside_area"),
        (520_000.0, 3_520_000.0, "EPSG:4548", ""),
        (117.2, 31.8, "EPSG:4548", "crs_degrees_as_metric"),
        (3_520_000.0, 520_000.0, "EPSG:4548", "crs_swapped"),
        (39_520_000.0, 3_520_000.0, "EPSG:4548", "crs_zone_number"),
        (520_000.0, 3_520_000.0, "EPSG:4527", "crs_zone_number"),
        (39_520_000.0, 3_520_000.0, "EPSG:4527", ""),
        (520_000.0, 9_900_000.0, "EPSG:4548", "crs_outside_area"),
        (117.2, -31.8, "EPSG:4490", "crs_hemisphere"),
        (-117.2, 31.8, "gcj02", "crs_hemisphere"),
        (520_000.0, -3_520_000.0, "EPSG:4548", "crs_hemisphere"),
        # Los Angeles and Perth, where nothing says that the district is in China
        (-118.2, 34.1, "EPSG:4326", ""),
        (115.9, -31.9, "EPSG:4326", ""),
    ],
)
def test_coordinates_that_cannot_be_what_they_are_declared(x, y, declared, fault):
    assert list(coordinate_faults(np.array([x]), np.array([y]), declared)) == [fault]


def test_the_district_says_whether_a_minus_sign_is_wrong():
    x, y = np.array([-117.2]), np.array([31.8])
    for target, fault in [("EPSG:4548", "crs_hemisphere"), ("EPSG:26911", "")]:
        assert list(coordinate_faults(x, y, "EPSG:4326", target=target)) == [fault]


def test_a_prj_that_means_the_same_place_is_no_contradiction():
    box = (117.0, 31.0, 117.1, 31.1)
    assert contradiction_m("EPSG:4490", CRS.from_epsg(4326), box) == 0.0
    assert contradiction_m("gcj02", CRS.from_epsg(4326), box) == 0.0
    metric = (520_000.0, 3_520_000.0, 521_000.0, 3_521_000.0)
    esri = CRS.from_wkt(CRS.from_epsg(4548).to_wkt("WKT1_ESRI"))
    assert contradiction_m("EPSG:4548", esri, metric) == 0.0
    # CM 114E read as CM 117E: 3 degrees
    assert contradiction_m("EPSG:4548", CRS.from_epsg(4547), metric) > 250_000


def test_unknown_systems_are_refused():
    with pytest.raises(CrsError, match="EPSG:n"):
        declared_crs("wgs84")
    with pytest.raises(CrsError, match="EPSG:999999"):
        declared_crs("EPSG:999999")
    with pytest.raises(CrsError, match="bd09"):
        to_wgs84([1.0], [1.0], "mars")
    assert not is_metric("EPSG:4490")

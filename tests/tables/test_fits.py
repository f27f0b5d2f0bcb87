"""Layers declared wrongly are found by their fit to the roads; right ones are not."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from lifecircle.tables.crs import from_wgs84, project_frame, to_wgs84
from lifecircle.tables.fits import check_fits
from lifecircle.tables.ledger import Ledger, Origin

METRIC = "EPSG:4545"


def warned(roads, communities, layer, *, table: str, declared: str):
    """Other datum named in the warning on a layer, ``None`` without one."""
    ledger = Ledger()
    ledger.open(Origin(table, "layer.csv", "", {}, declared))
    read = project_frame(layer, declared, METRIC)
    empty = gpd.GeoDataFrame({"_origin": []}, geometry=[], crs=METRIC)
    tables = {
        "roads": roads,
        **dict.fromkeys(("compounds", "buildings", "facilities"), empty),
        "communities": communities.assign(_origin=-1).iloc[:0],
    }
    if table != "communities":
        tables["communities"] = communities.assign(_origin=1)
        ledger.open(Origin("communities", "c.shp", "", {}, METRIC))
    tables[table] = read.assign(_origin=0)
    check_fits(tables, crs=METRIC, ledger=ledger)
    found = [p for p in ledger.problems if p.file == "layer.csv"]
    assert {p.severity for p in found} <= {"warning"}
    return found[0].values["other"] if found else None


@pytest.fixture(scope="module")
def grid_town():
    """Streets 150 to 450 m apart over 6 km, shops 15 m beside them, in degrees.

    Not evenly spaced: a shift by whole blocks would fit as well as the truth.
    """
    base_x, base_y = 580_000.0, 3_790_000.0
    rng = np.random.default_rng(1)
    steps = [np.cumsum(rng.uniform(150, 450, 40)) for _ in range(2)]
    lines = [
        shapely.LineString([(base_x + a, base_y), (base_x + a, base_y + 9000)])
        for a in steps[0]
    ] + [
        shapely.LineString([(base_x, base_y + a), (base_x + 9000, base_y + a)])
        for a in steps[1]
    ]
    beside = rng.choice(steps[0][:20], 500) + 15.0
    shops = shapely.points(base_x + beside, base_y + rng.uniform(50, 5950, 500))
    roads = gpd.GeoDataFrame(
        {"_origin": 9}, index=range(len(lines)), geometry=lines, crs=METRIC
    )
    area = gpd.GeoDataFrame(
        geometry=[shapely.box(base_x, base_y, base_x + 6000, base_y + 6000)], crs=METRIC
    )
    return roads, area, gpd.GeoDataFrame(geometry=shops, crs=METRIC).to_crs(4326)


def moved(layer, datum: str):
    def shift(xy):
        return np.column_stack(from_wgs84(xy[:, 0], xy[:, 1], datum))

    return layer.set_geometry(shapely.transform(layer.geometry.to_numpy(), shift))


READINGS = [
    ("EPSG:4326", "EPSG:4326", None),
    ("gcj02", "gcj02", None),
    ("bd09", "bd09", None),
    ("gcj02", "EPSG:4326", "gcj02"),
    ("bd09", "EPSG:4490", "bd09"),
    ("bd09", "gcj02", "bd09"),
    ("EPSG:4326", "gcj02", "EPSG:4326"),
]


@pytest.mark.parametrize(("true", "declared", "other"), READINGS)
def test_shops_of_a_made_up_town(grid_town, true, declared, other):
    roads, area, shops = grid_town
    layer = shops if true == "EPSG:4326" else moved(shops, true)
    found = warned(roads, area, layer, table="facilities", declared=declared)
    assert found == other


# UTM 49 and the Gauss-Kruger zone of its meridian, 111 E: 0.0004 x 3,790 km = 1.5 km.
TWINS = [
    *((same, same, None) for same in ("EPSG:32649", "EPSG:4546", "EPSG:2382")),
    ("EPSG:32649", "EPSG:4546", "EPSG:32649"),
    ("EPSG:4546", "EPSG:32649", "EPSG:4546"),
]


def in_zone(layer, true: str):
    """The numbers of a layer in a zone, without their system."""
    metres = layer.set_crs(4326, allow_override=True).to_crs(true)
    return gpd.GeoDataFrame(geometry=metres.geometry.to_numpy())


@pytest.mark.parametrize(("true", "declared", "other"), TWINS)
def test_twin_zones_of_a_made_up_town(grid_town, true, declared, other):
    roads, area, shops = grid_town
    layer = in_zone(shops, true)
    found = warned(roads, area, layer, table="facilities", declared=declared)
    assert found == other


@pytest.mark.parametrize(("true", "declared", "other"), TWINS)
def test_twin_zones_of_real_layers(xian, true, declared, other):
    roads, area, folder = xian
    table = pd.read_csv(folder / "xian" / "core3_compounds_wgs84.csv")
    lon, lat = to_wgs84(
        table["lng_raw"].to_numpy(), table["lat_raw"].to_numpy(), "bd09"
    )
    compounds = gpd.GeoDataFrame(geometry=gpd.points_from_xy(lon, lat))
    table = pd.read_csv(folder / "xian" / "poi_baidu_xian_wgs84.csv")
    places = gpd.points_from_xy(table["wgs_lng"], table["wgs_lat"], crs=4326)
    inside = places.to_crs(METRIC).within(area.union_all())
    boundaries = area.to_crs(4326)
    for name, layer in (
        ("compounds", compounds),
        ("facilities", gpd.GeoDataFrame(geometry=places[inside])),
        ("communities", gpd.GeoDataFrame(geometry=boundaries.geometry.to_numpy())),
    ):
        numbers = in_zone(layer, true)
        found = warned(roads, area, numbers, table=name, declared=declared)
        assert found == other, name


@pytest.fixture
def xian(real_folder):
    """Roads, the three districts, and the folder of the real data."""
    folder = real_folder / "xian"
    roads = gpd.read_file(folder / "core3_roads_osm_wgs84.gpkg").to_crs(METRIC)
    area = gpd.read_file(folder / "core3_districts_wgs84.geojson").to_crs(METRIC)
    return roads.assign(_origin=9), area, real_folder


# Measured medians to the road (m), share inside: points right 25.2, 100 %; GCJ-02 as
# WGS 84 38.9, 94 %. Compounds right 30.9, 100 %; BD-09 as WGS 84 37.5, 91 %.
@pytest.mark.parametrize(("true", "declared", "other"), READINGS)
def test_real_points(xian, true, declared, other):
    roads, area, folder = xian
    table = pd.read_csv(folder / "xian" / "poi_baidu_xian_wgs84.csv")
    places = gpd.points_from_xy(table["wgs_lng"], table["wgs_lat"], crs=4326)
    inside = places.to_crs(METRIC).within(area.union_all())
    layer = gpd.GeoDataFrame(geometry=places[inside])
    layer = layer if true == "EPSG:4326" else moved(layer, true)
    found = warned(roads, area, layer, table="facilities", declared=declared)
    assert found == other


@pytest.mark.parametrize(("declared", "other"), [("bd09", None), ("EPSG:4326", "bd09")])
def test_real_compounds(xian, declared, other):
    roads, area, folder = xian
    table = pd.read_csv(folder / "xian" / "core3_compounds_wgs84.csv")
    places = gpd.points_from_xy(table["lng_raw"], table["lat_raw"])
    layer = gpd.GeoDataFrame(geometry=places)
    found = warned(roads, area, layer, table="compounds", declared=declared)
    assert found == other


# Districts labelled WGS 84 that are GCJ-02: 42 to 54 m off the roads, then 4 to 6 m.
@pytest.mark.parametrize(
    ("declared", "other"), [("gcj02", None), ("EPSG:4326", "gcj02")]
)
def test_real_boundaries(xian, declared, other):
    roads, area, folder = xian
    layer = gpd.read_file(folder / "boundaries" / "districts_gcj02.geojson")
    layer = layer[layer["name"].str.contains("碑林|莲湖|西安新城|新城区")]
    assert len(layer) >= 2
    found = warned(roads, area, layer, table="communities", declared=declared)
    assert found == other

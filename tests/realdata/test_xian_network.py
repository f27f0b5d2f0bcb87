"""The walk network of Xi'an's three core districts, against networkx."""

from __future__ import annotations

import os
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from lifecircle.conftest import make_config, make_district
from lifecircle.network.graph import build_network
from lifecircle.network.snap import snap_points

CRS = "EPSG:4545"  # CGCS2000, 3-degree zone, central meridian 108 E
NOT_WALKED = {"motorway", "motorway_link", "trunk_link"}
DATA = Path(
    os.environ.get("LIFECIRCLE_DATA", Path(__file__).parents[2].parent / "shared/data")
)
XIAN = DATA / "xian"

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(
        not (XIAN / "core3_roads_osm_wgs84.gpkg").exists(),
        reason="the shared Xi'an data is not here (LIFECIRCLE_DATA)",
    ),
]


@pytest.fixture(scope="module")
def network():
    ways = gpd.read_file(XIAN / "core3_roads_osm_wgs84.gpkg").to_crs(CRS)
    ways = ways.explode(ignore_index=True)
    walked = ~ways["fclass"].isin(NOT_WALKED)
    roads = pd.DataFrame(
        {
            "road_id": ways["osm_id"] + "-" + ways.index.astype(str),
            "road_class": ways["fclass"],
            "walkable": np.where(walked, "yes", "no"),
            "bridge": np.where(ways["bridge"] == "T", "yes", "no"),
            "tunnel": np.where(ways["tunnel"] == "T", "yes", "no"),
            "geometry": ways.geometry,
        }
    )
    return build_network(make_district(config=make_config(crs=CRS), roads=roads))


@pytest.fixture(scope="module")
def listings():
    table = pd.read_csv(XIAN / "core3_compounds_wgs84.csv")
    table = table.drop_duplicates(["name", "lng", "lat"])
    points = gpd.points_from_xy(table["lng"], table["lat"], crs="EPSG:4326")
    return np.asarray(points.to_crs(CRS))


def test_its_size(network):
    # Every vertex pair of the walkable ways, from the same file by hand.
    assert len(network.segment_nodes) == 19_121
    assert len(network.node_xy) == 16_810
    # 98.1 % of the street length hangs together; the rest are islands, kept.
    main = network.component[network.segment_nodes[:, 0]] == 0
    length_m = network.segment_length_m
    assert length_m[main].sum() / length_m.sum() == pytest.approx(0.9813, abs=5e-4)


def test_1000_random_pairs_agree_with_networkx_to_a_centimetre(network, random_walks):
    walked, expected = random_walks(network, starts=250, each=4)
    assert len(walked) == 1000
    np.testing.assert_allclose(walked, expected, atol=0.01, rtol=0)
    assert np.isnan(expected).sum() < 100


def test_how_many_listings_are_farther_than_100_m_from_every_street(network, listings):
    snapped = snap_points(network, listings, max_off_m=100)
    away = shapely.STRtree(network.segment_geometry).query_nearest(
        listings, return_distance=True, all_matches=False
    )[1]
    share = float((snapped["segment"] < 0).mean())
    # Midway along bridges no one steps off; else it is the straight distance.
    assert share >= float((away > 100).mean())
    assert share == pytest.approx(0.082, abs=0.005)

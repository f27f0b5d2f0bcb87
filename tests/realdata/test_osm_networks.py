"""The walk networks of Porto and Heidelberg from OpenStreetMap, against networkx."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from lifecircle.conftest import make_config, make_district
from lifecircle.network.graph import build_network
from lifecircle.tables.openstreetmap import read_openstreetmap

DATA = Path(
    os.environ.get("LIFECIRCLE_DATA", Path(__file__).parents[2].parent / "shared/data")
)
OSM = DATA / "osm"

pytestmark = [
    pytest.mark.realdata,
    pytest.mark.skipif(
        not (OSM / "porto_portugal.osm.pbf").exists(),
        reason="the shared OpenStreetMap extracts are not here (LIFECIRCLE_DATA)",
    ),
]


@pytest.mark.parametrize(
    ("extract", "crs"),
    [
        ("porto_portugal.osm.pbf", "EPSG:32629"),
        ("heidelberg.test.pbf", "EPSG:32632"),
    ],
)
def test_1000_random_pairs_agree_with_networkx_to_a_centimetre(
    random_walks, extract, crs
):
    roads = read_openstreetmap(OSM / extract, "roads").to_crs(crs)
    network = build_network(make_district(config=make_config(crs=crs), roads=roads))
    walked, expected = random_walks(network, starts=10, each=100)
    assert len(walked) == 1000
    np.testing.assert_allclose(walked, expected, atol=0.01, rtol=0)
    # Most of the streets hang together; the rest are islands, kept.
    assert np.isnan(expected).sum() < 250

"""Slope worked out by hand: a hill, a crest within a segment, a bridge over a gorge."""

from dataclasses import replace
from math import exp
from pathlib import Path

import numpy as np
import pytest

from lifecircle.access.minutes import walk_access
from lifecircle.conftest import ORIGIN
from lifecircle.elevation import Elevation
from lifecircle.errors import NetworkError
from lifecircle.network.graph import build_network
from lifecircle.network.slope import naismith_m, tobler_m, with_elevation
from lifecircle.standards.walkers import walker_profiles


def terrain(height, cell_m=10.0, half_m=500.0):
    """Heights from a function of toy metres, of x or of both, around the corner."""
    middles = np.arange(-half_m, half_m, cell_m) + cell_m / 2
    x, y = np.meshgrid(middles, middles[::-1])
    arguments = (x, y)[: height.__code__.co_argcount]
    grid = np.broadcast_to(np.asarray(height(*arguments), dtype=float), x.shape)
    return Elevation(
        grid, west_m=ORIGIN[0] - half_m, north_m=ORIGIN[1] + half_m, cell_m=cell_m
    )


def test_tobler_by_hand():
    # 6 exp(-3.5 |0.1 + 0.05|) = 3.549 km/h against 5.037 on the level.
    assert tobler_m(np.array([100.0]), np.array([10.0]))[0] == pytest.approx(
        100 * exp(-3.5 * 0.05) / exp(-3.5 * 0.15)
    )
    # Fastest at 5 % downhill: 6 km/h.
    assert tobler_m(np.array([100.0]), np.array([-5.0]))[0] == pytest.approx(
        100 * 5.0367 / 6, abs=0.01
    )
    # As fast as on the level at 10 % downhill, slower beyond.
    assert tobler_m(np.array([100.0]), np.array([-10.0]))[0] == pytest.approx(100)
    assert tobler_m(np.array([100.0]), np.array([-30.0]))[0] > 190


def test_naismith_by_hand():
    # 5 km and 600 m of ascent: two hours instead of one; down, one.
    both = naismith_m(np.array([5000.0, 5000.0]), np.array([600.0, -600.0]))
    assert both.tolist() == [10_000.0, 5000.0]


def test_heights_between_cells_are_bilinear(at):
    grid = terrain(lambda x, y: 2 * x + 3 * y + x * y / 100)
    rng = np.random.default_rng(1)
    spots = rng.uniform(-490, 490, (50, 2))
    # Within a cell x, y and xy are reproduced, linear along each edge.
    heights = grid.at(spots + ORIGIN)
    x, y = spots.T
    assert heights == pytest.approx(2 * x + 3 * y + x * y / 100, abs=0.3)


def test_heights_beyond_the_grid_are_unknown():
    grid = terrain(lambda x: 0 * x, half_m=50)
    spots = np.array([[49.9, 0], [50.1, 0], [0, -49.9], [0, -50.1]]) + ORIGIN
    assert np.isnan(grid.at(spots)).tolist() == [False, True, False, True]


def test_unknown_cells_make_unknown_heights_and_level_streets(dead_end):
    grid = terrain(lambda x: np.where(x < 100, x / 10, np.nan))
    network = with_elevation(build_network(dead_end), grid)
    start, end = network.node_xy[network.segment_nodes].transpose(1, 0, 2)
    east = (start[:, 0] >= ORIGIN[0] + 100) & (end[:, 0] > ORIGIN[0] + 100)
    assert network.features["naismith"][east].tolist() == [[100.0, 100.0]]


def test_a_crest_within_a_segment_counts(dead_end):
    # A ridge over the middle of the first 100 m, 10 m high: up 10, down 10.
    ridge = terrain(lambda x: 10 - np.abs(x - 50) / 5, cell_m=10)
    network = with_elevation(build_network(dead_end), ridge)
    start = network.node_xy[network.segment_nodes[:, 0], 0]
    first = int(np.argmin(start))
    # Sampled at cell borders; bilinear heights cut the tip by 1 m: 100 + 9 * 25/3.
    assert network.features["naismith"][first] == pytest.approx([175.0, 175.0])


def test_a_bridge_does_not_follow_the_ground(make_district, make_streets):
    # A gorge of 40 m between x=100 and x=200; the bridge in two pieces, level.
    rows = make_streets(
        ((0, 0), (100, 0)), ((100, 0), (150, 0), (200, 0)), ((200, 0), (300, 0))
    )
    rows[1]["bridge"] = "yes"
    gorge = terrain(lambda x: np.where((x > 110) & (x < 190), -40.0, 0.0))
    network = with_elevation(build_network(make_district(roads=rows)), gorge)
    assert network.features["naismith"].ravel().tolist() == pytest.approx(
        [100, 100, 50, 50, 50, 50, 100, 100]
    )


def test_a_bridge_rises_evenly_between_its_ends(make_district, make_streets):
    # From height 0 at x=100 to 30 m at x=200, in pieces of 25 and 75 m: 7.5 and 22.5.
    rows = make_streets(
        ((0, 0), (100, 0)), ((100, 0), (125, 0), (200, 0)), ((200, 0), (300, 0))
    )
    rows[1]["bridge"] = "yes"
    bank = terrain(lambda x: np.where(x > 190, 30.0, 0.0))
    network = with_elevation(build_network(make_district(roads=rows)), bank)
    bridge = network.segment_kind == "bridge"
    up = network.features["naismith"][bridge].max(axis=1)
    length = network.segment_length_m[bridge]
    assert sorted(up - length) == pytest.approx([7.5 * 25 / 3, 22.5 * 25 / 3])


@pytest.fixture
def hill(make_district, make_streets, make_config, at):
    """Homes at the foot and on the top of a street that climbs 20 m in 200 m.

    ::

        low(0,0) ──────── clinic(100,0) ──────── high(200,0)     height = x / 10
    """
    from shapely import Point

    spots = {"low": (0, 0), "high": (200, 0)}
    walkers = {
        name: replace(walker_profiles()["adult"], name=name, slope=name)
        for name in ("tobler", "naismith", "none")
    }
    return make_district(
        config=make_config(walkers=walkers),
        roads=make_streets(((0, 0), (200, 0))),
        buildings=[
            {"building_id": key, "households": 1.0, "geometry": Point(at(*spot))}
            for key, spot in spots.items()
        ],
        facilities=[
            {
                "facility_id": "F",
                "facility_class": "SHOP",
                "geometry": Point(at(100, 0)),
            }
        ],
    )


def test_walking_up_takes_longer_than_walking_down(hill):
    network = with_elevation(build_network(hill), terrain(lambda x: x / 10))
    walks = walk_access(network, hill).set_index(["building_id", "walker"])
    minutes = walks["walk_min"]
    # Metres are what they were: a rule on metres stays one.
    assert walks["walk_m"].tolist() == [100.0] * 6
    level_min = 100 / 1.1 / 60
    assert minutes["low", "none"] == minutes["high", "none"] == level_min
    # Up 10 %: e^0.35; down 10 %: as on the level.
    assert minutes["low", "tobler"] == pytest.approx(level_min * exp(0.35), rel=1e-6)
    assert minutes["high", "tobler"] == pytest.approx(level_min, rel=1e-6)
    # 10 m of ascent: 83.3 m more.
    assert minutes["low", "naismith"] == pytest.approx(level_min * (1 + 10 / 12))
    assert minutes["high", "naismith"] == pytest.approx(level_min)


def test_level_ground_changes_no_minute(hill):
    network = build_network(hill)
    plain = walk_access(network, hill)
    flat = walk_access(with_elevation(network, terrain(lambda x: 0 * x)), hill)
    assert flat["walk_min"].tolist() == pytest.approx(plain["walk_min"].tolist())


def test_heights_elsewhere_are_an_error(hill):
    grid = replace(terrain(lambda x: 0 * x), west_m=0.0)
    with pytest.raises(NetworkError, match="known height"):
        with_elevation(build_network(hill), grid)


def test_a_saved_study_of_a_hill_is_not_walked_as_if_level(hill):
    config = replace(hill.config, elevation=Path("hills.tif"))
    steep = replace(hill, config=config, elevation=terrain(lambda x: x / 10))
    assert "tobler" in build_network(steep).features
    # ``read_study`` gives the raster's name alone.
    with pytest.raises(NetworkError, match=r"hills\.tif: a saved study keeps .* name"):
        build_network(replace(steep, elevation=None))

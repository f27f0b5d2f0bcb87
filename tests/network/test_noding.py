"""Unnoded lines: what meets, what passes, what is reported."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from shapely import Point

from lifecircle.access.routes import walk_m_between
from lifecircle.conftest import make_district as make_toy
from lifecircle.errors import NetworkError
from lifecircle.network.graph import build_network, network_report
from lifecircle.network.noding import node_lines


@pytest.fixture
def walked(make_district, make_config, at):
    """Metres from (0, 0) to a place on roads noded with a tolerance."""

    def measure(rows, there, tolerance_m=0.5):
        district = make_district(
            config=make_config(node_lines_m=tolerance_m), roads=rows
        )
        spots = [np.array([Point(at(*spot))]) for spot in ((0, 0), there)]
        return float(walk_m_between(build_network(district), *spots, max_off_m=1)[0])

    return measure


EAST = ((0, 0), (100, 0))
NORTH = ((50, -40), (50, 40))  # crosses EAST in the middle of both


def test_lines_that_cross_meet(make_streets, walked):
    assert walked(make_streets(EAST, NORTH), (50, 40)) == pytest.approx(90.0)


def test_without_the_setting_they_do_not(make_streets, walked):
    assert np.isnan(walked(make_streets(EAST, NORTH), (50, 40), None))


@pytest.mark.parametrize(
    "columns", [{"bridge": "yes"}, {"tunnel": "yes"}, {"layer": 1.0}, {"layer": -1.0}]
)
def test_lines_of_another_grade_pass(make_streets, walked, columns):
    rows = make_streets(EAST, NORTH)
    rows[1] |= columns
    assert np.isnan(walked(rows, (50, 40)))


def test_lines_of_another_grade_pass_even_at_a_shared_vertex(make_streets, walked):
    rows = make_streets(((0, 0), (50, 0), (100, 0)), ((50, -40), (50, 0), (50, 40)))
    assert walked(rows, (50, 40)) == pytest.approx(90.0)
    rows[1] |= {"bridge": "yes", "layer": 1.0}
    assert np.isnan(walked(rows, (50, 40)))


def test_a_bridge_ends_on_the_street(make_streets, walked):
    # The bridge starts 0.3 m short of EAST's middle and ends at a street's end.
    rows = make_streets(EAST, ((50, 0.3), (50, 60)), ((50, 60), (50, 90)))
    rows[1] |= {"bridge": "yes", "layer": 1.0}
    assert walked(rows, (50, 90)) == pytest.approx(140.0)


def test_a_street_that_ends_below_a_bridge_does_not_meet_it(make_streets, walked):
    rows = make_streets(EAST, ((100, -40), (100, 40)))
    rows[1] |= {"bridge": "yes", "layer": 1.0}
    assert np.isnan(walked(rows, (100, 40)))


def test_ends_within_the_tolerance_are_joined_inclusively(make_streets, walked):
    rows = make_streets(EAST, ((100.5, 0), (200, 0)))
    assert walked(rows, (200, 0)) == pytest.approx(200.0, abs=0.6)
    assert np.isnan(walked(rows, (200, 0), 0.49))


def test_an_end_within_the_tolerance_of_a_line_is_joined(make_streets, walked):
    short = make_streets(EAST, ((50, 0.4), (50, 40)))
    over = make_streets(EAST, ((50, -0.4), (50, 40)))
    assert walked(short, (50, 40)) == pytest.approx(90.0)
    assert walked(over, (50, 40)) == pytest.approx(90.0)


def test_three_ends_around_one_place_become_one(make_streets):
    # 0.4 m apart in a row: the middle one takes both.
    rows = make_streets(
        ((0, 0), (99.6, 0)), ((100, 0), (100, 50)), ((100.4, 0), (200, 0))
    )
    noded = node_rows(rows)[0]
    met = shapely.get_coordinates(noded.geometry.to_numpy())
    assert sorted(np.unique(met, axis=0, return_counts=True)[1])[-1] == 3


def node_rows(rows, tolerance_m=0.5):
    return node_lines(make_toy(roads=rows).roads, tolerance_m=tolerance_m)


def test_lines_that_overlap_share_their_vertices(make_streets, walked):
    rows = make_streets(((0, 0), (60, 0)), ((40, 0), (100, 0)))
    assert walked(rows, (100, 0)) == pytest.approx(100.0)


def test_dangling_ends_are_reported_with_their_place(make_streets, at):
    rows = make_streets(EAST, ((50, 3), (50, 40)), ((50, 40), (90, 40)))
    noded, dangling = node_rows(rows)
    assert len(noded) == 3
    assert dangling[["road_id", "end"]].to_numpy().tolist() == [
        ["R1", "end"],
        ["R1", "start"],
        ["R2", "start"],
        ["R3", "end"],
    ]
    # R2 misses R1 by 3 m, more than the tolerance: the planner sees where.
    assert dangling["nearest_m"].tolist()[2] == 3.0
    assert dangling["nearest_m"].isna().tolist() == [True, True, False, True]
    assert dangling.geometry.iloc[2].equals(Point(at(50, 3)))
    assert dangling.crs == noded.crs


def test_the_report_counts_dangling_ends(make_streets, make_district, make_config):
    district = make_district(
        config=make_config(node_lines_m=0.5), roads=make_streets(EAST, NORTH)
    )
    report = network_report(build_network(district), district).set_index("item")
    assert report.loc["dangling_ends", "value"] == 4
    plain = replace(district, config=make_config())
    report = network_report(build_network(plain), plain)
    assert "dangling_ends" not in report["item"].tolist()


def test_roads_that_cannot_be_walked_are_left_alone(make_streets):
    rows = make_streets(EAST, NORTH)
    rows[1]["walkable"] = "no"
    noded, dangling = node_rows(rows)
    assert shapely.get_num_coordinates(noded.geometry.to_numpy()).tolist() == [2, 2]
    assert dangling["road_id"].tolist() == ["R1", "R1"]


def test_noding_what_is_noded_changes_nothing(toy):
    noded, _ = node_lines(toy.district.roads, tolerance_m=0.5)
    assert noded.geometry.geom_equals(toy.district.roads.geometry).all()
    again, _ = node_lines(noded, tolerance_m=0.5)
    assert again.to_wkb().equals(noded.to_wkb())


def test_noding_does_not_depend_on_the_order_of_rows(make_streets):
    rng = np.random.default_rng(5)
    spots = rng.uniform(0, 300, (24, 2, 2))
    rows = make_streets(*(tuple(map(tuple, line)) for line in spots))
    first = node_rows(rows, 2.0)[0].set_index("road_id")
    second = node_rows(rows[::-1], 2.0)[0].set_index("road_id")
    assert first.geometry.to_wkb().equals(second.geometry.to_wkb())


def test_crossings_are_those_of_shapely(make_streets):
    """Every crossing of random lines is a shared vertex, and nothing else changes."""
    rng = np.random.default_rng(11)
    spots = rng.uniform(0, 1000, (60, 2, 2))
    rows = make_streets(*(tuple(map(tuple, line)) for line in spots))
    rows = sorted(rows, key=lambda row: row["road_id"])
    lines = np.array([row["geometry"] for row in rows])
    noded = node_rows(rows, 0.0)[0].geometry.to_numpy()
    one, other = np.triu_indices(len(lines), 1)
    crossing = shapely.intersects(lines[one], lines[other])
    added = shapely.get_num_coordinates(noded).sum() - 2 * len(lines)
    assert added == 2 * crossing.sum()
    # Ends and crossings are rounded to a millimetre in x and in y: twice 0.71 mm.
    assert shapely.hausdorff_distance(noded, lines).max() < 1.42e-3


def test_a_tolerance_below_zero_is_an_error(toy):
    with pytest.raises(NetworkError, match="-1"):
        node_lines(toy.district.roads, tolerance_m=-1)

"""Islands: kept apart, named, joined by an explicit tolerance only."""

import numpy as np
import pytest
from shapely import LineString, Point, box

from lifecircle.access.routes import walk_m_between
from lifecircle.network.graph import build_network, network_report


@pytest.fixture
def town(make_district, make_config, at):
    def make(rows, join_islands_m=None, **tables):
        config = make_config(join_islands_m=join_islands_m)
        return make_district(config=config, roads=rows, **tables)

    return make


@pytest.fixture
def walk(at):
    def measure(district, here, there):
        spots = [np.array([Point(at(*spot))]) for spot in (here, there)]
        return float(walk_m_between(build_network(district), *spots, max_off_m=1)[0])

    return measure


STREET = ((0, 0), (200, 0))
PATH = ((50, 8), (50, 100))  # starts 8 m beside the street


def test_islands_stay_apart_without_the_setting(town, make_streets, walk):
    district = town(make_streets(STREET, PATH))
    assert np.isnan(walk(district, (0, 0), (50, 100)))
    network = build_network(district)
    assert network.component.max() == 1
    report = network_report(network, district)["item"]
    assert "islands_joined" not in report.tolist()


def test_islands_are_joined_up_to_the_tolerance_inclusively(town, make_streets, walk):
    rows = make_streets(STREET, PATH)
    # 50 m along the street, 8 m of join, 92 m of path.
    assert walk(town(rows, 8.0), (0, 0), (50, 100)) == pytest.approx(150.0)
    assert np.isnan(walk(town(rows, 7.99), (0, 0), (50, 100)))
    district = town(rows, 8.0)
    network = build_network(district)
    report = network_report(network, district).set_index("item")["value"]
    assert report["islands_joined"] == 1
    assert report["components"] == 1
    joins = network.segment_kind == "join"
    assert network.segment_length_m[joins].tolist() == [8.0]


def test_two_parts_are_joined_once_at_the_shortest_gap(town, make_streets):
    rows = make_streets(STREET, ((50, 5), (50, 50), (100, 50), (100, 3)))
    network = build_network(town(rows, 10.0))
    joins = network.segment_kind == "join"
    assert network.segment_length_m[joins].tolist() == [3.0]


def test_a_chain_of_islands_is_joined(town, make_streets, walk):
    rows = make_streets(STREET, ((50, 6), (50, 40)), ((50, 44), (50, 90)))
    # 50 + 6 + 34 + 4 + 46
    assert walk(town(rows, 6.0), (0, 0), (50, 90)) == pytest.approx(140.0)


def test_no_join_crosses_a_river(town, make_streets, walk, at):
    water = LineString([at(-100, 4), at(300, 4)])
    river = {"barrier_id": "W", "barrier_kind": "river", "geometry": water}
    district = town(make_streets(STREET, PATH), 20.0, barriers=[river])
    assert np.isnan(walk(district, (0, 0), (50, 100)))


def test_no_join_leads_through_a_wall(town, make_streets, walk, at):
    # The path is inside a walled compound whose gate is far away.
    compound = {
        "compound_id": "K",
        "gated": "yes",
        "geometry": box(*at(0, 4), *at(100, 120)),
    }
    gate = {"gate_id": "G", "compound_id": "K", "geometry": Point(at(0, 110))}
    tables = {"compounds": [compound], "gates": [gate]}
    district = town(make_streets(STREET, PATH), 20.0, **tables)
    assert np.isnan(walk(district, (0, 0), (50, 50)))


def test_a_bridge_above_is_not_joined_to_the_street_below(town, make_streets, walk):
    rows = make_streets(STREET, ((50, -60), (50, 60)))
    rows[1] |= {"bridge": "yes"}
    assert np.isnan(walk(town(rows, 20.0), (0, 0), (50, 60)))


def test_joins_do_not_depend_on_the_order_of_rows(town, make_streets):
    rows = make_streets(STREET, PATH, ((150, -5), (150, -90)), ((140, 7), (160, 7)))
    first, second = (build_network(town(order, 10.0)) for order in (rows, rows[::-1]))
    assert first.node_xy.tolist() == second.node_xy.tolist()
    assert first.segment_nodes.tolist() == second.segment_nodes.tolist()
    assert first.segment_kind.tolist() == second.segment_kind.tolist()

import numpy as np
import pytest
from shapely import affinity

from lifecircle import text
from lifecircle.network.graph import build_network, network_report


def arrays(network):
    return {
        "node_xy": network.node_xy,
        "segment_nodes": network.segment_nodes,
        "segment_length_m": network.segment_length_m,
        "segment_compound": network.segment_compound,
        "indptr": network.indptr,
        "neighbour": network.neighbour,
        "edge_segment": network.edge_segment,
        "edge_length_m": network.edge_length_m,
        "component": network.component,
    }


def test_row_order_does_not_matter(toy, make_district):
    district = toy.district
    tables = ("buildings", "compounds", "facilities", "gates", "roads")
    shuffled = make_district(
        **{table: getattr(district, table).iloc[::-1] for table in tables}
    )
    again = arrays(build_network(shuffled))
    for name, values in arrays(toy.network).items():
        np.testing.assert_array_equal(values, again[name], err_msg=name)


def test_the_direction_of_drawing_does_not_matter(toy, make_district):
    district = toy.district
    turned = district.roads.assign(geometry=district.roads.geometry.reverse())
    again = arrays(
        build_network(
            make_district(
                roads=turned,
                **{
                    table: getattr(district, table)
                    for table in ("buildings", "compounds", "facilities", "gates")
                },
            )
        )
    )
    for name, values in arrays(toy.network).items():
        np.testing.assert_array_equal(values, again[name], err_msg=name)


def test_adjacency_names_both_directions_of_every_segment(toy):
    network = toy.network
    start = np.repeat(np.arange(len(network.node_xy)), np.diff(network.indptr))
    pairs = np.sort(np.column_stack([start, network.neighbour]), axis=1)
    np.testing.assert_array_equal(
        pairs, np.sort(network.segment_nodes[network.edge_segment], axis=1)
    )
    np.testing.assert_array_equal(
        np.bincount(network.edge_segment), np.full(len(network.segment_nodes), 2)
    )
    np.testing.assert_array_equal(
        network.edge_length_m, network.segment_length_m[network.edge_segment]
    )


def test_geometry_runs_from_start_node_to_end_node(toy):
    network = toy.network
    for line, nodes in zip(
        network.segment_geometry, network.segment_nodes, strict=True
    ):
        np.testing.assert_array_equal(line.coords, network.node_xy[nodes])


def test_islands_are_kept_and_the_longest_is_first(island):
    network = build_network(island)
    in_main = network.component[network.segment_nodes[:, 0]] == 0
    assert network.segment_length_m[in_main].sum() == pytest.approx(200.0)
    assert network.segment_length_m[~in_main].sum() == pytest.approx(100.0)


def test_parallel_edges_are_kept_as_segments(make_district, make_streets):
    # One street straight, one by a corner, and one drawn twice.
    network = build_network(
        make_district(
            roads=make_streets(
                ((0, 0), (100, 0)), ((0, 0), (100, 0)), ((0, 0), (0, 80), (100, 0))
            )
        )
    )
    assert len(network.segment_nodes) == 4


def test_a_component_of_many_nodes_is_one(make_district, make_streets):
    zigzag = tuple((x, (x * 37) % 90) for x in range(0, 4000, 7))
    network = build_network(make_district(roads=make_streets(zigzag)))
    assert network.component.max() == 0


def test_nodes_follow_a_morton_curve(ladder):
    xy = build_network(ladder).node_xy - (500_000.0, 3_520_000.0)
    # 2 x 2 blocks: the first four nodes are the first square of the ladder.
    assert {tuple(place) for place in xy[:4]} == {
        (0, 0),
        (100, 0),
        (0, 100),
        (100, 100),
    }


def test_turning_the_map_keeps_lengths_and_joins(toy, make_district):
    district = toy.district
    turned = {
        table: getattr(district, table).assign(
            geometry=[
                affinity.rotate(shape, 33, origin=(500_100.0, 3_520_100.0))
                for shape in getattr(district, table).geometry
            ]
        )
        for table in ("buildings", "compounds", "facilities", "gates", "roads")
    }
    network = build_network(make_district(**turned))
    assert len(network.segment_nodes) == len(toy.network.segment_nodes)
    assert network.component.max() == toy.network.component.max()
    assert network.segment_length_m.sum() == pytest.approx(4590.0, abs=0.02)


def test_every_report_item_has_its_sentence(toy):
    report = network_report(toy.network, toy.district)
    named = text.sentences("network", "zh")
    assert [item for item in report["item"] if item not in named] == []
    assert report["item"].is_unique


def test_the_report_counts_places_no_walk_starts_from(make_district, make_streets, at):
    from shapely import Point

    homes = {"B1": (50, 10), "B2": (50, 300), "B3": (50, 510)}
    district = make_district(
        roads=make_streets(((0, 0), (200, 0)), ((0, 500), (100, 500))),
        buildings=[
            {"building_id": name, "households": 1.0, "geometry": Point(at(*place))}
            for name, place in homes.items()
        ],
    )
    report = network_report(build_network(district), district).set_index("item")
    assert report.loc["buildings_too_far", "value"] == 1  # B2, 190 m off
    assert report.loc["buildings_off_main", "value"] == 1  # B3

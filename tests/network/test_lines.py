import numpy as np
import pytest
from shapely import LineString, MultiLineString

from lifecircle.errors import NetworkError
from lifecircle.network.graph import build_network
from lifecircle.network.lines import KINDS, read_pieces, split_pieces


def test_a_vertex_joins_and_a_crossing_does_not(make_district, make_streets):
    # Two streets cross at (50, 0) with no vertex there; a third starts at (100, 0).
    district = make_district(
        roads=make_streets(
            ((0, 0), (100, 0)), ((50, -50), (50, 50)), ((100, 0), (100, 70))
        )
    )
    network = build_network(district)
    assert sorted(np.bincount(network.component).tolist()) == [2, 3]
    assert network.segment_length_m.sum() == pytest.approx(270.0)


def test_streets_that_cannot_be_walked_are_left_out(make_district, make_streets):
    roads = make_streets(((0, 0), (100, 0)), ((0, 50), (100, 50)))
    roads[1]["walkable"] = "no"
    assert len(read_pieces(make_district(roads=roads).roads).xy) == 1


def test_nothing_to_walk_on_is_an_error_with_a_remedy(make_district, make_streets):
    roads = make_streets(((0, 0), (100, 0)), walkable="no")
    with pytest.raises(NetworkError, match="none of 1 roads") as caught:
        build_network(make_district(roads=roads))
    assert "walkable" in caught.value.fix


def test_no_roads_at_all_is_the_same_error(make_district):
    with pytest.raises(NetworkError, match="none of 0 roads"):
        build_network(make_district())


def test_pieces_without_length_are_dropped(make_district, at):
    line = LineString([at(0, 0), at(0.0002, 0), at(100, 0)])
    pieces = read_pieces(
        make_district(roads=[{"road_id": "R", "geometry": line}]).roads
    )
    assert pieces.lengths_m.tolist() == [100.0]


def test_kinds_come_from_class_and_flags(make_district, make_streets):
    roads = make_streets(*[((0, y), (100, y)) for y in range(5)])
    roads[1]["road_class"] = "footway"
    roads[2]["steps"] = "yes"
    roads[3]["bridge"] = "yes"
    roads[4]["tunnel"] = "yes"
    pieces = read_pieces(make_district(roads=roads).roads)
    kinds = [KINDS[number] for number in pieces.kind]
    assert kinds == ["street", "path", "steps", "bridge", "tunnel"]


def test_splitting_keeps_length_and_order(make_district, make_streets):
    pieces = read_pieces(make_district(roads=make_streets(((0, 0), (100, 0)))).roads)
    split = split_pieces(
        pieces, rows=np.array([0, 0, 0]), share=np.array([0.75, 0.25, 0.25])
    )
    assert split.lengths_m.tolist() == [25.0, 50.0, 25.0]


def test_parts_of_a_road_are_not_joined(make_district, at):
    both = MultiLineString([[at(0, 0), at(100, 0)], [at(0, 50), at(100, 50)]])
    district = make_district(roads=[{"road_id": "R", "geometry": both}])
    assert read_pieces(district.roads).lengths_m.tolist() == [100.0, 100.0]

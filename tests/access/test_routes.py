import numpy as np
import pandas as pd
import pytest
from shapely import Point

from lifecircle.access.minutes import walk_access
from lifecircle.access.routes import example_routes, walk_m_between
from lifecircle.columns import ROUTES
from lifecircle.conftest import make_district, places, streets
from lifecircle.network.graph import build_network


def area(building_ids, **columns):
    return {
        "gap_id": "1",
        "rule_id": "HF-R10",
        "facility_class": "SHOP",
        "walker": "elderly",
        "limit_min": 5.0,
        "building_ids": building_ids,
        **columns,
    }


@pytest.fixture
def banks(river):
    """Homes north of the river, a shop right across, and one far off."""
    return make_district(
        roads=river.roads,
        barriers=river.barriers,
        buildings=places("building_id", [(10, 70), (90, 70)], households=1.0),
        facilities=places(
            "facility_id", [(10, -10), (-100, 130)], facility_class="SHOP"
        ),
    )


def routes_of(district, *areas):
    network = build_network(district)
    access = walk_access(network, district)
    return example_routes(network, district, access, pd.DataFrame(list(areas)))


def test_the_route_is_the_telling_detour(banks, at):
    routes = routes_of(banks, area("B0;B1"))
    assert tuple(routes.columns) == ROUTES
    row = routes.iloc[0]
    # B0 and the shop are 80 m apart; on foot 10 + 290 + 60 + 290 + 10 m.
    assert (row["building_id"], row["facility_id"]) == ("B0", "F0")
    assert row["straight_m"] == pytest.approx(80.0)
    assert row["walk_m"] == pytest.approx(660.0)
    assert row["walk_min"] == pytest.approx(660.0 / 0.8 / 60)
    places_on_the_way = [(10, 70), (10, 60), (300, 60), (300, 0), (10, 0), (10, -10)]
    assert list(row["geometry"].coords) == [at(*place) for place in places_on_the_way]


def test_the_line_is_as_long_as_the_walk(toy):
    gap = area("B1;B2;B3;B4;B5;B6", facility_class="ELD.CANTEEN")
    routes = example_routes(toy.network, toy.district, toy.access, pd.DataFrame([gap]))
    assert routes.length.tolist() == pytest.approx(routes["walk_m"].tolist())


def test_a_walk_along_one_edge(town):
    district = town(streets(((0, 0), (500, 0))), [(100, 20)], [(400, 10)])
    routes = routes_of(district, area("B0"))
    assert routes["walk_m"].tolist() == pytest.approx([330.0])
    assert routes.length.tolist() == pytest.approx([330.0])


def test_areas_from_which_nothing_can_be_walked_to_have_no_row(town):
    roads = streets(((0, 0), (100, 0)), ((0, 500), (100, 500)))
    district = town(roads, [(10, 0), (10, 500)], [(90, 500)])
    routes = routes_of(
        district, area("B0"), area("B1", gap_id="2"), area("B1", facility_class="NONE")
    )
    assert routes["gap_id"].tolist() == ["2"]


def test_no_areas_give_an_empty_frame_with_its_columns(toy):
    nothing = pd.DataFrame([area("B1")]).iloc[:0]
    routes = example_routes(toy.network, toy.district, toy.access, nothing)
    assert tuple(routes.columns) == ROUTES
    assert routes.crs == "EPSG:4548"
    assert routes.empty


def test_pairs_walk_exactly_and_unreachable_is_nan(island, at):
    network = build_network(island)
    here = np.array([Point(at(10, 5)), Point(at(10, 5)), Point(at(0, 250))])
    there = np.array([Point(at(150, 0)), Point(at(50, 500)), Point(at(0, 0))])
    walked = walk_m_between(network, here, there)
    assert walked == pytest.approx([145.0, np.nan, np.nan], nan_ok=True)

"""Gap areas: who is left out, where; and what is to be provided."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Point

from lifecircle.checks.clusters import cluster, hull
from lifecircle.checks.evaluate import check
from lifecircle.checks.gaps import find_gaps
from lifecircle.columns import GAP_AREAS, SHORTFALLS
from lifecircle.conftest import at
from lifecircle.standards.rulebook import read_rule_book

HEFEI, DECHENG = read_rule_book("hefei"), read_rule_book("decheng")
HEFEI = replace(HEFEI, rules=HEFEI.rules[:4])
DECHENG = replace(DECHENG, rules=DECHENG.rules[:3])
MEALS = replace(HEFEI, rules=(HEFEI.rules[2],))
NO_LINES = np.array([], dtype=object)

# Six buildings 10 m wide; links: B1-B2 50 m, B2-B3 60 m, B3-B4 61 m, B5 apart.
PLACES = {"B1": 100, "B2": 160, "B3": 230, "B4": 301, "B5": 700, "B6": 400}
FAR = {"B1": 20, "B2": 21, "B3": None, "B4": 30, "B5": 16, "B6": 15}


@pytest.fixture
def gaps_of(make_district, make_config, rows, walks):
    def find(minutes=FAR, *, book=MEALS, **tables):
        complete = tables.pop("complete_classes", ("ELD.CANTEEN",))
        tables.setdefault(
            "buildings",
            [
                rows.building(
                    name,
                    x,
                    100,
                    100,
                    elderly=40.0,
                    households_method="floor_area" if name == "B3" else "declared",
                )
                for name, x in PLACES.items()
            ],
        )
        district = make_district(
            config=make_config(),
            complete_classes=complete,
            communities=[rows.community("C1", 0)],
            facilities=[rows.facility("F1", "ELD.CANTEEN", 900, 900)],
            **tables,
        )
        access = walks(minutes)
        return find_gaps(district, access, check(district, access, book))

    return find


def test_unserved_neighbours_are_one_area(gaps_of):
    areas = gaps_of().areas
    assert tuple(areas.columns) == GAP_AREAS
    # B1-B2-B3 chain within 60 m; B4 is 61 m from B3; B5 apart; B6 is served.
    # 300, 100 and 100 households: ties go to the first building.
    assert areas["building_ids"].tolist() == ["B1;B2;B3", "B4", "B5"]
    assert areas["gap_id"].tolist() == ["HF-R10-1", "HF-R10-2", "HF-R10-3"]
    first = areas.iloc[0]
    assert (first["households"], first["elderly"], first["buildings"]) == (300, 120, 3)
    assert np.isnan(first["persons"])
    assert first["estimated_share"] == pytest.approx(1 / 3)
    assert first["community_ids"] == "C1"
    assert (first["walker"], first["limit_min"]) == ("elderly", 15.0)
    assert first["facility_class"] == "ELD.CANTEEN"


def test_areas_hold_their_buildings_and_no_other(gaps_of, rows):
    areas = gaps_of().areas
    places = {name: rows.square(x, 100).centroid for name, x in PLACES.items()}
    for area in areas.itertuples():
        inside = {name for name, spot in places.items() if area.geometry.covers(spot)}
        assert inside == set(area.building_ids.split(";"))
        assert area.geometry.geom_type == "Polygon"


def test_a_barrier_parts_an_area_and_no_area_crosses_it(gaps_of):
    river = LineString([at(190, 0), at(190, 1000)])
    line = {"barrier_id": "W1", "barrier_kind": "river", "geometry": river}
    areas = gaps_of(barriers=[line]).areas
    # B1-B2 west of x=190, B3 east of it.
    assert areas["building_ids"].tolist() == ["B1;B2", "B3", "B4", "B5"]
    assert not areas.intersects(river).any()


def test_areas_stay_on_the_districts_land(gaps_of, rows):
    edge = [rows.building("B1", 0, 0, 100)]
    area = gaps_of({"B1": 20}, buildings=edge).areas.geometry.iloc[0]
    assert rows.square(0, 0, 1000).buffer(1e-6).covers(area)
    assert area.covers(Point(at(5, 5)))


def test_absence_in_an_incomplete_list_makes_no_gap(gaps_of):
    areas = gaps_of(complete_classes=()).areas
    assert len(areas) == 0
    assert tuple(areas.columns) == GAP_AREAS
    assert areas.crs == "EPSG:4548"


def test_empty_buildings_are_no_gap(gaps_of, rows):
    empty = [rows.building("B1", 100, 100, 0), rows.building("B2", 150, 100, 5)]
    areas = gaps_of({"B1": 20, "B2": 20}, buildings=empty).areas
    assert areas["building_ids"].tolist() == ["B2"]


def test_amounts_to_provide_by_rule_largest_share_first(
    make_district, make_config, rows, walks
):
    district = make_district(
        config=make_config(shares={"HF-R10": 0.9}),
        complete_classes=("SVC.COMM", "ELD.CANTEEN"),
        communities=[
            rows.community("C1", 0, households=2900.0),
            rows.community("C2", 1000, households=400.0),
        ],
        buildings=[
            rows.building("B1", 100, 10, 620, elderly=200.0),
            rows.building("B2", 1100, 10, 400, elderly=100.0),
        ],
        grids=[rows.grid("G1", "C1", 0, 500), rows.grid("G2", "C2", 1000, 500)],
        facilities=[
            rows.facility("F1", "SVC.COMM", 10, 10),
            rows.facility("F2", "ELD.CANTEEN", 10, 50),
        ],
        rooms=[rows.room("F1", "SVC.COMM", 812)],
    )
    access = walks({"B1": 20, "B2": 5})
    findings = check(district, access, HEFEI, DECHENG)
    shortfalls = find_gaps(district, access, findings).shortfalls
    assert tuple(shortfalls.columns) == SHORTFALLS
    columns = ["rule_id", "unit_id", "shortfall", "unit_of_measure"]
    found = [
        (rule, unit, round(amount, 6), measure)
        for rule, unit, amount, measure in shortfalls[columns].to_numpy()
    ]
    # C2 has no room at all: 30 * 400 / 100 = 120 m²; C1: 870 - 812 = 58 m².
    # 0.9 * 200 elderly of C1 are to be served and none is. G1 holds 620, 120 over.
    assert found == [
        ("HF-R01", "C2", 120.0, "m2"),
        ("HF-R01", "C1", 58.0, "m2"),
        ("HF-R10", "C1", 180.0, "elderly"),
        ("DC-R02", "G1", 120.0, "households"),
    ]


def test_a_barrier_over_the_building_itself_still_gives_a_place():
    spot = shapely.points([[0.0, 0.0]])
    wall = np.array([LineString([(-99, 0), (99, 0)])], dtype=object)
    land = shapely.box(-0.5, -0.5, 0.5, 0.5)
    assert hull(spot, wall, land).covers(Point(0, 0))


PLACES_ON_A_LINE = st.lists(st.integers(0, 3000), min_size=1, max_size=40, unique=True)


@given(PLACES_ON_A_LINE)
def test_clusters_on_a_line_break_where_the_step_is_over_60_m(places):
    spots = shapely.points([(float(x), 0.0) for x in places])
    labels = cluster(spots, NO_LINES, within_m=60.0)
    order = np.argsort(places)
    steps = np.diff(np.array(places)[order])
    assert (labels[order][1:] != labels[order][:-1]).tolist() == (steps > 60).tolist()
    # Numbered by first member.
    seen = list(dict.fromkeys(labels.tolist()))
    assert seen == list(range(len(seen)))


@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.integers(0, 400)), min_size=1, max_size=30
    )
)
def test_a_hull_holds_its_cluster_in_one_piece(places):
    spots = shapely.points(np.array(places, dtype=float))
    labels = cluster(spots, NO_LINES, within_m=60.0)
    land = shapely.box(-100, -100, 500, 500)
    for label in range(labels.max() + 1):
        area = hull(spots[labels == label], NO_LINES, land)
        assert area.geom_type == "Polygon"
        assert area.covers(shapely.multipoints(spots[labels == label]))

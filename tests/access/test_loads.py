"""Partitions of the buildings, and what each facility then serves."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from lifecircle.access.loads import (
    capacity_partition,
    catchment_loads,
    nearest_partition,
)
from lifecircle.errors import TableError


def make_pairs(rows):
    return pd.DataFrame(rows, columns=["building_id", "facility_id", "walk_m"])


def make_demand(**amounts):
    return pd.DataFrame(
        {"building_id": list(amounts), "demand": [float(n) for n in amounts.values()]}
    )


def make_capacity(**amounts):
    return pd.DataFrame(
        {"facility_id": list(amounts), "capacity": [float(n) for n in amounts.values()]}
    )


WALKS = make_pairs(
    [
        ("B1", "F1", 100.0),
        ("B1", "F2", 500.0),
        ("B2", "F1", 200.0),
        ("B2", "F2", 300.0),
        ("B3", "F1", 250.0),
    ]
)


def test_nearest():
    found = nearest_partition(WALKS, make_demand(B3=1, B2=1, B1=1, B4=1))
    assert found["building_id"].tolist() == ["B3", "B2", "B1", "B4"]
    assert found["facility_id"].tolist() == ["F1", "F1", "F1", None]
    assert found["walk_m"].tolist()[:3] == [250.0, 200.0, 100.0]
    assert np.isnan(found["walk_m"].iloc[3])


def test_capacity_by_hand():
    # F1 has room for 100: B1 (60, 100 m) enters, B2 (50, 200 m) no longer fits and
    # goes to F2 (300 m); B3 (40, 250 m) just fills F1. B4 reaches nothing.
    demand = make_demand(B1=60, B2=50, B3=40, B4=5)
    found = capacity_partition(WALKS, demand, make_capacity(F1=100, F2=60))
    assert found["facility_id"].tolist() == ["F1", "F2", "F1", None]
    # Without room at F2 either, B2 is served by none.
    full = capacity_partition(WALKS, demand, make_capacity(F1=100, F2=49))
    assert full["facility_id"].tolist() == ["F1", None, "F1", None]


def test_ties_go_to_the_lowest_ids():
    pairs = make_pairs(
        [(home, site, 100.0) for home in ("B2", "B1") for site in ("F2", "F1")]
    )
    demand = make_demand(B2=10, B1=10)
    assert nearest_partition(pairs, demand)["facility_id"].tolist() == ["F1", "F1"]
    found = capacity_partition(pairs, demand, make_capacity(F2=10, F1=10))
    assert found.set_index("building_id")["facility_id"].to_dict() == {
        "B1": "F1",
        "B2": "F2",
    }


@pytest.mark.parametrize(
    ("demand", "capacity"),
    [
        (make_demand(B1=1, B2=np.nan, B3=1), make_capacity(F1=1, F2=1)),
        (make_demand(B1=1, B2=1, B3=1), make_capacity(F1=1, F2=-1)),
        (make_demand(B1=1, B2=1), make_capacity(F1=1, F2=1)),
        (make_demand(B1=1, B2=1, B3=1), make_capacity(F1=1)),
    ],
)
def test_unknown_amounts_are_refused(demand, capacity):
    with pytest.raises(TableError, match="0 or more"):
        capacity_partition(WALKS, demand, capacity)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_facility_is_over_its_capacity_and_order_does_not_matter(data):
    homes = [f"B{n}" for n in range(data.draw(st.integers(1, 8)))]
    sites = [f"F{n}" for n in range(data.draw(st.integers(1, 4)))]
    rows = [
        (home, site, float(data.draw(st.integers(0, 9)) * 100))
        for home in homes
        for site in sites
        if data.draw(st.booleans())
    ]
    pairs = make_pairs(rows)
    demand = make_demand(**{home: data.draw(st.integers(0, 50)) for home in homes})
    room = make_capacity(**{site: data.draw(st.integers(0, 100)) for site in sites})
    found = capacity_partition(pairs, demand, room)
    load = found.groupby("facility_id")["demand"].sum()
    bound = room.set_index("facility_id")["capacity"]
    assert (load <= bound[load.index]).all()
    again = capacity_partition(pairs.sample(frac=1, random_state=1), demand, room)
    pd.testing.assert_frame_equal(again, found)
    # With room for everyone it is the plain nearest partition.
    endless = room.assign(capacity=np.inf)
    pd.testing.assert_frame_equal(
        capacity_partition(pairs, demand, endless), nearest_partition(pairs, demand)
    )
    # Who is left without had no facility with room for all of it.
    left = bound.sub(load, fill_value=0)
    for row in found[found["facility_id"].isna()].itertuples():
        could = pairs.loc[pairs["building_id"] == row.building_id, "facility_id"]
        assert (left[could] < row.demand).all()


@pytest.fixture
def row_of_homes():
    """Homes at x = 50, 150, 250, 350 in a strip 400 m x 100 m; centres at its ends.

    ::

        F1 ─ B1 ── B2 ── B3 ── B4 ─ F2   F3 serves nobody
        0    50   150   250   350  400
    """
    homes = gpd.GeoDataFrame(
        {
            "building_id": ["B1", "B2", "B3", "B4"],
            "households": [10.0, 20.0, 30.0, 40.0],
            "persons": [25.0, 50.0, 75.0, 100.0],
            "elderly": [5.0, 5.0, 5.0, np.nan],
        },
        geometry=[Point(x, 50) for x in (50, 150, 250, 350)],
        crs="EPSG:4548",
    )
    centres = gpd.GeoDataFrame(
        {"facility_id": ["F2", "F1", "F3"]},
        geometry=[Point(400, 50), Point(0, 50), Point(200, 100)],
        crs="EPSG:4548",
    )
    return homes, centres, box(0, 0, 400, 100)


def test_loads_by_hand(row_of_homes):
    homes, centres, ground = row_of_homes
    partition = pd.DataFrame(
        {
            "building_id": ["B1", "B2", "B3", "B4"],
            "demand": [25.0, 50.0, 75.0, 100.0],
            "facility_id": ["F1", "F1", None, "F2"],
            "walk_m": [60.0, 170.0, np.nan, 55.0],
        }
    )
    loads = catchment_loads(
        partition,
        homes,
        centres,
        boundary=ground,
        capacity=make_capacity(F1=150, F2=80, F3=10),
    ).set_index("facility_id")
    assert loads.index.tolist() == ["F1", "F2", "F3"]
    assert loads["buildings"].tolist() == [2, 1, 0]
    assert loads["persons"].tolist() == [75.0, 100.0, 0.0]
    # B4's elderly are not known, so F2's are not.
    assert loads["elderly"].tolist()[0] == 10.0
    assert np.isnan(loads.loc["F2", "elderly"])
    # 75 / 150, 100 / 80, 0 / 10
    assert loads["load_share"].tolist() == [0.5, 1.25, 0.0]
    assert loads.loc["F1", ["walk_radius_m", "radius_m"]].tolist() == [170.0, 150.0]
    assert np.isnan(loads.loc["F3", "radius_m"])
    # Each home has a cell of 100 m x 100 m; B3's belongs to none.
    assert loads["area_m2"].tolist() == pytest.approx([20_000, 10_000, 0])
    assert loads.geometry.loc["F1"].equals(box(0, 0, 200, 100))


def test_ground_of_all_facilities_is_the_boundary(row_of_homes):
    homes, centres, ground = row_of_homes
    # Two homes at one place: the ground is still shared out once.
    twice = pd.concat([homes, homes.assign(building_id=["C1", "C2", "C3", "C4"])])
    partition = pd.DataFrame(
        {
            "building_id": twice["building_id"].to_numpy(),
            "demand": 1.0,
            "facility_id": ["F1", "F1", "F2", "F2"] * 2,
            "walk_m": 100.0,
        }
    )
    loads = catchment_loads(partition, twice, centres, boundary=ground)
    assert loads["area_m2"].sum() == pytest.approx(ground.area)
    assert loads["buildings"].tolist() == [4, 4, 0]
    assert loads["load_share"].isna().all()


def test_one_home_has_all_the_ground(row_of_homes):
    homes, centres, ground = row_of_homes
    partition = nearest_partition(make_pairs([("B1", "F1", 60.0)]), make_demand(B1=25))
    loads = catchment_loads(partition, homes, centres, boundary=ground)
    assert loads["area_m2"].tolist() == pytest.approx([40_000, 0, 0])

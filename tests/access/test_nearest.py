"""The k nearest: by hand, against networkx, several entrances, ties, threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import geopandas as gpd
import networkx as nx
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPoint, Point

from lifecircle.access.minutes import walk_access
from lifecircle.access.nearest import nearest_facilities
from lifecircle.access.pairs import walk_pairs
from lifecircle.conftest import at, make_district, places, streets
from lifecircle.errors import ConfigError, CrsError
from lifecircle.network.entrances import entrance_points
from lifecircle.network.graph import build_network
from lifecircle.network.snap import snap_points


def nearest(district, *, k, network=None, walker="adult", **options):
    network = build_network(district) if network is None else network
    return nearest_facilities(
        network, district, ["SHOP"], k=k, walker=walker, **options
    )


def names_of(frame):
    """Facilities, None where there is none."""
    return frame["facility_id"].astype(object).where(frame["walk_m"].notna(), None)


def test_by_hand(town):
    # One street; home at x=300, shops at x = 100, 350, 900: 200, 50 and 600 m away.
    district = town(
        streets(((0, 0), (1000, 0))), [(300, 0)], [(100, 0), (350, 0), (900, 0)]
    )
    found = nearest(district, k=4)
    assert found["rank"].tolist() == [1, 2, 3, 4]
    assert names_of(found).tolist() == ["F1", "F0", "F2", None]
    assert found["facility_id"].isna().tolist() == [False, False, False, True]
    assert found["walk_m"].tolist() == pytest.approx(
        [50, 200, 600, np.nan], nan_ok=True
    )
    # 1.1 m/s: 66 m a minute.
    assert found["walk_min"].tolist() == pytest.approx(
        [50 / 66, 200 / 66, 600 / 66, np.nan], nan_ok=True
    )
    # The limit is inclusive.
    assert nearest(district, k=3, limit_m=200)["walk_m"].count() == 2
    assert nearest(district, k=3, limit_m=199.9)["walk_m"].count() == 1


def test_a_facility_of_several_entrances_counts_once(town):
    # F0 has doors at x = 400 and x = 320, F1 stands at x = 500: the second nearest is
    # F1, not the other door of F0.
    district = town(streets(((0, 0), (1000, 0))), [(300, 0)], [(0, 0), (500, 0)])
    doors = MultiPoint([at(400, 0), at(320, 0)])
    facilities = district.facilities.copy()
    facilities.loc[facilities["facility_id"] == "F0", "geometry"] = doors
    district = replace(district, facilities=facilities)
    found = nearest(district, k=3)
    assert names_of(found).tolist() == ["F0", "F1", None]
    assert found["walk_m"].tolist()[:2] == [20.0, 200.0]
    pairs = walk_pairs(build_network(district), district, "SHOP", limit_m=200)
    assert pairs["facility_id"].tolist() == ["F0", "F1"]
    assert pairs["walk_m"].tolist() == [20.0, 200.0]


def test_ties_go_to_the_lowest_id(town):
    roads = streets(((0, 0), (100, 0), (200, 0)))
    district = town(roads, [(100, 0)], [(150, 0), (50, 0), (100, 50)])
    found = nearest(district, k=3)
    assert found["facility_id"].tolist() == ["F0", "F1", "F2"]
    assert found["walk_m"].tolist() == [50.0, 50.0, 50.0]


def test_points_of_ones_own(toy):
    spots = gpd.GeoDataFrame(
        {"point_id": ["stop", "lost"]},
        geometry=[Point(at(50, 0)), Point(at(5000, 5000))],
        crs=toy.network.crs,
    )
    found = nearest_facilities(
        toy.network, toy.district, ["ELD.CANTEEN"], k=1, walker="adult", points=spots
    )
    # To the canteen at (200, -10): 150 m along the street and 10 m off it.
    assert found["point_id"].tolist() == ["lost", "stop"]
    assert names_of(found).tolist() == [None, "F1"]
    pairs = walk_pairs(
        toy.network, toy.district, "ELD.CANTEEN", points=spots, limit_m=5000
    )
    assert pairs["point_id"].tolist() == ["stop"]
    assert pairs["walk_m"].tolist() == found["walk_m"].tolist()[1:]
    with pytest.raises(CrsError, match="4326"):
        walk_pairs(
            toy.network,
            toy.district,
            "ELD.CANTEEN",
            points=spots.to_crs(4326),
            limit_m=5000,
        )


def test_the_first_is_that_of_walk_access(toy):
    names = sorted(set(toy.access["facility_class"]))
    for walker in ("adult", "elderly"):
        first = nearest_facilities(
            toy.network, toy.district, names, k=2, walker=walker
        ).query("rank == 1")
        access = toy.access[toy.access["walker"] == walker]
        columns = ["building_id", "facility_class", "walk_m", "walk_min", "facility_id"]
        assert (
            first[columns]
            .reset_index(drop=True)
            .equals(access[columns].reset_index(drop=True))
        )


def test_minutes_are_of_the_fastest_walk_to_that_facility(town, make_config):
    # Steps of 100 m take 3 times their length: F0 is nearest by metres (100 m over the
    # steps), but the fastest walk to it goes round by (0, 80), (100, 80): 260 m.
    rows = streets(
        ((0, 0), (100, 0)), ((0, 0), (0, 80), (100, 80), (100, 0)), ((-300, 0), (0, 0))
    )
    rows[0] |= {"steps": "yes"}
    adult = replace(make_config().walkers["adult"], steps_factor=3.0)
    config = make_config(walkers={"adult": adult})
    district = town(rows, [(0, 0)], [(100, 0), (-150, 0)], config=config)
    found = nearest(district, k=2)
    assert found["facility_id"].tolist() == ["F0", "F1"]
    assert found["walk_m"].tolist() == [100.0, 150.0]
    assert found["walk_min"].tolist() == pytest.approx([260 / 66, 150 / 66])


def test_k_below_one_and_no_class(toy):
    with pytest.raises(ConfigError, match="it is 0"):
        nearest_facilities(toy.network, toy.district, ["X"], k=0, walker="adult")
    none = nearest_facilities(toy.network, toy.district, [], k=2, walker="adult")
    nobody = nearest_facilities(toy.network, toy.district, ["X"], k=2, walker="adult")
    assert len(none) == 0
    assert none.columns.tolist() == nobody.columns.tolist()
    assert len(nobody) == 12
    assert nobody["walk_m"].isna().all()


def test_any_number_of_threads_gives_the_same(toy):
    names = ["ELD.CANTEEN", "HLT.PHARM", "SVC.COMM"]

    def one(name):
        return nearest_facilities(
            toy.network, toy.district, [name], k=3, walker="adult"
        )

    alone = [one(name) for name in names]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(one, names * 4))
    for number, frame in enumerate(together):
        assert frame.equals(alone[number % 3])


spots = st.tuples(st.integers(0, 400), st.integers(0, 300))
corners = st.sampled_from([(x, y) for x in range(0, 401, 100) for y in (0, 150, 300)])
roads = st.lists(
    st.tuples(corners, corners).filter(lambda ends: ends[0] != ends[1]),
    min_size=1,
    max_size=20,
)
doors = st.lists(st.lists(spots, min_size=1, max_size=3), min_size=1, max_size=6)


@settings(max_examples=60, deadline=None)
@given(
    lines=roads,
    homes=st.lists(spots, min_size=1, max_size=5),
    shops=doors,
    k=st.integers(1, 4),
    limit_m=st.sampled_from([60.0, 250.0, 700.0, 5000.0]),
)
def test_equal_to_every_walk_of_networkx(make_oracle, lines, homes, shops, k, limit_m):
    district = make_district(
        roads=streets(*lines),
        buildings=places("building_id", homes, households=1.0),
        facilities=[
            {
                "facility_id": f"F{row}",
                "facility_class": "SHOP",
                "geometry": MultiPoint([at(*spot) for spot in shop]),
            }
            for row, shop in enumerate(shops)
        ],
    )
    network = build_network(district)
    points, owner = entrance_points(district.facilities.geometry.to_numpy())
    graph = make_oracle(
        network,
        home=snap_points(network, district.buildings.geometry, max_off_m=100),
        door=snap_points(network, points, max_off_m=100),
    )
    found = nearest(district, network=network, k=k, limit_m=limit_m)
    pairs = walk_pairs(network, district, "SHOP", limit_m=limit_m)
    for row, home in enumerate(district.buildings["building_id"]):
        reached = nx.single_source_dijkstra_path_length(graph, ("home", row))
        away = {}
        for door, shop in enumerate(owner.tolist()):
            walk_m = reached.get(("door", door), np.inf)
            if walk_m <= limit_m + 1e-6:
                away[f"F{shop}"] = min(away.get(f"F{shop}", np.inf), walk_m)
        near = found[found["building_id"] == home]
        count = min(k, len(away))
        walks = near["walk_m"].to_numpy()
        np.testing.assert_allclose(walks[:count], sorted(away.values())[:k], atol=1e-4)
        assert np.isnan(walks[count:]).all()
        names = names_of(near).tolist()
        assert names[count:] == [None] * (k - count)
        assert len(set(names[:count])) == count
        assert walks[:count] == pytest.approx([away[name] for name in names[:count]])
        # Whole micrometres: equal walks are equal, and the lowest id is first.
        keys = list(zip(walks[:count].tolist(), names[:count], strict=True))
        assert keys == sorted(keys)
        mine = pairs[pairs["building_id"] == home].set_index("facility_id")["walk_m"]
        assert mine.to_dict() == pytest.approx(away, abs=1e-4)


@settings(max_examples=20, deadline=None)
@given(lines=roads, shops=doors, more=spots, k=st.integers(1, 3))
def test_one_more_facility_never_lengthens_a_walk(lines, shops, more, k):
    base = {
        "roads": streets(*lines),
        "buildings": places("building_id", [(100, 100), (300, 0)], households=1.0),
    }
    rows = [spot for shop in shops for spot in shop]
    before, after = (
        nearest(
            make_district(
                **base, facilities=places("facility_id", some, facility_class="SHOP")
            ),
            k=k,
        )["walk_m"].to_numpy()
        for some in (rows, [*rows, more])
    )
    assert (np.isnan(before) | (after <= before)).all()


def test_walk_access_says_the_same_on_a_town_of_many(town):
    random = np.random.default_rng(3)
    steps = range(0, 1001, 100)
    lines = [[(x, y) for y in steps] for x in steps]
    lines += [[(x, y) for x in steps] for y in steps]
    homes, shops = (
        [tuple(spot) for spot in random.uniform(0, 1000, (count, 2)).round(2).tolist()]
        for count in (200, 40)
    )
    district = town(streets(*lines), homes, shops)
    network = build_network(district)
    found = nearest(district, network=network, k=5)
    access = walk_access(network, district).query("walker == 'adult'")
    first = found[found["rank"] == 1]
    for column in ("walk_m", "facility_id"):
        assert (
            first[column]
            .reset_index(drop=True)
            .equals(access[column].reset_index(drop=True))
        )
    # Against all pairs: the five smallest of each building.
    pairs = walk_pairs(network, district, "SHOP", limit_m=5000)
    five = pairs.sort_values(["building_id", "walk_m", "facility_id"])
    five = five.groupby("building_id").head(5)
    assert found["walk_m"].tolist() == five["walk_m"].tolist()
    assert found["facility_id"].tolist() == five["facility_id"].tolist()
    assert found["walk_m"].notna().all()

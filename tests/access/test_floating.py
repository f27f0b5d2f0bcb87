"""Floating catchments: worked by hand, against PySAL access, and what they keep."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecircle.access.decay import even_decay, gaussian_decay, step_decay
from lifecircle.access.floating import (
    building_demand,
    class_supply,
    three_step_access,
    two_step_access,
)
from lifecircle.access.pairs import walk_pairs
from lifecircle.errors import ConfigError, TableError


def make_pairs(matrix):
    """Pairs of a matrix building x facility in metres; NaN = no walk."""
    matrix = np.array(matrix, dtype=float)
    home, site = np.nonzero(~np.isnan(matrix))
    return pd.DataFrame(
        {
            "building_id": [f"B{row}" for row in home],
            "facility_id": [f"F{row}" for row in site],
            "walk_m": matrix[home, site],
        }
    )


def make_amounts(name, letter, amounts):
    ids = [f"{letter}{row}" for row in range(len(amounts))]
    key = "building_id" if letter == "B" else "facility_id"
    return pd.DataFrame({key: ids, name: np.array(amounts, dtype=float)})


def dense(matrix, demand, supply, *, limit_m, decay, choose=False):
    """The formulae on the full matrix."""
    matrix = np.array(matrix, dtype=float)
    near = matrix <= limit_m
    weight = np.where(near, decay(np.nan_to_num(matrix).ravel()).reshape(near.shape), 0)
    if choose:
        total = weight.sum(axis=1, keepdims=True)
        weight = weight * np.divide(weight, total, where=total > 0, out=weight * 0)
    asked = weight.T @ np.array(demand, dtype=float)
    ratio = np.divide(supply, asked, where=asked > 0, out=np.zeros(len(supply)))
    return weight @ ratio


@pytest.fixture(scope="module")
def city():
    """200 buildings, 15 facilities, two walks of three unknown: none within reach."""
    random = np.random.default_rng(5)
    matrix = random.uniform(0, 1500, (200, 15)).round(3)
    matrix[random.random(matrix.shape) < 0.5] = np.nan
    return (
        matrix,
        random.integers(1, 300, 200).astype(float),
        random.integers(50, 900, 15).astype(float),
    )


DECAYS = {
    "even": even_decay,
    "steps": step_decay({300: 1.0, 600: 0.68, 900: 0.22}),
    "gauss": gaussian_decay(300),
}


def test_two_steps_by_hand():
    # Limit 500 m. F0 is near B0 (100) and B1 (400): 300 m2 / (100 + 200) = 1.0.
    # F1 is near B1 (500) only: 100 / 200 = 0.5. B2 is 600 m from F1: out of reach.
    pairs = make_pairs([[100, np.nan], [400, 500], [np.nan, 600]])
    found = two_step_access(
        pairs,
        make_amounts("demand", "B", [100, 200, 50]),
        make_amounts("supply", "F", [300, 100]),
        limit_m=500,
    )
    assert found.facilities["ratio"].tolist() == [1.0, 0.5]
    assert found.facilities["weighted_demand"].tolist() == [300.0, 200.0]
    assert found.buildings["access"].tolist() == [1.0, 1.5, 0.0]
    assert found.buildings["facilities"].tolist() == [1, 2, 0]


def test_enhanced_two_steps_by_hand():
    # Bands 300: 1, 600: 0.5. F0 <- B0 100 * 1 + B1 200 * 0.5 = 200; R0 = 300/200 = 1.5
    # F1 <- B1 200 * 0.5 + B2 50 * 0.5 = 125; R1 = 100/125 = 0.8
    # A0 = 1.5; A1 = 0.5 * 1.5 + 0.5 * 0.8 = 1.15; A2 = 0.5 * 0.8 = 0.4
    pairs = make_pairs([[100, np.nan], [400, 500], [np.nan, 600]])
    found = two_step_access(
        pairs,
        make_amounts("demand", "B", [100, 200, 50]),
        make_amounts("supply", "F", [300, 100]),
        limit_m=600,
        decay=step_decay({300: 1.0, 600: 0.5}),
    )
    assert found.buildings["access"].tolist() == pytest.approx([1.5, 1.15, 0.4])


def test_three_steps_by_hand():
    # Even weights: B0 has F0 only (G = 1), B1 halves between F0 and F1.
    # F0 <- 100 * 1 + 200 * 0.5 = 200; R0 = 1.5. F1 <- 200 * 0.5 = 100; R1 = 1.
    # A0 = 1.5; A1 = 0.5 * 1.5 + 0.5 * 1 = 1.25.
    found = three_step_access(
        make_pairs([[100, np.nan], [400, 500]]),
        make_amounts("demand", "B", [100, 200]),
        make_amounts("supply", "F", [300, 100]),
        limit_m=500,
        decay=even_decay,
    )
    assert found.buildings["access"].tolist() == pytest.approx([1.5, 1.25])


@pytest.mark.parametrize("name", DECAYS)
@pytest.mark.parametrize("steps", [2, 3])
def test_equal_to_the_dense_matrix(city, name, steps):
    matrix, demand, supply = city
    method = two_step_access if steps == 2 else three_step_access
    found = method(
        make_pairs(matrix),
        make_amounts("demand", "B", demand),
        make_amounts("supply", "F", supply),
        limit_m=900,
        decay=DECAYS[name],
    )
    expected = dense(
        matrix, demand, supply, limit_m=900, decay=DECAYS[name], choose=steps == 3
    )
    np.testing.assert_allclose(found.buildings["access"], expected, rtol=1e-12)


@pytest.mark.filterwarnings("ignore:The inplace keyword")  # theirs, under pandas 3.1
@pytest.mark.parametrize("name", DECAYS)
@pytest.mark.parametrize("steps", [2, 3])
def test_equal_to_pysal_access(city, name, steps):
    from access import fca, weights

    theirs = {
        "even": weights.step_fn({900: 1}),
        "steps": weights.step_fn({300: 1, 600: 0.68, 900: 0.22}),
        "gauss": weights.gaussian(300),
    }
    matrix, demand, supply = city
    # The same matrix for both, cut at the limit: in three stages they would let people
    # choose places beyond it too, wherever the weights do not end there.
    pairs = make_pairs(np.where(matrix <= 900, matrix, np.nan))
    asks, gives = (
        make_amounts("demand", "B", demand),
        make_amounts("supply", "F", supply),
    )
    peer = (fca.two_stage_fca if steps == 2 else fca.three_stage_fca)(
        asks.set_index("building_id").rename_axis("geoid"),
        gives.set_index("facility_id").rename_axis("geoid"),
        pairs,
        900,
        cost_origin="building_id",
        cost_dest="facility_id",
        cost_name="walk_m",
        weight_fn=theirs[name],
    )
    method = two_step_access if steps == 2 else three_step_access
    found = method(pairs, asks, gives, limit_m=900, decay=DECAYS[name])
    ours = found.buildings.set_index("building_id")["access"]
    # They leave out whoever reaches nothing; that is 0 here.
    np.testing.assert_allclose(ours[peer.index], peer, rtol=1e-12)
    assert (ours.drop(peer.index) == 0).all()


@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_supply_that_is_reached_is_shared_out_whole(data):
    shape = data.draw(st.tuples(st.integers(1, 6), st.integers(1, 4)))
    walks = st.one_of(st.just(np.nan), st.floats(0, 1000))
    matrix = np.array(
        [[data.draw(walks) for _ in range(shape[1])] for _ in range(shape[0])]
    )
    demand = [data.draw(st.integers(0, 500)) for _ in range(shape[0])]
    supply = [data.draw(st.integers(0, 500)) for _ in range(shape[1])]
    name = data.draw(st.sampled_from(sorted(DECAYS)))
    pairs = make_pairs(matrix)
    asks, gives = (
        make_amounts("demand", "B", demand),
        make_amounts("supply", "F", supply),
    )
    found = two_step_access(pairs, asks, gives, limit_m=900, decay=DECAYS[name])
    given_out = (found.buildings["demand"] * found.buildings["access"]).sum()
    reached = found.facilities["ratio"].notna()
    assert given_out == pytest.approx(found.facilities["supply"][reached].sum())
    # The order of the rows changes nothing but the last digit.
    turned = two_step_access(
        pairs.iloc[::-1], asks, gives, limit_m=900, decay=DECAYS[name]
    )
    np.testing.assert_allclose(
        turned.buildings["access"], found.buildings["access"], rtol=1e-12
    )


def test_facility_that_no_one_reaches_or_of_unknown_supply_adds_nothing():
    found = two_step_access(
        make_pairs([[100, 100, np.nan]]),
        make_amounts("demand", "B", [10]),
        make_amounts("supply", "F", [50, np.nan, 70]),
        limit_m=500,
    )
    assert found.buildings["access"].tolist() == [5.0]
    assert found.facilities["ratio"].isna().tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("demand", "supply", "words"),
    [
        ([np.nan], [1], "demand"),
        ([-1], [1], "demand"),
        ([1], [-1], "supply"),
        ([1], [np.inf], "supply"),
        ([], [1], "demand has no such row"),
    ],
)
def test_what_is_not_known_is_refused(demand, supply, words):
    with pytest.raises(TableError, match=words):
        two_step_access(
            make_pairs([[100]]),
            make_amounts("demand", "B", demand),
            make_amounts("supply", "F", supply),
            limit_m=500,
        )


def test_an_id_twice_is_refused():
    twice = pd.concat([make_amounts("demand", "B", [1])] * 2)
    with pytest.raises(TableError, match="twice"):
        two_step_access(
            make_pairs([[100]]), twice, make_amounts("supply", "F", [1]), limit_m=500
        )


def test_decays_refuse_what_makes_no_sense():
    with pytest.raises(ConfigError, match="sigma_m"):
        gaussian_decay(0)
    with pytest.raises(ConfigError, match="weights"):
        step_decay({})
    with pytest.raises(ConfigError, match="weights"):
        step_decay({300: 1.2})


def test_pairs_are_the_walks_of_walk_access(toy):
    # The nearest of all pairs is what walk_access says, building by building.
    pairs = walk_pairs(toy.network, toy.district, "HLT.PHARM", limit_m=5000)
    assert len(pairs) == 6 * 2
    nearest = (
        pairs.sort_values(["walk_m", "facility_id"]).groupby("building_id").first()
    )
    access = toy.access.query("facility_class == 'HLT.PHARM' and walker == 'adult'")
    access = access.set_index("building_id")
    assert nearest["walk_m"].to_dict() == access["walk_m"].to_dict()
    assert nearest["facility_id"].to_dict() == access["facility_id"].to_dict()


def test_pairs_against_networkx(toy, make_oracle):
    import networkx as nx

    from lifecircle.network.compounds import read_walls
    from lifecircle.network.snap import snap_points, standing_points

    walls = read_walls(toy.district)
    sites = toy.district.facilities.query("facility_class == 'HLT.PHARM'")

    def put(frame):
        points = standing_points(frame.geometry.to_numpy())
        return snap_points(
            toy.network,
            points,
            max_off_m=100,
            compound_ids=walls.names(points),
            obstacles=walls.obstacle_xy,
        )

    graph = make_oracle(toy.network, home=put(toy.district.buildings), shop=put(sites))
    pairs = walk_pairs(toy.network, toy.district, "HLT.PHARM", limit_m=5000)
    homes = toy.district.buildings["building_id"].tolist()
    shops = sites["facility_id"].tolist()
    for row in pairs.itertuples():
        ends = (
            ("home", homes.index(row.building_id)),
            (
                "shop",
                shops.index(row.facility_id),
            ),
        )
        true_m = nx.shortest_path_length(graph, *ends, weight="weight")
        assert row.walk_m == pytest.approx(true_m, abs=1e-3)


def test_pairs_keep_the_limit_and_walk_straight_along_one_segment(town, make_streets):
    from lifecircle.network.graph import build_network

    # Both stand 10 m off one long segment, 100 m apart: 10 + 100 + 10 = 120 m; over
    # an end it would be farther.
    district = town(
        make_streets(((0, 0), (1000, 0))),
        homes=[(400, 10), (900, 10), (400, 500)],
        facilities=[(500, -10)],
    )
    network = build_network(district)
    pairs = walk_pairs(network, district, "SHOP", limit_m=120)
    assert pairs[["building_id", "walk_m"]].to_numpy().tolist() == [["B0", 120.0]]
    assert len(walk_pairs(network, district, "SHOP", limit_m=119.999)) == 0
    # The third home is 500 m from every street: in no pair at any limit.
    far = walk_pairs(network, district, "SHOP", limit_m=9000)
    assert far["building_id"].tolist() == ["B0", "B1"]


def test_toy_district_from_streets_to_square_metres(toy):
    # F1 (150 m2) is the only built canteen. Within 350 m: B1 60 and B2 120 households
    # (280 and 330 m in walk_access): 150 / 180 m2 for each.
    pairs = walk_pairs(toy.network, toy.district, "ELD.CANTEEN", limit_m=350)
    near = pairs.set_index("building_id")["walk_m"].to_dict()
    asked = building_demand(toy.district, "households")
    found = two_step_access(
        pairs, asked, class_supply(toy.district, "ELD.CANTEEN"), limit_m=350
    )
    reached = asked["building_id"].isin(list(near))
    each_m2 = 150 / asked["demand"][reached].sum()
    assert {"B1": 280.0, "B2": 330.0}.items() <= near.items()
    assert found.buildings["access"].tolist() == pytest.approx(
        [each_m2 if here else 0.0 for here in reached]
    )


def test_supply_of_a_class_is_its_rooms(toy):
    supply = class_supply(toy.district, "ELD.STATION")
    assert supply.to_numpy().tolist() == [["F2", 300.0]]
    # The pharmacies have no rooms: not known, not 0.
    assert class_supply(toy.district, "HLT.PHARM")["supply"].isna().all()
    count = class_supply(toy.district, "HLT.PHARM", measure="facilities")
    assert count["supply"].tolist() == [1.0, 1.0]

"""Which gates to open: against every choice built and walked anew."""

from dataclasses import replace
from functools import cache
from itertools import combinations

import geopandas as gpd
import numpy as np
import pytest
from shapely import Point, box

from lifecircle.access.gate_choice import best_gates, which_gates_to_open
from lifecircle.access.gate_model import gate_model
from lifecircle.access.minutes import walk_access
from lifecircle.errors import ConfigError, TableError
from lifecircle.network.gate_changes import with_gates
from lifecircle.network.graph import build_network

SOUTH = {"A": (50, 10), "B": (50, 110), "C": (50, 210)}
NORTH = {"A": (50, 90), "B": (50, 190), "C": (50, 290)}
EAST = {"A": (100, 50), "B": (100, 150), "C": (100, 250)}


@pytest.fixture(scope="module")
def estate(make_district, make_streets, at):
    """Three walled compounds in a row, all gates shut.

    ::

        y=210..290  ┌─ C ─┐        a lane x=50 from the street through all three,
        y=110..190  ├─ B ─┤        lanes from each to the east road x=200,
        y=10..90    ├─ A ─┤        the canteen at (0, 0)
        y=0      F──┴─────┴──┬──   street
                   0..100   200
    """
    rows = {"A": 10, "B": 110, "C": 210}
    homes = {"A1": (40, 30), "A2": (60, 70), "B1": (45, 140), "C1": (55, 230)}
    homes |= {"C2": (52, 270), "D1": (150, 5)}
    gates = {
        f"{name}{side}": spot
        for side, spots in (("e", EAST), ("n", NORTH), ("s", SOUTH))
        for name, spot in spots.items()
    }
    return make_district(
        roads=make_streets(
            ((0, 0), (50, 0), (200, 0)),
            ((50, 0), (50, 50), (50, 150), (50, 250), (50, 300)),
            ((200, 0), (200, 50), (200, 150), (200, 250)),
            *(((50, y + 40), (200, y + 40)) for y in rows.values()),
        ),
        compounds=[
            {
                "compound_id": key,
                "gated": "yes",
                "geometry": box(*at(0, y), *at(100, y + 80)),
            }
            for key, y in rows.items()
        ],
        gates=[
            {
                "gate_id": key,
                "compound_id": key[0],
                "open": "no",
                "geometry": Point(at(*spot)),
            }
            for key, spot in gates.items()
        ],
        buildings=[
            {
                "building_id": key,
                "households": 10.0 + 7 * row,
                "elderly": 40.0 - 7 * row,
                "geometry": Point(at(*spot)),
            }
            for row, (key, spot) in enumerate(homes.items())
        ],
        facilities=[
            {
                "facility_id": "F",
                "facility_class": "ELD.CANTEEN",
                "geometry": Point(at(0, 0)),
            }
        ],
    )


@pytest.fixture(scope="module")
def reached_if_open(estate):
    """Buildings within the limit: gates opened, the others shut, all built anew."""

    @cache
    def minutes(gate_ids):
        shut = sorted(set(estate.gates["gate_id"]) - set(gate_ids))
        district = with_gates(estate, opened=estate.gates)
        district = with_gates(district, shut=shut)
        walks = walk_access(build_network(district), district, classes=["ELD.CANTEEN"])
        walks = walks[walks["walker"] == "elderly"].set_index("building_id")
        return walks.loc[estate.buildings["building_id"], "walk_min"].to_numpy()

    def reached(gate_ids, limit_min):
        return minutes(tuple(gate_ids)) <= limit_min

    return reached


@pytest.mark.parametrize("limit_min", [4.0, 6.5, 9.0, 12.0])
@pytest.mark.parametrize("weight", ["households", "elderly"])
def test_the_choice_is_the_best_of_all_choices_built_anew(
    estate, reached_if_open, limit_min, weight
):
    weights = estate.buildings[weight].to_numpy()
    names = estate.gates["gate_id"].tolist()
    before = reached_if_open((), limit_min)
    gains = {
        choice: float((reached_if_open(choice, limit_min) & ~before) @ weights)
        for size in (1, 2)
        for choice in combinations(names, size)
    }
    for k in (1, 2):
        best = max(gain for choice, gain in gains.items() if len(choice) <= k)
        found = which_gates_to_open(
            estate,
            estate.gates,
            facility_class="ELD.CANTEEN",
            limit_min=limit_min,
            k=k,
            weight=weight,
        )
        assert found.gained == pytest.approx(best)
        assert gains.get(found.gate_ids, 0.0) == pytest.approx(best)
        assert found.bound >= best
        assert found.reached_before == pytest.approx(float(before @ weights))
        # Fewer gates first, then the lower ids.
        if best > 0:
            even = [c for c in gains if len(c) <= k and abs(gains[c] - best) < 1e-6]
            assert found.gate_ids == min(even, key=lambda c: (len(c), c))


def test_gates_in_a_row_are_found_though_each_alone_gains_nothing(estate):
    # C1 (55, 230) -> lane 5 m, 20 m south to C's south gate, 210 m to the street and
    # 50 m along it: 285 m by the gates Cs, Bn, Bs, An, As, 5.9 min at 0.8 m/s. By the
    # east gate: 5 + 20 + 150 + 250 + 200 = 625 m, 13 min.
    found = which_gates_to_open(
        estate, estate.gates, facility_class="ELD.CANTEEN", limit_min=6.0, k=5
    )
    assert found.gate_ids == ("An", "As", "Bn", "Bs", "Cs")
    assert found.building_ids == ("A1", "A2", "B1", "C1")
    two = which_gates_to_open(
        estate, estate.gates, facility_class="ELD.CANTEEN", limit_min=6.0, k=2
    )
    assert two.gate_ids == ("As",)  # a second gate reaches nobody else
    assert found.walked < found.choices


def test_the_model_is_what_is_built_anew(estate, reached_if_open):
    model = gate_model(
        estate,
        estate.gates,
        facility_class="ELD.CANTEEN",
        limit_min=9.0,
        walker="elderly",
    )
    names = estate.gates["gate_id"].tolist()
    for gates in [(), (0, 3, 6), (1, 2), tuple(range(9)), (6, 3, 7)]:
        anew = reached_if_open([names[gate] for gate in gates], 9.0)
        assert model.reached(gates).tolist() == anew.tolist()


def test_the_bound_skips_no_better_choice(estate):
    model = gate_model(
        estate,
        estate.gates,
        facility_class="ELD.CANTEEN",
        limit_min=11.0,
        walker="elderly",
        weight="elderly",
    )
    before = model.reached(())
    for k in (1, 2, 3):
        every = max(
            float((model.reached(choice) & ~before) @ model.weights)
            for choice in combinations(range(9), k)
        )
        search = best_gates(model, k)
        assert search.gained == pytest.approx(every)
        assert search.bound >= every - 1e-6


def test_a_new_gate_where_no_street_runs(toy, at):
    # M2 in the south wall: B3 and B4 come within 3 minutes of F1 (100 m and 100 m).
    spots = gpd.GeoDataFrame(
        {"gate_id": ["M2", "M3"]},
        geometry=[Point(at(300, 20)), Point(at(220, 100))],
        crs=toy.district.crs,
    )
    found = which_gates_to_open(
        toy.district, spots, facility_class="ELD.CANTEEN", limit_min=3.0, k=1
    )
    assert (found.gate_ids, found.gained) == (("M2",), 300.0)
    assert found.building_ids == ("B3", "B4")


def test_a_gate_on_the_street_itself_leaves_the_street_alone(
    make_district, make_streets, at
):
    # The wall stands on the street y=0; the gate too. Shut, the street goes on.
    district = make_district(
        roads=make_streets(((0, 0), (100, 0), (300, 0))),
        compounds=[
            {
                "compound_id": "K",
                "gated": "yes",
                "geometry": box(*at(50, 0), *at(150, 80)),
            }
        ],
        gates=[
            {"gate_id": "G", "compound_id": "K", "geometry": Point(at(100, 0))},
        ],
        buildings=[
            {"building_id": key, "households": 1.0, "geometry": Point(at(*spot))}
            for key, spot in {"in": (100, 40), "out": (0, 0)}.items()
        ],
        facilities=[
            {
                "facility_id": "F",
                "facility_class": "SHOP",
                "geometry": Point(at(300, 0)),
            }
        ],
    )
    model = gate_model(
        district, district.gates, facility_class="SHOP", limit_min=10, walker="adult"
    )
    assert model.reached(()).tolist() == [False, True]
    assert model.reached((0,)).tolist() == [True, True]


def test_elderly_that_are_not_known_are_an_error(toy):
    buildings = toy.district.buildings.assign(elderly=np.nan)
    district = replace(toy.district, buildings=buildings)
    with pytest.raises(TableError, match="6 of 6"):
        which_gates_to_open(
            district,
            district.gates,
            facility_class="ELD.CANTEEN",
            limit_min=10,
            k=1,
            weight="elderly",
        )


def test_no_gate_to_open_is_an_error(toy):
    with pytest.raises(ConfigError, match="k is 0"):
        which_gates_to_open(
            toy.district,
            toy.district.gates,
            facility_class="ELD.CANTEEN",
            limit_min=5,
            k=0,
        )

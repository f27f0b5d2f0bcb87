"""Communities merged and split, worked out by hand."""

from __future__ import annotations

import pytest
import shapely

from lifecircle.plans.communities import merge_communities
from lifecircle.plans.regrid import regrid


@pytest.fixture
def row(make_district, box_at, line_at):
    """Four communities of 100 m in a row; C1, C2 in S1, C3, C4 in S2.

    ::

        C1 1200 │ C2 1500 ┃ C3 1000 │ C4 1600
    """
    households = {"C1": 1200, "C2": 1500, "C3": 1000, "C4": 1600}

    def make(**tables):
        return make_district(
            communities=[
                {
                    "community_id": key,
                    "name": key,
                    "households": count,
                    "subdistrict_id": "S1" if place < 2 else "S2",
                    "geometry": box_at(100 * place, 0, 100, 100),
                }
                for place, (key, count) in enumerate(households.items())
            ],
            **tables,
        )

    return make


def test_neighbours_of_a_subdistrict_are_merged(row):
    plan = merge_communities(row(), households=(2400, 3600))
    # 1200 + 1500 and 1000 + 1600; each takes the name of its larger community.
    assert plan.units["unit_id"].tolist() == ["C2", "C4"]
    assert plan.units["households"].tolist() == [2700.0, 2600.0]
    assert plan.units["subdistrict_ids"].tolist() == ["S1", "S2"]
    assert plan.areas["status"].tolist() == ["optimal", "optimal"]
    members = plan.members.set_index("piece_id")["unit_id"].to_dict()
    assert members == {"C1": "C2", "C2": "C2", "C3": "C4", "C4": "C4"}
    assert shapely.area(plan.units.geometry).tolist() == [20000.0, 20000.0]


def test_a_subdistrict_is_crossed_only_if_allowed(row):
    # 2700 and 2600 are below 3000, together 5300 are within.
    kept = merge_communities(row(), households=(3000, 6000))
    assert kept.areas["status"].tolist() == ["infeasible", "infeasible"]
    assert kept.areas["certificate"].tolist() == ["arithmetic", "arithmetic"]
    assert kept.units["exception_reason"].tolist() == ["least_violation"] * 2
    crossed = merge_communities(row(), households=(3000, 6000), subdistricts="cross")
    assert crossed.units["households"].tolist() == [5300.0]
    assert crossed.units["subdistrict_ids"].tolist() == ["S1,S2"]


def test_a_river_without_a_bridge_parts_communities(row, line_at):
    river = {
        "barrier_id": "W",
        "barrier_kind": "river",
        "geometry": line_at((100, -10), (100, 110)),
    }
    plan = merge_communities(row(barriers=[river]), households=(2400, 3600))
    apart = plan.members.set_index("piece_id")["unit_id"]
    assert apart["C1"] != apart["C2"]
    assert plan.areas.set_index("area_id")["status"]["S1"] == "infeasible"


def test_a_large_community_is_split_by_its_grids(make_community, box_at):
    """Grids of 400 in a row, 1,600 in all: two communities of 800."""
    district = make_community(
        box_at(0, 0, 400, 100),
        [(f"B{place}", 400, 50 + 100 * place, 50) for place in range(4)],
    )
    grids = regrid(district)
    plan = merge_communities(district, households=(700, 900), grids=grids)
    assert plan.units["households"].tolist() == [800.0, 800.0]
    assert sorted(plan.units["unit_id"]) == ["C1", "C1-2"]
    assert plan.members["households"].sum() == 1600.0

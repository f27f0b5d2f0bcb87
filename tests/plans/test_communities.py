"""Communities merged and split, worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import networkx as nx
import numpy as np
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


def test_a_merged_community_says_what_share_of_its_households_is_estimated(
    make_district, box_at, at
):
    def home(key, x, households, method):
        return {
            "building_id": key,
            "households": float(households),
            "households_method": method,
            "geometry": shapely.Point(at(x, 50)),
        }

    district = make_district(
        communities=[
            {
                "community_id": key,
                "name": key,
                "households": total,
                "geometry": box_at(x, 0, 100, 100),
            }
            for key, x, total in (("C1", 0, float("nan")), ("C2", 100, 1500.0))
        ],
        buildings=[
            home("a", 30, 900, "declared"),
            home("b", 60, 300, "floor_area"),
            home("c", 150, 1400, "floor_area"),
        ],
    )
    plan = merge_communities(district, households=(2400, 3600))
    # C1 has 1200, of which 300 by floor area; C2's 1500 are declared: 300 / 2700.
    assert plan.units["households"].tolist() == [2700.0]
    assert plan.units["estimated_share"].tolist() == [pytest.approx(1 / 9)]


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
    # The half split off has a number behind the old name; the other keeps it.
    assert plan.changes["change"].tolist() == ["split"]
    assert plan.changes["households"].tolist() == [800.0]
    assert plan.changes["reason"].tolist() == ["plans.unit_over"]
    assert plan.changes["piece_ids"].iloc[0].count(",") == 1
    assert plan.units["unit_name"].tolist() == ["甲", "甲-2"]


def test_the_change_list_says_what_goes_where_and_why(row):
    plan = merge_communities(row(), households=(2400, 3600))
    columns = ["community_id", "unit_id", "change", "reason", "households"]
    assert plan.changes[columns].values.tolist() == [
        ["C1", "C2", "merge", "plans.unit_under", 1200.0],
        ["C3", "C4", "merge", "plans.unit_under", 1000.0],
    ]
    # 1200 of 2700 households change community in S1, 1000 of 2600 in S2.
    shares = plan.areas["changed_share"].tolist()
    assert shares == pytest.approx([1200 / 2700, 1000 / 2600])
    assert plan.areas[["communities", "k"]].values.tolist() == [[2, 1.0], [2, 1.0]]


def test_a_community_without_households_or_subdistrict_is_not_lost(row):
    district = row()
    communities = district.communities.copy()
    communities.loc[0, "households"] = float("nan")  # and it has no buildings
    communities.loc[3, "subdistrict_id"] = None
    plan = merge_communities(
        replace(district, communities=communities), households=(900, 2000)
    )
    left = plan.areas[plan.areas["status"] == "not_planned"]
    assert left["area_id"].tolist() == ["C1"]
    assert left["reason"].tolist() == ["plans.community_households_unknown"]
    assert sorted(plan.units["unit_id"]) == ["C2", "C3", "C4"]
    assert plan.areas["area_id"].tolist() == ["", "S1", "S2", "C1"]


def town(make_district, box_at, households, columns, *, subdistricts):
    """Communities of 600 m side by side in rows; subdistricts are runs of rows."""
    rows = -(-len(households) // columns)
    return make_district(
        communities=[
            {
                "community_id": f"C{place + 1:02d}",
                "name": f"第{place + 1}社区",
                "households": float(count),
                "subdistrict_id": f"S{place // columns * subdistricts // rows + 1}",
                "geometry": box_at(
                    600 * (place % columns), 600 * (place // columns), 600, 600
                ),
            }
            for place, count in enumerate(households)
        ],
    )


def pieces_apart(plan, district):
    """Proposed communities that are not one piece, by networkx on touching sides."""
    shapes = dict(
        zip(
            district.communities["community_id"],
            district.communities.geometry,
            strict=True,
        )
    )
    apart = []
    for unit, mine in plan.members.groupby("unit_id"):
        graph = nx.Graph()
        graph.add_nodes_from(mine["piece_id"])
        graph.add_edges_from(
            (one, two)
            for one in mine["piece_id"]
            for two in mine["piece_id"]
            if one < two and shapes[one].intersection(shapes[two]).length > 100
        )
        if not nx.is_connected(graph):
            apart.append(unit)
    return apart


def test_tongguanshan_49_communities_become_18(make_district, box_at):
    """116,667 households in 49 communities become 18 of about 6,481 (RULES.md 3).

    116667 / 49 = 2,381 today; 116667 / 18 = 6,481. Within 5,500 to 7,500 there are
    ceil(116667 / 7500) = 16 to floor(116667 / 5500) = 21 of them.
    """
    random = np.random.default_rng(49)
    shares = random.uniform(0.6, 1.4, 49)
    households = np.floor(116_667 * shares / shares.sum()).astype(int)
    households[0] += 116_667 - households.sum()
    district = town(make_district, box_at, households, 7, subdistricts=1)
    plan = merge_communities(district, households=(5500, 7500))
    assert plan.areas[["households", "k_min", "k_max"]].values.tolist() == [
        [116_667.0, 16.0, 21.0]
    ]
    assert plan.units["in_range"].all()
    assert plan.units["households"].sum() == 116_667
    assert plan.areas["k"].tolist() == [18.0]
    assert pieces_apart(plan, district) == []
    assert plan.changes["change"].unique().tolist() == ["merge"]
    assert len(plan.changes) == 49 - 18


def test_decheng_communities_of_about_3000(make_district, box_at):
    """Two subdistricts of six and nine; a plan stays within each, unless it may not.

    S1: 900 + 1500, 700 + 1700, 1000 + 1450 = 7,250; S2 beside it: 9 of 1,000.
    """
    households = [900, 1500, 700, 1700, 1000, 1450, *[1000] * 12]
    district = town(make_district, box_at, households, 6, subdistricts=3)
    plan = merge_communities(district, households=(2400, 3600))
    assert plan.areas["in_range"].tolist() == plan.areas["k"].tolist()
    assert not plan.units["subdistrict_ids"].str.contains(",").any()
    assert pieces_apart(plan, district) == []
    crossed = merge_communities(district, households=(2400, 3600), subdistricts="cross")
    assert crossed.areas["area_id"].tolist() == [""]
    assert crossed.units["in_range"].all()
    assert crossed.settings.subdistricts == "cross"

"""Plans of toy communities by hand, and of the demo by what must hold for any plan."""

from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import shapely

from lifecircle.errors import ConfigError
from lifecircle.network.graph import build_network
from lifecircle.plans.atoms import community_atoms, survey
from lifecircle.plans.grid_rows import suggested_staff
from lifecircle.plans.inside_walks import with_longest_walks
from lifecircle.plans.numbering import inherited, new_numbers
from lifecircle.plans.regrid import frontier, regrid


@pytest.fixture
def two_compounds(make_community, make_streets, box_at):
    """Compounds of 350 households on either side of x=100; one grid of 700 today.

    ::

        B2 │ B4   y=70     150, 150
        B1 │ B3   y=30     200, 200
    """
    return make_community(
        box_at(0, 0, 200, 100),
        [
            ("B1", 200, 50, 30),
            ("B2", 150, 50, 70),
            ("B3", 200, 150, 30),
            ("B4", 150, 150, 70),
        ],
        compounds=[
            {"compound_id": "K1", "geometry": box_at(10, 10, 80, 80)},
            {"compound_id": "K2", "geometry": box_at(110, 10, 80, 80)},
        ],
        roads=make_streets(((100, 0), (100, 100))),
        grids=[
            {
                "grid_id": "C1-01",
                "community_id": "C1",
                "geometry": box_at(0, 0, 200, 100),
            }
        ],
    )


def test_a_grid_of_700_is_split_along_the_street(two_compounds):
    plan = regrid(two_compounds)
    grids = plan.grids
    assert grids["grid_id"].tolist() == ["C1-01", "C1-02"]
    assert grids["households"].tolist() == [350.0, 350.0]
    assert grids["inherits_grid_id"].notna().tolist() == [True, False]
    assert grids["compounds_split"].tolist() == [0, 0]
    assert shapely.area(grids.geometry).round(3).tolist() == [10000.0, 10000.0]
    # pi/4 for a square.
    assert grids["compactness"].round(3).tolist() == [0.785, 0.785]
    # The two homes of a compound stand 40 m apart.
    assert grids["longest_straight_m"].tolist() == [40.0, 40.0]
    assert grids["longest_walk_m"].isna().all()


def test_the_longest_walk_inside_is_on_foot(two_compounds):
    # 50 m to the street, 40 m along it, 50 m back: 140 m where the crow flies 40.
    plan = regrid(two_compounds, network=build_network(two_compounds))
    assert plan.grids["longest_walk_m"].tolist() == [140.0, 140.0]
    one = regrid(two_compounds, households=(100, 200))
    walked = with_longest_walks(one, build_network(two_compounds), two_compounds)
    assert walked.grids["buildings"].tolist() == [1, 1, 1, 1]
    assert walked.grids["longest_walk_m"].tolist() == [0.0, 0.0, 0.0, 0.0]


def test_where_nobody_can_walk_it_is_unknown(make_community, make_streets, box_at):
    # 35 m of street at either end and none between: each home has an island of its own.
    homes = [("B1", 200, 50, 30), ("B2", 150, 50, 70)]
    streets = make_streets(((100, 0), (100, 35)), ((100, 65), (100, 100)))
    apart = make_community(box_at(0, 0, 100, 100), homes, roads=streets)
    plan = regrid(apart, network=build_network(apart))
    assert plan.grids["longest_straight_m"].tolist() == [40.0]
    assert plan.grids["longest_walk_m"].isna().tolist() == [True]


def test_the_change_list_says_how_and_why(two_compounds):
    plan = regrid(two_compounds)
    rows = plan.changes
    assert len(rows) == 2
    assert set(rows["change"]) == {"split"}
    assert set(rows["reason"]) == {"plans.reason_over"}
    assert rows["old_grid_households"].tolist() == [700.0, 700.0]
    assert rows["households"].sum() == 350.0
    row = plan.communities.iloc[0]
    # ceil(700 / 500) = 2; floor(700 / 300) = 2.
    assert (row["k_min"], row["k"], row["k_max"]) == (2, 2, 2)
    assert (row["grids_today"], row["in_range_today"], row["in_range"]) == (1, 0, 2)
    assert row["changed_share"] == 0.5
    assert row["status"] == "optimal"


def test_two_banks_without_a_bridge_are_planned_apart(make_community, box_at, line_at):
    """400 households on one bank, 250 on the other: 250 cannot be a grid."""
    district = make_community(
        box_at(0, 0, 200, 100),
        [("B1", 400, 50, 50), ("B2", 250, 150, 50)],
        barriers=[
            {
                "barrier_id": "W",
                "barrier_kind": "river",
                "geometry": line_at((100, -10), (100, 110)),
            }
        ],
    )
    plan = regrid(district)
    row = plan.communities.iloc[0]
    assert row["status"] == "infeasible"
    assert row["certificate"] == "pocket"
    assert row["certificate_households"] == 250.0
    assert row["certificate_buildings"] == "B2"
    assert plan.islands["households"].tolist() == [400.0, 250.0]
    small = plan.grids[plan.grids["households"] == 250.0].iloc[0]
    assert small["in_range"] is False
    assert small["outside_households"] == -50.0
    assert small["exception_reason"] == "least_violation"


def test_a_tower_above_the_band_is_a_grid_of_its_own(make_community, box_at):
    district = make_community(
        box_at(0, 0, 300, 100),
        [("B1", 520, 50, 50), ("B2", 300, 150, 50), ("B3", 50, 250, 50)],
    )
    plan = regrid(district)
    tower = plan.grids[plan.grids["households"] == 520.0].iloc[0]
    assert tower["exception_reason"] == "oversize_building"
    # 520 <= 500 * 1.05: within our reading of 左右.
    assert tower["in_tolerance"] is True
    assert sorted(plan.grids["households"]) == [350.0, 520.0]


def test_locked_and_dedicated_grids_stay_as_they_are(make_community, box_at):
    """A market (x 0 to 40), a locked grid (x 40 to 80) and 400 households beyond."""
    grids = [
        ("G1", "专属网格", "no", 0),
        ("G2", "居住网格", "yes", 40),
        ("G3", "居住网格", "no", 80),
    ]
    district = make_community(
        box_at(0, 0, 120, 100),
        [("B1", 5, 20, 50), ("B2", 200, 60, 50), ("B3", 400, 100, 50)],
        grids=[
            {
                "grid_id": key,
                "community_id": "C1",
                "grid_kind": kind,
                "locked": locked,
                "geometry": box_at(x, 0, 40, 100),
            }
            for key, kind, locked, x in grids
        ],
    )
    plan = regrid(district)
    rows = plan.grids.set_index("grid_id")
    assert plan.changes.empty
    assert rows["households"].to_dict() == {"G1": 5.0, "G2": 200.0, "G3": 400.0}
    assert rows["exception_reason"].dropna().tolist() == ["dedicated", "locked"]
    assert rows["in_range"].tolist() == [None, False, True]
    given = district.grids.set_index("grid_id").geometry
    for key in ("G1", "G2"):
        off = rows.geometry[key].symmetric_difference(given[key]).area
        assert off < 0.1


def test_communities_that_cannot_be_planned_are_named(make_district, box_at, at):
    def home(key, households, community, x):
        return {
            "building_id": key,
            "households": households,
            "community_id": community,
            "geometry": shapely.Point(at(x, 50)),
        }

    district = make_district(
        communities=[
            {
                "community_id": key,
                "name": key,
                "unit_kind": kind,
                "geometry": box_at(x, 0, 100, 100),
            }
            for key, kind, x in (
                ("C1", "community", 0),
                ("C2", "approximate_catchment", 100),
                ("C3", "community", 200),
                ("C4", "community", 300),
            )
        ],
        buildings=[
            home("B1", 400, "C1", 50),
            home("B2", 400, "C2", 150),
            home("B4", 0, "C4", 350),
        ],
    )
    # Unknown is NaN, which the toy would fill.
    district.buildings.loc[district.buildings["building_id"] == "B1", "households"] = (
        np.nan
    )
    rows = regrid(district).communities
    assert rows["status"].tolist() == ["not_planned"] * 4
    assert rows["reason"].tolist() == [
        "plans.households_unknown",
        "plans.approximate_catchment",
        "plans.no_buildings",
        "plans.no_households",
    ]


def test_least_change_leaves_a_fitting_grid_alone(make_community, box_at):
    """Today 450 + 310 in odd stripes; a better shape would change, stability 1 not."""
    homes = [
        ("B1", 230, 25, 25),
        ("B2", 155, 75, 25),
        ("B3", 220, 75, 75),
        ("B4", 155, 25, 75),
    ]
    district = make_community(
        box_at(0, 0, 100, 100),
        homes,
        grids=[
            {
                "grid_id": "G1",
                "geometry": box_at(0, 0, 50, 50).union(box_at(50, 50, 50, 50)),
            },
            {
                "grid_id": "G2",
                "geometry": box_at(50, 0, 50, 50).union(box_at(0, 50, 50, 50)),
            },
        ],
    )
    shape, least = frontier(district, stabilities=(0.0, 1.0))
    moved = [plan.changes["households"].sum() for plan in (shape, least)]
    assert moved[1] <= moved[0]
    for plan in (shape, least):
        assert plan.grids["in_range"].all()


@pytest.mark.parametrize(
    ("given", "where"),
    [({"households": (500, 300)}, "households"), ({"stability": 1.2}, "stability")],
)
def test_settings_that_mean_nothing_are_refused(two_compounds, given, where):
    with pytest.raises(ConfigError) as caught:
        regrid(two_compounds, **given)
    assert caught.value.where == where


def test_numbers_go_to_the_largest_overlap_over_all_pairs():
    # Old 0: 300 in part 0, 250 in part 1; old 1: 100 in part 0. 250 + 100 > 300.
    part, old = np.array([0, 1, 0]), np.array([0, 0, 1])
    households = np.array([300.0, 250.0, 100.0])
    free = np.full(3, -1)
    assert inherited(part, old, households, locked=free).tolist() == [1, 0]
    # Part 0 is old 0, kept: part 1 gets a new number.
    locked = np.array([0, -1, -1])
    assert inherited(part, old, households, locked=locked).tolist() == [0, -1]


def test_new_numbers_go_on_from_the_highest():
    names = new_numbers("C1", ("C1-09", "C2-30", "C1-10"))
    assert [next(names), next(names)] == ["C1-11", "C1-12"]


def test_staff_grows_with_every_300_households_beyond_600():
    assert suggested_staff(np.array([300, 600, 601, 901])).tolist() == [3, 3, 4, 5]


@pytest.fixture(scope="module")
def demo(demo_study):
    return demo_study.district


@pytest.fixture(scope="module")
def demo_plan(demo_study):
    return demo_study.grid_plan


def test_every_grid_of_the_demo_fits_or_is_explained(demo_plan):
    grids = demo_plan.grids
    fits = grids["households"].between(300, 500)
    assert (grids["in_range"].astype(bool) == fits).all()
    assert grids.loc[~fits, "exception_reason"].notna().all()
    proven = demo_plan.communities.set_index("community_id")["certificate"]
    assert proven.reindex(grids.loc[~fits, "community_id"]).notna().all()
    # The planted grids of 620 and 180 households (fact k) are mended.
    today = demo_plan.today.set_index("grid_id")["households"]
    assert (today["C06-05"], today["C06-06"]) == (620.0, 180.0)
    assert demo_plan.communities["in_range"].sum() > today.between(300, 500).sum()


def test_grids_of_the_demo_tile_their_communities(demo, demo_plan):
    outlines = demo.communities.set_index("community_id").geometry
    for key, part in demo_plan.grids.groupby("community_id"):
        shapes = part.geometry.to_numpy()
        assert shapely.coverage_is_valid(shapes), key
        off = shapely.area(shapes).sum() - outlines[key].area
        assert abs(off) <= 0.001 * outlines[key].length, key


def test_households_and_buildings_of_the_demo_are_kept(demo, demo_plan):
    homes = demo_plan.buildings
    assert sorted(homes["building_id"]) == sorted(demo.buildings["building_id"])
    households = demo.buildings.set_index("building_id")["households"]
    sums = households.reindex(homes["building_id"]).to_numpy()
    by_grid = homes.assign(households=sums).groupby("grid_id")["households"].sum()
    grids = demo_plan.grids.set_index("grid_id")
    assert by_grid.to_dict() == grids["households"].to_dict()
    assert demo_plan.communities["households"].sum() == households.sum()
    moved = homes[homes["grid_id"] != homes["old_grid_id"]]
    assert set(moved["building_id"]) == set(demo_plan.changes["building_id"])


def test_shares_estimated_of_the_demo_are_those_of_its_buildings(demo, demo_plan):
    homes = demo.buildings.set_index("building_id")
    guessed = homes["households"].where(homes["households_method"] != "declared", 0.0)
    for frame, key in (
        (demo_plan.grids, "grid_id"),
        (demo_plan.communities, "community_id"),
    ):
        of = demo_plan.buildings.set_index("building_id")[key]
        share = guessed.groupby(of).sum() / homes["households"].groupby(of).sum()
        shown = frame.set_index(key)["estimated_share"]
        wanted = share.reindex(shown.index).fillna(0.0).tolist()
        assert shown.tolist() == pytest.approx(wanted, abs=1e-12)
        assert 0.0 < shown.max() < 1.0


def test_grids_of_the_demo_are_contiguous_by_another_count(demo, demo_plan):
    """networkx on the neighbours, not our own components."""
    surveyed = survey(demo, {})
    grid_of = demo_plan.buildings.set_index("building_id")["grid_id"]
    ids = demo.buildings["building_id"].to_numpy()
    for key in demo.communities["community_id"]:
        atoms = community_atoms(surveyed, key)
        graph = nx.Graph(atoms.adjacency.edges.tolist())
        graph.add_nodes_from(range(len(atoms.shapes)))
        members: dict[str, set[int]] = {}
        for row, atom in zip(atoms.rows, atoms.building_atom, strict=True):
            members.setdefault(grid_of[ids[row]], set()).add(int(atom))
        assert sum(map(len, members.values())) == len(atoms.shapes)
        for grid, found in members.items():
            assert nx.is_connected(graph.subgraph(found)), grid


def test_old_numbers_are_given_once(demo_plan):
    heirs = demo_plan.grids["inherits_grid_id"].dropna()
    assert heirs.is_unique
    assert demo_plan.grids["grid_id"].is_unique
    kept = demo_plan.today.set_index("grid_id")["becomes"] == "kept"
    assert set(kept.index[kept]) == set(heirs)

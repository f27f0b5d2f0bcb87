"""Cells and neighbours of toy communities, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from lifecircle import conftest as toys
from lifecircle.model import RegridSettings
from lifecircle.plans.adjacency import KINDS, components
from lifecircle.plans.atoms import community_atoms, problem_of, survey
from lifecircle.tables.district import read_district

DEMO = "data/demo/district.toml"


def atoms_of(district, community="C1"):
    return community_atoms(survey(district, {}), community)


def borders(atoms):
    """{(i, j): (border_m, kind)}"""
    near = atoms.adjacency
    return {
        (int(i), int(j)): (round(float(length), 2), KINDS[kind])
        for (i, j), length, kind in zip(
            near.edges, near.border_m, near.kind, strict=True
        )
    }


def banks(make_community, make_streets, box_at, line_at, *, bridge):
    """Four homes at the corners of 200 m x 100 m; a river x=100, a street y=50.

    ::

        B3 │~│ B4   y=75
        ───┤H├───   y=50  H is a bridge, or not
        B1 │~│ B2   y=25
    """
    roads = make_streets(
        ((0, 50), (90, 50)), ((90, 50), (110, 50)), ((110, 50), (200, 50))
    )
    roads[1]["bridge"] = "yes" if bridge else "no"
    river = {"barrier_id": "W", "barrier_kind": "river"}
    return make_community(
        box_at(0, 0, 200, 100),
        [
            ("B1", 10, 50, 25),
            ("B2", 20, 150, 25),
            ("B3", 30, 50, 75),
            ("B4", 40, 150, 75),
        ],
        roads=roads,
        barriers=[{**river, "geometry": line_at((100, -10), (100, 110))}],
    )


def test_a_bridge_makes_the_cells_at_its_foot_neighbours(
    make_community, make_streets, box_at, line_at
):
    district = banks(make_community, make_streets, box_at, line_at, bridge=True)
    found = borders(atoms_of(district))
    # Each cell is 100 m by 50 m: along the street 100 m, along the river 50 m.
    assert found == {
        (0, 1): (50.0, "main_road_or_river"),
        (0, 2): (100.0, "minor_street"),
        (1, 3): (100.0, "minor_street"),
        (2, 3): (50.0, "main_road_or_river"),
    }


def test_without_a_bridge_the_banks_are_islands(
    make_community, make_streets, box_at, line_at
):
    district = banks(make_community, make_streets, box_at, line_at, bridge=False)
    atoms = atoms_of(district)
    assert set(borders(atoms)) == {(0, 2), (1, 3)}
    assert components(atoms.adjacency.edges, 4).tolist() == [0, 1, 0, 1]


def test_two_compounds_meet_in_the_middle_of_the_street(
    make_community, make_streets, box_at
):
    """Compounds of 80 m by 80 m, 10 m back from a street at x=100; two homes each.

    ::

        ▒B2▒ │ ▒B4▒   y=70
        ▒B1▒ │ ▒B3▒   y=30
    """
    district = make_community(
        box_at(0, 0, 200, 100),
        [
            ("B1", 10, 50, 30),
            ("B2", 10, 50, 70),
            ("B3", 10, 150, 30),
            ("B4", 10, 150, 70),
        ],
        compounds=[
            {"compound_id": "K1", "geometry": box_at(10, 10, 80, 80)},
            {"compound_id": "K2", "geometry": box_at(110, 10, 80, 80)},
        ],
        roads=make_streets(((100, 0), (100, 100))),
    )
    atoms = atoms_of(district)
    assert shapely.area(atoms.shapes).round(3).tolist() == [5000.0] * 4
    assert borders(atoms) == {
        (0, 1): (100.0, "inside_compound"),
        (0, 2): (50.0, "minor_street"),
        (1, 3): (50.0, "minor_street"),
        (2, 3): (100.0, "inside_compound"),
    }
    weights = problem_of(atoms, RegridSettings()).cut_weight
    assert weights.round(9).tolist() == [2.0, 0.6, 0.6, 2.0]


def test_open_ground_goes_to_the_nearest_compound_and_none_reaches_into_another(
    make_community, box_at
):
    """No street: the lane between two compounds is parted in its middle, x=50.

    K1 from x=0 to 40, K2 from 60 to 100, 100 m deep: 50 m x 100 m each. B2 stands at
    K2's near edge, so the nearest-building border would lie at x=40.
    """
    district = make_community(
        box_at(0, 0, 100, 100),
        [("B1", 10, 20, 50), ("B2", 10, 60.5, 50)],
        compounds=[
            {"compound_id": "K1", "geometry": box_at(0, 0, 40, 100)},
            {"compound_id": "K2", "geometry": box_at(60, 0, 40, 100)},
        ],
    )
    atoms = atoms_of(district)
    assert shapely.area(atoms.shapes).round(0).tolist() == [5000.0, 5000.0]
    assert borders(atoms) == {(0, 1): (100.0, "minor_street")}


@pytest.mark.parametrize(("gate_x", "met"), [(50.0, True), (500.0, False)])
def test_a_wall_is_crossed_at_an_open_gate_only(
    make_community, box_at, line_at, at, gate_x, met
):
    district = make_community(
        box_at(0, 0, 100, 100),
        [("B1", 10, 50, 25), ("B2", 10, 50, 75)],
        barriers=[
            {
                "barrier_id": "W",
                "barrier_kind": "wall",
                "geometry": line_at((0, 50), (100, 50)),
            }
        ],
        gates=[{"gate_id": "G", "geometry": shapely.Point(at(gate_x, 50))}],
    )
    found = borders(atoms_of(district))
    assert found == ({(0, 1): (100.0, "main_road_or_river")} if met else {})


def test_walled_compounds_wall_to_wall_are_no_neighbours_there(
    make_community, box_at, at
):
    """K1 and K2 share the wall x=50; each has its gate on the far side."""
    district = make_community(
        box_at(0, 0, 100, 100),
        [("B1", 10, 25, 50), ("B2", 10, 75, 50)],
        compounds=[
            {"compound_id": "K1", "gated": "yes", "geometry": box_at(0, 0, 50, 100)},
            {"compound_id": "K2", "gated": "yes", "geometry": box_at(50, 0, 50, 100)},
        ],
        gates=[
            {
                "gate_id": "G1",
                "compound_id": "K1",
                "geometry": shapely.Point(at(0, 50)),
            },
            {
                "gate_id": "G2",
                "compound_id": "K2",
                "geometry": shapely.Point(at(100, 50)),
            },
        ],
    )
    assert borders(atoms_of(district)) == {}


def test_a_park_between_streets_goes_whole_to_the_longest_border(
    make_community, make_streets, box_at
):
    """A park (x 100 to 140) meets B1 along 100 m, B2 and B3 along 50 m each.

    ::

           B1  │park│ B3   y=75
               │    ├───   y=50
               │    │ B2   y=25
    """
    district = make_community(
        box_at(0, 0, 240, 100),
        [("B1", 10, 50, 50), ("B2", 10, 190, 25), ("B3", 10, 190, 75)],
        roads=make_streets(
            ((100, 0), (100, 100)), ((140, 0), (140, 100)), ((140, 50), (240, 50))
        ),
    )
    atoms = atoms_of(district)
    # 100 x 100 + 40 x 100; 100 x 50; 100 x 50.
    assert shapely.area(atoms.shapes).round(3).tolist() == [14000.0, 5000.0, 5000.0]


def test_the_strip_between_two_carriageways_is_shared_out(
    make_community, make_streets, box_at
):
    """Carriageways x=100 and x=110: each side takes half of the strip, 5 m."""
    district = make_community(
        box_at(0, 0, 210, 100),
        [("B1", 10, 50, 50), ("B2", 10, 160, 50)],
        roads=make_streets(
            ((100, 0), (100, 100)), ((110, 0), (110, 100)), road_class="primary"
        ),
    )
    atoms = atoms_of(district)
    assert shapely.area(atoms.shapes).round(0).tolist() == [10500.0, 10500.0]
    assert len(borders(atoms)) == 1


def test_buildings_at_one_spot_are_one_atom(make_community, box_at):
    district = make_community(
        box_at(0, 0, 100, 100),
        [("B1", 10, 25, 50), ("B2", 20, 25, 50), ("B3", 30, 75, 50)],
    )
    atoms = atoms_of(district)
    assert atoms.households.tolist() == [30, 30]
    assert atoms.building_atom.tolist() == [0, 0, 1]


def test_a_locked_grid_keeps_its_ground_and_its_buildings(make_community, box_at):
    """The market x 0 to 40 is locked; B1 stands in it, B2 and B3 do not."""
    district = make_community(
        box_at(0, 0, 100, 100),
        [("B1", 10, 20, 50), ("B2", 20, 60, 20), ("B3", 30, 60, 80)],
        grids=[
            {
                "grid_id": "G9",
                "grid_kind": "专属网格",
                "geometry": box_at(0, 0, 40, 100),
            },
            {"grid_id": "G1", "geometry": box_at(40, 0, 60, 100)},
        ],
    )
    atoms = atoms_of(district)
    assert atoms.old_ids == ("G1", "G9")
    assert atoms.locked.tolist() == [-1, -1, 1]
    assert atoms.households.tolist() == [20, 30, 10]
    assert round(shapely.area(atoms.shapes[2]), 3) == 4000.0


def test_a_main_road_parts_a_compound_and_a_minor_street_does_not(
    make_community, make_streets, box_at
):
    homes = [("B1", 10, 25, 50), ("B2", 10, 60, 50)]
    compounds = [{"compound_id": "K1", "geometry": box_at(0, 0, 100, 100)}]
    street = ((50, 0), (50, 100))
    found = {}
    for name in ("primary", "residential"):
        roads = make_streets(street, road_class=name)
        district = make_community(
            box_at(0, 0, 100, 100), homes, compounds=compounds, roads=roads
        )
        atoms = atoms_of(district)
        area = round(float(shapely.area(atoms.shapes[0])), 0)
        found[name] = (area, borders(atoms)[0, 1][1])
    # Along the road x=50; midway between the homes x=42.5.
    assert found == {
        "primary": (5000.0, "main_road_or_river"),
        "residential": (4250.0, "inside_compound"),
    }


spots = st.tuples(st.integers(2, 298), st.integers(2, 198))


@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(
    homes=st.lists(spots, min_size=1, max_size=14),
    ways=st.lists(st.tuples(spots, spots), max_size=5),
    areas=st.lists(st.tuples(spots, st.integers(10, 80)), max_size=3),
)
def test_cells_tile_the_community_whatever_divides_it(homes, ways, areas):
    """No gap, no overlap, no household lost, every building in its own cell."""
    outline = shapely.Polygon(
        [toys.at(*xy) for xy in ((0, 0), (300, 10), (310, 200), (0, 190))]
    )
    district = toys.make_district(
        communities=[{"community_id": "C1", "geometry": outline}],
        buildings=[
            {
                "building_id": f"B{row:02d}",
                "households": row + 1,
                "community_id": "C1",
                "geometry": shapely.Point(toys.at(*spot)),
            }
            for row, spot in enumerate(homes)
        ],
        compounds=[
            {
                "compound_id": f"K{row}",
                "geometry": shapely.box(
                    *toys.at(*low), *toys.at(low[0] + side, low[1] + side)
                ),
            }
            for row, (low, side) in enumerate(areas)
        ],
        roads=toys.streets(*ways),
    )
    atoms = atoms_of(district)
    shapes = atoms.shapes
    assert shapely.coverage_is_valid(shapes)
    assert shapely.area(shapes).sum() == pytest.approx(outline.area, abs=2.0)
    assert shapely.union_all(shapes).symmetric_difference(outline).area < 2.0
    assert atoms.households.sum() == sum(range(1, len(homes) + 1))
    assert len(shapes) == len(set(homes))
    inside = shapely.distance(
        shapes[atoms.building_atom], district.buildings.geometry.to_numpy()
    )
    # A home nearer than a metre to a smoothed midline may lie just beyond it; so may
    # one outside the outline, which passes up to 10 m above y=0.
    assert inside.max() <= 11.0
    edges = atoms.adjacency.edges
    assert (edges[:, 0] < edges[:, 1]).all()
    assert len(np.unique(edges, axis=0)) == len(edges)


@pytest.fixture(scope="module")
def demo():
    return read_district(DEMO)


def test_the_cells_of_the_demo_tile_every_community(demo):
    surveyed = survey(demo, {})
    outlines = demo.communities.set_index("community_id").geometry
    for key, outline in outlines.items():
        atoms = community_atoms(surveyed, key)
        assert shapely.coverage_is_valid(atoms.shapes), key
        # Coordinates are rounded to a millimetre.
        off = shapely.area(atoms.shapes).sum() - outline.area
        assert abs(off) <= 0.001 * outline.length, key
        mine = demo.buildings[demo.buildings["community_id"] == key]
        assert atoms.households.sum() == mine["households"].sum()
        assert components(atoms.adjacency.edges, len(atoms.shapes)).max() == 0, key

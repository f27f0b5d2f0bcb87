"""Plans edited by hand: what they break, and how they compare."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from lifecircle.errors import TableError
from lifecircle.model import RegridSettings
from lifecircle.plans.assembly import prepare
from lifecircle.plans.drawn import drawn_faults
from lifecircle.plans.edited import edited_plan, plan_figures
from lifecircle.plans.exceptions import told_apart
from lifecircle.plans.regrid import plan_grids
from lifecircle.tables.plan_file import read_plan_file

SETTINGS = RegridSettings(households=(300, 500))


@pytest.fixture
def banks(make_community, box_at, line_at):
    """Two homes on each bank, no bridge; a locked grid G9 at the east end.

    ::

        B1 200  B2 200 │~│ B3 200  B4 200 │ B5 50 (G9)
    """
    return make_community(
        box_at(0, 0, 500, 100),
        [
            ("B1", 200, 50, 50),
            ("B2", 200, 150, 50),
            ("B3", 200, 250, 50),
            ("B4", 200, 350, 50),
            ("B5", 50, 450, 50),
        ],
        barriers=[
            {
                "barrier_id": "W",
                "barrier_kind": "river",
                "geometry": line_at((200, -10), (200, 110)),
            }
        ],
        grids=[
            {"grid_id": "G1", "geometry": box_at(0, 0, 200, 100)},
            {"grid_id": "G2", "geometry": box_at(200, 0, 200, 100)},
            {"grid_id": "G9", "locked": "yes", "geometry": box_at(400, 0, 100, 100)},
        ],
    )


def judged(district, **grids):
    plan, faults = edited_plan(
        prepare(district, SETTINGS), pd.Series(grids, dtype=object), SETTINGS
    )
    return plan, faults[faults["fault"] != "unassigned"]


def test_today_as_it_is_breaks_nothing(banks):
    plan, faults = judged(banks, B1="G1", B2="G1", B3="G2", B4="G2", B5="G9")
    assert faults.empty
    assert plan.changes.empty
    assert plan.grids["households"].tolist() == [400.0, 400.0, 50.0]


def test_a_grid_across_the_river_is_in_two_parts(banks):
    plan, faults = judged(banks, B1="G1", B2="G2", B3="G1", B4="G2", B5="G9")
    assert faults["fault"].tolist() == ["apart", "apart"]
    assert faults["value"].tolist() == [2.0, 2.0]
    assert plan.changes["building_id"].tolist() == ["B2", "B3"]
    assert plan_figures(plan)["changed_households"] == 400.0


def test_households_outside_the_band_are_named(banks):
    _, faults = judged(banks, B1="G1", B2="N1", B3="G2", B4="G2", B5="G9")
    assert faults["fault"].tolist() == ["outside_band"] * 2
    assert dict(zip(faults["grid_id"], faults["value"], strict=True)) == {
        "G1": 200.0,
        "N1": 200.0,
    }


def test_a_tower_above_the_band_may_stand_alone(make_community, box_at):
    homes = [("B1", 520, 50, 50), ("B2", 300, 150, 50), ("B3", 210, 250, 50)]
    district = make_community(box_at(0, 0, 300, 100), homes)
    _, faults = judged(district, B1="N1", B2="N2", B3="N2")
    # 300 + 210 = 510: two buildings above the band are a fault.
    assert faults["grid_id"].tolist() == ["N2"]


def test_nobody_leaves_a_locked_grid(banks):
    _, faults = judged(banks, B5="G2")
    assert "locked_changed" in faults["fault"].tolist()
    assert faults.loc[faults["fault"] == "locked_changed", "building_id"].item() == "B5"


def test_a_building_that_is_not_there_is_named(banks):
    _, faults = judged(banks, B9="G1")
    assert faults["building_id"].tolist() == ["B9"]


def test_a_grid_in_two_communities_is_named(toy):
    settings = RegridSettings(households=(1, 900))
    homes = pd.Series(dict.fromkeys(("B1", "B2", "B3", "B4", "B5", "B6"), "G1"))
    _, faults = edited_plan(prepare(toy.district, settings), homes, settings)
    row = faults[faults["fault"] == "across_communities"].iloc[0]
    assert (row["grid_id"], row["community_id"]) == ("G1", "C1+C2")


def test_a_table_is_read_by_its_names_or_labels(banks, tmp_path):
    path = tmp_path / "方案.csv"
    path.write_text("楼栋编号,网格编号\nB1,G1\nB2,G2\n", encoding="utf-8-sig")
    assert read_plan_file(path, banks).grid_of.to_dict() == {"B1": "G1", "B2": "G2"}


def test_polygons_are_laid_on_the_buildings(banks, tmp_path, box_at):
    path = tmp_path / "plan.gpkg"
    shapes = [box_at(0, 0, 300, 100), box_at(300, 0, 200, 100)]
    frame = gpd.GeoDataFrame({"grid_id": ["A", "B"]}, geometry=shapes, crs=banks.crs)
    frame.to_crs("EPSG:4490").to_file(path, layer="plan_grids")
    assert read_plan_file(path, banks).grid_of.to_dict() == {
        "B1": "A",
        "B2": "A",
        "B3": "A",
        "B4": "B",
        "B5": "B",
    }


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("building_id,grid_id\nB1,G1\nB1,G2\n", "more than once"),
        ("house,grid\nB1,G1\n", "building_id and grid_id"),
    ],
)
def test_a_file_that_says_too_little_is_refused(banks, tmp_path, text, what):
    path = tmp_path / "plan.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TableError, match=what):
        read_plan_file(path, banks)


def test_a_missing_file_is_a_table_error(banks, tmp_path):
    with pytest.raises(TableError, match="no such file"):
        read_plan_file(tmp_path / "no.csv", banks)


def test_the_grids_of_an_edited_plan_tile_too(banks):
    plan, _ = judged(banks, B1="G1", B2="G2", B3="G1", B4="G2", B5="G9")
    assert shapely.coverage_is_valid(plan.grids.geometry.to_numpy())


@pytest.fixture
def poor(make_community, box_at):
    """550 households in a row of four: no number of grids fits 300 to 500.

    ::

        B1 150 │ B2 150 │ B3 120 │ B4 130
    """
    homes = [("B1", 150, 50, 50), ("B2", 150, 150, 50)]
    homes += [("B3", 120, 250, 50), ("B4", 130, 350, 50)]
    return make_community(box_at(0, 0, 400, 100), homes)


def compared(district, **grids):
    """Faults and exceptions of an edited plan, ours beside it."""
    prepared = prepare(district, SETTINGS)
    theirs, faults = edited_plan(prepared, pd.Series(grids, dtype=object), SETTINGS)
    return told_apart(faults, theirs, plan_grids(prepared, SETTINGS))


def test_our_own_least_violation_plan_is_an_exception_not_a_fault(poor):
    ours = plan_grids(prepare(poor, SETTINGS), SETTINGS)
    homes = ours.buildings.set_index("building_id")["grid_id"].to_dict()
    faults, exceptions = compared(poor, **homes)
    # 550 as one grid is 50 too many; 300 and 250 are 50 too few.
    assert ours.grids["outside_households"].abs().sum() == 50.0
    assert faults.empty
    assert exceptions["reason"].tolist() == ["least_violation"]
    assert exceptions["certificate"].tolist() == ["arithmetic"]


def test_another_plan_as_near_to_the_band_is_an_exception_too(poor):
    # 550 in one grid: 50 above, as far out as ours.
    faults, exceptions = compared(poor, B1="N", B2="N", B3="N", B4="N")
    assert faults.empty
    assert exceptions["households"].tolist() == [550.0]


def test_a_plan_farther_out_than_ours_stays_a_fault(poor):
    # 150 and 400: 150 too few, where 50 would do.
    faults, exceptions = compared(poor, B1="N1", B2="N2", B3="N2", B4="N2")
    assert faults["fault"].tolist() == ["outside_band"]
    assert faults["grid_id"].tolist() == ["N1"]
    assert exceptions.empty


def test_outside_the_band_where_a_plan_exists_stays_a_fault(banks):
    faults, exceptions = compared(banks, B1="G1", B2="N1", B3="G2", B4="G2", B5="G9")
    assert faults["fault"].tolist() == ["outside_band"] * 2
    assert exceptions["reason"].tolist() == ["locked"]


def test_a_tower_is_an_exception_with_its_reason(make_community, box_at):
    homes = [("B1", 520, 50, 50), ("B2", 300, 150, 50)]
    district = make_community(box_at(0, 0, 200, 100), homes)
    faults, exceptions = compared(district, B1="N1", B2="N2")
    assert faults.empty
    assert exceptions["reason"].tolist() == ["oversize_building"]


def test_polygons_must_tile_the_community_and_cut_no_building(make_community, box_at):
    """A community of 400 × 100 m; two grids that do not tile it.

    A lies from 0 to 220 and 10 m beyond the north; B from 200 to 390 m. Both hold
    20 × 100 = 2,000 m²; 10 × 100 = 1,000 m² are in none; 220 × 10 = 2,200 m² are
    outside. The house from 180 to 230 is in both: 40 of 50 m in A, 30 in B, 3/7 of
    what is counted is not in A.
    """
    house = box_at(180, 40, 50, 20)
    district = make_community(box_at(0, 0, 400, 100), [("B1", 300, house)])
    drawn = gpd.GeoDataFrame(
        {"grid_id": ["A", "B"]},
        geometry=[box_at(0, 0, 220, 110), box_at(200, 0, 190, 100)],
        crs=district.crs,
    )
    faults = drawn_faults(drawn, district).set_index("fault")["value"]
    assert faults.to_dict() == pytest.approx(
        {
            "overlap": 2000.0,
            "gap": 1000.0,
            "beyond_community": 2200.0,
            "building_cut": 3 / 7,
        }
    )


def test_our_own_polygons_break_no_rule(banks):
    plan = plan_grids(prepare(banks, SETTINGS), SETTINGS)
    assert drawn_faults(plan.grids, banks).empty

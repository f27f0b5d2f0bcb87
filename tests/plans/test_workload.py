"""Workload that grids should share evenly, worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shapely

from lifecircle import conftest as toys
from lifecircle.plans.regrid import regrid
from lifecircle.plans.workload import building_workload


@pytest.fixture
def square(make_district, box_at):
    """Four buildings of 200 households; 90 cases in each of the two in the west.

    ::

        B3 90 │ B4 0
        ──────┼─────
        B1 90 │ B2 0
    """
    spots = {"B1": (50, 50), "B2": (150, 50), "B3": (50, 150), "B4": (150, 150)}
    cases = {"B1": 90.0, "B2": 0.0, "B3": 90.0, "B4": float("nan")}
    return make_district(
        communities=[
            {"community_id": "C1", "name": "甲", "geometry": box_at(0, 0, 200, 200)}
        ],
        buildings=[
            {
                "building_id": key,
                "households": 200,
                "cases": cases[key],
                "geometry": shapely.Point(toys.at(*spot)),
            }
            for key, spot in spots.items()
        ],
    )


def test_cases_weigh_as_the_district_file_says(square):
    # 0.5 x 90 = 45; what is unknown adds nothing.
    load = building_workload(square, {"cases": 0.5})
    assert load.tolist() == [45.0, 0.0, 45.0, 0.0]


def test_grids_share_the_cases(square):
    """Each grid takes one of the west: 90 and 90, not 180 and 0."""
    settings = replace(square.config.regrid, balance=100.0, workload={"cases": 1.0})
    weighed = replace(square, config=replace(square.config, regrid=settings))
    plan = regrid(weighed, stability=0.0)
    grid = plan.buildings.set_index("building_id")["grid_id"]
    assert plan.grids["households"].tolist() == [400.0, 400.0]
    assert grid["B1"] != grid["B3"]

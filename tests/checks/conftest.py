"""A district of two communities on a 1 km square, and access frames by hand."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest
from shapely import box

from lifecircle.columns import ACCESS
from lifecircle.conftest import ORIGIN


def square(x, y, width=10.0, height=None):
    left, bottom = ORIGIN[0] + x, ORIGIN[1] + y
    return box(left, bottom, left + width, bottom + (height or width))


def community(community_id, x, **values):
    """A community 1,000 m wide and high with its left edge at x."""
    return {
        "community_id": community_id,
        "name": f"{community_id}社区",
        "geometry": square(x, 0, 1000),
        **values,
    }


def building(building_id, x, y, households, **values):
    return {
        "building_id": building_id,
        "households": float(households),
        "geometry": square(x, y),
        **values,
    }


def facility(facility_id, facility_class, x, y, **values):
    return {
        "facility_id": facility_id,
        "facility_class": facility_class,
        "geometry": square(x, y),
        **values,
    }


def room(facility_id, facility_class, area_m2, **values):
    return {
        "facility_id": facility_id,
        "facility_class": facility_class,
        "floor_area_m2": area_m2,
        **values,
    }


def grid(grid_id, community_id, x, width, **values):
    return {
        "grid_id": grid_id,
        "community_id": community_id,
        "geometry": square(x, 0, width, 1000),
        **values,
    }


def canteen_walks(minutes, *, walker="elderly", facility_class="ELD.CANTEEN"):
    """Access rows: building -> minutes to the canteen at 0.8 m/s (None = no walk)."""
    rows = [
        {
            "building_id": building_id,
            "facility_class": facility_class,
            "walker": walker,
            "status_set": "built",
            "walk_m": float("nan") if value is None else value * 48.0,
            "walk_min": float("nan") if value is None else float(value),
            "facility_id": None if value is None else "F1",
        }
        for building_id, value in minutes.items()
    ]
    return pd.DataFrame(rows, columns=list(ACCESS))


@pytest.fixture(scope="session")
def rows():
    """Rows of tables by hand: ``rows.building("B1", 0, 0, 120)``."""
    return SimpleNamespace(
        building=building,
        community=community,
        facility=facility,
        grid=grid,
        room=room,
        square=square,
    )


@pytest.fixture(scope="session")
def walks():
    """``walks({"B1": 5, "B2": None})``: an access frame."""
    return canteen_walks

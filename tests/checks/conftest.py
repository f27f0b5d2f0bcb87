"""A district of two communities on a 1 km square, and access frames by hand."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from shapely import box

from lifecircle.checks.dashboard import dashboard
from lifecircle.checks.evaluate import check
from lifecircle.checks.gaps import find_gaps
from lifecircle.checks.missing_area import roll_up_area
from lifecircle.checks.reached import roll_up_reach
from lifecircle.checks.rollup import roll_up
from lifecircle.columns import ACCESS, ROUTES
from lifecircle.conftest import ORIGIN
from lifecircle.model import Assessment
from lifecircle.publish.disclosure import disclosed
from lifecircle.publish.geopackage import write_geopackage
from lifecircle.publish.manifest import write_manifest
from lifecircle.publish.results import saved_parts


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


@pytest.fixture(scope="session")
def published(tmp_path_factory):
    """``published(district, access, *books)``: the folder of a study, saved."""

    def publish(district, access, *books):
        findings = check(district, access, *books)
        study = Assessment(
            district=district,
            access=access,
            findings=findings,
            gaps=find_gaps(district, access, findings),
            served=roll_up(district, access),
            dashboard=dashboard(district, findings),
            reached=roll_up_reach(district, access, findings),
            missing_area=roll_up_area(district, findings),
            isochrones=district.communities[["geometry"]],
            routes=pd.DataFrame(columns=list(ROUTES)),
            network_report=pd.DataFrame({"item": [], "value": [], "unit": []}),
            manifest={},
        )
        folder = tmp_path_factory.mktemp("study")
        shown = disclosed(study)
        saved = saved_parts(shown)
        write_geopackage(shown, folder / "district.gpkg", saved=saved)
        write_manifest({"format": saved["format"]}, folder / "manifest.json")
        return folder

    return publish


class Verify:
    """``scripts/verify`` on a folder."""

    script = Path(__file__).parents[2] / "scripts" / "verify"

    def __call__(self, folder):
        command = [sys.executable, str(self.script), str(folder)]
        return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def verify():
    """``verify(folder)``: the finished process."""
    return Verify()

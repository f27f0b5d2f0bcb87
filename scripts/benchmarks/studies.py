"""Finished studies of made-up districts, for what is written of them.

The district of ``districts`` with outlines as irregular as real ones: every block
turned by its own angle, a third of its buildings L-shaped, each named by its address.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from benchmarks.districts import made_up
from lifecircle.access.isochrones import isochrones
from lifecircle.access.routes import example_routes
from lifecircle.checks.dashboard import dashboard
from lifecircle.checks.evaluate import check
from lifecircle.checks.gaps import find_gaps
from lifecircle.checks.missing_area import roll_up_area
from lifecircle.checks.reached import roll_up_reach
from lifecircle.checks.rollup import roll_up
from lifecircle.model import Assessment
from lifecircle.network.graph import build_network, network_report
from lifecircle.standards.rulebook import read_rule_book

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from lifecircle.model import District

BOOK = "hefei"
CLASSES = (
    *("ELD.CANTEEN", "ELD.STATION", "HLT.STATION", "CUL.STATION", "SPT.POINT"),
    *("CHD.KG", "CHD.NURSERY", "COM.MARKET", "COM.CONV", "EDU.PRIMARY"),
)
"""The ten classes whose minutes are kept."""
ROUTES = 500
"""Example walks are drawn for the largest gap areas."""
DRAWN_CLASS = "ELD.CANTEEN"
"""The class whose isochrone is drawn."""
MADE_AT = datetime(2026, 6, 30, tzinfo=UTC).isoformat()


def finished(buildings: int) -> Assessment:
    """A district of so many buildings, measured, judged and summed up."""
    book = read_rule_book(BOOK)
    case = made_up(buildings, (book,))
    district = _with_ten_classes(
        replace(case.district, buildings=_irregular(case.district.buildings))
    )
    access = case.access[case.access["facility_class"].isin(CLASSES)]
    access = access.reset_index(drop=True)
    network = build_network(district)
    findings = check(case.district, case.access, book)
    gaps = find_gaps(district, case.access, findings)
    return Assessment(
        district=district,
        access=access,
        findings=findings,
        gaps=gaps,
        served=roll_up(district, access),
        dashboard=dashboard(district, findings),
        reached=roll_up_reach(district, case.access, findings),
        missing_area=roll_up_area(district, findings),
        isochrones=isochrones(
            network, district, DRAWN_CLASS, walker="elderly", limits_min=(15.0,)
        ),
        routes=example_routes(network, district, access, gaps.areas.head(ROUTES)),
        network_report=network_report(network, district),
        manifest=_manifest(district.config.district_id),
    )


def _with_ten_classes(district: District) -> District:
    """The district with no facilities but those of the ten classes."""
    offered = district.facility_classes
    offered = offered[offered["facility_class"].isin(CLASSES)].reset_index(drop=True)
    kept = {
        name: frame[frame["facility_id"].isin(offered["facility_id"])]
        for name, frame in (
            ("facilities", district.facilities),
            ("rooms", district.rooms),
            ("serves", district.serves),
        )
    }
    tables = {name: frame.reset_index(drop=True) for name, frame in kept.items()}
    return replace(district, facility_classes=offered, **tables)


def _irregular(buildings: GeoDataFrame, *, seed: int = 7) -> GeoDataFrame:
    """Buildings turned with their block, some L-shaped, named by their address."""
    random = np.random.default_rng(seed)
    low_x, low_y, high_x, high_y = shapely.bounds(buildings.geometry.to_numpy()).T
    count = len(buildings)
    wide, high = high_x - low_x, high_y - low_y
    inner_x = low_x + wide * random.uniform(0.3, 0.7, count)
    inner_y = low_y + high * random.uniform(0.3, 0.7, count)
    corners_x = np.column_stack([low_x, high_x, high_x, inner_x, inner_x, low_x])
    corners_y = np.column_stack([low_y, low_y, inner_y, inner_y, high_y, high_y])
    angle = random.uniform(-0.4, 0.4, count)[pd.factorize(_block(buildings))[0]]
    shapes = []
    for k, l_shaped in enumerate(random.random(count) < 1 / 3):
        x, y = corners_x[k], corners_y[k]
        if not l_shaped:
            x, y = x[[0, 1, 1, 0]], y[[0, 0, 4, 4]]
        across, up = x - x.mean(), y - y.mean()
        cos, sin = np.cos(angle[k]), np.sin(angle[k])
        turned = (
            x.mean() + across * cos - up * sin,
            y.mean() + across * sin + up * cos,
        )
        shapes.append(shapely.Polygon(np.column_stack(turned)))
    return buildings.assign(name=buildings["address"]).set_geometry(
        shapes, crs=buildings.crs
    )


def _block(buildings: GeoDataFrame) -> Any:
    """The compound; a loose house stands for itself."""
    return buildings["compound_id"].fillna(buildings["building_id"])


def _manifest(district_id: str) -> dict[str, Any]:
    return {
        "made_at": MADE_AT,
        "district": {"id": district_id, "name": district_id},
        "versions": {},
        "inputs": [],
        "rule_books": [],
        "settings": {"smallest_gap_households": 200},
    }

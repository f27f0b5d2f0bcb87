"""The toy district of the doctests and tests; not part of the wheel.

``make_district`` builds a ``District`` in memory: tables are lists of rows or
frames, absent columns get the contract's defaults, absent tables are empty.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from shapely import LineString, Point, Polygon, box

from lifecircle.model import District, DistrictConfig, Walker

if TYPE_CHECKING:
    from pandas import DataFrame

    from lifecircle.model import WalkNetwork

__all__ = [
    "CRS",
    "ORIGIN",
    "Toy",
    "at",
    "make_config",
    "make_district",
    "places",
    "streets",
    "toy_district",
]

CRS = "EPSG:4548"
ORIGIN = (500_000.0, 3_520_000.0)
Rows = Iterable[Mapping[str, Any]]

NUMBER = float("nan")


def _columns(text: str, numbers: str = "", **values: Any) -> dict[str, Any]:
    """Column -> default: None for text, NaN for numbers, else a value."""
    return {
        **dict.fromkeys(text.split()),
        **dict.fromkeys(numbers.split(), NUMBER),
        **values,
    }


# The first column is the key that rows are sorted by.
DEFAULTS: dict[str, dict[str, Any]] = {
    "communities": _columns(
        "community_id name affiliation",
        "households persons elderly",
        subdistrict_id="S1",
        subdistrict_name="渡口街道",
        settlement="urban",
        unit_kind="community",
        household_basis="resident",
    ),
    "circles": _columns("circle_id name build", "outside_share", tier="15min"),
    "compounds": _columns(
        "compound_id name community_id",
        "households planned_dwellings year_built",
        gated="unknown",
        household_basis="resident",
    ),
    "buildings": _columns(
        "building_id name address community_id compound_id grid_id persons_method "
        "elderly_method",
        "persons elderly floors floor_area_m2 units children_0_3 cases",
        households=0.0,
        households_method="declared",
        household_basis="resident",
        role="inside",
    ),
    "facilities": _columns(
        "facility_id name facility_class functions address role community_id "
        "source_note",
        "opened floor_area_m2",
        status="built",
        area_basis="floor",
    ),
    "facility_classes": _columns("facility_id facility_class"),
    "rooms": _columns(
        "facility_id facility_class shared_use", "floor_area_m2", area_basis="floor"
    ),
    "serves": _columns("facility_id unit_id", "share", origin="point_in_polygon"),
    "roads": _columns(
        "road_id name",
        road_class="residential",
        walkable="yes",
        bridge="no",
        tunnel="no",
        layer=0.0,
        steps="no",
    ),
    "gates": _columns("gate_id compound_id name", open="yes"),
    "barriers": _columns("barrier_id name", barrier_kind="wall"),
    "grids": _columns("grid_id community_id name grid_kind", "staff", locked="no"),
    "projects": _columns(
        "project_id name facility_class tier", "year floor_area_m2", status="built"
    ),
    "land": _columns("name", land_kind="other"),
}
PLAIN = frozenset({"facility_classes", "rooms", "serves"})


def at(x_m: float, y_m: float) -> tuple[float, float]:
    """Coordinates in the toy CRS of a place given in metres from its corner."""
    return ORIGIN[0] + x_m, ORIGIN[1] + y_m


def make_config(**changes: Any) -> DistrictConfig:
    """A district file in memory; every field can be given."""
    config = DistrictConfig(
        district_id="toy",
        name="示例区",
        name_en="Toy district",
        path=Path("district.toml"),
        crs=CRS,
        as_of=date(2026, 6, 30),
        sources=(),
        synthetic=True,
        adopted_books=("hefei", "decheng"),
        walkers={
            "adult": Walker("adult", 1.1, "toy"),
            "elderly": Walker("elderly", 0.8, "toy"),
        },
        isochrone_classes=("ELD.CANTEEN",),
        smallest_gap_households=1,
    )
    return replace(config, **changes)


def make_district(
    *,
    config: DistrictConfig | None = None,
    complete_classes: Iterable[str] = (),
    **tables: DataFrame | Rows,
) -> District:
    """A checked district in memory from rows or frames of its tables.

    Columns that reading computes (``community_id``, ``compound_id``, ``role``,
    ``facility_classes``, ``rooms``, ``serves``) are computed where not given.
    """
    config = config or make_config()
    frames = {
        table: _frame(table, tables.get(table, ()), config.crs) for table in DEFAULTS
    }
    unknown = set(tables) - set(DEFAULTS)
    if unknown:
        raise KeyError(*sorted(unknown))
    communities = frames["communities"]
    for table in ("compounds", "buildings", "facilities"):
        _fill(frames[table], communities, "community_id")
    _fill(frames["buildings"], frames["compounds"], "compound_id")
    facilities = frames["facilities"]
    inside = facilities["community_id"].notna()
    role = pd.Series(np.where(inside, "inside", "context"), dtype=object)
    facilities["role"] = facilities["role"].where(facilities["role"].notna(), role)
    circles = frames["circles"]
    covered = communities.union_all()
    outside = circles.geometry.difference(covered).area / circles.geometry.area
    circles["outside_share"] = circles["outside_share"].fillna(outside.astype(float))
    _derive(frames, given=set(tables))
    return District(
        config=config,
        crs=config.crs,
        complete_classes=frozenset(complete_classes),
        problems=(),
        rejected=pd.DataFrame(columns=["file", "layer", "row", "reason", "cells"]),
        **frames,
    )


def streets(
    *lines: Iterable[tuple[float, float]], **columns: Any
) -> list[dict[str, Any]]:
    """Road rows ``R1``, ``R2``, … of lines given as toy places."""
    return [
        {"road_id": f"R{number}", "geometry": _street(*line), **columns}
        for number, line in enumerate(lines, start=1)
    ]


def places(
    key: str, spots: Iterable[tuple[float, float]], **columns: Any
) -> list[dict[str, Any]]:
    """Rows at toy places, numbered from 0 after the key's first letter."""
    return [
        {key: f"{key[0].upper()}{number}", "geometry": Point(at(*spot)), **columns}
        for number, spot in enumerate(spots)
    ]


def _frame(table: str, rows: DataFrame | Rows, crs: str) -> Any:
    frame = pd.DataFrame(rows if isinstance(rows, pd.DataFrame) else list(rows))
    columns = DEFAULTS[table]
    made = {
        name: _column(frame, name, default, len(frame))
        for name, default in columns.items()
    }
    made |= {
        str(name): frame[name].to_numpy()
        for name in frame
        if name not in columns and name != "geometry"
    }
    key = next(iter(columns))
    if table in PLAIN:
        plain = pd.DataFrame(made)
        return plain.sort_values(list(columns)[:2], ignore_index=True)
    geometry: list[Any] = list(frame["geometry"]) if len(frame) else []
    spatial = gpd.GeoDataFrame(made, geometry=gpd.GeoSeries(geometry, crs=crs), crs=crs)
    return spatial.sort_values(key, ignore_index=True, kind="stable")


def _column(frame: DataFrame, name: str, default: Any, rows: int) -> Any:
    kind: Any = float if isinstance(default, float) else object
    if name not in frame:
        return np.full(rows, default, dtype=kind)
    values = frame[name].to_numpy(dtype=object)
    missing = pd.isna(values)
    filled = np.where(missing, default, values)
    return filled.astype(kind)


def _fill(frame: Any, areas: Any, column: str) -> None:
    """Point in polygon, first area in order of ids, where no id is declared."""
    for row, (declared, shape) in enumerate(
        zip(frame[column], frame.geometry, strict=True)
    ):
        if declared is None or pd.isna(declared):
            spot = shape.representative_point()
            hits = areas.loc[areas.geometry.intersects(spot), column]
            frame.loc[row, column] = hits.iloc[0] if len(hits) else None


def _derive(frames: dict[str, Any], *, given: set[str]) -> None:
    facilities, rooms = frames["facilities"], frames["rooms"]
    classes = facilities[["facility_id", "facility_class"]]
    if "facility_classes" not in given:
        both = pd.concat([classes, rooms[["facility_id", "facility_class"]]])
        frames["facility_classes"] = both.drop_duplicates().sort_values(
            ["facility_id", "facility_class"], ignore_index=True
        )
    if "rooms" not in given:
        offered = frames["facility_classes"]
        single = ~offered["facility_id"].duplicated(keep=False)
        area = offered["facility_id"].map(
            facilities.set_index("facility_id")["floor_area_m2"]
        )
        made = offered.assign(
            floor_area_m2=area.where(single), area_basis="floor", shared_use=None
        )
        frames["rooms"] = made[~single | area.notna()].reset_index(drop=True)
    if "serves" not in given:
        inside = facilities[facilities["community_id"].notna()]
        frames["serves"] = pd.DataFrame(
            {
                "facility_id": inside["facility_id"],
                "unit_id": inside["community_id"],
                "share": 1.0,
                "origin": "point_in_polygon",
            }
        ).reset_index(drop=True)


def _street(*spots: tuple[float, float]) -> LineString:
    return LineString([at(x, y) for x, y in spots])


def _block(x_m: float, y_m: float, width_m: float, height_m: float) -> Polygon:
    x, y = at(x_m, y_m)
    return box(x, y, x + width_m, y + height_m)


def _spot(x_m: float, y_m: float) -> Point:
    return Point(at(x_m, y_m))


def _table(columns: str, *rows: tuple[Any, ...]) -> list[dict[str, Any]]:
    return [dict(zip(columns.split(), row, strict=True)) for row in rows]


def toy_district() -> District:
    """Two communities, a walled compound whose only gate faces away.

    ::

        y=300 ──┬───────┬───────────┬───B6──F3┬──
                │       │           │         │
        y=150 ──┼─F2────┼────┬──────┼─B5─F4───┼── F5 (x=700, context)
                │   B2  │ ▒▒▒G▒▒▒▒  │         │
                │       │ ▒B3│B4 ▒  │         │
                │ B1    │ ▒▒▒▒▒▒▒▒  │         │
        y=0   ──┴───────┴────F1─────┴─────────┴──
              x=0      200   300   400       600
                 C1 (x < 410)        C2 (x > 410)
    """
    columns = [((x, 0), (x, 150), (x, 300)) for x in (0, 200, 400, 600)]
    rows = [
        ((-300, y), (0, y), (200, y), (300, y), (400, y), (600, y), (800, y))
        for y in (0, 150, 300)
    ]
    lane = ((300, 150), (300, 130), (300, 60))
    west, east = _block(-50, -50, 460, 400), _block(410, -50, 240, 400)
    homes = _table(
        "building_id name households grid_id geometry",
        ("B1", "渡口路1号楼", 60, "G1", _block(40, 15, 20, 10)),
        ("B2", "渡口路2号楼", 120, "G1", _block(140, 125, 20, 10)),
        ("B3", "渡口路3号楼", 200, "G1", _block(260, 55, 20, 10)),
        ("B4", "渡口路4号楼", 100, "G1", _block(320, 55, 20, 10)),
        ("B5", "渡口路5号楼", 80, "G2", _block(440, 165, 20, 10)),
        ("B6", "渡口路6号楼", 40, "G2", _block(540, 275, 20, 10)),
    )
    people = {"persons_method": "declared", "elderly_method": "declared"}
    for home in homes:
        amount = home["households"]
        home |= people | {"persons": amount * 2.5, "elderly": amount * 0.5}
    site = "facility_id name facility_class status opened floor_area_m2 geometry"
    soon = "under_construction"
    return make_district(
        complete_classes=("ELD.CANTEEN", "HLT.PHARM", "SVC.COMM", "ELD.STATION"),
        communities=_table(
            "community_id name households geometry",
            ("C1", "渡口社区", 480, west),
            ("C2", "青禾社区", 120, east),
        ),
        compounds=_table(
            "compound_id name gated households geometry",
            ("K1", "渡口花园", "yes", 300, _block(220, 20, 160, 110)),
        ),
        buildings=homes,
        facilities=_table(
            site,
            ("F1", "渡口老年食堂", "ELD.CANTEEN", "built", 2019, 150, _spot(300, -10)),
            ("F2", "渡口党群中心", "SVC.COMM", "built", 2015, 980, _spot(100, 160)),
            ("F3", "青禾药店", "HLT.PHARM", "built", 2020, NUMBER, _spot(580, 290)),
            ("F4", "东街食堂", "ELD.CANTEEN", soon, 2027, 90, _spot(480, 160)),
            ("F5", "界外药店", "HLT.PHARM", "built", 2018, NUMBER, _spot(700, 140)),
        ),
        rooms=_table(
            "facility_id facility_class floor_area_m2",
            ("F1", "ELD.CANTEEN", 150),
            ("F2", "SVC.COMM", 680),
            ("F2", "ELD.STATION", 300),
            ("F4", "ELD.CANTEEN", 90),
        ),
        roads=streets(*columns, *rows, lane),
        gates=_table("gate_id compound_id geometry", ("M1", "K1", _spot(300, 130))),
        grids=_table(
            "grid_id community_id name geometry",
            ("G1", "C1", "第一网格", west),
            ("G2", "C2", "第二网格", east),
        ),
        land=_table(
            "land_kind name geometry", ("green", "苗圃", _block(60, 40, 80, 60))
        ),
    )


class Toy:
    """The toy district, its network and its walks, each built on first use."""

    @cached_property
    def district(self) -> District:
        """``toy_district()``."""
        return toy_district()

    @cached_property
    def network(self) -> WalkNetwork:
        """Its walk network."""
        from lifecircle.network.graph import build_network

        return build_network(self.district)

    @cached_property
    def access(self) -> DataFrame:
        """Walks of every building to every class by every walker."""
        from lifecircle.access.minutes import walk_access

        return walk_access(self.network, self.district)


@pytest.fixture(autouse=True, scope="session")
def _toy_in_doctests(doctest_namespace: dict[str, Any]) -> None:
    doctest_namespace["toy"] = Toy()

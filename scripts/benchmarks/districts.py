"""A made-up district to judge: blocks, communities, homes, services, registers.

Streets lie on a lattice of blocks; a community is the blocks nearest to its seed, a
grid is one block. Blocks hold a compound of twelve slabs, loose houses, or nothing
that is lived in; some 32 households a building. Two rivers and a railway cross it.
Facilities of 45 classes stand by their number of buildings, a third of the classes
not listed completely; a quarter of the households are estimated.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.access.minutes import walk_access
from lifecircle.model import District, DistrictConfig, RuleBook
from lifecircle.network.graph import build_network
from lifecircle.settings import Walker
from lifecircle.standards.facts import facts
from lifecircle.tables.ledger import Ledger
from lifecircle.tables.schemas import NUMERIC, SCHEMAS

CRS = "EPSG:4548"
ORIGIN_M = (500_000.0, 3_520_000.0)
BLOCK_M = (300.0, 160.0)
PER_BLOCK = 12
LIVED_IN_SHARE, COMPOUND_SHARE = 0.85, 0.75
COMMUNITIES, SUBDISTRICTS = 60, 8
YEAR = 2026

BUILDINGS_PER_FACILITY = {
    name: buildings
    for buildings, names in {
        30: "COM.CONV ENV.WASTE",
        60: "SPT.POINT COM.POST HLT.PHARM COM.SERVICE TRA.BUS",
        75: "ENV.TOILET PRP.OFFICE",
        125: "OPEN.PARK OPEN.PLAZA CHD.KG",
        165: "SVC.COMM",
        200: "ELD.STATION ELD.CANTEEN CUL.STATION HLT.STATION COM.SUPER",
        250: "COM.MARKET SPT.FIELD",
        300: "COM.NEIGH ELD.DAYCARE CHD.NURSERY FIN.BANK",
        350: "EDU.PRIMARY VOL.STATION",
        400: "SAF.SHELTER COM.UNIT",
        450: "LAW.STUDIO",
        500: "GOV.POLICE",
        600: "EDU.JUNIOR CHD.HOME",
        1000: "HLT.CENTRE CUL.CENTRE",
        1250: "SPT.CENTRE SVC.ZONE SVC.STREET GOV.STREET ELD.HOME GRID.CENTRE",
        2000: "EDU.CITIZEN",
        2500: "TRA.METRO SOC.HUB",
        5000: "HLT.HOSPITAL",
        10_000: "SVC.DISTRICT",
    }.items()
    for name in names.split()
}
"""How many buildings there are to one facility of a class."""

INCOMPLETE = tuple(sorted(BUILDINGS_PER_FACILITY))[1::3]


@dataclass(frozen=True)
class Case:
    """A district, its walks, and how many buildings it has."""

    buildings: int
    district: District
    access: pd.DataFrame


@dataclass(frozen=True)
class Blocks:
    """The lattice: corners of the blocks, their communities, what is in them."""

    columns: int
    rows: int
    corner: np.ndarray
    community: np.ndarray
    use: np.ndarray
    box: np.ndarray


def made_up(buildings: int, books: tuple[RuleBook, ...], *, seed: int = 20) -> Case:
    """A district of so many buildings that has adopted the books, and its walks."""
    district = made_up_district(buildings, books, seed=seed)
    asked = {name for book in books for rule in book.rules for name in rule.classes}
    access = walk_access(
        build_network(district),
        district,
        classes=sorted(asked | set(BUILDINGS_PER_FACILITY)),
    )
    return Case(buildings, district, access)


def made_up_district(
    buildings: int, books: tuple[RuleBook, ...], *, seed: int = 20
) -> District:
    """A district of so many buildings that has adopted the books."""
    random = np.random.default_rng(seed)
    blocks = _blocks(buildings, random)
    homes, compounds = _homes(blocks, buildings, random)
    facilities, rooms = _facilities(blocks, homes, random)
    communities = _communities(blocks)
    config = _config(books)
    tables = {
        "communities": communities,
        "circles": _circles(communities),
        "compounds": compounds,
        "projects": _projects(facilities),
        "buildings": homes,
        "facilities": facilities,
        "roads": _roads(blocks),
        "gates": _gates(compounds, random),
        "barriers": _barriers(blocks, random),
        "grids": _grids(blocks, random),
        "land": {"land_kind": [], "geometry": []},
        "rooms": rooms,
        "serves": {
            "facility_id": facilities["facility_id"],
            "unit_id": facilities["community_id"],
            "share": np.ones(len(facilities["facility_id"])),
            "origin": _same("point_in_polygon", facilities["facility_id"]),
        },
    }
    offered = pd.DataFrame(
        {
            name: np.append(facilities[name], rooms[name]).astype(object)
            for name in ("facility_id", "facility_class")
        }
    )
    return District(
        config=config,
        crs=CRS,
        complete_classes=frozenset(BUILDINGS_PER_FACILITY) - set(INCOMPLETE),
        problems=(),
        rejected=Ledger().rejected(),
        registers=_registers(books, communities, random),
        facility_classes=offered.drop_duplicates().sort_values(
            ["facility_id", "facility_class"], ignore_index=True
        ),
        **{name: _table(name, values) for name, values in tables.items()},
    )


def _config(books: tuple[RuleBook, ...]) -> DistrictConfig:
    return DistrictConfig(
        district_id="benchmark",
        name="测试区",
        path=Path("district.toml"),
        crs=CRS,
        as_of=date(YEAR, 6, 30),
        sources=(),
        synthetic=True,
        adopted_books=tuple(book.book_id for book in books),
        shares={"HF-R10": 0.9, "HF-R11": 0.9},
        walkers={
            "adult": Walker("adult", 1.1, "benchmark"),
            "elderly": Walker("elderly", 0.8, "benchmark"),
        },
        profile="full",
    )


def _table(name: str, values: dict[str, Any]) -> Any:
    """Columns of the table's schema; what is not given is unknown, or the default."""
    schema = SCHEMAS[name]
    size = len(next(iter(values.values())))
    columns = {}
    for field in schema.fields:
        if field.place == "input":
            continue
        kind = float if field.kind in NUMERIC else object
        blank = np.nan if field.kind in NUMERIC and field.default is None else None
        default = blank if field.default is None else field.default
        given = values.get(field.name, np.full(size, default, dtype=kind))
        columns[field.name] = np.asarray(given, dtype=kind)
    order = [column for column in schema.order if column in columns]
    if not schema.shapes:
        return pd.DataFrame(columns).sort_values(order, ignore_index=True)
    shapes = gpd.GeoSeries(list(values["geometry"]), crs=CRS)
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=CRS)
    return frame.sort_values(order, ignore_index=True, kind="stable")


def _ids(letter: str, count: int) -> np.ndarray:
    return np.array([f"{letter}{number:06d}" for number in range(count)], dtype=object)


def _same(value: Any, like: Any) -> np.ndarray:
    return np.full(len(like), value, dtype=object)


def _blocks(buildings: int, random: np.random.Generator) -> Blocks:
    """As many blocks as the buildings need, each with its nearest seed."""
    count = int(np.ceil(buildings / PER_BLOCK / LIVED_IN_SHARE * 1.02))
    columns = int(np.sqrt(count * BLOCK_M[1] / BLOCK_M[0])) + 1
    rows = -(-count // columns)
    place = np.array([(x, y) for y in range(rows) for x in range(columns)], float)
    corner = place * BLOCK_M + ORIGIN_M
    across = np.array([columns, rows]) / (10, 6)
    seeds = np.array([(x, y) for y in range(6) for x in range(10)], float)
    seeds = (seeds + random.uniform(0.25, 0.75, seeds.shape)) * across
    middle = place + 0.5
    nearest = shapely.STRtree(shapely.points(seeds * BLOCK_M)).nearest(
        shapely.points(middle * BLOCK_M)
    )
    lived_in = random.permutation(len(place))[: -(-buildings // PER_BLOCK)]
    use = np.full(len(place), "open", dtype=object)
    inside = random.random(len(lived_in)) < COMPOUND_SHARE
    use[lived_in] = np.where(inside, "compound", "loose")
    box = shapely.box(*corner.T, *(corner + BLOCK_M).T)
    return Blocks(columns, rows, corner, nearest, use, box)


def _community_ids(number: np.ndarray) -> np.ndarray:
    return np.array([f"C{one:02d}" for one in number], dtype=object)


def _communities(blocks: Blocks) -> dict[str, Any]:
    number = np.arange(COMMUNITIES)
    shapes = [shapely.union_all(blocks.box[blocks.community == one]) for one in number]
    subdistrict = number * SUBDISTRICTS // COMMUNITIES
    return {
        "community_id": _community_ids(number),
        "name": np.array([f"第{one}社区" for one in number], dtype=object),
        "subdistrict_id": np.array([f"S{one}" for one in subdistrict], dtype=object),
        "subdistrict_name": np.array([f"第{one}街道" for one in subdistrict], object),
        "settlement": np.array(["urban"] * 48 + ["county_town"] * 6 + ["rural"] * 6),
        "affiliation": np.array(["city"] * 48 + ["county"] * 12),
        "unit_kind": _same("community", number),
        "household_basis": _same("resident", number),
        "geometry": shapes,
    }


def _circles(communities: dict[str, Any]) -> dict[str, Any]:
    """A 15-minute circle is a subdistrict, one of five minutes a community."""
    of = communities["subdistrict_id"]
    shapes = np.array(communities["geometry"], dtype=object)
    wide = [shapely.union_all(shapes[of == one]) for one in np.unique(of)]
    return {
        "circle_id": _ids("Q", len(wide) + len(shapes)),
        "tier": np.array(["15min"] * len(wide) + ["5min"] * len(shapes), object),
        "build": _same("existing", [*wide, *shapes]),
        "outside_share": np.zeros(len(wide) + len(shapes)),
        "geometry": [*wide, *shapes],
    }


def _projects(facilities: dict[str, Any]) -> dict[str, Any]:
    """A project for each facility that is not yet there."""
    soon = facilities["status"] != "built"
    return {
        "project_id": _ids("P", int(soon.sum())),
        "facility_class": facilities["facility_class"][soon],
        "status": facilities["status"][soon],
        "year": np.full(int(soon.sum()), YEAR + 1.0),
        "floor_area_m2": np.nan_to_num(facilities["floor_area_m2"][soon], nan=200.0),
        "geometry": facilities["geometry"][soon],
    }


def _homes(
    blocks: Blocks, buildings: int, random: np.random.Generator
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Slabs of 40 by 14 m, 30 m apart in a compound; small houses 20 to 60 m apart."""
    block = np.repeat(np.flatnonzero(blocks.use != "open"), PER_BLOCK)[:buildings]
    slot = np.arange(len(block)) % PER_BLOCK
    spot = np.column_stack([slot % 4, slot // 4]) * (68.0, 44.0) + (20.0, 20.0)
    loose = blocks.use[block] == "loose"
    shift = random.uniform(-9.0, 9.0, spot.shape) * np.where(loose, 1.0, 0.2)[:, None]
    corner = blocks.corner[block] + spot + shift
    size = np.where(loose[:, None], (14.0, 12.0), (40.0, 14.0))
    compound = np.flatnonzero(blocks.use == "compound")
    homes = np.where(loose, random.integers(1, 13, len(block)), 12)
    households = homes * random.integers(1, 6, len(block)).astype(float)
    persons = households * 2.6
    guessed = random.random(len(block)) < 0.25
    method = np.where(guessed, "floor_area", "declared").astype(object)
    people = np.where(guessed, "estimated", "declared").astype(object)
    ids = _ids("K", len(blocks.use))
    homes = {
        "building_id": _ids("B", len(block)),
        "name": np.array([f"{slot + 1}号楼" for slot in slot], dtype=object),
        "address": np.array(
            [f"街{b}巷{s}号" for b, s in zip(block, slot, strict=True)]
        ),
        "community_id": _community_ids(blocks.community[block]),
        "compound_id": np.where(loose, None, ids[block]),
        "grid_id": np.where(random.random(len(block)) < 0.5, _grid_ids(block), None),
        "households": households,
        "households_method": method,
        "persons": persons,
        "persons_method": people,
        "elderly": np.floor(persons * random.uniform(0.1, 0.3, len(block))),
        "elderly_method": people,
        "children_0_3": np.floor(persons * 0.03),
        "floors": random.integers(4, 19, len(block)).astype(float),
        "household_basis": _same("resident", block),
        "role": _same("inside", block),
        "geometry": shapely.box(*corner.T, *(corner + size).T),
    }
    dwellings = np.where(random.random(len(compound)) < 0.1, 800.0, np.nan)
    gated = random.choice(["yes", "no", "unknown"], len(compound), p=[0.6, 0.3, 0.1])
    compounds = {
        "compound_id": ids[compound],
        "name": np.array([f"第{one}小区" for one in compound], dtype=object),
        "community_id": _community_ids(blocks.community[compound]),
        "planned_dwellings": dwellings,
        "gated": gated.astype(object),
        "household_basis": _same("resident", compound),
        "geometry": shapely.buffer(blocks.box[compound], -8.0, join_style="mitre"),
    }
    return homes, compounds


def _facilities(
    blocks: Blocks, homes: dict[str, Any], random: np.random.Generator
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Facilities beside streets; one in four has a second room of another class."""
    count = len(homes["building_id"])
    names = sorted(BUILDINGS_PER_FACILITY)
    numbers = [max(1, count // BUILDINGS_PER_FACILITY[name]) for name in names]
    classes = np.repeat(np.array(names, dtype=object), numbers)
    block = random.integers(0, len(blocks.use), len(classes))
    along = random.uniform(0.05, 0.95, len(classes)) * BLOCK_M[0]
    corner = blocks.corner[block] + np.column_stack([along, np.full(len(block), 3.0)])
    area = np.round(random.lognormal(5.5, 1.0, len(classes)))
    known = random.random(len(classes)) < 0.8
    status = random.choice(
        ["built", "planned", "under_construction"], len(classes), p=[0.94, 0.03, 0.03]
    )
    ids = _ids("F", len(classes))
    second = random.choice(names, len(classes)).astype(object)
    twice = (random.random(len(classes)) < 0.25) & (second != classes)
    area = np.where(known, area, np.nan)
    facilities = {
        "facility_id": ids,
        "name": np.array([f"{a}{b}" for a, b in zip(classes, ids, strict=True)]),
        "facility_class": classes,
        "status": status.astype(object),
        "opened": random.integers(1995, YEAR + 2, len(classes)).astype(float),
        "floor_area_m2": area,
        "area_basis": _same("floor", ids),
        "role": _same("inside", ids),
        "community_id": _community_ids(blocks.community[block]),
        "geometry": shapely.points(corner),
    }
    first = known | twice
    rooms = {
        "facility_id": np.append(ids[first], ids[twice]),
        "facility_class": np.append(classes[first], second[twice]),
        "floor_area_m2": np.append(
            np.where(twice, area * 0.7, area)[first], area[twice] * 0.3
        ),
        "area_basis": _same("floor", np.append(ids[first], ids[twice])),
    }
    return facilities, rooms


def _roads(blocks: Blocks) -> dict[str, Any]:
    """A street along every side of every block."""
    nodes = [(x, y) for y in range(blocks.rows + 1) for x in range(blocks.columns + 1)]
    ends = [((x, y), (x + 1, y)) for x, y in nodes if x < blocks.columns]
    ends += [((x, y), (x, y + 1)) for x, y in nodes if y < blocks.rows]
    lines = shapely.linestrings(np.array(ends, float) * BLOCK_M + ORIGIN_M)
    return {
        "road_id": _ids("R", len(lines)),
        "road_class": _same("residential", lines),
        "walkable": _same("yes", lines),
        "steps": _same("no", lines),
        "geometry": lines,
    }


def _gates(compounds: dict[str, Any], random: np.random.Generator) -> dict[str, Any]:
    """One gate in a long wall of every walled compound."""
    walled = compounds["gated"] == "yes"
    low = shapely.bounds(compounds["geometry"][walled])
    x = random.uniform(low[:, 0], low[:, 2])
    return {
        "gate_id": _ids("G", len(low)),
        "compound_id": compounds["compound_id"][walled],
        "open": _same("yes", low),
        "geometry": shapely.points(x, low[:, 1]),
    }


def _barriers(blocks: Blocks, random: np.random.Generator) -> dict[str, Any]:
    """Two rivers from north to south, a railway from west to east, stretches of wall.

    They run between the streets' ends or across blocks; streets are bridges there.
    """
    wide, high = np.array([blocks.columns, blocks.rows]) * BLOCK_M
    steps = np.linspace(0.0, 1.0, 60)
    lines = []
    for east, swing in ((0.3, 250.0), (0.7, 400.0)):
        x = wide * east + swing * np.sin(steps * 9.0)
        lines.append(np.column_stack([x, steps * high]))
    lines.append(np.column_stack([steps * wide, np.full(60, high * 0.45)]))
    walls = random.choice(len(blocks.use), len(blocks.use) // 20, replace=False)
    for corner in blocks.corner[np.sort(walls)] - ORIGIN_M:
        lines.append(corner + np.array([(10.0, 80.0), (200.0, 80.0), (200.0, 120.0)]))
    kinds = ["river", "river", "railway"] + ["wall"] * len(walls)
    return {
        "barrier_id": _ids("W", len(lines)),
        "barrier_kind": np.array(kinds, dtype=object),
        "geometry": [shapely.LineString(line + ORIGIN_M) for line in lines],
    }


def _grid_ids(block: np.ndarray) -> np.ndarray:
    return np.array([f"G{one:06d}" for one in block], dtype=object)


def _grids(blocks: Blocks, random: np.random.Generator) -> dict[str, Any]:
    """A grid for each lived-in block; one in fifty reaches into its neighbour."""
    lived_in = np.flatnonzero(blocks.use != "open")
    shapes = blocks.box[lived_in]
    too_far = random.random(len(lived_in)) < 0.02
    shapes = np.where(too_far, shapely.buffer(shapes, 30.0, cap_style="square"), shapes)
    return {
        "grid_id": _grid_ids(lived_in),
        "community_id": _community_ids(blocks.community[lived_in]),
        "name": np.array([f"第{one}网格" for one in lived_in], dtype=object),
        "grid_kind": _same("residential", lived_in),
        "staff": random.integers(1, 4, len(lived_in)).astype(float),
        "geometry": shapes,
    }


def _registers(
    books: tuple[RuleBook, ...],
    communities: dict[str, Any],
    random: np.random.Generator,
) -> pd.DataFrame:
    """Seven in ten of the facts that rules ask for, of nine in ten units."""
    known = facts()
    ids = {
        "community": communities["community_id"],
        "subdistrict": np.unique(communities["subdistrict_id"]),
        "district": np.array(["benchmark"], dtype=object),
    }
    asked = {
        (rule.level, fact)
        for book in books
        for rule in book.rules
        for fact in (*rule.inputs, rule.denominator)
        if rule.level in ids and fact in known
    }
    parts = []
    for level, fact in sorted(asked):
        units = ids[level]
        kept = (random.random(len(units)) < 0.9) & (random.random() < 0.7)
        values = random.integers(0, 2 if known[fact].type == "flag" else 40, len(units))
        text = "党组织、居委会、便民服务站" if known[fact].type == "list" else None
        part = pd.DataFrame({"level": level, "unit_id": units, "fact": fact})
        part["value"] = np.nan if text else values.astype(float)
        part["text"] = _same(text, units)
        parts.append(part[kept])
    return pd.concat(parts, ignore_index=True)

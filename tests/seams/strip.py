"""A made-up city of three districts in a row, written as files of the whole city.

A strip of 16 km by 600 m along blocks of 100 m: streets every 100 m, a house in the
middle of every second block (as near to four streets, so that ties must fall alike),
walled compounds on both sides of both seams, some without streets inside, a river that
only bridges cross, shops and canteens few and far between. The seams lie at 5,250 m,
through the middle of houses and of a compound, and at 10,700 m.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely
from shapely import LineString, Point, box

CRS = "EPSG:4548"
X, Y = 520_000.0, 3_520_000.0
LONG, HIGH, BLOCK = 16_000, 600, 100
SEAMS = (5_250, 10_700)
DISTRICTS = ("东河区", "中山区", "西湖区")

SHARED = """\
[shared.district]
crs = "EPSG:4548"
as_of = 2026-06-30
synthetic = true
[shared.households]
persons_per_household = 2.5
elderly_share = 0.2
[shared.rules]
adopt = ["hefei"]
[shared.rules.share]
HF-R10 = 0.9
HF-R11 = 0.9
[[shared.sources.communities]]
path = "city.gpkg"
layer = "communities"
crs = "EPSG:4548"
columns = { community_id = "id", name = "id" }
[[shared.sources.buildings]]
path = "city.gpkg"
layer = "buildings"
crs = "EPSG:4548"
household_basis = "resident"
columns = { building_id = "id", households = "households", community_id = "home" }
[[shared.sources.compounds]]
path = "city.gpkg"
layer = "compounds"
crs = "EPSG:4548"
columns = { compound_id = "id", gated = "gated" }
[[shared.sources.gates]]
path = "city.gpkg"
layer = "gates"
crs = "EPSG:4548"
columns = { gate_id = "id" }
[[shared.sources.barriers]]
path = "city.gpkg"
layer = "barriers"
crs = "EPSG:4548"
columns = { barrier_id = "id", barrier_kind = "kind" }
[[shared.sources.roads]]
path = "city.gpkg"
layer = "roads"
crs = "EPSG:4548"
columns = { road_id = "id", bridge = "bridge" }
[[shared.sources.facilities]]
path = "city.gpkg"
layer = "facilities"
crs = "EPSG:4548"
columns = { facility_id = "id", facility_class = "kind" }
constants = { status = "built" }
complete_classes = ["ELD.CANTEEN", "HLT.PHARM", "SVC.COMM", "TRA.BUS"]
"""

HEAD = '[city]\nid = "changhe"\nname = "长河市"\n\n'


def _frame(shapes: list, **columns: list) -> gpd.GeoDataFrame:
    moved = shapely.transform(np.array(shapes), lambda xy: xy + np.array([X, Y]))
    return gpd.GeoDataFrame(columns, geometry=moved, crs=CRS)


def _communities() -> gpd.GeoDataFrame:
    cuts = sorted({*range(0, LONG + 1, 1000), *SEAMS})
    spans = list(pairwise(cuts))
    return _frame(
        [box(low, 0, high, HIGH) for low, high in spans],
        id=[f"C{low:05d}" for low, _ in spans],
        区县=[DISTRICTS[int(np.searchsorted(SEAMS, low, "right"))] for low, _ in spans],
    )


def _walls() -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Compounds on both sides of the seams, and one on the first seam itself.

    Those in the middle of a block have no street inside: the paths from the doors to
    the two gates are a way through. Those astride a street have it inside.
    """
    shapes, gates = [], []
    for low in (5_000, 5_200, 5_400, 10_400, 10_600, 10_800):
        shapes.append(box(low + 10, 110, low + 90, 190))
        gates += [Point(low + 30, 110), Point(low + 70, 190)]
    for low in (5_000, 5_400, 10_600, 10_800):
        shapes.append(box(low + 10, 460, low + 90, 540))
        gates += [Point(low + 10, 500), Point(low + 50, 540)]
    ids = [f"K{number:02d}" for number in range(len(shapes))]
    return (
        _frame(shapes, id=ids, gated=["yes"] * len(ids)),
        _frame(gates, id=[f"G{number:02d}" for number in range(len(gates))]),
    )


def _roads() -> gpd.GeoDataFrame:
    """Streets in pieces of 800 m that run across the seams; cross streets."""
    lines, bridges = [], []
    for y in range(0, HIGH + 1, BLOCK):
        if y == 300:
            continue  # the river
        for low in range(0, LONG, 800):
            xs = range(low, low + 801, BLOCK)
            lines.append(LineString([(x, y) for x in xs]))
            bridges.append("no")
    for x in range(0, LONG + 1, BLOCK):
        lines += [
            LineString([(x, y) for y in (0, 100, 200)]),
            LineString([(x, y) for y in (400, 500, 600)]),
        ]
        bridges += ["no", "no"]
        if x % 1_500 == 0:
            lines.append(LineString([(x, 200), (x, 400)]))
            bridges.append("yes")
    ids = [f"R{number:05d}" for number in range(len(lines))]
    return _frame(lines, id=ids, bridge=bridges)


def _buildings(communities: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    spots = [
        Point(x, y)
        for x in range(50, LONG, 2 * BLOCK)
        for y in (50, 150, 250, 450, 550)
    ]
    spots += [Point(low + 50, 470) for low in (5_000, 5_400, 10_600, 10_800)]
    count = len(spots)
    # One is counted with the district across the seam, where the register has it.
    home: list[str | None] = [None] * count
    at = next(i for i, spot in enumerate(spots) if spot.x > SEAMS[0])
    home[at] = "C05000"
    return _frame(
        spots,
        id=[f"B{number:05d}" for number in range(count)],
        households=[10 + number % 7 for number in range(count)],
        home=home,
    )


def _facilities() -> gpd.GeoDataFrame:
    spots = [
        *(("ELD.CANTEEN", x, 50) for x in (1_000, 5_250, 8_000, 15_500)),
        *(("HLT.PHARM", x, 450) for x in (5_200, 5_400, 13_450)),
        *(("SVC.COMM", x, 120) for x in range(550, LONG, 1_000)),
        *(("TRA.BUS", x, 205) for x in (5_150, 5_470, 10_650, 10_870)),
    ]
    return _frame(
        [Point(x, y) for _, x, y in spots],
        id=[f"F{number:03d}" for number in range(len(spots))],
        kind=[kind for kind, _, _ in spots],
    )


def write_strip(folder: Path, *, context_m: float = 5_200) -> Path:
    """The city's files; its city file, one small section a district."""
    folder.mkdir(parents=True, exist_ok=True)
    communities = _communities()
    compounds, gates = _walls()
    layers = {
        "communities": communities,
        "buildings": _buildings(communities),
        "compounds": compounds,
        "gates": gates,
        "barriers": _frame(
            [LineString([(-10, 300), (LONG + 10, 300)])], id=["W1"], kind=["river"]
        ),
        "roads": _roads(),
        "facilities": _facilities(),
    }
    for name, frame in layers.items():
        frame.to_file(folder / "city.gpkg", layer=name, driver="GPKG")
    districts = "".join(
        f"""
[[districts]]
[districts.settings.district]
id = "d{number}"
name = "{name}"
part = {{ communities = {{ "区县" = ["{name}"] }}, context_m = {context_m} }}
"""
        for number, name in enumerate(DISTRICTS, start=1)
    )
    path = folder / "city.toml"
    path.write_text(HEAD + SHARED + districts, encoding="utf-8")
    whole = SHARED.replace("[shared.", "[").replace("[[shared.", "[[")
    whole = whole.replace("[district]", '[district]\nid = "all"\nname = "长河市"')
    (folder / "whole.toml").write_text(whole, encoding="utf-8")
    return path

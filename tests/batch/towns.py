"""Tiny districts as files: a lattice of streets, houses, three communities.

A town of ``columns`` by three blocks of 120 by 100 m, four houses of 40 households a
block, a community a row of blocks, a canteen and a service centre in the first block.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import numpy as np
import shapely

CRS = "EPSG:4548"
BLOCK_M = (120.0, 100.0)
ROWS = 3

DISTRICT = """\
[district]
id = "{ident}"
name = "{name}"
crs = "EPSG:4548"
as_of = 2026-06-30
synthetic = true

[households]
persons_per_household = 2.6
elderly_share = 0.2

[rules]
adopt = ["hefei"]

[rules.share]
HF-R10 = 0.9
HF-R11 = 0.9

[[sources.communities]]
path = "town.gpkg"
layer = "communities"
crs = "EPSG:4548"
columns = {{ community_id = "community_id", name = "name" }}

[[sources.buildings]]
path = "town.gpkg"
layer = "buildings"
crs = "EPSG:4548"
household_basis = "resident"
columns = {{ building_id = "building_id", households = "households" }}

[[sources.roads]]
path = "town.gpkg"
layer = "roads"
crs = "EPSG:4548"
columns = {{ road_id = "road_id" }}

[[sources.facilities]]
path = "town.gpkg"
layer = "facilities"
crs = "EPSG:4548"
columns = {{ facility_id = "facility_id", facility_class = "facility_class" }}
constants = {{ status = "built" }}
complete_classes = ["ELD.CANTEEN", "SVC.COMM"]
"""


def write_town(folder: Path, ident: str, *, name: str = "", columns: int = 3) -> Path:
    """A district's files; its district file."""
    folder.mkdir(parents=True, exist_ok=True)
    package = folder / "town.gpkg"
    package.unlink(missing_ok=True)
    wide, high = BLOCK_M
    east, north = 500_000.0, 3_520_000.0
    width = wide * columns
    rows = [
        shapely.box(east, north + high * row, east + width, north + high * (row + 1))
        for row in range(ROWS)
    ]
    spots = np.array(
        [
            (east + wide * column + x, north + high * row + y)
            for row in range(ROWS)
            for column in range(columns)
            for x in (35.0, 85.0)
            for y in (30.0, 70.0)
        ]
    )
    nodes = [(x, y) for x in range(columns + 1) for y in range(ROWS + 1)]
    ends = [((x, y), (x + 1, y)) for x, y in nodes if x < columns]
    ends += [((x, y), (x, y + 1)) for x, y in nodes if y < ROWS]
    streets = shapely.linestrings(np.array(ends, float) * BLOCK_M + (east, north))
    places = shapely.points([(east + 20.0, north + 3.0), (east + 60.0, north + 3.0)])
    layers = {
        "communities": (
            {
                "community_id": [f"{ident}-C{row}" for row in range(ROWS)],
                "name": [f"第{row + 1}社区" for row in range(ROWS)],
            },
            rows,
        ),
        "buildings": (
            {
                "building_id": [f"{ident}-B{at:03d}" for at in range(len(spots))],
                "households": [40] * len(spots),
            },
            shapely.box(*(spots - 8.0).T, *(spots + 8.0).T),
        ),
        "roads": ({"road_id": [f"R{at:03d}" for at in range(len(ends))]}, streets),
        "facilities": (
            {
                "facility_id": ["F1", "F2"],
                "facility_class": ["ELD.CANTEEN", "SVC.COMM"],
            },
            places,
        ),
    }
    for layer, (cells, shapes) in layers.items():
        frame = gpd.GeoDataFrame(cells, geometry=list(shapes), crs=CRS)
        frame.to_file(package, layer=layer, driver="GPKG")
    path = folder / "district.toml"
    text = DISTRICT.format(ident=ident, name=name or f"{ident}区")
    path.write_text(text, encoding="utf-8")
    return path

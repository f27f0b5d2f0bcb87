"""Made-up districts as files: what a bureau hands over, for whole runs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import geopandas as gpd

from benchmarks.districts import CRS, made_up_district
from lifecircle.model import District
from lifecircle.standards.catalogue import read_catalogue
from lifecircle.standards.rulebook import read_rule_book

BOOKS = ("hefei", "decheng")
TABLES = {
    "communities": "community_id name subdistrict_id subdistrict_name settlement",
    "buildings": "building_id name community_id compound_id households elderly floors",
    "compounds": "compound_id name community_id gated",
    "facilities": "facility_id name facility_class status opened",
    "roads": "road_id road_class",
    "gates": "gate_id compound_id open",
    "barriers": "barrier_id barrier_kind",
}
"""Layers of the package and their columns; each is called as we call it."""

HEAD = """\
[district]
id = "{ident}"
name = "测试{ident}区"
crs = "{crs}"
as_of = 2026-06-30
synthetic = true

[households]
persons_per_household = 2.6
elderly_share = 0.2

[rules]
adopt = {books}

[rules.share]
HF-R10 = 0.9
HF-R11 = 0.9

[outputs]
isochrone_classes = ["ELD.CANTEEN"]
"""
SOURCE = """
[[sources.{table}]]
path = "district.gpkg"
layer = "{table}"
crs = "{crs}"
columns = {{ {columns} }}
"""
ROOMS = """
[[sources.rooms]]
path = "rooms.csv"
columns = {{ {columns} }}
"""


def write_district(folder: Path, ident: str, *, buildings: int, seed: int) -> Path:
    """Write one district; its district file."""
    folder.mkdir(parents=True)
    books = tuple(read_rule_book(name) for name in BOOKS)
    district = made_up_district(buildings, books, seed=seed)
    package = folder / "district.gpkg"
    text = HEAD.format(ident=ident, crs=CRS, books=list(BOOKS)).replace("'", '"')
    for table, names in TABLES.items():
        columns = names.split()
        frame: gpd.GeoDataFrame = _known(getattr(district, table))
        there = ~frame.geometry.is_empty  # a seed may win no block
        frame = frame.loc[there, [*columns, "geometry"]]
        frame.to_file(package, layer=table, driver="GPKG", engine="pyogrio")
        text += SOURCE.format(table=table, crs=CRS, columns=_same_names(columns))
        if table == "buildings":
            text += 'household_basis = "resident"\n'
        if table == "facilities":
            text += f"complete_classes = {_complete(district)}\n"
    rooms = ["facility_id", "facility_class", "floor_area_m2", "area_basis"]
    listed = _known(district.rooms)
    there = listed["facility_id"].isin(_known(district.facilities)["facility_id"])
    listed.loc[there, rooms].to_csv(folder / "rooms.csv", index=False)
    text += ROOMS.format(columns=_same_names(rooms))
    path = folder / "district.toml"
    path.write_text(text, encoding="utf-8")
    return path


def _known(frame: Any) -> Any:
    """Rows of classes that planning data may name."""
    if "facility_class" not in frame:
        return frame
    return frame[frame["facility_class"].isin(read_catalogue().codes)]


def _same_names(columns: list[str]) -> str:
    return ", ".join(f'{name} = "{name}"' for name in columns)


def _complete(district: District) -> str:
    listed = district.complete_classes & set(read_catalogue().codes)
    return str(sorted(listed)).replace("'", '"')

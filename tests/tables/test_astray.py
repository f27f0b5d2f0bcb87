"""Layers declared wrongly on real data: each is found, with its remedy; none else.

Xi'an's core (listings, streets, districts) and Hefei (listings, districts) go through
the whole of ``check``: what is right raises nothing about coordinates.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from lifecircle.tables.astray import check_district_crs, drop_far_layers
from lifecircle.tables.crs import from_wgs84, project_frame
from lifecircle.tables.district import check_district
from lifecircle.tables.ledger import Ledger, Origin
from lifecircle.tables.zones import sister_zones, zone_in_easting
from tests.tables.conftest import real_data

DEGREES = ("EPSG:4326", "EPSG:4490", "gcj02", "bd09")
# Central meridian of each city's 3-degree zone, codes without and with the number,
# the zone to the west and to the east of it; the 6-degree zone that it lies in.
ZONES = {
    # 108.9 E: CM 108, zone 36; 6-degree zone 19, CM 111
    "xian": {
        "plain": "EPSG:4545",
        "numbered": "EPSG:4524",
        "west": ("EPSG:4544", "EPSG:4523"),
        "east": ("EPSG:4546", "EPSG:4525"),
        "six": ("EPSG:4508", "EPSG:4497"),
    },
    # 117.3 E: CM 117, zone 39; 6-degree zone 20, CM 117
    "hefei": {
        "plain": "EPSG:4548",
        "numbered": "EPSG:4527",
        "west": ("EPSG:4547", "EPSG:4526"),
        "east": ("EPSG:4549", "EPSG:4528"),
        "six": ("EPSG:4509", "EPSG:4498"),
    },
}
NAMES = {"xian": "西安(新城|碑林|莲湖)区", "hefei": "合肥包河区|瑶海区|庐阳区|蜀山区"}

CONFIG = """\
[district]
id = "real"
name = "实测"
crs = "{metric}"
as_of = 2026-06-30
settlement = "urban"

[[sources.communities]]
path = "区.shp"
crs = "{areas}"
columns = {{ community_id = "id" }}

[[sources.compounds]]
path = "小区.csv"
crs = "{homes}"
x = "x"
y = "y"
columns = {{ compound_id = "id" }}

[[sources.buildings]]
path = "楼盘.csv"
crs = "EPSG:4326"
x = "x"
y = "y"
columns = {{ building_id = "id" }}
constants = {{ households = 100 }}
"""
ROADS = """
[[sources.roads]]
path = "{roads}"
crs = "EPSG:4326"
columns = {{ road_id = "@row" }}
"""


@dataclass
class City:
    """A real city's layers in degrees, WGS 84."""

    name: str
    homes: gpd.GeoDataFrame
    areas: gpd.GeoDataFrame
    roads: Path | None

    def found(
        self, folder: Path, *, areas="gcj02", homes="bd09", written=None, turn=None
    ):
        """Problems with coordinates: file, key and other system of each.

        ``areas`` or ``homes`` is the declaration; ``written`` is what the layer
        declared otherwise than by default is really in (None = as declared), its
        axes turned by ``turn``.
        """
        spoilt = "areas" if areas != "gcj02" else "homes"
        real = {"areas": areas, "homes": homes}
        real[spoilt] = written or real[spoilt]
        layers = {}
        for part, frame in (("areas", self.areas), ("homes", self.homes)):
            shapes = numbers_of(frame, real[part])
            layers[part] = turned(shapes, turn if part == spoilt else None)
        ids = [f"区{place}" for place in range(len(self.areas))]
        frame = gpd.GeoDataFrame({"id": ids}, geometry=layers["areas"], crs=4490)
        frame.to_file(folder / "区.shp", encoding="utf-8")
        (folder / "区.prj").unlink()
        table(layers["homes"][::2]).to_csv(folder / "小区.csv", index=False)
        table(self.homes.geometry.to_numpy()[1::2]).to_csv(
            folder / "楼盘.csv", index=False
        )
        metric = ZONES[self.name]["plain"]
        text = CONFIG.format(metric=metric, areas=areas, homes=homes)
        if self.roads is not None:
            text += ROADS.format(roads=self.roads.as_posix())
        (folder / "district.toml").write_text(text, encoding="utf-8")
        problems, _ = check_district(folder / "district.toml")
        return [
            (one.file, one.key.removeprefix("tables."), one.values.get("other", "—"))
            for one in problems
            if one.key.startswith(("tables.crs_", "tables.layer_far"))
        ]


def numbers_of(frame, system: str):
    """Shapes in a system's numbers, from WGS 84."""
    if system in ("gcj02", "bd09"):

        def shift(xy):
            return np.column_stack(from_wgs84(xy[:, 0], xy[:, 1], system))

        return shapely.transform(frame.geometry.to_numpy(), shift)
    return frame.to_crs(system).geometry.to_numpy()


TURNS = {
    "swapped": lambda xy: xy[:, ::-1],
    "south": lambda xy: xy * [1, -1],
    "west": lambda xy: xy * [-1, 1],
    "south-west": lambda xy: -xy,
}


def turned(shapes, turn: str | None):
    return shapely.transform(shapes, TURNS[turn]) if turn else shapes


def table(points) -> pd.DataFrame:
    x, y = shapely.get_x(points), shapely.get_y(points)
    return pd.DataFrame({"id": [f"h{at}" for at in range(len(x))], "x": x, "y": y})


@pytest.fixture(scope="module", params=sorted(NAMES))
def city(request):
    folder, name = real_data(), request.param
    areas = gpd.read_file(folder / "boundaries" / "districts_gcj02.geojson")
    areas = areas[areas["name"].str.fullmatch(NAMES[name])][["geometry"]]
    areas = project_frame(areas, "gcj02", "EPSG:4326")
    listed = pd.read_csv(folder / name / "compounds_bd09.csv")
    listed = listed.dropna(subset=["lng_raw", "lat_raw"])
    raw = gpd.points_from_xy(listed["lng_raw"], listed["lat_raw"])
    homes = project_frame(gpd.GeoDataFrame(geometry=raw), "bd09", "EPSG:4326")
    homes = homes[homes.within(areas.union_all())].iloc[::7]
    roads = folder / "xian" / "core3_roads_osm_wgs84.gpkg" if name == "xian" else None
    return City(name, homes, areas, roads)


def test_right_layers_raise_nothing(city, tmp_path):
    zones = ZONES[city.name]
    for system in (*DEGREES, zones["plain"], zones["numbered"], *zones["six"]):
        assert city.found(tmp_path, homes=system) == [], system
    for system in ("EPSG:4490", zones["numbered"], zones["six"][0]):
        assert city.found(tmp_path, areas=system) == [], system


WRONG = [
    # turned how, really in, declared as, what is found, system named
    ("swapped", "EPSG:4490", "EPSG:4490", "crs_swapped", ""),
    ("swapped", "plain", "plain", "crs_swapped", ""),
    ("south", "EPSG:4490", "EPSG:4490", "crs_hemisphere", ""),
    ("west", "EPSG:4326", "EPSG:4326", "crs_hemisphere", ""),
    ("south-west", "bd09", "bd09", "crs_hemisphere", ""),
    ("south", "plain", "plain", "crs_hemisphere", ""),
    (None, "EPSG:4490", "plain", "crs_degrees_as_metric", ""),
    (None, "EPSG:4490", "numbered", "crs_degrees_as_metric", ""),
    (None, "plain", "EPSG:4490", "crs_metric_as_degrees", ""),
    (None, "numbered", "bd09", "crs_metric_as_degrees", ""),
    (None, "plain", "numbered", "crs_zone_number", "plain"),
    (None, "numbered", "plain", "crs_zone_number", "numbered"),
    (None, "numbered", "west numbered", "crs_zone_number", "numbered"),
    (None, "numbered", "east numbered", "crs_zone_number", "numbered"),
    (None, "six numbered", "plain", "crs_zone_number", "six numbered"),
    # About 280 km away, and found only by where the others are.
    (None, "plain", "west", "layer_far_zone", "plain"),
    (None, "plain", "east", "layer_far_zone", "plain"),
]


@pytest.mark.parametrize("layer", ["homes", "areas"])
@pytest.mark.parametrize(("turn", "real", "declared", "key", "other"), WRONG)
def test_a_real_layer_declared_wrongly(
    city, tmp_path, layer, turn, real, declared, key, other
):
    zones = ZONES[city.name]

    def code(said: str) -> str:
        side, _, numbered = said.partition(" ")
        found = zones.get(side, side)
        return found if isinstance(found, str) else found[bool(numbered)]

    found = city.found(
        tmp_path, **{layer: code(declared)}, written=code(real), turn=turn
    )
    file = {"homes": "小区.csv", "areas": "区.shp"}[layer]
    assert [one[:2] for one in found] == [(file, key)]
    if other:
        assert found[0][2] == code(other)


def test_a_six_degree_zone_taken_for_a_three_degree_one(city, tmp_path):
    zones = ZONES[city.name]
    found = city.found(tmp_path, homes=zones["plain"], written=zones["six"][0])
    # Hefei's 6-degree zone has the meridian of its 3-degree one: the same numbers.
    # Xi'an's has 111 E, which EPSG:4546 names, instead of 108 E.
    expected = {"hefei": [], "xian": [("小区.csv", "layer_far_zone", "EPSG:4546")]}
    assert found == expected[city.name]


def test_utm_taken_for_the_next_gauss_kruger_zone(city, tmp_path):
    zones = ZONES[city.name]
    utm = {"hefei": "EPSG:32650", "xian": "EPSG:32649"}[city.name]
    found = city.found(tmp_path, homes=zones["west"][0], written=utm)
    # The UTM zone of the same meridian lies 1.3 to 1.5 km from Gauss-Kruger: in
    # Xi'an's core fewer listings are inside so, in wide Hefei as many, and the
    # first of the two is named.
    named = {"hefei": zones["plain"], "xian": utm}[city.name]
    assert found == [("小区.csv", "layer_far_zone", named)]


METRIC = "EPSG:4548"


def far(**places):
    """Files reported of one point layer each, a thousand metres a unit."""
    ledger, tables = Ledger(), {}
    for number, (name, (table_name, x)) in enumerate(places.items()):
        ledger.open(Origin(table_name, name, "", {}, METRIC))
        spot = shapely.Point(520_000 + 1000 * x, 3_520_000).buffer(500)
        row = gpd.GeoDataFrame(
            {"_origin": [number], "_row": [2]}, geometry=[spot], crs=METRIC
        )
        earlier = tables.get(table_name)
        tables[table_name] = row if earlier is None else pd.concat([earlier, row])
    kept = drop_far_layers(tables, crs=METRIC, ledger=ledger)
    lost = {
        ledger.origins[origin].file
        for frame in kept.values()
        for origin in frame.loc[frame.geometry.isna(), "_origin"]
    }
    found = {one.file: (one.key, one.values["km"]) for one in ledger.problems}
    assert lost == set(found)
    return found


def test_the_layer_that_lies_apart_is_reported_with_its_distance():
    # 100 km between middles, less 0.5 km on either side
    found = far(
        c=("communities", 0), b=("buildings", 1), f=("facilities", 100), r=("roads", 2)
    )
    assert found == {"f": ("tables.layer_far", "99.0")}


def test_five_kilometres_are_not_far():
    # 6 km between middles less 0.5 km twice = 5.0 km: the limit
    assert far(c=("communities", 0), b=("buildings", 6)) == {}
    assert far(c=("communities", 0), b=("buildings", 6.1)) == {
        "b": ("tables.layer_far", "5.1")
    }


def test_communities_apart_from_all_others_are_what_is_reported():
    found = far(
        c=("communities", 100), b=("buildings", 1), f=("facilities", 0), r=("roads", 2)
    )
    # The nearest other layer is r, at 2: 98 km less 1 km
    assert found == {"c": ("tables.layer_far", "97.0")}


def test_without_agreement_of_the_others_the_communities_hold():
    found = far(
        c=("communities", 0), b=("buildings", 50), f=("facilities", 90), r=("roads", 99)
    )
    assert set(found) == {"b", "f", "r"}
    assert far(c=("communities", 0), b=("buildings", 50)) == {
        "b": ("tables.layer_far", "49.0")
    }


def test_one_of_two_community_files_is_apart():
    found = far(
        c=("communities", 0),
        d=("communities", 50),
        b=("buildings", 0),
        r=("roads", 0),
    )
    assert found == {"d": ("tables.layer_far", "49.0")}


@pytest.mark.parametrize(
    ("x", "declared", "code"),
    [
        # 3-degree zones 25-45, 6-degree zones 13-23, by datum
        (25_500_000.0, "", "EPSG:4513"),
        (45_500_000.0, "", "EPSG:4533"),
        (13_500_000.0, "", "EPSG:4491"),
        (23_500_000.0, "", "EPSG:4501"),
        (39_500_000.0, "EPSG:2384", "EPSG:2363"),
        (39_500_000.0, "EPSG:2436", "EPSG:2415"),
        (500_000.0, "EPSG:4498", "EPSG:4509"),
        (500_000.0, "EPSG:2363", "EPSG:2384"),
        (500_000.0, "EPSG:4548", ""),
        (24_500_000.0, "", ""),
    ],
)
def test_zone_numbers(x, declared, code):
    assert zone_in_easting(x, declared) == code


@pytest.mark.parametrize("zone", range(25, 46))
def test_three_degree_zones_with_and_without_number_are_the_same_place(zone):
    # Zone n has its meridian at 3n degrees; 30 N, half a degree east of it.
    spot = gpd.GeoDataFrame(geometry=[shapely.Point(3 * zone + 0.5, 30.0)])
    plain = project_frame(spot, "EPSG:4490", sister_zones("EPSG:4490")[zone - 25])
    x, y = plain.geometry.iloc[0].coords[0]
    numbered = zone_in_easting(zone * 1e6 + x)
    zoned = project_frame(spot, "EPSG:4490", numbered).geometry.iloc[0]
    assert (zoned.x - zone * 1e6, zoned.y) == pytest.approx((x, y), abs=0.001)
    # cos 30 x half a degree of 111.3 km: 48.2 km east of the false easting
    assert x == pytest.approx(548_240.0, abs=20.0)
    assert zone_in_easting(x, numbered) == f"EPSG:{4534 + zone - 25}"


@pytest.mark.parametrize("zone", range(13, 24))
def test_six_degree_zones_with_and_without_number_are_the_same_place(zone):
    # Zone n has its meridian at 6n - 3 degrees.
    spot = gpd.GeoDataFrame(geometry=[shapely.Point(6 * zone - 3 + 0.5, 30.0)])
    numbered = zone_in_easting(zone * 1e6 + 5e5)
    assert numbered == f"EPSG:{4491 + zone - 13}"
    zoned = project_frame(spot, "EPSG:4490", numbered).geometry.iloc[0]
    plain = zone_in_easting(5e5, numbered)
    there = project_frame(spot, "EPSG:4490", plain).geometry.iloc[0]
    assert (zoned.x - zone * 1e6, zoned.y) == pytest.approx(there.coords[0], abs=0.001)


# By hand: Web Mercator is 1 / cos(31.8 deg) = 1.177; 12.25 degrees east of a zone's
# meridian it is about 1 + (0.2138 x cos 31.75 deg)^2 / 2 = 1.0165.
@pytest.mark.parametrize(
    ("crs", "metres"),
    [
        ("EPSG:3857", "1177"),
        ("EPSG:4544", "1017"),
        ("EPSG:4548", None),
        ("EPSG:4547", None),
        ("EPSG:32650", None),
    ],
)
def test_a_district_crs_that_bends_distances_is_an_error(crs, metres):
    square = gpd.GeoSeries([shapely.box(117.15, 31.75, 117.25, 31.85)], crs=4490)
    ledger = Ledger()
    frame = gpd.GeoDataFrame(geometry=square.to_crs(crs))
    check_district_crs(frame, crs=crs, file="d.toml", ledger=ledger)
    told = [(p.file, p.values["metres"], p.values["other"]) for p in ledger.problems]
    assert told == ([("d.toml", metres, "EPSG:4548")] if metres else [])

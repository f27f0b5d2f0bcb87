"""OpenStreetMap in: tiny files written here, and real ones counted."""

from __future__ import annotations

import builtins
import os
from pathlib import Path

import numpy as np
import pytest
import shapely

from lifecircle.access.walkers import level_m
from lifecircle.errors import ConfigError, SourceError
from lifecircle.model import Source
from lifecircle.network.graph import build_network
from lifecircle.standards import catalogue
from lifecircle.standards.walkers import walker_profiles
from lifecircle.tables import osm_tags
from lifecircle.tables.config import read_config
from lifecircle.tables.facts import schema_of
from lifecircle.tables.ledger import Ledger
from lifecircle.tables.openstreetmap import read_openstreetmap
from lifecircle.tables.osm_source import COLUMNS, is_openstreetmap, source_defaults
from lifecircle.tables.read import read_source

DATA = Path(
    os.environ.get(
        "LIFECIRCLE_DATA", Path(__file__).resolve().parents[3] / "shared" / "data"
    )
)
needs_data = pytest.mark.skipif(
    not (DATA / "osm").is_dir(), reason="no shared real data (LIFECIRCLE_DATA)"
)
DEGREE_M = 111_320.0


@pytest.fixture
def write_osm(tmp_path):
    """``write_osm(nodes, ways, relations)``: places in metres from (117, 32)."""

    def tags(given):
        return "".join(f'<tag k="{key}" v="{value}"/>' for key, value in given.items())

    def write(nodes, ways=(), relations=()):
        lines = ["<osm version='0.6'>"]
        for number, (x, y, given) in nodes.items():
            lon = 117 + x / DEGREE_M / np.cos(np.radians(32))
            lines.append(
                f'<node id="{number}" lat="{32 + y / DEGREE_M:.9f}" lon="{lon:.9f}" '
                f'version="1">{tags(given)}</node>'
            )
        for number, (refs, given) in enumerate(ways, start=1):
            met = "".join(f'<nd ref="{ref}"/>' for ref in refs)
            lines.append(f'<way id="{number}" version="1">{met}{tags(given)}</way>')
        for number, (members, given) in enumerate(relations, start=1):
            met = "".join(
                f'<member type="way" ref="{ref}" role="{role}"/>'
                for ref, role in members
            )
            lines.append(
                f'<relation id="{number}" version="1">{met}{tags(given)}</relation>'
            )
        path = tmp_path / "town.osm"
        path.write_text("\n".join([*lines, "</osm>"]), encoding="utf-8")
        return path

    return write


@pytest.fixture
def make_town(make_district):
    """``make_town(roads, barriers)``: a district of nothing else, in metres."""

    def make(roads, barriers=None):
        tables = {"roads": roads} | ({} if barriers is None else {"barriers": barriers})
        metric = {name: table.to_crs("EPSG:4548") for name, table in tables.items()}
        return make_district(**metric)

    return make


def street_nodes(count, **tags):
    return {number: (100.0 * number, 0.0, tags) for number in range(1, count + 1)}


ROADS = [
    ({"highway": "residential", "name": "渡口路"}, "yes"),
    ({"highway": "motorway"}, "no"),
    ({"highway": "motorway_link", "sidewalk": "both"}, "no"),
    ({"highway": "trunk"}, "yes"),
    ({"highway": "trunk", "motorroad": "yes"}, "no"),
    ({"highway": "trunk_link"}, "no"),
    ({"highway": "trunk_link", "sidewalk:both": "yes"}, "yes"),
    ({"highway": "footway", "footway": "sidewalk"}, "yes"),
    ({"highway": "steps"}, "yes"),
    ({"highway": "residential", "foot": "no"}, "no"),
    ({"highway": "residential", "foot": "use_sidepath"}, "no"),
    ({"highway": "primary", "sidewalk": "separate"}, "yes"),
    ({"highway": "service", "access": "private"}, "no"),
    ({"highway": "service", "access": "private", "foot": "permissive"}, "yes"),
    ({"highway": "service", "service": "private"}, "no"),
    ({"highway": "cycleway"}, "yes"),
    ({"highway": "cycleway", "foot": "no"}, "no"),
    ({"highway": "pedestrian", "area": "yes"}, "yes"),
    ({"highway": "busway"}, "no"),
    ({"highway": "unclassified;tertiary"}, "yes"),
]


@pytest.mark.parametrize(("tags", "walkable"), ROADS)
def test_walk_filter(write_osm, tags, walkable):
    path = write_osm(street_nodes(2), [((1, 2), tags)])
    roads = read_openstreetmap(path, "roads")
    assert roads["walkable"].tolist() == [walkable]
    assert roads["road_class"].tolist() == [tags["highway"].split(";")[0]]
    assert roads["road_id"].tolist() == ["w1"]


@pytest.mark.parametrize("value", ["construction", "proposed", "services", "bus_stop"])
def test_what_is_not_built_is_no_road(write_osm, value):
    path = write_osm(street_nodes(2), [((1, 2), {"highway": value})])
    assert len(read_openstreetmap(path, "roads")) == 0


def test_grade_separation_is_kept(write_osm):
    ways = [
        ((1, 2), {"highway": "primary", "bridge": "viaduct", "layer": "2"}),
        ((2, 3), {"highway": "footway", "tunnel": "yes", "layer": "-1;0"}),
        ((3, 4), {"highway": "service", "tunnel": "building_passage"}),
        ((1, 4), {"highway": "steps", "layer": "upper"}),
    ]
    roads = read_openstreetmap(write_osm(street_nodes(4), ways), "roads")
    assert roads["bridge"].tolist() == ["yes", "no", "no", "no"]
    assert roads["tunnel"].tolist() == ["no", "yes", "no", "no"]
    assert roads["layer"].tolist() == [2.0, -1.0, 0.0, 0.0]
    assert roads["steps"].tolist() == ["no", "no", "no", "yes"]
    assert roads.crs == "EPSG:4326"


def test_crossings_only_where_mapped_as_such(write_osm):
    foot = {"highway": "footway", "footway": "crossing"}
    ways = [
        ((1, 2), foot | {"crossing": "traffic_signals"}),
        ((2, 3), foot | {"crossing": "marked", "crossing:signals": "yes"}),
        ((3, 4), foot | {"crossing": "marked"}),
        ((4, 5), foot | {"tunnel": "yes"}),
        ((1, 5), {"highway": "footway", "bridge": "yes"}),
    ]
    roads = read_openstreetmap(write_osm(street_nodes(5), ways), "roads")
    expected = ["signals", "signals", None, "underpass", None]
    assert roads["crossing"].tolist() == expected


def test_signals_at_a_node_count_where_a_walkway_passes(write_osm, make_town):
    # A path of 400 m meets a street at its node 3; the signals stand there, so that
    # the 200 m from node 2 to node 4 are a crossing with signals.
    nodes = street_nodes(5)
    nodes[3] = (300, 0, {"highway": "crossing", "crossing": "traffic_signals"})
    nodes |= {6: (300, -100, {}), 7: (300, 100, {})}
    ways = [
        ((6, 3, 7), {"highway": "primary"}),
        ((1, 2, 3, 4, 5), {"highway": "footway", "name": "河滨路"}),
    ]
    roads = read_openstreetmap(write_osm(nodes, ways), "roads")
    assert roads["road_id"].tolist() == ["w1", "w2", "w2", "w2"]
    assert roads["crossing"].tolist() == [None, None, "signals", None]
    assert roads["name"].tolist() == [None, *["河滨路"] * 3]
    # Walking all of the path waits once, walking along the street never.
    network = build_network(make_town(roads))
    signals = network.features["signals"]
    assert signals.sum() == pytest.approx(1.0, abs=1e-6)
    assert signals[network.segment_kind == "street"].sum() == 0
    waits = (
        level_m(network, walker_profiles()["adult"]) - network.segment_length_m[:, None]
    )
    adult = walker_profiles()["adult"]
    extra_s = waits.sum(axis=0) / adult.speed_m_per_s
    # To the millimetre of the coordinates.
    assert extra_s == pytest.approx([adult.signal_delay_s] * 2, abs=1e-3)
    assert adult.signal_delay_s > 0


@pytest.mark.parametrize(
    ("tags", "counts"),
    [
        ({"highway": "crossing", "crossing:signals": "yes"}, True),
        ({"highway": "traffic_signals", "crossing": "traffic_signals"}, True),
        ({"highway": "traffic_signals"}, False),
        ({"highway": "crossing", "crossing": "uncontrolled"}, False),
        ({"highway": "bus_stop"}, False),
    ],
)
def test_what_counts_as_signals_at_a_node(write_osm, tags, counts):
    nodes = street_nodes(3)
    nodes[2] = (200, 0, tags)
    path = write_osm(nodes, [((1, 2, 3), {"highway": "path"})])
    expected = ["signals"] if counts else [None]
    assert read_openstreetmap(path, "roads")["crossing"].tolist() == expected


def test_two_walkways_that_end_at_signals_wait_once(write_osm):
    nodes = street_nodes(5)
    nodes[3] = (300, 0, {"highway": "crossing", "crossing": "traffic_signals"})
    foot = {"highway": "footway"}
    ways = [((1, 2, 3), foot), ((3, 4, 5), foot), ((3, 5), {"highway": "service"})]
    roads = read_openstreetmap(write_osm(nodes, ways), "roads")
    assert roads["road_id"].tolist() == ["w1", "w1", "w2", "w3"]
    assert roads["crossing"].tolist() == [None, "signals", None, None]


def test_a_two_phase_crossing_waits_twice(write_osm):
    lights = {"highway": "crossing", "crossing": "traffic_signals"}
    nodes = street_nodes(4) | {2: (200, 0, lights), 3: (300, 0, lights)}
    path = write_osm(nodes, [((1, 2, 3, 4), {"highway": "footway"})])
    roads = read_openstreetmap(path, "roads")
    # From 1 to 3 for the first, from 3 to 4 for the second.
    assert [len(line.coords) for line in roads.geometry] == [3, 2]
    assert roads["crossing"].tolist() == ["signals", "signals"]


def test_a_way_of_signals_is_not_counted_again(write_osm):
    nodes = street_nodes(3)
    nodes[2] = (200, 0, {"highway": "crossing", "crossing": "traffic_signals"})
    tags = {"highway": "footway", "footway": "crossing", "crossing": "traffic_signals"}
    roads = read_openstreetmap(write_osm(nodes, [((1, 2, 3), tags)]), "roads")
    assert roads["crossing"].tolist() == ["signals"]


@pytest.mark.parametrize(
    ("tags", "passes"),
    [
        ({"barrier": "gate", "access": "no"}, False),
        ({"barrier": "gate", "access": "no", "foot": "yes"}, True),
        ({"barrier": "gate", "locked": "yes"}, False),
        ({"barrier": "gate", "access": "private"}, True),
        ({"barrier": "gate"}, True),
        ({"barrier": "bollard", "access": "no"}, True),
    ],
)
def test_a_shut_gate_on_a_way_closes_it(write_osm, make_town, tags, passes):
    # 400 m of lane, the gate at its middle.
    nodes = street_nodes(5)
    nodes[3] = (300, 0, tags)
    path = write_osm(nodes, [((1, 2, 3, 4, 5), {"highway": "service"})])
    roads = read_openstreetmap(path, "roads")
    barriers = read_openstreetmap(path, "barriers")
    assert barriers["barrier_id"].tolist() == ([] if passes else ["n3"])
    network = build_network(make_town(roads, barriers))
    assert network.component.max() == (0 if passes else 1)
    assert network.segment_length_m.sum() == pytest.approx(400, rel=2e-3)
    assert len(network.cuts) == (0 if passes else 1)


def test_a_way_with_lost_nodes_does_not_jump_the_hole(write_osm):
    # Node 3 is outside the file: 1-2 and 4-5 stay, nothing leads from 2 to 4.
    nodes = street_nodes(5)
    del nodes[3]
    path = write_osm(
        nodes,
        [
            ((1, 2, 3, 4, 5), {"highway": "residential"}),
            ((2, 3, 4), {"highway": "residential"}),
        ],
    )
    roads = read_openstreetmap(path, "roads")
    assert roads["road_id"].tolist() == ["w1"]
    assert roads.geometry.iloc[0].geom_type == "MultiLineString"
    lengths = shapely.length(shapely.get_parts(roads.geometry.to_numpy()))
    each = 100 / DEGREE_M / np.cos(np.radians(32))
    assert lengths == pytest.approx([each, each], abs=2e-7)


def test_parallel_ways_and_shared_nodes_are_kept(write_osm):
    nodes = street_nodes(3) | {9: (150.0, 40.0, {})}
    ways = [
        ((1, 2), {"highway": "residential"}),
        ((1, 9, 2), {"highway": "footway"}),
        ((2, 3), {"highway": "residential"}),
    ]
    roads = read_openstreetmap(write_osm(nodes, ways), "roads")
    first = shapely.get_coordinates(roads.geometry.iloc[0])
    second = shapely.get_coordinates(roads.geometry.iloc[1])
    assert (first[[0, -1]] == second[[0, -1]]).all()
    assert len(second) == 3


def test_barriers_are_open_at_crossings_fords_and_public_gates(write_osm):
    nodes = {
        1: (0, 0, {}),
        2: (50, 0, {"railway": "level_crossing"}),
        3: (100, 0, {}),
        4: (0, 100, {}),
        5: (50, 100, {"barrier": "gate", "access": "private"}),
        6: (100, 100, {}),
        7: (0, 200, {}),
        8: (50, 200, {"barrier": "gate"}),
        9: (100, 200, {}),
    }
    ways = [
        ((1, 2, 3), {"railway": "rail"}),
        ((4, 5, 6), {"barrier": "wall"}),
        ((7, 8, 9), {"barrier": "fence"}),
        ((1, 4), {"railway": "rail", "bridge": "yes"}),
        ((1, 7), {"waterway": "river", "name": "清溪"}),
        ((3, 6), {"waterway": "stream"}),
        ((3, 9), {"waterway": "canal", "tunnel": "culvert"}),
        ((6, 9), {"highway": "motorway"}),
    ]
    barriers = read_openstreetmap(write_osm(nodes, ways), "barriers")
    assert dict(zip(barriers["barrier_id"], barriers["barrier_kind"], strict=True)) == {
        "w1": "railway",
        "w2": "wall",
        "w3": "wall",
        "w5": "river",
        "w8": "expressway",
    }
    shapes = barriers.set_index("barrier_id").geometry
    # 100 m of rail less 3 m to each side of the level crossing; the private gate
    # leaves its wall whole, the public one opens its fence.
    metres = np.array([np.cos(np.radians(32)), 1.0]) * DEGREE_M
    length_m = {
        key: shapely.length(shapely.transform(shape, lambda xy: xy * metres))
        for key, shape in shapes.items()
    }
    assert length_m["w1"] == pytest.approx(94.0, abs=0.01)
    assert length_m["w2"] == pytest.approx(100.0, abs=0.01)
    assert length_m["w3"] == pytest.approx(94.0, abs=0.01)


def test_gates_are_gates_and_entrances_but_no_doors(write_osm):
    square = {
        1: (0, 0, {"entrance": "main"}),
        2: (20, 0, {}),
        3: (20, 20, {}),
        4: (0, 20, {}),
    }
    gates = {
        10: (50, 0, {"barrier": "gate", "name": "东门"}),
        11: (60, 0, {"barrier": "gate", "access": "private"}),
        12: (70, 0, {"barrier": "lift_gate", "foot": "no"}),
        13: (80, 0, {"barrier": "gate", "locked": "yes"}),
        14: (90, 0, {"entrance": "yes"}),
        15: (95, 0, {"barrier": "bollard"}),
    }
    path = write_osm(square | gates, [((1, 2, 3, 4, 1), {"building": "apartments"})])
    found = read_openstreetmap(path, "gates")
    assert found["gate_id"].tolist() == ["n10", "n11", "n12", "n13", "n14"]
    assert found["open"].tolist() == ["yes", "yes", "no", "no", "yes"]
    assert found["name"].tolist()[0] == "东门"


def test_buildings_from_ways_and_multipolygons(write_osm):
    nodes = {
        1: (0, 0, {}),
        2: (20, 0, {}),
        3: (20, 10, {}),
        4: (0, 10, {}),
        5: (100, 0, {}),
        6: (140, 0, {}),
        7: (140, 40, {}),
        8: (100, 40, {}),
    }
    home = {
        "building": "apartments",
        "building:levels": "6",
        "building:flats": "24",
        "name": "8号楼",
        "addr:street": "渡口路",
        "addr:housenumber": "8号",
    }
    ways = [
        ((1, 2, 3, 4, 1), home),
        ((5, 6, 7, 8, 5), {}),
        ((1, 2, 3, 1), {"building": "no"}),
    ]
    relations = [([(2, "outer")], {"type": "multipolygon", "building": "school"})]
    found = read_openstreetmap(write_osm(nodes, ways, relations), "buildings")
    found = found.set_index("building_id")
    assert sorted(found.index) == ["r1", "w1"]
    assert found.loc["w1", ["name", "address"]].tolist() == ["8号楼", "渡口路8号"]
    assert found.loc["w1", ["floors", "units"]].tolist() == [6.0, 24.0]
    # 20 m x 10 m x 6 floors = 1,200 m2; metres here are of a sphere.
    assert found.loc["w1", "floor_area_m2"] == pytest.approx(1200, rel=0.005)
    assert np.isnan(found.loc["w1", "households"])
    assert found.loc["r1", "households"] == 0.0
    assert set(found.geometry.geom_type) == {"Polygon"}


def test_facilities_are_classified_and_twins_left_out(write_osm):
    nodes = {
        1: (0, 0, {}),
        2: (100, 0, {}),
        3: (100, 100, {}),
        4: (0, 100, {}),
        5: (50, 50, {"amenity": "kindergarten"}),
        6: (
            500,
            0,
            {"amenity": "pharmacy", "name": "青禾药房", "start_date": "2019-05"},
        ),
        7: (600, 0, {"amenity": "bench"}),
        8: (700, 0, {"amenity": "restaurant", "name": "海湾饭店"}),
    }
    ways = [((1, 2, 3, 4, 1), {"amenity": "kindergarten", "name": "青禾幼儿园"})]
    found = read_openstreetmap(write_osm(nodes, ways), "facilities")
    found = found.set_index("facility_id")
    assert sorted(found.index) == ["n6", "w1"]
    assert found.loc["n6", "facility_class"] == "HLT.PHARM"
    assert found.loc["n6", "opened"] == 2019
    assert found.loc["w1", "facility_class"] == "CHD.KG"
    assert found.loc["n6", "source_note"].startswith("osm:amenity=pharmacy")


def test_slips_of_the_pen_are_not_known(write_osm):
    square = {1: (0, 0, {}), 2: (20, 0, {}), 3: (20, 10, {})}
    places = {
        number: (100.0 * number, 0, {"amenity": "pharmacy", "start_date": date})
        for number, date in ((4, "1888"), (5, "C19"), (6, "2019-05-01"), (7, "20１9"))
    }
    tags = {"building": "yes", "building:levels": "600", "building:flats": "-2"}
    path = write_osm(square | places, [((1, 2, 3, 1), tags)])
    opened = read_openstreetmap(path, "facilities")["opened"]
    assert opened.isna().tolist() == [True, True, False, False]
    building = read_openstreetmap(path, "buildings").iloc[0]
    assert np.isnan([building["floors"], building["units"]]).all()


@needs_data
@pytest.mark.realdata
@pytest.mark.parametrize("name", ["Helsinki.osm.pbf", "shenzhen_longgang.osm"])
def test_real_files_pass_the_checks_of_reading(name):
    path = DATA / "osm" / name
    ledger = Ledger()
    for table in COLUMNS:
        known = schema_of(table).readable
        source = Source(table, path, **source_defaults(path, table, known=known))
        crs = "EPSG:4547" if path.suffix == ".osm" else "EPSG:3879"
        found = read_source(source, base=path.parent, target=crs, ledger=ledger)
        assert len(found) > 0
    assert list(ledger.problems) == []


def test_every_tag_of_the_catalogue_is_looked_for():
    gates = {
        gate
        for rule in catalogue._rules()
        if rule.code not in catalogue.read_catalogue().origins
        for gate in rule.gates["osm"]
    }
    first = {gate.split(" + ")[0].split("=")[0] for gate in gates}
    assert first <= set(osm_tags.FACILITY_KEYS)


def test_empty_tables_keep_their_columns(write_osm):
    path = write_osm(street_nodes(2))
    for table in ("roads", "buildings", "facilities", "barriers", "gates"):
        found = read_openstreetmap(path, table)
        assert len(found) == 0
        assert found.crs == "EPSG:4326"
        assert len(found.columns) > 3


def test_errors_say_what_to_do(write_osm, tmp_path, monkeypatch):
    path = write_osm(street_nodes(2))
    with pytest.raises(ConfigError, match="roads, buildings, facilities"):
        read_openstreetmap(path, "rooms")
    with pytest.raises(SourceError, match="no such file"):
        read_openstreetmap(tmp_path / "none.osm", "roads")
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(b"not a pbf file at all")
    with pytest.raises(SourceError, match="cannot be read"):
        read_openstreetmap(broken, "roads")
    given = builtins.__import__

    def without(name, *rest, **more):
        if name == "osmium":
            raise ImportError(name)
        return given(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(SourceError, match=r"lifecircle\[osm\]"):
        read_openstreetmap(path, "roads")


def test_a_district_file_names_the_osm_file_and_no_more(write_osm, tmp_path):
    nodes = {
        1: (0, 0, {}),
        2: (100, 0, {}),
        3: (100, 100, {}),
        4: (0, 100, {}),
        5: (50, 0, {"amenity": "pharmacy", "name": "青禾药房"}),
        6: (100, 50, {"barrier": "gate"}),
    }
    ways = [
        ((1, 2), {"highway": "residential", "name": "渡口路", "layer": "0"}),
        ((2, 3), {"highway": "motorway"}),
        ((1, 2, 3, 4, 1), {"building": "apartments", "building:flats": "24"}),
        ((1, 4), {"waterway": "river"}),
    ]
    write_osm(nodes, ways)
    tables = ("roads", "buildings", "facilities", "barriers", "gates")
    file = tmp_path / "district.toml"
    file.write_text(
        '[district]\nid = "t"\nname = "t"\ncrs = "EPSG:4548"\nas_of = 2026-06-30\n'
        + "".join(f'[[sources.{name}]]\npath = "town.osm"\n' for name in tables),
        encoding="utf-8",
    )
    config = read_config(file)
    assert {source.crs for source in config.sources} == {"EPSG:4326"}
    ledger = Ledger()
    frames = {
        source.table: read_source(
            source, base=tmp_path, target="EPSG:4548", ledger=ledger
        )
        for source in config.sources
    }
    assert list(ledger.problems) == []
    assert frames["roads"]["walkable"].tolist() == ["yes", "no"]
    assert frames["roads"]["name"].tolist() == ["渡口路", None]
    # 100 m along the parallel, drawn on a sphere of 111,320 m a degree.
    assert frames["roads"].length.iloc[0] == pytest.approx(100, abs=0.5)
    assert frames["facilities"]["facility_class"].tolist() == ["HLT.PHARM"]
    assert frames["buildings"]["units"].tolist() == [24.0]
    assert frames["barriers"]["barrier_kind"].tolist() == ["expressway", "river"]
    assert frames["gates"]["open"].tolist() == ["yes"]


def test_an_osm_file_that_cannot_be_read_is_a_problem_of_its_source(tmp_path):
    (tmp_path / "town.osm.pbf").write_bytes(b"no such thing")
    source = Source("roads", tmp_path / "town.osm.pbf", crs="EPSG:4326")
    ledger = Ledger()
    found = read_source(source, base=tmp_path, target="EPSG:4548", ledger=ledger)
    assert found is None
    assert [problem.key for problem in ledger.problems] == ["tables.file_unreadable"]


def test_suffixes():
    names = ("a.osm", "a.osm.pbf", "A.OSM.PBF", "a.shp")
    assert [is_openstreetmap(Path(name)) for name in names] == [True, True, True, False]


# file, rows of roads, walkable pieces, buildings. The shared list counts 350,687,
# 179,362 and 8,698 pieces under another filter: ours keeps squares' rims and
# cycleways, closes what is private, and leaves out the stretches that the clip of
# Helsinki lost (912 of its 9,324 pieces have an end outside the file). It counts
# ways with a building tag (135, 433): here are also multipolygons (4 and 61), and no
# building whose ring the clip has opened.
REAL = [
    ("porto_portugal.osm.pbf", 51206, 351716, 11),
    ("heidelberg.test.pbf", 25319, 179812, 5),
    ("Helsinki.osm.pbf", 2415, 7656, 446),
    ("shenzhen_longgang.osm", 513, 3794, 139),
]


@needs_data
@pytest.mark.realdata
@pytest.mark.parametrize(("name", "rows", "pieces", "buildings"), REAL)
def test_real_files_counted(name, rows, pieces, buildings):
    roads = read_openstreetmap(DATA / "osm" / name, "roads")
    assert roads["road_id"].nunique() == rows
    walked = roads.geometry[roads["walkable"] == "yes"].to_numpy()
    ends = shapely.get_num_coordinates(walked) - shapely.get_num_geometries(walked)
    assert int(ends.sum()) == pieces
    found = read_openstreetmap(DATA / "osm" / name, "buildings")
    assert len(found) == buildings
    assert found.geometry.is_valid.mean() > 0.98


@needs_data
@pytest.mark.realdata
def test_shenzhen_has_135_building_ways_and_its_facilities():
    path = DATA / "osm" / "shenzhen_longgang.osm"
    buildings = read_openstreetmap(path, "buildings")
    assert int(buildings["building_id"].str.startswith("w").sum()) == 135
    facilities = read_openstreetmap(path, "facilities")
    assert facilities["facility_class"].value_counts()["TRA.BUS"] == 16
    assert facilities["facility_id"].is_unique

"""Columns of type ``geography`` on a real server: read as geometry, with their SRID."""

import psycopg
import pyproj
import pytest
import shapely

from lifecircle.model import Source
from lifecircle.tables import survey_database as surveyed
from lifecircle.tables.files import FileFault, read_file
from lifecircle.tables.ledger import Ledger
from lifecircle.tables.read import read_source
from tests.postgis.test_inspect_database import call

SHAPES = ["POINT(117.2 31.8)", "POINT(117.21 31.81)", None]


@pytest.fixture
def sphere(server, database):
    """Shops with a geography; one table that states an SRID, one empty, one of both."""
    with psycopg.connect(server.address, autocommit=True) as connection:
        run = connection.execute
        run("DROP SCHEMA IF EXISTS sphere CASCADE")
        run("CREATE SCHEMA sphere")
        run('CREATE TABLE sphere.shops (n int PRIMARY KEY, "类型" text, at geography)')
        run("CREATE TABLE sphere.stated (n int PRIMARY KEY, at geography(Point, 4490))")
        run("CREATE TABLE sphere.bare (n int, at geography(PolygonZ))")
        run(
            "CREATE TABLE sphere.both (n int PRIMARY KEY, at geography(Point),"
            " g geometry(Point, 4548))"
        )
        for number, shape in enumerate(SHAPES):
            run("INSERT INTO sphere.shops VALUES (%s, '药店', %s)", (number, shape))
            stated = shape and f"SRID=4490;{shape}"
            run("INSERT INTO sphere.stated VALUES (%s, %s)", (number, stated))
            run(
                "INSERT INTO sphere.both VALUES (%s, %s, 'SRID=4548;POINT(520000 1)')",
                (number, shape),
            )
        yield database
        run("DROP SCHEMA sphere CASCADE")


def read(database, layer):
    return read_file(Source("facilities", None, database=database, layer=layer))


@pytest.mark.parametrize(("layer", "code"), [("shops", 4326), ("stated", 4490)])
def test_a_geography_is_the_geometry_of_its_table(sphere, layer, code):
    found = read(sphere, f"sphere.{layer}")
    assert "at" not in found.names
    assert [None if one is None else one.wkt for one in found.geometry] == [
        shape and shapely.from_wkt(shape).wkt for shape in SHAPES
    ]
    assert found.crs.to_epsg() == code


def test_beside_a_geometry_that_one_counts(sphere):
    found = read(sphere, "sphere.both")
    assert found.names == ["n"]
    assert found.crs.to_epsg() == 4548
    assert found.geometry[0].x == 520_000


def test_the_named_column_of_shapes_is_read(sphere):
    layer = {"database": sphere, "layer": "sphere.both"}
    found = read_file(Source("facilities", None, **layer, geometry="at"))
    assert (found.names, found.shapes) == (["n"], ("g", "at"))
    assert found.crs.to_epsg() == 4326
    assert (found.geometry[0].x, found.geometry[0].y) == (117.2, 31.8)
    with pytest.raises(FileFault) as fault:
        read_file(Source("facilities", None, **layer, geometry="att"))
    said = {"value": "att", "nearest": "at", "columns": "g、at"}
    assert (fault.value.key, fault.value.values) == ("shapes_missing", said)


@pytest.mark.parametrize("geometry", ["", "at", "g"])
def test_of_two_that_stand_the_one_that_is_read_is_told(sphere, tmp_path, geometry):
    source = Source(
        "facilities",
        tmp_path / "x.postgis",
        database=sphere,
        layer="sphere.both",
        geometry=geometry,
        crs="EPSG:4326" if geometry == "at" else "EPSG:4548",
        columns={"facility_id": "n"},
        constants={"facility_class": "HLT.PHARM"},
    )
    ledger = Ledger()
    read_source(source, base=tmp_path, target="EPSG:4548", ledger=ledger)
    told = [one for one in ledger.problems if one.key == "tables.shapes_taken"]
    assert len(told) == (geometry == "")
    for one in told:
        assert (one.severity, one.layer) == ("warning", "sphere.both")
        assert (one.values["value"], one.values["others"]) == ("g", "at")


def test_inspect_tells_shape_and_system(sphere):
    found = {one.layer.name: one.layer for one in surveyed.survey_database(sphere)}
    assert found["sphere.shops"].shapes == ("Point",)
    assert found["sphere.shops"].names == ("n", "类型")
    assert found["sphere.stated"].crs.to_epsg() == 4490
    assert found["sphere.bare"].shapes == ("Polygon",)
    assert found["sphere.bare"].crs.to_epsg() == 4326
    assert (
        "PostGIS sphere.shops 3 行 Point WGS 84 (EPSG:4326)"
        in call("--database", sphere).output
    )


def test_a_district_reads_it_where_it_lies(sphere, tmp_path):
    source = Source(
        "facilities",
        tmp_path / "x.postgis",
        database=sphere,
        layer="sphere.shops",
        crs="EPSG:4326",
        columns={"facility_id": "n", "facility_class": "类型"},
        values={"facility_class": {"药店": "HLT.PHARM"}},
    )
    ledger = Ledger()
    frame = read_source(source, base=tmp_path, target="EPSG:4548", ledger=ledger)
    moved = pyproj.Transformer.from_crs(4326, 4548, always_xy=True)
    for shape, lonlat in zip(
        frame.geometry[:2], [(117.2, 31.8), (117.21, 31.81)], strict=True
    ):
        assert shape.distance(shapely.Point(moved.transform(*lonlat))) < 1e-6
    # The third shop has no place.
    told = [(one.key, one.row) for one in ledger.problems]
    assert told == [("tables.geometry_missing", 3)]

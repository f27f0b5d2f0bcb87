"""PostGIS in and out against a real server: equal to the last bit, or not at all."""

import shutil
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import psycopg
import pyogrio
import pytest
import shapely
from typer.testing import CliRunner

from lifecircle.cli import app
from lifecircle.errors import ConfigError, ResultError
from lifecircle.model import Source
from lifecircle.publish import postgis as out
from lifecircle.tables import postgis
from lifecircle.tables.config import read_config
from lifecircle.tables.digest import input_digests
from lifecircle.tables.district import check_district, read_district
from lifecircle.tables.files import FileFault, read_file

DEMO = Path(__file__).parents[2] / "data" / "demo"


@pytest.fixture
def connection(server):
    with psycopg.connect(server.address, autocommit=True) as opened:
        yield opened


@pytest.fixture
def layers(monkeypatch):
    """A study's layers, with what a database could bend."""
    point = shapely.Point(117.1 + 1e-13, 31.123456789012345)
    buildings = gpd.GeoDataFrame(
        {
            '名称 "x"; DROP TABLE': ["O'Hara\t楼\n\\N", "=cmd", None],
            "households": [1 / 3, np.nan, 5e-324],
            "floors": [1, -(2**62), 3],
            "new": [True, False, True],
        },
        geometry=[point, None, shapely.MultiPoint([(0, 1), (2, 3)])],
        crs="EPSG:4490",
    )
    rooms = pd.DataFrame({"facility_id": ["a", "b"], "floor_area_m2": [0.1, 0.2]})
    found = {"buildings": buildings, "rooms": rooms}
    monkeypatch.setattr(out, "saved_layers", lambda _: found)
    return found


def read_back(database, layer):
    return read_file(Source("buildings", Path("x"), database=database, layer=layer))


def test_what_is_written_comes_back_to_the_last_bit(database, layers, connection):
    connection.execute('DROP SCHEMA IF EXISTS "城 区" CASCADE')
    assert out.export_to_database("o", database=database, schema="城 区") == tuple(
        layers
    )
    found = read_back(database, "城 区.buildings")
    wanted = layers["buildings"]
    assert found.names == list(wanted.columns[:-1])
    texts, households, floors, new = found.cells
    assert texts == [*wanted.iloc[:2, 0], None]
    assert [households[0], households[2]] == [1 / 3, 5e-324]
    assert households[1] is None
    assert floors == [1, -(2**62), 3]
    assert new == [True, False, True]
    assert shapely.to_wkb(found.geometry[0]) == shapely.to_wkb(wanted.geometry[0])
    assert found.geometry[1] is None
    assert found.geometry[2].equals_exact(wanted.geometry[2], 0.0)
    assert found.crs.to_epsg() == 4490
    rooms = read_back(database, "城 区.rooms")
    assert rooms.geometry is None
    assert rooms.cells == [["a", "b"], [0.1, 0.2]]
    # Again: our own tables are replaced.
    out.export_to_database("o", database=database, schema="城 区")
    assert len(read_back(database, "城 区.rooms").rows) == 2


def test_a_table_of_another_origin_is_never_replaced(database, layers, connection):
    connection.execute("CREATE SCHEMA IF NOT EXISTS theirs")
    connection.execute("DROP TABLE IF EXISTS theirs.rooms")
    connection.execute("CREATE TABLE theirs.rooms (a int)")
    with pytest.raises(ResultError, match="did not write"):
        out.export_to_database("o", database=database, schema="theirs")
    left = connection.execute(
        "SELECT table_name FROM information_schema.tables WHERE table_schema='theirs'"
    ).fetchall()
    assert left == [("rooms",)]


def test_an_export_cut_off_leaves_nothing(database, layers, connection, monkeypatch):
    connection.execute("DROP SCHEMA IF EXISTS cut CASCADE")
    write = out._create

    def cut(schema, name, frame, inside):
        write(schema, name, frame, inside)
        if name == "buildings":
            connection.execute(
                "SELECT pg_terminate_backend(%s)", (inside.info.backend_pid,)
            )

    monkeypatch.setattr(out, "_create", cut)
    with pytest.raises(ResultError, match="nothing was written"):
        out.export_to_database("o", database=database, schema="cut")
    schemas = "SELECT 1 FROM information_schema.schemata WHERE schema_name='cut'"
    assert connection.execute(schemas).fetchall() == []


@pytest.fixture
def stored(connection, tmp_path):
    """The demo's buildings in a table, and a district file that reads them there."""
    shutil.copytree(DEMO, tmp_path / "demo")
    frame = pyogrio.read_dataframe(DEMO / "楼栋.shp", encoding="gbk")
    connection.execute('DROP TABLE IF EXISTS public."楼栋"')
    names = [name for name in frame.columns if name != "geometry"]
    columns = ", ".join(
        f'"{name}" {"text" if frame[name].dtype.kind == "O" else "numeric"}'
        for name in names
    )
    connection.execute(
        f'CREATE TABLE "楼栋" (n serial PRIMARY KEY, {columns},'
        " g geometry(Geometry, 4490))"
    )
    quoted = ", ".join(f'"{name}"' for name in [*names, "g"])
    with connection.cursor().copy(f'COPY "楼栋" ({quoted}) FROM STDIN') as rows:
        for row in frame.itertuples(index=False):
            cells = [None if pd.isna(cell) else cell for cell in row[:-1]]
            rows.write_row([*cells, shapely.to_wkb(row[-1], hex=True)])
    path = tmp_path / "demo" / "district.toml"
    text = path.read_text("utf-8").replace(
        'path = "楼栋.shp"\nencoding = "gbk"',
        'database = "LIFECIRCLE_TEST_DB"\nlayer = "楼栋"',
    )
    path.write_text(text, "utf-8")
    return path


def test_a_district_reads_its_buildings_from_a_table(database, stored):
    ours, wanted = read_district(stored), read_district(DEMO / "district.toml")
    assert ours.buildings.geometry.geom_equals(wanted.buildings.geometry).all()
    pd.testing.assert_frame_equal(
        pd.DataFrame(ours.buildings.drop(columns="geometry")),
        pd.DataFrame(wanted.buildings.drop(columns="geometry")),
    )


def test_the_digest_of_a_table_follows_its_rows(database, stored, connection):
    config = read_config(stored)

    def digest():
        rows = {row["file"]: row["sha256"] for row in input_digests(config)}
        return rows["LIFECIRCLE_TEST_DB.postgis/楼栋"]

    first = digest()
    assert digest() == first
    connection.execute('UPDATE "楼栋" SET "层数" = "层数" + 1 WHERE n = 7')
    assert digest() != first


def told(path):
    problems, _ = check_district(path)
    return [found for found in problems if found.severity == "error"]


def test_a_table_that_is_not_there_is_told_with_the_nearest(database, stored):
    stored.write_text(
        stored.read_text("utf-8").replace('layer = "楼栋"', 'layer = "楼动"'), "utf-8"
    )
    (found, *_) = told(stored)
    assert found.key == "tables.layer_missing"
    assert "public.楼栋" in found.values["layers"]


@pytest.mark.parametrize(
    ("address", "key"),
    [
        (None, "tables.database_unset"),
        ("host=/nowhere user=a password=geheim-7f3a", "tables.database_refused"),
        ("postgresql://a:geheim-7f3a@localhost:1/x", "tables.database_refused"),
        ("no address at all password=geheim-7f3a", "tables.database_refused"),
    ],
)
def test_no_answer_is_one_clear_error_without_the_password(
    stored, monkeypatch, address, key, caplog
):
    monkeypatch.delenv("LIFECIRCLE_TEST_DB", raising=False)
    if address:
        monkeypatch.setenv("LIFECIRCLE_TEST_DB", address)
    shown = CliRunner().invoke(app, ["check", str(stored), "--verbose"])
    assert shown.exit_code == 1
    assert next(found.key for found in told(stored)) == key
    assert "geheim" not in shown.output + caplog.text
    assert "Traceback" not in shown.output


def test_a_connection_lost_midway_gives_no_district(
    database, stored, connection, monkeypatch
):
    order = postgis._order

    def lost(table, inside):
        connection.execute(
            "SELECT pg_terminate_backend(%s)", (inside.info.backend_pid,)
        )
        return order(table, inside)

    monkeypatch.setattr(postgis, "_order", lost)
    with pytest.raises(FileFault) as fault:
        read_back(database, "楼栋")
    assert fault.value.key == "database_lost"
    (found, *_) = told(stored)
    assert found.key == "tables.database_lost"
    shown = CliRunner().invoke(
        app, ["run", str(stored), "-o", str(stored.parent / "out")]
    )
    assert shown.exit_code == 1
    assert not (stored.parent / "out" / "district.gpkg").exists()


def test_the_command_writes_and_says_so(database, layers):
    words = ["export", "o", "--to", "postgis", "--schema", "city"]
    shown = CliRunner().invoke(app, [*words, "--database", database])
    assert shown.exit_code == 0, shown.output
    assert "2 个图层和表" in shown.output
    assert CliRunner().invoke(app, [*words, "--database", "NO_SUCH"]).exit_code == 2
    with pytest.raises(ConfigError, match="NO_SUCH"):
        out.export_to_database("o", database="NO_SUCH")

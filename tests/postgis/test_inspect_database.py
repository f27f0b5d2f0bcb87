"""``lifecircle inspect --database``: what a real database's tables are."""

import geopandas as gpd
import psycopg
import pytest
import shapely
from typer.testing import CliRunner

from lifecircle.cli import app
from lifecircle.tables import survey_database as surveyed
from tests.postgis.test_postgis import DEMO


def call(*words):
    return CliRunner().invoke(app, ["inspect", *map(str, words)])


@pytest.fixture
def bureau(server, database):
    """A schema of its own: communities, an empty layer, points as a view, persons."""
    with psycopg.connect(server.address, autocommit=True) as connection:
        run = connection.execute
        run('DROP SCHEMA IF EXISTS "城区" CASCADE')
        run('CREATE SCHEMA "城区"')
        run(
            'CREATE TABLE "城区"."社区界" ("社区编码" text PRIMARY KEY,'
            ' "社区名称" text, "总户数" integer, g geometry(Polygon, 4490))'
        )
        frame = gpd.read_file(DEMO / "社区.shp", encoding="gbk")
        with connection.cursor() as cursor:
            cursor.executemany(
                'INSERT INTO "城区"."社区界" VALUES (%s, %s, %s, %s)',
                [
                    (row[0], row[1], int(row[5]), shapely.to_wkb(row[6], hex=True))
                    for row in frame.itertuples(index=False)
                ],
            )
        run('CREATE TABLE "城区"."道路" (id int, g geometry(MultiLineString, 4548))')
        run(
            'CREATE VIEW "城区"."点位" AS SELECT n AS "编号", \'药店\' AS "类型",'
            " 117.2 + n / 1e6 AS lng, 31.8 AS lat FROM generate_series(1, 5000) AS n"
        )
        run('CREATE TABLE "城区"."网格员" ("姓名" text, "手机号" text)')
        run("INSERT INTO \"城区\".\"网格员\" VALUES ('张三', '13800000001')")
        yield connection


def test_each_table_is_told_with_what_it_seems_to_be(bureau, database):
    shown = call("--database", database)
    assert shown.exit_code == 0, shown.output
    parts = {part.splitlines()[0]: part for part in shown.output.strip().split("\n\n")}
    system = "China Geodetic Coordinate System 2000 (EPSG:4490)"
    communities = parts[f"PostGIS 城区.社区界 15 行 Polygon {system}"]
    assert "像是 communities。" in communities
    line = next(row for row in communities.splitlines() if row.startswith("总户数"))
    assert line.split()[-1] == "households"
    assert "1181" in line
    (roads,) = [head for head in parts if "城区.道路" in head]
    assert "0 行 MultiLineString CGCS2000" in roads
    assert roads.endswith("(EPSG:4548)")
    assert "像是 roads。" in parts[roads]
    assert "有个人信息列（姓名、手机号）" in parts["PostGIS 城区.网格员"]
    assert "张三" not in shown.output
    assert "13800000001" not in shown.output


def test_rows_that_were_not_counted_are_an_estimate(bureau, database):
    found = {one.layer.name: one for one in surveyed.survey_database(database)}
    points = found["城区.点位"]
    assert points.layer.estimated
    assert points.layer.rows == 5000  # the planner knows generate_series
    assert len(points.layer.samples[0]) == 1000
    assert (points.guess.table, points.guess.x, points.guess.y) == (
        "facilities",
        "lng",
        "lat",
    )
    assert not found["城区.社区界"].layer.estimated
    assert "≈5,000 行" in call("--database", database).output


def test_a_table_that_may_not_be_read_hides_no_other(
    bureau, server, database, monkeypatch
):
    bureau.execute("DROP ROLE IF EXISTS guest")
    bureau.execute("CREATE ROLE guest LOGIN PASSWORD 'gast-1'")
    bureau.execute('GRANT USAGE ON SCHEMA "城区" TO guest')
    bureau.execute('GRANT SELECT ON "城区"."社区界" TO guest')
    guest = f"host={server.folder} port=54329 user=guest dbname=postgres "
    monkeypatch.setenv(database, f"{guest} password=gast-1")
    found = {one.layer.name: one for one in surveyed.survey_database(database)}
    bureau.execute("DROP OWNED BY guest; DROP ROLE guest")
    assert found["城区.社区界"].guess.table == "communities"
    refused = found["城区.道路"].layer.fault
    assert refused.key == "file_unreadable"
    assert "permission denied" in refused.values["reason"]


def test_no_password_is_shown_or_logged(bureau, server, database, monkeypatch, caplog):
    secret = server.address.split("password=")[1]
    with caplog.at_level("DEBUG"):
        shown = call("--database", database, "--verbose")
        monkeypatch.setenv(database, server.address.replace("54329", "54328"))
        refused = call("--database", database, "--verbose")
    assert refused.exit_code == 0
    assert "数据库连不上" in refused.output
    for text in (shown.output, refused.output, refused.stderr, caplog.text):
        assert secret not in text


def test_a_variable_that_is_not_set_and_nothing_to_look_at(monkeypatch):
    monkeypatch.delenv("LIFECIRCLE_NONE", raising=False)
    unset = call("--database", "LIFECIRCLE_NONE")
    assert "没有设置环境变量 LIFECIRCLE_NONE" in unset.output
    nothing = call()
    assert nothing.exit_code == 2
    assert "--database" in nothing.stderr

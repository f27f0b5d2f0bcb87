"""``check_district`` answers whatever is handed to it; it never raises."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from lifecircle.evidence import REJECTED
from lifecircle.tables.district import check_district
from lifecircle.text import problem_lines

X, Y = 520_000.0, 3_520_000.0


def _geometry(name, shapes):
    def spoil(files):
        frame = getattr(files, name).iloc[: len(shapes)]
        setattr(files, name, frame.set_geometry(shapes, crs="EPSG:4548"))

    return spoil


def _config(old, new):
    def spoil(files):
        assert old in files.config
        files.config = files.config.replace(old, new)

    return spoil


def _no_rows(name):
    def spoil(files):
        setattr(files, name, getattr(files, name).iloc[:0])

    return spoil


def _no_facility_heading(files):
    files.facilities = pd.DataFrame({"x": []})


def _empty_sheet(files):
    files.rooms = []


def _drop_all(files):
    files.config = files.config[: files.config.index("[[sources.communities]]")]


SPOILT = {
    "no rows of communities": (_no_rows("communities"), {"table_empty"}),
    "no rows of buildings": (_no_rows("buildings"), set()),
    "no rows of roads": (_no_rows("roads"), {"table_empty"}),
    "no rows of facilities": (_no_rows("facilities"), {"table_empty"}),
    "no rows of gates": (_no_rows("gates"), {"gated_without_gate"}),
    "no sources": (_drop_all, {"table_missing"}),
    "empty csv": (_no_facility_heading, {"column_missing"}),
    "empty sheet": (_empty_sheet, {"column_missing"}),
    "a folder instead of a file": (_config("道路.gpkg", "."), {"file_missing"}),
    "no crs for the district": (
        _config('crs = "EPSG:4548"\nas_of', "as_of"),
        {"config_missing_key"},
    ),
    "walls as lines": (
        _geometry("compounds", [LineString([(X, Y), (X + 1, Y)])] * 2),
        {"geometry_type"},
    ),
    "empty shapes": (
        _geometry("compounds", [Polygon(), GeometryCollection()]),
        {"geometry_missing"},
    ),
    "communities without geometry": (
        _geometry("communities", [None, None]),
        {"geometry_missing"},
    ),
    "parts that share an edge": (
        _geometry(
            "compounds",
            [
                MultiPolygon([box(X, Y, X + 9, Y + 9), box(X + 9, Y, X + 99, Y + 99)]),
                box(X + 1000, Y, X + 1100, Y + 100),
            ],
        ),
        {"geometry_self_intersection"},
    ),
    "compounds as points": (
        _geometry("compounds", [Point(X + 250, Y + 250), Point(X + 1200, Y + 200)]),
        set(),
    ),
    "the declared column of x is a text": (
        _config('x = "经度"', 'x = "名称"'),
        {"not_a_number"},
    ),
    "x and y exchanged": (
        _config('x = "经度"\ny = "纬度"', 'x = "纬度"\ny = "经度"'),
        {"crs_swapped"},
    ),
    "degrees declared as metric": (
        _config('crs = "gcj02"', 'crs = "EPSG:4548"'),
        {"crs_degrees_as_metric"},
    ),
    "metric declared as degrees": (
        _config(
            'path = "道路.gpkg"\ncrs = "EPSG:4548"', 'path = "道路.gpkg"\ncrs = "bd09"'
        ),
        {"crs_metric_as_degrees"},
    ),
    "a zone with its number": (
        _config(
            'path = "道路.gpkg"\ncrs = "EPSG:4548"',
            'path = "道路.gpkg"\ncrs = "EPSG:4527"',
        ),
        {"crs_zone_number"},
    ),
    "a class that the outputs ask for": (
        _config("[rules]", '[outputs]\nisochrone_classes = ["ELD.CANTEN"]\n\n[rules]'),
        {"config_unknown_class"},
    ),
    "not a table at all": (
        _config("[[sources.serves]]", "[[sources]]"),
        {"config_syntax"},
    ),
    "a share of no one": (_config("HF-R10 = 0.9", "HF-R10 = -0.1"), {"config_range"}),
}


@pytest.mark.parametrize("name", SPOILT)
def test_whatever_is_wrong_is_a_problem_and_not_a_traceback(files, name):
    spoil, expected = SPOILT[name]
    spoil(files)
    problems, rejected = check_district(files.write())
    keys = {problem.key.removeprefix("tables.") for problem in problems}
    assert not expected or keys & expected, (expected, keys)
    for problem in problems:
        for language in ("zh", "en"):
            _, what, fix = problem_lines(problem, language)
            assert what
            assert fix
    assert list(rejected.columns) == [*REJECTED, "geometry"]
    assert isinstance(files.roads, gpd.GeoDataFrame)

"""GeoParquet read piece by piece is what geopandas reads of it at once."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely
from geopandas.testing import assert_geodataframe_equal

from lifecircle.tables import parquet
from lifecircle.tables.found import FileFault
from lifecircle.tables.parquet import read_parquet


def layer():
    shapes = [shapely.Point(1, 2), None, shapely.box(0, 0, 1, 1), shapely.Point(3, 4)]
    return gpd.GeoDataFrame(
        {
            "编号": ["甲", None, "楼", ""],
            "层数": [1, 2, 3, 4],
            "面积": [1.5, np.nan, 2.0, 0.0],
            "备注": [None] * 4,
            "建成": pd.to_datetime(["2020-01-01", None, "2021-05-05", "1998-01-01"]),
            "结构": pd.Categorical(["砖混", "框架", "砖混", None]),
        },
        geometry=shapes,
        crs="EPSG:4548",
    )


LAYERS = {
    "plain": layer(),
    "an index of its own": layer().set_index("层数"),
    "rows in another order": layer().iloc[[2, 0]],
    "geometry first, and named": layer()[["geometry", "编号"]].rename_geometry("图形"),
    "no crs": layer().set_crs(None, allow_override=True),
    "longitude and latitude": layer().set_crs("OGC:CRS84", allow_override=True),
    "no rows": layer().iloc[:0],
    "two columns of shapes": layer().assign(中心=lambda one: one.geometry.centroid),
}


@pytest.mark.parametrize("frame", LAYERS.values(), ids=LAYERS)
@pytest.mark.parametrize("rows", [3, 100])
def test_a_layer_is_what_geopandas_reads(tmp_path, monkeypatch, frame, rows):
    monkeypatch.setattr(parquet, "_PIECE", rows)
    path = str(tmp_path / "楼栋.parquet")
    frame.to_parquet(path)
    wanted, found = gpd.read_parquet(path), read_parquet(path)
    assert_geodataframe_equal(found, wanted)
    assert found.dtypes.equals(wanted.dtypes)
    assert found.crs == wanted.crs


@pytest.mark.parametrize(
    "options", [{"write_covering_bbox": True}, {"geometry_encoding": "geoarrow"}]
)
def test_other_kinds_of_geoparquet_are_read_too(tmp_path, options):
    path = str(tmp_path / "楼栋.parquet")
    layer().iloc[[0, 3]].to_parquet(path, **options)
    assert_geodataframe_equal(read_parquet(path), gpd.read_parquet(path))


def test_damaged_text_is_an_error_of_the_file(tmp_path):
    path = str(tmp_path / "楼栋.parquet")
    layer().to_parquet(path)
    table = pq.read_table(path)
    # Two bytes a cell, of which the first two are no UTF-8.
    buffers = [
        None,
        pa.py_buffer(np.arange(0, 9, 2, np.int32)),
        pa.py_buffer(b"\xc3(ok"),
    ]
    bad = pa.Array.from_buffers(pa.string(), 2, buffers)
    pq.write_table(table.slice(0, 2).set_column(0, "编号", bad), path)
    with pytest.raises(FileFault) as told:
        read_parquet(path)
    assert told.value.key == "file_unreadable"
    assert "UTF8" in told.value.values["reason"]


def test_shapes_that_are_no_wkb_are_an_error_of_the_file(tmp_path):
    path = str(tmp_path / "楼栋.parquet")
    layer().to_parquet(path)
    table = pq.read_table(path)
    cells = pa.array([b"\x01\x02", None, b"\x00", None], pa.binary())
    at = table.schema.get_field_index("geometry")
    pq.write_table(table.set_column(at, "geometry", cells), path)
    with pytest.raises(FileFault) as told:
        read_parquet(path)
    assert told.value.key == "file_unreadable"

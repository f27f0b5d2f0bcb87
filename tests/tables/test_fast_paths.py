"""Ways that are fast against the plain ones that they stand for."""

import sqlite3
import struct

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecircle.tables import texts
from lifecircle.tables.astray import FAR_M, _away_m, _is_near
from lifecircle.tables.cells import is_missing, to_text, to_texts
from lifecircle.tables.ledger import Ledger
from lifecircle.tables.places import _lowest, containing
from lifecircle.tables.regions import regions
from lifecircle.tables.texts import clean_texts, count_filled, may_hold
from lifecircle.tables.vector_files import _through_arrow

HEADER = b"GP\0\x01" + struct.pack("<i", 4548)
WORDS = st.sampled_from(
    [
        "暂无",
        " 无 ",
        "no data",
        "no  data",
        "ＮＡ",
        "a\x1cb",
        "\u3000楼",
        "",
        "－",
        "12.0",
    ]
)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(cells=st.lists(st.text(max_size=12) | WORDS))
def test_many_texts_are_cleaned_as_one_by_one(cells):
    assert to_texts(cells) == [to_text(cell) for cell in cells]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    parts=st.lists(st.lists(st.text("ab楼无 \ufffd", max_size=9) | WORDS | st.none())),
    few=st.booleans(),
    cut=st.integers(0, 3),
)
def test_a_column_of_text_is_cleaned_and_counted_as_cell_by_cell(parts, few, cut):
    chunks = [pa.array(part, pa.large_string())[cut:] for part in parts]
    column = pd.Series(pa.chunked_array(chunks, pa.large_string()), dtype="str")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(texts, "_few_differ", lambda _: few)
        cleaned, gone = clean_texts(column)
        filled = count_filled(column)
    cells = [cell for part in parts for cell in part[cut:]]
    assert cleaned.tolist() == [to_text(cell) for cell in cells]
    assert gone.tolist() == [cell is None for cell in cleaned.tolist()]
    assert filled == sum(not is_missing(cell) for cell in cells)
    if any(cell and "\ufffd" in cell for cell in cells):
        assert may_hold(column, ("\ufffd",))


def test_few_different_texts_of_many_rows_are_cleaned_once_each():
    cells = ["锦绣路 1号", " 暂无", None, "\u3000锦绣路 1号"] * 1_000
    column = pd.Series(cells, dtype="str")
    cleaned, gone = clean_texts(column)
    assert cleaned.tolist() == ["锦绣路 1号", None, None, "锦绣路 1号"] * 1_000
    assert gone.sum() == 2_000
    assert count_filled(column) == 2_000
    assert len({id(cell) for cell in cleaned}) == 3


def test_text_that_is_clean_is_not_copied():
    cells = ["春江苑一百二十号楼", "锦绣路一千零一号院"]
    assert all(one is other for one, other in zip(to_texts(cells), cells, strict=True))


@settings(max_examples=100, deadline=None, derandomize=True)
@given(pairs=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), unique=True))
def test_the_lowest_id_of_a_row_is_that_of_a_plain_search(pairs):
    ids = np.array(["d", "b", "c", "a"], dtype=object)
    both = np.array(pairs, dtype=np.intp).reshape(-1, 2).T
    wanted = [
        min((ids[place] for row, place in pairs if row == wanted), default=None)
        for wanted in range(6)
    ]
    assert _lowest(both, ids, 6).tolist() == wanted


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    places=st.lists(st.tuples(st.integers(0, 2), st.integers(1, 6)), max_size=30),
    gone=st.sets(st.tuples(st.integers(0, 2), st.integers(1, 6))),
)
def test_rows_stand_that_were_neither_left_out_nor_merged(places, gone):
    ledger = Ledger(left_out=dict.fromkeys(gone, "tables.negative"))
    frame = pd.DataFrame(places, columns=["_origin", "_row"], dtype="int64")
    assert ledger.standing(frame).tolist() == [one not in gone for one in places]


@pytest.mark.parametrize("east_m", [0.0, FAR_M, FAR_M + 1.0])
@pytest.mark.parametrize("last", [0, 1200, 2399])
def test_a_layer_is_near_by_whichever_row_is(east_m, last):
    # All far but one, which the few looked at first need not hold.
    x = np.full(2400, 90_000.0)
    x[last] = 100.0 + east_m
    shapes, cover = shapely.points(x, 50.0), shapely.box(0.0, 0.0, 100.0, 100.0)
    assert _is_near(shapes, cover) == (_away_m(shapes, cover) <= FAR_M)


def layer(rows=200):
    number = np.arange(rows)
    shapes = shapely.box(number, 0.0, number + 1.0, 1.0)
    shapes[3], shapes[4], shapes[6] = None, shapely.Polygon(), shapely.Point(1, 2)
    shapes[5] = shapely.force_3d(shapes[5], 2.0)
    return gpd.GeoDataFrame(
        {
            "名称": [f"文{one}" if one % 3 else None for one in number.tolist()],
            "户数": pd.array([one if one % 7 else None for one in number], "Int64"),
            "层数": number.astype("int32"),
            "面积": np.where(number % 5, number * 0.1, np.nan),
            "空": np.full(rows, None, dtype=object),
        },
        geometry=shapes,
        crs=4548,
    )


def changed(path, *statements):
    """A GeoPackage as another program may leave it: its triggers are not asked."""
    with sqlite3.connect(path) as base:
        kinds = base.execute("select name from sqlite_master where type = 'trigger'")
        for (name,) in kinds.fetchall():
            base.execute(f'drop trigger "{name}"')
        for statement in statements:
            base.execute(*statement)
    base.close()


def agree(path):
    """Whether the layer came through Arrow, and then as row by row."""
    fast, slow = (
        _through_arrow(str(path), "楼"),
        pyogrio.read_dataframe(path, layer="楼"),
    )
    if fast is None:
        return False
    assert fast.dtypes.astype(str).to_dict() == slow.dtypes.astype(str).to_dict()
    if isinstance(slow, gpd.GeoDataFrame):
        assert fast.crs == slow.crs
        assert fast.geometry.to_wkb().tolist() == slow.geometry.to_wkb().tolist()
        fast, slow = (one.drop(columns="geometry") for one in (fast, slow))
    pd.testing.assert_frame_equal(pd.DataFrame(fast), pd.DataFrame(slow))
    return True


COUNT = "update gpkg_ogr_contents set feature_count = (select count(*) from 楼)"
ODD = {
    "as it is": (),
    "rows gone": (("delete from 楼 where fid % 17 = 3",), (COUNT,)),
    "rows moved": (("update 楼 set fid = fid + 5000 where fid % 29 = 5",),),
    "text among numbers": (
        ("update 楼 set 户数 = 'abc', 面积 = '3.5m' where fid = 9",),
        ("update 楼 set 户数 = 2.5, 层数 = 5000000000 where fid = 11",),
    ),
    "numbers among text": (("update 楼 set 名称 = 2.5 where fid = 9",),),
    "a null byte": (("update 楼 set 名称 = ? where fid = 9", ("a\0b",)),),
}


@pytest.mark.parametrize("name", ODD)
def test_a_geopackage_comes_through_arrow_as_row_by_row(name, tmp_path):
    path = tmp_path / "city.gpkg"
    layer().to_file(path, layer="楼")
    changed(path, *ODD[name])
    assert agree(path)


def test_a_layer_without_geometry_comes_through_arrow_too(tmp_path):
    path = tmp_path / "city.gpkg"
    pyogrio.write_dataframe(layer().drop(columns="geometry"), path, layer="楼")
    assert agree(path)


CURVE = HEADER + struct.pack("<BII6d", 1, 8, 3, 0, 0, 1, 1, 2, 0)
SLOW = {
    "a shape cut off": (("update 楼 set geom = substr(geom, 1, 60) where fid = 9",),),
    "a count that is wrong": (("update gpkg_ogr_contents set feature_count = 150",),),
    "a curve": (
        ("update 楼 set geom = ? where fid = 9", (CURVE,)),
        ("update gpkg_geometry_columns set geometry_type_name = 'GEOMETRY'",),
    ),
}


@pytest.mark.parametrize("name", SLOW)
def test_what_may_differ_is_read_row_by_row(name, tmp_path):
    path = tmp_path / "city.gpkg"
    layer().to_file(path, layer="楼")
    changed(path, *SLOW[name])
    assert not agree(path)


def test_dates_and_empty_layers_are_read_row_by_row(tmp_path):
    for number, frame in enumerate(
        (layer().assign(日期=pd.Timestamp("2020-01-01")), layer(200).iloc[:0])
    ):
        path = tmp_path / f"{number}.gpkg"
        frame.to_file(path, layer="楼")
        assert not agree(path)


@pytest.mark.parametrize("seed", range(4))
def test_cells_settle_places_as_a_plain_search_does(seed):
    # Blots that overlap, with a hole, a part apart, and shapes far off or missing.
    random = np.random.default_rng(seed)
    areas = shapely.buffer(
        shapely.points(random.uniform(0, 900, (30, 2))), random.uniform(20, 200, 30)
    )
    areas[0] = shapely.difference(areas[0], shapely.buffer(areas[0].centroid, 15))
    areas[1] = shapely.union(areas[1], shapely.box(1500, 0, 1600, 40))
    areas[2] = None
    low = random.uniform(-200, 1200, (4000, 2))
    shapes = shapely.box(*low.T, *(low + random.exponential(8, (4000, 2)) + 0.1).T)
    shapes[::5] = shapely.points(low[::5])
    shapes[::97], shapes[1] = None, shapely.Point(1e9, -1e9)
    region, spots = regions(shapes, areas)
    assert (region >= 0).mean() > 0.5
    frame = gpd.GeoDataFrame({"id": np.arange(30).astype(str)}, geometry=areas)
    frame["id"] = frame["id"].astype(object)
    found = containing(shapes, frame, "id")
    pairs = shapely.STRtree(areas).query(
        shapely.point_on_surface(shapes), predicate="intersects"
    )
    wanted = _lowest(pairs, frame["id"].to_numpy(), len(shapes))
    assert found.tolist() == wanted.tolist()
    for place in np.flatnonzero(region >= 0)[::40]:
        inside = shapely.contains(areas, shapes[place])
        assert (shapely.contains(areas, spots[region[place]]) == inside).all()


def test_rows_that_all_stand_are_not_copied():
    frame = pd.DataFrame({"_origin": [0, 0], "_row": [1, 2]})
    assert Ledger().kept(frame) is frame
    kept = Ledger(left_out={(0, 1): "tables.negative"}).kept(frame)
    assert kept["_row"].tolist() == [2]

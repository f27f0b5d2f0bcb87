"""Plain Parquet tables: typed columns give the rows that the same CSV gives.

The files are written by pyarrow, the format's own library, with every type of column
that registers come in.
"""

import datetime as dt
import random
from decimal import Decimal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import shapely

from lifecircle.model import Source
from lifecircle.tables import parquet
from lifecircle.tables.district import read_district
from lifecircle.tables.files import FileFault, read_file
from lifecircle.tables.ledger import Ledger
from lifecircle.tables.read import read_source
from lifecircle.tables.starter import starter
from lifecircle.tables.survey import look_at

COLUMNS = {
    "compound_id": "编号",
    "name": "名称",
    "gated": "封闭",
    "households": "户数",
    "planned_dwellings": "规划",
    "year_built": "建成",
    "floor_area_m2": "面积",
}
KINDS = {
    "编号": (pa.int64(), [1, 2, 3, None]),
    "名称": (pa.dictionary(pa.int8(), pa.string()), ["桃园", None, "杏花,苑", None]),
    "封闭": (pa.bool_(), [True, False, None, None]),
    "户数": (pa.decimal128(9, 2), [Decimal("120.00"), Decimal("75.00"), None, None]),
    "规划": (pa.int32(), [300, None, 20, None]),
    "建成": (pa.date32(), [dt.date(2019, 5, 1), None, dt.date(1998, 1, 1), None]),
    "面积": (pa.float64(), [4050.5, None, 9.0, None]),
    "登记": (pa.timestamp("us"), [dt.datetime(2021, 3, 4), None, None, None]),
    "x": (pa.float64(), [117.2, 117.21, 117.22, None]),
    "y": (pa.decimal128(10, 6), [*map(Decimal, ("31.8", "31.81", "31.82")), None]),
    "备注": (pa.null(), [None] * 4),
}


def write(path, kinds):
    columns = [pa.array(cells, type=kind) for kind, cells in kinds.values()]
    pq.write_table(pa.table(columns, names=list(kinds)), path)
    return path


@pytest.fixture
def typed(tmp_path):
    return write(tmp_path / "小区.parquet", KINDS)


def read(path, **keys):
    source = Source("compounds", path, crs="EPSG:4490", x="x", y="y", **keys)
    ledger = Ledger()
    frame = read_source(source, base=path.parent, target="EPSG:4548", ledger=ledger)
    return frame, ledger


def told(ledger):
    return [(one.key, one.column) for one in ledger.problems]


def test_typed_columns_give_the_rows_of_the_same_csv(tmp_path, typed):
    text = pq.read_table(typed).to_pandas(types_mapper=pd.ArrowDtype)
    text.to_csv(tmp_path / "小区.csv", index=False)
    frame, ledger = read(typed, columns=COLUMNS)
    same, csv_ledger = read(tmp_path / "小区.csv", columns=COLUMNS)
    # The last row is blank in every column and no row of either; a CSV counts its
    # header as row 1.
    assert list(frame["_row"]) == [1, 2, 3]
    assert list(same["_row"]) == [2, 3, 4]
    pd.testing.assert_frame_equal(
        frame.drop(columns="_row"), same.drop(columns="_row"), check_exact=True
    )
    assert told(ledger) == told(csv_ledger)
    assert list(frame["compound_id"]) == ["1", "2", "3"]
    assert list(frame["gated"]) == ["yes", "no", "unknown"]
    assert list(frame["year_built"])[::2] == [2019.0, 1998.0]
    assert list(frame["households"])[:2] == [120.0, 75.0]


def test_numbers_larger_than_a_float_holds_stay_whole(tmp_path):
    # 2**53 + 1 is the first whole number that a float loses.
    ids = [2**53 + 1, None, 341_203_001_001_000_123]
    path = write(tmp_path / "a.parquet", {"编号": (pa.int64(), ids)})
    kept = read_file(Source("rooms", path)).cells[0]
    assert kept == [9007199254740993, 341203001001000123]


@pytest.mark.parametrize(
    ("kind", "cells", "wanted"),
    [
        (pa.binary(), ["桃园".encode(), None, b"K"], ["桃园", "K"]),
        (pa.binary(), [b"\xff\x00", None, b"K"], ["ff00", "4b"]),
        (
            pa.list_(pa.string()),
            [["调解室", "警务室"], None, []],
            ["调解室、警务室", ""],
        ),
        (
            pa.struct([("户", pa.int8()), ("日", pa.date32())]),
            [{"户": 3, "日": dt.date(2020, 1, 2)}, None, {"户": None, "日": None}],
            ['{"户": 3, "日": "2020-01-02"}', '{"户": null, "日": null}'],
        ),
        (pa.uint64(), [2**64 - 1, None, 0], [2**64 - 1, 0]),
        (
            pa.time32("s"),
            [dt.time(8, 30), None, dt.time(0)],
            [dt.time(8, 30), dt.time(0)],
        ),
    ],
)
def test_other_types_are_shown_as_people_write_them(tmp_path, kind, cells, wanted):
    path = write(
        tmp_path / "a.parquet", {"列": (kind, cells), "号": (pa.int8(), [1, 2, 3])}
    )
    found = read_file(Source("rooms", path))
    given = list(found.cells[0])
    assert [given[0], given[2]] == wanted
    assert given[1] is None


def test_two_columns_of_one_name_are_told_and_not_mixed(tmp_path):
    path = tmp_path / "a.parquet"
    table = pa.table(
        [["K1"], ["K2"], [117.2], [31.8]], names=["编号", "编号", "x", "y"]
    )
    pq.write_table(table, path)
    frame, ledger = read(path, columns={"compound_id": "编号"})
    assert frame is None
    assert told(ledger) == [("tables.column_twice", "编号")]


def test_places_and_columns_are_seen_at_first_sight(tmp_path, typed):
    (layer,) = look_at(typed)
    assert (layer.rows, layer.names, layer.shapes) == (3, tuple(KINDS), ())
    draft = starter(tmp_path)
    assert 'path = "小区.parquet"' in draft.text
    assert 'x = "x"' in draft.text


def test_a_district_of_parquet_tables_is_that_of_its_csv_and_xlsx(files):
    before = read_district(files.write())
    header, *body = files.rooms[2:4]
    tables = {
        "用房": pd.DataFrame(body, columns=header),
        "服务": files.serves.astype({"份额": float}),
        "设施": files.facilities.astype({"经度": float, "纬度": float}),
    }
    for name, table in tables.items():
        table.to_parquet(files.folder / f"{name}.parquet", index=False)
    for old, new in (
        ('"用房台账.xlsx"\nsheet = "用房"\nheader_row = 3', '"用房.parquet"'),
        ('"服务.csv"\nencoding = "utf-8-sig"', '"服务.parquet"'),
        ('"设施.csv"\nencoding = "gbk"', '"设施.parquet"'),
        ("建筑面积（㎡）", "建筑面积\\n（㎡）"),
    ):
        assert old in files.config
        files.config = files.config.replace(old, new)
    after = read_district(files.write())
    for table in ("rooms", "serves", "facilities"):
        pd.testing.assert_frame_equal(getattr(after, table), getattr(before, table))
    assert len(after.rooms)


def test_a_table_of_text_under_that_name_is_told(tmp_path):
    path = tmp_path / "a.parquet"
    path.write_text("编号,户数\n1,2\n", encoding="utf-8")
    with pytest.raises(FileFault) as fault:
        read_file(Source("rooms", path))
    assert (fault.value.key, fault.value.values["found"]) == (
        "file_other_suffix",
        ".csv",
    )


def test_many_rows_packed_small_are_not_unpacked(tmp_path, monkeypatch):
    path = write(tmp_path / "a.parquet", {"户数": (pa.int8(), [0] * 300_000)})
    assert path.stat().st_size < 20_000
    assert len(read_file(Source("rooms", path)).rows) == 300_000
    # 300 thousand cells of 8 bytes are 2.4 MB.
    monkeypatch.setattr(parquet, "_LARGEST_BYTES", 2_300_000)
    with pytest.raises(FileFault) as fault:
        read_file(Source("rooms", path))
    assert fault.value.key == "table_too_large"


def test_damaged_files_end_in_our_error(tmp_path, typed):
    raw, rng, seen = typed.read_bytes(), random.Random(7), set()
    path = tmp_path / "damaged.parquet"
    for _ in range(150):
        data = bytearray(raw)
        for _ in range(rng.randint(1, 3)):
            data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
        path.write_bytes(
            data[: rng.randrange(1, len(data))] if rng.random() < 0.2 else data
        )
        try:
            seen.add(len(read_file(Source("compounds", path)).rows))
        except FileFault as fault:
            seen.add(fault.key)
    assert "file_unreadable" in seen


PLACES = [shapely.box(117.2, 31.8, 117.21, 31.81), None, shapely.Point(117.2, 31.8)]


def with_wkb(folder, *, name="geom", srid=0, cells=None):
    """A table of compounds as a program without GeoParquet writes it."""
    shapes = shapely.set_srid(PLACES, srid) if srid else PLACES
    cells = cells or list(shapely.to_wkb(shapes, include_srid=bool(srid)))
    columns = {"编号": [1, 2, 3], "名称": ["桃园", "杏园", None], name: cells}
    pq.write_table(pa.table(columns), folder / "小区.parquet")
    return folder / "小区.parquet"


def shapes_read(path):
    source = Source("compounds", path, crs="EPSG:4490", columns={"compound_id": "编号"})
    return read_file(source)


@pytest.mark.parametrize(
    ("name", "srid"), [("geom", 0), ("geometry", 4490), ("WKB", 0)]
)
def test_a_column_of_wkb_is_the_geometry(tmp_path, name, srid):
    found = shapes_read(with_wkb(tmp_path, name=name, srid=srid))
    assert found.names == ["编号", "名称"]
    assert list(found.geometry) == PLACES
    assert (found.crs and found.crs.to_epsg()) == (srid or None)
    (layer,) = look_at(tmp_path / "小区.parquet")
    assert (layer.names, layer.shapes) == (("编号", "名称"), ("Point", "Polygon"))


def test_rows_keep_their_numbers_beside_a_blank_one(tmp_path):
    cells = [None, shapely.Point(117.2, 31.8).wkb]
    columns = {"编号": [None, "b"], "geom": cells}
    pq.write_table(pa.table(columns), tmp_path / "小区.parquet")
    found = shapes_read(tmp_path / "小区.parquet")
    assert found.rows.tolist() == [1, 2]
    assert found.cells[0][1] == "b"
    assert [one is None for one in found.geometry] == [True, False]


@pytest.mark.parametrize("name", ["geom", "面"])
def test_bytes_of_another_kind_or_name_stay_a_column(tmp_path, name):
    cells = ["方形".encode()] * 3 if name == "geom" else None
    found = shapes_read(with_wkb(tmp_path, name=name, cells=cells))
    assert found.geometry is None
    assert found.names[-1] == name
    assert found.cells[2][0] == ("方形" if cells else PLACES[0].wkb.hex())


def test_shapes_of_which_some_are_damaged_are_an_error(tmp_path):
    whole = PLACES[0].wkb
    path = with_wkb(tmp_path, cells=[whole, whole[:20], b"\x01\x09"])
    with pytest.raises(FileFault) as fault:
        shapes_read(path)
    said = {"value": "geom", "rows": 2, "row": 2}
    assert (fault.value.key, fault.value.values) == ("wkb_damaged", said)

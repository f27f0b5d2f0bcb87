"""Two thousand damaged files: every one ends in success or in our own error.

Seeded mutations of valid files of every format, in processes of their own, so that a
crash of a library is seen for what it is. A case may take ``MOST_S`` and ``MOST_GB``.
"""

from __future__ import annotations

import faulthandler
import random
import resource
import shutil
import time
import traceback
import warnings
import zipfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import geopandas as gpd
import openpyxl
import shapely

from lifecircle.model import Source
from lifecircle.tables.district import check_district
from lifecircle.tables.files import FileFault, read_file
from lifecircle.tables.guess import guess
from lifecircle.tables.survey import look_at

SEED = 20_260_630
FILES, DISTRICTS = 1_800, 200
MOST_S, MOST_GB = 20.0, 6.0
HERE = Path(__file__).parent

OSM = """<?xml version="1.0" encoding="UTF-8"?>
<osm version="0.6"><node id="1" lat="31.8" lon="117.2"/>
<node id="2" lat="31.81" lon="117.2"><tag k="amenity" v="pharmacy"/></node>
<way id="5"><nd ref="1"/><nd ref="2"/><tag k="highway" v="residential"/></way></osm>
"""
NASTY = (
    *("<script>alert(1)</script>", "=cmd|' /C calc'!A0", "\u202eabc", "a\nb"),
    *("\x00", "NaN", "inf", "-1e308", "1e999", "-5", "9" * 400, "社" * 5000, ""),
    *("../../etc/passwd", "'; DROP TABLE x; --", "&xxe;", "\ufeff", "锟斤拷"),
)


def make_files(folder):
    """One valid file of each format; of several parts where the format has them."""
    shapes = [shapely.box(x, 31.8, x + 0.001, 31.802) for x in (117.2, 117.21, 117.3)]
    frame = gpd.GeoDataFrame(
        {"编号": ["K1", "K2", "K3"], "名称": ["甲", "乙", "丙"], "户数": [1.5, 2, 3]},
        geometry=shapes,
        crs="EPSG:4326",
    )
    frame.to_file(folder / "a.shp", encoding="gbk")
    with zipfile.ZipFile(folder / "b.zip", "w", zipfile.ZIP_DEFLATED) as box:
        for part in sorted(folder.glob("a.*")):
            box.write(part, part.name)
    frame.to_file(folder / "c.gpkg")
    frame.to_file(folder / "d.geojson")
    frame.to_file(folder / "e.kml", driver="LIBKML")
    lines = gpd.GeoDataFrame({"Layer": ["x", "y", "x"]}, geometry=frame.exterior)
    lines.set_crs("EPSG:4548", allow_override=True).to_file(
        folder / "f.dxf", driver="DXF"
    )
    frame.to_file(folder / "g.gdb", driver="OpenFileGDB")
    shutil.copy(HERE / "old.xls", folder / "i.xls")
    book = openpyxl.Workbook()
    for row in (["表", None], ["编号", "户数"], ["B1", 3], ["B2", "４户"]):
        book.active.append(row)
    book.active.merge_cells("A1:B1")
    book.save(folder / "j.xlsx")
    text = '编号,名称,户数,x,y\nB1,甲,3,117.2,31.8\nB2,"乙,丙",4,117.3,31.8\n'
    (folder / "k.csv").write_bytes(text.encode("gbk"))
    (folder / "l.osm").write_text(OSM, encoding="utf-8")
    frame.to_parquet(folder / "h.parquet")


def mutate(raw, rng):
    """Bytes with one to four wounds."""
    data = bytearray(raw)
    for _ in range(rng.randint(1, 4)):
        kind = rng.randrange(8)
        place = rng.randrange(len(data) + 1)
        length = rng.randint(1, max(1, len(data) // 8))
        if kind == 0:
            del data[place:]
        elif kind == 1:
            del data[place : place + length]
        elif kind == 2:
            data[place:place] = rng.randbytes(min(length, 64))
        elif kind == 3:
            data[place:place] = data[place : place + length]
        elif kind == 4:
            data[place : place + length] = bytes(len(data[place : place + length]))
        elif kind == 5:
            data[place:place] = rng.choice(NASTY).encode("utf-8", "replace")
        elif kind == 6 and data:
            data[place % len(data)] ^= 1 << rng.randrange(8)
        elif kind == 7 and len(data) > 8:
            at = place % (len(data) - 4)
            data[at : at + 4] = rng.choice([b"\xff\xff\xff\x7f", b"\x00" * 4])
    return bytes(data)


def confine():
    """Less memory for this process, and silence for what libraries warn of."""
    limit = int(MOST_GB * 1e9)
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    warnings.simplefilter("ignore")
    faulthandler.enable()


def one_file(case, valid, folder):
    """Damage one part of one file, and read it in every way that there is."""
    rng = random.Random(SEED * 10_000 + case)
    mine = folder / f"{case}"
    formats = sorted(path for path in valid.iterdir() if path.name[0] != "a")
    chosen = rng.choice([*formats, valid / "a.shp", valid / "a.shp"])
    mine.mkdir()
    if chosen.suffix == ".shp":
        for part in valid.glob("a.*"):
            shutil.copy(part, mine)
    elif chosen.is_dir():
        shutil.copytree(chosen, mine / chosen.name)
    else:
        shutil.copy(chosen, mine)
    parts = sorted(path for path in mine.rglob("*") if path.is_file())
    victim = rng.choice(parts)
    victim.write_bytes(mutate(victim.read_bytes(), rng))
    if rng.random() < 0.05:
        victim.unlink()
    table = rng.choice(["compounds", "buildings", "roads"])
    start = time.monotonic()
    outcome = "read"
    try:
        read_file(Source(table, mine / chosen.name, encoding=rng.choice(["", "gbk"])))
    except FileFault as fault:
        outcome = fault.key
        if str(folder) in str(fault.values):
            outcome = f"names a folder of this machine: {fault.values}"
    for layer in look_at(mine / chosen.name):
        guess(layer)
    took = time.monotonic() - start
    shutil.rmtree(mine)
    return chosen.suffix, outcome, took


def one_district(case, valid, folder):
    """Damage one file of a whole district, and check the district."""
    rng = random.Random(SEED * 20_000 + case)
    mine = folder / f"d{case}"
    shutil.copytree(valid, mine)
    victim = rng.choice(sorted(path for path in mine.iterdir() if path.is_file()))
    victim.write_bytes(mutate(victim.read_bytes(), rng))
    start = time.monotonic()
    problems, rejected = check_district(mine / "district.toml")
    took = time.monotonic() - start
    told = " ".join(str(found.values) for found in problems)
    outcome = "errors" if any(p.severity == "error" for p in problems) else "read"
    if str(folder) in told:
        outcome = f"names a folder of this machine: {told}"
    unexplained = rejected.loc[rejected["reason"].fillna("") == ""]
    if len(unexplained):
        outcome = f"rows lost without a reason: {unexplained}"
    shutil.rmtree(mine)
    return victim.suffix, outcome, took


def run(cases, task, valid, folder):
    """Every case in a process of its own pool; what breaks is named by its case."""
    results, broken = [], []
    with ProcessPoolExecutor(2, get_context("spawn"), confine) as pool:
        waiting = [(case, pool.submit(task, case, valid, folder)) for case in cases]
        for case, future in waiting:
            try:
                results.append((case, *future.result(timeout=120)))
            except Exception as error:
                where = traceback.extract_tb(error.__traceback__)[-1]
                cause = str(error.__cause__ or "").splitlines()[-4:]
                broken.append(f"{task.__name__} {case}: {error!r} {where} {cause}")
    assert broken == []
    return results


def judge(results):
    slow = [one for one in results if one[3] > MOST_S]
    assert slow == []
    loose = [one for one in results if " " in one[2]]
    assert loose == []
    return {outcome for _, _, outcome, _ in results}


def test_damaged_files_end_in_success_or_our_error(tmp_path):
    valid, folder = tmp_path / "valid", tmp_path / "cases"
    valid.mkdir()
    folder.mkdir()
    make_files(valid)
    results = run(range(FILES), one_file, valid, folder)
    outcomes = judge(results)
    assert len(results) == FILES
    # The damage is real, and not everything is refused out of hand.
    assert {"read", "file_unreadable", "encoding_other"} <= outcomes
    by_suffix = {suffix for _, suffix, _, _ in results}
    assert {".shp", ".zip", ".gpkg", ".gdb", ".xls", ".xlsx", ".dxf"} <= by_suffix


def test_a_damaged_district_is_told_whole_and_nothing_is_lost(files, tmp_path):
    files.write()
    folder = tmp_path / "cases"
    folder.mkdir()
    results = run(range(DISTRICTS), one_district, files.folder, folder)
    assert judge(results) == {"read", "errors"}
    assert len(results) == DISTRICTS

"""Benchmarks of reading: a made-up city read and checked, against plain geopandas.

Reading and checking is ``examine_district``; plain reading is ``geopandas.read_file``
of every layer as it stands (and ``pandas.read_csv`` of the rooms), which makes frames
and checks nothing. The kinder peer asks ``read_file`` for ``use_arrow=True``.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from benchmarks.cities import LAYERS, ROOMS, write_city
from benchmarks.harness import Bench, Row, Skip, interleaved, ratio
from benchmarks.memory import REPORT, in_own_process
from lifecircle.tables.district import examine_district

BUILDINGS = 1_000_000
RUNS, TURNS, CLOSE_TURNS = 3, 2, 5
_EXAMINED = (
    REPORT
    + """
import sys
from lifecircle.tables.district import examine_district
wall, cpu = time.perf_counter(), time.process_time()
found = examine_district(sys.argv[1])
wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
used = found.district.row_counts["rows_used"].sum()
print(json.dumps([wall, cpu, peak_gb(), int(used)]))
"""
)


@lru_cache(maxsize=1)
def _folder() -> tempfile.TemporaryDirectory[str]:
    """Where the cities lie until this process ends."""
    return tempfile.TemporaryDirectory()


@lru_cache
def city(suffix: str) -> Path:
    """The district file of the city, written at the first call."""
    folder = Path(_folder().name) / suffix.removeprefix(".")
    folder.mkdir()
    return write_city(folder, BUILDINGS, suffix=suffix)


def read_plainly(district: Path, **options: Any) -> int:
    """Every layer of a GeoPackage by geopandas, the rooms by pandas; rows in all."""
    path = district.parent / "city.gpkg"
    frames = [gpd.read_file(path, layer=layer, **options) for layer in LAYERS]
    return sum(map(len, [*frames, pd.read_csv(district.parent / ROOMS)]))


def examined(district: Path) -> int:
    """Read and check; the rows that stand."""
    found = examine_district(district).district
    return 0 if found is None else int(found.row_counts["rows_used"].sum())


def both_clocks() -> Any:
    """CPU seconds of all threads, and seconds on the wall."""
    return np.array([time.process_time(), time.perf_counter()])


def alone() -> Iterator[Row]:
    """Seconds and peak memory of reading and checking, in a process of its own."""
    runs = [in_own_process(_EXAMINED, str(city(".gpkg"))) for _ in range(RUNS)]
    wall, cpu, gigabytes, rows = zip(*runs, strict=True)
    note = f"{rows[0]:.0f} rows, CPU {min(cpu):.1f} s, imports not counted"
    yield Row(
        "tables.seconds_1m",
        "1 M buildings, 100 k facilities, 300 k roads from GeoPackage, wall seconds",
        value=min(wall),
        bar=60.0,
        ours=min(wall),
        note=note,
        raw={"wall": list(wall), "cpu": list(cpu)},
    )
    yield Row(
        "tables.peak_gb_1m",
        "the same: peak memory of the whole process, GB",
        value=max(gigabytes),
        bar=4.0,
        ours=max(gigabytes),
        unit="GB",
        raw={"gb": list(gigabytes)},
    )


def compared(
    name: str,
    job: str,
    peer: Callable[[], int],
    ours: Callable[[], int],
    *,
    turns: int = TURNS,
    **more: Any,
) -> Iterator[Row]:
    """CPU and wall seconds of two jobs in turns; both must give all rows."""
    if ours() != peer():
        message = f"{name}: the two do not give the same rows"
        raise AssertionError(message)
    # Each comes after the other as often as after itself: memory is left otherwise.
    first, second, third, fourth = interleaved(
        ours, peer, peer, ours, runs=turns, clock=both_clocks
    )
    our_times, their_times = first + fourth, second + third
    for place, (suffix, clock) in enumerate((("", "CPU"), ("_wall", "wall"))):
        yield ratio(
            f"tables.{name}{suffix}",
            f"{job}, {clock} seconds",
            [float(both[place]) for both in our_times],
            [float(both[place]) for both in their_times],
            **more,
        )


def against_geopandas() -> Iterator[Row]:
    """Reading and checking against ``geopandas.read_file`` as it stands."""
    path = city(".gpkg")
    yield from compared(
        "vs_geopandas",
        "1.41 M rows read and checked, against read_file",
        lambda: read_plainly(path),
        lambda: examined(path),
        bar=1.5,
        peer_name="geopandas",
    )


def against_arrow() -> Iterator[Row]:
    """The same against ``geopandas.read_file(use_arrow=True)``."""
    try:
        import pyarrow  # noqa: F401  (only asked whether it is there)
    except ImportError as error:
        message = "pyarrow is not installed"
        raise Skip(message) from error
    path = city(".gpkg")
    yield from compared(
        "vs_arrow",
        "1.41 M rows read and checked, against read_file with Arrow",
        lambda: read_plainly(path, use_arrow=True),
        lambda: examined(path),
        peer_name="geopandas, Arrow",
    )


def parquet() -> Iterator[Row]:
    """The same city from GeoParquet against GeoPackage: a few hundredths apart."""
    yield from compared(
        "parquet_vs_gpkg",
        "1.41 M rows read and checked, GeoParquet against GeoPackage",
        lambda: examined(city(".gpkg")),
        lambda: examined(city(".parquet")),
        turns=CLOSE_TURNS,
        bar=1.0,
        peer_name="GeoPackage",
    )


BENCHES = [
    Bench(("tables.seconds_1m", "tables.peak_gb_1m"), alone),
    Bench(("tables.vs_geopandas", "tables.vs_geopandas_wall"), against_geopandas),
    Bench(("tables.vs_arrow", "tables.vs_arrow_wall"), against_arrow),
    Bench(("tables.parquet_vs_gpkg", "tables.parquet_vs_gpkg_wall"), parquet),
]

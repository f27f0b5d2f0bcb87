"""One harness for all benchmarks: rows, interleaved timing, table and JSON.

A suite is a module of this folder with ``BENCHES``, a list of ``Bench``. Each bench
yields rows; ours and the peer run in turns in one process, CPU seconds are counted
over all threads, and every timing is kept. The value of a ratio is that of the
minima, which other work on the machine disturbs least; the medians stand beside it.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.metadata
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PEERS = (
    *("numpy", "numba", "scipy", "shapely", "networkx", "pandana", "igraph"),
    *("cityseer", "pyrosm", "osmnx", "osmium", "pyvalhalla", "folium"),
    *("geopandas", "pandas", "pyogrio", "pyarrow"),
    *("pymetis", "gerrychain", "spopt", "k-means-constrained", "folium", "playwright"),
)


class Skip(Exception):  # noqa: N818 - not an error: the row says why
    """A row that cannot be measured here, and why."""


@dataclass
class Row:
    """One measured figure and its bar.

    ``value`` is compared with ``bar`` by ``sense``; ``ours`` and ``peer`` are the
    minima in ``unit`` where the value is a ratio.
    """

    id: str
    job: str
    value: float | None = None
    bar: float | None = None
    sense: str = "<="
    ours: float | None = None
    peer: float | None = None
    peer_name: str = ""
    unit: str = "s"
    median_value: float | None = None
    note: str = ""
    skipped: str = ""
    failed: str = ""
    raw: dict[str, list[float]] = field(default_factory=dict)

    @property
    def holds(self) -> bool | None:
        """Whether the bar holds; None without a value or a bar."""
        if self.failed:
            return False
        if self.value is None or self.bar is None:
            return None
        if self.sense == "<=":
            return bool(self.value <= self.bar)
        return bool(self.value >= self.bar)


@dataclass(frozen=True)
class Bench:
    """A function that yields rows, and the ids of those rows."""

    ids: tuple[str, ...]
    run: Callable[[], Iterable[Row]]


def interleaved(
    *jobs: Callable[[], Any],
    runs: int,
    clock: Callable[[], float] = time.process_time,
) -> list[list[float]]:
    """Seconds of each job, run in turns; warm them up before."""
    seconds: list[list[float]] = [[] for _ in jobs]
    for _ in range(runs):
        for job, times in zip(jobs, seconds, strict=True):
            start = clock()
            job()
            times.append(clock() - start)
    return seconds


def ratio(
    ident: str, job: str, ours: Sequence[float], peer: Sequence[float], **more: Any
) -> Row:
    """A row whose value is the ratio of the minima."""
    return Row(
        ident,
        job,
        value=min(ours) / min(peer),
        ours=min(ours),
        peer=min(peer),
        median_value=statistics.median(ours) / statistics.median(peer),
        raw={"ours": list(ours), "peer": list(peer)},
        **more,
    )


def collect(benches: Iterable[Bench], only: Sequence[str]) -> Iterator[Row]:
    """Rows of the benches asked for; a row that cannot be measured says why."""
    for bench in benches:
        wanted = [name for name in bench.ids if chosen(name, only)]
        if not wanted:
            continue
        try:
            yield from (row for row in bench.run() if chosen(row.id, only))
        except Skip as reason:
            for name in wanted:
                yield Row(name, "", skipped=str(reason))
        except Exception as error:
            for name in wanted:
                yield Row(name, "", failed=f"{type(error).__name__}: {error}")


def chosen(ident: str, only: Sequence[str]) -> bool:
    """Whether an id, or the group before its last full stop, was asked for."""
    return not only or any(
        ident == name or ident.partition(".")[2] == name or ident.startswith(name + ".")
        for name in only
    )


def as_record(row: Row) -> dict[str, Any]:
    """A row for the JSON file."""
    return {**asdict(row), "holds": row.holds}


def as_text(row: Row) -> str:
    """A row for the table."""
    if row.skipped:
        return f"{row.id:<32} skipped: {row.skipped}"
    if row.failed:
        return f"{row.id:<32} FAILED: {row.failed}"
    value = "" if row.value is None else f"{row.value:.4g}"
    bar = "" if row.bar is None else f"{row.sense} {row.bar:g}"
    verdict = {True: "yes", False: "NO", None: "-"}[row.holds]
    times = ""
    if row.ours is not None:
        times = f"{row.ours:.4g} {row.unit}"
        if row.peer is not None:
            times += f" / {row.peer:.4g} {row.unit} {row.peer_name}"
    return f"{row.id:<32} {value:>9} {bar:>10} {verdict:>4}  {times}"


def machine() -> dict[str, Any]:
    """What it was measured on: processor, cores, versions; no names or paths."""
    model = platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                model = line.partition(":")[2].strip()
                break
    except OSError:
        pass
    versions = {}
    for name in PEERS:
        try:
            versions[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            versions[name] = "not installed"
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": model,
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "versions": versions,
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a suite; 0 = every bar holds, 1 = one does not."""
    parser = argparse.ArgumentParser(prog="scripts/benchmark")
    parser.add_argument("suite", help="walk, checks, regrid, map or tables")
    parser.add_argument("--json", type=Path, help="file for the rows, timings kept")
    parser.add_argument("--only", default="", help="ids, separated by commas")
    options = parser.parse_args(arguments)
    suite = importlib.import_module(f"benchmarks.{options.suite}")
    only = [name for name in options.only.split(",") if name]
    rows = []
    heads = ("id", "value", "bar", "holds")
    print(f"{heads[0]:<32} {heads[1]:>9} {heads[2]:>10} {heads[3]:>4}  ours / peer")
    for row in collect(suite.BENCHES, only):
        rows.append(row)
        print(as_text(row), flush=True)
        if row.note:
            print(f"{'':<32} {row.note}", flush=True)
    if options.json:
        record = {"machine": machine(), "rows": [as_record(row) for row in rows]}
        text = json.dumps(record, indent=1, ensure_ascii=False, default=float)
        options.json.write_text(text + "\n", encoding="utf-8")
    return int(any(row.holds is False for row in rows))


if __name__ == "__main__":
    # By its own name, so that the suites and this module share one ``Skip``.
    sys.exit(importlib.import_module("benchmarks.harness").main())

"""Benchmarks of batches: what leading many districts costs beside running each.

Everything runs as a planner runs it, by the command line; CPU seconds are those of the
processes and all that they started.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

from benchmarks.district_files import write_district
from benchmarks.harness import Bench, Row, ratio

DISTRICTS, BUILDINGS = 40, 3_000
WORKERS, EARLY = 2, 5
SIZES = (1_000, 3_000, 10_000, 30_000)
LIFECIRCLE = (sys.executable, "-m", "lifecircle")


@lru_cache(maxsize=1)
def city() -> Path:
    """Twice as many districts as a city has; the first half is a city itself."""
    folder = Path(tempfile.mkdtemp(prefix="lifecircle-city-"))
    for number in range(2 * DISTRICTS):
        half = folder / ("first" if number < DISTRICTS else "second")
        ident = f"D{number:03d}"
        write_district(half / ident, ident, buildings=BUILDINGS, seed=number)
    lines = ['[city]\nid = "city"\nname = "测试市"\n']
    for path in sorted(folder.glob("*/*/district.toml")):
        file = path.relative_to(folder).as_posix()
        lines.append(f'[[districts]]\nfile = "{file}"\n')
    (folder / "city.toml").write_text("".join(lines), encoding="utf-8")
    return folder


def cpu_seconds(*commands: Sequence[object]) -> float:
    """CPU seconds of commands, ``WORKERS`` at a time, and all that they waited for."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(_command, commands))
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _command(words: Sequence[object]) -> None:
    subprocess.run([*LIFECIRCLE, *map(str, words)], check=True, capture_output=True)


@lru_cache(maxsize=2)
def batch_of(half: str) -> tuple[float, Path]:
    """CPU seconds of a batch of the first half, or of both; its results."""
    out = Path(tempfile.mkdtemp(prefix="lifecircle-batch-"))
    source = city() / "first" if half == "first" else city() / "city.toml"
    return cpu_seconds(("batch", source, "-o", out, "--workers", WORKERS)), out


def overhead() -> Iterator[Row]:
    """A batch against the sum of single runs, and their results byte by byte.

    As many single runs go side by side as the batch has workers: both wait for the
    same memory.
    """
    seconds, out = batch_of("first")
    with tempfile.TemporaryDirectory() as name:
        files = sorted((city() / "first").glob("*/district.toml"))
        alone = {path: Path(name) / path.parent.name for path in files}
        singles = cpu_seconds(
            *(("run", path, "-o", to, "--quiet") for path, to in alone.items())
        )
        differing = sum(_differing(to, out / to.name) for to in alone.values())
    yield ratio(
        "batch.overhead",
        f"{DISTRICTS} districts of {BUILDINGS} buildings, {WORKERS} workers: CPU",
        [seconds],
        [singles],
        bar=1.05,
        peer_name="sum of single runs",
    )
    yield Row(
        "batch.differing",
        "files of the batch that differ from those of single runs (the hour aside)",
        value=float(differing),
        bar=0.0,
        unit="files",
    )


def _differing(one: Path, other: Path) -> int:
    names = {path.name for path in (*one.iterdir(), *other.iterdir())}
    return sum(_content(one / name) != _content(other / name) for name in names)


def _content(path: Path) -> object:
    if not path.exists():
        return None
    if path.name != "manifest.json":
        return path.read_bytes()
    return json.loads(path.read_text("utf-8")) | {"made_at": ""}


def growth() -> Iterator[Row]:
    """Twice as many districts; and what a worker holds in the course of them."""
    base, _ = batch_of("first")
    double, out = batch_of("both")
    yield ratio(
        "batch.growth",
        f"{2 * DISTRICTS} districts against {DISTRICTS}: CPU",
        [double],
        [base],
        bar=2.1,
        peer_name=f"{DISTRICTS} districts",
    )
    held: dict[int, list[int]] = {}
    journal = (out / ".batch" / "journal.jsonl").read_text("utf-8")
    for line in map(json.loads, journal.splitlines()):
        if line["event"] == "done":
            held.setdefault(line["worker"], []).append(line["memory_bytes"])
    worst = max(held.values(), key=lambda sizes: sizes[-1] / sizes[EARLY - 1])
    yield Row(
        "batch.memory_growth",
        f"memory of a worker after {len(worst)} districts against after {EARLY}",
        value=worst[-1] / worst[EARLY - 1],
        bar=1.1,
        note=f"{worst[EARLY - 1] / 1e9:.2f} GB, then {worst[-1] / 1e9:.2f} GB",
    )


def cost() -> Iterator[Row]:
    """What one district takes, by its size: a run in a process of its own."""
    for buildings in SIZES:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            path = write_district(
                folder / "in", "D", buildings=buildings, seed=buildings
            )
            words = [*LIFECIRCLE, "run", str(path), "-o", str(folder / "out"), "-q"]
            pid = os.posix_spawn(sys.executable, words, os.environ)
            _, status, used = os.wait4(pid, 0)
            if status:
                raise ChildProcessError(status)
            files = sum(one.stat().st_size for one in (folder / "out").iterdir())
        seconds = used.ru_utime + used.ru_stime
        note = f"outputs {files / 1e6:.0f} MB"
        job = f"one district of {buildings} buildings: "
        yield Row(f"batch.cpu_s_{buildings}", job + "CPU seconds", seconds, note=note)
        yield Row(
            f"batch.peak_gb_{buildings}",
            job + "peak memory, GB",
            used.ru_maxrss * 1024 / 1e9,
            unit="GB",
        )


BENCHES = [
    Bench(("batch.overhead", "batch.differing"), overhead),
    Bench(("batch.growth", "batch.memory_growth"), growth),
    Bench(
        tuple(
            f"batch.{kind}_{size}" for size in SIZES for kind in ("cpu_s", "peak_gb")
        ),
        cost,
    ),
]

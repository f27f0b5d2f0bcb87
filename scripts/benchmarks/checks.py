"""Benchmarks of the checks: all rule books on a made-up district, and its gaps."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib.resources import files

from benchmarks.districts import Case, made_up
from benchmarks.harness import Bench, Row, interleaved, ratio
from lifecircle.checks.evaluate import check
from lifecircle.checks.gaps import find_gaps
from lifecircle.model import RuleBook
from lifecircle.standards.rulebook import read_rule_book

SMALL, LARGE = 20_000, 40_000


@lru_cache(maxsize=1)
def cases() -> tuple[tuple[RuleBook, ...], Case, Case]:
    """All books, adopted by a district and by one of twice its buildings."""
    folder = files("lifecircle.standards").joinpath("books")
    names = sorted(entry.name for entry in folder.iterdir())
    books = tuple(
        read_rule_book(name.removesuffix(".toml"))
        for name in names
        if name.endswith(".toml")
    )
    return books, made_up(SMALL, books), made_up(LARGE, books)


def rows(
    name: str, job: str, run: Callable[[Case], object], *, bar: float, runs: int
) -> Iterator[Row]:
    """Seconds of a stage at 20 thousand buildings, and what doubling them costs."""
    _, small, large = cases()
    run(small)
    base, double = interleaved(lambda: run(small), lambda: run(large), runs=runs)
    yield Row(
        f"checks.{name}seconds",
        f"{job}: CPU seconds at {SMALL} buildings, the least of {runs} runs",
        value=min(base),
        bar=bar,
        median_value=statistics.median(base),
        raw={"ours": base},
        note=f"median {statistics.median(base):.2f} s",
    )
    yield ratio(
        f"checks.{name}growth",
        f"{job}: {LARGE} buildings against {SMALL}",
        double,
        base,
        bar=2.2,
        peer_name=f"at {SMALL}",
    )


def seconds() -> Iterator[Row]:
    """All rules of all books, after access."""
    books, _, _ = cases()
    yield from rows(
        "",
        f"{len(books)} books, full profile, 60 communities, 45 classes",
        lambda case: check(case.district, case.access, *books),
        bar=3.0,
        runs=7,
    )


def gaps() -> Iterator[Row]:
    """Gap areas of every rule of reach, all books adopted."""
    books, small, large = cases()
    findings = {
        case.buildings: check(case.district, case.access, *books)
        for case in (small, large)
    }
    yield from rows(
        "gaps_",
        "gap areas of all books, adopted",
        lambda case: find_gaps(case.district, case.access, findings[case.buildings]),
        bar=10.0,
        runs=3,
    )


BENCHES = [
    Bench(("checks.seconds", "checks.growth"), seconds),
    Bench(("checks.gaps_seconds", "checks.gaps_growth"), gaps),
]

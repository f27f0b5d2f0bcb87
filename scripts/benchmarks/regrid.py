"""Regridding on test beds: in range, optimal, short borders, few splits, quick.

Ours is ``lifecircle.plans.partition.solve`` with its defaults (no compound of up to
500 households is split if that can be avoided), unless a row says otherwise.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import cache, partial
from itertools import islice

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_matrix

from benchmarks import beds, divide_peers
from benchmarks.harness import Bench, Row, Skip, interleaved, ratio
from lifecircle.plans.evaluation import changed_households, cut_of
from lifecircle.plans.levels import Effort
from lifecircle.plans.partition import solve, solve_all
from lifecircle.plans.problem import Partition, PartitionProblem, PartitionWeights

CUT_ONLY = PartitionWeights(split=0.0)
THOROUGH = Effort(steps=100_000, starts=8, sets=200_000)
MANY_STARTS = Effort(steps=100_000, starts=96)
FIRST = 10  # communities that the slow peers divide
CHANGE_PRICES = (0.3, 1.0, 3.0, 10.0)
EQUAL = 1e-6
GROWTH_RUNS = 3


@cache
def bed(name: str) -> list[PartitionProblem]:
    """A bed, read once; kernels are compiled before anything is timed."""
    towns = beds.bed(name)
    solve_all(towns[:2] + towns[40:43], effort=Effort(steps=200))
    return towns


@cache
def plans(name: str, *, cut_only: bool = False) -> list[Partition]:
    """Our plans of a bed."""
    return [solve(town, weights=CUT_ONLY if cut_only else None) for town in bed(name)]


@cache
def metis_plans(name: str) -> list[tuple[np.ndarray, float]]:
    """METIS' plans of a bed, with their CPU seconds."""
    return [divide_peers.metis(town) for town in bed(name)]


def in_range() -> Iterator[Row]:
    """Share of grids that are connected and within the band."""
    for name in ("normal", "hard"):
        good = made = free = 0
        for town, plan in zip(bed(name), plans(name), strict=True):
            if plan.certificates:
                continue
            free += 1
            fits, count = divide_peers.in_range(town, plan.labels)
            good, made = good + fits, made + count
        yield Row(
            f"regrid.in_range_{name}",
            "grids within the band and connected (networkx), no certificate",
            value=good / made,
            bar=1.0,
            sense=">=",
            note=f"{good} of {made} grids, {free} of {len(bed(name))} communities",
        )


def published() -> Iterator[Row]:
    """Counties into districts: published proven optima."""
    hits, notes = 0, []
    cases = beds.published()
    for case in cases:
        plan = solve(case.problem, weights=CUT_ONLY, effort=MANY_STARTS)
        fits, count = divide_peers.in_range(case.problem, plan.labels)
        as_published = count == case.parts and fits == count
        hit = as_published and abs(plan.cut - case.optimum) < EQUAL
        hits += hit
        notes.append(f"{case.state} {plan.cut:.0f}/{case.optimum:.0f}")
    yield Row(
        "regrid.published_optima",
        "fewest cut edges, published bands; effort 100,000 steps, 96 starts",
        value=hits / len(cases),
        bar=1.0,
        sense=">=",
        note="ours/optimum: " + ", ".join(notes),
    )


def every_set(town: PartitionProblem) -> list[frozenset[int]]:
    """All connected sets within the band; simple code, none of the solver's."""
    around: list[set[int]] = [set() for _ in town.households]
    for a, b in town.edges.tolist():
        around[a].add(b)
        around[b].add(a)
    size = town.households.tolist()
    seen = {frozenset([atom]) for atom in range(len(size)) if size[atom] <= town.high}
    fresh = list(seen)
    while fresh:
        grown = set()
        for group in fresh:
            total = sum(size[atom] for atom in group)
            for atom in set().union(*(around[one] for one in group)) - group:
                if total + size[atom] <= town.high:
                    grown.add(group | {atom})
        fresh = [group for group in grown if group not in seen]
        seen.update(fresh)
    return [g for g in seen if sum(size[atom] for atom in g) >= town.low]


def proven_least(town: PartitionProblem, *, splits: bool) -> float | None:
    """Least cut, or fewest split compounds, by HiGHS over every connected set."""
    sets = every_set(town)
    row = np.concatenate([np.fromiter(group, int) for group in sets])
    column = np.repeat(np.arange(len(sets)), [len(group) for group in sets])
    inside = csr_matrix((np.ones(len(row)), (row, column)))
    if splits:
        compounds = [
            np.flatnonzero(town.compound == c) for c in np.unique(town.compound)
        ]
        small = [c for c in compounds if town.households[c].sum() <= town.high]
        held = [len(c) == inside[c].sum(axis=0).A1 for c in small]
        cost = -np.sum(held, axis=0, dtype=float) if held else np.zeros(len(sets))
        offset = len(small)
    else:
        ends = inside[town.edges[:, 0]] - inside[town.edges[:, 1]]
        cost = 0.5 * (abs(ends).T @ (town.border_m * town.cut_weight))
        offset = 0
    found = milp(
        cost,
        integrality=np.ones(len(sets)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(inside, 1, 1),
        options={"mip_rel_gap": 0.0, "time_limit": 10.0},
    )
    return float(found.fun) + offset if found.status == 0 else None


def certified() -> Iterator[Row]:
    """Hard communities against optima proven by other code."""
    gaps = []
    for town, plan in zip(bed("hard"), plans("hard", cut_only=True), strict=True):
        least = proven_least(town, splits=False)
        if least is not None:
            gaps.append(plan.cut / least - 1.0)
    note = f"{len(gaps)} of {len(bed('hard'))} proven by HiGHS over all connected sets"
    yield Row(
        "regrid.certified_hits",
        "hard: optimum of the cut alone hit (split price 0)",
        value=float(np.mean(np.abs(gaps) < EQUAL)),
        bar=0.98,
        sense=">=",
        note=note,
    )
    yield Row(
        "regrid.certified_gap",
        "hard: mean gap to it",
        value=float(np.mean(gaps)),
        bar=0.0002,
    )


def against_metis() -> Iterator[Row]:
    """Weighted cut and CPU against METIS best of 60."""
    for name, bar in (("normal", 0.90), ("hard", 0.84)):
        towns, peers = bed(name), metis_plans(name)
        cut_only = name == "hard"
        ours = sum(plan.cut for plan in plans(name, cut_only=cut_only))
        whole = sum(plan.cut for plan in plans(name))
        theirs = sum(cut_of(t, p[0]) for t, p in zip(towns, peers, strict=True))
        fits = np.array(
            [divide_peers.in_range(t, p[0]) for t, p in zip(towns, peers, strict=True)]
        )
        yield Row(
            f"regrid.cut_vs_metis_{name}",
            "weighted cut; METIS: k = H / 400, 60 seeds, best within the band, else "
            "best as it is" + ("; both the cut alone" if cut_only else ""),
            value=ours / theirs,
            bar=bar,
            ours=ours,
            peer=theirs,
            peer_name="METIS",
            unit="m",
            note=f"METIS in range {fits[:, 0].sum()} of {fits[:, 1].sum()}; ours with "
            f"compounds kept whole {whole / theirs:.3f}",
        )


def metis_cpu() -> Iterator[Row]:
    """CPU of the plans of ``cut_vs_metis_normal``."""
    ours, theirs = [], []
    for town in bed("normal"):
        start = time.process_time()
        solve(town)
        ours.append(time.process_time() - start)
        theirs.append(divide_peers.metis(town)[1])
    yield Row(
        "regrid.cpu_vs_metis",
        "CPU on normal, in turns by community; METIS without its setting up",
        value=sum(ours) / sum(theirs),
        bar=2.0,
        ours=sum(ours),
        peer=sum(theirs),
        peer_name="METIS, 60 runs",
        raw={"ours": ours, "peer": theirs},
    )


def splits() -> Iterator[Row]:
    """Compounds of up to 500 households that are split."""
    avoidable, proven = 0, 0
    for town, plan in zip(bed("hard"), plans("hard"), strict=True):
        if plan.splits:
            least = proven_least(town, splits=True)
            proven += least is not None
            avoidable += max(0, plan.splits - round(least)) if least is not None else 0
    for town, plan in zip(bed("normal"), plans("normal"), strict=True):
        if plan.splits:
            better = solve(town, seed=1, effort=THOROUGH)
            proven += plan.unsplit is not None and plan.splits == 1
            avoidable += max(0, plan.splits - better.splits)
    split = sum(plan.splits for plan in plans("normal"))
    touched = sum(
        plan.splits > 0 for name in ("hard", "normal") for plan in plans(name)
    )
    small = 0
    for town in bed("normal"):
        sizes = np.bincount(town.compound, weights=town.households)
        small += int(((sizes > 0) & (sizes <= town.high)).sum())
    yield Row(
        "regrid.avoidable_splits",
        "split though a plan within the band with fewer splits is known or proven",
        value=float(avoidable),
        bar=0.0,
        note=f"{proven} of {touched} communities with splits proven unavoidable, the "
        "others tried with six times the steps and twice the starts",
    )
    yield Row(
        "regrid.split_share",
        "of the compounds of up to 500 households of normal",
        value=split / small,
        bar=0.04,
        note=f"{split} of {small}",
    )


def change() -> Iterator[Row]:
    """Fewest households that change grid at no more than 10 % extra cut.

    A plan of least ``cut + price · changed`` costs at least its bound, so no plan of
    at most ``limit`` cut changes fewer than ``(bound - limit) / price``.
    """
    changed = bounds = used = 0
    for town, plan in zip(bed("hard"), plans("hard", cut_only=True), strict=True):
        limit, best, bound = 1.1 * plan.cut, changed_households(town, plan.labels), 0.0
        for price in CHANGE_PRICES:
            found = solve(town, weights=PartitionWeights(change=price, split=0.0))
            if np.isfinite(found.bound):
                bound = max(bound, (found.bound - limit) / price)
            if found.cut <= limit:
                best = min(best, changed_households(town, found.labels))
        used += 1
        changed, bounds = changed + best, bounds + int(np.ceil(bound - EQUAL))
    yield Row(
        "regrid.change_vs_bound",
        "hard: households that change grid at most 1.1 times the least cut",
        value=changed / bounds,
        bar=1.5,
        ours=float(changed),
        peer=float(bounds),
        peer_name="proven bound",
        unit="households",
        note=f"{used} communities; bound by Lagrange over proven optima",
    )


def slow_peer(
    ident: str,
    divide: Callable[[PartitionProblem], np.ndarray | None],
    bar: float,
    job: str,
) -> Callable[[], Iterator[Row]]:
    """A row against a peer on the first communities."""

    def run() -> Iterator[Row]:
        ours = theirs = 0.0
        good = made = none = 0
        pairs = zip(bed("normal"), plans("normal"), strict=True)
        for town, plan in islice(pairs, FIRST):
            labels = divide(town)
            if labels is None:
                none += 1
                continue
            fits, count = divide_peers.in_range(town, labels)
            ours, theirs = ours + plan.cut, theirs + cut_of(town, labels)
            good, made = good + fits, made + count
        yield Row(
            ident,
            job,
            value=ours / theirs,
            bar=bar,
            ours=ours,
            peer=theirs,
            unit="m",
            note=f"the peer's grids in range: {good} of {made}; communities without "
            f"a plan of the peer, left out on both sides: {none}",
        )

    return run


def wall() -> Iterator[Row]:
    """Wall time of the normal bed on two threads."""
    towns = bed("normal")
    job = partial(solve_all, towns, threads=2)
    (seconds,) = interleaved(job, runs=2, clock=time.perf_counter)
    households = sum(int(town.households.sum()) for town in towns)
    yield Row(
        "regrid.wall_s",
        f"{len(towns)} communities, {households} households, 2 threads",
        value=min(seconds),
        bar=20.0,
        note="compiled before",
        raw={"seconds": seconds},
    )


def growth() -> Iterator[Row]:
    """Linear in communities: the normal bed twice against once, in turns."""
    towns = bed("normal")
    once, twice = partial(solve_all, towns), partial(solve_all, towns + towns)
    double, single = interleaved(twice, once, runs=GROWTH_RUNS)
    yield ratio(
        "regrid.growth",
        f"CPU of {2 * len(towns)} communities (normal twice) against {len(towns)}",
        double,
        single,
        bar=2.2,
        peer_name="once",
    )


def elsewhere() -> Iterator[Row]:
    """Seeded communities that no file holds: all in range or with a reason."""
    good = made = silent = 0
    for seed in range(20):
        for lumpy in (False, True):
            town = beds.made_up(seed, lumpy=lumpy)
            plan = solve(town)
            silent += plan.status == "unsolved"
            if not plan.certificates:
                fits, count = divide_peers.in_range(town, plan.labels)
                good, made = good + fits, made + count
    if not made:
        message = "no community without a certificate"
        raise Skip(message)
    yield Row(
        "regrid.in_range_made_up",
        "40 seeded communities that no file holds",
        value=good / made,
        note=f"{good} of {made} grids; neither plan nor proof: {silent}",
    )


BENCHES = [
    Bench(("regrid.in_range_normal", "regrid.in_range_hard"), in_range),
    Bench(("regrid.in_range_made_up",), elsewhere),
    Bench(("regrid.published_optima",), published),
    Bench(("regrid.certified_hits", "regrid.certified_gap"), certified),
    Bench(("regrid.cut_vs_metis_normal", "regrid.cut_vs_metis_hard"), against_metis),
    Bench(("regrid.cpu_vs_metis",), metis_cpu),
    Bench(("regrid.avoidable_splits", "regrid.split_share"), splits),
    Bench(("regrid.change_vs_bound",), change),
    Bench(
        ("regrid.vs_gerrychain",),
        slow_peer(
            "regrid.vs_gerrychain",
            divide_peers.gerrychain,
            0.65,
            "weighted cut, first ten; short bursts, 300 plans",
        ),
    ),
    Bench(
        ("regrid.vs_maxp",),
        slow_peer(
            "regrid.vs_maxp", divide_peers.maxp, 0.45, "weighted cut, first ten; spopt"
        ),
    ),
    Bench(
        ("regrid.vs_kmeans",),
        slow_peer(
            "regrid.vs_kmeans", divide_peers.kmeans, 0.60, "weighted cut, first ten"
        ),
    ),
    Bench(("regrid.wall_s",), wall),
    Bench(("regrid.growth",), growth),
]

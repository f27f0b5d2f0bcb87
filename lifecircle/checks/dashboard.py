"""One row per community and rule family: what share of the requirements is met."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lifecircle.checks.measures.registry import FAMILIES, MEASURES
from lifecircle.columns import DASHBOARD

if TYPE_CHECKING:
    from pandas import DataFrame, Series

    from lifecircle.model import District, Findings

__all__ = ["community_of", "dashboard", "requirements"]

_RANK = {"fail": 0, "not_assessed": 1, "pass": 2, "benchmark": 3, "reference": 4}
"""A requirement of a community fails with one row, and passes with all."""


def requirements(district: District, findings: Findings) -> DataFrame:
    """Every rule of every community as one requirement with one verdict.

    Rows of grids, compounds, buildings and facilities count for their community:
    one failing row fails the requirement; without one, a row that is not assessed
    leaves it open; all must pass. Rows of subdistricts and of the district are not
    a community's and are left out.

    Parameters
    ----------
    district : District
        Says which community each unit lies in.
    findings : Findings
        From ``check``.

    Returns
    -------
    DataFrame
        ``community_id``, ``rule_id``, ``verdict``, ``force``, ``family``, ``draft``.

    Examples
    --------
    >>> from lifecircle.checks.evaluate import check
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> findings = check(toy.district, toy.access, read_rule_book("decheng"))
    >>> found = requirements(toy.district, findings)
    >>> found.query("rule_id == 'DC-R02'")["verdict"].tolist()
    ['pass', 'fail']
    """
    rows = findings.rows
    home = community_of(district, rows)
    force = {
        (book.book_id, rule.rule_id): rule.force
        for book in findings.books
        for rule in book.rules
    }
    keys = zip(rows["book_id"], rows["rule_id"], strict=True)
    table = pd.DataFrame(
        {
            "community_id": home.to_numpy(dtype=object),
            "rule_id": rows["rule_id"].to_numpy(dtype=object),
            "book_id": rows["book_id"].to_numpy(dtype=object),
            "rank": rows["verdict"].map(_RANK).to_numpy(dtype=int),
            "force": [force.get(key, "must") for key in keys],
            "family": [_family(kind) for kind in rows["kind"]],
            "draft": rows["draft"].to_numpy(dtype=bool),
        }
    )
    table = table[table["community_id"].notna()]
    grouped = table.groupby(["community_id", "book_id", "rule_id"], sort=True)
    worst = grouped.agg(
        {"rank": "min", "force": "first", "family": "first", "draft": "first"}
    )
    names = {rank: verdict for verdict, rank in _RANK.items()}
    return (
        worst.assign(verdict=worst["rank"].map(names))
        .drop(columns="rank")
        .reset_index()
    )


def _family(kind: str) -> str:
    return MEASURES[kind].family if kind in MEASURES else "register"


def community_of(district: District, rows: DataFrame) -> Series:
    """Community of every finding's unit.

    Parameters
    ----------
    district : District
        Its grids, compounds, buildings and facilities name their community.
    rows : DataFrame
        ``columns.FINDINGS``.

    Returns
    -------
    Series
        ``community_id``; missing above the level of communities.

    Examples
    --------
    >>> rows = pd.DataFrame({"level": ["grid", "district"], "unit_id": ["G1", "toy"]})
    >>> community_of(toy.district, rows).dropna().tolist()
    ['C1']
    """
    tables = {
        "grid": (district.grids, "grid_id"),
        "compound": (district.compounds, "compound_id"),
        "building": (district.buildings, "building_id"),
        "facility": (district.facilities, "facility_id"),
        "catchment": (district.facilities, "facility_id"),
    }
    level = rows["level"]
    home = rows["unit_id"].where(level == "community", None).astype(object)
    for name, (frame, key) in tables.items():
        of = frame.set_index(key)["community_id"]
        here = level == name
        home = home.where(~here, rows["unit_id"].map(of))
    return home


def dashboard(district: District, findings: Findings) -> DataFrame:
    """Share of the assessed requirements that each community meets, by family.

    ``requirements that pass / requirements assessed`` (pass or fail), for what must
    and what should be apart; what is not assessed is counted beside it and in no
    share. Benchmarks, and rules of books that do not bind, are counted, not scored.
    Rules from memory (``drafts``) are scored and counted, so that they can be seen.

    Parameters
    ----------
    district : District
        ``communities``.
    findings : Findings
        From ``check``.

    Returns
    -------
    DataFrame
        ``columns.DASHBOARD``: by community, families in the order of ``FAMILIES``;
        families without a requirement are left out; a share is NaN where nothing
        is assessed.

    Examples
    --------
    >>> from lifecircle.checks.evaluate import check
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> findings = check(toy.district, toy.access, read_rule_book("hefei"))
    >>> table = dashboard(toy.district, findings).query("family == 'area'")
    >>> table[["unit_id", "must_met", "must_assessed"]].values.tolist()
    [['C1', 2, 2], ['C2', 0, 2]]
    """
    found = requirements(district, findings)
    counts: dict[str, Series] = {}
    for force in ("must", "should"):
        ours = found["force"].isin(
            ("should", "may") if force == "should" else ("must",)
        )
        assessed = ours & found["verdict"].isin(("pass", "fail"))
        counts[f"{force}_met"] = assessed & (found["verdict"] == "pass")
        counts[f"{force}_assessed"] = assessed
    counts["not_assessed"] = found["verdict"] == "not_assessed"
    counts["benchmarks"] = found["verdict"] == "benchmark"
    counts["references"] = found["verdict"] == "reference"
    counts["drafts"] = found["draft"].astype(bool)
    table = found[["community_id", "family"]].assign(**counts)
    sums = table.groupby(["community_id", "family"], sort=True).sum().reset_index()
    for force in ("must", "should"):
        number = sums[f"{force}_assessed"].to_numpy(dtype=float)
        met = sums[f"{force}_met"].to_numpy(dtype=float)
        sums[f"{force}_share"] = met / np.where(number > 0, number, np.nan)
    order = {family: place for place, family in enumerate(FAMILIES)}
    sums["place"] = sums["family"].map(order)
    sums = sums.sort_values(["community_id", "place"], ignore_index=True)
    names = district.communities.set_index("community_id")
    made = sums.assign(
        unit_id=sums["community_id"],
        unit_name=sums["community_id"].map(names["name"]),
        subdistrict_id=sums["community_id"].map(names["subdistrict_id"]),
    )
    return made[list(DASHBOARD)]

"""What every area rule lacks, in square metres, from communities up to the city."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lifecircle.checks.dashboard import community_of
from lifecircle.checks.measures.area import PER
from lifecircle.checks.rollup import CITY
from lifecircle.columns import MISSING_AREA

if TYPE_CHECKING:
    from pandas import DataFrame, Series

    from lifecircle.model import District, Findings

__all__ = ["AREA_KINDS", "missing_m2", "roll_up_area"]

AREA_KINDS = (*PER, "min_area")
"""Kinds that lack square metres where they fall short."""

_LEVELS = ("city", "district", "subdistrict", "community")


def missing_m2(rows: DataFrame) -> Series:
    """Square metres that each finding of an area rule lacks.

    ``standard * households / 100 - area`` (persons; persons / 1,000); of a mean,
    ``(standard - mean) * facilities``; of a total or a single facility the shortfall
    itself.

    Parameters
    ----------
    rows : DataFrame
        ``columns.FINDINGS``.

    Returns
    -------
    Series
        m²: 0 where the standard is met, NaN where not assessed.

    Examples
    --------
    28 m² per 100 for 2,900 households, where 30 are asked: 58 m².

    >>> row = {"kind": "area_per_100_households", "verdict": "fail", "shortfall": 2.0}
    >>> row |= {"measured": 28.0, "threshold_min": 30.0}
    >>> row |= {"numerator": 812.0, "denominator": 2900.0}
    >>> missing_m2(pd.DataFrame([row])).tolist()
    [58.0]
    """
    factor = rows["kind"].map({kind: per for kind, (per, of, _) in PER.items() if of})
    asked = rows["threshold_min"] * rows["denominator"] / factor.astype(float)
    amount = (asked - rows["numerator"]).where(factor.notna(), rows["shortfall"])
    of_mean = rows["kind"] == "mean_area"
    amount = amount.where(~of_mean, rows["shortfall"] * rows["denominator"])
    below = (rows["shortfall"] > 0) & (rows["measured"] < rows["threshold_min"])
    return amount.where(below, 0.0).where(rows["verdict"] != "not_assessed")


def roll_up_area(district: District, findings: Findings) -> DataFrame:
    """Missing square metres of every area rule, summed from communities upwards.

    Findings of facilities and compounds count for their community; those of a
    subdistrict or the district begin at their own level. What is not assessed is
    counted and never taken for zero. Rules of books that do not bind, and
    benchmarks, are rolled up like the rest: the rule says what it is.

    Parameters
    ----------
    district : District
        Says which community each unit lies in.
    findings : Findings
        From ``check``.

    Returns
    -------
    DataFrame
        ``columns.MISSING_AREA``: rules that lack most first; within a rule the city,
        district, subdistricts, communities, of each level the most lacking first.

    Examples
    --------
    C2 lacks 30 m² per 100 for 120 households: 36 m², the same up to the city.

    >>> from lifecircle.checks.evaluate import check
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> findings = check(toy.district, toy.access, read_rule_book("hefei"))
    >>> table = roll_up_area(toy.district, findings).query("rule_id == 'HF-R01'")
    >>> table[["level", "missing_m2", "short", "met"]].values.tolist()[:2]
    [['city', 36.0, 1, 1], ['district', 36.0, 1, 1]]
    """
    rows = findings.rows[findings.rows["kind"].isin(AREA_KINDS)]
    missing = missing_m2(rows)
    parts = pd.DataFrame(
        {
            "rule_id": rows["rule_id"],
            "facility_class": rows["facility_class"].fillna(""),
            "missing_m2": missing,
            "short": (missing > 0).astype(int),
            "met": (missing == 0).astype(int),
            "not_assessed": missing.isna().astype(int),
        }
    )
    units = _units(district, rows)
    frames = [
        _level_sums(parts.assign(unit_id=units[level]), level) for level in _LEVELS
    ]
    table = pd.concat(frames, ignore_index=True)
    table["unit_name"] = _names(district, table)
    table["rank"] = (
        table["missing_m2"]
        .where(table["missing_m2"] > 0)
        .groupby([table["rule_id"], table["facility_class"], table["level"]])
        .rank(method="min", ascending=False)
    )
    return _ordered(table)[list(MISSING_AREA)]


def _units(district: District, rows: DataFrame) -> dict[str, Series]:
    """Unit of every finding at every level; None below the finding's own."""
    home = community_of(district, rows)
    of = district.communities.set_index("community_id")["subdistrict_id"]
    own = rows["unit_id"].where(rows["level"] == "subdistrict", None)
    return {
        "city": pd.Series(CITY, index=rows.index, dtype=object),
        "district": pd.Series(
            district.config.district_id, index=rows.index, dtype=object
        ),
        "subdistrict": home.map(of).astype(object).fillna(own.astype(object)),
        "community": home,
    }


def _level_sums(parts: DataFrame, level: str) -> DataFrame:
    grouped = parts.groupby(["rule_id", "facility_class", "unit_id"], sort=False)
    sums = grouped[["short", "met", "not_assessed"]].sum()
    sums["missing_m2"] = grouped["missing_m2"].sum(min_count=1)
    return sums.reset_index().assign(level=level)


def _names(district: District, table: DataFrame) -> list[str]:
    communities = district.communities
    names = {
        **dict(zip(communities["community_id"], communities["name"], strict=True)),
        CITY: district.config.name,
        district.config.district_id: district.config.name,
    }
    streets = dict(
        zip(communities["subdistrict_id"], communities["subdistrict_name"], strict=True)
    )
    return [
        str((streets if level == "subdistrict" else names).get(unit, unit))
        for level, unit in zip(table["level"], table["unit_id"], strict=True)
    ]


def _ordered(table: DataFrame) -> DataFrame:
    """Rules that lack most first; levels from above; most lacking first."""
    keys = ["rule_id", "facility_class"]
    whole = table[table["level"] == "city"].set_index(keys)["missing_m2"]
    total = pd.MultiIndex.from_frame(table[keys]).map(whole.to_dict())
    level = table["level"].map({name: place for place, name in enumerate(_LEVELS)})
    order = np.lexsort(
        (
            table["unit_id"].to_numpy(dtype=str),
            -table["missing_m2"].fillna(-1.0).to_numpy(),
            level.to_numpy(),
            table["facility_class"].to_numpy(dtype=str),
            pd.factorize(table["rule_id"])[0],
            -np.nan_to_num(np.asarray(total, dtype=float), nan=-1.0),
        )
    )
    return table.iloc[order].reset_index(drop=True)

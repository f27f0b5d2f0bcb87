"""Where a district falls short, and for whom: gap areas and amounts to provide."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.checks.clusters import cluster, hull
from lifecircle.checks.measures.coverage import is_walked, walks, within_limit
from lifecircle.checks.units import estimated, in_scope
from lifecircle.columns import GAP_AREAS, SHORTFALLS
from lifecircle.model import Gaps

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame
    from shapely.geometry.base import BaseGeometry

    from lifecircle.model import District, Findings, Rule

__all__ = ["LINK_M", "amounts_to_provide", "find_gaps", "unserved_buildings"]

logger = logging.getLogger(__name__)

LINK_M = 60.0
"""Unserved buildings up to this far apart belong to one gap area, metres."""

_NEAR_BARRIER_M = 50.0
_AMOUNT_UNITS = {"m2_per_100_households": "m2"}


def find_gaps(district: District, access: DataFrame, findings: Findings) -> Gaps:
    """Turn findings into places, people and amounts to provide.

    For every walking rule the unserved buildings of the communities that it is
    about are joined to gap areas; a class that is not declared complete has none,
    since absence proves nothing there. All areas are listed, however small.

    Parameters
    ----------
    district : District
        The checked tables.
    access : DataFrame
        ``columns.ACCESS``.
    findings : Findings
        From ``check``.

    Returns
    -------
    Gaps
        ``areas`` (``columns.GAP_AREAS``): by rule, most households first;
        ``community_ids`` and ``building_ids`` are joined by ``;``. ``shortfalls``
        (``columns.SHORTFALLS``): by rule, largest share of the standard first.

    Examples
    --------
    >>> from lifecircle.checks.evaluate import check
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> findings = check(toy.district, toy.access, read_rule_book("hefei"))
    >>> gaps = find_gaps(toy.district, toy.access, findings)
    >>> gaps.shortfalls[["rule_id", "unit_id", "shortfall"]].values.tolist()
    [['HF-R01', 'C2', 36.0], ['HF-R02', 'C2', 36.0]]
    """
    land = shapely.union_all(district.communities.geometry.to_numpy())
    rules = [
        rule
        for book in findings.books
        for rule in book.rules
        if rule.kind == "walk_minutes_coverage"
    ]
    rows = [
        row for rule in rules for row in _areas_of(rule, district, access, land=land)
    ]
    areas = gpd.GeoDataFrame(
        pd.DataFrame(rows, columns=list(GAP_AREAS)),
        geometry="geometry",
        crs=district.crs,
    )
    logger.info("gaps: %d areas of %d walking rules", len(areas), len(rules))
    return Gaps(areas=areas, shortfalls=amounts_to_provide(findings.rows))


def unserved_buildings(
    district: District, access: DataFrame, rule: Rule
) -> GeoDataFrame:
    """Buildings that no counted facility serves within the rule's limit.

    Parameters
    ----------
    district : District
        The checked tables.
    access : DataFrame
        ``columns.ACCESS``.
    rule : Rule
        Of kind ``walk_minutes_coverage``.

    Returns
    -------
    GeoDataFrame
        Rows of ``district.buildings`` with households, in communities that the
        rule is about; none if the class is not declared complete or no walks were
        computed.

    Examples
    --------
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = read_rule_book("hefei").rules[2]
    >>> len(unserved_buildings(toy.district, toy.access, rule))
    0
    """
    buildings = district.buildings
    complete = district.complete_classes.issuperset(rule.classes)
    if not (complete and is_walked(district, access, rule)):
        return buildings.iloc[:0]
    communities = in_scope(district.communities, rule)
    minutes = walks(access, rule, buildings["building_id"]).to_numpy(dtype=float)
    limit_min = float(rule.value_max or 0.0)
    unserved = (
        buildings["community_id"].isin(communities["community_id"])
        & (buildings["households"] > 0)
        & ~within_limit(minutes, limit_min=limit_min)
    )
    return buildings[unserved].sort_values("building_id", ignore_index=True)


def _areas_of(
    rule: Rule, district: District, access: DataFrame, *, land: BaseGeometry
) -> list[dict[str, object]]:
    """Gap areas of one rule, numbered by households, ties by first building."""
    unserved = unserved_buildings(district, access, rule)
    if unserved.empty:
        return []
    barriers = district.barriers.geometry.to_numpy()
    labels = cluster(unserved.geometry.to_numpy(), barriers, within_m=LINK_M)
    groups = [unserved[labels == label] for label in range(int(labels.max()) + 1)]
    groups.sort(
        key=lambda group: (-group["households"].sum(), group["building_id"].iloc[0])
    )
    tree = shapely.STRtree(barriers)
    rows = []
    for number, group in enumerate(groups, start=1):
        shapes = group.geometry.to_numpy()
        near = np.unique(
            tree.query(shapes, predicate="dwithin", distance=_NEAR_BARRIER_M)[1]
        )
        rows.append(
            {
                "gap_id": f"{rule.rule_id}-{number}",
                "rule_id": rule.rule_id,
                "facility_class": "+".join(rule.classes),
                "walker": rule.walker,
                "limit_min": rule.value_max,
                **_people(group),
                "geometry": hull(shapes, barriers[near], land),
            }
        )
    return rows


def _people(group: GeoDataFrame) -> dict[str, object]:
    households = group["households"].to_numpy(dtype=float)
    guessed = households[estimated(group, "households")].sum()
    return {
        "households": float(households.sum()),
        # Unknown in one building is unknown in sum.
        "persons": float(group["persons"].sum(skipna=False)),
        "elderly": float(group["elderly"].sum(skipna=False)),
        "buildings": len(group),
        "estimated_share": float(guessed / households.sum()),
        "community_ids": ";".join(sorted(set(group["community_id"]))),
        "building_ids": ";".join(group["building_id"]),
    }


def amounts_to_provide(rows: DataFrame) -> DataFrame:
    """Failing findings as amounts: m², people to be served, households, addresses.

    An area rule's amount is ``threshold / 100 * households - area``; a coverage
    rule's ``share needed * people - people served``; any other is the distance to
    its band.

    Parameters
    ----------
    rows : DataFrame
        ``columns.FINDINGS``.

    Returns
    -------
    DataFrame
        ``columns.SHORTFALLS``, rules in the order given, largest share of the
        standard first; rows of single addresses are left out.

    Examples
    --------
    28 m² per 100 for 2,900 households, where 30 are asked: 58 m² to provide.

    >>> row = {
    ...     **{"rule_id": "R", "level": "community", "unit_id": "7", "unit_name": "七"},
    ...     **{"kind": "area_per_100_households", "verdict": "fail", "measured": 28.0},
    ...     **{"threshold_min": 30.0, "numerator": 812.0, "denominator": 2900.0},
    ...     **{"shortfall": 2.0, "shortfall_share": 2 / 30, "affected_unit": ""},
    ...     "unit_of_measure": "m2_per_100_households",
    ... }
    >>> amounts_to_provide(pd.DataFrame([row]))["shortfall"].tolist()
    [58.0]
    """
    failing = rows[(rows["verdict"] == "fail") & (rows["level"] != "building")]
    kind = failing["kind"]
    scale = failing["denominator"].where(
        kind == "walk_minutes_coverage", failing["denominator"] / 100
    )
    of_people = kind.isin(["area_per_100_households", "walk_minutes_coverage"])
    amount = failing["shortfall"].where(
        ~of_people, failing["threshold_min"] * scale - failing["numerator"]
    )
    unit = failing["unit_of_measure"].replace(_AMOUNT_UNITS)
    unit = unit.where(kind != "walk_minutes_coverage", failing["affected_unit"])
    made = failing.assign(shortfall=amount, unit_of_measure=unit)
    order = {rule: place for place, rule in enumerate(rows["rule_id"].unique())}
    made = made.assign(place=made["rule_id"].map(order)).sort_values(
        ["place", "shortfall_share", "unit_id"],
        ascending=[True, False, True],
        kind="stable",
    )
    return made[list(SHORTFALLS)].reset_index(drop=True)

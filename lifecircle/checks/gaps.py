"""Where a district falls short, and for whom: gap areas and amounts to provide."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from lifecircle.checks.binding import binds, places_of
from lifecircle.checks.clusters import Outlines, components, links
from lifecircle.checks.evaluate import skipped
from lifecircle.checks.inputs import Inputs, prepare
from lifecircle.checks.measures.area import PER
from lifecircle.checks.measures.coverage import limit_of, reach_of, within_limit
from lifecircle.checks.measures.registry import REACH_KINDS
from lifecircle.checks.measures.straight import is_of_centres
from lifecircle.checks.units import estimated, in_scope
from lifecircle.columns import GAP_AREAS, SHORTFALLS
from lifecircle.model import Gaps
from lifecircle.unions import union_of

if TYPE_CHECKING:
    import numpy.typing as npt
    from geopandas import GeoDataFrame
    from pandas import DataFrame

    from lifecircle.model import District, Findings, Rule

__all__ = ["LINK_M", "amounts_to_provide", "find_gaps", "unserved_buildings"]

logger = logging.getLogger(__name__)

LINK_M = 60.0
"""Unserved buildings up to this far apart belong to one gap area, metres."""

_AMOUNT_UNITS = {unit: "m2" for _, _, unit in PER.values()}


def find_gaps(district: District, access: DataFrame, findings: Findings) -> Gaps:
    """Turn findings into places, people and amounts to provide.

    For every rule of reach (minutes, metres, straight line: ``REACH_KINDS``) the
    unserved buildings of the communities that it is about are joined to gap areas; a
    class that is not declared complete has none, since absence proves nothing there.
    Classes that a rule tests apart have areas of their own. All areas are listed,
    however small. Books that do not bind the district make none: who is out of
    their reach is counted by ``roll_up_reach``.

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
    >>> gaps.shortfalls[["rule_id", "unit_id", "shortfall"]].values.tolist()[:2]
    [['HF-R01', 'C2', 36.0], ['HF-R02', 'C2', 36.0]]
    """
    inputs = prepare(district, access, books=findings.books)
    places = places_of(district.config, findings.books)
    rules = [
        rule
        for book in findings.books
        for rule in book.rules
        if binds(rule, book, config=district.config, places=places)
        and rule.kind in REACH_KINDS
        and rule.classes
        and not is_of_centres(rule)
        and not skipped(rule, district.config)
    ]
    homes = _Homes(inputs)
    rows = [row for rule in rules for row in _areas_of(rule, inputs, homes)]
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
        Of a kind in ``REACH_KINDS``: minutes or metres on foot, or a straight line.

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
    unserved = _unserved(prepare(district, access), rule)
    return district.buildings[unserved].sort_values("building_id", ignore_index=True)


def _unserved(inputs: Inputs, rule: Rule) -> npt.NDArray[np.bool_]:
    """Which buildings no counted facility serves, in their order."""
    district = inputs.district
    buildings = district.buildings
    complete = district.complete_classes.issuperset(rule.classes)
    reach, answered = reach_of(inputs, rule)
    if not (complete and answered):
        return np.zeros(len(buildings), dtype=bool)
    communities = in_scope(district.communities, rule)
    unserved = (
        buildings["community_id"].isin(communities["community_id"])
        & (buildings["households"] > 0)
        & ~within_limit(reach, limit_min=limit_of(rule))
    )
    return np.asarray(unserved)


class _Homes:
    """The district's buildings by id, as the gap areas of all rules read them."""

    def __init__(self, inputs: Inputs) -> None:
        district = inputs.district
        buildings = district.buildings
        self.order = np.argsort(buildings["building_id"].to_numpy(), kind="stable")
        homes = buildings.iloc[self.order]
        self.ids = homes["building_id"].to_numpy()
        self.communities = homes["community_id"].to_numpy()
        self.people = {
            name: homes[name].to_numpy(dtype=float)
            for name in ("households", "persons", "elderly")
        }
        self.guessed = np.where(
            estimated(homes, "households"), self.people["households"], 0.0
        )
        shapes = homes.geometry.to_numpy()
        barriers = district.barriers.geometry.to_numpy()
        land = union_of(district.communities.geometry.to_numpy())
        self.links = links(shapes, barriers, within_m=LINK_M)
        self.outlines = Outlines(shapes, barriers, land)

    def groups(self, unserved: npt.NDArray[np.bool_]) -> list[npt.NDArray[np.intp]]:
        """Unserved buildings (in the table's order), neighbours together, by id."""
        alone = unserved[self.order]
        first, second = self.links
        both = alone[first] & alone[second]
        root = components(len(alone), first[both], second[both])
        members = np.flatnonzero(alone)
        members = members[np.argsort(root[members], kind="stable")]
        ends = np.flatnonzero(np.diff(root[members])) + 1
        return np.split(members, ends) if len(members) else []


def _areas_of(rule: Rule, inputs: Inputs, homes: _Homes) -> list[dict[str, object]]:
    """Gap areas of one rule, numbered by households, ties by first building."""
    timed = rule.kind == "walk_minutes_coverage"
    alone = (
        [rule]
        if rule.pool
        else [replace(rule, classes=(name,)) for name in rule.classes]
    )
    groups = [
        (one, group) for one in alone for group in homes.groups(_unserved(inputs, one))
    ]
    households = homes.people["households"]
    groups.sort(
        key=lambda pair: (
            -households[pair[1]].sum(),
            homes.ids[pair[1][0]],
            pair[0].classes,
        )
    )
    return [
        {
            "gap_id": f"{rule.rule_id}-{number}",
            "rule_id": rule.rule_id,
            "facility_class": "+".join(one.classes),
            "walker": rule.walker,
            # A limit in metres is the rule's own: never turned into minutes.
            "limit_min": limit_of(rule) if timed else float("nan"),
            **_people(homes, group),
            "geometry": homes.outlines.around(group),
        }
        for number, (one, group) in enumerate(groups, start=1)
    ]


def _people(homes: _Homes, group: npt.NDArray[np.intp]) -> dict[str, object]:
    # Unknown in one building is unknown in sum.
    sums = {name: float(values[group].sum()) for name, values in homes.people.items()}
    return {
        **sums,
        "buildings": len(group),
        "estimated_share": float(homes.guessed[group].sum()) / sums["households"],
        "community_ids": ";".join(sorted(set(homes.communities[group]))),
        "building_ids": ";".join(homes.ids[group]),
    }


def amounts_to_provide(rows: DataFrame) -> DataFrame:
    """Failing findings as amounts: m², people to be served, households, addresses.

    An area rule's amount is ``threshold * households / 100 - area`` (or persons, or
    persons / 1,000); a rule of reach's ``share needed * people - people served``; any
    other is the distance to its band.

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
    factor = kind.map({name: per for name, (per, weight, _) in PER.items() if weight})
    reach = kind.isin(REACH_KINDS) & (failing["unit_of_measure"] == "share")
    scale = (failing["denominator"] / factor.astype(float)).where(
        ~reach, failing["denominator"]
    )
    amount = failing["shortfall"].where(
        scale.isna() | ~(failing["measured"] < failing["threshold_min"]),
        failing["threshold_min"] * scale - failing["numerator"],
    )
    unit = failing["unit_of_measure"].replace(_AMOUNT_UNITS)
    unit = unit.where(~reach, failing["affected_unit"])
    made = failing.assign(shortfall=amount, unit_of_measure=unit)
    order = {rule: place for place, rule in enumerate(rows["rule_id"].unique())}
    made = made.assign(place=made["rule_id"].map(order)).sort_values(
        ["place", "shortfall_share", "unit_id"],
        ascending=[True, False, True],
        kind="stable",
    )
    return made[list(SHORTFALLS)].reset_index(drop=True)

"""Rules of projects and structure: phases, levels and tiers that are there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lifecircle.checks.facts import fact_values
from lifecircle.checks.levels import scoped
from lifecircle.checks.measures.register import fact_rows
from lifecircle.checks.measures.rows import begin_rows, shown_unit
from lifecircle.checks.serving import offered

if TYPE_CHECKING:
    from pandas import DataFrame

    from lifecircle.checks.inputs import Inputs
    from lifecircle.model import District, Rule

__all__ = [
    "SEVEN_LEVELS",
    "level_rows",
    "levels_present",
    "portfolio_of",
    "portfolio_rows",
    "tier_rows",
]

SEVEN_LEVELS = (
    *("city", "district", "subdistrict", "community"),
    *("compound", "building", "grid"),
)
"""市、区、街道、社区、小区、楼栋、网格 (Hefei HF-R22)."""

_TOLD_BY = {
    "subdistrict": "subdistrict_id",
    "community": "communities",
    "compound": "compounds",
    "building": "buildings",
    "grid": "grids",
}
"""Level -> the table or column that says that it is there."""

STATUSES = ("built", "under_construction", "planned")


def levels_present(district: District) -> tuple[str, ...]:
    """Which of the seven levels have units; a district always lies in one city.

    Parameters
    ----------
    district : District
        The checked tables.

    Returns
    -------
    tuple of str
        From the city down.

    Examples
    --------
    >>> len(levels_present(toy.district))
    7
    """
    there = {
        "city": True,
        "district": True,
        "subdistrict": bool(district.communities["subdistrict_id"].notna().any()),
        "community": not district.communities.empty,
        "compound": not district.compounds.empty,
        "building": not district.buildings.empty,
        "grid": not district.grids.empty,
    }
    return tuple(level for level in SEVEN_LEVELS if there[level])


def level_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Count the levels that the district has, of those that the rule names.

    ``number of levels in tiers that have units`` (Hefei HF-R22: seven; Tongguanshan
    TG-R03: 区—社区, a tier may be absent; RULES.md 3.1). A level of which no table
    tells is not thereby absent: the rule is not assessed. That there are no
    subdistricts is said by the fact ``subdistricts``, 0.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of kind ``structure_levels``; ``tiers`` names the levels, else all seven.

    Returns
    -------
    DataFrame
        One row for ``judge``; numerator levels present, denominator levels named.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = replace(read_rule_book("hefei").rules[0], level="city", unit="levels")
    >>> level_rows(prepare(toy.district, None), rule)["measured"].tolist()
    [7.0]
    """
    units, _ = scoped(inputs, rule)
    rows = begin_rows(units, rule, unit_of_measure=shown_unit(rule))
    named = [tier for tier in rule.tiers if tier in SEVEN_LEVELS] or list(SEVEN_LEVELS)
    # Two tiers 区—社区 also say that there is no other between them.
    between = ["subdistrict"] if "community" in named else []
    asked = list(dict.fromkeys([*named, *between]))
    present = set(levels_present(inputs.district))
    absent = {"subdistrict"} if _no_subdistricts(inputs) else set()
    unknown = [level for level in asked if level not in present | absent]
    count = float(sum(level in present for level in asked))
    return rows.assign(
        measured=count,
        numerator=count,
        denominator=float(len(named)),
        exposed=units["households"].to_numpy(dtype=float),
        reason="checks.levels_unknown" if unknown else None,
        missing_inputs="+".join(_TOLD_BY[level] for level in unknown) or None,
    )


def _no_subdistricts(inputs: Inputs) -> bool:
    """Whether a register of the city or the district says that it has none."""
    levels = ("city", "district")
    values = [fact_values(inputs, level, "subdistricts") for level in levels]
    return any((value == 0).any() for value in values)


def tier_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Count the tiers of facilities that the district has; or take a fact.

    ``number of classes with a facility in use`` (Hefei HF-R05: street centre,
    community centre, zone station; RULES.md 3.1). A class that is absent and not
    declared complete leaves a lower bound.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of kind ``structure_tiers``; ``classes``, one a tier, or ``inputs``.

    Returns
    -------
    DataFrame
        One row for ``judge``; numerator tiers present, denominator tiers named.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = replace(read_rule_book("hefei").rules[0], level="district")
    >>> tier_rows(prepare(toy.district, None), rule)["measured"].tolist()
    [1.0]
    """
    if rule.inputs or not rule.classes:
        return fact_rows(inputs, rule)
    units, _ = scoped(inputs, rule)
    rows = begin_rows(units, rule, unit_of_measure=shown_unit(rule))
    present = set(offered(inputs, rule)["facility_class"])
    absent = set(rule.classes) - present
    count = float(len(present))
    soft = None if absent <= inputs.district.complete_classes else "class_incomplete"
    return rows.assign(
        measured=count,
        numerator=count,
        denominator=float(len(rule.classes)),
        # No more tiers than are named: the bound is open above.
        threshold_max=np.nan,
        exposed=units["households"].to_numpy(dtype=float),
        reason_if_short=None if soft is None else f"checks.{soft}",
    )


def portfolio_of(district: District, classes: tuple[str, ...]) -> DataFrame:
    """Projects by status: how many, and of what area.

    ``count and sum(floor_area_m2)`` by status (Baohe BH-R17: 25 built + 24 under
    construction + 12 planned = 61 projects; 12.5 + 34.4 + 20.3 = 67.2, where the
    source states 67.3: within 0.1; RULES.md 3.1). Without a table of projects the
    facilities stand in, each with its own status.

    Parameters
    ----------
    district : District
        ``projects``; else ``facilities``, ``facility_classes``.
    classes : tuple of str
        Facility classes; none = all. A project that names no class counts for all.

    Returns
    -------
    DataFrame
        ``status`` (all three), ``projects``, ``floor_area_m2`` (NaN if one is
        unknown).

    Examples
    --------
    >>> portfolio_of(toy.district, ("ELD.CANTEEN",)).values.tolist()
    [['built', 1, 150.0], ['under_construction', 1, 90.0], ['planned', 0, 0.0]]
    """
    listed = _listed(district, classes)
    groups = listed.groupby("status")["floor_area_m2"]
    area = groups.apply(lambda part: part.sum(skipna=False)).reindex(list(STATUSES))
    count = groups.size().reindex(list(STATUSES))
    made = {
        "projects": count.fillna(0).astype(int),
        "floor_area_m2": area.where(count.notna(), 0.0),
    }
    return pd.DataFrame(made).rename_axis("status").reset_index()


def _listed(district: District, classes: tuple[str, ...]) -> DataFrame:
    """Projects of the classes, or facilities where there are no projects."""
    projects = district.projects
    if len(projects):
        of = projects["facility_class"]
        return projects[of.isna() | of.isin(classes) | (not classes)]
    offers = district.facility_classes
    ids = offers.loc[offers["facility_class"].isin(classes), "facility_id"]
    facilities = district.facilities
    return facilities[facilities["facility_id"].isin(ids) | (not classes)]


def portfolio_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Measure the phases of projects: statuses told apart, projects, or their area.

    With ``enum`` the number of statuses of ``tiers`` that some project has;
    otherwise the number of projects in these statuses, or (unit m²) their floor
    area (``portfolio_of``). ``basis`` says what is listed and which statuses count:
    ``projects+status_built+status_planned``.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of kind ``phase_portfolio``; ``tiers`` (else ``statuses``): which count.

    Returns
    -------
    DataFrame
        One row for ``judge``; numerator projects (or m²), denominator those of
        every status.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = replace(read_rule_book("hefei").rules[2], level="district", op="=")
    >>> rows = portfolio_rows(prepare(toy.district, None), rule)
    >>> rows[["measured", "denominator", "basis"]].values.tolist()
    [[1.0, 2.0, 'facilities+status_built']]
    """
    if rule.inputs:
        return fact_rows(inputs, rule)
    units, _ = scoped(inputs, rule)
    rows = begin_rows(units, rule, unit_of_measure=shown_unit(rule))
    table = portfolio_of(inputs.district, rule.classes).set_index("status")
    statuses = rule.tiers or rule.statuses
    source = "projects" if len(inputs.district.projects) else "facilities"
    basis = "+".join((source, *(f"status_{status}" for status in statuses)))
    rows = rows.assign(basis=basis, estimated_share=0.0)
    if table["projects"].sum() == 0:
        return rows.assign(reason="checks.no_projects", missing_inputs="projects")
    column = "floor_area_m2" if rule.unit == "m2" else "projects"
    chosen = table[column].reindex(list(statuses)).astype(float)
    amount = float(chosen.sum(skipna=False))
    measured = float((chosen > 0).sum()) if rule.op == "enum" else amount
    if rule.op == "enum":
        rows["threshold_min"] = float(len(statuses))
        rows["threshold_max"] = np.nan
    complete = inputs.district.complete_classes.issuperset(rule.classes)
    listed = source == "projects" or complete
    return rows.assign(
        measured=measured,
        numerator=amount,
        denominator=float(table[column].sum(skipna=False)),
        exposed=units["households"].to_numpy(dtype=float),
        reason="checks.area_unknown" if np.isnan(amount) else None,
        reason_if_short=None if listed else "checks.class_incomplete",
    )

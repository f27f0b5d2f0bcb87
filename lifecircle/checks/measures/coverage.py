"""Coverage rules: the share of people within a limit on foot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lifecircle.checks.measures.rows import begin_rows
from lifecircle.checks.units import estimated, in_scope

if TYPE_CHECKING:
    import numpy.typing as npt
    from pandas import DataFrame, Series

    from lifecircle.checks.inputs import Inputs
    from lifecircle.model import District, Rule

__all__ = [
    "coverage_rows",
    "is_walked",
    "served_share",
    "walks",
    "within_limit",
]

_SLACK_MIN = 1e-9
"""Limits are inclusive; a walk of 720 m at 0.8 m/s is 15 minutes, not more."""

_UNKNOWN = {
    "elderly": "checks.elderly_unknown",
    "children_0_3": "checks.children_unknown",
    "persons": "checks.persons_unknown",
}


def within_limit(
    walk_min: npt.NDArray[np.float64], *, limit_min: float
) -> npt.NDArray[np.bool_]:
    """Whether a walk is within the limit, inclusive; no walk (NaN) is not.

    Parameters
    ----------
    walk_min : float array
        Minutes.
    limit_min : float
        Minutes.

    Returns
    -------
    bool array

    Examples
    --------
    >>> within_limit(np.array([15.0, 15.1, np.nan]), limit_min=15)
    array([ True, False, False])
    """
    return walk_min <= limit_min + _SLACK_MIN


def served_share(
    weight: npt.NDArray[np.float64],
    walk_min: npt.NDArray[np.float64],
    *,
    limit_min: float,
) -> float:
    """Share of people within the limit on foot, in [0, 1].

    ``sum(weight where walk_min <= limit) / sum(weight)``: a share of people, never
    of buildings or cells (Hefei HF-R10, HF-R11; RULES.md 3.1).

    Parameters
    ----------
    weight : float array
        People (elderly, persons) or households of every building.
    walk_min : float array
        Minutes to the nearest facility; NaN = no walk, counts as unserved.
    limit_min : float
        Minutes, inclusive.

    Returns
    -------
    float
        NaN if nobody lives here.

    Examples
    --------
    30 of 30 + 50 + 20 people are within 15 minutes: 0.3.

    >>> served_share(
    ...     np.array([30.0, 50, 20]), np.array([15.0, 15.1, np.nan]), limit_min=15
    ... )
    0.3
    """
    total = float(weight.sum())
    if total <= 0:
        return float("nan")
    return float(weight[within_limit(walk_min, limit_min=limit_min)].sum()) / total


def walks(access: DataFrame, rule: Rule, building_ids: Series) -> Series:
    """Minutes from every building to the nearest facility that the rule counts.

    Parameters
    ----------
    access : DataFrame
        ``columns.ACCESS``.
    rule : Rule
        ``classes`` (the nearest of any), ``walker``, ``statuses``.
    building_ids : Series
        Which buildings, in which order.

    Returns
    -------
    Series
        ``walk_min``, indexed by ``building_id``; NaN = no walk.

    Examples
    --------
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = read_rule_book("hefei").rules[2]
    >>> ids = toy.district.buildings["building_id"]
    >>> walks(toy.access, rule, ids).notna().all()
    np.True_
    """
    rows = access[_asked(access, rule)]
    nearest = rows.groupby("building_id")["walk_min"].min()
    return nearest.reindex(building_ids)


def _asked(access: DataFrame, rule: Rule) -> Series:
    return (
        access["facility_class"].isin(rule.classes)
        & (access["walker"] == rule.walker)
        & (access["status_set"] == "+".join(rule.statuses))
    )


def is_walked(district: District, access: DataFrame, rule: Rule) -> bool:
    """Whether the access frame answers the rule.

    No rows are an answer only if no facility offers the rule's classes.

    Parameters
    ----------
    district : District
        ``facility_classes``.
    access : DataFrame
        ``columns.ACCESS``.
    rule : Rule
        ``classes``, ``walker``, ``statuses``.

    Returns
    -------
    bool

    Examples
    --------
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> is_walked(toy.district, toy.access, read_rule_book("hefei").rules[2])
    True
    """
    offered = set(district.facility_classes["facility_class"]) & set(rule.classes)
    answered = set(access.loc[_asked(access, rule), "facility_class"])
    return offered <= answered


def coverage_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Measure a walking rule in every community in its scope.

    The share needed is the source's, else the district's own (``rules.share``),
    else none: then the result is a benchmark (RULES.md 0b.5). Unserved people
    prove nothing where the class is not declared complete (0b.10).

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of kind ``walk_minutes_coverage``.

    Returns
    -------
    DataFrame
        Rows for ``judge``; ``measured`` is a share, numerator people served,
        denominator people.

    Examples
    --------
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = read_rule_book("hefei").rules[2]
    >>> rows = coverage_rows(prepare(toy.district, toy.access), rule)
    >>> rows[["measured", "denominator", "affected_unit"]].values.tolist()
    [[1.0, 240.0, 'elderly'], [1.0, 60.0, 'elderly']]
    """
    district, config = inputs.district, inputs.district.config
    units = in_scope(inputs.communities, rule)
    rows = begin_rows(units, rule, unit_of_measure="share")
    buildings = district.buildings
    minutes = walks(inputs.access, rule, buildings["building_id"]).to_numpy(dtype=float)
    members = buildings.groupby("community_id").indices
    people = [
        _people(buildings.iloc[members.get(unit, [])], rule)
        for unit in units["unit_id"]
    ]
    limit_min = float(rule.value_max or 0.0)
    served = np.array(
        [
            values[within_limit(minutes[members[unit]], limit_min=limit_min)].sum()
            if unit in members
            else 0.0
            for unit, (_, values, _) in zip(units["unit_id"], people, strict=True)
        ]
    )
    total = np.array([values.sum() for _, values, _ in people], dtype=float)
    needed = rule.share if rule.share is not None else config.shares.get(rule.rule_id)
    origin = "source" if rule.share is not None else "district"
    answered = is_walked(district, inputs.access, rule)
    complete = district.complete_classes.issuperset(rule.classes)
    known = (total > 0) & answered
    return rows.assign(
        measured=np.where(known, served / np.where(total > 0, total, np.nan), np.nan),
        numerator=np.where(known, served, np.nan),
        denominator=total,
        affected=np.where(known, total - served, np.nan),
        affected_unit=[weight for weight, _, _ in people],
        op=">=",
        threshold_min=np.nan if needed is None else needed,
        threshold_max=np.nan,
        threshold_origin=None if needed is None else origin,
        basis=[weight for weight, _, _ in people],
        estimated_share=[share for _, _, share in people],
        reason=np.array(_reasons(people, answered=answered), dtype=object),
        reason_if_short=None if complete else "checks.class_incomplete",
    )


def _people(
    buildings: DataFrame, rule: Rule
) -> tuple[str, npt.NDArray[np.float64], float]:
    """Weight of a community's buildings, and the share of households estimated."""
    weight = "persons" if rule.population == "all" else rule.population
    if weight == "persons" and buildings["persons"].isna().any():
        weight = "households"
    households = buildings["households"].to_numpy(dtype=float)
    all_households = households.sum()
    guessed = households[estimated(buildings, weight)].sum()
    share = guessed / all_households if all_households > 0 else 0.0
    # An empty building without a figure is empty, not unknown.
    values = buildings[weight].to_numpy(dtype=float)
    return weight, np.where((households == 0) & np.isnan(values), 0.0, values), share


def _reasons(
    people: list[tuple[str, npt.NDArray[np.float64], float]], *, answered: bool
) -> list[str | None]:
    reasons: list[str | None] = []
    for weight, values, _ in people:
        if np.isnan(values).any():
            reasons.append(_UNKNOWN[weight])
        elif values.sum() <= 0:
            reasons.append("checks.no_people")
        else:
            reasons.append(None if answered else "checks.no_access")
    return reasons

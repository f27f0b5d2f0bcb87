"""Coverage rules: the share of people within a limit, in minutes or metres."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from lifecircle.checks.inputs import Inputs, cached, walks_of
from lifecircle.checks.levels import scoped, units_at
from lifecircle.checks.measures.rows import begin_rows, ends
from lifecircle.checks.measures.straight import straight_m
from lifecircle.checks.places import level_key, member_pairs
from lifecircle.checks.uncertain import sealed_reach, speed_range
from lifecircle.checks.units import estimate_range, estimated
from lifecircle.checks.walking import is_answered, nearest_walk

if TYPE_CHECKING:
    import numpy.typing as npt
    from pandas import DataFrame

    from lifecircle.model import Rule

__all__ = ["coverage_rows", "limit_of", "reach_of", "served_share", "within_limit"]

_SLACK = 1e-9
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
        Minutes (or metres, with the limit in metres).
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
    return walk_min <= limit_min + _SLACK


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


def limit_of(rule: Rule) -> float:
    """The farthest that counts as served: minutes or metres, inclusive.

    Of a band such as 800 to 1,000 m the wider end; the narrower is the stricter
    reading.

    Parameters
    ----------
    rule : Rule
        ``value_max``.

    Returns
    -------
    float

    Examples
    --------
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> limit_of(read_rule_book("hefei").rules[2])
    15.0
    """
    return float(rule.value_max or rule.value_min or 0.0)


class _People(NamedTuple):
    """Weights of the buildings in every unit, with the ends of their ranges."""

    unit: npt.NDArray[np.intp]
    names: npt.NDArray[np.object_]
    values: npt.NDArray[np.float64]
    low: npt.NDArray[np.float64]
    high: npt.NDArray[np.float64]
    guessed: npt.NDArray[np.float64]

    def sums(self, values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """By unit."""
        sums = np.bincount(self.unit, values, minlength=len(self.names))
        return np.asarray(sums, dtype=float)

    def share(
        self,
        served: npt.NDArray[np.bool_],
        inside: npt.NDArray[np.float64],
        outside: npt.NDArray[np.float64],
    ) -> npt.NDArray[np.float64]:
        """Share served, with the served and the unserved weighted differently."""
        near = self.sums(np.where(served, inside, 0.0))
        total = near + self.sums(np.where(served, 0.0, outside))
        return near / np.where(total > 0, total, np.nan)


def coverage_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Measure a rule of reach in every community (or catchment) in its scope.

    ``walk_minutes_coverage`` tests minutes on foot at the walker's speed,
    ``walk_distance_coverage`` metres along the streets, ``service_radius`` metres in
    a straight line: three questions, never turned into one another (1,500 m in 15
    minutes would be 1.67 m/s; RULES.md 1.6, 2.10).

    The share needed is the source's, else the district's own (``rules.share``),
    else none: then the result is a benchmark (0b.5). Unserved people prove nothing
    where the class is not declared complete (0b.10).

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of one of the three kinds.

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
    if not rule.pool and len(rule.classes) > 1:
        alone = [replace(rule, classes=(name,), pool=True) for name in rule.classes]
        parts = [coverage_rows(inputs, one) for one in alone]
        return pd.concat(parts, ignore_index=True)
    units, take = scoped(inputs, rule)
    rows = begin_rows(units, rule, unit_of_measure="share")
    reach, answered = reach_of(inputs, rule)
    limit = limit_of(rule)
    row, _ = member_pairs(inputs, rule.level, rule.classes)
    people = _people(inputs, rule)
    served = within_limit(reach, limit_min=limit)[row]
    total = people.sums(people.values)
    near = people.sums(np.where(served, people.values, 0.0))
    needed = rule.share
    origin = "source"
    if needed is None:
        needed, origin = inputs.district.config.shares.get(rule.rule_id), "district"
    complete = inputs.district.complete_classes.issuperset(rule.classes)
    known = (total > 0) & answered
    safe = np.where(total > 0, total, np.nan)
    guessed = np.nan_to_num(people.sums(people.guessed) / safe)
    figures = {
        "measured": np.where(known, near / safe, np.nan),
        "numerator": np.where(known, near, np.nan),
        "denominator": total,
        "affected": np.where(known, total - near, np.nan),
        "affected_unit": people.names,
        "basis": people.names,
        "estimated_share": guessed,
        "reason": _reasons(people.names, total, answered=answered),
        **_ends(inputs, rule, people, reach=reach),
    }
    return rows.assign(
        **{name: values[take] for name, values in figures.items()},
        op=">=",
        threshold_min=np.nan if needed is None else needed,
        threshold_max=np.nan,
        threshold_origin=None if needed is None else origin,
        reason_if_short=None if complete else "checks.class_incomplete",
    )


def reach_of(inputs: Inputs, rule: Rule) -> tuple[npt.NDArray[np.float64], bool]:
    """Minutes or metres from every building to the nearest facility that counts.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Its kind says what is measured.

    Returns
    -------
    float array, bool
        In the order of the buildings, NaN = none; whether it answers the rule.

    Examples
    --------
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = read_rule_book("hefei").rules[2]
    >>> reach_of(prepare(toy.district, toy.access), rule)[1]
    True
    """
    if rule.kind == "service_radius":
        return straight_m(inputs, rule), True
    table = walks_of(inputs)
    measure = "walk_min" if rule.kind == "walk_minutes_coverage" else "walk_m"
    reach = nearest_walk(table, rule, measure=measure)
    return reach, is_answered(table, inputs.district, rule)


def _people(inputs: Inputs, rule: Rule) -> _People:
    """Whom the rule is about; households where the persons of a unit are unknown."""
    weight = "persons" if rule.population == "all" else rule.population
    key = (weight, *level_key("people", rule.level, rule.classes))
    found: _People = cached(inputs, key, lambda: _weights(inputs, rule, weight))
    return found


def _weights(inputs: Inputs, rule: Rule, weight: str) -> _People:
    buildings = inputs.district.buildings
    row, unit = member_pairs(inputs, rule.level, rule.classes)
    size = len(units_at(inputs, rule.level, rule.classes))
    households = buildings["households"].to_numpy(dtype=float)

    def parts(name: str) -> tuple[npt.NDArray[np.float64], ...]:
        values = buildings[name].to_numpy(dtype=float)
        # An empty building without a figure is empty, not unknown.
        values = np.where((households == 0) & np.isnan(values), 0.0, values)
        spread = estimate_range(buildings, name)
        guess = np.where(estimated(buildings, name), values, 0.0)
        figures = (values, values * (1 - spread), values * (1 + spread), guess)
        return tuple(figure[row] for figure in figures)

    chosen = parts(weight)
    names = np.full(size, weight, dtype=object)
    if weight == "persons":
        unknown = np.isnan(np.bincount(unit, chosen[0], minlength=size))
        names[unknown] = "households"
        other = parts("households")
        chosen = tuple(
            np.where(unknown[unit], spare, figure)
            for figure, spare in zip(chosen, other, strict=True)
        )
    return _People(unit, names, *chosen)


def _reasons(
    names: npt.NDArray[np.object_], total: npt.NDArray[np.float64], *, answered: bool
) -> npt.NDArray[np.object_]:
    reason = np.full(len(names), None if answered else "checks.no_access", dtype=object)
    reason[total <= 0] = "checks.no_people"
    for weight, sentence in _UNKNOWN.items():
        reason[np.isnan(total) & (names == weight)] = sentence
    return reason


def _ends(
    inputs: Inputs, rule: Rule, people: _People, *, reach: npt.NDArray[np.float64]
) -> dict[str, npt.NDArray[np.float64]]:
    """Shares at the ends of the weights' range, the speed's, and the gates'."""
    row, _ = member_pairs(inputs, rule.level, rule.classes)
    limit = limit_of(rule)
    reaches = {"same": (reach, reach)}
    if rule.kind != "service_radius":
        speed = inputs.district.config.walkers[rule.walker].speed_m_per_s
        timed = rule.kind == "walk_minutes_coverage"
        slow, fast = speed_range(rule.walker, speed) if timed else (speed, speed)
        sealed = sealed_reach(inputs, rule, reach)
        reaches["speed"] = (reach * speed / slow, reach * speed / fast)
        reaches["gates"] = (sealed, reach)
        # Paths within a wall may be shorter than the way by the street outside.
        reaches["all"] = (
            np.maximum(reach, sealed) * speed / slow,
            np.fmin(reach, sealed) * speed / fast,
        )
    weights = (people.low, people.high)
    source = "households" if (people.names == "households").all() else "persons"
    pairs: dict[str, tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]] = {}
    for name, (far, close) in reaches.items():
        served = [within_limit(values, limit_min=limit)[row] for values in (far, close)]
        least, most = weights if name in ("same", "all") else (people.values,) * 2
        pair = (
            people.share(served[0], least, most),
            people.share(served[1], most, least),
        )
        # A walk or weight with a range, though it may not change the share by itself.
        same = np.isclose(far, close, rtol=0, atol=_SLACK, equal_nan=True)[row]
        ranged = ~same | (most - least > _SLACK)
        differs = people.sums(ranged.astype(float)) > 0
        key = source if name == "same" else name
        pairs[key] = (
            np.where(differs, pair[0], np.nan),
            np.where(differs, pair[1], np.nan),
        )
    return ends(**pairs)

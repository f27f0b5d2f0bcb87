"""Rules of straight lines: service radius, farthest home, places too far away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lifecircle.checks.inputs import Inputs, cached
from lifecircle.checks.levels import scoped, units_at
from lifecircle.checks.measures.rows import begin_rows, told
from lifecircle.checks.places import (
    canonical,
    home_points,
    member_pairs,
    places_at,
)
from lifecircle.checks.serving import in_use
from lifecircle.checks.units import representative_points

if TYPE_CHECKING:
    import numpy.typing as npt
    from pandas import DataFrame

    from lifecircle.model import Rule

__all__ = [
    "TOO_FAR_M",
    "beyond_rows",
    "circle_radius_rows",
    "farthest_home_rows",
    "is_of_centres",
    "is_of_circles",
    "straight_m",
]

TOO_FAR_M = 1000.0
"""Farther than this from every service point is inconvenient, metres. Ours."""

_FEW = 200
"""Up to so many sites are tried one by one: quicker than a tree."""


def straight_m(inputs: Inputs, rule: Rule) -> npt.NDArray[np.float64]:
    """Straight line from every building to the nearest facility that counts, m.

    From a point inside the building to one inside the facility's site; facilities
    beyond the border count too.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        ``classes`` (the nearest of any), ``statuses``.

    Returns
    -------
    float array
        In the order of the buildings; NaN if there is no such facility.

    Examples
    --------
    B1 at (50, 20) and the canteen at (300, -10): the root of 250² + 30².

    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = read_rule_book("hefei").rules[2]
    >>> straight_m(prepare(toy.district, None), rule)[0].round(1)
    np.float64(251.8)
    """
    of_classes = [_straight_to(inputs, name, rule.statuses) for name in rule.classes]
    return np.asarray(np.fmin.reduce(of_classes), dtype=float)


def _straight_to(
    inputs: Inputs, facility_class: str, statuses: tuple[str, ...]
) -> npt.NDArray[np.float64]:
    key = ("straight", facility_class, statuses)
    found: npt.NDArray[np.float64] = cached(
        inputs, key, lambda: _distances(inputs, facility_class, statuses)
    )
    return found


def _distances(
    inputs: Inputs, facility_class: str, statuses: tuple[str, ...]
) -> npt.NDArray[np.float64]:
    district = inputs.district
    use = cached(inputs, ("use", statuses), lambda: in_use(district, statuses))
    sites = cached(
        inputs,
        ("site places", statuses),
        lambda: shapely.get_coordinates(representative_points(use)),
    )
    homes = cached(
        inputs,
        "home places",
        lambda: shapely.get_coordinates(home_points(inputs)),
    )
    classes = district.facility_classes
    ids = classes.loc[classes["facility_class"] == facility_class, "facility_id"]
    there = sites[np.asarray(use["facility_id"].isin(ids))]
    if len(there) == 0:
        return np.full(len(homes), np.nan)
    if len(there) > _FEW:
        tree = shapely.STRtree(shapely.points(there))
        there = there[tree.nearest(home_points(inputs))] if len(homes) else there[:0]
        return np.asarray(np.hypot(*(homes - there).T), dtype=float)
    nearest = np.full(len(homes), np.inf)
    for x, y in there:
        squares = (homes[:, 0] - x) ** 2 + (homes[:, 1] - y) ** 2
        np.minimum(nearest, squares, out=nearest)
    return np.asarray(np.sqrt(nearest), dtype=float)


def farthest_home_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Measure the service radius of each centre: its farthest home, m.

    ``max(straight line)`` over the homes that are nearer to this centre than to any
    other: Baohe BH-R03 (about 1,500 m), BH-R06 (about 500 m); RULES.md 3.1. The
    radius is not the minutes: 1,500 m in 15 minutes would be 1.67 m/s.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of kind ``service_radius``, level ``catchment`` or ``facility``.

    Returns
    -------
    DataFrame
        Rows for ``judge``, one per centre; numerator m.

    Examples
    --------
    From the canteen at (300, -10) to B6 at (550, 280): the root of 250² + 290².

    >>> from dataclasses import replace
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = replace(read_rule_book("hefei").rules[2], level="catchment")
    >>> farthest_home_rows(prepare(toy.district, None), rule)["measured"].round(1)[0]
    np.float64(382.9)
    """
    row, _ = member_pairs(inputs, rule.level, rule.classes)
    rows = _radius_rows(inputs, rule, straight_m(inputs, rule)[row])
    if inputs.district.complete_classes.issuperset(rule.classes):
        return rows
    return rows.assign(reason="checks.class_incomplete")


def _radius_rows(
    inputs: Inputs, rule: Rule, distances: npt.NDArray[np.float64]
) -> DataFrame:
    """The farthest home of every unit, of distances in the order of its members."""
    units, take = scoped(inputs, rule)
    rows = begin_rows(units, rule, unit_of_measure="m")
    row, unit = member_pairs(inputs, rule.level, rule.classes)
    use = inputs.district.buildings["households"].to_numpy(dtype=float)[row] > 0
    farthest = np.full(len(units_at(inputs, rule.level, rule.classes)), -np.inf)
    np.maximum.at(farthest, unit[use], distances[use])
    measured = np.where(np.isfinite(farthest[take]), farthest[take], np.nan)
    return rows.assign(
        measured=measured,
        numerator=measured,
        exposed=units["households"].to_numpy(dtype=float),
        reason=told(np.isnan(measured), "checks.no_people"),
    )


def circle_radius_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Measure the radius of each life circle: its home farthest from its middle, m.

    ``max(straight line from the centroid of the polygon)`` over the homes inside
    (Shanghai 2024 SH-08, 800 to 1,000 m; TD/T 1062-2021 TD-08; RULES.md 3.1:
    farthest origin). That the radius runs from the centroid to a home is ours: the
    sources name no point. It is a figure of its own, never derived from the area.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of kind ``service_radius``, level ``circle``, without classes.

    Returns
    -------
    DataFrame
        Rows for ``judge``, one per circle of the rule's tier; numerator m.

    Examples
    --------
    The toy has no circles.

    >>> from dataclasses import replace
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = replace(read_rule_book("hefei").rules[2], level="circle", classes=())
    >>> len(circle_radius_rows(prepare(toy.district, None), rule))
    0
    """
    row, unit = member_pairs(inputs, "circle")
    middles = shapely.centroid(places_at(inputs, "circle"))
    return _radius_rows(
        inputs, rule, shapely.distance(home_points(inputs)[row], middles[unit])
    )


def is_of_circles(rule: Rule) -> bool:
    """Whether a radius is a life circle's own, without any facility.

    Parameters
    ----------
    rule : Rule
        ``kind``, ``level``, ``classes``.

    Returns
    -------
    bool

    Examples
    --------
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> is_of_circles(read_rule_book("hefei").rules[2])
    False
    """
    radius = rule.kind == "service_radius"
    return radius and rule.level == "circle" and not rule.classes


def is_of_centres(rule: Rule) -> bool:
    """Whether a radius is each centre's own, not a share of a community's people.

    Parameters
    ----------
    rule : Rule
        ``level``.

    Returns
    -------
    bool

    Examples
    --------
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> is_of_centres(read_rule_book("hefei").rules[2])
    False
    """
    return canonical(rule.level) in ("catchment", "facility")


def beyond_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Measure the people of every community who live too far from any facility.

    ``people beyond the distance / people``, in a straight line (Tongguanshan TG-R08,
    办事不便的社区设立服务点; RULES.md 3.1). The source gives no distance: ``per``
    metres, else 1,000 (ours), and no threshold: a candidate list, never a verdict.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of kind ``coverage_gap_trigger``.

    Returns
    -------
    DataFrame
        Rows for ``judge``; numerator and affected households beyond.

    Examples
    --------
    Only B6 at (550, 280) is over 450 m from the centre at (100, 160).

    >>> from dataclasses import replace
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = replace(read_rule_book("hefei").rules[0], per=450.0)
    >>> beyond_rows(prepare(toy.district, None), rule)["numerator"].tolist()
    [0.0, 40.0]
    """
    units, take = scoped(inputs, rule)
    rows = begin_rows(units, rule, unit_of_measure="share")
    row, unit = member_pairs(inputs, rule.level, rule.classes)
    size = int(unit.max()) + 1 if len(unit) else 0
    size = max(size, int(take.max()) + 1 if len(take) else 0)
    homes = inputs.district.buildings["households"].to_numpy(dtype=float)[row]
    near = straight_m(inputs, rule)[row] <= (rule.per or TOO_FAR_M)
    total = np.bincount(unit, homes, minlength=size)[take]
    beyond = np.bincount(unit, np.where(near, 0.0, homes), minlength=size)[take]
    complete = inputs.district.complete_classes.issuperset(rule.classes)
    reason = np.full(len(units), None, dtype=object)
    reason[total <= 0] = "checks.no_people"
    if not complete:
        reason[beyond > 0] = "checks.class_incomplete"
    return rows.assign(
        measured=beyond / np.where(total > 0, total, np.nan),
        numerator=beyond,
        denominator=total,
        affected=beyond,
        threshold_min=np.nan,
        threshold_max=np.nan,
        threshold_origin=None,
        reason=reason,
    )

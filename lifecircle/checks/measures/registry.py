"""Metric kind -> the function that measures it: one line a kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from lifecircle.checks.circles import has_circles
from lifecircle.checks.inputs import Inputs
from lifecircle.checks.measures.area import area_rows
from lifecircle.checks.measures.boundaries import fault_rows
from lifecircle.checks.measures.coverage import coverage_rows
from lifecircle.checks.measures.functions import co_location_rows, function_rows
from lifecircle.checks.measures.portfolio import level_rows, portfolio_rows, tier_rows
from lifecircle.checks.measures.register import (
    count_rows,
    fact_rows,
    flags_rows,
    ratio_rows,
)
from lifecircle.checks.measures.shares import (
    gate_rows,
    people_share_rows,
    unit_share_rows,
)
from lifecircle.checks.measures.sites import min_area_rows, min_width_rows
from lifecircle.checks.measures.size import (
    ground_rows,
    household_rows,
    population_rows,
)
from lifecircle.checks.measures.spacing import spacing_rows
from lifecircle.checks.measures.staffing import (
    households_per_staff_rows,
    staff_formula_rows,
    window_rows,
)
from lifecircle.checks.measures.straight import (
    beyond_rows,
    circle_radius_rows,
    farthest_home_rows,
    is_of_centres,
    is_of_circles,
)
from lifecircle.checks.measures.topology import address_rows
from lifecircle.model import Rule

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = ["FAMILIES", "MEASURES", "REACH_KINDS", "Measure"]

FAMILIES = (
    *("area", "size", "coverage", "staffing", "register"),
    *("portfolio", "functions", "topology", "spacing"),
)
"""Families of metric kinds, in the order of the dashboard."""

REACH_KINDS = ("walk_minutes_coverage", "walk_distance_coverage", "service_radius")
"""Kinds that say which homes are within reach; each makes gap areas."""


class Measure(NamedTuple):
    """How a kind is measured.

    Attributes
    ----------
    rows : callable
        ``(Inputs, Rule) -> DataFrame``: one row per unit, for ``judge``.
    family : str
        Of ``FAMILIES``.
    inputs : str
        Tables and columns that it reads beside the rule's own ``inputs``.
    """

    rows: Callable[[Inputs, Rule], DataFrame]
    family: str
    inputs: str = ""


def _radius_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    if is_of_circles(rule):
        return circle_radius_rows(inputs, rule)
    rows = farthest_home_rows if is_of_centres(rule) else _reach_rows
    return rows(inputs, rule)


def _reach_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Without circles of its tier a rule's limit is held against communities."""
    if rule.level == "circle" and not has_circles(inputs, rule):
        rule = replace(rule, level="community")
    return coverage_rows(inputs, rule)


def _day_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """A leap year's 366 days are all of its days too: the bound is open above."""
    return fact_rows(inputs, rule).assign(op=">=", threshold_max=float("nan"))


def _topology_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    rows = address_rows if rule.unit == "grids" else fault_rows
    return rows(inputs, rule)


_ROOMS = "rooms+households"
_LAND = "rooms+persons"

MEASURES: dict[str, Measure] = {
    "area_per_100_households": Measure(area_rows, "area", _ROOMS),
    "area_per_person": Measure(area_rows, "area", _LAND),
    "area_per_1000_persons": Measure(area_rows, "area", _LAND),
    "total_area": Measure(area_rows, "area", "rooms"),
    "mean_area": Measure(area_rows, "area", "rooms"),
    "min_area": Measure(min_area_rows, "area", "rooms"),
    "min_width": Measure(min_width_rows, "area", "facilities"),
    "households_per_unit": Measure(household_rows, "size", "households"),
    "population_per_unit": Measure(population_rows, "size", "persons"),
    "unit_area_km2": Measure(ground_rows, "size", "polygons"),
    "unit_area_ha": Measure(ground_rows, "size", "polygons"),
    "walk_minutes_coverage": Measure(_reach_rows, "coverage", "access+people"),
    "walk_distance_coverage": Measure(_reach_rows, "coverage", "access+people"),
    "service_radius": Measure(_radius_rows, "coverage", "facilities+people"),
    "coverage_share_units": Measure(unit_share_rows, "coverage", "facilities"),
    "coverage_share_people": Measure(people_share_rows, "coverage", "people"),
    "coverage_gap_trigger": Measure(beyond_rows, "coverage", "facilities+people"),
    "persons_per_window": Measure(window_rows, "staffing", "persons"),
    "staff_formula": Measure(staff_formula_rows, "staffing"),
    "staff_per_unit": Measure(fact_rows, "staffing"),
    "households_per_staff": Measure(
        households_per_staff_rows, "staffing", "households"
    ),
    "per_10k_persons": Measure(ratio_rows, "staffing", "persons"),
    "count_per_unit": Measure(count_rows, "register", "facilities"),
    "total": Measure(count_rows, "register"),
    "list_size": Measure(fact_rows, "register"),
    "share": Measure(ratio_rows, "register"),
    "range": Measure(fact_rows, "register"),
    "money_per_unit": Measure(fact_rows, "register"),
    "frequency_per_year": Measure(fact_rows, "register"),
    "open_hours": Measure(fact_rows, "register"),
    "open_days": Measure(_day_rows, "register"),
    "floor_max": Measure(fact_rows, "register"),
    "boolean_attribute": Measure(flags_rows, "register"),
    "spaces_per_household": Measure(ratio_rows, "register", "households"),
    "spaces_per_100_m2": Measure(ratio_rows, "register", "floor_area_m2"),
    "phase_portfolio": Measure(portfolio_rows, "portfolio", "projects+facilities"),
    "phase_rule": Measure(fact_rows, "portfolio"),
    "gate": Measure(gate_rows, "portfolio", "rules"),
    "function_set": Measure(function_rows, "functions", "functions+classes"),
    "co_location": Measure(co_location_rows, "functions", "facilities"),
    "topology": Measure(_topology_rows, "topology", "polygons+addresses"),
    "structure_levels": Measure(level_rows, "topology", "units"),
    "structure_tiers": Measure(tier_rows, "topology", "facilities"),
    "spacing_max": Measure(spacing_rows, "spacing", "roads"),
}
"""Metric kinds of RULES.md 3.1 and how each is measured."""

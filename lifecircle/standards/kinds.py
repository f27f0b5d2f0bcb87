"""Metric kinds: what a rule may measure, with which operators, units and levels.

A new metric kind is one line of ``KINDS`` here, and one function in
``lifecircle.checks``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["KINDS", "LEVELS", "Kind"]

LEVELS = (
    "city",
    "district",
    "subdistrict",
    "community",
    "compound",
    "building",
    "grid",
    "facility",
    "catchment",
    "circle",
)
"""What a rule judges. ``facility``: each facility of its classes alone;
``catchment``: the service area of each facility of its classes (单元);
``circle``: the standard's circle of ``Rule.circle`` minutes."""

_AT_LEAST, _AT_MOST, _BAND = (">=",), ("<=",), (">=", "<=", "in", "~", "=")
_PLACES = ("community", "compound", "catchment", "circle", "subdistrict", "district")
_UNITS = (*_PLACES, "grid", "city")
_ANY = (*_UNITS, "facility")


class Kind(NamedTuple):
    """What a metric kind allows: operators, units and levels.

    ``unstated``: the source may name no number at all.
    """

    ops: tuple[str, ...]
    units: tuple[str, ...]
    levels: tuple[str, ...]
    needs_classes: bool = False
    unstated: bool = False


def _area(*, classes: bool = True) -> Kind:
    return Kind((">=", "in"), ("m2",), _PLACES, needs_classes=classes)


def _number(ops: tuple[str, ...], *units: str) -> Kind:
    return Kind(ops, units, _ANY)


KINDS: Mapping[str, Kind] = {
    # Areas.
    "area_per_100_households": _area(),
    "area_per_person": _area(),
    "area_per_1000_persons": _area(classes=False),
    "min_area": Kind((">=", "in"), ("m2",), _ANY, needs_classes=True),
    "min_width": Kind(_AT_LEAST, ("m",), _ANY, needs_classes=True),
    "total_area": Kind(_BAND, ("m2",), _UNITS, needs_classes=True),
    "mean_area": Kind(_BAND, ("m2",), _UNITS, needs_classes=True),
    # Sizes of units.
    "households_per_unit": Kind(
        _BAND, ("households",), ("community", "grid", "catchment", "circle")
    ),
    "population_per_unit": Kind(
        _BAND,
        ("persons",),
        ("community", "grid", "catchment", "circle", "subdistrict"),
    ),
    "unit_area_km2": Kind(_BAND, ("km2",), _UNITS),
    "unit_area_ha": Kind(_BAND, ("ha",), _UNITS),
    # Counts.
    "count_per_unit": _number(
        _BAND,
        *("facilities", "centres", "sites", "stations", "items", "windows"),
        *("organisations", "persons", "social_workers", "advisers"),
    ),
    "total": _number(_BAND, "persons", "villages", "facilities"),
    "list_size": _number(_BAND, "items", "classes", "groups"),
    # Staff and windows.
    "persons_per_window": _number(_AT_MOST, "persons"),
    "staff_formula": _number(_AT_LEAST, "staff", "persons"),
    "staff_per_unit": _number(_AT_LEAST, "staff", "graduates", "social_workers"),
    "households_per_staff": _number(_BAND, "households"),
    "per_10k_persons": _number(_BAND, "organisations", "persons"),
    # Reach.
    "walk_minutes_coverage": Kind(
        _AT_MOST, ("min",), ("community", "catchment", "circle"), needs_classes=True
    ),
    "walk_distance_coverage": Kind(
        ("<=", "in"), ("m",), ("community", "catchment", "circle"), needs_classes=True
    ),
    "service_radius": Kind(
        _BAND,
        ("m",),
        ("community", "catchment", "facility", "circle"),
        needs_classes=True,
    ),
    "coverage_share_units": Kind((">=", "="), ("percent",), ("city", "district")),
    "coverage_share_people": Kind((">=", "="), ("percent",), ("city", "district")),
    "coverage_gap_trigger": Kind(
        ("-",), ("none",), ("community",), needs_classes=True, unstated=True
    ),
    "spacing_max": Kind(("<=", "in"), ("m",), ("community", "circle")),
    # Sets, structure and boundaries.
    "function_set": _number(
        ("superset", "count>="),
        *("functions", "bodies", "departments", "items", "groups", "systems"),
        *("platforms", "rooms", "types"),
    ),
    "co_location": Kind(
        ("-",), ("none",), ("facility", "catchment"), needs_classes=True, unstated=True
    ),
    "topology": Kind(("=",), ("grids", "faults"), ("community", "grid")),
    "structure_levels": Kind(("=",), ("levels", "tiers"), ("city", "district")),
    "structure_tiers": Kind(
        ("=",), ("tiers", "grades", "steps", "classes"), ("city", "district", "circle")
    ),
    # Projects.
    "phase_portfolio": Kind(
        ("enum", *_BAND),
        ("status", "projects", "m2"),
        ("district",),
        unstated=True,
    ),
    "phase_rule": Kind(("=",), ("phase",), ("compound", "facility")),
    "gate": Kind(("=",), ("flag",), ("compound",)),
    "boolean_attribute": Kind(("=",), ("flags",), ("compound", "community")),
    # Straight from a register.
    "share": _number((">=", "<=", "=", "in"), "percent"),
    "range": _number((">=", "<=", "in"), "grade", "beds", "classes"),
    "money_per_unit": _number((">=", "in"), "10k_cny"),
    "frequency_per_year": _number(_AT_LEAST, "times_per_year"),
    "open_hours": _number(_AT_LEAST, "hours_per_day"),
    "open_days": _number((">=", "="), "days_per_year"),
    "floor_max": Kind(
        _AT_MOST, ("floor",), ("facility",), needs_classes=True, unstated=True
    ),
    "spaces_per_household": _number(_AT_LEAST, "spaces"),
    "spaces_per_100_m2": _number(_AT_LEAST, "spaces"),
}
"""Metric kinds of RULES.md 3.1 (and parking by floor area), by name."""

"""Every column: its name, unit, and Chinese and English label.

The tuples list the columns of the frames that stages hand on; labels and units are
in ``columns.toml``, so that adding a column touches no code.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from lifecircle.plan_columns import (
    PLAN_AREAS,
    PLAN_CHANGES,
    PLAN_COMMUNITIES,
    PLAN_GRIDS,
    PLAN_ISLANDS,
    PLAN_MEMBERS,
    PLAN_TODAY,
    PLAN_UNIT_CHANGES,
    PLAN_UNITS,
)

__all__ = [
    "ACCESS",
    "DASHBOARD",
    "FINDINGS",
    "GAP_AREAS",
    "GATE_READINGS",
    "MISSING_AREA",
    "PLAN_AREAS",
    "PLAN_CHANGES",
    "PLAN_COMMUNITIES",
    "PLAN_GRIDS",
    "PLAN_ISLANDS",
    "PLAN_MEMBERS",
    "PLAN_TODAY",
    "PLAN_UNITS",
    "PLAN_UNIT_CHANGES",
    "REACHED",
    "ROUTES",
    "ROW_COUNTS",
    "SERVED",
    "SHORTFALLS",
    "TOTALS",
    "Column",
    "column",
]

ACCESS = (
    "building_id",
    "facility_class",
    "walker",
    "status_set",
    "walk_m",
    "walk_min",
    "facility_id",
)
"""One row per building, class, walker profile and status set; NaN = not reached."""

SERVED = (
    "level",
    "unit_id",
    "facility_class",
    "walker",
    "weight",
    "minutes_from",
    "minutes_to",
    "amount",
    "estimated_amount",
)
"""Amounts (weight: households, persons, elderly) by minutes; to = inf is the last
band that a walk exists for, from = NaN counts those with no walk at all."""

REACHED = (
    "rule_id",
    "facility_class",
    "level",
    "unit_id",
    "weight",
    "amount",
    "estimated_amount",
    "served",
    "unserved",
    "not_assessed",
    "served_share",
)
"""Amounts (weight: households, persons, elderly) by rule of reach, level and unit;
unit "" = outside any unit of the level; buildings in households only.
``not_assessed``: not reached, in a list that is not declared complete, so that there
is no ``served_share``."""

GATE_READINGS = (
    "rule_id",
    "facility_class",
    "walker",
    "limit",
    "limit_unit",
    "level",
    "unit_id",
    "weight",
    "amount",
    "served_open",
    "served_sealed",
    "difference",
)
"""Amounts within reach by rule on walks (``limit_unit``: min, m): unknown walls not
applied (open), and applied with known gates only (sealed)."""

MISSING_AREA = (
    "rule_id",
    "facility_class",
    "level",
    "unit_id",
    "unit_name",
    "missing_m2",
    "short",
    "met",
    "not_assessed",
    "rank",
)
"""Square metres below the standard by area rule, level and unit. ``short``, ``met``,
``not_assessed`` count findings; ``missing_m2`` is NaN where all are not assessed, and
the least that it can be where some are. ``rank``: 1 = most of its level."""

DASHBOARD = (
    "unit_id",
    "unit_name",
    "subdistrict_id",
    "family",
    "must_met",
    "must_assessed",
    "must_share",
    "should_met",
    "should_assessed",
    "should_share",
    "not_assessed",
    "benchmarks",
    "references",
    "drafts",
)
"""One row per community and rule family; requirements are rules, not rows."""

FINDINGS = (
    "rule_id",
    "book_id",
    "kind",
    "level",
    "unit_id",
    "unit_name",
    "subdistrict_id",
    "facility_class",
    "measured",
    "op",
    "threshold_min",
    "threshold_max",
    "unit_of_measure",
    "verdict",
    "verdict_tolerant",
    "shortfall",
    "shortfall_share",
    "affected",
    "affected_unit",
    "basis",
    "estimated_share",
    "authority",
    "threshold_origin",
    "reason",
    "numerator",
    "denominator",
    "draft",
    "grade",
    "target_date",
    "target_due",
    "inputs_used",
    "missing_inputs",
    "robust",
    "depends_on",
)
"""One row per rule and unit. ``verdict``: pass, fail, not_assessed, benchmark,
reference. ``reason``: a sentence key where not assessed. ``threshold_origin``:
source, or district where the district file set the share. ``draft`` (bool): a rule
from memory, never verified. ``target_due``: due or not_due on the day of the data;
a shortfall is a fail either way. ``inputs_used``, ``missing_inputs``: names of facts
and tables, joined by ``+``. ``robust``: holds or depends over the ranges of uncertain
inputs, ``depends_on`` names these (estimated_households, estimated_persons,
walking_speed, unknown_gates)."""

GAP_AREAS = (
    "gap_id",
    "rule_id",
    "facility_class",
    "walker",
    "limit_min",
    "households",
    "persons",
    "elderly",
    "buildings",
    "estimated_share",
    "community_ids",
    "building_ids",
    "geometry",
)
"""Numbered by households, most first, within a rule."""

SHORTFALLS = (
    "rule_id",
    "level",
    "unit_id",
    "unit_name",
    "shortfall",
    "unit_of_measure",
    "shortfall_share",
)

ROUTES = (
    "gap_id",
    "rule_id",
    "building_id",
    "facility_id",
    "walk_m",
    "walk_min",
    "straight_m",
    "geometry",
)
"""The example walk of a gap area: its nearest facility, or nothing if none."""

ROW_COUNTS = (
    "table",
    "file",
    "file_layer",
    "rows_read",
    "rows_used",
    "rows_rejected",
    "rows_merged",
    "rows_elsewhere",
    "rows_estimated",
)
"""One row per source; read = used + rejected + merged + elsewhere: rows of a city-wide
file that are another district's. ``rows_estimated``: rows used whose households are
estimated."""

TOTALS = (
    "level",
    "unit_id",
    "unit_name",
    "basis",
    "declared",
    "buildings",
    "difference",
    "estimated_share",
)


@dataclass(frozen=True, slots=True)
class Column:
    """A column's labels and unit.

    Attributes
    ----------
    unit : str
        Unit as printed (``m²``, ``min``, ``户``), empty for text and ids.
    """

    name: str
    zh: str
    en: str
    unit: str


@cache
def _columns() -> dict[str, Column]:
    text = files("lifecircle").joinpath("columns.toml").read_text(encoding="utf-8")
    return {
        name: Column(name, row["zh"], row["en"], row.get("unit", ""))
        for name, row in tomllib.loads(text).items()
    }


def column(name: str) -> Column:
    """Labels and unit of a column.

    Parameters
    ----------
    name : str
        Column name as in code and files.

    Returns
    -------
    Column
        Its Chinese and English label and its unit.

    Raises
    ------
    KeyError
        If the column is not listed in ``columns.toml``.

    Examples
    --------
    >>> column("households").zh
    '户数'
    """
    return _columns()[name]

"""Size rules: households, persons and ground of a unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lifecircle.checks.inputs import Inputs
from lifecircle.checks.levels import scoped
from lifecircle.checks.measures.rows import begin_rows, ends
from lifecircle.checks.places import canonical, places_at
from lifecircle.checks.verdicts import outside_by

if TYPE_CHECKING:
    import numpy.typing as npt
    from pandas import DataFrame

    from lifecircle.model import Rule

__all__ = ["DEDICATED", "MICRO", "ground_rows", "household_rows", "population_rows"]

DEDICATED = ("dedicated", "专属网格")
"""Grids kept for one institution: no household band applies."""

MICRO = ("micro", "微网格")
"""Grids nested in grids: neither counted nor judged as grids."""

_DRAWN = ("grid", "circle")
"""Levels whose people are only the sum of the buildings inside."""

_M2_PER = {"unit_area_km2": 1e6, "unit_area_ha": 1e4}


def household_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Measure a size rule in every community, grid or other unit in its scope.

    Households of the unit (``households_per_unit``): Decheng DC-R01, about 3,000 a
    community, and DC-R02, 300 to 500 a grid; RULES.md 3.1.

    Approximate catchments get no size verdict; neither do grids kept for one
    institution. Micro grids are left out.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of kind ``households_per_unit``.

    Returns
    -------
    DataFrame
        Rows for ``judge``; numerator households.

    Examples
    --------
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> community = read_rule_book("decheng").rules[0]
    >>> household_rows(prepare(toy.district, None), community)["measured"].tolist()
    [480.0, 120.0]
    """
    return _people_rows(inputs, rule, "households")


def population_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Measure the persons of every unit in the rule's scope.

    ``sum(persons)``, a declared total first: Baohe BH-R02 (50,000 to 100,000 a
    centre), GB 50180-2018 3.0.4; RULES.md 3.1.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of kind ``population_per_unit``.

    Returns
    -------
    DataFrame
        Rows for ``judge``; numerator persons.

    Examples
    --------
    480 and 120 households of 2.5 persons.

    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> community = read_rule_book("decheng").rules[0]
    >>> population_rows(prepare(toy.district, None), community)["measured"].tolist()
    [1200.0, 300.0]
    """
    return _people_rows(inputs, rule, "persons")


def _people_rows(inputs: Inputs, rule: Rule, weight: str) -> DataFrame:
    units, _ = scoped(inputs, rule)
    units = units[~units["unit_kind"].isin(MICRO)].reset_index(drop=True)
    rows = begin_rows(units, rule, unit_of_measure=weight)
    people, low, high = (
        units[f"{weight}{end}"].to_numpy(dtype=float) for end in ("", "_min", "_max")
    )
    missing = "checks.no_buildings" if rule.level in _DRAWN else "checks.no_households"
    missing = "checks.persons_unknown" if weight == "persons" else missing
    uncertain = low < high
    reason = _size_reasons(units, people, missing=missing)
    _if_other_centres(inputs, rule, people, reason)
    return rows.assign(
        measured=people,
        numerator=people,
        exposed=people,
        affected_unit=weight,
        estimated_share=units[f"{weight}_share"].fillna(0.0).to_numpy(),
        reason=reason,
        **ends(
            **{
                weight: (
                    np.where(uncertain, low, np.nan),
                    np.where(uncertain, high, np.nan),
                )
            }
        ),
    )


def _size_reasons(
    units: DataFrame, people: npt.NDArray[np.float64], *, missing: str
) -> npt.NDArray[np.object_]:
    reason = np.full(len(units), None, dtype=object)
    reason[np.isnan(people)] = missing
    reason[units["unit_kind"].isin(DEDICATED)] = "checks.dedicated_grid"
    reason[units["unit_kind"] == "approximate_catchment"] = (
        "checks.approximate_catchment"
    )
    return reason


def _if_other_centres(
    inputs: Inputs,
    rule: Rule,
    measured: npt.NDArray[np.float64],
    reason: npt.NDArray[np.object_],
) -> None:
    """A catchment shrinks with every centre that the list may lack (RULES.md 0b.10).

    What is measured is then the most it can be: only too small a catchment is proven.
    """
    complete = inputs.district.complete_classes.issuperset(rule.classes)
    if canonical(rule.level) != "catchment" or complete:
        return
    low = np.nan if rule.value_min is None else rule.value_min
    open_ = np.full(len(measured), np.nan)
    short = outside_by(measured, np.full(len(measured), low), open_) > 0
    reason[~short & ~np.isnan(measured)] = "checks.class_incomplete"


def ground_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Measure the ground of every unit in the rule's scope, km² or ha.

    ``polygon area / 10**6`` (km²) or ``/ 10**4`` (ha) in the district's metric CRS:
    Baohe BH-R01 (6 to 7 km² a centre), BH-R04 (1 to 2 km²); RULES.md 3.1.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of kind ``unit_area_km2`` or ``unit_area_ha``.

    Returns
    -------
    DataFrame
        Rows for ``judge``; numerator m².

    Examples
    --------
    460 m by 400 m are 184,000 m² or 18.4 ha.

    >>> from dataclasses import replace
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = replace(read_rule_book("decheng").rules[0], kind="unit_area_ha")
    >>> ground_rows(prepare(toy.district, None), rule)["measured"].tolist()
    [18.4, 9.6]
    """
    units, take = scoped(inputs, rule)
    unit = "km2" if rule.kind == "unit_area_km2" else "ha"
    rows = begin_rows(units, rule, unit_of_measure=unit)
    area_m2 = shapely.area(places_at(inputs, rule.level, rule.classes)[take])
    reason = np.full(len(units), None, dtype=object)
    reason[area_m2 == 0] = "checks.no_polygon"
    reason[units["unit_kind"] == "approximate_catchment"] = (
        "checks.approximate_catchment"
    )
    measured = area_m2 / _M2_PER[rule.kind]
    _if_other_centres(inputs, rule, measured, reason)
    return rows.assign(
        measured=measured,
        numerator=area_m2,
        exposed=units["households"].to_numpy(dtype=float),
        reason=reason,
    )

"""Area rules: square metres of rooms or land, per household, per person, in all."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lifecircle.checks.inputs import Inputs
from lifecircle.checks.levels import scoped
from lifecircle.checks.measures.rooms import counted_rooms, rooms_at
from lifecircle.checks.measures.rows import begin_rows, ends

if TYPE_CHECKING:
    import numpy.typing as npt
    from pandas import DataFrame

    from lifecircle.model import Rule

__all__ = [
    "PER",
    "area_per_100_households",
    "area_per_1000_persons",
    "area_per_person",
    "area_rows",
    "counted_rooms",
    "mean_area",
]


PER = {
    "area_per_100_households": (100.0, "households", "m2_per_100_households"),
    "area_per_person": (1.0, "persons", "m2_per_person"),
    "area_per_1000_persons": (1000.0, "persons", "m2_per_1000_persons"),
    "total_area": (1.0, "", "m2"),
    "mean_area": (1.0, "", "m2"),
}
"""Kind -> how many of whom the area is for, and the unit of what is measured."""


def area_per_100_households(
    area_m2: npt.NDArray[np.float64], households: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Room area for every 100 households, m².

    ``100 * area_m2 / households``: 每百户面积 (Hefei HF-R01 and HF-R02; RULES.md
    3.1). Rooms are counted, not facilities (0b.9).

    Parameters
    ----------
    area_m2 : float array
        Area of the rooms that count, m².
    households : float array
        Households of the unit; NaN or 0 gives NaN.

    Returns
    -------
    float array
        m² per 100 households.

    Examples
    --------
    812 m² for 2,900 households: 81,200 / 2,900 = 28; the standard of 30 needs
    870 m², so 58 m² are short.

    >>> area_per_100_households(np.array([812.0, 870.0]), np.array([2900.0, 2900.0]))
    array([28., 30.])
    """
    return 100.0 * area_m2 / np.where(households > 0, households, np.nan)


def area_per_person(
    area_m2: npt.NDArray[np.float64], persons: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Area for every person, m².

    ``area_m2 / persons``: 人均面积 (Panzhihua PZ-R05, plazas of 2.5 m² a person;
    GB 50180-2018 4.0.4, public green; RULES.md 3.1).

    Parameters
    ----------
    area_m2 : float array
        Area that counts, m².
    persons : float array
        Persons of the unit; NaN or 0 gives NaN.

    Returns
    -------
    float array
        m² per person.

    Examples
    --------
    A plaza of 5,000 m² for 2,500 persons: 2 m² each, 0.5 below 2.5.

    >>> area_per_person(np.array([5000.0]), np.array([2500.0]))
    array([2.])
    """
    return area_m2 / np.where(persons > 0, persons, np.nan)


def area_per_1000_persons(
    area_m2: npt.NDArray[np.float64], persons: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Area for every 1,000 persons, m².

    ``1000 * area_m2 / persons``: 千人指标 (GB 50180-2018 table 5.0.3; RULES.md 3.1).

    Parameters
    ----------
    area_m2 : float array
        Area that counts, m².
    persons : float array
        Persons of the unit; NaN or 0 gives NaN.

    Returns
    -------
    float array
        m² per 1,000 persons.

    Examples
    --------
    9,000 m² for 6,000 persons: 1,500 for every 1,000.

    >>> area_per_1000_persons(np.array([9000.0]), np.array([6000.0]))
    array([1500.])
    """
    return 1000.0 * area_m2 / np.where(persons > 0, persons, np.nan)


def mean_area(
    area_m2: npt.NDArray[np.float64], count: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Mean area of facilities, or of a unit's communities, m².

    ``area_m2 / count``: 平均面积 (Hefei HF-O01: 980 m² a community; RULES.md 3.1).

    Parameters
    ----------
    area_m2 : float array
        Area of all, m².
    count : float array
        Facilities or communities; 0 gives NaN.

    Returns
    -------
    float array
        m².

    Examples
    --------
    Three communities share 2,940 m²: 980 each, which at 30 m² for every 100
    households serve 980 / 30 * 100 = 3,266 households.

    >>> mean_area(np.array([2940.0]), np.array([3.0]))
    array([980.])
    >>> int(980 / 30 * 100)
    3266
    """
    return area_m2 / np.where(count > 0, count, np.nan)


def area_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Measure an area rule in every unit in its scope.

    Classes are pooled, or (``pool`` false) each is tested alone: 分别. With a room
    of unknown area, or a class that is not declared complete, the figure is a lower
    bound: it can pass, and is otherwise not assessed (0b.10). At compounds that are
    newly built (planned dwellings on file) it is 配建: rooms of facilities inside
    the compound for its planned dwellings (0b.8), apart from the stock of the
    community.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of a kind in ``PER``.

    Returns
    -------
    DataFrame
        Rows for ``judge``; numerator m², denominator households, persons or count.

    Examples
    --------
    680 m² for 480 households are 141.7 m² per 100; C2 has no such room.

    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rows = area_rows(prepare(toy.district, None), read_rule_book("hefei").rules[0])
    >>> rows["measured"].round(1).tolist()
    [141.7, 0.0]
    """
    if rule.pool or len(rule.classes) < 2:
        return _pooled(inputs, rule)
    alone = [replace(rule, classes=(name,)) for name in rule.classes]
    return pd.concat([_pooled(inputs, one) for one in alone], ignore_index=True)


def _pooled(inputs: Inputs, rule: Rule) -> DataFrame:
    factor, weight, unit_of_measure = PER[rule.kind]
    units, take = scoped(inputs, rule)
    rows = begin_rows(units, rule, unit_of_measure=unit_of_measure)
    areas = rooms_at(inputs, rule).iloc[take].reset_index(drop=True)
    complete = inputs.district.complete_classes.issuperset(rule.classes)
    area = areas["area_m2"].to_numpy(dtype=float)
    count, missing = _divisor(inputs, rule, units, areas)
    measured = factor * area / np.where(count > 0, count, np.nan)
    nothing = (areas["rooms"].to_numpy() == 0) & (not complete)
    reason = np.full(len(units), None, dtype=object)
    reason[np.isnan(measured)] = missing
    reason[nothing] = "checks.class_incomplete"
    extra = {}
    if weight:
        low, high = (
            units[f"{weight}_{end}"].to_numpy(dtype=float) for end in ("min", "max")
        )
        uncertain = low < high
        extra = ends(
            **{
                weight: (
                    np.where(
                        uncertain, factor * area / np.where(high > 0, high, 1), np.nan
                    ),
                    np.where(
                        uncertain, factor * area / np.where(low > 0, low, 1), np.nan
                    ),
                )
            }
        )
        rows["estimated_share"] = units[f"{weight}_share"].fillna(0.0).to_numpy()
        rows["affected_unit"] = weight
    people = units[weight or "households"].to_numpy(dtype=float)
    return rows.assign(
        measured=np.where(nothing, np.nan, measured),
        numerator=np.where(nothing, np.nan, area),
        denominator=count,
        exposed=people,
        basis=np.array(_bases(areas["bases"], rows["basis"]), dtype=object),
        reason=reason,
        reason_if_short=_soft_reasons(areas, complete=complete),
        **extra,
    )


def _divisor(
    inputs: Inputs, rule: Rule, units: DataFrame, areas: DataFrame
) -> tuple[npt.NDArray[np.float64], str]:
    """What the area is divided by, and why there may be nothing to divide by."""
    weight = PER[rule.kind][1]
    if weight:
        missing = "no_households" if weight == "households" else "persons_unknown"
        return units[weight].to_numpy(dtype=float), f"checks.{missing}"
    if rule.kind == "total_area":
        return np.ones(len(units)), "checks.no_input"
    if rule.denominator not in ("", "facility", "facilities"):
        return np.full(len(units), float(len(inputs.communities))), "checks.no_input"
    return areas["facilities"].to_numpy(dtype=float), "checks.no_facility"


def _bases(areas: object, people: object) -> list[str | None]:
    """Area bases found in each unit, then the basis of its people."""
    return [
        "+".join(part for part in pair if isinstance(part, str) and part) or None
        for pair in zip(areas, people, strict=True)  # type: ignore[call-overload]
    ]


def _soft_reasons(areas: DataFrame, *, complete: bool) -> npt.NDArray[np.object_]:
    """Why a figure below the standard proves nothing: parts of it are unknown."""
    reasons = np.full(len(areas), None, dtype=object)
    if not complete:
        reasons[:] = "checks.class_incomplete"
    unknown = areas["unknown"].to_numpy()
    other = areas["other_basis"].to_numpy()
    reasons[unknown > other] = "checks.area_unknown"
    reasons[(unknown > 0) & (unknown == other)] = "checks.area_other_basis"
    return reasons

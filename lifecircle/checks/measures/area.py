"""Area rules: square metres of rooms for every 100 households."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lifecircle.checks.measures.rows import begin_rows
from lifecircle.checks.units import in_scope

if TYPE_CHECKING:
    import numpy.typing as npt
    from pandas import DataFrame, Series

    from lifecircle.checks.inputs import Inputs
    from lifecircle.model import District, Rule

__all__ = ["area_per_100_households", "area_rows", "counted_rooms"]


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


def counted_rooms(district: District, rule: Rule) -> DataFrame:
    """Rooms that count for a rule, with the unit they serve and their share of it.

    Rooms of the rule's classes in facilities whose status counts and that were
    opened by the year of the district's data (year unknown counts as open). A
    facility that offers a class without a listed room counts with unknown area.
    Where the rule names an area basis, an area on another basis is unknown to it;
    land is never a room's area unless the rule says so.

    Parameters
    ----------
    district : District
        ``rooms``, ``facilities``, ``facility_classes``, ``serves``.
    rule : Rule
        ``classes``, ``statuses``, ``area_basis``.

    Returns
    -------
    DataFrame
        ``unit_id``, ``facility_id``, ``facility_class``, ``area_m2`` (the unit's
        share; NaN = unknown), ``area_basis``, ``other_basis`` (bool).

    Examples
    --------
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rooms = counted_rooms(toy.district, read_rule_book("hefei").rules[0])
    >>> rooms[["unit_id", "facility_id", "area_m2"]].values.tolist()
    [['C1', 'F2', 680.0]]
    """
    facilities = district.facilities
    year = district.config.as_of.year
    opened = facilities["opened"]
    counts = facilities["status"].isin(rule.statuses) & (
        opened.isna() | (opened <= year)
    )
    offered = district.facility_classes[["facility_id", "facility_class"]]
    offered = offered[
        offered["facility_class"].isin(rule.classes)
        & offered["facility_id"].isin(facilities.loc[counts, "facility_id"])
    ]
    keys = ["facility_id", "facility_class"]
    rooms = offered.merge(
        district.rooms[[*keys, "floor_area_m2", "area_basis"]], on=keys, how="left"
    )
    fits = _fits(rooms["area_basis"], rule)
    served = rooms.assign(
        other_basis=~fits & rooms["floor_area_m2"].notna(),
        area_m2=rooms["floor_area_m2"].astype(float).where(fits),
    ).merge(district.serves[["facility_id", "unit_id", "share"]], on="facility_id")
    served = served[served["share"] > 0]
    served = served.assign(area_m2=served["area_m2"] * served["share"])
    columns = ["unit_id", *keys, "area_m2", "area_basis", "other_basis"]
    return served[columns].sort_values(
        ["unit_id", *keys, "area_m2"], ignore_index=True, kind="stable"
    )


def _fits(basis: Series, rule: Rule) -> Series:
    if rule.area_basis == "unspecified":
        return basis != "land"
    return basis == rule.area_basis


def area_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Measure an area rule in every community in its scope.

    With a room of unknown area, or a class that is not declared complete, the
    figure is a lower bound: it can pass, and is otherwise not assessed (0b.10).

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of kind ``area_per_100_households``.

    Returns
    -------
    DataFrame
        Rows for ``judge``; numerator m², denominator households.

    Examples
    --------
    680 m² for 480 households are 141.7 m² per 100; C2 has no such room.

    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rows = area_rows(prepare(toy.district, None), read_rule_book("hefei").rules[0])
    >>> rows["measured"].round(1).tolist()
    [141.7, 0.0]
    """
    units = in_scope(inputs.communities, rule)
    rows = begin_rows(units, rule, unit_of_measure="m2_per_100_households")
    rooms = counted_rooms(inputs.district, rule)
    by_unit = rooms.groupby("unit_id")
    known = by_unit["area_m2"].sum().reindex(units["unit_id"])
    unknown = rooms.loc[rooms["area_m2"].isna()].groupby("unit_id")["other_basis"]
    other_basis = unknown.all().reindex(units["unit_id"])
    complete = inputs.district.complete_classes.issuperset(rule.classes)
    area = np.asarray(known.fillna(0.0), dtype=float)
    households = units["households"].to_numpy(dtype=float)
    measured = area_per_100_households(area, households)
    nothing = np.asarray(known.isna()) & (not complete)
    return rows.assign(
        measured=np.where(nothing, np.nan, measured),
        numerator=np.where(nothing, np.nan, area),
        denominator=households,
        exposed=households,
        basis=_bases(rooms, units),
        reason=_reasons(measured, nothing=nothing),
        reason_if_short=_soft_reasons(other_basis, complete=complete),
    )


def _bases(rooms: DataFrame, units: DataFrame) -> list[str]:
    """Area bases found in each unit, then the basis of its households."""
    known = rooms[rooms["area_m2"].notna()].fillna({"area_basis": "unspecified"})
    areas = {
        unit: "+".join(sorted(set(values)))
        for unit, values in known.groupby("unit_id")["area_basis"]
    }
    return [
        f"{areas[unit]}+{basis}" if unit in areas else basis
        for unit, basis in zip(units["unit_id"], units["basis"], strict=True)
    ]


def _reasons(
    measured: npt.NDArray[np.float64], *, nothing: npt.NDArray[np.bool_]
) -> npt.NDArray[np.object_]:
    reasons = np.full(len(measured), None, dtype=object)
    reasons[np.isnan(measured)] = "checks.no_households"
    reasons[nothing] = "checks.class_incomplete"
    return reasons


def _soft_reasons(other_basis: Series, *, complete: bool) -> Series:
    """Why a figure below the standard proves nothing: parts of it are unknown."""
    reasons = pd.Series(None, index=range(len(other_basis)), dtype=object)
    if not complete:
        reasons[:] = "checks.class_incomplete"
    flags = other_basis.reset_index(drop=True)
    reasons[flags.eq(False)] = "checks.area_unknown"  # noqa: FBT003
    reasons[flags.eq(True)] = "checks.area_other_basis"  # noqa: FBT003
    return reasons

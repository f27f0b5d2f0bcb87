"""Facts from registers, and quantities of the tables that stand in for them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from lifecircle.checks.inputs import Inputs, cached
from lifecircle.checks.levels import units_at
from lifecircle.checks.places import canonical, level_key
from lifecircle.checks.units import scope_mask

if TYPE_CHECKING:
    import numpy.typing as npt
    from pandas import DataFrame, Series

    from lifecircle.model import Rule

__all__ = ["fact_texts", "fact_values", "list_items", "own_values", "whole_values"]

_OF_UNITS = ("households", "persons", "elderly", "children_0_3", "planned_dwellings")
"""Quantities that the units themselves hold."""

_OF_GRIDS = ("staff", "grid_staff", "grid_workers")
"""Facts that ``grids.staff`` answers where no register does."""

_YES, _NO = ("yes", "true", "是", "有"), ("no", "false", "否", "无")
_BETWEEN = re.compile(r"[;；、,，/\n]+")


def list_items(text: str | None) -> tuple[str, ...]:
    """Items of a list in one cell, separated by ``; 、 ，`` or ``/``.

    Parameters
    ----------
    text : str or None
        The cell.

    Returns
    -------
    tuple of str
        Each once, in order.

    Examples
    --------
    >>> list_items("党组织、居委会；便民服务站")
    ('党组织', '居委会', '便民服务站')
    """
    if not isinstance(text, str):
        return ()
    parts = (part.strip() for part in _BETWEEN.split(text))
    return tuple(dict.fromkeys(part for part in parts if part))


def fact_values(
    inputs: Inputs, level: str, fact: str, classes: tuple[str, ...] = ()
) -> npt.NDArray[np.float64]:
    """A fact of every unit of a level; NaN where no register gives it.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    level : str
        Of ``levels.LEVELS``.
    fact : str
        Name of the fact; ``households``, ``persons``, ``elderly`` and
        ``communities`` come from the tables. Of the district, a fact that only
        its communities give is their sum, unknown if one is.
    classes : tuple of str
        As ``units_at``.

    Returns
    -------
    float array
        In the order of ``units_at``.

    Examples
    --------
    >>> from lifecircle.checks.inputs import prepare
    >>> fact_values(prepare(toy.district, None), "community", "households")
    array([480., 120.])
    """
    values: npt.NDArray[np.float64] = cached(
        inputs,
        (fact, *level_key("fact", level, classes)),
        lambda: _values(inputs, canonical(level), fact, classes),
    )
    return values


def own_values(
    inputs: Inputs, level: str, fact: str, classes: tuple[str, ...] = ()
) -> npt.NDArray[np.float64]:
    """A fact of every unit of a level as given of it: never the sum of its parts.

    Where no register gives it, ``grids.staff`` stands for the staff of grids, the
    listed floor area and the area of the outline for those of facilities.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    level : str
        Of ``levels.LEVELS``.
    fact : str
        Name of the fact.
    classes : tuple of str
        As ``units_at``.

    Returns
    -------
    float array
        In the order of ``units_at``; NaN where nothing gives it.

    Examples
    --------
    The listed floor area of the facilities F1 and F2.

    >>> from lifecircle.checks.inputs import prepare
    >>> own_values(prepare(toy.district, None), "facility", "floor_area_m2")[:2]
    array([150., 980.])
    """
    level = canonical(level)
    ids = units_at(inputs, level, classes)["unit_id"]
    values = _numbers(_register(inputs, level, fact), ids)
    if not np.isnan(values).all():
        return values
    district = inputs.district
    if level == "grid" and fact in _OF_GRIDS:
        staff = district.grids.set_index("grid_id")["staff"]
        return staff.reindex(ids).to_numpy(dtype=float)
    if level == "facility" and fact == "floor_area_m2":
        listed = district.facilities
        floor = listed["floor_area_m2"].where(listed["area_basis"] == "floor")
        return floor.to_numpy(dtype=float)
    if level == "facility" and fact == "land_area_m2":
        outline = shapely.area(district.facilities.geometry.to_numpy())
        return np.where(outline > 0, outline, np.nan)
    return values


def _values(
    inputs: Inputs, level: str, fact: str, classes: tuple[str, ...]
) -> npt.NDArray[np.float64]:
    units = units_at(inputs, level, classes)
    if fact in _OF_UNITS and fact in units:
        return units[fact].to_numpy(dtype=float)
    if fact in ("communities", "community"):
        return _counted(inputs, level, len(units))
    values = own_values(inputs, level, fact, classes)
    if np.isnan(values).all() and level in ("city", "district", "subdistrict"):
        return _summed(inputs, level, fact, units)
    return values


def whole_values(inputs: Inputs, rule: Rule, fact: str) -> npt.NDArray[np.float64]:
    """A fact of the whole district, for the communities that a rule is about.

    What the register says of the whole stands as it is; people, and facts that only
    the communities give, are summed over the communities of the rule's settlement
    and affiliation: 18 community workers for 10,000 urban residents, not for all
    (P5-05). Unknown if one of them is.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of level ``city`` or ``district``: ``settlement``, ``affiliation``.
    fact : str
        As ``fact_values``.

    Returns
    -------
    float array
        One value.

    Examples
    --------
    No community of the toy is rural.

    >>> from dataclasses import replace
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> inputs = prepare(toy.district, None)
    >>> rule = replace(read_rule_book("hefei").rules[0], level="city")
    >>> whole_values(inputs, rule, "persons")
    array([1500.])
    >>> whole_values(inputs, replace(rule, settlement="rural"), "persons")
    array([nan])
    """
    every = rule.settlement == rule.affiliation == "any"
    declared = fact not in _OF_UNITS and not _register(inputs, rule.level, fact).empty
    if every or declared or fact in ("communities", "community"):
        return fact_values(inputs, rule.level, fact)
    mask = scope_mask(units_at(inputs, "community"), rule)
    parts = fact_values(inputs, "community", fact)[mask]
    return np.array([parts.sum() if len(parts) else np.nan])


def _counted(inputs: Inputs, level: str, size: int) -> npt.NDArray[np.float64]:
    """Communities in every unit; a circle cuts through them."""
    if level == "circle":
        return np.full(size, np.nan)
    if level == "subdistrict":
        ids = units_at(inputs, level)["unit_id"]
        count = inputs.communities.groupby("subdistrict_id").size().reindex(ids)
        return np.asarray(count.fillna(0), dtype=float)
    return np.full(size, float(len(inputs.communities)))


def _summed(
    inputs: Inputs, level: str, fact: str, units: DataFrame
) -> npt.NDArray[np.float64]:
    parts = fact_values(inputs, "community", fact)
    if level == "subdistrict":
        keys = inputs.communities["subdistrict_id"].to_numpy(dtype=object)
    else:
        keys = np.full(len(parts), inputs.district.config.district_id, dtype=object)
    totals = pd.Series(parts).groupby(keys).apply(lambda part: part.sum(skipna=False))
    return np.asarray(totals.reindex(units["unit_id"]), dtype=float)


def _register(inputs: Inputs, level: str, fact: str) -> DataFrame:
    groups = cached(inputs, "registers", lambda: _groups(inputs))
    empty = inputs.district.registers.iloc[:0]
    frame: DataFrame = groups.get((level, fact), empty)
    return frame


def _groups(inputs: Inputs) -> dict[tuple[str, str], DataFrame]:
    registers = inputs.district.registers
    levels = registers["level"].map(canonical)
    frame = registers.assign(level=levels).drop_duplicates(
        ["level", "unit_id", "fact"], keep="last"
    )
    grouped = frame.groupby(["level", "fact"], sort=False)
    return {(str(level), str(fact)): part for (level, fact), part in grouped}


def _numbers(found: DataFrame, ids: Series) -> npt.NDArray[np.float64]:
    """Values; a yes or no in the text counts 1 or 0, a list its items."""
    if found.empty:
        return np.full(len(ids), np.nan)
    values = found["value"].to_numpy(dtype=float)
    words = [_number(text) for text in found["text"]]
    values = np.where(np.isnan(values), words, values)
    series = pd.Series(values, index=found["unit_id"].to_numpy(dtype=object))
    return series.reindex(ids).to_numpy(dtype=float)


def _number(text: object) -> float:
    if not isinstance(text, str) or not text.strip():
        return float("nan")
    word = text.strip().lower()
    if word in _YES or word in _NO:
        return 1.0 if word in _YES else 0.0
    return float(len(list_items(text)))


def fact_texts(inputs: Inputs, level: str, fact: str) -> list[str | None]:
    """Text of a fact of every unit; None where no register gives it.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    level : str
        Of ``levels.LEVELS``.
    fact : str
        Name of the fact.

    Returns
    -------
    list of str or None
        In the order of ``units_at``.

    Examples
    --------
    >>> from lifecircle.checks.inputs import prepare
    >>> fact_texts(prepare(toy.district, None), "community", "bodies")
    [None, None]
    """
    found = _register(inputs, canonical(level), fact)
    texts = {
        str(unit): text
        for unit, text in zip(found["unit_id"], found["text"], strict=True)
        if isinstance(text, str)
    }
    return [texts.get(str(unit)) for unit in units_at(inputs, level)["unit_id"]]

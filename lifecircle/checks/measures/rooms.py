"""Rooms that count for an area rule, and their areas in every unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from lifecircle.checks.inputs import Inputs, cached, prepare
from lifecircle.checks.levels import units_at
from lifecircle.checks.places import canonical
from lifecircle.checks.serving import in_use_pairs, serving

if TYPE_CHECKING:
    from pandas import DataFrame, Series

    from lifecircle.model import District, Rule

__all__ = ["counted_rooms", "rooms_at", "rooms_in_use"]

_SITES = ("OPEN.", "SPT.")
"""Classes whose polygon is a piece of land in use, not the outline of a house."""


def rooms_in_use(inputs: Inputs, rule: Rule) -> DataFrame:
    """Rooms that count for a rule, wherever they are.

    Rooms of the rule's classes in facilities whose status counts and that were
    opened by the year of the district's data (year unknown counts as open). A
    facility that offers a class without a listed room counts with unknown area.
    Where the rule names an area basis, an area on another basis is unknown to it;
    land is never a room's area unless the rule says so. Open places without a
    listed area count the area of their polygon, as land.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        ``classes``, ``statuses``, ``area_basis``.

    Returns
    -------
    DataFrame
        ``facility_id``, ``facility_class``, ``pair`` (row in ``offered``),
        ``area_m2`` (NaN = unknown), ``area_basis``, ``other_basis`` (bool).

    Examples
    --------
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> inputs = prepare(toy.district, None)
    >>> rooms_in_use(inputs, read_rule_book("hefei").rules[0])["area_m2"].tolist()
    [680.0]
    """
    frame: DataFrame = cached(
        inputs,
        ("rooms", rule.classes, rule.statuses, rule.area_basis),
        lambda: _rooms_in_use(inputs, rule),
    )
    return frame


def _rooms_in_use(inputs: Inputs, rule: Rule) -> DataFrame:
    rooms: DataFrame = cached(
        inputs, ("all rooms", rule.statuses), lambda: _all_rooms(inputs, rule.statuses)
    )
    wanted = in_use_pairs(inputs, rule.statuses)["facility_class"].isin(rule.classes)
    place = np.cumsum(wanted.to_numpy()) - 1
    rooms = rooms[wanted.to_numpy()[rooms["pair"].to_numpy()]]
    fits = _fits(rooms["area_basis"], rule)
    fits |= rooms["open"] & (rule.area_basis == "unspecified")
    area = rooms["area_m2"]
    return (
        rooms[["facility_id", "facility_class"]]
        .assign(
            pair=place[rooms["pair"].to_numpy()],
            area_m2=area.where(fits),
            area_basis=rooms["area_basis"],
            other_basis=~fits & area.notna(),
        )
        .reset_index(drop=True)
    )


def _all_rooms(inputs: Inputs, statuses: tuple[str, ...]) -> DataFrame:
    """Rooms of all facilities in use; open places without one have the site's area."""
    keys = ["facility_id", "facility_class"]
    listed = inputs.district.rooms[[*keys, "floor_area_m2", "area_basis"]]
    pairs = in_use_pairs(inputs, statuses)
    rooms = pairs.assign(pair=np.arange(len(pairs))).merge(listed, on=keys, how="left")
    area = rooms["floor_area_m2"].astype(float)
    basis = rooms["area_basis"].astype(object)
    land = _site_areas(inputs.district)
    site = rooms["facility_id"].map(land).astype(float)
    open_ = rooms["facility_class"].str.startswith(_SITES).astype(bool)
    as_land = open_ & area.isna() & site.notna()
    return rooms[[*keys, "pair"]].assign(
        area_m2=area.where(~as_land, site),
        area_basis=basis.where(~as_land, "land"),
        open=open_,
    )


def _site_areas(district: District) -> Series:
    facilities = district.facilities
    area = shapely.area(facilities.geometry.to_numpy())
    return pd.Series(
        np.where(area > 0, area, np.nan), index=facilities["facility_id"].to_numpy()
    )


def _fits(basis: Series, rule: Rule) -> Series:
    if rule.area_basis == "unspecified":
        return basis != "land"
    return basis == rule.area_basis


def counted_rooms(district: District, rule: Rule) -> DataFrame:
    """Rooms that count for a rule, with the community they serve and their share.

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
    serves = district.serves[["facility_id", "unit_id", "share"]]
    rooms = rooms_in_use(prepare(district, pd.DataFrame()), rule)
    served = rooms.merge(serves[serves["share"] > 0], on="facility_id")
    served = served.assign(area_m2=served["area_m2"] * served["share"])
    keys = ["unit_id", "facility_id", "facility_class"]
    columns = [*keys, "area_m2", "area_basis", "other_basis"]
    return served[columns].sort_values(
        [*keys, "area_m2"], ignore_index=True, kind="stable"
    )


def rooms_at(inputs: Inputs, rule: Rule) -> DataFrame:
    """Area of the rooms that count, in every unit of the rule's level.

    ``sum(area_m2 * share)`` over the rooms of the facilities that serve the unit.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        ``classes``, ``statuses``, ``area_basis``, ``level``.

    Returns
    -------
    DataFrame
        In the order of ``units_at``: ``area_m2`` (of the known rooms), ``rooms``,
        ``facilities``, ``unknown`` (rooms of unknown area), ``other_basis`` (of
        these, on another basis), ``bases`` (joined by ``+``, or None).

    Examples
    --------
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rooms_at(prepare(toy.district, None), read_rule_book("hefei").rules[0])[
    ...     ["area_m2", "rooms"]
    ... ].values.tolist()
    [[680.0, 1.0], [0.0, 0.0]]
    """
    size = len(units_at(inputs, rule.level, rule.classes))
    rooms = rooms_in_use(inputs, rule).merge(
        serving(inputs, canonical(rule.level), rule.classes), on="facility_id"
    )
    unit = rooms["unit"].to_numpy(dtype=np.intp)
    area = (rooms["area_m2"] * rooms["share"]).to_numpy(dtype=float)
    unknown = np.isnan(area)
    single = ~rooms.duplicated(["facility_id", "unit"]).to_numpy()
    weights = {
        "area_m2": np.nan_to_num(area),
        "rooms": np.ones(len(rooms)),
        "facilities": single.astype(float),
        "unknown": unknown.astype(float),
        "other_basis": (unknown & rooms["other_basis"].to_numpy(dtype=bool)),
    }
    sums = {
        name: np.bincount(unit, values.astype(float), minlength=size)
        for name, values in weights.items()
    }
    bases: list[str | None] = [None] * size
    known = rooms[~unknown]
    named = known["area_basis"].fillna("unspecified").astype(str)
    for position, part in named.groupby(known["unit"].to_numpy()):
        bases[int(str(position))] = "+".join(sorted(set(part)))
    return pd.DataFrame(sums).assign(bases=np.array(bases, dtype=object))

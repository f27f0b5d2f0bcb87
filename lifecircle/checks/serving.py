"""Which facilities count, and which units they serve with what share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from lifecircle.checks.inputs import Inputs, cached
from lifecircle.checks.places import (
    canonical,
    centres,
    level_key,
    nearest_of,
    places_at,
    subdistricts,
)
from lifecircle.checks.units import representative_points

if TYPE_CHECKING:
    import numpy.typing as npt
    from geopandas import GeoDataFrame
    from pandas import DataFrame

    from lifecircle.model import District, Rule

__all__ = ["in_use", "in_use_pairs", "offered", "serving"]


def in_use(district: District, statuses: tuple[str, ...]) -> GeoDataFrame:
    """Facilities whose status counts; built ones also must be open.

    Parameters
    ----------
    district : District
        ``facilities``; opened in an unknown year counts as open.
    statuses : tuple of str
        Statuses that count.

    Returns
    -------
    GeoDataFrame
        Rows of ``facilities``.

    Examples
    --------
    >>> in_use(toy.district, ("under_construction",))["facility_id"].tolist()
    ['F4']
    """
    facilities = district.facilities
    late = facilities["opened"] > district.config.as_of.year
    counts = facilities["status"].isin(statuses)
    return facilities[counts & ~(late & (facilities["status"] == "built"))]


def offered(inputs: Inputs, rule: Rule) -> DataFrame:
    """Facilities that count for a rule, with the classes they offer.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        ``classes``, ``statuses``.

    Returns
    -------
    DataFrame
        ``facility_id``, ``facility_class``, sorted.

    Examples
    --------
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> offered(prepare(toy.district, None), read_rule_book("hefei").rules[0]).values
    array([['F2', 'SVC.COMM']], dtype=object)
    """
    frame: DataFrame = cached(
        inputs,
        ("offered", rule.classes, rule.statuses),
        lambda: _offered(inputs, rule),
    )
    return frame


def _offered(inputs: Inputs, rule: Rule) -> DataFrame:
    pairs = in_use_pairs(inputs, rule.statuses)
    return pairs[pairs["facility_class"].isin(rule.classes)].reset_index(drop=True)


def in_use_pairs(inputs: Inputs, statuses: tuple[str, ...]) -> DataFrame:
    """Facilities whose status counts, with every class that they offer.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    statuses : tuple of str
        Statuses that count.

    Returns
    -------
    DataFrame
        ``facility_id``, ``facility_class``, sorted; made once.

    Examples
    --------
    >>> from lifecircle.checks.inputs import prepare
    >>> in_use_pairs(prepare(toy.district, None), ("under_construction",)).values
    array([['F4', 'ELD.CANTEEN']], dtype=object)
    """
    frame: DataFrame = cached(
        inputs, ("in use", statuses), lambda: _in_use(inputs, statuses)
    )
    return frame


def _in_use(inputs: Inputs, statuses: tuple[str, ...]) -> DataFrame:
    pairs = inputs.district.facility_classes[["facility_id", "facility_class"]]
    ids = in_use(inputs.district, statuses)["facility_id"]
    return pairs[pairs["facility_id"].isin(ids)].reset_index(drop=True)


def serving(inputs: Inputs, level: str, classes: tuple[str, ...] = ()) -> DataFrame:
    """Which facilities serve which units of a level.

    Communities as declared, else by place (``District.serves``); subdistricts and
    the whole by their communities; compounds and grids by place; a facility serves
    itself; a catchment is served from within.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    level : str
        Of ``levels.LEVELS``.
    classes : tuple of str
        Classes of the centres of catchments.

    Returns
    -------
    DataFrame
        ``facility_id``, ``unit`` (position in ``units_at``), ``share`` over 0.

    Examples
    --------
    >>> from lifecircle.checks.inputs import prepare
    >>> serving(prepare(toy.district, None), "community").values[0].tolist()
    ['F1', 0, 1.0]
    """
    frame: DataFrame = cached(
        inputs,
        level_key("serving", level, classes),
        lambda: _serving(inputs, canonical(level), classes),
    )
    return frame


def _serving(inputs: Inputs, level: str, classes: tuple[str, ...]) -> DataFrame:
    district = inputs.district
    if level in ("community", "subdistrict", "district", "city"):
        return _by_community(inputs, level)
    facilities = district.facilities
    ids = facilities["facility_id"].to_numpy(dtype=object)
    if level == "facility":
        return _frame(ids, np.arange(len(ids)))
    points = cached(inputs, "sites", lambda: representative_points(facilities))
    if level == "catchment":
        sites = centres(inputs, classes)
        if sites.empty:
            return _frame(ids[:0], np.arange(0))
        inside = facilities["community_id"].notna().to_numpy()
        nearest = nearest_of(points[inside], representative_points(sites))
        return _frame(ids[inside], nearest)
    tree = shapely.STRtree(places_at(inputs, level))
    row, unit = tree.query(points, predicate="intersects")
    return _frame(ids[row], unit)


def _frame(
    ids: npt.NDArray[np.object_], unit: npt.NDArray[np.intp], share: float = 1.0
) -> DataFrame:
    return pd.DataFrame({"facility_id": ids, "unit": unit, "share": share})


def _by_community(inputs: Inputs, level: str) -> DataFrame:
    serves = inputs.district.serves
    serves = serves[serves["share"] > 0]
    units = inputs.communities
    code = pd.Index(units["unit_id"]).get_indexer(serves["unit_id"])
    if level == "subdistrict":
        of = pd.Index(subdistricts(inputs)).get_indexer(
            pd.Index(units["subdistrict_id"])
        )
        code = np.where(code >= 0, of[code], -1)
    elif level != "community":
        code = np.where(code >= 0, 0, -1)
    frame = pd.DataFrame(
        {
            "facility_id": serves["facility_id"].to_numpy(dtype=object),
            "unit": code,
            "share": serves["share"].to_numpy(dtype=float),
        }
    )
    frame = frame[frame["unit"] >= 0]
    if level == "community":
        return frame.reset_index(drop=True)
    return frame.groupby(["facility_id", "unit"])["share"].sum().reset_index()

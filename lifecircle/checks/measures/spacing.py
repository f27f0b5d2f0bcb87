"""Spacing of streets: how far apart the walkable streets of a unit lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lifecircle.checks.levels import scoped
from lifecircle.checks.measures.rows import begin_rows
from lifecircle.checks.places import places_at

if TYPE_CHECKING:
    import numpy.typing as npt
    from pandas import DataFrame

    from lifecircle.checks.inputs import Inputs
    from lifecircle.model import Rule

__all__ = ["mean_spacing_m", "spacing_rows"]


def mean_spacing_m(
    area_m2: npt.NDArray[np.float64], street_m: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Mean distance between streets, m.

    ``2 * area / length``: a square grid with streets s apart has 2 / s metres of
    street for every square metre (Shanghai 2016, SH-06: 200 m; RULES.md 3.1). The
    reading is ours: the source does not say how spacing is measured.

    Parameters
    ----------
    area_m2 : float array
        Ground of the unit.
    street_m : float array
        Length of its streets; 0 gives NaN.

    Returns
    -------
    float array
        Metres.

    Examples
    --------
    One square kilometre with 10 km of streets: 200 m apart.

    >>> mean_spacing_m(np.array([1e6]), np.array([1e4]))
    array([200.])
    """
    return 2.0 * area_m2 / np.where(street_m > 0, street_m, np.nan)


def spacing_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Measure the mean spacing of the walkable streets of every unit.

    ``mean_spacing_m`` of the parts of ``roads`` (walkable) inside the unit.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of kind ``spacing_max``.

    Returns
    -------
    DataFrame
        Rows for ``judge``; numerator m² of ground, denominator m of street.

    Examples
    --------
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = read_rule_book("hefei").rules[0]
    >>> spacing_rows(prepare(toy.district, None), rule)["denominator"].tolist()
    [2370.0, 1020.0]
    """
    units, take = scoped(inputs, rule)
    rows = begin_rows(units, rule, unit_of_measure="m")
    places = places_at(inputs, rule.level, rule.classes)[take]
    roads = inputs.district.roads
    lines = roads.loc[roads["walkable"] == "yes"].geometry.to_numpy()
    length = np.zeros(len(units))
    if len(lines) and len(units):
        unit, line = shapely.STRtree(lines).query(places, predicate="intersects")
        inside = shapely.length(shapely.intersection(places[unit], lines[line]))
        length = np.asarray(np.bincount(unit, inside, minlength=len(units)))
    area = shapely.area(places)
    reason = np.full(len(units), None, dtype=object)
    reason[length == 0] = "checks.no_streets"
    return rows.assign(
        measured=mean_spacing_m(area, length),
        numerator=area,
        denominator=length,
        exposed=units["households"].to_numpy(dtype=float),
        reason=reason,
    )

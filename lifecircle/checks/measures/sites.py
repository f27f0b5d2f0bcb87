"""Rules about each facility alone: its area, its width, its site."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from lifecircle.checks.levels import scoped
from lifecircle.checks.measures.rooms import rooms_in_use
from lifecircle.checks.measures.rows import begin_rows, shown_unit, told
from lifecircle.checks.serving import offered

if TYPE_CHECKING:
    import numpy.typing as npt
    from pandas import DataFrame

    from lifecircle.checks.inputs import Inputs
    from lifecircle.model import Rule

__all__ = ["min_area_rows", "min_width_rows", "site_units", "site_width_m"]


def site_width_m(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    """Width of a site: the shorter side of its smallest enclosing rectangle, m.

    GB 50180-2018 4.0.4 asks parks for a least width; RULES.md 3.1. Points and lines
    have none (NaN).

    Parameters
    ----------
    shapes : object array of shapely geometry
        Sites, metric CRS.

    Returns
    -------
    float array
        Metres.

    Examples
    --------
    A park of 50 m by 20 m is 20 m wide.

    >>> site_width_m(np.array([shapely.box(0, 0, 50, 20), shapely.Point(0, 0)]))
    array([20., nan])
    """
    widths = np.full(len(shapes), np.nan)
    for row in np.flatnonzero(shapely.area(shapes) > 0):
        corners = shapely.get_coordinates(
            shapely.minimum_rotated_rectangle(shapes[row])
        )
        sides = np.hypot(*np.diff(corners[:3], axis=0).T)
        widths[row] = sides.min()
    return widths


def site_units(inputs: Inputs, rule: Rule) -> DataFrame:
    """Facilities of the rule's classes inside the district, as units.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        ``classes``, ``statuses``, ``settlement``, ``affiliation``.

    Returns
    -------
    DataFrame
        Rows of ``units_at`` of level ``facility``, with ``facility_class`` and
        ``position`` in them, and ``pair`` (row in ``offered``); a facility of two
        classes has two rows.

    Examples
    --------
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = read_rule_book("hefei").rules[0]
    >>> site_units(prepare(toy.district, None), rule)["unit_id"].tolist()
    ['F2']
    """
    every, take = scoped(inputs, replace(rule, level="facility"))
    pairs = offered(inputs, rule)
    row = pd.Index(every["unit_id"]).get_indexer(pairs["facility_id"])
    here = np.flatnonzero(row >= 0)
    units = every.iloc[row[here]].reset_index(drop=True)
    ids, classes = (
        pairs[name].to_numpy(dtype=object)[here]
        for name in ("facility_id", "facility_class")
    )
    found: DataFrame = units.assign(
        facility_id=ids, facility_class=classes, position=take[row[here]], pair=here
    )
    return found


def min_area_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Measure the area of each facility of the rule's classes, m².

    ``sum of the rooms of one class in one facility``; for open places the area of
    the site. Panzhihua PZ-R06 (400 m² a station), PZ-R07 (800 m² a centre);
    RULES.md 3.1. A facility whose area is unknown is not assessed.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of kind ``min_area``.

    Returns
    -------
    DataFrame
        Rows for ``judge``, one per facility and class; numerator m².

    Examples
    --------
    The service rooms of F2 have 680 m².

    >>> from dataclasses import replace
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = replace(read_rule_book("hefei").rules[0], kind="min_area")
    >>> rows = min_area_rows(prepare(toy.district, None), rule)
    >>> rows[["level", "unit_id", "measured"]].values.tolist()
    [['facility', 'F2', 680.0]]
    """
    units = site_units(inputs, rule)
    rows = begin_rows(units, rule, unit_of_measure="m2")
    rooms = rooms_in_use(inputs, rule)
    size, pair = len(offered(inputs, rule)), rooms["pair"].to_numpy(dtype=np.intp)
    here = units["pair"].to_numpy(dtype=np.intp)
    areas = rooms["area_m2"].to_numpy(dtype=float)
    unknown, other = (
        np.bincount(pair, flags, minlength=size)[here] > 0
        for flags in (np.isnan(areas), rooms["other_basis"].to_numpy(dtype=bool))
    )
    area = np.bincount(pair, np.nan_to_num(areas), minlength=size)[here]
    basis = np.full(size, None, dtype=object)
    basis[pair] = rooms["area_basis"].to_numpy(dtype=object)
    soft = np.full(len(units), None, dtype=object)
    soft[unknown] = "checks.area_unknown"
    soft[unknown & other] = "checks.area_other_basis"
    reason = told(area == 0, soft)
    return rows.assign(
        measured=np.where(unknown & (area == 0), np.nan, area),
        numerator=area,
        exposed=1.0,
        affected_unit="facilities",
        facility_class=units["facility_class"].to_numpy(dtype=object),
        basis=basis[here],
        reason=reason,
        reason_if_short=soft,
        missing_inputs=told(unknown & (area == 0), "floor_area_m2"),
    )


def min_width_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Measure the width of each site of the rule's classes, m.

    ``site_width_m``; a site that is only a point is not assessed.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of kind ``min_width``.

    Returns
    -------
    DataFrame
        Rows for ``judge``, one per facility and class.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = replace(read_rule_book("hefei").rules[0], kind="min_width")
    >>> min_width_rows(prepare(toy.district, None), rule)["reason"].tolist()
    ['checks.no_polygon']
    """
    units = site_units(inputs, rule)
    rows = begin_rows(units, rule, unit_of_measure=shown_unit(rule))
    shapes = inputs.district.facilities.geometry.to_numpy()[units["position"]]
    width = site_width_m(np.asarray(shapes, dtype=object))
    reason = told(np.isnan(width), "checks.no_polygon")
    return rows.assign(
        missing_inputs=told(np.isnan(width), "polygon"),
        measured=width,
        numerator=width,
        exposed=1.0,
        affected_unit="facilities",
        facility_class=units["facility_class"].to_numpy(dtype=object),
        reason=reason.astype(object),
    )

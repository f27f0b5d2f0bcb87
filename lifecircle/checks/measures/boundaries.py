"""Topology of units: overlaps, gaps, scattered parts, children across a border."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from lifecircle.checks.inputs import Inputs, cached
from lifecircle.checks.levels import scoped
from lifecircle.checks.measures.rows import begin_rows
from lifecircle.checks.measures.size import MICRO
from lifecircle.checks.places import canonical, places_at
from lifecircle.unions import union_of

if TYPE_CHECKING:
    import numpy.typing as npt
    from pandas import DataFrame

    from lifecircle.model import Rule

__all__ = ["SLIVER_M", "fault_rows", "gaps_beside", "overlaps_with", "thickness_m"]

SLIVER_M = 1.0
"""Overlaps and gaps thinner than this are the drawing's, not the boundary's. Ours."""


def thickness_m(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    """How thick a piece of ground is, m: ``2 * area / perimeter``.

    Parameters
    ----------
    shapes : object array of shapely geometry
        Polygons, metric CRS.

    Returns
    -------
    float array
        Of a strip about its width; 0 for lines and points.

    Examples
    --------
    >>> thickness_m(np.array([shapely.box(0, 0, 999, 1)])).round(2)
    array([1.])
    """
    around = shapely.length(shapes)
    return 2.0 * shapely.area(shapes) / np.where(around > 0, around, 1.0)


def overlaps_with(
    shapes: npt.NDArray[np.object_], others: npt.NDArray[np.object_]
) -> npt.NDArray[np.float64]:
    """How many of the others each shape overlaps by more than a sliver.

    Parameters
    ----------
    shapes, others : object arrays of shapely geometry
        Polygons; a shape is not compared with itself.

    Returns
    -------
    float array
        Counts.

    Examples
    --------
    Two squares share a strip of 10 m; the third only touches.

    >>> shapes = shapely.box([0, 90, 190], 0, [100, 190, 290], 100)
    >>> overlaps_with(shapes, shapes)
    array([1., 1., 0.])
    """
    if not len(shapes) or not len(others):
        return np.zeros(len(shapes))
    one, two = shapely.STRtree(others).query(shapes, predicate="intersects")
    apart = shapes[one] != others[two]
    one, two = one[apart], two[apart]
    shared = shapely.intersection(shapes[one], others[two])
    thick = thickness_m(shared) > SLIVER_M
    return np.bincount(one[thick], minlength=len(shapes)).astype(float)


def gaps_beside(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    """How many holes between the shapes each one borders on.

    A gap is ground enclosed by the shapes that belongs to none, thicker than a
    sliver; ground on the outer side cannot be told from the neighbour's.

    Parameters
    ----------
    shapes : object array of shapely geometry
        Polygons that should leave no hole.

    Returns
    -------
    float array
        Counts.

    Examples
    --------
    Two halves of a ring around a hole of 10 m.

    >>> ring = shapely.box(0, 0, 30, 30).difference(shapely.box(10, 10, 20, 20))
    >>> halves = shapely.intersection(ring, shapely.box([0, 15], 0, [15, 30], 30))
    >>> gaps_beside(halves)
    array([1., 1.])
    """
    whole = union_of(shapes)
    rings = [
        ring
        for part in shapely.get_parts(np.array([whole], dtype=object))
        if part.geom_type == "Polygon"
        for ring in part.interiors
    ]
    holes = shapely.polygons(rings) if rings else np.array([], dtype=object)
    holes = holes[thickness_m(holes) > SLIVER_M] if len(holes) else holes
    counts = np.zeros(len(shapes))
    for hole in holes:
        counts += shapely.intersects(shapes, hole.buffer(0.1))
    return counts


def fault_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Count the faults of every unit's boundary, of which there should be none.

    ``overlaps with other units + gaps beside it + parts beyond the first``
    (Decheng DC-R03, 四界; RULES.md 3.1). Of a grid, communities beyond the first
    that it lies in instead of gaps: each grid nests in one community. Slivers up to
    1 m thick are not counted (ours).

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of kind ``topology``, unit ``faults``.

    Returns
    -------
    DataFrame
        Rows for ``judge``; numerator faults.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = replace(read_rule_book("decheng").rules[2], unit="faults")
    >>> fault_rows(prepare(toy.district, None), rule)["measured"].tolist()
    [0.0, 0.0]
    """
    units, take = scoped(inputs, rule)
    rows = begin_rows(units, rule, unit_of_measure="faults")
    level = canonical(rule.level)
    faults = cached(inputs, ("faults", level), lambda: _faults(inputs, level))[take]
    reason = np.full(len(units), None, dtype=object)
    reason[shapely.area(places_at(inputs, level)[take]) == 0] = "checks.no_polygon"
    reason[units["unit_kind"] == "approximate_catchment"] = (
        "checks.approximate_catchment"
    )
    reason[units["unit_kind"].isin(MICRO)] = "checks.micro_grid"
    return rows.assign(
        measured=np.where(pd.isna(reason), faults, np.nan),
        numerator=faults,
        threshold_min=0.0,
        threshold_max=0.0,
        exposed=units["households"].to_numpy(dtype=float),
        basis="polygon",
        reason=reason,
    )


def _faults(inputs: Inputs, level: str) -> npt.NDArray[np.float64]:
    shapes = places_at(inputs, level)
    parts = np.maximum(shapely.get_num_geometries(shapes) - 1, 0).astype(float)
    if level != "grid":
        return parts + overlaps_with(shapes, shapes) + gaps_beside(shapes)
    whole = ~np.asarray(inputs.grids["unit_kind"].isin(MICRO))
    nested = overlaps_with(shapes, places_at(inputs, "community"))
    peers = np.zeros(len(shapes))
    peers[whole] = overlaps_with(shapes[whole], shapes[whole])
    return parts + peers + np.maximum(nested - 1, 0)

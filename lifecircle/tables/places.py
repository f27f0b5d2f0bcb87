"""Where things lie: communities, compounds, gates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from lifecircle.errors import TableError
from lifecircle.hours import hours_open
from lifecircle.tables.regions import regions
from lifecircle.unions import union_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from geopandas import GeoDataFrame

    from lifecircle.tables.ledger import Ledger

__all__ = [
    "GATE_REACH_M",
    "MOST_SHARE",
    "check_gates",
    "containing",
    "gate_compounds",
    "largest_overlap",
    "outside_share",
    "shapes_of",
    "shares_inside",
]

GATE_REACH_M = 15.0
"""A gate stands within this of its compound's wall."""

MOST_SHARE = 0.5
"""A child with at least this share of its ground in its declared parent is there."""

_AREAL = (3, 6, 7)


def shapes_of(frame: pd.DataFrame) -> npt.NDArray[np.object_]:
    """Geometry of a frame as an object array, None where missing.

    Parameters
    ----------
    frame : GeoDataFrame
        Any table with geometry.

    Returns
    -------
    object array
        Shapely shapes.
    """
    return np.array(frame["geometry"].to_numpy(), dtype=object)


def _lowest(
    pairs: npt.NDArray[np.intp], ids: npt.NDArray[np.object_], rows: int
) -> npt.NDArray[np.object_]:
    """For each row the lowest id among its pairs, None without any."""
    found = np.full(rows, None, dtype=object)
    found[pairs[0]] = ids[pairs[1]]
    several = pairs[:, np.bincount(pairs[0], minlength=rows)[pairs[0]] > 1]
    found[several[0]] = None
    for row, place in sorted(zip(*several.tolist(), strict=True), reverse=True):
        if found[row] is None or ids[place] < found[row]:
            found[row] = ids[place]
    return found


def containing(
    shapes: npt.NDArray[np.object_], polygons: GeoDataFrame, id_column: str
) -> npt.NDArray[np.object_]:
    """The polygon that each shape's representative point lies in.

    Parameters
    ----------
    shapes : object array
        Points or polygons, None where missing.
    polygons : GeoDataFrame
        ``id_column`` and polygons (points are passed over).
    id_column : str
        Whose values are given back.

    Returns
    -------
    object array
        Ids, None outside all; on a shared border, or where polygons overlap, the
        lowest id.

    Examples
    --------
    >>> import geopandas, numpy, shapely
    >>> cells = geopandas.GeoDataFrame(
    ...     {"grid_id": ["b", "a"]}, geometry=[shapely.box(0, 0, 9, 9)] * 2
    ... )
    >>> points = numpy.array([shapely.Point(5, 5), shapely.Point(50, 5), None])
    >>> containing(points, cells, "grid_id").tolist()
    ['a', None, None]
    """
    areas = shapes_of(polygons)
    areas[~np.isin(shapely.get_type_id(areas), _AREAL)] = None
    tree = shapely.STRtree(areas)
    if not len(tree):
        return np.full(len(shapes), None, dtype=object)
    region, spots = regions(shapes, areas)
    settled = region >= 0
    own = shapely.point_on_surface(shapes[~settled])
    points = np.concatenate([spots, own])
    pairs = tree.query(points, predicate="intersects")
    ids = polygons[id_column].to_numpy(dtype=object)
    lies_in = _lowest(pairs, ids, len(points))
    found = np.empty(len(shapes), dtype=object)
    found[settled] = lies_in[region[settled]]
    found[~settled] = lies_in[len(spots) :]
    return found


def largest_overlap(
    shapes: npt.NDArray[np.object_], polygons: GeoDataFrame, id_column: str
) -> npt.NDArray[np.object_]:
    """The polygon that shares most area with each shape.

    Parameters
    ----------
    shapes : object array
        Polygons, None where missing.
    polygons : GeoDataFrame
        ``id_column`` and polygons.
    id_column : str
        Whose values are given back.

    Returns
    -------
    object array
        Ids, None without common area; of equal overlaps the lowest id.
    """
    areas = shapes_of(polygons)
    ids = polygons[id_column].to_numpy(dtype=object)
    rows, places = shapely.STRtree(areas).query(shapes, predicate="intersects")
    shared = shapely.area(shapely.intersection(shapes[rows], areas[places]))
    best = pd.DataFrame({"row": rows, "area": shared.round(3), "id": ids[places]})
    best = best[best["area"] > 0].sort_values(
        ["row", "area", "id"], ascending=[True, False, True]
    )
    found = np.full(len(shapes), None, dtype=object)
    first = best.drop_duplicates("row")
    found[first["row"].to_numpy()] = first["id"].to_numpy(dtype=object)
    return found


def outside_share(
    shapes: npt.NDArray[np.object_], areas: npt.NDArray[np.object_]
) -> npt.NDArray[np.float64]:
    """Share of each polygon's ground that lies outside all areas.

    Parameters
    ----------
    shapes : object array
        Polygons, None where missing.
    areas : object array
        Polygons, None where missing; they may overlap.

    Returns
    -------
    float array
        In [0, 1], to six decimals; NaN where missing.

    Examples
    --------
    A square of 10 m, of which a strip of 4 m lies beyond the area.

    >>> import numpy, shapely
    >>> square, area = shapely.box(0, 0, 10, 10), shapely.box(0, 0, 6, 10)
    >>> outside_share(numpy.array([square]), numpy.array([area])).tolist()
    [0.4]
    """
    outside = shapely.area(shapely.difference(shapes, union_of(areas)))
    share: npt.NDArray[np.float64] = (outside / shapely.area(shapes)).round(6)
    return share


def shares_inside(
    shapes: npt.NDArray[np.object_], homes: npt.NDArray[np.object_]
) -> npt.NDArray[np.float64]:
    """Share of each polygon's ground that lies in its own parent.

    Parameters
    ----------
    shapes : object array
        Polygons, None where missing.
    homes : object array
        The parent of each, parallel to ``shapes``.

    Returns
    -------
    float array
        In [0, 1]; 0 for points and where missing.

    Examples
    --------
    Of a square of 10 m, a strip of 4 m lies beyond the parent.

    >>> import numpy, shapely
    >>> square, home = shapely.box(0, 0, 10, 10), shapely.box(0, 0, 6, 10)
    >>> shares_inside(numpy.array([square]), numpy.array([home])).tolist()
    [0.6]
    """
    whole = shapely.area(shapes)
    inside = np.zeros(len(shapes))
    areal = whole > 0.0
    inside[areal] = shapely.area(shapely.intersection(shapes[areal], homes[areal]))
    share: npt.NDArray[np.float64] = inside / np.where(areal, whole, 1.0)
    return share


def _walls(compounds: GeoDataFrame) -> npt.NDArray[np.object_]:
    shapes = shapes_of(compounds)
    walls: npt.NDArray[np.object_] = shapely.boundary(shapes)
    walls[~np.isin(shapely.get_type_id(shapes), _AREAL)] = None
    return walls


def gate_compounds(
    gates: GeoDataFrame, compounds: GeoDataFrame
) -> npt.NDArray[np.object_]:
    """The compound of each gate: declared, else the nearest wall within 15 m.

    Parameters
    ----------
    gates : GeoDataFrame
        ``compound_id`` (None = not declared), points.
    compounds : GeoDataFrame
        ``compound_id``, polygons (compounds known as points have no wall).

    Returns
    -------
    object array
        Compound ids; None without one. Of walls equally near (to the millimetre)
        the lowest id.
    """
    points, walls = shapes_of(gates), _walls(compounds)
    ids = compounds["compound_id"].to_numpy(dtype=object)
    rows, places = shapely.STRtree(walls).query(
        points, predicate="dwithin", distance=GATE_REACH_M
    )
    away = shapely.distance(points[rows], walls[places]).round(3)
    near = pd.DataFrame({"row": rows, "away": away, "id": ids[places]})
    near = near.sort_values(["row", "away", "id"]).drop_duplicates("row")
    found = gates["compound_id"].to_numpy(dtype=object).copy()
    for row, compound_id in zip(near["row"], near["id"], strict=True):
        found[row] = compound_id if pd.isna(found[row]) else found[row]
    return found


def check_gates(
    gates: GeoDataFrame, compounds: GeoDataFrame, *, ledger: Ledger
) -> None:
    """Warn of gates far from their wall, of hours, and of compounds without a gate.

    Parameters
    ----------
    gates : GeoDataFrame
        ``gate_id``, ``compound_id`` as resolved, ``open``, ``hours``, points.
    compounds : GeoDataFrame
        ``compound_id``, ``gated``, shapes.
    ledger : Ledger
        Takes the problems.
    """
    walls = dict(zip(compounds["compound_id"], _walls(compounds), strict=True))
    all_walls = shapely.STRtree(np.array(list(walls.values()), dtype=object))
    points = shapes_of(gates)
    if len(gates) and not len(all_walls):
        for number, count in gates["_origin"].value_counts().sort_index().items():
            told = {"count": count}
            ledger.report(
                "gates_no_walls", told, origin=int(str(number)), severity="warning"
            )
        points = points[:0]
    for place in np.flatnonzero(~shapely.is_missing(points)):
        compound_id = gates["compound_id"].iloc[place]
        wall = walls.get(compound_id)
        if pd.notna(compound_id) and wall is None:
            continue  # a compound known as a point has no wall to measure to
        away = _distance(points[place], wall, all_walls)
        if away <= GATE_REACH_M:
            continue
        shown = {
            "value": gates["gate_id"].iloc[place],
            "compound": compound_id,
            "m": f"{away:.0f}" if np.isfinite(away) else "∞",
            "limit": f"{GATE_REACH_M:.0f}",
        }
        if wall is None:
            ledger.flag(
                gates, [int(place)], "gate_without_wall", [shown], severity="warning"
            )
        else:
            ledger.flag(gates, [int(place)], "gate_far", [shown], severity="warning")
    _check_hours(gates, ledger)
    with_gate = set(gates.loc[gates["open"] == "yes", "compound_id"])
    gateless = (compounds["gated"] == "yes") & ~compounds["compound_id"].isin(with_gate)
    bare = np.flatnonzero(gateless.to_numpy())
    names = compounds["compound_id"].to_numpy()
    values: Sequence[dict[str, Any]] = [{"value": names[place]} for place in bare]
    ledger.flag(
        compounds,
        bare,
        "gated_without_gate",
        values,
        column="gated",
        severity="warning",
    )


def _check_hours(gates: GeoDataFrame, ledger: Ledger) -> None:
    """Warn of opening hours that no run for an hour of the day could use."""
    for place, hours in enumerate(gates["hours"]):
        try:
            hours_open(hours, "00:00")
        except TableError:
            shown = {"value": gates["gate_id"].iloc[place], "hours": hours}
            ledger.flag(
                gates,
                [place],
                "hours_unreadable",
                [shown],
                column="hours",
                severity="warning",
            )


def _distance(point: Any, wall: Any, all_walls: shapely.STRtree) -> float:
    """Metres from a gate to its wall, or to the nearest where it has none."""
    if wall is not None:
        return float(shapely.distance(point, wall))
    place = all_walls.nearest(point) if len(all_walls) else None
    if place is None:
        return float("inf")
    return float(shapely.distance(point, all_walls.geometries[place]))

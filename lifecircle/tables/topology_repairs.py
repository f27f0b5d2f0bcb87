"""Repair of polygons where the district file asks for it, by rules that are stated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lifecircle.tables.places import shapes_of
from lifecircle.tables.schemas import SCHEMAS
from lifecircle.tables.topology import (
    LEVELS,
    SLIVER_M,
    TILED,
    gaps,
    mean_width_m,
    overlaps,
)
from lifecircle.unions import GRID_M

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from lifecircle.tables.ledger import Ledger

    Shapes = npt.NDArray[np.object_]

__all__ = ["close_gaps", "give_overlaps", "repair_topology"]

MOST_LOST_SHARE = 0.5
"""A unit that would lose more of its ground is no drawing slip: it is left as drawn."""

_NEAR_M = 0.01
"""A border within this of a gap is shared with it."""


def give_overlaps(shapes: Shapes, names: npt.NDArray[np.object_]) -> Shapes:
    """Give ground that several polygons claim to the smallest of them.

    Parameters
    ----------
    shapes : object array
        Valid shapes; others than polygons are passed over.
    names : object array
        Ids, parallel; of equal areas the lower id counts as the smaller.

    Returns
    -------
    object array
        The shapes; those that give nothing up are the same objects.

    Notes
    -----
    The smaller unit as drawn keeps its ground: an enclave stays whole, the union
    stays the same, and the order of rows does not matter. A unit that would lose more
    than half of its ground is left as it is. Overlaps of up to 1 m² are rounding of
    coordinates and stay.

    Examples
    --------
    Blocks of 10 m and 20 m by 10 m share 2 m: the larger one gives up 20 m².

    >>> blocks = np.array([shapely.box(8, 0, 28, 10), shapely.box(0, 0, 10, 10)])
    >>> shapely.area(give_overlaps(blocks, np.array(["a", "b"], object))).tolist()
    [180.0, 100.0]
    """
    area = np.nan_to_num(shapely.area(shapes)).round(3)
    rank = np.empty(len(shapes), dtype=np.intp)
    rank[np.lexsort((names.astype(str), area))] = np.arange(len(shapes))
    found = overlaps(shapes)
    gives = rank[found.first] > rank[found.second]
    larger = np.where(gives, found.first, found.second)
    smaller = np.where(gives, found.second, found.first)
    made = shapes.copy()
    for place in np.unique(larger).tolist():
        beside = shapes[smaller[larger == place]]
        claimed = shapely.union_all(beside, grid_size=GRID_M)
        rest = shapely.difference(shapes[place], claimed, grid_size=GRID_M)
        if rest.area >= (1.0 - MOST_LOST_SHARE) * shapes[place].area:
            made[place] = rest
    return made


def close_gaps(
    shapes: Shapes, names: npt.NDArray[np.object_], *, most_m2: float
) -> Shapes:
    """Give gaps between polygons to the neighbour with the longest shared border.

    Parameters
    ----------
    shapes : object array
        Valid shapes; others than polygons are passed over.
    names : object array
        Ids, parallel; of equal borders the lower id takes the gap.
    most_m2 : float
        Larger gaps stay.

    Returns
    -------
    object array
        The shapes; those that take nothing are the same objects.

    Examples
    --------
    Blocks of 100 m and 60 m with 1 m between them: the open slot is as long as the
    shorter block, and both borders on it are equal.

    >>> blocks = np.array([shapely.box(0, 0, 100, 100), shapely.box(101, 0, 161, 60)])
    >>> closed = close_gaps(blocks, np.array(["b", "a"], object), most_m2=1000.0)
    >>> [round(float(area)) for area in shapely.area(closed)]
    [10000, 3660]
    """
    made, tree = shapes.copy(), shapely.STRtree(shapes)
    found = gaps(shapes)
    for gap in found.geometry[found.area_m2 <= most_m2]:
        near = tree.query(gap, predicate="dwithin", distance=_NEAR_M)
        edge, beside = shapely.boundary(gap), shapely.buffer(made[near], _NEAR_M)
        shared = shapely.length(shapely.intersection(edge, beside)).round(1)
        taker = near[np.lexsort((names[near].astype(str), -shared))[0]]
        made[taker] = shapely.union(made[taker], gap, grid_size=GRID_M)
    return made


def repair_topology(
    tables: Mapping[str, Any],
    *,
    repair: tuple[str, ...],
    gap_m2: float,
    ledger: Ledger,
) -> dict[str, Any]:
    """Drop slivers, settle overlaps and close gaps, as far as is asked.

    Parameters
    ----------
    tables : Mapping
        Tables by name, metric CRS, with the hidden columns.
    repair : tuple of str
        Of ``config.REPAIRS``.
    gap_m2 : float
        Gaps of up to this are closed.
    ledger : Ledger
        Takes a warning for every polygon changed, with the area before and after,
        and the ground that changed hands.

    Returns
    -------
    dict
        The tables.
    """
    kept = drop_slivers(tables, ledger=ledger) if "slivers" in repair else {**tables}
    for table in TILED:
        frame = kept[table]
        drawn = shapes_of(frame)
        names = frame[SCHEMAS[table].key].to_numpy(dtype=object)
        settled = give_overlaps(drawn, names) if "overlaps" in repair else drawn
        made = settled
        if "gaps" in repair:
            made = close_gaps(settled, names, most_m2=gap_m2)
        changed = [at for at in range(len(made)) if made[at] is not drawn[at]]
        for at in changed:
            lost = _less(drawn[at], settled[at])
            won = _less(made[at], settled[at])
            shown = {
                "value": names[at],
                "lost": f"{lost.area:,.1f}",
                "won": f"{won.area:,.1f}",
                "before": f"{drawn[at].area:,.1f}",
                "after": f"{made[at].area:,.1f}",
                "change": f"{made[at].area - drawn[at].area:+,.1f}",
            }
            ledger.flag(frame, [at], "topology_settled", [shown], severity="warning")
            ground = shapely.union(lost, won, grid_size=GRID_M)
            ledger.fault("repaired", table, str(names[at]), ground.area, ground)
        if changed:
            kept[table] = frame.set_geometry(made, crs=frame.crs)
    return kept


def _less(shape: Any, other: Any) -> Any:
    return shapely.difference(shape, other, grid_size=GRID_M)


def drop_slivers(tables: Mapping[str, Any], *, ledger: Ledger) -> dict[str, Any]:
    """Drop sliver parts of polygons of several parts; the largest part stays.

    Parameters
    ----------
    tables : Mapping
        Tables by name, metric CRS, with the hidden columns.
    ledger : Ledger
        Takes a warning for every polygon changed, with the area dropped.

    Returns
    -------
    dict
        The tables.
    """
    kept = dict(tables)
    for table in LEVELS:
        frame = tables[table]
        shapes = shapes_of(frame)
        for place in np.flatnonzero(shapely.get_num_geometries(shapes) > 1).tolist():
            pieces = shapely.get_parts(shapes[place])
            thin = mean_width_m(pieces) <= SLIVER_M
            thin[int(np.argmax(shapely.area(pieces)))] = False
            if not thin.any():
                continue
            dropped = float(shapely.area(pieces[thin]).sum())
            rest = pieces[~thin]
            shapes[place] = rest[0] if len(rest) == 1 else shapely.multipolygons(rest)
            shown = {
                "value": frame[SCHEMAS[table].key].iloc[place],
                "parts": int(thin.sum()),
                "area": f"{dropped:,.1f}",
            }
            ledger.flag(frame, [place], "topology_dropped", [shown], severity="warning")
        kept[table] = frame.set_geometry(shapes, crs=frame.crs)
    return kept

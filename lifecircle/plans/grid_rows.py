"""The proposed grids as rows: what each holds, its shape, why it is no better."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from geopandas import GeoDataFrame

from lifecircle.checks.measures.size import DEDICATED
from lifecircle.columns import PLAN_GRIDS, PLAN_TODAY
from lifecircle.plans.adjacency import components
from lifecircle.plans.cells import merged_cells
from lifecircle.plans.planned import estimated_shares

if TYPE_CHECKING:
    import numpy.typing as npt
    from pandas import DataFrame

    from lifecircle.model import District
    from lifecircle.plans.planned import Planned

__all__ = [
    "TOLERANCE_SHARE",
    "compactness",
    "grid_rows",
    "outside_by",
    "suggested_staff",
    "today_rows",
]

TOLERANCE_SHARE = 0.05
"""How far outside the band 左右 still holds. Ours, in no source."""
HOUSEHOLDS_PER_WORKER = 300.0
"""About 300 households a grid worker (Tongguanshan, TG-R02)."""


def outside_by(
    households: npt.NDArray[np.int64], low: int, high: int
) -> npt.NDArray[np.int64]:
    """How far above (+) or below (-) a band, households; 0 within.

    Examples
    --------
    >>> outside_by(np.array([290, 300, 500, 520]), 300, 500).tolist()
    [-10, 0, 0, 20]
    """
    above = np.maximum(households - high, 0)
    return np.asarray(above - np.maximum(low - households, 0), dtype=np.int64)


def compactness(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    """How round a shape is: ``4 pi area / outline²``; 1 = a circle.

    Examples
    --------
    >>> compactness(shapely.box(0, 0, [1, 4], 1)).round(3).tolist()
    [0.785, 0.503]
    """
    around = shapely.length(shapes)
    return np.asarray(4 * np.pi * shapely.area(shapes) / np.maximum(around, 1e-9) ** 2)


def suggested_staff(households: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Staff by 1 + 2 + N: one head, two members, N for what they cannot do.

    ``3 + max(0, ceil(households / 300) - 2)``: the two members take about 300
    households each (Baohe BH-R12, Tongguanshan TG-R02; how N follows is ours).

    Examples
    --------
    >>> suggested_staff(np.array([480, 600, 601])).tolist()
    [3, 3, 4]
    """
    more = np.ceil(households / HOUSEHOLDS_PER_WORKER) - 2
    return np.asarray(3 + np.maximum(more, 0), dtype=np.int64)


def grid_rows(planned: Planned, district: District) -> GeoDataFrame:
    """Rows of one community's grids.

    Parameters
    ----------
    planned : Planned
        The community with its plan.
    district : District
        Its tables.

    Returns
    -------
    GeoDataFrame
        Columns ``lifecircle.columns.PLAN_GRIDS``.
    """
    atoms, labels = planned.atoms, planned.partition.labels
    shapes = merged_cells(atoms.cells.faces, labels[atoms.cells.atom])
    low, high = planned.problem.low, planned.problem.high
    kinds = _kinds(planned, district)
    dedicated = np.isin(kinds.astype(str), DEDICATED)
    outside = np.where(dedicated, 0, outside_by(planned.households, low, high))
    allowed = np.where(outside > 0, TOLERANCE_SHARE * high, TOLERANCE_SHARE * low)
    compounds, split = _compounds(planned)
    inherits = planned.inherits
    columns: dict[str, Any] = {
        "grid_id": np.array(planned.grid_ids, dtype=object),
        "community_id": atoms.community_id,
        "grid_kind": kinds,
        "households": planned.households.astype(float),
        "estimated_share": estimated_shares(
            district.buildings.iloc[atoms.rows], planned.building_part, len(shapes)
        ),
        "in_range": _judged(outside == 0, dedicated),
        "in_tolerance": _judged(np.abs(outside) <= allowed, dedicated),
        "outside_households": outside.astype(float),
        "buildings": np.bincount(planned.building_part, minlength=len(shapes)),
        "compounds": compounds,
        "compounds_split": split,
        "barrier_crossings": _crossings(planned),
        "area_m2": shapely.area(shapes),
        "compactness": compactness(shapes),
        "longest_straight_m": _longest(planned, district),
        "longest_walk_m": np.full(len(shapes), np.nan),
        "suggested_staff": suggested_staff(planned.households),
        "inherits_grid_id": np.array(
            [atoms.old_ids[one] if one >= 0 else None for one in inherits], dtype=object
        ),
        "exception_reason": _reasons(planned, outside, dedicated),
        "geometry": shapes,
    }
    return GeoDataFrame(columns, crs=district.crs)[list(PLAN_GRIDS)]


def today_rows(planned: Planned, district: District) -> DataFrame:
    """Today's grids of one community.

    Parameters
    ----------
    planned : Planned
        The community with its plan.
    district : District
        Its tables.

    Returns
    -------
    DataFrame
        Columns ``lifecircle.columns.PLAN_TODAY``.
    """
    ids = np.array(planned.atoms.old_ids, dtype=object)
    households = planned.old_households
    kind = district.grids["grid_kind"].set_axis(district.grids["grid_id"]).reindex(ids)
    dedicated = kind.isin(DEDICATED).to_numpy()
    low, high = planned.problem.low, planned.problem.high
    outside = np.where(dedicated, 0, outside_by(households, low, high))
    kept = np.isin(np.arange(len(ids)), planned.inherits)
    columns: dict[str, Any] = {
        "grid_id": ids,
        "community_id": planned.atoms.community_id,
        "households": households.astype(float),
        "in_range": _judged(outside == 0, dedicated),
        "outside_households": outside.astype(float),
        "becomes": np.where(kept, "kept", "given_up"),
    }
    return pd.DataFrame(columns)[list(PLAN_TODAY)]


def _judged(
    fine: npt.NDArray[np.bool_], dedicated: npt.NDArray[np.bool_]
) -> npt.NDArray[np.object_]:
    """True or false; None for grids that have no band."""
    result = fine.astype(object)
    result[dedicated] = None
    return result


def _kinds(planned: Planned, district: District) -> npt.NDArray[np.object_]:
    """Kind of the grid taken over; a new number has the commonest one."""
    grids = district.grids
    kind_of = dict(zip(grids["grid_id"], grids["grid_kind"], strict=True))
    usual = grids.loc[~grids["grid_kind"].isin(DEDICATED), "grid_kind"].mode()
    default = str(usual.iloc[0]) if len(usual) else None
    old_ids = planned.atoms.old_ids
    return np.array(
        [
            kind_of.get(old_ids[one], default) if one >= 0 else default
            for one in planned.inherits
        ],
        dtype=object,
    )


def _compounds(
    planned: Planned,
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Compounds with buildings in every grid; those that other grids share."""
    compound, part = planned.atoms.compound, planned.partition.labels
    known = compound >= 0
    pairs = np.unique(np.column_stack([compound[known], part[known]]), axis=0)
    parts = len(planned.grid_ids)
    grids_of = np.bincount(pairs[:, 0], minlength=len(planned.atoms.compound_ids))
    shared = pairs[grids_of[pairs[:, 0]] > 1]
    return (
        np.bincount(pairs[:, 1], minlength=parts),
        np.bincount(shared[:, 1], minlength=parts),
    )


def _crossings(planned: Planned) -> npt.NDArray[np.int64]:
    """Pieces that main roads, rivers and railways part a grid in, beyond the first."""
    atoms, labels = planned.atoms, planned.partition.labels
    edges = atoms.adjacency.edges
    within = labels[edges[:, 0]] == labels[edges[:, 1]]
    plain = within & (atoms.adjacency.by_kind_m[:, :2].sum(axis=1) > 0)
    together = components(edges[within], len(labels))
    apart = components(edges[plain], len(labels))
    parts = len(planned.grid_ids)
    pieces = np.unique(np.column_stack([labels, apart]), axis=0)[:, 0]
    whole = np.unique(np.column_stack([labels, together]), axis=0)[:, 0]
    return np.bincount(pieces, minlength=parts) - np.bincount(whole, minlength=parts)


def _longest(planned: Planned, district: District) -> npt.NDArray[np.float64]:
    """Between the two farthest buildings of a grid, as the crow flies, metres."""
    shapes = district.buildings.geometry.to_numpy()[planned.atoms.rows]
    xy = shapely.get_coordinates(shapely.point_on_surface(shapes))
    part = planned.building_part
    longest = np.zeros(len(planned.grid_ids))
    for one in np.unique(part):
        spots = shapely.get_coordinates(
            shapely.convex_hull(shapely.multipoints(xy[part == one]))
        )
        apart = spots[:, None, :] - spots[None, :, :]
        longest[one] = np.hypot(apart[..., 0], apart[..., 1]).max(initial=0.0)
    return longest


def _reasons(
    planned: Planned,
    outside: npt.NDArray[np.int64],
    dedicated: npt.NDArray[np.bool_],
) -> npt.NDArray[np.object_]:
    """Why a grid is outside the band, or has none."""
    reason = np.full(len(outside), None, dtype=object)
    reason[outside != 0] = "least_violation"
    excepted = np.zeros(len(outside), dtype=bool)
    excepted[list(planned.partition.exceptions)] = True
    reason[excepted & (outside > 0)] = "oversize_building"
    reason[excepted & (planned.households == 0)] = "uninhabited"
    reason[planned.kept & (outside != 0)] = "locked"
    reason[dedicated] = "dedicated"
    return reason

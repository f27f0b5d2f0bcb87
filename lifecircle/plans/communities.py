"""Communities merged or split: the same engine, one level up.

What is never split is a whole community, or, if communities are to be split as well,
a proposed grid. Neighbours share a border that people can cross. A plan stays within
each subdistrict unless it may cross.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from lifecircle.model import Assessment
from lifecircle.network.compounds import GATE_REACH_M
from lifecircle.plans.dividers import BARRED, MAIN, read_dividers
from lifecircle.plans.levels import Effort
from lifecircle.plans.partition import solve
from lifecircle.plans.problem import PartitionProblem
from lifecircle.plans.regrid import settings_for, weights_of
from lifecircle.plans.unit_pieces import read_pieces
from lifecircle.plans.unit_rows import PlannedArea, unit_plan

if TYPE_CHECKING:
    import numpy.typing as npt
    from geopandas import GeoDataFrame

    from lifecircle.model import CommunityPlan, District, GridPlan, RegridSettings
    from lifecircle.plans.dividers import Dividers

__all__ = ["merge_communities", "shared_borders"]

_APART_M = 2.0
"""Boundaries that run this close are one border; drawings are not exact."""
_SHORTEST_M = 5.0
"""Shorter common borders are corners."""
_ON_ROAD_M = 15.0
"""A boundary this near to a main road or barrier runs along it."""
_EFFORT = Effort(sets=2_000)
"""Sets of grids are many and hard to choose from: where there are more, the search
is better within seconds than the enumeration within an hour."""


def merge_communities(
    study: Assessment | District,
    *,
    households: tuple[int, int] | None = None,
    grids: GridPlan | None = None,
    stability: float | None = None,
    subdistricts: str | None = None,
) -> CommunityPlan:
    """Merge communities towards a band of households, or split them by their grids.

    Parameters
    ----------
    study : Assessment or District
        What to plan.
    households : tuple of int, optional
        Fewest and most households of a community; else the district file's
        (2,400 to 3,600: about 3,000, ±20 %).
    grids : GridPlan, optional
        Its grids are what is never split, so that communities may be split too.
        Households are then the sums of their buildings.
    stability : float, optional
        0 = best shape, 1 = least change.
    subdistricts : {"keep", "cross"}, optional
        Whether a plan may cross a subdistrict's boundary.

    Returns
    -------
    CommunityPlan
        Proposed communities, the change list, one row per area planned by itself.

    Raises
    ------
    ConfigError
        If the band is empty, or the stability is not from 0 to 1.

    Examples
    --------
    >>> plan = merge_communities(toy.district, households=(500, 700))
    >>> plan.units[["households", "communities"]].values.tolist()
    [[600.0, 2.0]]
    """
    district = study.district if isinstance(study, Assessment) else study
    band = households or district.config.regrid.community_households
    settings = settings_for(district, households=band, stability=stability)
    if subdistricts is not None:
        settings = replace(settings, subdistricts=subdistricts)
    settings = replace(
        settings,
        community_households=settings.households,
        households=district.config.regrid.households,
        communities="merge" if grids is None else "split",
    )
    pieces, left_out = read_pieces(district, grids)
    dividers = read_dividers(district)
    areas = []
    for key, rows in _areas(pieces, settings):
        mine = pieces.iloc[rows].reset_index(drop=True)
        problem = _problem(mine, dividers, settings)
        found = solve(
            problem, weights=weights_of(settings), seed=settings.seed, effort=_EFFORT
        )
        areas.append(PlannedArea(key, mine, problem, found))
    return unit_plan(areas, left_out, district, settings)


def _areas(
    pieces: GeoDataFrame, settings: RegridSettings
) -> list[tuple[str, npt.NDArray[np.intp]]]:
    """Rows of every area: a subdistrict ("" = none is named), or all of them."""
    if settings.subdistricts == "cross":
        return [("", np.arange(len(pieces)))] if len(pieces) else []
    codes, names = pd.factorize(pieces["subdistrict_id"].fillna(""), sort=True)
    return [(str(key), np.flatnonzero(codes == one)) for one, key in enumerate(names)]


def shared_borders(
    shapes: npt.NDArray[np.object_], dividers: Dividers
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """Borders between grounds that were drawn one by one.

    Parameters
    ----------
    shapes : object array of shapely polygons
        Communities or grids, metres.
    dividers : Dividers
        Of the district.

    Returns
    -------
    tuple of arrays
        Pairs that people can cross between, the lower first; length of their common
        border, m; whether most of it runs along a main road or a barrier.

    Examples
    --------
    >>> from lifecircle.plans.dividers import read_dividers
    >>> west_and_east = toy.district.communities.geometry.to_numpy()
    >>> pairs, length, _ = shared_borders(west_and_east, read_dividers(toy.district))
    >>> pairs.tolist(), length.round(-1).tolist()
    ([[0, 1]], [400.0])
    """
    tree = shapely.STRtree(shapes)
    one, two = tree.query(shapes, "dwithin", distance=_APART_M)
    pairs = np.column_stack([one, two])[one < two]
    edges = shapely.boundary(shapes)
    border = shapely.intersection(
        edges[pairs[:, 0]], shapely.buffer(shapes[pairs[:, 1]], _APART_M)
    )
    length = shapely.length(border)
    barred = _near(dividers.lines[dividers.kind == BARRED])
    strong = _near(dividers.lines[dividers.kind >= MAIN])
    closed = shapely.length(shapely.intersection(border, barred))
    passable = np.zeros(len(pairs), dtype=bool)
    if len(dividers.passages) and len(pairs):
        found = shapely.STRtree(dividers.passages)
        reach = GATE_REACH_M + _APART_M
        passable[found.query(border, "dwithin", distance=reach)[0]] = True
    kept = (length > _SHORTEST_M) & ((length - closed > _SHORTEST_M) | passable)
    along = shapely.length(shapely.intersection(border, strong)) > length / 2
    order = np.lexsort((pairs[kept, 1], pairs[kept, 0]))
    return (
        pairs[kept][order].astype(np.int32).reshape(-1, 2),
        length[kept][order],
        along[kept][order],
    )


def _near(lines: npt.NDArray[np.object_]) -> Any:
    return shapely.union_all(shapely.buffer(lines, _ON_ROAD_M))


def _problem(
    pieces: GeoDataFrame, dividers: Dividers, settings: RegridSettings
) -> PartitionProblem:
    shapes = np.asarray(pieces.geometry, dtype=object)
    edges, length, strong = shared_borders(shapes, dividers)
    home = pd.factorize(pieces["community_id"], sort=True)[0].astype(np.int32)
    by_grids = not (pieces["piece_id"] == pieces["community_id"]).all()
    within = home[edges[:, 0]] == home[edges[:, 1]]
    weight = np.where(
        within,
        settings.border["inside_compound"],
        np.where(
            strong,
            settings.border["main_road_or_river"],
            settings.border["minor_street"],
        ),
    )
    none = np.full(len(pieces), -1, np.int32)
    return PartitionProblem(
        households=np.rint(pieces["households"].to_numpy(dtype=float)).astype(np.int64),
        low=settings.community_households[0],
        high=settings.community_households[1],
        xy_m=shapely.get_coordinates(shapely.centroid(shapes)),
        area_m2=shapely.area(shapes),
        perimeter_m=shapely.length(shapes),
        compound=home if by_grids else none,
        old=home,
        locked=none,
        workload=np.zeros(len(pieces)),
        edges=edges,
        border_m=length,
        cut_weight=weight,
    )

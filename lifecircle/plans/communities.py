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
from geopandas import GeoDataFrame

from lifecircle.checks.units import community_units
from lifecircle.columns import PLAN_UNITS
from lifecircle.model import Assessment, CommunityPlan
from lifecircle.network.compounds import GATE_REACH_M
from lifecircle.plans.dividers import BARRED, MAIN, read_dividers
from lifecircle.plans.grid_rows import compactness, outside_by
from lifecircle.plans.partition import solve
from lifecircle.plans.problem import PartitionProblem
from lifecircle.plans.regrid import settings_for, weights_of

if TYPE_CHECKING:
    import numpy.typing as npt
    from pandas import DataFrame

    from lifecircle.model import District, GridPlan, RegridSettings
    from lifecircle.plans.dividers import Dividers
    from lifecircle.plans.problem import Partition

__all__ = ["merge_communities", "shared_borders"]

_APART_M = 2.0
"""Boundaries that run this close are one border; drawings are not exact."""
_SHORTEST_M = 5.0
"""Shorter common borders are corners."""
_ON_ROAD_M = 15.0
"""A boundary this near to a main road or barrier runs along it."""


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
    stability : float, optional
        0 = best shape, 1 = least change.
    subdistricts : {"keep", "cross"}, optional
        Whether a plan may cross a subdistrict's boundary.

    Returns
    -------
    CommunityPlan
        Proposed communities, what goes where, one row per area planned by itself.

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
    pieces = _pieces(district, grids)
    dividers = read_dividers(district)
    units, members, areas = [], [], []
    for key, rows in _areas(pieces, settings):
        mine = pieces.iloc[rows].reset_index(drop=True)
        problem = _problem(mine, dividers, settings)
        found = solve(problem, weights=weights_of(settings), seed=settings.seed)
        made, homes = _units(mine, found, problem)
        units.append(made)
        members.append(homes)
        areas.append(_area_row(key, problem, found))
    return CommunityPlan(
        units=GeoDataFrame(
            pd.concat(units, ignore_index=True), geometry="geometry", crs=district.crs
        ),
        members=pd.concat(members, ignore_index=True),
        areas=pd.DataFrame(areas),
    )


def _pieces(district: District, grids: GridPlan | None) -> GeoDataFrame:
    """What is never split: ``piece_id``, ``community_id``, households, ground."""
    communities = district.communities.sort_values("community_id", ignore_index=True)
    communities = communities[communities["unit_kind"] == "community"]
    home = communities.set_index("community_id")["subdistrict_id"]
    if grids is None:
        counts = community_units(district).set_index("unit_id")["households"]
        frame = communities[["community_id", "geometry"]].assign(
            piece_id=communities["community_id"],
            households=communities["community_id"].map(counts).fillna(0.0),
        )
    else:
        frame = grids.grids[["community_id", "households", "geometry"]].assign(
            piece_id=grids.grids["grid_id"]
        )
    pieces: GeoDataFrame = frame.assign(
        subdistrict_id=frame["community_id"].map(home)
    ).reset_index(drop=True)
    return pieces


def _areas(
    pieces: GeoDataFrame, settings: RegridSettings
) -> list[tuple[str, npt.NDArray[np.intp]]]:
    if settings.subdistricts == "cross":
        return [("", np.arange(len(pieces)))]
    codes, names = pd.factorize(pieces["subdistrict_id"], sort=True)
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
        low=settings.households[0],
        high=settings.households[1],
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


def _units(
    pieces: GeoDataFrame, found: Partition, problem: PartitionProblem
) -> tuple[GeoDataFrame, DataFrame]:
    """Proposed communities, named after that of most of their households."""
    rows: list[dict[str, Any]] = []
    names: dict[int, str] = {}
    for part in range(int(found.labels.max()) + 1):
        mine = pieces[found.labels == part]
        by_home = mine.groupby("community_id")["households"].sum()
        name = str(by_home.sort_values(kind="stable").index[-1])
        taken = list(names.values()).count(name) if name in names.values() else 0
        names[part] = name if name not in names.values() else f"{name}-{taken + 1}"
        rows.append(
            _unit_row(mine, names[part], problem, exempt=part in found.exceptions)
        )
    members = pd.DataFrame(
        {
            "piece_id": pieces["piece_id"],
            "community_id": pieces["community_id"],
            "households": pieces["households"],
            "unit_id": [names[int(part)] for part in found.labels],
        }
    )
    return GeoDataFrame(rows, columns=list(PLAN_UNITS), geometry="geometry"), members


def _unit_row(
    mine: GeoDataFrame, name: str, problem: PartitionProblem, *, exempt: bool
) -> dict[str, Any]:
    shape = shapely.union_all(mine.geometry.to_numpy(), grid_size=0.001)
    households = float(mine["households"].sum())
    outside = int(
        outside_by(np.array([round(households)]), problem.low, problem.high)[0]
    )
    reason = "oversize_community" if exempt and outside > 0 else "least_violation"
    communities = sorted(set(mine["community_id"]))
    return {
        "unit_id": name,
        "households": households,
        "in_range": outside == 0,
        "outside_households": float(outside),
        "communities": len(communities),
        "community_ids": ",".join(communities),
        "subdistrict_ids": ",".join(sorted(set(mine["subdistrict_id"].astype(str)))),
        "area_m2": float(shape.area),
        "compactness": float(compactness(np.array([shape], dtype=object))[0]),
        "exception_reason": reason if outside else None,
        "geometry": shape,
    }


def _area_row(key: str, problem: PartitionProblem, found: Partition) -> dict[str, Any]:
    total = int(problem.households.sum())
    proof = found.certificate
    return {
        "area_id": key,
        "households": float(total),
        "k_min": -(-total // problem.high),
        "k": int(found.labels.max()) + 1,
        "k_max": total // problem.low,
        "status": found.status,
        "certificate": None if proof is None else proof.kind,
        "border_cost": found.cut,
    }

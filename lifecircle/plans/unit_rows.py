"""Frames of a plan of communities: proposed ones, the change list, one row per area."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.columns import PLAN_AREAS, PLAN_MEMBERS, PLAN_UNIT_CHANGES, PLAN_UNITS
from lifecircle.model import CommunityPlan
from lifecircle.plans.assembly import plain_texts
from lifecircle.plans.grid_rows import compactness, outside_by
from lifecircle.plans.numbering import inherited

if TYPE_CHECKING:
    from pandas import DataFrame

    from lifecircle.model import District, RegridSettings
    from lifecircle.plans.problem import Partition, PartitionProblem

__all__ = ["PlannedArea", "unit_plan"]


@dataclass(frozen=True, slots=True, eq=False)
class PlannedArea:
    """An area planned by itself: a subdistrict, or the district.

    Attributes
    ----------
    area_id : str
        The subdistrict; "" = none, or the district.
    pieces : GeoDataFrame
        What is never split, in the order of the problem's atoms.
    """

    area_id: str
    pieces: gpd.GeoDataFrame
    problem: PartitionProblem
    partition: Partition


def unit_plan(
    areas: list[PlannedArea],
    left_out: dict[str, str],
    district: District,
    settings: RegridSettings,
) -> CommunityPlan:
    """The frames of a plan of communities.

    Parameters
    ----------
    areas : list of PlannedArea
        With the solver's answers.
    left_out : dict of str to str
        Communities that cannot be planned, and a sentence key for the reason.
    district : District
        Names of its communities.
    settings : RegridSettings
        What the plan was made with.

    Returns
    -------
    CommunityPlan
        Rows by subdistrict and community.
    """
    communities = district.communities
    names = dict(zip(communities["community_id"], communities["name"], strict=True))
    units, members, changes, rows = [], [], [], []
    for area in areas:
        homes = _members(area)
        made = _units(area, homes, names)
        moved = _changes(area, homes, made, names)
        units.append(made)
        members.append(homes)
        changes.append(moved)
        rows.append(_area_row(area, made, moved))
    rows += [_left_out(key, why) for key, why in left_out.items()]
    return CommunityPlan(
        units=gpd.GeoDataFrame(
            _stacked(units, PLAN_UNITS), geometry="geometry", crs=district.crs
        ),
        members=_stacked(members, PLAN_MEMBERS),
        changes=_stacked(changes, PLAN_UNIT_CHANGES),
        areas=plain_texts(pd.DataFrame(rows, columns=list(PLAN_AREAS))),
        settings=settings,
    )


def _stacked(frames: list[Any], columns: tuple[str, ...]) -> DataFrame:
    filled = [frame[list(columns)] for frame in frames if len(frame)]
    if not filled:
        return pd.DataFrame(columns=list(columns))
    return plain_texts(pd.concat(filled, ignore_index=True))


def _members(area: PlannedArea) -> DataFrame:
    """Pieces with the community that each goes to.

    A proposed community takes over the id of the old one of which it keeps most
    households, each at most once; others are numbered after that of most of theirs.
    """
    pieces, labels = area.pieces, area.partition.labels
    code, keys = pd.factorize(pieces["community_id"], sort=True)
    weight = pieces["households"].to_numpy(dtype=float)
    free = np.full(len(pieces), -1, np.int32)
    heir = inherited(labels, code.astype(np.int32), weight, locked=free)
    shared = np.zeros((len(heir), len(keys)))
    np.add.at(shared, (labels, code), weight)
    ids, taken = [], Counter[str]()
    for part, old in enumerate(heir):
        key = str(keys[old if old >= 0 else int(shared[part].argmax())])
        taken[key] += old < 0
        ids.append(key if old >= 0 else f"{key}-{taken[key] + 1}")
    return pd.DataFrame(
        {
            "piece_id": pieces["piece_id"],
            "community_id": pieces["community_id"],
            "households": weight,
            "unit_id": [ids[part] for part in labels],
            "part": labels,
        }
    )


def _units(
    area: PlannedArea, members: DataFrame, names: dict[str, str | None]
) -> DataFrame:
    rows = [
        _unit_row(area, members, int(part), names)
        for part in sorted(members["part"].unique())
    ]
    return pd.DataFrame(rows, columns=list(PLAN_UNITS))


def _unit_row(
    area: PlannedArea, members: DataFrame, part: int, names: dict[str, str | None]
) -> dict[str, Any]:
    chosen = (members["part"] == part).to_numpy()
    mine = area.pieces[chosen]
    key = str(members.loc[chosen, "unit_id"].iloc[0])
    low, high = area.problem.low, area.problem.high
    shape = shapely.union_all(mine.geometry.to_numpy(), grid_size=0.001)
    households = float(mine["households"].sum())
    guessed = float((mine["households"] * mine["estimated_share"]).sum())
    outside = int(outside_by(np.array([round(households)]), low, high)[0])
    alone = part in area.partition.exceptions and outside > 0
    communities = sorted(set(mine["community_id"]))
    places = sorted(set(mine["subdistrict_id"].dropna().astype(str)))
    return {
        "unit_id": key,
        "unit_name": _name(key, names),
        "subdistrict_ids": ",".join(places) or None,
        "households": households,
        "estimated_share": guessed / households if households else 0.0,
        "in_range": outside == 0,
        "outside_households": float(outside),
        "persons": float(mine["persons"].sum(skipna=False)),
        "communities": len(communities),
        "community_ids": ",".join(communities),
        "area_m2": float(shape.area),
        "compactness": float(compactness(np.array([shape], dtype=object))[0]),
        "exception_reason": None
        if outside == 0
        else "oversize_community"
        if alone
        else "least_violation",
        "geometry": shape,
    }


def _name(unit_id: str, names: dict[str, str | None]) -> str:
    """The old community's name; a part split off has its number behind it."""
    if unit_id in names:
        return names[unit_id] or unit_id
    home, _, number = unit_id.rpartition("-")
    return f"{names.get(home) or home}-{number}"


def _changes(
    area: PlannedArea,
    members: DataFrame,
    units: DataFrame,
    names: dict[str, str | None],
) -> DataFrame:
    """What leaves the community that it is in today.

    ``merge``: the old community is given up. ``split``: a part of it becomes one of
    its own. ``move``: a part goes to another community.
    """
    size = units.set_index("unit_id")["households"]
    old_size = members.groupby("community_id")["households"].sum()
    rows = []
    for keys, mine in members.groupby(["community_id", "unit_id"], sort=True):
        home, goal = map(str, keys)
        if home == goal:
            continue
        gone = home not in size.index
        new = goal not in old_size.index
        whole = float(mine["households"].sum()) == old_size[home]
        rows.append(
            {
                "community_id": home,
                "community_name": _name(home, names),
                "households": float(mine["households"].sum()),
                "unit_id": goal,
                "unit_name": _name(goal, names),
                "change": "split" if new else "merge" if gone else "move",
                "piece_ids": None if whole else ",".join(mine["piece_id"]),
                "reason": _reason(
                    old_size[home],
                    old_size.get(goal, np.nan),
                    area.problem.low,
                    area.problem.high,
                ),
                "community_households": old_size[home],
                "unit_households": size[goal],
            }
        )
    return pd.DataFrame(rows, columns=list(PLAN_UNIT_CHANGES))


def _reason(size: float, joined: float, low: int, high: int) -> str:
    """The first that holds: too large, too small, fills up, makes room."""
    if size > high:
        return "plans.unit_over"
    if size < low:
        return "plans.unit_under"
    return "plans.unit_fills" if joined < low else "plans.unit_room"


def _area_row(
    area: PlannedArea, units: DataFrame, changes: DataFrame
) -> dict[str, Any]:
    problem, found = area.problem, area.partition
    pieces = area.pieces
    today = pieces.groupby("community_id")["households"].sum()
    total = float(pieces["households"].sum())
    count = int(problem.households.sum())
    changed = float(changes["households"].sum())
    proof = found.certificate
    bounded = found.cost > 0 and not np.isnan(found.bound)
    return {
        "area_id": area.area_id,
        "households": total,
        "communities": len(today),
        "in_range_today": int(today.between(problem.low, problem.high).sum()),
        "k_min": float(-(-count // problem.high)),
        "k": float(len(units)),
        "k_max": float(count // problem.low),
        "in_range": float(units["in_range"].sum()),
        "status": found.status,
        "gap": max(0.0, found.cost - found.bound) / found.cost if bounded else np.nan,
        "certificate": None if proof is None else proof.kind,
        "changed_households": changed,
        "changed_share": changed / total if total else np.nan,
        "border_cost": found.cut,
        "reason": None,
    }


def _left_out(community_id: str, why: str) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(PLAN_AREAS, np.nan)
    return row | {
        "area_id": community_id,
        "communities": 1,
        "in_range_today": 0,
        "status": "not_planned",
        "certificate": None,
        "reason": why,
    }

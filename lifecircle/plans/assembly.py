"""Plans of communities put together: the frames of a ``GridPlan``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from lifecircle.columns import (
    PLAN_CHANGES,
    PLAN_COMMUNITIES,
    PLAN_GRIDS,
    PLAN_ISLANDS,
    PLAN_TODAY,
)
from lifecircle.model import GridPlan
from lifecircle.plans.atoms import community_atoms, survey
from lifecircle.plans.change_rows import building_rows, change_rows
from lifecircle.plans.community_rows import community_row, island_rows, unplanned_row
from lifecircle.plans.grid_rows import grid_rows, today_rows

if TYPE_CHECKING:
    from lifecircle.model import District, RegridSettings
    from lifecircle.plans.atoms import Atoms, Survey
    from lifecircle.plans.planned import Planned

__all__ = ["Prepared", "assembled", "plain_texts", "prepare"]


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A district in atoms, ready to be divided.

    Attributes
    ----------
    atoms : tuple of Atoms
        Of every community that can be planned.
    unplanned : dict of str to str
        The others, and a sentence key for the reason.
    """

    surveyed: Survey
    atoms: tuple[Atoms, ...]
    unplanned: dict[str, str]


def prepare(district: District, settings: RegridSettings) -> Prepared:
    """Cut a district into atoms.

    Parameters
    ----------
    district : District
        The checked tables.
    settings : RegridSettings
        Weights of the workload.

    Returns
    -------
    Prepared
        Serves any number of plans.

    Examples
    --------
    >>> from lifecircle.model import RegridSettings
    >>> [len(one.households) for one in prepare(toy.district, RegridSettings()).atoms]
    [4, 2]
    """
    surveyed = survey(district, settings.workload)
    reasons = {
        str(key): _unplannable(district, str(key))
        for key in district.communities["community_id"]
    }
    return Prepared(
        surveyed,
        tuple(
            community_atoms(surveyed, key) for key, why in reasons.items() if not why
        ),
        {key: why for key, why in reasons.items() if why},
    )


def _unplannable(district: District, community_id: str) -> str:
    """Why a community cannot be planned; empty if it can."""
    communities = district.communities
    row = communities[communities["community_id"] == community_id]
    homes = district.buildings[district.buildings["community_id"] == community_id]
    if (row["unit_kind"] == "approximate_catchment").any():
        return "plans.approximate_catchment"
    if row.geometry.is_empty.all() or row.geometry.isna().all():
        return "plans.no_boundary"
    if homes.empty:
        return "plans.no_buildings"
    if homes["households"].isna().any():
        return "plans.households_unknown"
    return "" if homes["households"].sum() > 0 else "plans.no_households"


def assembled(
    prepared: Prepared, plans: list[Planned], settings: RegridSettings
) -> GridPlan:
    """The frames of a plan.

    Parameters
    ----------
    prepared : Prepared
        The district in atoms.
    plans : list of Planned
        One for each of ``prepared.atoms``.
    settings : RegridSettings
        What they were made with.

    Returns
    -------
    GridPlan
        Grids by community and number.
    """
    district = prepared.surveyed.district
    today = prepared.surveyed.today.to_numpy(dtype=object)
    names = ("grids", "today", "changes", "homes", "islands")
    frames: dict[str, list[Any]] = {name: [] for name in names}
    rows = [unplanned_row(district, *pair) for pair in prepared.unplanned.items()]
    for planned in plans:
        homes = building_rows(planned, district, today)
        changes = change_rows(planned, district, homes)
        frames["grids"].append(grid_rows(planned, district))
        frames["today"].append(today_rows(planned, district))
        frames["homes"].append(homes)
        frames["changes"].append(changes)
        frames["islands"].append(island_rows(planned))
        rows.append(community_row(planned, district, changes))
    communities = pd.DataFrame(rows, columns=list(PLAN_COMMUNITIES))
    return GridPlan(
        grids=_spatial(frames["grids"], district.crs),
        today=_stacked(frames["today"], PLAN_TODAY, ["community_id", "grid_id"]),
        changes=_stacked(
            frames["changes"], PLAN_CHANGES, ["community_id", "building_id"]
        ),
        communities=plain_texts(communities).sort_values(
            "community_id", ignore_index=True
        ),
        buildings=_stacked(
            frames["homes"],
            ("building_id", "community_id", "grid_id", "old_grid_id"),
            ["building_id"],
        ),
        islands=_stacked(frames["islands"], PLAN_ISLANDS, ["community_id", "island"]),
        settings=settings,
    )


def _stacked(
    frames: list[pd.DataFrame], columns: tuple[str, ...], order: list[str]
) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    if not filled:
        return pd.DataFrame(columns=list(columns))
    stacked = pd.concat(filled, ignore_index=True)
    return plain_texts(stacked).sort_values(order, ignore_index=True)


def plain_texts(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns of text hold None where there is nothing, never NaN.

    Parameters
    ----------
    frame : DataFrame
        A frame of a plan.

    Returns
    -------
    DataFrame

    Examples
    --------
    >>> plain_texts(pd.DataFrame({"reason": ["small", None]}))["reason"].tolist()
    ['small', None]
    """
    plain = [name for name in frame if name != "geometry"]
    odd = [name for name in plain if not pd.api.types.is_numeric_dtype(frame[name])]
    made = {name: frame[name].astype(object) for name in odd}
    filled = {name: cells.where(cells.notna(), None) for name, cells in made.items()}
    return frame.assign(**{str(name): cells for name, cells in filled.items()})


def _spatial(frames: list[gpd.GeoDataFrame], crs: str) -> gpd.GeoDataFrame:
    if not frames:
        return gpd.GeoDataFrame(columns=list(PLAN_GRIDS), geometry="geometry", crs=crs)
    stacked = pd.concat(frames, ignore_index=True)
    ordered = plain_texts(stacked).sort_values(
        ["community_id", "grid_id"], ignore_index=True
    )
    return gpd.GeoDataFrame(ordered, geometry="geometry", crs=crs)

"""调整清单: which buildings change grid, how, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lifecircle.columns import PLAN_CHANGES

if TYPE_CHECKING:
    import numpy.typing as npt
    from pandas import DataFrame

    from lifecircle.model import District
    from lifecircle.plans.planned import Planned

__all__ = ["building_rows", "change_rows"]


def building_rows(
    planned: Planned, district: District, today: npt.NDArray[np.object_]
) -> DataFrame:
    """Proposed and today's grid of every building of a community.

    Parameters
    ----------
    planned : Planned
        The community with its plan.
    district : District
        Its tables.
    today : object array
        Today's grid of every building of the district, None = none.

    Returns
    -------
    DataFrame
        ``building_id``, ``community_id``, ``grid_id``, ``old_grid_id``.
    """
    rows = planned.atoms.rows
    ids = np.array(planned.grid_ids, dtype=object)
    return pd.DataFrame(
        {
            "building_id": district.buildings["building_id"].to_numpy(object)[rows],
            "community_id": planned.atoms.community_id,
            "grid_id": ids[planned.building_part],
            "old_grid_id": today[rows],
        }
    )


def change_rows(
    planned: Planned, district: District, buildings: DataFrame
) -> DataFrame:
    """The buildings of a community that change grid.

    ``new``: it was in no grid. ``split``: its part of the old grid becomes a grid with
    a number of its own. ``merge``: its old grid is given up. ``move``: from one grid
    that stays to another.

    Parameters
    ----------
    planned : Planned
        The community with its plan.
    district : District
        Its tables.
    buildings : DataFrame
        From ``building_rows``.

    Returns
    -------
    DataFrame
        Columns ``lifecircle.columns.PLAN_CHANGES``.
    """
    moved = (buildings["grid_id"] != buildings["old_grid_id"]).to_numpy()
    table = district.buildings.iloc[planned.atoms.rows[moved]]
    part = planned.building_part[moved]
    rows = buildings[moved].reset_index(drop=True)
    number = {old: one for one, old in enumerate(planned.atoms.old_ids)}
    old = np.array([number.get(one, -1) for one in rows["old_grid_id"]], dtype=np.intp)
    sizes = planned.old_households.astype(float)
    before = np.where(old >= 0, np.append(sizes, np.nan)[old], np.nan)
    return rows.assign(
        building_name=table["name"].to_numpy(dtype=object),
        compound_id=table["compound_id"].to_numpy(dtype=object),
        households=table["households"].to_numpy(dtype=float),
        change=_changes(planned, part, old),
        reason=_reasons(planned, part, before),
        old_grid_households=before,
        grid_households=planned.households[part].astype(float),
    )[list(PLAN_CHANGES)]


def _changes(
    planned: Planned, part: npt.NDArray[np.int32], old: npt.NDArray[np.intp]
) -> npt.NDArray[np.object_]:
    stays = np.zeros(len(planned.atoms.old_ids) + 1, dtype=bool)
    stays[planned.inherits[planned.inherits >= 0]] = True
    change = np.full(len(part), "move", dtype=object)
    change[~stays[old]] = "merge"
    change[planned.inherits[part] < 0] = "split"
    change[old < 0] = "new"
    return change


def _reasons(
    planned: Planned,
    part: npt.NDArray[np.int32],
    before: npt.NDArray[np.float64],
) -> npt.NDArray[np.object_]:
    """The first that holds: no grid, too large, too small, fills up, shape."""
    low, high = planned.problem.low, planned.problem.high
    heir = planned.inherits[part]
    sizes = np.append(planned.old_households.astype(float), np.nan)
    filled = np.where(heir >= 0, sizes[heir], np.nan)
    reason = np.full(len(part), "plans.reason_shape", dtype=object)
    reason[filled < low] = "plans.reason_fills"
    reason[before < low] = "plans.reason_under"
    reason[before > high] = "plans.reason_over"
    reason[np.isnan(before)] = "plans.reason_no_grid"
    return reason

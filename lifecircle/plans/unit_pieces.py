"""What a plan of communities never splits: whole communities, or proposed grids."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from lifecircle.checks.units import community_units

if TYPE_CHECKING:
    import numpy.typing as npt
    from pandas import DataFrame, Series

    from lifecircle.model import District, GridPlan

__all__ = ["read_pieces"]


def read_pieces(
    district: District, grids: GridPlan | None = None
) -> tuple[gpd.GeoDataFrame, dict[str, str]]:
    """Pieces of every community that can be planned, and why the others cannot.

    Parameters
    ----------
    district : District
        Uses ``communities`` and ``buildings``.
    grids : GridPlan, optional
        Communities that it divides are in its grids; all others are whole.

    Returns
    -------
    tuple of GeoDataFrame, dict of str to str
        ``piece_id``, ``community_id``, ``subdistrict_id``, ``households``,
        ``estimated_share`` (of them),
        ``persons`` (NaN = not known of all its buildings), ground; by community id a
        sentence key for the reason.

    Examples
    --------
    >>> pieces, left_out = read_pieces(toy.district)
    >>> pieces[["piece_id", "households"]].values.tolist(), left_out
    ([['C1', 480.0], ['C2', 120.0]], {})
    """
    communities = district.communities.sort_values("community_id", ignore_index=True)
    whole = _whole(communities, district)
    why = _unplannable(whole)
    left_out = {
        str(key): str(reason)
        for key, reason in zip(whole["community_id"], why, strict=True)
        if reason
    }
    whole = whole[why == ""].drop(columns="unit_kind")
    if grids is None:
        return whole.reset_index(drop=True), left_out
    parts = _parts(grids, district, whole)
    uncut = whole[~whole["community_id"].isin(parts["community_id"])]
    pieces = pd.concat([parts, uncut], ignore_index=True)
    ordered = pieces.sort_values(["community_id", "piece_id"], ignore_index=True)
    return gpd.GeoDataFrame(ordered, geometry="geometry", crs=district.crs), left_out


def _whole(communities: gpd.GeoDataFrame, district: District) -> gpd.GeoDataFrame:
    units = community_units(district).set_index("unit_id")
    keys = communities["community_id"]
    homes = district.buildings["community_id"]
    summed = keys.map(_persons(district, homes)).astype(float)
    declared = communities["persons"].astype(float)
    return gpd.GeoDataFrame(
        {
            "piece_id": keys,
            "community_id": keys,
            "subdistrict_id": communities["subdistrict_id"],
            "households": keys.map(units["households"]).astype(float),
            "estimated_share": keys.map(units["estimated_share"]).astype(float),
            "persons": declared.where(declared.notna(), summed),
            "unit_kind": communities["unit_kind"],
        },
        geometry=communities.geometry.to_numpy(),
        crs=communities.crs,
    )


def _unplannable(whole: gpd.GeoDataFrame) -> npt.NDArray[np.str_]:
    """Why each community cannot be planned; empty if it can."""
    ground = whole.geometry
    return np.select(
        [
            (whole["unit_kind"] != "community").to_numpy(),
            (ground.isna() | ground.is_empty).to_numpy(),
            whole["households"].isna().to_numpy(),
        ],
        [
            "plans.not_a_community",
            "plans.no_boundary",
            "plans.community_households_unknown",
        ],
        "",
    )


def _persons(district: District, unit_ids: Series[str]) -> Series[float]:
    """Persons by unit; NaN unless they are known of all its buildings."""
    persons = district.buildings["persons"].astype(float)
    grouped = persons.groupby(unit_ids.to_numpy(), sort=True)
    total: Series[float] = grouped.sum()
    return total.where(grouped.count() == grouped.size())


def _parts(grids: GridPlan, district: District, whole: DataFrame) -> gpd.GeoDataFrame:
    frame = grids.grids[grids.grids["community_id"].isin(whole["community_id"])]
    of_grid = grids.buildings.set_index("building_id")["grid_id"]
    homes = district.buildings["building_id"].map(of_grid)
    subdistricts = whole.set_index("community_id")["subdistrict_id"]
    return gpd.GeoDataFrame(
        {
            "piece_id": frame["grid_id"],
            "community_id": frame["community_id"],
            "subdistrict_id": frame["community_id"].map(subdistricts),
            "households": frame["households"].astype(float),
            "estimated_share": frame["estimated_share"].astype(float),
            "persons": frame["grid_id"].map(_persons(district, homes)).astype(float),
        },
        geometry=frame.geometry.to_numpy(),
        crs=district.crs,
    )

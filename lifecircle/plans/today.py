"""Today's grids: which building is in which, and which grids stay as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from lifecircle.checks.measures.size import DEDICATED, MICRO
from lifecircle.checks.units import grid_claims

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame, Series

    from lifecircle.model import District

__all__ = ["grids_today", "kept_grids"]


def grids_today(district: District) -> Series[str]:
    """Today's grid of every building.

    Parameters
    ----------
    district : District
        Uses ``buildings`` and ``grids``; micro grids are left aside.

    Returns
    -------
    Series
        ``grid_id`` by ``building_id``; None = in no grid. A building in several is
        counted to the declared one, else to the one of the lowest id.

    Examples
    --------
    >>> grids_today(toy.district).tolist()
    ['G1', 'G1', 'G1', 'G1', 'G2', 'G2']
    """
    grids = district.grids
    micro = grids.loc[grids["grid_kind"].isin(MICRO), "grid_id"]
    claims: DataFrame = grid_claims(district)
    claims = claims[~claims["grid_id"].isin(micro)]
    first = claims.sort_values(
        ["building_id", "declared", "grid_id"], ascending=[True, False, True]
    ).drop_duplicates("building_id")
    home = first.set_index("building_id")["grid_id"]
    ids = district.buildings["building_id"]
    found = home.reindex(ids).astype(object)
    return found.where(found.notna(), None)


def kept_grids(district: District) -> GeoDataFrame:
    """Grids that no plan touches: dedicated and locked ones.

    Parameters
    ----------
    district : District
        Uses ``grids`` and ``communities``.

    Returns
    -------
    GeoDataFrame
        Rows of ``grids`` by id, ``community_id`` filled in from the ground.

    Examples
    --------
    >>> len(kept_grids(toy.district))
    0
    """
    grids = district.grids
    stays = (grids["locked"] == "yes") | grids["grid_kind"].isin(DEDICATED)
    kept = grids[stays & ~grids["grid_kind"].isin(MICRO)]
    kept = kept.sort_values("grid_id", ignore_index=True)
    spots = shapely.point_on_surface(kept.geometry.to_numpy())
    communities = district.communities
    tree = shapely.STRtree(communities.geometry.to_numpy())
    row, area = tree.query(spots, "intersects")
    inside = pd.Series(np.full(len(kept), None, dtype=object))
    ids = communities["community_id"].to_numpy(dtype=object)
    inside.iloc[row[::-1]] = ids[area[::-1]]
    declared = kept["community_id"]
    return kept.assign(community_id=declared.where(declared.notna(), inside))

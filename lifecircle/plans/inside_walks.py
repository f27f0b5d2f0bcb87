"""The longest walk inside each proposed grid: how far its two farthest homes are."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from lifecircle.access.field import UM, cost_graph, place_points
from lifecircle.access.pairs import pairs_within
from lifecircle.network.compounds import read_walls

if TYPE_CHECKING:
    import numpy.typing as npt

    from lifecircle.access.field import CostGraph, Places
    from lifecircle.model import District, GridPlan, WalkNetwork

__all__ = ["with_longest_walks"]

_FIRST_M = 200.0
"""A first limit beyond twice the straight line; where it is too small it is doubled."""


def with_longest_walks(
    plan: GridPlan, network: WalkNetwork, district: District
) -> GridPlan:
    """Fill in the longest walk between two buildings of every grid.

    Parameters
    ----------
    plan : GridPlan
        Of this district.
    network : WalkNetwork
        Its streets; the walk may leave the grid.
    district : District
        Buildings, walls and barriers.

    Returns
    -------
    GridPlan
        With ``longest_walk_m`` of ``grids``: both legs off the street count; NaN
        where there is no walk between two of the buildings.

    Examples
    --------
    >>> from lifecircle.plans.regrid import regrid
    >>> plan = regrid(toy.district, households=(100, 300))
    >>> walked = with_longest_walks(plan, toy.network, toy.district)
    >>> walked.grids["longest_walk_m"].round().tolist()
    [60.0, 390.0, 390.0]
    """
    graph = cost_graph(network)
    places = place_points(
        network,
        district.buildings.geometry.to_numpy(),
        max_off_m=district.config.max_off_road_m,
        walls=read_walls(district),
    )
    homes = plan.buildings.set_index("building_id")["grid_id"]
    grid_of = district.buildings["building_id"].map(homes).to_numpy(dtype=object)
    part_of = network.component[network.segment_nodes[:, 0]]
    straight_m = plan.grids["longest_straight_m"].to_numpy(dtype=np.float64)
    longest = [
        _longest(graph, places.take(np.flatnonzero(grid_of == one)), part_of, apart)
        for one, apart in zip(plan.grids["grid_id"], straight_m, strict=True)
    ]
    grids = plan.grids.assign(longest_walk_m=np.array(longest, dtype=np.float64))
    return replace(plan, grids=grids)


def _longest(
    graph: CostGraph,
    places: Places,
    part_of: npt.NDArray[np.int32],
    apart_m: float,
) -> float:
    """The longest of the shortest walks between any two places, metres."""
    count = len(places.segment)
    if count < 2:
        return 0.0
    if (places.segment < 0).any() or np.ptp(part_of[places.segment]):
        return np.nan
    limit_m = 2.0 * apart_m + _FIRST_M
    while True:
        source, place, um = pairs_within(graph, places, places, limit_m=limit_m)
        met = source != place
        if met.sum() == count * (count - 1):
            return float(um[met].max()) / UM
        limit_m *= 2.0

"""The k nearest facilities of every building, for each class."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lifecircle.access.entrances import Entrances, place_entrances
from lifecircle.access.field import UM, CostGraph, Places, cost_graph
from lifecircle.access.kernel import FAR
from lifecircle.access.minutes import counted_facilities
from lifecircle.access.pairs import entrance_pairs, start_places
from lifecircle.access.ranked import k_nearest
from lifecircle.access.walkers import level_m, open_network, walker_named
from lifecircle.errors import ConfigError
from lifecircle.network.compounds import read_walls

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from geopandas import GeoDataFrame
    from pandas import DataFrame

    from lifecircle.model import District, WalkNetwork

__all__ = ["nearest_facilities"]


def nearest_facilities(
    network: WalkNetwork,
    district: District,
    classes: Sequence[str],
    *,
    k: int,
    walker: str,
    points: GeoDataFrame | None = None,
    limit_m: float = 5000.0,
) -> DataFrame:
    """The k nearest built facilities of each class, for every building or point.

    A planner reads from it whether people have a choice, and where they go if the
    nearest is full or shut. A facility of several entrances counts once, by the
    nearest of them.

    Parameters
    ----------
    network : WalkNetwork
        Of this district.
    district : District
        Uses ``buildings``, ``facilities``, ``facility_classes``, walls and walkers.
    classes : sequence of str
        Codes such as ``ELD.CANTEEN``.
    k : int
        How many, at least 1.
    walker : str
        Name of a walker profile of the district file.
    points : GeoDataFrame, optional
        ``point_id`` and points in the network's CRS: walk from these instead of the
        buildings.
    limit_m : float
        Longest walk looked for, metres, inclusive.

    Returns
    -------
    DataFrame
        ``building_id`` (or ``point_id``), ``facility_class``, ``walker``, ``rank``
        from 1 to k, ``walk_m``, ``walk_min``, ``facility_id``; k rows for each
        building and class, sorted. Ranked by metres, ties by the lowest
        ``facility_id``; minutes are of the fastest walk to that facility. Where
        fewer than k are reached, walks are NaN and there is no ``facility_id``.

    Raises
    ------
    ConfigError
        If k is below 1, or there is no such walker.

    Examples
    --------
    >>> near = nearest_facilities(
    ...     toy.network, toy.district, ["HLT.PHARM"], k=2, walker="adult"
    ... )
    >>> near[near["building_id"] == "B6"][["rank", "walk_m", "facility_id"]]
        rank  walk_m facility_id
    10     1    60.0          F3
    11     2   330.0          F5
    """
    if k < 1:
        raise ConfigError(
            where="k", what=f"it is {k}; it must be 1 or more.", fix="Give k=1 or more."
        )
    profile = walker_named(district.config, walker)
    network = open_network(network, profile)
    level = level_m(network, profile)
    key, ids, starts = start_places(network, district, points)
    ground = _Ground(
        cost_graph(network),
        None if level is None else cost_graph(network, level),
        starts,
        limit_m,
    )
    walls, off_m = read_walls(district), district.config.max_off_road_m
    frames = []
    for name in sorted(set(classes)):
        counted = counted_facilities(district, name)
        doors = place_entrances(
            network, counted.geometry.to_numpy(), max_off_m=off_m, walls=walls
        )
        walk_m, level_walk_m, owner = ground.nearest(doors, k)
        facility_id = np.array([*counted["facility_id"], None], dtype=object)
        frames.append(
            pd.DataFrame(
                {
                    key: np.repeat(ids, k),
                    "facility_class": name,
                    "walker": walker,
                    "rank": np.tile(np.arange(1, k + 1), len(ids)),
                    "walk_m": walk_m.reshape(-1),
                    "walk_min": level_walk_m.reshape(-1) / profile.speed_m_per_s / 60,
                    "facility_id": facility_id[owner].reshape(-1),
                }
            )
        )
    if not frames:
        columns = ["walk_m", "walk_min", "facility_id"]
        return pd.DataFrame(columns=[key, "facility_class", "walker", "rank", *columns])
    return pd.concat(frames).sort_values(
        [key, "facility_class", "rank"], kind="stable", ignore_index=True
    )


@dataclass(frozen=True, slots=True)
class _Ground:
    """Where one walker walks, and from where."""

    graph: CostGraph
    timed: CostGraph | None
    starts: Places
    limit_m: float

    def nearest(
        self, entrances: Entrances, k: int
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.intp]]:
        """Metres, metres on the level of the fastest walk, and facility (-1)."""
        um, owner = k_nearest(
            self.graph, entrances, self.starts, k=k, limit_m=self.limit_m
        )
        walk_m = np.where(um < FAR, um / UM, np.nan)
        if self.timed is None:
            return walk_m, walk_m, owner
        site, start, level_um = entrance_pairs(
            self.timed, entrances, self.starts, limit_m=self.limit_m
        )
        count = len(self.starts.segment)
        wanted = owner * count + np.arange(count)[:, None]
        pair = np.append(site * count + start, -1)
        at = np.searchsorted(pair[:-1], wanted)
        level_m = np.append(level_um / UM, np.nan)
        return walk_m, np.where(pair[at] == wanted, level_m[at], np.nan), owner

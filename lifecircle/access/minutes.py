"""Walks of every building to the nearest facility of each class."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
import pandas as pd

from lifecircle.access.entrances import place_entrances
from lifecircle.access.field import (
    UM,
    cost_graph,
    nearest_source,
    place_points,
    walk_field,
)
from lifecircle.access.kernel import FAR
from lifecircle.access.walkers import level_m, open_network
from lifecircle.columns import ACCESS
from lifecircle.network.compounds import read_walls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy.typing as npt
    from geopandas import GeoDataFrame
    from pandas import DataFrame

    from lifecircle.access.field import CostGraph
    from lifecircle.model import District, Walker, WalkNetwork

__all__ = ["counted_facilities", "iter_plain", "walk_access"]

logger = logging.getLogger(__name__)

Item = TypeVar("Item")


def iter_plain(items: Iterable[Item]) -> Iterable[Item]:
    """No progress shown: what ``track`` does if it is not given.

    Parameters
    ----------
    items : iterable
        What a loop goes over.

    Returns
    -------
    iterable
        The same.

    Examples
    --------
    >>> list(iter_plain([1, 2]))
    [1, 2]
    """
    return items


def counted_facilities(
    district: District,
    facility_class: str,
    *,
    statuses: Sequence[str] = ("built",),
) -> GeoDataFrame:
    """Facilities that offer a class, counted by their status.

    Parameters
    ----------
    district : District
        Uses ``facilities`` and ``facility_classes``.
    facility_class : str
        Code such as ``ELD.CANTEEN``; rooms of the class count too.
    statuses : sequence of str
        Statuses that count. A built facility that opens after the year of
        ``as_of`` does not count as built.

    Returns
    -------
    GeoDataFrame
        Rows of ``facilities``, sorted by ``facility_id``.

    Examples
    --------
    >>> counted_facilities(toy.district, "ELD.CANTEEN")["facility_id"].tolist()
    ['F1']
    """
    facilities = district.facilities
    offered = district.facility_classes
    names = offered.loc[offered["facility_class"] == facility_class, "facility_id"]
    later = facilities["opened"] > district.config.as_of.year
    counts = (
        facilities["facility_id"].isin(names)
        & facilities["status"].isin(list(statuses))
        & ~((facilities["status"] == "built") & later)
    )
    return facilities[counts].sort_values("facility_id", ignore_index=True)


def walk_access(
    network: WalkNetwork,
    district: District,
    *,
    classes: Sequence[str] | None = None,
    statuses: Sequence[str] = ("built",),
    limit_m: float = 5000.0,
    track: Callable[[Iterable[str]], Iterable[str]] = iter_plain,
) -> DataFrame:
    """Walk of every building to the nearest facility of each class.

    Metres are the leg from the building to its street, the way along the streets,
    and the leg to the facility, on the shortest walk that the walker can take; ties
    go to the lowest ``facility_id``. Minutes are those of the fastest walk: length by
    speed, and, where the data has them, steps, crossings and slope. The fastest walk
    may be another than the shortest: a rule on metres is never made one on minutes.

    Parameters
    ----------
    network : WalkNetwork
        Of this district.
    district : District
        Uses ``buildings``, ``facilities``, ``facility_classes``, walls and walkers.
    classes : sequence of str, optional
        Facility classes; all that a facility offers if not given.
    statuses : sequence of str
        Statuses that count as there.
    limit_m : float
        Longest walk looked for, metres, inclusive.
    track : callable, optional
        Wraps the classes to show progress.

    Returns
    -------
    DataFrame
        Columns ``ACCESS``, one row per building, class and walker in this order;
        ``walk_m``, ``walk_min`` NaN and ``facility_id`` None if none is reached.
        ``facility_id`` is the nearest by metres.

    Examples
    --------
    >>> walks = walk_access(toy.network, toy.district, classes=["ELD.CANTEEN"])
    >>> walks.loc[walks["walker"] == "elderly", "walk_m"].tolist()[:2]
    [280.0, 330.0]
    """
    if classes is None:
        classes = district.facility_classes["facility_class"].unique().tolist()
    names = sorted(set(classes))
    walkers = [
        district.config.walkers[name] for name in sorted(district.config.walkers)
    ]
    grounds = _grounds(network, district, walkers)
    row_of = pd.Series(
        np.arange(len(district.facilities)), index=district.facilities["facility_id"]
    )
    shape = (len(district.buildings), len(names), len(walkers))
    walk_m, walk_min = np.full(shape, np.nan), np.full(shape, np.nan)
    nearest = np.full(shape, None, dtype=object)
    for number, name in enumerate(track(names)):
        counted = counted_facilities(district, name, statuses=statuses)
        ids = counted["facility_id"].to_numpy(dtype=object)
        rows = row_of[counted["facility_id"]].to_numpy(dtype=np.intp)
        for column, (walker, ground) in enumerate(zip(walkers, grounds, strict=True)):
            cell = (slice(None), number, column)
            same = grounds.index(ground)
            if same < column:
                walk_m[cell] = walk_m[:, number, same]
                nearest[cell] = nearest[:, number, same]
            else:
                walk_m[cell], of = ground.nearest(ground.graph, rows, limit_m=limit_m)
                nearest[of >= 0, number, column] = ids[of[of >= 0]]
            timed = ground.timed(walker)
            level = walk_m[cell]
            if timed is not None:
                level, _ = ground.nearest(timed, rows, limit_m=limit_m)
            walk_min[cell] = level / walker.speed_m_per_s / 60.0
    logger.info(
        "access: %d buildings, %d classes; %d buildings on no street within %.0f m",
        len(walk_m),
        len(names),
        int((grounds[0].homes.segment < 0).sum()) if grounds else 0,
        district.config.max_off_road_m,
    )
    columns = {"walk_m": walk_m, "walk_min": walk_min, "facility_id": nearest}
    return _frame(district, names, walkers, "+".join(statuses), columns)


class _Ground:
    """The streets that some walkers can walk, with homes and facilities on them."""

    def __init__(self, network: WalkNetwork, district: District) -> None:
        walls, off_m = read_walls(district), district.config.max_off_road_m
        self.network, self.graph = network, cost_graph(network)
        self.homes = place_points(
            network,
            district.buildings.geometry.to_numpy(),
            max_off_m=off_m,
            walls=walls,
        )
        self.facilities = place_entrances(
            network,
            district.facilities.geometry.to_numpy(),
            max_off_m=off_m,
            walls=walls,
        )
        self._timed: dict[str, CostGraph | None] = {}

    def timed(self, walker: Walker) -> CostGraph | None:
        """What walking costs a walker; None if length is all that counts."""
        if walker.name not in self._timed:
            costs_m = level_m(self.network, walker)
            self._timed[walker.name] = (
                None if costs_m is None else cost_graph(self.network, costs_m)
            )
        return self._timed[walker.name]

    def nearest(
        self, graph: CostGraph, rows: npt.NDArray[np.intp], *, limit_m: float
    ) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp]]:
        """Metres from every home to the nearest facility of ``rows``, and which."""
        entrances = self.facilities.take(rows)
        field = walk_field(graph, entrances.places, limit_m=limit_m)
        um, source = nearest_source(graph, field, self.homes)
        owner = np.append(entrances.owner, -1)
        return np.where(um < FAR, um / UM, np.nan), owner[source]


def _grounds(
    network: WalkNetwork, district: District, walkers: list[Walker]
) -> list[_Ground]:
    """The ground of each walker; walkers of the same streets share one."""
    parts: dict[str, WalkNetwork] = {}
    grounds: dict[int, _Ground] = {}
    for walker in walkers:
        if walker.steps not in parts:
            part = open_network(network, walker)
            parts[walker.steps] = part
            if id(part) not in grounds:
                grounds[id(part)] = _Ground(part, district)
    return [grounds[id(parts[walker.steps])] for walker in walkers]


def _frame(
    district: District,
    names: list[str],
    walkers: list[Walker],
    status_set: str,
    columns: dict[str, npt.NDArray[Any]],
) -> DataFrame:
    """Rows by building, class, walker, from arrays (building, class, walker)."""
    homes = district.buildings["building_id"].to_numpy()
    order = np.argsort(homes.astype(str), kind="stable")
    frame = pd.DataFrame(
        {
            "building_id": np.repeat(homes[order], len(names) * len(walkers)),
            "facility_class": np.tile(np.repeat(names, len(walkers)), len(homes)),
            "walker": np.tile(
                [walker.name for walker in walkers], len(homes) * len(names)
            ),
            "status_set": status_set,
            **{name: value[order].reshape(-1) for name, value in columns.items()},
        }
    )
    return frame[list(ACCESS)]

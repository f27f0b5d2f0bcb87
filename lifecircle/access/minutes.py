"""Walks of every building to the nearest facility of each class."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar

import numpy as np
import pandas as pd

from lifecircle.access.field import (
    UM,
    cost_graph,
    nearest_source,
    place_points,
    walk_field,
)
from lifecircle.access.kernel import FAR
from lifecircle.columns import ACCESS
from lifecircle.network.compounds import read_walls

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy.typing as npt
    from geopandas import GeoDataFrame
    from pandas import DataFrame

    from lifecircle.model import District, Walker, WalkNetwork

__all__ = ["counted_facilities", "walk_access"]

logger = logging.getLogger(__name__)

Item = TypeVar("Item")


def _plainly(items: Iterable[Item]) -> Iterable[Item]:
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
    track: Callable[[Iterable[str]], Iterable[str]] = _plainly,
) -> DataFrame:
    """Walk of every building to the nearest facility of each class.

    Metres are the leg from the building to its street, the way along the streets,
    and the leg to the facility. Ties go to the lowest ``facility_id``.

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

    Examples
    --------
    >>> walks = walk_access(toy.network, toy.district, classes=["ELD.CANTEEN"])
    >>> walks.loc[walks["walker"] == "elderly", "walk_m"].tolist()[:2]
    [280.0, 330.0]
    """
    walls = read_walls(district)
    graph = cost_graph(network)
    off_m = district.config.max_off_road_m
    homes = place_points(
        network, district.buildings.geometry.to_numpy(), max_off_m=off_m, walls=walls
    )
    places = place_points(
        network, district.facilities.geometry.to_numpy(), max_off_m=off_m, walls=walls
    )
    row_of = pd.Series(
        np.arange(len(district.facilities)), index=district.facilities["facility_id"]
    )
    if classes is None:
        classes = district.facility_classes["facility_class"].unique().tolist()
    names = sorted(set(classes))
    metres = np.full((len(homes.segment), len(names)), np.nan)
    nearest = np.full(metres.shape, None, dtype=object)
    for number, name in enumerate(track(names)):
        counted = counted_facilities(district, name, statuses=statuses)
        sources = places.take(row_of[counted["facility_id"]].to_numpy(dtype=np.intp))
        field = walk_field(graph, sources, limit_m=limit_m)
        um, source = nearest_source(graph, field, homes)
        reached = um < FAR
        metres[reached, number] = um[reached] / UM
        ids = counted["facility_id"].to_numpy(dtype=object)
        nearest[reached, number] = ids[source[reached]]
    logger.info(
        "access: %d buildings, %d classes; %d buildings on no street within %.0f m",
        len(metres),
        len(names),
        int((homes.segment < 0).sum()),
        off_m,
    )
    return _frame(district, names, statuses=statuses, metres=metres, nearest=nearest)


def _frame(
    district: District,
    names: list[str],
    *,
    statuses: Sequence[str],
    metres: npt.NDArray[np.float64],
    nearest: npt.NDArray[np.object_],
) -> DataFrame:
    """Rows by building, class, walker, from arrays (building, class)."""
    walkers: list[Walker] = [
        district.config.walkers[name] for name in sorted(district.config.walkers)
    ]
    homes = district.buildings["building_id"].to_numpy()
    order = np.argsort(homes.astype(str), kind="stable")
    each = len(names) * len(walkers)
    walk_m = np.repeat(metres[order].reshape(-1), len(walkers))
    speed = np.tile(
        [walker.speed_m_per_s for walker in walkers], len(homes) * len(names)
    )
    frame = pd.DataFrame(
        {
            "building_id": np.repeat(homes[order], each),
            "facility_class": np.tile(np.repeat(names, len(walkers)), len(homes)),
            "walker": np.tile(
                [walker.name for walker in walkers], len(homes) * len(names)
            ),
            "status_set": "+".join(statuses),
            "walk_m": walk_m,
            "walk_min": walk_m / speed / 60.0,
            "facility_id": np.repeat(nearest[order].reshape(-1), len(walkers)),
        }
    )
    return frame[list(ACCESS)]

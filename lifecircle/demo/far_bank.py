"""The compound by the river that no canteen serves, though one is in plain sight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import Point

from lifecircle.demo.canteens import FAR_M, LIMIT_15_M, POOR, SAFE_M, UNSERVED, failed
from lifecircle.demo.people import shapes_of
from lifecircle.demo.skeleton import EMBANKMENT_M, RIVER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt
    import pandas as pd

    from lifecircle.demo.canteens import Sites
    from lifecircle.demo.compounds import Compound
    from lifecircle.demo.town import Town
    from lifecircle.demo.walking import Stop, Walks

__all__ = ["FarBank", "find_far_bank", "leave_one_gate"]

BANK_COMMUNITIES = ("C10", "C11", "C12")
SIGHT_M = 200.0


@dataclass(frozen=True, slots=True, eq=False)
class FarBank:
    """The compound left out: its buildings, the sites around, the one in sight."""

    place: Compound
    way: int
    rows: npt.NDArray[np.intp]
    sites: list[int]
    across: Point


def find_far_bank(
    town: Town, table: pd.DataFrame, sites: Sites, walks: Walks, stops: Sequence[Stop]
) -> FarBank:
    """Find a walled compound by the river, and the one gate it may keep.

    All its buildings shall be beyond 15 minutes of canteens that serve all the rest
    of its community, and one shall stand 200 m away on the other bank.

    Parameters
    ----------
    town : Town
        Compounds.
    table : DataFrame
        Buildings.
    sites : Sites
        Where canteens may stand.
    walks, stops
        The ways, and where buildings meet them.

    Returns
    -------
    FarBank
        The first that fits, by compound.

    Raises
    ------
    NetworkError
        If no compound fits.
    """
    home = table["community_id"].to_numpy()
    places = table["compound_id"].to_numpy()
    mid = np.flatnonzero(np.isin(sites.community_ids, BANK_COMMUNITIES))
    poor = sites.walk_m[:, np.isin(home, POOR)] <= LIMIT_15_M
    doors = walks.front_stops([sites.points[i] for i in mid])
    for place in _by_the_river(town):
        rows = np.flatnonzero(places == place.compound_id)
        across = _in_sight(table, rows)
        if across is None or not _holds(table, rows):
            continue
        others = (home == place.community_id) & (places != place.compound_id)
        for number, way in enumerate(place.ways):
            foot = walks.stops([Point(way.line.coords[-1])])[0]
            metres, _ = walks.reach(foot, limit_m=1600)
            inner = walks.walk_m(metres, [stops[int(row)] for row in rows])
            outer = walks.walk_m(metres, doors)
            allowed = np.zeros(len(sites.points), dtype=bool)
            allowed[mid] = outer + inner.min() > FAR_M
            served = (sites.walk_m[:, others] <= SAFE_M) & allowed[:, None]
            if served.any(axis=0).all():
                return FarBank(place, number, rows, _fewest(served, poor), across)
    raise failed(what="no compound by the river is left out alone.")


def leave_one_gate(bank: FarBank) -> None:
    """Close all ways out of the compound but the chosen one."""
    bank.place.ways[:] = [bank.place.ways[bank.way]]
    bank.place.gates[:] = [bank.place.gates[bank.way]]


def _by_the_river(town: Town) -> Iterator[Compound]:
    for place in town.compounds:
        near = place.polygon.distance(RIVER) < EMBANKMENT_M + 40
        if near and place.gates and place.community_id in BANK_COMMUNITIES:
            yield place


def _holds(table: pd.DataFrame, rows: npt.NDArray[np.intp]) -> bool:
    low = table["low"].to_numpy()[rows].sum()
    high = table["high"].to_numpy()[rows].sum()
    return bool(low * 1.2 < UNSERVED < high * 0.8)


def _in_sight(table: pd.DataFrame, rows: npt.NDArray[np.intp]) -> Point | None:
    """A place on the west bank some 200 m from the nearest of the buildings."""
    shapes = shapes_of(table)
    middles = np.array([shapes[row].centroid for row in rows], dtype=object)
    spots = np.array(_west_bank(), dtype=object)
    gaps = shapely.distance(spots[:, None], middles[None, :]).min(axis=1)
    spot = int(np.argmin(np.abs(gaps - SIGHT_M)))
    return spots[spot] if abs(gaps[spot] - SIGHT_M) < 14 else None


def _fewest(served: npt.NDArray[np.bool_], poor: npt.NDArray[np.bool_]) -> list[int]:
    """Few sites that serve all, the widest first, and few of the poor."""
    left = np.ones(served.shape[1], dtype=bool)
    chosen: list[int] = []
    while left.any():
        gain = served[:, left].sum(axis=1)
        worth = np.where(gain > 0, gain - 0.7 * poor.sum(axis=1), -np.inf)
        chosen.append(int(np.argmax(worth)))
        left &= ~served[chosen[-1]]
    return chosen


def _west_bank() -> list[Point]:
    """Places along the west embankment, every 20 m."""
    points = []
    for d in np.arange(0, RIVER.length, 20):
        a, b = RIVER.interpolate(d), RIVER.interpolate(d + 1)
        west = np.array([b.y - a.y, a.x - b.x]) / a.distance(b)
        spot = Point(np.round(np.array([a.x, a.y]) + west * (EMBANKMENT_M + 7.5), 3))
        if abs(spot.y) < 800:
            points.append(spot)
    return points

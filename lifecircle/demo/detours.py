"""Walks picked out for what they show: near in a straight line, far on foot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import Point

from lifecircle.demo.canteens import street_side
from lifecircle.demo.people import shapes_of
from lifecircle.demo.skeleton import RAIL
from lifecircle.demo.streets import HALF_WIDTH_M
from lifecircle.errors import NetworkError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    import pandas as pd

    from lifecircle.demo.compounds import Compound
    from lifecircle.demo.town import Town
    from lifecircle.demo.walking import Stop, Walks

__all__ = ["BlindGate", "RailPair", "find_blind_gate", "find_rail_pair"]


@dataclass(frozen=True, slots=True)
class BlindGate:
    """A compound whose gate is on the far side from what stands behind its wall."""

    compound_id: str
    row: int
    at: Point
    straight_m: float
    legs: list[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class RailPair:
    """A building, and a place that faces it across the railway."""

    row: int
    at: Point
    straight_m: float
    legs: list[tuple[str, float]]


def find_blind_gate(
    town: Town, table: pd.DataFrame, walks: Walks, stops: Sequence[Stop]
) -> BlindGate:
    """Find the compound with one gate and the longest way round to its back.

    Parameters
    ----------
    town : Town
        Compounds and streets.
    table : DataFrame
        Buildings.
    walks, stops
        The ways, and where buildings meet them.

    Returns
    -------
    BlindGate
        Where a pharmacy shall stand, and the walk to it, street by street.

    Raises
    ------
    NetworkError
        If no compound has its gate on the far side.
    """
    spots = _corners(town)
    best: tuple[float, BlindGate] | None = None
    for place in town.compounds:
        if len(place.gates) != 1 or place.community_id in ("C09", "C11"):
            continue
        row = _back_row(table, place)
        if row is None:
            continue
        centre = shapes_of(table)[row].centroid
        gaps = shapely.distance(spots, centre)
        near = np.flatnonzero((gaps < 95) & (gaps > 40))
        if not len(near):
            continue
        ends = walks.front_stops(list(spots[near]))
        metres = walks.walk_m(walks.reach(stops[row], limit_m=900)[0], ends)
        metres[np.isinf(metres)] = 0
        pick = int(np.argmax(metres))
        if best is None or metres[pick] / gaps[near[pick]] > best[0]:
            ratio, at = metres[pick] / gaps[near[pick]], spots[near[pick]]
            legs = walks.legs(stops[row], ends[pick])
            best = (
                ratio,
                BlindGate(place.compound_id, row, at, float(gaps[near[pick]]), legs),
            )
    if best is None or best[0] < 4:
        raise _failed(where="walls", what="no gate faces away.")
    return best[1]


def _back_row(table: pd.DataFrame, place: Compound) -> int | None:
    """The building with a door in its middle that is farthest from the gate."""
    here = (table["compound_id"] == place.compound_id).to_numpy()
    own = np.flatnonzero(here & _plain(table))
    if not len(own):
        return None
    shapes = shapes_of(table)
    return int(max(own, key=lambda row: shapes[row].distance(place.gates[0])))


def _plain(table: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Straight buildings with an odd number of doors: one stands in the middle."""
    plain = (table["kind"] == "walkup") & (table["stairs"] % 2 == 1)
    return np.asarray(plain, dtype=bool)


def _corners(town: Town) -> npt.NDArray[np.object_]:
    """Places beside the middle of every piece of a named street."""
    found = [
        point
        for s in town.streets
        if s.road_class in ("residential", "tertiary", "secondary")
        for point in street_side(s.line, HALF_WIDTH_M[s.road_class] + 0.5)
    ]
    return np.array(found, dtype=object)


def find_rail_pair(
    town: Town, table: pd.DataFrame, walks: Walks, stops: Sequence[Stop]
) -> RailPair:
    """Find a building and a place on the other side of the railway, near yet far.

    Parameters
    ----------
    town : Town
        Streets.
    table : DataFrame
        Buildings.
    walks, stops
        The ways, and where buildings meet them.

    Returns
    -------
    RailPair
        The pair, and the walk through the underpass, street by street.

    Raises
    ------
    NetworkError
        If no building has a street across the railway.
    """
    middles = np.array([p.centroid for p in shapes_of(table)], dtype=object)
    east = np.isin(table["community_id"], ("C13", "C14", "C15"))
    close = _plain(table) & (shapely.distance(middles, RAIL) < 130) & ~east
    spots = _corners(town)
    eastern = shapely.union_all([town.communities[c] for c in ("C13", "C14", "C15")])
    spots = spots[
        shapely.intersects(spots, eastern) & (shapely.distance(spots, RAIL) < 150)
    ]
    ends = walks.front_stops(list(spots))
    best: tuple[float, RailPair] | None = None
    for row in np.flatnonzero(close).tolist():
        gaps = shapely.distance(spots, middles[row])
        metres = walks.walk_m(walks.reach(stops[row], limit_m=2600)[0], ends)
        ratio = np.where(
            (metres > 900) & np.isfinite(metres) & (gaps < 220), metres / gaps, 0
        )
        pick = int(np.argmax(ratio))
        if ratio[pick] > (best[0] if best else 3.0):
            legs = walks.legs(stops[row], ends[pick])
            best = (
                float(ratio[pick]),
                RailPair(row, spots[pick], float(gaps[pick]), legs),
            )
    if best is None:
        raise _failed(
            where="railway", what="no building has a street across the railway."
        )
    return best[1]


def _failed(*, where: str, what: str) -> NetworkError:
    return NetworkError(where=f"demo {where}", what=what, fix="Choose another seed.")

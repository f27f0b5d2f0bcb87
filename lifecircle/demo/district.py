"""All parts of the made-up district, put together in order."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lifecircle.demo.canteens import UNSERVED, find_sites, place_canteens
from lifecircle.demo.detours import find_blind_gate, find_rail_pair
from lifecircle.demo.far_bank import find_far_bank, leave_one_gate
from lifecircle.demo.grids import draw_grids
from lifecircle.demo.people import count_elderly, house_people, shapes_of
from lifecircle.demo.planted import (
    ORDERLY,
    overlap_grids,
    plant_counts,
    plant_unknown,
    swap_ids,
)
from lifecircle.demo.services import open_services
from lifecircle.demo.streets import lay_out
from lifecircle.demo.town import build_town
from lifecircle.demo.walking import Walks
from lifecircle.errors import NetworkError, TableError

if TYPE_CHECKING:
    import numpy.typing as npt
    import pandas as pd

    from lifecircle.demo.canteens import Canteens, Sites
    from lifecircle.demo.detours import BlindGate, RailPair
    from lifecircle.demo.grids import Grid
    from lifecircle.demo.services import Services
    from lifecircle.demo.town import Town
    from lifecircle.demo.walking import Stop

__all__ = ["Demo", "make_demo"]

logger = logging.getLogger(__name__)

ATTEMPTS = 12
"""Layouts tried for a seed until all facts can be planted; the default needs one."""
BLIND_GATE_ID = "P031"
SHARED_ADDRESS_HOME = "C03"
ELDERLY_SHARES = {
    "C01": 0.24, "C02": 0.19, "C03": 0.21, "C04": 0.18, "C05": 0.17, "C06": 0.16,
    "C07": 0.20, "C08": 0.15, "C09": 0.19, "C10": 0.22, "C11": 0.21, "C12": 0.18,
    "C13": 0.17, "C14": 0.16, "C15": 0.20,
}  # fmt: skip
ELDERLY_UNKNOWN_HOMES = ("C08", "C13", "C14")


@dataclass(frozen=True, slots=True, eq=False)
class Demo:
    """The district with what was planted in it.

    Attributes
    ----------
    table : DataFrame
        Buildings: ``households`` and ``elderly`` as they are, ``known`` and
        ``elderly_known`` as the files say.
    canteen_m : float array
        Walk of each building to the nearest open canteen, metres.
    planted_grids : dict
        ``300``, ``500``, ``620``, ``180`` to grid ids.
    shared : tuple
        Row of the address in two grids, its own grid, the other grid.
    by_area_row : int
        Row of the building known by its floor area alone.
    """

    town: Town
    table: pd.DataFrame
    grids: list[Grid]
    canteens: Canteens
    canteen_m: npt.NDArray[np.float64]
    services: Services
    gate: BlindGate
    pair: RailPair
    planted_grids: dict[str, str]
    shared: tuple[int, Grid, Grid]
    by_area_row: int


def make_demo(seed: int) -> Demo:
    """Make the district of a seed.

    Parameters
    ----------
    seed : int
        Same seed, same district.

    Returns
    -------
    Demo
        Everything that the files are written from.

    Raises
    ------
    NetworkError, TableError
        If no layout tried admits every planted fact.
    """
    for attempt in range(ATTEMPTS):
        try:
            return _attempt(np.random.SeedSequence([seed, attempt]).spawn(7))
        except (NetworkError, TableError) as error:
            failure = error
            logger.debug("demo: attempt %d of seed %d: %s", attempt, seed, error)
    raise failure


def _attempt(seeds: list[np.random.SeedSequence]) -> Demo:
    streams = [np.random.default_rng(seed) for seed in seeds]
    town = build_town(lay_out(streams[0]), streams[1])
    table = house_people(town, streams[2])
    walks, stops, sites = _measure(town, table)
    bank = find_far_bank(town, table, sites, walks, stops)
    leave_one_gate(bank)
    town.join_streets()
    walks, stops, sites = _measure(town, table)
    canteens = place_canteens(table, sites, bank)
    gate = find_blind_gate(town, table, walks, stops)
    swap_ids(town, table, gate.compound_id, BLIND_GATE_ID)
    pair = find_rail_pair(town, table, walks, stops)
    grids = draw_grids(town, table, ORDERLY, streams[3])
    planted = plant_counts(table, grids, canteens.unserved, UNSERVED)
    by_area = plant_unknown(table, canteens.unserved.tolist(), streams[4])
    shared = overlap_grids(table, grids, SHARED_ADDRESS_HOME)
    _count_old(table, by_area, streams[5])
    sums = table.groupby("community_id")["households"].sum()
    totals = {str(key): int(total) for key, total in sums.items()}
    services = open_services(sites, canteens, (gate.at, pair.at), totals, streams[6])
    reached = [
        walks.walk_m(walks.reach(s)[0], stops)
        for s in walks.front_stops(canteens.points)
    ]
    return Demo(
        town, table, grids, canteens, np.min(reached, axis=0), services, gate, pair,
        planted, shared, by_area,
    )  # fmt: skip


def _measure(town: Town, table: pd.DataFrame) -> tuple[Walks, list[Stop], Sites]:
    walks = Walks(town.streets)
    walks.wall_in([c.polygon for c in town.compounds if c.gated == "yes"])
    stops = walks.stops([p.centroid for p in shapes_of(table)])
    return walks, stops, find_sites(town, walks, stops)


def _count_old(table: pd.DataFrame, by_area: int, rng: np.random.Generator) -> None:
    table["elderly"] = count_elderly(table, ELDERLY_SHARES, rng)
    table["elderly_known"] = table["elderly"].astype("Int64")
    unknown = table["community_id"].isin(ELDERLY_UNKNOWN_HOMES) & (
        rng.random(len(table)) < 0.06
    )
    table.loc[unknown, "elderly_known"] = None
    table.loc[by_area, "elderly_known"] = None

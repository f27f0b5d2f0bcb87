"""Governance grids drawn anew: contiguous, within the band, close to today's.

Every community is divided by itself; no grid crosses its boundary. Dedicated and
locked grids stay as they are, micro grids are left aside. A community is planned if
it has a boundary and the households of all its buildings are known.
"""

from __future__ import annotations

import logging
import math
import os
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lifecircle.errors import ConfigError
from lifecircle.model import Assessment
from lifecircle.plans.assembly import Prepared, assembled, prepare
from lifecircle.plans.atoms import problem_of
from lifecircle.plans.inside_walks import with_longest_walks
from lifecircle.plans.partition import solve_all
from lifecircle.plans.planned import numbered_plan
from lifecircle.plans.problem import PartitionWeights

if TYPE_CHECKING:
    from lifecircle.model import District, GridPlan, RegridSettings, WalkNetwork

__all__ = ["FRONTIER", "frontier", "plan_grids", "regrid", "settings_for", "weights_of"]

logger = logging.getLogger(__name__)

FRONTIER = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Stabilities of the plans that a planner chooses from."""
_MOST_STABLE = 0.999
"""Stability 1 would cost without end."""


def plan_grids(prepared: Prepared, settings: RegridSettings) -> GridPlan:
    """Divide a prepared district.

    Parameters
    ----------
    prepared : Prepared
        From ``prepare``.
    settings : RegridSettings
        Band, weights, stability, seed.

    Returns
    -------
    GridPlan
        Grids by community and number.
    """
    district = prepared.surveyed.district
    problems = [problem_of(atoms, settings) for atoms in prepared.atoms]
    parts = solve_all(
        problems,
        weights=weights_of(settings),
        seed=settings.seed,
        threads=os.cpu_count() or 1,
    )
    taken = tuple(str(key) for key in district.grids["grid_id"])
    plans = []
    for atoms, problem, part in zip(prepared.atoms, problems, parts, strict=True):
        plans.append(numbered_plan(atoms, problem, part, taken=taken))
        taken += plans[-1].grid_ids
    plan = assembled(prepared, plans, settings)
    logger.info("regrid: %d communities, %d grids", len(plans), len(plan.grids))
    return plan


def weights_of(settings: RegridSettings) -> PartitionWeights:
    """What the solver weighs, from the district file's settings.

    Parameters
    ----------
    settings : RegridSettings
        Stability and costs.

    Returns
    -------
    PartitionWeights
        A household that changes grid costs ``stability / (1 - stability)``.

    Examples
    --------
    >>> from lifecircle.model import RegridSettings
    >>> weights_of(RegridSettings(stability=0.8)).change
    4.000000000000001
    """
    stability = min(settings.stability, _MOST_STABLE)
    split = math.inf if settings.split is None else settings.split
    return PartitionWeights(
        compactness=settings.compactness,
        # Least change repairs what is out of range; compounds that are split today
        # are no reason to move anybody.
        split=0.0 if settings.stability >= 1.0 else split,
        parts=settings.grids,
        change=stability / (1 - stability),
        balance=settings.balance,
    )


def regrid(
    study: Assessment | District,
    *,
    households: tuple[int, int] | None = None,
    stability: float | None = None,
    seed: int | None = None,
    network: WalkNetwork | None = None,
) -> GridPlan:
    """Draw the governance grids of every community anew.

    Parameters
    ----------
    study : Assessment or District
        What to plan; its district file sets what is not given here.
    households : tuple of int, optional
        Fewest and most households of a grid, both ends inclusive.
    stability : float, optional
        0 = best shape, 1 = least change.
    seed : int, optional
        The same seed gives the same plan.
    network : WalkNetwork, optional
        Measures the longest walk inside each grid; without it that is unknown.

    Returns
    -------
    GridPlan
        Grids, change list, one row per community with its proof.

    Raises
    ------
    ConfigError
        If the band is empty, or the stability is not from 0 to 1.

    Examples
    --------
    >>> plan = regrid(toy.district, households=(100, 300))
    >>> plan.grids["households"].tolist()
    [300.0, 180.0, 120.0]
    """
    district = study.district if isinstance(study, Assessment) else study
    settings = settings_for(
        district, households=households, stability=stability, seed=seed
    )
    plan = plan_grids(prepare(district, settings), settings)
    return plan if network is None else with_longest_walks(plan, network, district)


def settings_for(
    district: District,
    *,
    households: tuple[int, int] | None = None,
    stability: float | None = None,
    seed: int | None = None,
) -> RegridSettings:
    """The district file's settings with what is given instead.

    Parameters
    ----------
    district : District
        Its ``[regrid]`` section counts where nothing is given.
    households : tuple of int, optional
        Fewest and most households of a grid.
    stability : float, optional
        From 0 to 1.
    seed : int, optional
        Of the search.

    Returns
    -------
    RegridSettings

    Raises
    ------
    ConfigError
        If the band is empty, or the stability is not from 0 to 1.

    Examples
    --------
    >>> settings_for(toy.district, stability=1.0).households
    (300, 500)
    """
    given: dict[str, Any] = {
        "households": households,
        "stability": stability,
        "seed": seed,
    }
    chosen = {name: value for name, value in given.items() if value is not None}
    settings = replace(district.config.regrid, **chosen)
    low, high = settings.households
    if not 0 < low <= high:
        raise ConfigError(
            where="households",
            what=f"the band is {low} to {high}; it must not be empty.",
            fix="Give the fewest households first, then the most: (300, 500).",
        )
    if not 0.0 <= settings.stability <= 1.0:
        raise ConfigError(
            where="stability",
            what=f"it is {settings.stability}; it must be from 0 to 1.",
            fix="Give 0 for the best shape, 1 for the least change.",
        )
    return settings


def frontier(
    study: Assessment | District,
    *,
    households: tuple[int, int] | None = None,
    stabilities: tuple[float, ...] = FRONTIER,
) -> tuple[GridPlan, ...]:
    """Plans from the best shape to the least change, for a planner to choose from.

    Parameters
    ----------
    study : Assessment or District
        What to plan.
    households : tuple of int, optional
        Band of a grid; else the district file's.
    stabilities : tuple of float
        One plan for each.

    Returns
    -------
    tuple of GridPlan
        In the order of ``stabilities``.

    Raises
    ------
    ConfigError
        As ``regrid``.

    Examples
    --------
    >>> plans = frontier(toy.district, households=(100, 300), stabilities=(0.0, 1.0))
    >>> [plan.settings.stability for plan in plans]
    [0.0, 1.0]
    """
    district = study.district if isinstance(study, Assessment) else study
    every = [
        settings_for(district, households=households, stability=one)
        for one in stabilities
    ]
    prepared = prepare(district, district.config.regrid)
    return tuple(plan_grids(prepared, one) for one in every)

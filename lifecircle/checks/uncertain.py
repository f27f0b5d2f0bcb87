"""Ranges of uncertain inputs, for robust verdicts; never for the verdict itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from lifecircle.checks.inputs import Inputs, cached, sealed_walks_of
from lifecircle.checks.walking import nearest_walk

if TYPE_CHECKING:
    import numpy.typing as npt

    from lifecircle.model import Rule

__all__ = ["SPEED_RANGES", "gate_detours_m", "sealed_reach", "speed_range"]

SPEED_RANGES = {"adult": (1.0, 1.2), "elderly": (0.71, 0.9)}
"""Metres per second, RULES.md 2.9: adults 1.0 to 1.2 (WS-08); the elderly from 0.71
(85 and over, WS-04) to 0.9 (men of 65 and over, WS-05)."""


def speed_range(walker: str, speed_m_per_s: float) -> tuple[float, float]:
    """Slowest and fastest speed of a walker profile.

    Parameters
    ----------
    walker : str
        Profile; one without a stated range has only its own speed.
    speed_m_per_s : float
        The speed in use; the range is widened to hold it.

    Returns
    -------
    tuple of float

    Examples
    --------
    >>> speed_range("elderly", 0.8), speed_range("adult", 1.3)
    ((0.71, 0.9), (1.0, 1.3))
    """
    slow, fast = SPEED_RANGES.get(walker, (speed_m_per_s, speed_m_per_s))
    return min(slow, speed_m_per_s), max(fast, speed_m_per_s)


def sealed_reach(
    inputs: Inputs, rule: Rule, reach: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """How far the nearest facility is if compounds of unknown gates are walled.

    Parameters
    ----------
    inputs : Inputs
        With ``sealed`` the walks of that reading are taken as they were computed;
        without it a bound, ``gate_detours_m``.
    rule : Rule
        Of reach in minutes or metres on foot.
    reach : float array
        The same with their walls not applied, in the order of the buildings.

    Returns
    -------
    float array
        Minutes or metres; NaN = no walk.

    Examples
    --------
    The gate of the toy's only compound is known.

    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = read_rule_book("hefei").rules[2]
    >>> sealed_reach(prepare(toy.district, toy.access), rule, np.zeros(6)).tolist()
    [0.0, 0.0, 0.0, 0.0, 0.0, 0.0]
    """
    timed = rule.kind == "walk_minutes_coverage"
    table = sealed_walks_of(inputs)
    if table is not None:
        return nearest_walk(table, rule, measure="walk_min" if timed else "walk_m")
    speed = inputs.district.config.walkers[rule.walker].speed_m_per_s
    return reach + gate_detours_m(inputs) / (speed * 60.0 if timed else 1.0)


def gate_detours_m(inputs: Inputs) -> npt.NDArray[np.float64]:
    """How much longer the walk from a building could be if its compound is walled.

    Where it is unknown whether a compound is gated, or where its gates are, the way
    out may lie on the far side: at most once around the wall, its length. Ours; a
    bound for the residents' own walks.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.

    Returns
    -------
    float array
        Metres, in the order of the buildings; 0 where the gates are known.

    Examples
    --------
    The gate of the toy's only compound is known.

    >>> from lifecircle.checks.inputs import prepare
    >>> float(gate_detours_m(prepare(toy.district, None)).sum())
    0.0
    """
    detours: npt.NDArray[np.float64] = cached(
        inputs, "gate detours", lambda: _detours(inputs)
    )
    return detours


def _detours(inputs: Inputs) -> npt.NDArray[np.float64]:
    compounds, gates = inputs.district.compounds, inputs.district.gates
    known = set(gates.loc[gates["open"] == "yes", "compound_id"].dropna())
    gated = compounds["gated"]
    unknown = (gated == "unknown") | (
        (gated == "yes") & ~compounds["compound_id"].isin(known)
    )
    shapes = compounds.geometry.to_numpy()
    around = np.where(shapely.area(shapes) > 0, shapely.length(shapes), 0.0)
    wall = pd.Series(
        np.where(unknown, around, 0.0), index=compounds["compound_id"].to_numpy()
    )
    of = inputs.district.buildings["compound_id"].map(wall)
    return np.asarray(of.astype(float).fillna(0.0))

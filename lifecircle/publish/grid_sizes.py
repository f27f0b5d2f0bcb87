"""Grids by households, today and as proposed: the table behind both charts of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from pandas import DataFrame, Series

    from lifecircle.model import GridPlan

__all__ = ["STATES", "grid_sizes", "in_range_counts"]

STATES = ("today", "proposed")

_BINS_IN_BAND = 4
_BINS_ABOVE = 8
"""Larger grids are counted in one last bin."""


def grid_sizes(plan: GridPlan) -> DataFrame:
    """Number of grids by households, in bins of a quarter of the band.

    Grids without a band (dedicated ones) are left out.

    Parameters
    ----------
    plan : GridPlan
        The plan, and today's grids of the planned communities.

    Returns
    -------
    DataFrame
        One row a bin: ``households_from`` (inclusive), ``households_to`` (exclusive,
        but the band's upper end belongs to the band; inf in the last row), ``place``
        (under, within, over the band), ``today`` and ``proposed`` (counts).

    Examples
    --------
    >>> grid_sizes(plan)["today"].sum()  # doctest: +SKIP
    104
    """
    low, high = plan.settings.households
    width = (high - low) / _BINS_IN_BAND
    below = int(np.ceil(low / width))
    count = below + _BINS_IN_BAND + _BINS_ABOVE
    edges = np.maximum(low + (np.arange(count) - below) * width, 0.0)
    first = pd.Series(edges)
    place = np.where(first < low, "under", np.where(first < high, "within", "over"))
    table = pd.DataFrame(
        {
            "households_from": first,
            "households_to": first.shift(-1, fill_value=np.inf),
            "place": place,
        }
    )
    for state in STATES:
        sizes = _judged(plan, state)["households"].to_numpy()
        bins = np.searchsorted(edges, sizes, side="right") - 1
        bins[sizes == high] = below + _BINS_IN_BAND - 1
        table[state] = np.bincount(bins, minlength=count)
    return table


def in_range_counts(plan: GridPlan) -> dict[str, tuple[int, int]]:
    """Grids within the band and all grids that have one, today and as proposed.

    Parameters
    ----------
    plan : GridPlan
        The plan.

    Returns
    -------
    dict
        ``STATES`` to the two counts.

    Examples
    --------
    >>> in_range_counts(plan)  # doctest: +SKIP
    {'today': (42, 104), 'proposed': (107, 112)}
    """
    found: dict[str, Series[bool]] = {
        state: _judged(plan, state)["in_range"].astype(bool) for state in STATES
    }
    return {state: (int(fine.sum()), len(fine)) for state, fine in found.items()}


def _judged(plan: GridPlan, state: str) -> DataFrame:
    grids: DataFrame = plan.today if state == "today" else plan.grids
    known = grids["in_range"].notna() & grids["households"].notna()
    return grids[known]

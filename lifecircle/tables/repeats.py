"""Compounds that a list has twice, and totals that no compound or building has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from lifecircle.standards.catalogue import BRACKETS, fold, without_brackets
from lifecircle.tables.places import shapes_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from lifecircle.tables.ledger import Ledger

__all__ = ["ALIKE_M", "warn_many", "warn_repeats"]

ALIKE_M = 300.0
"""Two rows of one name within this are most likely one compound: listings of several
sites stand up to 280 m apart."""

MANY = 20_000
"""Households that no row has: compounds are often given as buildings, a row each."""


def warn_repeats(compounds: pd.DataFrame, *, ledger: Ledger) -> None:
    """Warn of compounds that stand twice where their households are the demand.

    Parameters
    ----------
    compounds : DataFrame
        ``name``, ``households``, shapes in metres, the hidden columns.
    ledger : Ledger
        Takes one warning a source, with the rows that repeat an earlier one and the
        households that they add; nothing is merged. Names are compared without
        brackets, but two different ones (一期, 二期) are two compounds.
    """
    whole = [fold(name) for name in compounds["name"]]
    names = pd.Series([without_brackets(name) for name in whole])
    branches = np.array(["".join(BRACKETS.findall(name)) for name in whole])
    counted = compounds["households"].gt(0.0).to_numpy() & names.ne("").to_numpy()
    at = np.flatnonzero(counted & names.duplicated(keep=False).to_numpy())
    points = shapely.centroid(shapes_of(compounds)[at])
    first, second = shapely.STRtree(points).query(
        points, predicate="dwithin", distance=ALIKE_M
    )
    codes = pd.factorize(names.iloc[at])[0]
    alike = (first < second) & (codes[first] == codes[second])
    phases = branches[at[first]], branches[at[second]]
    alike &= (phases[0] == "") | (phases[1] == "") | (phases[0] == phases[1])
    pairs = pd.DataFrame({"earlier": at[first[alike]], "later": at[second[alike]]})
    pairs = pairs.sort_values(["later", "earlier"]).drop_duplicates("later")
    origins, rows = compounds["_origin"].to_numpy(), compounds["_row"].to_numpy()
    households = compounds["households"].to_numpy()
    for number in np.unique(origins[pairs["later"]]):
        own = pairs[origins[pairs["later"]] == number]
        later, earlier = own["later"].to_numpy(), own["earlier"].to_numpy()
        shown = {
            "count": f"{len(own):,}",
            "limit": f"{ALIKE_M:.0f}",
            "value": compounds["name"].iloc[later[0]],
            "file": ledger.origins[int(origins[earlier[0]])].file,
            "earlier": int(rows[earlier[0]]),
            "households": f"{households[later].sum():,.0f}",
        }
        ledger.report(
            "compounds_repeat",
            shown,
            origin=int(number),
            row=int(rows[later[0]]),
            column="name",
            severity="warning",
        )


def warn_many(frame: pd.DataFrame, *, ledger: Ledger) -> None:
    """Warn of more households than one compound or building can have.

    Parameters
    ----------
    frame : DataFrame
        Compounds or buildings: ``households``, the hidden columns.
    ledger : Ledger
        Takes a warning a row.
    """
    households = frame["households"]
    at: npt.NDArray[np.intp] = np.flatnonzero((households > MANY).to_numpy())
    shown = [
        {"value": f"{value:,.0f}", "limit": f"{MANY:,}"}
        for value in households.iloc[at]
    ]
    ledger.flag(
        frame, at, "households_many", shown, column="households", severity="warning"
    )

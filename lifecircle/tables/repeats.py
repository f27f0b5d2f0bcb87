"""Compounds that a list has twice, and totals that no compound or building has."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from lifecircle.standards.catalogue import BRACKETS, fold, without_brackets
from lifecircle.tables.places import shapes_of

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from lifecircle.tables.ledger import Ledger

__all__ = ["ALIKE_M", "warn_many", "warn_repeated_buildings", "warn_repeats"]

ALIKE_M = 300.0
"""Two rows of one name within this are most likely one compound: listings of several
sites stand up to 280 m apart."""

MANY = 20_000
"""Households that no row has: compounds are often given as buildings, a row each."""

_SIGNS = (" ", "-", "(", "[", "【", "〔")
"""What folding takes out of a printable name, or looks at."""

_MOST_OF_A_NAME = 200
"""A name of more rows is a word, such as 宿舍, and no name."""

_MEAN_OF_A_NAME = 3
"""Buildings with more rows a name are called after their compound or by number."""


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
    again = _repeats(compounds, _named(compounds), ["name"], _are_near)
    _tell(compounds, again, "compounds_repeat", ledger=ledger)


def warn_repeated_buildings(buildings: pd.DataFrame, *, ledger: Ledger) -> None:
    """Warn of compounds that stand twice in a list given as buildings.

    Parameters
    ----------
    buildings : DataFrame
        As ``warn_repeats`` takes it.
    ledger : Ledger
        As of ``warn_repeats``. Buildings of one compound bear one name as often as
        not: both rows must have as many households, and footprints must meet; a
        source with more than three rows a name is passed over.
    """
    named = _named(buildings)
    origin, name = named["origin"].to_numpy(), named["name"].to_numpy()
    apart = np.ones(len(named), dtype=bool)
    for number in np.unique(origin):
        rows_of_name = np.bincount(name[origin == number])
        different = np.count_nonzero(rows_of_name)
        if rows_of_name.sum() > _MEAN_OF_A_NAME * different:
            apart[origin == number] = False
    by = ["name", "households"]
    again = _repeats(buildings, named[apart], by, _are_one_ground)
    _tell(buildings, again, "buildings_repeat", ledger=ledger)


def _named(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows that count households under a name; the index is their position.

    A name without its brackets, and what stands in them, as numbers.
    """
    names, households = rows["name"].to_numpy(dtype=object), rows["households"]
    places = np.flatnonzero((households > 0.0).to_numpy() & ~pd.isna(names))
    codes, different = pd.factorize(names[places])
    bare, branches = _parted(different)
    named = pd.DataFrame(
        {
            "name": bare[codes],
            "branch": branches[codes],
            "households": households.to_numpy()[places],
            "origin": rows["_origin"].to_numpy()[places],
        },
        index=places,
    )
    return named if (bare >= 0).all() else named[named["name"] >= 0]


def _parted(
    names: npt.NDArray[np.object_],
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Names without their brackets and what stands in them, numbered; -1 = empty."""
    together = "".join(names)
    plain = together.isprintable() and unicodedata.is_normalized("NFKC", together)
    if plain and not any(sign in together for sign in _SIGNS):
        return np.arange(len(names)), np.full(len(names), -1)
    whole = [fold(name) for name in names]
    bare = [without_brackets(name) or None for name in whole]
    branches = ["".join(BRACKETS.findall(name)) or None for name in whole]
    numbered = [
        pd.factorize(np.array(one, dtype=object))[0] for one in (bare, branches)
    ]
    return numbered[0], numbered[1]


def _repeats(
    rows: pd.DataFrame,
    named: pd.DataFrame,
    by: list[str],
    alike: Callable[[pd.DataFrame, pd.DataFrame], npt.NDArray[np.bool_]],
) -> pd.DataFrame:
    """``later`` rows and the first ``earlier`` one that each repeats, by position."""
    name = named["name"].to_numpy()
    named = named[np.bincount(name)[name] > 1]
    groups = named.groupby(by, sort=False)
    size = groups["name"].transform("size")
    named = named.assign(group=groups.ngroup())
    named = named[(size > 1) & (size <= _MOST_OF_A_NAME)]
    named = named.sort_values("group", kind="stable")
    named = named.assign(shape=shapes_of(rows.iloc[named.index]))
    group = named["group"].to_numpy()
    first = pd.Series(-1, index=named.index)
    for step in range(1, len(named)):
        same = np.flatnonzero(group[:-step] == group[step:])
        if not len(same):
            break
        earlier, later = named.iloc[same], named.iloc[same + step]
        hit = alike(earlier, later)
        first.loc[later.index[hit]] = earlier.index[hit]
    first = first[first >= 0].sort_index()
    return pd.DataFrame({"later": first.index, "earlier": first.to_numpy()})


def _are_near(earlier: pd.DataFrame, later: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Whether pairs of one name stand where one compound is, and are no two phases."""
    middles = [shapely.centroid(one["shape"].to_numpy()) for one in (earlier, later)]
    alike: npt.NDArray[np.bool_] = shapely.distance(*middles) <= ALIKE_M
    first, second = earlier["branch"].to_numpy(), later["branch"].to_numpy()
    alike &= (first == second) | (first < 0) | (second < 0)
    return alike


def _are_one_ground(
    earlier: pd.DataFrame, later: pd.DataFrame
) -> npt.NDArray[np.bool_]:
    """Whether pairs are near, and their footprints meet where both have one."""
    shapes = earlier["shape"].to_numpy(), later["shape"].to_numpy()
    drawn = (shapely.area(shapes[0]) > 0.0) & (shapely.area(shapes[1]) > 0.0)
    apart: npt.NDArray[np.bool_] = drawn & ~shapely.intersects(*shapes)
    return _are_near(earlier, later) & ~apart


def _tell(rows: pd.DataFrame, again: pd.DataFrame, key: str, *, ledger: Ledger) -> None:
    """One warning a source: how many rows repeat others, and their households."""
    origins, numbers = rows["_origin"].to_numpy(), rows["_row"].to_numpy()
    households = rows["households"].to_numpy()
    for number in np.unique(origins[again["later"]]):
        own = again[origins[again["later"]] == number]
        later, earlier = own["later"].to_numpy(), own["earlier"].to_numpy()
        shown = {
            "count": f"{len(own):,}",
            "limit": f"{ALIKE_M:.0f}",
            "value": rows["name"].iloc[later[0]],
            "file": ledger.origins[int(origins[earlier[0]])].file,
            "earlier": int(numbers[earlier[0]]),
            "households": f"{households[later].sum():,.0f}",
        }
        ledger.report(
            key,
            shown,
            origin=int(number),
            row=int(numbers[later[0]]),
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

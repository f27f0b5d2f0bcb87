"""Who lives where: households, floors and elderly of every building."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from lifecircle.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    from shapely import Polygon

    from lifecircle.demo.compounds import Compound, House
    from lifecircle.demo.town import Town

__all__ = ["BOUNDS", "count_elderly", "fit", "house_people", "shapes_of"]

PERSONS_PER_HOUSEHOLD = 2.6
BOUNDS = {
    "walkup": (20, 60),
    "highrise": (100, 260),
    "village": (1, 6),
    "block": (505, 560),
}
"""Households a building of each kind may have."""
ELDERLY_SHARE = (0.14, 0.25)


def shapes_of(table: pd.DataFrame) -> list[Polygon]:
    """List the outlines of buildings, in the order of the table."""
    return cast("list[Polygon]", table["polygon"].tolist())


def house_people(town: Town, rng: np.random.Generator) -> pd.DataFrame:
    """List the buildings with their first household counts.

    Parameters
    ----------
    town : Town
        Compounds with buildings.
    rng : numpy.random.Generator
        Decides floors and occupancy.

    Returns
    -------
    DataFrame
        ``building_id``, ``name``, ``community_id``, ``compound_id``, ``kind``,
        ``floors``, ``households``, ``low``, ``high``, ``polygon``, ``stairs``.
    """
    rows = []
    for place in town.compounds:
        order = sorted(
            place.houses,
            key=lambda h: (-round(h.polygon.centroid.y / 30), h.polygon.centroid.x),
        )
        for number, house in enumerate(order, start=1):
            rows.append(_building(place, house, number, rng))
    table = pd.DataFrame(rows)
    big = table.index[(table["kind"] == "highrise") & (table["stairs"] >= 2)]
    blocks = rng.choice(np.asarray(big), size=min(4, len(big)), replace=False)
    table.loc[blocks, "kind"] = "block"
    table.loc[blocks, "households"] = rng.integers(505, 540, len(blocks))
    table.loc[blocks, "floors"] = 33
    low_high = [BOUNDS[kind] for kind in table["kind"]]
    table["low"], table["high"] = np.array(low_high).T
    table.insert(0, "building_id", [f"B{i:04d}" for i in range(1, len(table) + 1)])
    return table


def _building(
    place: Compound, house: House, number: int, rng: np.random.Generator
) -> dict[str, object]:
    if house.kind == "village":
        floors = int(rng.integers(2, 5))
        households = int(rng.integers(1, 6))
        name = f"{place.name}{number}号"
    elif house.kind == "highrise":
        floors = int(rng.integers(18, 33))
        homes = floors * house.stairs * 4 * rng.uniform(0.8, 1.0)
        households = int(np.clip(homes, 100, 260))
        name = f"{place.name}{number}号楼"
    else:
        floors = int(rng.choice([5, 6, 7], p=[0.3, 0.6, 0.1]))
        households = int(
            np.clip(floors * house.stairs * 2 * rng.uniform(0.74, 0.94), 20, 60)
        )
        name = f"{place.name}{number}号楼"
    return {
        "name": name,
        "community_id": place.community_id,
        "compound_id": place.compound_id,
        "kind": house.kind,
        "floors": floors,
        "households": households,
        "stairs": house.stairs,
        "polygon": house.polygon,
    }


def fit(table: pd.DataFrame, rows: pd.Index[int], total: int) -> None:
    """Bring the households of some buildings to an exact total, within bounds.

    Parameters
    ----------
    table : DataFrame
        ``households``, ``low``, ``high``; changed in place.
    rows : Index
        Which buildings.
    total : int
        Households they shall have together.

    Raises
    ------
    TableError
        If their bounds do not allow the total.
    """
    part = table.loc[rows, ["households", "low", "high"]].to_numpy(dtype=np.int64)
    counts, low, high = part.T
    if not low.sum() <= total <= high.sum():
        raise TableError(
            where=f"demo buildings, {len(rows)} rows",
            what=f"{total} households do not fit between {low.sum()} and {high.sum()}.",
            fix="Choose another seed.",
        )
    new = np.clip(np.round(counts * (total / counts.sum())).astype(np.int64), low, high)
    while (short := total - int(new.sum())) != 0:
        step = int(np.sign(short))
        free = np.flatnonzero(new < high) if step > 0 else np.flatnonzero(new > low)
        new[free[: abs(short)]] += step
    table.loc[rows, "households"] = new


def count_elderly(
    table: pd.DataFrame, shares: Mapping[str, float], rng: np.random.Generator
) -> npt.NDArray[np.int64]:
    """Whole numbers of people of 60 and over, building by building."""
    share = table["community_id"].map(dict(shares)).to_numpy(dtype=float)
    spread = rng.normal(1.0, 0.12, len(table)).clip(0.6, 1.4)
    persons = table["households"].to_numpy(dtype=float) * PERSONS_PER_HOUSEHOLD
    counted: npt.NDArray[np.int64] = np.round(persons * share * spread).astype(np.int64)
    return counted

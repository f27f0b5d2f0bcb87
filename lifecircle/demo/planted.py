"""Facts built into the district on purpose: counts made exact."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from shapely import Point

from lifecircle.demo.curves import as_polygon
from lifecircle.demo.grids import SMALLEST
from lifecircle.demo.people import fit, shapes_of
from lifecircle.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from lifecircle.demo.grids import Grid
    from lifecircle.demo.town import Town

__all__ = ["ORDERLY", "overlap_grids", "plant_counts", "plant_unknown", "swap_ids"]

EXACT_TOTALS = {"C07": 2900, "C09": 2000}
ORDERLY, ORDERLY_TOTAL = "C04", 3000
GRID_HOME = "C06"
FLOOR_AREA_HOME = "C05"
AREA_PER_HOUSEHOLD_M2 = 90
UNDECLARED_HOMES = ("C05", "C08", "C14")


def swap_ids(town: Town, table: pd.DataFrame, old: str, new: str) -> None:
    """Give one compound the number of another, and the other way round."""
    names = {old: new, new: old}
    for place in town.compounds:
        place.compound_id = names.get(place.compound_id, place.compound_id)
    table["compound_id"] = table["compound_id"].replace(names)
    town.compounds.sort(key=lambda c: c.compound_id)


def plant_counts(
    table: pd.DataFrame,
    grids: Sequence[Grid],
    unserved: npt.NDArray[np.intp],
    count: int,
) -> dict[str, str]:
    """Make the planted counts exact.

    Parameters
    ----------
    table : DataFrame
        Buildings; ``households`` is changed in place.
    grids : sequence of Grid
        Today's grids.
    unserved : int array
        Rows of the buildings across the river.
    count : int
        Households these shall have.

    Returns
    -------
    dict
        What was planted (``620``, ``180``, ``300``, ``500``) to the grid's id.

    Raises
    ------
    TableError
        If no grid can have a planted count.
    """
    for grid in grids:
        if _size(table, grid) < SMALLEST and _fits(table, grid, SMALLEST):
            fit(table, _rows(table, grid), SMALLEST)
    fit(table, table.index[unserved], count)
    for community, total in EXACT_TOTALS.items():
        fit(table, table.index[table["community_id"] == community], total)
    planted = _orderly_grids(table, [g for g in grids if g.community_id == ORDERLY])
    own = [g for g in grids if g.community_id == GRID_HOME]
    for wish in (620, 180):
        free = [
            g
            for g in own
            if g.grid_id not in planted.values() and _fits(table, g, wish)
        ]
        if not free:
            raise TableError(
                where=f"demo grids, {GRID_HOME}",
                what=f"none can have {wish} households.",
                fix="Choose another seed.",
            )
        grid = min(free, key=lambda g: (abs(_size(table, g) - wish), g.grid_id))
        fit(table, _rows(table, grid), wish)
        planted[str(wish)] = grid.grid_id
    return planted


def _rows(table: pd.DataFrame, grid: Grid) -> pd.Index[int]:
    return table.index[grid.rows]


def _size(table: pd.DataFrame, grid: Grid) -> int:
    return int(table.loc[_rows(table, grid), "households"].sum())


def _fits(table: pd.DataFrame, grid: Grid, wish: int) -> bool:
    rows = _rows(table, grid)
    low, high = table.loc[rows, "low"].sum(), table.loc[rows, "high"].sum()
    return bool(low * 1.1 < wish < high * 0.9)


def _orderly_grids(table: pd.DataFrame, grids: Sequence[Grid]) -> dict[str, str]:
    """Bring the orderly community to its total, all grids within 300 to 500."""
    sizes = np.array([_size(table, g) for g in grids])
    small, large = int(np.argmin(sizes)), int(np.argmax(sizes))
    wishes = np.clip(sizes, 315, 485)
    wishes[small], wishes[large] = 300, 500
    free = [i for i in range(len(grids)) if i not in (small, large)]
    for _ in range(4000):
        short = ORDERLY_TOTAL - int(wishes.sum())
        if short == 0:
            break
        step = int(np.sign(short))
        room = [i for i in free if 305 <= wishes[i] + step <= 495]
        if not room:
            break
        wishes[room[abs(short) % len(room)]] += step
    if int(wishes.sum()) != ORDERLY_TOTAL:
        raise TableError(
            where="demo grids",
            what=f"{sizes.tolist()} give no {ORDERLY_TOTAL}.",
            fix="Choose another seed.",
        )
    for grid, wish in zip(grids, wishes.tolist(), strict=True):
        fit(table, _rows(table, grid), wish)
    return {"300": grids[small].grid_id, "500": grids[large].grid_id}


def overlap_grids(
    table: pd.DataFrame, grids: Sequence[Grid], community: str
) -> tuple[int, Grid, Grid]:
    """Let one grid reach over a single building of its neighbour.

    Parameters
    ----------
    table : DataFrame
        Buildings.
    grids : sequence of Grid
        Today's grids; one polygon grows.
    community : str
        Where.

    Returns
    -------
    tuple
        The building's row, its own grid, and the grid that claims it too.

    Raises
    ------
    TableError
        If no building stands alone near a border of two grids.
    """
    own = [g for g in grids if g.community_id == community]
    shapes = shapes_of(table)
    for home in own:
        for other in own:
            if other is home or home.polygon.intersection(other.polygon).length < 20:
                continue
            for row in _rows(table, home):
                tongue = _tongue(shapes[row], other)
                patch = tongue.intersection(home.polygon)
                hit = [r for r in _rows(table, home) if shapes[r].intersects(patch)]
                if (
                    hit == [row]
                    and tongue.difference(home.polygon.union(other.polygon)).area < 1e-6
                ):
                    whole = shapely.union(other.polygon, tongue, grid_size=0.001)
                    other.polygon = as_polygon(whole)
                    return int(row), home, other
    raise TableError(
        where="demo grids", what="no building to share.", fix="Choose another seed."
    )


def _tongue(building: shapely.Polygon, grid: Grid) -> shapely.Polygon:
    foot = shapely.shortest_line(grid.polygon, building)
    inner = grid.polygon.intersection(Point(foot.coords[0]).buffer(12))
    around = building.buffer(2.5, join_style="mitre")
    return as_polygon(shapely.convex_hull(shapely.union_all([around, inner])))


def plant_unknown(
    table: pd.DataFrame, keep: Sequence[int], rng: np.random.Generator
) -> int:
    """Take some buildings' households out of the tables; keep what they follow from.

    Parameters
    ----------
    table : DataFrame
        ``households`` stays the truth; ``known`` is what the file says, ``units``
        and ``floor_area_m2`` what stands in its place.
    keep : sequence of int
        Rows that other facts need declared.
    rng : numpy.random.Generator
        Decides which.

    Returns
    -------
    int
        The row with 4,320 m² and nothing else.
    """
    households = table["households"].to_numpy(dtype=np.int64).copy()
    stairs = table["stairs"].to_numpy(dtype=np.int64)
    floors = table["floors"].to_numpy(dtype=np.int64)
    walkup = (table["kind"] == "walkup").to_numpy()
    home = table["community_id"].to_numpy()
    units = np.maximum(stairs * floors * 2, households)
    area = np.round([p.area for p in shapes_of(table)] * floors).astype(np.int64)
    rows = np.flatnonzero(walkup & np.isin(home, UNDECLARED_HOMES))
    rows = np.setdiff1d(rows, np.asarray(keep))
    chosen = np.sort(rng.choice(rows, size=max(len(rows) // 9, 8), replace=False))
    by_units, by_area = chosen[1::2], chosen[::2]
    units[by_units] = households[by_units]
    area[by_area] = AREA_PER_HOUSEHOLD_M2 * households[by_area]
    long = np.flatnonzero(walkup & (home == FLOOR_AREA_HOME) & (stairs == 4))
    planted = int(np.setdiff1d(long, chosen)[0])
    households[planted], area[planted] = 48, 4320
    table["households"], table["floor_area_m2"] = households, area
    table["known"] = _without(households, [*chosen, planted])
    table["units"] = _without(units, [*by_area, planted])
    return planted


def _without(
    values: npt.NDArray[np.int64], rows: Sequence[int]
) -> pd.api.extensions.ExtensionArray:
    """Whole numbers with some of them missing."""
    missing = np.zeros(len(values), dtype=bool)
    missing[rows] = True
    return pd.arrays.IntegerArray(values.copy(), missing)

"""Where a gate could be opened: gates that are shut, and places along the walls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.network.compounds import read_walls
from lifecircle.network.gate_hours import open_gates

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from lifecircle.model import District

__all__ = ["SPACING_M", "gate_sites"]

SPACING_M = 100.0
"""Places along a wall are this far apart at most. Ours."""


def gate_sites(district: District, *, spacing_m: float = SPACING_M) -> GeoDataFrame:
    """Gates that could be opened: those that are shut, and new ones along the walls.

    Parameters
    ----------
    district : District
        Its gates are taken as they are at the hour of the walks.
    spacing_m : float
        Places along the wall of a walled compound are this far apart at most; none
        within half of it of a gate that is there, open or shut.

    Returns
    -------
    GeoDataFrame
        Points ``gate_id`` (of a new one: its compound, ``+``, a number),
        ``compound_id``; for ``which_gates_to_open``.

    Examples
    --------
    The wall is 540 m long: six places, one of them at the gate.

    >>> gate_sites(toy.district)["gate_id"].tolist()
    ['K1+1', 'K1+2', 'K1+3', 'K1+4', 'K1+5']
    """
    walls, gates = read_walls(district), district.gates
    opened = gates["gate_id"].isin(open_gates(district)["gate_id"])
    walled = gates["compound_id"].isin(walls.compound_ids)
    shut = gates.loc[walled & ~opened, ["gate_id", "compound_id", "geometry"]]
    rows: list[tuple[str, str, Any]] = []
    for compound_id, outline in zip(walls.compound_ids, walls.outline, strict=True):
        wall = shapely.boundary(outline)
        count = max(1, int(np.ceil(shapely.length(wall) / spacing_m)))
        along = (np.arange(count) + 0.5) / count
        places = shapely.line_interpolate_point(wall, along, normalized=True)
        own = gates.loc[gates["compound_id"] == compound_id]
        away = shapely.distance(places, own.geometry.union_all())
        free = places[~(away < spacing_m / 2)]
        rows += [
            (f"{compound_id}+{number}", compound_id, place)
            for number, place in enumerate(free, start=1)
        ]
    new = gpd.GeoDataFrame(
        {"gate_id": [row[0] for row in rows], "compound_id": [row[1] for row in rows]},
        geometry=[row[2] for row in rows],
        crs=district.crs,
    )
    if shut.empty:
        return new
    both = pd.concat([shut, new], ignore_index=True) if rows else shut
    return both.sort_values("gate_id", ignore_index=True)

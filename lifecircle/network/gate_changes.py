"""Districts with other gates: what-ifs, and unknown gates sealed.

Every function returns a new district. A compound that was walled stays so: when its
last gate closes it is sealed, and nobody walks in or out.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.errors import NetworkError
from lifecircle.network.compounds import SEALED, read_walls

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from geopandas import GeoDataFrame

    from lifecircle.model import District

__all__ = [
    "sealed_district",
    "uncertain_compounds",
    "with_gates",
]

NEAR_WALL_M = 15.0
"""A new gate belongs to the compound whose wall is this near."""


def with_gates(
    district: District,
    *,
    opened: Sequence[str] | GeoDataFrame = (),
    shut: Sequence[str] = (),
) -> District:
    """The district with other gates: a what-if.

    Parameters
    ----------
    district : District
        As it is.
    opened : sequence of str or GeoDataFrame
        Ids of gates of the district; or points with ``gate_id`` of a gate of the
        district or of a new one, and ``compound_id`` of a new one (None or absent:
        the compound whose wall is nearest, within 15 m). What is opened is open at
        every hour.
    shut : sequence of str
        Ids of gates that nobody passes.

    Returns
    -------
    District
        A compound that loses its last open gate is sealed.

    Raises
    ------
    NetworkError
        If a gate is unknown and has no place, or no compound is near a new one.

    Examples
    --------
    >>> closed = with_gates(toy.district, shut=["M1"])
    >>> closed.compounds["gated"].tolist()
    ['sealed']
    >>> from lifecircle.conftest import at
    >>> south = gpd.GeoDataFrame(
    ...     {"gate_id": ["M2"]}, geometry=[shapely.Point(at(300, 20))],
    ...     crs=toy.district.crs,
    ... )
    >>> more = with_gates(toy.district, opened=south)
    >>> more.gates[["gate_id", "compound_id", "open"]].values.tolist()
    [['M1', 'K1', 'yes'], ['M2', 'K1', 'yes']]
    """
    gates = district.gates
    if isinstance(opened, gpd.GeoDataFrame):
        new = opened[~opened["gate_id"].isin(gates["gate_id"])]
        named = set(opened["gate_id"])
        gates = _joined(gates, _new_gates(district, new))
    else:
        named = set(opened)
    for gate_id in sorted((named | set(shut)) - set(gates["gate_id"])):
        raise NetworkError(
            where=f"gate {gate_id}",
            what=f"none of {len(gates)} gates has this id, and no place is given.",
            fix="Give the id of a gate of the district, or the place of a new one.",
        )
    opens, shuts = gates["gate_id"].isin(named), gates["gate_id"].isin(shut)
    changed = gates.assign(open=gates["open"].mask(opens, "yes").mask(shuts, "no"))
    if "hours" in changed:
        changed["hours"] = changed["hours"].mask(opens, None)
    return _with(district, changed)


def _new_gates(district: District, new: GeoDataFrame) -> GeoDataFrame:
    """Rows of new gates with the columns of those that there are."""
    declared = new.get("compound_id", pd.Series(None, index=new.index, dtype=object))
    owners = [
        _compound_near(district, gate_id, at) if pd.isna(owner) else owner
        for gate_id, owner, at in zip(
            new["gate_id"], declared, new["geometry"], strict=True
        )
    ]
    known: dict[str, list[Any]] = {
        "gate_id": new["gate_id"].tolist(),
        "compound_id": owners,
    }
    columns = {
        str(name): pd.Series(
            known.get(str(name), [None] * len(new)), dtype=column.dtype
        )
        for name, column in district.gates.items()
        if name != "geometry"
    }
    return gpd.GeoDataFrame(columns, geometry=list(new.geometry), crs=district.crs)


def _joined(gates: GeoDataFrame, new: GeoDataFrame) -> GeoDataFrame:
    if new.empty:
        return gates
    both = new if gates.empty else pd.concat([gates, new], ignore_index=True)
    return both.sort_values("gate_id", ignore_index=True)


def _compound_near(district: District, gate_id: str, at: shapely.Point) -> str:
    compounds = district.compounds
    away = shapely.distance(shapely.boundary(compounds.geometry.to_numpy()), at)
    near = compounds.assign(_away=away)
    near = near[near["_away"] <= NEAR_WALL_M].sort_values(["_away", "compound_id"])
    if near.empty:
        raise NetworkError(
            where=f"gate {gate_id}",
            what=f"no compound has its wall within {NEAR_WALL_M:.0f} m.",
            fix="Move the gate to a wall, or name its compound.",
        )
    return str(near["compound_id"].iloc[0])


def _with(district: District, gates: GeoDataFrame) -> District:
    """Other gates; walled compounds that lose their last open gate are sealed."""
    walled = read_walls(district).compound_ids
    kept = gates.loc[gates["open"] != "no", "compound_id"]
    compounds = district.compounds
    shut = compounds["compound_id"].isin(walled) & ~compounds["compound_id"].isin(kept)
    return replace(
        district,
        gates=gates,
        compounds=compounds.assign(gated=compounds["gated"].mask(shut, SEALED)),
    )


def uncertain_compounds(district: District) -> npt.NDArray[np.bool_]:
    """Compounds of which it is not known whether or where one walks in.

    Parameters
    ----------
    district : District
        Uses ``compounds`` and ``gates``.

    Returns
    -------
    bool array
        Row by row: an area whose ``gated`` is unknown, or yes without an open gate.

    Examples
    --------
    >>> uncertain_compounds(toy.district).tolist()
    [False]
    """
    compounds = district.compounds
    known = district.gates.loc[district.gates["open"] != "no", "compound_id"]
    gated = compounds["gated"]
    unsure = (gated == "unknown") | (
        (gated == "yes") & ~compounds["compound_id"].isin(known)
    )
    areal = shapely.get_dimensions(compounds.geometry.to_numpy()) == 2
    found: npt.NDArray[np.bool_] = unsure.to_numpy(dtype=bool) & areal
    return found


def sealed_district(district: District) -> District:
    """The district with every uncertain compound walled, known gates open.

    Parameters
    ----------
    district : District
        As it is: uncertain compounds are not walled.

    Returns
    -------
    District
        One without a known gate is reached by nobody from outside.

    Examples
    --------
    >>> sealed_district(toy.district).compounds["gated"].tolist()
    ['yes']
    """
    compounds = district.compounds
    sealed = compounds["gated"].mask(uncertain_compounds(district), SEALED)
    return replace(district, compounds=compounds.assign(gated=sealed))

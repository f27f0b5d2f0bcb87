"""Districts with other gates: what-ifs, opening hours, unknown gates sealed.

Every function returns a new district. A compound that was walled stays so: when its
last gate closes it is sealed, and nobody walks in or out.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import replace
from datetime import time
from typing import TYPE_CHECKING, Literal

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.errors import NetworkError, TableError
from lifecircle.network.compounds import SEALED, read_walls

if TYPE_CHECKING:
    import numpy.typing as npt
    from geopandas import GeoDataFrame

    from lifecircle.model import District

__all__ = [
    "gates_at",
    "hours_open",
    "sealed_district",
    "uncertain_compounds",
    "with_gate",
    "with_gates",
]

NEAR_WALL_M = 15.0
"""A new gate belongs to the compound whose wall is this near."""

_RANGE = re.compile(r"(\d{1,2}):(\d{2})(?::00)?-(\d{1,2}):(\d{2})(?::00)?")
_ALWAYS = frozenset({"24/7", "24h", "24小时", "全天", "全天开放", "always"})
_DAY_MIN = 24 * 60


def hours_open(hours: str | None, at_time: str | time) -> bool:
    """Whether opening hours hold a time of day.

    Parameters
    ----------
    hours : str or None
        ``06:00-22:00``; several ranges parted by commas, semicolons or 、; a range
        past midnight is written ``22:00-06:00``; 全天 or ``24/7``. None or empty:
        always open. Full-width signs, ~ and 至 are understood.
    at_time : str or time
        ``07:30``. A range holds its first minute and not its last.

    Returns
    -------
    bool
        True if open.

    Raises
    ------
    TableError
        If the hours or the time cannot be read.

    Examples
    --------
    >>> hours_open("06:00-22:00", "22:00"), hours_open("22:00-06:00", "05:59")
    (False, True)
    """
    minute = _minute(at_time)
    if not isinstance(hours, str) or not hours.strip():
        return True
    text = unicodedata.normalize("NFKC", hours).strip().lower()
    if text in _ALWAYS:
        return True
    text = re.sub(r"\s*(?:[-–—~～]|至|到)\s*", "-", text)
    open_now = False
    for part in re.split(r"[,;、\s]+", text):
        found = _RANGE.fullmatch(part)
        if found is None:
            raise TableError(
                where="gates, hours",
                what=f"{hours!r} is not opening hours.",
                fix='Write them as "06:00-22:00" or "06:00-09:00, 17:00-19:00".',
            )
        start = _minutes(found[1], found[2], hours)
        end = _minutes(found[3], found[4], hours)
        if start < end:
            open_now |= start <= minute < end
        else:
            open_now |= minute >= start or minute < end
    return open_now


def _minute(at_time: str | time) -> int:
    if isinstance(at_time, time):
        return at_time.hour * 60 + at_time.minute
    found = re.fullmatch(r"(\d{1,2}):(\d{2})", at_time.strip())
    if found is None:
        raise TableError(
            where="time of day",
            what=f"{at_time!r} is not a time.",
            fix='Write it as "07:30".',
        )
    return _minutes(found[1], found[2], at_time) % _DAY_MIN


def _minutes(hour: str, minute: str, given: str) -> int:
    count = int(hour) * 60 + int(minute)
    if int(minute) > 59 or count > _DAY_MIN:
        raise TableError(
            where="gates, hours",
            what=f"{given!r} holds a time that is not between 00:00 and 24:00.",
            fix='Write times as "06:00-22:00".',
        )
    return count


def gates_at(district: District, at_time: str | time) -> District:
    """The district with the gates that are open at a time of day.

    Parameters
    ----------
    district : District
        ``gates`` may have a column ``hours``; a gate without hours is open whenever
        ``open`` says so.
    at_time : str or time
        ``07:30``.

    Returns
    -------
    District
        Gates closed at that time have ``open`` no.

    Raises
    ------
    TableError
        If opening hours or the time cannot be read; the gate is named.

    Examples
    --------
    >>> gates_at(toy.district, "03:00").gates["open"].tolist()
    ['yes']
    """
    gates = district.gates
    if "hours" not in gates:
        _minute(at_time)
        return district
    stays = []
    for gate, hours in zip(gates["gate_id"], gates["hours"], strict=True):
        try:
            stays.append(hours_open(hours, at_time))
        except TableError as error:
            raise TableError(
                where=f"gates, {gate}, hours", what=error.what, fix=error.fix
            ) from error
    closed = gates["open"].where(pd.Series(stays, index=gates.index, dtype=bool), "no")
    return _with(district, gates.assign(open=closed))


def with_gate(
    district: District,
    gate_id: str,
    *,
    open: Literal["yes", "no"] = "yes",  # noqa: A002 - the name of the column
    at: shapely.Point | None = None,
    compound_id: str | None = None,
) -> District:
    """The district with one gate opened, closed or new.

    Parameters
    ----------
    district : District
        As it is.
    gate_id : str
        A gate of the district, or the id of a new one.
    open : {"yes", "no"}
        What becomes of the gate.
    at : Point, optional
        Place of a new gate, in the district's CRS.
    compound_id : str, optional
        Compound of a new gate; without it the one whose wall is nearest, within 15 m.

    Returns
    -------
    District
        A compound that loses its last open gate is sealed.

    Raises
    ------
    NetworkError
        If the gate is unknown and has no place, or no compound is near.

    Examples
    --------
    >>> closed = with_gate(toy.district, "M1", open="no")
    >>> closed.compounds["gated"].tolist()
    ['sealed']
    >>> from lifecircle.conftest import at
    >>> more = with_gate(toy.district, "M2", at=shapely.Point(at(300, 20)))
    >>> more.gates["compound_id"].tolist()
    ['K1', 'K1']
    """
    gates = district.gates
    known = (gates["gate_id"] == gate_id).to_numpy()
    if known.any():
        return _with(district, gates.assign(open=gates["open"].mask(known, open)))
    if at is None:
        raise NetworkError(
            where=f"gate {gate_id}",
            what=f"none of {len(gates)} gates has this id, and no place is given.",
            fix="Give the id of a gate of the district, or the place of a new one.",
        )
    compound_id = compound_id or _compound_near(district, gate_id, at)
    row = {"gate_id": gate_id, "compound_id": compound_id, "open": open}
    new = gpd.GeoDataFrame(
        {
            name: pd.Series([row.get(name)], dtype=gates[name].dtype)
            for name in gates.columns
            if name != "geometry"
        },
        geometry=gpd.GeoSeries([at], crs=district.crs),
        crs=district.crs,
    )
    both = new if gates.empty else pd.concat([gates, new], ignore_index=True)
    return _with(district, both.sort_values("gate_id", ignore_index=True))


def with_gates(district: District, gates: GeoDataFrame) -> District:
    """The district with several gates opened, known or new.

    Parameters
    ----------
    district : District
        As it is.
    gates : GeoDataFrame
        Points: ``gate_id``; ``compound_id`` (None or absent: the nearest wall).

    Returns
    -------
    District
        All of these gates are open.

    Raises
    ------
    NetworkError
        If no compound is near a new gate.

    Examples
    --------
    >>> with_gates(toy.district, toy.district.gates).gates["open"].tolist()
    ['yes']
    """
    for _, gate in gates.iterrows():
        compound = gate.get("compound_id")
        district = with_gate(
            district,
            gate["gate_id"],
            at=gate["geometry"],
            compound_id=None if pd.isna(compound) else compound,
        )
    return district


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

"""Which gates are open at the hour of the walks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from lifecircle.errors import TableError
from lifecircle.hours import day_minute, hours_open

if TYPE_CHECKING:
    from datetime import time

    from geopandas import GeoDataFrame

    from lifecircle.model import District

__all__ = ["gates_at", "open_gates"]


def open_gates(district: District) -> GeoDataFrame:
    """Gates that let people through at the hour of the walks.

    Parameters
    ----------
    district : District
        ``config.walk_at`` is the hour; without one every gate counts that is open at
        some time of the day. ``gates`` may have a column ``hours``; a gate without
        hours is open whenever ``open`` says so.

    Returns
    -------
    GeoDataFrame
        Rows of ``gates``.

    Raises
    ------
    TableError
        If opening hours or the hour cannot be read; the gate is named.

    Examples
    --------
    >>> open_gates(toy.district)["gate_id"].tolist()
    ['M1']
    """
    gates = district.gates[(district.gates["open"] != "no").to_numpy()]
    hour = district.config.walk_at
    if not hour or "hours" not in gates:
        return gates
    stays = []
    for gate, hours in zip(gates["gate_id"], gates["hours"], strict=True):
        try:
            stays.append(hours_open(hours, hour))
        except TableError as error:
            raise TableError(
                where=f"gates, {gate}, hours", what=error.what, fix=error.fix
            ) from error
    return gates[np.array(stays, dtype=bool)]


def gates_at(district: District, at_time: str | time) -> District:
    """The district as it is walked at a time of day.

    Parameters
    ----------
    district : District
        With opening hours of its gates.
    at_time : str or time
        ``07:30``.

    Returns
    -------
    District
        Its walks pass the gates that are open then. A compound whose gates are all
        shut is sealed.

    Raises
    ------
    TableError
        If opening hours or the time cannot be read; the gate is named.

    Examples
    --------
    >>> gates_at(toy.district, "3:00").config.walk_at
    '03:00'
    """
    minute = day_minute(at_time)
    hour = f"{minute // 60:02d}:{minute % 60:02d}"
    changed = replace(district, config=replace(district.config, walk_at=hour))
    open_gates(changed)
    return changed

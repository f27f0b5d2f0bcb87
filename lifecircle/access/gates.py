"""Unknown gates: both readings, walls not applied and walls applied, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from lifecircle.access.minutes import walk_access
from lifecircle.network.gate_changes import sealed_district, uncertain_compounds
from lifecircle.network.graph import build_network

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pandas import DataFrame

    from lifecircle.model import District

__all__ = [
    "DIFFERS_M",
    "READINGS",
    "compare_walks",
    "gate_readings",
    "reading_counts",
    "sealed_walks",
]

DIFFERS_M = 0.1
"""Walks that differ by less are the same: streets cut at walls are rounded anew."""

READINGS = (
    "building_id",
    "facility_class",
    "walker",
    "status_set",
    "walk_m_open",
    "walk_m_sealed",
    "walk_min_open",
    "walk_min_sealed",
    "facility_id_open",
    "facility_id_sealed",
    "differs",
)
"""One row per building, class and walker; ``differs`` is true where the two readings
are more than a decimetre apart or only one of them reaches a facility."""


def gate_readings(
    district: District,
    *,
    classes: Sequence[str] | None = None,
    statuses: Sequence[str] = ("built",),
    limit_m: float = 5000.0,
) -> DataFrame:
    """Walks under both readings of compounds whose gates are not known.

    A compound is uncertain where ``gated`` is unknown, or yes without an open gate.
    *Open*: its walls are not applied, as in ``walk_access``. *Sealed*: its walls
    stand and only gates known to be open let people through; where there is none,
    its buildings reach facilities inside it and no others, and its facilities are
    reached from inside it only.

    Parameters
    ----------
    district : District
        As read.
    classes : sequence of str, optional
        Facility classes; all that a facility offers if not given.
    statuses : sequence of str
        Statuses that count as there.
    limit_m : float
        Longest walk looked for, metres, inclusive.

    Returns
    -------
    DataFrame
        Columns ``READINGS``, in the order of ``walk_access``.

    Raises
    ------
    NetworkError
        If no road can be walked.

    Examples
    --------
    The toy's only compound has a known gate: both readings are one.

    >>> readings = gate_readings(toy.district, classes=["ELD.CANTEEN"])
    >>> bool(readings["differs"].any())
    False
    """

    def walks(reading: District) -> DataFrame:
        return walk_access(
            build_network(reading),
            reading,
            classes=classes,
            statuses=statuses,
            limit_m=limit_m,
        )

    as_open = walks(district)
    unsure = uncertain_compounds(district).any()
    as_sealed = walks(sealed_district(district)) if unsure else as_open
    return compare_walks(as_open, as_sealed)


def compare_walks(as_open: DataFrame, as_sealed: DataFrame) -> DataFrame:
    """Walks of two readings side by side.

    Parameters
    ----------
    as_open, as_sealed : DataFrame
        ``columns.ACCESS``, of the same buildings, classes and walkers in one order.

    Returns
    -------
    DataFrame
        Columns ``READINGS``.

    Examples
    --------
    >>> bool(compare_walks(toy.access, toy.access)["differs"].any())
    False
    """
    columns = ["walk_m", "walk_min", "facility_id"]
    both = as_open.assign(
        **{f"{name}_open": as_open[name] for name in columns},
        **{f"{name}_sealed": as_sealed[name] for name in columns},
    )
    here, there = both["walk_m_open"], both["walk_m_sealed"]
    apart = (here - there).abs() > DIFFERS_M
    both["differs"] = (apart | (here.isna() != there.isna())).to_numpy(dtype=bool)
    return both[list(READINGS)]


def sealed_walks(as_open: DataFrame, as_sealed: DataFrame) -> DataFrame:
    """Walks of the second reading, those that are the same as they are in the first.

    Streets cut at walls are rounded anew: no building crosses a limit by that.

    Parameters
    ----------
    as_open, as_sealed : DataFrame
        ``columns.ACCESS``, of the same buildings, classes and walkers in one order.

    Returns
    -------
    DataFrame
        ``columns.ACCESS``, rows and index as in ``as_sealed``.

    Examples
    --------
    A walk that rounding made a millimetre longer, and one that a wall made longer.

    >>> rounded = toy.access.assign(walk_m=toy.access["walk_m"] + 0.001)
    >>> rounded.loc[0, "walk_m"] += 50
    >>> walks = sealed_walks(toy.access, rounded)
    >>> (walks["walk_m"] - toy.access["walk_m"]).round(3)[:2].tolist()
    [50.001, 0.0]
    """
    differs = compare_walks(as_open, as_sealed)["differs"]
    columns = ["walk_m", "walk_min", "facility_id"]
    kept = {name: as_sealed[name].where(differs, as_open[name]) for name in columns}
    return as_sealed.assign(**kept)


def reading_counts(readings: DataFrame, district: District) -> DataFrame:
    """How much hangs on gates that are not known.

    Parameters
    ----------
    readings : DataFrame
        Columns ``READINGS``.
    district : District
        The same.

    Returns
    -------
    DataFrame
        ``item`` (entry of ``sentences/network.toml``), ``value``, ``unit``. A
        building counts once, whatever the number of its classes and walkers.

    Examples
    --------
    >>> readings = gate_readings(toy.district, classes=["ELD.CANTEEN"])
    >>> counts = reading_counts(readings, toy.district).set_index("item")
    >>> counts.loc["buildings_gates_matter", "value"]
    np.float64(0.0)
    """
    compounds, buildings = district.compounds, district.buildings
    unsure = uncertain_compounds(district)
    known = district.gates.loc[district.gates["open"] != "no", "compound_id"]
    ids = compounds.loc[unsure, "compound_id"]
    lost = readings["walk_m_open"].notna() & readings["walk_m_sealed"].isna()
    more_m = (readings["walk_m_sealed"] - readings["walk_m_open"]).max()
    differ = buildings["building_id"].isin(
        readings.loc[readings["differs"], "building_id"]
    )
    cut_off = buildings["building_id"].isin(readings.loc[lost, "building_id"])
    rows = [
        ("uncertain_compounds", len(ids), ""),
        ("uncertain_without_gate", int((~ids.isin(known)).sum()), ""),
        ("buildings_uncertain", int(buildings["compound_id"].isin(ids).sum()), ""),
        ("buildings_gates_matter", int(differ.sum()), ""),
        ("households_gates_matter", buildings.loc[differ, "households"].sum(), ""),
        ("buildings_cut_off", int(cut_off.sum()), ""),
        ("longest_gate_detour", more_m, "m"),
    ]
    return pd.DataFrame(
        {
            "item": [row[0] for row in rows],
            "value": np.array([row[1] for row in rows], dtype=float),
            "unit": [row[2] for row in rows],
        }
    )

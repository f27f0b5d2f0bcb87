"""What facilities offer: their classes, their rooms, and whom they serve."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from lifecircle.tables.ledger import Ledger

__all__ = ["check_serves", "classes_of", "complete_rooms", "complete_serves"]

_SHARE_SLACK = 1e-9
_AREA_SLACK_M2 = 0.5
_UNSAID = frozenset({"unspecified"})


def classes_of(facilities: pd.DataFrame, rooms: pd.DataFrame) -> pd.DataFrame:
    """Every class that a facility offers.

    Parameters
    ----------
    facilities : DataFrame
        ``facility_id``, ``facility_class`` (codes joined by ``;``).
    rooms : DataFrame
        ``facility_id``, ``facility_class``.

    Returns
    -------
    DataFrame
        ``facility_id``, ``facility_class``, each pair once, sorted.

    Examples
    --------
    >>> import pandas as pd
    >>> facilities = pd.DataFrame(
    ...     {"facility_id": ["f"], "facility_class": ["SVC.COMM;ELD.CANTEEN"]}
    ... )
    >>> rooms = pd.DataFrame({"facility_id": ["f"], "facility_class": ["ELD.STATION"]})
    >>> classes_of(facilities, rooms)["facility_class"].tolist()
    ['ELD.CANTEEN', 'ELD.STATION', 'SVC.COMM']
    """
    columns = ["facility_id", "facility_class"]
    own = facilities[columns].assign(
        facility_class=facilities["facility_class"].str.split(";")
    )
    both = pd.concat([own.explode("facility_class"), rooms[columns]])
    return both.drop_duplicates().sort_values(columns).reset_index(drop=True)


def _listed(facilities: pd.DataFrame, rooms: pd.DataFrame) -> pd.DataFrame:
    """Per facility: what its listed rooms add up to, and whether that is usable."""
    ids = rooms["facility_id"]
    bases: dict[Any, frozenset[Any]] = {}
    for one, basis in zip(ids, rooms["area_basis"], strict=True):
        bases[one] = bases.get(one, frozenset()) | ({basis} - _UNSAID)
    sums = pd.DataFrame(
        {
            "listed_m2": rooms.groupby("facility_id")["floor_area_m2"].sum(),
            "gaps": rooms["floor_area_m2"].isna().groupby(ids).any(),
            "shared": (rooms["shared_use"] == "yes").groupby(ids).any(),
        }
    )
    sums["bases"] = pd.Series([bases[one] for one in sums.index], sums.index, object)
    return facilities.set_index("facility_id").join(sums, how="left")


def _remainders(listed: pd.DataFrame) -> pd.Series[float]:
    """Floor area left for the one class of a facility that lists no rooms."""
    whole = listed["floor_area_m2"]
    bases = [
        len(
            (rooms if isinstance(rooms, frozenset) else frozenset()) | ({own} - _UNSAID)
        )
        for rooms, own in zip(listed["bases"], listed["area_basis"], strict=True)
    ]
    unclear = (listed["gaps"] == True) | (listed["shared"] == True)  # noqa: E712
    left = (whole - listed["listed_m2"]).mask(unclear | (np.array(bases) > 1))
    left = left.where(left >= 0.0)
    return left.where(listed["listed_m2"].notna(), whole)


def complete_rooms(
    facilities: pd.DataFrame,
    facility_classes: pd.DataFrame,
    rooms: pd.DataFrame,
    *,
    ledger: Ledger,
) -> pd.DataFrame:
    """List rooms as given, and a row for each class that lists none.

    Parameters
    ----------
    facilities : DataFrame
        ``facility_id``, ``floor_area_m2``, ``area_basis``, the hidden columns.
    facility_classes : DataFrame
        Every class of every facility.
    rooms : DataFrame
        Listed rooms of known facilities.
    ledger : Ledger
        Takes a warning where rooms add up to more than their facility.

    Returns
    -------
    DataFrame
        ``facility_id``, ``facility_class``, ``floor_area_m2``, ``area_basis``,
        ``shared_use``. A facility whose classes list rooms but for one gives that
        one the rest of its floor area (a 980 m² centre with 300 m² of elderly rooms
        counts 680 and 300); with several such classes, or no floor area, NaN: not
        known, and nothing is counted twice.
    """
    columns = ["facility_id", "facility_class", "floor_area_m2", "area_basis"]
    listed = _listed(facilities, rooms)
    excess = (listed["listed_m2"] - listed["floor_area_m2"]).to_numpy(dtype=np.float64)
    over = np.flatnonzero(excess > _AREA_SLACK_M2)
    shown = [
        {
            "value": f"{listed['floor_area_m2'].iloc[place]:g}",
            "rooms": f"{listed['listed_m2'].iloc[place]:g}",
        }
        for place in over
    ]
    ledger.flag(
        facilities,
        over,
        "rooms_exceed",
        shown,
        column="floor_area_m2",
        severity="warning",
    )
    pairs = facility_classes.merge(
        rooms[columns[:2]].drop_duplicates(), how="left", indicator=True
    )
    bare = pairs[pairs["_merge"] == "left_only"][columns[:2]]
    alone = bare.groupby("facility_id")["facility_class"].transform("size") == 1
    areas = _remainders(listed)
    basis = facilities.set_index("facility_id")["area_basis"]
    filler = bare.assign(
        floor_area_m2=bare["facility_id"].map(areas).where(alone).astype("float64"),
        area_basis=bare["facility_id"].map(basis),
        shared_use=None,
    )
    parts = [part for part in (rooms[[*columns, "shared_use"]], filler) if len(part)]
    whole = pd.concat(parts) if parts else rooms[[*columns, "shared_use"]]
    return whole.sort_values(columns, kind="stable").reset_index(drop=True)


def check_serves(serves: pd.DataFrame, *, ledger: Ledger) -> None:
    """Report shares that sum to more than 1, and pairs listed twice.

    Parameters
    ----------
    serves : DataFrame
        Declared rows: ``facility_id``, ``unit_id``, ``share``, the hidden columns.
    ledger : Ledger
        Takes the problems; a sum over 1 is cited at the facility's last row.
    """
    twice = serves.duplicated(["facility_id", "unit_id"]).to_numpy()
    names = serves["unit_id"].to_numpy()
    shown = [{"value": names[place]} for place in np.flatnonzero(twice)]
    ledger.flag(serves, np.flatnonzero(twice), "serves_twice", shown, column="unit_id")
    sums = serves.groupby("facility_id")["share"].transform("sum").to_numpy()
    last = ~serves.duplicated("facility_id", keep="last").to_numpy()
    over = np.flatnonzero((sums > 1.0 + _SHARE_SLACK) & last)
    ids = serves["facility_id"].to_numpy()
    shown = [{"value": f"{sums[at]:.6g}", "facility": ids[at]} for at in over]
    ledger.flag(serves, over, "serves_over_one", shown, column="share")


def complete_serves(
    facilities: pd.DataFrame, serves: pd.DataFrame, *, ledger: Ledger
) -> pd.DataFrame:
    """Whom each facility serves: as declared, else the community it stands in.

    Parameters
    ----------
    facilities : DataFrame
        ``facility_id``, ``community_id`` (None outside all).
    serves : DataFrame
        Declared rows of known facilities and communities, the hidden columns.
    ledger : Ledger
        Takes a warning where a declared area leaves out the community that the
        facility stands in.

    Returns
    -------
    DataFrame
        ``facility_id``, ``unit_id``, ``share`` in [0, 1], ``origin`` (declared,
        point_in_polygon), sorted.
    """
    _warn_elsewhere(facilities, serves, ledger=ledger)
    declared = serves[["facility_id", "unit_id", "share"]].assign(origin="declared")
    inside = facilities["community_id"].notna()
    rest = facilities[inside & ~facilities["facility_id"].isin(serves["facility_id"])]
    derived = pd.DataFrame(
        {
            "facility_id": rest["facility_id"].to_numpy(dtype=object),
            "unit_id": rest["community_id"].to_numpy(dtype=object),
            "share": 1.0,
            "origin": "point_in_polygon",
        }
    )
    parts = [part for part in (declared, derived) if len(part)]
    whole = pd.concat(parts) if parts else declared
    return whole.sort_values(["facility_id", "unit_id"]).reset_index(drop=True)


def _warn_elsewhere(
    facilities: pd.DataFrame, serves: pd.DataFrame, *, ledger: Ledger
) -> None:
    """Warn where a facility is declared to serve others than where it stands."""
    standing = facilities.set_index("facility_id")["community_id"]
    own = serves["facility_id"].map(standing)
    hits = (serves["unit_id"] == own).groupby(serves["facility_id"]).transform("any")
    first = ~serves.duplicated("facility_id")
    places = np.flatnonzero((own.notna() & ~hits & first).to_numpy())
    shown = [
        {"value": serves["facility_id"].iloc[at], "community": own.iloc[at]}
        for at in places
    ]
    ledger.flag(
        serves, places, "serves_elsewhere", shown, column="unit_id", severity="warning"
    )

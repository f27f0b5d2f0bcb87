"""Ids that point to another table: each must be there, and many lost are one fault."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lifecircle.tables.ledger import HIDDEN
from lifecircle.tables.parse import nearest
from lifecircle.tables.part import whole
from lifecircle.tables.schemas import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy.typing as npt
    import pandas as pd

    from lifecircle.tables.ledger import Ledger

__all__ = ["check_references", "rows_of_known"]

_REFERENCES = (
    ("compounds", "community_id", "communities"),
    ("buildings", "community_id", "communities"),
    ("buildings", "compound_id", "compounds"),
    ("buildings", "grid_id", "grids"),
    ("gates", "compound_id", "compounds"),
    ("grids", "community_id", "communities"),
    ("rooms", "facility_id", "facilities"),
    ("serves", "facility_id", "facilities"),
    ("serves", "unit_id", "communities"),
)
"""Table, column, and the table whose ids it must hold."""

_OPTIONAL_TABLES = frozenset({"compounds", "grids"})
_MOST_SINGLY = 20
"""Rows of a source told one by one; more have one cause and are told together."""

_EXAMPLES = 5


def check_references(
    tables: Mapping[str, pd.DataFrame], *, unread: frozenset[str], ledger: Ledger
) -> None:
    """Report ids that the table they point to does not hold.

    Parameters
    ----------
    tables : Mapping[str, DataFrame]
        Every table, with the hidden columns.
    unread : frozenset of str
        Tables not fully read: what points to them is not checked.
    ledger : Ledger
        Takes the problems; every such row is left out. Of a source with more than
        20 such rows they are one problem: a list is missing, or has other ids.
    """
    for table, column, parent in _REFERENCES:
        frame = tables[table]
        ids = whole(tables, parent)[SCHEMAS[parent].key]
        known = {str(value) for value in ids.dropna()}
        absent = not known and parent in _OPTIONAL_TABLES
        if parent in unread or absent or not len(frame):
            continue
        given = frame[column]
        wrong = given.notna() & ~given.isin(known)
        places = np.flatnonzero(wrong.to_numpy())
        ordered = sorted(known)
        about = {"parent": parent, "known": _examples(ordered)}
        many = _many(frame, places, column)
        for number, counts in many.items():
            shown = {**about, **counts}
            if known:
                ledger.report("ids_unmatched", shown, origin=number, column=column)
            else:
                ledger.report("ids_without_table", shown, origin=number, column=column)
        few = places[~frame["_origin"].iloc[places].isin(many).to_numpy()]
        values = given.to_numpy()
        singly = [
            {
                "value": values[place],
                "nearest": nearest(str(values[place]), ordered),
                "parent": parent,
            }
            for place in few
        ]
        key = f"unknown_{SCHEMAS[parent].key}"
        ledger.flag(frame, few, key, singly, column=column)
        _leave_out(frame, places, key, ledger)


def _leave_out(
    frame: pd.DataFrame, places: npt.NDArray[np.intp], key: str, ledger: Ledger
) -> None:
    for origin, row in frame.iloc[places][list(HIDDEN)].to_numpy().tolist():
        ledger.leave_out(int(origin), int(row), key)


def _examples(ids: Iterable[Any]) -> str:
    return "、".join(map(str, list(dict.fromkeys(ids))[:_EXAMPLES]))


def _many(
    frame: pd.DataFrame, places: npt.NDArray[np.intp], column: str
) -> dict[int, dict[str, Any]]:
    """Sources with many of some rows: how many they are, of how many, the first ids."""
    origins, ids = frame["_origin"].to_numpy(), frame[column].to_numpy()
    told = {}
    for number in np.unique(origins[places]).tolist():
        own = places[origins[places] == number]
        if len(own) > _MOST_SINGLY:
            every = int(np.count_nonzero(origins == number))
            value = _examples(ids[own])
            told[int(number)] = {"rows": len(own), "all": every, "value": value}
    return told


def rows_of_known(
    frame: pd.DataFrame, known: pd.Series[str], *, ledger: Ledger
) -> pd.DataFrame:
    """Rows about facilities that stand; the others are left out, with a warning.

    Parameters
    ----------
    frame : DataFrame
        ``facility_id``, the hidden columns.
    known : Series of str
        Ids of the facilities that stand.
    ledger : Ledger
        Takes the warnings: one a row, or one of a source with more than 20.

    Returns
    -------
    DataFrame
        The rows that stand.
    """
    gone = ledger.standing(frame) & ~frame["facility_id"].isin(known).to_numpy()
    orphans = np.flatnonzero(gone)
    many = _many(frame, orphans, "facility_id")
    for number, counts in many.items():
        ledger.report(
            "facilities_left_out",
            counts,
            origin=number,
            column="facility_id",
            severity="warning",
        )
    few = orphans[~frame["_origin"].iloc[orphans].isin(many).to_numpy()]
    ids = frame["facility_id"].to_numpy()
    shown = [{"value": ids[place]} for place in few]
    ledger.flag(
        frame,
        few,
        "facility_left_out",
        shown,
        column="facility_id",
        severity="warning",
    )
    _leave_out(frame, orphans, "facility_left_out", ledger)
    return ledger.kept(frame)

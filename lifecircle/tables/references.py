"""Ids that point to another table: each must be there, and many lost are one fault."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lifecircle.tables.many import examples, leave_out_many
from lifecircle.tables.parse import nearest
from lifecircle.tables.part import whole
from lifecircle.tables.schemas import SCHEMAS

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        key = f"unknown_{SCHEMAS[parent].key}"
        ordered = sorted(known)
        few = leave_out_many(
            frame,
            places,
            ("ids_unmatched" if known else "ids_without_table", key),
            column=column,
            ledger=ledger,
            about={"parent": parent, "known": examples(ordered)},
        )
        values = given.to_numpy()
        singly = [
            {
                "value": values[place],
                "nearest": nearest(str(values[place]), ordered),
                "parent": parent,
            }
            for place in few
        ]
        ledger.flag(frame, few, key, singly, column=column)


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
    few = leave_out_many(
        frame,
        orphans,
        ("facilities_left_out", "facility_left_out"),
        column="facility_id",
        ledger=ledger,
        severity="warning",
    )
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
    return ledger.kept(frame)

"""Every row accounted for: read, used, left out; and how many figures are estimates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from lifecircle.columns import ROW_COUNTS
from lifecircle.tables.ledger import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt

    from lifecircle.tables.ledger import Ledger

__all__ = ["row_counts"]


def row_counts(ledger: Ledger, tables: Mapping[str, Any]) -> pd.DataFrame:
    """Count the rows of every source that a finished district is made of.

    Parameters
    ----------
    ledger : Ledger
        Holds the rows as found, and those left out.
    tables : Mapping[str, DataFrame]
        Finished tables by name, the hidden columns still there; a table without
        them holds all that was not left out.

    Returns
    -------
    DataFrame
        ``ROW_COUNTS``, in the order of the sources.

    Examples
    --------
    >>> from lifecircle.tables.ledger import Ledger
    >>> len(row_counts(Ledger(), {}))
    0
    """
    guessed = _estimated(tables)
    lines = []
    for number, origin in enumerate(ledger.origins):
        if number not in ledger.cells:
            continue  # a list of decisions: no rows of a table
        found = pd.unique(ledger.cells[number].index)
        merged = [row for place, row in ledger.merged if place == number]
        left_out = [row for place, row in ledger.left_out if place == number]
        standing = _rows_of(tables[origin.table], number)
        gone = ledger.elsewhere.get(number, frozenset())
        used = pd.Index(found if standing is None else standing)
        used = used[~used.isin([*left_out, *merged, *gone])]
        counts = (len(found), len(used), len(left_out), len(merged), len(gone))
        lines.append(
            (origin.table, origin.file, origin.layer, *counts, guessed.get(number, 0))
        )
    return pd.DataFrame(lines, columns=list(ROW_COUNTS))


def _rows_of(frame: pd.DataFrame, number: int) -> npt.NDArray[np.int64] | None:
    """Rows of a source that stand in a table; None if the table does not say."""
    if not set(HIDDEN) <= set(frame.columns):
        return None
    rows = frame["_row"].to_numpy()[frame["_origin"].to_numpy() == number]
    once: npt.NDArray[np.int64] = pd.unique(rows)
    return once


def _estimated(tables: Mapping[str, Any]) -> dict[int, int]:
    """Buildings whose households are not declared, by source."""
    buildings = tables.get("buildings")
    if buildings is None:
        return {}
    guessed = buildings["households_method"] != "declared"
    counts = buildings.loc[guessed, "_origin"].value_counts()
    return {int(number): int(count) for number, count in counts.items()}

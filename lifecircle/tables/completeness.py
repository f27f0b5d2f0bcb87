"""How much of every column of the planner's files holds data, before any default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lifecircle.evidence import FILLED
from lifecircle.tables.cells import is_missing

if TYPE_CHECKING:
    from lifecircle.tables.ledger import Ledger

__all__ = ["filled_columns"]


def filled_columns(ledger: Ledger) -> pd.DataFrame:
    """Count the cells of every column read that hold data, source by source.

    Parameters
    ----------
    ledger : Ledger
        Holds the cells as found; words such as 暂无数据 are no data.

    Returns
    -------
    DataFrame
        ``evidence.FILLED``, in the order of the sources and of their columns.

    Examples
    --------
    >>> from lifecircle.tables.ledger import Ledger
    >>> len(filled_columns(Ledger()))
    0
    """
    lines = []
    for number in sorted(ledger.cells):
        origin, cells = ledger.origins[number], ledger.cells[number]
        for name in map(str, cells.columns):
            theirs = origin.columns.get(name, name)
            filled = _filled(cells[name])
            place = (origin.table, origin.file, origin.layer)
            lines.append((*place, theirs, name, len(cells), filled))
    return pd.DataFrame(lines, columns=list(FILLED))


def _filled(cells: pd.Series[Any]) -> int:
    there = cells.notna()
    if cells.dtype != object:
        return int(there.sum())
    words = [word for word in cells[there].unique() if is_missing(word)]
    return int(np.count_nonzero(there & ~cells.isin(words)))

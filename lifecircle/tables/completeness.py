"""How much of every column of the planner's files holds data, before any default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lifecircle.evidence import FILLED
from lifecircle.tables.facts import schema_of
from lifecircle.tables.found import find_column
from lifecircle.tables.labels import label_columns
from lifecircle.tables.texts import as_found, count_filled

if TYPE_CHECKING:
    from lifecircle.model import Source
    from lifecircle.tables.found import Found
    from lifecircle.tables.ledger import Ledger

__all__ = ["filled_columns", "unused_columns"]

_MOST_COLUMNS, _MOST_CELLS = 200, 20_000_000
"""Columns of a source that are counted though they are read as nothing, and cells."""


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
    lines: list[tuple[Any, ...]] = []
    for number in sorted(ledger.cells):
        origin, cells = ledger.origins[number], ledger.cells[number]
        ours = schema_of(origin.table).readable
        for name in map(str, cells.columns):
            if name in ours and name not in origin.columns:
                continue  # the district file's own word for every row
            theirs = origin.columns.get(name, name)
            filled, rows = ledger.filled.get((number, name), (0, -1))
            if rows != len(cells):  # not of text, or rows that are notes were dropped
                filled = count_filled(cells[name])
            place = (origin.table, origin.file, origin.layer)
            lines.append((*place, theirs, name, len(cells), filled, 1))
        for theirs, counted, columns in ledger.unused.get(number, ()):
            place = (origin.table, origin.file, origin.layer)
            lines.append((*place, theirs, "", len(cells), counted, columns))
    return pd.DataFrame(lines, columns=list(FILLED))


def unused_columns(source: Source, found: Found) -> list[tuple[str, float, int]]:
    """Count the cells that hold data of the columns that are read as nothing.

    Parameters
    ----------
    source : Source
        Says what is read.
    found : Found
        The source as found.

    Returns
    -------
    list of tuple of str, float and int
        Name, cells that hold data, 1; where there are very many columns or cells
        the last line has no name, NaN, and how many columns were not counted.

    Examples
    --------
    >>> from pathlib import Path
    >>> from lifecircle.model import Source
    >>> from lifecircle.tables.found import Found
    >>> rows = np.array([2, 3])
    >>> found = Found(["编号", "备注"], [["a", "b"], ["无", "临街"]], rows)
    >>> source = Source("gates", Path("a.csv"), columns={"gate_id": "编号"})
    >>> unused_columns(source, found)
    [('备注', 1, 1)]
    """
    wanted = {*source.columns.values(), *label_columns(source.columns)}
    wanted = {*wanted, source.x, source.y} - {""}
    used = {place for name in wanted for place in find_column(name, found.names)}
    rest = [place for place in range(len(found.names)) if place not in used]
    counted = rest[: min(_MOST_COLUMNS, _MOST_CELLS // max(1, len(found.rows)))]
    lines: list[tuple[str, float, int]] = []
    for place in counted:
        filled = count_filled(as_found(found.cells[place]))
        lines.append((found.names[place] or f"#{place + 1}", filled, 1))
    if len(rest) > len(counted):
        lines.append(("", np.nan, len(rest) - len(counted)))
    return lines

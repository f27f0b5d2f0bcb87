"""Rows of a sheet that are no rows of its table: notes and totals below it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from lifecircle.tables.cells import to_text
from lifecircle.tables.suffixes import SHEETS, TEXT

if TYPE_CHECKING:
    import pandas as pd

    from lifecircle.model import Source
    from lifecircle.tables.found import Found
    from lifecircle.tables.ledger import Ledger

__all__ = ["without_notes"]

_NOTE = re.compile(
    r"(备?注|说明|填表|制表|审核|填报|数据来源|资料来源)[^:：]{0,6}[:：]"
)
_STARTS = frozenset("备注说填制审数资总合小共累")
_FIRST_COLUMNS = 3
_TOTAL = re.compile(r"(总|合|小|共|累)\s*计\s*[:：]?")


def _is_note(cells: list[Any]) -> bool:
    texts = list(dict.fromkeys(text for cell in cells if (text := to_text(cell))))
    if not texts:
        return False
    alone = len(texts) == 1
    return bool(_TOTAL.fullmatch(texts[0]) or (alone and _NOTE.match(texts[0])))


def _notes(found: Found) -> list[int]:
    """Places of notes and totals, by what stands in the first columns."""
    likely = {
        place
        for column in found.cells[:_FIRST_COLUMNS]
        for place, cell in enumerate(column)
        if isinstance(cell, str) and cell.strip()[:1] in _STARTS
    }
    return [
        place
        for place in sorted(likely)
        if _is_note([column[place] for column in found.cells])
    ]


def without_notes(
    source: Source, found: Found, frame: pd.DataFrame, *, ledger: Ledger
) -> tuple[Found, pd.DataFrame]:
    """Leave out notes and totals; each is told and counted as a row left out.

    Parameters
    ----------
    source : Source
        Text files and workbooks only are looked at.
    found : Found
        The file as found.
    frame : DataFrame
        Its mapped cells, with the hidden columns.
    ledger : Ledger
        Takes a warning for each row left out.

    Returns
    -------
    tuple of Found and DataFrame
        Without those rows.

    Notes
    -----
    A note is a row whose only text begins with 注：, 说明：, 填表人： or the like; a
    total is a row whose first text is 合计, 总计, 小计, 共计 or 累计 and no more.
    """
    if source.path.suffix.lower() not in (*TEXT, *SHEETS) or source.database:
        return found, frame
    notes = _notes(found)
    if not notes:
        return found, frame
    for place in notes:
        ledger.flag(frame, [place], "row_is_note", severity="warning")
        row = frame.iloc[place]
        ledger.leave_out(int(row["_origin"]), int(row["_row"]), "row_is_note")
    kept = np.delete(np.arange(len(found.rows)), notes)
    cells = [[column[place] for place in kept] for column in found.cells]
    return (
        replace(found, cells=cells, rows=found.rows[kept]),
        frame.iloc[kept].reset_index(drop=True),
    )

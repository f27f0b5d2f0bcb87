"""Rows that are left out for one reason: one by one where few, together where many."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lifecircle.tables.ledger import HIDDEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    import numpy.typing as npt
    import pandas as pd

    from lifecircle.model import Severity
    from lifecircle.tables.ledger import Ledger

__all__ = ["MOST_SHOWN", "examples", "leave_out_many"]

MOST_SINGLY = 20
"""Rows of a source told one by one; more have one cause and are told together."""

MOST_SHOWN = 5
"""Ids that a sentence gives as examples."""


def examples(ids: Iterable[Any]) -> str:
    """The first few of some ids, each once.

    Parameters
    ----------
    ids : iterable
        In the order in which they are shown.

    Returns
    -------
    str
        At most five.

    Examples
    --------
    >>> examples(["C1", "C2", "C1", "C3", "C4", "C5", "C6"])
    'C1、C2、C3、C4、C5'
    """
    return "、".join(map(str, list(dict.fromkeys(ids))[:MOST_SHOWN]))


def leave_out_many(
    frame: pd.DataFrame,
    places: npt.NDArray[np.intp] | Sequence[int],
    keys: tuple[str, str],
    *,
    column: str,
    ledger: Ledger,
    about: Mapping[str, Any] | None = None,
    severity: Severity = "error",
) -> npt.NDArray[np.intp]:
    """Leave rows out, and tell together of sources that have many of them.

    Parameters
    ----------
    frame : DataFrame
        ``column``, the hidden columns.
    places : int array
        The rows, by position.
    keys : tuple of str
        Sentence of many rows, which takes ``rows``, ``all`` and ``value`` (the first
        few of ``column``); and that of one row, which is every row's reason.
    column : str
        Our column name.
    ledger : Ledger
        Takes one problem a source with more than 20 such rows.
    about : Mapping, optional
        What else the sentence of many rows needs.
    severity : {"error", "warning"}
        Of that problem.

    Returns
    -------
    int array
        Rows of the other sources, which the caller tells of one by one.
    """
    together, reason = keys
    origins, cells = frame["_origin"].to_numpy(), frame[column].to_numpy()
    places = np.asarray(places, dtype=np.intp)
    told = []
    for number in np.unique(origins[places]).tolist():
        own = places[origins[places] == number]
        if len(own) > MOST_SINGLY:
            told.append(number)
            shown = {
                **(about or {}),
                "rows": len(own),
                "all": int(np.count_nonzero(origins == number)),
                "value": examples(cells[own]),
            }
            ledger.report(
                together, shown, origin=int(number), column=column, severity=severity
            )
    for origin, row in frame.iloc[places][list(HIDDEN)].to_numpy().tolist():
        ledger.leave_out(int(origin), int(row), reason)
    return places[~np.isin(origins[places], told)]

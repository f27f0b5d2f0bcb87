"""Figures of findings as they are read: percentages, signs, reasons in words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from lifecircle.text import sentences

if TYPE_CHECKING:
    from pandas import DataFrame, Series

    from lifecircle.text import Language

__all__ = ["in_percent", "reason", "signed_shortfall"]

_VALUE = re.compile(r"\{\w+\}")


def in_percent(rows: DataFrame) -> DataFrame:
    """Shares written as percentages: 0.173 of ``share`` becomes 17.3 of ``%``.

    Examples
    --------
    >>> in_percent(study.findings.rows)["unit_of_measure"]  # doctest: +SKIP
    """
    of_share = rows["unit_of_measure"] == "share"
    result = rows.copy()
    for name in ("measured", "threshold_min", "threshold_max", "shortfall"):
        result[name] = rows[name].where(~of_share, rows[name] * 100)
    result["unit_of_measure"] = rows["unit_of_measure"].mask(of_share, "%")
    return result


def signed_shortfall(rows: DataFrame) -> Series[float]:
    """The shortfall with its direction: below the standard −, above it +.

    Parameters
    ----------
    rows : DataFrame
        ``measured``, ``threshold_min``, ``threshold_max``, ``shortfall``.

    Returns
    -------
    Series
        A grid of 1,169 households against 300-500 has +669, one of 235 has -65.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"measured": [1169.0, 235.0, 400.0]})
    >>> rows = rows.assign(threshold_min=300.0, threshold_max=500.0)
    >>> signed_shortfall(rows.assign(shortfall=[669.0, 65.0, 0.0])).tolist()
    [669.0, -65.0, 0.0]
    """
    above = rows["measured"] > rows["threshold_max"]
    amount = rows["shortfall"].abs()
    return amount.where(above | (amount == 0) | np.isnan(amount), -amount)


def reason(key: str, lang: Language) -> str:
    """The sentence of a reason; a reason that has none is shown as it is.

    Where one row's values would stand, a reason of many rows has dots.

    Examples
    --------
    >>> reason("verdicts.fail", "en"), reason("no such key", "en")
    ('Falls short', 'no such key')
    >>> reason("tables.building_outside", "zh")
    '“…”不在任何社区内（本区坐标 …, …）。'
    """
    area, _, name = key.partition(".")
    return _VALUE.sub("…", sentences(area, lang).get(name, key))

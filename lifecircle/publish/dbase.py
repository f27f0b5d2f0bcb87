"""What a dBASE table can hold of a frame, and what it cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pandas import DataFrame, Series

__all__ = ["LOSSES", "MOST_BYTES", "Encoding", "fitted"]

Encoding = Literal["utf-8", "gbk"]

MOST_BYTES = 254
"""Bytes of a text in a dBASE table."""

LOSSES = ("layer", "field", "loss", "cells", "fids", "detail")
"""One row per layer, field and kind of loss. ``loss``: not_in_encoding (a ``?``
stands for the character; ``detail``: their code points), too_long (cut; ``detail``:
bytes of the longest), infinite (left empty). ``fids``: of the first cells."""

_MOST_LISTED = 50


def fitted(frame: DataFrame, *, encoding: Encoding) -> tuple[DataFrame, DataFrame]:
    """A frame whose cells a dBASE table can hold, and what that cost.

    Parameters
    ----------
    frame : DataFrame or GeoDataFrame
        Rows in the order in which they are written; the first has fid 0.
    encoding : {"utf-8", "gbk"}
        Encoding of its texts.

    Returns
    -------
    tuple of DataFrame
        The same rows and columns, and ``LOSSES`` without ``layer``.

    Examples
    --------
    >>> frame = pd.DataFrame({"name": ["文庙社区", "🏠之家"]})
    >>> held, lost = fitted(frame, encoding="gbk")
    >>> held["name"].tolist(), lost["detail"].tolist()
    (['文庙社区', '?之家'], ['U+1F3E0'])
    """
    result = frame.copy()
    lost: list[tuple[str, str, list[int], str]] = []
    for name in frame.columns:
        cells = frame[name]
        if cells.dtype.kind == "f":
            endless = np.isinf(cells.to_numpy())
            if endless.any():
                result[name] = cells.mask(endless)
                fids = np.flatnonzero(endless).tolist()
                lost.append((name, "infinite", fids, ""))
        elif pd.api.types.is_string_dtype(cells.dtype):
            result[name], found = _fitted_texts(cells, encoding)
            lost.extend((name, *one) for one in found)
    rows = [
        (name, loss, len(fids), ";".join(map(str, fids[:_MOST_LISTED])), detail)
        for name, loss, fids, detail in lost
    ]
    return result, pd.DataFrame(rows, columns=list(LOSSES[1:]))


def _fitted_texts(
    cells: Series[Any], encoding: Encoding
) -> tuple[Series[Any], list[tuple[str, list[int], str]]]:
    """Texts in the encoding and short enough; kind, fids and detail of losses."""
    told: list[Any] = list(cells.astype(object).where(cells.notna(), None))
    strange: dict[int, set[str]] = {}
    long: dict[int, int] = {}
    for fid, text in enumerate(told):
        if not isinstance(text, str):
            continue
        unknown = set(_unknown(text, encoding))
        if unknown:
            strange[fid] = unknown
        written = text.encode(encoding, "replace")
        if len(written) > MOST_BYTES:
            long[fid] = len(written)
            # A cut may fall within a character, of which nothing is kept then.
            written = written[:MOST_BYTES]
        told[fid] = written.decode(encoding, "ignore")
    found = []
    if strange:
        points = sorted(set().union(*strange.values()))
        said = " ".join(f"U+{ord(sign):04X}" for sign in points[:_MOST_LISTED])
        found.append(("not_in_encoding", list(strange), said))
    if long:
        found.append(("too_long", list(long), str(max(long.values()))))
    return pd.Series(told, index=cells.index, dtype=object), found


def _unknown(text: str, encoding: Encoding) -> Iterator[str]:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        for sign in text:
            if not sign.encode(encoding, "ignore"):
                yield sign

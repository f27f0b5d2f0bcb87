"""The page's data in few bytes: whole numbers as columns, all of it deflated.

Layout after inflating: the length of the text (4 bytes, little-endian), the text
(JSON, UTF-8), the columns. In the text a column is ``{"$": [start, count, width,
form]}``: ``count`` numbers from byte ``start`` of the columns, each of ``width`` bytes
that stand apart in planes, lowest first, zigzag (0, -1, 1, -2 … are 0, 1, 2, 3 …);
``form`` 1 holds differences from number to number, ``form`` 2 besides counts every
number one up so that 0 is a missing one.
"""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import numpy as np

__all__ = ["packed"]

SHORTEST = 48
"""Lists of fewer numbers stay text."""

_DIFFERENCES, _WITH_GAPS = 1, 2


def packed(data: object) -> tuple[str, int]:
    """Data as base64 text, and its size once inflated.

    Parameters
    ----------
    data : object
        What JSON can hold; numpy integer arrays are columns.

    Returns
    -------
    str
        zlib stream in base64: letters that can stand in any element of a page.
    int
        Bytes after inflating.

    Examples
    --------
    >>> text, size = packed({"a": list(range(1000))})
    >>> len(text) < 80, size
    (True, 1028)
    """
    columns: list[bytes] = []
    text = json.dumps(
        _split(data, columns),
        ensure_ascii=False,
        separators=(",", ":"),
        allow_nan=False,
    ).encode("utf-8")
    whole = len(text).to_bytes(4, "little") + text + b"".join(columns)
    return base64.b64encode(zlib.compress(whole, 9)).decode("ascii"), len(whole)


def _split(data: Any, columns: list[bytes]) -> Any:
    """The data with its columns taken out."""
    if isinstance(data, dict):
        return {str(key): _split(value, columns) for key, value in data.items()}
    if isinstance(data, np.ndarray):
        return _column(data.astype(np.int64), columns, form=_DIFFERENCES)
    if isinstance(data, list | tuple):
        if len(data) >= SHORTEST and all(type(one) is int for one in data):
            return _column(np.array(data, dtype=np.int64), columns, form=_DIFFERENCES)
        if len(data) >= SHORTEST and _whole_or_none(data):
            counted = [0 if one is None else one + 1 for one in data]
            form = _DIFFERENCES | _WITH_GAPS
            return _column(np.array(counted, dtype=np.int64), columns, form=form)
        return [_split(value, columns) for value in data]
    return data


def _whole_or_none(data: list[Any] | tuple[Any, ...]) -> bool:
    return all(one is None or (type(one) is int and one >= 0) for one in data) and any(
        one is not None for one in data
    )


def _column(
    values: np.ndarray[Any, np.dtype[np.int64]], columns: list[bytes], *, form: int
) -> dict[str, list[int]]:
    steps = np.diff(values, prepend=np.int64(0))
    folded = ((steps << 1) ^ (steps >> 63)).astype("<u8")
    largest = int(folded.max()) if len(folded) else 0
    width = max(1, (largest.bit_length() + 7) // 8)
    planes = folded.view(np.uint8).reshape(-1, 8)[:, :width].T
    start = sum(map(len, columns))
    columns.append(np.ascontiguousarray(planes).tobytes())
    return {"$": [start, len(values), width, form]}

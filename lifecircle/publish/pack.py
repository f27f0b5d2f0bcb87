"""The page's data in few bytes: whole numbers as columns, all of it deflated.

Layout after inflating: the length of the text (4 bytes, little-endian), the text
(JSON, UTF-8), the columns. In the text a column is ``{"$": [start, count, width,
form]}``: ``count`` numbers from byte ``start`` of the columns, each of ``width`` bytes
that stand apart in planes, lowest first, zigzag (0, -1, 1, -2 … are 0, 1, 2, 3 …);
``form`` 0 holds the numbers, 1 differences from number to number, 3 besides counts
every number one up so that 0 is a missing one.

A column of texts is ``{"#": [patterns, which, first, second …]}``: ``which`` is the
place in ``patterns`` of each text, ``first`` the number that stands for the first
``SLOT`` of every text that has one, in their order, and so on.
"""

from __future__ import annotations

import base64
import json
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["SLOT", "Steps", "packed"]

SHORTEST = 48
"""Lists of fewer numbers stay text."""

SLOT = "\ue000"
"""Stands for a number in a pattern of texts; a private character."""

_AS_THEY_ARE, _DIFFERENCES, _WITH_GAPS = 0, 1, 2
_NUMBER = re.compile("([1-9][0-9]{0,8})")
"""Without leading zeros, which stay in the pattern; fits 32 bits."""
_LEVEL = 7
"""Levels above take four times as long for a hundredth of the bytes."""


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """A column of numbers that are differences already."""

    values: npt.NDArray[np.int64]


def packed(data: object) -> tuple[str, int]:
    """Data as base64 text, and its size once inflated.

    Parameters
    ----------
    data : object
        What JSON can hold; numpy integer arrays and ``Steps`` are columns.

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
    return base64.b64encode(zlib.compress(whole, _LEVEL)).decode("ascii"), len(whole)


def _split(data: Any, columns: list[bytes]) -> Any:
    """The data with its columns taken out."""
    if isinstance(data, dict):
        return {str(key): _split(value, columns) for key, value in data.items()}
    if isinstance(data, np.ndarray):
        return _column(data.astype(np.int64), columns, form=_DIFFERENCES)
    if isinstance(data, Steps):
        return _column(data.values, columns, form=_AS_THEY_ARE)
    if isinstance(data, list | tuple):
        column = _list_column(data, columns) if len(data) >= SHORTEST else None
        return column or [_split(value, columns) for value in data]
    return data


def _list_column(
    data: list[Any] | tuple[Any, ...], columns: list[bytes]
) -> dict[str, Any] | None:
    """A list of whole numbers or texts as a column; None if it holds anything else."""
    kinds = {type(one) for one in data}
    if kinds == {int}:
        return _column(np.array(data, dtype=np.int64), columns, form=_DIFFERENCES)
    if kinds == {int, type(None)} and _whole_or_none(data):
        counted = [0 if one is None else one + 1 for one in data]
        form = _DIFFERENCES | _WITH_GAPS
        return _column(np.array(counted, dtype=np.int64), columns, form=form)
    if str in kinds and kinds <= {str, type(None)}:
        return _text_column(data, columns)
    return None


def _text_column(
    texts: list[str | None] | tuple[str | None, ...], columns: list[bytes]
) -> dict[str, Any] | None:
    """Texts as patterns and numbers, where they are fewer patterns than texts."""
    patterns: dict[str | None, int] = {}
    which = []
    slots: list[list[int]] = []
    for text in texts:
        pieces = [None] if text is None else _NUMBER.split(text)
        found = pieces[1::2]
        pattern = None if text is None else SLOT.join(map(str, pieces[::2]))
        if text is not None and SLOT in text:
            return None
        which.append(patterns.setdefault(pattern, len(patterns)))
        slots.extend([] for _ in found[len(slots) :])
        for slot, number in zip(slots, found, strict=False):
            slot.append(int(str(number)))
    if len(patterns) > len(texts) / 2:
        return None
    numbers = [np.array(one, dtype=np.int64) for one in (which, *slots)]
    told = [_column(one, columns, form=_DIFFERENCES) for one in numbers]
    return {"#": [list(patterns), *told]}


def _whole_or_none(data: list[Any] | tuple[Any, ...]) -> bool:
    return all(one is None or one >= 0 for one in data)


def _column(
    values: np.ndarray[Any, np.dtype[np.int64]], columns: list[bytes], *, form: int
) -> dict[str, list[int]]:
    steps = np.diff(values, prepend=np.int64(0)) if form & _DIFFERENCES else values
    folded = ((steps << 1) ^ (steps >> 63)).astype("<u8")
    largest = int(folded.max()) if len(folded) else 0
    width = max(1, (largest.bit_length() + 7) // 8)
    planes = folded.view(np.uint8).reshape(-1, 8)[:, :width].T
    start = sum(map(len, columns))
    columns.append(np.ascontiguousarray(planes).tobytes())
    return {"$": [start, len(values), width, form]}

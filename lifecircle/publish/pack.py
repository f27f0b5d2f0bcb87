"""The page's data in few bytes: whole numbers as columns, all of it deflated.

The zlib stream stands in the page as text, seven bits a byte: see ``seven_bit_text``.
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

import json
import re
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

__all__ = ["ESCAPED", "SLOT", "Packed", "Steps", "packed", "seven_bit_text"]

SHORTEST = 48
"""Lists of fewer numbers stay text."""

SLOT = "\ue000"
"""Stands for a number in a pattern of texts; a private character."""

_AS_THEY_ARE, _DIFFERENCES, _WITH_GAPS = 0, 1, 2
_NUMBER = re.compile("([1-9][0-9]{0,8})")
"""Without leading zeros, which stay in the pattern; fits 32 bits."""
_LEVEL = 7
"""Levels above take four times as long for a hundredth of the bytes."""
ESCAPED = b"\0\b\t\n\v\f\r\x1a\x1b&<\x7f"
"""What a page, an editor or a transfer of text may take for something else."""
_BEYOND = 0x100
"""First of the characters that stand for an escaped one and its successor."""


class Packed(NamedTuple):
    """Data as text that can stand in any element of a page."""

    text: str
    stream_bytes: int
    """Bytes of the zlib stream."""
    bytes: int
    """Bytes after inflating."""


@dataclass(frozen=True, slots=True, eq=False)
class Steps:
    """A column of numbers that are differences already."""

    values: npt.NDArray[np.int64]


def packed(data: object) -> Packed:
    """Data as text of a page, and its sizes.

    Parameters
    ----------
    data : object
        What JSON can hold; numpy integer arrays and ``Steps`` are columns.

    Returns
    -------
    Packed
        The text, bytes of the zlib stream, bytes after inflating.

    Examples
    --------
    >>> told = packed({"a": list(range(1000))})
    >>> len(told.text) < 80, told.bytes
    (True, 1028)
    """
    columns: dict[bytes, int] = {}
    text = json.dumps(
        _split(data, columns),
        ensure_ascii=False,
        separators=(",", ":"),
        allow_nan=False,
    ).encode("utf-8")
    pieces = [len(text).to_bytes(4, "little") + text, *columns]
    # Every column has its own statistics, and so its own block of the stream.
    deflate = zlib.compressobj(_LEVEL)
    blocks = [
        deflate.compress(one) + deflate.flush(zlib.Z_PARTIAL_FLUSH) for one in pieces
    ]
    stream = b"".join([*blocks, deflate.flush()])
    return Packed(seven_bit_text(stream), len(stream), sum(map(len, pieces)))


def seven_bit_text(stream: bytes) -> str:
    r"""Bytes as characters of seven bits, an eighth less than as base64.

    Seven bits, highest first, are the ASCII character of that number. If it is one of
    ``ESCAPED``, it and the seven bits after it are one character of two bytes: 256 +
    128 times the place in ``ESCAPED`` + the seven bits. Noughts fill the end.

    Parameters
    ----------
    stream : bytes
        Anything.

    Returns
    -------
    str
        Without line ends, ``<`` and ``&``; 8 bytes of UTF-8 for 7 of the stream.

    Examples
    --------
    1000001 1000010 is "AB"; 0000000 is escaped and takes the next along.

    >>> seven_bit_text(bytes([0b10000011, 0b00001000])).encode()
    b'AB\xc4\x80'
    """
    bits = np.unpackbits(np.frombuffer(stream, dtype=np.uint8))
    # One group more than the bits fill: the last may be escaped.
    groups = -(-len(bits) // 7)
    filled = np.zeros((groups + 1, 7), dtype=np.uint8)
    filled.reshape(-1)[: len(bits)] = bits
    sevens = np.packbits(filled, axis=1)[:, 0] >> 1
    place = np.full(128, -1, dtype=np.int32)
    place[list(ESCAPED)] = np.arange(len(ESCAPED))
    escaped = place[sevens] >= 0
    number = np.arange(groups + 1)
    run_start = np.maximum.accumulate(np.where(escaped, -1, number))
    # In a run of escaped ones every other is taken along by the one before.
    leads = escaped & ((number - run_start) % 2 == 1)
    leads[groups] = False
    taken = np.zeros(groups + 1, dtype=bool)
    taken[1:] = leads[:-1]
    pairs = _BEYOND + 128 * place[sevens] + np.append(sevens[1:], 0)
    told = np.where(leads, pairs, sevens)[~taken]
    spare = 0 if taken[groups] else 1
    return told[: len(told) - spare].astype("<u2").tobytes().decode("utf-16-le")


def _split(data: Any, columns: dict[bytes, int]) -> Any:
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
    data: list[Any] | tuple[Any, ...], columns: dict[bytes, int]
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
    texts: list[str | None] | tuple[str | None, ...], columns: dict[bytes, int]
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
    values: np.ndarray[Any, np.dtype[np.int64]], columns: dict[bytes, int], *, form: int
) -> dict[str, list[int]]:
    steps = np.diff(values, prepend=np.int64(0)) if form & _DIFFERENCES else values
    folded = ((steps << 1) ^ (steps >> 63)).astype("<u8")
    largest = int(folded.max()) if len(folded) else 0
    width = max(1, (largest.bit_length() + 7) // 8)
    planes = folded.view(np.uint8).reshape(-1, 8)[:, :width].T
    told = np.ascontiguousarray(planes).tobytes()
    # Columns that are alike are kept once; each starts where the last one ends.
    end = (
        next(reversed(columns.values())) + len(next(reversed(columns)))
        if columns
        else 0
    )
    start = columns.setdefault(told, end)
    return {"$": [start, len(values), width, form]}

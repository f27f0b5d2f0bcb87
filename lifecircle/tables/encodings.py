"""Bytes to text in the declared encoding, and telling when it is another one."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["as_text", "canonical", "decode", "other_encoding", "stored_bytes"]

_GB = frozenset({"gbk", "gb2312", "gb18030", "cp936"})
_FEWEST_HAN = 2


def canonical(encoding: str) -> str:
    """The codec for a declared encoding; the GB family is read as its superset.

    Parameters
    ----------
    encoding : str
        As declared; empty = UTF-8.

    Returns
    -------
    str
        Codec name, or ``""`` if there is no such encoding.

    Examples
    --------
    >>> canonical("GBK"), canonical(""), canonical("gkb")
    ('gb18030', 'utf-8-sig', '')
    """
    try:
        name = codecs.lookup(encoding or "utf-8").name
    except (LookupError, ValueError):  # a null byte in a damaged label
        return ""
    if name in _GB:
        return "gb18030"
    return "utf-8-sig" if name in ("utf-8", "utf-8-sig") else name


def decode(raw: bytes, codec: str) -> str:
    """Decode; a character cut off at the very end is dropped.

    Database fields of fixed width cut long names in the middle of a character.

    Parameters
    ----------
    raw : bytes
        Text as stored.
    codec : str
        From ``canonical``.

    Returns
    -------
    str
        The text.

    Raises
    ------
    UnicodeDecodeError
        If the bytes are not in that encoding.

    Examples
    --------
    >>> decode("社区".encode("gbk")[:3], "gb18030")
    '社'
    """
    return codecs.getincrementaldecoder(codec)().decode(raw, final=False)


def stored_bytes(columns: Iterable[Iterable[Any]]) -> list[bytes]:
    r"""Each different text of columns that were read byte for byte, as Latin 1.

    Parameters
    ----------
    columns : iterable of iterable
        Cells of any kind.

    Returns
    -------
    list of bytes
        As stored in the file.

    Examples
    --------
    >>> stored_bytes([["\xc9\xe7", 1, "\xc9\xe7"]])
    [b'\xc9\xe7']
    """
    return [
        cell.encode("latin-1")
        for column in columns
        for cell in dict.fromkeys(column)
        if isinstance(cell, str)
    ]


def as_text(cells: Iterable[Any], codec: str) -> list[Any]:
    r"""Cells that were read byte for byte, as Latin 1, in their own encoding.

    Parameters
    ----------
    cells : iterable
        Cells of any kind; only texts change.
    codec : str
        From ``canonical``.

    Returns
    -------
    list
        In the same order.

    Raises
    ------
    UnicodeDecodeError
        If a text is not in that encoding.

    Examples
    --------
    >>> as_text(["\xc9\xe7", 1], "gb18030")
    ['社', 1]
    """
    return [
        decode(cell.encode("latin-1"), codec) if isinstance(cell, str) else cell
        for cell in cells
    ]


def _fits(samples: list[bytes], codec: str) -> bool:
    try:
        for sample in samples:
            decode(sample, codec)
    except UnicodeDecodeError:
        return False
    return True


def _han(samples: list[bytes]) -> int:
    text = "".join(decode(sample, "utf-8") for sample in samples)
    return sum("\u4e00" <= letter <= "\u9fff" for letter in text)


def other_encoding(samples: Iterable[bytes], codec: str) -> str | None:
    """The encoding that the bytes are in, if not the declared one.

    Parameters
    ----------
    samples : iterable of bytes
        Texts of one file.
    codec : str
        From ``canonical``.

    Returns
    -------
    str or None
        None if the declared encoding stands; else the encoding that fits
        (``"utf-8"``, ``"gb18030"``), or ``""`` if none of them does.

    Notes
    -----
    Chinese UTF-8 mostly decodes as GBK too, into wrong characters. Bytes that are
    valid UTF-8 and give Chinese characters are UTF-8: GBK text is valid UTF-8 only
    by accident, in single words.

    Examples
    --------
    >>> other_encoding(["青溪社区".encode("gbk")], "utf-8-sig")
    'gb18030'
    >>> other_encoding(["青溪社区".encode()], "gb18030")
    'utf-8'
    >>> other_encoding(["青溪社区".encode()], "utf-8-sig") is None
    True
    """
    foreign = [sample for sample in samples if not sample.isascii()]
    if not foreign:
        return None
    if codec == "gb18030":
        if _fits(foreign, "utf-8") and _han(foreign) >= _FEWEST_HAN:
            return "utf-8"
        return None if _fits(foreign, "gb18030") else ""
    if _fits(foreign, codec):
        return None
    for other in ("utf-8", "gb18030"):
        if other not in (codec, codec.removesuffix("-sig")) and _fits(foreign, other):
            return other
    return ""

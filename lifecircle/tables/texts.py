"""A whole column of text at once: what cell by cell would give, fast.

Text of a vector file stays as Arrow holds it until it is clean. Where few cells
differ each is looked at once; where many do, the column is searched as one text for
what would need a closer look.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lifecircle.tables.cells import (
    LONGEST_MISSING,
    is_missing,
    missing_words,
    to_texts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt
    import pyarrow as pa

__all__ = ["as_found", "clean_texts", "count_filled", "is_text", "may_hold", "rises"]

_SAMPLE, _FEW = 10_000, 2_000
"""Cells looked at to see whether few differ, and how many of them may."""


def as_found(cells: Any) -> pd.Series[Any]:
    """Cells of a file's column as they are.

    Parameters
    ----------
    cells : sequence
        A list, or an array of numbers, objects or text.

    Returns
    -------
    Series
        Numbers and text in arrays of their own stay so; all else is of objects, the
        cells themselves.

    Examples
    --------
    >>> as_found(["12", None]).dtype, as_found(np.array([1, 2])).dtype
    (dtype('O'), dtype('int64'))
    """
    return pd.Series(cells, dtype=getattr(cells, "dtype", object), copy=False)


def is_text(cells: pd.Series[Any]) -> bool:
    """Whether a column holds text alone, and what is missing.

    Parameters
    ----------
    cells : Series
        As found.

    Returns
    -------
    bool
        False for a column without any cell that holds something.

    Examples
    --------
    >>> is_text(as_found(["a", None])), is_text(as_found(["a", 1]))
    (True, False)
    """
    return cells.dtype == "str" or (
        pd.api.types.infer_dtype(cells, skipna=True) == "string"
    )


def rises(cells: npt.NDArray[np.object_]) -> bool:
    """Whether every cell is text that comes after the one before.

    Parameters
    ----------
    cells : object array
        Cells.

    Returns
    -------
    bool
        True if no cell is missing and none stands twice.

    Examples
    --------
    >>> rises(np.array(["a", "b"], object)), rises(np.array(["a", "a"], object))
    (True, False)
    """
    if len(cells) and pd.api.types.infer_dtype(cells, skipna=False) != "string":
        return False
    return bool(np.all(cells[1:] > cells[:-1]))


def _arrow(cells: pd.Series[Any]) -> pa.ChunkedArray | None:
    """A column as Arrow holds it; None for one that it does not."""
    if cells.dtype != "str" or getattr(cells.dtype, "storage", "") != "pyarrow":
        return None
    import pyarrow as pa

    held = pa.array(cells.array)
    return held if isinstance(held, pa.ChunkedArray) else pa.chunked_array([held])


def _wholes(column: pa.ChunkedArray) -> Iterator[str]:
    """The cells of every piece one after the other, as one text."""
    for chunk in column.chunks:
        _, ends, letters = chunk.buffers()
        wide = np.dtype(np.int64 if chunk.type == "large_string" else np.int32)
        if letters is None or not len(chunk):
            continue
        at = np.frombuffer(ends, wide, len(chunk) + 1, chunk.offset * wide.itemsize)
        # A missing cell's bytes may be anything: what is replaced gets a closer look.
        yield str(memoryview(letters)[at[0] : at[-1]], "utf-8", "replace")


def _few_differ(cells: pd.Series[Any]) -> bool:
    return len(cells) > _FEW and int(cells.iloc[:_SAMPLE].nunique()) <= _FEW


def may_hold(cells: pd.Series[Any], marks: tuple[str, ...]) -> bool:
    r"""Whether any cell may hold one of some marks; False is certain.

    Parameters
    ----------
    cells : Series
        As found.
    marks : tuple of str
        What is looked for.

    Returns
    -------
    bool
        True if a mark stands in a cell, or across two.

    Examples
    --------
    >>> may_hold(as_found(["春江苑", "\ufffd苑"]), ("\ufffd",))
    True
    """
    column = _arrow(cells)
    if column is not None:
        return any(mark in whole for whole in _wholes(column) for mark in marks)
    listed = cells.tolist()
    try:
        whole = "\n".join(listed)
    except TypeError:  # not of text alone
        whole = "\n".join([cell for cell in listed if isinstance(cell, str)])
    return any(mark in whole for mark in marks)


def _nothing(column: pa.ChunkedArray) -> npt.NDArray[np.bool_] | None:
    """Which cells hold no data; None where blanks need a closer look."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for whole in _wholes(column):
        # No kind of blank but the space is printable.
        if " " in whole or not whole.isprintable():
            return None
    gone = column.is_null()
    short = column.filter(pc.less_equal(pc.utf8_length(column), LONGEST_MISSING))
    words = missing_words(pc.unique(short.drop_null()).to_pylist())
    if words:
        said = pc.is_in(column, pa.array(sorted(words), column.type))
        gone = pc.or_(gone, said)
    return np.asarray(gone.to_numpy(), dtype=np.bool_)


def clean_texts(
    cells: pd.Series[Any],
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.bool_]]:
    """Make clean text of a column of text.

    Parameters
    ----------
    cells : Series
        Text, and what is missing.

    Returns
    -------
    tuple of object array and bool array
        ``cells.to_text`` of each, and which are None.

    Examples
    --------
    >>> texts, gone = clean_texts(as_found(["春江苑 1号楼", " 暂无 ", None]))
    >>> texts.tolist(), gone.tolist()
    (['春江苑 1号楼', None, None], [False, True, True])
    """
    column = _arrow(cells)
    if column is not None and _few_differ(cells):
        codes, words = pd.factorize(cells)
        cleaned = np.array([*to_texts(list(words)), None], dtype=object)
        # What is missing has code -1: the last.
        return cleaned[codes], pd.isna(cleaned)[codes]
    gone = None if column is None else _nothing(column)
    texts = cells.to_numpy(dtype=object, copy=True)
    if gone is None:
        there = ~pd.isna(texts)
        texts[there] = to_texts(texts[there].tolist())
        gone = pd.isna(texts)
    texts[gone] = None
    return texts, gone


def count_filled(cells: pd.Series[Any]) -> int:
    """Count the cells that hold data.

    Parameters
    ----------
    cells : Series
        As found.

    Returns
    -------
    int
        Words such as 暂无数据 are no data.

    Examples
    --------
    >>> count_filled(as_found(["临街", "无", None])), count_filled(as_found([1, 2.5]))
    (1, 2)
    """
    column = _arrow(cells)
    if column is not None and not _few_differ(cells):
        gone = _nothing(column)
        if gone is not None:
            return len(gone) - int(np.count_nonzero(gone))
    there = cells[cells.notna()]
    if cells.dtype.kind != "O":
        return len(there)
    if column is not None:
        words = there.value_counts().to_dict()
    else:
        listed = there.tolist()
        if pd.api.types.infer_dtype(there) == "string" and not missing_words(listed):
            return len(listed)
        words = Counter(map(_word, listed))
    return sum(times for word, times in words.items() if not is_missing(word))


def _word(cell: Any) -> Any:
    """A cell that can be counted; lists, which some files hold, as text."""
    return cell if isinstance(cell, Hashable) else str(cell)

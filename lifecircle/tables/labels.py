"""Labels of a map service that a file holds in several columns, a level each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lifecircle.tables.cells import is_missing, to_text
from lifecircle.tables.found import find_column

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lifecircle.tables.found import Found

__all__ = ["join_levels", "label_columns", "with_levels"]

_SIGN = ";"
_LABEL = "source_label"


def label_columns(columns: Mapping[str, str]) -> tuple[str, ...]:
    """The file's columns that hold a label, one a level.

    Parameters
    ----------
    columns : Mapping[str, str]
        Our column -> the file's, or several of the file's joined by ``;``.

    Returns
    -------
    tuple of str
        Column names, the highest level first; none without a label.

    Examples
    --------
    >>> label_columns({"name": "名称", "source_label": "大类;中类;小类"})
    ('大类', '中类', '小类')
    """
    return tuple(filter(None, columns.get(_LABEL, "").split(_SIGN)))


def join_levels(levels: Iterable[Sequence[Any]]) -> list[str | None]:
    """Join cells of one row to one label.

    Parameters
    ----------
    levels : iterable of sequence
        Cells of each column, the highest level first.

    Returns
    -------
    list of str or None
        ``大类;中类;小类``; a level without data, and what is below it, is not in it;
        None where the first has none.

    Examples
    --------
    >>> join_levels([["医疗保健服务", "购物服务", None], ["诊所", "-", "x"]])
    ['医疗保健服务;诊所', '购物服务', None]
    """
    return [_joined(row) for row in zip(*levels, strict=True)]


def _joined(row: Iterable[Any]) -> str | None:
    told: list[str] = []
    for cell in row:
        if is_missing(cell):
            break
        told.append(to_text(cell) or "")
    return _SIGN.join(told) or None


def with_levels(found: Found, columns: Mapping[str, str]) -> Found:
    """A file as found, with the label that the district file names by its levels.

    Parameters
    ----------
    found : Found
        As read.
    columns : Mapping[str, str]
        Our column -> the file's.

    Returns
    -------
    Found
        With one more column, named as the district file names it; as it was if the
        file has a column of that name, or lacks a level.

    Examples
    --------
    >>> import numpy
    >>> from lifecircle.tables.found import Found
    >>> file = Found(["大类", "小类"], [["医疗"], ["药店"]], numpy.array([2]))
    >>> made = with_levels(file, {"source_label": "大类;小类"})
    >>> made.names, made.cells[2]
    (['大类', '小类', '大类;小类'], ['医疗;药店'])
    """
    levels = label_columns(columns)
    if len(levels) < 2 or find_column(columns[_LABEL], found.names):
        return found
    places = [find_column(level, found.names) for level in levels]
    if any(len(one) != 1 for one in places):
        return found
    joined = join_levels(found.cells[place] for (place,) in places)
    return replace(
        found,
        names=[*found.names, columns[_LABEL]],
        cells=[*found.cells, joined],
    )

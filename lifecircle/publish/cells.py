"""Cells of the workbook: frames with words for codes, figures as they are read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pandas as pd

from lifecircle.columns import column
from lifecircle.publish.encode import plain
from lifecircle.publish.figures import reason
from lifecircle.publish.wording import code_words, naming, words
from lifecircle.text import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pandas import DataFrame

    from lifecircle.model import Assessment
    from lifecircle.text import Language

__all__ = [
    "WHOLE",
    "Figure",
    "Sheet",
    "Speech",
    "figures",
    "label",
    "speech",
    "texts_of",
    "titled_sheet",
    "with_columns",
]

WHOLE = ("households", "persons", "elderly", "children_0_3", "buildings")
"""Counted in whole people, households or houses, however they were estimated."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A number and how it is printed.

    Attributes
    ----------
    value : float
        As computed, never rounded.
    form : str
        Decimals, or ``percent``; before it ``about`` for what is estimated, ``least``
        for what may be more, ``sign`` for what has a direction.
    """

    value: float
    form: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet: heads, rows, and how it looks and prints.

    Attributes
    ----------
    failing : list of bool
        Rows that fall short; ``marked`` columns of them are filled.
    frozen : int
        Columns that stay while scrolling.
    printed : int or None
        Columns that are printed; those after them are details, grouped. None = all.
    folded : list of bool
        Rows folded under the one before them: neither seen nor printed at first.
    """

    title: str
    heads: list[str]
    rows: list[list[Any]]
    failing: list[bool] = field(default_factory=list)
    marked: tuple[int, ...] = ()
    frozen: int = 0
    printed: int | None = None
    folded: list[bool] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Speech:
    """A language, and the words of a study in it."""

    lang: Language
    text: dict[str, str]
    codes: dict[str, Any]


def titled_sheet(
    key: str, columns: dict[str, Any], told: Speech, *, frozen: int = 2, **looks: Any
) -> Sheet:
    """Columns under their heads as a sheet of the workbook.

    Parameters
    ----------
    key : str
        Of its title.
    columns : dict
        Head to cells.
    told : Speech
        Language and words.
    frozen : int
        Columns that stay while scrolling.
    **looks : Any
        Other fields of ``Sheet``.

    Returns
    -------
    Sheet
    """
    rows = [list(row) for row in zip(*columns.values(), strict=True)]
    title = say(f"publish.sheet.{key}", told.lang)
    return Sheet(title, list(columns), rows, frozen=frozen, **looks)


def speech(study: Assessment, lang: Language) -> Speech:
    """Words for a study's workbook.

    Parameters
    ----------
    study : Assessment
        A finished study.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    Speech
        Its units are called what they are.
    """
    kind = naming(study.district.communities)
    codes = code_words(kind, lang)
    codes["reason"] = lambda key: reason(key, lang)
    return Speech(lang, words(kind, lang), codes)


def label(name: str, told: Speech) -> str:
    """Head of a column: its label and, in brackets, its unit.

    Parameters
    ----------
    name : str
        Column name.
    told : Speech
        Language and words.

    Returns
    -------
    str
        ``户数 (户)``; the name itself if the column is not listed.
    """
    try:
        labels = column(name)
    except KeyError:
        return told.text.get(f"label.{name}", name)
    text = labels.zh if told.lang == "zh" else labels.en
    text = told.text.get(f"label.{name}", text)
    unit = told.text.get(f"head_unit.{labels.unit}", labels.unit)
    if unit in ("", "year") or unit.lower() == text.lower():
        return text
    return f"{text} ({unit})"


def figures(
    values: Iterable[Any], form: str, estimated: Iterable[bool] | None = None
) -> list[Figure | None]:
    """Numbers of a column as cells.

    Parameters
    ----------
    values : iterable of float
        NaN becomes an empty cell.
    form : str
        See ``Figure``.
    estimated : iterable of bool, optional
        Where ≈ stands before the number.

    Returns
    -------
    list of Figure or None
        One for each value.

    Examples
    --------
    >>> figures([2607.8, float("nan")], "0", [True, True])
    [Figure(value=2607.8, form='about0'), None]
    """
    known = list(values)
    guesses = [False] * len(known) if estimated is None else list(estimated)
    return [
        None if pd.isna(value) else Figure(float(value), ("about" * guess) + form)
        for value, guess in zip(known, guesses, strict=True)
    ]


def texts_of(frame: DataFrame, name: str, told: Speech) -> list[Any]:
    """A column's cells with words for codes."""
    said = told.codes.get(name, str)
    truth = {True: say("publish.yes", told.lang), False: say("publish.no", told.lang)}
    return [
        truth[value]
        if isinstance(value, bool)
        else said(value)
        if isinstance(value, str)
        else plain(value, digits=6)
        for value in frame[name].tolist()
    ]


def with_columns(sheet: Sheet, heads: Sequence[str]) -> Sheet:
    """A sheet with some of its columns, in the order given.

    Parameters
    ----------
    sheet : Sheet
        A sheet.
    heads : sequence of str
        Heads of it.

    Returns
    -------
    Sheet
        All of its columns are printed.

    Examples
    --------
    >>> sheet = Sheet("t", ["a", "b", "c"], [[1, 2, 3]], marked=(2,))
    >>> few = with_columns(sheet, ["c", "a"])
    >>> few.rows, few.marked
    ([[3, 1]], (0,))
    """
    places = [sheet.heads.index(head) for head in heads]
    return replace(
        sheet,
        heads=list(heads),
        rows=[[row[place] for place in places] for row in sheet.rows],
        marked=tuple(new for new, old in enumerate(places) if old in sheet.marked),
        printed=None,
    )

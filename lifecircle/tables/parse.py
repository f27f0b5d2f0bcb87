"""A column as found in a file to a column of a table, with its problems."""

from __future__ import annotations

import difflib
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lifecircle.standards.catalogue import OTHER, read_catalogue
from lifecircle.tables.cells import (
    to_flag,
    to_list,
    to_number,
    to_text,
    to_year,
)
from lifecircle.tables.schemas import NUMERIC
from lifecircle.tables.texts import clean_texts, is_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    from lifecircle.tables.ledger import Ledger
    from lifecircle.tables.schemas import Field

__all__ = [
    "SEPARATORS",
    "choose",
    "class_codes",
    "nearest",
    "nearest_class",
    "parse_column",
]

_ALIASES = {
    **dict.fromkeys(("是", "y", "t", "true", "1"), "yes"),
    **dict.fromkeys(("否", "n", "f", "false", "0"), "no"),
}
SEPARATORS = re.compile(r"[;；、/／,，|]")
"""What stands between several classes in one cell."""
_PLAIN_KINDS: Mapping[str, Callable[[Any], Any]] = {
    "year": to_year,
    "flag": to_flag,
    "list": to_list,
}


def nearest(name: str, known: list[str] | tuple[str, ...]) -> str:
    """The known name most like a given one, or ``""`` if none is like it.

    Parameters
    ----------
    name : str
        What was written.
    known : list or tuple of str
        What could have been meant.

    Returns
    -------
    str
        The nearest.

    Examples
    --------
    >>> nearest("encodng", ["encoding", "columns"]), nearest("xyz", ["columns"])
    ('encoding', '')
    """
    found = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return found[0] if found else ""


@cache
def class_codes() -> frozenset[str]:
    """The codes that a facility may have.

    Returns
    -------
    frozenset of str
        The catalogue's classes without the demand side, and ``OTHER``.

    Examples
    --------
    >>> "ELD.CANTEEN" in class_codes()
    True
    """
    catalogue = read_catalogue()
    return frozenset({*catalogue.codes, OTHER} - catalogue.origins)


@cache
def nearest_class(value: str) -> str:
    """The facility class most like a code or a Chinese name.

    Parameters
    ----------
    value : str
        What stands in the file.

    Returns
    -------
    str
        Code and label, or ``""`` if nothing is like it.

    Examples
    --------
    >>> nearest_class("ELD.CANTEN")
    'ELD.CANTEEN（老年食堂）'
    >>> nearest_class("长者食堂")
    'ELD.CANTEEN（老年食堂）'
    """
    catalogue = read_catalogue()
    codes = [code for code in catalogue.codes if code not in catalogue.origins]
    names = {code: code for code in codes}
    for code in codes:
        for label in (catalogue.labels_zh[code], *catalogue.synonyms[code]):
            names.setdefault(label, code)
    code = names.get(nearest(value, list(names)), "")
    return f"{code}（{catalogue.labels_zh[code]}）" if code else ""


def _map_value(value: Any, mapping: Mapping[str, str]) -> Any:
    """The district file's word for a cell, if it has one."""
    if not mapping or value is None:
        return value
    text = value.strip() if isinstance(value, str) else to_text(value) or ""
    return mapping.get(text, value)


def _split_classes(value: Any, mapping: Mapping[str, str]) -> str | None:
    """Facility classes of a cell, joined by ``;``, each once, in the cell's order."""
    whole = to_text(_map_value(value, mapping))
    if whole is None:
        return None
    codes: list[str] = []
    for part in SEPARATORS.split(whole):
        mapped = to_text(_map_value(part.strip(), mapping))
        codes += SEPARATORS.split(mapped) if mapped else []
    return ";".join(dict.fromkeys(code.strip() for code in codes if code.strip()))


def choose(value: Any) -> str | None:
    """A cell of a column of choices as we write it; 是 and 否 are yes and no.

    Parameters
    ----------
    value : object
        A cell.

    Returns
    -------
    str or None
        Lower case; None if missing.

    Examples
    --------
    >>> choose("是"), choose("F"), choose("Built")
    ('yes', 'no', 'built')
    """
    text = to_text(value)
    return None if text is None else _ALIASES.get(text.lower(), text.lower())


def _parse_cell(value: Any, field: Field, mapping: Mapping[str, str]) -> Any:
    """One cell; ValueError if it is no number or year."""
    if field.kind == "classes":
        return _split_classes(value, mapping)
    value = _map_value(value, mapping)
    if field.kind == "number":
        return to_number(value, field.units)
    if field.kind in _PLAIN_KINDS:
        return _PLAIN_KINDS[field.kind](value)
    if field.kind == "choice":
        if isinstance(value, str) and value.strip().lower() in field.choices:
            return value.strip().lower()  # also where the choice reads as missing
        return choose(value)
    return to_text(value)


def _fault(value: Any, field: Field) -> str:
    """The sentence key of what is wrong with a parsed value, or ``""``."""
    if field.kind in NUMERIC:
        return _number_fault(float(value), field)
    if value is None:
        return ""
    if field.kind == "choice" and value not in field.choices:
        return "not_allowed"
    if field.kind == "class" and value not in class_codes():
        return "unknown_class"
    if field.kind == "classes" and not class_codes().issuperset(value.split(";")):
        return "unknown_class"
    return ""


def _number_fault(number: float, field: Field) -> str:
    if np.isnan(number):
        return ""
    if field.least == 0.0 and number < 0.0:
        return "negative"
    low = field.least is not None and number < field.least
    if low or (field.most is not None and number > field.most):
        return "out_of_range"
    return "not_whole" if field.whole and not number.is_integer() else ""


def _judge(cell: Any, field: Field, mapping: Mapping[str, str]) -> tuple[Any, str]:
    """A cell's parsed value and its fault; a faulty one becomes missing."""
    missing = np.nan if field.kind in NUMERIC else None
    try:
        value = _parse_cell(cell, field, mapping)
    except ValueError:
        faults = {"number": "not_a_number", "year": "not_a_year", "flag": "not_a_flag"}
        return missing, faults[field.kind]
    fault = _fault(value, field)
    return (missing, fault) if fault else (value, "")


def _shown(cell: Any, field: Field, mapping: Mapping[str, str]) -> dict[str, Any]:
    """What a problem's sentence needs about a cell."""
    text = to_text(cell) or str(cell)
    given: dict[str, Any] = {"value": text}
    if field.kind == "choice":
        words = (*mapping, *(choice for choice in field.choices if choice))
        given["allowed"] = "、".join(words)
    elif field.kind in ("class", "classes"):
        parts = (_split_classes(cell, mapping) or "").split(";")
        unknown = [part for part in parts if part not in class_codes()]
        given["value"] = unknown[0] if unknown else text
        given["nearest"] = nearest_class(given["value"])
    elif field.kind in ("number", "year"):
        given["least"], given["most"] = (
            "" if bound is None else f"{bound:g}" for bound in (field.least, field.most)
        )
        given["units"] = "、".join(field.units)
    return given


def parse_column(
    frame: pd.DataFrame, field: Field, mapping: Mapping[str, str], *, ledger: Ledger
) -> pd.Series[Any]:
    """Parse the cells of one column and report what is wrong with them.

    Parameters
    ----------
    frame : DataFrame
        Cells as found under our column names, with the hidden columns; a column
        that the file does not give is absent.
    field : Field
        The column's schema.
    mapping : Mapping[str, str]
        The file's value -> ours.
    ledger : Ledger
        Takes the problems; rows with an error are left out.

    Returns
    -------
    Series
        float64 (NaN = missing) or str (None = missing), in the frame's order.
    """
    if field.name not in frame:
        return _absent(frame, field)
    cells = frame[field.name]
    values, gone, faults = _judge_column(cells, field, mapping)
    for place, fault in faults.items():
        shown = _shown(cells.iloc[place], field, mapping)
        ledger.flag(frame, [place], fault, [shown], column=field.name)
    if field.kind in ("id", "text") and not mapping and len(frame):
        there = len(gone) - int(np.count_nonzero(gone))
        ledger.filled[int(frame["_origin"].iloc[0]), field.name] = (there, len(gone))
    if field.required:
        empty = [at for at in np.flatnonzero(gone).tolist() if at not in faults]
        ledger.flag(frame, empty, "missing_value", column=field.name)
    if field.default is not None:
        values[gone] = field.default
    return pd.Series(
        values, frame.index, dtype=values.dtype, name=field.name, copy=False
    )


def _absent(frame: pd.DataFrame, field: Field) -> pd.Series[Any]:
    """A column that the file does not give."""
    if field.kind in NUMERIC:
        value: Any = np.nan if field.default is None else field.default
        return pd.Series(value, frame.index, dtype=np.float64, name=field.name)
    values = np.full(len(frame), field.default, dtype=object)
    return pd.Series(values, frame.index, dtype=object, name=field.name, copy=False)


def _judge_column(
    cells: pd.Series[Any], field: Field, mapping: Mapping[str, str]
) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_], dict[int, str]]:
    """Parsed values of a column, which are missing, and faults by place."""
    if cells.dtype.kind in "iuf" and field.kind == "number" and not mapping:
        return _judge_numbers(cells, field)
    texts = is_text(cells)
    if texts and field.kind in ("id", "text") and not mapping:
        return *clean_texts(cells), {}
    codes, different = _different(cells, texts=texts)
    judged = [_judge(cell, field, mapping) for cell in different]
    kind = np.float64 if field.kind in NUMERIC else object
    values, faults = np.empty(len(judged), dtype=kind), np.empty(len(judged), object)
    values[:] = [value for value, _ in judged]
    faults[:] = [fault for _, fault in judged]
    wrong = np.flatnonzero((faults != "")[codes])
    found = zip(wrong.tolist(), faults[codes[wrong]], strict=True)
    return values[codes], pd.isna(values)[codes], dict(found)


def _different(
    cells: pd.Series[Any], *, texts: bool
) -> tuple[npt.NDArray[np.intp], list[Any]]:
    """The different cells, and which of them stands where; 1 and "1" are two."""
    if texts:
        codes, different = pd.factorize(cells)
        # What is missing has code -1: the last.
        return codes, [*different, None]
    places: dict[tuple[type, Any], int] = {}
    listed = cells.tolist()
    codes = np.array(
        [places.setdefault((type(cell), cell), len(places)) for cell in listed],
        dtype=np.intp,
    )
    return codes, [cell for _, cell in places]


def _judge_numbers(
    cells: pd.Series[Any], field: Field
) -> tuple[npt.NDArray[Any], npt.NDArray[np.bool_], dict[int, str]]:
    """As ``_judge``, for a column that a file holds as numbers."""
    values = cells.to_numpy(dtype=np.float64, copy=True)
    faults = {}
    low = -np.inf if field.least is None else field.least
    high = np.inf if field.most is None else field.most
    bad = np.isinf(values) | (values < low) | (values > high)
    if field.whole:
        bad |= np.isfinite(values) & (values != np.floor(values))
    for place in np.flatnonzero(bad).tolist():
        values[place], faults[place] = _judge(cells.iloc[place], field, {})
    return values, np.isnan(values), faults

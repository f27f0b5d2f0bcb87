"""Checks of single values of a rule book; each names the place and the mend."""

from __future__ import annotations

import unicodedata
from datetime import date, datetime
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = [
    "choice",
    "choices",
    "day",
    "is_number",
    "nearest",
    "number_hint",
    "pair",
    "table",
    "text",
    "texts",
    "unknown",
]

_LOOKALIKES = str.maketrans({"O": "0", "o": "0", "〇": "0", "l": "1", "I": "1"})


def table(holder: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    """The table under a key; an empty one if there is none.

    Parameters
    ----------
    holder : Mapping
        A table.
    key : str
        The name of a table in it.

    Returns
    -------
    Mapping
        Empty also if something else stands there.

    Examples
    --------
    >>> table({"test": 3}, "test")
    {}
    """
    value = holder.get(key)
    return value if isinstance(value, dict) else {}


def is_number(value: object) -> bool:
    """Whether a value is a number of 0 or more; true and false are none.

    Parameters
    ----------
    value : object
        From TOML.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_number(30), is_number(True), is_number("30")
    (True, False, False)
    """
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0


def number_hint(value: object) -> str:
    """What may be meant by a text that stands where a number belongs.

    Parameters
    ----------
    value : object
        What was given.

    Returns
    -------
    str
        Begins with a space; empty if no number can be meant.

    Examples
    --------
    >>> number_hint("3OO")
    ' It has the letter O where a digit belongs; is 300 meant?'
    >>> number_hint("about")
    ''
    """
    if not isinstance(value, str):
        return ""
    folded = unicodedata.normalize("NFKC", value).strip()
    meant = folded.translate(_LOOKALIKES)
    if not (any(sign.isdigit() for sign in folded) and _reads(meant)):
        return ""
    wrong = sorted({sign for sign in folded if ord(sign) in _LOOKALIKES})
    if wrong:
        letters = ", ".join(wrong)
        return f" It has the letter {letters} where a digit belongs; is {meant} meant?"
    return f" Write it without quotes: {meant}."


def _reads(given: str) -> bool:
    try:
        float(given)
    except ValueError:
        return False
    return True


def nearest(name: str, known: Iterable[str]) -> str:
    """A sentence that names the known word nearest to ``name``.

    Parameters
    ----------
    name : str
        What was given.
    known : iterable of str
        What is allowed.

    Returns
    -------
    str
        Begins with a space; empty if nothing is known.

    Examples
    --------
    >>> nearest("clase", ["quote", "clause"])
    " The nearest known is 'clause'."
    """
    close = get_close_matches(name, list(known), n=1, cutoff=0.0)
    return f" The nearest known is {close[0]!r}." if close else ""


def unknown(
    given: Mapping[str, Any], known: tuple[str, ...], place: str, *, part: str = ""
) -> list[str]:
    """Keys that a table may not have, with the nearest that it may.

    Parameters
    ----------
    given : Mapping
        A table.
    known : tuple of str
        The keys it may have.
    place : str
        What a line begins with.
    part : str
        The name of the table.

    Returns
    -------
    list of str
        One line a key.

    Examples
    --------
    >>> unknown({"forse": "must"}, ("force",), "HF-R01", part="rule")
    ["HF-R01: unknown key 'forse' in rule. The nearest known is 'force'."]
    """
    where = f" in {part}" if part else ""
    return [
        f"{place}: unknown key {key!r}{where}.{nearest(key, known)}"
        for key in given
        if key not in known
    ]


def text(given: Mapping[str, Any], key: str, place: str) -> list[str]:
    """A key that must hold text.

    Parameters
    ----------
    given : Mapping
        A table.
    key : str
        The key in it.
    place : str
        What a line begins with.

    Returns
    -------
    list of str
        Empty if nothing is wrong.

    Examples
    --------
    >>> text({"clause": 3}, "clause", "HF-R01")
    ['HF-R01: clause is 3; it must be text.']
    """
    value = given.get(key)
    if isinstance(value, str) and value.strip():
        return []
    if key not in given:
        return [f"{place}: {key} is missing; it must be text."]
    return [f"{place}: {key} is {value!r}; it must be text."]


def texts(given: Mapping[str, Any], key: str, place: str) -> list[str]:
    """A key that may hold a list of texts.

    Parameters
    ----------
    given : Mapping
        A table.
    key : str
        The key in it.
    place : str
        What a line begins with.

    Returns
    -------
    list of str
        Empty if nothing is wrong.

    Examples
    --------
    >>> texts({"tiers": "city"}, "tiers", "HF-R22")
    ["HF-R22: tiers is 'city'; it must be a list of texts."]
    """
    values = given.get(key, [])
    good = isinstance(values, list) and all(
        isinstance(value, str) and value.strip() for value in values
    )
    return (
        [] if good else [f"{place}: {key} is {values!r}; it must be a list of texts."]
    )


def pair(given: Mapping[str, Any], key: str, place: str) -> list[str]:
    """A key that must hold Chinese and English text.

    Parameters
    ----------
    given : Mapping
        A table.
    key : str
        The key in it.
    place : str
        What a line begins with.

    Returns
    -------
    list of str
        Empty if nothing is wrong.

    Examples
    --------
    >>> pair({"title": "x"}, "title", "HF-R01")
    ['HF-R01: title must give zh and en.']
    """
    value = given.get(key)
    if not isinstance(value, dict):
        return [f"{place}: {key} must give zh and en."]
    return [
        *unknown(value, ("zh", "en"), place, part=key),
        *text(value, "zh", f"{place}, {key}"),
        *text(value, "en", f"{place}, {key}"),
    ]


def day(given: Mapping[str, Any], key: str, place: str) -> list[str]:
    """A key that may hold a date.

    Parameters
    ----------
    given : Mapping
        A table.
    key : str
        The key in it.
    place : str
        What a line begins with.

    Returns
    -------
    list of str
        Empty if nothing is wrong.

    Examples
    --------
    >>> day({"date": "2020"}, "date", "book")
    ["book: date is '2020'; it must be a date such as 2020-12-31."]
    """
    value = given.get(key)
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return []
    return [f"{place}: {key} is {value!r}; it must be a date such as 2020-12-31."]


def choice(
    given: Mapping[str, Any], key: str, allowed: tuple[str, ...], place: str
) -> list[str]:
    """A key that must hold one of a few words.

    Parameters
    ----------
    given : Mapping
        A table.
    key : str
        The key in it.
    allowed : tuple of str
        The words it may hold.
    place : str
        What a line begins with.

    Returns
    -------
    list of str
        Empty if nothing is wrong.

    Examples
    --------
    >>> choice({"force": "shuld"}, "force", ("must", "should"), "HF-R01")[0]
    "HF-R01: force 'shuld' is not known. The nearest known is 'should'. Allowed: \
must, should."
    """
    value = given.get(key)
    if isinstance(value, str) and value in allowed:
        return []
    listed = f" Allowed: {', '.join(allowed)}." if len(allowed) <= 12 else ""
    if key not in given:
        return [f"{place}: {key} is missing.{listed}"]
    near = nearest(value, allowed) if isinstance(value, str) else ""
    return [f"{place}: {key} {value!r} is not known.{near}{listed}"]


def choices(
    given: Mapping[str, Any], key: str, allowed: tuple[str, ...], place: str
) -> list[str]:
    """A key that may hold a list of a few words.

    Parameters
    ----------
    given : Mapping
        A table.
    key : str
        The key in it.
    allowed : tuple of str
        The words it may hold.
    place : str
        What a line begins with.

    Returns
    -------
    list of str
        Empty if nothing is wrong.

    Examples
    --------
    >>> choices({"status": "built"}, "status", ("built",), "HF-R01")
    ["HF-R01: status is 'built'; it must be a list."]
    """
    values = given.get(key, [])
    if not isinstance(values, list):
        return [f"{place}: {key} is {values!r}; it must be a list."]
    return [
        problem
        for value in values
        for problem in choice({key: value}, key, allowed, place)
    ]

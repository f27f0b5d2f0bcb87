"""Names of fields that fit a dBASE table: ten bytes, letters first, no two alike."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["LONGEST", "RESERVED", "short_names"]

LONGEST = 10
"""Bytes of a field's name in a dBASE table."""

RESERVED = frozenset(
    re.findall(
        r"\w+",
        "add all alter and as asc between by case column create date day default "
        "delete desc distinct drop exists fid for from group hour in insert into is "
        "like minute month not null objectid on or order second select set shape "
        "table time to union update user values view where year zone ",
    )
)
"""Words that a GIS or its SQL keeps for itself."""

_VOWELS = "aeiou"


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Short names for fields; the same set of names gives the same short ones.

    Words lose vowels, then letters, the longest word first. A name that is taken,
    or kept by a GIS, ends in a number.

    Parameters
    ----------
    names : iterable of str
        Names of ours: small letters, digits and underscores, a letter first.

    Returns
    -------
    dict
        Name to short name, of at most ``LONGEST`` bytes, without ``RESERVED`` words.

    Examples
    --------
    >>> short_names(["households", "households_method", "year", "walk_min"])
    {'households': 'households', 'households_method': 'hshl_methd', \
'walk_min': 'walk_min', 'year': 'year_1'}
    """
    wanted = sorted(set(names))
    # Names that fit as they are keep themselves, whatever the others shrink to.
    result = {name: name for name in wanted if _fits(name)}
    taken = set(result.values())
    for name in wanted:
        if name not in result:
            result[name] = _free(_shrunk(name), taken)
            taken.add(result[name])
    return dict(sorted(result.items()))


def _fits(name: str) -> bool:
    return len(name.encode()) <= LONGEST and name not in RESERVED


def _free(short: str, taken: set[str]) -> str:
    number, tried = 0, short
    while tried in taken or tried in RESERVED:
        number += 1
        ending = f"_{number}"
        tried = short[: LONGEST - len(ending)].rstrip("_") + ending
    return tried


def _shrunk(name: str) -> str:
    words = name.split("_")
    while len("_".join(words)) > LONGEST:
        if len(words) > LONGEST // 2:
            words = ["".join(words)]
        place = max(range(len(words)), key=lambda one: len(words[one]))
        words[place] = _one_letter_less(words[place])
    return "_".join(words)


def _one_letter_less(word: str) -> str:
    """Without its last vowel, the first letter aside; else its last letter."""
    for place in range(len(word) - 1, 0, -1):
        if word[place] in _VOWELS:
            return word[:place] + word[place + 1 :]
    return word[:-1]

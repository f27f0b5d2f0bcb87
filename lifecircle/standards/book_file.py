"""The file of a rule book: TOML in UTF-8, and numbers that are none.

A number with a letter in it (``3OO``, as one source prints it) stops the parser.
It is set aside as text, so that the book can still be checked whole.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any

from lifecircle.errors import RuleBookError
from lifecircle.standards.toml_values import number_hint

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["load_book"]

_BARE = re.compile(r"(?<=[=\[,])(\s*)([0-9０-９][\w.０-９]*)(?=\s*(?:[,}\]#]|$))", re.M)


def load_book(file: Traversable) -> tuple[dict[str, Any], bytes, list[str]]:
    """Parse a rule book's file.

    Parameters
    ----------
    file : Traversable
        The ``.toml`` file.

    Returns
    -------
    document : dict
        Its tables.
    raw : bytes
        The file as it is.
    slips : list of str
        Lines with a number that is none; in ``document`` it stands as text.

    Raises
    ------
    RuleBookError
        If the file is not TOML in UTF-8, for another reason than such numbers.

    Examples
    --------
    >>> from importlib.resources import files
    >>> shelf = files("lifecircle.standards").joinpath("books")
    >>> document, _, slips = load_book(shelf.joinpath("hefei.toml"))
    >>> document["book"]["id"], slips
    ('hefei', [])
    """
    raw = file.read_bytes()
    try:
        text = raw.decode("utf-8-sig")
        return tomllib.loads(text), raw, []
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        unreadable = RuleBookError(
            where=file.name,
            what=f"the file is not readable as TOML in UTF-8: {error}.",
            fix="Mend the place named; text stands in quotes, numbers in digits.",
        )
        if isinstance(error, UnicodeDecodeError):
            raise unreadable from error
    mended, slips = _set_aside(text)
    try:
        return tomllib.loads(mended), raw, slips
    except tomllib.TOMLDecodeError as error:
        raise unreadable from error


def _set_aside(text: str) -> tuple[str, list[str]]:
    """Bare numbers with look-alike letters put in quotes, and their lines."""
    slips: list[str] = []

    def quote(found: re.Match[str]) -> str:
        space, given = found.groups()
        hint = number_hint(given)
        if "where a digit belongs" not in hint:
            return found.group()
        line = text.count("\n", 0, found.start()) + 1
        slips.append(f"line {line}: {given} is no number.{hint}")
        return f'{space}"{given}"'

    return _BARE.sub(quote, text), slips

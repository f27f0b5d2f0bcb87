"""Scripts and styles without comments and idle spaces, for pages that carry them.

What is left keeps its lines: a statement without a semicolon ends where it ended, and
a line that a browser's error names can be found by its text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["bare_script", "bare_style"]

_COMMENT = r"/\*.*?\*/"
_QUOTED = r'"(?:[^"\\\n]|\\.)*"' + r"|'(?:[^'\\\n]|\\.)*'"
_SCRIPT = re.compile(
    rf"(?P<comment>//[^\n]*|{_COMMENT})|(?P<text>{_QUOTED})|(?P<space>\s+)"
    r"|(?P<word>[\w$]+)|(?P<mark>\+\+|--|=>|.)",
    re.DOTALL,
)
_STYLE = re.compile(
    rf"(?P<comment>{_COMMENT})|(?P<text>{_QUOTED}|url\([^)\"']*\))|(?P<space>\s+)"
    r"|(?P<mark>.)",
    re.DOTALL,
)
_TEMPLATE = re.compile(r".(?:[^`\\$]|\\.|\$(?!\{))*(?:`|\$\{)", re.DOTALL)
_PATTERN = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/\w*")
_LICENCE = re.compile(r"/\*(?:!|.*@(?:preserve|license))", re.DOTALL)
_BEFORE_PATTERN = frozenset(
    {"", "return", "typeof", "case", "in", "of", "delete", "void", "throw", "new"}
    | {"else", "do", "instanceof", "await", "=>", *"(,=:[!&|?{};+-*%~^<>"}
)
"""What stands before ``/`` where it opens a regular expression and is no division."""
_SCRIPT_MARKS = frozenset({"=>", *"{}()[],;:=?&|*%"})
_STYLE_MARKS = frozenset("{};,")
"""No space is needed beside these. Beside < and ! it is: ``<!--`` is a comment."""


def bare_script(script: str) -> str:
    r"""A script without comments, indentation and idle spaces; it does the same.

    Texts, templates and regular expressions stay as they are, and so do comments that
    state a licence (``/*!``, ``@preserve``, ``@license``). A regular expression is
    known by what stands before it, so that none may follow a closing bracket:
    ``if (yes) /a/.test(b)`` is taken for a division.

    Parameters
    ----------
    script : str
        JavaScript that a browser can read.

    Returns
    -------
    str
        The same statements on the same lines.

    Examples
    --------
    >>> bare_script("/* Adds. */\n  const add = (a, b) =>\n    a + b; // the sum")
    'const add=(a,b)=>\na + b;'
    >>> bare_script("const twice = `a  /* ${add(1, 1)} */`;")
    'const twice=`a  /* ${add(1,1)} */`;'
    """
    return _joined(_script_pieces(script), _SCRIPT_MARKS)


def bare_style(style: str) -> str:
    r"""A style sheet without comments, indentation and idle spaces; it does the same.

    Texts and addresses stay as they are, and so do comments that state a licence.

    Parameters
    ----------
    style : str
        CSS that a browser can read.

    Returns
    -------
    str
        The same rules on the same lines.

    Examples
    --------
    >>> bare_style("/* Quiet. */\np {\n  color: red; /* loud */\n}")
    'p{\ncolor: red;\n}'
    """
    pieces = ((str(one.lastgroup), one[0]) for one in _STYLE.finditer(style))
    return _joined(pieces, _STYLE_MARKS)


def _script_pieces(script: str) -> Iterator[tuple[str, str]]:
    """Kind and text of every piece of a script, in order."""
    at, before = 0, ""
    opened: list[int] = []  # brackets open in each ${…} that holds the place
    while found := _SCRIPT.match(script, at):
        kind, piece = str(found.lastgroup), found[0]
        if piece == "}" and opened and not opened[-1]:
            opened.pop()
            kind, piece = "text", _rest(_TEMPLATE, script, at)
        elif piece == "`":
            kind, piece = "text", _rest(_TEMPLATE, script, at)
        elif piece == "/" and before in _BEFORE_PATTERN:
            kind, piece = "text", _rest(_PATTERN, script, at)
        elif piece in ("{", "}") and opened:
            opened[-1] += 1 if piece == "{" else -1
        if kind == "text" and piece[0] in "`}" and piece.endswith("${"):
            opened.append(0)
            before = ""
        elif kind not in ("space", "comment"):
            before = piece
        yield kind, piece
        at += len(piece)


def _rest(pattern: re.Pattern[str], script: str, at: int) -> str:
    """The whole of the template or regular expression that begins here."""
    found = pattern.match(script, at)
    return found[0] if found else script[at]


def _joined(pieces: Iterable[tuple[str, str]], marks: frozenset[str]) -> str:
    """The pieces, with as little between them as keeps them and their lines apart."""
    told: list[str] = []
    gap: list[str] = []
    for kind, piece in pieces:
        if kind == "space" or (kind == "comment" and not _LICENCE.match(piece)):
            gap.append(piece)
            continue
        if gap and told:
            told.append(_narrowed(gap, idle=piece in marks or told[-1] in marks))
        gap.clear()
        told.append(piece)
    return "".join(told)


def _narrowed(gap: list[str], *, idle: bool) -> str:
    """A line's end if there was one, else a space; to CSS a comment is no space."""
    if any("\n" in piece for piece in gap):
        return "\n" if any(piece.isspace() for piece in gap) else "/*\n*/"
    if idle:
        return ""
    return " " if any(piece.isspace() for piece in gap) else "/**/"

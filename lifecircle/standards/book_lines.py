"""On which line of its file each problem of a rule book stands."""

from __future__ import annotations

import re
from collections import Counter

__all__ = ["with_lines"]

_HEADER = re.compile(r"\s*\[\[?\s*([\w.]+)\s*\]")
_ID = re.compile(r"""\s*id\s*=\s*["'](.*?)["']""")
_QUOTED = re.compile(r"'([^']+)'")

Block = tuple[str, int, list[str]]
"""Name (an id, ``book``, or ``rule 3``), first line, lines."""


def with_lines(problems: list[str], text: str) -> list[str]:
    r"""Put the line in front of every problem that can be found in the file.

    The parser tells no lines: within the rule that a problem begins with, it is the
    first line that holds what the problem quotes, else its key, else the rule's own
    first line. What stands in another file (an inherited rule) stays as it is.

    Parameters
    ----------
    problems : list of str
        ``place: what``, from ``rule_schema``.
    text : str
        The file.

    Returns
    -------
    list of str
        ``line N, place: what``.

    Examples
    --------
    >>> text = '[[rule]]\nid = "A"\nforce = "shuld"\n'
    >>> with_lines(["A: force 'shuld' is not known.", "A: kind is missing."], text)
    ["line 3, A: force 'shuld' is not known.", 'line 1, A: kind is missing.']
    """
    blocks = _blocks(text)
    seen: Counter[str] = Counter()
    found = []
    for problem in problems:
        place, _, what = problem.partition(": ")
        named = [block for block in blocks if block[0] == place]
        # The second of two rules with one id has the same problem once more.
        block = named[min(seen[problem], len(named) - 1)] if named else None
        seen[problem] += 1
        line = f"line {_line(block, what)}, " if block else ""
        found.append(f"{line}{problem}")
    return found


def _blocks(text: str) -> list[Block]:
    blocks: list[Block] = [("book", 1, [])]
    counts: Counter[str] = Counter()
    for number, line in enumerate(text.splitlines(), start=1):
        header, named = _HEADER.match(line), _ID.match(line)
        part = header.group(1) if header else ""
        if part in ("rule", "reference"):
            counts[part] += 1
            blocks.append((f"{part} {counts[part]}", number, []))
        _, start, lines = blocks[-1]
        lines.append(line)
        if named and len(blocks) > 1:
            blocks[-1] = (named.group(1), start, lines)
    return blocks


def _line(block: Block, what: str) -> int:
    _, start, lines = block
    keys = what.split(" ")[0].split(".")[::-1]
    given = _QUOTED.findall(what)[:1]
    shapes = [rf"(?<!\w){re.escape(word)}(?!\w)" for word in given]
    shapes += [rf"(?<!\w){re.escape(key)}\s*=" for key in keys]
    shapes += [rf"\.{re.escape(key)}\s*\]" for key in keys]
    for shape in shapes:
        for offset, line in enumerate(lines):
            if re.search(shape, line):
                return start + offset
    return start

"""Rule books: every number of a source with its clause and quote.

A book is one TOML file: a ``[book]`` table, one ``[[rule]]`` a number, and what the
source reports as ``[[reference]]``. It is checked whole: every problem is named at
once, each with its rule. A book may inherit from another and change single rules.

Examples
--------
>>> [book for book in book_ids() if book.startswith("shanghai")]
['shanghai-2016', 'shanghai-2024-draft']
"""

from __future__ import annotations

from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecircle.errors import RuleBookError
from lifecircle.model import RuleBook
from lifecircle.standards.book_file import load_book
from lifecircle.standards.book_lines import with_lines
from lifecircle.standards.inherit import inherit, override_problems
from lifecircle.standards.rule_schema import book_problems
from lifecircle.standards.rule_tables import make_reference, make_rule
from lifecircle.standards.toml_values import nearest, table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable

__all__ = ["book_ids", "read_rule_book"]


def book_ids() -> tuple[str, ...]:
    """Ids of the rule books that come with the package.

    Returns
    -------
    tuple of str
        In alphabetical order.

    Examples
    --------
    >>> "hefei" in book_ids()
    True
    """
    shelf = files("lifecircle.standards").joinpath("books")
    names = [entry.name for entry in shelf.iterdir() if entry.name.endswith(".toml")]
    return tuple(sorted(name.removesuffix(".toml") for name in names))


def read_rule_book(book_id_or_path: str | Path) -> RuleBook:
    """Read and check a rule book.

    Parameters
    ----------
    book_id_or_path : str or Path
        An id of ``book_ids``, or the path of a ``.toml`` file. A file must be
        named after the book's id.

    Returns
    -------
    RuleBook
        Its rules in the order of the file, the inherited ones first, and the
        SHA-256 of the file (of a book that inherits: of the file and its parent's).

    Raises
    ------
    RuleBookError
        If there is no such book, books inherit in a ring, or anything in one is
        wrong; every problem is named with its rule.

    Examples
    --------
    >>> book = read_rule_book("hefei")
    >>> rule = book.rules[0]
    >>> rule.rule_id, rule.op, rule.value_min, rule.unit, rule.quote
    ('HF-R01', '>=', 30.0, 'm2', '分别按每百户不低于30平方米')
    """
    document, digest = _gather(_find(book_id_or_path), ())
    return _book(document, digest=digest)


def _gather(file: Traversable, heirs: tuple[str, ...]) -> tuple[dict[str, Any], str]:
    """The checked document of a book, with what it inherits, and its digest."""
    own, raw, slips = load_book(file)
    document, changed, digest = own, [], sha256(raw).hexdigest()
    parent_name = table(own, "book").get("inherits", "")
    if parent_name:
        chain = (*heirs, file.name)
        parent_file = _parent(file, parent_name, chain)
        parent, parent_digest = _gather(parent_file, chain)
        document = inherit(own, parent)
        changed = override_problems(own, parent)
        digest = sha256(raw + parent_digest.encode()).hexdigest()
    stem = file.name.removesuffix(".toml")
    problems = [*changed, *book_problems(document, stem=stem)]
    if problems:
        problems = with_lines(problems, raw.decode("utf-8-sig"))
        raise RuleBookError(
            where=file.name,
            what="\n".join([*slips, f"{len(problems)} problem(s):", *problems, ""]),
            fix="Mend each line of the rule book named above.",
        )
    return document, digest


def _parent(file: Traversable, name: object, chain: tuple[str, ...]) -> Traversable:
    """The file that a book inherits from: a known id, or a path beside it."""
    if not isinstance(name, str):
        raise RuleBookError(
            where=f"{file.name}, inherits",
            what=f"it is {name!r}; it must be text.",
            fix="Give the id of a known book, or a path such as 'other.toml'.",
        )
    beside = Path(str(file)).parent / name
    parent = _find(beside if name.endswith(".toml") else name)
    if parent.name in chain:
        raise RuleBookError(
            where=f"{file.name}, inherits",
            what=f"books inherit in a ring: {' -> '.join((*chain, parent.name))}.",
            fix="Let one of them stand alone.",
        )
    return parent


def _find(book_id_or_path: str | Path) -> Traversable:
    name = str(book_id_or_path)
    if name in book_ids():
        return files("lifecircle.standards").joinpath("books", f"{name}.toml")
    path = Path(book_id_or_path)
    if path.suffix == ".toml" and path.is_file():
        return path
    raise RuleBookError(
        where=name,
        what=f"there is no such rule book; known are {', '.join(book_ids())}."
        + nearest(name, book_ids()),
        fix="Give the id of a known book, or the path of a .toml file.",
    )


def _book(document: Mapping[str, Any], *, digest: str) -> RuleBook:
    book = document["book"]
    return RuleBook(
        book_id=book["id"],
        title_zh=book["title"]["zh"],
        title_en=book["title"]["en"],
        issuer=book["issuer"],
        published=book.get("date"),
        jurisdiction=book["jurisdiction"],
        source=book["source"],
        sha256=digest,
        rules=tuple(make_rule(rule, book["id"]) for rule in document["rule"]),
        status=book.get("status", "in_force"),
        references=tuple(
            make_reference(reference, book["id"])
            for reference in document.get("reference", [])
        ),
        inherits=book.get("inherits", ""),
    )

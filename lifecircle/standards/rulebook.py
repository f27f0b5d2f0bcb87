"""Rule books: every number of a source with its clause and quote.

A book is one TOML file: a ``[book]`` table and one ``[[rule]]`` a number. It is
checked whole: every problem is named at once, each with its rule.

Examples
--------
>>> book_ids()
('decheng', 'hefei')
"""

from __future__ import annotations

import tomllib
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecircle.errors import RuleBookError
from lifecircle.model import Rule, RuleBook
from lifecircle.standards.rule_schema import book_problems, nearest

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
        Its rules in the order of the file, and the SHA-256 of the file.

    Raises
    ------
    RuleBookError
        If there is no such book, or anything in it is wrong; every problem is
        named with its rule.

    Examples
    --------
    >>> book = read_rule_book("hefei")
    >>> rule = book.rules[0]
    >>> rule.rule_id, rule.op, rule.value_min, rule.unit, rule.quote
    ('HF-R01', '>=', 30.0, 'm2', '分别按每百户不低于30平方米')
    """
    file = _find(book_id_or_path)
    raw = file.read_bytes()
    try:
        document = tomllib.loads(raw.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RuleBookError(
            where=file.name,
            what=f"the file is not readable as TOML in UTF-8: {error}.",
            fix="Mend the place named; text stands in quotes, numbers in digits.",
        ) from error
    problems = book_problems(document, stem=file.name.removesuffix(".toml"))
    if problems:
        raise RuleBookError(
            where=file.name,
            what=f"{len(problems)} problem(s):\n" + "\n".join(problems) + "\n",
            fix="Mend each line of the rule book named above.",
        )
    return _book(document, digest=sha256(raw).hexdigest())


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
        rules=tuple(_rule(rule, book["id"]) for rule in document["rule"]),
    )


def _rule(rule: Mapping[str, Any], book_id: str) -> Rule:
    test, source, scope = rule["test"], rule["source"], rule["scope"]
    facility, note = rule.get("facility", {}), rule.get("note", {})
    low, high = _band(test)
    population = scope.get("population", "all")
    walker = "elderly" if population == "elderly" else "adult"
    return Rule(
        rule_id=rule["id"],
        book_id=book_id,
        title_zh=rule["title"]["zh"],
        title_en=rule["title"]["en"],
        force=rule["force"],
        kind=rule["kind"],
        op=test["op"],
        value_min=low,
        value_max=high,
        unit=test["unit"],
        tolerance=_float(test.get("tolerance")),
        share=_float(test.get("share")),
        clause=source["clause"],
        quote=source["quote"],
        quote_exact=source["quote_exact"],
        authority=source["authority"],
        level=scope["level"],
        settlement="+".join(scope.get("settlement", [])) or "any",
        population=population,
        classes=tuple(facility.get("classes", ())),
        statuses=tuple(facility.get("status", ("built",))),
        area_basis=facility.get("area_basis", "unspecified"),
        walker=scope.get("walker", walker),
        target_date=rule.get("target_date"),
        note_zh=note.get("zh", ""),
        note_en=note.get("en", ""),
    )


def _float(value: float | None) -> float | None:
    return None if value is None else float(value)


def _band(test: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """Lowest and highest value that passes, as ``Rule`` holds them."""
    if test["op"] == "in":
        return float(test["min"]), float(test["max"])
    value = float(test["value"])
    return {
        ">=": (value, None),
        "<=": (None, value),
        "=": (value, value),
        "~": (value, value),
    }[test["op"]]

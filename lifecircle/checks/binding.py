"""Whom rules bind: adopted books, and rules of a place within them."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lifecircle.model import DistrictConfig, Rule, RuleBook

__all__ = ["binding_of", "binds", "places_of"]


def binding_of(config: DistrictConfig, book: RuleBook) -> str:
    """Whether a book binds the district: adopted by id, or by a file named after it.

    Parameters
    ----------
    config : DistrictConfig
        ``adopted_books``.
    book : RuleBook
        A book held against the district.

    Returns
    -------
    {"adopted", "reference"}

    Examples
    --------
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> binding_of(toy.district.config, read_rule_book("hefei"))
    'adopted'
    """
    adopted = {
        PurePath(name).stem if name.endswith(".toml") else name
        for name in config.adopted_books
    }
    return "adopted" if book.book_id in adopted else "reference"


def places_of(config: DistrictConfig, books: tuple[RuleBook, ...]) -> frozenset[str]:
    """Where the district lies: the jurisdictions of the books that it adopts.

    Parameters
    ----------
    config : DistrictConfig
        ``adopted_books``.
    books : tuple of RuleBook
        All books held against the district.

    Returns
    -------
    frozenset of str
        Such as ``CN-AH-340100``.

    Examples
    --------
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> places_of(toy.district.config, (read_rule_book("hefei"),))
    frozenset({'CN-AH-340100'})
    """
    adopted = (book for book in books if binding_of(config, book) == "adopted")
    return frozenset(book.jurisdiction for book in adopted)


def binds(
    rule: Rule, book: RuleBook, *, config: DistrictConfig, places: frozenset[str]
) -> bool:
    """Whether a rule binds the district: its book is adopted, and it is of this place.

    A national book quotes numbers of single provinces and cities (``jurisdiction`` of
    the rule): adopting the book does not put the district there. Such a rule binds
    only within its place, as the other adopted books tell it; elsewhere it is 参照
    (RULES.md 0b.4).

    Parameters
    ----------
    rule : Rule
        Of the book: ``jurisdiction``, empty for all whom the book binds.
    book : RuleBook
        A book held against the district.
    config : DistrictConfig
        ``adopted_books``.
    places : frozenset of str
        From ``places_of``.

    Returns
    -------
    bool

    Examples
    --------
    The rule of Anhui for rooms for the elderly binds in Hefei, that of Guizhou not.

    >>> from dataclasses import replace
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> book = read_rule_book("elderly-rooms")
    >>> rules = {rule.rule_id: rule for rule in book.rules}
    >>> config = replace(toy.district.config, adopted_books=("hefei", "elderly-rooms"))
    >>> places = places_of(config, (read_rule_book("hefei"), book))
    >>> [
    ...     binds(rules[name], book, config=config, places=places)
    ...     for name in ("AH-01", "GZ-01a")
    ... ]
    [True, False]
    """
    if binding_of(config, book) != "adopted":
        return False
    # 340000 is the province and 340100 the city: ever shorter beginnings.
    within = rule.jurisdiction.removesuffix("00").removesuffix("00")
    return any(place.startswith(within) for place in places)

"""The catalogue of facility classes: codes, labels, map symbols.

The classes stand in ``facility_classes.toml``; adding one touches no code.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["OTHER", "Catalogue", "read_catalogue"]

OTHER = "OTHER"
"""The class of a place that is none of ours, or not known to be: never judged."""


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """All facility classes, in the order of their file.

    Attributes
    ----------
    codes : tuple of str
        Codes such as ``"ELD.CANTEEN"``; origins (compounds, buildings) included.
    origins : frozenset of str
        Codes of the demand side, which are no facilities.
    labels_zh, labels_en, symbols : Mapping[str, str]
        By code; a symbol is one Chinese character, a class each its own.
    synonyms : Mapping[str, tuple of str]
        Other Chinese names of a class, by code.
    """

    codes: tuple[str, ...]
    origins: frozenset[str]
    labels_zh: Mapping[str, str]
    labels_en: Mapping[str, str]
    symbols: Mapping[str, str]
    synonyms: Mapping[str, tuple[str, ...]]


@cache
def _entries() -> dict[str, dict[str, Any]]:
    source = files("lifecircle.standards").joinpath("facility_classes.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def _mapping(field: str) -> Mapping[str, Any]:
    return MappingProxyType({code: entry[field] for code, entry in _entries().items()})


@cache
def read_catalogue() -> Catalogue:
    """Read the facility classes that come with the package.

    Returns
    -------
    Catalogue
        Codes, labels, symbols and synonyms; the same object at every call.

    Examples
    --------
    >>> catalogue = read_catalogue()
    >>> catalogue.labels_zh["ELD.CANTEEN"], catalogue.symbols["ELD.CANTEEN"]
    ('老年食堂', '食')
    >>> len(catalogue.codes)
    47
    """
    entries = _entries()
    return Catalogue(
        codes=tuple(entries),
        origins=frozenset(
            code for code, entry in entries.items() if entry.get("kind") == "origin"
        ),
        labels_zh=_mapping("zh"),
        labels_en=_mapping("en"),
        symbols=_mapping("symbol"),
        synonyms=MappingProxyType(
            {code: tuple(entry["synonyms"]) for code, entry in entries.items()}
        ),
    )

"""Words in a column of choices or classes to ours, as far as they are known."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from lifecircle.standards.catalogue import OTHER, provider_labels, read_catalogue
from lifecircle.standards.source_labels import amap_domains
from lifecircle.tables.aliases import aliases, spoken
from lifecircle.tables.cells import to_text
from lifecircle.tables.labels import join_levels
from lifecircle.tables.parse import SEPARATORS, choose, class_codes, nearest_class

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lifecircle.tables.schemas import Field
    from lifecircle.tables.survey import Layer

__all__ = ["guess_provider", "guess_values"]

_MOST_WORDS = 200
"""A column with more different words is no column of classes."""


_AMAP_CODES = re.compile(r"\d{6}(\|\d{6})*")
_FEWEST_LABELS = 0.5
"""Share of a column's cells that must be labels of a map service."""


def guess_provider(layer: Layer) -> tuple[str, str]:
    """Whose labels a layer's points bear, and in which column or columns.

    Parameters
    ----------
    layer : Layer
        As looked at.

    Returns
    -------
    tuple of str
        ``"baidu"`` (一级;二级, the first of which the catalogue knows) or ``"amap"``
        (six-digit codes, or 大类;中类;小类) and the column, or those that hold a level
        each, joined by ``;``; twice ``""`` if there is none.

    Examples
    --------
    >>> from pathlib import Path
    >>> from lifecircle.tables.survey import Layer
    >>> def layer(**columns):
    ...     return Layer(Path("a"), names=(*columns,), samples=(*columns.values(),))
    >>> guess_provider(layer(name=["甲", "乙"], tag=["医疗;药店", "购物;超市"]))
    ('baidu', 'tag')
    >>> guess_provider(layer(typecode=["090601", "060400|060401"]))
    ('amap', 'typecode')
    >>> guess_provider(layer(type=["科教文化服务;学校;小学", "生活服务;邮局;邮局"]))
    ('amap', 'type')
    >>> guess_provider(layer(大类=["科教文化服务"], 中类=["学校"], 小类=["小学"]))
    ('amap', '大类;中类;小类')
    """
    cells = dict(zip(layer.names, layer.samples, strict=True))
    theirs = {plain: name for name, plain in spoken(layer).items()}
    for levels in aliases()["labels"]["levels"]:
        named = [theirs[level] for level in levels if level in theirs]
        if len(named) == len(levels):
            cells[";".join(named)] = join_levels(cells[name] for name in named)
    known = {label.split(";")[0] for label in provider_labels("baidu")}
    for name, column in cells.items():
        texts = [text for cell in column if (text := to_text(cell))]
        parts = [re.split("[;；]", text.split("|")[0]) for text in texts]
        baidu = sum(len(one) == 2 and one[0] in known for one in parts)
        amap = sum(
            bool(_AMAP_CODES.fullmatch(text))
            or (len(one) == 3 and one[0] in amap_domains())
            for text, one in zip(texts, parts, strict=True)
        )
        for provider, count in (("baidu", baidu), ("amap", amap)):
            if texts and count >= _FEWEST_LABELS * len(texts):
                return provider, name
    return "", ""


@cache
def _class_names() -> dict[str, str]:
    """Label or synonym to class; ``""`` for a synonym of several classes."""
    catalogue = read_catalogue()
    codes = [code for code in catalogue.codes if code not in catalogue.origins]
    named: dict[str, str] = {}
    for code in codes:
        for name in catalogue.synonyms[code]:
            named[name] = "" if name in named else code
    return named | {catalogue.labels_zh[code]: code for code in codes}


def _told(word: str) -> str:
    """A word that is not known, with the classes between which it does not decide."""
    catalogue = read_catalogue()
    codes = [code for code in catalogue.codes if word in catalogue.synonyms[code]]
    return f"{word}（{'、'.join(codes)}？）" if codes else word


def _class_of(word: str) -> str:
    """A class for a word: its own name, a synonym, or the most like; ``""`` = none."""
    if word in class_codes():
        return word
    if word in _class_names():
        return _class_names()[word]
    return nearest_class(word).split("（")[0]


def _parts(word: str) -> list[str]:
    """The classes that a cell of several names; a name that is known stays whole."""
    if word in _class_names():
        return [word]
    return [part.strip() for part in SEPARATORS.split(word) if part.strip()]


def guess_values(
    cells: Mapping[str, Sequence[Any]],
    fields: Mapping[str, Field],
    words: Mapping[str, Mapping[str, str]],
) -> tuple[dict[str, dict[str, str]], dict[str, tuple[str, ...]]]:
    """Guess what the words in a layer's columns of choices and classes mean.

    Parameters
    ----------
    cells : Mapping[str, sequence]
        Our column -> what stands in the file.
    fields : Mapping[str, Field]
        The table's columns.
    words : Mapping[str, Mapping[str, str]]
        Our column -> known word -> ours.

    Returns
    -------
    tuple of dict
        Our column -> word -> ours for words that are not ours already; and our
        column -> words that are not known. A class that is not known is mapped to
        ``OTHER``, so that its rows are kept and not judged.

    Examples
    --------
    >>> from lifecircle.tables.facts import schema_of
    >>> fields = schema_of("facilities").readable
    >>> given = {"facility_class": ["药店", "洗车"], "status": ["在建", "停业"]}
    >>> mapped, unknown = guess_values(given, fields, {"status": {"在建": "planned"}})
    >>> mapped["facility_class"], unknown["status"]
    ({'洗车': 'OTHER', '药店': 'HLT.PHARM'}, ('停业',))
    """
    mapped: dict[str, dict[str, str]] = {}
    unknown: dict[str, tuple[str, ...]] = {}
    for ours, column in cells.items():
        kind = fields[ours].kind
        found = sorted({text for cell in column if (text := to_text(cell))})
        if kind == "classes":
            found = sorted({part for word in found for part in _parts(word)})
        if len(found) > _MOST_WORDS or kind not in ("choice", "class", "classes"):
            continue
        if kind == "choice":
            known = words.get(ours, {})
            foreign = [w for w in found if choose(w) not in fields[ours].choices]
            meant = {word: known.get(word, "") for word in foreign}
        else:
            meant = {word: _class_of(word) for word in found}
        lost = tuple(word for word, one in meant.items() if not one)
        if kind != "choice":
            lost = tuple(map(_told, lost))
            meant = {word: one or OTHER for word, one in meant.items()}
        mapped |= {ours: {w: o for w, o in meant.items() if o and w != o}}
        unknown |= {ours: lost} if lost else {}
    return {ours: one for ours, one in mapped.items() if one}, unknown

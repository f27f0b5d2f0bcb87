"""Every table that a district file may name; registers have a column for every fact."""

from __future__ import annotations

import difflib
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from lifecircle.standards.facts import facts
from lifecircle.standards.kinds import LEVELS
from lifecircle.tables.schemas import OUTLINES, SCHEMAS, Field, Schema

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecircle.standards.facts import Fact

__all__ = ["TABLES", "nearest_fact", "schema_of"]

TABLES = (*SCHEMAS, *OUTLINES, "registers")
"""What a district file may name as a source."""

_OTHER_UNITS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "人": ("名", "口", "位", "persons"),
        "个": ("家", "支", "处", "块", "项"),
        "m2": ("m²", "㎡", "平方米", "平米", "平", "sqm"),
        "小时": ("h", "时"),
        "天": ("日",),
        "层": ("楼", "f"),
        "床": ("张",),
    }
)
"""Units that may stand in a cell for the one of a fact."""

_MAY_BE_NEGATIVE = ("层",)
"""Units that count downwards too: cellars."""


def _field_of(fact: Fact) -> Field:
    if fact.type != "number":
        return Field(fact.name, "flag" if fact.type == "flag" else "list")
    whole = fact.unit.replace("²", "2")
    short = whole.split("/")[0]
    units = tuple(dict.fromkeys((whole, short, *_OTHER_UNITS.get(short, ()))))
    least = None if short in _MAY_BE_NEGATIVE else 0.0
    most = 100.0 if short == "%" else None
    return Field(fact.name, "number", least=least, most=most, units=units)


@cache
def schema_of(table: str) -> Schema:
    """The schema of a table; that of ``registers`` has a column for every fact.

    Parameters
    ----------
    table : str
        Of ``TABLES``.

    Returns
    -------
    Schema
        The same object at every call.

    Examples
    --------
    >>> schema_of("registers").readable["windows"].units
    ('个', '家', '支', '处', '块', '项')
    """
    if table != "registers":
        return OUTLINES.get(table) or SCHEMAS[table]
    level = Field("level", "choice", required=True, choices=LEVELS)
    of_facts = (_field_of(fact) for fact in facts().values())
    unit = Field("unit_id", "id", required=True)
    return Schema("registers", (level, unit, *of_facts), (), ("level", "unit_id"))


def nearest_fact(name: str) -> str:
    """The fact most like a name, ours or Chinese.

    Parameters
    ----------
    name : str
        What was written.

    Returns
    -------
    str
        Name and label, or ``""`` if nothing is like it.

    Examples
    --------
    >>> nearest_fact("windws"), nearest_fact("服务窗口")
    ('windows（综合服务窗口）', 'windows（综合服务窗口）')
    """
    names = {"level": "level", "unit_id": "unit_id"}
    for fact in facts().values():
        names |= {fact.name: fact.name, fact.zh: fact.name}
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    found = names[close[0]] if close else ""
    return f"{found}（{facts()[found].zh}）" if found in facts() else found

"""Facts of registers: what a rule needs beyond the tables.

Facts stand in ``facts.toml``; adding one touches no code.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["TABLE_QUANTITIES", "Fact", "facts"]

TABLE_QUANTITIES = ("persons", "elderly", "households", "planned_dwellings")
"""What a rule may divide by that the tables themselves hold."""


class Fact(NamedTuple):
    """One fact of a register.

    ``type``: number, flag (1 = yes, 0 = no) or list (text).
    """

    name: str
    zh: str
    en: str
    unit: str
    type: str


@cache
def facts() -> Mapping[str, Fact]:
    """All facts, in the order of their file.

    Returns
    -------
    Mapping[str, Fact]
        By name; the same object at every call.

    Examples
    --------
    >>> facts()["windows"].zh, facts()["windows"].type
    ('综合服务窗口', 'number')
    """
    source = files("lifecircle.standards").joinpath("facts.toml")
    entries = tomllib.loads(source.read_text(encoding="utf-8"))
    return MappingProxyType(
        {name: Fact(name, **entry) for name, entry in entries.items()}
    )

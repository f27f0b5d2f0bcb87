"""The ``[district.part]`` section: which part of a city's files the district is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lifecircle.tables._keys import Keys

__all__ = ["part_settings"]

MOST_CONTEXT_M = 100_000.0


def part_settings(keys: Keys) -> dict[str, Any]:
    """The section as fields of a ``DistrictConfig``.

    Parameters
    ----------
    keys : Keys
        The ``[district]`` section.

    Returns
    -------
    dict
        ``part`` and, if it is set, ``context_m``; nothing without the section. Faults
        are noted.

    Examples
    --------
    >>> from lifecircle.tables._keys import Keys
    >>> part = {"communities": {"区县": ["蜀山区"]}, "context_m": 6000}
    >>> part_settings(Keys({"part": part}, "district", [], "district.toml"))
    {'part': {'区县': ('蜀山区',)}, 'context_m': 6000.0}
    """
    part = keys.section("part")
    if "part" not in keys.given:
        return {}
    columns = part.section("communities")
    part.required("communities", part.given.get("communities"))
    wanted = {
        column: columns.required(column, columns.texts(column))
        for column in columns.given
    }
    if not columns.given and "communities" in part.given:
        part.report("config_missing_key", "communities")
    for column, values in wanted.items():
        if not values:
            columns.report("config_missing_key", column)
    context_m = part.number("context_m", least=0.0, most=MOST_CONTEXT_M)
    part.finish()
    return {
        "part": wanted,
        **({} if context_m is None else {"context_m": context_m}),
    }

"""The ``[walk]`` section of the district file: walkers, streets, the hour."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from lifecircle.errors import TableError
from lifecircle.hours import day_minute
from lifecircle.standards.walkers import walker_profiles

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from lifecircle.model import Walker
    from lifecircle.tables._keys import Keys

__all__ = ["WALKERS", "walk_settings"]

WALKERS: Mapping[str, Walker] = MappingProxyType(
    {name: walker_profiles()[name] for name in ("adult", "elderly")}
)
"""Walkers where the district file names none; no Chinese standard has speeds."""

_FASTEST_M_PER_S = 3.0


def walk_settings(keys: Keys, folder: Path) -> dict[str, Any]:
    """The ``[walk]`` section as fields of a ``DistrictConfig``.

    Parameters
    ----------
    keys : Keys
        The section.
    folder : Path
        Folder of the district file.

    Returns
    -------
    dict
        What is set, and the defaults of the rest; faults are noted.

    Examples
    --------
    >>> from pathlib import Path
    >>> from lifecircle.tables._keys import Keys
    >>> keys = Keys({"at": "8:00"}, "walk", [], "district.toml")
    >>> walk_settings(keys, Path())["walk_at"]
    '08:00'
    """
    off_road = keys.number("max_off_road_m", least=0.0, most=2000.0)
    raster = keys.text("elevation")
    walkers = dict(WALKERS)
    profiles = walker_profiles()
    section = keys.section("walkers")
    for name in list(section.given):
        if name in profiles:
            walkers[name] = _walker(section.section(name), profiles[name])
        else:
            section.unknown(name, tuple(profiles), "config_unknown_walker")
    return {
        "walkers": walkers,
        "max_off_road_m": 100.0 if off_road is None else off_road,
        "node_lines_m": keys.number("node_lines_m", least=0.0, most=20.0),
        "join_islands_m": keys.number("join_islands_m", least=0.0, most=100.0),
        "elevation": folder / raster if raster else None,
        "walk_at": _hour(keys),
    }


def _hour(keys: Keys) -> str:
    """The hour of the walks as HH:MM; ``""`` if none is set, or not a time."""
    said = keys.text("at")
    if not said:
        return ""
    try:
        minute = day_minute(said)
    except TableError:
        keys.report("config_hour", "at", value=said)
        return ""
    return f"{minute // 60:02d}:{minute % 60:02d}"


def _walker(keys: Keys, profile: Walker) -> Walker:
    """A profile with what the district file sets."""
    limits = {
        "speed_m_per_s": (0.1, _FASTEST_M_PER_S),
        "steps_factor": (1.0, 20.0),
        "signal_delay_s": (0.0, 600.0),
        "footbridge_delay_s": (0.0, 600.0),
    }
    numbers = {
        name: keys.number(name, least=least, most=most)
        for name, (least, most) in limits.items()
    }
    source = keys.text("source")
    given: dict[str, Any] = {
        "steps": keys.choice("steps", ("yes", "no"), profile.steps),
        "slope": keys.choice("slope", ("tobler", "naismith", "none"), profile.slope),
        **{name: value for name, value in numbers.items() if value is not None},
    }
    keys.finish()
    if source or "speed_m_per_s" in given:
        given["source"] = source or "district file"
    if "speed_m_per_s" in given:
        given |= {"slow_m_per_s": None, "fast_m_per_s": None}
    return replace(profile, **given)

"""Walker profiles as data: speed, steps, crossings, slope, with their sources."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from lifecircle.model import Walker

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["walker_profiles", "walker_sources"]


@cache
def _data() -> dict[str, Any]:
    path = files("lifecircle.standards").joinpath("walkers.toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


def walker_profiles() -> Mapping[str, Walker]:
    """Every walker profile: adult, elderly, pram.

    Returns
    -------
    Mapping of str to Walker
        By name. A district uses adult and elderly, and pram if its file names it.

    Examples
    --------
    >>> pram = walker_profiles()["pram"]
    >>> pram.speed_m_per_s, pram.steps
    (1.0, 'no')
    """
    return MappingProxyType(
        {
            name: Walker(name=name, **values)
            for name, values in _data().items()
            if name != "sources"
        }
    )


def walker_sources() -> Mapping[str, str]:
    """Where the values of the profiles beside the speeds come from.

    Returns
    -------
    Mapping of str to str
        By field of ``Walker``.

    Examples
    --------
    >>> sorted(walker_sources())
    ['footbridge_delay_s', 'signal_delay_s', 'slope', 'steps_factor']
    """
    return MappingProxyType(dict(_data()["sources"]))

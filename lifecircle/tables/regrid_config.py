"""The ``[regrid]`` section of a district file: bands, weights, stability."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lifecircle.model import RegridSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecircle.tables._keys import Keys

__all__ = ["regrid_settings"]

_MOST_HOUSEHOLDS = 1_000_000.0
_HEAVIEST = 1_000_000.0


def regrid_settings(keys: Keys) -> RegridSettings:
    """The settings of a plan, checked; what is not given has its default.

    Parameters
    ----------
    keys : Keys
        The section; faults are noted in it.

    Returns
    -------
    RegridSettings

    Examples
    --------
    >>> from lifecircle.tables._keys import Keys
    >>> given = Keys({"households": [280, 520]}, "regrid", [], "district.toml")
    >>> regrid_settings(given).households
    (280, 520)
    """
    default = RegridSettings()
    seed = keys.number("seed", least=0.0, most=2.0**31 - 1)
    return RegridSettings(
        households=_band(keys, "households", default.households),
        community_households=_band(
            keys, "community_households", default.community_households
        ),
        stability=_number(keys, "stability", default.stability, most=1.0),
        border=_weights(keys, "border", default.border),
        compactness=_number(keys, "compactness", default.compactness),
        grids=_number(keys, "grids", default.grids),
        balance=_number(keys, "balance", default.balance),
        workload=_weights(keys, "workload", default.workload),
        split=keys.number("split", least=0.0, most=_HEAVIEST),
        subdistricts=keys.choice("subdistricts", ("keep", "cross"), "keep"),
        communities=keys.choice("communities", ("none", "merge", "split"), "none"),
        seed=default.seed if seed is None else int(seed),
    )


def _number(keys: Keys, name: str, default: float, most: float = _HEAVIEST) -> float:
    value = keys.number(name, least=0.0, most=most)
    return default if value is None else value


def _weights(
    keys: Keys, name: str, default: Mapping[str, float]
) -> Mapping[str, float]:
    section = keys.section(name)
    weights = {key: _number(section, key, value) for key, value in default.items()}
    section.finish()
    return weights


def _band(keys: Keys, name: str, default: tuple[int, int]) -> tuple[int, int]:
    """Two whole numbers, the lower first."""
    if name not in keys.given:
        return default
    ends = keys.numbers(name, least=1.0, most=_MOST_HOUSEHOLDS)
    whole = all(end.is_integer() for end in ends)
    if len(ends) == 2 and whole and ends[0] <= ends[1]:
        return int(ends[0]), int(ends[1])
    if len(ends) == len(keys.given[name]):
        keys.report("config_band", name, value=keys.given[name])
    return default

"""Life circles: which there are, which a rule is about, what they say of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lifecircle.checks.places import member_pairs
from lifecircle.model import MOST_OUTSIDE

if TYPE_CHECKING:
    import numpy.typing as npt
    from pandas import DataFrame, Series

    from lifecircle.checks.inputs import Inputs
    from lifecircle.model import Rule

__all__ = ["circle_facts", "circle_mask", "has_circles"]


def has_circles(inputs: Inputs, rule: Rule) -> bool:
    """Whether there are life circles of a rule's tier.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        ``circle``: the tier; empty = any.

    Returns
    -------
    bool

    Examples
    --------
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> has_circles(prepare(toy.district, None), read_rule_book("hefei").rules[0])
    False
    """
    return bool(_of_tier(inputs.district.circles, rule).any())


def _of_tier(circles: DataFrame, rule: Rule) -> npt.NDArray[np.bool_]:
    if not rule.circle:
        return np.ones(len(circles), dtype=bool)
    return np.asarray(circles["tier"] == rule.circle, dtype=bool)


def circle_mask(circles: DataFrame, rule: Rule) -> npt.NDArray[np.bool_]:
    """Circles that a rule is about: those of its own tier and build.

    No tier stands in for another (GB 50180-2018 5.0.1, GB-23): each is tested alone.

    Parameters
    ----------
    circles : DataFrame
        ``tier``, ``build`` (None = not said: neither new nor old city).
    rule : Rule
        ``circle`` (empty = every tier), ``build``.

    Returns
    -------
    bool array

    Examples
    --------
    >>> import pandas as pd
    >>> from dataclasses import replace
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> circles = pd.DataFrame({"tier": ["15min", "5min"], "build": ["new", None]})
    >>> rule = replace(read_rule_book("hefei").rules[0], circle="5min")
    >>> circle_mask(circles, rule)
    array([False,  True])
    """
    mask = _of_tier(circles, rule)
    if rule.build in ("new", "old_city"):
        mask = mask & np.asarray(circles["build"] == rule.build)
    elif rule.build == "existing":
        mask = mask & np.asarray(circles["build"] != "new")
    return mask


def circle_facts(inputs: Inputs) -> dict[str, npt.NDArray[np.generic] | None]:
    """What circles say of themselves, and whose households are counted in them.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.

    Returns
    -------
    dict
        Columns in the order of the circles: ``tier``, ``build``, ``whole`` (its
        people and facilities are all known), ``basis`` of households;
        ``subdistrict_id`` is None, since a circle may lie in several.

    Examples
    --------
    >>> from lifecircle.checks.inputs import prepare
    >>> sorted(circle_facts(prepare(toy.district, None)))
    ['basis', 'build', 'subdistrict_id', 'tier', 'whole']
    """
    circles = inputs.district.circles
    row, unit = member_pairs(inputs, "circle")
    of = inputs.district.buildings["household_basis"].iloc[row]
    basis = of.groupby(unit).agg(_summed_basis).reindex(range(len(circles)))
    return {
        "subdistrict_id": None,
        "tier": circles["tier"].to_numpy(dtype=object),
        "build": circles["build"].to_numpy(dtype=object),
        "whole": circles["outside_share"].to_numpy(dtype=float) <= MOST_OUTSIDE,
        "basis": basis.fillna("sum_of_buildings").to_numpy(dtype=object),
    }


def _summed_basis(values: Series) -> str:
    bases = sorted({str(value) for value in values.dropna() if value})
    return "+".join((*bases, "sum_of_buildings"))

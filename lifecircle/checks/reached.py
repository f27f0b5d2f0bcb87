"""Who is served by every rule of reach, and who is not, at every level."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from lifecircle.checks.evaluate import skipped
from lifecircle.checks.inputs import prepare
from lifecircle.checks.measures.coverage import limit_of, reach_of, within_limit
from lifecircle.checks.measures.registry import REACH_KINDS
from lifecircle.checks.measures.straight import is_of_centres
from lifecircle.checks.rollup import SEVEN_LEVELS, WEIGHTS, unit_keys
from lifecircle.checks.units import estimated, in_scope
from lifecircle.columns import REACHED

if TYPE_CHECKING:
    import numpy.typing as npt
    from pandas import DataFrame, Series

    from lifecircle.checks.inputs import Inputs
    from lifecircle.model import District, Findings, Rule

__all__ = ["roll_up_reach"]


class _Level(NamedTuple):
    """The units of a level, and the position of every building's among them."""

    name: str
    unit_ids: npt.NDArray[np.object_]
    unit: npt.NDArray[np.intp]
    weights: tuple[str, ...]


def roll_up_reach(
    district: District,
    access: DataFrame,
    findings: Findings,
    *,
    levels: tuple[str, ...] = SEVEN_LEVELS,
) -> DataFrame:
    """Who is served by every rule of reach, and who is not, at every level.

    The same yes or no of every building, summed: totals at every level agree to the
    last household. Only communities that a rule is about count; classes that a rule
    tests apart have rows of their own. Where a class is not declared complete, those
    not reached are ``not_assessed``, not unserved (RULES.md 0b.10). A unit in which
    the persons (or elderly) of one building are unknown has no rows for that weight.

    Parameters
    ----------
    district : District
        The checked tables.
    access : DataFrame
        ``columns.ACCESS``.
    findings : Findings
        From ``check``; its books name the rules.
    levels : tuple of str
        Of ``SEVEN_LEVELS``. Single buildings are counted in households only: whom
        they house stands in ``district.buildings``, and it shares their yes or no.

    Returns
    -------
    DataFrame
        ``columns.REACHED``, in the order of the rules, levels, weights, unit ids.

    Examples
    --------
    >>> from lifecircle.checks.evaluate import check
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> findings = check(toy.district, toy.access, read_rule_book("hefei"))
    >>> rows = roll_up_reach(toy.district, toy.access, findings)
    >>> meals = rows[(rows["rule_id"] == "HF-R10") & (rows["weight"] == "households")]
    >>> meals.groupby("level")["served"].sum().unique()
    array([600.])
    """
    inputs = prepare(district, access, books=findings.books)
    places = [_level(name, of) for name, of in unit_keys(district, levels).items()]
    people = {weight: _people(district.buildings, weight) for weight in WEIGHTS}
    frames = [
        frame
        for book in findings.books
        for whole in book.rules
        if _is_of_homes(whole) and not skipped(whole, district.config)
        for rule in _alone(whole)
        for frame in _rule_frames(inputs, rule, places, people)
    ]
    if not frames:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in REACHED})
    return pd.concat(frames, ignore_index=True)[list(REACHED)]


def _level(name: str, of: Series) -> _Level:
    unit, ids = pd.factorize(of, sort=True)
    weights = WEIGHTS[:1] if name == "building" else WEIGHTS
    return _Level(name, np.asarray(ids, dtype=object), unit, weights)


def _people(
    buildings: DataFrame, weight: str
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Amounts of every building (NaN = unknown), and the part that is estimated."""
    amounts = buildings[weight].to_numpy(dtype=float)
    # An empty building without a figure is empty, not unknown.
    empty = (buildings["households"] == 0).to_numpy() & np.isnan(amounts)
    amounts = np.where(empty, 0.0, amounts)
    return amounts, np.where(estimated(buildings, weight), amounts, 0.0)


def _is_of_homes(rule: Rule) -> bool:
    """Whether a rule asks which homes are within reach."""
    return bool(rule.kind in REACH_KINDS and rule.classes and not is_of_centres(rule))


def _alone(rule: Rule) -> list[Rule]:
    if rule.pool:
        return [rule]
    return [replace(rule, classes=(name,)) for name in rule.classes]


def _rule_frames(
    inputs: Inputs,
    rule: Rule,
    places: list[_Level],
    people: dict[str, tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]],
) -> list[DataFrame]:
    """Rows of one rule, level by level and weight by weight."""
    district = inputs.district
    about = set(in_scope(district.communities, rule)["community_id"])
    inside = district.buildings["community_id"].isin(about).to_numpy()
    reach, answered = reach_of(inputs, rule)
    near = within_limit(reach, limit_min=limit_of(rule))
    proven = answered and district.complete_classes.issuperset(rule.classes)
    masks = {
        "amount": inside,
        "served": inside & near,
        "unserved": inside & ~near & proven,
        "not_assessed": inside & ~near & (not proven),
    }
    frames = []
    for level in places:
        lived_in = _sums(level, np.where(inside, people["households"][0], 0.0)) > 0
        for weight in level.weights:
            amounts, guessed = people[weight]
            sums = {
                name: _sums(level, np.where(mask, amounts, 0.0))
                for name, mask in masks.items()
            }
            sums["estimated_amount"] = _sums(level, np.where(inside, guessed, 0.0))
            keep = lived_in & ~np.isnan(sums["amount"])
            frame = pd.DataFrame({name: part[keep] for name, part in sums.items()})
            frames.append(
                frame.assign(
                    rule_id=rule.rule_id,
                    facility_class="+".join(rule.classes),
                    level=level.name,
                    unit_id=level.unit_ids[keep],
                    weight=weight,
                    served_share=_share(sums)[keep],
                )
            )
    return frames


def _sums(level: _Level, amounts: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    sums = np.bincount(level.unit, amounts, minlength=len(level.unit_ids))
    return np.asarray(sums, dtype=float)


def _share(sums: dict[str, npt.NDArray[np.float64]]) -> npt.NDArray[np.float64]:
    """Share served; unknown where a part is not assessed, or there is nobody."""
    known = (sums["not_assessed"] == 0) & (sums["amount"] > 0)
    return sums["served"] / np.where(known, sums["amount"], np.nan)

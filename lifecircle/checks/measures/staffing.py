"""Staffing rules: windows, N+1, households for each member of staff."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lifecircle.checks.levels import scoped
from lifecircle.checks.measures.register import facts_of, missing_names
from lifecircle.checks.measures.rows import begin_rows, ends, shown_unit, told
from lifecircle.checks.verdicts import outside_by

if TYPE_CHECKING:
    import numpy.typing as npt
    from pandas import DataFrame

    from lifecircle.checks.inputs import Inputs
    from lifecircle.model import Rule

__all__ = [
    "households_per_staff_rows",
    "staff_formula_rows",
    "staff_needed",
    "window_rows",
    "windows_needed",
]

_ROUND = {"ceil": np.ceil, "floor": np.floor}


def windows_needed(
    persons: npt.NDArray[np.float64], *, per: float, rounding: str = "ceil"
) -> npt.NDArray[np.float64]:
    """Windows that a number of residents needs.

    ``ceil(persons / per)``: one window for 5,000 residents (Panzhihua PZ-R21;
    rounding is not stated in the source; RULES.md 3.1).

    Parameters
    ----------
    persons : float array
        Residents; NaN stays NaN.
    per : float
        Residents for each window.
    rounding : {"ceil", "floor", "none"}
        Of a part of a window.

    Returns
    -------
    float array
        Windows.

    Examples
    --------
    5,000 residents need one window, 5,001 two, 12,000 three.

    >>> windows_needed(np.array([5000.0, 5001.0, 12000.0]), per=5000)
    array([1., 2., 3.])
    """
    ratio = persons / per
    return np.asarray(_ROUND[rounding](ratio) if rounding in _ROUND else ratio)


def window_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Measure the windows of every unit against its residents.

    ``windows >= ceil(persons / per)`` (``windows_needed``).

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of kind ``persons_per_window``: ``inputs`` names the windows, ``per`` (else
        the rule's value) the persons for each.

    Returns
    -------
    DataFrame
        Rows for ``judge``; measured and threshold windows, denominator persons.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = replace(read_rule_book("hefei").rules[0], inputs=("windows",))
    >>> rule = replace(rule, kind="persons_per_window", per=500.0)
    >>> window_rows(prepare(toy.district, None), rule)["threshold_min"].tolist()
    [3.0, 1.0]
    """
    units, _ = scoped(inputs, rule)
    rows = begin_rows(units, rule, unit_of_measure="windows")
    name = rule.inputs[0] if rule.inputs else "windows"
    windows = facts_of(inputs, rule, name)
    persons, low, high = (
        units[f"persons{end}"].to_numpy(dtype=float) for end in ("", "_min", "_max")
    )
    per = float(rule.per or rule.value_max or 1.0)
    rounding = "ceil" if rule.rounding == "none" else rule.rounding
    needed, fewest, most = (
        windows_needed(count, per=per, rounding=rounding)
        for count in (persons, low, high)
    )
    reason = told(np.isnan(persons) & ~np.isnan(windows), "checks.persons_unknown")
    # What turns is the need, not the windows: shift them the other way.
    uncertain = fewest < most
    return rows.assign(
        op=">=",
        measured=windows,
        numerator=windows,
        denominator=persons,
        threshold_min=needed,
        threshold_max=np.nan,
        exposed=persons,
        affected_unit="persons",
        estimated_share=units["persons_share"].fillna(0.0).to_numpy(),
        reason=reason,
        missing_inputs=missing_names((name,), windows[None, :]),
        **ends(
            persons=(
                np.where(uncertain, windows - (most - needed), np.nan),
                np.where(uncertain, windows + (needed - fewest), np.nan),
            )
        ),
    )


def staff_needed(
    base: npt.NDArray[np.float64], *, extra: float
) -> npt.NDArray[np.float64]:
    """Staff that a centre needs: its windows and so many more.

    ``base + extra``: N + 1 (Panzhihua PZ-R22); without windows the number itself,
    as 1 head and 2 members of 1 + 2 + N (Baohe BH-R12). RULES.md 3.1.

    Parameters
    ----------
    base : float array
        Windows; 0 where the formula has none.
    extra : float
        The number added.

    Returns
    -------
    float array
        Staff.

    Examples
    --------
    Three windows need four members of staff; 434 grids need 434 heads and 868
    members.

    >>> staff_needed(np.array([3.0]), extra=1)
    array([4.])
    >>> 434 * 1, 434 * 2
    (434, 868)
    """
    return base + extra


def staff_formula_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Measure staff against a formula: N + 1, or so many in each unit.

    ``inputs[0] >= value + inputs[1]`` (``staff_needed``).

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of kind ``staff_formula``: ``inputs`` names the staff and, if the formula
        has one, the number it grows with.

    Returns
    -------
    DataFrame
        Rows for ``judge``; measured and threshold staff, denominator the base.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = replace(read_rule_book("hefei").rules[0], value_min=1.0)
    >>> rule = replace(rule, inputs=("elderly", "households"))
    >>> staff_formula_rows(prepare(toy.district, None), rule)["threshold_min"].tolist()
    [481.0, 121.0]
    """
    units, _ = scoped(inputs, rule)
    rows = begin_rows(units, rule, unit_of_measure=shown_unit(rule))
    facts = np.array([facts_of(inputs, rule, fact) for fact in rule.inputs[:2]])
    if not len(facts):
        facts = np.full((1, len(units)), np.nan)
    base = facts[1] if len(facts) > 1 else np.zeros(len(units))
    known = ~np.isnan(base)
    return rows.assign(
        op=">=",
        measured=np.where(known, facts[0], np.nan),
        numerator=facts[0],
        denominator=base if len(facts) > 1 else np.nan,
        threshold_min=staff_needed(base, extra=float(rule.value_min or 0.0)),
        threshold_max=np.nan,
        exposed=units["households"].to_numpy(dtype=float),
        missing_inputs=missing_names(rule.inputs[:2], facts),
    )


def households_per_staff_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Measure the households for each member of staff.

    ``households / inputs[0]``: about 300 a grid worker (Tongguanshan TG-R02, where
    the source misprints ``3OO``; RULES.md 3.1). A grid without staff is not
    assessed as a ratio; ``grids.staff`` answers where no register does.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of kind ``households_per_staff``.

    Returns
    -------
    DataFrame
        Rows for ``judge``; numerator households, denominator staff.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = replace(read_rule_book("decheng").rules[1], inputs=("elderly",))
    >>> households_per_staff_rows(prepare(toy.district, None), rule)[
    ...     "measured"
    ... ].tolist()
    [2.0, 2.0]
    """
    units, _ = scoped(inputs, rule)
    rows = begin_rows(units, rule, unit_of_measure="households_per_staff")
    name = rule.inputs[0] if rule.inputs else "staff"
    staff = facts_of(inputs, rule, name)
    households, low, high = (
        units[f"households{end}"].to_numpy(dtype=float) for end in ("", "_min", "_max")
    )
    known = np.where(staff > 0, staff, np.nan)
    reason = told(np.isnan(households), "checks.no_households")
    uncertain = outside_by(low, high, high) > 0
    return rows.assign(
        measured=households / known,
        numerator=households,
        denominator=staff,
        exposed=households,
        estimated_share=units["households_share"].fillna(0.0).to_numpy(),
        reason=np.where(staff == 0, "checks.no_staff", reason).astype(object),
        missing_inputs=missing_names((name,), staff[None, :]),
        **ends(
            households=(
                np.where(uncertain, low / known, np.nan),
                np.where(uncertain, high / known, np.nan),
            )
        ),
    )

"""The common form of a measure's rows: one per unit, blank where unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import numpy.typing as npt
    from pandas import DataFrame

    from lifecircle.model import Rule

__all__ = [
    "UNIT_COLUMNS",
    "band_of",
    "begin_rows",
    "ends",
    "rounded",
    "shown_unit",
    "told",
]

UNIT_COLUMNS = ("level", "unit_id", "unit_name", "subdistrict_id")

_NUMBERS = ("measured", "numerator", "denominator", "affected", "exposed")
_UNIT_NAMES = {"percent": "share"}
"""Rules name percentages; findings hold shares in [0, 1]."""


def shown_unit(rule: Rule) -> str:
    """Unit of what is measured: the rule's, or a share for a percentage.

    Parameters
    ----------
    rule : Rule
        ``unit``.

    Returns
    -------
    str
        The name of a ``unit_`` sentence.

    Examples
    --------
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> shown_unit(read_rule_book("decheng").rules[1])
    'households'
    """
    return _UNIT_NAMES.get(rule.unit, rule.unit)


def band_of(rule: Rule) -> tuple[float, float]:
    """Lowest and highest value that passes, in the unit of what is measured.

    Parameters
    ----------
    rule : Rule
        ``value_min``, ``value_max``, ``unit``.

    Returns
    -------
    tuple of float
        NaN where open; a percentage is divided by 100.

    Examples
    --------
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> band_of(read_rule_book("decheng").rules[1])
    (300.0, 500.0)
    """
    scale = 0.01 if rule.unit == "percent" else 1.0
    low, high = rule.value_min, rule.value_max
    return (
        float("nan") if low is None else low * scale,
        float("nan") if high is None else high * scale,
    )


def rounded(values: npt.NDArray[np.float64], rule: Rule) -> npt.NDArray[np.float64]:
    """Figures rounded as the rule compares them.

    Parameters
    ----------
    values : float array
        In the rule's own unit; a percentage is not yet a share.
    rule : Rule
        ``rounding``: a third is 33.33 % at two decimals (Decheng DC-R14).

    Returns
    -------
    float array

    Examples
    --------
    >>> from dataclasses import replace
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = replace(read_rule_book("hefei").rules[0], rounding="hundredth")
    >>> rounded(np.array([100 / 3]), rule)
    array([33.33])
    """
    return np.round(values, 2) if rule.rounding == "hundredth" else values


_ENDS = tuple(
    f"if_{name}_{end}"
    for name in ("households", "persons", "speed", "gates", "all")
    for end in ("min", "max")
)
"""Columns of ``ends``: there from the start, so that rows of all rules are alike."""


def begin_rows(units: DataFrame, rule: Rule, *, unit_of_measure: str) -> DataFrame:
    """Rows of a measure before anything is measured.

    Parameters
    ----------
    units : DataFrame
        ``Inputs.communities`` or ``Inputs.grids``, in scope of the rule.
    rule : Rule
        Gives operator and thresholds.
    unit_of_measure : str
        Of ``measured`` and the thresholds: the name of a ``unit_`` sentence.

    Returns
    -------
    DataFrame
        The units' columns, the rule's band, and NaN or None for the rest.

    Examples
    --------
    >>> from lifecircle.checks.units import community_units
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> rule = read_rule_book("hefei").rules[0]
    >>> rows = begin_rows(community_units(toy.district), rule, unit_of_measure="x")
    >>> rows[["threshold_min", "measured"]].values.tolist()
    [[30.0, nan], [30.0, nan]]
    """
    size = len(units)
    low, high = band_of(rule)
    texts = {
        "op": rule.op,
        "threshold_origin": "source",
        "unit_of_measure": unit_of_measure,
        "affected_unit": "households",
        "facility_class": "+".join(rule.classes) or None,
        "reason": None,
        "reason_if_short": None,
        "missing_inputs": None,
    }
    return pd.DataFrame(
        {
            **{name: units[name].to_numpy(dtype=object) for name in UNIT_COLUMNS},
            **{name: np.full(size, np.nan) for name in (*_NUMBERS, *_ENDS)},
            "threshold_min": np.full(size, low),
            "threshold_max": np.full(size, high),
            "basis": units["basis"].to_numpy(dtype=object),
            "estimated_share": units["estimated_share"].to_numpy(dtype=float),
            **{name: np.full(size, text, dtype=object) for name, text in texts.items()},
        }
    )


def ends(
    **figures: tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]],
) -> dict[str, npt.NDArray[np.float64]]:
    """Columns for what would be measured at the ends of an uncertain input.

    Parameters
    ----------
    **figures : tuple of float arrays
        Input (``households``, ``persons``, ``speed``, ``gates``, or ``all``
        together) -> what would be measured at either end of its range.

    Returns
    -------
    dict
        Columns ``if_<input>_min`` and ``if_<input>_max`` for ``judge``.

    Examples
    --------
    >>> list(ends(speed=(np.zeros(1), np.ones(1))))
    ['if_speed_min', 'if_speed_max']
    """
    return {
        f"if_{name}_{end}": values
        for name, pair in figures.items()
        for end, values in zip(("min", "max"), pair, strict=True)
    }


def told(mask: npt.NDArray[np.bool_], sentence: object) -> npt.NDArray[np.object_]:
    """A sentence key where the mask is set, else None.

    Parameters
    ----------
    mask : bool array
        Rows that it holds for.
    sentence : str or array of str or None
        The key, or one for every row.

    Returns
    -------
    object array

    Examples
    --------
    >>> told(np.array([True, False]), "checks.no_input").tolist()
    ['checks.no_input', None]
    """
    said = np.full(len(mask), None, dtype=object)
    chosen = np.broadcast_to(np.asarray(sentence, dtype=object), len(mask))
    said[mask] = chosen[mask]
    return said

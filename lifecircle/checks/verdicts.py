"""From measured figures to verdicts: the one place where a threshold is applied.

A measure hands over one row per unit: ``measured``, ``threshold_min``,
``threshold_max`` (NaN = open), and why a row could not be judged: ``reason`` (never)
or ``reason_if_short`` (a part is unknown, so only a pass is proven).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt
    from pandas import DataFrame

    from lifecircle.model import Rule

__all__ = ["UNCERTAIN", "judge", "judge_all", "outside_by", "within"]

_SLACK = 1e-9
"""Relative slack, so that 870 m² for 2,900 households is 30, not 29.999…"""


def outside_by(
    measured: npt.NDArray[np.float64],
    low: npt.NDArray[np.float64],
    high: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """How far a figure lies outside its band, in its own unit.

    ``max(low - measured, measured - high, 0)``; a NaN bound is open, a NaN figure
    stays NaN.

    Parameters
    ----------
    measured, low, high : float arrays
        Of one length and unit.

    Returns
    -------
    float array
        0 within the band, ends included; never negative.

    Examples
    --------
    >>> figures = np.array([28.0, 30.0, 520.0])
    >>> outside_by(figures, np.array([30.0, 30, 300]), np.array([np.nan, np.nan, 500]))
    array([ 2.,  0., 20.])
    """
    slack = _SLACK * np.maximum(1.0, np.abs(measured))
    short = np.where(np.isnan(low), 0.0, low - measured)
    over = np.where(np.isnan(high), 0.0, measured - high)
    distance = np.maximum(short, over)
    return np.where(distance <= slack, 0.0, distance)


def within(
    measured: npt.NDArray[np.float64],
    low: npt.NDArray[np.float64],
    high: npt.NDArray[np.float64],
) -> npt.NDArray[np.bool_]:
    """Whether a figure lies in its band, ends included; NaN does not.

    Parameters
    ----------
    measured, low, high : float arrays
        Of one length and unit; a NaN bound is open.

    Returns
    -------
    bool array

    Examples
    --------
    >>> within(np.array([300.0, 501.0]), np.full(2, 300.0), np.full(2, 500.0))
    array([ True, False])
    """
    return np.asarray(outside_by(measured, low, high) == 0.0)


UNCERTAIN = {
    "households": "estimated_households",
    "persons": "estimated_persons",
    "speed": "walking_speed",
    "gates": "unknown_gates",
}
"""Inputs with a range -> their names in ``depends_on``."""


def judge(rows: DataFrame, rule: Rule, *, binding: str) -> DataFrame:
    """Add verdict, tolerant verdict, shortfall and reason to measured rows.

    Without a strict band (``~``, or no share named by anyone) and for achievements
    the verdict is ``benchmark``; a book that does not bind gives ``reference``.
    Missing data is never a pass: where a part is unknown (``reason_if_short``) the
    figure is the least it can be, so that only reaching an open lower bound, or
    passing an upper one, is proven.

    Parameters
    ----------
    rows : DataFrame
        From a measure; ``exposed`` counts whom a shortfall would touch,
        ``affected`` (NaN where ``exposed`` decides) whom it does touch; columns
        ``if_<input>_min`` and ``if_<input>_max`` what would be measured at the
        ends of an uncertain input.
    rule : Rule
        The rule measured.
    binding : {"adopted", "reference"}
        Whether the book binds the district.

    Returns
    -------
    DataFrame
        The rows with ``verdict``, ``verdict_tolerant``, ``shortfall``,
        ``shortfall_share``, ``affected``, ``reason``, ``robust`` (holds, depends,
        None) and ``depends_on`` set.

    Examples
    --------
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.checks.measures.size import household_rows
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> grids = read_rule_book("decheng").rules[1]
    >>> rows = household_rows(prepare(toy.district, None), grids)
    >>> judge(rows, grids, binding="adopted")[["measured", "verdict"]].values.tolist()
    [[480.0, 'pass'], [120.0, 'fail']]
    """
    tolerance = np.nan if rule.tolerance is None else rule.tolerance
    terms = pd.DataFrame(
        {
            "about": np.full(len(rows), rule.op == "~"),
            "benchmark": np.full(len(rows), rule.force == "benchmark"),
            "tolerance": np.full(len(rows), tolerance, dtype=float),
            "adopted": np.full(len(rows), binding == "adopted"),
        }
    )
    return judge_all(rows, terms)


def judge_all(rows: DataFrame, terms: DataFrame) -> DataFrame:
    """Judge the rows of many rules at once; see ``judge``.

    Parameters
    ----------
    rows : DataFrame
        From measures.
    terms : DataFrame
        In the same order: ``about`` (the rule's operator is ``~``), ``benchmark``,
        ``tolerance`` (NaN = none), ``adopted``.

    Returns
    -------
    DataFrame
        As ``judge``.

    Examples
    --------
    >>> rows = pd.DataFrame({"measured": [28.0], "threshold_min": [30.0]}).assign(
    ...     **{"threshold_max": np.nan, "affected": np.nan, "exposed": 9.0},
    ...     **{"reason": None, "reason_if_short": None},
    ... )
    >>> terms = pd.DataFrame({"about": [False], "benchmark": [False]}).assign(
    ...     **{"tolerance": np.nan, "adopted": True}
    ... )
    >>> judge_all(rows, terms)[["verdict", "shortfall"]].values.tolist()
    [['fail', 2.0]]
    """
    measured, low, high = (
        rows[name].to_numpy(dtype=float)
        for name in ("measured", "threshold_min", "threshold_max")
    )
    about, benchmark, adopted = (
        terms[name].to_numpy(dtype=bool) for name in ("about", "benchmark", "adopted")
    )
    tolerance = terms["tolerance"].to_numpy(dtype=float)
    slack = np.nan_to_num(tolerance)
    bounded = ~(np.isnan(low) & np.isnan(high))
    distance = np.where(bounded, outside_by(measured, low, high), np.nan)
    loose = within(measured, low * (1 - slack), high * (1 + slack))

    def is_met(figure: npt.NDArray[np.float64]) -> npt.NDArray[np.bool_]:
        widened = within(figure, low * (1 - slack), high * (1 + slack))
        met = np.where(about, widened, within(figure, low, high))
        # Where nobody named a share, only "all are served" can be proven in part.
        return np.asarray(np.where(bounded, met, figure >= 1 - _SLACK))

    met = is_met(measured)
    reason = _reasons(rows, met=met, measured=measured, high=high)
    open_ = _is_text(reason)
    strict = bounded & ~about & ~benchmark
    judged = np.where(strict, np.where(met, "pass", "fail"), "benchmark")
    judged = np.where(adopted, judged, "reference")
    bound = np.where(measured < low, low, high)
    share = distance / np.where(bound > 0, bound, np.nan)
    affected = rows["affected"].to_numpy(dtype=float)
    exposed = rows["exposed"].to_numpy(dtype=float)
    affected = np.where(np.isnan(affected), np.where(met, 0.0, exposed), affected)
    robust, depends_on = _robust(rows, is_met, judged=bounded & ~open_)
    return rows.assign(
        verdict=np.where(open_, "not_assessed", judged).astype(object),
        verdict_tolerant=_tolerant(loose, open_, given=adopted & ~np.isnan(tolerance)),
        shortfall=np.where(open_, np.nan, distance),
        shortfall_share=np.where(open_, np.nan, share),
        affected=np.where(open_, np.nan, affected),
        reason=reason,
        robust=robust,
        depends_on=depends_on,
    )


def _is_text(values: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    return np.array([isinstance(value, str) for value in values], dtype=bool)


def _reasons(
    rows: DataFrame,
    *,
    met: npt.NDArray[np.bool_],
    measured: npt.NDArray[np.float64],
    high: npt.NDArray[np.float64],
) -> npt.NDArray[np.object_]:
    """Sentence keys where a row is not assessed, else None."""
    hard = rows["reason"].to_numpy(dtype=object)
    soft = rows["reason_if_short"].to_numpy(dtype=object)
    reason = np.full(len(rows), None, dtype=object)
    reason[np.isnan(measured)] = "checks.no_input"
    over = outside_by(measured, np.full(len(rows), np.nan), high) > 0
    proven = over | (met & np.isnan(high))
    unproven = _is_text(soft) & ~proven
    reason[unproven] = soft[unproven]
    never = _is_text(hard)
    reason[never] = hard[never]
    return reason


def _tolerant(
    loose: npt.NDArray[np.bool_],
    open_: npt.NDArray[np.bool_],
    *,
    given: npt.NDArray[np.bool_],
) -> npt.NDArray[np.object_]:
    judged = np.where(loose, "pass", "fail")
    judged = np.where(open_, "not_assessed", judged).astype(object)
    judged[~given] = None
    return judged


def _robust(
    rows: DataFrame,
    is_met: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.bool_]],
    *,
    judged: npt.NDArray[np.bool_],
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.object_]]:
    """Whether a verdict holds over the range of every input, and on which it hangs.

    An input counts if the verdict differs at one end of its range; if only all
    inputs together turn it, all that have a range are named.
    """
    met = is_met(rows["measured"].to_numpy(dtype=float))
    size = len(rows)
    names = [""] * size
    turned = np.zeros(size, dtype=bool)
    wide = [""] * size
    for source, name in UNCERTAIN.items():
        ranged, turns = _turns(rows, source, is_met, met)
        turned |= turns
        for row in np.flatnonzero(turns & judged):
            names[row] += f"+{name}"
        for row in np.flatnonzero(ranged & judged):
            wide[row] += f"+{name}"
    together = _turns(rows, "all", is_met, met)[1] & ~turned & judged
    for row in np.flatnonzero(together):
        names[row] = wide[row]
    verdict = np.where(turned | together, "depends", "holds").astype(object)
    depends = np.array([name.removeprefix("+") or None for name in names], dtype=object)
    verdict[~judged] = None
    depends[~judged] = None
    return verdict, depends


def _turns(
    rows: DataFrame,
    source: str,
    is_met: Callable[[npt.NDArray[np.float64]], npt.NDArray[np.bool_]],
    met: npt.NDArray[np.bool_],
) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Rows for which an input has a range, and those whose verdict it turns."""
    ranged = np.zeros(len(rows), dtype=bool)
    turns = np.zeros(len(rows), dtype=bool)
    for end in ("min", "max"):
        column = f"if_{source}_{end}"
        if column in rows:
            figure = rows[column].to_numpy(dtype=float)
            known = ~np.isnan(figure)
            ranged |= known
            turns |= known & (is_met(figure) != met)
    return ranged, turns

"""From measured figures to verdicts: the one place where a threshold is applied.

A measure hands over one row per unit: ``measured``, ``threshold_min``,
``threshold_max`` (NaN = open), and why a row could not be judged: ``reason`` (never)
or ``reason_if_short`` (a part is unknown, so only a pass is proven).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt
    from pandas import DataFrame

    from lifecircle.model import Rule

__all__ = ["judge", "outside_by", "within"]

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


def judge(rows: DataFrame, rule: Rule, *, binding: str) -> DataFrame:
    """Add verdict, tolerant verdict, shortfall and reason to measured rows.

    Without a strict band (``~``, or no share named by anyone) and for achievements
    the verdict is ``benchmark``; a book that does not bind gives ``reference``.
    Missing data is never a pass.

    Parameters
    ----------
    rows : DataFrame
        From a measure; ``exposed`` counts whom a shortfall would touch,
        ``affected`` (NaN where ``exposed`` decides) whom it does touch.
    rule : Rule
        The rule measured.
    binding : {"adopted", "reference"}
        Whether the book binds the district.

    Returns
    -------
    DataFrame
        The rows with ``verdict``, ``verdict_tolerant``, ``shortfall``,
        ``shortfall_share``, ``affected`` and ``reason`` set.

    Examples
    --------
    >>> from lifecircle.checks.measures.size import household_rows
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> grids = read_rule_book("decheng").rules[1]
    >>> rows = household_rows(prepare(toy.district, None), grids)
    >>> judge(rows, grids, binding="adopted")[["measured", "verdict"]].values.tolist()
    [[480.0, 'pass'], [120.0, 'fail']]
    """
    measured = rows["measured"].to_numpy(dtype=float)
    low = rows["threshold_min"].to_numpy(dtype=float)
    high = rows["threshold_max"].to_numpy(dtype=float)
    bounded = ~(np.isnan(low) & np.isnan(high))
    distance = np.where(bounded, outside_by(measured, low, high), np.nan)
    tolerance = rule.tolerance or 0.0
    loose = within(measured, low * (1 - tolerance), high * (1 + tolerance))
    met = loose if rule.op == "~" else within(measured, low, high)
    # Where nobody named a share, only "all are served" can be proven in part.
    met = np.where(bounded, met, measured >= 1 - _SLACK)
    reason = _reasons(rows, met=met, measured=measured)
    open_ = np.array([isinstance(value, str) for value in reason], dtype=bool)
    strict = bounded & (rule.op != "~") & (rule.force != "benchmark")
    judged = np.where(strict, np.where(met, "pass", "fail"), "benchmark")
    if binding != "adopted":
        judged = np.full(len(rows), "reference")
    bound = np.where(measured < low, low, high)
    share = distance / np.where(bound > 0, bound, np.nan)
    affected = rows["affected"].to_numpy(dtype=float)
    exposed = rows["exposed"].to_numpy(dtype=float)
    affected = np.where(np.isnan(affected), np.where(met, 0.0, exposed), affected)
    return rows.assign(
        verdict=np.where(open_, "not_assessed", judged).astype(object),
        verdict_tolerant=_tolerant(rule, loose, open_, binding=binding),
        shortfall=np.where(open_, np.nan, distance),
        shortfall_share=np.where(open_, np.nan, share),
        affected=np.where(open_, np.nan, affected),
        reason=reason,
    )


def _reasons(
    rows: DataFrame,
    *,
    met: npt.NDArray[np.bool_],
    measured: npt.NDArray[np.float64],
) -> npt.NDArray[np.object_]:
    """Sentence keys where a row is not assessed, else None."""
    hard = rows["reason"].to_numpy(dtype=object)
    soft = rows["reason_if_short"].to_numpy(dtype=object)
    reason = np.full(len(rows), None, dtype=object)
    reason[np.isnan(measured)] = "checks.no_input"
    proven_short = np.array([isinstance(key, str) for key in soft], dtype=bool) & ~met
    reason[proven_short] = soft[proven_short]
    never = np.array([isinstance(key, str) for key in hard], dtype=bool)
    reason[never] = hard[never]
    return reason


def _tolerant(
    rule: Rule,
    loose: npt.NDArray[np.bool_],
    open_: npt.NDArray[np.bool_],
    *,
    binding: str,
) -> npt.NDArray[np.object_]:
    if rule.tolerance is None or binding != "adopted":
        return np.full(len(loose), None, dtype=object)
    judged = np.where(loose, "pass", "fail")
    return np.where(open_, "not_assessed", judged).astype(object)

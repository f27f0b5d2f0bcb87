"""The common form of a measure's rows: one per unit, blank where unknown."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from pandas import DataFrame

    from lifecircle.model import Rule

__all__ = ["UNIT_COLUMNS", "begin_rows"]

UNIT_COLUMNS = ("level", "unit_id", "unit_name", "subdistrict_id")


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
    numbers = ("measured", "numerator", "denominator", "affected", "exposed")
    return units[list(UNIT_COLUMNS)].assign(
        **dict.fromkeys(numbers, np.nan),
        op=rule.op,
        threshold_min=np.nan if rule.value_min is None else rule.value_min,
        threshold_max=np.nan if rule.value_max is None else rule.value_max,
        threshold_origin="source",
        unit_of_measure=unit_of_measure,
        affected_unit="households",
        basis=units["basis"].to_numpy(),
        estimated_share=units["estimated_share"].to_numpy(dtype=float),
        reason=None,
        reason_if_short=None,
    )

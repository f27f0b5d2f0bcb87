"""Size rules: households of a community or a grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lifecircle.checks.measures.rows import begin_rows
from lifecircle.checks.units import in_scope

if TYPE_CHECKING:
    from pandas import DataFrame

    from lifecircle.checks.inputs import Inputs
    from lifecircle.model import Rule

__all__ = ["DEDICATED", "MICRO", "household_rows"]

DEDICATED = ("dedicated", "专属网格")
"""Grids kept for one institution: no household band applies."""

MICRO = ("micro", "微网格")
"""Grids nested in grids: neither counted nor judged as grids."""


def household_rows(inputs: Inputs, rule: Rule) -> DataFrame:
    """Measure a size rule in every community or grid in its scope.

    Households of the unit (``households_per_unit``): Decheng DC-R01, about 3,000 a
    community, and DC-R02, 300 to 500 a grid; RULES.md 3.1.

    Approximate catchments get no size verdict; neither do grids kept for one
    institution. Micro grids are left out.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    rule : Rule
        Of kind ``households_per_unit``, level ``community`` or ``grid``.

    Returns
    -------
    DataFrame
        Rows for ``judge``; numerator households.

    Examples
    --------
    >>> from lifecircle.checks.inputs import prepare
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> community = read_rule_book("decheng").rules[0]
    >>> household_rows(prepare(toy.district, None), community)["measured"].tolist()
    [480.0, 120.0]
    """
    units = inputs.grids if rule.level == "grid" else inputs.communities
    units = in_scope(units[~units["unit_kind"].isin(MICRO)], rule)
    rows = begin_rows(units, rule, unit_of_measure="households")
    households = units["households"].to_numpy(dtype=float)
    missing = "checks.no_buildings" if rule.level == "grid" else "checks.no_households"
    reason = np.full(len(units), None, dtype=object)
    reason[np.isnan(households)] = missing
    reason[units["unit_kind"].isin(DEDICATED)] = "checks.dedicated_grid"
    reason[units["unit_kind"] == "approximate_catchment"] = (
        "checks.approximate_catchment"
    )
    return rows.assign(
        measured=households,
        numerator=households,
        exposed=households,
        reason=reason,
    )

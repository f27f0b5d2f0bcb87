"""Grids of an edited plan outside the band: which of them nothing could mend."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    from pandas import DataFrame, Series

    from lifecircle.model import GridPlan

__all__ = ["EXCEPTIONS", "told_apart"]

EXCEPTIONS = ("community_id", "grid_id", "households", "reason", "certificate")
"""One row per grid outside the band for a stated reason. ``certificate``: why its
community has no plan within the band, if that is the reason."""


def told_apart(
    faults: DataFrame, theirs: GridPlan, ours: GridPlan
) -> tuple[DataFrame, DataFrame]:
    """Faults of an edited plan, and its grids outside the band that are none.

    Where it is proven that a community has no plan within the band, a grid outside it
    is no fault if ours has the same grid, or if theirs is, over the community, no
    farther outside than ours.

    Parameters
    ----------
    faults : DataFrame
        From ``edited_plan``.
    theirs, ours : GridPlan
        The edited plan and the tool's, of the same district and band.

    Returns
    -------
    tuple of DataFrame, DataFrame
        The faults that remain; the exceptions, columns ``EXCEPTIONS``.

    Examples
    --------
    >>> from lifecircle.plans.regrid import regrid
    >>> plan = regrid(toy.district)
    >>> none = pd.DataFrame(columns=["fault", "community_id", "grid_id"])
    >>> told_apart(none, plan, plan)[1][["grid_id", "households", "certificate"]]
      grid_id  households certificate
    0      G2       120.0  arithmetic
    """
    proofs = ours.communities.set_index("community_id")["certificate"]
    wide = theirs.grids[theirs.grids["outside_households"].fillna(0.0) != 0.0]
    mine, same = _buildings(theirs), set(_buildings(ours).values())
    as_good = _outside(theirs).le(_outside(ours).reindex(proofs.index, fill_value=0.0))
    rows: list[tuple[Any, ...]] = []
    for grid in wide.to_dict("records"):
        place = (str(grid["community_id"]), str(grid["grid_id"]))
        reason, proof = grid["exception_reason"], None
        if reason == "least_violation":
            proof = proofs[place[0]]
            near = mine[place] in same or as_good.get(place[0], False)
            if proof is None or not near:
                continue
        rows.append((*place, grid["households"], reason, proof))
    excused = {row[:2] for row in rows}
    places = list(zip(faults["community_id"], faults["grid_id"], strict=True))
    known = pd.Series([place in excused for place in places], dtype=bool)
    kept = faults[~((faults["fault"] == "outside_band") & known.to_numpy())]
    exceptions = pd.DataFrame(rows, columns=list(EXCEPTIONS))
    return kept.reset_index(drop=True), exceptions


def _buildings(plan: GridPlan) -> dict[tuple[str, str], tuple[str, ...]]:
    """Buildings of every grid, by community and grid."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for keys, mine in plan.buildings.groupby(["community_id", "grid_id"], sort=True):
        home, grid = map(str, keys)
        found[home, grid] = tuple(sorted(mine["building_id"]))
    return found


def _outside(plan: GridPlan) -> Series[float]:
    """Households outside the band by community, exceptions of one building aside."""
    grids = plan.grids[plan.grids["exception_reason"] == "least_violation"]
    return grids["outside_households"].abs().groupby(grids["community_id"]).sum()

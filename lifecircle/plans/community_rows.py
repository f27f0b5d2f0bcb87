"""One row per community: what is possible, what was found, how well it is proven."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lifecircle.checks.measures.size import DEDICATED
from lifecircle.columns import PLAN_COMMUNITIES, PLAN_ISLANDS
from lifecircle.plans.adjacency import components
from lifecircle.plans.planned import estimated_shares

if TYPE_CHECKING:
    from pandas import DataFrame

    from lifecircle.model import District
    from lifecircle.plans.planned import Planned

__all__ = ["community_row", "grid_counts", "island_rows", "unplanned_row"]


def grid_counts(households: int, low: int, high: int) -> tuple[int, int]:
    """Fewest and most grids that a number of households can make.

    ``ceil(households / high)`` and ``floor(households / low)``; if the first is more
    than the second, no division is within the band.

    Examples
    --------
    >>> grid_counts(1180, 300, 500), grid_counts(550, 300, 500)
    ((3, 3), (2, 1))
    """
    return -(-households // high), households // low


def community_row(
    planned: Planned, district: District, changes: DataFrame
) -> dict[str, Any]:
    """The row of a planned community.

    Parameters
    ----------
    planned : Planned
        The community with its plan.
    district : District
        Its tables.
    changes : DataFrame
        From ``change_rows``.

    Returns
    -------
    dict
        Keys ``lifecircle.columns.PLAN_COMMUNITIES``.
    """
    atoms, found = planned.atoms, planned.partition
    low, high = planned.problem.low, planned.problem.high
    free = atoms.locked < 0
    k_min, k_max = grid_counts(int(atoms.households[free].sum()), low, high)
    grids = district.grids
    no_band = set(grids.loc[grids["grid_kind"].isin(DEDICATED), "grid_id"])
    judged = np.array([one not in no_band for one in planned.grid_ids])
    old_judged = np.array([one not in no_band for one in atoms.old_ids], dtype=bool)
    sizes, old_sizes = planned.households[judged], planned.old_households[old_judged]
    changed = float(changes["households"].sum())
    total = float(atoms.households.sum())
    compound, label = (
        atoms.compound[atoms.compound >= 0],
        found.labels[atoms.compound >= 0],
    )
    pairs = np.unique(np.column_stack([compound, label]), axis=0)
    row: dict[str, Any] = {
        **_named(district, atoms.community_id),
        "households": total,
        "estimated_share": _estimated(district.buildings.iloc[atoms.rows]),
        "buildings": len(atoms.rows),
        "grids_today": len(old_sizes),
        "in_range_today": _within(old_sizes, low, high),
        "k_min": float(k_min),
        "k": float(judged.sum()),
        "k_max": float(k_max),
        "in_range": float(_within(sizes, low, high)),
        "status": found.status,
        "solved_at": found.tier,
        "gap": _gap(found.cost, found.bound),
        "certificate": None,
        "certificate_households": np.nan,
        "certificate_buildings": None,
        "changed_households": changed,
        "changed_share": changed / total if total else np.nan,
        "compounds_split": float((np.bincount(pairs[:, 0]) > 1).sum())
        if len(pairs)
        else 0.0,
        "border_cost": found.cut,
        "islands": float(_islands(planned).max() + 1),
        "reason": None,
    }
    proofs = [*found.certificates, *([found.unsplit] if found.unsplit else [])]
    if proofs:
        atoms_of = sorted({atom for proof in proofs for atom in proof.atoms})
        about = np.isin(atoms.building_atom, atoms_of)
        ids = district.buildings["building_id"].to_numpy(dtype=object)[atoms.rows]
        row |= {
            "certificate": "+".join(sorted({proof.kind for proof in proofs})),
            "certificate_households": float(atoms.households[atoms_of].sum()),
            "certificate_buildings": None if about.all() else ",".join(ids[about]),
        }
    return {name: row[name] for name in PLAN_COMMUNITIES}


def _estimated(buildings: DataFrame) -> float:
    none = np.zeros(len(buildings), dtype=np.int32)
    return float(estimated_shares(buildings, none, 1)[0])


def _named(district: District, community_id: str) -> dict[str, Any]:
    communities = district.communities
    names = communities.loc[communities["community_id"] == community_id, "name"]
    return {"community_id": community_id, "community_name": names.iloc[0]}


def _within(households: Any, low: int, high: int) -> int:
    return int(((households >= low) & (households <= high)).sum())


def _gap(cost: float, bound: float) -> float:
    if np.isnan(bound):
        return float("nan")
    return max(0.0, cost - bound) / cost if cost > 0 else 0.0


def unplanned_row(district: District, community_id: str, reason: str) -> dict[str, Any]:
    """The row of a community that was not planned.

    Parameters
    ----------
    district : District
        Its tables.
    community_id : str
        The community.
    reason : str
        A sentence key.

    Returns
    -------
    dict
        Keys ``lifecircle.columns.PLAN_COMMUNITIES``; figures NaN.
    """
    row: dict[str, Any] = dict.fromkeys(PLAN_COMMUNITIES, np.nan)
    mine = district.buildings["community_id"] == community_id
    row |= dict.fromkeys(("solved_at", "certificate", "certificate_buildings"))
    return row | {
        **_named(district, community_id),
        "buildings": int(mine.sum()),
        "grids_today": int((district.grids["community_id"] == community_id).sum()),
        "in_range_today": 0,
        "status": "not_planned",
        "reason": reason,
    }


def _islands(planned: Planned) -> Any:
    """Component of every atom with buildings, 0 = the one with most households."""
    atoms = planned.atoms
    part = components(atoms.adjacency.edges, len(atoms.households))
    lived = np.unique(atoms.building_atom)
    found, inside = np.unique(part[lived], return_inverse=True)
    size = np.bincount(inside.ravel(), weights=atoms.households[lived])
    rank = np.empty(len(found), dtype=np.intp)
    rank[np.lexsort((found, -size))] = np.arange(len(found))
    return rank[inside.ravel()]


def island_rows(planned: Planned) -> DataFrame:
    """Parts of a community that nobody can walk between, if there are several.

    Parameters
    ----------
    planned : Planned
        The community with its plan.

    Returns
    -------
    DataFrame
        Columns ``lifecircle.columns.PLAN_ISLANDS``; no row if all hangs together.
    """
    atoms, island = planned.atoms, _islands(planned)
    lived = np.unique(atoms.building_atom)
    count = int(island.max()) + 1
    if count == 1:
        return pd.DataFrame(columns=list(PLAN_ISLANDS))
    compound = atoms.compound[lived]
    of_building = island[np.searchsorted(lived, atoms.building_atom)]
    names = [
        ",".join(
            atoms.compound_ids[key]
            for key in np.unique(compound[(island == one) & (compound >= 0)])
        )
        for one in range(count)
    ]
    return pd.DataFrame(
        {
            "community_id": atoms.community_id,
            "island": np.arange(1, count + 1),
            "households": np.bincount(island, weights=atoms.households[lived]),
            "buildings": np.bincount(of_building, minlength=count),
            "compound_ids": names,
        }
    )

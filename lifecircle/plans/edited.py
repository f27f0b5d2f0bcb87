"""A plan edited by hand: checked against every rule, in the same figures as ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lifecircle.plans.adjacency import components
from lifecircle.plans.assembly import assembled
from lifecircle.plans.atoms import problem_of
from lifecircle.plans.evaluation import cut_of, number_parts
from lifecircle.plans.planned import Planned
from lifecircle.plans.problem import Partition

if TYPE_CHECKING:
    import numpy.typing as npt
    from pandas import DataFrame, Series

    from lifecircle.model import GridPlan, RegridSettings
    from lifecircle.plans.assembly import Prepared
    from lifecircle.plans.atoms import Atoms

__all__ = ["FAULTS", "edited_plan", "plan_figures"]

FAULTS = ("fault", "community_id", "grid_id", "building_id", "value")
"""One row per rule broken. ``fault``: unknown_building, unassigned (left in today's
grid), across_communities, apart (``value``: pieces), outside_band (``value``:
households), locked_changed, one_spot (a building at the same spot goes elsewhere)."""

_NOWHERE = "?"


def edited_plan(
    prepared: Prepared, assignment: Series[str], settings: RegridSettings
) -> tuple[GridPlan, DataFrame]:
    """The plan that an assignment of buildings means, and the rules that it breaks.

    Parameters
    ----------
    prepared : Prepared
        The district in atoms.
    assignment : Series
        ``grid_id`` by ``building_id``; a building that is missing stays where it is.
    settings : RegridSettings
        The band that it is held to.

    Returns
    -------
    tuple of GridPlan, DataFrame
        The plan with its own numbers; the rules broken, columns ``FAULTS``.

    Examples
    --------
    >>> from lifecircle.model import RegridSettings
    >>> from lifecircle.plans.assembly import prepare
    >>> settings = RegridSettings(households=(100, 500))
    >>> prepared = prepare(toy.district, settings)
    >>> moved = pd.Series({"B1": "G2"})
    >>> edited_plan(prepared, moved, settings)[1]["fault"].value_counts()["unassigned"]
    np.int64(5)
    """
    buildings = prepared.surveyed.district.buildings
    ids = buildings["building_id"].to_numpy(dtype=object)
    known = assignment[assignment.notna() & assignment.index.isin(ids)]
    given = known.reindex(ids).to_numpy(dtype=object)
    today = prepared.surveyed.today.to_numpy(dtype=object)
    missing = pd.isna(given)
    grid = np.where(missing, today, given)
    grid[pd.isna(grid)] = _NOWHERE
    strange = [str(one) for one in assignment.index if one not in set(ids)]
    faults = [_fault("unknown_building", building_id=one) for one in strange]
    plans = []
    for atoms in prepared.atoms:
        plans.append(_planned(atoms, grid[atoms.rows], settings))
        left = atoms.rows[missing[atoms.rows]]
        faults += [
            _fault("unassigned", atoms.community_id, building_id=one)
            for one in ids[left]
        ]
        faults += _broken(plans[-1], grid[atoms.rows], ids[atoms.rows])
    faults += _across(plans)
    frame = pd.DataFrame(faults, columns=list(FAULTS))
    return assembled(prepared, plans, settings), frame


def _fault(
    fault: str,
    community_id: str | None = None,
    grid_id: str | None = None,
    *,
    building_id: str | None = None,
    value: float = np.nan,
) -> dict[str, Any]:
    row = (fault, community_id, grid_id, building_id, value)
    return dict(zip(FAULTS, row, strict=True))


def _planned(
    atoms: Atoms, grid: npt.NDArray[np.object_], settings: RegridSettings
) -> Planned:
    """A community as assigned; the first building speaks for those at its spot."""
    problem = problem_of(atoms, settings)
    codes, names = pd.factorize(grid)
    label = np.full(len(atoms.households), -1, np.int64)
    label[atoms.building_atom[::-1]] = codes[::-1]
    number = {str(name): one for one, name in enumerate(names)}
    for one in np.unique(atoms.locked[atoms.locked >= 0]):
        # A grid that stays is itself, whatever its buildings are assigned to.
        own = number.setdefault(atoms.old_ids[one], len(number))
        label[atoms.locked == one] = own
    labels, order = number_parts(label)
    of_part = {
        int(order[one]): key
        for key, one in number.items()
        if one < len(order) and order[one] >= 0
    }
    ids = tuple(of_part[part] for part in range(len(of_part)))
    old = {key: one for one, key in enumerate(atoms.old_ids)}
    households = np.bincount(labels, weights=atoms.households, minlength=len(ids))
    kept = np.zeros(len(ids), dtype=bool)
    kept[labels[atoms.locked >= 0]] = True
    cut = cut_of(problem, labels)
    # One building above the band is a grid of its own: nothing better is there.
    alone = ~kept & (households > problem.high) & (np.bincount(labels) == 1)
    partition = Partition(
        *(labels, "feasible", "edited", cut, cut, float("nan")),
        exceptions=tuple(int(part) for part in np.flatnonzero(alone)),
    )
    return Planned(
        atoms,
        problem,
        partition,
        ids,
        np.array([old.get(key, -1) for key in ids], np.int32),
        households.astype(np.int64),
        kept,
    )


def _broken(
    planned: Planned,
    grid: npt.NDArray[np.object_],
    building_ids: npt.NDArray[np.object_],
) -> list[dict[str, Any]]:
    """Rules that a community's grids break."""
    atoms, labels = planned.atoms, planned.partition.labels
    low, high = planned.problem.low, planned.problem.high
    edges = atoms.adjacency.edges
    within = labels[edges[:, 0]] == labels[edges[:, 1]]
    piece = components(edges[within], len(labels))
    pieces = np.unique(np.column_stack([labels, piece]), axis=0)[:, 0]
    count = np.bincount(pieces, minlength=len(planned.grid_ids))
    faults = []
    for part, key in enumerate(planned.grid_ids):
        where = (atoms.community_id, key)
        households = int(planned.households[part])
        if planned.kept[part]:
            continue
        if count[part] > 1:
            faults.append(_fault("apart", *where, value=float(count[part])))
        alone = part in planned.partition.exceptions
        if not low <= households <= high and not alone:
            faults.append(_fault("outside_band", *where, value=float(households)))
    said = np.array(planned.grid_ids, dtype=object)[labels[atoms.building_atom]]
    locked = atoms.locked[atoms.building_atom]
    for row in np.flatnonzero((locked >= 0) | (said != grid)):
        where = (atoms.community_id, str(grid[row]))
        if locked[row] >= 0 and atoms.old_ids[locked[row]] != grid[row]:
            fault = _fault("locked_changed", *where, building_id=building_ids[row])
            faults.append(fault)
        elif said[row] != grid[row]:
            faults.append(_fault("one_spot", *where, building_id=building_ids[row]))
    return faults


def _across(plans: list[Planned]) -> list[dict[str, Any]]:
    """Grids with buildings in several communities."""
    homes: dict[str, list[str]] = {}
    for planned in plans:
        for key in planned.grid_ids:
            homes.setdefault(key, []).append(planned.atoms.community_id)
    return [
        _fault("across_communities", "+".join(found), key, value=float(len(found)))
        for key, found in sorted(homes.items())
        if len(found) > 1 and key != _NOWHERE
    ]


def plan_figures(plan: GridPlan) -> dict[str, float]:
    """A plan in the figures by which a planner compares it with another.

    Parameters
    ----------
    plan : GridPlan
        The plan.

    Returns
    -------
    dict
        ``grids`` and ``in_range`` (those with a band), ``changed_households`` and
        ``changed_share``, ``compounds_split``, ``border_cost``, ``optimal`` and
        ``infeasible`` (communities).

    Examples
    --------
    >>> from lifecircle.plans.regrid import regrid
    >>> plan_figures(regrid(toy.district, households=(100, 300)))["in_range"]
    3.0
    """
    rows = plan.communities
    households = float(rows["households"].where(rows["k"].notna()).sum())
    changed = float(rows["changed_households"].sum())
    return {
        "grids": float(rows["k"].sum()),
        "in_range": float(rows["in_range"].sum()),
        "changed_households": changed,
        "changed_share": changed / households if households else float("nan"),
        "compounds_split": float(rows["compounds_split"].sum()),
        "border_cost": float(rows["border_cost"].sum()),
        "optimal": float((rows["status"] == "optimal").sum()),
        "infeasible": float((rows["status"] == "infeasible").sum()),
    }

"""The grid plan as columns of the page; geometry still in metres."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from lifecircle.publish.encode import numbers, positions, texts
from lifecircle.publish.plan_sheets import change_sentences
from lifecircle.publish.unit_layers import unit_columns
from lifecircle.publish.wording import LANGUAGES

if TYPE_CHECKING:
    from lifecircle.model import Assessment, District, GridPlan

__all__ = ["plan_columns"]

Columns = dict[str, Any]


def plan_columns(study: Assessment) -> dict[str, Columns]:
    """Layers of the plan, without their geometry.

    Parameters
    ----------
    study : Assessment
        A finished study, disclosed.

    Returns
    -------
    dict
        ``planGrids`` (rows as ``plan.grids``), ``planToday``, ``planCommunities``,
        ``planChanges``, those of ``unit_columns``; empty if there is no plan.

    Examples
    --------
    >>> plan_columns(study)["planGrids"]["id"][:1]  # doctest: +SKIP
    ['C01-01']
    """
    plan, district = study.grid_plan, study.district
    if plan is None or plan.grids.empty:
        return {}
    return {
        "planGrids": _grids(plan, district),
        "planToday": _today(plan, district),
        "planCommunities": _communities(plan, district),
        "planChanges": _changes(plan, district),
        **unit_columns(study),
    }


def _home(frame: pd.DataFrame, district: District) -> list[int]:
    return positions(frame["community_id"], district.communities["community_id"])


def _judged(values: pd.Series[Any]) -> list[int | None]:
    """1 within the band, 0 outside, None where there is no band."""
    return [None if value is None else int(value) for value in values.tolist()]


def _grids(plan: GridPlan, district: District) -> Columns:
    frame = plan.grids
    locked = frame["exception_reason"].isin(["locked", "dedicated"])
    kept = district.grids.loc[district.grids["locked"] == "yes", "grid_id"]
    return {
        "id": texts(frame["grid_id"]),
        "community": _home(frame, district),
        "households": numbers(frame["households"]),
        "fits": _judged(frame["in_range"]),
        "outside": numbers(frame["outside_households"]),
        "near": _judged(frame["in_tolerance"]),
        "inherits": texts(frame["inherits_grid_id"]),
        "exception": texts(frame["exception_reason"]),
        "staff": numbers(frame["suggested_staff"]),
        "split": numbers(frame["compounds_split"]),
        "locked": (locked | frame["grid_id"].isin(kept)).astype(int).tolist(),
    }


def _today(plan: GridPlan, district: District) -> Columns:
    frame = plan.today
    return {
        "grid": positions(frame["grid_id"], district.grids["grid_id"]),
        "id": texts(frame["grid_id"]),
        "community": _home(frame, district),
        "households": numbers(frame["households"]),
        "fits": _judged(frame["in_range"]),
        "outside": numbers(frame["outside_households"]),
        "becomes": texts(frame["becomes"]),
    }


def _communities(plan: GridPlan, district: District) -> Columns:
    frame = plan.communities
    return {
        "community": _home(frame, district),
        "households": numbers(frame["households"]),
        "before": numbers(frame["grids_today"]),
        "fitBefore": numbers(frame["in_range_today"]),
        "k": numbers(frame["k"]),
        "fit": numbers(frame["in_range"]),
        "kMin": numbers(frame["k_min"]),
        "kMax": numbers(frame["k_max"]),
        "status": texts(frame["status"]),
        "certificate": texts(frame["certificate"]),
        "proven": numbers(frame["certificate_households"]),
        "gap": numbers(frame["gap"], digits=4),
        "changed": numbers(frame["changed_households"]),
        "share": numbers(frame["changed_share"], digits=4),
        "reason": texts(frame["reason"]),
    }


def _changes(plan: GridPlan, district: District) -> Columns:
    """Changed buildings; each sentence stands once, rows name its place."""
    frame = plan.changes
    pairs = list(
        zip(*(change_sentences(plan, lang) for lang in LANGUAGES), strict=True)
    )
    pool = list(dict.fromkeys(pairs))
    place = {pair: number for number, pair in enumerate(pool)}
    return {
        "building": positions(frame["building_id"], district.buildings["building_id"]),
        "from": texts(frame["old_grid_id"]),
        "to": texts(frame["grid_id"]),
        "change": texts(frame["change"]),
        "why": [place[pair] for pair in pairs],
        "reasons": [list(pair) for pair in pool],
    }

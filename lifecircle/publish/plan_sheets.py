"""The plan's sheets: 网格方案, 调整清单, 社区规模."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lifecircle.publish.cells import figures, label, texts_of, titled_sheet
from lifecircle.publish.figures import reason
from lifecircle.publish.wording import unit_names
from lifecircle.text import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pandas import DataFrame

    from lifecircle.model import Assessment, District, GridPlan
    from lifecircle.publish.cells import Sheet, Speech
    from lifecircle.text import Language

__all__ = ["change_sentences", "code_cells", "plan_sheets"]

_DIGITS = {
    "compactness": "2",
    **dict.fromkeys(("gap", "changed_share", "estimated_share"), "percent"),
}
"""Decimals of figures; all others are whole."""
_CODES = {
    "status": "status",
    "solved_at": "solved",
    "certificate": "certificate",
    "change": "change",
    "exception_reason": "exception",
}


def plan_sheets(study: Assessment, told: Speech) -> list[Sheet]:
    """Sheets of the grid plan.

    Parameters
    ----------
    study : Assessment
        A finished study, disclosed.
    told : Speech
        Language and words.

    Returns
    -------
    list of Sheet
        Empty if the study has no plan.
    """
    plan = study.grid_plan
    if plan is None:
        return []
    return [
        _grids(plan, study.district, told),
        _changes(plan, study.district, told),
        _communities(plan, told),
    ]


def _columns(frame: DataFrame, names: tuple[str, ...], told: Speech) -> dict[str, Any]:
    """Columns under their labels: figures as they are, words for codes."""
    columns: dict[str, Any] = {}
    cells: list[Any]
    for name in names:
        if name in _CODES:
            cells = code_cells(frame[name], _CODES[name], told.lang)
        elif pd.api.types.is_numeric_dtype(frame[name]) and frame[name].dtype != bool:
            cells = list(figures(frame[name], _DIGITS.get(name, "0")))
        else:
            cells = texts_of(frame, name, told)
        columns[label(name, told)] = cells
    return columns


def code_cells(codes: pd.Series[Any], area: str, lang: Language) -> list[str | None]:
    """Words of ``sentences/plans.toml`` for codes; several are joined by ``+``.

    Parameters
    ----------
    codes : Series
        None = an empty cell.
    area : str
        First part of their keys.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    list of str or None

    Examples
    --------
    >>> code_cells(pd.Series(["merge", None]), "change", "zh")
    ['并入', None]
    """
    comma = say("publish.list_comma", lang)
    return [
        None
        if pd.isna(code)
        else comma.join(say(f"plans.{area}.{one}", lang) for one in code.split("+"))
        for code in codes
    ]


def _named(frame: DataFrame, district: District) -> DataFrame:
    """The community's name beside its id."""
    names = unit_names(district.communities)
    return frame.assign(community_name=frame["community_id"].map(names))


def _grids(plan: GridPlan, district: District, told: Speech) -> Sheet:
    frame = _named(plan.grids.drop(columns="geometry"), district)
    names: tuple[str, ...]
    names = ("grid_id", "community_name", "households", "estimated_share", "in_range")
    names += ("outside_households", "in_tolerance", "exception_reason")
    names += ("buildings", "compounds", "compounds_split", "barrier_crossings")
    names += ("area_m2", "compactness", "longest_straight_m", "longest_walk_m")
    names += ("suggested_staff", "inherits_grid_id", "grid_kind")
    columns = _columns(frame, names, told)
    outside = label("outside_households", told)
    columns[outside] = list(figures(frame["outside_households"], "sign0"))
    failing = [fine is False for fine in frame["in_range"].tolist()]
    marked = frozenset({2, 4, 5})
    return titled_sheet("plan_grids", columns, told, failing=failing, marked=marked)


def _changes(plan: GridPlan, district: District, told: Speech) -> Sheet:
    compounds = district.compounds
    of_compound = dict(zip(compounds["compound_id"], compounds["name"], strict=True))
    frame = _named(plan.changes, district)
    frame = frame.assign(
        compound_name=frame["compound_id"].map(of_compound).astype(object)
    )
    names: tuple[str, ...]
    names = ("building_id", "building_name", "compound_name", "community_name")
    names += ("households", "old_grid_id", "grid_id", "change")
    columns = _columns(frame, names, told)
    sentences = change_sentences(plan, told.lang)
    columns[say("publish.col.change_reason", told.lang)] = sentences
    return titled_sheet("plan_changes", columns, told)


def change_sentences(plan: GridPlan, lang: Language) -> list[str]:
    """Why each building of the change list changes grid.

    Parameters
    ----------
    plan : GridPlan
        The plan.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    list of str
        One sentence for each row of ``plan.changes``.
    """
    low, high = plan.settings.households
    return [
        say(str(row["reason"]), lang, _values(row, low=low, high=high))
        for row in plan.changes.to_dict("records")
    ]


def _values(row: Mapping[Any, Any], *, low: int, high: int) -> dict[str, Any]:
    def whole(value: float) -> str:
        return "" if np.isnan(value) else f"{value:,.0f}"

    return {
        "old": row["old_grid_id"],
        "old_households": whole(row["old_grid_households"]),
        "grid": row["grid_id"],
        "grid_households": whole(row["grid_households"]),
        "low": low,
        "high": high,
    }


def _communities(plan: GridPlan, told: Speech) -> Sheet:
    frame = plan.communities
    names: tuple[str, ...]
    names = ("community_id", "community_name", "households", "estimated_share")
    names += ("buildings", "grids_today", "in_range_today", "k_min", "k", "k_max")
    columns = _columns(frame, names, told)
    within = figures(frame["in_range"], "0")
    columns[say("publish.col.in_range_planned", told.lang)] = list(within)
    names = ("status", "solved_at", "gap", "certificate", "certificate_households")
    names += ("changed_households", "changed_share", "compounds_split", "islands")
    columns |= _columns(frame, names, told)
    columns[say("publish.col.not_planned", told.lang)] = [
        None if pd.isna(key) else reason(str(key), told.lang) for key in frame["reason"]
    ]
    return titled_sheet("plan_communities", columns, told)

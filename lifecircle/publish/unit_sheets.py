"""Sheets of a plan of communities: 社区方案, 社区调整清单, 社区方案依据."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from lifecircle.publish.cells import figures, label, texts_of, titled_sheet
from lifecircle.publish.plan_sheets import code_cells
from lifecircle.publish.wording import unit_names
from lifecircle.text import say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pandas import DataFrame

    from lifecircle.model import Assessment, CommunityPlan, District
    from lifecircle.publish.cells import Sheet, Speech
    from lifecircle.text import Language

__all__ = ["area_name", "unit_change_sentences", "unit_sheets"]


def unit_sheets(study: Assessment, told: Speech) -> list[Sheet]:
    """Sheets of the plan of communities.

    Parameters
    ----------
    study : Assessment
        A finished study, disclosed.
    told : Speech
        Language and words.

    Returns
    -------
    list of Sheet
        Proposed communities, change list, areas; empty if the study has no plan.
    """
    plan = study.community_plan
    if plan is None:
        return []
    return [
        _units(plan, study.district, told),
        _changes(plan, told),
        _areas(plan, study.district, told),
    ]


def area_name(area_id: str, district: District, lang: Language) -> str:
    """What an area of the plan is called.

    Parameters
    ----------
    area_id : str
        A subdistrict, "" for the whole district, or a community left out.
    district : District
        Names of its units.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str
        The id itself if it has no name.

    Examples
    --------
    >>> area_name("C1", toy.district, "zh"), area_name("", toy.district, "zh")
    ('渡口社区', '全区')
    """
    if not area_id:
        return say("plans.whole_district", lang)
    frame = district.communities
    rows = frame[frame["subdistrict_id"] == area_id]
    names = rows.get("subdistrict_name")
    if len(rows) and names is not None and isinstance(names.iloc[0], str):
        return str(names.iloc[0]) or area_id
    return str(unit_names(frame).get(area_id) or area_id)


def _whole(frame: DataFrame, names: tuple[str, ...], told: Speech) -> dict[str, Any]:
    return {label(name, told): list(figures(frame[name], "0")) for name in names}


def _units(plan: CommunityPlan, district: District, told: Speech) -> Sheet:
    frame = plan.units
    comma = say("publish.list_comma", told.lang)
    named = unit_names(district.communities)
    outside = figures(frame["outside_households"], "sign0")
    columns = {
        say("publish.col.unit_proposed", told.lang): list(frame["unit_name"]),
        label("unit_id", told): list(frame["unit_id"]),
        say("publish.col.units_today", told.lang): [
            comma.join(str(named.get(key) or key) for key in ids.split(","))
            for ids in frame["community_ids"]
        ],
        label("subdistrict_ids", told): [
            comma.join(area_name(key, district, told.lang) for key in ids.split(","))
            if isinstance(ids, str)
            else None
            for ids in frame["subdistrict_ids"]
        ],
        **_whole(frame, ("households",), told),
        label("estimated_share", told): list(
            figures(frame["estimated_share"], "percent")
        ),
        label("in_range", told): texts_of(frame, "in_range", told),
        label("outside_households", told): list(outside),
        **_whole(frame, ("persons", "area_m2"), told),
        label("compactness", told): list(figures(frame["compactness"], "2")),
        label("exception_reason", told): code_cells(
            frame["exception_reason"], "exception", told.lang
        ),
    }
    failing = [not fine for fine in frame["in_range"].tolist()]
    marked = (4, 6, 7)
    return titled_sheet(
        "plan_units", columns, told, frozen=1, failing=failing, marked=marked
    )


def _changes(plan: CommunityPlan, told: Speech) -> Sheet:
    frame = plan.changes
    columns = {
        say("publish.col.unit_old", told.lang): list(frame["community_name"]),
        label("change", told): code_cells(frame["change"], "change", told.lang),
        say("publish.col.unit_proposed", told.lang): list(frame["unit_name"]),
        **_whole(frame, ("households",), told),
        say("publish.col.unit_pieces", told.lang): [
            None
            if ids is None
            else ids.replace(",", say("publish.list_comma", told.lang))
            for ids in frame["piece_ids"]
        ],
        say("publish.col.change_reason", told.lang): unit_change_sentences(
            plan, told.lang
        ),
    }
    return titled_sheet("plan_unit_changes", columns, told, frozen=1)


def unit_change_sentences(plan: CommunityPlan, lang: Language) -> list[str]:
    """What becomes of each community, or part of it, that changes; and why.

    Parameters
    ----------
    plan : CommunityPlan
        The plan.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    list of str
        One sentence for each row of ``plan.changes``.

    Examples
    --------
    >>> from lifecircle.plans.communities import merge_communities
    >>> plan = merge_communities(toy.district, households=(500, 700))
    >>> unit_change_sentences(plan, "zh")
    ['青禾社区现有 120 户，不足 500 户；120 户划入渡口社区（方案 600 户）。']
    """
    low, high = plan.settings.community_households
    return [
        say(
            # What is kept back would follow from the totals of the usual sentence.
            "plans.unit_few" if np.isnan(row["households"]) else str(row["reason"]),
            lang,
            _values(row, lang, low=low, high=high),
        )
        for row in plan.changes.to_dict("records")
    ]


def _values(
    row: Mapping[Any, Any], lang: Language, *, low: int, high: int
) -> dict[str, Any]:
    ids = row["piece_ids"]
    count = 0 if ids is None else ids.count(",") + 1
    return {
        "home": row["community_name"],
        "unit": row["unit_name"],
        "part": say("plans.unit_grids", lang, {"n": count}) if count else "",
        "households": f"{row['households']:,.0f}",
        "home_households": f"{row['community_households']:,.0f}",
        "unit_households": f"{row['unit_households']:,.0f}",
        "low": f"{low:,}",
        "high": f"{high:,}",
    }


def _areas(plan: CommunityPlan, district: District, told: Speech) -> Sheet:
    frame = plan.areas
    lang = told.lang

    def titled(key: str, name: str) -> dict[str, list[Any]]:
        return {say(f"publish.col.{key}", lang): list(figures(frame[name], "0"))}

    columns = {
        say("publish.col.area_planned", lang): [
            area_name(key, district, lang) for key in frame["area_id"]
        ],
        **_whole(frame, ("households",), told),
        **titled("units_before", "communities"),
        **titled("units_before_in_range", "in_range_today"),
        **titled("units_fewest", "k_min"),
        **titled("units_after", "k"),
        **titled("units_most", "k_max"),
        **titled("units_after_in_range", "in_range"),
        label("status", told): code_cells(frame["status"], "status", lang),
        label("gap", told): list(figures(frame["gap"], "percent")),
        label("certificate", told): code_cells(
            frame["certificate"], "community_certificate", lang
        ),
        **titled("units_changed", "changed_households"),
        label("changed_share", told): list(figures(frame["changed_share"], "percent")),
        say("publish.col.not_planned", lang): [
            say(key, lang) if isinstance(key, str) else None for key in frame["reason"]
        ],
    }
    return titled_sheet("plan_areas", columns, told, frozen=1)

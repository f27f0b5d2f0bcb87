"""The plan of communities as columns of the page; geometry still in metres."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from lifecircle.publish.encode import numbers, positions, texts
from lifecircle.publish.unit_sheets import unit_change_sentences
from lifecircle.publish.wording import LANGUAGES, unit_names

if TYPE_CHECKING:
    from lifecircle.model import Assessment, CommunityPlan, District

__all__ = ["unit_columns"]

Columns = dict[str, Any]


def unit_columns(study: Assessment) -> dict[str, Columns]:
    """Layers of the plan of communities, without their geometry.

    Parameters
    ----------
    study : Assessment
        A finished study, disclosed.

    Returns
    -------
    dict
        ``planUnits`` (rows as ``plan.units``), ``planUnitsToday``,
        ``planUnitChanges``; empty if there is no plan.

    Examples
    --------
    >>> unit_columns(study)["planUnits"]["name"][:1]  # doctest: +SKIP
    ['钟楼社区']
    """
    plan, district = study.community_plan, study.district
    if plan is None or plan.units.empty:
        return {}
    keys = district.communities["community_id"]
    changes = plan.changes
    said = [unit_change_sentences(plan, lang) for lang in LANGUAGES]
    return {
        "planUnits": {
            "id": texts(plan.units["unit_id"]),
            "name": texts(plan.units["unit_name"]),
            "households": numbers(plan.units["households"]),
            "outside": numbers(plan.units["outside_households"]),
            "exception": texts(plan.units["exception_reason"]),
            "from": [
                positions(pd.Series(ids.split(","), dtype="str"), keys)
                for ids in plan.units["community_ids"]
            ],
        },
        "planUnitsToday": _today(plan, district),
        "planUnitChanges": {
            "from": positions(changes["community_id"], keys),
            "to": positions(changes["unit_id"], keys),
            "households": numbers(changes["households"]),
            "why": [list(pair) for pair in zip(*said, strict=True)],
        },
    }


def _today(plan: CommunityPlan, district: District) -> Columns:
    """Communities of today, as far as they are planned."""
    low, high = plan.settings.community_households
    sizes = plan.members.groupby("community_id", sort=True)["households"].sum(
        min_count=1
    )
    ids = pd.Series(sizes.index)
    named = ids.map(unit_names(district.communities))
    above = (sizes - high).clip(lower=0.0) - (low - sizes).clip(lower=0.0)
    return {
        "id": texts(ids),
        "name": texts(named),
        "community": positions(ids, district.communities["community_id"]),
        "households": numbers(sizes),
        "outside": numbers(above),
    }

"""What may leave the house: the one gate that every output passes through."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame

    from lifecircle.model import Assessment, CommunityPlan, District, GridPlan

__all__ = ["disclosed", "disclosed_district"]

Frame = TypeVar("Frame", "DataFrame", "GeoDataFrame")

PERSONAL = ("elderly", "children_0_3", "cases")
"""Counts of a building that never leave an internal file."""

SMALLEST_COUNT = 10.0
"""Smaller counts are left out of public files."""


def disclosed(study: Assessment) -> Assessment:
    """The study with only what its disclosure level lets out.

    Parameters
    ----------
    study : Assessment
        ``study.district.config.disclosure`` is internal, review or public.

    Returns
    -------
    Assessment
        Internal: the same. Review and public: a building's elderly, small
        children and cases become NaN, in ``buildings`` and in ``served`` of level
        building; rows left out are told without their cells, and in public faults
        of polygons without those of buildings.
        Public: besides, counts above 0 and below 10 in ``served``, ``reached`` and
        ``gaps.areas`` become NaN; in ``reached`` and ``gate_readings`` all parts of
        a sum, since the one kept back would follow from the others.
        ``reached`` never holds the elderly of a building. Small counts of
        the plans' change lists are kept back likewise, and totals from which they
        would follow told in tens or not at all.

    Examples
    --------
    >>> disclosed(study).district.buildings["elderly"]  # doctest: +SKIP
    """
    level = study.district.config.disclosure
    if level == "internal":
        return study
    served, areas = _without_people(study.served), study.gaps.areas
    reached, plan, readings = study.reached, study.grid_plan, study.gate_readings
    merged = study.community_plan
    if level == "public":
        merged = None if merged is None else _without_small_parts_moved(merged)
        plan = None if plan is None else _without_small_moves(plan)
        served = _without_small(served, ("amount", "estimated_amount"))
        areas = _without_small(areas, ("households", "persons", "elderly"))
        reached = _without_small_parts(reached)
        readings = None if readings is None else _without_small_readings(readings)
    return replace(
        study,
        district=disclosed_district(study.district),
        served=served,
        reached=reached,
        gate_readings=readings,
        grid_plan=plan,
        community_plan=merged,
        gaps=replace(study.gaps, areas=areas),
    )


def disclosed_district(district: District) -> District:
    """The tables of a study with only what their disclosure level lets out.

    Parameters
    ----------
    district : District
        As read.

    Returns
    -------
    District
        Internal: the same. Review and public: as ``disclosed``.

    Examples
    --------
    >>> disclosed_district(toy.district) is toy.district
    True
    """
    if district.config.disclosure == "internal":
        return district
    buildings = district.buildings.copy()
    for name in PERSONAL:
        if name in buildings:
            buildings[name] = float("nan")
    rejected = district.rejected.assign(cells="")
    faults = district.topology
    if district.config.disclosure == "public" and len(faults):
        faults = faults[faults["table"] != "buildings"].reset_index(drop=True)
    return replace(district, buildings=buildings, rejected=rejected, topology=faults)


def _without_small_moves(plan: GridPlan) -> GridPlan:
    communities = plan.communities.copy()
    small = _is_small(communities["changed_households"])
    communities.loc[small, ["changed_households", "changed_share"]] = float("nan")
    return replace(
        plan,
        communities=communities,
        changes=_without_small(plan.changes, ("households",)),
        islands=_without_small(plan.islands, ("households",)),
    )


def _without_small_parts_moved(plan: CommunityPlan) -> CommunityPlan:
    """No small part moved, and no sum that tells it by subtraction.

    Totals of the communities that such a part leaves or enters are told in tens,
    and in the change list not at all.
    """
    changes = _without_small(plan.changes, ("households",))
    units = _without_small(plan.units, ("households", "persons"))
    areas = plan.areas.copy()
    small = changes["households"].isna()
    if small.any():
        totals = ["community_households", "unit_households"]
        changes.loc[small, totals] = float("nan")
        touched = {*changes.loc[small, "unit_id"], *changes.loc[small, "community_id"]}
        told = units["unit_id"].isin(touched)
        for name in ("households", "persons", "outside_households"):
            units[name] = units[name].mask(told, units[name].round(-1))
        for name in ("changed_households", "changed_share"):
            areas[name] = float("nan")
    return replace(
        plan,
        units=units,
        members=_without_small(plan.members, ("households",)),
        changes=changes,
        areas=areas,
    )


def _without_people(served: DataFrame) -> DataFrame:
    of_building = (served["level"] == "building") & served["weight"].isin(PERSONAL)
    columns = ["amount", "estimated_amount"]
    result = served.copy()
    result.loc[of_building, columns] = float("nan")
    return result


def _without_small(frame: Frame, names: tuple[str, ...]) -> Frame:
    result = frame.copy()
    for name in names:
        result[name] = result[name].mask(_is_small(result[name]))
    return result


def _is_small(counts: pd.Series[Any]) -> pd.Series[bool]:
    return counts.between(0, SMALLEST_COUNT, "neither")


def _without_small_parts(reached: DataFrame) -> DataFrame:
    """No part of a sum of which one part is small: it would follow from the rest."""
    counts = reached[["served", "unserved", "not_assessed"]]
    small = counts.apply(_is_small)
    parts = [*counts.columns, "served_share"]
    result = _without_small(reached, ("amount", "estimated_amount"))
    result.loc[small.any(axis=1), parts] = float("nan")
    return result


def _without_small_readings(readings: DataFrame) -> DataFrame:
    """The same for both readings: neither served nor unserved nor what differs."""
    parts = ["served_open", "served_sealed", "difference"]
    rest = readings[parts[:2]].rsub(readings["amount"], axis=0).add_prefix("un")
    small = (
        pd.concat([readings[parts].abs(), rest], axis=1).apply(_is_small).any(axis=1)
    )
    result = _without_small(readings, ("amount",))
    result.loc[small, parts] = float("nan")
    return result

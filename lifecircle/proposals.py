"""What a plan proposes, typed: grids and communities drawn anew.

Part of ``lifecircle.model``; import them from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame

    from lifecircle.settings import RegridSettings

__all__ = ["CommunityPlan", "GridPlan"]


@dataclass(frozen=True, slots=True, eq=False)
class GridPlan:
    """Governance grids drawn anew, community by community.

    Attributes
    ----------
    grids : GeoDataFrame
        One row per proposed grid; columns in ``lifecircle.columns.PLAN_GRIDS``.
        Together the grids of a planned community are its ground, to the last vertex.
    today : DataFrame
        Today's grids of the planned communities; ``lifecircle.columns.PLAN_TODAY``.
    changes : DataFrame
        调整清单, one row per building whose grid changes;
        ``lifecircle.columns.PLAN_CHANGES``.
    communities : DataFrame
        One row per community, planned or not; ``lifecircle.columns.PLAN_COMMUNITIES``.
    buildings : DataFrame
        Proposed and today's grid of every building of the planned communities.
    islands : DataFrame
        Parts of communities that nobody can walk between;
        ``lifecircle.columns.PLAN_ISLANDS``.
    settings : RegridSettings
        What the plan was made with.
    """

    grids: GeoDataFrame
    today: DataFrame
    changes: DataFrame
    communities: DataFrame
    buildings: DataFrame
    islands: DataFrame
    settings: RegridSettings


@dataclass(frozen=True, slots=True, eq=False)
class CommunityPlan:
    """Communities merged or split towards a band of households.

    Attributes
    ----------
    units : GeoDataFrame
        One row per proposed community; ``lifecircle.columns.PLAN_UNITS``.
    members : DataFrame
        Every community or grid with the one that it goes to;
        ``lifecircle.columns.PLAN_MEMBERS``.
    changes : DataFrame
        调整清单, what changes community; ``lifecircle.columns.PLAN_UNIT_CHANGES``.
    areas : DataFrame
        One row per area planned by itself: a subdistrict, or the district;
        ``lifecircle.columns.PLAN_AREAS``.
    settings : RegridSettings
        What the plan was made with.
    """

    units: GeoDataFrame
    members: DataFrame
    changes: DataFrame
    areas: DataFrame
    settings: RegridSettings

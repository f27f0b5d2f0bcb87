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
        ``piece_id`` (a community or a grid), its ``households`` and the ``unit_id``
        that it goes to.
    areas : DataFrame
        One row per area planned by itself: a subdistrict, or the district;
        status, gap and certificate as in ``GridPlan.communities``.
    """

    units: GeoDataFrame
    members: DataFrame
    areas: DataFrame

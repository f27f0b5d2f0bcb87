"""Walking catchments of residents' committees: units that are called approximate."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from lifecircle.access.catchments import walking_catchments

if TYPE_CHECKING:
    from geopandas import GeoDataFrame, GeoSeries
    from shapely import Polygon

    from lifecircle.model import WalkNetwork

__all__ = ["approximate_units"]

FARTHEST_M = 5000.0
"""The map shows far fewer committees than there are communities, so that the nearest
may be a long walk off; it says which unit a place is shown under, and nothing else."""

FARTHEST_OFF_M = 500.0
"""Committees lie inside compounds whose paths the map does not show."""

TOUCH_M = 5.0
SPECK_M2 = 1.0
"""Smaller leftovers are rounding of the clip, not ground."""


def approximate_units(
    network: WalkNetwork, committees: GeoDataFrame, districts: GeoDataFrame
) -> GeoDataFrame:
    """Partition every district by its nearest committee on foot.

    A committee answers for its own district only, so that units nest in districts.
    Ground away from streets goes to the unit that borders most of it.
    """
    points = committees.assign(community_id="JW" + committees["uid"].str[:10])
    names = points.set_index("community_id")["unit_name"]
    parts = []
    for adcode, district_name, outline in zip(
        districts["adcode"], districts["name"], districts.geometry, strict=True
    ):
        shapes = _shapes_of(network, points[points.within(outline)], outline)
        part = gpd.GeoDataFrame(
            {
                "community_id": shapes.index,
                "name": names.loc[shapes.index].to_numpy(),
                "subdistrict_id": str(adcode),
                "subdistrict_name": district_name.removeprefix("西安"),
            },
            geometry=shapes.to_numpy(),
            crs=districts.crs,
        )
        parts.append(part)
    units = pd.concat(parts, ignore_index=True)
    return units.sort_values("community_id").reset_index(drop=True)


def _shapes_of(
    network: WalkNetwork, points: GeoDataFrame, outline: Polygon
) -> GeoSeries:
    """Catchments clipped to the district, leftover ground shared out."""
    reached = walking_catchments(
        network,
        points[["community_id", "geometry"]].reset_index(drop=True),
        limit_m=FARTHEST_M,
        id_column="community_id",
        boundary=outline,
        max_off_m=FARTHEST_OFF_M,
    )
    shapes = reached.set_index("community_id").geometry.sort_index()
    rest = gpd.GeoSeries([outline.difference(shapes.union_all())], crs=shapes.crs)
    rest = rest.explode(ignore_index=True)
    rest = rest[rest.area > SPECK_M2]
    nearest = [_neighbour(piece, shapes) for piece in rest]
    pieces = pd.concat([shapes, rest.set_axis(nearest)])
    return gpd.GeoSeries(
        pieces.groupby(level=0, sort=True).agg(lambda parts: parts.union_all()),
        crs=shapes.crs,
    )


def _neighbour(piece: Polygon, shapes: GeoSeries) -> str:
    """The unit that borders most of a piece of ground; else the nearest."""
    shared = shapes.intersection(piece.buffer(TOUCH_M)).area
    if shared.max() > 0.0:
        return str(shared.idxmax())
    return str(shapes.distance(piece).idxmin())

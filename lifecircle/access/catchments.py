"""Catchments: who is nearest to which place on foot, as ground."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely

from lifecircle.access.entrances import place_entrances
from lifecircle.access.field import cost_graph, walk_field
from lifecircle.access.raster import CELL_M, Raster, distance_raster, raster_over
from lifecircle.access.reach import walked_stretches
from lifecircle.network.lines import straight_lines

if TYPE_CHECKING:
    import numpy.typing as npt
    from geopandas import GeoDataFrame
    from shapely import MultiPolygon, Polygon

    from lifecircle.model import WalkNetwork
    from lifecircle.network.compounds import Walls

__all__ = ["GROUND_M", "walking_catchments"]

GROUND_M = 60.0
"""Ground this near to a reached street belongs to a catchment."""


def walking_catchments(
    network: WalkNetwork,
    points_frame: GeoDataFrame,
    *,
    limit_m: float,
    id_column: str,
    boundary: Polygon | MultiPolygon | None = None,
    max_off_m: float = 100.0,
    walls: Walls | None = None,
) -> GeoDataFrame:
    """Partition the ground near streets by the point that is nearest on foot.

    Parameters
    ----------
    network : WalkNetwork
        Where to walk.
    points_frame : GeoDataFrame
        Points, several each, or areas, in the network's CRS.
    limit_m : float
        Longest walk, metres, inclusive.
    id_column : str
        Column of the points' ids, unique.
    boundary : polygon, optional
        Ground outside it is left out.
    max_off_m : float
        A point farther than this from every street has no catchment.
    walls : Walls, optional
        Walls and barriers that ground does not reach across; without it they count
        only where they cut streets.

    Returns
    -------
    GeoDataFrame
        ``id_column`` and a polygon, sorted by id: areas do not overlap; a point
        without ground has no row. Among equal walks the lowest id wins.

    Examples
    --------
    >>> areas = walking_catchments(
    ...     toy.network, toy.district.facilities, limit_m=500, id_column="facility_id"
    ... )
    >>> areas["facility_id"].tolist()
    ['F1', 'F2', 'F3', 'F4', 'F5']
    """
    points = points_frame.sort_values(id_column, ignore_index=True)
    graph = cost_graph(network)
    entrances = place_entrances(
        network, points.geometry.to_numpy(), max_off_m=max_off_m, walls=walls
    )
    field = walk_field(graph, entrances.places, limit_m=limit_m)
    stretches = walked_stretches(graph, field)
    ids, areas = np.zeros(0, np.intp), np.zeros(0, dtype=object)
    if len(stretches.segment):
        xy = stretches.xy(network)
        raster = raster_over(
            xy, reach_m=GROUND_M, walls_xy=None if walls is None else walls.obstacle_xy
        )
        kind = network.segment_kind[stretches.segment].astype(str)
        free = (kind == "bridge") | (kind == "tunnel")
        _, nearest = distance_raster(raster, xy, free=free)
        source = entrances.owner[stretches.source[nearest]].astype(np.int32)
        owner = np.where(nearest >= 0, source, np.int32(-1))
        ids, areas = _dissolved(*_faces(raster, owner))
    if boundary is not None:
        areas = shapely.intersection(areas, boundary)
    keep = shapely.area(areas) > 0
    return gpd.GeoDataFrame(
        {id_column: points[id_column].to_numpy()[ids[keep]]},
        geometry=gpd.GeoSeries(areas[keep], crs=network.crs),
        crs=network.crs,
    )


def _faces(
    raster: Raster, owner: npt.NDArray[np.int32]
) -> tuple[npt.NDArray[np.object_], npt.NDArray[np.int32]]:
    """Faces of equal owner, their stairs smoothed, and the owner of each."""
    rows, columns = np.nonzero(owner[1:] != owner[:-1])
    level = np.column_stack([columns, rows + 1, columns + 1, rows + 1])
    rows, columns = np.nonzero(owner[:, 1:] != owner[:, :-1])
    upright = np.column_stack([columns + 1, rows, columns + 1, rows + 1])
    # The raster's cells stand around their middles.
    corner = np.tile(raster.origin - CELL_M / 2, 2)
    edges = straight_lines(corner + np.vstack([level, upright]) * CELL_M)
    faces = shapely.get_parts(shapely.polygonize(edges))
    spots = shapely.get_coordinates(shapely.point_on_surface(faces))
    column, row = ((spots - corner[:2]) // CELL_M).astype(int).T
    owners = owner[row, column]
    owned = owners >= 0
    smooth = shapely.coverage_simplify(faces[owned], CELL_M)
    return np.asarray(smooth, dtype=object), owners[owned]


def _dissolved(
    faces: npt.NDArray[np.object_], owners: npt.NDArray[np.int32]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.object_]]:
    ids = np.unique(owners)
    areas = np.empty(len(ids), dtype=object)
    for number, owner in enumerate(ids):
        areas[number] = shapely.coverage_union_all(faces[owners == owner])
    return ids.astype(np.intp), areas

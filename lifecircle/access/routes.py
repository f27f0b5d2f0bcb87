"""Walks as lines along the streets, and exact walks between pairs of points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.access.entrances import Entrances, place_entrances
from lifecircle.access.field import (
    UM,
    CostGraph,
    Places,
    WalkField,
    cost_graph,
    nearest_source,
    place_points,
    walk_field,
)
from lifecircle.access.kernel import FAR
from lifecircle.access.minutes import counted_facilities
from lifecircle.access.walkers import open_network, walker_graph
from lifecircle.columns import ROUTES
from lifecircle.network.compounds import read_walls
from lifecircle.network.snap import standing_points

if TYPE_CHECKING:
    from typing import Any

    import numpy.typing as npt
    from geopandas import GeoDataFrame
    from pandas import DataFrame

    from lifecircle.model import District, Walker, WalkNetwork

__all__ = ["FARTHEST_M", "example_routes", "walk_m_between"]

FARTHEST_M = 100_000.0
"""Routes and pairs are searched to this distance."""


def walk_m_between(
    network: WalkNetwork,
    a_points: npt.NDArray[Any],
    b_points: npt.NDArray[Any],
    *,
    max_off_m: float = 100.0,
) -> npt.NDArray[np.float64]:
    """Walk between the points of each pair, both legs off the street counted.

    Parameters
    ----------
    network : WalkNetwork
        Where to walk.
    a_points, b_points : arrays of shapely Point
        As many of one as of the other, in the network's CRS.
    max_off_m : float
        A point farther than this from every street is unreachable, metres.

    Returns
    -------
    float array
        Metres; NaN where there is no walk.

    Examples
    --------
    >>> import shapely
    >>> from lifecircle.conftest import at
    >>> here, there = shapely.points([at(50, 0)]), shapely.points([at(150, 10)])
    >>> walk_m_between(toy.network, here, there).tolist()
    [110.0]
    """
    starts = place_points(network, np.asarray(a_points), max_off_m=max_off_m)
    ends = place_points(network, np.asarray(b_points), max_off_m=max_off_m)
    graph = cost_graph(network)
    walk_m = np.full(len(starts.segment), np.nan)
    keys = np.column_stack([starts.segment, starts.offset_um, starts.off_um])
    _, first, group = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    for number, row in enumerate(first.tolist()):
        field = walk_field(graph, starts.take(np.array([row])), limit_m=FARTHEST_M)
        rows = np.flatnonzero(group == number)
        um, _ = nearest_source(graph, field, ends.take(rows))
        walk_m[rows[um < FAR]] = um[um < FAR] / UM
    return walk_m


@dataclass(frozen=True, slots=True, eq=False)
class _Town:
    """What every example route needs."""

    network: WalkNetwork
    graph: CostGraph
    home_points: npt.NDArray[np.object_]
    homes: Places
    facility_points: npt.NDArray[np.object_]
    facilities: Entrances
    timed: CostGraph
    speed_m_per_s: float


def _town(network: WalkNetwork, district: District, walker: Walker) -> _Town:
    network = open_network(network, walker)
    walls, off_m = read_walls(district), district.config.max_off_road_m
    homes = district.buildings.geometry.to_numpy()
    places = district.facilities.geometry.to_numpy()
    several = shapely.get_type_id(places) == shapely.GeometryType.MULTIPOINT
    return _Town(
        network=network,
        graph=cost_graph(network),
        home_points=standing_points(homes),
        homes=place_points(network, homes, max_off_m=off_m, walls=walls),
        facility_points=np.where(several, places, standing_points(places)),
        facilities=place_entrances(network, places, max_off_m=off_m, walls=walls),
        timed=walker_graph(network, walker),
        speed_m_per_s=walker.speed_m_per_s,
    )


def example_routes(
    network: WalkNetwork, district: District, access: DataFrame, areas: GeoDataFrame
) -> GeoDataFrame:
    """The most telling walk of each gap area.

    Of the area's buildings, the one nearest in a straight line to a facility of the
    class; its walk along the streets to that facility, beyond the limit all the
    same.

    Parameters
    ----------
    network : WalkNetwork
        Of this district.
    district : District
        Buildings, facilities, walls and walkers.
    access : DataFrame
        Columns ``ACCESS``; its ``status_set`` says which facilities count.
    areas : GeoDataFrame
        Columns ``GAP_AREAS``; ``building_ids`` joined by ``;``, several classes of
        ``facility_class`` by ``+``.

    Returns
    -------
    GeoDataFrame
        Columns ``ROUTES``, a line each, in the order of ``areas``; an area from
        which no facility of the class can be walked to has no row.

    Examples
    --------
    >>> import pandas as pd
    >>> area = {
    ...     "gap_id": "1", "rule_id": "HF-R10", "facility_class": "ELD.CANTEEN",
    ...     "walker": "elderly", "limit_min": 5.0, "building_ids": "B3;B4",
    ... }
    >>> routes = example_routes(
    ...     toy.network, toy.district, toy.access, pd.DataFrame([area])
    ... )
    >>> routes[["building_id", "walk_m", "straight_m"]].round(1).values.tolist()
    [['B3', 480.0, 76.2]]
    """
    towns: dict[str, _Town] = {}
    statuses = tuple(access["status_set"].iloc[0].split("+")) if len(access) else ()
    counted: dict[str, npt.NDArray[np.intp]] = {}
    buildings = pd.Index(district.buildings["building_id"])
    rows = []
    for _, area in areas.iterrows():
        classes = str(area["facility_class"])
        if classes not in counted:
            counted[classes] = _counted(district, classes, statuses)
        homes = buildings.get_indexer(str(area["building_ids"]).split(";"))
        walker = district.config.walkers[area["walker"]]
        if walker.name not in towns:
            towns[walker.name] = _town(network, district, walker)
        town = towns[walker.name]
        walk = _telling_walk(town, np.sort(homes[homes >= 0]), counted[classes])
        if walk is not None:
            rows.append(_row(district, area, walk))
    return gpd.GeoDataFrame(
        {name: [row[name] for row in rows] for name in ROUTES if name != "geometry"},
        geometry=gpd.GeoSeries([row["geometry"] for row in rows], crs=network.crs),
        crs=network.crs,
    )


def _counted(
    district: District, classes: str, statuses: tuple[str, ...]
) -> npt.NDArray[np.intp]:
    """Rows of the facilities that offer one of the classes, joined by ``+``."""
    ids = pd.concat(
        counted_facilities(district, name, statuses=statuses)["facility_id"]
        for name in classes.split("+")
    )
    return np.flatnonzero(district.facilities["facility_id"].isin(ids))


@dataclass(frozen=True, slots=True, eq=False)
class _Walk:
    home: int
    facility: int
    straight_m: float
    walk_m: float
    walk_min: float
    line: shapely.LineString


def _row(district: District, area: Any, walk: _Walk) -> dict[str, Any]:
    return {
        "gap_id": area["gap_id"],
        "rule_id": area["rule_id"],
        "building_id": district.buildings["building_id"].iloc[walk.home],
        "facility_id": district.facilities["facility_id"].iloc[walk.facility],
        "walk_m": walk.walk_m,
        "walk_min": walk.walk_min,
        "straight_m": walk.straight_m,
        "geometry": walk.line,
    }


def _telling_walk(
    town: _Town, homes: npt.NDArray[np.intp], facilities: npt.NDArray[np.intp]
) -> _Walk | None:
    """The walk to the facility that is nearest in a straight line, if there is one."""
    if not len(homes) or not len(facilities):
        return None
    tree = shapely.STRtree(town.facility_points[facilities])
    near, found = tree.query_nearest(town.home_points[homes])
    home, facility = homes[near], facilities[found]
    straight = shapely.distance(town.home_points[home], town.facility_points[facility])
    walks = []
    for target in np.unique(facility):
        rows = np.flatnonzero(facility == target)
        source = town.facilities.take(np.array([target])).places
        field = walk_field(town.graph, source, limit_m=FARTHEST_M)
        um, _ = nearest_source(town.graph, field, town.homes.take(home[rows]))
        walks += [
            (float(straight[row]), int(home[row]), int(target), int(walked))
            for row, walked in zip(rows, um, strict=True)
            if walked < FAR
        ]
    if not walks:
        return None
    straight_m, start, end, walked = min(walks)
    goal = town.facilities.take(np.array([end]))
    home_place = town.homes.take(np.array([start]))
    field = walk_field(town.graph, goal.places, limit_m=FARTHEST_M)
    timed = walk_field(town.timed, goal.places, limit_m=FARTHEST_M)
    level, _ = nearest_source(town.timed, timed, home_place)
    return _Walk(
        home=start,
        facility=end,
        straight_m=straight_m,
        walk_m=walked / UM,
        walk_min=float(level[0]) / UM / town.speed_m_per_s / 60,
        line=_line(town, field, start, goal),
    )


def _line(
    town: _Town, field: WalkField, home: int, goal: Entrances
) -> shapely.LineString:
    """From the building to its street, along the streets, and to the entrance."""
    place, source = town.homes.take(np.array([home])), field.sources
    segment, offset = int(place.segment[0]), int(place.offset_um[0])
    length = int(town.graph.segment_um[segment])
    start, end = town.graph.nodes[segment].tolist()
    by_start = int(field.node_um[start]) + offset
    by_end = int(field.node_um[end]) + length - offset
    beside = np.flatnonzero(source.segment == segment)
    direct = np.abs(offset - source.offset_um[beside]) + source.off_um[beside]
    nodes: list[int] = []
    if direct.min(initial=FAR) > min(by_start, by_end):
        node = start if by_start <= by_end else end
        while node >= 0:
            nodes.append(node)
            node = int(field.previous[node])
        entrance = int(field.source[nodes[-1]])
    else:
        entrance = int(beside[np.argmin(direct)])
    way = np.vstack(
        [
            shapely.get_coordinates(town.home_points[home]),
            _foot(town.network, segment, offset),
            town.network.node_xy[nodes],
            _foot(
                town.network,
                int(source.segment[entrance]),
                int(source.offset_um[entrance]),
            ),
            shapely.get_coordinates(goal.points[entrance]),
        ]
    )
    moves = np.ones(len(way), dtype=bool)
    moves[1:] = np.hypot(*(way[1:] - way[:-1]).T) > 1e-6
    if moves.sum() < 2:  # the facility is in the building itself
        moves[-1] = True
    return shapely.LineString(way[moves])


def _foot(
    network: WalkNetwork, segment: int, offset_um: int
) -> npt.NDArray[np.float64]:
    start, end = network.node_xy[network.segment_nodes[segment]]
    share = offset_um / UM / network.segment_length_m[segment]
    foot: npt.NDArray[np.float64] = start + share * (end - start)
    return foot[None]

"""Who goes where, and what each facility then serves: area, people, radius.

Two ways to part the buildings: each to the facility nearest on foot, or to the nearest
that still has room. Both are ours, for sources that name a size of what a centre
serves (Baohe's centres: persons, square kilometres, radius) without saying which
ground belongs to which centre.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.errors import TableError
from lifecircle.network.compiled import compiled

if TYPE_CHECKING:
    import numpy.typing as npt
    from geopandas import GeoDataFrame
    from pandas import DataFrame
    from shapely import MultiPolygon, Polygon

    Ints = npt.NDArray[np.int64]
    Floats = npt.NDArray[np.float64]

__all__ = ["capacity_partition", "catchment_loads", "nearest_partition"]

PEOPLE = ("households", "persons", "elderly")


def nearest_partition(pairs: DataFrame, demand: DataFrame) -> DataFrame:
    """Each building to the facility nearest on foot.

    Parameters
    ----------
    pairs : DataFrame
        ``building_id``, ``facility_id``, ``walk_m``, as ``walk_pairs`` gives them.
    demand : DataFrame
        ``building_id``, ``demand``; every building once.

    Returns
    -------
    DataFrame
        ``building_id``, ``demand``, ``facility_id``, ``walk_m``, in the order of
        ``demand``; None and NaN for a building that reaches none. Among equal walks
        the lowest ``facility_id`` wins.

    Examples
    --------
    >>> import pandas as pd
    >>> pairs = pd.DataFrame(
    ...     {
    ...         "building_id": ["B1", "B1", "B2"],
    ...         "facility_id": ["F1", "F2", "F2"],
    ...         "walk_m": [200.0, 200.0, 300.0],
    ...     }
    ... )
    >>> demand = pd.DataFrame({"building_id": ["B1", "B2", "B3"], "demand": 10.0})
    >>> nearest_partition(pairs, demand)["facility_id"].tolist()
    ['F1', 'F2', None]
    """
    ranked = pairs.sort_values(["building_id", "walk_m", "facility_id"])
    return _partition(ranked.drop_duplicates("building_id"), demand)


def capacity_partition(
    pairs: DataFrame, demand: DataFrame, capacity: DataFrame
) -> DataFrame:
    """Each building to the nearest facility that still has room for all of it.

    Walks are taken from the shortest up; a building goes where its walk leads if the
    facility has room left for its whole demand, else to the next. So nobody is sent
    farther while a nearer facility has room that no one still nearer has taken.

    Parameters
    ----------
    pairs : DataFrame
        ``building_id``, ``facility_id``, ``walk_m``.
    demand : DataFrame
        ``building_id``, ``demand`` (0 or more); every building once.
    capacity : DataFrame
        ``facility_id``, ``capacity`` in units of demand (0 or more; infinite = no
        bound); every facility once.

    Returns
    -------
    DataFrame
        As of ``nearest_partition``; None and NaN for a building that finds no room.

    Raises
    ------
    TableError
        If a demand or a capacity is not known or below 0, or an id of ``pairs`` has
        none.

    Notes
    -----
    Ties go to the lowest ``building_id``, then the lowest ``facility_id``. Greedy: the
    sum of walks is not the least there could be (that is a transport problem), and a
    large building may be passed over for smaller ones.

    Examples
    --------
    >>> import pandas as pd
    >>> pairs = pd.DataFrame(
    ...     {
    ...         "building_id": ["B1", "B1", "B2", "B2"],
    ...         "facility_id": ["F1", "F2", "F1", "F2"],
    ...         "walk_m": [100.0, 400.0, 200.0, 900.0],
    ...     }
    ... )
    >>> demand = pd.DataFrame({"building_id": ["B1", "B2"], "demand": [60.0, 50.0]})
    >>> capacity = pd.DataFrame({"facility_id": ["F1", "F2"], "capacity": [100, 100]})
    >>> capacity_partition(pairs, demand, capacity)["facility_id"].tolist()
    ['F1', 'F2']
    """
    ranked = pairs.sort_values(["walk_m", "building_id", "facility_id"])
    home, asked = _match(ranked["building_id"], demand, "demand")
    site, room = _match(ranked["facility_id"], capacity, "capacity")
    taken = np.zeros(len(ranked), dtype=bool)
    _fill(home, site, asked, room, np.zeros(len(asked), dtype=bool), taken)
    return _partition(ranked[taken], demand)


@compiled
def _fill(
    home: Ints,
    site: Ints,
    asked: Floats,
    room: Floats,
    placed: npt.NDArray[np.bool_],
    taken: npt.NDArray[np.bool_],
) -> None:
    """Take pairs in their order while buildings are free and facilities have room."""
    for row in range(len(home)):
        building, facility = home[row], site[row]
        # A millionth of room for sums of fractions.
        if placed[building] or asked[building] > room[facility] + 1e-6:
            continue
        room[facility] -= asked[building]
        placed[building] = True
        taken[row] = True


def _match(ids: pd.Series[str], table: DataFrame, column: str) -> tuple[Ints, Floats]:
    """Row in a table of every id, and a copy of the table's amounts."""
    key = str(ids.name)
    known = pd.Index(table[key])
    rows = known.get_indexer(pd.Index(ids)).astype(np.int64)
    amounts = table[column].to_numpy(dtype=float, copy=True)
    if not (amounts >= 0).all() or (rows < 0).any():
        lost = not (rows >= 0).all()
        wrong = ids.iloc[int(np.argmin(rows))] if lost else known[~(amounts >= 0)][0]
        raise TableError(
            where=f"{column}, {key} {wrong}",
            what=f"it has no {column} of 0 or more.",
            fix=f"Give a {column} to each {key}, or leave its walks out.",
        )
    return rows, amounts


def _partition(chosen: DataFrame, demand: DataFrame) -> DataFrame:
    chosen = chosen.set_index("building_id").reindex(demand["building_id"])
    names = chosen["facility_id"].tolist()
    facility = [name if isinstance(name, str) else None for name in names]
    return pd.DataFrame(
        {
            "building_id": demand["building_id"].to_numpy(),
            "demand": demand["demand"].to_numpy(dtype=float),
            "facility_id": pd.Series(facility, dtype=object),
            "walk_m": chosen["walk_m"].to_numpy(dtype=float),
        }
    )


def catchment_loads(
    partition: DataFrame,
    buildings: GeoDataFrame,
    facilities: GeoDataFrame,
    *,
    boundary: Polygon | MultiPolygon,
    capacity: DataFrame | None = None,
) -> GeoDataFrame:
    """What each facility serves: people, ground, radius, load.

    Parameters
    ----------
    partition : DataFrame
        As of ``nearest_partition`` or ``capacity_partition``.
    buildings : GeoDataFrame
        Of the district: ``building_id``, ``households``, ``persons``, ``elderly``.
    facilities : GeoDataFrame
        Metric CRS: ``facility_id``; those that serve nobody are listed too.
    boundary : polygon
        Ground to share out: the union of the communities.
    capacity : DataFrame, optional
        ``facility_id``, ``capacity`` in units of demand.

    Returns
    -------
    GeoDataFrame
        One row a facility, by id: ``buildings``, ``households``, ``persons``,
        ``elderly`` (NaN if not known of one of them), ``demand``, ``capacity``,
        ``load_share`` (demand over capacity; NaN without), ``walk_radius_m`` and
        ``radius_m`` (farthest building on foot and straight; NaN if none),
        ``area_m2`` and the ground: all places whose nearest building is one of its.

    Notes
    -----
    Ground is shared out by Voronoi cells of the buildings, so that areas of all
    facilities and of the buildings without one sum up to the boundary's. A radius and
    an area are two figures: a catchment is no circle.

    Examples
    --------
    >>> from lifecircle.access.floating import building_demand
    >>> from lifecircle.access.pairs import walk_pairs
    >>> pairs = walk_pairs(toy.network, toy.district, "HLT.PHARM", limit_m=5000)
    >>> who = nearest_partition(pairs, building_demand(toy.district, "persons"))
    >>> loads = catchment_loads(
    ...     who,
    ...     toy.district.buildings,
    ...     toy.district.facilities.query("facility_class == 'HLT.PHARM'"),
    ...     boundary=toy.district.communities.union_all(),
    ... )
    >>> loads[["facility_id", "buildings", "persons"]].values.tolist()
    [['F3', 1, 100.0], ['F5', 5, 1400.0]]
    >>> round(float(loads["area_m2"].sum()))  # 700 m x 400 m
    280000
    """
    sites = facilities.sort_values("facility_id", ignore_index=True)
    spots = shapely.centroid(np.asarray(buildings.geometry, dtype=object))
    homes = pd.DataFrame(
        {"building_id": buildings["building_id"].to_numpy(), "_spot": spots}
    ).assign(**{name: buildings[name].to_numpy(dtype=float) for name in PEOPLE})
    served = partition.merge(homes, on="building_id", how="left")
    centre = shapely.centroid(np.asarray(sites.geometry, dtype=object))
    row = pd.Index(sites["facility_id"]).get_indexer(pd.Index(served["facility_id"]))
    served = served.assign(_row=row, _straight_m=np.nan)
    some = row >= 0
    served.loc[some, "_straight_m"] = shapely.distance(
        served.loc[some, "_spot"].to_numpy(dtype=object), centre[row[some]]
    )
    figures = _figures(served[some], len(sites))
    ground = _ground(served, boundary, len(sites))
    bound = np.full(len(sites), np.nan)
    if capacity is not None:
        amounts = capacity.set_index("facility_id")["capacity"]
        bound = sites["facility_id"].map(amounts).to_numpy(dtype=float)
    load = np.full(len(sites), np.nan)
    np.divide(figures["demand"].to_numpy(), bound, out=load, where=bound > 0)
    return gpd.GeoDataFrame(
        {
            "facility_id": sites["facility_id"].to_numpy(),
            **{str(name): figures[name].to_numpy() for name in figures},
            "capacity": bound,
            "load_share": load,
            "area_m2": shapely.area(ground),
        },
        geometry=gpd.GeoSeries(ground, crs=sites.crs),
        crs=sites.crs,
    )


def _figures(served: DataFrame, count: int) -> DataFrame:
    """Sums and farthest walks by row of the facility."""
    groups = served.groupby("_row")
    figures = pd.DataFrame({"buildings": groups.size()}).reindex(range(count))
    figures["buildings"] = figures["buildings"].fillna(0).astype(np.int64)
    empty = figures["buildings"] == 0
    for name in (*PEOPLE, "demand"):
        total = groups[name].sum(skipna=False).reindex(range(count))
        figures[name] = total.where(~empty, 0.0)
    figures["walk_radius_m"] = groups["walk_m"].max()
    figures["radius_m"] = groups["_straight_m"].max()
    return figures


def _ground(
    served: DataFrame, boundary: Polygon | MultiPolygon, count: int
) -> npt.NDArray[np.object_]:
    """The Voronoi cells of each facility's buildings, merged, inside the boundary."""
    ground = np.full(count, shapely.Polygon(), dtype=object)
    xy = shapely.get_coordinates(served["_spot"].to_numpy(dtype=object))
    # Of buildings at one place the first stands for all.
    _, first = np.unique(np.round(xy, 3), axis=0, return_index=True)
    first = np.sort(first)
    owner = served["_row"].to_numpy()[first]
    if len(first) < 2:
        if len(first) and owner[0] >= 0:
            ground[owner[0]] = boundary
        return ground
    cells = shapely.get_parts(
        shapely.voronoi_polygons(
            shapely.multipoints(xy[first]), extend_to=boundary, ordered=True
        )
    )
    for facility in np.unique(owner[owner >= 0]):
        merged = shapely.union_all(cells[owner == facility])
        ground[facility] = shapely.intersection(merged, boundary)
    return ground

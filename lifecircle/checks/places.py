"""Where units lie: their buildings, their polygons, the centres of catchments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from lifecircle.checks.inputs import Inputs, cached
from lifecircle.checks.units import representative_points
from lifecircle.unions import union_of

if TYPE_CHECKING:
    import numpy.typing as npt
    from geopandas import GeoDataFrame
    from pandas import Series

__all__ = [
    "canonical",
    "centres",
    "community_at",
    "home_points",
    "level_key",
    "member_pairs",
    "places_at",
    "subdistricts",
]

_ALIASES = {
    "village": "community",
    "township": "subdistrict",
    "street": "subdistrict",
    "estate": "compound",
    "unit": "catchment",
}


def canonical(level: str) -> str:
    """The level whose units stand for a rule's level.

    A city's rule is held against the city's part at hand, the district; villages
    are rural communities and townships rural subdistricts.

    Parameters
    ----------
    level : str
        As the rule names it.

    Returns
    -------
    str
        Of ``LEVELS``, or the level itself if there are no such units.

    Examples
    --------
    >>> canonical("township"), canonical("community")
    ('subdistrict', 'community')
    """
    return _ALIASES.get(level, level)


def subdistricts(inputs: Inputs) -> list[str]:
    """Ids of the subdistricts, sorted; none if the communities name none.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.

    Returns
    -------
    list of str

    Examples
    --------
    >>> from lifecircle.checks.inputs import prepare
    >>> subdistricts(prepare(toy.district, None))
    ['S1']
    """
    return sorted(set(inputs.communities["subdistrict_id"].dropna()))


def member_pairs(
    inputs: Inputs, level: str, classes: tuple[str, ...] = ()
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Which building lies in which unit.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    level : str
        Of ``LEVELS``.
    classes : tuple of str
        As ``units_at``.

    Returns
    -------
    tuple of int arrays
        Positions of buildings, and of their units; a building may be in no unit,
        in two grids, and in circles of several tiers.

    Examples
    --------
    >>> from lifecircle.checks.inputs import prepare
    >>> member_pairs(prepare(toy.district, None), "grid")[1].tolist()
    [0, 0, 0, 0, 1, 1]
    """
    pairs: tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]] = cached(
        inputs,
        level_key("pairs", level, classes),
        lambda: _pairs(inputs, canonical(level), classes),
    )
    return pairs


def _pairs(
    inputs: Inputs, level: str, classes: tuple[str, ...]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    buildings = inputs.district.buildings
    if level == "grid":
        claims = inputs.claims
        named = set(claims.loc[claims["declared"], "building_id"])
        used = claims[claims["declared"] | ~claims["building_id"].isin(named)]
        row = pd.Index(buildings["building_id"]).get_indexer(used["building_id"])
        unit = pd.Index(inputs.grids["unit_id"]).get_indexer(used["grid_id"])
        order = np.lexsort((unit, row))
        return row[order], unit[order]
    if level == "circle":
        # Tiers lie over one another: a home is in one circle of each, or in none.
        tree = shapely.STRtree(places_at(inputs, level))
        row, unit = tree.query(home_points(inputs), predicate="intersects")
        order = np.lexsort((unit, row))
        return row[order], unit[order]
    unit = _unit_of_buildings(inputs, level, classes)
    row = np.flatnonzero(unit >= 0)
    return row, unit[row]


def _unit_of_buildings(
    inputs: Inputs, level: str, classes: tuple[str, ...]
) -> npt.NDArray[np.intp]:
    buildings = inputs.district.buildings
    if level == "facility":
        return np.full(len(buildings), -1, dtype=np.intp)
    if level == "building":
        return np.arange(len(buildings), dtype=np.intp)
    if level == "catchment":
        sites = centres(inputs, classes)
        if sites.empty or buildings.empty:
            return np.full(len(buildings), -1, dtype=np.intp)
        return nearest_of(home_points(inputs), representative_points(sites))
    if level == "compound":
        ids = inputs.district.compounds["compound_id"].tolist()
        return _positions(ids, buildings["compound_id"])
    home = inputs.communities.set_index("unit_id")["subdistrict_id"]
    of = buildings["community_id"]
    if level == "community":
        return _positions(inputs.communities["unit_id"].tolist(), of)
    if level == "subdistrict":
        return _positions(subdistricts(inputs), of.map(home))
    return np.where(of.isin(home.index), 0, -1).astype(np.intp)


def level_key(
    name: str, level: str, classes: tuple[str, ...]
) -> tuple[str, str, tuple[str, ...]]:
    """Key of a figure of a level; only catchments differ by their classes.

    Parameters
    ----------
    name : str
        Name of the figure.
    level : str
        Of ``levels.LEVELS`` or another name of one.
    classes : tuple of str
        As ``units_at``.

    Returns
    -------
    tuple

    Examples
    --------
    >>> level_key("units", "village", ("SVC.COMM",))
    ('units', 'community', ())
    """
    level = canonical(level)
    return name, level, classes if level == "catchment" else ()


def home_points(inputs: Inputs) -> npt.NDArray[np.object_]:
    """One point inside every building, made once.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.

    Returns
    -------
    object array of shapely Point
        In the order of the buildings.

    Examples
    --------
    >>> from lifecircle.checks.inputs import prepare
    >>> len(home_points(prepare(toy.district, None)))
    6
    """
    points: npt.NDArray[np.object_] = cached(
        inputs, "homes", lambda: representative_points(inputs.district.buildings)
    )
    return points


def _positions(ids: list[str], of: Series) -> npt.NDArray[np.intp]:
    found = pd.Index(ids, dtype=object).get_indexer(pd.Index(of, dtype=object))
    return np.asarray(found, dtype=np.intp)


def community_at(
    inputs: Inputs, points: npt.NDArray[np.object_]
) -> npt.NDArray[np.object_]:
    """The community that every point lies in, on a shared border the first.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    points : object array of shapely Point
        Metric CRS.

    Returns
    -------
    object array of str or None
        Ids; None outside all.

    Examples
    --------
    >>> from lifecircle.checks.inputs import prepare
    >>> inputs = prepare(toy.district, None)
    >>> community_at(inputs, home_points(inputs)).tolist()
    ['C1', 'C1', 'C1', 'C1', 'C2', 'C2']
    """
    ids = inputs.communities["unit_id"].to_numpy(dtype=object)
    row, place = shapely.STRtree(places_at(inputs, "community")).query(
        points, predicate="intersects"
    )
    first = np.full(len(points), len(ids), dtype=np.intp)
    np.minimum.at(first, row, place)
    known = first < len(ids)
    found = np.full(len(points), None, dtype=object)
    found[known] = ids[first[known]]
    return found


def nearest_of(
    points: npt.NDArray[np.object_], sites: npt.NDArray[np.object_]
) -> npt.NDArray[np.intp]:
    """The nearest site of every point; of several equally near, the first.

    Parameters
    ----------
    points, sites : object arrays of shapely Point
        Metric CRS; at least one site.

    Returns
    -------
    int array
        Positions in ``sites``.

    Examples
    --------
    >>> nearest_of(shapely.points([[1, 0]]), shapely.points([[5, 0], [2, 0], [2, 0]]))
    array([1])
    """
    row, site = shapely.STRtree(sites).query_nearest(points, all_matches=True)
    first = np.full(len(points), len(sites), dtype=np.intp)
    np.minimum.at(first, row, site)
    return first


def centres(inputs: Inputs, classes: tuple[str, ...]) -> GeoDataFrame:
    """Sites of the classes that are in use, the centres of catchments.

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    classes : tuple of str
        Facility classes.

    Returns
    -------
    GeoDataFrame
        Rows of ``facilities`` inside the district, sorted by id.

    Examples
    --------
    >>> from lifecircle.checks.inputs import prepare
    >>> centres(prepare(toy.district, None), ("SVC.COMM",))["facility_id"].tolist()
    ['F2']
    """
    facilities = inputs.district.facilities
    offered = inputs.district.facility_classes
    ids = offered.loc[offered["facility_class"].isin(classes), "facility_id"]
    year = inputs.district.config.as_of.year
    use = (
        facilities["facility_id"].isin(ids)
        & (facilities["status"] == "built")
        & ~(facilities["opened"] > year)
        & facilities["community_id"].notna()
    )
    return facilities[use].reset_index(drop=True)


def places_at(
    inputs: Inputs, level: str, classes: tuple[str, ...] = ()
) -> npt.NDArray[np.object_]:
    """Polygon of every unit, in the order of ``units_at``.

    A catchment is the part of the district nearest to its centre in a straight
    line: ours, since no source publishes catchments (RULES.md part 4, 2).

    Parameters
    ----------
    inputs : Inputs
        From ``prepare``.
    level : str
        Of ``LEVELS``.
    classes : tuple of str
        As ``units_at``.

    Returns
    -------
    object array of shapely geometry

    Examples
    --------
    >>> from lifecircle.checks.inputs import prepare
    >>> places = places_at(prepare(toy.district, None), "community")
    >>> shapely.area(places).tolist()
    [184000.0, 96000.0]
    """
    places: npt.NDArray[np.object_] = cached(
        inputs,
        level_key("places", level, classes),
        lambda: _places(inputs, canonical(level), classes),
    )
    return places


def _places(
    inputs: Inputs, level: str, classes: tuple[str, ...]
) -> npt.NDArray[np.object_]:
    district = inputs.district
    communities = district.communities.sort_values("community_id")
    if level == "community":
        return np.asarray(communities.geometry, dtype=object)
    if level in ("city", "district"):
        return np.array([union_of(communities.geometry.to_numpy())])
    if level == "subdistrict":
        of = communities["subdistrict_id"].to_numpy()
        shapes = communities.geometry.to_numpy()
        units = [union_of(shapes[of == unit]) for unit in subdistricts(inputs)]
        return np.array(units, dtype=object)
    if level == "catchment":
        return _catchments(inputs, classes)
    frame = getattr(district, f"{level}s" if level != "facility" else "facilities")
    return np.asarray(frame.geometry, dtype=object)


def _catchments(inputs: Inputs, classes: tuple[str, ...]) -> npt.NDArray[np.object_]:
    land = places_at(inputs, "district")[0]
    points = representative_points(centres(inputs, classes))
    if len(points) < 2:
        return np.array([land] * len(points), dtype=object)
    cells = shapely.voronoi_polygons(shapely.multipoints(points), extend_to=land)
    tree = shapely.STRtree(shapely.get_parts(cells))
    cell_of = tree.nearest(points)
    return np.asarray(shapely.intersection(tree.geometries[cell_of], land))

"""Roads: what may be walked, steps, and multi-part lines taken apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from lifecircle.tables.parse import nearest

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from lifecircle.tables.ledger import Ledger

__all__ = ["complete_roads", "take_apart"]

_LINE = 1

_WALKABLE = (
    *("trunk", "primary", "primary_link", "secondary", "secondary_link"),
    *("tertiary", "tertiary_link", "unclassified", "residential", "living_street"),
    *("service", "pedestrian", "footway", "path", "steps", "track", "cycleway"),
    *("bridleway", "corridor", "crossing", "road", "elevator", "platform"),
)
_NOT_WALKABLE = (
    *("motorway", "motorway_link", "trunk_link", "motorroad", "raceway", "busway"),
    *("bus_guideway", "construction", "proposed", "planned", "abandoned", "razed"),
    *("railway", "rail", "subway", "light_rail", "tram", "no"),
)


def complete_roads(roads: GeoDataFrame, *, ledger: Ledger) -> GeoDataFrame:
    """Fill in ``walkable`` and ``steps`` by road class where the file is silent.

    Parameters
    ----------
    roads : GeoDataFrame
        ``road_class``, ``walkable``, ``steps`` (None = silent), hidden columns.
    ledger : Ledger
        Takes one warning for each road class and source that is not known: such
        roads count as walkable.

    Returns
    -------
    GeoDataFrame
        ``road_class`` in lower case; ``walkable`` and ``steps`` yes or no.
        Motorways, their links, trunk links, railways and roads not built are not
        walkable by default.
    """
    classes = roads["road_class"].str.lower().astype(object)
    classes = classes.where(classes.notna(), None)
    unknown = classes.notna() & ~classes.isin([*_WALKABLE, *_NOT_WALKABLE])
    counted = roads.assign(_class=classes)[unknown.to_numpy()]
    for (origin, name), group in counted.groupby(["_origin", "_class"], sort=True):
        near = nearest(str(name), (*_WALKABLE, *_NOT_WALKABLE))
        values = {"value": name, "rows": len(group), "nearest": near}
        ledger.report(
            "road_class_unknown",
            values,
            origin=int(str(origin)),
            row=int(group["_row"].iloc[0]),
            column="road_class",
            severity="warning",
        )
    by_class = np.where(classes.isin(_NOT_WALKABLE), "no", "yes")
    stairs = np.where(classes == "steps", "yes", "no")
    walkable = roads["walkable"].where(roads["walkable"].notna(), by_class)
    steps = roads["steps"].where(roads["steps"].notna(), stairs)
    return roads.assign(road_class=classes, walkable=walkable, steps=steps)


def take_apart(lines: GeoDataFrame) -> GeoDataFrame:
    """Multi-part lines to one row a part; parts keep their line's id.

    Parameters
    ----------
    lines : GeoDataFrame
        LineString or MultiLineString.

    Returns
    -------
    GeoDataFrame
        LineString only, in the order of the parts.

    Examples
    --------
    >>> import geopandas, shapely
    >>> two = shapely.MultiLineString([[(0, 0), (1, 0)], [(3, 0), (4, 0)]])
    >>> frame = geopandas.GeoDataFrame({"road_id": ["r1"]}, geometry=[two])
    >>> take_apart(frame)["road_id"].tolist()
    ['r1', 'r1']
    """
    if (shapely.get_type_id(lines.geometry) == _LINE).all():
        return lines.reset_index(drop=True)
    return lines.explode(ignore_index=True)

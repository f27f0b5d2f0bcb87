"""Grids drawn as polygons: overlaps, gaps, cut buildings, ground beyond a community."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from lifecircle.plans.edited import FAULTS
from lifecircle.unions import union_of

if TYPE_CHECKING:
    import numpy.typing as npt
    from geopandas import GeoDataFrame
    from pandas import DataFrame

    from lifecircle.model import District

__all__ = ["drawn_faults"]

_LEAST_M2 = 5.0
"""Smaller slivers are the drawing's precision, no fault."""
_CUT_SHARE = 0.05
"""Of a building's ground in a second grid: below it the outline was not followed."""


def drawn_faults(drawn: GeoDataFrame, district: District) -> DataFrame:
    """Rules that the polygons of a plan break, beside those of its buildings.

    ``overlap``: of two grids; ``gap``: ground of a community with grids that is in
    none; ``beyond_community``: ground of a grid outside the community that holds most
    of it; ``building_cut``: a building on the ground of several grids.

    Parameters
    ----------
    drawn : GeoDataFrame
        ``grid_id`` and polygons, the district's CRS.
    district : District
        Uses ``communities`` and ``buildings``.

    Returns
    -------
    DataFrame
        Columns ``FAULTS``; ``value`` in m², of a cut building the share outside.

    Examples
    --------
    >>> drawn_faults(toy.district.grids, toy.district)["fault"].unique().tolist()
    []
    """
    shapes = shapely.make_valid(drawn.geometry.to_numpy())
    ids = drawn["grid_id"].astype(str).to_numpy(dtype=object)
    communities = district.communities[district.communities["unit_kind"] == "community"]
    homes = communities["community_id"].to_numpy(dtype=object)
    grounds = communities.geometry.to_numpy()
    rows = [
        *_overlaps(shapes, ids),
        *_ground(shapes, ids, grounds, homes),
        *_cut(shapes, ids, district),
    ]
    return pd.DataFrame(rows, columns=list(FAULTS))


def _row(fault: str, **values: Any) -> dict[str, Any]:
    empty = dict.fromkeys(FAULTS) | {"value": np.nan}
    return empty | {"fault": fault} | values


def _shared(
    one: npt.NDArray[np.object_], two: npt.NDArray[np.object_]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.float64]]:
    """Pairs that meet, and the area that they share, m²."""
    left, right = shapely.STRtree(two).query(one, "intersects")
    order = np.lexsort((right, left))
    left, right = left[order], right[order]
    return left, right, shapely.area(shapely.intersection(one[left], two[right]))


def _overlaps(
    shapes: npt.NDArray[np.object_], ids: npt.NDArray[np.object_]
) -> list[dict[str, Any]]:
    one, two, area = _shared(shapes, shapes)
    found = np.flatnonzero((one < two) & (area > _LEAST_M2) & (ids[one] != ids[two]))
    return [
        _row("overlap", grid_id=f"{ids[one[k]]}+{ids[two[k]]}", value=float(area[k]))
        for k in found
    ]


def _ground(
    shapes: npt.NDArray[np.object_],
    ids: npt.NDArray[np.object_],
    grounds: npt.NDArray[np.object_],
    homes: npt.NDArray[np.object_],
) -> list[dict[str, Any]]:
    """Gaps in communities, and grids that leave theirs."""
    grid, home, area = _shared(shapes, grounds)
    most = np.zeros((len(shapes), len(grounds)))
    most[grid, home] = area
    main = most.argmax(axis=1) if len(grounds) else np.zeros(len(shapes), np.intp)
    rows = []
    for one in np.unique(main[most.max(axis=1, initial=0.0) > 0.0]):
        covered = union_of(shapes[main == one])
        gap = float(shapely.area(shapely.difference(grounds[one], covered)))
        if gap > _LEAST_M2:
            rows.append(_row("gap", community_id=homes[one], value=gap))
    for one in range(len(shapes)):
        beyond = float(shapely.area(shapes[one]) - most[one, main[one]])
        if beyond > _LEAST_M2:
            where = {"grid_id": ids[one], "community_id": homes[main[one]]}
            rows.append(_row("beyond_community", **where, value=beyond))
    return rows


def _cut(
    shapes: npt.NDArray[np.object_],
    ids: npt.NDArray[np.object_],
    district: District,
) -> list[dict[str, Any]]:
    outlines = district.buildings.geometry.to_numpy()
    keys = district.buildings["building_id"].to_numpy(dtype=object)
    home, grid, area = _shared(outlines, shapes)
    pieces = pd.DataFrame({"home": keys[home], "grid": ids[grid], "area": area})
    shared = pieces.groupby(["home", "grid"])["area"].sum().groupby("home")
    total = shared.sum()
    second = 1.0 - shared.max() / total.where(total > 0.0)
    return [
        _row("building_cut", building_id=key, value=float(share))
        for key, share in second.items()
        if share > _CUT_SHARE
    ]

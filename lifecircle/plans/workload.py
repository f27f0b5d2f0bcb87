"""What a grid has to do, beside its households: street shops, the elderly, cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from lifecircle.model import District

__all__ = ["building_workload"]

_SHOPS = "COM."
"""Facility classes of trade begin with this."""


def building_workload(
    district: District, weights: Mapping[str, float]
) -> npt.NDArray[np.float64]:
    """Workload of every building.

    ``street_shops`` × shops nearest to it + ``elderly`` × elderly + ``cases`` ×
    cases of the year. What is unknown adds nothing.

    Parameters
    ----------
    district : District
        Uses ``buildings`` and ``facilities`` (built, of trade).
    weights : Mapping[str, float]
        A weight that is not named is 0.

    Returns
    -------
    float64 array
        In the order of ``buildings``.

    Examples
    --------
    Half a point for each of the elderly.

    >>> building_workload(toy.district, {"elderly": 0.5})[:2].tolist()
    [15.0, 30.0]
    """
    buildings = district.buildings
    total = np.zeros(len(buildings))
    if weights.get("street_shops") and len(buildings):
        facilities = district.facilities
        trade = facilities["facility_class"].str.startswith(_SHOPS, na=False)
        shops = facilities[trade & (facilities["status"] == "built")]
        spots = shapely.point_on_surface(shops.geometry.to_numpy())
        tree = shapely.STRtree(buildings.geometry.to_numpy())
        near = tree.nearest(spots[shops["community_id"].notna().to_numpy()])
        total += weights["street_shops"] * np.bincount(near, minlength=len(total))
    for name in ("elderly", "cases"):
        if weights.get(name):
            counted = buildings[name].to_numpy(dtype=float)
            total += weights[name] * np.nan_to_num(counted)
    return total

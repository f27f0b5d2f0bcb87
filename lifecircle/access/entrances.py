"""Facilities with several entrances: the walk goes to the nearest of them.

A facility given as several points (MultiPoint) is entered at each; an area, however
many parts it has, at its middle, a point at itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lifecircle.access.along import runs
from lifecircle.access.field import Places, place_points
from lifecircle.network.entrances import entrance_points
from lifecircle.network.snap import standing_points

if TYPE_CHECKING:
    from typing import Any

    import numpy.typing as npt

    from lifecircle.model import WalkNetwork
    from lifecircle.network.compounds import Walls

__all__ = ["Entrances", "place_entrances"]


@dataclass(frozen=True, slots=True, eq=False)
class Entrances:
    """Entrances of facilities, put on the network.

    Attributes
    ----------
    places : Places
        One an entrance, in the order of the facilities.
    owner : int array (n,)
        Row of the facility.
    points : object array (n,) of shapely Point
        Where walkers stand who have arrived.
    """

    places: Places
    owner: npt.NDArray[np.intp]
    points: npt.NDArray[np.object_]

    def take(self, rows: npt.NDArray[np.intp]) -> Entrances:
        """The entrances of some facilities.

        Parameters
        ----------
        rows : int array
            Which facilities.

        Returns
        -------
        Entrances
            In the order of ``rows``; ``owner`` counts in ``rows``.
        """
        low = np.searchsorted(self.owner, rows, "left")
        owner, chosen = runs(low, np.searchsorted(self.owner, rows, "right") - low)
        return Entrances(self.places.take(chosen), owner, self.points[chosen])


def place_entrances(
    network: WalkNetwork,
    geometry: npt.NDArray[Any],
    *,
    max_off_m: float,
    walls: Walls | None = None,
) -> Entrances:
    """Put the entrances of facilities on the network.

    Parameters
    ----------
    network : WalkNetwork
        Its segments.
    geometry : object array of shapely geometries
        Points, areas, or several points each.
    max_off_m : float
        Longest leg off the street, metres.
    walls : Walls, optional
        Walls and barriers that legs respect.

    Returns
    -------
    Entrances
        Each facility's own, in the order given.

    Examples
    --------
    >>> shops = toy.district.facilities.geometry.to_numpy()
    >>> place_entrances(toy.network, shops, max_off_m=100).owner.tolist()
    [0, 1, 2, 3, 4]
    """
    points, owner = entrance_points(geometry)
    places = place_points(network, points, max_off_m=max_off_m, walls=walls)
    return Entrances(places, owner, standing_points(points))

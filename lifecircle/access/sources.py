"""Where isochrones start, on which streets, and how far they go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from lifecircle.access.entrances import place_entrances
from lifecircle.access.field import cost_graph, walk_field
from lifecircle.access.minutes import counted_facilities
from lifecircle.access.pairs import own_points
from lifecircle.access.reach import walked_stretches
from lifecircle.access.walkers import open_network, walker_graph, walker_named
from lifecircle.errors import ConfigError
from lifecircle.network.compounds import read_walls

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from geopandas import GeoDataFrame

    from lifecircle.access.entrances import Entrances
    from lifecircle.access.field import CostGraph
    from lifecircle.access.reach import Stretches
    from lifecircle.model import District, WalkNetwork
    from lifecircle.network.compounds import Walls

__all__ = ["Outing", "open_outing"]


@dataclass(frozen=True, slots=True, eq=False)
class Outing:
    """Sources put on the streets that a walker can walk, and limits.

    Attributes
    ----------
    network : WalkNetwork
        The part that the walker can walk.
    graph : CostGraph
        What walking costs: metres for limits in metres, else metres on the level that
        take as long.
    walls : Walls
    key : str
        ``facility_id`` or ``point_id``.
    ids : object array (n,)
        One a source.
    entrances : Entrances
        Of the sources.
    unit : str
        ``min`` or ``m``.
    limits : float array
        In that unit, ascending.
    unit_m : float
        Metres of cost in a unit.
    """

    network: WalkNetwork
    graph: CostGraph
    walls: Walls
    key: str
    ids: npt.NDArray[np.object_]
    entrances: Entrances
    unit: str
    limits: npt.NDArray[np.float64]
    unit_m: float

    @property
    def limits_m(self) -> npt.NDArray[np.float64]:
        """Limits in metres of cost."""
        return self.limits * self.unit_m

    def stretches(self) -> Stretches:
        """Stretches within the last limit of all sources together.

        Returns
        -------
        Stretches
            ``source`` is the row of an entrance.
        """
        sources = self.entrances.places
        field = walk_field(self.graph, sources, limit_m=float(self.limits_m[-1]))
        return walked_stretches(self.graph, field)


def open_outing(
    network: WalkNetwork,
    district: District,
    sources: str | GeoDataFrame,
    *,
    walker: str,
    limits_min: Sequence[float] | None,
    limits_m: Sequence[float] | None,
) -> Outing:
    """Put sources on the streets that a walker can walk.

    Parameters
    ----------
    network : WalkNetwork
        Of this district.
    district : District
        Facilities, walls, barriers and walkers.
    sources : str or GeoDataFrame
        Code of a class: its built facilities; or ``point_id`` and points in the
        network's CRS.
    walker : str
        Name of a walker profile of the district file.
    limits_min, limits_m : sequence of float or None
        One of them: minutes, or metres.

    Returns
    -------
    Outing
        Metres are never made minutes, nor minutes metres of street.

    Raises
    ------
    ConfigError
        If not one kind of limit is given, a limit is not 0 or more, or there is no such
        walker.

    Examples
    --------
    >>> from functools import partial
    >>> go = partial(open_outing, toy.network, toy.district, "HLT.PHARM")
    >>> outing = go(walker="adult", limits_min=[10, 5], limits_m=None)
    >>> outing.ids.tolist(), outing.limits_m.round().tolist()
    (['F3', 'F5'], [330.0, 660.0])
    """
    limits = _limits(limits_min, limits_m)
    profile = walker_named(district.config, walker)
    network = open_network(network, profile)
    if isinstance(sources, str):
        key, frame = "facility_id", counted_facilities(district, sources)
    else:
        key, frame = "point_id", own_points(network, sources)
    walls, timed = read_walls(district), limits_m is None
    entrances = place_entrances(
        network,
        frame.geometry.to_numpy(),
        max_off_m=district.config.max_off_road_m,
        walls=walls,
    )
    return Outing(
        network=network,
        graph=walker_graph(network, profile) if timed else cost_graph(network),
        walls=walls,
        key=key,
        ids=frame[key].to_numpy(dtype=object),
        entrances=entrances,
        unit="min" if timed else "m",
        limits=limits,
        unit_m=profile.speed_m_per_s * 60 if timed else 1.0,
    )


def _limits(
    limits_min: Sequence[float] | None, limits_m: Sequence[float] | None
) -> npt.NDArray[np.float64]:
    """The limits of the kind that is given, ascending, each once."""
    where = "limits_min, limits_m"
    if limits_min is not None and limits_m is not None:
        raise ConfigError(
            where=where, what="both are given.", fix="Give minutes or metres."
        )
    given = limits_min if limits_m is None else limits_m
    if given is None:
        raise ConfigError(
            where=where, what="neither is given.", fix="Give minutes or metres."
        )
    limits = np.unique(np.array(given, dtype=float))
    if not (np.isfinite(limits) & (limits >= 0)).all():
        raise ConfigError(
            where="limits_min" if limits_m is None else "limits_m",
            what=f"they are {limits.tolist()}; each must be 0 or more.",
            fix="Give numbers that are 0 or more.",
        )
    return limits

"""The exact street geometry that a walk reaches: segments cut at the limit."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np

from lifecircle.access.entrances import place_entrances
from lifecircle.access.field import (
    UM,
    CostGraph,
    WalkField,
    cost_graph,
    walk_field,
)
from lifecircle.access.kernel import FAR
from lifecircle.access.minutes import counted_facilities
from lifecircle.access.walkers import open_network, walker_graph
from lifecircle.network.compounds import read_walls
from lifecircle.network.lines import straight_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from geopandas import GeoDataFrame

    from lifecircle.model import District, Walker, WalkNetwork

__all__ = ["Stretches", "class_stretches", "reachable_streets", "walked_stretches"]


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """Stretches of segments along which the walk grows or shrinks evenly.

    Attributes
    ----------
    segment : int array (n,)
    from_m, to_m : float arrays (n,)
        Offsets from the segment's start, ``from_m`` < ``to_m``.
    walk_m : float array (n, 2)
        Walk at ``from_m`` and at ``to_m``, in the metres of the graph's costs; they
        differ by the stretch's length times ``pace``.
    source : int32 array (n,)
        The source that is nearest all along the stretch.
    pace : float array (n,)
        Metres of cost per metre of street; 1 where length is all that counts.
    """

    segment: npt.NDArray[np.intp]
    from_m: npt.NDArray[np.float64]
    to_m: npt.NDArray[np.float64]
    walk_m: npt.NDArray[np.float64]
    source: npt.NDArray[np.int32]
    pace: npt.NDArray[np.float64]

    def within(self, limit_m: float) -> Stretches:
        """What of the stretches lies within a limit.

        Parameters
        ----------
        limit_m : float
            Longest walk, metres, inclusive.

        Returns
        -------
        Stretches
            Cut where the walk reaches the limit; nothing shorter than a
            millimetre.
        """
        # The walk is monotonous on a stretch: cut the end that is beyond.
        over = np.maximum(self.walk_m - limit_m, 0.0) / self.pace[:, None]
        from_m, to_m = self.from_m + over[:, 0], self.to_m - over[:, 1]
        keep = to_m - from_m > 1e-3
        return Stretches(
            self.segment[keep],
            from_m[keep],
            to_m[keep],
            np.minimum(self.walk_m, limit_m)[keep],
            self.source[keep],
            self.pace[keep],
        )

    def xy(self, network: WalkNetwork) -> npt.NDArray[np.float64]:
        """Coordinates of the stretches.

        Parameters
        ----------
        network : WalkNetwork
            Of the segments.

        Returns
        -------
        float array (n, 4)
            Start x, start y, end x, end y.
        """
        start, end = network.node_xy[network.segment_nodes[self.segment].T]
        way = (end - start) / network.segment_length_m[self.segment][:, None]
        return np.hstack(
            [start + self.from_m[:, None] * way, start + self.to_m[:, None] * way]
        )


def walked_stretches(graph: CostGraph, field: WalkField) -> Stretches:
    """Every stretch that the field reaches, split where the nearest source changes.

    Parameters
    ----------
    graph : CostGraph
        Of the field.
    field : WalkField
        Distances of nodes.

    Returns
    -------
    Stretches
        Within the field's limit, by segment and offset.

    Examples
    --------
    >>> from lifecircle.access.field import cost_graph, place_points, walk_field
    >>> graph = cost_graph(toy.network)
    >>> facilities = toy.district.facilities.geometry.to_numpy()
    >>> sources = place_points(toy.network, facilities[:1], max_off_m=100)
    >>> stretches = walked_stretches(graph, walk_field(graph, sources, limit_m=60))
    >>> float((stretches.to_m - stretches.from_m).sum())  # 50 m each way
    100.0
    """
    seeded = np.unique(field.sources.segment)
    plain = np.setdiff1d(np.arange(len(graph.nodes)), seeded)
    nodes = graph.nodes[plain]
    zero = np.zeros(len(plain), np.int64)
    spans = np.column_stack(
        [
            plain,
            zero,
            graph.segment_um[plain],
            field.node_um[nodes],
            field.source[nodes],
        ]
    )
    more = _seeded_spans(graph, field, seeded[seeded >= 0])
    return _split(graph, np.vstack([spans, more]), field.limit_um / UM)


def _seeded_spans(
    graph: CostGraph, field: WalkField, seeded: npt.NDArray[np.int32]
) -> npt.NDArray[np.int64]:
    """Spans between the sources on a segment and its ends.

    A span is: segment, from, to, walk at both ends, source at both ends.
    """
    sources = field.sources
    order = np.argsort(sources.segment, kind="stable")
    first = np.searchsorted(sources.segment[order], seeded, "left")
    last = np.searchsorted(sources.segment[order], seeded, "right")
    spans: list[tuple[int, ...]] = []
    for segment, low, high in zip(
        seeded.tolist(), first.tolist(), last.tolist(), strict=True
    ):
        start, end = graph.nodes[segment]
        stops = [
            (0, int(field.node_um[start]), int(field.source[start])),
            *(
                (int(sources.offset_um[row]), int(sources.off_um[row]), int(row))
                for row in order[low:high]
            ),
            (
                int(graph.segment_um[segment]),
                int(field.node_um[end]),
                int(field.source[end]),
            ),
        ]
        paces = (
            float(graph.back_um[segment] / graph.segment_um[segment]),
            float(graph.forth_um[segment] / graph.segment_um[segment]),
        )
        stops = _lowered(sorted(stops), paces)
        spans += [
            (segment, here[0], there[0], here[1], there[1], here[2], there[2])
            for here, there in pairwise(stops)
            if here[0] < there[0]
        ]
    return np.array(spans, dtype=np.int64).reshape(-1, 7)


def _lowered(
    stops: list[tuple[int, int, int]], paces: tuple[float, float]
) -> list[tuple[int, int, int]]:
    """Each stop with the walk from the nearest source, be it another stop's."""
    # First from the stop before, walking back to it; then from the stop after.
    for pace in paces:
        for number in range(1, len(stops)):
            offset, walk, source = stops[number]
            before, nearby, other = stops[number - 1]
            by_way = (nearby + round(abs(offset - before) * pace), other)
            stops[number] = (offset, *min((walk, source), by_way))
        stops.reverse()
    return stops


def _split(graph: CostGraph, spans: npt.NDArray[np.int64], limit_m: float) -> Stretches:
    """Split spans where the walks from both ends meet."""
    spans = spans[(spans[:, 3:5] < FAR).any(axis=1)]
    low, high, here, there = (spans[:, column] / UM for column in (1, 2, 3, 4))
    length = high - low
    segment = spans[:, 0].astype(np.intp)
    back = graph.back_um[segment] / graph.segment_um[segment]
    forth = graph.forth_um[segment] / graph.segment_um[segment]
    meet = (there - here + forth * length) / (back + forth)
    meet = np.clip(meet, 0.0, length)
    stretches = Stretches(
        np.concatenate([segment, segment]),
        np.concatenate([low, low + meet]),
        np.concatenate([low + meet, high]),
        np.vstack(
            [
                np.column_stack([here, here + back * meet]),
                np.column_stack([there + forth * (length - meet), there]),
            ]
        ),
        np.concatenate([spans[:, 5], spans[:, 6]]).astype(np.int32),
        np.concatenate([back, forth]),
    ).within(limit_m)
    order = np.lexsort((stretches.from_m, stretches.segment))
    return Stretches(
        stretches.segment[order],
        stretches.from_m[order],
        stretches.to_m[order],
        stretches.walk_m[order],
        stretches.source[order],
        stretches.pace[order],
    )


def class_stretches(
    network: WalkNetwork,
    district: District,
    facility_class: str,
    *,
    statuses: Sequence[str] = ("built",),
    limit_m: float,
    walker: Walker | None = None,
) -> Stretches:
    """Stretches within a walk of the facilities of a class.

    Parameters
    ----------
    network : WalkNetwork
        Of this district; the part that the walker can walk.
    district : District
        Facilities, walls and barriers.
    facility_class : str
        Code; all its facilities are sources together.
    statuses : sequence of str
        Statuses that count as there.
    limit_m : float
        Longest walk, metres, inclusive; the leg off the street counts.
    walker : Walker, optional
        Metres on the level that take the walker as long as the walk; without it, and
        where length is all that counts, metres.

    Returns
    -------
    Stretches
        None if there is no facility.

    Examples
    --------
    >>> near = class_stretches(toy.network, toy.district, "ELD.CANTEEN", limit_m=60)
    >>> len(near.segment)
    2
    """
    counted = counted_facilities(district, facility_class, statuses=statuses)
    sources = place_entrances(
        network,
        counted.geometry.to_numpy(),
        max_off_m=district.config.max_off_road_m,
        walls=read_walls(district),
    ).places
    graph = cost_graph(network) if walker is None else walker_graph(network, walker)
    return walked_stretches(graph, walk_field(graph, sources, limit_m=limit_m))


def reachable_streets(
    network: WalkNetwork,
    district: District,
    facility_class: str,
    *,
    walker: str,
    limit_min: float,
) -> GeoDataFrame:
    """Streets within a walk of the facilities of a class, cut at the limit.

    Parameters
    ----------
    network : WalkNetwork
        Of this district.
    district : District
        Facilities, walls, barriers and walkers.
    facility_class : str
        Code; all its built facilities are sources together.
    walker : str
        Name of a walker profile of the district file.
    limit_min : float
        Longest walk, minutes, inclusive.

    Returns
    -------
    GeoDataFrame
        Lines: ``segment`` (of the streets open to the walker), ``from_m`` and
        ``to_m`` along it, ``walk_min`` at the nearer end.

    Examples
    --------
    >>> streets = reachable_streets(
    ...     toy.network, toy.district, "ELD.CANTEEN", walker="adult", limit_min=1
    ... )
    >>> round(float(streets.length.sum()), 3)  # 66 m less 10 m off the street, twice
    112.0
    """
    profile = district.config.walkers[walker]
    network = open_network(network, profile)
    speed_m_per_min = profile.speed_m_per_s * 60
    stretches = class_stretches(
        network,
        district,
        facility_class,
        limit_m=limit_min * speed_m_per_min,
        walker=profile,
    )
    return gpd.GeoDataFrame(
        {
            "segment": stretches.segment.astype(np.int32),
            "from_m": stretches.from_m,
            "to_m": stretches.to_m,
            "walk_min": stretches.walk_m.min(axis=1, initial=np.inf) / speed_m_per_min,
        },
        geometry=gpd.GeoSeries(straight_lines(stretches.xy(network)), crs=network.crs),
        crs=network.crs,
    )

"""The exact street geometry that a walk reaches: segments cut at the limit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from lifecircle.access.along import runs
from lifecircle.access.field import UM, CostGraph, Places, WalkField
from lifecircle.access.kernel import FAR, Workspace
from lifecircle.access.within import reached_from

if TYPE_CHECKING:
    import numpy.typing as npt

    from lifecircle.model import WalkNetwork

    Ints = npt.NDArray[np.int64]

__all__ = ["Stretches", "near_stretches", "walked_stretches"]


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
    segments = np.arange(len(graph.nodes))
    ends = _Ends(segments, field.node_um[graph.nodes], field.source[graph.nodes])
    return _stretches(graph, ends, field.sources, field.limit_um)


def near_stretches(
    space: Workspace,
    graph: CostGraph,
    edge_segment: npt.NDArray[np.int32],
    places: Places,
) -> Stretches:
    """Every stretch within the limit of places together, looking only around them.

    Parameters
    ----------
    space : Workspace
        Of the graph and the limit; used again from call to call.
    graph : CostGraph
        Where to walk.
    edge_segment : int32 array
        Segment of each edge of the graph.
    places : Places
        Where walks start; their legs off the street count.

    Returns
    -------
    Stretches
        By segment and offset, as ``walked_stretches`` has them; ``source`` is 0.

    Examples
    --------
    >>> from lifecircle.access.field import cost_graph, place_points
    >>> from lifecircle.access.within import workspace
    >>> graph = cost_graph(toy.network)
    >>> space = workspace(graph, limit_m=60)
    >>> facilities = toy.district.facilities.geometry.to_numpy()
    >>> start = place_points(toy.network, facilities[:1], max_off_m=100)
    >>> near = near_stretches(space, graph, toy.network.edge_segment, start)
    >>> float((near.to_m - near.from_m).sum())  # 50 m each way
    100.0
    """
    node, um = reached_from(space, graph, places)
    order = np.argsort(node)
    node, um = np.append(node[order], -1), np.append(um[order].astype(np.int64), FAR)
    first = graph.indptr[node[:-1]]
    _, edge = runs(first, graph.indptr[node[:-1] + 1] - first)
    seeded = places.segment[places.segment >= 0]
    segments = np.unique(np.concatenate([edge_segment[edge], seeded]))
    at = np.searchsorted(node[:-1], graph.nodes[segments])
    at[node[at] != graph.nodes[segments]] = -1
    ends = _Ends(segments, um[at], np.zeros_like(at))
    found = _stretches(graph, ends, places, space.limit_um)
    return replace(found, source=np.zeros_like(found.source))


@dataclass(frozen=True, slots=True, eq=False)
class _Ends:
    """Walk and source at both ends of segments, which ascend."""

    segment: npt.NDArray[np.integer[Any]]
    um: Ints
    source: npt.NDArray[np.integer[Any]]


def _stretches(
    graph: CostGraph, ends: _Ends, sources: Places, limit_um: int
) -> Stretches:
    seeded = np.unique(sources.segment)
    plain = ~np.isin(ends.segment, seeded)
    segment = ends.segment[plain]
    spans = np.column_stack(
        [
            segment,
            np.zeros(len(segment), np.int64),
            graph.segment_um[segment],
            ends.um[plain],
            ends.source[plain],
        ]
    )
    more = _seeded_spans(graph, ends, sources, seeded[seeded >= 0])
    return _split(graph, np.vstack([spans, more]), limit_um / UM)


def _seeded_spans(
    graph: CostGraph, ends: _Ends, sources: Places, seeded: npt.NDArray[np.int32]
) -> Ints:
    """Spans between the sources on a segment and its ends.

    A span is: segment, from, to, walk at both ends, source at both ends.
    """
    order = np.argsort(sources.segment, kind="stable")
    first = np.searchsorted(sources.segment[order], seeded, "left")
    last = np.searchsorted(sources.segment[order], seeded, "right")
    rows = np.searchsorted(ends.segment, seeded)
    spans: list[tuple[int, ...]] = []
    for segment, low, high, um, source in zip(
        seeded.tolist(),
        first.tolist(),
        last.tolist(),
        ends.um[rows].tolist(),
        ends.source[rows].tolist(),
        strict=True,
    ):
        stops = [
            (0, um[0], source[0]),
            *(
                (int(sources.offset_um[row]), int(sources.off_um[row]), int(row))
                for row in order[low:high]
            ),
            (int(graph.segment_um[segment]), um[1], source[1]),
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

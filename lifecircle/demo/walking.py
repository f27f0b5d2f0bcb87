"""A small walk measure of the demo's own, to place facilities and state facts.

It knows nothing of walls: the demo's paths leave a compound through gates only and
no street crosses river or railway except on bridges and in the underpass, so the
streets alone say where people can walk. The engine has to find that out by itself.
"""

from __future__ import annotations

import heapq
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import LineString, Point, STRtree

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt
    from shapely import Polygon

    from lifecircle.demo.streets import Street

__all__ = ["Stop", "Walks"]


@dataclass(frozen=True, slots=True)
class Stop:
    """A place seen from its nearest street: which piece, how far along, how far off."""

    edge: int
    along_m: float
    off_m: float


def _cut_at(
    coords: list[tuple[float, ...]], shared: Counter[tuple[float, ...]]
) -> Iterator[list[tuple[float, ...]]]:
    """Cut a line where another line has a vertex too."""
    start = 0
    for i in range(1, len(coords)):
        if shared[coords[i]] > 1 or i == len(coords) - 1:
            yield coords[start : i + 1]
            start = i


class Walks:
    """All pieces of street between vertices, and the shortest ways along them."""

    def __init__(self, streets: Sequence[Street]) -> None:
        self.nodes: dict[tuple[float, float], int] = {}
        pieces: list[LineString] = []
        self.names: list[str] = []
        ends: list[tuple[int, int]] = []
        shared = Counter(xy for s in streets for xy in s.line.coords)
        for street in streets:
            for part in _cut_at(list(street.line.coords), shared):
                pieces.append(LineString(part))
                self.names.append(street.name or "小区内路")
                ends.append((self._node(part[0]), self._node(part[-1])))
        self.pieces = np.asarray(pieces, dtype=object)
        self.ends = np.asarray(ends)
        self.length_m = shapely.length(self.pieces)
        self.tree = self.front_tree = STRtree(self.pieces)
        self.fronts = np.arange(len(self.pieces))
        self.neighbours: list[list[tuple[int, float, int]]] = [[] for _ in self.nodes]
        for edge, ((u, v), length) in enumerate(
            zip(ends, self.length_m.tolist(), strict=True)
        ):
            self.neighbours[u].append((v, length, edge))
            self.neighbours[v].append((u, length, edge))

    def _node(self, xy: tuple[float, ...]) -> int:
        return self.nodes.setdefault((xy[0], xy[1]), len(self.nodes))

    def wall_in(self, walls: Sequence[Polygon]) -> None:
        """Tell which pieces lie behind walls, where no street front can be."""
        tree = STRtree(np.asarray(walls, dtype=object))
        middles = shapely.line_interpolate_point(self.pieces, 0.5, normalized=True)
        inner = tree.query(middles, predicate="within")[0]
        self.fronts = np.setdiff1d(np.arange(len(self.pieces)), inner)
        self.front_tree = STRtree(self.pieces[self.fronts])

    def stops(self, points: Sequence[Point]) -> list[Stop]:
        """Find the nearest piece of street or path for every building."""
        places = np.asarray(points, dtype=object)
        edges = self.tree.query_nearest(places, all_matches=False)[1]
        return self._stops(points, edges)

    def front_stops(self, points: Sequence[Point]) -> list[Stop]:
        """Find the nearest piece outside all walls for every facility."""
        places = np.asarray(points, dtype=object)
        found = self.front_tree.query_nearest(places, all_matches=False)[1]
        return self._stops(points, self.fronts[found])

    def _stops(
        self, points: Sequence[Point], edges: npt.NDArray[np.intp]
    ) -> list[Stop]:
        pieces = self.pieces[edges]
        return [
            Stop(int(edge), float(piece.project(p)), float(piece.distance(p)))
            for edge, piece, p in zip(edges, pieces, points, strict=True)
        ]

    def reach(
        self, stop: Stop, *, limit_m: float = 2500.0
    ) -> tuple[npt.NDArray[np.float64], dict[int, tuple[int, int]]]:
        """Metres from a stop to every node, and the node and edge before it."""
        metres = np.full(len(self.nodes), np.inf)
        came: dict[int, tuple[int, int]] = {}
        u, v = self.ends[stop.edge].tolist()
        rest = float(self.length_m[stop.edge]) - stop.along_m
        queue = [(stop.off_m + stop.along_m, u), (stop.off_m + rest, v)]
        for start, node in queue:
            metres[node] = min(metres[node], start)
        heapq.heapify(queue)
        while queue:
            here, node = heapq.heappop(queue)
            if here > metres[node] or here > limit_m:
                continue
            for other, length, edge in self.neighbours[node]:
                if here + length < metres[other]:
                    metres[other] = here + length
                    came[other] = (node, edge)
                    if len(self.neighbours[other]) == 1:
                        continue  # a door: nothing lies beyond
                    heapq.heappush(queue, (here + length, other))
        return metres, came

    def walk_m(
        self, metres: npt.NDArray[np.float64], stops: Sequence[Stop]
    ) -> npt.NDArray[np.float64]:
        """Metres to stops, given the metres to nodes."""
        edge = np.array([s.edge for s in stops])
        along = np.array([s.along_m for s in stops])
        off = np.array([s.off_m for s in stops])
        ends = self.ends[edge]
        rest = self.length_m[edge] - along
        total: npt.NDArray[np.float64] = off + np.minimum(
            metres[ends[:, 0]] + along, metres[ends[:, 1]] + rest
        )
        return total

    def legs(self, start: Stop, end: Stop) -> list[tuple[str, float]]:
        """Street by street, the way from start to end: names and metres."""
        metres, came = self.reach(start, limit_m=20_000)
        u, v = self.ends[end.edge].tolist()
        last = float(self.length_m[end.edge])
        tail, node = min(
            (metres[u] + end.along_m, u), (metres[v] + last - end.along_m, v)
        )
        parts = [(self.names[end.edge], tail - metres[node])]
        while node in came:
            node, edge = came[node]
            parts.append((self.names[edge], float(self.length_m[edge])))
        first = metres[node] - start.off_m
        parts.append((self.names[start.edge], first))
        merged: list[tuple[str, float]] = [("离路", start.off_m)]
        for name, length in reversed(parts):
            if merged[-1][0] == name:
                merged[-1] = (name, merged[-1][1] + length)
            elif length > 0:
                merged.append((name, length))
        return [*merged, ("离路", end.off_m)]

"""Unnoded CAD or GIS lines noded: crossings, near misses, dangling ends.

Streets meet only where they share a vertex. Lines drawn without shared vertices get
them here, in three steps: ends within the tolerance of each other become one place;
an end within the tolerance of another line is moved onto it, where the line gets a
vertex; lines that cross get a vertex in common. Lines of another grade (bridge,
tunnel or layer differ) pass above or below: they meet only where a line *ends* at
another's end, or at a line on the ground. A vertex that they share in passing is
taken apart by two millimetres.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely

from lifecircle.errors import NetworkError
from lifecircle.network.lines import points_at, straight_lines

if TYPE_CHECKING:
    import numpy.typing as npt
    from geopandas import GeoDataFrame

    Floats = npt.NDArray[np.float64]
    Rows = npt.NDArray[np.intp]

__all__ = ["LOOK_M", "node_lines"]

LOOK_M = 20.0
"""How far from a dangling end its nearest other road is looked for."""
_MM = 1e-3


def node_lines(
    roads: GeoDataFrame, *, tolerance_m: float
) -> tuple[GeoDataFrame, GeoDataFrame]:
    """Give roads that meet a vertex in common; report ends that meet nothing.

    Parameters
    ----------
    roads : GeoDataFrame
        Lines, metric CRS: ``road_id``, ``walkable``, ``bridge``, ``tunnel`` (yes,
        no), ``layer``. Roads that cannot be walked are left as they are.
    tolerance_m : float
        An end this near to another line, inclusive, is joined to it, metres. No
        vertex but an end is moved, and none farther.

    Returns
    -------
    tuple of GeoDataFrame
        The roads, one row a part, in the same order, each with the vertices it
        shares. And the dangling ends: ``road_id``, ``end`` (start, end),
        ``nearest_m`` (metres to the nearest other walkable road, NaN if beyond 20 m)
        and the point, sorted by road and end.

    Raises
    ------
    NetworkError
        If the tolerance is below 0 or not a number.

    Examples
    --------
    >>> noded, dangling = node_lines(toy.district.roads, tolerance_m=0.5)
    >>> bool(noded.length.sum() == toy.district.roads.length.sum())
    True
    >>> len(dangling)  # both ends of three streets, one of the lane
    7
    """
    if not tolerance_m >= 0:
        raise NetworkError(
            where="node_lines_m",
            what=f"the tolerance is {tolerance_m}; it must be 0 or more.",
            fix="Give metres, 0.5 for example.",
        )
    roads = roads.explode(ignore_index=True)
    chosen = np.flatnonzero((roads["walkable"] == "yes").to_numpy())
    lines = _Lines.of(roads.iloc[chosen])
    reach = np.nextafter(tolerance_m, np.inf)
    lines.part_grades()
    lines.merge_ends(reach)
    lines.end_on_lines(reach)
    lines.cross()
    geometry = roads.geometry.to_numpy().astype(object)
    kept, shapes = lines.shapes()
    geometry[chosen[kept]] = shapes
    noded = roads.set_geometry(gpd.GeoSeries(geometry, crs=roads.crs))
    left = np.ones(len(roads), dtype=bool)
    left[np.delete(chosen, kept)] = False
    noded = noded[left].reset_index(drop=True)
    return noded, _dangling(noded)


@dataclass(slots=True, eq=False)
class _Lines:
    """Lines as rows of vertices; ``part`` is ascending.

    ``extra`` collects new vertices: piece (number of its first vertex), x, y.
    """

    xy: Floats
    part: Rows
    grade: Rows
    ground: npt.NDArray[np.bool_]
    extra: list[npt.NDArray[np.float64]]

    @classmethod
    def of(cls, roads: GeoDataFrame) -> _Lines:
        """The vertices of roads, to the millimetre."""
        xy, part = shapely.get_coordinates(roads.geometry.to_numpy(), return_index=True)
        keys = ["bridge", "tunnel", "layer"]
        grade = roads.groupby(keys, dropna=False, sort=True).ngroup()
        ground = (
            (roads["bridge"] != "yes")
            & (roads["tunnel"] != "yes")
            & (roads["layer"].fillna(0.0) == 0)
        )
        return cls(
            np.round(xy, 3),
            part,
            np.asarray(grade, dtype=np.intp),
            ground.to_numpy(dtype=bool),
            extra=[],
        )

    def ends(self) -> Rows:
        """Vertex of the start and end of every part (n, 2)."""
        first = np.flatnonzero(np.diff(self.part, prepend=-1))
        last = np.append(first[1:], len(self.part)) - 1
        return np.column_stack([first, last])

    def pieces(self) -> Rows:
        """First vertex of every straight piece that has a length."""
        follows = self.part[1:] == self.part[:-1]
        moves = (self.xy[1:] != self.xy[:-1]).any(axis=1)
        return np.flatnonzero(follows & moves)

    def part_grades(self) -> None:
        """Take apart vertices that lines of several grades share in passing."""
        ends = np.zeros(len(self.xy), dtype=bool)
        ends[self.ends()] = True
        _, place = np.unique(self.xy, axis=0, return_inverse=True)
        place = place.reshape(-1)
        grade = self.grade[self.part]
        low = np.full(len(place), len(self.grade))
        np.minimum.at(low, place, grade)
        joined = np.zeros(len(place), dtype=bool)
        joined[place[ends]] = True
        passing = ~joined[place] & (grade > low[place])
        self.xy[passing, 0] += 2 * _MM * (grade - low[place])[passing]

    def merge_ends(self, reach: float) -> None:
        """Ends near each other become the place that most of them are at."""
        ends = self.ends().reshape(-1)
        spots, place, count = np.unique(
            self.xy[ends], axis=0, return_inverse=True, return_counts=True
        )
        place = place.reshape(-1)
        near, far = shapely.STRtree(points_at(spots)).query(
            points_at(spots), "dwithin", distance=reach
        )
        apart = np.hypot(*(spots[near] - spots[far]).T)
        # Pairs from near to far; a place moves once, to one that never moves.
        others = np.bincount(near)[near]
        order = np.lexsort((far, near, apart, -count[near], -others))
        goal = np.arange(len(spots))
        fixed = np.zeros(len(spots), dtype=bool)
        both = set(map(tuple, place.reshape(-1, 2).tolist()))
        for one, other in zip(near[order].tolist(), far[order].tolist(), strict=True):
            movable = goal[other] == other and not fixed[other] and goal[one] == one
            one_line = (one, other) in both or (other, one) in both
            if one != other and movable and not one_line:
                goal[other] = one
                fixed[one] = True
        self.xy[ends] = spots[goal[place]]

    def end_on_lines(self, reach: float) -> None:
        """Ends that meet no other end are moved onto the nearest line."""
        ends = self.ends()
        vertex = ends.reshape(-1)
        _, place, count = np.unique(
            self.xy[vertex], axis=0, return_inverse=True, return_counts=True
        )
        loose = vertex[count[place.reshape(-1)] == 1]
        pieces = self.pieces()
        lines = straight_lines(np.hstack([self.xy[pieces], self.xy[pieces + 1]]))
        spots = points_at(self.xy[loose])
        hit, met = shapely.STRtree(lines).query(spots, "dwithin", distance=reach)
        one, other = self.part[loose[hit]], self.part[pieces[met]]
        meets = self.ground[other] | (self.grade[one] == self.grade[other])
        hit, met = hit[meets & (one != other)], met[meets & (one != other)]
        away = shapely.distance(spots[hit], lines[met])
        order = np.lexsort((met, away, hit))
        first = order[np.unique(hit[order], return_index=True)[1]]
        for end, piece in zip(loose[hit[first]], pieces[met[first]], strict=True):
            foot = self._foot(self.xy[end], piece)
            self.extra.append(np.array([piece, *foot]))
            self.xy[end] = foot

    def _foot(self, spot: Floats, piece: int) -> Floats:
        """Nearest place on a piece; an end of it within a millimetre."""
        start, way = self.xy[piece], self.xy[piece + 1] - self.xy[piece]
        share = np.clip(((spot - start) * way).sum() / (way**2).sum(), 0.0, 1.0)
        foot: Floats = np.round(start + share * way, 3)
        return foot

    def cross(self) -> None:
        """Pieces of one grade that cross get the crossing as a vertex."""
        pieces = self.pieces()
        lines = straight_lines(np.hstack([self.xy[pieces], self.xy[pieces + 1]]))
        one, other = shapely.STRtree(lines).query(lines, "dwithin", distance=_MM)
        level = self.grade[self.part[pieces]]
        pair = (one < other) & (level[one] == level[other])
        one, other = one[pair], other[pair]
        met = shapely.intersection(lines[one], lines[other])
        new = ~self._joined(pieces[one], pieces[other], met)
        one, other, met = one[new], other[new], met[new]
        for first, second, shape in zip(pieces[one], pieces[other], met, strict=True):
            for spot in np.round(shapely.get_coordinates(shape), 3):
                self.extra += [np.array([piece, *spot]) for piece in (first, second)]
            # Vertices on the other line, be they missed by rounding.
            for here, there in ((first, second), (second, first)):
                for spot in (self.xy[here], self.xy[here + 1]):
                    if np.hypot(*(self._foot(spot, there) - spot)) <= _MM:
                        self.extra.append(np.array([there, *spot]))

    def _joined(
        self, one: Rows, other: Rows, met: npt.NDArray[np.object_]
    ) -> npt.NDArray[np.bool_]:
        """Pairs of pieces that meet at an end of both, and nowhere else."""
        shared = np.zeros(len(one), dtype=bool)
        for here in (self.xy[one], self.xy[one + 1]):
            for there in (self.xy[other], self.xy[other + 1]):
                shared |= (here == there).all(axis=1)
        at_point = shapely.get_type_id(met) == shapely.GeometryType.POINT
        return np.asarray(shared & at_point, dtype=bool)

    def shapes(self) -> tuple[Rows, npt.NDArray[np.object_]]:
        """Parts that have a length, and their lines with all vertices."""
        extra = np.array(self.extra, dtype=float).reshape(-1, 3)
        piece = np.concatenate([np.arange(len(self.xy)), extra[:, 0].astype(np.intp)])
        xy = np.vstack([self.xy, extra[:, 1:]])
        along = np.hypot(*(xy - self.xy[piece]).T)
        order = np.lexsort((along, piece))
        part, xy = self.part[piece[order]], xy[order]
        moves = np.ones(len(xy), dtype=bool)
        moves[1:] = (xy[1:] != xy[:-1]).any(axis=1) | (part[1:] != part[:-1])
        part, xy = part[moves], xy[moves]
        long = np.bincount(part)[part] > 1
        kept, number = np.unique(part[long], return_inverse=True)
        made = shapely.linestrings(xy[long], indices=number)
        return kept, np.asarray(made, dtype=object)


def _dangling(roads: GeoDataFrame) -> GeoDataFrame:
    """Ends of walkable roads that no other piece of a road starts from."""
    walked = roads[(roads["walkable"] == "yes").to_numpy()]
    lines = walked.geometry.to_numpy()
    xy, part = shapely.get_coordinates(lines, return_index=True)
    first = np.flatnonzero(np.diff(part, prepend=-1))
    last = np.append(first[1:], len(part)) - 1
    _, place, count = np.unique(
        np.round(xy, 3), axis=0, return_inverse=True, return_counts=True
    )
    alone = count[place.reshape(-1)] == 1
    ends = np.concatenate([first, last])
    side = np.repeat(["start", "end"], len(first))
    ends, side = ends[alone[ends]], side[alone[ends]]
    spots = points_at(xy[ends])
    nearest = np.full(len(ends), np.nan)
    tree = shapely.STRtree(lines)
    hit, met = tree.query(spots, "dwithin", distance=LOOK_M)
    other = met != part[ends[hit]]
    away = shapely.distance(spots[hit[other]], lines[met[other]])
    np.fmin.at(nearest, hit[other], away)
    columns: dict[str, Any] = {
        "road_id": walked["road_id"].to_numpy()[part[ends]],
        "end": side,
        "nearest_m": np.round(nearest, 3),
    }
    found = gpd.GeoDataFrame(columns, geometry=spots, crs=roads.crs)
    found = found.assign(_x=xy[ends, 0], _y=xy[ends, 1])
    ordered = found.sort_values(["road_id", "end", "_x", "_y"], ignore_index=True)
    return ordered.drop(columns=["_x", "_y"])

"""Ground around reached streets, cut at walls and barriers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from lifecircle.access.raster import (
    CELL_M,
    Raster,
    contour_polygons,
    distance_raster,
    raster_over,
)
from lifecircle.network.lines import straight_lines

if TYPE_CHECKING:
    import numpy.typing as npt

    from lifecircle.access.reach import Stretches
    from lifecircle.model import WalkNetwork
    from lifecircle.network.compounds import Walls

__all__ = ["BUFFER_M", "Ground", "open_ground"]

BUFFER_M = 30.0
"""Ground this near to a reached street counts as reached; the contour between cells
of 10 m may cut an inside corner, and is then at most 5 m beyond."""
_REACH_M = BUFFER_M + 1.5 * CELL_M
_STRIP_M = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """A network, what cuts the ground around it, and where to look for that.

    Attributes
    ----------
    network : WalkNetwork
    walls : Walls
    wall_tree, barrier_tree : STRtree
        Of the ground inside walls, and of the lines of barriers.
    """

    network: WalkNetwork
    walls: Walls
    wall_tree: shapely.STRtree
    barrier_tree: shapely.STRtree

    def polygons(
        self, stretches: Stretches, limits_m: npt.NDArray[np.float64]
    ) -> list[shapely.MultiPolygon]:
        """Ground within 30 m of reached streets, for several limits.

        Parameters
        ----------
        stretches : Stretches
            Reached streets.
        limits_m : float array
            Longest walks, in the metres of the stretches.

        Returns
        -------
        list of shapely MultiPolygon
            One a limit; empty where nothing is reached.
        """
        if not len(stretches.segment):
            return [shapely.MultiPolygon() for _ in limits_m]
        raster = raster_over(
            stretches.xy(self.network),
            reach_m=_REACH_M,
            walls_xy=self.walls.obstacle_xy,
        )
        return [self._around(raster, stretches.within(limit)) for limit in limits_m]

    def _around(self, raster: Raster, reached: Stretches) -> shapely.MultiPolygon:
        xy = reached.xy(self.network)
        if not len(xy):
            return shapely.MultiPolygon()
        kind = self.network.segment_kind[reached.segment].astype(str)
        free = (kind == "bridge") | (kind == "tunnel")
        away_m, _ = distance_raster(raster, xy, free=free)
        near = contour_polygons(raster, away_m, limit=BUFFER_M)
        ground = _with_streets(shapely.MultiPolygon(list(near)), xy)
        closed = np.setdiff1d(
            self.wall_tree.query(ground, "intersects"),
            self.network.segment_compound[reached.segment],
        )
        if len(closed):
            shut = shapely.union_all(self.walls.inner[closed])
            ground = shapely.difference(ground, shut)
        parts = shapely.get_parts(ground)
        parts = self._without_far_shore(parts[shapely.get_dimensions(parts) == 2], xy)
        return shapely.MultiPolygon(list(parts))

    def _without_far_shore(
        self, parts: npt.NDArray[np.object_], xy: npt.NDArray[np.float64]
    ) -> npt.NDArray[np.object_]:
        """Split ground along barriers and drop what holds no reached street."""
        lines, tree = self.walls.barrier_lines, self.barrier_tree
        split = np.unique(tree.query(parts, "intersects")[0])
        if not len(split):
            return parts
        whole = np.delete(parts, split)
        streets = shapely.STRtree(straight_lines(_shortened(xy)))
        kept = []
        for part in parts[split]:
            met = lines[tree.query(part, "intersects")]
            edges = shapely.union_all([shapely.boundary(part), *met])
            faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(edges)))
            inside = shapely.contains_properly(part, shapely.point_on_surface(faces))
            faces = faces[inside]
            held = np.unique(streets.query(faces, "intersects")[0])
            kept.append(shapely.union_all(faces[held]))
        left = shapely.get_parts(shapely.union_all(np.concatenate([whole, kept])))
        polygons: npt.NDArray[np.object_] = left[shapely.get_dimensions(left) == 2]
        return polygons


def open_ground(network: WalkNetwork, walls: Walls) -> Ground:
    """Make ready to draw ground around the streets of a network.

    Parameters
    ----------
    network : WalkNetwork
        Of the stretches to come.
    walls : Walls
        What cuts the ground.

    Returns
    -------
    Ground
        For any number of isochrones.

    Examples
    --------
    >>> from lifecircle.network.compounds import read_walls
    >>> len(open_ground(toy.network, read_walls(toy.district)).wall_tree)
    1
    """
    trees = shapely.STRtree(walls.inner), shapely.STRtree(walls.barrier_lines)
    return Ground(network, walls, *trees)


def _with_streets(
    ground: shapely.MultiPolygon, xy: npt.NDArray[np.float64]
) -> shapely.Geometry:
    """Ground and every reached street.

    Beside a wall the contour may fall between the street and the wall; a street on
    which that happens is added with a narrow strip.
    """
    lines = straight_lines(xy)
    shapely.prepare(ground)
    bare = lines[~shapely.covers(ground, lines)]
    if not len(bare):
        return ground
    strips = shapely.buffer(bare, _STRIP_M)
    return shapely.union_all(np.concatenate([shapely.get_parts(ground), strips]))


def _shortened(xy: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """A centimetre less at both ends: a street that ends on a barrier is not over."""
    way = xy[:, 2:] - xy[:, :2]
    length = np.hypot(way[:, 0], way[:, 1])
    step = way * (np.minimum(0.01, length / 3) / length)[:, None]
    return np.hstack([xy[:, :2] + step, xy[:, 2:] - step])

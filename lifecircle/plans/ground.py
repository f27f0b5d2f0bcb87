"""The ground of one community: blocks between streets, compounds in them, who is where.

A *territory* is what one compound has in one block, or what a building outside all
compounds has: its own ground, and of the open ground of the block what is nearest to
it. So compounds reach to the middle of the street before them, and none reaches into
another. A strip between blocks without buildings, such as the middle of a street with
two carriageways, is shared out among the blocks beside it in the same way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from scipy.spatial import KDTree

from lifecircle.network.compounds import WALL_INSET_M
from lifecircle.plans.dividers import MINOR
from lifecircle.plans.faces import faces_between, midlines, shared_edges

if TYPE_CHECKING:
    from typing import TypeAlias

    import numpy.typing as npt

    from lifecircle.plans.dividers import Dividers

    Tree: TypeAlias = KDTree[Any, Any]

__all__ = ["Ground", "Seeds", "open_seeds", "read_ground"]

THIN_M = 15.0
"""Empty blocks narrower than this are shared out; wider ones stay whole. Ours."""
_STEP_M = 6.0
"""Outlines of compounds are taken as points this far apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """Shapes of a community, metres.

    Attributes
    ----------
    outline : shapely polygon
        The community.
    lines : object array of shapely lines
        Streets and barriers inside it; ``kind`` as ``Dividers.kind``.
    compounds : object array of shapely polygons
        Smallest first; where two overlap, the ground is the smaller one's.
    kept : object array of shapely polygons
        Grids that stay as they are.
    blocks : object array of shapely Polygon
        Between the lines.
    faces : object array of shapely Polygon
        Between the lines and the outlines of compounds and kept grids. What divides
        them further starts from their edges, which are rounded already.
    """

    outline: Any
    lines: npt.NDArray[np.object_]
    kind: npt.NDArray[np.int8]
    compounds: npt.NDArray[np.object_]
    kept: npt.NDArray[np.object_]
    blocks: npt.NDArray[np.object_]
    faces: npt.NDArray[np.object_]

    def places(
        self, points: npt.NDArray[np.object_]
    ) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        """Block, compound and kept grid of points; -1 = in none.

        Parameters
        ----------
        points : object array of shapely Point
            Metres.

        Returns
        -------
        tuple of int arrays
            Positions in ``blocks``, ``compounds``, ``kept``; the first of several.
            A point outside the community counts with the nearest block.
        """
        kept = _first_holding(self.kept, points)
        compound = _first_holding(self.compounds, points)
        compound[kept >= 0] = -1
        block = _first_holding(self.blocks, points)
        outside = block < 0
        if outside.any():
            block[outside] = shapely.STRtree(self.blocks).nearest(points[outside])
        return block, compound, kept


def _first_holding(
    areas: npt.NDArray[np.object_], points: npt.NDArray[np.object_]
) -> npt.NDArray[np.intp]:
    found = np.full(len(points), len(areas), dtype=np.intp)
    if len(areas) and len(points):
        row, area = shapely.STRtree(areas).query(points, "intersects")
        np.minimum.at(found, row, area)
    found[found == len(areas)] = -1
    return found


def read_ground(
    outline: Any,
    dividers: Dividers,
    *,
    compounds: npt.NDArray[np.object_],
    kept: npt.NDArray[np.object_],
) -> Ground:
    """The ground of a community.

    Parameters
    ----------
    outline : shapely polygon
        The community.
    dividers : Dividers
        Of the district.
    compounds, kept : object arrays of shapely polygons
        Those that reach into the community; smaller compounds first.

    Returns
    -------
    Ground
        Minor streets inside compounds and kept grids are left out: a compound is
        parted by a main road or a barrier only.

    Examples
    --------
    >>> from lifecircle.plans.dividers import read_dividers
    >>> none = np.array([], dtype=object)
    >>> west = toy.district.communities.geometry[0]
    >>> roads = read_dividers(toy.district)
    >>> len(read_ground(west, roads, compounds=none, kept=none).blocks)
    10
    """
    near = shapely.STRtree(dividers.lines).query(outline, "intersects")
    near = np.sort(near)
    lines, kind = dividers.lines[near], dividers.kind[near]
    inside = np.concatenate([compounds, kept])
    if len(inside):
        private = shapely.union_all(
            shapely.buffer(inside, -WALL_INSET_M, join_style="mitre")
        )
        minor = kind == MINOR
        lines[minor] = shapely.difference(lines[minor], private)
    lines, row = shapely.get_parts(
        shapely.intersection(lines, outline), return_index=True
    )
    linear = shapely.get_dimensions(lines) == 1
    lines, kind = np.asarray(lines[linear], dtype=object), kind[row[linear]]
    streets = np.concatenate([[outline.boundary], lines])
    around = shapely.intersection(shapely.boundary(inside), outline)
    return Ground(
        outline=outline,
        lines=lines,
        kind=kind,
        compounds=compounds,
        kept=kept,
        blocks=faces_between(streets, outline),
        faces=faces_between(np.concatenate([streets, around]), outline),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Seeds:
    """What the open ground is shared out among.

    Attributes
    ----------
    territory : int array (t, 2)
        Block and compound of every territory; for a building outside all compounds
        -1 - its row instead of the compound.
    near : dict of int to tuple
        Block to the tree of its points and the territory of each point.
    lines : object array of shapely lines
        Midway between territories.
    """

    territory: npt.NDArray[np.intp]
    near: dict[int, tuple[Tree, npt.NDArray[np.intp]]]
    lines: npt.NDArray[np.object_]

    def nearest(
        self,
        block: npt.NDArray[np.intp],
        compound: npt.NDArray[np.intp],
        points: npt.NDArray[np.object_],
    ) -> npt.NDArray[np.intp]:
        """Territory at points: their compound's, or the nearest one's.

        Parameters
        ----------
        block, compound : int arrays
            From ``Ground.places``.
        points : object array of shapely Point
            Metres.

        Returns
        -------
        int array
            -1 = the block has none.
        """
        number = {tuple(pair): row for row, pair in enumerate(self.territory.tolist())}
        found = np.array(
            [
                number.get(pair, -1)
                for pair in zip(block.tolist(), compound.tolist(), strict=True)
            ],
            dtype=np.intp,
        ).reshape(len(points))
        found[compound < 0] = -1
        xy = shapely.get_coordinates(points)
        for one in np.unique(block[compound < 0]):
            if one in self.near:
                tree, whose = self.near[one]
                rows = np.flatnonzero((block == one) & (compound < 0))
                found[rows] = whose[tree.query(xy[rows])[1]]
        return found


def open_seeds(
    ground: Ground,
    buildings: npt.NDArray[np.object_],
    place: tuple[npt.NDArray[np.intp], ...],
) -> Seeds:
    """Territories of a ground and the lines between them.

    Parameters
    ----------
    ground : Ground
        Of a community.
    buildings : object array of shapely geometry
        Polygons or points.
    place : tuple of int arrays
        Block, compound and kept grid of every building (``Ground.places``).

    Returns
    -------
    Seeds
        Of every block that has a compound or a building, and of the thin empty ones.
    """
    faces = ground.faces
    block, compound, kept = ground.places(shapely.point_on_surface(faces))
    own = {
        (int(one), int(two)): shapely.union_all(
            faces[(block == one) & (compound == two)]
        )
        for one, two in np.unique(
            np.column_stack([block, compound])[(compound >= 0) & (block >= 0)], axis=0
        )
    }
    loose = np.flatnonzero((place[0] >= 0) & (place[1] < 0) & (place[2] < 0))
    own |= {(int(place[0][row]), -1 - int(row)): buildings[row] for row in loose}
    keys = sorted(own)
    territory = np.array(keys, dtype=np.intp).reshape(-1, 2)
    points, whose = _outline_points(np.array([own[key] for key in keys], dtype=object))
    of_block: dict[int, npt.NDArray[np.intp]] = {
        int(one): np.flatnonzero(territory[whose, 0] == one)
        for one in np.unique(territory[:, 0])
    }
    open_faces = (compound < 0) & (kept < 0)
    of_block |= _shared_out(ground.blocks, of_block)
    lines = [
        midlines(
            points[rows],
            whose[rows],
            shapely.coverage_union_all(faces[open_faces & (block == one)]),
        )
        for one, rows in sorted(of_block.items())
        if (open_faces & (block == one)).any()
    ]
    near: dict[int, tuple[Tree, npt.NDArray[np.intp]]] = {
        one: (KDTree(points[rows]), whose[rows]) for one, rows in of_block.items()
    }
    return Seeds(territory, near, np.concatenate([np.array([], dtype=object), *lines]))


def _outline_points(
    shapes: npt.NDArray[np.object_],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp]]:
    dense = shapely.segmentize(shapes, _STEP_M) if len(shapes) else shapes
    xy, whose = shapely.get_coordinates(dense, return_index=True)
    return xy, whose


def _shared_out(
    blocks: npt.NDArray[np.object_], of_block: dict[int, npt.NDArray[np.intp]]
) -> dict[int, npt.NDArray[np.intp]]:
    """Thin empty blocks with the points of the blocks beside them."""
    thick = 2 * shapely.area(blocks) / shapely.length(blocks)
    pairs = shared_edges(blocks).faces
    pairs = np.vstack([pairs, pairs[:, ::-1]])
    beside = {}
    for one in np.flatnonzero(thick < THIN_M).tolist():
        near = np.unique(pairs[pairs[:, 0] == one, 1]).tolist()
        rows = [of_block[other] for other in near if other in of_block]
        if one not in of_block and rows:
            beside[one] = np.concatenate(rows)
    return beside

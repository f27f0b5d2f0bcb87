"""Every building's cell: the ground of a community shared out without gap or overlap.

The community is divided by streets, barriers and compounds into territories
(``ground``), every territory among its buildings. A building's cell stays in its
territory. Blocks and compounds without buildings go, whole, to the cell with which
they share the longest border that people can cross.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from lifecircle.plans.dividers import BARRED, PLAIN
from lifecircle.plans.faces import Edges, faces_between, midlines, shared_edges
from lifecircle.plans.ground import open_seeds

if TYPE_CHECKING:
    import numpy.typing as npt

    from lifecircle.plans.ground import Ground, Seeds, Tree

__all__ = ["Cells", "building_cells", "merged_cells"]

_STEP_M = 3.0
"""Outlines of buildings are taken as points this far apart."""
_ON_LINE_M = 0.005
"""An edge this near to a street's line runs along it."""
_EMPTY = -1


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """The faces of a community and whose they are.

    Attributes
    ----------
    faces : object array (f,) of shapely Polygon
        One subdivision: neighbours share their border to the last vertex.
    atom : int32 array (f,)
        Atom of every face; -1 = the community has no building.
    edges : Edges
        Between faces.
    kind : int8 array (e,)
        What an edge runs along (``dividers``): ``PLAIN``, ``MINOR``, ``MAIN``,
        ``BARRED``.
    on_outline : bool array (e,)
        Whether it runs along the outline of a compound.
    building_atom : int32 array (b,)
        Atom of every building; buildings at one spot are one atom.
    kept_atom : int32 array (k,)
        Atom of every grid that stays as it is.
    """

    faces: npt.NDArray[np.object_]
    atom: npt.NDArray[np.int32]
    edges: Edges
    kind: npt.NDArray[np.int8]
    on_outline: npt.NDArray[np.bool_]
    building_atom: npt.NDArray[np.int32]
    kept_atom: npt.NDArray[np.int32]


def merged_cells(
    faces: npt.NDArray[np.object_], part: npt.NDArray[np.int32]
) -> npt.NDArray[np.object_]:
    """Faces put together by part; borders stay shared to the last vertex.

    Parameters
    ----------
    faces : object array of shapely Polygon
        Of one subdivision.
    part : int array
        Of every face, 0 … n - 1.

    Returns
    -------
    object array of shapely geometry
        One polygon or multipolygon for each part.

    Examples
    --------
    >>> thirds = shapely.box([0, 1, 2], 0, [1, 2, 3], 1)
    >>> shapely.area(merged_cells(thirds, np.array([0, 0, 1]))).tolist()
    [2.0, 1.0]
    """
    order = np.argsort(part, kind="stable")
    groups = np.split(faces[order], np.flatnonzero(np.diff(part[order])) + 1)
    return np.array(
        [shapely.coverage_union_all(group) for group in groups], dtype=object
    )


def building_cells(ground: Ground, buildings: npt.NDArray[np.object_]) -> Cells:
    """Share out the ground of a community among its buildings.

    Parameters
    ----------
    ground : Ground
        Of the community.
    buildings : object array of shapely geometry
        Polygons or points; those of the community.

    Returns
    -------
    Cells
        Atoms are numbered by their first building; kept grids come last.

    Examples
    --------
    Two buildings and no street: midway between them.

    >>> from lifecircle.plans.dividers import Dividers
    >>> from lifecircle.plans.ground import read_ground
    >>> none = np.array([], dtype=object)
    >>> empty = Dividers(none, np.array([], np.int8), none, frozenset())
    >>> field = shapely.box(0, 0, 40, 10)
    >>> ground = read_ground(field, empty, compounds=none, kept=none)
    >>> cells = building_cells(ground, shapely.points([[10.0, 5.0], [20.0, 5.0]]))
    >>> shapely.area(merged_cells(cells.faces, cells.atom)).tolist()
    [150.0, 250.0]
    """
    spots = shapely.point_on_surface(buildings)
    place = ground.places(spots)
    seeds = open_seeds(ground, buildings, place)
    members = _members(seeds, place)
    rough = faces_between(
        np.concatenate([shapely.boundary(ground.faces), seeds.lines]), ground.outline
    )
    territory, _ = _territories(ground, seeds, rough)
    lines = [shapely.boundary(rough)]
    trees: dict[int, tuple[Tree, npt.NDArray[np.intp]]] = {}
    for one, rows in members.items():
        xy, whose = shapely.get_coordinates(
            shapely.segmentize(buildings[rows], _STEP_M), return_index=True
        )
        trees[one] = KDTree(xy), rows[whose]
        if len(rows) > 1:
            within = shapely.coverage_union_all(rough[territory == one])
            lines.append(midlines(xy, rows[whose], within))
    faces = faces_between(np.concatenate(lines), ground.outline)
    territory, kept = _territories(ground, seeds, faces)
    owner = _owners(faces, territory, trees)
    owner[kept >= 0] = len(buildings) + kept[kept >= 0]
    edges = shared_edges(faces)
    kind = _kinds(edges, ground.lines, ground.kind)
    owner = _without_loose(owner, edges, faces, spots)
    owner = _attached(owner, edges, kind, faces)
    return _numbered(faces, owner, edges=edges, kind=kind, spots=spots, ground=ground)


def _members(
    seeds: Seeds, place: tuple[npt.NDArray[np.intp], ...]
) -> dict[int, npt.NDArray[np.intp]]:
    """Buildings of every territory."""
    block, compound, kept = place
    row = np.arange(len(block))
    key = np.column_stack([block, np.where(compound >= 0, compound, -1 - row)])
    number = {tuple(pair): one for one, pair in enumerate(seeds.territory.tolist())}
    members: dict[int, list[int]] = {}
    for building, pair in enumerate(key.tolist()):
        if kept[building] < 0 and tuple(pair) in number:
            members.setdefault(number[tuple(pair)], []).append(building)
    return {one: np.array(rows, dtype=np.intp) for one, rows in sorted(members.items())}


def _territories(
    ground: Ground, seeds: Seeds, faces: npt.NDArray[np.object_]
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Territory and kept grid of every face; -1 = none."""
    spots = shapely.point_on_surface(faces)
    block, compound, kept = ground.places(spots)
    territory = seeds.nearest(block, compound, spots)
    territory[kept >= 0] = _EMPTY
    return territory, kept


def _owners(
    faces: npt.NDArray[np.object_],
    territory: npt.NDArray[np.intp],
    trees: dict[int, tuple[Tree, npt.NDArray[np.intp]]],
) -> npt.NDArray[np.intp]:
    """Building whose cell a face is of: the nearest of its territory."""
    owner = np.full(len(faces), _EMPTY, dtype=np.intp)
    xy = shapely.get_coordinates(shapely.point_on_surface(faces))
    for one, (tree, whose) in trees.items():
        rows = np.flatnonzero(territory == one)
        if len(rows):
            owner[rows] = whose[tree.query(xy[rows])[1]]
    return owner


def _kinds(
    edges: Edges,
    lines: npt.NDArray[np.object_],
    line_kind: npt.NDArray[np.int8] | None = None,
) -> npt.NDArray[np.int8]:
    """The strongest of the lines that every edge runs along; ``PLAIN`` = none."""
    kind = np.full(len(edges.xy), PLAIN, np.int8)
    if len(lines):
        tree = shapely.STRtree(lines)
        edge, line = tree.query(edges.middles, "dwithin", distance=_ON_LINE_M)
        np.maximum.at(kind, edge, 1 if line_kind is None else line_kind[line])
    return kind


def _pieces(
    owner: npt.NDArray[np.intp], edges: Edges, joins: npt.NDArray[np.bool_]
) -> npt.NDArray[np.intp]:
    """Connected faces of one owner."""
    one, two = edges.faces[
        joins & (owner[edges.faces[:, 0]] == owner[edges.faces[:, 1]])
    ].T
    size = len(owner)
    graph = coo_array((np.ones(len(one)), (one, two)), shape=(size, size))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.intp)


def _without_loose(
    owner: npt.NDArray[np.intp],
    edges: Edges,
    faces: npt.NDArray[np.object_],
    spots: npt.NDArray[np.object_],
) -> npt.NDArray[np.intp]:
    """Of a cell in pieces only the one with the building, else the largest, stays."""
    piece = _pieces(owner, edges, np.ones(len(edges.xy), dtype=bool))
    weight = np.bincount(piece, weights=shapely.area(faces))
    home, building = shapely.STRtree(spots).query(faces, "intersects")
    weight[piece[home[owner[home] == building]]] += 1e12
    of_building = (owner >= 0) & (owner < len(spots))
    best: dict[int, int] = {}
    for one, whose in sorted(
        set(zip(piece[of_building].tolist(), owner[of_building].tolist(), strict=True))
    ):
        if whose not in best or weight[one] > weight[best[whose]]:
            best[whose] = one
    stays = np.isin(piece, list(best.values()))
    return np.where(of_building & ~stays, _EMPTY, owner)


def _attached(
    owner: npt.NDArray[np.intp],
    edges: Edges,
    kind: npt.NDArray[np.int8],
    faces: npt.NDArray[np.object_],
) -> npt.NDArray[np.intp]:
    """Ground of nobody goes to the cell of the longest border, crossable ones first."""
    owner = owner.copy()
    if (owner == _EMPTY).all():
        return owner
    piece = _pieces(owner, edges, kind == PLAIN)
    both = np.vstack([edges.faces, edges.faces[:, ::-1]])
    length = np.tile(edges.length_m, 2)
    crossable = np.tile(kind != BARRED, 2)
    while (owner == _EMPTY).any():
        here, there = owner[both[:, 0]], owner[both[:, 1]]
        border = (here == _EMPTY) & (there != _EMPTY)
        if (border & crossable).any():
            border &= crossable
        if not border.any():
            _to_nearest(owner, faces)
            break
        pairs = np.column_stack([piece[both[border, 0]], there[border]])
        pairs, row = np.unique(pairs, axis=0, return_inverse=True)
        shared = np.bincount(row.ravel(), weights=length[border])
        order = np.lexsort((pairs[:, 1], -shared, pairs[:, 0]))
        pairs = pairs[order]
        first = np.unique(pairs[:, 0], return_index=True)[1]
        goes = dict(pairs[first].tolist())
        empty = np.flatnonzero(owner == _EMPTY)
        owner[empty] = [goes.get(one, _EMPTY) for one in piece[empty].tolist()]
    return owner


def _to_nearest(owner: npt.NDArray[np.intp], faces: npt.NDArray[np.object_]) -> None:
    """Ground apart from all the rest, such as a second part of a community."""
    known = np.flatnonzero(owner != _EMPTY)
    empty = np.flatnonzero(owner == _EMPTY)
    near = shapely.STRtree(faces[known]).nearest(faces[empty])
    owner[empty] = owner[known[near]]


def _numbered(
    faces: npt.NDArray[np.object_],
    owner: npt.NDArray[np.intp],
    *,
    edges: Edges,
    kind: npt.NDArray[np.int8],
    spots: npt.NDArray[np.object_],
    ground: Ground,
) -> Cells:
    """Number the owners that have ground; the other buildings join the nearest."""
    buildings = len(spots)
    present = np.unique(owner[owner != _EMPTY])
    number = np.full(buildings + len(ground.kept), _EMPTY, np.int32)
    number[present] = np.arange(len(present), dtype=np.int32)
    atom = np.full(len(faces), _EMPTY, np.int32)
    atom[owner != _EMPTY] = number[owner[owner != _EMPTY]]
    building_atom = number[:buildings].copy()
    homeless = np.flatnonzero(building_atom == _EMPTY)
    if len(homeless) and len(present):
        near = shapely.STRtree(faces).nearest(spots[homeless])
        building_atom[homeless] = atom[near]
    outline = _kinds(edges, shapely.boundary(ground.compounds)) > PLAIN
    kept = number[buildings:]
    return Cells(faces, atom, edges, kind, outline, building_atom, kept)

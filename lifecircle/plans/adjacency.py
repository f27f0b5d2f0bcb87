"""Which cells are neighbours, along how long a border, and what lies between them.

Two cells are neighbours if people can cross somewhere on their common border. Along a
river, a railway, an expressway or a wall they can where a bridge, a tunnel or an open
gate is; where two walled compounds stand wall to wall they cannot.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from lifecircle.network.compounds import GATE_REACH_M
from lifecircle.plans.dividers import BARRED, MAIN, PLAIN

if TYPE_CHECKING:
    import numpy.typing as npt

    from lifecircle.plans.cells import Cells

__all__ = ["KINDS", "Adjacency", "cell_adjacency", "components"]

KINDS = ("inside_compound", "minor_street", "main_road_or_river")
"""What a border runs along; borders in open ground count with minor streets."""


@dataclass(frozen=True, slots=True, eq=False)
class Adjacency:
    """Pairs of neighbours.

    Attributes
    ----------
    edges : int32 array (m, 2)
        Atoms, the lower first, in ascending order.
    border_m : float64 array (m,)
        Length of the common border.
    kind : int8 array (m,)
        Position in ``KINDS`` of what most of it runs along.
    by_kind_m : float64 array (m, 3)
        Length along each kind.
    """

    edges: npt.NDArray[np.int32]
    border_m: npt.NDArray[np.float64]
    kind: npt.NDArray[np.int8]
    by_kind_m: npt.NDArray[np.float64]


def cell_adjacency(
    cells: Cells,
    *,
    compound: npt.NDArray[np.int32],
    walled: npt.NDArray[np.bool_],
    passages: npt.NDArray[np.object_],
) -> Adjacency:
    """Neighbours among the atoms of a community.

    Parameters
    ----------
    cells : Cells
        Faces and their atoms.
    compound : int32 array (n,)
        Compound of every atom; -1 = none.
    walled : bool array (n,)
        Whether that compound stands behind walls.
    passages : object array of shapely geometry
        ``Dividers.passages``.

    Returns
    -------
    Adjacency
        Only pairs between which people can cross.

    Examples
    --------
    Of the toy community the two homes inside the compound are neighbours too.

    >>> from lifecircle.plans.atoms import community_atoms, survey
    >>> found = community_atoms(survey(toy.district, {}), "C1").adjacency
    >>> KINDS[found.kind[-1]], found.edges[-1].tolist()
    ('inside_compound', [2, 3])
    """
    atoms = cells.atom[cells.edges.faces]
    apart = (atoms[:, 0] != atoms[:, 1]) & (atoms >= 0).all(axis=1)
    pairs = np.sort(atoms[apart], axis=1)
    length, line = cells.edges.length_m[apart], cells.kind[apart]
    passable = np.zeros(len(pairs), dtype=bool)
    if len(passages) and len(pairs):
        tree = shapely.STRtree(passages)
        middles = shapely.linestrings(cells.edges.xy[apart].reshape(-1, 2, 2))
        passable[tree.query(middles, "dwithin", distance=GATE_REACH_M)[0]] = True
    same = (compound[pairs[:, 0]] == compound[pairs[:, 1]]) & (
        compound[pairs[:, 0]] >= 0
    )
    fenced = (line == PLAIN) & ~same & walled[pairs].all(axis=1)
    fenced &= cells.on_outline[apart]
    can_cross = ((line != BARRED) & ~fenced) | passable
    kind = np.where(line >= MAIN, 2, np.where(same, 0, 1))
    edges, row = np.unique(pairs, axis=0, return_inverse=True)
    row = row.ravel()
    by_kind = np.zeros((len(edges), len(KINDS)))
    np.add.at(by_kind, (row, kind), length)
    open_ = np.bincount(row[can_cross], minlength=len(edges)) > 0
    by_kind = by_kind[open_]
    return Adjacency(
        edges[open_].astype(np.int32).reshape(-1, 2),
        by_kind.sum(axis=1),
        by_kind.argmax(axis=1).astype(np.int8),
        by_kind,
    )


def components(edges: npt.NDArray[np.int32], atoms: int) -> npt.NDArray[np.int32]:
    """Which atoms hang together.

    Parameters
    ----------
    edges : int32 array (m, 2)
        Neighbours.
    atoms : int
        How many there are.

    Returns
    -------
    int32 array
        Component of every atom, numbered by first atom.

    Examples
    --------
    >>> components(np.array([[0, 2]], np.int32), 3).tolist()
    [0, 1, 0]
    """
    graph = coo_array(
        (np.ones(len(edges)), (edges[:, 0], edges[:, 1])), shape=(atoms, atoms)
    )
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int32)

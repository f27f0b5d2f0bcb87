"""Facilities within a walk of nodes: how many of each kind, and the nearest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lifecircle.access.field import UM, CostGraph, Places
from lifecircle.access.tally_kernel import tally_from, tally_to, told
from lifecircle.access.within import place_seeds, workspace

if TYPE_CHECKING:
    import numpy.typing as npt

    from lifecircle.access.kernel import Workspace

__all__ = ["Tally", "tally_at_nodes", "tally_from_nodes"]


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """How many facilities of each kind are within reach, and how near the nearest.

    Attributes
    ----------
    number : int32 array (nodes, kinds)
    nearest_m : float64 array (nodes, kinds)
        NaN where none is within reach.
    """

    number: npt.NDArray[np.int32]
    nearest_m: npt.NDArray[np.float64]


def tally_at_nodes(
    graph: CostGraph,
    facilities: Places,
    kind: npt.NDArray[np.int32],
    *,
    kinds: int,
    limit_m: float,
) -> Tally:
    """Facilities within a walk of every node, by kind, searched from the facilities.

    There are far fewer facilities than nodes, so this way round is the fast one.

    Parameters
    ----------
    graph : CostGraph
        Where to walk.
    facilities : Places
        Their legs off the street count.
    kind : int32 array
        Kind of each facility, from 0.
    kinds : int
        How many kinds there are.
    limit_m : float
        Longest walk, metres, inclusive.

    Returns
    -------
    Tally
        A row for every node.

    Examples
    --------
    >>> from lifecircle.access.field import cost_graph
    >>> from lifecircle.access.within import place_nodes
    >>> graph = cost_graph(toy.network)
    >>> place = place_nodes(graph, np.array([0], dtype=np.int32))
    >>> kind = np.zeros(1, np.int32)
    >>> tally = tally_at_nodes(graph, place, kind, kinds=1, limit_m=50)
    >>> int(tally.number.sum()), float(tally.nearest_m[0, 0])
    (1, 0.0)
    """
    seeds = place_seeds(graph, facilities)
    space = workspace(graph, limit_m=limit_m)
    tally = _blank(space, len(graph.indptr) - 1, kinds)
    tally_to(
        space,
        seeds.ptr,
        seeds.node,
        seeds.um,
        kind.astype(np.int32),
        seeds.by_place(),
        tally,
    )
    return Tally(*told(tally, UM))


def tally_from_nodes(
    graph: CostGraph,
    facilities: Places,
    kind: npt.NDArray[np.int32],
    *,
    kinds: int,
    limit_m: float,
    nodes: npt.NDArray[np.int32] | None = None,
) -> Tally:
    """Facilities within a walk of nodes, by kind, searched from each node.

    For few nodes, where both directions of a street cost the same; else
    ``tally_at_nodes`` is much faster.

    Parameters
    ----------
    graph : CostGraph
        Where to walk.
    facilities : Places
        Their legs off the street count.
    kind : int32 array
        Kind of each facility, from 0.
    kinds : int
        How many kinds there are.
    limit_m : float
        Longest walk, metres, inclusive.
    nodes : int32 array, optional
        Where walks start; every node if not given.

    Returns
    -------
    Tally
        A row for each of ``nodes``.

    Examples
    --------
    >>> from lifecircle.access.field import cost_graph
    >>> from lifecircle.access.within import place_nodes
    >>> graph = cost_graph(toy.network)
    >>> place = place_nodes(graph, np.array([0], dtype=np.int32))
    >>> kind = np.zeros(1, np.int32)
    >>> tally = tally_from_nodes(graph, place, kind, kinds=1, limit_m=50)
    >>> int(tally.number.sum()), float(tally.nearest_m[0, 0])
    (1, 0.0)
    """
    space = workspace(graph, limit_m=limit_m)
    count = len(graph.indptr) - 1
    if nodes is None:
        nodes = np.arange(count, dtype=np.int32)
    seeds = place_seeds(graph, facilities)
    facility = np.repeat(np.arange(len(kind)), np.diff(seeds.ptr))
    order = np.argsort(seeds.node, kind="stable")
    door_ptr = np.zeros(count + 1, np.int32)
    door_ptr[1:] = np.cumsum(np.bincount(seeds.node, minlength=count))
    tally = _blank(space, len(nodes), kinds)
    tally_from(
        space,
        door_ptr,
        facility[order].astype(np.int32),
        np.minimum(seeds.um, space.limit_um + 1)[order].astype(space.state.dtype),
        kind.astype(np.int32),
        nodes.astype(np.int32),
        np.full(len(kind), space.limit_um + 1, space.state.dtype),
        tally,
    )
    return Tally(*told(tally, UM))


def _blank(space: Workspace, rows: int, kinds: int) -> npt.NDArray[Any]:
    """Per row and kind: none, and farther than the limit."""
    tally = np.zeros((rows, kinds, 2), space.state.dtype)
    tally[:, :, 1] = space.limit_um + 1
    return tally

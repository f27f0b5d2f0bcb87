"""Slope: heights along the streets to walking time, uphill and downhill.

Time is kept as metres on the level that take as long. Every segment is walked in
steps no longer than a cell of the grid, so that a crest within it counts. Bridges and
tunnels do not follow the ground: their heights run straight from where they leave it
to where they meet it again.

*Tobler's hiking function* (W. Tobler 1993, Three presentations on geographical
analysis and modeling, NCGIA Technical Report 93-1; after data of E. Imhof): walking
speed is ``6 exp(-3.5 |s + 0.05|)`` km/h at slope ``s``, 5.04 km/h on the level and
fastest at 5 % downhill. Only its ratio to the level is used; the walker's own speed
stands.

*Naismith's rule* (W. W. Naismith 1892, Scottish Mountaineering Club Journal 2): one
hour for 5 km and one more for every 600 m of ascent, so that a metre of climb takes as
long as 25/3 m on the level; descent is as the level.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from lifecircle.errors import NetworkError
from lifecircle.network.csr import component_numbers

if TYPE_CHECKING:
    import numpy.typing as npt

    from lifecircle.elevation import Elevation
    from lifecircle.model import WalkNetwork

    Floats = npt.NDArray[np.float64]

__all__ = ["naismith_m", "tobler_m", "with_elevation"]

_CLIMB_M = 25.0 / 3.0
"""Metres on the level for a metre of ascent: 5 km for 600 m."""


def tobler_m(length_m: Floats, rise_m: Floats) -> Floats:
    """Metres on the level that take as long, by Tobler's function.

    Parameters
    ----------
    length_m : float array
        Length on the map, above 0.
    rise_m : float array
        Height won; below 0 downhill.

    Returns
    -------
    float array
        ``length_m exp(3.5 (|s + 0.05| - 0.05))``.

    Examples
    --------
    >>> tobler_m(np.array([100.0]), np.array([10.0])).round(1).tolist()  # e^0.35
    [141.9]
    """
    steep: Floats = length_m * np.exp(3.5 * (np.abs(rise_m / length_m + 0.05) - 0.05))
    return steep


def naismith_m(length_m: Floats, rise_m: Floats) -> Floats:
    """Metres on the level that take as long, by Naismith's rule.

    Parameters
    ----------
    length_m : float array
        Length on the map.
    rise_m : float array
        Height won; below 0 downhill.

    Returns
    -------
    float array
        ``length_m + 25/3 max(rise_m, 0)``.

    Examples
    --------
    >>> naismith_m(np.array([100.0]), np.array([12.0])).tolist()
    [200.0]
    """
    steep: Floats = length_m + _CLIMB_M * np.maximum(rise_m, 0.0)
    return steep


def with_elevation(network: WalkNetwork, elevation: Elevation) -> WalkNetwork:
    """The network with the slope of every segment, there and back.

    Parameters
    ----------
    network : WalkNetwork
        Lengths on the map.
    elevation : Elevation
        Heights in the network's CRS. Where they are not known, streets are level.

    Returns
    -------
    WalkNetwork
        ``features`` has ``tobler`` and ``naismith``; which counts is the walker's.
        Minutes change, metres do not.

    Raises
    ------
    NetworkError
        If no street has known heights.

    Examples
    --------
    A plain that rises 10 m in 100 m eastward, from x = 499,000.

    >>> from lifecircle.elevation import Elevation
    >>> east = np.arange(20) * 100 + 50.0
    >>> grid = Elevation(
    ...     np.tile(east / 10, (20, 1)), west_m=499_000, north_m=3_521_000, cell_m=100
    ... )
    >>> steep = with_elevation(toy.network, grid)
    >>> xy = steep.node_xy[steep.segment_nodes]
    >>> east_m = xy[:, 1, 0] - xy[:, 0, 0]
    >>> climb = np.flatnonzero(east_m == 200)[0]
    >>> steep.features["naismith"][climb].round(1).tolist()  # 200 + 20 * 25/3; 200
    [366.7, 200.0]
    """
    free = np.isin(network.segment_kind.astype(str), ("bridge", "tunnel"))
    count = np.ceil(network.segment_length_m / elevation.cell_m - 1e-9).astype(int)
    count[free] = 1
    segment = np.repeat(np.arange(len(count)), count)
    number = np.arange(len(segment)) - np.repeat(np.cumsum(count) - count, count)
    node_m = _node_heights(network, elevation, free)
    nodes = network.segment_nodes[segment]
    start, end = network.node_xy[nodes.T]
    height_m = []
    for step, column in ((number, 0), (number + 1, 1)):
        share = step / count[segment]
        ground = elevation.at(start + share[:, None] * (end - start))
        height_m.append(np.where(free[segment], node_m[nodes[:, column]], ground))
    rise_m = height_m[1] - height_m[0]
    if np.isnan(rise_m).all():
        raise NetworkError(
            where="elevation",
            what="no street lies on cells of known height.",
            fix="Give heights in the district's CRS that cover its streets.",
        )
    rise_m = np.nan_to_num(rise_m)
    length_m = (network.segment_length_m / count)[segment]
    made: dict[str, Floats] = {
        name: np.column_stack(
            [
                np.bincount(segment, rule(length_m, rise_m), len(count)),
                np.bincount(segment, rule(length_m, -rise_m), len(count)),
            ]
        ).astype(np.float64)
        for name, rule in (("tobler", tobler_m), ("naismith", naismith_m))
    }
    return replace(network, features={**network.features, **made})


def _node_heights(
    network: WalkNetwork, elevation: Elevation, free: npt.NDArray[np.bool_]
) -> Floats:
    """Height of every node; in mid-bridge between those where it meets the ground."""
    height_m = elevation.at(network.node_xy)
    nodes = network.segment_nodes
    aloft = np.ones(len(height_m), dtype=bool)
    aloft[nodes[~free].reshape(-1)] = False
    touched = np.zeros(len(height_m), dtype=bool)
    touched[nodes[free].reshape(-1)] = True
    aloft &= touched
    inner = aloft[nodes].all(axis=1)
    length_m = network.segment_length_m
    group = component_numbers(nodes[inner], length_m[inner], len(height_m))
    for number in np.unique(group[aloft]).tolist():
        unknown = np.flatnonzero(aloft & (group == number))
        met = np.flatnonzero(np.isin(nodes, unknown).any(axis=1))
        found = _strung(unknown, nodes[met], length_m[met], height_m)
        if found is not None:
            height_m[unknown] = found
    return height_m


def _strung(
    unknown: npt.NDArray[np.intp],
    nodes: npt.NDArray[np.int32],
    length_m: Floats,
    height_m: Floats,
) -> Floats | None:
    """Heights of nodes along straight strings between nodes of known height.

    At a node the slopes of its strings balance; None if no string is held.
    """
    row = {node: number for number, node in enumerate(unknown.tolist())}
    pull = np.zeros((len(unknown), len(unknown)))
    held = np.zeros(len(unknown))
    anchored = False
    for (one, other), length in zip(nodes.tolist(), length_m.tolist(), strict=True):
        for here, there in ((one, other), (other, one)):
            if here not in row:
                continue
            if there in row:
                pull[row[here], row[here]] += 1 / length
                pull[row[here], row[there]] -= 1 / length
            elif not np.isnan(height_m[there]):
                pull[row[here], row[here]] += 1 / length
                held[row[here]] += height_m[there] / length
                anchored = True
    if not anchored:
        return None
    return np.linalg.solve(pull, held).astype(np.float64)

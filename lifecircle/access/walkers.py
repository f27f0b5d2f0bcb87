"""How each walker walks: which streets, and metres on the level that take as long.

Minutes are counted as metres on the level: metres that would take the walker as long
on a level street without crossings. Where there are no steps, crossings and heights,
they are the metres themselves, so that minutes are metres by speed to the last bit.
"""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

import numpy as np

from lifecircle.access.field import cost_graph
from lifecircle.errors import ConfigError
from lifecircle.network.csr import component_numbers

if TYPE_CHECKING:
    import numpy.typing as npt

    from lifecircle.access.field import CostGraph
    from lifecircle.model import DistrictConfig, Walker, WalkNetwork

__all__ = ["level_m", "open_network", "segments_of", "walker_graph", "walker_named"]


def walker_named(config: DistrictConfig, name: str) -> Walker:
    """The walker profile of a name.

    Parameters
    ----------
    config : DistrictConfig
        ``walkers``.
    name : str
        One of them.

    Returns
    -------
    Walker

    Raises
    ------
    ConfigError
        If the district file has no such profile; names those that it has.

    Examples
    --------
    >>> walker_named(toy.district.config, "elderly").speed_m_per_s
    0.8
    >>> walker_named(toy.district.config, "eldery")
    Traceback (most recent call last):
    ...
    lifecircle.errors.ConfigError: walker 'eldery': the profiles of the district file \
are adult, elderly. Did you mean elderly?
    """
    found = config.walkers.get(name)
    if found is None:
        known = sorted(config.walkers)
        near = get_close_matches(name, known, n=1, cutoff=0.0)
        raise ConfigError(
            where=f"walker {name!r}",
            what=f"the profiles of the district file are {', '.join(known)}.",
            fix=f"Did you mean {near[0]}?" if near else "Give the file one.",
        )
    return found


def open_network(network: WalkNetwork, walker: Walker) -> WalkNetwork:
    """The part of a network that a walker can walk.

    Parameters
    ----------
    network : WalkNetwork
        All of it.
    walker : Walker
        Without ``steps``, segments that are steps are left out.

    Returns
    -------
    WalkNetwork
        ``network`` itself if the walker can walk all of it; else the same nodes and
        fewer segments, numbered anew.

    Examples
    --------
    >>> from lifecircle.standards.walkers import walker_profiles
    >>> open_network(toy.network, walker_profiles()["pram"]) is toy.network
    True
    """
    steps = network.features.get("steps")
    if walker.steps != "no" or steps is None or not steps.any():
        return network
    return segments_of(network, steps == 0)


def segments_of(network: WalkNetwork, keep: npt.NDArray[np.bool_]) -> WalkNetwork:
    """The network of some segments.

    Parameters
    ----------
    network : WalkNetwork
        All of it.
    keep : bool array (m,)
        Segments to keep.

    Returns
    -------
    WalkNetwork
        The same nodes; segments numbered anew.

    Examples
    --------
    >>> length_m = toy.network.segment_length_m
    >>> float(segments_of(toy.network, length_m > 100).segment_length_m.min())
    150.0
    """
    number = np.cumsum(keep) - 1
    kept_edge = keep[network.edge_segment]
    before = np.concatenate([[0], np.cumsum(kept_edge)])
    nodes, length_m = network.segment_nodes[keep], network.segment_length_m[keep]
    return replace(
        network,
        segment_nodes=nodes,
        segment_length_m=length_m,
        segment_compound=network.segment_compound[keep],
        segment_kind=network.segment_kind[keep],
        indptr=before[network.indptr].astype(np.int32),
        neighbour=network.neighbour[kept_edge],
        edge_segment=number[network.edge_segment[kept_edge]].astype(np.int32),
        edge_length_m=network.edge_length_m[kept_edge],
        component=component_numbers(nodes, length_m, len(network.node_xy)),
        features={name: value[keep] for name, value in network.features.items()},
    )


def level_m(network: WalkNetwork, walker: Walker) -> npt.NDArray[np.float64] | None:
    """Metres on the level that take the walker as long as each segment.

    Steps take ``steps_factor`` times their length (slope included), a crossing adds
    its delay times the walker's speed, slope changes the rest.

    Parameters
    ----------
    network : WalkNetwork
        With its ``features``.
    walker : Walker
        Speed, factor and delays.

    Returns
    -------
    float array (m, 2) or None
        From start to end, and back; None if length is all that counts.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from lifecircle.standards.walkers import walker_profiles
    >>> adult = walker_profiles()["adult"]
    >>> level_m(toy.network, adult) is None
    True
    >>> stairs = np.ones(len(toy.network.segment_length_m))
    >>> steep = replace(toy.network, features={"steps": stairs})
    >>> float(level_m(steep, adult).sum())  # 4,590 m there and back, 3 times
    27540.0
    """
    features = network.features
    length_m = np.repeat(network.segment_length_m[:, None], 2, axis=1)
    cost_m = np.array(features.get(walker.slope, length_m))
    steps = features.get("steps")
    if steps is not None:
        there = steps > 0
        cost_m[there] = length_m[there] * walker.steps_factor
    delays = {
        "signals": walker.signal_delay_s,
        "footbridge": walker.footbridge_delay_s,
    }
    for name, delay_s in delays.items():
        if name in features:
            cost_m += (features[name] * delay_s * walker.speed_m_per_s)[:, None]
    return None if np.array_equal(cost_m, length_m) else cost_m


def walker_graph(network: WalkNetwork, walker: Walker) -> CostGraph:
    """What walking costs a walker, in metres on the level.

    Parameters
    ----------
    network : WalkNetwork
        The part that the walker can walk.
    walker : Walker
        The profile.

    Returns
    -------
    CostGraph
        Divide by the walker's speed for seconds.

    Examples
    --------
    >>> from lifecircle.standards.walkers import walker_profiles
    >>> graph = walker_graph(toy.network, walker_profiles()["elderly"])
    >>> int(graph.forth_um.sum()) / 1_000_000
    4590.0
    """
    return cost_graph(network, level_m(network, walker))

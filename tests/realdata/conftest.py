from __future__ import annotations

import networkx as nx
import numpy as np
import pytest
import shapely

from lifecircle.access.routes import walk_m_between
from lifecircle.network.snap import snap_points


@pytest.fixture(scope="session")
def random_walks():
    """``random_walks(network, starts, each)``: metres by us, and by networkx.

    From each of some random places on streets to some others; NaN = no walk.
    """
    return walks_between_random_places


def walks_between_random_places(network, *, starts, each):
    rng = np.random.default_rng(20261122)
    enterable = np.flatnonzero(~np.isin(network.segment_kind, ("bridge", "tunnel")))
    first, second = (
        shapely.line_interpolate_point(
            network.segment_geometry[rng.choice(enterable, count)],
            rng.uniform(0, 1, count),
            normalized=True,
        )
        for count in (starts, starts * each)
    )
    walked = walk_m_between(network, np.repeat(first, each), second)
    graph = nx.Graph()
    # Of parallel streets the shortest, which is added last.
    order = np.argsort(-network.segment_length_m, kind="stable")
    start, end = network.segment_nodes[order].T.tolist()
    length_m = network.segment_length_m[order].tolist()
    graph.add_weighted_edges_from(zip(start, end, length_m, strict=True))
    expected = []
    for number, here in enumerate(hung(network, first)):
        graph.add_weighted_edges_from(("here", node, leg_m) for node, leg_m in here[0])
        away_m = nx.single_source_dijkstra_path_length(graph, "here")
        graph.remove_node("here")
        goals = second[number * each : (number + 1) * each]
        for there in hung(network, goals):
            ways = [away_m.get(node, np.inf) + leg_m for node, leg_m in there[0]]
            if there[1] == here[1]:
                # On one segment: straight along it.
                ways.append(abs(there[2] - here[2]) + there[3] + here[3])
            expected.append(min(ways))
    expected = np.array(expected)
    return walked, np.where(np.isfinite(expected), expected, np.nan)


def hung(network, points):
    """The ends of each point's segment and the way there; segment, offset, leg."""
    snapped = snap_points(network, points, max_off_m=100)
    for segment, offset_m, off_m in snapped.itertuples(index=False):
        ends = network.segment_nodes[segment].tolist()
        rest_m = network.segment_length_m[segment] - offset_m
        legs = (off_m + offset_m, off_m + rest_m)
        yield list(zip(ends, legs, strict=True)), segment, offset_m, off_m

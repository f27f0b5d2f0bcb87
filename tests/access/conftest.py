from __future__ import annotations

from collections import defaultdict
from itertools import pairwise

import networkx as nx
import pytest

from lifecircle.conftest import make_district, places


@pytest.fixture(scope="session")
def town():
    """``town(roads, homes, facilities)``: a district from lines and places."""

    def make(roads, homes=(), facilities=(), **tables):
        return make_district(
            roads=roads,
            buildings=places("building_id", homes, households=1.0),
            facilities=places("facility_id", facilities, facility_class="SHOP"),
            **tables,
        )

    return make


@pytest.fixture(scope="session")
def make_oracle():
    """networkx as the oracle: the same network, points put into its segments."""
    return oracle_graph


def oracle_graph(network, **groups):
    """A MultiGraph of the segments; point i of a group is the node (name, i)."""
    graph = nx.MultiGraph()
    graph.add_nodes_from(range(len(network.node_xy)))
    stops = defaultdict(list)
    for name, snapped in groups.items():
        for row, (segment, offset_m, off_m) in enumerate(
            zip(snapped["segment"], snapped["offset_m"], snapped["off_m"], strict=True)
        ):
            graph.add_node((name, row))
            if segment >= 0:
                foot = (name, row, "foot")
                stops[int(segment)].append((offset_m, foot))
                graph.add_edge((name, row), foot, weight=off_m)
    for segment, (start, end) in enumerate(network.segment_nodes.tolist()):
        length_m = float(network.segment_length_m[segment])
        along = [(0.0, start), *sorted(stops[segment], key=lambda stop: stop[0])]
        along.append((length_m, end))
        for (before_m, here), (after_m, there) in pairwise(along):
            graph.add_edge(here, there, weight=after_m - before_m)
    return graph

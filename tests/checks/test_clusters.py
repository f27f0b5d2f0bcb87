"""Clusters and outlines against their plain reading, pair by pair."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from lifecircle.checks.clusters import Outlines, cluster, components

LAND = shapely.box(0, 0, 500, 500)
PLACE = st.tuples(st.integers(-20, 520), st.integers(-20, 520))
# Lattices as well as scatter: blocks of neighbours that are joined as a whole.
# Homes of 12 by 8 m stand at least 1 m apart.
SPOT = st.tuples(st.integers(-1, 40), st.integers(-1, 57)).map(
    lambda cell: (cell[0] * 13, cell[1] * 9)
)
SCATTERED = st.lists(SPOT, min_size=1, max_size=60, unique=True)
LATTICE = st.tuples(st.integers(2, 8), st.integers(2, 8), st.integers(30, 62)).map(
    lambda given: [
        (column * given[2], row * given[2])
        for column in range(given[0])
        for row in range(given[1])
    ]
)
PLACES = st.one_of(SCATTERED, LATTICE)
LINES = st.lists(st.lists(PLACE, min_size=2, max_size=4, unique=True), max_size=4)


def as_lines(lines):
    return np.array([shapely.LineString(line) for line in lines], dtype=object)


def as_homes(places):
    corners = np.array(places, dtype=float)
    return shapely.box(*corners.T, *(corners + np.array([12, 8])).T)


def plain_clusters(homes, lines, *, within_m):
    """Every pair by itself: near enough, and no line across the shortest way."""
    graph = nx.Graph()
    graph.add_nodes_from(range(len(homes)))
    for a, b in combinations(range(len(homes)), 2):
        way = shapely.shortest_line(homes[a], homes[b])
        crossed = any(way.intersects(line) for line in lines)
        if homes[a].distance(homes[b]) <= within_m and not crossed:
            graph.add_edge(a, b)
    return sorted(sorted(part) for part in nx.connected_components(graph))


def plain_outline(homes, lines, land):
    """Grown, joined, taken back, cut; the parts that hold a home's inner point."""
    grown = shapely.union_all(shapely.buffer(homes, 40, quad_segs=4))
    left = grown.buffer(-25, quad_segs=4).intersection(land)
    for line in lines:
        left = left.difference(shapely.buffer(line, 1))
    spots = shapely.point_on_surface(homes)
    parts = [
        part
        for part in shapely.get_parts(left)
        if part.area > 0 and shapely.dwithin(part, spots, 1).any()
    ]
    return shapely.union_all(parts) if parts else shapely.union_all(homes).buffer(1)


@given(st.integers(1, 40), st.data())
def test_components_are_those_of_networkx(size, data):
    place = st.integers(0, size - 1)
    pairs = data.draw(st.lists(st.tuples(place, place), max_size=60))
    ends = np.array(pairs, dtype=np.intp).reshape(-1, 2)
    graph = nx.Graph(pairs)
    graph.add_nodes_from(range(size))
    lowest = {
        node: min(part) for part in nx.connected_components(graph) for node in part
    }
    found = components(size, ends[:, 0], ends[:, 1])
    assert found.tolist() == [lowest[node] for node in range(size)]


@settings(deadline=None)
@given(PLACES, LINES)
def test_clusters_are_those_of_all_pairs(places, lines):
    homes, barriers = as_homes(places), as_lines(lines)
    labels = cluster(homes, barriers, within_m=50.0)
    found = [np.flatnonzero(labels == label).tolist() for label in np.unique(labels)]
    assert found == plain_clusters(homes, barriers, within_m=50.0)


@settings(deadline=None, max_examples=60)
@given(PLACES, LINES, st.data())
def test_outlines_are_those_drawn_one_by_one(places, lines, data):
    homes, barriers = as_homes(places), as_lines(lines)
    # Some of the homes are served: the others' outlines share what is joined once.
    kept = data.draw(st.lists(st.booleans(), min_size=len(homes), max_size=len(homes)))
    outlines = Outlines(homes, barriers, LAND)
    for alone in (np.ones(len(homes), dtype=bool), np.array(kept)):
        left = np.flatnonzero(alone)
        labels = cluster(homes[left], barriers, within_m=60.0)
        for label in np.unique(labels):
            members = left[labels == label]
            found = outlines.around(members)
            plain = plain_outline(homes[members], barriers, LAND)
            # Simplified to half a metre, at most twice where a ring begins.
            away = shapely.hausdorff_distance(found.boundary, plain.boundary)
            assert found.is_valid
            assert away <= 1.0


def test_arcs_of_few_steps_cut_off_less_than_a_metre():
    spots = shapely.points([[100.0, 100], [160.0, 100]])
    none = np.array([], dtype=object)
    found = Outlines(spots, none, LAND).around(np.array([0, 1]))
    exact = shapely.union_all(spots.copy()).buffer(40, quad_segs=90)
    exact = exact.buffer(-25, quad_segs=90)
    # 40 m * (1 - cos(pi / 16)) = 0.77 m, and 0.5 m of simplifying.
    assert shapely.hausdorff_distance(found.boundary, exact.boundary) <= 1.27
    # Two homes 60 m apart, the farthest that a link spans, stay in one piece.
    assert found.geom_type == "Polygon"

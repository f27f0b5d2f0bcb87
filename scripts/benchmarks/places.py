"""Benchmarks that need places: polygons, snapping, and the peers that draw or count."""

from __future__ import annotations

import logging
import statistics
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache, partial

import geopandas as gpd
import networkx as nx
import numpy as np
import shapely

from benchmarks import networks
from benchmarks.harness import Row, Skip, interleaved, ratio
from benchmarks.networks import KINDS, Town, class_sizes
from lifecircle.access.field import cost_graph, walk_field
from lifecircle.access.raster import contour_polygons, distance_raster, raster_over
from lifecircle.access.reach import walked_stretches
from lifecircle.access.tally import tally_at_nodes, tally_from_nodes
from lifecircle.access.within import place_nodes
from lifecircle.network.snap import morton, snap_points

LIMIT_M = 1200.0
BUFFER_M = 30.0


@lru_cache(maxsize=1)
def porto() -> Town:
    """Porto, or a reason."""
    towns = networks.real_towns()
    if "porto" not in towns:
        message = "the shared data are not here"
        raise Skip(message)
    return towns["porto"]()


def polygon() -> Iterator[Row]:
    """Ground within 30 m of the streets reached in 15 minutes: raster or buffers."""
    town = porto()
    network = town.network()
    graph = cost_graph(network)
    random = np.random.default_rng(11)
    nodes = random.choice(town.main_nodes(), 20, replace=False).astype(np.int32)
    reached = []
    for node in nodes:
        field = walk_field(graph, place_nodes(graph, node[None]), limit_m=LIMIT_M)
        reached.append(walked_stretches(graph, field).xy(network))

    def ours(xy: np.ndarray) -> shapely.MultiPolygon:
        raster = raster_over(xy, reach_m=BUFFER_M + 15.0)
        away_m, _ = distance_raster(raster, xy)
        parts = contour_polygons(raster, away_m, limit=BUFFER_M)
        return shapely.MultiPolygon(list(parts))

    def peer(xy: np.ndarray) -> shapely.Geometry:
        lines = shapely.linestrings(xy.reshape(-1, 2, 2))
        return shapely.union_all(shapely.buffer(lines, BUFFER_M))

    overlap, grown = [], []
    for xy in reached:
        mine, theirs = ours(xy), peer(xy)
        overlap.append(mine.intersection(theirs).area / mine.union(theirs).area)
        grown.append(mine.area / theirs.area)
    seconds = [
        interleaved(partial(ours, xy), partial(peer, xy), runs=3) for xy in reached
    ]
    yield ratio(
        "walk.polygon_time",
        "15-minute polygons around 20 nodes of Porto, against buffers united",
        [sum(turn) for turn in zip(*(one[0] for one in seconds), strict=True)],
        [sum(turn) for turn in zip(*(one[1] for one in seconds), strict=True)],
        bar=0.10,
        peer_name="shapely",
    )
    yield Row(
        "walk.polygon_iou",
        "the same: intersection over union, lowest of the 20",
        value=min(overlap),
        bar=0.99,
        sense=">=",
        unit="",
        median_value=statistics.median(overlap),
        note=f"area within {max(abs(1 - share) for share in grown):.2%}",
        raw={"iou": overlap, "area": grown},
    )


def snap() -> Iterator[Row]:
    """Half a million points to the nearest of 1.6 million streets."""
    town = networks.made_up(1_000_000)
    network = town.network()
    low, high = town.xy.min(axis=0), town.xy.max(axis=0)
    xy = np.random.default_rng(5).uniform(low, high, (500_000, 2))
    points = shapely.points(xy)
    lines = network.segment_geometry

    def ours() -> np.ndarray:
        return snap_points(network, points, max_off_m=100.0)["off_m"].to_numpy()

    def peer() -> np.ndarray:
        order = np.argsort(morton(xy), kind="stable")
        tree = shapely.STRtree(lines)
        (hit, _), away = tree.query_nearest(
            points[order], max_distance=100.0, all_matches=False, return_distance=True
        )
        off = np.full(len(points), np.nan)
        off[order[hit]] = away
        return off

    mine, theirs = ours(), peer()
    both = np.isfinite(theirs)
    if (np.isfinite(mine) != both).any():
        message = "not the same points are reached"
        raise AssertionError(message)
    away = float(np.abs(mine - theirs)[both].max())
    yield ratio(
        "walk.snap_vs_strtree",
        "500 k points to 1.6 M streets against sorted STRtree queries, tree included",
        *interleaved(ours, peer, runs=2),
        bar=0.10,
        peer_name="shapely",
        note=f"distances differ by {away * 1000:.6f} mm at most",
    )


def facilities(town: Town, sizes: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Facilities at nodes, node and class."""
    random = np.random.default_rng(13)
    main = town.main_nodes()
    nodes = [random.choice(main, size, replace=False) for size in sizes]
    kinds = np.repeat(np.arange(KINDS, dtype=np.int32), sizes)
    return np.concatenate(nodes).astype(np.int32), kinds


def for_cityseer(town: Town) -> tuple[object, gpd.GeoDataFrame]:
    """The town as cityseer's structure: every street a line of its true length.

    A joined chain is drawn with one bend, which makes up for what it was longer.
    """
    from cityseer.tools import io

    graph = nx.MultiGraph()
    graph.graph["crs"] = "EPSG:32629"
    for node, (x, y) in enumerate(town.xy.tolist()):
        graph.add_node(str(node), x=x, y=y)
    start, end = town.xy[town.ends[:, 0]], town.xy[town.ends[:, 1]]
    way = end - start
    bend = np.sqrt(np.maximum(town.length_m**2 - (way**2).sum(axis=1), 0.0)) / 2
    across = np.column_stack([-way[:, 1], way[:, 0]])
    across = across / np.maximum(np.hypot(*way.T), 1e-9)[:, None]
    middle = (start + end) / 2 + across * bend[:, None]
    lines = shapely.linestrings(np.stack([start, middle, end], axis=1))
    for (start, end), line in zip(town.ends.tolist(), lines, strict=True):
        graph.add_edge(str(start), str(end), geom=line)
    nodes, _, structure = io.network_structure_from_nx(graph)
    return structure, nodes


def cityseer() -> Iterator[Row]:
    """Nearest and count by ten classes for every node of Porto."""
    try:
        from cityseer import config
    except ImportError as reason:
        raise Skip(str(reason)) from reason
    logging.getLogger("cityseer").setLevel(logging.ERROR)
    config.QUIET_MODE = True
    town = networks.simplified(porto())
    structure, _ = for_cityseer(town)
    at, kind = facilities(town, class_sizes(len(town.xy)))
    each, back, peer, note = _three_ways(town, structure, at, kind)
    mine, quick, theirs = interleaved(each, back, peer, runs=3)
    job = f"nearest and count by 10 classes for {len(town.xy)} nodes of Porto"
    yield ratio(
        "walk.vs_cityseer_nodes",
        f"{job}, every node a source",
        mine,
        theirs,
        bar=0.10,
        peer_name="cityseer",
        note=note,
    )
    yield ratio(
        "walk.vs_cityseer",
        f"{job}, searched from the facilities",
        quick,
        theirs,
        bar=0.003,
        peer_name="cityseer",
        note=f"{len(kind)} facilities; {note}",
    )
    at, kind = facilities(town, [300] * KINDS)
    _, back, peer, note = _three_ways(town, structure, at, kind)
    yield ratio(
        "walk.vs_cityseer_300",
        "the same with 300 facilities in each class",
        *interleaved(back, peer, runs=3),
        bar=0.003,
        peer_name="cityseer",
        note=f"{len(kind)} facilities; {note}",
    )


def _three_ways(
    town: Town, structure: object, at: np.ndarray, kind: np.ndarray
) -> tuple[Callable[[], object], Callable[[], object], Callable[[], object], str]:
    """From every node, from the facilities, by cityseer; how their answers differ."""
    from cityseer.metrics import layers

    graph = cost_graph(town.network())
    data = gpd.GeoDataFrame(
        {"kind": [str(value) for value in kind]},
        geometry=shapely.points(town.xy[at]),
        crs="EPSG:32629",
    )
    data.index = [f"f{row}" for row in range(len(data))]
    assigned = layers.build_data_map(data, structure, 100.0)
    names = [str(value) for value in range(KINDS)]
    spots = place_nodes(graph, at)

    def peer() -> object:
        return assigned.accessibility(
            network_structure=structure,
            landuses_map=dict(data["kind"]),
            accessibility_keys=names,
            distances=[int(LIMIT_M)],
            decay_fn="1",
            pbar_disabled=True,
        )

    def each() -> object:
        return tally_from_nodes(graph, spots, kind, kinds=KINDS, limit_m=LIMIT_M)

    def back() -> object:
        return tally_at_nodes(graph, spots, kind, kinds=KINDS, limit_m=LIMIT_M)

    answers = [each(), back(), peer()]
    note = _compare(answers[0], answers[2], np.array(answers[2].node_keys_py, int))
    same = np.array_equal(answers[0].number, answers[1].number)
    if not same or not np.array_equal(
        answers[0].nearest_m, answers[1].nearest_m, equal_nan=True
    ):
        message = "searched from the nodes and from the facilities: not the same"
        raise AssertionError(message)
    return each, back, peer, note


def _compare(mine: object, theirs: object, keys: np.ndarray) -> str:
    """How counts and distances differ, in words; an error if they do not agree."""
    counts, away = 0, 0.0
    for number in range(KINDS):
        result = theirs.result[str(number)]
        count = np.asarray(result.count[int(LIMIT_M)])
        near = np.asarray(result.distance[int(LIMIT_M)])
        counts += int((np.rint(count) != mine.number[keys, number]).sum())
        both = np.isfinite(near) & np.isfinite(mine.nearest_m[keys, number])
        away = max(away, float(np.abs(near - mine.nearest_m[keys, number])[both].max()))
    total = len(keys) * KINDS
    return f"{counts} of {total} counts differ; distances by {away:.3f} m at most"


def valhalla() -> Iterator[Row]:
    """An optional row: Valhalla needs an interpreter of its own."""
    message = "optional: pyvalhalla 3.9 has wheels for Python 3.12 on, this is 3.11"
    raise Skip(message)
    yield

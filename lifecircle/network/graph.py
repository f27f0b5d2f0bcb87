"""Segments to a ``WalkNetwork``: CSR arrays, nodes in Morton order, components."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from lifecircle.errors import NetworkError
from lifecircle.model import WalkNetwork
from lifecircle.network.compounds import cut_pieces, read_walls
from lifecircle.network.csr import (
    adjacency,
    component_numbers,
    grouped,
    sorted_by,
)
from lifecircle.network.entrances import entrance_points
from lifecircle.network.features import segment_features
from lifecircle.network.gate_hours import open_gates
from lifecircle.network.gates import drop_stubs, end_keys, join_gates
from lifecircle.network.islands import join_islands
from lifecircle.network.lines import KINDS, read_pieces
from lifecircle.network.noding import node_lines
from lifecircle.network.slope import with_elevation
from lifecircle.network.snap import morton, snap_points, standing_points

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt
    from geopandas import GeoDataFrame
    from pandas import DataFrame

    from lifecircle.model import District
    from lifecircle.network.lines import Pieces

__all__ = ["build_network", "network_report"]

logger = logging.getLogger(__name__)


def build_network(district: District) -> WalkNetwork:
    """Build the walk network of a district: streets, walls, gates, barriers.

    Streets meet only where they share a vertex; roads that the district file says are
    not noded are noded first. Walls of gated compounds cut them except at open gates,
    barriers cut whatever is no bridge or tunnel. Where the district has heights, slope
    counts in the minutes of walkers whom it slows.

    Parameters
    ----------
    district : District
        Uses ``roads``, ``compounds``, ``gates``, ``barriers``, and the places of
        buildings and facilities inside compounds that have no streets; and
        ``elevation``.

    Returns
    -------
    WalkNetwork
        The same whatever the order of the rows; component 0 has most street.

    Raises
    ------
    NetworkError
        If no road can be walked, or none lies on ground of known height; or if the
        district's raster of heights was not read, as in a saved study.

    Examples
    --------
    >>> network = build_network(toy.district)
    >>> float(network.segment_length_m.sum()), network.compound_ids
    (4590.0, ('K1',))
    """
    raster = district.config.elevation
    if raster is not None and district.elevation is None:
        raise NetworkError(
            where=f"elevation, {raster.name}",
            what="a saved study keeps the raster's name and not its heights, so that "
            "its streets would be level.",
            fix="Read the district again from its district file.",
        )
    walls, roads = read_walls(district), _roads(district)
    pieces, openings, cuts = cut_pieces(read_pieces(roads), walls)
    doors = [district.buildings, district.neighbours]
    homes = np.concatenate(
        [
            *(standing_points(one.geometry.to_numpy()) for one in doors if len(one)),
            standing_points(
                entrance_points(district.facilities.geometry.to_numpy())[0]
            ),
        ]
    )
    pieces, same = join_gates(drop_stubs(pieces), walls, openings=openings, homes=homes)
    tolerance_m = district.config.join_islands_m
    if tolerance_m is not None:
        pieces = join_islands(pieces, walls, tolerance_m=tolerance_m, same=same)
    features = segment_features(roads, pieces)
    node_xy, rows, nodes = _ordered(pieces, end_keys(pieces, same), features.values())
    length_m = pieces.lengths_m[rows]
    component = component_numbers(nodes, length_m, len(node_xy))
    logger.info(
        "network: %d segments, %d nodes, %.1f km, %d cuts, %d walled compounds",
        len(nodes),
        len(node_xy),
        length_m.sum() / 1000,
        len(cuts),
        len(walls.compound_ids),
    )
    network = WalkNetwork(
        crs=district.crs,
        node_xy=node_xy,
        segment_nodes=nodes,
        segment_length_m=length_m,
        segment_compound=pieces.label[rows],
        segment_kind=np.array(KINDS, dtype=object)[pieces.kind[rows]],
        **adjacency(nodes, length_m, len(node_xy)),
        component=component,
        compound_ids=walls.compound_ids,
        cuts=cuts,
        features={name: value[rows] for name, value in features.items()},
    )
    if district.elevation is None:
        return network
    return with_elevation(network, district.elevation)


def _roads(district: District) -> GeoDataFrame:
    """The roads, noded if the district file says so."""
    if district.config.node_lines_m is None:
        return district.roads
    return node_lines(district.roads, tolerance_m=district.config.node_lines_m)[0]


def _ordered(
    pieces: Pieces,
    keys: npt.NDArray[np.int64],
    told_apart: Iterable[npt.NDArray[np.float64]] = (),
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.intp], npt.NDArray[np.int32]]:
    """Nodes along a Morton curve; pieces by their nodes, low node first."""
    rows = np.flatnonzero(keys[:, 0] != keys[:, 1])
    ends = keys[rows].reshape(-1)
    first = np.full(int(ends.max(initial=-1)) + 1, -1)
    first[ends[::-1]] = np.arange(len(ends))[::-1]
    key = np.flatnonzero(first >= 0)
    first = first[key]
    at = 2 * rows[first // 2] + first % 2
    xy = pieces.xy.reshape(-1, 2)[at]
    # Nodes at one place (the two sides of a wall) in the order of side and shore.
    shore, side = pieces.shore.reshape(-1)[at], pieces.side.reshape(-1)[at]
    curve = sorted_by(morton(xy), shore, side, *xy.T[::-1])
    place = np.empty(int(key.max(initial=-1)) + 1, np.int32)
    place[key[curve]] = np.arange(len(xy), dtype=np.int32)
    start, end = place[ends].reshape(-1, 2).T
    nodes = np.column_stack([np.minimum(start, end), np.maximum(start, end)])
    code = nodes[:, 0].astype(np.int64) * len(xy) + nodes[:, 1]
    values = [value[rows] for value in told_apart]
    by_high = grouped(nodes[:, 1], len(xy))[0]
    by_nodes = by_high[grouped(nodes[by_high, 0], len(xy))[0]]
    ties: list[npt.NDArray[Any]] = [*values, pieces.kind[rows], pieces.label[rows]]
    order = sorted_by(code, *ties, order=by_nodes)
    return xy.take(curve, axis=0), rows[order], nodes.take(order, axis=0)


def network_report(network: WalkNetwork, district: District) -> DataFrame:
    """What the network is made of, and what could not be joined to it.

    Parameters
    ----------
    network : WalkNetwork
        Of this district.
    district : District
        Uses ``buildings``, ``facilities``, ``compounds`` and ``gates``.

    Returns
    -------
    DataFrame
        ``item`` (entry of ``sentences/network.toml``), ``value``, ``unit``.

    Examples
    --------
    >>> report = network_report(toy.network, toy.district).set_index("item")
    >>> float(report.loc["street_km", "value"])
    4.59
    """
    length_m = network.segment_length_m
    connector = network.segment_kind == "connector"
    main = network.component[network.segment_nodes[:, 0]] == 0
    rows: list[tuple[str, float, str]] = [
        ("segments", len(length_m), ""),
        ("nodes", len(network.node_xy), ""),
        ("street_km", round(float(length_m[~connector].sum()) / 1000, 3), "km"),
        ("connectors", int(connector.sum()), ""),
        ("components", int(network.component.max()) + 1, ""),
        (
            "main_component_share",
            round(float(length_m[main].sum() / length_m.sum()), 6),
            "",
        ),
        *_compound_rows(network, district),
        *_cut_rows(network),
        *_place_rows(network, district),
        *_setting_rows(network, district),
    ]
    return pd.DataFrame(
        {
            "item": [row[0] for row in rows],
            "value": np.array([row[1] for row in rows], dtype=float),
            "unit": [row[2] for row in rows],
        }
    )


def _compound_rows(
    network: WalkNetwork, district: District
) -> list[tuple[str, float, str]]:
    gated = district.compounds["gated"]
    walled = district.compounds["compound_id"].isin(network.compound_ids)
    return [
        ("walled_compounds", len(network.compound_ids), ""),
        ("gated_without_open_gate", int(((gated == "yes") & ~walled).sum()), ""),
        ("gated_unknown", int((gated == "unknown").sum()), ""),
        ("open_gates", len(open_gates(district)), ""),
    ]


def _cut_rows(network: WalkNetwork) -> list[tuple[str, float, str]]:
    kinds = ("compound", "river", "railway", "expressway", "wall")
    cut_by = network.cuts["cut_by"]
    return [
        *((f"cuts_by_{kind}", int((cut_by == kind).sum()), "") for kind in kinds),
        ("cuts_by_other", int((~cut_by.isin(kinds)).sum()), ""),
    ]


def _place_rows(
    network: WalkNetwork, district: District
) -> list[tuple[str, float, str]]:
    """Buildings and facilities that no walk starts from, or off the main streets."""
    walls = read_walls(district)
    rows: list[tuple[str, float, str]] = []
    for table in ("buildings", "facilities"):
        geometry = getattr(district, table).geometry.to_numpy()
        entrances, owner = entrance_points(geometry)
        points = standing_points(entrances)
        snapped = snap_points(
            network,
            points,
            max_off_m=district.config.max_off_road_m,
            compound_ids=walls.names(points),
            obstacles=walls.obstacle_xy,
        )
        segment = snapped["segment"].to_numpy()
        found = segment >= 0
        main = network.component[network.segment_nodes[segment[found], 0]] == 0
        reached = np.unique(owner[found])
        rows += [
            (table, len(geometry), ""),
            (f"{table}_too_far", len(geometry) - len(reached), ""),
            (f"{table}_off_main", len(np.setdiff1d(reached, owner[found][main])), ""),
        ]
    return rows


def _setting_rows(
    network: WalkNetwork, district: District
) -> list[tuple[str, float, str]]:
    """What settings of the district file have done; nothing without them."""
    rows: list[tuple[str, float, str]] = []
    if district.config.node_lines_m is not None:
        _, dangling = node_lines(
            district.roads, tolerance_m=district.config.node_lines_m
        )
        rows.append(("dangling_ends", len(dangling), ""))
    if district.config.join_islands_m is not None:
        rows.append(("islands_joined", int((network.segment_kind == "join").sum()), ""))
    return rows

"""What there is on segments beside their length: steps, crossings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    import numpy.typing as npt
    from geopandas import GeoDataFrame

    from lifecircle.network.lines import Pieces

__all__ = ["CROSSINGS", "segment_features"]

CROSSINGS = {
    "signals": "signals",
    "footbridge": "footbridge",
    "underpass": "footbridge",
}
"""Feature of a road by its ``crossing``; any other value is none."""


def segment_features(
    roads: GeoDataFrame, pieces: Pieces
) -> dict[str, npt.NDArray[np.float64]]:
    """Steps and shares of crossings of every piece.

    A road that is a crossing may be cut into several pieces: each has the share of
    its length, so that walking over all of it counts the crossing once.

    Parameters
    ----------
    roads : GeoDataFrame
        ``steps`` (yes, no), ``road_class``; ``crossing`` (signals, footbridge,
        underpass; anything else is none) if there is such a column.
    pieces : Pieces
        With the row of their road.

    Returns
    -------
    dict of str to float64 array
        As ``WalkNetwork.features``; only what there is.

    Examples
    --------
    >>> from lifecircle.network.lines import read_pieces
    >>> roads = toy.district.roads.assign(crossing="no")
    >>> roads.loc[0, "crossing"] = "signals"  # 300 m in two pieces
    >>> pieces = read_pieces(roads)
    >>> segment_features(roads, pieces)["signals"][:3].tolist()
    [0.5, 0.5, 0.0]
    """
    found: dict[str, npt.NDArray[np.float64]] = {}
    known = pieces.road >= 0
    steps = (roads["steps"] == "yes") | (roads["road_class"] == "steps")
    features = {"steps": steps.to_numpy()}
    if "crossing" in roads:
        named = roads["crossing"].map(CROSSINGS)
        features |= {
            name: (named == name).to_numpy() for name in sorted(set(CROSSINGS.values()))
        }
    shapes = roads.geometry.to_numpy()
    for name, there in features.items():
        rows = np.flatnonzero(known & there[pieces.road])
        if not len(rows):
            continue
        value = np.zeros(len(pieces.xy))
        value[rows] = 1.0
        if name != "steps":
            share = pieces.take(rows).lengths_m / shapely.length(
                shapes[pieces.road[rows]]
            )
            value[rows] = np.minimum(share, 1.0)
        found[name] = value
    return found

"""Where elderly canteens stand, so that the district has something to find.

Most communities are served on purpose; a few are not: one bank of the river with
nothing near but across the water, one community with no canteen at all, two with
one too few, and a county town where people need more than 15 minutes but less
than 20.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import LineString, Point

from lifecircle.demo.curves import as_polygon
from lifecircle.demo.streets import HALF_WIDTH_M
from lifecircle.errors import NetworkError

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    import pandas as pd

    from lifecircle.demo.far_bank import FarBank
    from lifecircle.demo.town import Town
    from lifecircle.demo.walking import Stop, Walks

__all__ = ["Canteens", "Sites", "find_sites", "place_canteens"]

LIMIT_15_M, LIMIT_20_M = 720.0, 960.0
"""15 and 20 minutes at 0.8 m/s."""
SAFE_M, FAR_M = 695.0, 750.0
"""Facts keep this far from the limit, on either side."""
UNSERVED = 412
SERVED = ("C02", "C03", "C04", "C05", "C06", "C07", "C08", "C10", "C11", "C14")
PARTLY = ("C01", "C12")
POOR = ("C01", "C09", "C12", "C13")
"""Communities that get canteens enough, one canteen too few, and those to be left
out of others' reach where that can be."""


@dataclass(frozen=True, slots=True, eq=False)
class Sites:
    """Street corners where something may stand, and walks from all buildings.

    ``walk_m`` is sites by buildings.
    """

    points: list[Point]
    community_ids: list[str]
    walk_m: npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Canteens:
    """Canteens found, and the buildings that facts are about."""

    points: list[Point]
    unserved: npt.NDArray[np.intp]
    across: Point
    border: npt.NDArray[np.intp]
    beyond: Point
    planned: Point
    in_works: Point


def find_sites(town: Town, walks: Walks, stops: Sequence[Stop]) -> Sites:
    """Thin out street corners, some 150 m apart, and measure the walks to them.

    Parameters
    ----------
    town : Town
        Streets and communities.
    walks : Walks
        The ways.
    stops : list of Stop
        Where each building meets the streets.

    Returns
    -------
    Sites
        By community.
    """
    spots = [
        point
        for street in town.streets
        if street.road_class not in ("footway", "service")
        if not (street.bridge or street.tunnel)
        for point in street_side(street.line, HALF_WIDTH_M[street.road_class] + 0.5)
    ]
    kept: list[tuple[str, Point]] = []
    areas = {**town.communities, "": _fringe(town)}
    for home, area in sorted(areas.items()):
        own = sorted((p.x, p.y) for p in spots if area.intersects(p))
        taken: list[Point] = []
        for point in map(Point, own):
            if all(point.distance(p) > 145 for p in taken):
                taken.append(point)
        kept += [(home, point) for point in taken]
    points = [p for _, p in kept]
    rows = [
        walks.walk_m(walks.reach(stop, limit_m=1000)[0], stops)
        for stop in walks.front_stops(points)
    ]
    return Sites(points, [home for home, _ in kept], np.array(rows))


def street_side(line: LineString, off_m: float) -> list[Point]:
    """Points beside the middle of each straight piece of a street."""
    xy = shapely.get_coordinates(line)
    middle, along = (xy[:-1] + xy[1:]) / 2, np.diff(xy, axis=0)
    length = np.hypot(along[:, 0], along[:, 1])
    normal = np.column_stack([-along[:, 1], along[:, 0]]) / length[:, None]
    beside = np.round(middle + normal * off_m, 3)[length > 14]
    return [Point(p) for p in beside]


def _fringe(town: Town) -> shapely.Polygon:
    """Ground just outside the boundary."""
    whole = shapely.union_all(list(town.communities.values()))
    shapely.prepare(list(town.communities.values()))
    return as_polygon(whole.buffer(190).difference(whole.buffer(12)))


def place_canteens(table: pd.DataFrame, sites: Sites, bank: FarBank) -> Canteens:
    """Choose the canteens.

    Parameters
    ----------
    table : DataFrame
        Buildings: ``community_id``, ``households``, ``low``, ``high``, ``polygon``.
    sites : Sites
        Where canteens may stand.
    bank : FarBank
        The compound across the river, and the sites that leave it out.

    Returns
    -------
    Canteens
        Points, and the buildings of the planted facts.

    Raises
    ------
    NetworkError
        If the streets of this seed allow no such choice.
    """
    home = table["community_id"].to_numpy()
    at = np.array(sites.community_ids)
    walk = sites.walk_m
    chosen, unserved = list(bank.sites), bank.rows
    border, beyond = _border(
        table, sites, np.flatnonzero(np.isin(home, ("C06", "C05")))
    )
    protected = np.concatenate([unserved, border])
    allowed = (walk[:, protected] > FAR_M).all(axis=1) & (at != "")
    slow = _slow_town(home, sites, allowed)
    chosen += [beyond, *slow]
    quick = walk[:, home == "C15"] <= LIMIT_15_M
    allowed &= (quick.mean(axis=1) < 0.05) | (at != "C14")
    poor = walk[:, np.isin(home, POOR)] <= LIMIT_15_M
    bank_home = home[bank.rows[0]]
    weight = table["households"].to_numpy(dtype=float)
    for community in SERVED:
        if community == bank_home:
            continue
        limit = LIMIT_20_M - 40 if community == "C14" else LIMIT_15_M - 5
        own = (home == community, (at == community) & allowed)
        chosen += _cover(own, walk <= limit, (poor, weight), chosen)
    for community in PARTLY:
        if community == bank_home:
            continue
        own = (home == community, (at == community) & allowed)
        chosen += _partly(own, walk, chosen)
    planned = _near_most(home == "C09", at == "C09", sites)
    in_works = _near_most(home == "C13", at == "C13", sites)
    points = [*[sites.points[i] for i in chosen], bank.across]
    return Canteens(
        points, unserved, bank.across, border, sites.points[beyond], planned, in_works
    )


def failed(*, what: str) -> NetworkError:
    return NetworkError(where="demo canteens", what=what, fix="Choose another seed.")


def _border(
    table: pd.DataFrame, sites: Sites, own: npt.NDArray[np.intp]
) -> tuple[npt.NDArray[np.intp], int]:
    """A compound near a site outside the boundary and far from the sites within."""
    places = table["compound_id"].to_numpy()
    outside = np.array([c == "" for c in sites.community_ids])
    best: tuple[float, npt.NDArray[np.intp], int] | None = None
    for place in sorted(set(places[own])):
        rows = np.flatnonzero(places == place)
        worst = sites.walk_m[:, rows].max(axis=1)
        worst[~outside] = np.inf
        site = int(np.argmin(worst))
        if (
            worst[site] < 560
            and len(rows) >= 6
            and (best is None or worst[site] < best[0])
        ):
            best = (float(worst[site]), rows, site)
    if best is None:
        raise failed(what="no compound at the boundary is near a site outside.")
    return best[1], best[2]


def _slow_town(
    home: npt.NDArray[np.object_], sites: Sites, allowed: npt.NDArray[np.bool_]
) -> list[int]:
    """Two sites from which all of C15 walk under 20 minutes, about half over 15."""
    walk = sites.walk_m[:, home == "C15"]
    county = np.isin(sites.community_ids, ("", "C14", "C15"))
    may = np.flatnonzero(county & allowed & (walk.min(axis=1) < LIMIT_20_M))
    best: tuple[float, list[int]] | None = None
    for n, i in enumerate(may):
        for j in may[n:]:
            metres = np.minimum(walk[i], walk[j])
            quick = float((metres <= LIMIT_15_M).mean())
            clear = np.abs(metres - LIMIT_15_M).min() > 3
            fits = metres.max() < LIMIT_20_M - 25 and 0.15 < quick < 0.8 and clear
            if fits and (best is None or abs(quick - 0.5) < best[0]):
                best = (abs(quick - 0.5), sorted({int(i), int(j)}))
    if best is None:
        raise failed(what="no two sites serve C15 within 20 minutes only.")
    return best[1]


def _partly(
    own: tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]],
    walk: npt.NDArray[np.float64],
    chosen: list[int],
) -> list[int]:
    """One site that serves about two thirds of a community, unless half are served."""
    here, may = own
    near = walk[:, here] <= LIMIT_15_M
    served = near[chosen].any(axis=0)
    if served.mean() > 0.5:
        return []
    share = (near | served).mean(axis=1)
    return [int(np.argmin(np.where(may, np.abs(share - 0.65), np.inf)))]


def _cover(
    own: tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]],
    near: npt.NDArray[np.bool_],
    others: tuple[npt.NDArray[np.bool_], npt.NDArray[np.float64]],
    chosen: list[int],
) -> list[int]:
    """Add sites until nearly all of a community is served, and few of the poor."""
    here, may = own
    poor, weight = others
    share = weight[here] / weight[here].sum()
    served, reached = near[:, here][chosen].any(axis=0), poor[chosen].any(axis=0)
    added: list[int] = []
    while share[served].sum() < 0.955 and len(added) < 4:
        gain = (near[:, here] & ~served) @ share * len(share)
        spill = (poor & ~reached).sum(axis=1)
        site = int(np.argmax(np.where(may & (gain > 0), gain - 0.7 * spill, -np.inf)))
        served |= near[site, here]
        reached |= poor[site]
        added.append(site)
    return added


def _near_most(
    own: npt.NDArray[np.bool_], here: npt.NDArray[np.bool_], sites: Sites
) -> Point:
    share = (sites.walk_m[:, own] <= 500).sum(axis=1)
    return sites.points[int(np.argmax(np.where(here, share, -1)))]

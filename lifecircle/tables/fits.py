"""Evidence on declared coordinates: how well a layer fits the roads, and if unshifted.

GCJ-02 and BD-09 look like WGS 84 and lie about 500 m and 1,100 m off, and a UTM zone
like the Gauss-Kruger zone of its meridian, 1.2 to 2 km off. A layer in the
right place keeps to the roads (boundaries, stops) or just beside them (shops, homes);
moved, it lies at random between them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely

from lifecircle.evidence import FITS
from lifecircle.tables.fits_inside import check_inside
from lifecircle.tables.places import shapes_of
from lifecircle.tables.readings import readings
from lifecircle.unions import union_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    from geopandas import GeoDataFrame

    from lifecircle.tables.ledger import Ledger

__all__ = ["Fit", "check_fits", "fits"]

FEWEST, MOST = 60, 3000
CLEARLY, INSIDE_TOO = 0.75, 0.92
GAIN = 0.05


class Fit(NamedTuple):
    """Median metres to the nearest road, and share inside the communities."""

    datum: str
    road_m: float
    inside: float


def fits(
    points: npt.NDArray[np.float64],
    roads: shapely.STRtree,
    cover: Any,
    *,
    declared: str,
    crs: str,
) -> tuple[Fit, ...]:
    """How well points fit the roads under each reading of their coordinates.

    Parameters
    ----------
    points : float64 array (n, 2)
        Metres in ``crs``, as read by the declaration.
    roads : STRtree
        Lines in ``crs``.
    cover : shapely geometry
        The communities.
    declared : str
        ``"gcj02"``, ``"bd09"``; anything else counts as WGS 84. A Gauss-Kruger or
        UTM zone is read as its twin of the same meridian too.
    crs : str
        The district's metric CRS.

    Returns
    -------
    tuple of Fit
        The declared reading first, then the others.

    Examples
    --------
    >>> import numpy as np, shapely
    >>> roads = shapely.STRtree([shapely.LineString([(5e5, 3.43e6), (5.1e5, 3.43e6)])])
    >>> on_it = np.array([[5.01e5, 3.43e6], [5.02e5, 3.43e6]])
    >>> area = shapely.box(5e5, 3.42e6, 5.1e5, 3.44e6)
    >>> found = fits(on_it, roads, area, declared="EPSG:4548", crs="EPSG:4548")
    >>> [(fit.datum, round(fit.road_m, -2)) for fit in found]
    [('EPSG:4548', 0.0), ('gcj02', 200.0), ('bd09', 500.0), ('EPSG:32650', 1400.0)]
    """
    found = []
    for reading, places in readings(points, declared=declared, crs=crs).items():
        spots = shapely.points(places)
        away_m = shapely.distance(spots, roads.geometries[roads.nearest(spots)])
        inside = shapely.intersects(cover, spots).mean()
        found.append(Fit(reading, float(np.median(away_m)), float(inside)))
    return tuple(found)


def check_fits(tables: Mapping[str, Any], *, crs: str, ledger: Ledger) -> None:
    """Warn of layers that fit roads or communities clearly better in another datum.

    Parameters
    ----------
    tables : Mapping
        Tables by name, metric CRS, with the hidden columns.
    crs : str
        The district's metric CRS.
    ledger : Ledger
        Takes both fits of every layer tested, and a warning of those that fit
        clearly better otherwise; nothing is moved.

    Notes
    -----
    Clearly better: the median distance to the roads falls to three quarters or less,
    and not over 5 % less of the layer comes to lie inside the communities; or to 92 %
    or less while at least 5 % more of it does. Layers of fewer than 60 points, and
    all where there are fewer than 60 roads, are tested against the communities alone:
    ``fits_inside.check_inside``.
    """
    roads = shapes_of(tables["roads"])
    roads = roads[~shapely.is_missing(roads)]
    cover = union_of(shapes_of(tables["communities"]))
    shapely.prepare(cover)
    tree = shapely.STRtree(roads if len(roads) >= FEWEST else roads[:0])
    alone = []
    for table in ("communities", "compounds", "buildings", "facilities"):
        frame: GeoDataFrame = tables[table]
        origins = frame["_origin"].to_numpy()
        for number in np.unique(origins).tolist():
            points = _spots(table, shapes_of(frame)[origins == number])
            if len(points) < FEWEST or not len(tree):
                alone += [(number, points)] if table != "communities" else []
            else:
                declared = ledger.origins[number].crs
                found = fits(points, tree, cover, declared=declared, crs=crs)
                _keep(table, found, number, ledger)
                _report(table, found, number, ledger)
    check_inside(tables["communities"], cover, alone, crs=crs, ledger=ledger)


def _spots(table: str, shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.float64]:
    """Corners of boundaries, middles of all else; evenly thinned."""
    shapes = shapes[~shapely.is_missing(shapes)]
    if table == "communities":
        spots: npt.NDArray[np.float64] = shapely.get_coordinates(shapes)
        return spots[:: max(1, len(spots) // MOST)]
    thinned = shapes[:: max(1, len(shapes) // MOST)]
    return shapely.get_coordinates(shapely.point_on_surface(thinned))


def _keep(table: str, found: tuple[Fit, ...], number: int, ledger: Ledger) -> None:
    """Both fits of a layer, whether or not anything is wrong with it."""
    best = min(found[1:], key=lambda fit: fit.road_m)
    origin = ledger.origins[number]
    own = (found[0].datum, round(found[0].road_m, 1), round(found[0].inside, 4))
    other = (best.datum, round(best.road_m, 1), round(best.inside, 4))
    cells = (table, origin.file, origin.layer, *own, *other)
    ledger.fits.append(dict(zip(FITS, cells, strict=True)))


def _is_better(table: str, own: Fit, fit: Fit) -> bool:
    if table == "communities":
        return fit.road_m <= CLEARLY * own.road_m
    gain = fit.inside - own.inside
    # Middles of regular blocks are far from streets: moved anywhere they are nearer,
    # but fewer of them lie inside.
    return (fit.road_m <= CLEARLY * own.road_m and gain >= -GAIN) or (
        fit.road_m <= INSIDE_TOO * own.road_m and gain >= GAIN
    )


def _report(table: str, found: tuple[Fit, ...], number: int, ledger: Ledger) -> None:
    own = found[0]
    others = [fit for fit in found[1:] if _is_better(table, own, fit)]
    if not others:
        return
    best = min(others, key=lambda fit: fit.road_m)
    shown = {
        "declared": own.datum,
        "m": f"{own.road_m:.0f}",
        "inside": f"{100 * own.inside:.0f}",
        "other": best.datum,
        "other_m": f"{best.road_m:.0f}",
        "other_inside": f"{100 * best.inside:.0f}",
    }
    ledger.report("crs_fits_better", shown, origin=number, severity="warning")

"""Evidence on declared coordinates where roads tell nothing: the communities' outline.

A layer in the right place lies inside the communities, or beyond them where it likes;
moved by a datum's shift, some of it falls out along one side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from lifecircle.tables.readings import readings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import numpy.typing as npt
    from geopandas import GeoDataFrame

    from lifecircle.tables.ledger import Ledger

__all__ = ["check_inside", "check_outlines_fit"]

FEWEST_OUT, TIMES_LESS, STRAYS = 5, 5, 0.03
GROUND_OUT, PLAIN_M = 0.01, 10.0


def check_inside(
    communities: GeoDataFrame,
    cover: Any,
    layers: Sequence[tuple[int, npt.NDArray[np.float64]]],
    *,
    crs: str,
    ledger: Ledger,
) -> None:
    """Warn of layers that lie inside the communities under another datum only.

    Parameters
    ----------
    communities : GeoDataFrame
        In ``crs``, with the hidden columns.
    cover : shapely geometry
        Their union, prepared.
    layers : sequence of (int, float64 array (n, 2))
        Number of the origin, and its points in ``crs``.
    crs : str
        The district's metric CRS.
    ledger : Ledger
        Takes a warning of each such layer, and of the communities where it is they
        that take the points in under another reading; nothing is moved.

    Notes
    -----
    At least five points lie outside as declared, under the other reading no more than
    a fifth as many and at most 3 % of all.
    """
    if cover.is_empty:
        return
    for number, points in layers:
        declared = ledger.origins[number].crs
        outside = {
            reading: _outside(cover, places)
            for reading, places in readings(points, declared=declared, crs=crs).items()
        }
        _report("crs_fits_inside", outside, len(points), number, ledger)
    homes = communities["_origin"].unique()
    points = np.concatenate([np.empty((0, 2)), *(points for _, points in layers)])
    if len(homes) == 1 and _outside(cover, points) >= FEWEST_OUT:
        number = int(homes[0])
        declared = ledger.origins[number].crs
        outside = {
            reading: _outside(moved, points)
            for reading, moved in _moved(cover, declared=declared, crs=crs)
        }
        _report("crs_takes_in", outside, len(points), number, ledger)


def check_outlines_fit(
    shapes: npt.NDArray[np.object_],
    outlines: npt.NDArray[np.object_],
    home: npt.NDArray[np.intp],
    *,
    out_m2: float,
    number: int,
    crs: str,
    ledger: Ledger,
) -> None:
    """Warn of outlines that hold what lies in them under another datum only.

    Parameters
    ----------
    shapes : object array
        Polygons in ``crs``.
    outlines : object array
        Polygons in ``crs``.
    home : int array
        Which outline is whose, parallel to ``shapes``.
    out_m2 : float
        Ground outside as declared.
    number : int
        The outlines' origin.
    crs : str
        The district's metric CRS.
    ledger : Ledger
        Takes the warning; nothing is moved.

    Notes
    -----
    More than 1 % of the ground lies outside as declared, under the other reading no
    more than a fifth of it and at most 3 % of all.
    """
    declared, whole = ledger.origins[number].crs, float(shapely.area(shapes).sum())
    if out_m2 <= GROUND_OUT * whole:
        return
    plain = shapely.simplify(outlines, PLAIN_M)
    left_out = {
        reading: float(shapely.area(shapely.difference(shapes, moved[home])).sum())
        for reading, moved in _moved(plain, declared=declared, crs=crs)
        if reading != declared
    }
    other, left = min(left_out.items(), key=lambda pair: pair[1])
    if left * TIMES_LESS > out_m2 or left > STRAYS * whole:
        return
    shown = {
        "declared": declared,
        "area": f"{out_m2:,.0f}",
        "percent": f"{100.0 * out_m2 / whole:.0f}",
        "other": other,
        "left": f"{left:,.0f}",
    }
    ledger.report("outlines_fit_better", shown, origin=number, severity="warning")


def _outside(cover: Any, points: npt.NDArray[np.float64]) -> int:
    return int((~shapely.intersects_xy(cover, points[:, 0], points[:, 1])).sum())


def _moved(cover: Any, *, declared: str, crs: str) -> Iterator[tuple[str, Any]]:
    """An outline, or an array of them, under each reading of their coordinates."""
    corners = shapely.get_coordinates(cover)
    for reading, places in readings(corners, declared=declared, crs=crs).items():
        # A deep copy, as set_coordinates works in place.
        copy = shapely.from_wkb(shapely.to_wkb(cover))
        moved = shapely.make_valid(shapely.set_coordinates(copy, places))
        shapely.prepare(moved)
        yield reading, moved


def _report(
    key: str, outside: dict[str, int], rows: int, number: int, ledger: Ledger
) -> None:
    """Report the reading that leaves fewest points outside, if it is clearly better."""
    (declared, own), *others = outside.items()
    other, left = min(others, key=lambda pair: pair[1])
    if own < FEWEST_OUT or left * TIMES_LESS > own or left > STRAYS * rows:
        return
    shown = {
        "declared": declared,
        "rows": f"{rows:,}",
        "outside": f"{own:,}",
        "other": other,
        "left": f"{left:,}",
    }
    ledger.report(key, shown, origin=number, severity="warning")

"""Geometry row by row: missing, of a wrong type, or not valid."""

from __future__ import annotations

import gc
import re
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy.typing as npt
    import pandas as pd

    from lifecircle.tables.ledger import Ledger

__all__ = ["check_shapes", "shapes_of_pieces"]

_MULTI = (4, 5, 6)
"""Type numbers of multi-parts of points, lines and polygons."""

_PLACE = re.compile(r"(?P<what>.+)\[(?P<x>\S+) (?P<y>\S+)\]")


def shapes_of_pieces(pieces: Iterable[Any]) -> npt.NDArray[np.object_]:
    """Shapes of a layer whose WKB comes piece by piece.

    Parameters
    ----------
    pieces : iterable of pyarrow.Array
        Binary, null where there is no shape.

    Returns
    -------
    object array
        All of them, None where there is none.

    Raises
    ------
    shapely.errors.ShapelyError
        If bytes are no WKB.

    Notes
    -----
    Python looks for garbage whenever there are many new objects, and goes through all
    shapes made so far, of which none is garbage: it does not while they are made.
    """
    looking = gc.isenabled()
    gc.disable()
    try:
        made = [
            shapely.from_wkb(piece.to_numpy(zero_copy_only=False)) for piece in pieces
        ]
    finally:
        if looking:
            gc.enable()
    return np.concatenate([np.empty(0, dtype=object), *made])


def _single(shapes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Multi-parts of one part to that part, as shapefiles lack the distinction."""
    alone = np.isin(shapely.get_type_id(shapes), _MULTI)
    alone &= shapely.get_num_geometries(shapes) == 1
    single = shapes.copy()
    single[alone] = shapely.get_geometry(shapes[alone], 0)
    return single


def _why_invalid(shape: Any) -> tuple[str, dict[str, Any]]:
    """Sentence key and place of what is wrong with an invalid shape."""
    reason = str(shapely.is_valid_reason(shape))
    found = _PLACE.fullmatch(reason)
    if found is None:
        return "geometry_invalid", {"reason": reason}
    x, y = float(found["x"]), float(found["y"])
    place = {"x": f"{x:.10g}", "y": f"{y:.10g}", "reason": found["what"]}
    crossing = "self-intersection" in found["what"].lower()
    return ("geometry_self_intersection" if crossing else "geometry_invalid"), place


def _made_valid(shape: Any, *, areal: bool) -> Any:
    """The shape made valid, polygons only; None if nothing of that kind is left."""
    valid = shapely.make_valid(shape)
    if not areal:
        return valid
    pieces = [
        piece
        for part in shapely.get_parts(valid)
        for piece in shapely.get_parts(part)
        if piece.geom_type == "Polygon"
    ]
    if len(pieces) < 2:
        return pieces[0] if pieces else None
    return shapely.multipolygons(pieces)


def check_shapes(
    frame: pd.DataFrame,
    shapes: npt.NDArray[np.object_],
    allowed: tuple[str, ...],
    *,
    told: npt.NDArray[np.bool_],
    ledger: Ledger,
) -> npt.NDArray[np.object_]:
    """Report shapes that cannot be used; places are in the file's coordinates.

    Parameters
    ----------
    frame : DataFrame
        The rows, with the hidden columns.
    shapes : object array
        Their geometry, None where there is none.
    allowed : tuple of str
        Geometry types of the table.
    told : bool array
        Rows whose lack of a shape has been reported already.
    ledger : Ledger
        Takes the problems; rows with an error are left out. Invalid shapes are used
        as made valid where its ``repair`` says so.

    Returns
    -------
    object array
        Shapes of single parts made single, invalid ones repaired (unless asked for,
        their rows are left out; the repaired shape still serves to locate others),
        None elsewhere.
    """
    gone = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    finite = np.isfinite(shapely.bounds(shapes)).all(axis=1)
    gone |= ~finite
    ledger.flag(frame, np.flatnonzero(gone & ~told), "geometry_missing")
    shapes = _single(shapes)
    shapes[gone] = None
    types = shapely.get_type_id(shapes)
    fine = [int(shapely.GeometryType[name.upper()]) for name in allowed]
    wrong = np.flatnonzero(~gone & ~np.isin(types, fine))
    shown = [
        {"value": shape.geom_type, "allowed": "、".join(allowed)}
        for shape in shapes[wrong]
    ]
    ledger.flag(frame, wrong, "geometry_type", shown)
    shapes[wrong] = None
    invalid = ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes)
    lines = allowed[0] == "LineString"
    for place in np.flatnonzero(invalid):
        if lines and shapely.length(shapes[place]) == 0.0:
            ledger.flag(frame, [int(place)], "line_no_length", severity="warning")
            row = frame.iloc[place]
            ledger.leave_out(int(row["_origin"]), int(row["_row"]), "line_no_length")
            shapes[place] = None
            continue
        key, where = _why_invalid(shapes[place])
        mended = _made_valid(shapes[place], areal=not lines)
        if "invalid" not in ledger.repair or mended is None:
            ledger.flag(frame, [int(place)], key, [where])
        shapes[place] = shapely.make_valid(shapes[place]) if mended is None else mended
        row = frame.iloc[place]
        ledger.invalid.add((int(row["_origin"]), int(row["_row"])))
    return shapes

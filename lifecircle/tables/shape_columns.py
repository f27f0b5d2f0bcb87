"""Columns of shapes where a file or a table does not say which is its geometry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError as ProjCrsError

from lifecircle.tables.found import FileFault
from lifecircle.tables.parse import nearest

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    import pandas as pd

    from lifecircle.model import Source
    from lifecircle.tables.found import Found
    from lifecircle.tables.ledger import Ledger

__all__ = ["crs_of", "pick_shapes", "shapes_from_wkb", "tell_shapes", "wkb_column"]

_NAMES = (
    *("geometry", "geom", "the_geom", "wkb_geometry", "geom_wkb", "geometry_wkb"),
    *("wkb", "shape", "图形", "几何"),
)
"""What a column of shapes is called, the surest first."""


def crs_of(shapes: npt.NDArray[np.object_]) -> CRS | None:
    """The CRS that all shapes bear.

    Parameters
    ----------
    shapes : object array
        None where missing.

    Returns
    -------
    pyproj.CRS or None
        None where they bear none, or several.

    Examples
    --------
    >>> import shapely
    >>> points = shapely.points([117.2, 117.3], [31.8, 31.8])
    >>> crs_of(points), crs_of(shapely.set_srid(points, 4490)).to_epsg()
    (None, 4490)
    """
    codes = set(shapely.get_srid(shapes[~shapely.is_missing(shapes)]).tolist())
    if len(codes) != 1 or codes == {0}:
        return None
    try:
        return CRS.from_epsg(codes.pop())
    except ProjCrsError:
        return None


def pick_shapes(wanted: str, columns: Sequence[str]) -> str:
    """The column of shapes to read.

    Parameters
    ----------
    wanted : str
        As the district file names it; may be empty.
    columns : sequence of str
        Those that the table has, the one that is read first.

    Returns
    -------
    str
        One of them; empty if there is none and none is wanted.

    Raises
    ------
    FileFault
        If the one that is named is not there.

    Examples
    --------
    >>> pick_shapes("", ["plot", "door"]), pick_shapes("door", ["plot", "door"])
    ('plot', 'door')
    """
    if wanted and wanted not in columns:
        near = nearest(wanted, list(columns))
        told = "、".join(columns)
        raise FileFault(key="shapes_missing", value=wanted, nearest=near, columns=told)
    return wanted or next(iter(columns), "")


def tell_shapes(
    source: Source, found: Found, frame: pd.DataFrame, *, ledger: Ledger
) -> None:
    """Warn which column of shapes was read, where a table has several.

    Parameters
    ----------
    source : Source
        Names one, or none.
    found : Found
        As read.
    frame : DataFrame
        Its rows, with the hidden columns.
    ledger : Ledger
        Takes the warning.
    """
    if source.geometry or len(found.shapes) < 2 or not len(frame):
        return
    taken, *others = found.shapes
    shown = {"value": taken, "others": "、".join(others)}
    number = int(frame["_origin"].iloc[0])
    ledger.report("shapes_taken", shown, origin=number, severity="warning")


def wkb_column(names: Sequence[str], binary: Sequence[bool]) -> int | None:
    """The column that holds shapes as WKB, by its name and its type.

    Parameters
    ----------
    names : sequence of str
        Columns of a table without a word of geometry.
    binary : sequence of bool
        Which of them hold bytes.

    Returns
    -------
    int or None
        Its position; None where there is none, or the name stands twice.

    Examples
    --------
    >>> wkb_column(["id", "geom"], [False, True]), wkb_column(["geom"], [False])
    (1, None)
    """
    spoken = [name.lower() for name in names]
    for name in _NAMES:
        if spoken.count(name) == 1 and binary[spoken.index(name)]:
            return spoken.index(name)
    return None


def shapes_from_wkb(name: str, cells: Sequence[Any]) -> npt.NDArray[np.object_] | None:
    """Shapes of a column of bytes.

    Parameters
    ----------
    name : str
        The column's.
    cells : sequence of bytes or None
        WKB or EWKB.

    Returns
    -------
    object array or None
        Shapes, None where a cell is empty; None if no cell is WKB.

    Raises
    ------
    FileFault
        If some cells are and others are not.

    Examples
    --------
    >>> shapes_from_wkb("geom", [shapely.Point(1, 2).wkb, None]).tolist()
    [<POINT (1 2)>, None]
    >>> shapes_from_wkb("shape", ["方形".encode()]) is None
    True
    """
    listed = np.empty(len(cells), dtype=object)
    listed[:] = cells
    shapes: npt.NDArray[np.object_] = shapely.from_wkb(listed, on_invalid="ignore")
    given = np.array([bool(cell) for cell in cells], dtype=bool)
    lost = np.flatnonzero(given & shapely.is_missing(shapes))
    if len(lost) == np.count_nonzero(given):
        return None
    if len(lost):
        raise FileFault(
            key="wkb_damaged", value=name, rows=len(lost), row=int(lost[0]) + 1
        )
    return shapes

"""What is wrong, where, and which rows are left out for it: kept while reading.

Every row carries two hidden columns, ``_origin`` (position in ``Ledger.origins``)
and ``_row`` (the row that the planner sees), so that a problem found late, between
tables, still cites the file, the row and the file's own column name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.evidence import REJECTED, TOPOLOGY
from lifecircle.model import Problem
from lifecircle.tables.cells import is_missing
from lifecircle.tables.crs import project_frame

if TYPE_CHECKING:
    import numpy.typing as npt

    from lifecircle.model import Severity
    from lifecircle.tables.files import Found

__all__ = ["HIDDEN", "Ledger", "Origin"]

_AREAL, _MARK_M = (3, 6), 1.0
_Frame = TypeVar("_Frame", bound=pd.DataFrame)

HIDDEN = ("_origin", "_row")
"""Columns that say where a row comes from; dropped from finished tables."""


def _shown(column: str) -> str:
    """A column as the planner sees it: row numbers (``@row``) are in no column."""
    return "" if column.startswith("@") else column


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """One source as the planner sees it.

    Attributes
    ----------
    file : str
        Path relative to the district file.
    layer : str
        Layer or sheet; empty for files of one layer.
    columns : Mapping[str, str]
        Our column name -> the file's.
    crs : str
        As declared; empty for tables without geometry.
    """

    table: str
    file: str
    layer: str
    columns: Mapping[str, str]
    crs: str = ""


@dataclass(slots=True, eq=False)
class Ledger:
    """Problems found and rows left out, in the order found.

    Attributes
    ----------
    cells : dict
        Origin -> the mapped cells as found, indexed by the planner's row.
    left_out : dict
        (origin, row) -> the first reason, a sentence key.
    review : list of dict
        Facilities whose class is not sure: ``evidence.REVIEW``.
    merged : dict
        (origin, row) merged into another row -> the evidence: ``evidence.MERGED``.
    shapes : dict
        Origin -> the planner's rows, and the geometry of each as found, in its
        declared coordinates.
    repair : tuple of str
        What the district file asks to be repaired: ``config.REPAIRS``.
    invalid : set
        (origin, row) of shapes that were made valid.
    faults : list of dict
        Faults of topology: ``evidence.TOPOLOGY`` and geometry.
    fits : list of dict
        How layers fit the roads: ``evidence.FITS``.
    found : dict
        Origin of communities -> the source as found, columns that nobody maps too.
    unused : dict
        Origin -> ``completeness.unused_columns``.
    filled : dict
        (origin, our column) -> cells that hold data, and cells, of columns of text.
    elsewhere : dict
        Origin -> rows that belong to another district of the city.
    """

    origins: list[Origin] = field(default_factory=list)
    cells: dict[int, pd.DataFrame] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    left_out: dict[tuple[int, int], str] = field(default_factory=dict)
    review: list[dict[str, Any]] = field(default_factory=list)
    merged: dict[tuple[int, int], dict[str, Any]] = field(default_factory=dict)
    shapes: dict[int, tuple[npt.NDArray[np.int64], npt.NDArray[np.object_]]] = field(
        default_factory=dict
    )
    repair: tuple[str, ...] = ()
    invalid: set[tuple[int, int]] = field(default_factory=set)
    faults: list[dict[str, Any]] = field(default_factory=list)
    fits: list[dict[str, Any]] = field(default_factory=list)
    found: dict[int, Found] = field(default_factory=dict)
    unused: dict[int, list[tuple[str, float, int]]] = field(default_factory=dict)
    filled: dict[tuple[int, str], tuple[int, int]] = field(default_factory=dict)
    elsewhere: dict[int, frozenset[int]] = field(default_factory=dict)

    def open(self, origin: Origin) -> int:
        """Number a source; rows point to it.

        Parameters
        ----------
        origin : Origin
            A source about to be read.

        Returns
        -------
        int
            Its number.
        """
        self.origins.append(origin)
        return len(self.origins) - 1

    def report(
        self,
        key: str,
        values: Mapping[str, Any] | None = None,
        *,
        origin: int | None = None,
        row: int | None = None,
        column: str = "",
        severity: Severity = "error",
    ) -> None:
        """Add a problem of a source or of one of its rows.

        Parameters
        ----------
        key : str
            Sentence key without its area.
        values : Mapping, optional
            What the sentence needs; empty text shows as a dash.
        origin : int, optional
            Number of the source.
        row : int, optional
            The planner's row.
        column : str, optional
            Our column name; the problem shows the file's.
        severity : {"error", "warning"}
            An error stops a run.
        """
        place = self.origins[origin] if origin is not None else None
        self.problems.append(
            Problem(
                key=f"tables.{key}",
                values={
                    name: "—" if value == "" else value
                    for name, value in {
                        "ours": column,
                        "table": place.table if place else "",
                        **(values or {}),
                    }.items()
                },
                severity=severity,
                file=place.file if place else "",
                layer=place.layer if place else "",
                row=row,
                column=_shown(place.columns.get(column, column) if place else column),
            )
        )

    def fault(
        self,
        kind: str,
        table: str,
        ids: str,
        area_m2: float,
        geometry: Any,
        *,
        parent: str = "",
    ) -> None:
        """Keep a fault of topology.

        Parameters
        ----------
        kind, table, ids : str
            As in ``evidence.TOPOLOGY``.
        area_m2 : float
            Of what is wrong.
        geometry : shapely geometry
            Where, in the district's CRS; points and lines are drawn a metre wide.
        parent : str, optional
            As in ``evidence.TOPOLOGY``.
        """
        if shapely.get_type_id(geometry) not in _AREAL:
            geometry = shapely.buffer(geometry, _MARK_M)
        cells = (kind, table, parent, ids, area_m2, geometry)
        self.faults.append(dict(zip((*TOPOLOGY, "geometry"), cells, strict=True)))

    def leave_out(self, origin: int, row: int, key: str) -> None:
        """Leave a row out; the first reason stands.

        Parameters
        ----------
        origin, row : int
            Number of the source, and the planner's row.
        key : str
            Why: sentence key without its area.
        """
        self.left_out.setdefault((origin, row), f"tables.{key}")

    def flag(
        self,
        frame: pd.DataFrame,
        positions: npt.NDArray[np.intp] | Sequence[int],
        key: str,
        values: Sequence[Mapping[str, Any]] = (),
        *,
        column: str = "",
        severity: Severity = "error",
    ) -> None:
        """Add a problem for each of some rows; an error leaves the row out.

        Parameters
        ----------
        frame : DataFrame
            Rows with the hidden columns.
        positions : sequence of int
            Which of them, by position.
        key : str
            Sentence key without its area.
        values : sequence of Mapping, optional
            What each sentence needs, parallel to ``positions``.
        column : str, optional
            Our column name.
        severity : {"error", "warning"}
            A warning leaves the row in.
        """
        origins, rows = frame["_origin"].to_numpy(), frame["_row"].to_numpy()
        for place, position in enumerate(positions):
            origin, row = int(origins[position]), int(rows[position])
            given = values[place] if values else {}
            self.report(
                key, given, origin=origin, row=row, column=column, severity=severity
            )
            if severity == "error":
                self.leave_out(origin, row, key)

    def forget(self, gone: pd.DataFrame) -> None:
        """Take back all that was said of rows that belong to another district.

        Parameters
        ----------
        gone : DataFrame
            The hidden columns of these rows.
        """
        rows = gone.astype("int64").groupby("_origin")["_row"]
        here = {int(str(name)): frozenset(own) for name, own in rows}
        self.elsewhere = {**self.elsewhere, **here}

        def away(number: int, row: int | None) -> bool:
            return row in self.elsewhere.get(number, ())

        by_file: dict[tuple[str, ...], list[int]] = {}
        for number, place in enumerate(self.origins):
            for key in ((place.file,), (place.table, place.file, place.layer)):
                by_file.setdefault(key, []).append(number)

        def all_away(key: tuple[str, ...], row: int | None) -> bool:
            return all(away(number, row) for number in by_file.get(key, (-1,)))

        self.problems[:] = [
            one
            for one in self.problems
            if not all_away((one.values.get("table", ""), one.file, one.layer), one.row)
        ]
        self.review[:] = [
            one for one in self.review if not all_away((one["file"],), one["row"])
        ]
        for at in [at for at in self.left_out if away(*at)]:
            del self.left_out[at]
        self.invalid -= {at for at in self.invalid if away(*at)}

    def standing(self, frame: pd.DataFrame) -> npt.NDArray[np.bool_]:
        """Tell which rows have not been left out, nor merged into others.

        Parameters
        ----------
        frame : DataFrame
            Rows with the hidden columns.

        Returns
        -------
        bool array
            True where the row stands.
        """
        gone = {*self.left_out, *self.merged}
        if not gone:
            return np.ones(len(frame), dtype=bool)
        standing = np.ones(len(frame), dtype=bool)
        origins, rows = frame["_origin"].to_numpy(), frame["_row"].to_numpy()
        for number in {origin for origin, _ in gone}:
            lost = [row for origin, row in gone if origin == number]
            standing &= (origins != number) | ~np.isin(rows, lost)
        return standing

    def kept(self, frame: _Frame) -> _Frame:
        """Rows of a frame that stand; the frame itself, not copied, where all do.

        Parameters
        ----------
        frame : DataFrame
            Rows with the hidden columns.

        Returns
        -------
        DataFrame
            With the index of its rows.
        """
        standing = self.standing(frame)
        return frame if standing.all() else frame[standing]

    def rejected(self, crs: str = "") -> gpd.GeoDataFrame:
        """List the rows left out.

        Parameters
        ----------
        crs : str, optional
            The district's CRS; without it no row has a geometry.

        Returns
        -------
        GeoDataFrame
            ``file``, ``layer``, ``row``, ``reason`` (a sentence key), ``cells``
            (the row's mapped cells as found), in the order of the sources, and the
            geometry where its coordinates could be read, None elsewhere.
        """
        lines = []
        for (number, row), reason in sorted(self.left_out.items()):
            origin = self.origins[number]
            found = self.cells[number].loc[row].to_dict()
            shown = "; ".join(
                f"{origin.columns.get(str(name), str(name))}={cell}"
                for name, cell in found.items()
                if not is_missing(cell)
            )
            lines.append((origin.file, origin.layer, row, reason, shown))
        frame = pd.DataFrame(lines, columns=list(REJECTED)).astype({"row": "int64"})
        shapes = np.full(len(frame), None, dtype=object)
        numbers = np.array([number for number, _ in sorted(self.left_out)])
        for number in {*numbers.tolist()} & {*self.shapes} if crs else ():
            here = numbers == number
            shapes[here] = self.located(number, frame.loc[here, "row"], crs)
        return gpd.GeoDataFrame(frame, geometry=shapes, crs=crs or None)

    def located(
        self, number: int, rows: pd.Series[int], crs: str
    ) -> npt.NDArray[np.object_]:
        """Geometry of some rows of a source as found, in the district's CRS.

        Parameters
        ----------
        number : int
            Number of the source.
        rows : Series of int
            The planner's rows.
        crs : str
            The district's CRS.

        Returns
        -------
        object array
            Shapes, valid or not; None where there is none, or none on the map.
        """
        numbers, kept = self.shapes[number]
        places = pd.Index(numbers).get_indexer(pd.Index(rows))
        found = kept[places]
        found[places < 0] = None
        found[~np.isfinite(shapely.bounds(found)).all(axis=1)] = None
        frame = gpd.GeoDataFrame(geometry=found)
        moved = project_frame(frame, self.origins[number].crs, crs)
        shapes = np.array(moved.geometry.to_numpy(), dtype=object)
        shapes[~np.isfinite(shapely.bounds(shapes)).all(axis=1)] = None
        return shapes

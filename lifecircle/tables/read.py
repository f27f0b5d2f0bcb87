"""One source to one frame with our column names, in the district's metric CRS."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from lifecircle.tables.cells import is_missing, to_number, to_text
from lifecircle.tables.completeness import unused_columns
from lifecircle.tables.crs import declared_crs, project_frame
from lifecircle.tables.facts import schema_of
from lifecircle.tables.files import FileFault, Found, read_file
from lifecircle.tables.found import find_column
from lifecircle.tables.ledger import Origin
from lifecircle.tables.notes import without_notes
from lifecircle.tables.parse import nearest, parse_column
from lifecircle.tables.persons import personal_columns
from lifecircle.tables.plausible import contradiction_m, coordinate_faults
from lifecircle.tables.registers import to_yuan
from lifecircle.tables.reviewing import classify_cells
from lifecircle.tables.schemas import NUMERIC
from lifecircle.tables.shape_columns import tell_shapes
from lifecircle.tables.shapes import check_shapes
from lifecircle.tables.suffixes import TEXT
from lifecircle.tables.texts import as_found, may_hold
from lifecircle.tables.zones import zone_in_easting

if TYPE_CHECKING:
    from pathlib import Path

    import numpy.typing as npt

    from lifecircle.model import Source
    from lifecircle.tables.ledger import Ledger

__all__ = ["ROW_NUMBER", "empty_table", "read_source"]

logger = logging.getLogger(__name__)

ROW_NUMBER = "@row"
"""Stands for an id column that a file lacks: ids are file, layer and row number."""

_LOST = ("\ufffd", "锟斤拷")
"""What a character turns into when text has been saved in a wrong encoding."""


def empty_table(table: str, crs: str) -> pd.DataFrame:
    """A table without rows, with its columns and the hidden ones.

    Parameters
    ----------
    table : str
        Table name.
    crs : str
        The district's metric CRS.

    Returns
    -------
    DataFrame or GeoDataFrame
        No rows; a GeoDataFrame where the table has geometry.

    Examples
    --------
    >>> len(empty_table("gates", "EPSG:4548"))
    0
    """
    schema = schema_of(table)
    frame = pd.DataFrame(
        {
            name: pd.Series(dtype="float64" if field.kind in NUMERIC else object)
            for name, field in schema.readable.items()
        }
    ).assign(
        _origin=pd.Series(dtype="int64"),
        _row=pd.Series(dtype="int64"),
    )
    if not schema.shapes:
        return frame
    return gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries([], crs=declared_crs(crs)))


def _take_column(
    found: Found, wanted: str, ours: str, *, number: int, ledger: Ledger
) -> Any | None:
    """A column's cells, a list, or an array where the file holds numbers."""
    places = find_column(wanted, found.names)
    if len(places) == 1:
        return found.cells[places[0]]
    if places:
        ledger.report("column_twice", {"value": wanted}, origin=number, column=ours)
        return None
    known = [name for name in found.names if name]
    values = {"nearest": nearest(wanted, known), "columns": "、".join(known)}
    ledger.report(
        "column_missing", {"value": wanted, **values}, origin=number, column=ours
    )
    return None


def _numbered(source: Source, found: Found) -> list[Any]:
    """Ids for rows that have none; the same as long as the rows keep their order."""
    name = "-".join(filter(None, (source.path.stem, found.layer)))
    return [f"{name}-{row}" for row in found.rows]


def _cells_of(
    source: Source, found: Found, *, number: int, ledger: Ledger
) -> pd.DataFrame | None:
    """The mapped cells under our names; None if a required column is not there."""
    fields = schema_of(source.table).readable
    taken: dict[str, Any] = {}
    whole = True
    for ours, wanted in source.columns.items():
        if wanted == ROW_NUMBER and fields[ours].kind == "id":
            column: Any = _numbered(source, found)
        else:
            column = _take_column(found, wanted, ours, number=number, ledger=ledger)
        if column is not None:
            taken[ours] = column
        elif fields[ours].required:
            whole = False
    for axis in filter(None, (source.x, source.y)):
        column = _take_column(found, axis, axis, number=number, ledger=ledger)
        if column is None:
            whole = False
        else:
            taken[f"@{axis}"] = column
    if not whole:
        return None
    kept = {name: as_found(column) for name, column in taken.items()}
    frame = pd.DataFrame(kept, index=pd.RangeIndex(len(found.rows)), copy=False)
    for ours, value in source.constants.items():
        frame[ours] = pd.Series([value] * len(frame), dtype=object)
    return frame


def _refuse_persons(found: Found, number: int, ledger: Ledger) -> bool:
    """Whether a register is refused for being about single persons.

    Nothing of what it says is kept: neither in a problem nor among rows left out.
    """
    columns = personal_columns(found.names, found.cells)
    for name in columns:
        ledger.report("register_of_persons", origin=number, column=name)
    return bool(columns)


def _report_lost_text(frame: pd.DataFrame, *, ledger: Ledger) -> None:
    """Warn of characters that an earlier program has destroyed."""
    for name in frame.columns:
        texts = frame[name]
        if texts.dtype.kind != "O" or not may_hold(texts, _LOST):
            continue
        lost = [
            place
            for place, cell in enumerate(frame[name])
            if isinstance(cell, str) and any(mark in cell for mark in _LOST)
        ]
        values = [{"value": frame[name].iloc[place]} for place in lost]
        ledger.flag(
            frame, lost, "text_lost", values, column=str(name), severity="warning"
        )


def _flag_merged(
    source: Source, found: Found, frame: pd.DataFrame, *, ledger: Ledger
) -> None:
    """A number merged over several rows is theirs together: no row's own is known."""
    fields = schema_of(source.table).readable
    for ours, wanted in source.columns.items() if found.merged else ():
        columns = find_column(wanted, found.names)
        if fields[ours].kind in NUMERIC and len(columns) == 1:
            merged = [
                place
                for place, row in enumerate(found.rows)
                if (int(row), columns[0]) in found.merged
                and not is_missing(frame[ours].iloc[place])
            ]
            shown = [{"value": to_text(frame[ours].iloc[place])} for place in merged]
            ledger.flag(frame, merged, "number_merged", shown, column=ours)


def _axis(
    frame: pd.DataFrame, axis: str, ledger: Ledger, *, told: str = ""
) -> npt.NDArray[np.float64]:
    """Numbers, NaN where a row is left out; one without ``told`` is told already."""
    numbers = np.full(len(frame), np.nan)
    for place, cell in enumerate(frame[f"@{axis}"]):
        if is_missing(cell):
            if not told or not is_missing(frame[f"@{told}"].iloc[place]):
                ledger.flag(frame, [place], "missing_value", column=axis)
            continue
        try:
            numbers[place] = to_number(cell, ("°", "m", "米", "度"))
        except ValueError:
            shown = [{"value": to_text(cell), "units": "°、m"}]
            ledger.flag(frame, [place], "not_a_number", shown, column=axis)
    return numbers


def _geometry_of(
    source: Source, found: Found, frame: pd.DataFrame, *, ledger: Ledger
) -> npt.NDArray[np.object_] | None:
    """Shapes in the file's coordinates, two-dimensional; None where there are none."""
    if source.x and source.y:
        x = _axis(frame, source.x, ledger)
        y = _axis(frame, source.y, ledger, told=source.x)
        shapes = np.full(len(frame), None, dtype=object)
        known = ~(np.isnan(x) | np.isnan(y))
        shapes[known] = shapely.points(x[known], y[known])
        return shapes
    if found.geometry is None:
        number = int(frame["_origin"].iloc[0]) if len(frame) else None
        ledger.report("no_geometry", origin=number)
        return None
    tell_shapes(source, found, frame, ledger=ledger)
    shapes = found.geometry.copy()
    deep = shapely.get_coordinate_dimension(shapes) > 2
    shapes[deep] = shapely.force_2d(shapes[deep])
    return shapes


def _check_coordinates(
    source: Source,
    found: Found,
    frame: pd.DataFrame,
    shapes: npt.NDArray[np.object_],
    *,
    target: str,
    ledger: Ledger,
) -> npt.NDArray[np.bool_]:
    """Which rows' coordinates are not what they are declared to be.

    A fault of most rows, or a CRS in the file that says otherwise, is one problem of
    the layer, and the layer is left out.
    """
    number = int(frame["_origin"].iloc[0]) if len(frame) else None
    box = shapely.bounds(shapes)
    finite = np.isfinite(box).all(axis=1)
    known, box = np.flatnonzero(finite), box if finite.all() else box[finite]
    x, y = (box[:, 0] + box[:, 2]) / 2, (box[:, 1] + box[:, 3]) / 2
    faults = coordinate_faults(x, y, source.crs, target=target)
    wrong = np.flatnonzero(faults != "")
    values = {
        place: {
            "x": f"{x[place]:.6g}",
            "y": f"{y[place]:.6g}",
            "declared": source.crs,
            "other": zone_in_easting(x[place], source.crs),
        }
        for place in wrong
    }
    faulty = np.zeros(len(frame), dtype=bool)
    layer_fault, shown = "", {}
    if len(wrong) * 2 > len(known):
        layer_fault = str(faults[wrong[0]])
        shown = {**values[wrong[0]], "rows": len(wrong), "all": len(frame)}
    elif found.crs is not None and len(known):
        total = [*box[:, :2].min(axis=0), *box[:, 2:].max(axis=0)]
        if contradiction_m(source.crs, found.crs, total):
            layer_fault = "crs_contradiction"
            shown = {"declared": source.crs, "found": found.crs.name}
    if layer_fault:
        ledger.report(layer_fault, shown, origin=number)
        for row in frame["_row"]:
            ledger.leave_out(int(number or 0), int(row), layer_fault)
        return ~faulty
    for place in wrong:
        shown = {**values[place], "rows": 1, "all": len(frame)}
        ledger.flag(frame, [int(known[place])], str(faults[place]), [shown])
    faulty[known[wrong]] = True
    return faulty


def _located(
    source: Source,
    found: Found,
    frame: pd.DataFrame,
    *,
    target: str,
    ledger: Ledger,
) -> gpd.GeoDataFrame | None:
    """Checked geometry in the target CRS; rows left out have none."""
    shapes = _geometry_of(source, found, frame, ledger=ledger)
    if shapes is None:
        return None
    if len(frame):
        ledger.shapes[int(frame["_origin"].iloc[0])] = (found.rows, shapes.copy())
    told = shapely.is_missing(shapes) & bool(source.x)
    faulty = _check_coordinates(
        source, found, frame, shapes, target=target, ledger=ledger
    )
    shapes[faulty] = None
    allowed = schema_of(source.table).shapes
    shapes = check_shapes(frame, shapes, allowed, told=told | faulty, ledger=ledger)
    located = gpd.GeoDataFrame(frame, geometry=shapes, copy=False)
    return project_frame(located, source.crs, target, name=source.path.name)


def _open(
    source: Source, base: Path, ledger: Ledger
) -> tuple[Found | None, int, pd.DataFrame | None]:
    """A source as found, its number, and its cells; None where it gives no table."""
    path = source.path
    name = path.relative_to(base).as_posix() if path.is_relative_to(base) else path.name
    try:
        found = read_file(source)
    except FileFault as error:
        layer = source.layer or source.sheet
        number = ledger.open(Origin(source.table, name, layer, source.columns))
        ledger.report(error.key, error.values, origin=number)
        return None, number, None
    number = ledger.open(
        Origin(source.table, name, found.layer, source.columns, source.crs)
    )
    if source.table == "communities":
        ledger.found[number] = found
    if source.table == "registers" and _refuse_persons(found, number, ledger):
        return found, number, None
    ledger.unused[number] = unused_columns(source, found)
    return found, number, _cells_of(source, found, number=number, ledger=ledger)


def _parse(source: Source, cells: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Every readable column parsed; coordinate columns as found, last."""
    cells = to_yuan(cells, source.columns)
    parsed: dict[str, Any] = {"_origin": cells["_origin"], "_row": cells["_row"]}
    for ours, field in schema_of(source.table).readable.items():
        mapping = source.values.get(ours, {})
        parsed[ours] = parse_column(cells, field, mapping, ledger=ledger)
    if "household_basis" in parsed and source.household_basis:
        said = parsed["household_basis"]
        parsed["household_basis"] = said.where(said != "", source.household_basis)
    axes = [name for name in cells.columns if str(name).startswith("@")]
    return pd.DataFrame({**parsed, **cells[axes]}, copy=False)


def read_source(
    source: Source, *, base: Path, target: str, ledger: Ledger
) -> pd.DataFrame | None:
    """Read one source; what is wrong goes to the ledger.

    Parameters
    ----------
    source : Source
        Where the rows are and what their columns are called.
    base : Path
        Folder of the district file; files are named relative to it.
    target : str
        The district's metric CRS.
    ledger : Ledger
        Takes problems and rows left out.

    Returns
    -------
    DataFrame, GeoDataFrame or None
        Every readable column of the table and the hidden columns, one row per row
        of the file, those left out included; None if the file gives no table.
    """
    found, number, cells = _open(source, base, ledger)
    if found is None or cells is None:
        return None
    plain = cells.rename(columns=lambda name: str(name).removeprefix("@"))
    ledger.cells[number] = plain.set_axis(found.rows)
    cells = cells.assign(_origin=np.int64(number), _row=found.rows)
    found, cells = without_notes(source, found, cells, ledger=ledger)
    _report_lost_text(cells, ledger=ledger)
    _flag_merged(source, found, cells, ledger=ledger)
    if source.path.suffix.lower() in TEXT:
        long = np.flatnonzero(np.isin(found.rows, found.overlong))
        shown = [{"columns": len(found.names)}] * len(long)
        ledger.flag(cells, long, "row_too_long", shown)
    if source.provider:
        cells = classify_cells(source, cells, base=base, ledger=ledger)
    frame = _parse(source, cells, ledger)
    logger.info("%s: %d rows of %s", source.path.name, len(frame), source.table)
    if not schema_of(source.table).shapes:
        return frame
    located = _located(source, found, frame, target=target, ledger=ledger)
    axes = [name for name in frame.columns if str(name).startswith("@")]
    return None if located is None else located.drop(columns=axes)

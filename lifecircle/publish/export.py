"""Every layer of a saved study as Shapefiles or GeoParquet, without computing."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyogrio
from geopandas import GeoDataFrame
from pyogrio.errors import DataSourceError

from lifecircle.columns import column
from lifecircle.errors import ConfigError, ResultError
from lifecircle.publish.dbase import LOSSES, fitted
from lifecircle.publish.results import saved_layers
from lifecircle.publish.short_names import short_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pandas import DataFrame

    from lifecircle.publish.dbase import Encoding

__all__ = ["FIELDS_FILE", "FOLDERS", "LOSSES_FILE", "Exported", "export_layers"]

FOLDERS = {"shp": "shapefile", "parquet": "geoparquet"}
"""Format to the folder of its files within the folder of the study."""

FIELDS_FILE, LOSSES_FILE = "fields.csv", "losses.csv"

ENCODINGS: dict[str, Encoding] = {"utf-8": "utf-8", "gbk": "gbk"}

# dBASE tables hold a date of change: a fixed one gives the same bytes every time.
# RESIZE: as wide as the longest text, not wider.
_SHP: dict[str, Any] = {"DBF_DATE_LAST_UPDATE": "2000-01-01", "RESIZE": "YES"}
_GDAL_NAMES = {"utf-8": "UTF-8", "gbk": "LDID/77"}
"""GBK as the mark in the table's header that ArcGIS looks at first."""

_SUFFIXES = {"Point": "point", "LineString": "line", "Polygon": "polygon"}


@dataclass(frozen=True, slots=True, eq=False)
class Exported:
    """What was written, and what the format could not hold.

    Attributes
    ----------
    folder : Path
        Holds the layers, ``fields.csv`` and, where anything was lost,
        ``losses.csv``.
    layers : tuple of str
        Names of the files without their endings.
    losses : DataFrame
        Columns ``LOSSES`` of ``publish.dbase``; no rows = nothing.
    """

    folder: Path
    layers: tuple[str, ...]
    losses: DataFrame


def export_layers(
    out: str | Path, *, to: str = "shp", encoding: str = "utf-8"
) -> Exported:
    """Write every layer and table of a saved study in another format.

    ``fields.csv`` says what each field is called in Chinese and English, and in
    which unit it is; for Shapefiles, whose names of fields are short, also which
    field of the GeoPackage it is. The same study gives the same bytes.

    Parameters
    ----------
    out : str or Path
        Folder of a run; the files go to its folder ``shapefile`` or ``geoparquet``.
    to : {"shp", "parquet"}
        Shapefile, tables without geometry as ``.dbf``; or GeoParquet, which needs
        pyarrow.
    encoding : {"utf-8", "gbk"}
        Of the texts of Shapefiles.

    Returns
    -------
    Exported
        Folder, layers, and what could not be written as it is.

    Raises
    ------
    ConfigError
        If format or encoding are not known.
    ResultError
        If there is no such study, pyarrow is missing, or a file cannot be written.

    Examples
    --------
    >>> export_layers("out/demo", to="shp", encoding="gbk").layers  # doctest: +SKIP
    """
    if to not in FOLDERS or encoding.lower() not in ENCODINGS:
        raise ConfigError(
            where="--to" if to not in FOLDERS else "--encoding",
            what=f"{to!r} and {encoding!r} are given.",
            fix="Formats are shp and parquet; encodings utf-8 and gbk.",
        )
    if to == "parquet":
        _require_pyarrow()
    layers = saved_layers(out)
    folder = Path(out) / FOLDERS[to]
    fresh = folder.with_name(f".{folder.name}.{os.getpid()}.part")
    try:
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        if to == "parquet":
            done = _write_parquet(layers, fresh)
        else:
            done = _write_shapefiles(layers, fresh, ENCODINGS[encoding.lower()])
        folder.mkdir(exist_ok=True)
        (folder / LOSSES_FILE).unlink(missing_ok=True)
        for file in sorted(fresh.iterdir()):
            file.replace(folder / file.name)
    except (OSError, DataSourceError) as error:
        raise ResultError(
            where=str(folder),
            what=f"the layers cannot be written: {error}.",
            fix="Close files of the folder that are open, check rights and free space.",
        ) from error
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    names, losses = done
    return Exported(folder, names, losses)


def _require_pyarrow() -> None:
    try:
        import pyarrow  # noqa: F401  (only asked whether it is there)
    except ImportError as error:
        raise ResultError(
            where="--to parquet",
            what="GeoParquet needs pyarrow, which is not installed.",
            fix="pip install lifecircle[parquet]",
        ) from error


def _write_parquet(
    layers: dict[str, DataFrame], folder: Path
) -> tuple[tuple[str, ...], DataFrame]:
    for name, frame in layers.items():
        path = folder / f"{name}.parquet"
        frame.to_parquet(path, index=False, compression="zstd")
    _write_fields(layers, folder, str)
    return tuple(layers), pd.DataFrame(columns=list(LOSSES))


def _write_shapefiles(
    layers: dict[str, DataFrame], folder: Path, encoding: Encoding
) -> tuple[tuple[str, ...], DataFrame]:
    known = {name for frame in layers.values() for name in _fields(frame)}
    short = short_names(known)
    parts = {
        stem: part
        for name, frame in layers.items()
        for stem, part in _of_one_geometry(name, frame)
    }
    lost = []
    for stem, frame in parts.items():
        held, losses = fitted(frame, encoding=encoding)
        _write_shapefile(held.rename(columns=short), folder / stem, encoding)
        lost.append(losses.assign(layer=stem))
    losses = pd.concat(lost, ignore_index=True)[list(LOSSES)]
    _write_fields(parts, folder, lambda name: short[name])
    if len(losses):
        _write_csv(losses, folder / LOSSES_FILE)
    return tuple(parts), losses


def _fields(frame: DataFrame) -> list[str]:
    shape = frame.geometry.name if isinstance(frame, GeoDataFrame) else None
    return [str(name) for name in frame.columns if name != shape]


def _of_one_geometry(name: str, frame: DataFrame) -> Iterator[tuple[str, DataFrame]]:
    """A layer, or its parts of one kind of geometry each: a Shapefile holds one."""
    if not isinstance(frame, GeoDataFrame):
        yield name, frame
        return
    kinds = frame.geometry.geom_type.str.removeprefix("Multi")
    found = sorted(set(kinds.dropna()))
    if len(found) <= 1:
        yield name, frame
        return
    # Rows without geometry go with the first kind.
    for kind in found:
        mine = (kinds == kind) | (kinds.isna() & (kind == found[0]))
        yield f"{name}_{_SUFFIXES[kind]}", frame[mine].reset_index(drop=True)


def _write_shapefile(frame: DataFrame, path: Path, encoding: Encoding) -> None:
    spatial = isinstance(frame, GeoDataFrame)
    options: dict[str, Any] = {}
    if isinstance(frame, GeoDataFrame):
        kinds = frame.geometry.geom_type.dropna()
        options["geometry_type"] = kinds.max() if len(kinds) else "Polygon"
        options["promote_to_multi"] = False
    pyogrio.write_dataframe(
        frame,
        str(path.with_suffix(".shp" if spatial else ".dbf")),
        driver="ESRI Shapefile",
        encoding=_GDAL_NAMES[encoding],
        layer_options=_SHP,
        **options,
    )
    path.with_suffix(".cpg").write_text(encoding.upper(), encoding="ascii")


def _write_fields(
    layers: dict[str, DataFrame], folder: Path, called: Callable[[str], str]
) -> None:
    """The table of fields: as called in the files, as we call them, in words."""
    rows = []
    for layer, frame in layers.items():
        for name in _fields(frame):
            try:
                labels = column(name)
                told = (labels.zh, labels.en, labels.unit)
            except KeyError:
                told = ("", "", "")
            rows.append((layer, called(name), name, *told))
    heads = ["layer", "field", "name", "zh", "en", "unit"]
    _write_csv(pd.DataFrame(rows, columns=heads), folder / FIELDS_FILE)


def _write_csv(frame: DataFrame, path: Path) -> None:
    """UTF-8 with a mark that Excel reads; our words only, no text of the data."""
    frame.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")

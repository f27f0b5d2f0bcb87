"""Results saved and read back: one versioned format, the folder of a study."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyogrio
from pyogrio.errors import DataLayerError, DataSourceError

from lifecircle.columns import ROW_COUNTS
from lifecircle.errors import ResultError
from lifecircle.evidence import TOPOLOGY
from lifecircle.model import (
    Assessment,
    BaseMap,
    CommunityPlan,
    District,
    DistrictConfig,
    Findings,
    Gaps,
    GridPlan,
    Problem,
    Reference,
    RegridSettings,
    Rule,
    RuleBook,
    Source,
    Walker,
)
from lifecircle.publish.backdrop import picture_part, saved_picture
from lifecircle.publish.frames import restored
from lifecircle.publish.geopackage import (
    DISTRICT_TABLES,
    PLAN_FRAMES,
    ROLL_UPS,
    STUDY_TABLE,
    TOPOLOGY_COLUMNS,
    UNIT_FRAMES,
)
from lifecircle.publish.qgis import STYLES, TOPOLOGY_LAYER, WALKS

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = [
    "FORMAT",
    "GEOPACKAGE",
    "MANIFEST",
    "read_study",
    "saved_layers",
    "saved_parts",
]

FORMAT = 5
"""Number of the format; raised when a saved study can no longer be read as before.
2: circles, projects, dashboard, reach and missing area at every level.
3: the grid plan."""

GEOPACKAGE, MANIFEST = "district.gpkg", "manifest.json"


def saved_parts(study: Assessment) -> dict[str, Any]:
    """What no layer can hold, as JSON: settings, rule books, problems.

    Parameters
    ----------
    study : Assessment
        A finished study.

    Returns
    -------
    dict
        ``format``, ``config``, ``books``, ``problems``, ``complete_classes``,
        ``picture``. Paths
        are relative to the district file's folder, bare names if they lie elsewhere.

    Examples
    --------
    >>> saved_parts(study)["format"]  # doctest: +SKIP
    3
    """
    district = study.district
    return {
        "format": FORMAT,
        "config": _saved_config(district.config),
        "books": [_plain(asdict(book)) for book in study.findings.books],
        "problems": [_plain(asdict(problem)) for problem in district.problems],
        "complete_classes": sorted(district.complete_classes),
        "crs": district.crs,
        "picture": picture_part(district.picture),
        **{
            name: None if plan is None else _plain(asdict(plan.settings))
            for name, plan in (
                ("grid_plan", study.grid_plan),
                ("community_plan", study.community_plan),
            )
        },
    }


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (str, int, float, bool)) or value is None:
        return value
    return str(value)


def _saved_config(config: DistrictConfig) -> dict[str, Any]:
    folder = config.path.parent
    saved: dict[str, Any] = _plain(asdict(config))
    saved["path"] = config.path.name
    raster = config.elevation
    saved["elevation"] = None if raster is None else raster.name
    below = config.base_map.raster
    saved["base_map"]["raster"] = None if below is None else below.name
    for entry, source in zip(saved["sources"], config.sources, strict=True):
        inside = source.path.is_relative_to(folder)
        path = source.path.relative_to(folder) if inside else Path(source.path.name)
        entry["path"] = path.as_posix()
        listed = source.reviewed
        entry["reviewed"] = None if listed is None else listed.name
    return saved


def read_study(folder: str | Path) -> Assessment:
    """Read back what ``write_study`` wrote.

    Parameters
    ----------
    folder : str or Path
        Holds ``district.gpkg`` and ``manifest.json``.

    Returns
    -------
    Assessment
        The same frames, row by row; paths of the settings are relative to the
        district file. What the disclosure level kept back is not there.

    Raises
    ------
    ResultError
        If a file is missing, cannot be read, or is of another format.

    Examples
    --------
    >>> study = read_study("out")  # doctest: +SKIP
    >>> study.gaps.areas[["gap_id", "households"]]  # doctest: +SKIP
    """
    folder = Path(folder)
    manifest = _read_manifest(folder / MANIFEST)
    path = folder / GEOPACKAGE
    parts = _read_parts(path)
    frames = {
        name: _read_layer(path, name, facts) for name, facts in parts["frames"].items()
    }
    return _assessment(frames, parts, manifest)


def saved_layers(folder: str | Path) -> dict[str, DataFrame]:
    """Layers and tables of a saved study as its GeoPackage holds them.

    Parameters
    ----------
    folder : str or Path
        Holds ``district.gpkg`` and ``manifest.json``.

    Returns
    -------
    dict
        Name to frame, in the order of the GeoPackage: the views that join minutes
        and verdicts to their units too, what only styles or restores the study not.

    Raises
    ------
    ResultError
        As ``read_study``.

    Examples
    --------
    >>> list(saved_layers("out"))[:2]  # doctest: +SKIP
    ['communities', 'circles']
    """
    folder = Path(folder)
    _read_manifest(folder / MANIFEST)
    path = folder / GEOPACKAGE
    _read_parts(path)
    try:
        names = [str(name) for name, _ in pyogrio.list_layers(path)]
        layers = {
            name: pyogrio.read_dataframe(str(path), layer=name)
            for name in names
            if name not in (STUDY_TABLE, STYLES)
        }
    except (DataSourceError, DataLayerError) as error:
        raise _broken(path) from error
    if WALKS in layers:
        # A view has no types: its one sum is a number all the same.
        minutes = pd.to_numeric(layers[WALKS]["walk_min"])
        layers[WALKS] = layers[WALKS].assign(walk_min=minutes)
    return layers


def _read_manifest(path: Path) -> dict[str, Any]:
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
        number = manifest.pop("format")
    except FileNotFoundError as error:
        raise _missing(path) from error
    except (ValueError, KeyError, AttributeError, UnicodeDecodeError) as error:
        raise _broken(path) from error
    if number != FORMAT:
        raise ResultError(
            where=str(path),
            what=f"the results are of format {number}; this version reads {FORMAT}.",
            fix="Run lifecircle again on the district file.",
        )
    manifest.pop("outputs", None)
    result: dict[str, Any] = manifest
    return result


def _missing(path: Path) -> ResultError:
    return ResultError(
        where=str(path),
        what="the file is not there.",
        fix="Name the folder that lifecircle run wrote, or run it again.",
    )


def _broken(path: Path) -> ResultError:
    return ResultError(
        where=str(path),
        what="the file is damaged or was not written by lifecircle.",
        fix="Run lifecircle again on the district file.",
    )


def _read_parts(path: Path) -> dict[str, Any]:
    if not path.exists():
        raise _missing(path)
    try:
        table = pyogrio.read_dataframe(str(path), layer=STUDY_TABLE)
        pairs = zip(table["key"], table["value"], strict=True)
        parts = {str(key): json.loads(value) for key, value in pairs}
        missing = {"config", "books", "problems", "frames"} - set(parts)
    except (DataSourceError, DataLayerError, ValueError, KeyError) as error:
        raise _broken(path) from error
    if missing:
        raise _broken(path)
    return parts


def _read_layer(path: Path, name: str, facts: dict[str, Any]) -> DataFrame:
    try:
        layer = pyogrio.read_dataframe(str(path), layer=name)
        return restored(layer, facts)
    except (DataSourceError, DataLayerError, ValueError, KeyError) as error:
        raise _broken(path) from error


def _assessment(
    frames: dict[str, Any], parts: dict[str, Any], manifest: dict[str, Any]
) -> Assessment:
    # The column's first name, a reserved word of SQL.
    frames["rejected"] = frames["rejected"].rename(columns={"values": "cells"})
    # Studies saved before there were parts of a city have no rows elsewhere.
    rows = [{"rows_elsewhere": 0, **row} for row in manifest.get("rows", [])]
    district = District(
        config=_config(parts["config"]),
        crs=parts["crs"],
        complete_classes=frozenset(parts["complete_classes"]),
        problems=tuple(Problem(**one) for one in parts["problems"]),
        picture=saved_picture(parts.get("picture")),
        topology=_topology(frames),
        row_counts=pd.DataFrame(rows, columns=list(ROW_COUNTS)),
        neighbours=frames.get("neighbours", pd.DataFrame()),
        **{name: frames[name] for name in DISTRICT_TABLES},
    )
    books = tuple(_book(one) for one in parts["books"])
    return Assessment(
        district=district,
        access=frames["access"],
        findings=Findings(
            rows=frames["findings"], books=books, totals=frames["totals"]
        ),
        gaps=Gaps(areas=frames["gap_areas"], shortfalls=frames["shortfalls"]),
        **{name: frames[name] for name in ROLL_UPS},
        isochrones=frames["isochrones"],
        routes=frames["routes"],
        network_report=frames["network_report"],
        manifest=manifest,
        gate_readings=frames.get("gate_readings"),
        grid_plan=_grid_plan(frames, parts.get("grid_plan")),
        community_plan=_community_plan(frames, parts.get("community_plan")),
    )


def _topology(frames: dict[str, Any]) -> DataFrame:
    """Faults of polygons under our names; a study without any has no such layer."""
    names = {theirs: ours for ours, theirs in TOPOLOGY_COLUMNS.items()}
    layer = frames.get(TOPOLOGY_LAYER, pd.DataFrame(columns=[*TOPOLOGY, "geometry"]))
    found: DataFrame = layer.rename(columns=names)
    return found


def _grid_plan(
    frames: dict[str, Any], settings: dict[str, Any] | None
) -> GridPlan | None:
    if settings is None:
        return None
    read = {name: frames[f"plan_{name}"] for name in PLAN_FRAMES}
    return GridPlan(**read, settings=_regrid(settings))


def _community_plan(
    frames: dict[str, Any], settings: dict[str, Any] | None
) -> CommunityPlan | None:
    if settings is None:
        return None
    read = {name: frames[f"community_plan_{name}"] for name in UNIT_FRAMES}
    return CommunityPlan(**read, settings=_regrid(settings))


def _date(value: str | None) -> date | None:
    return None if value is None else date.fromisoformat(value)


def _tuples(kind: type[Any], values: dict[str, Any]) -> dict[str, Any]:
    """Lists back to tuples; keys that a class no longer has are left out."""
    known = {field.name for field in fields(kind)}
    return {
        key: tuple(value) if isinstance(value, list) else value
        for key, value in values.items()
        if key in known
    }


def _config(saved: dict[str, Any]) -> DistrictConfig:
    walkers = {name: Walker(**one) for name, one in saved["walkers"].items()}
    raster = saved.get("elevation")
    changed: dict[str, Any] = {
        "path": Path(saved["path"]),
        "elevation": None if raster is None else Path(raster),
        "as_of": date.fromisoformat(saved["as_of"]),
        "sources": tuple(_source(one) for one in saved["sources"]),
        "walkers": walkers,
    }
    if "regrid" in saved:
        changed["regrid"] = _regrid(saved["regrid"])
    if "base_map" in saved:
        changed["base_map"] = _base_map(saved["base_map"])
    return DistrictConfig(**{**_tuples(DistrictConfig, saved), **changed})


def _base_map(saved: dict[str, Any]) -> BaseMap:
    below = saved.get("raster")
    changed = {"raster": None if below is None else Path(below)}
    return BaseMap(**{**_tuples(BaseMap, saved), **changed})


def _regrid(saved: dict[str, Any]) -> RegridSettings:
    return RegridSettings(**_tuples(RegridSettings, saved))


def _source(saved: dict[str, Any]) -> Source:
    listed = saved.get("reviewed")
    changed = {
        "path": Path(saved["path"]),
        "as_of": _date(saved["as_of"]),
        "reviewed": None if listed is None else Path(listed),
    }
    return Source(**{**_tuples(Source, saved), **changed})


def _book(saved: dict[str, Any]) -> RuleBook:
    rules = tuple(
        Rule(**{**_tuples(Rule, one), "target_date": _date(one["target_date"])})
        for one in saved["rules"]
    )
    changed = {
        "published": _date(saved["published"]),
        "rules": rules,
        "references": tuple(
            Reference(**_tuples(Reference, one)) for one in saved["references"]
        ),
    }
    return RuleBook(**{**_tuples(RuleBook, saved), **changed})

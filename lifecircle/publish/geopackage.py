"""district.gpkg: every layer and table of a study in one GeoPackage."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyogrio
from geopandas import GeoDataFrame

from lifecircle.publish.frames import described, prepared
from lifecircle.publish.qgis import TOPOLOGY_LAYER, add_styles

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pandas import DataFrame

    from lifecircle.model import Assessment
    from lifecircle.text import Language

__all__ = [
    "DISTRICT_TABLES",
    "PLAN_FRAMES",
    "ROLL_UPS",
    "STUDY_TABLE",
    "TOPOLOGY_COLUMNS",
    "UNIT_FRAMES",
    "study_frames",
    "write_geopackage",
]

CLOCK = "2000-01-01T00:00:00.000Z"
"""GeoPackages hold a date of change: a fixed one gives the same bytes every time."""

DISTRICT_TABLES = (
    "communities",
    "circles",
    "compounds",
    "buildings",
    "facilities",
    "roads",
    "gates",
    "barriers",
    "grids",
    "projects",
    "land",
    "facility_classes",
    "rooms",
    "serves",
    "rejected",
    "registers",
)
ROLL_UPS = ("served", "dashboard", "reached", "missing_area")
"""Tables of a study that sum up the rest, by the names of its fields."""
PLAN_FRAMES = ("grids", "today", "changes", "communities", "buildings", "islands")
"""Frames of a grid plan; layers ``plan_grids``, …"""
UNIT_FRAMES = ("units", "members", "changes", "areas")
"""Frames of a plan of communities; layers ``community_plan_units``, …"""

TOPOLOGY_COLUMNS = {
    "kind": "fault",
    "table": "unit_table",
    "parent": "parent_table",
    "ids": "unit_ids",
}
"""Columns of ``evidence.TOPOLOGY`` by names that no database reserves."""

STUDY_TABLE = "lifecircle_study"
"""Key and JSON text: what no layer can hold."""


def study_frames(study: Assessment) -> dict[str, DataFrame]:
    """Every frame of a study by the name of its layer.

    Parameters
    ----------
    study : Assessment
        A finished study.

    Returns
    -------
    dict
        Layer name to frame, in the order in which they are written.

    Examples
    --------
    >>> list(study_frames(study))[:2]  # doctest: +SKIP
    ['communities', 'compounds']
    """
    return {
        **{name: getattr(study.district, name) for name in DISTRICT_TABLES},
        "rejected": pd.DataFrame(
            study.district.rejected.drop(columns="geometry", errors="ignore")
        ),
        **(
            {TOPOLOGY_LAYER: study.district.topology.rename(columns=TOPOLOGY_COLUMNS)}
            if len(study.district.topology)
            else {}
        ),
        "gap_areas": study.gaps.areas,
        "isochrones": study.isochrones,
        "routes": study.routes,
        "access": study.access,
        **{name: getattr(study, name) for name in ROLL_UPS},
        "findings": study.findings.rows,
        "shortfalls": study.gaps.shortfalls,
        "totals": study.findings.totals,
        "network_report": study.network_report,
        **(
            {"neighbours": study.district.neighbours}
            if len(study.district.neighbours)
            else {}
        ),
        **(
            {}
            if study.gate_readings is None
            else {"gate_readings": study.gate_readings}
        ),
        **{
            f"plan_{name}": getattr(study.grid_plan, name)
            for name in PLAN_FRAMES
            if study.grid_plan is not None
        },
        **{
            f"community_plan_{name}": getattr(study.community_plan, name)
            for name in UNIT_FRAMES
            if study.community_plan is not None
        },
    }


def write_geopackage(
    study: Assessment,
    path: str | Path,
    *,
    saved: dict[str, Any] | None = None,
    lang: Language = "zh",
) -> None:
    """Write every layer and table; the same study gives the same bytes.

    Parameters
    ----------
    study : Assessment
        A finished study, disclosed.
    path : str or Path
        File to write; it must not exist.
    saved : dict, optional
        What else ``read_study`` needs, as JSON (from ``results.saved_parts``).
    lang : {"zh", "en"}
        Language of the styles and of the names of fields in QGIS.

    Examples
    --------
    >>> write_geopackage(study, "out/district.gpkg")  # doctest: +SKIP
    """
    frames = study_frames(study)
    facts = {name: described(frame) for name, frame in frames.items()}
    with _fixed_clock():
        for name, frame in frames.items():
            _write_layer(prepared(frame, facts[name]), str(path), name, facts[name])
        parts = {**(saved or {}), "frames": facts}
        table = pd.DataFrame(
            {
                "key": sorted(parts),
                "value": [_json(parts[key]) for key in sorted(parts)],
            }
        )
        pyogrio.write_dataframe(table, str(path), layer=STUDY_TABLE, driver="GPKG")
    add_styles(study, path, lang=lang)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


def _write_layer(frame: DataFrame, path: str, name: str, facts: dict[str, Any]) -> None:
    options: dict[str, Any] = {"layer": name, "driver": "GPKG"}
    if isinstance(frame, GeoDataFrame):
        options["geometry_type"] = facts["geometry"]
        options["promote_to_multi"] = False
    pyogrio.write_dataframe(frame, path, **options)


@contextmanager
def _fixed_clock() -> Iterator[None]:
    """One date in every file; no waiting for the disk: outputs are swapped whole."""
    options = {"OGR_CURRENT_DATE": CLOCK, "OGR_SQLITE_SYNCHRONOUS": "OFF"}
    before = {name: pyogrio.get_gdal_config_option(name) for name in options}
    pyogrio.set_gdal_config_options(options)
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)

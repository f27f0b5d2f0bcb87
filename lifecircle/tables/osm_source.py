"""What a district file need not say of an OpenStreetMap source: it is always so."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

__all__ = ["COLUMNS", "SUFFIXES", "WGS84", "is_openstreetmap", "source_defaults"]

WGS84 = "EPSG:4326"
SUFFIXES = (".osm", ".pbf")
COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "roads": (
            *("road_id", "name", "road_class", "walkable"),
            *("bridge", "tunnel", "layer", "steps", "crossing"),
        ),
        "buildings": (
            *("building_id", "name", "address", "households"),
            *("floors", "floor_area_m2", "units"),
        ),
        "facilities": (
            *("facility_id", "name", "facility_class", "opened"),
            *("address", "source_note"),
        ),
        "barriers": ("barrier_id", "name", "barrier_kind"),
        "gates": ("gate_id", "name", "open"),
    }
)
"""Tables that an OpenStreetMap file gives, and their columns beside the geometry."""


def is_openstreetmap(path: Path) -> bool:
    """Whether a file is OpenStreetMap's by its suffix.

    Parameters
    ----------
    path : Path
        ``.osm``, ``.pbf`` and ``.osm.pbf`` are.

    Returns
    -------
    bool
        Nothing is read.

    Examples
    --------
    >>> from pathlib import Path
    >>> is_openstreetmap(Path("porto.osm.pbf")), is_openstreetmap(Path("porto.shp"))
    (True, False)
    """
    return path.suffix.lower() in SUFFIXES


def source_defaults(
    path: Path, table: str, *, known: Collection[str]
) -> dict[str, Any]:
    """Keys of a source that stand where the district file is silent.

    Parameters
    ----------
    path : Path
        Of the source.
    table : str
        Whose rows it gives.
    known : collection of str
        Columns that the table has.

    Returns
    -------
    dict
        ``crs`` (WGS 84) and ``columns`` (named as ours); empty for other files.

    Examples
    --------
    >>> from pathlib import Path
    >>> source_defaults(Path("town.osm"), "gates", known=("gate_id", "open"))
    {'crs': 'EPSG:4326', 'columns': {'gate_id': 'gate_id', 'open': 'open'}}
    >>> source_defaults(Path("town.shp"), "gates", known=("gate_id", "open"))
    {}
    """
    if not is_openstreetmap(path):
        return {}
    names = [name for name in COLUMNS.get(table, ()) if name in known]
    return {"crs": WGS84, "columns": dict(zip(names, names, strict=True))}

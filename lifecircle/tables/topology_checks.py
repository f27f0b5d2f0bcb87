"""Faults of topology told to the ledger: sized and located."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely

from lifecircle.evidence import TOPOLOGY
from lifecircle.tables.facts import schema_of
from lifecircle.tables.places import shapes_of
from lifecircle.tables.schemas import SCHEMAS
from lifecircle.tables.topology import (
    LEVELS,
    TILED,
    Faults,
    crossings,
    gaps,
    overlaps,
    parts,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecircle.tables.ledger import Ledger

__all__ = ["check_topology", "topology_frame", "warn_first"]

MOST_WARNINGS = 50
"""Warnings a kind and table; the rest is one warning, and all stand in the frame."""

_SENTENCES = {
    "overlap": "topology_overlap",
    "gap": "topology_gap",
    "multipart": "topology_multipart",
    "sliver": "topology_sliver",
    "across": "topology_across",
}


def check_topology(tables: Mapping[str, Any], *, crs: str, ledger: Ledger) -> None:
    """Find faults of communities, compounds and grids, and invalid shapes of all.

    Parameters
    ----------
    tables : Mapping
        Tables by name, metric CRS, with the hidden columns; invalid shapes made valid.
    crs : str
        The district's metric CRS.
    ledger : Ledger
        Takes every fault, and a warning for each of the first of a kind and table.
    """
    _tell_invalid(tables, crs=crs, ledger=ledger)
    above = shapes_of(tables["communities"])
    for table in LEVELS:
        shapes = shapes_of(tables[table])
        _tell("overlap", table, tables, overlaps(shapes), ledger=ledger)
        multi, thin = parts(shapes)
        if table == "communities":
            multi = _drawn(multi, tables[table])
        _tell("multipart", table, tables, multi, ledger=ledger)
        _tell("sliver", table, tables, thin, ledger=ledger)
        if table in TILED:
            _tell("gap", table, tables, gaps(shapes), ledger=ledger)
        if table != "communities":
            found = crossings(shapes, above)
            _tell("across", table, tables, found, ledger=ledger)


def _drawn(multi: Faults, communities: pd.DataFrame) -> Faults:
    """Faults of boundaries; catchments around places may well have several parts."""
    kind = communities["unit_kind"].to_numpy(dtype=object)
    kept = kind[multi.first] != "approximate_catchment"
    return Faults(
        multi.first[kept],
        multi.second[kept],
        multi.area_m2[kept],
        multi.geometry[kept],
    )


def _tell(
    kind: str,
    table: str,
    tables: Mapping[str, Any],
    found: Faults,
    *,
    ledger: Ledger,
) -> None:
    frame = tables[table]
    other = tables["communities"] if kind == "across" else frame
    names = frame[SCHEMAS[table].key].to_numpy(dtype=object)
    others = other[SCHEMAS["communities" if kind == "across" else table].key]
    second = others.to_numpy(dtype=object)
    whole = shapely.area(shapes_of(frame))
    middles = shapely.point_on_surface(found.geometry)
    x, y = shapely.get_x(middles), shapely.get_y(middles)
    for place, area in enumerate(found.area_m2.tolist()):
        one, two = int(found.first[place]), int(found.second[place])
        ids = [str(names[one])] if one >= 0 else []
        ids += [str(second[two])] if two >= 0 else []
        ledger.fault(
            kind,
            table,
            " · ".join(ids),
            area,
            found.geometry[place],
            parent="communities" if kind == "across" else "",
        )
        if place >= MOST_WARNINGS:
            continue
        shown = {"value": ids[0] if ids else "", "other": ids[-1] if ids else ""}
        shown |= {
            "area": f"{area:,.1f}",
            "percent": f"{100.0 * area / whole[one]:.0f}" if one >= 0 else "",
            "x": f"{x[place]:.1f}",
            "y": f"{y[place]:.1f}",
        }
        # An overlap is told of the later row, as duplicates are.
        row = two if kind == "overlap" else one
        if row < 0:
            ledger.report(_SENTENCES[kind], shown, severity="warning")
            continue
        ledger.flag(
            frame,
            [row],
            _SENTENCES[kind],
            [shown],
            column=SCHEMAS[table].key,
            severity="warning",
        )
    rest = len(found.area_m2) - MOST_WARNINGS
    if rest > 0:
        values = {"rows": rest, "kind": kind, "table": table}
        ledger.report("topology_more", values, severity="warning")


def _tell_invalid(tables: Mapping[str, Any], *, crs: str, ledger: Ledger) -> None:
    """Invalid polygons with their area as found and as made valid."""
    for number, row in sorted(ledger.invalid):
        table = ledger.origins[number].table
        frame = tables[table]
        here = (frame["_origin"] == number) & (frame["_row"] == row)
        after = shapes_of(frame[here])
        if not len(after) or after[0] is None:
            continue
        before = float(shapely.area(ledger.located(number, pd.Series([row]), crs)[0]))
        name = frame.loc[here, schema_of(table).key].iloc[0]
        area = float(shapely.area(after[0]))
        ledger.fault("invalid", table, str(name), area, after[0])
        if (number, row) not in ledger.left_out:
            shown = {
                "value": name,
                "before": f"{before:,.1f}",
                "after": f"{area:,.1f}",
                "change": f"{area - before:+,.1f}",
            }
            ledger.report(
                "topology_repaired", shown, origin=number, row=row, severity="warning"
            )


def warn_first(
    table: str,
    frame: pd.DataFrame,
    told: list[tuple[int, dict[str, str]]],
    key: str,
    *,
    column: str,
    ledger: Ledger,
) -> None:
    """Warn of the first of some rows, and say how many more there are.

    Parameters
    ----------
    table : str
        Name of the table.
    frame : DataFrame
        Its rows, with the hidden columns.
    told : list of tuple of int and dict
        Row by position, and what its sentence needs.
    key : str
        Sentence key without its area.
    column : str
        Our column name.
    ledger : Ledger
        Takes at most ``MOST_WARNINGS`` warnings, and one of the rest.
    """
    first = told[:MOST_WARNINGS]
    rows, shown = [row for row, _ in first], [values for _, values in first]
    ledger.flag(frame, rows, key, shown, column=column, severity="warning")
    if len(told) > MOST_WARNINGS:
        last = shown[-1]
        values = {
            "rows": len(told) - MOST_WARNINGS,
            "value": last.get("id", last.get("value", "")),
            "table": table,
        }
        ledger.report("more_alike", values, severity="warning")


def topology_frame(ledger: Ledger, crs: str) -> gpd.GeoDataFrame:
    """Every fault found.

    Parameters
    ----------
    ledger : Ledger
        Holds the faults.
    crs : str
        The district's metric CRS.

    Returns
    -------
    GeoDataFrame
        ``evidence.TOPOLOGY`` and geometry, in the order found.
    """
    columns = [*TOPOLOGY, "geometry"]
    frame = pd.DataFrame(ledger.faults, columns=columns)
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=crs)

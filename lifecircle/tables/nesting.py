"""Each child in exactly one parent: from the subdistrict down to the building."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from lifecircle.tables.outlines import check_outlines
from lifecircle.tables.places import (
    MOST_SHARE,
    containing,
    largest_overlap,
    shapes_of,
    shares_inside,
)
from lifecircle.tables.schemas import SCHEMAS
from lifecircle.tables.topology import GAP_M
from lifecircle.tables.topology_checks import warn_first

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from lifecircle.tables.ledger import Ledger

__all__ = ["check_nesting"]

NEAR_M = 1.0
"""A place this near its declared parent lies in it: walls are drawn roughly."""

_AREAL = (3, 6)
_SENTENCES = {
    "communities": "community_conflict",
    "compounds": "compound_conflict",
    "grids": "grid_conflict",
    "ground": "ground_conflict",
    "unknown": "subdistrict_unknown",
    "names": "subdistrict_names",
    "ids": "subdistrict_ids",
    "apart": "subdistrict_apart",
}


def check_nesting(
    tables: Mapping[str, Any], *, by_building: bool, ledger: Ledger
) -> None:
    """Warn of children that lie elsewhere than in the parent that they declare.

    Parameters
    ----------
    tables : Mapping
        Tables by name, metric CRS, with the hidden columns and with the parents of
        those that declare none filled in from where they lie.
    by_building : bool
        Whether there are buildings of their own (not compounds in their place).
    ledger : Ledger
        Takes every fault (``elsewhere``), and a warning with both readings, the
        distance and what counts for each of the first of a table and parent.

    Notes
    -----
    A building lies where its representative point lies; compounds and grids where
    most of their ground lies. What is declared counts in every case. The subdistricts
    are what the communities name, and a district file is one district; where it names
    outlines of them, the communities are compared with these.
    """
    compared = check_outlines(tables, ledger=ledger)
    _check_subdistricts(tables["communities"], ~compared, ledger=ledger)
    for table in ("compounds", "grids"):
        _check_parents(table, "communities", tables, ledger=ledger)
    if by_building:
        for parent in ("communities", "compounds", "grids"):
            _check_parents("buildings", parent, tables, ledger=ledger)


def _homes(
    frame: pd.DataFrame, above: pd.DataFrame, column: str
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.object_]]:
    """Rows whose declared parent is known, and the parents' shapes."""
    parents = above[~above[column].duplicated().to_numpy()]
    ids = pd.Index(parents[column].to_numpy(dtype=object), dtype=object)
    at = ids.get_indexer(pd.Index(frame[column].to_numpy(dtype=object), dtype=object))
    rows = np.flatnonzero(at >= 0)
    return rows, shapes_of(parents)[at[rows]]


def _check_parents(
    table: str, parent: str, tables: Mapping[str, Any], *, ledger: Ledger
) -> None:
    frame, above = tables[table], tables[parent]
    column = SCHEMAS[parent].key
    if table == "buildings":
        # Whoever lies in its declared parent lies nowhere else than it says.
        lies_in = containing(shapes_of(frame), above, column)
        frame = frame[lies_in != frame[column].to_numpy(dtype=object)]
    rows, homes = _homes(frame, above, column)
    shapes = shapes_of(frame)[rows]
    ground = np.isin(shapely.get_type_id(shapes), _AREAL) & (table != "buildings")
    areas = shapes.copy()
    areas[~ground] = None
    share = shares_inside(areas, homes)
    away_m = shapely.distance(shapely.point_on_surface(shapes), homes)
    off = np.flatnonzero(np.where(ground, share < MOST_SHARE, away_m > NEAR_M))
    found = containing(shapes[off], above, column)
    most = largest_overlap(shapes[off], above, column)
    found = np.where(ground[off], most, found)
    # A parent known as a point has no ground: only another's ground speaks.
    drawn = np.isin(shapely.get_type_id(homes[off]), _AREAL)
    said = frame[column].to_numpy(dtype=object)[rows[off]]
    clash = (found != said) & (drawn | ~pd.isna(found))
    off, found = off[clash], found[clash]
    names = frame[SCHEMAS[table].key].to_numpy(dtype=object)
    told: dict[str, list[tuple[int, dict[str, str]]]] = {}
    for place, other, home in zip(off.tolist(), found, said[clash], strict=True):
        name, at = names[rows[place]], shapes[place]
        if ground[place]:
            at = shapely.difference(at, homes[place])
        ids, area_m2 = f"{name} · {home}", float(shapely.area(at))
        ledger.fault("elsewhere", table, ids, area_m2, at, parent=parent)
        shown = {"id": name, "value": home, "found": other or "—"}
        shown |= {"m": f"{away_m[place]:.0f}", "percent": f"{100 * share[place]:.0f}"}
        kind = "ground" if ground[place] else parent
        told.setdefault(kind, []).append((int(rows[place]), shown))
    for kind, pairs in told.items():
        warn_first(table, frame, pairs, _SENTENCES[kind], column=column, ledger=ledger)


def _check_subdistricts(
    communities: pd.DataFrame, alone: npt.NDArray[np.bool_], *, ledger: Ledger
) -> None:
    """Communities of no subdistrict, of one under two names, or apart from theirs.

    Only those are looked at for being apart that have been compared with no outline.
    """
    ids, names = communities["subdistrict_id"], communities["subdistrict_name"]
    keys = communities["community_id"].to_numpy(dtype=object)
    lost = np.flatnonzero(ids.isna().to_numpy() & bool(ids.notna().any()))
    found = {"unknown": [(int(at), {"value": str(keys[at])}) for at in lost]}
    found["names"] = _differing(ids, names)
    found["ids"] = _differing(names, ids)
    found["apart"] = _apart(communities, alone, ledger=ledger)
    for kind, told in found.items():
        column = "subdistrict_name" if kind == "names" else "subdistrict_id"
        args = ("communities", communities, told, _SENTENCES[kind])
        warn_first(*args, column=column, ledger=ledger)


def _differing(
    one: pd.Series[Any], other: pd.Series[Any]
) -> list[tuple[int, dict[str, str]]]:
    """Rows where a value stands beside another one than where it first stood."""
    first: dict[str, str] = {}
    told = []
    for row, (value, beside) in enumerate(zip(one, other, strict=True)):
        if pd.isna(value) or pd.isna(beside):
            continue
        if first.setdefault(value, beside) != beside:
            shown = {"value": value, "other": beside, "first": first[value]}
            told.append((row, shown))
    return told


def _apart(
    communities: pd.DataFrame, alone: npt.NDArray[np.bool_], *, ledger: Ledger
) -> list[tuple[int, dict[str, str]]]:
    """Communities that border on other subdistricts and on none of their own."""
    shapes = shapes_of(communities)
    ids = communities["subdistrict_id"].to_numpy(dtype=object)
    names = communities["community_id"].to_numpy(dtype=object)
    drawn = communities["unit_kind"].to_numpy(dtype=object) == "community"
    shapes[~drawn | pd.isna(ids)] = None
    one, two = shapely.STRtree(shapes).query(
        shapes, predicate="dwithin", distance=GAP_M
    )
    one, two = one[one != two], two[one != two]
    own = {*one[ids[one] == ids[two]].tolist()}
    told = []
    for at in sorted(({*one.tolist()} - own) & {*np.flatnonzero(alone).tolist()}):
        fellows = (ids == ids[at]) & ~shapely.is_missing(shapes)
        fellows[at] = False
        if not fellows.any():
            continue
        away_m = float(shapely.distance(shapes[at], shapes[fellows]).min())
        beside = "、".join(sorted({str(key) for key in ids[two[one == at]]}))
        shown = {"id": names[at], "value": ids[at], "found": beside}
        told.append((at, shown | {"m": f"{away_m:.0f}"}))
        pair, area_m2 = f"{names[at]} · {ids[at]}", float(shapely.area(shapes[at]))
        ledger.fault(
            "elsewhere", "communities", pair, area_m2, shapes[at], parent="subdistrict"
        )
    return told

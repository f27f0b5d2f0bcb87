"""Facilities that two sources tell of: one row is kept, the evidence too."""

from __future__ import annotations

import logging
import re
import unicodedata
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from lifecircle.standards.catalogue import OTHER
from lifecircle.standards.names import name_stem
from lifecircle.tables.places import shapes_of

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

    from lifecircle.tables.ledger import Ledger

__all__ = ["merge_duplicates", "point_to_kept"]

logger = logging.getLogger(__name__)

_BRACKETED = re.compile(r"[(\[【〔]([^)\]】〕]*)[)\]】〕]")
_TAKEN_OVER = ("name", "opened", "functions", "address")
_AREA = ("floor_area_m2", "area_basis")


def merge_duplicates(
    facilities: GeoDataFrame, *, within_m: float, ledger: Ledger
) -> GeoDataFrame:
    """Merge rows of later sources into those of earlier ones that they repeat.

    Parameters
    ----------
    facilities : GeoDataFrame
        Table as read, metric CRS, with the hidden columns; sources in the order of
        the district file.
    within_m : float
        Two rows farther apart are two facilities, metres; 0 = nothing is merged.
    ledger : Ledger
        Takes the evidence of every merger, and one warning a source.

    Returns
    -------
    GeoDataFrame
        Every row; those kept have taken over what they lacked (name, year, area,
        functions, address). Rows merged away no longer stand in the ledger.

    Notes
    -----
    Two rows are one facility if they come from two sources, share a class, bear one
    name, or one stem (``standards.names.name_stem``) without two different branches
    in brackets, and stand within the limit. Nearest pairs first; a row takes at most
    one of each source, so that the two stops of one name on both sides of a street
    stay two.
    """
    rows = facilities.reset_index(drop=True)
    origins = rows["_origin"].to_numpy()
    if within_m <= 0.0 or len(np.unique(origins)) < 2:
        return rows
    pairs = _pairs(rows, within_m, ledger)
    kept_by: dict[int, int] = {}
    taken: set[tuple[int, int]] = set()
    # Source by source, so that a row is compared with those that are kept only.
    for first, second, distance_m, same in sorted(
        pairs, key=lambda pair: int(origins[pair[1]])
    ):
        source = int(origins[second])
        if first in kept_by or second in kept_by or (first, source) in taken:
            continue
        kept_by[second] = first
        taken.add((first, source))
        evidence = _evidence(rows, first, second, ledger)
        rows, filled = _fill(rows, first, second)
        evidence |= {"distance_m": round(distance_m, 1), "same": same}
        place = source, int(rows["_row"].iloc[second])
        ledger.merged[place] = {**evidence, "filled": "、".join(filled)}
    counts = pd.Series(origins[list(kept_by)]).value_counts().sort_index()
    for origin, count in counts.items():
        shown = {
            "rows": int(count),
            "all": int((origins == origin).sum()),
            "limit": f"{within_m:g}",
        }
        ledger.report(
            "facilities_merged", shown, origin=int(str(origin)), severity="warning"
        )
    logger.info("facilities: %d rows merged", len(kept_by))
    return rows


def point_to_kept(frame: pd.DataFrame, ledger: Ledger) -> pd.DataFrame:
    """Rows about a facility merged away, pointed to the one that is kept.

    Parameters
    ----------
    frame : DataFrame
        ``facility_id``: rooms, or whom facilities serve.
    ledger : Ledger
        Holds the mergers.

    Returns
    -------
    DataFrame
        The frame with the ids of kept facilities.
    """
    if not ledger.merged:
        return frame
    new = {one["facility_id"]: one["kept_id"] for one in ledger.merged.values()}
    ids = frame["facility_id"]
    return frame.assign(facility_id=ids.map(new).where(ids.isin(list(new)), ids))


def _pairs(
    rows: GeoDataFrame, within_m: float, ledger: Ledger
) -> list[tuple[int, int, float, str]]:
    """Rows of two sources that are one facility, nearest first."""
    shapes = shapes_of(rows)
    shapes[~ledger.standing(rows)] = None
    left, right = shapely.STRtree(shapes).query(
        shapes, predicate="dwithin", distance=within_m
    )
    origins = rows["_origin"].to_numpy()
    across = origins[left] < origins[right]
    left, right = left[across], right[across]
    names = [_plain(name) for name in rows["name"]]
    classes = [
        frozenset(str(codes).split(";")) - {OTHER} for codes in rows["facility_class"]
    ]
    found = []
    away_m = shapely.distance(shapes[left], shapes[right])
    for one, other, distance_m in zip(
        left.tolist(), right.tolist(), away_m, strict=True
    ):
        shared = sorted(classes[one] & classes[other])
        if not shared or not names[one] or not names[other]:
            continue
        if names[one] == names[other]:
            found.append((one, other, float(distance_m), "name"))
        elif _one_branch(names[one], names[other]) and any(
            name_stem(names[one], code) == name_stem(names[other], code) != ""
            for code in shared
        ):
            found.append((one, other, float(distance_m), "stem"))
    return sorted(found, key=lambda pair: (round(pair[2], 3), pair[3], *pair[:2]))


def _plain(name: object) -> str:
    return (
        re.sub(r"[\s·•.,、\-—_'\"“”]+", "", name).casefold()
        if isinstance(name, str)
        else ""
    )


def _one_branch(one: str, other: str) -> bool:
    """Whether what stands in brackets may be one branch: 西大街支行, 西安西大街支行."""
    first, second = (
        "".join(_BRACKETED.findall(unicodedata.normalize("NFKC", name)))
        for name in (one, other)
    )
    return first in second or second in first


def _fill(rows: GeoDataFrame, kept: int, second: int) -> tuple[GeoDataFrame, list[str]]:
    """The kept row with what it lacks and the other has; an area brings its basis."""
    filled = []
    for name in _TAKEN_OVER:
        if pd.isna(rows[name].iloc[kept]) and pd.notna(rows[name].iloc[second]):
            rows.loc[kept, name] = rows[name].iloc[second]
            filled.append(name)
    area = rows["floor_area_m2"]
    if pd.isna(area.iloc[kept]) and pd.notna(area.iloc[second]):
        for name in _AREA:
            rows.loc[kept, name] = rows[name].iloc[second]
        filled.append("floor_area_m2")
    return rows, filled


def _evidence(
    rows: GeoDataFrame, kept: int, second: int, ledger: Ledger
) -> dict[str, Any]:
    merged, stays = rows.iloc[second], rows.iloc[kept]
    return {
        "file": ledger.origins[int(merged["_origin"])].file,
        "row": int(merged["_row"]),
        "facility_id": merged["facility_id"],
        "name": merged["name"],
        "kept_file": ledger.origins[int(stays["_origin"])].file,
        "kept_row": int(stays["_row"]),
        "kept_id": stays["facility_id"],
        "kept_name": stays["name"],
        "facility_class": stays["facility_class"],
    }

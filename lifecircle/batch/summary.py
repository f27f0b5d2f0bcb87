"""What a city needs to know of a finished district, small enough to keep for good."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import shapely

from lifecircle.publish.disclosure import disclosed
from lifecircle.publish.layers import in_degrees
from lifecircle.publish.outlines import outline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geopandas import GeoDataFrame
    from pandas import DataFrame

    from lifecircle.model import Assessment

__all__ = ["FINDING_COLUMNS", "summary_of"]

FINDING_COLUMNS = (
    "rule_id",
    "book_id",
    "level",
    "unit_id",
    "unit_name",
    "facility_class",
    "measured",
    "threshold_min",
    "threshold_max",
    "unit_of_measure",
    "verdict",
    "shortfall",
    "reason",
)
"""Of every finding about a community, subdistrict or the district."""

LEVELS = ("community", "subdistrict", "district", "city")
OUTLINE_M = 20.0
"""The outline is drawn on a map of the city: details below this do not show."""


def summary_of(study: Assessment) -> dict[str, Any]:
    """Draw a finished district together, as JSON can hold it.

    Parameters
    ----------
    study : Assessment
        A finished study; only what its disclosure level lets out is told.

    Returns
    -------
    dict
        ``district`` (names, date, stamps), ``totals`` (counts), ``rows`` (read, used,
        rejected, merged), ``reached``, ``missing_area`` (rows of the district level),
        ``findings`` (columns as lists, ``FINDING_COLUMNS``), ``rules`` (their titles),
        ``outline`` (WKT, WGS 84). Numbers that are not known are None.

    Examples
    --------
    >>> made = summary_of(study)  # doctest: +SKIP
    >>> made["totals"]["communities"]  # doctest: +SKIP
    15
    """
    study = disclosed(study)
    district = study.district
    config = district.config
    rows = study.findings.rows
    at_levels, judged = rows[rows["level"].isin(LEVELS)], set(rows["rule_id"])
    return {
        "district": {
            "id": config.district_id,
            "name": config.name,
            "name_en": config.name_en,
            "as_of": config.as_of.isoformat(),
            "synthetic": config.synthetic,
            "disclosure": config.disclosure,
            "map_approval": config.map_approval,
        },
        "totals": _totals(study),
        "rows": _sums(district.row_counts, "rows_"),
        "verdicts": {
            str(verdict): int(count)
            for verdict, count in sorted(rows["verdict"].value_counts().items())
        },
        "reached": _records(_of_district(study.reached)),
        "missing_area": _records(_of_district(study.missing_area)),
        "findings": _columns(at_levels[list(FINDING_COLUMNS)]),
        "rules": {
            rule.rule_id: {"zh": rule.title_zh, "en": rule.title_en}
            for book in study.findings.books
            for rule in book.rules
            if rule.rule_id in judged
        },
        "outline": _outline(district.communities, district.crs),
    }


def _totals(study: Assessment) -> dict[str, float]:
    district = study.district
    buildings = district.buildings
    guessed = buildings["households_method"] != "declared"
    known = {
        "communities": len(district.communities),
        "grids": len(district.grids),
        "compounds": len(district.compounds),
        "buildings": len(buildings),
        "facilities": int((district.facilities["role"] == "inside").sum()),
        "households": buildings["households"].sum(),
        "households_estimated": buildings.loc[guessed, "households"].sum(),
        "persons": buildings["persons"].sum(min_count=1),
        "elderly": buildings["elderly"].sum(min_count=1),
        "gap_areas": len(study.gaps.areas),
        "warnings": len(district.problems),
    }
    if study.grid_plan is not None:
        known["grids_proposed"] = len(study.grid_plan.grids)
    return {name: _plain(value) for name, value in known.items()}


def _of_district(frame: DataFrame) -> DataFrame:
    return frame[frame["level"] == "district"]


def _sums(counts: DataFrame, prefix: str) -> dict[str, int]:
    return {
        str(name): int(counts[name].sum())
        for name in counts.columns
        if str(name).startswith(prefix)
    }


def _plain(value: Any) -> Any:
    """A cell as JSON can hold it: unknown is None, no number is infinite."""
    if value is None or isinstance(value, str):
        return value
    number = float(value)
    if not math.isfinite(number):
        return None
    return int(number) if number.is_integer() else round(number, 6)


def _columns(frame: DataFrame) -> dict[str, list[Any]]:
    return {
        str(name): [_plain(value) for value in frame[name].tolist()] for name in frame
    }


def _records(frame: DataFrame) -> list[dict[str, Any]]:
    columns: Mapping[str, list[Any]] = _columns(frame)
    names = list(columns)
    return [
        dict(zip(names, row, strict=True))
        for row in zip(*columns.values(), strict=True)
    ]


def _outline(communities: GeoDataFrame, crs: str) -> str:
    shape = shapely.simplify(outline(communities), OUTLINE_M)
    return str(shapely.to_wkt(in_degrees(shape, crs), rounding_precision=6))

"""What a city needs to know of a finished district, small enough to keep for good."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import shapely

from lifecircle.publish.disclosure import disclosed
from lifecircle.publish.layers import in_degrees
from lifecircle.publish.outlines import outline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from geopandas import GeoDataFrame
    from pandas import DataFrame

    from lifecircle.model import Assessment, Rule

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
        ``findings`` (columns as lists, ``FINDING_COLUMNS``), ``requirements`` (of the
        communities, as their dashboard counts them), ``rules`` (title, book, force,
        level, ``edition``: a hash of all that judges; ``counts``: verdicts at its own
        level), ``outline`` (WKT, WGS 84). Numbers that are not known are None.

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
    at_levels = rows[rows["level"].isin(LEVELS)]
    judged = set(zip(rows["book_id"], rows["rule_id"], strict=True))
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
        "requirements": _requirements(study.dashboard),
        "rules": {
            rule.rule_id: _rule(rule, rows, config.shares.get(rule.rule_id))
            for book in study.findings.books
            for rule in book.rules
            if (book.book_id, rule.rule_id) in judged
        },
        "outline": _outline(district.communities, district.crs),
    }


def _requirements(board: DataFrame) -> dict[str, int]:
    names = ("must_met", "must_assessed", "should_met", "should_assessed")
    return {name: int(board[name].sum()) for name in names}


def _rule(rule: Rule, rows: DataFrame, share: float | None) -> dict[str, Any]:
    """Equal editions judge alike: the rule's own text, and a share the district set."""
    told = {**asdict(rule), "share_of_district": share}
    text = json.dumps(told, ensure_ascii=False, sort_keys=True, default=str)
    mine = rows[(rows["rule_id"] == rule.rule_id) & (rows["book_id"] == rule.book_id)]
    own = mine[mine["level"] == rule.level]
    counts = (mine if own.empty else own)["verdict"].value_counts().sort_index()
    return {
        "zh": rule.title_zh,
        "en": rule.title_en,
        "book_id": rule.book_id,
        "force": rule.force,
        "level": rule.level,
        "draft": rule.draft,
        "edition": hashlib.sha256(text.encode("utf-8")).hexdigest(),
        "counts": {str(verdict): int(count) for verdict, count in counts.items()},
    }


def _totals(study: Assessment) -> dict[str, float]:
    district = study.district
    buildings = district.buildings
    guessed = buildings["households_method"] != "declared"
    known = {
        "communities": len(district.communities),
        "grids": len(district.grids),
        # In a part of a city, neighbours' compounds are kept for their walls.
        "compounds": int(district.compounds["community_id"].notna().sum())
        if district.config.part
        else len(district.compounds),
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

"""Sheets that sum up: the communities' dashboard, reach and missing area by level."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any

import pandas as pd

from lifecircle.publish.cells import Figure, Sheet, figures, label, titled_sheet
from lifecircle.publish.headline import rules_by_id
from lifecircle.publish.wording import level_names, unit_names
from lifecircle.text import say

if TYPE_CHECKING:
    from pandas import DataFrame

    from lifecircle.model import Assessment
    from lifecircle.publish.cells import Speech

__all__ = ["dashboard_sheet", "missing_sheet", "reached_sheet"]

_SEEN = ("city", "district", "subdistrict")
"""Levels whose rows are seen and printed at first; communities are folded."""

_BELOW = ("compound", "grid", "building")
"""Levels that the workbook sums up in a line; their rows are in the GeoPackage."""

_COUNTS = ("amount", "served", "unserved", "not_assessed")


def dashboard_sheet(study: Assessment, told: Speech) -> Sheet:
    """Requirements met by community and rule family, what is not assessed beside it.

    Parameters
    ----------
    study : Assessment
        A finished study, disclosed.
    told : Speech
        Language and words.

    Returns
    -------
    Sheet
        One row per community and family; families that miss a must are marked.
    """
    rows = study.dashboard
    communities = study.district.communities
    names = unit_names(communities)
    streets = dict(
        zip(communities["subdistrict_id"], communities["subdistrict_name"], strict=True)
    )
    columns: dict[str, list[Any]] = {
        label("unit_name", told): [names.get(one, one) for one in rows["unit_id"]],
        label("subdistrict_name", told): [
            streets.get(one) for one in rows["subdistrict_id"]
        ],
        label("family", told): [
            say(f"publish.family.{one}", told.lang) for one in rows["family"]
        ],
    }
    for force in ("must", "should"):
        for count in ("met", "assessed"):
            name = f"{force}_{count}"
            columns[label(name, told)] = list(figures(rows[name], "0"))
        share = list(figures(rows[f"{force}_share"], "percent"))
        columns[label(f"{force}_share", told)] = share
    for name in ("not_assessed", "benchmarks", "references", "drafts"):
        columns[label(name, told)] = list(figures(rows[name], "0"))
    failing = (rows["must_met"] < rows["must_assessed"]).tolist()
    marked = (2, 3, 5)
    return titled_sheet(
        "dashboard", columns, told, frozen=3, failing=failing, marked=marked
    )


def reached_sheet(study: Assessment, told: Speech) -> Sheet:
    """Who is within reach by rule, from the city down to the communities.

    Parameters
    ----------
    study : Assessment
        A finished study, disclosed.
    told : Speech
        Language and words.

    Returns
    -------
    Sheet
        Communities are folded under their subdistrict; compounds, grids and
        buildings are one line each, which tells of the same households.
    """
    names = level_names(study)
    parents = _subdistricts(study)
    rows: list[list[Any]] = []
    folded: list[bool] = []
    keys = ["rule_id", "facility_class", "weight"]
    for key, part in study.reached.groupby(keys, sort=False):
        rule, code, weight = (str(one) for one in key)
        about = [*_about(study, rule, code, told), told.codes["weight"](weight)]
        shown = part[~part["level"].isin(_BELOW)]
        for row in _rows(_as_tree(shown, parents)):
            level = told.codes["level"](row.level)
            unit = names.get((row.level, row.unit_id), row.unit_id)
            if not row.unit_id:
                unit = say("publish.outside", told.lang, {"level": level})
            rows.append([*about, level, unit, *_counts(row)])
            folded.append(row.level not in _SEEN)
        for level in _BELOW if weight == "households" else ():
            rows.append([*about, *_line(part[part["level"] == level], level, told)])
            folded.append(False)
    heads = [*_heads(told), say("publish.col.people", told.lang)]
    heads += [label(name, told) for name in ("level", "unit_name")]
    heads += [say("publish.col.total", told.lang)]
    heads += [label(name, told) for name in (*_COUNTS[1:], "served_share")]
    heads.append(say("publish.col.estimated", told.lang))
    title = say("publish.sheet.reached", told.lang)
    return Sheet(title, heads, rows, frozen=6, folded=folded)


def missing_sheet(study: Assessment, told: Speech) -> Sheet:
    """Square metres that every area rule lacks, from the city down to communities.

    Parameters
    ----------
    study : Assessment
        A finished study, disclosed.
    told : Speech
        Language and words.

    Returns
    -------
    Sheet
        Rules that lack most first; ≥ where a part is not assessed.
    """
    table = study.missing_area
    names = level_names(study)
    rows: list[list[Any]] = [
        [
            *_about(study, row.rule_id, row.facility_class, told),
            told.codes["level"](row.level),
            names.get((row.level, row.unit_id), row.unit_name),
            _least(row.missing_m2, row.not_assessed),
            *figures([row.rank, row.short, row.met, row.not_assessed], "0"),
        ]
        for row in _rows(table)
    ]
    names_of = ("level", "unit_name", "missing_m2", "rank", "short", "met")
    heads = [*_heads(told)]
    heads += [label(name, told) for name in (*names_of, "not_assessed")]
    return Sheet(
        title=say("publish.sheet.missing", told.lang),
        heads=heads,
        rows=rows,
        failing=(table["missing_m2"] > 0).tolist(),
        marked=(6,),
        frozen=4,
        folded=(~table["level"].isin(_SEEN)).tolist(),
    )


def _rows(table: DataFrame) -> list[Any]:
    return list(table.itertuples(index=False))


def _heads(told: Speech) -> list[str]:
    return [
        say("publish.col.rule", told.lang),
        say("publish.col.id", told.lang),
        label("facility_class", told),
        say("publish.col.standing", told.lang),
    ]


def _about(study: Assessment, rule_id: str, code: str, told: Speech) -> list[Any]:
    """Title, id, classes, and whether the rule binds and is verified."""
    rule = rules_by_id(study.findings)[rule_id]
    adopted = {
        PurePath(name).stem if name.endswith(".toml") else name
        for name in study.district.config.adopted_books
    }
    marks = [
        say("publish.reference_book", told.lang)
        if rule.book_id not in adopted
        else say("verdicts.benchmark", told.lang)
        if rule.force == "benchmark"
        else None,
        say("publish.unverified", told.lang) if rule.draft else None,
    ]
    return [
        rule.title_zh if told.lang == "zh" else rule.title_en,
        rule_id,
        # Several classes pooled are what the rule's title says.
        told.codes["facility_class"](code) if code and "+" not in code else None,
        told.text["list_comma"].join(mark for mark in marks if mark) or None,
    ]


def _subdistricts(study: Assessment) -> dict[str, str]:
    communities = study.district.communities
    pairs = zip(communities["community_id"], communities["subdistrict_id"], strict=True)
    return {str(key): str(parent) for key, parent in pairs}


def _as_tree(part: DataFrame, parents: dict[str, str]) -> DataFrame:
    """City, district, then every subdistrict with its communities after it."""
    depth = part["level"].map({"city": 0, "district": 1}).fillna(2).astype(int)
    branch = part["unit_id"].map(parents).fillna(part["unit_id"])
    branch = branch.where(depth == 2, "")
    leaf = (part["level"] == "community").astype(int)
    keys = part.assign(_depth=depth, _branch=branch.astype(str), _leaf=leaf)
    return keys.sort_values(["_depth", "_branch", "_leaf", "unit_id"], kind="stable")


def _counts(row: Any) -> list[Any]:
    """Whole people; ≈ where a part is estimated. NaN was kept back."""
    guessed = bool(row.estimated_amount > 0)
    counts = [getattr(row, name) for name in _COUNTS]
    parts = figures(counts, "0", [bool(guessed and count > 0) for count in counts])
    share = figures([row.served_share], "percent", [guessed])
    return [*parts, *share, *figures([row.estimated_amount], "0")]


def _line(part: DataFrame, level: str, told: Speech) -> list[Any]:
    """All units of a low level in one line: the same people once more."""
    number = int((part["unit_id"] != "").sum())
    known = say(f"publish.units.{level}", told.lang, {"n": f"{number:,}"})
    sums = part[[*_COUNTS, "estimated_amount"]].sum(skipna=False)
    sums["served_share"] = float("nan")
    return [told.codes["level"](level), known, *_counts(sums)]


def _least(value: float, not_assessed: int) -> Figure | None:
    """Square metres; ≥ where a part is not assessed."""
    if pd.isna(value):
        return None
    return Figure(float(value), "least0" if not_assessed else "0")

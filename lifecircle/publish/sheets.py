"""The workbook's tables: frames with labels, words for codes, figures as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from lifecircle.publish.cells import (
    WHOLE,
    Figure,
    Sheet,
    figures,
    label,
    speech,
    texts_of,
    titled_sheet,
)
from lifecircle.publish.figures import reason, signed_shortfall
from lifecircle.publish.findings_sheet import findings_sheet
from lifecircle.publish.gap_names import community_ids_of, gap_names, gap_numbers
from lifecircle.publish.plan_sheets import plan_sheets
from lifecircle.publish.readings_sheet import readings_sheet
from lifecircle.publish.records import provenance, source_rows
from lifecircle.publish.rollup_sheets import (
    dashboard_sheet,
    missing_sheet,
    reached_sheet,
)
from lifecircle.publish.served_sheet import served_sheet
from lifecircle.publish.unit_sheets import unit_sheets
from lifecircle.publish.wording import named_units, unit_names
from lifecircle.text import problem_lines, say

if TYPE_CHECKING:
    from pandas import DataFrame

    from lifecircle.model import Assessment, RuleBook
    from lifecircle.publish.cells import Speech
    from lifecircle.text import Language

__all__ = ["data_sheets"]


def data_sheets(study: Assessment, lang: Language) -> list[Sheet]:
    """All sheets after the cover.

    Parameters
    ----------
    study : Assessment
        A finished study, disclosed.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    list of Sheet
        Findings, dashboard, gap areas, amounts to provide, missing area by level,
        people by minutes, reach by level, unknown gates, plans of grids and of
        communities, household totals, sources and their rows, problems of the data,
        rules, notes.

    Examples
    --------
    >>> [sheet.title for sheet in data_sheets(study, "zh")][0]  # doctest: +SKIP
    '指标结果'
    """
    told = speech(study, lang)
    return [
        findings_sheet(study, told),
        dashboard_sheet(study, told),
        _gaps(study, told),
        _shortfalls(study, told),
        missing_sheet(study, told),
        served_sheet(study, told),
        reached_sheet(study, told),
        *readings_sheet(study, told),
        *plan_sheets(study, told),
        *unit_sheets(study, told),
        _totals(study, told),
        _sources(study, told),
        _problems(study, lang),
        _rules(study.findings.books, told),
        _notes(study, lang),
    ]


def _gaps(study: Assessment, told: Speech) -> Sheet:
    """Gap areas under the numbers and names that the map shows."""
    areas = study.gaps.areas.drop(columns="geometry")
    names = unit_names(study.district.communities)
    comma = told.text["list_comma"]
    guessed = _guessed(study)
    columns: dict[str, list[Any]] = {
        label("rule_id", told): texts_of(areas, "rule_id", told),
        say("publish.col.gap_number", told.lang): [
            Figure(float(number), "0") for number in gap_numbers(study)
        ],
        say("publish.col.gap_name", told.lang): list(gap_names(study, told.lang)),
    }
    for name in ("facility_class", "walker"):
        columns[label(name, told)] = texts_of(areas, name, told)
    columns[label("limit_min", told)] = list(figures(areas["limit_min"], "0"))
    for name in ("households", "persons", "elderly"):
        columns[label(name, told)] = list(figures(areas[name], "0", guessed[name]))
    columns[label("buildings", told)] = list(figures(areas["buildings"], "0"))
    share = list(figures(areas["estimated_share"], "percent"))
    columns[label("estimated_share", told)] = share
    columns[label("community_ids", told)] = [
        comma.join(names.get(one, one) for one in community_ids_of(cell))
        for cell in areas["community_ids"]
    ]
    return titled_sheet("gaps", columns, told)


def _guessed(study: Assessment) -> dict[str, list[bool]]:
    """Gap areas with a building whose count is estimated, by count."""
    buildings = study.district.buildings.set_index("building_id")
    flags = {
        name: set(
            buildings.index[
                buildings[f"{name}_method"].notna()
                & (buildings[f"{name}_method"] != "declared")
            ]
        )
        for name in ("households", "persons", "elderly")
    }
    homes = [community_ids_of(cell) for cell in study.gaps.areas["building_ids"]]
    return {
        name: [any(one in found for one in ids) for ids in homes]
        for name, found in flags.items()
    }


def _shortfalls(study: Assessment, told: Speech) -> Sheet:
    """What is missing or too much, with its sign, in its unit."""
    rows = study.gaps.shortfalls
    found = study.findings.rows
    signs = found.assign(signed=signed_shortfall(found))
    keys = ["rule_id", "level", "unit_id"]
    above = {
        (str(rule), str(level), str(unit))
        for rule, level, unit in signs.loc[signs["signed"] > 0, keys].to_numpy()
    }
    shown = rows.assign(unit_name=named_units(rows, study.district))
    amounts: list[Any] = [_amount(row, above) for row in rows.itertuples(index=False)]
    columns: dict[str, list[Any]] = {
        label(name, told): texts_of(shown, name, told)
        for name in ("rule_id", "unit_name", "level")
    }
    columns[label("shortfall", told)] = amounts
    name = "unit_of_measure"
    columns[label(name, told)] = texts_of(shown, name, told)
    share = list(figures(rows["shortfall_share"], "percent"))
    columns[label("shortfall_share", told)] = share
    return titled_sheet("shortfalls", columns, told)


def _amount(row: Any, above: set[tuple[str, str, str]]) -> Figure | None:
    if pd.isna(row.shortfall):
        return None
    sign = 1.0 if (row.rule_id, row.level, row.unit_id) in above else -1.0
    if row.unit_of_measure == "share":
        form = "signpercent"
    else:
        form = "sign0" if row.unit_of_measure in WHOLE else "sign1"
    return Figure(sign * abs(float(row.shortfall)), form)


def _totals(study: Assessment, told: Speech) -> Sheet:
    frame: DataFrame = study.findings.totals
    columns: dict[str, list[Any]] = {}
    forms = {"declared": "0", "buildings": "0", "difference": "sign0"}
    forms["estimated_share"] = "percent"
    for name in map(str, frame.columns):
        head = label("households_of_buildings" if name == "buildings" else name, told)
        columns[head] = (
            list(figures(frame[name], forms[name]))
            if name in forms
            else texts_of(frame, name, told)
        )
    return titled_sheet("totals", columns, told)


def _sources(study: Assessment, told: Speech) -> Sheet:
    """Where every table comes from, and what became of its rows."""
    found = source_rows(study.district)
    columns: dict[str, list[Any]] = {
        label("table", told): [
            told.text[f"table.{source.table}"] for source, _ in found
        ],
        label("file", told): [source.path.name for source, _ in found],
        label("file_layer", told): [
            source.layer or source.sheet for source, _ in found
        ],
    }
    for name in ("read", "used", "rejected", "merged", "elsewhere", "estimated"):
        columns[label(f"rows_{name}", told)] = [
            Figure(float(rows[name]), "0") if name in rows else None
            for _, rows in found
        ]
    columns[told.text["in.crs"]] = [source.crs for source, _ in found]
    columns[told.text["in.date"]] = [
        None if source.as_of is None else source.as_of.isoformat()
        for source, _ in found
    ]
    return titled_sheet("sources", columns, told)


def _problems(study: Assessment, lang: Language) -> Sheet:
    """Warnings that were worked with, then the rows that were left out."""
    heads = [say(f"publish.warn.{name}", lang) for name in ("where", "what", "fix")]
    rows: list[list[Any]] = []
    for problem in study.district.problems:
        try:
            rows.append(list(problem_lines(problem, lang)))
        except KeyError:
            rows.append([problem.file, problem.key, None])
    for row in study.district.rejected.itertuples(index=False):
        place = [str(part) for part in (row.file, row.layer, row.row) if part]
        rows.append([" · ".join(place), reason(str(row.reason), lang), str(row.cells)])
    title = say("publish.sheet.problems", lang)
    return Sheet(title, heads, rows)


def _rules(books: tuple[RuleBook, ...], told: Speech) -> Sheet:
    """Every rule with its clause; those from memory are named unverified."""
    keys = ["id", "rule", "draft", "book", "clause", "quote", "exact", "authority"]
    keys += ["grade", "target", "source", "note"]
    zh, codes = told.lang == "zh", told.codes
    rows: list[list[Any]] = []
    for book in books:
        where = book.title_zh if zh else book.title_en
        for rule in book.rules:
            exact = "quote_exact" if rule.quote_exact else "quote_unchecked"
            cells: list[Any] = [rule.rule_id, rule.title_zh if zh else rule.title_en]
            cells += [told.text["unverified"] if rule.draft else None, where]
            cells += [rule.clause, rule.quote, told.text[exact]]
            cells += [codes["authority"](rule.authority)]
            cells += [codes["grade"](rule.grade) if rule.grade else None]
            cells += [rule.target_date.isoformat() if rule.target_date else None]
            rows.append([*cells, book.source, rule.note_zh if zh else rule.note_en])
    heads = [say(f"publish.col.{key}", told.lang) for key in keys]
    title = say("publish.sheet.rules", told.lang)
    return Sheet(title, heads, rows, frozen=2)


def _notes(study: Assessment, lang: Language) -> Sheet:
    """How the figures were made."""
    about = provenance(study)
    config = study.district.config
    rows: list[list[Any]] = [
        [say("publish.about", lang), say("publish.method", lang)],
        [None, say("publish.as_of", lang, {"date": config.as_of.isoformat()})],
    ]
    if config.synthetic:
        rows.append([None, say("publish.synthetic", lang)])
    for walker in config.walkers.values():
        who = say(f"publish.walker.{walker.name}", lang)
        rows.append(
            [
                say("publish.set_speed", lang, {"who": who}),
                f"{walker.speed_m_per_s} m/s · {walker.source}",
            ]
        )
    for name, value in about["settings"].items():
        if name != "shares" and value is not None:
            rows.append([say(f"publish.set.{name}", lang), str(value)])
    for rule_id, share in about["settings"]["shares"].items():
        rows.append([say("publish.set_share", lang, {"id": rule_id}), f"{share:.1%}"])
    for file, _, sha256 in about["inputs"]:
        rows.append([say("publish.in.file", lang), f"{file} · SHA-256 {sha256}…"])
    for name, number in about["versions"].items():
        rows.append([name, str(number)])
    heads = [say("publish.note_item", lang), say("publish.note_text", lang)]
    return Sheet(say("publish.sheet.notes", lang), heads, rows)

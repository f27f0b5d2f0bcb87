"""Sheets of the city's workbook: districts side by side, rules, changes, failures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from lifecircle.publish.cells import Figure, Sheet, figures

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pandas import DataFrame

    from lifecircle.publish.city_words import CityWords

__all__ = ["changes_sheet", "city_sheets", "failures_sheet", "rows_sheet"]

_COUNTED = (
    *("persons", "elderly", "grids", "compounds", "buildings"),
    *("facilities", "gap_areas", "must_met", "must_assessed"),
)
_RULES = ("rules_short", "rules_met", "rules_unknown", "better", "worse")
_ROWS = (
    *("rows_read", "rows_used", "rows_rejected", "rows_merged", "rows_elsewhere"),
    "warnings",
)


def city_sheets(told: CityWords) -> list[Sheet]:
    """All sheets after the cover.

    Parameters
    ----------
    told : CityWords
        The city and its language.

    Returns
    -------
    list of Sheet
        Districts, rules, reach and missing area compared, changes, what was not
        done, data quality, notes.
    """
    return [
        _districts(told),
        _rules(told),
        _reach(told),
        _missing(told),
        changes_sheet(told),
        failures_sheet(told),
        rows_sheet(told),
        _notes(told),
    ]


def _sheet(
    key: str, columns: Mapping[str, Sequence[Any]], told: CityWords, **looks: Any
) -> Sheet:
    rows = [list(row) for row in zip(*columns.values(), strict=True)]
    heads = [told.say(f"col_{name}") for name in columns]
    return Sheet(told.say(f"sheet_{key}"), heads, rows, **looks)


def _districts(told: CityWords) -> Sheet:
    rows = told.study.districts
    sums = told.sums
    guessed = (rows["households_estimated"] > 0).tolist()
    columns: dict[str, list[Any]] = {
        "name": [*told.names.values()],
        "id": [told.study.city_id, *rows["district_id"]],
        "state": [None, *(told.say(f"state_{one}") for one in rows["state"])],
        "as_of": [None, *rows["as_of"]],
        "households": [sums["households"], *figures(rows["households"], "0", guessed)],
        "estimated_share": [
            sums["estimated_share"],
            *figures(rows["estimated_share"], "percent"),
        ],
    }
    columns["communities"] = [sums["communities"], *figures(rows["communities"], "0")]
    share = figures(rows["met_share"], "percent")
    columns["met_share"] = [sums["met_share"], *share]
    for name in _RULES:
        columns[name] = [None, *figures(rows[name], "0")]
    printed = len(columns)
    for name in _COUNTED:
        columns[name] = [sums[name], *figures(rows[name], "0")]
    return _sheet("districts", columns, told, frozen=1, printed=printed)


def _about(rows: DataFrame, told: CityWords) -> dict[str, list[Any]]:
    """Rule, its id and the district of every row."""
    keys = zip(rows["rule_id"], rows["edition"], strict=True)
    return {
        "rule": [told.rules[key] for key in keys],
        "rule_id": rows["rule_id"].tolist(),
        "name": [told.names[one] for one in rows["district_id"]],
    }


def _rules(told: CityWords) -> Sheet:
    rows = told.study.rules
    rows = rows[rows[["passes", "fails", "unknown"]].sum(axis=1) > 0]
    columns = _about(rows, told)
    columns["force"] = [told.say(f"force_{one}") for one in rows["force"]]
    columns["level"] = [told.codes["level"](one) for one in rows["level"]]
    for name in ("passes", "fails", "unknown"):
        columns[name] = list(figures(rows[name], "0"))
    columns["pass_share"] = list(figures(rows["pass_share"], "percent"))
    return _sheet(
        "rules",
        columns,
        told,
        frozen=3,
        failing=(rows["fails"] > 0).tolist(),
        marked=(6,),
    )


def _reach(told: CityWords) -> Sheet:
    rows = told.study.reach
    columns = _about(rows, told)
    columns["class"] = [told.class_name(one) for one in rows["facility_class"]]
    columns["weight"] = [told.codes["weight"](one) for one in rows["weight"]]
    for name, head in _PEOPLE.items():
        columns[head] = _least(rows[name], rows["at_least"])
    columns["unserved_share"] = list(figures(rows["unserved_share"], "percent"))
    return _sheet("reach", columns, told, frozen=3)


_PEOPLE = {
    "amount": "amount",
    "served": "served",
    "unserved": "unserved",
    "not_assessed": "unknown",
}


def _least(values: Any, at_least: Any, form: str = "0") -> list[Figure | None]:
    return [
        None
        if pd.isna(value)
        else Figure(float(value), f"{'least' * bool(more)}{form}")
        for value, more in zip(values, at_least, strict=True)
    ]


def _missing(told: CityWords) -> Sheet:
    rows = told.study.missing
    columns = _about(rows, told)
    columns["class"] = [told.class_name(one) for one in rows["facility_class"]]
    columns["missing_m2"] = _least(rows["missing_m2"], rows["at_least"])
    per = rows["missing_m2_per_100_households"]
    columns["missing_per"] = _least(per, rows["at_least"], "1")
    for name, head in (("short", "short"), ("met", "met"), ("not_assessed", "unknown")):
        columns[head] = list(figures(rows[name], "0"))
    failing = (rows["missing_m2"] > 0).tolist()
    return _sheet("missing", columns, told, frozen=3, failing=failing, marked=(4, 5))


def changes_sheet(told: CityWords) -> Sheet:
    """What is not as it was, unit by unit, worst first within a district.

    Parameters
    ----------
    told : CityWords
        The city and its language.

    Returns
    -------
    Sheet
        Rows that got worse are marked.
    """
    rows = told.study.changes
    of_share = (rows["unit_of_measure"] == "share").tolist()
    forms = ["percent" if one else "1" for one in of_share]
    verdicts = {"": "", **{one: told.text[one] for one in _VERDICTS}}
    columns: dict[str, list[Any]] = {
        "name": [told.names[one] for one in rows["district_id"]],
        "level": [told.codes["level"](one) if one else "" for one in rows["level"]],
        "unit": rows["unit_name"].tolist(),
        "change": [told.say(f"change_{one}") for one in rows["change"]],
        "rule": rows[f"title_{told.lang}"].tolist(),
        "rule_id": rows["rule_id"].tolist(),
        "class": [told.class_name(one) for one in rows["facility_class"]],
        "before": [verdicts[one] for one in rows["verdict_before"]],
        "now": [verdicts[one] for one in rows["verdict_now"]],
    }
    for name in ("measured_before", "measured_now"):
        columns[name] = [
            None if pd.isna(value) else Figure(float(value), form)
            for value, form in zip(rows[name], forms, strict=True)
        ]
    unit = told.codes["unit_of_measure"]
    columns["measure"] = [
        "" if shared or not one else unit(one)
        for one, shared in zip(rows["unit_of_measure"], of_share, strict=True)
    ]
    columns["why"] = [told.why(one) for one in rows["why"]]
    failing = rows["change"].isin(["worse", "farther"]).tolist()
    return _sheet("changes", columns, told, frozen=3, failing=failing, marked=(3,))


_VERDICTS = ("pass", "fail", "not_assessed", "benchmark", "reference")


def failures_sheet(told: CityWords) -> Sheet:
    """Districts that were not done, and why.

    Parameters
    ----------
    told : CityWords
        The city and its language.

    Returns
    -------
    Sheet
        Without rows if all are done.
    """
    rows = told.study.districts
    rows = rows[rows["state"] != "done"]
    reasons = [told.failure(row) for row in rows.to_dict("records")]
    columns: dict[str, list[Any]] = {
        "name": [told.names[one] for one in rows["district_id"]],
        "state": [told.say(f"state_{one}") for one in rows["state"]],
    }
    for place, name in enumerate(("reason", "where", "what", "fix")):
        columns[name] = [row[place] for row in reasons]
    return _sheet("failures", columns, told, frozen=1)


def rows_sheet(told: CityWords) -> Sheet:
    """What became of every district's rows, and how much is estimated.

    Parameters
    ----------
    told : CityWords
        The city and its language.

    Returns
    -------
    Sheet
        The city's sums come first.
    """
    rows, sums = told.study.districts, told.sums
    columns: dict[str, list[Any]] = {"name": [*told.names.values()]}
    for name in _ROWS:
        columns[name] = [sums[name], *figures(rows[name], "0")]
    columns["estimated_share"] = [
        sums["estimated_share"],
        *figures(rows["estimated_share"], "percent"),
    ]
    columns["version"] = [None, *rows["version"]]
    return _sheet("rows", columns, told, frozen=1)


_NOTES = ("sums", "compare", "city", "state")


def _notes(told: CityWords) -> Sheet:
    lines = [told.say(f"note_{key}") for key in _NOTES]
    lines.append(told.text["method"])
    rows: list[list[Any]] = [[line] for line in [*told.stamps(), *lines]]
    return Sheet(told.say("sheet_notes"), [told.say("head_notes")], rows)

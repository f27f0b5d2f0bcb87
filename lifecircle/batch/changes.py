"""What changed in a district between two records, and what it may come from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from lifecircle.batch.keys import Ingredients
from lifecircle.batch.plan import changed_parts
from lifecircle.city_study import CITY_CHANGES

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["changes_between", "why_changed"]

_JUDGED = ("pass", "fail")
_ORDER = (
    *("worse", "farther", "better", "nearer", "no_longer_assessed"),
    *("newly_assessed", "gone", "appeared", "rule_changed", "rule_gone", "rule_new"),
)
_LEVELS = ("city", "district", "subdistrict", "community")
_CLOSE = 1e-6

Key = tuple[str, str, str, str, int]


def why_changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> tuple[str, ...]:
    """Name what differs in what two results are made of.

    Parameters
    ----------
    before, now : Mapping
        Records of one district.

    Returns
    -------
    tuple of str
        Files by name, rule books as ``book:ID``, ``settings``, ``version``.

    Examples
    --------
    >>> from dataclasses import asdict
    >>> before = asdict(Ingredients({"a.shp": "1"}, {"b": "1"}))
    >>> now = asdict(Ingredients({"a.shp": "2"}, {"b": "2"}))
    >>> why_changed({"made_of": before}, {"made_of": now})
    ('a.shp', 'book:b')
    """
    old, new = before["made_of"], now["made_of"]
    books = {*old["books"], *new["books"]}
    parts = changed_parts(old, Ingredients(**new))
    return tuple(f"book:{part}" if part in books else part for part in parts)


def changes_between(
    before: Mapping[str, Any], now: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Compare two records of a district, unit by unit and rule by rule.

    Parameters
    ----------
    before, now : Mapping
        Records of one district, as ``Journal`` keeps them.

    Returns
    -------
    list of dict
        Rows of ``CITY_CHANGES``, worst first. A result that is as it was has none.
        Where a rule reads otherwise than before, a unit's verdict is no merit of
        the unit: the row says so.

    Examples
    --------
    >>> changes_between(record, record)  # doctest: +SKIP
    []
    """
    why = why_changed(before, now)
    rules_before, rules_now = before["summary"]["rules"], now["summary"]["rules"]
    found_before, found_now = _findings(before), _findings(now)
    units_before, units_now = _units(found_before), _units(found_now)
    rows: list[dict[str, Any]] = []
    rows += _whole_units(units_before, units_now, "gone")
    rows += _whole_units(units_now, units_before, "appeared")
    touched = set()
    for key in sorted({*found_before, *found_now}):
        rule_id, level, unit_id, *_ = key
        if (level, unit_id) not in units_before or (level, unit_id) not in units_now:
            continue
        if rule_id not in rules_before or rule_id not in rules_now:
            continue
        old, new = found_before.get(key, {}), found_now.get(key, {})
        change = _change(old, new)
        if _edition(rules_before[rule_id]) != _edition(rules_now[rule_id]):
            if old.get("verdict") == new.get("verdict"):
                continue
            change = "rule_changed"
            touched.add(rule_id)
        if change:
            rows.append(_row(change, old, new))
    rows += _whole_rules(rules_before, rules_now, touched)
    titles = {**rules_before, **rules_now}
    for row in rows:
        title = titles.get(row["rule_id"], {"zh": "", "en": ""})
        row |= {"district_id": now["district_id"], "why": why}
        row |= {"title_zh": title["zh"], "title_en": title["en"]}
    return [{name: row[name] for name in CITY_CHANGES} for row in _sorted(rows)]


def _sorted(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    def place(row: dict[str, Any]) -> tuple[int, int, str, str, str]:
        level = _LEVELS.index(row["level"]) if row["level"] else -1
        at = (row["unit_id"], row["rule_id"], row["facility_class"])
        return (_ORDER.index(row["change"]), -level, *at)

    return sorted(rows, key=place)


def _findings(record: Mapping[str, Any]) -> dict[Key, dict[str, Any]]:
    """Rows of a record by rule, unit and class; equal keys are counted up."""
    columns = record["summary"]["findings"]
    found: dict[Key, dict[str, Any]] = {}
    for cells in zip(*columns.values(), strict=True):
        row = dict(zip(columns, cells, strict=True))
        names = ("rule_id", "level", "unit_id", "facility_class")
        rule_id, level, unit_id, code = (str(row[name] or "") for name in names)
        number = 0
        while (rule_id, level, unit_id, code, number) in found:
            number += 1
        found[rule_id, level, unit_id, code, number] = row
    return found


def _units(found: Mapping[Key, Mapping[str, Any]]) -> dict[tuple[str, str], str]:
    return {
        (level, unit_id): str(row["unit_name"] or unit_id)
        for (_, level, unit_id, *_), row in found.items()
    }


def _whole_units(
    here: Mapping[tuple[str, str], str], there: Mapping[tuple[str, str], str], how: str
) -> Iterator[dict[str, Any]]:
    for (level, unit_id), name in here.items():
        if (level, unit_id) not in there:
            named = {"level": level, "unit_id": unit_id, "unit_name": name}
            yield _row(how, named, named)


def _whole_rules(
    before: Mapping[str, Any], now: Mapping[str, Any], touched: set[str]
) -> Iterator[dict[str, Any]]:
    """Rules that came, went, or read otherwise and turned no verdict."""
    for rule_id in sorted({*before, *now} - touched):
        if rule_id not in before:
            yield _row("rule_new", {}, {"rule_id": rule_id})
        elif rule_id not in now:
            yield _row("rule_gone", {"rule_id": rule_id}, {})
        elif _edition(before[rule_id]) != _edition(now[rule_id]):
            yield _row("rule_changed", {"rule_id": rule_id}, {"rule_id": rule_id})


def _edition(rule: Mapping[str, Any]) -> str:
    return str(rule["edition"])


def _change(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """How a result moved; "" = it did not, or is no verdict."""
    before, now = old.get("verdict"), new.get("verdict")
    if before in _JUDGED and now in _JUDGED:
        if before != now:
            return "better" if now == "pass" else "worse"
        return _step(old, new) if now == "fail" else ""
    if now in _JUDGED:
        return "newly_assessed"
    return "no_longer_assessed" if before in _JUDGED else ""


def _step(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    before, now = old.get("shortfall"), new.get("shortfall")
    if before is None or now is None:
        return ""
    least, most = sorted((abs(float(before)), abs(float(now))))
    if math.isclose(least, most, rel_tol=_CLOSE, abs_tol=_CLOSE):
        return ""
    return "nearer" if abs(float(now)) == least else "farther"


def _row(change: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    known = {**old, **new}
    named = ("level", "unit_id", "unit_name", "rule_id", "facility_class")
    return {
        **{name: known.get(name) or "" for name in named},
        "change": change,
        "verdict_before": old.get("verdict") or "",
        "verdict_now": new.get("verdict") or "",
        "measured_before": _number(old.get("measured")),
        "measured_now": _number(new.get("measured")),
        "unit_of_measure": known.get("unit_of_measure") or "",
    }


def _number(value: Any) -> float:
    return math.nan if value is None else float(value)

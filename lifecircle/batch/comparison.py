"""Districts side by side: verdicts, reach and missing area by rule and its text.

Only districts that apply the same text of a rule compare; each text is an edition of
the rule, and has a sum over its districts.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lifecircle.batch.city import CityDistrict

__all__ = [
    "Stands",
    "compared_missing",
    "compared_reach",
    "compared_rules",
    "editions_of",
    "number",
    "share_of",
]

WHOLE = ""
"""``district_id`` of rows of the whole city."""

_PER_HOUSEHOLDS = 100.0
_PEOPLE = ("amount", "served", "unserved", "not_assessed")
_AREAS = ("missing_m2", "short", "met", "not_assessed")
_OF_RULE = ("book_id", "force", "level", "draft")


@dataclass(frozen=True, slots=True)
class Stands:
    """A district that has results.

    Attributes
    ----------
    district : CityDistrict
    state : str
        As of ``CityStudy.districts``.
    record : Mapping
        Of the results that stand.
    before : Mapping or None
        Record that it may be compared with.
    """

    district: CityDistrict
    state: str
    record: Mapping[str, Any]
    before: Mapping[str, Any] | None

    @property
    def summary(self) -> Mapping[str, Any]:
        """As of ``summary_of``."""
        found: Mapping[str, Any] = self.record["summary"]
        return found

    @property
    def district_id(self) -> str:
        """Of the city file."""
        return self.district.district_id


def number(value: Any) -> float:
    """A number of a record; None is NaN.

    Examples
    --------
    >>> number(None), number(3)
    (nan, 3.0)
    """
    return math.nan if value is None else float(value)


def share_of(part: float, whole: float) -> float:
    """Part of a whole in [0, 1]; NaN of nothing.

    Examples
    --------
    >>> share_of(3, 4), share_of(0, 0)
    (0.75, nan)
    """
    return part / whole if whole else math.nan


def editions_of(standing: Sequence[Stands]) -> dict[str, list[str]]:
    """Texts of every rule, that of most districts first.

    Parameters
    ----------
    standing : sequence of Stands
        Districts that have results.

    Returns
    -------
    dict
        Rule id to hashes of its texts.

    Examples
    --------
    >>> editions_of([])
    {}
    """
    found: dict[str, Counter[str]] = {}
    for one in standing:
        for rule_id, rule in one.summary["rules"].items():
            found.setdefault(rule_id, Counter())[rule["edition"]] += 1
    return {
        rule_id: sorted(counts, key=lambda text: (-counts[text], text))
        for rule_id, counts in sorted(found.items())
    }


def _by_edition(
    standing: Sequence[Stands], editions: Mapping[str, Sequence[str]]
) -> Iterator[tuple[str, int, list[Stands]]]:
    """Every rule, every text of it, and the districts that apply it."""
    for rule_id, texts in editions.items():
        for edition, text in enumerate(texts, start=1):
            yield (
                rule_id,
                edition,
                [
                    one
                    for one in standing
                    if one.summary["rules"].get(rule_id, {}).get("edition") == text
                ],
            )


def compared_rules(
    standing: Sequence[Stands], editions: Mapping[str, Sequence[str]]
) -> list[dict[str, Any]]:
    """Verdicts of every rule.

    Parameters
    ----------
    standing : sequence of Stands
        Districts that have results.
    editions : Mapping[str, sequence of str]
        From ``editions_of``.

    Returns
    -------
    list of dict
        Rows of ``CITY_RULES``, the city's before its districts'.
    """
    rows = []
    for rule_id, edition, group in _by_edition(standing, editions):
        whole: Counter[str] = Counter()
        for one in group:
            whole.update(one.summary["rules"][rule_id]["counts"])
        counted = [(one.district_id, one) for one in group]
        # A rule about a city, judged by every district for itself, has no sum.
        if group[0].summary["rules"][rule_id]["level"] != "city":
            counted.insert(0, (WHOLE, group[0]))
        for district_id, one in counted:
            rule = one.summary["rules"][rule_id]
            counts = rule["counts"] if district_id else whole
            passes, fails = counts.get("pass", 0), counts.get("fail", 0)
            rows.append(
                {
                    "rule_id": rule_id,
                    "edition": edition,
                    "editions": len(editions[rule_id]),
                    "district_id": district_id,
                    "title_zh": rule["zh"],
                    "title_en": rule["en"],
                    **{name: rule[name] for name in _OF_RULE},
                    "passes": passes,
                    "fails": fails,
                    "unknown": counts.get("not_assessed", 0),
                    "pass_share": share_of(passes, passes + fails),
                }
            )
    return rows


def compared_reach(
    standing: Sequence[Stands], editions: Mapping[str, Sequence[str]]
) -> list[dict[str, Any]]:
    """Who is within reach.

    Parameters
    ----------
    standing : sequence of Stands
        Districts that have results.
    editions : Mapping[str, sequence of str]
        From ``editions_of``.

    Returns
    -------
    list of dict
        Rows of ``CITY_REACH``, the city's before its districts'.
    """
    rows = []
    for about, group in _parts(standing, editions, "reached", ("weight",)):
        parts = []
        for one, found in group:
            part = {name: number(found[name]) for name in _PEOPLE}
            # Where the list of facilities is not complete, who is not reached is open.
            whole = 0 if part["not_assessed"] else part["amount"]
            part["unserved_share"] = share_of(part["unserved"], whole)
            parts.append({**about, "district_id": one.district_id, **part})
        city = _summed(parts, _PEOPLE)
        open_ = city["at_least"] or city["not_assessed"]
        city["unserved_share"] = share_of(
            city["unserved"], 0 if open_ else city["amount"]
        )
        rows += [{**about, "district_id": WHOLE, **city}]
        rows += [{**part, "at_least": False} for part in parts]
    return rows


def compared_missing(
    standing: Sequence[Stands], editions: Mapping[str, Sequence[str]]
) -> list[dict[str, Any]]:
    """Square metres that area rules lack.

    Parameters
    ----------
    standing : sequence of Stands
        Districts that have results.
    editions : Mapping[str, sequence of str]
        From ``editions_of``.

    Returns
    -------
    list of dict
        Rows of ``CITY_MISSING``, the city's before its districts'.
    """
    rows = []
    for about, group in _parts(standing, editions, "missing_area", ()):
        parts = []
        for one, found in group:
            part = {name: number(found[name]) for name in _AREAS}
            part["at_least"] = bool(part["not_assessed"])
            part["households"] = number(one.summary["totals"]["households"])
            parts.append({**about, "district_id": one.district_id, **part})
        city = _summed(parts, (*_AREAS, "households"))
        city["at_least"] |= any(part["at_least"] for part in parts)
        for part in ({**about, "district_id": WHOLE, **city}, *parts):
            each = part["missing_m2"] * _PER_HOUSEHOLDS
            per = share_of(each, part["households"])
            rows.append({**part, "missing_m2_per_100_households": per})
    return rows


def _parts(
    standing: Sequence[Stands],
    editions: Mapping[str, Sequence[str]],
    table: str,
    more: tuple[str, ...],
) -> Iterator[tuple[dict[str, Any], list[tuple[Stands, Mapping[str, Any]]]]]:
    """Rows of a table by rule, edition and class, district by district."""
    for rule_id, edition, group in _by_edition(standing, editions):
        found: dict[tuple[str, ...], list[tuple[Stands, Mapping[str, Any]]]] = {}
        for one in group:
            for row in one.summary[table]:
                if row["rule_id"] == rule_id:
                    names = ("facility_class", *more)
                    key = tuple(str(row[name] or "") for name in names)
                    found.setdefault(key, []).append((one, row))
        for key, rows in found.items():
            named = dict(zip(("facility_class", *more), key, strict=True))
            yield {"rule_id": rule_id, "edition": edition, **named}, rows


def _summed(parts: Sequence[Mapping[str, Any]], names: Sequence[str]) -> dict[str, Any]:
    """Sums of what is known; ``at_least`` if something is not."""
    made: dict[str, Any] = {}
    for name in names:
        known = [part[name] for part in parts if not math.isnan(part[name])]
        made[name] = sum(known) if known else math.nan
    made["at_least"] = any(math.isnan(part[name]) for part in parts for name in names)
    return made

"""The city from its districts' records: sums, comparisons, what changed.

Pure given the records: the same records give the same city. Districts share no unit,
so that sums count nobody twice.
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import shapely

from lifecircle.batch.changes import changes_between
from lifecircle.batch.comparison import (
    Stands,
    compared_missing,
    compared_reach,
    compared_rules,
    editions_of,
    number,
    share_of,
)
from lifecircle.city_study import (
    CITY_CHANGES,
    CITY_DISTRICTS,
    CITY_MISSING,
    CITY_REACH,
    CITY_RULES,
)
from lifecircle.model import CityStudy

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from lifecircle.batch.city import City, CityDistrict
    from lifecircle.batch.journal import Journal
    from lifecircle.batch.work import Failure

__all__ = ["roll_up"]

STRICTNESS = ("public", "review", "internal")
_COUNTS = (
    *("households", "households_estimated", "persons", "elderly"),
    *("communities", "grids", "compounds", "buildings", "facilities"),
    *("gap_areas", "warnings"),
)
_ROWS = ("rows_read", "rows_used", "rows_rejected", "rows_merged", "rows_elsewhere")
_REQUIREMENTS = ("must_met", "must_assessed")


def roll_up(
    city: City,
    journal: Journal,
    *,
    current: Collection[str],
    failed: Mapping[str, Failure],
    since: Journal | None = None,
) -> CityStudy:
    """Draw a city together from the records of its districts.

    Parameters
    ----------
    city : City
        All of its districts, whether asked for or not.
    journal : Journal
        Of the output folder.
    current : collection of str
        Folders of the districts whose results are of today's inputs.
    failed : Mapping[str, Failure]
        Folder to why, of the districts that failed in this run.
    since : Journal, optional
        Changes are told against the results of this output folder; without one,
        against those that each district's results replaced.

    Returns
    -------
    CityStudy
        Results that are not current are told with their state and compared with
        nothing. Where the city may leave the house, a failure names no value of the
        district's data.

    Examples
    --------
    >>> study = roll_up(city, journal, current={"d1"}, failed={})  # doctest: +SKIP
    """
    standing = [
        Stands(one, _state(one, current, failed), record, _before(one, journal, since))
        for one in city.districts
        if (record := journal.record(one.folder)) is not None
    ]
    told = [one.summary["district"] for one in standing]
    levels = {str(one["disclosure"]) for one in told}
    disclosure = max(levels, key=STRICTNESS.index, default="internal")
    approvals = [str(one["map_approval"]) for one in told]
    changes = [row for one in standing for row in _changes(one)]
    days = sorted({str(one["as_of"]) for one in told})
    districts = _districts(city, standing, failed, changes, disclosure)
    editions = editions_of(standing)
    return CityStudy(
        city_id=city.city_id,
        name=city.name,
        name_en=city.name_en,
        as_of=(days[0], days[-1]) if days else (),
        disclosure=disclosure,
        synthetic=any(bool(one["synthetic"]) for one in told),
        map_approvals=tuple(dict.fromkeys(approvals)) if all(approvals) else (),
        compared=_compared(standing, since),
        districts=districts,
        totals=_totals(standing),
        rules=_frame(compared_rules(standing, editions), CITY_RULES),
        reach=_frame(compared_reach(standing, editions), CITY_REACH),
        missing=_frame(compared_missing(standing, editions), CITY_MISSING),
        changes=_frame(changes, CITY_CHANGES),
    )


def _before(
    one: CityDistrict, journal: Journal, since: Journal | None
) -> Mapping[str, Any] | None:
    return journal.before(one.folder) if since is None else since.record(one.folder)


def _state(
    one: CityDistrict, current: Collection[str], failed: Mapping[str, Failure]
) -> str:
    if one.folder in current:
        return "done"
    return "stale" if one.folder in failed else "kept"


def _changes(one: Stands) -> list[dict[str, Any]]:
    """Only today's results are compared: older ones changed in an earlier run."""
    if one.before is None or one.state != "done":
        return []
    rows = changes_between(one.before, one.record)
    return [{**row, "district_id": one.district_id} for row in rows]


def _compared(standing: Sequence[Stands], since: Journal | None) -> str:
    if not any(one.before is not None and one.state == "done" for one in standing):
        return ""
    return "last" if since is None else "other"


def _frame(rows: list[dict[str, Any]], columns: Sequence[str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=list(columns))


def _districts(
    city: City,
    standing: Sequence[Stands],
    failed: Mapping[str, Failure],
    changes: Sequence[Mapping[str, Any]],
    disclosure: str,
) -> gpd.GeoDataFrame:
    known = {one.district.folder: one for one in standing}
    moved = Counter(
        (row["district_id"], row["change"])
        for row in changes
        if row["level"] == "community"
    )
    rows = []
    for one in city.districts:
        failure = failed.get(one.folder)
        row: dict[str, Any] = dict.fromkeys(CITY_DISTRICTS, math.nan)
        row |= {"district_id": one.district_id, "folder": one.folder, "name": one.name}
        row |= {
            "name_en": "",
            "as_of": "",
            "version": "",
            "geometry": None,
            "compared": False,
        }
        row["state"] = "not_run" if failure is None else "failed"
        row |= _told(failure, disclosure)
        if one.folder in known:
            row |= _headline(known[one.folder])
            for count, parts in _MOVES.items() if row["compared"] else ():
                row[count] = sum(moved[one.district_id, part] for part in parts)
        rows.append(row)
    frame = _frame(rows, CITY_DISTRICTS)
    return gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4326")


_MOVES = {"better": ("better", "nearer"), "worse": ("worse", "farther")}


def _told(failure: Failure | None, disclosure: str) -> dict[str, str]:
    """Why a district failed; faults in its data may quote them."""
    names = ("reason", "where", "what", "fix")
    if failure is None:
        return dict.fromkeys(names, "")
    row = {name: str(getattr(failure, name)) for name in names}
    if failure.reason == "data" and disclosure != "internal":
        row |= {"where": "", "what": ""}
    return row


def _headline(one: Stands) -> dict[str, Any]:
    """Figures of a district, as its record has them."""
    summary = one.summary
    totals = {name: number(summary["totals"].get(name)) for name in _COUNTS}
    wanted = summary["requirements"]
    met, assessed = wanted["must_met"], wanted["must_assessed"]
    must = [rule["counts"] for rule in summary["rules"].values() if _is_must(rule)]
    short = sum(counts.get("fail", 0) > 0 for counts in must)
    whole = sum(_meets(counts) for counts in must)
    about = summary["district"]
    return {
        **totals,
        **{name: number(summary["rows"].get(name)) for name in _ROWS},
        "state": one.state,
        "compared": one.before is not None and one.state == "done",
        "name_en": str(about["name_en"] or ""),
        "as_of": str(about["as_of"]),
        "estimated_share": share_of(
            totals["households_estimated"], totals["households"]
        ),
        "must_met": met,
        "must_assessed": assessed,
        "met_share": share_of(met, assessed),
        "rules_met": whole,
        "rules_short": short,
        "rules_unknown": len(must) - whole - short,
        "seconds": number(one.record.get("seconds")),
        "version": str(one.record["made_of"]["version"]),
        "geometry": shapely.from_wkt(summary["outline"]),
    }


def _is_must(rule: Mapping[str, Any]) -> bool:
    return bool(rule["force"] == "must")


def _meets(counts: Mapping[str, int]) -> bool:
    return counts.get("pass", 0) > 0 and not counts.get("fail", 0)


def _totals(standing: Sequence[Stands]) -> pd.DataFrame:
    """Sums over the districts; where not all know an item, the least that it is."""
    parts = {"totals": _COUNTS, "rows": _ROWS, "requirements": _REQUIREMENTS}
    rows: list[dict[str, Any]] = []
    for part, names in parts.items():
        for name in names:
            values = [one.summary[part].get(name) for one in standing]
            known = [value for value in values if value is not None]
            rows.append(
                {
                    "item": name,
                    "value": float(sum(known)) if known else math.nan,
                    "districts": len(known),
                    "at_least": 0 < len(known) < len(values),
                }
            )
    sums = {str(row["item"]): row for row in rows}
    rows += [_ratio(name, *parts, sums) for name, parts in _SHARES.items()]
    return pd.DataFrame(rows)


_SHARES = {
    "estimated_share": ("households_estimated", "households"),
    "met_share": ("must_met", "must_assessed"),
}


def _ratio(
    item: str, part: str, whole: str, sums: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    value = share_of(sums[part]["value"], sums[whole]["value"])
    known = sums[part]["districts"]
    return {"item": item, "value": value, "districts": known, "at_least": False}

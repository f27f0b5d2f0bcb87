"""A city drawn together from its districts' finished results.

Part of ``lifecircle.model``; import them from there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from geopandas import GeoDataFrame
    from pandas import DataFrame

__all__ = [
    "CITY_CHANGES",
    "CITY_DISTRICTS",
    "CITY_MISSING",
    "CITY_REACH",
    "CITY_RULES",
    "CityStudy",
]

CITY_DISTRICTS = (
    *("district_id", "folder", "name", "name_en", "state", "compared", "as_of"),
    *("households", "households_estimated", "estimated_share", "persons", "elderly"),
    *("communities", "grids", "compounds", "buildings", "facilities", "gap_areas"),
    *("must_met", "must_assessed", "met_share"),
    *("rules_met", "rules_short", "rules_unknown"),
    *("rows_read", "rows_used", "rows_rejected", "rows_merged", "rows_elsewhere"),
    *("warnings", "better", "worse", "seconds", "version"),
    *("reason", "where", "what", "fix", "geometry"),
)
"""``must_met``, ``must_assessed``: requirements of communities, as their dashboard
counts them. ``rules_met``: must rules of which no unit falls short; ``rules_unknown``:
of which none is judged. ``better``, ``worse``: communities' results, rule by rule.
``reason`` to ``fix``: of a failure of this run."""

CITY_RULES = (
    *("rule_id", "edition", "editions", "district_id", "book_id"),
    *("title_zh", "title_en", "force", "level", "draft"),
    *("passes", "fails", "unknown", "pass_share"),
)
"""Units of the rule's own level. ``edition``: 1 = the text of the rule that most
districts apply; only equal editions compare. ``editions``: how many there are."""

CITY_REACH = (
    *("rule_id", "edition", "facility_class", "weight", "district_id"),
    *("amount", "served", "unserved", "not_assessed", "unserved_share", "at_least"),
)
"""As ``columns.REACHED``; ``at_least``: a district's part is kept back."""

CITY_MISSING = (
    *("rule_id", "edition", "facility_class", "district_id", "missing_m2"),
    *("short", "met", "not_assessed", "missing_m2_per_100_households", "at_least"),
)
"""As ``columns.MISSING_AREA``; ``at_least``: a part is not assessed."""

CITY_CHANGES = (
    *("district_id", "level", "unit_id", "unit_name", "rule_id", "facility_class"),
    *("title_zh", "title_en", "change", "verdict_before", "verdict_now"),
    *("measured_before", "measured_now", "unit_of_measure", "why"),
)
"""``change``: better, worse (the verdict turned); nearer, farther (it falls short by
less, by more); newly_assessed, no_longer_assessed; appeared, gone (a unit with all its
results); rule_changed, rule_new, rule_gone (no merit of the unit). ``why``: tuple of
what the district's results are made of that changed; books and settings are named
``book:…``, ``settings``, ``version``."""


@dataclass(frozen=True, slots=True, eq=False)
class CityStudy:
    """What a city's roll-up knows; all that its outputs may show.

    Rows of ``district_id`` "" are the whole city. Unknown is NaN, never 0.

    Attributes
    ----------
    city_id, name, name_en : str
    as_of : tuple of str
        First and last day of the districts' data; empty without any result.
    disclosure : {"internal", "review", "public"}
        The strictest of the districts; internal without any result.
    synthetic : bool
        Some district's data are made up.
    map_approvals : tuple of str
        Numbers of the districts; empty if any district has none.
    compared : {"", "last", "other"}
        What the changes are since: nothing, the results replaced, another folder.
    districts : GeoDataFrame
        One row per district, in the city's order; outline in WGS 84, None = unknown.
        ``CITY_DISTRICTS``. ``state``: done; stale (failed in this run, the
        results of an earlier one stand); kept (not asked for, or not come to);
        failed, not_run (no results).
    totals : DataFrame
        Sums over the districts that have results: ``item``, ``value``, ``districts``
        (how many know it), ``at_least`` (bool: not all of those with results do).
    rules : DataFrame
        Verdicts by rule, edition and district: ``CITY_RULES``.
    reach : DataFrame
        Who is within reach: ``CITY_REACH``.
    missing : DataFrame
        Square metres that area rules lack: ``CITY_MISSING``.
    changes : DataFrame
        What is not as it was: ``CITY_CHANGES``.
    """

    city_id: str
    name: str
    name_en: str
    as_of: tuple[str, ...]
    disclosure: str
    synthetic: bool
    map_approvals: tuple[str, ...]
    compared: str
    districts: GeoDataFrame
    totals: DataFrame
    rules: DataFrame
    reach: DataFrame
    missing: DataFrame
    changes: DataFrame

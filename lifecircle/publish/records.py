"""Findings, rules, histograms and provenance as plain JSON for the page."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from lifecircle.columns import ROW_COUNTS
from lifecircle.publish.encode import numbers, plain, texts
from lifecircle.publish.figures import in_percent, reason, signed_shortfall
from lifecircle.publish.wording import LANGUAGES, naming, unit_names
from lifecircle.text import problem_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lifecircle.model import Assessment, District, Problem, Rule, RuleBook, Source

__all__ = [
    "district_facts",
    "estimated_households_share",
    "findings_columns",
    "provenance",
    "rule_cards",
    "source_rows",
]

MOST_WARNINGS = 200
"""Warnings listed in the page; the rest are counted."""

_TEXT_COLUMNS = {
    "rule": "rule_id",
    "level": "level",
    "unit": "unit_id",
    "name": "unit_name",
    "sub": "subdistrict_id",
    "class": "facility_class",
    "op": "op",
    "measure": "unit_of_measure",
    "verdict": "verdict",
    "tolerant": "verdict_tolerant",
    "affectedUnit": "affected_unit",
    "basis": "basis",
    "authority": "authority",
    "origin": "threshold_origin",
    "reason": "reason",
    "target": "target_date",
    "due": "target_due",
    "robust": "robust",
    "depends": "depends_on",
}
_NUMBER_COLUMNS = {
    "measured": "measured",
    "min": "threshold_min",
    "max": "threshold_max",
    "shortfall": "shortfall",
    "share": "shortfall_share",
    "affected": "affected",
    "estimated": "estimated_share",
    "numerator": "numerator",
    "denominator": "denominator",
}


def findings_columns(study: Assessment) -> dict[str, Any]:
    """All findings, column by column; sentences for the reasons beside them.

    Parameters
    ----------
    study : Assessment
        A finished study.

    Returns
    -------
    dict
        Short column name to values, and ``reasons``: key to both languages.

    Examples
    --------
    >>> findings_columns(study)["verdict"][:1]  # doctest: +SKIP
    ['fail']
    """
    rows = in_percent(study.findings.rows)
    rows["shortfall"] = signed_shortfall(rows)
    names = unit_names(study.district.communities)
    of_unit = rows["level"] == "community"
    rows["unit_name"] = rows["unit_name"].mask(of_unit, rows["unit_id"].map(names))
    columns: dict[str, Any] = {
        short: texts(rows[name]) for short, name in _TEXT_COLUMNS.items()
    }
    for short, name in _NUMBER_COLUMNS.items():
        columns[short] = numbers(rows[name], digits=4)
    columns["draft"] = [int(value is True) for value in rows["draft"].tolist()]
    keys = sorted(set(rows["reason"].dropna()))
    columns["reasons"] = {
        key: [reason(key, lang) for lang in LANGUAGES] for key in keys
    }
    return columns


def rule_cards(books: tuple[RuleBook, ...], adopted: tuple[str, ...]) -> dict[str, Any]:
    """Rules by id with clause, quote and authority; their books.

    Parameters
    ----------
    books : tuple of RuleBook
        All books of the study.
    adopted : tuple of str
        Ids (or paths) of the books that bind the district.

    Returns
    -------
    dict
        ``rules`` and ``books``, both by id.

    Examples
    --------
    >>> rule_cards(study.findings.books, ("hefei",))["rules"]  # doctest: +SKIP
    """
    return {
        "rules": {rule.rule_id: _rule(rule) for book in books for rule in book.rules},
        "books": {book.book_id: _book(book, adopted) for book in books},
    }


def _rule(rule: Rule) -> dict[str, Any]:
    return {
        "book": rule.book_id,
        "title": [rule.title_zh, rule.title_en],
        "force": rule.force,
        "kind": rule.kind,
        "op": rule.op,
        "min": plain(rule.value_min),
        "max": plain(rule.value_max),
        "unit": rule.unit,
        "tolerance": plain(rule.tolerance),
        "share": plain(rule.share),
        "clause": rule.clause,
        "quote": rule.quote,
        "exact": rule.quote_exact,
        "authority": rule.authority,
        "level": rule.level,
        "population": rule.population,
        "classes": list(rule.classes),
        "walker": rule.walker,
        "target": rule.target_date.isoformat() if rule.target_date else None,
        "note": [rule.note_zh, rule.note_en],
        "draft": int(rule.draft),
    }


def _book(book: RuleBook, adopted: tuple[str, ...]) -> dict[str, Any]:
    return {
        "title": [book.title_zh, book.title_en],
        "issuer": book.issuer,
        "published": book.published.isoformat() if book.published else None,
        "source": book.source,
        "sha": book.sha256[:12],
        "adopted": any(
            book.book_id == name or book.book_id in name for name in adopted
        ),
        "rules": len(book.rules),
    }


def district_facts(study: Assessment) -> dict[str, Any]:
    """Name, date, stamp, bases and speeds: what title bar and footer say.

    Parameters
    ----------
    study : Assessment
        A finished study.

    Returns
    -------
    dict
        Plain values.

    Examples
    --------
    >>> district_facts(study)["synthetic"]  # doctest: +SKIP
    True
    """
    config = study.district.config
    bases = study.district.buildings["household_basis"]
    return {
        "name": [config.name, config.name_en or config.name],
        "asOf": config.as_of.isoformat(),
        "synthetic": config.synthetic,
        "disclosure": config.disclosure,
        "approval": config.map_approval,
        "preparedBy": config.prepared_by,
        "crs": config.crs,
        "units": naming(study.district.communities),
        "gridBand": list(config.regrid.households)
        if study.grid_plan is None
        else list(study.grid_plan.settings.households),
        "unitBand": None
        if study.community_plan is None
        else list(study.community_plan.settings.community_households),
        "bases": sorted(set(bases.dropna()) - {""}),
        "walkers": {
            name: {"speed": walker.speed_m_per_s, "source": walker.source}
            for name, walker in sorted(config.walkers.items())
        },
    }


def estimated_households_share(district: District) -> float:
    """Share of a district's households that is estimated.

    Parameters
    ----------
    district : District
        ``buildings`` with ``households`` (NaN where kept back) and
        ``households_method``.

    Returns
    -------
    float
        In [0, 1]; 0 where no household is known.

    Examples
    --------
    >>> estimated_households_share(toy.district)
    0.0
    """
    households = district.buildings["households"].fillna(0.0)
    method = district.buildings["households_method"].dropna()
    guessed = households[method.index[method != "declared"]]
    return float(guessed.sum() / (households.sum() or 1.0))


def provenance(study: Assessment) -> dict[str, Any]:
    """Inputs, versions, settings, network and warnings of the panel 数据与方法.

    Parameters
    ----------
    study : Assessment
        A finished study.

    Returns
    -------
    dict
        No absolute path, and nothing that changes from run to run.

    Examples
    --------
    >>> provenance(study)["inputs"]  # doctest: +SKIP
    """
    manifest, district = study.manifest, study.district
    warnings = [
        problem for problem in district.problems if problem.severity == "warning"
    ]
    return {
        "inputs": [_input(row) for row in manifest.get("inputs", [])],
        "sources": [
            {
                "rows": rows,
                "table": source.table,
                "file": source.path.name,
                "layer": source.layer or source.sheet,
                "crs": source.crs,
                "asOf": source.as_of.isoformat() if source.as_of else None,
                "basis": source.household_basis,
                "complete": list(source.complete_classes),
                "note": source.note,
            }
            for source, rows in source_rows(district)
        ],
        "versions": dict(sorted(manifest.get("versions", {}).items())),
        "settings": _settings(study),
        "network": [
            [str(row.item), plain(row.value), str(row.unit)]
            for row in study.network_report.itertuples(index=False)
        ],
        "households": dict(
            sorted(Counter(texts(district.buildings["households_method"])).items())
        ),
        "estimatedShare": round(estimated_households_share(district), 4),
        "rejected": len(district.rejected),
        "warningCount": len(warnings),
        "warnings": [_warning(problem) for problem in warnings[:MOST_WARNINGS]],
    }


def source_rows(district: District) -> list[tuple[Source, dict[str, int]]]:
    """Every source and its rows: read, used, rejected, estimated.

    Parameters
    ----------
    district : District
        A district as read, or as saved.

    Returns
    -------
    list of tuple of Source and dict
        Counts by ``columns.ROW_COUNTS`` without ``rows_``; empty where a saved study
        does not tell.

    Examples
    --------
    >>> source_rows(district)[0][1]["used"]  # doctest: +SKIP
    15
    """
    sources = district.config.sources
    names = [name for name in ROW_COUNTS if name.startswith("rows_")]
    told: list[dict[str, int]] = [
        {name.removeprefix("rows_"): int(row[name]) for name in names}
        for row in district.row_counts.to_dict("records")
    ]
    if len(told) != len(sources):
        told = [{}] * len(sources)
    return list(zip(sources, told, strict=True))


def _input(row: Mapping[str, Any]) -> list[Any]:
    return [row.get("file", ""), row.get("bytes"), str(row.get("sha256", ""))[:12]]


def _settings(study: Assessment) -> dict[str, Any]:
    config = study.district.config
    return {
        "crs": config.crs,
        "max_off_road_m": plain(config.max_off_road_m),
        "persons_per_household": plain(config.persons_per_household),
        "elderly_share": plain(config.elderly_share),
        "floor_area_per_household_m2": plain(config.floor_area_per_household_m2),
        "smallest_gap_households": config.smallest_gap_households,
        "walk_at": config.walk_at or None,
        "shares": {key: plain(value) for key, value in sorted(config.shares.items())},
    }


def _warning(problem: Problem) -> list[list[str]]:
    """Where, what and fix in both languages; the bare key if it has no sentence."""
    lines = []
    for lang in LANGUAGES:
        try:
            lines.append(list(problem_lines(problem, lang)))
        except KeyError:
            lines.append([problem.file, problem.key, ""])
    return lines

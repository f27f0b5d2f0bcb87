"""The workbook's tables: frames with labels, words for codes, figures as they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lifecircle.columns import column
from lifecircle.publish.class_labels import class_label
from lifecircle.publish.encode import plain
from lifecircle.publish.headline import rules_by_id
from lifecircle.publish.records import provenance, reason
from lifecircle.text import problem_lines, say, sentences

if TYPE_CHECKING:
    from collections.abc import Callable

    from pandas import DataFrame

    from lifecircle.model import Assessment, RuleBook
    from lifecircle.text import Language

__all__ = ["Sheet", "data_sheets"]

_PERCENT = ("shortfall_share", "estimated_share")
_LEFT_OUT = ("geometry", "kind", "building_ids")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One worksheet: heads, rows, and how its columns look.

    Attributes
    ----------
    digits : list of str
        Decimals of each column, or ``percent``.
    failing : list of bool
        Rows that fall short; ``marked`` columns of them are filled.
    frozen : int
        Columns that stay while scrolling.
    """

    title: str
    heads: list[str]
    rows: list[list[Any]]
    digits: list[str]
    failing: list[bool] = field(default_factory=list)
    marked: tuple[int, ...] = ()
    frozen: int = 0


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
        Findings, gap areas, amounts to provide, people by minutes, household
        totals, problems of the data, rules, notes.

    Examples
    --------
    >>> [sheet.title for sheet in data_sheets(study, "zh")][0]  # doctest: +SKIP
    '指标结果'
    """
    areas = study.gaps.areas.drop(columns="geometry")
    return [
        _findings(study, lang),
        _table(areas, "gaps", lang),
        _table(study.gaps.shortfalls, "shortfalls", lang),
        _table(study.served, "served", lang),
        _table(study.findings.totals, "totals", lang),
        _problems(study, lang),
        _rules(study.findings.books, lang),
        _notes(study, lang),
    ]


def _label(name: str, lang: Language) -> str:
    try:
        labels = column(name)
    except KeyError:
        return name
    text = labels.zh if lang == "zh" else labels.en
    unit = labels.unit if labels.unit not in ("", "year") else ""
    return f"{text} ({unit})" if unit else text


def _words(lang: Language) -> dict[str, Callable[[str], str]]:
    """What codes are called, column by column."""
    publish, checks = sentences("publish", lang), sentences("checks", lang)

    def named(prefix: str, words: dict[str, str]) -> Callable[[str], str]:
        return lambda code: words.get(f"{prefix}{code}", code)

    def verdict(code: str) -> str:
        return sentences("verdicts", lang).get(code, code)

    def classes(codes: str) -> str:
        labels = [class_label(code) for code in codes.split("+")]
        return "+".join(one.zh if lang == "zh" else one.en for one in labels)

    basis = named("basis_", checks)
    return {
        "verdict": verdict,
        "verdict_tolerant": verdict,
        "facility_class": classes,
        "level": named("level.", publish),
        "walker": named("walker.", publish),
        "weight": named("number.", publish),
        "affected_unit": named("number.", publish),
        "authority": named("authority.", publish),
        "threshold_origin": named("origin_", checks),
        "unit_of_measure": named("unit_", checks),
        "basis": lambda codes: "+".join(basis(code) for code in codes.split("+")),
        "reason": lambda key: reason(key, lang),
    }


def _cells(frame: DataFrame, lang: Language) -> list[list[Any]]:
    words = _words(lang)
    truth = {True: say("publish.yes", lang), False: say("publish.no", lang)}
    columns = []
    for name in frame.columns:
        said = words.get(str(name), str)
        columns.append(
            [
                truth[value]
                if isinstance(value, bool)
                else said(value)
                if isinstance(value, str)
                else plain(value, digits=6)
                for value in frame[name].tolist()
            ]
        )
    return [list(row) for row in zip(*columns, strict=True)]


def _table(frame: DataFrame, key: str, lang: Language) -> Sheet:
    shown = frame[[name for name in frame.columns if name not in _LEFT_OUT]]
    return Sheet(
        title=say(f"publish.sheet.{key}", lang),
        heads=[_label(str(name), lang) for name in shown.columns],
        rows=_cells(shown, lang),
        digits=["percent" if name in _PERCENT else "2" for name in shown.columns],
        frozen=1,
    )


def _findings(study: Assessment, lang: Language) -> Sheet:
    """Findings with the rule's title and the verdict first."""
    rows = study.findings.rows
    rules = rules_by_id(study.findings)
    communities = study.district.communities
    names = dict(
        zip(communities["subdistrict_id"], communities["subdistrict_name"], strict=True)
    )
    titles = {
        key: rule.title_zh if lang == "zh" else rule.title_en
        for key, rule in rules.items()
    }
    first = ["verdict", "unit_name", "subdistrict_id", "rule_id"]
    rest = [name for name in rows.columns if name not in (*first, *_LEFT_OUT)]
    shown = rows[[*first, *rest]].copy()
    shown.insert(2, "subdistrict_name", rows["subdistrict_id"].map(names))
    shown.insert(4, "title", rows["rule_id"].map(titles))
    heads = [_label(str(name), lang) for name in shown.columns]
    heads[4] = say("publish.col.rule", lang)
    return Sheet(
        title=say("publish.sheet.findings", lang),
        heads=heads,
        rows=_cells(shown, lang),
        digits=["percent" if name in _PERCENT else "3" for name in shown.columns],
        failing=(rows["verdict"] == "fail").tolist(),
        marked=(0, list(shown.columns).index("measured")),
        frozen=2,
    )


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
        rows.append([" · ".join(place), reason(str(row.reason), lang), str(row.values)])
    title = say("publish.sheet.problems", lang)
    return Sheet(title, heads, rows, ["0"] * 3)


def _rules(books: tuple[RuleBook, ...], lang: Language) -> Sheet:
    keys = (
        "id",
        "rule",
        "book",
        "clause",
        "quote",
        "exact",
        "authority",
        "source",
        "note",
    )
    authority = _words(lang)["authority"]
    rows: list[list[Any]] = []
    for book in books:
        for rule in book.rules:
            exact = "quote_exact" if rule.quote_exact else "quote_unchecked"
            title, where = rule.title_zh, book.title_zh
            if lang == "en":
                title, where = rule.title_en, book.title_en
            note = rule.note_zh if lang == "zh" else rule.note_en
            cells = [rule.rule_id, title, where, rule.clause, rule.quote]
            cells += [say(f"publish.{exact}", lang), authority(rule.authority)]
            rows.append([*cells, book.source, note])
    heads = [say(f"publish.col.{key}", lang) for key in keys]
    return Sheet(say("publish.sheet.rules", lang), heads, rows, ["0"] * len(keys))


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
    return Sheet(say("publish.sheet.notes", lang), heads, rows, ["0", "0"])

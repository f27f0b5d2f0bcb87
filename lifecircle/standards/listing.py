"""Rule books and their differences as lines of text, for the command line."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from lifecircle.standards.catalogue import read_catalogue
from lifecircle.standards.facts import facts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pandas import DataFrame

    from lifecircle.model import Rule, RuleBook

__all__ = ["book_lines", "difference_lines", "threshold_words"]


def book_lines(
    book: RuleBook, words: Mapping[str, str], *, lang: Literal["zh", "en"]
) -> Iterator[str]:
    """A book's heading, then one line a rule; drafts are marked.

    Parameters
    ----------
    book : RuleBook
        Any book.
    words : Mapping
        The sentences of ``books`` in the language.
    lang : {"zh", "en"}
        Language of the titles.

    Yields
    ------
    str
        The heading comes first.

    Examples
    --------
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> from lifecircle.text import sentences
    >>> lines = book_lines(read_rule_book("hefei"), sentences("books", "zh"), lang="zh")
    >>> print(next(lines))
    hefei  合肥市城市社区治理与服务要求  [目标年已过]  37条，22个参照值
    """
    drafts = sum(rule.draft for rule in book.rules)
    count = words["count"].format(
        rules=len(book.rules), references=len(book.references)
    )
    marks = [f"[{words[f'status_{book.status}']}]", count]
    if book.inherits:
        marks.append(words["inherits"].format(parent=book.inherits))
    if drafts:
        marks.append(words["drafts"].format(drafts=drafts))
    title = book.title_zh if lang == "zh" else book.title_en
    yield "  ".join([book.book_id, title, *marks])
    for rule in book.rules:
        name = rule.title_zh if lang == "zh" else rule.title_en
        yield "  ".join(["   ", rule.rule_id, name, *_marks(rule, words)])


def _marks(rule: Rule, words: Mapping[str, str]) -> list[str]:
    marks = []
    if rule.draft:
        marks.append(f"[{words['draft']}]")
    if rule.force == "benchmark":
        marks.append(f"[{words['benchmark']}]")
    if rule.profile == "full":
        marks.append(f"[{words['register']}]")
    return marks


def threshold_words(op: str, low: float | None, high: float | None) -> str:
    """An operator and its numbers as a planner writes them.

    Parameters
    ----------
    op : str
        Operator of a rule.
    low, high : float or None
        The band; None or NaN = open.

    Returns
    -------
    str

    Examples
    --------
    >>> threshold_words(">=", 30.0, None), threshold_words("in", 300.0, 500.0)
    ('≥ 30', '300–500')
    >>> threshold_words("~", 3000.0, 3000.0), threshold_words("-", None, None)
    ('≈ 3000', '–')
    """
    numbers = [f"{value:g}" for value in (low, high) if not pd.isna(value)]
    if not numbers:
        return "–"
    if op == "in":
        return "–".join(numbers)
    sign = {">=": "≥", "count>=": "≥", "<=": "≤", "~": "≈"}.get(op, "=")
    return f"{sign} {numbers[0]}"


def difference_lines(
    found: DataFrame, words: Mapping[str, str], *, lang: Literal["zh", "en"]
) -> list[str]:
    """The differences of two books as a table of aligned columns.

    Parameters
    ----------
    found : DataFrame
        From ``differences``.
    words : Mapping
        The sentences of ``books``; units too, if those of ``checks`` are added.
    lang : {"zh", "en"}
        Language of the names of facility classes and facts.

    Returns
    -------
    list of str
        A heading, then one line a pair of rules; one line if there is none.

    Examples
    --------
    >>> from lifecircle.standards.diff import differences
    >>> from lifecircle.standards.rulebook import read_rule_book
    >>> from lifecircle.text import sentences
    >>> books = (read_rule_book("decheng"), read_rule_book("local-checks"))
    >>> lines = difference_lines(
    ...     differences(*books), sentences("books", "en"), lang="en"
    ... )
    >>> for line in lines:
    ...     print(line)
    measured              level      of  unit        A       value   B       value
    households of a unit  community      households  DC-R01  ≈ 3000  LO-05c  3000–5000
    """
    if found.empty:
        return [words["no_difference"]]
    heads = [words[f"head_{name}"] for name in ("kind", "level", "subject", "unit")]
    value = words["head_value"]
    rows = [[*heads, "A", value, "B", value, ""]]
    rows += [
        [
            _both(row, "kind", words),
            words[f"level_{row['level']}"],
            _names(row["subject"], lang),
            _both(row, "unit", words),
            *(row["rule_a"], _value(row, "a", words, lang=lang)),
            *(row["rule_b"], _value(row, "b", words, lang=lang)),
            f"[{words['draft']}]" if row["draft"] else "",
        ]
        for row in found.to_dict("records")
    ]
    widths = [max(map(_width, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            text + " " * (width - _width(text))
            for text, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]


def _names(subject: str, lang: Literal["zh", "en"]) -> str:
    """Codes of facility classes, or names of facts, in plain words."""
    catalogue = read_catalogue()
    labels = catalogue.labels_zh if lang == "zh" else catalogue.labels_en
    facts_by_name = facts()

    def name(code: str) -> str:
        if code in facts_by_name:
            fact = facts_by_name[code]
            return fact.zh if lang == "zh" else fact.en
        return labels.get(code, code)

    return " + ".join(name(code) for code in subject.split("+"))


def _both(row: Mapping[Any, Any], name: str, words: Mapping[str, str]) -> str:
    """The word for both rules; two words where the rules ask in two forms."""
    codes = dict.fromkeys((row[f"{name}_a"], row[f"{name}_b"]))
    return " / ".join(words.get(f"{name}_{code}", code) for code in codes)


def _value(
    row: Mapping[Any, Any],
    side: str,
    words: Mapping[str, str],
    *,
    lang: Literal["zh", "en"],
) -> str:
    """The test, the area basis if one is named, and classes that only this one adds."""
    test = threshold_words(*(row[f"{part}_{side}"] for part in ("op", "min", "max")))
    basis = row[f"basis_{side}"]
    notes = [] if basis == "unspecified" else [words[f"basis_{basis}"]]
    if "classes" in row["differs"].split("+"):
        shared = row["subject"].split("+")
        own = [name for name in row[f"classes_{side}"].split("+") if name not in shared]
        notes += ["+ " + _names("+".join(own), lang)] if own else []
    sign = "，" if lang == "zh" else ", "
    return f"{test} ({sign.join(notes)})" if notes else test


def _width(text: str) -> int:
    """Columns on a terminal: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)

"""The catalogue of facility classes, and how a source's label becomes a class.

Classes and patterns stand in ``facility_classes.toml``; adding one touches no code.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from lifecircle.errors import TableError
from lifecircle.standards.source_labels import labels_of

if TYPE_CHECKING:
    from pandas import DataFrame

__all__ = [
    "LABEL_COLUMN",
    "OTHER",
    "Catalogue",
    "Provider",
    "classify",
    "provider_labels",
    "read_catalogue",
]

Provider = Literal["baidu", "amap", "osm", "name"]

OTHER = "OTHER"
"""The class of a place that is none of ours, or not known to be: never judged."""

LABEL_COLUMN: Mapping[str, str] = MappingProxyType(
    {"baidu": "tag", "amap": "code", "osm": "tags", "name": ""}
)
BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^】]*】|〔[^〕]*〕")


@dataclass(frozen=True, slots=True, eq=False)
class Catalogue:
    """All facility classes, in the order of their file.

    Attributes
    ----------
    codes : tuple of str
        Codes such as ``"ELD.CANTEEN"``; origins (compounds, buildings) included.
    origins : frozenset of str
        Codes of the demand side, which are no facilities.
    labels_zh, labels_en, symbols : Mapping[str, str]
        By code; a symbol is one Chinese character, a class each its own.
    synonyms : Mapping[str, tuple of str]
        Other Chinese names of a class, by code.
    groups : Mapping[str, str]
        The first half of the code: ELD, HLT, ...
    tiers : Mapping[str, str]
        The level that a class is planned for, as the standards say it.
    """

    codes: tuple[str, ...]
    origins: frozenset[str]
    labels_zh: Mapping[str, str]
    labels_en: Mapping[str, str]
    symbols: Mapping[str, str]
    synonyms: Mapping[str, tuple[str, ...]]
    groups: Mapping[str, str]
    tiers: Mapping[str, str]


class _Rule(NamedTuple):
    """One class's patterns; gates by provider: label -> does it suffice alone."""

    code: str
    named_freely: bool
    accept: re.Pattern[str]
    suggest: re.Pattern[str]
    reject: re.Pattern[str]
    reject_whole: re.Pattern[str]
    gates: Mapping[str, Mapping[str, bool]]


class _Verdict(NamedTuple):
    facility_class: str
    confidence: str
    candidate_class: str | None
    matched_by: str | None


NOTHING = _Verdict(OTHER, "none", None, None)


@cache
def _file() -> dict[str, Any]:
    source = files("lifecircle.standards").joinpath("facility_classes.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def _entries() -> dict[str, dict[str, Any]]:
    return {code: entry for code, entry in _file().items() if isinstance(entry, dict)}


def _mapping(field: str) -> Mapping[str, Any]:
    return MappingProxyType({code: entry[field] for code, entry in _entries().items()})


@cache
def read_catalogue() -> Catalogue:
    """Read the facility classes that come with the package.

    Returns
    -------
    Catalogue
        Codes, labels, symbols and synonyms; the same object at every call.

    Examples
    --------
    >>> catalogue = read_catalogue()
    >>> catalogue.labels_zh["ELD.CANTEEN"], catalogue.symbols["ELD.CANTEEN"]
    ('老年食堂', '食')
    >>> len(catalogue.codes)
    47
    """
    entries = _entries()
    return Catalogue(
        codes=tuple(entries),
        origins=frozenset(
            code for code, entry in entries.items() if entry.get("kind") == "origin"
        ),
        labels_zh=_mapping("zh"),
        labels_en=_mapping("en"),
        symbols=_mapping("symbol"),
        synonyms=MappingProxyType(
            {code: tuple(entry["synonyms"]) for code, entry in entries.items()}
        ),
        groups=_mapping("group"),
        tiers=_mapping("tier"),
    )


@cache
def accepted_names(code: str) -> re.Pattern[str]:
    """The pattern of the names that a class accepts; one that never matches if none."""
    return next((rule.accept for rule in _rules() if rule.code == code), _any_of([]))


@cache
def _rules() -> tuple[_Rule, ...]:
    shared, shared_whole = _file()["shared_rejects"], _file()["shared_reject_whole"]
    rules = []
    for code, entry in _entries().items():
        rejects = [*entry.get("reject", [])]
        if entry.get("shared_rejects", True):
            rejects += shared
        gates = {
            provider: {
                **dict.fromkeys(entry.get(provider, {}).get("named", []), False),
                **dict.fromkeys(entry.get(provider, {}).get("alone", []), True),
            }
            for provider in ("baidu", "amap", "osm")
        }
        rules.append(
            _Rule(
                code,
                entry.get("named_freely", False),
                accept=_any_of(entry["accept"]),
                suggest=_any_of(entry.get("suggest", [])),
                reject=_any_of(rejects),
                reject_whole=_any_of([*entry.get("reject_whole", []), *shared_whole]),
                gates=gates,
            )
        )
    return tuple(rules)


@cache
def provider_labels(provider: str) -> frozenset[str]:
    """Every label of a provider that the catalogue has a class for.

    Parameters
    ----------
    provider : {"baidu", "amap", "osm"}
        Whose labels.

    Returns
    -------
    frozenset of str
        As in ``facility_classes.toml``.

    Examples
    --------
    >>> "医疗;药店" in provider_labels("baidu")
    True
    """
    return frozenset(
        label for rule in _rules() for label in rule.gates.get(provider, {})
    )


def _any_of(patterns: Sequence[str]) -> re.Pattern[str]:
    """One pattern for all; without any, one that never matches."""
    return re.compile("|".join(patterns) or r"(?!)")


@lru_cache(maxsize=4096)
def _open_gates(
    labels: frozenset[str], provider: str
) -> tuple[tuple[str, bool] | None, ...]:
    """Rule by rule, the label that lets a place in, and whether it suffices alone."""
    return tuple(
        max(
            (
                (gate, alone)
                for gate, alone in rule.gates.get(provider, {}).items()
                if _holds(gate, labels, amap=provider == "amap")
            ),
            key=lambda pair: pair[1],
            default=None,
        )
        for rule in _rules()
    )


def classify(frame: DataFrame, *, provider: Provider) -> DataFrame:
    """Give every place of a source a facility class, or none.

    The source's tag or code gates the name: a name pattern counts only inside the
    tags that the catalogue allows for it. A name alone makes a candidate for a
    person to review, never a class; what is not known stays ``OTHER``.

    Parameters
    ----------
    frame : DataFrame
        One row per place: ``name`` (text or missing) and the provider's label:
        ``tag`` for Baidu (``一级;二级``), ``code`` for Amap (six digits or
        ``大类;中类;小类``, several joined by ``|``), ``tags`` for OpenStreetMap (a
        mapping of key to value). Missing labels are allowed. If there is a
        ``facility_class`` column, the
        classes in it are declared and are kept.
    provider : {"baidu", "amap", "osm", "name"}
        Whose labels they are; ``"name"`` if there are none.

    Returns
    -------
    DataFrame
        The frame, index kept, with ``facility_class`` (a code or ``OTHER``),
        ``confidence`` (declared, tag_and_name, tag, conflict, candidate, none, the
        surest first), ``candidate_class`` (the code that the name suggests, for
        review) and ``matched_by`` (the label and the part of the name that decided),
        the last two missing where there is none. A ``conflict`` is a name that one
        class accepts under a label that says another thing.

    Raises
    ------
    TableError
        If the name or the label column is missing, or a declared class is unknown.

    Examples
    --------
    >>> import pandas as pd
    >>> places = pd.DataFrame(
    ...     {
    ...         "name": ["青溪敬老食堂", "海湾自助餐厅", "福源药房(公园店)", "渡口"],
    ...         "tag": ["美食;其他", "美食;其他", "医疗;药店", None],
    ...     }
    ... )
    >>> classify(places, provider="baidu")[["facility_class", "confidence"]]
      facility_class    confidence
    0    ELD.CANTEEN  tag_and_name
    1          OTHER          none
    2      HLT.PHARM  tag_and_name
    3          OTHER          none
    """
    label_column = LABEL_COLUMN[provider]
    for needed in filter(None, ("name", label_column)):
        if needed not in frame.columns:
            raise TableError(
                where=f"places to classify, column {needed}",
                what=f"it is missing; provider {provider!r} needs it.",
                fix="Rename the source's column, or name another provider.",
            )
    labels = frame[label_column] if label_column else [None] * len(frame)
    if "facility_class" in frame.columns:
        declared = [_declared(value) for value in frame["facility_class"]]
    else:
        declared = [None] * len(frame)
    verdicts = [
        _Verdict(code, "declared", None, "declared")
        if code
        else _judge(name, labels_of(label, provider), provider)
        for name, label, code in zip(frame["name"], labels, declared, strict=True)
    ]
    columns = {
        field: [getattr(verdict, field) for verdict in verdicts]
        for field in _Verdict._fields
    }
    return frame.assign(**columns)


def _declared(value: object) -> str | None:
    if not isinstance(value, str) or value in ("", OTHER):
        return None
    if value not in read_catalogue().codes:
        raise TableError(
            where="places to classify, column facility_class",
            what=f"the class is {value!r}; it must be a code of the catalogue.",
            fix="Use a code such as ELD.CANTEEN, or leave the cell empty.",
        )
    return value


def fold(name: object) -> str:
    """The name with full-width signs folded and spaces out."""
    if not isinstance(name, str):
        return ""
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", name))


def without_brackets(name: str) -> str:
    """Branch names in brackets out, nested ones too."""
    while (shorter := BRACKETS.sub("", name)) != name:
        name = shorter
    return name.strip("-")


def _judge(whole_name: object, labels: frozenset[str], provider: str) -> _Verdict:
    whole = fold(whole_name)
    name = without_brackets(whole)
    by_tag: _Verdict | None = None
    freely = False
    suggested: tuple[str, str] | None = None
    elsewhere: tuple[str, str] | None = None
    for rule, gate in zip(_rules(), _open_gates(labels, provider), strict=True):
        accepted = rule.accept.search(name)
        named = accepted or rule.suggest.search(name)
        if gate is None and named is None:
            continue
        if rule.reject.search(name) or rule.reject_whole.search(whole):
            continue
        if gate is not None and accepted is not None:
            matched = f"{provider}:{gate[0]} + name:{accepted.group()}"
            return _Verdict(rule.code, "tag_and_name", None, matched)
        if gate is not None and gate[1] and by_tag is None:
            by_tag = _Verdict(rule.code, "tag", None, f"{provider}:{gate[0]}")
            freely = rule.named_freely
        if named is not None and suggested is None:
            may_suggest = gate is not None or _says_nothing(labels, provider)
            suggested = (rule.code, named.group()) if may_suggest else None
        if gate is None and accepted and not elsewhere and not rule.named_freely:
            elsewhere = (rule.code, accepted.group())
    said = f"{provider}:{'|'.join(sorted(labels))}"
    return _weigh(said, by_tag, suggested, None if freely else elsewhere)


def _weigh(
    said: str,
    by_tag: _Verdict | None,
    suggested: tuple[str, str] | None,
    elsewhere: tuple[str, str] | None,
) -> _Verdict:
    """What no name confirms: by the tag alone, for review, or nothing."""
    if by_tag is not None and elsewhere is None:
        return by_tag
    if suggested is not None and by_tag is None:
        return _Verdict(OTHER, "candidate", suggested[0], f"name:{suggested[1]}")
    if elsewhere is not None:
        against = f"name:{elsewhere[1]} against {said}"
        return _Verdict(OTHER, "conflict", elsewhere[0], against)
    return NOTHING


def _holds(gate: str, labels: frozenset[str], *, amap: bool) -> bool:
    if amap and "-" in gate:
        first, last = gate.split("-")
        return any(first <= code <= last for code in labels)
    return all(
        part in labels
        or (part.endswith("=*") and any(tag.startswith(part[:-1]) for tag in labels))
        for part in gate.split(" + ")
    )


def _says_nothing(labels: frozenset[str], provider: str) -> bool:
    """No label, or one that only names a top class or its remainder (其他)."""
    if provider == "baidu":
        return all(tag.endswith(";其他") or ";" not in tag for tag in labels)
    if provider == "amap":
        return all(code.endswith("0000") for code in labels)
    return not labels

"""Chinese and English sentences by key.

Sentences stand in ``sentences/*.toml``, one file an area; the key is the file's
name, a dot and the entry's name. Values are filled in by ``str.format``.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from lifecircle.model import Problem

__all__ = ["Language", "problem_lines", "say", "say_all", "sentences"]

Language = Literal["zh", "en"]

_LABELS = {"table": ("publish", "table."), "kind": ("quality", "kind_")}
"""Area of the labels of a value, and what their entries begin with."""


@cache
def _areas() -> dict[str, dict[str, dict[str, str]]]:
    return {
        source.name.removesuffix(".toml"): tomllib.loads(source.read_text("utf-8"))
        for source in files("lifecircle").joinpath("sentences").iterdir()
        if source.name.endswith(".toml")
    }


def say(key: str, lang: Language, values: Mapping[str, Any] | None = None) -> str:
    """One sentence in Chinese or English.

    Parameters
    ----------
    key : str
        Area and entry, for example ``"verdicts.pass"``.
    lang : {"zh", "en"}
        Language.
    values : Mapping, optional
        What the sentence's braces name.

    Returns
    -------
    str
        The sentence.

    Raises
    ------
    KeyError
        If there is no such sentence, or a value is missing.

    Examples
    --------
    >>> say("verdicts.fail", "zh"), say("verdicts.fail", "en")
    ('不达标', 'Falls short')
    """
    area, _, name = key.partition(".")
    return _areas()[area][name][lang].format(**(values or {}))


def say_all(keys: str | tuple[str, ...], lang: Language) -> str:
    """One sentence, or several in a row.

    Parameters
    ----------
    keys : str or tuple of str
        As ``say``.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str
        Joined by ``、`` or a comma.

    Examples
    --------
    >>> say_all(("verdicts.pass", "verdicts.fail"), "en")
    'Meets, Falls short'
    """
    named = (keys,) if isinstance(keys, str) else keys
    return ("、" if lang == "zh" else ", ").join(say(key, lang) for key in named)


def sentences(area: str, lang: Language) -> dict[str, str]:
    """All raw sentences of an area, for a page that fills them in itself.

    Parameters
    ----------
    area : str
        A file of ``sentences/`` without its suffix.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    dict
        Entry name to sentence, braces unfilled.

    Examples
    --------
    >>> sentences("verdicts", "zh")["not_assessed"]
    '未评估'
    """
    entries = _areas().get(area, {})
    return {name: entry[lang] for name, entry in entries.items() if lang in entry}


def problem_lines(problem: Problem, lang: Language) -> tuple[str, str, str]:
    """A problem as its three lines: where, what, fix.

    Parameters
    ----------
    problem : Problem
        From ``check_district``; its key names entries ``KEY`` and ``KEY_fix``.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    tuple of str
        Where (file, layer, row, column), what is wrong, how to mend it.

    Raises
    ------
    KeyError
        If the problem's key has no sentence.

    Examples
    --------
    >>> from lifecircle.model import Problem
    >>> found = Problem(
    ...     "tables.config_missing_file", {}, file="楼栋.xlsx", row=14, column="户数"
    ... )
    >>> problem_lines(found, "zh")[0]
    '楼栋.xlsx，第 14 行，“户数”列'
    """
    parts = [problem.file] if problem.file else []
    if problem.layer:
        parts.append(say("problems.layer", lang, {"layer": problem.layer}))
    if problem.row is not None:
        parts.append(say("problems.row", lang, {"row": problem.row}))
    if problem.column:
        parts.append(say("problems.column", lang, {"column": problem.column}))
    where = ("，" if lang == "zh" else ", ").join(parts)
    values = {name: _named(name, told, lang) for name, told in problem.values.items()}
    what = say(problem.key, lang, values)
    return where, what, say(f"{problem.key}_fix", lang, values)


def _named(name: str, told: Any, lang: Language) -> Any:
    """Our word for a table or a fault of topology as people call it."""
    area, entry = _LABELS.get(name, ("", ""))
    label = _areas().get(area, {}).get(f"{entry}{told}")
    return told if label is None else label[lang]

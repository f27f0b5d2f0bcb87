"""A folder of files to the text of a starter district file, guess by guess."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lifecircle.tables.cells import is_missing
from lifecircle.tables.facts import TABLES, schema_of
from lifecircle.tables.folder import metric_crs, survey_folder, unread_files
from lifecircle.tables.labels import label_columns
from lifecircle.tables.read import ROW_NUMBER
from lifecircle.tables.schemas import REQUIRED_TABLES
from lifecircle.tables.suffixes import SHEETS, TEXT
from lifecircle.text import say

if TYPE_CHECKING:
    from pathlib import Path

    from lifecircle.tables.folder import Surveyed
    from lifecircle.tables.found import FileFault
    from lifecircle.text import Language

__all__ = ["DISTRICT_FILE", "Starter", "fault_lines", "left_out", "remarks", "starter"]

DISTRICT_FILE = "district.toml"
_WHOLE_COUNTRY = "tdt1062-2021"
"""The book that is in force everywhere, for a planner to add the city's own to."""
_AND = {"zh": "；", "en": "; "}
_DISTRICT = re.compile(r"^[\u4e00-\u9fff]{1,8}?[区县市旗州]")
"""A district's name at the start of a folder's."""
_OF_FORMAT = frozenset(
    {
        *("timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude"),
        *("visibility", "drawOrder", "icon"),
        *("PaperSpace", "SubClasses", "Linetype", "EntityHandle", "Layer"),
    }
)
"""Columns that every KML and every DXF file has."""


@dataclass(frozen=True, slots=True, eq=False)
class Starter:
    """A starter district file.

    Attributes
    ----------
    text : str
        The TOML, with comments.
    layers : tuple of Surveyed
        Every layer of every file, those that are like no table included.
    absent : tuple of str
        Tables that a district needs and no layer is like.
    """

    text: str
    layers: tuple[Surveyed, ...]
    absent: tuple[str, ...]


def _quoted(value: Any) -> str:
    return json.dumps(str(value), ensure_ascii=False)


def _comment(text: str) -> str:
    """A comment on one line, whatever a name in it holds."""
    return "# " + " ".join("".join(c if c.isprintable() else " " for c in text).split())


def fault_lines(fault: FileFault, lang: Language) -> str:
    """Why a file cannot be read, and how to mend it.

    Parameters
    ----------
    fault : FileFault
        Of a layer.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str
        Two sentences.

    Examples
    --------
    >>> from lifecircle.tables.found import FileFault
    >>> fault_lines(FileFault(key="file_locked"), "en")[:28]
    'the file may not be read, or'
    """
    keys = (f"tables.{fault.key}", f"tables.{fault.key}_fix")
    return " ".join(say(key, lang, fault.values) for key in keys)


def _inline(pairs: dict[str, str]) -> str:
    told = ", ".join(
        f"{key if key.isidentifier() and key.isascii() else _quoted(key)}"
        f" = {_quoted(value)}"
        for key, value in pairs.items()
    )
    return f"{{ {told} }}" if told else "{}"


def remarks(one: Surveyed, lang: Language) -> list[str]:
    """Why a layer is taken for what it is, and what a person has to confirm.

    Parameters
    ----------
    one : Surveyed
        A layer that is like a table.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    list of str
        One sentence a line.

    Examples
    --------
    >>> from pathlib import Path
    >>> from lifecircle.tables.folder import survey
    >>> remarks(survey([Path("data/demo/社区.shp")])[0], "en")[-1]
    'encoding: by the .cpg file'
    """
    found = one.guess

    def confirm(what: str) -> str:
        return say("inspect.confirm", lang, {"what": what})

    told = [say(f"inspect.{why.key}", lang, why.values) for why in found.reasons]
    lines = (
        [say("inspect.because", lang, {"reasons": _AND[lang].join(told)})]
        if told
        else []
    )
    if found.crs is not None:
        why = say(f"inspect.{found.crs.key}", lang, found.crs.values)
        lines.append(why if found.crs.sure else confirm(why))
    if found.crs is not None and found.crs.swapped:
        axes = {"x": found.x, "y": found.y}
        lines.append(confirm(say("inspect.axes_swapped", lang, axes)))
    if one.layer.encoding_from:
        lines.append(say(f"inspect.encoding_{one.layer.encoding_from}", lang))
    if ROW_NUMBER in found.columns.values():
        lines.append(say("inspect.numbered", lang))
    if found.provider:
        lines.append(say(f"inspect.provider_{found.provider}", lang))
    lines += [
        say("inspect.constant", lang, {"column": name, "value": value})
        for name, value in found.constants.items()
    ]
    lines += [
        confirm(say("inspect.column_missing", lang, {"column": name}))
        for name in found.missing
    ]
    lines += [
        say("inspect.words_unknown", lang, {"column": name, "words": "、".join(words)})
        for name, words in found.unknown.items()
    ]
    left = _columns_left(one)
    if left:
        lines.append(say("inspect.columns_left", lang, {"columns": "、".join(left)}))
    return lines


def _columns_left(one: Surveyed) -> list[str]:
    """The file's columns that hold something and are not used."""
    layer, found = one.layer, one.guess
    named = {"", *found.columns.values(), *label_columns(found.columns)}
    named |= {found.x, found.y, *_OF_FORMAT}
    if layer.osm_table:
        return []
    return [
        name
        for name, cells in zip(layer.names, layer.samples, strict=True)
        if name not in named and not all(map(is_missing, cells))
    ]


def left_out(one: Surveyed, lang: Language) -> str:
    """Why a layer is not used.

    Parameters
    ----------
    one : Surveyed
        A layer that is like no table.
    lang : {"zh", "en"}
        Language.

    Returns
    -------
    str
        One or two sentences, without the file's name.

    Examples
    --------
    >>> from pathlib import Path
    >>> from lifecircle.tables.folder import survey
    >>> left_out(survey([Path("no_such.csv")])[0], "en")[:23]
    'the file cannot be read'
    """
    if one.layer.fault:
        return fault_lines(one.layer.fault, lang)
    if one.guess.personal:
        columns = "、".join(one.guess.personal)
        return say("inspect.personal", lang, {"columns": columns})
    told = [say(f"inspect.{why.key}", lang, why.values) for why in one.guess.reasons]
    return " ".join(told) or say("inspect.like_nothing", lang)


def _entry(one: Surveyed, base: Path, lang: Language) -> list[str]:
    layer, found = one.layer, one.guess
    text_file = layer.path.suffix.lower() in (*TEXT, *SHEETS)
    told = [_comment(line) for line in remarks(one, lang)]
    lines = [*told, f"[[sources.{found.table}]]"]
    lines.append(f"path = {_quoted(layer.path.relative_to(base).as_posix())}")
    if layer.osm_table:
        return lines
    part = {"sheet" if text_file else "layer": layer.name, "encoding": layer.encoding}
    lines += [f"{key} = {_quoted(value)}" for key, value in part.items() if value]
    heads = {"header_row": layer.header_row, "header_rows": layer.header_rows}
    lines += [f"{key} = {value}" for key, value in heads.items() if value != 1]
    if schema_of(found.table).shapes:
        declared = found.crs.declared if found.crs else ""
        lines.append(f"crs = {_quoted(declared)}" if declared else '# crs = "EPSG:"')
    if found.x:
        lines += [f"x = {_quoted(found.x)}", f"y = {_quoted(found.y)}"]
    if found.household_basis:
        lines.append(f"household_basis = {_quoted(found.household_basis)}")
    elif "households" in found.columns:
        confirm = say("inspect.confirm", lang, {"what": say("inspect.basis", lang)})
        lines.append(f'# household_basis = ""  {_comment(confirm)}')
    if found.provider:
        lines.append(f"provider = {_quoted(found.provider)}")
    lines.append(f"columns = {_inline(dict(found.columns))}")
    if found.constants:
        lines.append(f"constants = {_inline(dict(found.constants))}")
    lines += [f"values.{name} = {_inline(dict(w))}" for name, w in found.values.items()]
    if found.table == "facilities":
        note = _comment(say("inspect.complete", lang))
        lines.append(f"# complete_classes = []  {note}")
    return lines


def _head(folder: Path, found: list[Surveyed], lang: Language) -> list[str]:
    crs, key, values = metric_crs(found)
    newest = max(one.layer.path.stat().st_mtime for one in found)
    day = dt.datetime.fromtimestamp(newest, tz=dt.UTC).date().isoformat()
    name = folder.resolve().name
    spoken = _DISTRICT.match(name)
    name = spoken[0] if spoken else name

    def note(key: str, **values: Any) -> str:
        return _comment(say(f"inspect.{key}", lang, values))

    return [
        note("head"),
        note("head_confirm"),
        "",
        "[district]",
        f"id = {_quoted(name)}  {note('id')}",
        f"name = {_quoted(name)}  {note('name')}",
        f"crs = {_quoted(crs)}  {note(key, **values)}",
        f"as_of = {day}  {note('as_of')}",
        f'settlement = "urban"  {note("settlement")}',
        "",
        "[households]",
        note("households"),
        "# floor_area_per_household_m2 = 90.0",
        "# persons_per_household = 2.6",
        "# elderly_share = 0.19",
        "",
        "[rules]",
        f"adopt = [{_quoted(_WHOLE_COUNTRY)}]  {note('adopt')}",
    ]


def starter(folder: Path, lang: Language = "zh") -> Starter:
    """Write the text of a district file for a folder, with guesses and evidence.

    Parameters
    ----------
    folder : Path
        Where the files are and where the district file will stand.
    lang : {"zh", "en"}
        Language of the comments.

    Returns
    -------
    Starter
        Text, what was seen, and what is absent.

    Raises
    ------
    SourceError
        If there is no such folder, or no file in it that could be read.

    Examples
    --------
    >>> from pathlib import Path
    >>> draft = starter(Path("data/demo"))
    >>> [line for line in draft.text.splitlines() if line.startswith("crs")][0][:16]
    'crs = "EPSG:4548'
    """
    found = survey_folder(folder)
    order = {table: place for place, table in enumerate(TABLES)}
    named = [one for one in found if one.guess.table]
    named.sort(key=lambda one: order[one.guess.table])
    lines = _head(folder, found, lang)
    for one in named:
        lines += ["", *_entry(one, folder, lang)]
    present = {one.guess.table for one in named}
    absent = tuple(
        group[0] for group in REQUIRED_TABLES if not present.intersection(group)
    )
    for table in absent:
        lines += ["", _comment(say("inspect.absent", lang, {"table": table}))]
    for one in found:
        if not one.guess.table:
            name = one.layer.path.relative_to(folder).as_posix()
            told = f"{name} {one.layer.name}".strip()
            values = {"file": told, "reason": left_out(one, lang)}
            lines += ["", _comment(say("inspect.left_out", lang, values))]
    unread = "、".join(p.relative_to(folder).as_posix() for p in unread_files(folder))
    if unread:
        lines += ["", _comment(say("inspect.unread", lang, {"files": unread}))]
    return Starter("\n".join(lines) + "\n", tuple(found), absent)

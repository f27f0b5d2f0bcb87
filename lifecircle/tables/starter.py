"""A folder of files to the text of a starter district file, guess by guess."""

from __future__ import annotations

import datetime as dt
import json
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pyproj import Transformer

from lifecircle.errors import CrsError, SourceError
from lifecircle.tables.crs import DATUMS, declared_crs, is_metric, to_wgs84
from lifecircle.tables.facts import TABLES, schema_of
from lifecircle.tables.files import SUFFIXES
from lifecircle.tables.guess import Guess, guess
from lifecircle.tables.guess_crs import middle_of
from lifecircle.tables.read import ROW_NUMBER
from lifecircle.tables.schemas import REQUIRED_TABLES
from lifecircle.tables.suffixes import SHEETS, TEXT
from lifecircle.tables.survey import Layer, look_at
from lifecircle.tables.zones import three_degree_zone
from lifecircle.text import say

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from lifecircle.tables.found import FileFault
    from lifecircle.text import Language

__all__ = [
    "DISTRICT_FILE",
    "Starter",
    "Surveyed",
    "fault_lines",
    "remarks",
    "starter",
    "survey",
    "survey_folder",
]

DISTRICT_FILE = "district.toml"
_WHOLE_COUNTRY = "tdt1062-2021"
"""The book that is in force everywhere, for a planner to add the city's own to."""


@dataclass(frozen=True, slots=True, eq=False)
class Surveyed:
    """A layer and what it seems to be."""

    layer: Layer
    guess: Guess


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


def survey(paths: Iterable[Path]) -> list[Surveyed]:
    """Look at files.

    Parameters
    ----------
    paths : iterable of Path
        Files of any type; of those that are not read nothing is said.

    Returns
    -------
    list of Surveyed
        One a layer, in the order given.

    Examples
    --------
    >>> from pathlib import Path
    >>> survey([Path("data/demo/社区.shp")])[0].guess.table
    'communities'
    """
    layers = [layer for path in paths for layer in look_at(path)]
    return [Surveyed(layer, guess(layer)) for layer in layers]


def survey_folder(folder: Path) -> list[Surveyed]:
    """Look at every file of a folder and its subfolders.

    Parameters
    ----------
    folder : Path
        Files and folders whose name begins with a dot are passed by, and so are the
        rows that an earlier check left out.

    Returns
    -------
    list of Surveyed
        In the order of the files' paths.

    Raises
    ------
    SourceError
        If there is no such folder, or no file in it that could be read.

    Examples
    --------
    >>> from pathlib import Path
    >>> found = survey_folder(Path("data/demo"))
    >>> [one.guess.table for one in found][:2]
    ['facilities', 'roads']
    """
    if not folder.is_dir():
        raise SourceError(
            where=folder.name, what="there is no such folder.", fix="Check the path."
        )
    paths = [
        path
        for path in sorted(folder.rglob("*"))
        if path.suffix.lower() in SUFFIXES
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and not path.name.endswith(".rejected.csv")
        and (path.is_file() or path.suffix.lower() == ".gdb")
        and not any(parent.suffix.lower() == ".gdb" for parent in path.parents)
    ]
    if not paths:
        raise SourceError(
            where=folder.name,
            what=f"there is no file of a type that is read ({', '.join(SUFFIXES)}).",
            fix="Copy the district's files into it.",
        )
    return survey(paths)


def _longitude(one: Surveyed) -> float | None:
    """Degrees east of a layer whose coordinates are known."""
    crs = one.guess.crs
    middle = middle_of(one.layer, (one.guess.x, one.guess.y))
    if crs is None or not crs.declared or middle is None:
        return None
    try:
        system = declared_crs(crs.declared)
    except CrsError:
        return None
    if crs.declared in DATUMS:
        lon, _ = to_wgs84([middle[0]], [middle[1]], crs.declared)
        return float(lon[0])
    into = Transformer.from_crs(system, 4326, always_xy=True)
    return float(into.transform(*middle)[0])


def _metric_crs(found: Iterable[Surveyed]) -> tuple[str, str, dict[str, Any]]:
    """The district's CRS: that of most metric layers, else the zone they lie in."""
    known = [one for one in found if one.guess.crs and one.guess.crs.declared]
    metric = Counter(
        one.guess.crs.declared
        for one in known
        if one.guess.crs is not None and is_metric(one.guess.crs.declared)
    )
    if metric:
        code, layers = metric.most_common(1)[0]
        return code, "crs_of_layers", {"layers": layers}
    degrees = sorted(lon for one in known if (lon := _longitude(one)) is not None)
    if not degrees:
        return "", "crs_not_known", {}
    lon = degrees[len(degrees) // 2]
    return three_degree_zone(lon), "crs_of_longitude", {"lon": f"{lon:.2f}"}


def _inline(pairs: dict[str, str]) -> str:
    told = ", ".join(
        f"{key if key.isidentifier() and key.isascii() else _quoted(key)}"
        f" = {_quoted(value)}"
        for key, value in pairs.items()
    )
    return f"{{ {told} }}"


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
    >>> remarks(survey([Path("data/demo/社区.shp")])[0], "en")[-1]
    'encoding: by the .cpg file'
    """
    found = one.guess

    def confirm(what: str) -> str:
        return say("inspect.confirm", lang, {"what": what})

    told = [say(f"inspect.{why.key}", lang, why.values) for why in found.reasons]
    lines = [say("inspect.because", lang, {"reasons": "；".join(told)})] if told else []
    if found.crs is not None:
        why = say(f"inspect.{found.crs.key}", lang, found.crs.values)
        lines.append(why if found.crs.sure else confirm(why))
    if one.layer.encoding_from:
        lines.append(say(f"inspect.encoding_{one.layer.encoding_from}", lang))
    if ROW_NUMBER in found.columns.values():
        lines.append(say("inspect.numbered", lang))
    if found.provider:
        lines.append(say(f"inspect.provider_{found.provider}", lang))
    lines += [
        confirm(say("inspect.column_missing", lang, {"column": name}))
        for name in found.missing
    ]
    lines += [
        say("inspect.words_unknown", lang, {"column": name, "words": "、".join(words)})
        for name, words in found.unknown.items()
    ]
    named = {*found.columns.values(), found.x, found.y}
    left = [name for name in one.layer.names if name and name not in named]
    if left:
        lines.append(say("inspect.columns_left", lang, {"columns": "、".join(left)}))
    return lines


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
    if found.provider:
        lines.append(f"provider = {_quoted(found.provider)}")
    lines.append(f"columns = {_inline(dict(found.columns))}")
    lines += [f"values.{name} = {_inline(dict(w))}" for name, w in found.values.items()]
    if found.table == "facilities":
        note = _comment(say("inspect.complete", lang))
        lines.append(f"# complete_classes = []  {note}")
    return lines


def _head(folder: Path, found: list[Surveyed], lang: Language) -> list[str]:
    crs, key, values = _metric_crs(found)
    newest = max(one.layer.path.stat().st_mtime for one in found)
    day = dt.datetime.fromtimestamp(newest, tz=dt.UTC).date().isoformat()
    name = folder.resolve().name

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
            told = say(
                "inspect.not_recognised", lang, {"file": f"{name} {one.layer.name}"}
            )
            if one.layer.fault:
                told = f"{name}: {fault_lines(one.layer.fault, lang)}"
            lines += ["", _comment(told)]
    return Starter("\n".join(lines) + "\n", tuple(found), absent)

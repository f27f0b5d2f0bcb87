"""The district file: TOML to a checked ``DistrictConfig``, all faults at once."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecircle.errors import ConfigError, CrsError
from lifecircle.model import DistrictConfig, Problem, Source
from lifecircle.settings import GAP_M2
from lifecircle.tables._keys import Keys
from lifecircle.tables.crs import declared_crs, is_metric
from lifecircle.tables.encodings import canonical
from lifecircle.tables.facts import TABLES, nearest_fact, schema_of
from lifecircle.tables.osm_source import source_defaults
from lifecircle.tables.output_config import output_settings
from lifecircle.tables.part_config import part_settings
from lifecircle.tables.regrid_config import regrid_settings
from lifecircle.tables.schemas import BASES
from lifecircle.tables.suffixes import SHEETS, TEXT
from lifecircle.tables.walk_config import walk_settings
from lifecircle.text import problem_lines

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "REPAIRS",
    "DistrictFileError",
    "config_problems",
    "load_config",
    "parse_toml",
    "read_config",
]

REPAIRS = ("invalid", "slivers", "overlaps", "gaps")
"""Faults of polygons that may be repaired on reading."""

_SETTLEMENTS = ("urban", "county_town", "rural")
_DISCLOSURES = ("internal", "review", "public")
_PROFILES = ("planning", "full")
_PROVIDERS = ("baidu", "amap", "osm", "name")
_PARTS = ("district", "households", "rules", "walk", "regrid", "outputs", "facilities")


class DistrictFileError(ConfigError):
    """A district file with faults; ``problems`` lists them all.

    Parameters
    ----------
    problems : tuple of Problem
        At least one.
    """

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        where, what, fix = problem_lines(problems[0], "en")
        if len(problems) > 1:
            what = f"{what} ({len(problems)} problems in all.)"
        super().__init__(where=where, what=what, fix=fix)

    def __reduce__(self) -> Any:
        return type(self), (self.problems,)


def _crs(keys: Keys, name: str) -> str:
    """A declared CRS, checked; ``""`` if wrong or absent."""
    said = keys.text(name)
    said = said.lower() if said.lower() in ("gcj02", "bd09") else said.upper()
    if not said:
        return ""
    try:
        declared_crs(said)
    except CrsError:
        keys.report("config_crs", name, value=said)
        return ""
    return said


def _district(keys: Keys) -> dict[str, Any]:
    crs = keys.required("crs", _crs(keys, "crs"))
    if crs and not is_metric(crs):
        keys.report("config_crs_not_metric", "crs", value=crs)
        crs = ""
    gap_m2 = keys.number("repair_gap_m2", least=1.0, most=GAP_M2)
    return {
        "district_id": keys.required("id", keys.text("id")),
        "name": keys.required("name", keys.text("name")),
        "name_en": keys.text("name_en"),
        "crs": crs,
        "as_of": keys.required("as_of", keys.date("as_of")),
        "settlement": keys.choice("settlement", _SETTLEMENTS, "urban"),
        "synthetic": keys.flag("synthetic"),
        "disclosure": keys.choice("disclosure", _DISCLOSURES, "internal"),
        "map_approval": keys.text("map_approval"),
        "prepared_by": keys.text("prepared_by"),
        "repair": keys.choices("repair", REPAIRS),
        **({} if gap_m2 is None else {"repair_gap_m2": gap_m2}),
        **part_settings(keys),
    }


def _households(keys: Keys) -> dict[str, Any]:
    return {
        "floor_area_per_household_m2": keys.number(
            "floor_area_per_household_m2", least=10.0, most=1000.0
        ),
        "persons_per_household": keys.number(
            "persons_per_household", least=0.5, most=10.0
        ),
        "elderly_share": keys.number("elderly_share", least=0.0, most=1.0),
    }


def _rules(keys: Keys) -> dict[str, Any]:
    shares = keys.section("share")
    values = {
        one: shares.number(one, least=0.0, most=1.0) for one in list(shares.given)
    }
    return {
        "adopted_books": keys.texts("adopt"),
        "reference_books": keys.texts("reference"),
        "profile": keys.choice("profile", _PROFILES, "planning"),
        "shares": {name: value for name, value in values.items() if value is not None},
    }


def _column_maps(keys: Keys, table: str) -> dict[str, Any]:
    """``columns``, ``values`` and ``constants`` of a source, keys checked."""
    known = tuple(schema_of(table).readable)
    columns, values = keys.section("columns"), keys.section("values")
    constants = keys.section("constants")
    for section in (columns, values, constants):
        for name in [name for name in section.given if name not in known]:
            if table == "registers":
                near = nearest_fact(name)
                section.report("config_unknown_fact", name, value=name, nearest=near)
            else:
                section.unknown(name, known, "config_unknown_column", table=table)
    mapped = {name: columns.text(name) for name in columns.given if name in known}
    words: dict[str, dict[str, str]] = {}
    for name in [name for name in values.given if name in known]:
        inner = values.section(name)
        words[name] = {word: inner.text(word) for word in inner.given}
    fixed = {name: constants.scalar(name) for name in constants.given if name in known}
    return {
        "columns": {name: theirs for name, theirs in mapped.items() if theirs},
        "values": words,
        "constants": {
            name: value for name, value in fixed.items() if value is not None
        },
    }


def _labels(keys: Keys, base: Path) -> dict[str, Any]:
    """Whose labels facilities bear, and what has been decided by hand."""
    reviewed = keys.text("reviewed")
    return {
        "provider": keys.choice("provider", _PROVIDERS, ""),
        "reviewed": (base / reviewed).resolve() if reviewed else None,
    }


def _facilities(keys: Keys) -> dict[str, Any]:
    within_m = keys.number("merge_within_m", least=0.0, most=500.0)
    return {} if within_m is None else {"merge_within_m": within_m}


def _check_register(keys: Keys, source: dict[str, Any]) -> None:
    """A register names facts, of a level that there is."""
    given = {*keys.names("columns"), *keys.names("constants")}
    if not given - {"level", "unit_id"}:
        keys.report("config_no_facts", "columns")
    level = source["constants"].get("level")
    levels = schema_of("registers").readable["level"].choices
    if level is not None:
        place = f"{keys.place}.constants"
        said = Keys({"level": level}, place, keys.problems, keys.file)
        said.choice("level", levels, "")


def _check_source(keys: Keys, source: dict[str, Any]) -> None:
    """What a source needs beyond single keys."""
    schema = schema_of(source["table"])
    named = {*keys.names("columns"), *source["constants"]}
    for field in schema.readable.values():
        told = field.name == "facility_class" and source.get("provider")
        if field.required and field.name not in named and not told:
            keys.report("config_column_unmapped", "columns", value=field.name)
    if schema.name == "registers":
        _check_register(keys, source)
    suffix = source["path"].suffix.lower()
    if schema.shapes:
        if not source["crs"] and "crs" not in keys.given:
            keys.report("config_no_crs", "crs")
        if suffix in (*TEXT, *SHEETS) and not (source["x"] and source["y"]):
            keys.report("config_no_xy", "x")
    if source["geometry"] and not source["database"]:
        keys.report("config_geometry", "geometry")
    if source["encoding"] and not canonical(source["encoding"]):
        keys.report("encoding_unknown", "encoding", value=source["encoding"])


def _source(keys: Keys, table: str, base: Path) -> Source | None:
    database = keys.text("database")
    path = f"{database}.postgis"
    if not database:
        path = keys.required("path", keys.text("path"))
    known = schema_of(table).readable
    defaults = source_defaults(base / path, table, known=known)
    keys.given = {**defaults, **keys.given}
    header = keys.number("header_row", least=1.0, most=1000.0)
    headings = keys.number("header_rows", least=1.0, most=5.0)
    source: dict[str, Any] = {
        "table": table,
        "path": (base / path).resolve(),
        "layer": keys.text("layer"),
        "encoding": keys.text("encoding"),
        "sheet": keys.text("sheet"),
        "header_row": 1 if header is None else int(header),
        "header_rows": 1 if headings is None else int(headings),
        "crs": _crs(keys, "crs"),
        "x": keys.text("x"),
        "y": keys.text("y"),
        "household_basis": keys.choice("household_basis", BASES, ""),
        "complete_classes": keys.texts("complete_classes"),
        "as_of": keys.date("as_of"),
        "note": keys.text("note"),
        "database": database,
        "geometry": keys.text("geometry"),
        **_column_maps(keys, table),
        **(_labels(keys, base) if table == "facilities" else {}),
    }
    before = len(keys.problems)
    _check_source(keys, source)
    keys.finish()
    fatal = {"tables.config_no_crs", "tables.config_no_xy"}
    stopped = any(found.key in fatal for found in keys.problems[before:])
    no_crs = schema_of(table).shapes and not source["crs"]
    return None if stopped or no_crs or not path else Source(**source)


def _sources(keys: Keys, base: Path) -> tuple[Source, ...]:
    found: list[Source] = []
    for table in list(keys.given):
        if table not in TABLES:
            keys.unknown(table, TABLES, "config_unknown_table")
            continue
        for entry in keys.entries(table):
            source = _source(entry, table, base)
            if source is not None:
                found.append(source)
    return tuple(found)


def parse_toml(path: Path) -> tuple[dict[str, Any], list[Problem]]:
    """Parse a TOML file.

    Parameters
    ----------
    path : Path
        The file, UTF-8.

    Returns
    -------
    tuple of dict, list of Problem
        What it says, empty where it cannot be parsed; and the fault, if there is one.

    Examples
    --------
    >>> parse_toml(Path("no_such.toml"))[1][0].key
    'tables.config_missing_file'
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig")), []
    except OSError:
        return {}, [Problem("tables.config_missing_file", {}, file=path.name)]
    except UnicodeDecodeError:
        return {}, [Problem("tables.config_not_utf8", {}, file=path.name)]
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        row = int(line[1]) if line else None
        reason = str(error).split(" (at")[0]
        fault = Problem(
            "tables.config_syntax", {"reason": reason}, file=path.name, row=row
        )
        return {}, [fault]


def load_config(
    path: str | Path, *, settings: Mapping[str, Any] | None = None
) -> tuple[DistrictConfig | None, tuple[Problem, ...]]:
    """Read a district file as far as it can be read.

    Parameters
    ----------
    path : str or Path
        The district TOML.
    settings : Mapping, optional
        What the district file says, in its place: a city file adds to it and
        overrides it. Paths are relative to the folder of ``path`` all the same.

    Returns
    -------
    tuple of DistrictConfig or None, tuple of Problem
        The settings that could be read (defaults elsewhere, faulty sources left
        out), None if not even the coordinate system is known; and every fault.

    Examples
    --------
    >>> config, problems = load_config("no_such.toml")
    >>> config is None, problems[0].key
    (True, 'tables.config_missing_file')
    """
    path = Path(path)
    data, problems = parse_toml(path) if settings is None else (settings, [])
    if problems:
        return None, tuple(problems)
    top = Keys(data, "", problems, path.name)
    parts = {name: top.section(name) for name in (*_PARTS, "sources")}
    top.finish()
    folder = path.resolve().parent
    settings = {
        **_district(parts["district"]),
        **_households(parts["households"]),
        **_rules(parts["rules"]),
        **walk_settings(parts["walk"], folder),
        **output_settings(parts["outputs"], folder),
        **_facilities(parts["facilities"]),
        "regrid": regrid_settings(parts["regrid"]),
    }
    for name in _PARTS:
        parts[name].finish()
    sources = _sources(parts["sources"], folder)
    if not settings["crs"]:
        return None, tuple(problems)
    settings["as_of"] = settings["as_of"] or dt.date(1900, 1, 1)
    config = DistrictConfig(path=path.resolve(), sources=sources, **settings)
    return config, tuple(problems)


def config_problems(path: str | Path) -> tuple[Problem, ...]:
    """Every fault of a district file.

    Parameters
    ----------
    path : str or Path
        The district TOML.

    Returns
    -------
    tuple of Problem
        Empty if the file is in order.

    Examples
    --------
    >>> [problem.key for problem in config_problems("no_such.toml")]
    ['tables.config_missing_file']
    """
    return load_config(path)[1]


def read_config(path: str | Path) -> DistrictConfig:
    """Read and check a district file.

    Parameters
    ----------
    path : str or Path
        The district TOML.

    Returns
    -------
    DistrictConfig
        Checked; paths absolute, defaults filled in.

    Raises
    ------
    DistrictFileError
        If anything is wrong with it; ``problems`` lists every fault.

    Examples
    --------
    >>> read_config("no_such.toml")
    Traceback (most recent call last):
    ...
    lifecircle.tables.config.DistrictFileError: no_such.toml: there is no such \
district file. Check the path, or make a sample with "lifecircle demo DIR".
    """
    config, problems = load_config(path)
    if problems or config is None:
        raise DistrictFileError(problems)
    return config

"""A city: a folder of district files, or a city file with what they share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lifecircle.errors import SourceError
from lifecircle.model import Problem
from lifecircle.tables._keys import Keys
from lifecircle.tables.config import DistrictFileError, parse_toml

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CITY_FILE", "City", "CityDistrict", "layered", "read_city", "rooted"]

CITY_FILE = "city.toml"
"""Of this name a city file is found in a folder."""

_UNSAFE = re.compile(r"[^\w.\-]+")
_DEPTH = ("*.toml", "*/*.toml")


@dataclass(frozen=True, slots=True, eq=False)
class CityDistrict:
    """One district of a city.

    Attributes
    ----------
    district_id, name : str
        As its file says; the file's or folder's name where it cannot be read.
    folder : str
        Name of its folder among the results.
    path : Path
        Absolute path of its district file; of the city file if it has none.
    settings : Mapping or None
        What the district file says with the city's additions; None = the file alone.
    said : Mapping
        What the city file itself says of it, paths as written.
    inline : bool
        It stands in the city file and has no file of its own.
    """

    district_id: str
    name: str
    folder: str
    path: Path
    settings: Mapping[str, Any] | None
    said: Mapping[str, Any]
    inline: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class City:
    """Districts to run, in order.

    Attributes
    ----------
    city_id, name, name_en : str
    districts : tuple of CityDistrict
        Their ids and folders are unique.
    """

    city_id: str
    name: str
    name_en: str
    districts: tuple[CityDistrict, ...]


def read_city(path: str | Path) -> City:
    """Read a city: which districts it has, and what they share.

    Parameters
    ----------
    path : str or Path
        A city file, or a folder: its ``city.toml``, else every file with a
        ``[district]`` section in it or in a folder directly beneath.

    Returns
    -------
    City
        In the order of the city file, or of the paths. A district file that cannot
        be parsed is one of them: its own run tells why.

    Raises
    ------
    SourceError
        If there is no such file or folder, or no district file in it.
    DistrictFileError
        If the city file is wrong, or two districts bear one id; ``problems`` lists
        every fault.

    Examples
    --------
    >>> city = read_city("data/demo")
    >>> [district.name for district in city.districts]
    ['青溪区']
    """
    path = Path(path).resolve()
    if path.is_dir():
        if (path / CITY_FILE).is_file():
            return _of_file(path / CITY_FILE)
        return _of_folder(path)
    if not path.is_file():
        raise SourceError(
            where=str(path),
            what="there is no such city file or folder.",
            fix="Name a folder of district files, or a city file (TOML).",
        )
    return _of_file(path)


def _of_folder(folder: Path) -> City:
    paths = sorted({found for depth in _DEPTH for found in folder.glob(depth)})
    districts = [district for one in paths for district in _standing_alone(one)]
    if not districts:
        raise SourceError(
            where=str(folder),
            what="no district file is in this folder or directly beneath it.",
            fix='A district file is a TOML file with a section "[district]"; '
            "lifecircle init drafts one.",
        )
    problems: list[Problem] = []
    _check_apart(districts, problems, folder.name)
    if problems:
        raise DistrictFileError(tuple(problems))
    return City(folder.name, folder.name, "", tuple(districts))


def _standing_alone(path: Path) -> list[CityDistrict]:
    data, faults = parse_toml(path)
    if not faults and not isinstance(data.get("district"), dict):
        return []  # a rule book, or another tool's settings
    return [_district(path, data, settings=None, said={})]


def _district(
    path: Path,
    data: Mapping[str, Any],
    *,
    settings: Mapping[str, Any] | None,
    said: Mapping[str, Any],
    inline: bool = False,
) -> CityDistrict:
    section = data.get("district")
    told = section if isinstance(section, dict) else {}
    own_name = path.parent.name if path.stem == "district" else path.stem
    named = told.get("id") if isinstance(told.get("id"), str) else ""
    district_id = named or own_name
    name = told.get("name") if isinstance(told.get("name"), str) else ""
    folder = _UNSAFE.sub("_", district_id).strip(". ") or "district"
    return CityDistrict(
        district_id, name or district_id, folder, path, settings, said, inline
    )


def _check_apart(
    districts: list[CityDistrict], problems: list[Problem], file: str
) -> None:
    """No two districts may write to one folder, nor one beside the journal."""
    first: dict[str, CityDistrict] = {}
    for one in districts:
        other = first.setdefault(one.folder.casefold(), one)
        if other is not one:
            values = {
                "value": one.district_id,
                "file": one.path.name,
                "other": other.path.name,
            }
            problems.append(Problem("batch.district_twice", values, file=file))


def _of_file(path: Path) -> City:
    data, faults = parse_toml(path)
    if faults:
        raise DistrictFileError(tuple(faults))
    problems: list[Problem] = []
    top = Keys(data, "", problems, path.name)
    head = top.section("city")
    shared = top.section("shared").given
    city_id = head.required("id", head.text("id"))
    name = head.required("name", head.text("name"))
    name_en = head.text("name_en")
    entries = top.entries("districts") if "districts" in data else []
    top.finish()
    head.finish()
    districts = []
    for entry in entries:
        file = entry.text("file")
        own = entry.section("settings").given
        entry.finish()
        districts.append(_told(path, file, shared, own))
    if not entries:
        problems.append(Problem("batch.no_districts", {}, file=path.name))
    _check_apart(districts, problems, path.name)
    if problems:
        raise DistrictFileError(tuple(problems))
    return City(city_id, name, name_en, tuple(districts))


def _told(
    path: Path, file: str, shared: Mapping[str, Any], own: Mapping[str, Any]
) -> CityDistrict:
    """A district of the city file: its own file between what is shared and its own.

    A file that is not there or cannot be parsed is left to the district's own run,
    which says so and stops nobody else.
    """
    folder = path.parent
    where = (folder / file).resolve() if file else path
    data, faults = parse_toml(where) if file else ({}, [])
    said = {"shared": shared, "own": own}
    if faults:
        return _district(where, {}, settings=None, said=said)
    settings = layered(layered(rooted(shared, folder), data), rooted(own, folder))
    return _district(where, settings, settings=settings, said=said, inline=not file)


def layered(beneath: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Two layers of settings as one.

    Parameters
    ----------
    beneath, above : Mapping
        As TOML gives them. Sections merge key by key, what stands above wins; lists
        of sections (sources) follow one another; other lists are replaced.

    Returns
    -------
    dict
        A new mapping.

    Examples
    --------
    >>> shared = {"walk": {"max_off_road_m": 80.0}, "rules": {"adopt": ["hefei"]}}
    >>> layered(shared, {"walk": {"max_off_road_m": 60.0}, "rules": {"adopt": []}})
    {'walk': {'max_off_road_m': 60.0}, 'rules': {'adopt': []}}
    >>> layered({"s": [{"a": 1}]}, {"s": [{"b": 2}]})
    {'s': [{'a': 1}, {'b': 2}]}
    """
    made = dict(beneath)
    for name, value in above.items():
        under = made.get(name)
        if isinstance(under, dict) and isinstance(value, dict):
            made[name] = layered(under, value)
        elif isinstance(under, list) and _sections(under) and _sections(value):
            made[name] = [*under, *value]
        else:
            made[name] = value
    return made


def _sections(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def rooted(settings: Mapping[str, Any], folder: Path) -> dict[str, Any]:
    """Settings with the paths in them made absolute.

    Parameters
    ----------
    settings : Mapping
        Of a city file: ``path`` and ``reviewed`` of sources, ``walk.elevation``,
        ``outputs.base_map.raster`` and local rule books are relative to it.
    folder : Path
        Of the city file.

    Returns
    -------
    dict
        A new mapping.

    Examples
    --------
    >>> from pathlib import Path
    >>> made = rooted({"rules": {"adopt": ["hefei", "ours.toml"]}}, Path("/city"))
    >>> made["rules"]["adopt"][0], Path(made["rules"]["adopt"][1]).name
    ('hefei', 'ours.toml')
    """

    def at(value: Any) -> Any:
        return str(folder / value) if isinstance(value, str) and value else value

    made = dict(settings)
    sources = made.get("sources")
    if isinstance(sources, dict):
        made["sources"] = {
            table: [
                {k: at(v) if k in ("path", "reviewed") else v for k, v in one.items()}
                if isinstance(one, dict)
                else one
                for one in entries
            ]
            if isinstance(entries, list)
            else entries
            for table, entries in sources.items()
        }
    rules, walk = made.get("rules"), made.get("walk")
    if isinstance(rules, dict):
        made["rules"] = {
            name: [at(book) if str(book).endswith(".toml") else book for book in value]
            if isinstance(value, list)
            else value
            for name, value in rules.items()
        }
    if isinstance(walk, dict) and "elevation" in walk:
        made["walk"] = {**walk, "elevation": at(walk["elevation"])}
    outputs = made.get("outputs")
    base_map = outputs.get("base_map") if isinstance(outputs, dict) else None
    if isinstance(base_map, dict) and "raster" in base_map:
        moved = {**base_map, "raster": at(base_map["raster"])}
        made["outputs"] = {**made["outputs"], "base_map": moved}
    return made

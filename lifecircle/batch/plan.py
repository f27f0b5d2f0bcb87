"""What is to be done: every district's results against what they would be made of."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Literal

from lifecircle.batch.keys import Ingredients, ingredients
from lifecircle.errors import ConfigError
from lifecircle.tables.whole import CityFiles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lifecircle.batch.city import City, CityDistrict
    from lifecircle.batch.journal import Journal

__all__ = ["Planned", "changed_parts", "chosen", "plan"]

State = Literal["done", "new", "changed", "damaged", "forced"]


@dataclass(frozen=True, slots=True)
class Planned:
    """A district and what there is to do for it.

    Attributes
    ----------
    district : CityDistrict
    made_of : Ingredients
        What its results would be made of now.
    state : {"done", "new", "changed", "damaged", "forced"}
        All but ``done`` are run.
    changed : tuple of str
        What has changed since the results that stand: files, books, settings, version.
    seconds : float or None
        What it took last time.
    """

    district: CityDistrict
    made_of: Ingredients
    state: State
    changed: tuple[str, ...] = ()
    seconds: float | None = None


def chosen(
    city: City, only: Sequence[str], exclude: Sequence[str]
) -> tuple[CityDistrict, ...]:
    """Districts that a call asks for.

    Parameters
    ----------
    city : City
        All of them.
    only, exclude : sequence of str
        Ids, names, or patterns with ``*``; no ``only`` = all.

    Returns
    -------
    tuple of CityDistrict
        In the city's order.

    Raises
    ------
    ConfigError
        If a word names no district, or none is left.

    Examples
    --------
    >>> from lifecircle.batch.city import read_city
    >>> city = read_city("data/demo")
    >>> [one.district_id for one in chosen(city, ["青*"], [])]
    ['qingxi']
    """

    def named(one: CityDistrict, words: Sequence[str]) -> bool:
        return any(
            fnmatchcase(own, word)
            for word in words
            for own in (one.district_id, one.name)
        )

    known = ", ".join(one.district_id for one in city.districts)
    for option, words in (("--only", only), ("--exclude", exclude)):
        for word in words:
            if not any(named(one, [word]) for one in city.districts):
                raise ConfigError(
                    where=f"{option} {word}",
                    what="no district of the city is called so.",
                    fix=f"Use an id or a name; there are: {known}.",
                )
    left = [
        one
        for one in city.districts
        if (not only or named(one, only)) and not named(one, exclude)
    ]
    if not left:
        raise ConfigError(
            where="--only, --exclude",
            what="no district is left.",
            fix=f"Leave one in; there are: {known}.",
        )
    return tuple(left)


def plan(
    districts: Sequence[CityDistrict],
    journal: Journal,
    *,
    lang: str,
    force: bool = False,
) -> list[Planned]:
    """Compare what stands with what would be made.

    Parameters
    ----------
    districts : sequence of CityDistrict
        Those asked for.
    journal : Journal
        Of the output folder.
    lang : {"zh", "en"}
        Language of the outputs.
    force : bool
        Run all of them, whatever stands.

    Returns
    -------
    list of Planned
        In the order of ``districts``.
    """
    files = CityFiles()  # many districts may be cut from the same
    return [
        _planned(one, journal, ingredients(one, lang=lang, files=files), force=force)
        for one in districts
    ]


def _planned(
    district: CityDistrict, journal: Journal, made_of: Ingredients, *, force: bool
) -> Planned:
    record = journal.record(district.folder)
    if record is None:
        return Planned(district, made_of, "new")
    seconds = record.get("seconds")
    changed = changed_parts(record["made_of"], made_of)
    if record["key"] != made_of.key:
        return Planned(district, made_of, "changed", changed, seconds)
    if force:
        return Planned(district, made_of, "forced", (), seconds)
    whole = journal.is_whole(district.folder, record)
    return Planned(district, made_of, "done" if whole else "damaged", (), seconds)


def changed_parts(before: Mapping[str, object], now: Ingredients) -> tuple[str, ...]:
    """Name what differs between two results' ingredients.

    Parameters
    ----------
    before : Mapping
        ``made_of`` of a record.
    now : Ingredients
        Of today.

    Returns
    -------
    tuple of str
        Names of files and rule books; ``settings``, ``version``.

    Examples
    --------
    >>> before = {"inputs": {"a.shp": "1", "b.csv": "2"}, "books": {}, "version": "9"}
    >>> changed_parts(before, Ingredients({"a.shp": "1", "c.csv": "3"}, version="9"))
    ('b.csv', 'c.csv', 'settings')
    """
    found: list[str] = []
    for old, new in (
        (before.get("inputs"), now.inputs),
        (before.get("books"), now.books),
    ):
        earlier = old if isinstance(old, dict) else {}
        names = sorted({*earlier, *new})
        found += [name for name in names if earlier.get(name) != new.get(name)]
    for name in ("settings", "version"):
        if before.get(name) != getattr(now, name):
            found.append(name)
    return tuple(found)

"""Typed look-ups in a TOML table that note what is wrong and carry on."""

from __future__ import annotations

import datetime as dt
import difflib
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from lifecircle.model import Problem

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Keys"]


def _close(word: str, known: tuple[str, ...]) -> str:
    found = difflib.get_close_matches(word, known, n=1, cutoff=0.4)
    return found[0] if found else ""


@dataclass(slots=True, eq=False)
class Keys:
    """One TOML table; every look-up is remembered, so that the rest is unknown.

    Attributes
    ----------
    given : Mapping
        The table.
    place : str
        Its dotted name, for example ``sources.facilities[2]``.
    problems : list of Problem
        Shared by all tables of a file.
    """

    given: Mapping[str, Any]
    place: str
    problems: list[Problem]
    file: str
    asked: list[str] = field(default_factory=list)

    def _path(self, name: str) -> str:
        return f"{self.place}.{name}" if self.place else name

    def report(self, key: str, name: str, **values: Any) -> None:
        """Note a problem of the entry ``name``."""
        shown = {key: "—" if value == "" else value for key, value in values.items()}
        where = {"setting": self._path(name), **shown}
        self.problems.append(Problem(f"tables.{key}", where, file=self.file))

    def unknown(
        self, name: str, known: tuple[str, ...], key: str, **values: Any
    ) -> None:
        """Note a name that is not known, with the nearest that is."""
        near, allowed = _close(name, known), "、".join(known)
        self.report(key, name, value=name, nearest=near, allowed=allowed, **values)

    def finish(self) -> None:
        """Note every key that nobody asked for."""
        for name in self.given:
            if name not in self.asked:
                self.unknown(name, tuple(self.asked), "config_unknown_key")

    def _take(self, name: str, kinds: tuple[type, ...], expected: str) -> Any:
        self.asked.append(name)
        value = self.given.get(name)
        if value is None:
            return None
        flag = isinstance(value, bool) and bool not in kinds
        if flag or not isinstance(value, kinds):
            self.report("config_type", name, value=value, expected=expected)
            return None
        return value

    def required(self, name: str, value: Any) -> Any:
        """Note a key that is not there at all (or empty)."""
        if name not in self.given or self.given[name] == "":
            self.report("config_missing_key", name)
        return value

    def text(self, name: str) -> str:
        """A string, ``""`` if absent."""
        return (self._take(name, (str,), "text") or "").strip()

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of strings."""
        values = self._take(name, (list,), "list") or []
        if all(isinstance(value, str) for value in values):
            return tuple(values)
        self.report("config_type", name, value=values, expected="list of text")
        return ()

    def flag(self, name: str) -> bool:
        """True or false; false if absent."""
        return bool(self._take(name, (bool,), "true / false"))

    def date(self, name: str) -> dt.date | None:
        """A date; a date and time gives its date."""
        value = self._take(name, (dt.date,), "date, 2026-06-30")
        return value.date() if isinstance(value, dt.datetime) else value

    def number(self, name: str, *, least: float, most: float) -> float | None:
        """A number within bounds, None if absent or wrong."""
        value = self._take(name, (int, float), "number")
        return None if value is None else self._bounded(name, value, least, most)

    def _bounded(
        self, name: str, value: float, least: float, most: float
    ) -> float | None:
        if math.isnan(value) or not least <= value <= most:
            bounds = {"least": f"{least:g}", "most": f"{most:g}"}
            self.report("config_range", name, value=value, **bounds)
            return None
        return float(value)

    def numbers(self, name: str, *, least: float, most: float) -> tuple[float, ...]:
        """A list of numbers within bounds."""
        values = self._take(name, (list,), "list of numbers") or []
        fine = [
            isinstance(value, (int, float)) and not isinstance(value, bool)
            for value in values
        ]
        if not all(fine):
            self.report("config_type", name, value=values, expected="list of numbers")
            return ()
        bounded = [self._bounded(name, value, least, most) for value in values]
        return tuple(value for value in bounded if value is not None)

    def choice(self, name: str, allowed: tuple[str, ...], default: str) -> str:
        """One of the words allowed."""
        value = self.text(name)
        if not value:
            return default
        if value not in allowed:
            words = tuple(word for word in allowed if word)
            near = _close(value, words)
            known = "、".join(words)
            self.report("config_choice", name, value=value, nearest=near, allowed=known)
            return default
        return value

    def choices(self, name: str, allowed: tuple[str, ...]) -> tuple[str, ...]:
        """Some of the words allowed."""
        words = dict.fromkeys(self.texts(name))
        for word in words:
            if word not in allowed:
                near, known = _close(word, allowed), "、".join(allowed)
                self.report(
                    "config_choice", name, value=word, nearest=near, allowed=known
                )
        return tuple(word for word in words if word in allowed)

    def scalar(self, name: str) -> str | float | None:
        """Text, a number or true/false as it stands."""
        value = self._take(name, (str, int, float, bool), "text or number")
        return value if isinstance(value, str | int | float) else None

    def section(self, name: str) -> Keys:
        """A table inside this one; empty if absent."""
        inside = self._take(name, (dict,), "table [...]") or {}
        return Keys(inside, self._path(name), self.problems, self.file)

    def names(self, name: str) -> tuple[str, ...]:
        """Keys of a table inside this one."""
        inside = self.given.get(name)
        return tuple(inside) if isinstance(inside, dict) else ()

    def entries(self, name: str) -> list[Keys]:
        """An array of tables; a single table counts as an array of one."""
        self.asked.append(name)
        values = self.given[name]
        tables = values if isinstance(values, list) else [values]
        if not all(isinstance(table, dict) for table in tables):
            self.report("config_type", name, value=values, expected="[[...]]")
            return []
        return [
            Keys(table, f"{self._path(name)}[{place}]", self.problems, self.file)
            for place, table in enumerate(tables, start=1)
        ]

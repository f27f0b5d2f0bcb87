"""Names and map characters of facility classes, from the catalogue's data file.

The file is read, not the catalogue's code: what is published knows no standards, but
a class that somebody adds to the one TOML must show its name everywhere.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["ClassLabel", "class_label"]


@dataclass(frozen=True, slots=True)
class ClassLabel:
    """A class's names and the one character that stands for it on the map."""

    code: str
    zh: str
    en: str
    symbol: str


@cache
def _labels() -> dict[str, ClassLabel]:
    source = files("lifecircle") / "standards" / "facility_classes.toml"
    entries = tomllib.loads(source.read_text(encoding="utf-8"))
    return {
        code: ClassLabel(code, entry["zh"], entry["en"], entry["symbol"])
        for code, entry in entries.items()
        if isinstance(entry, dict) and "symbol" in entry
    }


def class_label(code: str) -> ClassLabel:
    """Names of a class; an unknown one is shown by its code.

    Parameters
    ----------
    code : str
        For example ``"ELD.CANTEEN"``.

    Returns
    -------
    ClassLabel
        Names and symbol.

    Examples
    --------
    >>> class_label("ELD.CANTEEN").symbol, class_label("NEW.CLASS").zh
    ('食', 'NEW.CLASS')
    """
    return _labels().get(code, ClassLabel(code, code, code, "点"))

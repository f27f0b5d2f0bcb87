"""The field's usual names (``aliases.toml``), and names as they compare with them."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections import Counter
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lifecircle.tables.survey import Layer

__all__ = ["aliases", "bare", "spoken"]

_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^】]*】")
_BELONGS = re.compile(r"^(所属|所在)(?=.)")


@cache
def aliases() -> dict[str, Any]:
    """The alias table.

    Returns
    -------
    dict
        As ``aliases.toml`` says: tables by their columns, and other words by kind.

    Examples
    --------
    >>> "常住户数" in aliases()["shared"]["households"]
    True
    """
    source = files("lifecircle.tables").joinpath("aliases.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


def bare(name: str) -> str:
    """A name as aliases are compared: narrow, lower, without blanks and brackets.

    Parameters
    ----------
    name : str
        Of a file, a layer or a column.

    Returns
    -------
    str
        Without a leading 所属 or 所在.

    Examples
    --------
    >>> bare("建筑 面积（㎡）"), bare("所属街道"), bare("Type_1")
    ('建筑面积', '街道', 'type1')
    """
    narrow = "".join(unicodedata.normalize("NFKC", name).split()).lower()
    return _BELONGS.sub("", re.sub(r"[_\-.]", "", _BRACKETS.sub("", narrow)))


def spoken(layer: Layer) -> dict[str, str]:
    """The file's names -> as aliases are compared; of merged headings the lowest.

    A lowest heading that stands under several upper ones says nothing by itself.

    Parameters
    ----------
    layer : Layer
        As looked at.

    Returns
    -------
    dict
        By the file's column names.
    """
    if layer.header_rows == 1:
        return {name: bare(name) for name in layer.names}
    lowest = {name: bare(name.rsplit("-", 1)[-1]) for name in layer.names}
    times = Counter(lowest.values())
    return {
        name: last if times[last] == 1 else bare(name) for name, last in lowest.items()
    }

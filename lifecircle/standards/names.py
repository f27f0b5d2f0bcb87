"""What tells one place from another of its class: the stem of its name."""

from __future__ import annotations

import re
from functools import lru_cache

from lifecircle.standards.catalogue import accepted_names, fold, without_brackets

__all__ = ["name_stem"]

_AREA_PREFIX = re.compile(
    r"^(中共)?(.{2,3}?省)?(.{2,4}?市)?(.{2,4}?(?<![社小园校])[区县])?(.{2,6}?(街道办事处|街道办|街道|街办|镇|乡))?"
)


@lru_cache(maxsize=65536)
def name_stem(name: str, code: str) -> str:
    """What is left of a place's name without place names before and kind behind.

    Parameters
    ----------
    name : str
        As in the source.
    code : str
        The place's class, whose words are cut off at the end.

    Returns
    -------
    str
        Empty where nothing distinguishing is left.

    Examples
    --------
    >>> name_stem("西安市莲湖区枣园街道红光社区居民委员会", "SVC.COMM")
    '红光'
    >>> name_stem("红光社区党群服务中心(红光路)", "SVC.COMM")
    '红光'
    """
    bare = without_brackets(fold(name))
    found = accepted_names(code).search(bare)
    whole = bare if found is None or not found.start() else bare[: found.start()]
    if found is None:
        return whole
    stem = re.sub(r"-?(社区|村)$", "", whole)
    return _AREA_PREFIX.sub("", stem, count=1).strip("-")

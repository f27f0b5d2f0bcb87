"""The labels of a place as its source writes them: tags, codes, Amap's type texts."""

from __future__ import annotations

import tomllib
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files

__all__ = ["amap_code", "amap_domains", "labels_of"]


@cache
def _amap_types() -> dict[str, str]:
    source = files("lifecircle.standards").joinpath("amap_types.toml")
    return tomllib.loads(source.read_text(encoding="utf-8"))


@cache
def amap_domains() -> frozenset[str]:
    """The first words of Amap's type texts.

    Returns
    -------
    frozenset of str
        Those of types that the catalogue has a class for.

    Examples
    --------
    >>> "科教文化服务" in amap_domains()
    True
    """
    return frozenset(text.split(";")[0] for text in _amap_types())


@lru_cache(maxsize=4096)
def amap_code(label: str) -> str:
    """Amap's code for one of its type texts; another label as it is.

    Parameters
    ----------
    label : str
        A code, or ``大类;中类;小类`` (``；`` and spaces are folded).

    Returns
    -------
    str
        Six digits if the text, or what it begins with, is known.

    Examples
    --------
    >>> amap_code("科教文化服务;学校;小学"), amap_code("购物服务；超级市场；华润")
    ('141203', '060400')
    >>> amap_code("090601"), amap_code("公司企业;公司;公司")
    ('090601', '公司企业;公司;公司')
    """
    parts = [part.strip() for part in unicodedata.normalize("NFKC", label).split(";")]
    for count in range(len(parts), 0, -1):
        code = _amap_types().get(";".join(parts[:count]))
        if code:
            return code
    return label


def labels_of(label: object, provider: str) -> frozenset[str]:
    """The labels of a place: one tag, several codes, or ``key=value`` pairs.

    Parameters
    ----------
    label : object
        A cell of the source; a mapping for OpenStreetMap.
    provider : {"baidu", "amap", "osm", "name"}
        Whose labels they are.

    Returns
    -------
    frozenset of str
        None of an empty cell; Amap's type texts as codes.

    Examples
    --------
    >>> sorted(labels_of("科教文化服务;学校;幼儿园|141203", "amap"))
    ['141203', '141204']
    >>> labels_of({"amenity": "bank"}, "osm"), labels_of(None, "baidu")
    (frozenset({'amenity=bank'}), frozenset())
    """
    if isinstance(label, Mapping):
        return frozenset(f"{key}={value}" for key, value in label.items())
    if not isinstance(label, str) or not label.strip():
        return frozenset()
    parts = [part.strip() for part in label.split("|")]
    return frozenset(map(amap_code, parts) if provider == "amap" else parts)

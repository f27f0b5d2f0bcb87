"""Tile services that we know, as ``tile_services.toml`` lists them."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

__all__ = ["known_datum", "tile_services"]


@cache
def tile_services() -> dict[str, Any]:
    """What is known of tile services.

    Returns
    -------
    dict
        ``hosts``: datum to hosts; ``services``: name to settings and layers.

    Examples
    --------
    >>> sorted(tile_services()["services"])
    ['tianditu']
    """
    path = files("lifecircle") / "tile_services.toml"
    return tomllib.loads(path.read_text(encoding="utf-8"))


def known_datum(address: str) -> str:
    """What the tiles of an address are in, as far as its host is known.

    Parameters
    ----------
    address : str
        With placeholders.

    Returns
    -------
    {"wgs84", "gcj02", "bd09", "mixed", ""}
        Empty = the host is not known.

    Examples
    --------
    >>> known_datum("https://webrd01.is.autonavi.com/tile?x={x}&y={y}&z={z}")
    'gcj02'
    >>> known_datum("https://maps.example.org/{z}/{x}/{y}.png")
    ''
    """
    host = f".{urlsplit(address).hostname or ''}"
    for datum, hosts in tile_services()["hosts"].items():
        if any(host.endswith(f".{one}") for one in hosts):
            return str(datum)
    return ""

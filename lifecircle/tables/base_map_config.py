"""The ``[outputs.base_map]`` section: a raster, and the address of tiles.

Tiles are never misplaced: what a known host serves is held against the datum
declared, and a key never stands in a file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from lifecircle.errors import CrsError
from lifecircle.model import BaseMap
from lifecircle.tables.crs import declared_crs
from lifecircle.tile_services import known_datum, tile_services

if TYPE_CHECKING:
    from pathlib import Path

    from lifecircle.tables._keys import Keys

__all__ = ["base_map_settings", "named_service"]

_DATUMS = ("wgs84", "cgcs2000", "gcj02")
_HOLES = ("z", "x", "y", "-y", "s", "key")
_ORIGIN = re.compile(r"https?://(?:\{s\}\.)?[A-Za-z0-9.-]+(?::\d{1,5})?/")
_SECRETS = re.compile(
    r"(?:tk|ak|sk|.*key|.*token|.*secret|.*passw.*|sig(?:nature)?)", re.IGNORECASE
)
_LABEL = re.compile(r"[A-Za-z0-9-]+")


def named_service(name: str) -> BaseMap:
    """Settings of a tile service that we know.

    Parameters
    ----------
    name : str
        One of ``tile_services()["services"]``.

    Returns
    -------
    BaseMap
        Without a raster.

    Examples
    --------
    >>> named_service("tianditu").datum
    'cgcs2000'
    """
    service = tile_services()["services"][name]
    return BaseMap(
        tiles=name,
        datum=service["datum"],
        subdomains=tuple(service["subdomains"]),
        max_zoom=service["max_zoom"],
        attribution=service["attribution"],
    )


def base_map_settings(keys: Keys, folder: Path) -> BaseMap:
    """What lies below the plan, checked.

    Parameters
    ----------
    keys : Keys
        The section; faults are noted in it.
    folder : Path
        Folder of the district file.

    Returns
    -------
    BaseMap
        Empty if nothing is asked for, or if it cannot be used.

    Examples
    --------
    >>> from pathlib import Path
    >>> from lifecircle.tables._keys import Keys
    >>> keys = Keys({"tiles": "tianditu"}, "outputs.base_map", [], "district.toml")
    >>> base_map_settings(keys, Path()).max_zoom
    18
    """
    raster, tiles = keys.text("raster"), keys.text("tiles")
    found: dict[str, Any] = {
        "raster": (folder / raster).resolve() if raster else None,
        "crs": _epsg(keys),
        "raster_source": keys.text("raster_source"),
        "approval": keys.text("approval"),
    }
    if tiles in tile_services()["services"]:
        named = named_service(tiles)
        found |= {name: getattr(named, name) for name in _OF_TILES}
    elif tiles:
        found |= _address(keys, tiles)
    keys.finish()
    return BaseMap(**found)


_OF_TILES = ("tiles", "datum", "subdomains", "max_zoom", "attribution")


def _epsg(keys: Keys) -> str:
    """The declared CRS of a raster; a map service's datum has no raster of its own."""
    said = keys.text("crs").upper()
    try:
        if said:
            declared_crs(said)
    except CrsError:
        keys.report("base_map_crs", "crs", value=said)
        return ""
    return said


def _address(keys: Keys, tiles: str) -> dict[str, Any]:
    """An address and what belongs to it; without tiles if it cannot be used."""
    before = len(keys.problems)
    datum = keys.required("datum", keys.choice("datum", _DATUMS, ""))
    subdomains = keys.texts("subdomains")
    finest = keys.number("max_zoom", least=1.0, most=22.0)
    attribution = keys.required("attribution", keys.text("attribution"))
    _check_address(keys, tiles, subdomains)
    if len(keys.problems) == before:
        _check_datum(keys, tiles, datum)
    if len(keys.problems) > before:
        return {}
    return {
        "tiles": tiles,
        "datum": datum,
        "subdomains": subdomains,
        "max_zoom": 18 if finest is None else int(finest),
        "attribution": attribution,
    }


def _check_address(keys: Keys, tiles: str, subdomains: tuple[str, ...]) -> None:
    """Whole, of known placeholders, and without a key; it is never quoted."""
    known = " ".join(f"{{{one}}}" for one in _HOLES)
    holes = re.findall(r"{([^{}]*)}", tiles)
    for one in holes:
        if one not in _HOLES:
            keys.report(
                "base_map_placeholder", "tiles", value=f"{{{one}}}", allowed=known
            )
    rows = "y" in holes or "-y" in holes
    if not _ORIGIN.match(tiles) or not rows or not {"z", "x"} <= set(holes):
        keys.report("base_map_address", "tiles", allowed="{z} {x} {y}", south="{-y}")
        return
    for name, value in parse_qsl(urlsplit(tiles).query):
        if _SECRETS.fullmatch(name) and value != "{key}":
            keys.report("base_map_key", "tiles", value=name, wanted="{key}")
    fine = all(_LABEL.fullmatch(one) for one in subdomains)
    if not fine or ("s" in holes) != bool(subdomains):
        keys.report("base_map_subdomains", "subdomains", value="{s}")


def _check_datum(keys: Keys, tiles: str, datum: str) -> None:
    host, known = urlsplit(tiles).hostname or "", known_datum(tiles)
    if known == "bd09":
        keys.report("base_map_bd09", "tiles", value=host)
    elif known == "mixed":
        keys.report("base_map_mixed", "tiles", value=host)
    elif known and (known == "gcj02") != (datum == "gcj02"):
        values = {"value": host, "known": known, "declared": datum}
        keys.report("base_map_datum", "datum", **values)

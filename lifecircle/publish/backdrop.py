"""What lies below the plan: a picture inside the page, tiles that the reader asks for.

A page without tiles may load nothing; one with tiles only from the hosts that its
district file names, and only when its reader switches them on.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from lifecircle.picture import Picture
from lifecircle.tile_services import tile_services

if TYPE_CHECKING:
    from lifecircle.model import BaseMap, District

__all__ = [
    "backdrop_data",
    "picture_part",
    "picture_text",
    "saved_picture",
    "tile_origins",
]


def backdrop_data(district: District) -> dict[str, Any]:
    """What the page has to know of what lies below it.

    Parameters
    ----------
    district : District
        ``config.base_map``, ``picture``.

    Returns
    -------
    dict
        ``picture``: its bounds in degrees and its source, or None; ``tiles``: a row
        for each layer of tiles, addresses from the lowest up.

    Examples
    --------
    >>> backdrop_data(toy.district)
    {'picture': None, 'tiles': []}
    """
    base_map, picture = district.config.base_map, district.picture
    about = {
        "subdomains": list(base_map.subdomains),
        "shifted": base_map.datum == "gcj02",
        "finest": base_map.max_zoom,
        "source": base_map.attribution,
        "approval": base_map.approval,
    }
    return {
        "picture": None
        if picture is None
        else {"bounds": list(picture.bounds), "source": base_map.raster_source},
        "tiles": [{**row, **about} for row in _layers(base_map)],
    }


def _layers(base_map: BaseMap) -> list[dict[str, Any]]:
    services = tile_services()["services"]
    if base_map.tiles in services:
        return [dict(row) for row in services[base_map.tiles]["layers"]]
    if not base_map.tiles:
        return []
    host = urlsplit(base_map.tiles).hostname or ""
    host = host.removeprefix("{s}.")
    return [{"id": "tiles", "zh": host, "en": host, "addresses": [base_map.tiles]}]


def tile_origins(base_map: BaseMap) -> list[str]:
    """Where pictures of the page may come from, besides the page itself.

    Parameters
    ----------
    base_map : BaseMap
        ``tiles``, ``subdomains``.

    Returns
    -------
    list of str
        Scheme, host and port; empty if there are no tiles.

    Examples
    --------
    >>> from lifecircle.model import BaseMap
    >>> tile_origins(BaseMap(tiles="https://maps.example.org:8080/{z}/{x}/{y}.png"))
    ['https://maps.example.org:8080']
    >>> tile_origins(BaseMap(tiles="tianditu", subdomains=("t0", "t1")))
    ['https://t0.tianditu.gov.cn', 'https://t1.tianditu.gov.cn']
    """
    found = []
    for row in _layers(base_map):
        for address in row["addresses"]:
            parts = urlsplit(address)
            origin = f"{parts.scheme}://{parts.netloc}"
            found += [
                origin.replace("{s}", one) for one in base_map.subdomains or ("",)
            ]
    return list(dict.fromkeys(found))


def picture_text(picture: Picture | None) -> str:
    """The picture as the address that holds it; empty if there is none.

    Examples
    --------
    >>> picture_text(Picture("image/png", b"abc", (0.0, 0.0, 1.0, 1.0)))
    'data:image/png;base64,YWJj'
    """
    if picture is None:
        return ""
    return f"data:{picture.media};base64,{base64.b64encode(picture.content).decode()}"


def picture_part(picture: Picture | None) -> dict[str, Any] | None:
    """The picture as a part of saved results.

    Examples
    --------
    >>> picture_part(None) is None
    True
    """
    if picture is None:
        return None
    return {"address": picture_text(picture), "bounds": list(picture.bounds)}


def saved_picture(part: dict[str, Any] | None) -> Picture | None:
    """The picture that ``picture_part`` saved.

    Examples
    --------
    >>> there = Picture("image/png", b"abc", (0.0, 0.0, 1.0, 1.0))
    >>> saved_picture(picture_part(there)) == there
    True
    """
    if part is None:
        return None
    head, _, content = part["address"].partition(";base64,")
    west, south, east, north = part["bounds"]
    media = head.removeprefix("data:")
    return Picture(media, base64.b64decode(content), (west, south, east, north))

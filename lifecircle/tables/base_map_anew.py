"""Another base map for a district that has been read already."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from lifecircle.errors import SourceError
from lifecircle.model import BaseMap
from lifecircle.tables.base_map import clipped_picture
from lifecircle.tables.base_map_config import named_service
from lifecircle.tables.config import read_config
from lifecircle.tables.found import FileFault
from lifecircle.text import say
from lifecircle.tile_services import tile_services

if TYPE_CHECKING:
    from lifecircle.model import District

__all__ = ["with_base_map"]


def with_base_map(district: District, *, said: str) -> District:
    """The district over another base map; nothing is computed.

    Parameters
    ----------
    district : District
        Its communities are what a raster is clipped to.
    said : str
        A district file, whose ``[outputs.base_map]`` counts; a raster; the name of a
        tile service; or ``none``.

    Returns
    -------
    District
        The same but for ``config.base_map`` and ``picture``.

    Raises
    ------
    DistrictFileError
        If a district file is faulty.
    SourceError
        If a raster cannot be used.

    Examples
    --------
    >>> with_base_map(toy.district, said="tianditu").config.base_map.max_zoom
    18
    """
    if said == "none":
        base_map = BaseMap()
    elif said in tile_services()["services"]:
        base_map = named_service(said)
    elif said.lower().endswith(".toml"):
        base_map = read_config(said).base_map
    else:
        base_map = BaseMap(raster=Path(said))
    try:
        picture = clipped_picture(base_map, district.communities, crs=district.crs)
    except FileFault as fault:
        key = f"tables.{fault.key}"
        raise SourceError(
            where=str(base_map.raster),
            what=say(key, "en", fault.values),
            fix=say(f"{key}_fix", "en", fault.values),
        ) from fault
    config = replace(district.config, base_map=base_map)
    return replace(district, config=config, picture=picture)

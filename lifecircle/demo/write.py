"""Write the demo district: its files, its district file, the truth about it."""

from __future__ import annotations

import logging
from importlib.resources import files as resources
from pathlib import Path

from lifecircle.demo.district import make_demo
from lifecircle.demo.files import (
    write_ledger,
    write_package,
    write_points,
    write_shapefile,
)
from lifecircle.demo.services import LABELS
from lifecircle.demo.tables import building_layer, community_layer, package_layers
from lifecircle.demo.truth import truth_text

__all__ = ["DEFAULT_SEED", "write_demo"]

logger = logging.getLogger(__name__)

DEFAULT_SEED = 20


def write_demo(folder: str | Path, *, seed: int = DEFAULT_SEED) -> None:
    """Write a made-up but lifelike district into a folder.

    Two GBK shapefiles, a workbook, a table of map-service points, a GeoPackage, a
    local rule book, ``district.toml``, and ``truth.toml`` with what is true of it by
    construction. The same seed gives the same bytes.

    Parameters
    ----------
    folder : str or Path
        Made if it does not exist; files of the same names are replaced.
    seed : int
        Which district; the default's stands in ``data/demo``.

    Raises
    ------
    NetworkError, TableError
        If a planted fact cannot be built into this seed's district; the default
        seed always can.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    demo = make_demo(seed)
    services = demo.services
    write_shapefile(*community_layer(demo), folder / "社区.shp")
    write_shapefile(*building_layer(demo), folder / "楼栋.shp")
    write_package(package_layers(demo), folder / "基础地理.gpkg")
    in_ledger = services.facilities["table"] == "ledger"
    write_ledger(
        services.facilities[in_ledger], services.rooms, folder / "设施台账.xlsx"
    )
    write_points(services.facilities[~in_ledger], folder / "地图点位.csv")
    labels = ", ".join(f'"{label}" = "{code}"' for code, label in LABELS.items())
    for name in ("district.toml", "qingxi.toml"):
        text = (
            resources("lifecircle.demo")
            .joinpath("templates", name)
            .read_text(encoding="utf-8")
        )
        (folder / name).write_text(
            text.replace("LABELS", labels), encoding="utf-8", newline="\n"
        )
    (folder / "truth.toml").write_text(
        truth_text(demo, seed), encoding="utf-8", newline="\n"
    )
    logger.info(
        "demo: %d buildings, %d roads, seed %d",
        len(demo.table),
        len(demo.town.streets),
        seed,
    )

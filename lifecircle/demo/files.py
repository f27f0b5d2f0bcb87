"""The demo's files, as planners get such files; clocks are fixed in all of them."""

from __future__ import annotations

import csv
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pyogrio
import shapely
import xlsxwriter
from pyproj import Transformer

from lifecircle.demo.services import LABELS
from lifecircle.demo.shift import to_gcj02
from lifecircle.demo.skeleton import ORIGIN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    import numpy.typing as npt
    import pandas as pd

__all__ = [
    "degrees",
    "write_ledger",
    "write_package",
    "write_points",
    "write_shapefile",
]

CLOCK = datetime(2026, 6, 30)
PLANE, SPHERE = "EPSG:4548", "EPSG:4490"
STATUS = {"built": "营业", "under_construction": "在建", "planned": "规划"}


def degrees(
    x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Local metres to CGCS2000 degrees, 8 decimals: a millimetre."""
    to_sphere = Transformer.from_crs(PLANE, SPHERE, always_xy=True)
    lon, lat = to_sphere.transform(x + ORIGIN[0], y + ORIGIN[1])
    rounded: npt.NDArray[np.float64] = np.round(np.column_stack([lon, lat]), 8)
    return rounded


def _on_sphere(shapes: Sequence[shapely.Geometry]) -> npt.NDArray[np.object_]:
    turned: npt.NDArray[np.object_] = shapely.transform(
        np.asarray(shapes, dtype=object), lambda xy: degrees(xy[:, 0], xy[:, 1])
    )
    return turned


def _on_plane(shapes: Sequence[shapely.Geometry]) -> npt.NDArray[np.object_]:
    moved: npt.NDArray[np.object_] = shapely.transform(
        np.asarray(shapes, dtype=object), lambda xy: np.round(xy + np.array(ORIGIN), 3)
    )
    return moved


@contextmanager
def _fixed_clock() -> Iterator[None]:
    """GDAL stamps GeoPackages with this moment instead of now."""
    pyogrio.set_gdal_config_options(
        {"OGR_CURRENT_DATE": f"{CLOCK:%Y-%m-%dT%H:%M:%S}.000Z"}
    )
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def write_shapefile(
    table: pd.DataFrame, shapes: Sequence[shapely.Geometry], path: Path
) -> None:
    """Write a GBK shapefile in CGCS2000 degrees, with Chinese field names."""
    frame = gpd.GeoDataFrame(table, geometry=_on_sphere(shapes), crs=SPHERE)
    pyogrio.write_dataframe(
        frame,
        path,
        driver="ESRI Shapefile",
        encoding="GBK",
        DBF_DATE_LAST_UPDATE=f"{CLOCK:%Y-%m-%d}",
    )


def write_package(
    layers: dict[str, tuple[pd.DataFrame, Sequence[shapely.Geometry]]], path: Path
) -> None:
    """Write the layers of the GeoPackage in the plane zone, one after the other."""
    path.unlink(missing_ok=True)
    with _fixed_clock():
        for name, (table, shapes) in layers.items():
            frame = gpd.GeoDataFrame(table, geometry=_on_plane(shapes), crs=PLANE)
            pyogrio.write_dataframe(
                frame,
                path,
                layer=name,
                driver="GPKG",
                append=path.exists(),
                SPATIAL_INDEX="NO",
            )


def write_points(facilities: pd.DataFrame, path: Path) -> None:
    """Write the map service's points: GCJ-02, UTF-8 with a byte-order mark."""
    xy = degrees(facilities["x"].to_numpy(), facilities["y"].to_numpy())
    lon, lat = to_gcj02(xy[:, 0], xy[:, 1])
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(["编号", "名称", "类别", "状态", "启用年份", "经度", "纬度"])
        for row, x, y in zip(facilities.to_dict("records"), lon, lat, strict=True):
            label, status = LABELS[row["facility_class"]], STATUS[row["status"]]
            words = [row["facility_id"], row["name"], label, status, row["opened"]]
            sheet.writerow([*words, f"{x:.8f}", f"{y:.8f}"])


def write_ledger(facilities: pd.DataFrame, rooms: pd.DataFrame, path: Path) -> None:
    """Write the workbook: facilities and rooms, each with titles above the header."""
    xy = degrees(facilities["x"].to_numpy(), facilities["y"].to_numpy())
    with xlsxwriter.Workbook(str(path)) as book:
        book.set_properties({"title": "青溪区社区服务设施台账", "created": CLOCK})
        head = book.add_format({"bold": True, "bottom": 1})
        title = book.add_format({"bold": True, "font_size": 14})
        rows = [
            [
                r["facility_id"],
                r["name"],
                _labels(r["facility_class"]),
                r["opened"],
                _area(r["floor_area_m2"], n),
                *xy[n].tolist(),
            ]
            for n, r in enumerate(facilities.to_dict("records"))
        ]
        _sheet(
            book,
            "设施",
            ["设施编号", "设施名称", "功能", "启用年份", "建筑面积", "经度", "纬度"],
            rows,
            (title, head),
        )
        rows = [
            [
                r["facility_id"],
                LABELS[r["facility_class"]],
                _area(r["floor_area_m2"], n + 1),
                "建筑面积",
            ]
            for n, r in enumerate(rooms.to_dict("records"))
        ]
        _sheet(
            book,
            "用房",
            ["设施编号", "用房类别", "建筑面积（㎡）", "面积口径"],
            rows,
            (title, head),
        )


def _labels(classes: str) -> str:
    return "、".join(LABELS[c] for c in classes.split(";"))


def _area(area: float | None, number: int) -> int | str | None:
    """Areas as people type them: mostly numbers, here and there a unit or a comma."""
    if area is None or np.isnan(area):
        return None
    if number % 7 == 3:
        return f"{int(area):,} ㎡"
    return f"{int(area):,}" if number % 11 == 5 else int(area)


def _sheet(
    book: xlsxwriter.Workbook,
    name: str,
    head: Sequence[str],
    rows: Sequence[Sequence[object]],
    styles: tuple[object, object],
) -> None:
    sheet = book.add_worksheet(name)
    sheet.write(0, 0, f"青溪区社区服务{name}台账（示例数据，区名虚构）", styles[0])
    sheet.write(1, 0, "填报单位：青溪区民政局　　截止日期：2026-06-30")
    sheet.write_row(2, 0, head, styles[1])
    for number, row in enumerate(rows, start=3):
        sheet.write_row(number, 0, row)
    sheet.set_column(0, len(head), 16)

"""The raster below the review map: clipped, turned to Web Mercator, encoded.

A raster is warped here and nowhere else, from its own coordinates straight to the
plane that the page draws on; pixels are resampled once.
"""

from __future__ import annotations

import logging
import math
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from lifecircle.model import Problem
from lifecircle.picture import Picture
from lifecircle.tables.found import FileFault

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt
    from geopandas import GeoDataFrame

    from lifecircle.model import BaseMap, DistrictConfig
    from lifecircle.tables.ledger import Ledger

    Floats = npt.NDArray[np.float64]
    Pixels = npt.NDArray[np.uint8]
    Box = tuple[float, float, float, float]

__all__ = ["LARGEST_BYTES", "LONGEST_PX", "MARGIN_M", "clipped_picture", "read_picture"]

logger = logging.getLogger(__name__)

MARGIN_M = 500.0
"""Ground around the district that the picture shows."""

LONGEST_PX = 2048
"""Pixels of the picture's longer side, at most; fewer where the raster has fewer."""

LARGEST_BYTES = 1_500_000
"""Of the encoded picture; one that is larger is made smaller."""

_MERCATOR = "EPSG:3857"
_GROUND = (236, 234, 228)
"""Colour of what the raster does not know: the page's own ground."""
_RADIUS_M = 6378137.0
_QUALITY = 80


class _Grid(NamedTuple):
    """Pixels of the picture in the Web Mercator plane, metres there."""

    west: float
    north: float
    size: float
    columns: int
    rows: int

    @property
    def bounds(self) -> Box:
        """Degrees: west, south, east, north."""
        east = self.west + self.size * self.columns
        south = self.north - self.size * self.rows
        turn = 180.0 / math.pi
        return (
            self.west / _RADIUS_M * turn,
            math.atan(math.sinh(south / _RADIUS_M)) * turn,
            east / _RADIUS_M * turn,
            math.atan(math.sinh(self.north / _RADIUS_M)) * turn,
        )


def read_picture(
    config: DistrictConfig, communities: GeoDataFrame, *, ledger: Ledger
) -> Picture | None:
    """Read the picture below the review map, if the district file names a raster.

    Parameters
    ----------
    config : DistrictConfig
        ``base_map``.
    communities : GeoDataFrame
        In the district's CRS.
    ledger : Ledger
        Takes what is wrong with the raster.

    Returns
    -------
    Picture or None
        None = no raster, none that can be used, or no community.
    """
    path = config.base_map.raster
    if path is None or communities.empty:
        return None
    folder = config.path.parent
    name = path.relative_to(folder).as_posix() if path.is_relative_to(folder) else ""
    try:
        return clipped_picture(config.base_map, communities, crs=config.crs)
    except FileFault as fault:
        found = Problem(f"tables.{fault.key}", fault.values, file=name or path.name)
        ledger.problems.append(found)
        return None


def clipped_picture(
    base_map: BaseMap, communities: GeoDataFrame, *, crs: str
) -> Picture | None:
    """Clip a raster to the district and a margin, for a Web Mercator page.

    Parameters
    ----------
    base_map : BaseMap
        ``raster``: what GDAL reads, 8-bit grey, palette or colour; ``crs`` if the
        file does not say.
    communities : GeoDataFrame
        What is to be covered, as far as the raster does.
    crs : str
        Theirs, metric.

    Returns
    -------
    Picture or None
        At most ``LONGEST_PX`` pixels long and ``LARGEST_BYTES`` large; JPEG or PNG,
        whichever is smaller. None = no raster.

    Raises
    ------
    FileFault
        If the raster cannot be read, has no place or lies elsewhere.
    """
    path = base_map.raster
    if path is None:
        return None
    if not path.is_file():
        raise FileFault(key="base_map_missing")
    try:
        import rasterio
        from rasterio.errors import CRSError, RasterioError
        from rasterio.warp import transform_bounds
    except ImportError as error:
        raise FileFault(key="base_map_no_reader") from error
    west, south, east, north = communities.total_bounds
    around = (west - MARGIN_M, south - MARGIN_M, east + MARGIN_M, north + MARGIN_M)
    try:
        with _quiet(), rasterio.open(path) as source:
            theirs = _crs_of(source, base_map.crs)
            area = transform_bounds(crs, _MERCATOR, *around)
            picture = _within_bytes(source, theirs, area)
    except (RasterioError, CRSError) as error:
        raise FileFault(key="base_map_unreadable") from error
    logger.info("%s: base map, %d bytes", path.name, len(picture.content))
    return picture


@contextmanager
def _quiet() -> Iterator[None]:
    """Without rasterio's warning that a raster has no place: that is a fault here."""
    from rasterio.errors import NotGeoreferencedWarning

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        yield


def _crs_of(source: Any, declared: str) -> Any:
    """What the raster's coordinates are in: by itself, or as declared."""
    import rasterio

    expected = rasterio.crs.CRS.from_user_input(declared) if declared else None
    theirs = source.crs
    if theirs and expected and theirs != expected:
        raise FileFault(
            key="base_map_other_crs", value=str(theirs.to_string()), expected=declared
        )
    if source.transform.is_identity or not (theirs or expected):
        raise FileFault(key="base_map_no_crs")
    kinds = set(source.dtypes)
    if kinds != {"uint8"}:
        raise FileFault(
            key="base_map_bands", count=source.count, value=" ".join(sorted(kinds))
        )
    return theirs or expected


def _within_bytes(source: Any, crs: Any, area: Box) -> Picture:
    """The picture, made smaller until it fits its budget."""
    longest = LONGEST_PX
    while True:
        grid = _grid(source, crs, area, longest)
        pixels = _warped(source, crs, grid)
        media, content = _encoded(pixels)
        if len(content) <= LARGEST_BYTES:
            return Picture(media, content, grid.bounds)
        longest = max(grid.columns, grid.rows)
        longest = int(longest * 0.95 * math.sqrt(LARGEST_BYTES / len(content)))


def _grid(source: Any, crs: Any, area: Box, longest: int) -> _Grid:
    """Pixels over what the area and the raster share, no finer than the raster."""
    from rasterio.warp import transform, transform_bounds

    theirs = transform_bounds(crs, _MERCATOR, *source.bounds)
    west, south = max(area[0], theirs[0]), max(area[1], theirs[1])
    east, north = min(area[2], theirs[2]), min(area[3], theirs[3])
    if not (west < east and south < north):  # infinite where a projection ends
        raise FileFault(key="base_map_elsewhere")
    x, y = transform(_MERCATOR, crs, [(west + east) / 2], [(south + north) / 2])
    cell = source.transform
    corner = ([x[0], x[0] + cell.a + cell.b], [y[0], y[0] + cell.d + cell.e])
    (x0, x1), (y0, y1) = transform(crs, _MERCATOR, *corner)
    finest = math.hypot(x1 - x0, y1 - y0) / math.sqrt(2)
    size = max(finest, max(east - west, north - south) / longest)
    columns, rows = math.ceil((east - west) / size), math.ceil((north - south) / size)
    return _Grid(west, north, size, min(columns, longest), min(rows, longest))


def _warped(source: Any, crs: Any, grid: _Grid) -> Pixels:
    """Colours of the grid's pixels, bands first; the ground's where there are none."""
    from rasterio import Affine
    from rasterio.enums import Resampling
    from rasterio.warp import reproject

    place = Affine(grid.size, 0, grid.west, 0, -grid.size, grid.north)
    found, mask, shape = _read(source, crs, grid)
    known = np.zeros((grid.rows, grid.columns), dtype=np.uint8)
    wanted = {
        "src_transform": shape,
        "src_crs": crs,
        "dst_transform": place,
        "dst_crs": _MERCATOR,
    }
    reproject(mask, known, resampling=Resampling.nearest, **wanted)
    if not known.any():
        raise FileFault(key="base_map_elsewhere")
    pixels = np.empty((len(found), grid.rows, grid.columns), dtype=np.uint8)
    for band, target in zip(found, pixels, strict=True):
        reproject(band, target, resampling=Resampling.bilinear, **wanted)
    if len(pixels) == 1 and not known.all():
        pixels = np.repeat(pixels, 3, axis=0)
    for target, colour in zip(pixels, _GROUND, strict=False):
        target[known == 0] = colour
    return pixels


def _read(source: Any, crs: Any, grid: _Grid) -> tuple[Pixels, Pixels, Any]:
    """The part of the raster below the grid, about as fine: bands, mask, place."""
    from rasterio import Affine
    from rasterio.enums import Resampling
    from rasterio.warp import transform
    from rasterio.windows import Window

    across = np.linspace(0, grid.columns, 21)
    down = np.linspace(0, grid.rows, 21)
    columns, rows = (one.ravel() for one in np.meshgrid(across, down))
    x, y = transform(
        _MERCATOR, crs, grid.west + grid.size * columns, grid.north - grid.size * rows
    )
    columns, rows = _cells(source.transform, np.asarray(x), np.asarray(y))
    first = [max(0, math.floor(one.min()) - 2) for one in (columns, rows)]
    last = [
        min(most, math.ceil(one.max()) + 2)
        for one, most in ((columns, source.width), (rows, source.height))
    ]
    wide, high = last[0] - first[0], last[1] - first[1]
    if wide <= 0 or high <= 0:
        raise FileFault(key="base_map_elsewhere")
    finer = max(1.0, min(np.ptp(columns) / grid.columns, np.ptp(rows) / grid.rows))
    shape = (math.ceil(high / finer), math.ceil(wide / finer))
    window = Window(first[0], first[1], wide, high)
    bands, table = _bands(source)
    how = Resampling.nearest if table is not None else Resampling.average
    found = source.read(bands, window=window, out_shape=shape, resampling=how)
    mask = source.dataset_mask(window=window, out_shape=shape)
    if table is not None:
        found = np.moveaxis(table[found[0]], -1, 0)
    cell, (left, top) = source.transform, first
    wider, higher = wide / shape[1], high / shape[0]
    place = Affine(
        cell.a * wider,
        cell.b * higher,
        cell.a * left + cell.b * top + cell.c,
        cell.d * wider,
        cell.e * higher,
        cell.d * left + cell.e * top + cell.f,
    )
    return np.ascontiguousarray(found), mask, place


def _cells(place: Any, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Columns and rows of places, from the raster's outer corner."""
    east, south = x - place.c, y - place.f
    turn = place.a * place.e - place.b * place.d
    return (
        (place.e * east - place.b * south) / turn,
        (place.a * south - place.d * east) / turn,
    )


def _bands(source: Any) -> tuple[list[int], Pixels | None]:
    """Bands of grey or of red, green and blue; the palette if there is one."""
    if source.count >= 3:
        return [1, 2, 3], None
    try:
        colours = source.colormap(1)
    except ValueError:
        return [1], None
    table = np.zeros((256, 3), dtype=np.uint8)
    for value, colour in colours.items():
        table[value] = colour[:3]
    return [1], table


def _encoded(pixels: Pixels) -> tuple[str, bytes]:
    """As JPEG or PNG, whichever takes fewer bytes: photographs or drawings."""
    found = [
        ("image/jpeg", _file(pixels, "JPEG", quality=_QUALITY)),
        ("image/png", _file(pixels, "PNG", zlevel=9)),
    ]
    return min(found, key=lambda one: len(one[1]))


def _file(pixels: Pixels, driver: str, **options: int) -> bytes:
    from rasterio.io import MemoryFile

    count, height, width = pixels.shape
    with _quiet(), MemoryFile() as memory:
        with memory.open(
            driver=driver,
            count=count,
            height=height,
            width=width,
            dtype="uint8",
            **options,
        ) as file:
            file.write(pixels)
        return bytes(memory.read())

"""[outputs.base_map]: settings that never misplace, rasters clipped and encoded."""

from __future__ import annotations

import sys
from pathlib import Path

import geopandas as gpd
import numpy as np
import pytest
from pyproj import Transformer
from shapely import box
from typer.testing import CliRunner

from lifecircle.cli import app
from lifecircle.jobs import run
from lifecircle.model import BaseMap
from lifecircle.publish.backdrop import picture_text
from lifecircle.tables._keys import Keys
from lifecircle.tables.base_map import LARGEST_BYTES, clipped_picture
from lifecircle.tables.base_map_config import base_map_settings
from lifecircle.tables.digest import input_digests
from lifecircle.tables.district import check_district, read_district
from lifecircle.tables.found import FileFault
from lifecircle.text import problem_lines

# rasterio multiplies affine matrices in a way that affine 3 announces to drop.
pytestmark = pytest.mark.filterwarnings(
    "ignore:Use `@` matmul:PendingDeprecationWarning"
)
X, Y = 520_000.0, 3_520_000.0
TOWN = gpd.GeoDataFrame(geometry=[box(X, Y, X + 2000, Y + 1000)], crs="EPSG:4548")
OWN = "https://maps.example.org/{z}/{x}/{y}.png"


def settings(**given):
    problems = []
    keys = Keys(given, "outputs.base_map", problems, "district.toml")
    return base_map_settings(keys, Path("/d")), problems


def keys_of(problems):
    return [problem.key.removeprefix("tables.") for problem in problems]


def own(**changes):
    return {"tiles": OWN, "datum": "wgs84", "attribution": "测绘院", **changes}


def test_nothing_asked_for_is_nothing():
    assert settings() == (BaseMap(), [])


def test_an_address_needs_its_datum_and_whose_it_is():
    found, problems = settings(tiles=OWN)
    assert found.tiles == ""
    assert keys_of(problems) == ["config_missing_key", "config_missing_key"]
    found, problems = settings(**own(max_zoom=16))
    assert (found.tiles, found.max_zoom, problems) == (OWN, 16, [])


@pytest.mark.parametrize(
    ("host", "datum", "key"),
    [
        ("webrd01.is.autonavi.com", "wgs84", "base_map_datum"),
        ("wprd02.is.autonavi.com", "cgcs2000", "base_map_datum"),
        ("rt0.map.gtimg.com", "wgs84", "base_map_datum"),
        ("www.google.cn", "wgs84", "base_map_datum"),
        ("map.geoq.cn", "wgs84", "base_map_datum"),
        ("tile.openstreetmap.org", "gcj02", "base_map_datum"),
        ("t0.tianditu.gov.cn", "gcj02", "base_map_datum"),
        ("online1.map.bdimg.com", "wgs84", "base_map_bd09"),
        ("online1.map.bdimg.com", "gcj02", "base_map_bd09"),
        ("mt1.google.com", "gcj02", "base_map_mixed"),
        ("WEBRD01.IS.AUTONAVI.COM", "wgs84", "base_map_datum"),
        ("webrd01.is.autonavi.com", "gcj02", None),
        ("t0.tianditu.gov.cn", "cgcs2000", None),
        ("notamap.com.example.org", "wgs84", None),
        ("myamap.com", "wgs84", None),
    ],
)
def test_a_known_host_must_be_declared_as_what_it_is(host, datum, key):
    address = f"https://{host}/{{z}}/{{x}}/{{y}}"
    found, problems = settings(**own(tiles=address, datum=datum))
    assert keys_of(problems) == ([key] if key else [])
    assert found.tiles == ("" if key else address)


@pytest.mark.parametrize(
    ("tiles", "key"),
    [
        ("tiandi", "base_map_address"),
        ("ftp://a.org/{z}/{x}/{y}", "base_map_address"),
        ("https://li:secret@a.org/{z}/{x}/{y}", "base_map_address"),
        ("https://a.org/{z}/{x}", "base_map_address"),
        ("https://[::1/{z}/{x}/{y}", "base_map_address"),
        ("https://a.org;script-src */{z}/{x}/{y}", "base_map_address"),
        ("https://a.org/{z}/{x}/{y}?q={quadkey}", "base_map_placeholder"),
        ("https://a.org/{z}/{x}/{y}?tk=0123456789abcdef", "base_map_key"),
        ("https://a.org/{z}/{x}/{y}?access_token=secret", "base_map_key"),
        ("https://a.org/{z}/{x}/{y}?apiKey=secret", "base_map_key"),
        ("https://{s}.a.org/{z}/{x}/{y}", "base_map_subdomains"),
    ],
)
def test_a_faulty_address_is_refused_and_never_quoted(tiles, key):
    found, problems = settings(**own(tiles=tiles))
    assert found.tiles == ""
    assert keys_of(problems) == [key]
    for lang in ("zh", "en"):
        said = " ".join(problem_lines(problems[0], lang))
        assert "secret" not in said
        assert "0123456789abcdef" not in said


@pytest.mark.parametrize("subdomains", [["t0"], ["a b"]])
def test_subdomains_fit_the_address(subdomains):
    assert keys_of(settings(**own(subdomains=subdomains))[1]) == ["base_map_subdomains"]


def test_a_service_by_its_name_needs_no_more():
    found, problems = settings(tiles="tianditu", approval="GS(2026)1号")
    assert problems == []
    assert (found.datum, found.approval) == ("cgcs2000", "GS(2026)1号")
    assert keys_of(settings(tiles="tianditu", datum="gcj02")[1]) == [
        "config_unknown_key"
    ]


@pytest.mark.parametrize("crs", ["gcj02", "EPSG:999999"])
def test_a_raster_is_in_no_map_services_datum(crs):
    assert keys_of(settings(raster="a.tif", crs=crs)[1]) == ["base_map_crs"]


@pytest.fixture
def write_raster(tmp_path):
    """``write_raster(pixels, …)``: cells of ``cell`` m, from 600 m around the town."""
    import rasterio

    def write(pixels, *, cell=2.0, crs="EPSG:4548", west=X - 600, **more):
        path = tmp_path / "底图.tif"
        count, height, width = pixels.shape
        place = rasterio.transform.from_origin(west, Y + 1600, cell, cell)
        profile = {"width": width, "height": height, "count": count, "crs": crs}
        profile |= {"dtype": pixels.dtype, "transform": place, **more}
        with rasterio.open(path, "w", **profile) as file:
            file.write(pixels)
        return path

    return write


def ground(count=3, *, width=1600, height=1100):
    return np.full((count, height, width), 120, dtype="uint8")


def read(picture, tmp_path):
    import rasterio

    path = tmp_path / "read"
    path.write_bytes(picture.content)
    with (
        pytest.warns(rasterio.errors.NotGeoreferencedWarning),
        rasterio.open(path) as file,
    ):
        return file.read()


def clipped(path, **more):
    return clipped_picture(BaseMap(raster=path, **more), TOWN, crs="EPSG:4548")


def fault(path, **more):
    with pytest.raises(FileFault) as caught:
        clipped(path, **more)
    return caught.value.key


def test_the_picture_is_the_district_and_its_margin(write_raster, tmp_path):
    picture = clipped(write_raster(ground()))
    # 2000 x 1000 m and 500 m on each side; the zone's north is off the meridian by
    # 0.1 degrees, so the box around it is 5 m larger.
    west, south, east, north = picture.bounds
    corners = Transformer.from_crs(4326, 4548, always_xy=True).transform(
        [west, east], [south, north]
    )
    assert corners[0] == pytest.approx([X - 500, X + 2500], abs=10)
    assert corners[1] == pytest.approx([Y - 500, Y + 1500], abs=10)
    # Cells of 2 m: 1500 by 1000, plus what the turn adds; no finer than the raster.
    count, height, width = read(picture, tmp_path).shape
    assert count == 3
    assert width == pytest.approx(1500, abs=10)
    assert height == pytest.approx(1000, abs=10)


def test_a_drawing_is_png_a_photograph_jpeg_and_bytes_repeat(write_raster):
    plain = write_raster(ground())
    assert clipped(plain).media == "image/png"
    noise = np.random.default_rng(1).integers(0, 255, (3, 1100, 1600), dtype="uint8")
    path = write_raster(noise)
    first = clipped(path)
    assert first.media == "image/jpeg"
    assert first.content == clipped(path).content


def test_a_large_raster_keeps_within_its_pixels_and_bytes(write_raster, tmp_path):
    noise = np.random.default_rng(1).integers(0, 255, (3, 4400, 6400), dtype="uint8")
    picture = clipped(write_raster(noise, cell=0.5))
    assert len(picture.content) <= LARGEST_BYTES
    assert 1000 < max(read(picture, tmp_path).shape) <= 2048


def test_a_palette_is_turned_into_its_colours(write_raster, tmp_path):
    import rasterio

    path = write_raster(ground(1) * 0 + 7)
    with rasterio.open(path, "r+") as file:
        file.write_colormap(1, {7: (10, 200, 30, 255)})
    pixels = read(clipped(path), tmp_path)
    assert pixels[:, 500, 700].tolist() == [10, 200, 30]


def test_beyond_the_raster_the_ground_has_the_pages_colour(write_raster, tmp_path):
    pixels = ground(1)
    pixels[:, :, :800] = 0
    picture = clipped(write_raster(pixels, nodata=0))
    seen = read(picture, tmp_path)
    assert seen[:, 500, 100].tolist() == pytest.approx([236, 234, 228], abs=3)
    assert seen[:, 500, 1400].tolist() == pytest.approx([120, 120, 120], abs=3)


def test_a_raster_in_part_shows_what_it_has(write_raster):
    picture = clipped(write_raster(ground(), west=X + 1000))
    west, *_ = picture.bounds
    lon, _ = Transformer.from_crs(4548, 4326, always_xy=True).transform(X + 1000, Y)
    assert west == pytest.approx(lon, abs=1e-4)


def test_a_raster_that_does_not_say_is_declared(write_raster):
    path = write_raster(ground(), crs=None)
    assert fault(path) == "base_map_no_crs"
    assert (
        clipped(path, crs="EPSG:4548").bounds == clipped(write_raster(ground())).bounds
    )


def test_a_declaration_against_the_file_is_an_error(write_raster):
    assert fault(write_raster(ground()), crs="EPSG:4549") == "base_map_other_crs"


def test_a_raster_without_a_place_is_an_error(tmp_path):
    import rasterio

    path = tmp_path / "a.tif"
    profile = {"width": 9, "height": 9, "count": 3, "dtype": "uint8"}
    with (
        pytest.warns(rasterio.errors.NotGeoreferencedWarning),
        rasterio.open(path, "w", driver="GTiff", **profile) as file,
    ):
        file.write(ground(width=9, height=9))
    assert fault(path, crs="EPSG:4548") == "base_map_no_crs"


@pytest.mark.parametrize("crs", ["EPSG:4549", "EPSG:32610", "EPSG:4326"])
def test_a_raster_elsewhere_is_an_error(write_raster, crs):
    assert fault(write_raster(ground(), crs=crs)) == "base_map_elsewhere"


def test_a_raster_that_is_no_picture_is_an_error(write_raster, tmp_path):
    assert fault(write_raster(ground().astype("float32"))) == "base_map_bands"
    assert fault(tmp_path / "nowhere.tif") == "base_map_missing"
    (tmp_path / "b.tif").write_bytes(b"II*\0broken")
    assert fault(tmp_path / "b.tif") == "base_map_unreadable"
    path = write_raster(ground())
    path.write_bytes(path.read_bytes()[:90_000])
    assert fault(path) == "base_map_unreadable"


def test_without_rasterio_the_error_names_the_extra(write_raster, monkeypatch):
    path = write_raster(ground())
    monkeypatch.setitem(sys.modules, "rasterio", None)
    assert fault(path) == "base_map_no_reader"


SECTION = '\n[outputs.base_map]\nraster = "底图.tif"\n'


def move_to(files, path):
    path.rename(files.folder / path.name)


def test_the_district_file_names_a_raster(files, write_raster):
    move_to(files, write_raster(ground()))
    files.config += SECTION
    district = read_district(files.write())
    assert district.picture.media == "image/png"
    listed = {row["file"] for row in input_digests(district.config)}
    assert "底图.tif" in listed


def test_a_faulty_raster_is_told_with_its_file(files, write_raster):
    move_to(files, write_raster(ground(), crs="EPSG:4549"))
    files.config += SECTION
    problems, _ = check_district(files.write())
    (found,) = [one for one in problems if "base_map" in one.key]
    where, what, fix = problem_lines(found, "zh")
    assert "底图.tif" in where
    assert "不在本区" in what
    assert "带号" in fix


def redrawn(out, base_map="", *, code=0):
    result = CliRunner().invoke(app, ["map", str(out), "--base-map", base_map])
    assert result.exit_code == code, result.output
    return result.output


def test_a_saved_study_is_redrawn_over_its_picture_or_another(
    files, write_raster, tmp_path
):
    path = write_raster(ground())
    files.config += SECTION
    move_to(files, path)
    out = tmp_path / "out"
    study = run(files.write(), out, cache=tmp_path / "cache")
    page = (out / "review.html").read_bytes()
    assert picture_text(study.district.picture).encode() in page
    redrawn(out)
    assert (out / "review.html").read_bytes() == page
    redrawn(out, "none")
    without = (out / "review.html").read_text(encoding="utf-8")
    assert "data:image/png" not in without
    redrawn(out, str(files.folder / "底图.tif"))
    assert (out / "review.html").read_bytes() == page
    redrawn(out, "tianditu")
    assert "https://t7.tianditu.gov.cn;" in (out / "review.html").read_text("utf-8")
    redrawn(out, str(files.write()))
    assert (out / "review.html").read_bytes() == page
    assert "there is no such raster" in redrawn(out, "nowhere.tif", code=2)

"""The base map in headless Chromium: at its place, silent until asked, no key kept."""

from __future__ import annotations

import io
import math
import struct
import threading
import zlib
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pytest
from matplotlib.image import imread
from pyproj import Transformer

from lifecircle.model import BaseMap
from lifecircle.publish.web_map import write_map
from lifecircle.tables.base_map import clipped_picture
from lifecircle.tables.base_map_config import named_service
from lifecircle.tables.crs import from_wgs84

pytestmark = [
    pytest.mark.browser,
    # rasterio multiplies affine matrices in a way that affine 3 announces to drop.
    pytest.mark.filterwarnings("ignore:Use `@` matmul:PendingDeprecationWarning"),
]
RED = (230, 20, 20)
# Corner of the red square, north-west, in the sample's zone, metres: inside the
# district, on a pixel's edge of the rasters below.
CORNER = (529_200.0, 3_526_300.0)
MIDDLE = """
() => {
  const from = LC.backdrop.layer._container;
  const copy = document.createElement("canvas");
  [copy.width, copy.height] = [from.width, from.height];
  const pen = copy.getContext("2d");
  pen.drawImage(from, 0, 0);
  const d = pen.getImageData(0, 0, copy.width, copy.height).data;
  let [left, top, right, bottom] = [1e9, 1e9, -1, -1];
  for (let k = 0; k < d.length; k += 4) {
    if (d[k] - d[k + 1] < 60) continue;
    const [x, y] = [(k / 4) % copy.width, Math.floor(k / 4 / copy.width)];
    [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
  }
  const at = L.DomUtil.getPosition(from);
  const place = (x, y) => {
    const there = LC.map.layerPointToLatLng([x + at.x, y + at.y]);
    return [there.lng, there.lat];
  };
  const box = [left, top, right, bottom];
  return { box, first: place(left, top), last: place(right, bottom) };
}
"""
TO_DEGREES = Transformer.from_crs(4548, 4326, always_xy=True)
TO_METRES = Transformer.from_crs(4326, 4548, always_xy=True)


def metres_off(place, wanted):
    """Metres between two places in degrees."""
    (x0, y0), (x1, y1) = TO_METRES.transform(*place), TO_METRES.transform(*wanted)
    return math.hypot(x1 - x0, y1 - y0)


def until(page, condition):
    """Wait frame by frame; the page's policy lets nobody evaluate text in it."""
    page.evaluate(
        f"""() => new Promise((done) => {{
          const look = () => (({condition}) ? done() : requestAnimationFrame(look));
          look();
        }})"""
    )


def write_raster(path, crs, *, cell=1.0):
    """Grey ground with a red square of 100 m, in coordinates of ``crs``.

    Returns its west and north, and its east and south, degrees: its sides are turned
    against the meridian.
    """
    import rasterio

    x, y = Transformer.from_crs(4548, crs, always_xy=True).transform(*CORNER)
    place = rasterio.transform.from_origin(x - 400 * cell, y + 300 * cell, cell, cell)
    pixels = np.full((3, 900, 900), 150, dtype="uint8")
    side = round(100 / cell)
    for band, value in zip(pixels, RED, strict=True):
        band[300 : 300 + side, 400 : 400 + side] = value
    profile = {"width": 900, "height": 900, "count": 3, "dtype": "uint8"}
    with rasterio.open(path, "w", crs=crs, transform=place, **profile) as file:
        file.write(pixels)
    sides = (np.array([x, x + 100, x, x + 100]), np.array([y, y, y - 100, y - 100]))
    lon, lat = Transformer.from_crs(crs, 4326, always_xy=True).transform(*sides)
    return (lon.min(), lat.max()), (lon.max(), lat.min())


@pytest.fixture
def drawn(study, tmp_path):
    """``drawn(base_map)``: the sample's page over a base map."""

    def write(base_map):
        district = study.district
        picture = clipped_picture(base_map, district.communities, crs=district.crs)
        config = replace(district.config, base_map=base_map)
        district = replace(district, config=config, picture=picture)
        path = tmp_path / "review.html"
        write_map(replace(study, district=district), path)
        return path

    return write


# The sample's own zone; the zone of 120 degrees, with its number before the easting.
@pytest.mark.parametrize("crs", ["EPSG:4548", "EPSG:4528", "EPSG:3857"])
def test_a_raster_lies_where_it_says(open_page, drawn, tmp_path, crs):
    path = tmp_path / "影像.tif"
    first, last = write_raster(path, crs)
    page = open_page(drawn(BaseMap(raster=path, raster_source="测绘院 2026")))
    until(page, "LC.state.backdrop === 'picture'")
    x, y = TO_DEGREES.transform(CORNER[0] + 50, CORNER[1] - 50)
    page.evaluate(
        "([x, y]) => LC.map.setView([y, x], 18.5, { animate: false })", [x, y]
    )
    until(page, "LC.map.getZoom() === 18.5")
    found = page.evaluate(MIDDLE)
    # A pixel of the raster is 1 m; JPEG blurs one, Web Mercator is drawn 0.36 m fine.
    assert metres_off(found["first"], first) < 1.5
    assert metres_off(found["last"], last) < 1.5
    assert page.locator(".backdrop-note").inner_text() == "底图：测绘院 2026"


def test_a_picture_can_be_dimmed_and_switched_off(open_page, drawn, tmp_path):
    path = tmp_path / "a.tif"
    write_raster(path, "EPSG:4548")
    page = open_page(drawn(BaseMap(raster=path)))
    until(page, "LC.state.backdrop === 'picture'")
    strong = page.evaluate(MIDDLE)["box"]
    assert strong[2] > strong[0] >= 0
    page.click(".layer-tool")
    page.locator(".backdrop input[type=range]").fill("0.1")
    until(page, "!LC.backdrop.waiting")
    assert page.evaluate(MIDDLE)["box"][2] == -1
    page.locator(".backdrop input[value='']").check()
    assert page.locator(".backdrop-note").is_hidden()
    page.locator(".backdrop input[value=picture]").check()
    assert page.locator(".backdrop-note").is_visible()


def test_the_sheet_prints_the_picture_below_the_plan(open_page, drawn, tmp_path):
    path = tmp_path / "a.tif"
    write_raster(path, "EPSG:4548")
    page = open_page(drawn(BaseMap(raster=path)))
    until(page, "LC.state.backdrop === 'picture'")
    page.evaluate("LC.set({ strength: 1, layers: {} })")
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".backdrop-note").is_visible()
    seen = page.evaluate(
        """() => {
          const from = LC.base._container;
          const pen = from.getContext("2d");
          const d = pen.getImageData(0, 0, from.width, from.height).data;
          let red = 0;
          for (let k = 0; k < d.length; k += 4) {
            if (d[k] > 200 && d[k + 1] < 60) red += 1;
          }
          return red;
        }"""
    )
    assert seen > 100


def png(pixels):
    """A PNG file of rows of red, green and blue."""
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    height, width, _ = pixels.shape

    def chunk(name, data):
        crc = zlib.crc32(name + data)
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", crc)

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


class Tiles:
    """A tile server on this machine: grey, and a red square south-east of a place.

    ``place`` is in the service's own degrees; the square is a thousandth of one wide.
    """

    def __init__(self, place):
        self.place, self.asked = place, []
        tiles = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                tiles.asked.append(self.path)
                z, x, y = (
                    int(one)
                    for one in self.path.partition("?")[0].split(".")[0].split("/")[1:]
                )
                self.send_response(200)
                self.end_headers()
                self.wfile.write(tiles.tile(z, x, y))

            def log_message(self, *_):
                return

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def tile(self, z, x, y):
        lon, lat = self.place
        world = 256 * 2**z
        east = (lon + 180) / 360 * world
        south = (0.5 - math.asinh(math.tan(math.radians(lat))) / (2 * math.pi)) * world
        pixels = np.full((256, 256, 3), 150, dtype="uint8")
        right = np.arange(256) + 256 * x + 0.5 - east
        below = np.arange(256) + 256 * y + 0.5 - south
        wide = world * 0.001 / 360
        across, down = ((one > 0) & (one < wide) for one in (right, below))
        pixels[down[:, None] & across[None, :]] = RED
        return png(pixels)


@pytest.fixture
def tiles():
    made = []

    def serve(place):
        made.append(Tiles(place))
        return made[-1]

    yield serve
    for one in made:
        one.server.shutdown()
        one.server.server_close()


@pytest.fixture
def online(chromium):
    """``online(path)``: a page that may ask this machine; violations are noted."""
    contexts, troubles = [], []

    def opened(path):
        context = chromium.new_context(viewport={"width": 1366, "height": 768})
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.goto(path.resolve().as_uri())
        page.wait_for_selector("body[data-ready=yes]")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert troubles == []


def switch_on(page, name):
    page.click(".layer-tool")
    page.locator(f".backdrop input[value={name}]").check()


def all_arrived(page):
    until(
        page,
        "LC.backdrop.held.size > 0 && !LC.backdrop.waiting &&"
        " [...LC.backdrop.held.values()].every((one) => one.naturalWidth)",
    )


@pytest.mark.parametrize(
    ("datum", "zoom"), [("wgs84", 17), ("gcj02", 17), ("gcj02", 14)]
)
def test_tiles_lie_where_they_belong(online, tiles, drawn, datum, zoom):
    there = TO_DEGREES.transform(*CORNER)
    if datum == "gcj02":
        there = tuple(float(one) for one in from_wgs84(*there, "gcj02"))
    served = tiles(there)
    address = served.address + "/{z}/{x}/{y}.png"
    page = online(drawn(BaseMap(tiles=address, datum=datum, attribution="测试")))
    x, y = TO_DEGREES.transform(*CORNER)
    page.evaluate(
        "([x, y, z]) => LC.map.setView([y, x], z, { animate: false })", [x, y, zoom]
    )
    assert served.asked == []
    switch_on(page, "tiles")
    all_arrived(page)
    # The picture may not be read back (another origin): look at the screen itself.
    page.evaluate("LC.set({ strength: 1, menu: null })")
    page.evaluate("LC.base._container.style.visibility = 'hidden'")
    page.evaluate("LC.overlay._container.style.visibility = 'hidden'")
    until(page, "!LC.backdrop.waiting")
    corner = red_corner(page)
    at = page.evaluate(
        """([x, y]) => {
          const there = LC.map.project([y, x]).subtract(LC.map.getPixelOrigin());
          const at = LC.map.layerPointToContainerPoint(there);
          const box = LC.map.getContainer().getBoundingClientRect();
          return [box.left + at.x, box.top + at.y];
        }""",
        [x, y],
    )
    # Half a dot each of the tile's own edge and of rounding, 0.64 of GCJ-02's shift.
    off = [abs(one - other) for one, other in zip(corner, at, strict=True)]
    assert max(off) < 1.7
    note = page.locator(".backdrop-note").inner_text()
    assert ("GCJ-02" in note) == (datum == "gcj02")


def red_corner(page):
    """Screen place of the red square's corner."""
    pixels = imread(io.BytesIO(page.screenshot()))
    red = (pixels[:, :, 0] > 0.8) & (pixels[:, :, 1] < 0.25)
    rows, columns = np.nonzero(red)
    return int(columns.min()), int(rows.min())


def test_the_shift_is_that_of_the_tables(open_page, drawn, tiles):
    served = tiles((117.0, 31.0))
    address = served.address + "/{z}/{x}/{y}.png"
    page = open_page(drawn(BaseMap(tiles=address, datum="gcj02", attribution="测试")))
    rng = np.random.default_rng(3)
    lon, lat = rng.uniform(74, 134, 400), rng.uniform(18, 53, 400)
    places = np.column_stack([lon, lat]).tolist()
    there = page.evaluate(
        """(places) => places.map(([lon, lat]) => {
          const [x, y] = LC.backdrop.toGcj(LC.worldX(lon), LC.worldY(lat));
          const back = LC.backdrop.fromGcj(x, y);
          const degrees = (x, y) => [x / 256 * 360 - 180,
            Math.atan(Math.sinh(Math.PI * (1 - y / 128))) * 180 / Math.PI];
          return [...degrees(x, y), ...degrees(...back)];
        })""",
        places,
    )
    found = np.array(there)
    expected = np.column_stack(from_wgs84(lon, lat, "gcj02"))
    # 1e-9 degrees are 0.1 mm.
    assert np.abs(found[:, :2] - expected).max() < 1e-9
    assert np.abs(found[:, 2:] - places).max() < 1e-9


def test_a_tile_moved_as_a_whole_is_within_one_of_its_pixels(open_page, drawn, tiles):
    """Every place of a tile, against the exact shift there; all over China."""
    served = tiles((117.0, 31.0))
    address = served.address + "/{z}/{x}/{y}.png"
    page = open_page(drawn(BaseMap(tiles=address, datum="gcj02", attribution="测试")))
    worst = page.evaluate(
        """() => {
          let worst = 0;
          for (const z of [12, 14, 16, 18]) {
            const side = 256 / Math.pow(2, z);
            for (let lon = 75; lon < 134; lon += 1.37) {
              for (let lat = 19; lat < 53; lat += 1.13) {
                const x = Math.floor(LC.worldX(lon) / side) * side;
                const y = Math.floor(LC.worldY(lat) / side) * side;
                const box = LC.backdrop.boxOf({ shifted: true }, x, y, side);
                for (let i = 0; i <= 4; i++) {
                  for (let j = 0; j <= 4; j++) {
                    const there = [x + (side * i) / 4, y + (side * j) / 4];
                    const [a, b] = LC.backdrop.fromGcj(...there);
                    const dx = a - (box[0] + ((box[2] - box[0]) * i) / 4);
                    const dy = b - (box[1] + ((box[3] - box[1]) * j) / 4);
                    worst = Math.max(worst, (Math.hypot(dx, dy) / side) * 256);
                  }
                }
              }
            }
          }
          return worst;
        }"""
    )
    # 0.64 of a pixel was measured: the note on the map says less than one.
    assert 0.5 < worst < 0.7


def policy(path):
    text = path.read_text(encoding="utf-8")
    return text.partition("img-src ")[2].partition(";")[0]


def test_tiles_are_asked_for_only_when_switched_on_and_with_a_key(online, tiles, drawn):
    served = tiles(TO_DEGREES.transform(*CORNER))
    address = served.address + "/{z}/{x}/{y}.png?tk={key}"
    path = drawn(
        BaseMap(tiles=address, attribution="某测绘院", approval="甲S(2026)1号")
    )
    page = online(path)
    assert page.locator(".backdrop-note").is_hidden()
    switch_on(page, "tiles")
    page.evaluate("LC.map.zoomIn()")
    until(page, "!LC.backdrop.waiting")
    assert served.asked == []
    page.locator("[data-key]").fill("秘 密&1")
    page.locator("[data-key]").press("Tab")
    all_arrived(page)
    assert all(one.endswith("?tk=%E7%A7%98%20%E5%AF%86%261") for one in served.asked)
    assert page.locator(".backdrop-note").inner_text() == (
        "底图：某测绘院　审图号：甲S(2026)1号"
    )
    # Kept nowhere: not in a store of the browser, and gone with the page.
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert "秘" not in page.evaluate("JSON.stringify(LC.state)")
    page.reload()
    page.wait_for_selector("body[data-ready=yes]")
    assert page.evaluate("LC.backdrop.key") == ""


def test_pictures_may_come_from_the_named_host_alone(online, tiles, drawn):
    named, other = tiles((117.0, 31.0)), tiles((117.0, 31.0))
    address = named.address + "/{z}/{x}/{y}.png"
    path = drawn(BaseMap(tiles=address, attribution="测试"))
    assert policy(path) == f"data: blob: {named.address}"
    page = online(path)
    outcome = page.evaluate(
        """(source) => new Promise((done) => {
          const image = new Image();
          image.onload = () => done("came");
          image.onerror = () => done("refused");
          image.src = source;
        })""",
        other.address + "/1/1/1.png",
    )
    assert outcome == "refused"
    assert other.asked == []


def test_a_page_without_tiles_may_ask_nobody(open_page, review_html):
    page = open_page(review_html)
    assert policy(review_html) == "data: blob:"
    page.click(".layer-tool")
    assert page.locator(".backdrop").count() == 0
    assert page.locator(".leaflet-backdrop-pane").count() == 0


def test_tiles_that_do_not_come_are_told_of(open_page, drawn):
    # Without a key nothing is asked for.
    path = drawn(named_service("tianditu"))
    assert policy(path).split()[2:] == [
        f"https://t{number}.tianditu.gov.cn" for number in range(8)
    ]
    page = open_page(path)
    switch_on(page, "vector")
    page.evaluate("LC.backdrop.failed = 3; LC.backdrop.tell()")
    note = page.locator(".backdrop-note").inner_text()
    assert "底图审图号以服务网站公布为准" in note
    assert "3 块瓦片未能载入" in note

"""Benchmarks of the review map and of writing all outputs, folium side by side.

Pages are opened in Chromium with the network off; see ``pages`` for what is timed.
"""

from __future__ import annotations

import pickle
import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks.harness import Bench, Row, Skip
from benchmarks.memory import REPORT, in_own_process
from benchmarks.pages import chromium, opened
from benchmarks.studies import CLASSES, finished
from lifecircle.model import Assessment
from lifecircle.publish.web_map import write_map

SMALL, LARGE = 20_000, 100_000
RUNS = 5
FOLIUM_RUNS = 2
FOLIUM_DRAWN = "canvas.leaflet-zoom-animated"
_WRITE = (
    REPORT
    + """
import pickle, sys
from lifecircle.publish.outputs import write_study
with open(sys.argv[1], "rb") as file:
    study = pickle.load(file)
base, start = peak_gb(), time.perf_counter()
write_study(study, sys.argv[2])
print(json.dumps([time.perf_counter() - start, peak_gb(), base]))
"""
)
REDRAW = """async (places) => {
  const [west, south, east, north] = LC.data.layers.district.bounds;
  const frame = () => new Promise((next) => requestAnimationFrame(next));
  const times = [];
  for (const [x, y, mpp] of places) {
    LC.map.setView([south + y * (north - south), west + x * (east - west)],
      Math.log2(LC.metresPerWorld / mpp), { animate: false });
    await frame();
    await frame();
    const start = performance.now();
    LC.base.redraw();
    LC.overlay.redraw();
    await frame();
    await frame();
    times.push(performance.now() - start);
  }
  return times;
}"""
"""Milliseconds of drawing a view, until it has been painted: two frames later."""
PLACES = [
    [x, y, mpp]
    for mpp in (30.0, 14.0, 8.2, 7.0, 5.0, 4.0, 3.0, 2.0, 1.4, 0.8)
    for x, y in ((0.5, 0.5), (0.4, 0.55), (0.62, 0.35))
]
"""Middles (shares of the district's extent) and metres a pixel, from far to near."""


def shell_kb(path: Path) -> float:
    """Kilobytes of a page without its data."""
    text = path.read_text(encoding="utf-8")
    head, _, rest = text.partition('id="lc-data"')
    return len((head + rest.partition("</script>")[2]).encode("utf-8")) / 1e3


def drawn(browser: Any, path: Path) -> list[float]:
    """Seconds until the page is drawn, run by run; the first warms up."""
    seconds = []
    for _ in range(RUNS + 1):
        with opened(browser, path) as page:
            seconds.append(page.drawn_ms / 1000)
    return seconds[1:]


def small() -> Iterator[Row]:
    """Twenty thousand buildings: the page, and all outputs."""
    study = finished(SMALL)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "review.html"
        write_map(study, path)
        with chromium() as browser:
            with opened(browser, path) as page:
                page.page.evaluate(REDRAW, PLACES)
                asked, said = page.requests, page.console
            times = drawn(browser, path)
        yield Row("map.requests", "requests", value=float(len(asked)), bar=0.0)
        yield Row("map.console_errors", "lines", value=float(len(said)), bar=0.0)
        yield Row("map.shell_kb", "code and styles", value=shell_kb(path), bar=400.0)
        yield from size_and_time("20k", path, times, bars=(1.5, 1.5))
        seconds, gigabytes = written(study, Path(folder))
    yield Row(
        "map.write_all_s",
        f"all outputs of {SMALL} buildings and {len(CLASSES)} classes",
        value=seconds,
        bar=15.0,
    )
    yield Row("map.write_all_gb", "the same: peak memory", value=gigabytes, bar=1.0)


def written(study: Assessment, folder: Path) -> tuple[float, float]:
    """Seconds and peak gigabytes of writing all outputs, in a process of its own."""
    saved = folder / "study.pickle"
    with saved.open("wb") as file:
        pickle.dump(study, file)
    seconds, gigabytes, _ = in_own_process(_WRITE, str(saved), str(folder / "out"))
    return seconds, gigabytes


def size_and_time(
    name: str, path: Path, times: list[float], *, bars: tuple[float, float]
) -> Iterator[Row]:
    """Megabytes of the page, and the median of its seconds."""
    size = path.stat().st_size / 1e6
    yield Row(f"map.size_mb_{name}", "bytes of the page", value=size, bar=bars[0])
    yield Row(
        f"map.drawn_s_{name}",
        f"until drawn, median of {len(times)} runs",
        value=statistics.median(times),
        bar=bars[1],
        raw={"ours": times},
    )


def large() -> Iterator[Row]:
    """A hundred thousand buildings, and folium's page of the same."""
    study = finished(LARGE)
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        path = Path(folder) / "review.html"
        write_map(study, path)
        times = drawn(browser, path)
        yield from size_and_time("100k", path, times, bars=(4.0, 3.0))
        with opened(browser, path) as page:
            moves = page.page.evaluate(REDRAW, PLACES)
            heap = page.heap_mb()
        yield Row("map.heap_mb_100k", "heap after moves", value=heap, bar=200.0)
        worst = max(zip(moves, PLACES, strict=True))
        yield Row(
            "map.redraw_ms_100k",
            f"slowest of {len(moves)} pans and zooms",
            value=worst[0],
            bar=500.0,
            median_value=statistics.median(moves),
            raw={"ours": moves},
            note=f"median {statistics.median(moves):.0f} ms; at {worst[1][2]} m/px",
        )
        yield from against_folium(browser, study, path, times)


def against_folium(
    browser: Any, study: Assessment, path: Path, times: list[float]
) -> Iterator[Row]:
    """Bytes and seconds against a folium canvas page of the same buildings."""
    other = path.with_name("folium.html")
    write_folium(study, other)
    peer = []
    for _ in range(FOLIUM_RUNS):
        with opened(browser, other, ready=FOLIUM_DRAWN, stubs=True) as page:
            peer.append(page.drawn_ms / 1000)
    for ident, ours, theirs, unit, bar in (
        ("size", path.stat().st_size / 1e6, other.stat().st_size / 1e6, "MB", 1 / 15),
        ("time", min(times), min(peer), "s", 1 / 40),
    ):
        yield Row(
            f"map.{ident}_vs_folium",
            f"{ident} against folium's canvas page of the same buildings",
            value=ours / theirs,
            bar=bar,
            ours=ours,
            peer=theirs,
            peer_name="folium",
            unit=unit,
        )


def write_folium(study: Assessment, path: Path) -> None:
    """Buildings with name and minutes of every class, coloured by those of one."""
    try:
        import folium
    except ImportError as error:
        message = "folium is not installed"
        raise Skip(message) from error
    frame = study.district.buildings[["building_id", "name", "geometry"]]
    frame = frame.to_crs("EPSG:4326")
    minutes = study.access[study.access["walker"] == "elderly"].pivot_table(
        index="building_id", columns="facility_class", values="walk_min"
    )
    frame = frame.join(minutes.round(1), on="building_id")
    west, south, east, north = frame.total_bounds
    drawing = folium.Map(tiles=None, prefer_canvas=True)
    folium.GeoJson(
        frame.to_json(),
        style_function=_style,
        tooltip=folium.GeoJsonTooltip(["name", *CLASSES]),
    ).add_to(drawing)
    drawing.fit_bounds([[south, west], [north, east]])
    drawing.save(str(path))


def _style(feature: dict[str, Any]) -> dict[str, Any]:
    within = (feature["properties"].get(CLASSES[0]) or 99.0) <= 15
    return {"fillColor": "#78A5D1" if within else "#C4560F", "weight": 0.65}


BENCHES = [
    Bench(
        (
            *("map.requests", "map.console_errors", "map.shell_kb"),
            *("map.size_mb_20k", "map.drawn_s_20k"),
            *("map.write_all_s", "map.write_all_gb"),
        ),
        small,
    ),
    Bench(
        (
            *("map.size_mb_100k", "map.drawn_s_100k"),
            *("map.heap_mb_100k", "map.redraw_ms_100k"),
            *("map.size_vs_folium", "map.time_vs_folium"),
        ),
        large,
    ),
]

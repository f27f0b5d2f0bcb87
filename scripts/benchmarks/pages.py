"""Pages in headless Chromium with the network off: requests, seconds, memory.

Seconds run from the start of the navigation until the page is ready and its canvas
has been painted: two frames of the animation later. CDN files that folium's page asks
for are served from here: Leaflet's code is real, the rest is empty.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from benchmarks.harness import Skip

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-background-networking"),
    *("--disable-component-update", "--disable-sync", "--no-first-run"),
    "--enable-precise-memory-info",
)
SIZE = {"width": 1366, "height": 768}
LONGEST_MS = 600_000
READY = "body[data-ready=yes]"
PAINTED = """() => new Promise((done) => requestAnimationFrame(
  () => requestAnimationFrame(() => done(performance.now()))))"""


@dataclass
class Opened:
    """A page that was opened: milliseconds until drawn, what it asked and said."""

    page: Any
    drawn_ms: float
    requests: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)

    def heap_mb(self) -> float:
        """Memory of the page's script after all that is free was collected."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("HeapProfiler.enable")
        session.send("HeapProfiler.collectGarbage")
        session.send("Performance.enable")
        told = session.send("Performance.getMetrics")["metrics"]
        used = {entry["name"]: entry["value"] for entry in told}
        return float(used["JSHeapUsedSize"]) / 1e6


@contextmanager
def chromium() -> Iterator[Any]:
    """A browser."""
    if not CHROMIUM.exists():
        message = "Chromium is not installed: apt-get install chromium"
        raise Skip(message)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=list(FLAGS)
        )
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(
    browser: Any, path: Path, *, ready: str = READY, stubs: bool = False
) -> Iterator[Opened]:
    """The page of a file, drawn; without ``stubs`` there is no network at all."""
    address = path.resolve().as_uri()
    context = browser.new_context(viewport=SIZE, offline=not stubs)
    page = context.new_page()
    page.set_default_timeout(LONGEST_MS)
    if stubs:
        page.route(re.compile("^https?:"), _stub)
    found = Opened(page, 0.0)
    page.on(
        "request",
        lambda request: (
            found.requests.append(request.url)
            if request.url != address and not request.url.startswith(("data:", "blob:"))
            else None
        ),
    )
    page.on("pageerror", lambda error: found.console.append(str(error)))
    page.on(
        "console",
        lambda line: (
            found.console.append(line.text)
            if line.type in ("error", "warning")
            else None
        ),
    )
    try:
        start = time.perf_counter()
        page.goto(address, wait_until="commit", timeout=LONGEST_MS)
        page.wait_for_selector(ready, state="attached")
        page.evaluate(PAINTED)
        found.drawn_ms = 1000 * (time.perf_counter() - start)
        yield found
    finally:
        context.close()


def _stub(route: Any) -> None:
    """Leaflet's own code for what asks for it; nothing for all else."""
    name = route.request.url.rpartition("/")[2].partition("?")[0]
    vendor = files("lifecircle.publish") / "static" / "vendor" / "leaflet"
    if name in ("leaflet.js", "leaflet.css"):
        body = (vendor / name).read_text(encoding="utf-8")
    else:
        body = ""
    kind = "text/css" if name.endswith(".css") else "text/javascript"
    route.fulfill(status=200, content_type=kind, body=body)

"""Chromium without a network; every page is watched for requests and errors."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from lifecircle.publish.web_map import write_map

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


@pytest.fixture(scope="session")
def sample_study():
    path = Path(__file__).parents[1] / "publish" / "sample.py"
    spec = importlib.util.spec_from_file_location("publish_sample", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.sample_study


@pytest.fixture(scope="session")
def study(sample_study):
    return sample_study()


@pytest.fixture(scope="session")
def review_html(study, tmp_path_factory):
    path = tmp_path_factory.mktemp("review") / "审查图 review.html"
    write_map(study, path)
    return path


@pytest.fixture(scope="session")
def chromium():
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM), args=list(FLAGS)
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium):
    """``open_page(path, width=, height=, script=)``; no request, no error may come.

    ``script`` runs before those of the page.
    """
    contexts, troubles = [], []

    def opened(path, *, width=1366, height=768, script=""):
        address = path.resolve().as_uri()
        context = chromium.new_context(
            viewport={"width": width, "height": height}, offline=True
        )
        contexts.append(context)
        page = context.new_page()
        page.add_init_script(script)

        def asked(request):
            if request.url != address and not request.url.startswith(
                ("data:", "blob:")
            ):
                troubles.append(f"request {request.url}")

        page.on("request", asked)
        page.on("pageerror", lambda error: troubles.append(f"error {error}"))
        page.on(
            "console",
            lambda line: (
                troubles.append(f"console {line.text}")
                if line.type in ("error", "warning")
                else None
            ),
        )
        page.on("dialog", lambda box: (troubles.append("dialog"), box.dismiss()))
        page.goto(address)
        page.wait_for_selector("body[data-ready=yes]")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert troubles == []

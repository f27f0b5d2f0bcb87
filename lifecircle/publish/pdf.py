"""A page as PDF, printed by a browser of the machine; none is shipped."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

from lifecircle.errors import ResultError

__all__ = ["browser", "print_pdf"]

VARIABLE = "LIFECIRCLE_BROWSER"
"""Environment variable that names the browser to print with."""

_NAMES = (
    *("chromium", "chromium-browser", "google-chrome", "microsoft-edge", "msedge"),
    *("chrome", "browser360-cn", "qaxbrowser-safe-stable"),
)
_PLACES = (
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
    r"C:\Program Files\Microsoft\Edge\Application\msedge.exe",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
)
_FLAGS = (
    *("--headless", "--disable-gpu", "--no-first-run", "--no-sandbox"),
    *("--disable-background-networking", "--disable-sync", "--disable-extensions"),
    *("--no-pdf-header-footer", "--print-to-pdf-no-header"),
)
_SECONDS = 120


def browser() -> str:
    """The browser that prints: the one named, else the first one found.

    Returns
    -------
    str
        Path of a program of the Chromium family.

    Raises
    ------
    ResultError
        If there is none.

    Examples
    --------
    >>> browser()  # doctest: +SKIP
    '/usr/bin/chromium'
    """
    named = os.environ.get(VARIABLE, "")
    candidates = [named] if named else [*_NAMES, *_PLACES]
    for name in candidates:
        found = shutil.which(name)
        if found:
            return found
    raise ResultError(
        where="PDF",
        what=f"the browser {named!r} of {VARIABLE} is not there."
        if named
        else "no browser of the Chromium family (Edge, Chrome, Chromium) was found.",
        fix=f"Open report.html and print it to PDF, or name a browser in {VARIABLE}.",
    )


def print_pdf(page: str | Path, pdf: str | Path) -> None:
    """Print a page of ours to PDF.

    Parameters
    ----------
    page : str or Path
        An HTML file.
    pdf : str or Path
        File to write; it appears whole or not at all.

    Raises
    ------
    ResultError
        If there is no browser, or it gives no PDF.

    Examples
    --------
    >>> print_pdf("out/report.html", "out/report.pdf")  # doctest: +SKIP
    """
    program = browser()
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder) / "page.pdf"
        command = [
            program,
            *_FLAGS,
            f"--user-data-dir={folder}",
            f"--print-to-pdf={fresh}",
            Path(page).resolve().as_uri(),
        ]
        try:
            done = subprocess.run(
                command, capture_output=True, check=False, timeout=_SECONDS
            )
            said = f"exit code {done.returncode}"
        except subprocess.TimeoutExpired:
            said = f"no answer in {_SECONDS} seconds"
        if not fresh.exists() or not fresh.read_bytes().startswith(b"%PDF"):
            raise ResultError(
                where=str(pdf),
                what=f"the browser printed nothing: {said}.",
                fix="Open report.html in a browser and print it to PDF.",
            )
        shutil.move(fresh, pdf)

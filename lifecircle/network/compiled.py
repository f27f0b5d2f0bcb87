"""How kernels are compiled: no Python lock, kept in the user's cache folder.

The folder of the package may be read-only, so numba is told where to keep what it
compiled; a folder that the user names in ``NUMBA_CACHE_DIR`` is respected.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

__all__ = ["cache_folder", "compiled"]

Function = TypeVar("Function", bound=Callable[..., Any])


def cache_folder() -> Path:
    """Where compiled kernels are kept.

    Returns
    -------
    Path
        A folder in the user's cache, or in the temporary folder if that cannot be
        written.

    Examples
    --------
    >>> cache_folder().name
    'lifecircle-kernels'
    """
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA", "")
    else:
        base = os.environ.get("XDG_CACHE_HOME", "")
    try:
        home = Path(base) if base else Path.home() / ".cache"
        folder = home / "lifecircle-kernels"
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except (OSError, RuntimeError):
        return Path(tempfile.gettempdir()) / "lifecircle-kernels"


def compiled(function: Function) -> Function:
    """Compile a function on its first call, without the Python lock, and keep it.

    Parameters
    ----------
    function : callable
        Numbers and arrays in, numbers and arrays out.

    Returns
    -------
    callable
        The compiled function.
    """
    settings: Any = numba.config
    given = settings.CACHE_DIR
    if not given:
        # numba asks for the folder once, here; the setting is put back at once.
        settings.CACHE_DIR = str(cache_folder())
    try:
        return cast("Function", numba.njit(nogil=True, cache=True)(function))
    finally:
        settings.CACHE_DIR = given

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
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

__all__ = ["cache_folder", "compiled", "compiled_inside", "fetch_ahead"]

Function = TypeVar("Function", bound=Callable[..., Any])
# numba calls it with the types of the arguments, compiled code with these.
as_hint = cast("Callable[[Callable[..., Any]], Callable[[Any, Any], None]]", intrinsic)


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
    return _compile(function)


def compiled_inside(function: Function) -> Function:
    """As ``compiled``, for a function that only compiled code calls.

    What takes its arguments from Python is left out, which is a good part of what
    there is to be compiled.

    Parameters
    ----------
    function : callable
        Numbers and arrays in, numbers and arrays out.

    Returns
    -------
    callable
        The compiled function; Python cannot call it.
    """
    return _compile(function, no_cpython_wrapper=True)


def _compile(function: Function, **options: bool) -> Function:
    settings: Any = numba.config
    given = settings.CACHE_DIR
    if not given:
        # numba asks for the folder once, here; the setting is put back at once.
        settings.CACHE_DIR = str(cache_folder())
    try:
        make: Any = numba.njit
        given_options = {"nogil": True, "cache": True, "no_cfunc_wrapper": True}
        return cast("Function", make(**given_options, **options)(function))
    finally:
        settings.CACHE_DIR = given


@as_hint
def fetch_ahead(_context: Any, array: Any, index: Any) -> Any:
    """Ask for an array's element before it is read; a hint, from compiled code only.

    Parameters
    ----------
    array : array
        To be read soon.
    index : int
        From where on.

    Returns
    -------
    None
        Nothing that is computed depends on it.

    Examples
    --------
    >>> import numpy as np
    >>> ask = numba.njit(lambda array: fetch_ahead(array, 0))
    >>> ask(np.zeros(9)) is None
    True
    """

    def build(context: Any, builder: Any, signature: Any, values: Any) -> Any:
        made = context.make_array(signature.args[0])(context, builder, values[0])
        spot = builder.gep(made.data, [values[1]])
        byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
        kind = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
        hint = builder.module.declare_intrinsic("llvm.prefetch", [byte], kind)
        # To read, to keep near, data.
        flags = [ir.Constant(number, value) for value in (0, 3, 1)]
        builder.call(hint, [builder.bitcast(spot, byte), *flags])
        return context.get_dummy_value()

    return types.none(array, index), build

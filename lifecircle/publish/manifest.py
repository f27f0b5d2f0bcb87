"""manifest.json: how the outputs were made; the only file that knows the hour."""

from __future__ import annotations

import json
import re
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["cleaned", "write_manifest"]

_SECRET_NAME = re.compile(r"passw|secret|token|api_?key|credential", re.IGNORECASE)
_SECRET_IN_ADDRESS = re.compile(r"(\w+://)[^/@\s]+@")


def write_manifest(manifest: Mapping[str, Any], path: str | Path) -> None:
    """Write the manifest: sorted keys, UTF-8, no absolute path, no secret.

    Parameters
    ----------
    manifest : Mapping
        ``study.manifest``, and what ``write_study`` adds to it.
    path : str or Path
        File to write.

    Examples
    --------
    >>> write_manifest({"made_at": "2026-06-30"}, "manifest.json")  # doctest: +SKIP
    """
    text = json.dumps(
        cleaned(manifest), ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False
    )
    Path(path).write_text(text + "\n", encoding="utf-8", newline="\n")


def cleaned(value: Any, *, name: str = "") -> Any:
    """A value without absolute paths, passwords and keys.

    Parameters
    ----------
    value : object
        Anything that JSON can hold.
    name : str
        The key it stands under.

    Returns
    -------
    object
        The same shape; an absolute path keeps its last part, a secret is ``***``.

    Examples
    --------
    >>> cleaned({"file": "/home/li/楼栋.xlsx", "password": "x", "n": 3})
    {'file': '楼栋.xlsx', 'password': '***', 'n': 3}
    >>> cleaned("postgresql://li:secret@host/city")
    'postgresql://host/city'
    """
    if isinstance(value, dict):
        return {str(key): cleaned(one, name=str(key)) for key, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [cleaned(one, name=name) for one in value]
    if _SECRET_NAME.search(name) and value:
        return "***"
    if not isinstance(value, str):
        return value
    text = _SECRET_IN_ADDRESS.sub(r"\1", value)
    for kind in (PurePosixPath, PureWindowsPath):
        if kind(text).is_absolute():
            return kind(text).name
    return text

"""What exactly was read: a SHA-256 for every input file."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from lifecircle.model import DistrictConfig

__all__ = ["input_digests"]

_SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def input_digests(config: DistrictConfig) -> list[dict[str, Any]]:
    """Name, size and SHA-256 of the district file and of every file that it names.

    Parameters
    ----------
    config : DistrictConfig
        A checked district file.

    Returns
    -------
    list of dict
        ``file`` (relative to the district file's folder, with forward slashes; the
        bare name if the file lies elsewhere), ``bytes``, ``sha256``; sorted by
        ``file``. A shapefile counts with its ``.shx``, ``.dbf``, ``.prj`` and
        ``.cpg``.

    Raises
    ------
    FileNotFoundError
        If a source has gone since the district was read.

    Examples
    --------
    >>> input_digests(toy.district.config)
    Traceback (most recent call last):
        ...
    FileNotFoundError: ...
    """
    paths = {config.path}
    for source in config.sources:
        paths.update(_parts(source.path))
    if config.elevation is not None:
        paths.add(config.elevation)
    rows = [_digest(path, config.path.parent) for path in sorted(paths)]
    return sorted(rows, key=lambda row: str(row["file"]))


def _parts(path: Path) -> list[Path]:
    if path.suffix.lower() != ".shp":
        return [path]
    beside = (path.with_suffix(suffix) for suffix in _SHAPEFILE_PARTS)
    return [part for part in beside if part == path or part.exists()]


def _digest(path: Path, folder: Path) -> dict[str, Any]:
    inside = path.is_relative_to(folder)
    name = path.relative_to(folder).as_posix() if inside else path.name
    with path.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"file": name, "bytes": path.stat().st_size, "sha256": sha256}

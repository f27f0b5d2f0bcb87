"""What exactly was read: a SHA-256 for every input file."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Any

from lifecircle.errors import SourceError
from lifecircle.tables.found import FileFault
from lifecircle.tables.postgis import digest_database
from lifecircle.tables.whole import CityFiles
from lifecircle.text import say

if TYPE_CHECKING:
    from pathlib import Path

    from lifecircle.model import DistrictConfig, Source

__all__ = ["input_digests", "input_files"]

_SHAPEFILE_PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")


def input_digests(
    config: DistrictConfig, *, files: CityFiles | None = None
) -> list[dict[str, Any]]:
    """Name, size and SHA-256 of the district file and of every file that it names.

    Parameters
    ----------
    config : DistrictConfig
        A checked district file.
    files : CityFiles, optional
        Knows hashes of files that other districts have asked for.

    Returns
    -------
    list of dict
        ``file`` (relative to the district file's folder, with forward slashes; the
        bare name if the file lies elsewhere), ``bytes``, ``sha256``; sorted by
        ``file``. Review lists count too, a FileGDB file by file, a table of a
        database as it sends its rows, a shapefile with its ``.shx``, ``.dbf``,
        ``.prj`` and ``.cpg``.

    Raises
    ------
    SourceError
        If a database does not answer any more.
    FileNotFoundError
        If a source has gone since the district was read.

    Examples
    --------
    >>> input_digests(toy.district.config)
    Traceback (most recent call last):
        ...
    FileNotFoundError: ...
    """
    tables: dict[str, tuple[int, str]] = {}
    for source in config.sources:
        if source.database:
            name = f"{source.path.name}/{source.layer}"
            tables[name] = tables.get(name) or _table(source)
    files = CityFiles() if files is None else files
    folder = config.path.parent
    rows = [_digest(path, folder, files) for path in _named_files(config)]
    rows += [
        {"file": name, "bytes": size, "sha256": sha256}
        for name, (size, sha256) in tables.items()
    ]
    return sorted(rows, key=lambda row: str(row["file"]))


def input_files(config: DistrictConfig) -> list[Path]:
    """Every file that a district is read from, its local rule books too.

    Parameters
    ----------
    config : DistrictConfig
        A checked district file.

    Returns
    -------
    list of Path
        Absolute, sorted, each once; no tables of databases.

    Examples
    --------
    >>> from lifecircle.tables.config import read_config
    >>> files = input_files(read_config("data/demo/district.toml"))
    >>> sorted({path.suffix for path in files})
    ['.cpg', '.csv', '.dbf', '.gpkg', '.prj', '.shp', '.shx', '.toml', '.xlsx']
    """
    books = (*config.adopted_books, *config.reference_books)
    local = [config.path.parent / book for book in books if book.endswith(".toml")]
    return sorted({*_named_files(config), *local})


def _named_files(config: DistrictConfig) -> list[Path]:
    paths = {config.path}
    for source in config.sources:
        if source.reviewed is not None:
            paths.add(source.reviewed)
        if not source.database:
            paths.update(_parts(source.path))
    rasters = (config.elevation, config.base_map.raster)
    paths.update(raster for raster in rasters if raster is not None)
    return sorted(paths)


def _table(source: Source) -> tuple[int, str]:
    try:
        return digest_database(source)
    except FileFault as fault:
        key = f"tables.{fault.key}"
        raise SourceError(
            where=f"{source.path.name}/{source.layer}",
            what=say(key, "en", fault.values),
            fix=say(f"{key}_fix", "en", fault.values),
        ) from fault


def _parts(path: Path) -> list[Path]:
    if path.is_dir():  # a FileGDB is a folder
        return sorted(part for part in path.iterdir() if part.is_file())
    if path.suffix.lower() != ".shp":
        return [path]
    beside = (path.with_suffix(suffix) for suffix in _SHAPEFILE_PARTS)
    return [part for part in beside if part == path or part.exists()]


def _digest(path: Path, folder: Path, files: CityFiles) -> dict[str, Any]:
    inside = path.is_relative_to(folder)
    name = path.relative_to(folder).as_posix() if inside else path.name
    if not path.is_file():  # a pipe would keep us waiting for ever
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    size, sha256 = files.sha256(path)
    return {"file": name, "bytes": size, "sha256": sha256}

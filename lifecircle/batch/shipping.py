"""Inputs packed into a job, for workers that do not see our files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from lifecircle.errors import ConfigError
from lifecircle.tables.config import load_config
from lifecircle.tables.digest import input_files

if TYPE_CHECKING:
    from lifecircle.batch.city import CityDistrict

__all__ = ["packed", "unpacked"]

_ROOT = "\0root\0"
"""Stands in shipped settings for the folder that the parcel is unpacked in."""


def packed(
    district: CityDistrict,
) -> tuple[str, Mapping[str, Any] | None, dict[str, bytes]]:
    """Pack a district's inputs, each under its path from their common folder.

    Parameters
    ----------
    district : CityDistrict
        One district of a city.

    Returns
    -------
    tuple
        Path of the district file, its settings, both for ``unpacked``; and the
        parcel. Tables of databases are not packed: workers read them.

    Raises
    ------
    DistrictFileError
        If the district file is wrong.
    OSError
        If an input cannot be read.

    Examples
    --------
    >>> from lifecircle.batch.city import read_city
    >>> path, settings, parcel = packed(read_city("data/demo").districts[0])
    >>> path, "楼栋.shp" in parcel
    ('district.toml', True)
    """
    from lifecircle.tables.config import DistrictFileError

    config, faults = load_config(district.path, settings=district.settings)
    if config is None or faults:
        raise DistrictFileError(faults)
    paths = input_files(config)
    root = Path(os.path.commonpath([str(path.parent) for path in paths]))
    parcel = {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}
    settings = _moved(district.settings, str(root), _ROOT)
    return district.path.relative_to(root).as_posix(), settings, parcel


def _moved(value: Any, root: str, to: str) -> Any:
    """Settings with every absolute path beneath one root moved to another."""
    if isinstance(value, Mapping):
        return {key: _moved(one, root, to) for key, one in value.items()}
    if isinstance(value, list):
        return [_moved(one, root, to) for one in value]
    if isinstance(value, str) and value.startswith(root):
        return to + value[len(root) :].replace("\\", "/")
    return value


def unpacked(
    path: str,
    settings: Mapping[str, Any] | None,
    parcel: Mapping[str, bytes] | None,
    folder: Path,
) -> tuple[Path, Mapping[str, Any] | None]:
    """Write a parcel's files; where there is none, all stays as it is.

    Parameters
    ----------
    path, settings, parcel
        As of ``packed``; or of the district itself, and None.
    folder : Path
        Takes the files.

    Returns
    -------
    tuple of Path, Mapping or None
        Path and settings to run.

    Raises
    ------
    ConfigError
        If a path of the parcel leads out of the folder.

    Examples
    --------
    >>> unpacked("district.toml", None, None, Path("no"))[0].name
    'district.toml'
    """
    if parcel is None:
        return Path(path), settings
    for name, content in parcel.items():
        parts = PurePosixPath(name).parts
        if PurePosixPath(name).is_absolute() or ".." in parts:
            raise ConfigError(
                where=name,
                what="this path leads out of the parcel.",
                fix="Send the batch anew.",
            )
        place = folder.joinpath(*parts)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return folder / path, _moved(settings, _ROOT, str(folder))

"""The files that a district is read from, whole, before anything is cut out of them.

Districts cut from files of a whole city read the same files. Which rows are a
district's own hangs on all of them: an id may stand twice across a seam, a row may name
a community far from where it lies, a layer may lie in the wrong place as a whole. So
no reader is asked for a box of the map; what was read is kept for the next district.
"""

from __future__ import annotations

import copy
import hashlib
import time
from dataclasses import asdict, fields, replace
from typing import TYPE_CHECKING, Any, NamedTuple

import psutil

from lifecircle.tables.ledger import Ledger

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import pandas as pd

    from lifecircle.model import DistrictConfig

__all__ = ["CityFiles", "Whole"]

SETTLED_NS = 2_000_000_000
"""A file changed more recently may change again without a sign of it: clocks of files
go by steps of up to two seconds."""

_Mark = tuple[int, ...]


class Whole(NamedTuple):
    """All sources of a district file as read.

    ``tables`` with the hidden columns, ``unread`` the names of those not fully read,
    ``ledger`` what was found wrong, ``filled`` how full the files' columns are.
    """

    tables: dict[str, Any]
    unread: frozenset[str]
    ledger: Ledger
    filled: pd.DataFrame

    def fresh(self) -> Whole:
        """Give the same to be worked on: what is done with it does not show here."""
        parts = {one.name: getattr(self.ledger, one.name) for one in fields(Ledger)}
        ledger = replace(
            self.ledger, **{name: copy.copy(part) for name, part in parts.items()}
        )
        return self._replace(tables=dict(self.tables), ledger=ledger)


class CityFiles:
    """Files that a process has hashed and read, each once as long as it stays as it is.

    A file stays as it is while its size, its times and its number on the disk do.

    Parameters
    ----------
    most_bytes : int
        Largest size of the process (resident set) with which tables are kept; 0 = only
        hashes are.

    Examples
    --------
    >>> from pathlib import Path
    >>> files = CityFiles()
    >>> files.sha256(Path("data/demo/district.toml"))[0] > 0
    True
    """

    def __init__(self, most_bytes: int = 0) -> None:
        self.most_bytes = most_bytes
        self._hashes: dict[Path, tuple[_Mark, str]] = {}
        self._kept: tuple[Any, dict[Path, _Mark], Whole] | None = None

    def sha256(self, path: Path) -> tuple[int, str]:
        """Size and SHA-256 of a file.

        Parameters
        ----------
        path : Path
            A regular file.

        Returns
        -------
        tuple of int and str
            Bytes, and the hash in hexadecimal digits.

        Raises
        ------
        OSError
            If it cannot be read.
        """
        mark = _mark(path)
        known = self._hashes.get(path)
        if known is None or known[0] != mark:
            with path.open("rb") as stream:
                known = mark, hashlib.file_digest(stream, "sha256").hexdigest()
            self._hashes.pop(path, None)
            if _is_settled(mark):
                self._hashes[path] = known
        return mark[2], known[1]

    def read(
        self,
        config: DistrictConfig,
        files: Callable[[DistrictConfig], Sequence[Path]],
        make: Callable[[], Whole],
    ) -> Whole:
        """Read a district's sources, or take what was read for another part.

        Parameters
        ----------
        config : DistrictConfig
            Sources, and all else that reading them hangs on; without a part nothing
            is kept, nor with a database, which does not say whether it has changed.
        files : callable
            The files that a district is read from.
        make : callable
            Reads them.

        Returns
        -------
        Whole
            To be worked on.
        """
        databases = any(source.database for source in config.sources)
        if not (config.part and self.most_bytes) or databases:
            return make()
        about = (
            *(config.path, config.crs, config.repair, config.isochrone_classes),
            *(asdict(source) for source in config.sources),
        )
        try:
            marks = {path: _mark(path) for path in files(config)}
        except OSError:
            return make()  # which says what is missing
        if self._kept is not None and self._kept[:2] == (about, marks):
            return self._kept[2].fresh()
        self._kept = None
        made = make()
        fits = psutil.Process().memory_info().rss <= self.most_bytes
        if fits and all(_is_settled(mark) for mark in marks.values()):
            self._kept = about, marks, made
            return made.fresh()
        return made


def _mark(path: Path) -> _Mark:
    """What changes with a file's content, or with the file in its place."""
    told = path.stat()
    times = (told.st_mtime_ns, told.st_ctime_ns)
    return (*times, told.st_size, told.st_ino, told.st_dev)


def _is_settled(mark: _Mark) -> bool:
    return max(mark[:2]) < time.time_ns() - SETTLED_NS

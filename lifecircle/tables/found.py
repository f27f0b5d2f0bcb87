"""A file as found, and why a file gives no table: what the readers share."""

from __future__ import annotations

import os
import unicodedata
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lifecircle.tables.encodings import canonical, other_encoding
from lifecircle.tables.parse import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt
    from pyproj import CRS

    from lifecircle.model import Source

__all__ = [
    "FileFault",
    "Found",
    "codec_of",
    "find_column",
    "pick",
    "reading",
    "refuse_other_encoding",
    "without_folder",
]


class FileFault(Exception):  # noqa: N818 - never leaves this package
    """A file that gives no table; becomes a problem.

    Parameters
    ----------
    key : str
        Sentence key without its area.
    **values
        What the sentence needs.
    """

    def __init__(self, *, key: str, **values: Any) -> None:
        self.key, self.values = key, values
        super().__init__(key)


@contextmanager
def reading() -> Iterator[None]:
    """Whatever a file format's library raises of a damaged file, as a fault.

    Only calls of such a library stand inside: what they raise of bytes that nobody
    foresaw is of any type, and all of it means that the file cannot be read.

    Yields
    ------
    None
        Nothing.

    Raises
    ------
    FileFault
        With the library's own words.

    Examples
    --------
    >>> with reading():
    ...     bytes(3).decode("utf-16")
    Traceback (most recent call last):
    ...
    lifecircle.tables.found.FileFault: file_unreadable
    """
    try:
        yield
    except FileFault:
        raise
    except PermissionError as error:
        raise FileFault(key="file_locked") from error
    except Exception as error:
        reason = f"{type(error).__name__}: {error}"
        raise FileFault(key="file_unreadable", reason=reason) from error


def without_folder(fault: FileFault, path: Path) -> FileFault:
    """A fault whose reason names the file and not where it lies.

    Parameters
    ----------
    fault : FileFault
        Its ``reason``, if it has one, may come from another library.
    path : Path
        The file.

    Returns
    -------
    FileFault
        The same with the name alone.

    Examples
    --------
    >>> from pathlib import Path
    >>> fault = FileFault(key="file_unreadable", reason="/home/a/x.shp: no")
    >>> without_folder(fault, Path("/home/a/x.shp")).values["reason"]
    'x.shp: no'
    """
    folders = (f"{path.parent}{os.sep}", f"{path.parent.as_posix()}/")
    values = dict(fault.values)
    for name, value in values.items():
        if isinstance(value, str):
            for folder in folders:
                values[name] = values[name].replace(folder, "")
    return FileFault(key=fault.key, **values)


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A file as found.

    Attributes
    ----------
    names : list of str
        The file's column names, in order, possibly twice.
    cells : sequence of array-like
        One sequence a column.
    rows : int64 array
        Row numbers as the planner sees them: header counted in spreadsheets,
        1-based position in spatial layers.
    geometry : object array or None
        Shapes in the file's coordinates.
    crs : pyproj.CRS or None
        What the file says of itself, if it says anything.
    layer : str
        Layer or sheet read; empty where a file has one only.
    overlong : tuple of int
        Rows with cells to the right of the last heading.
    merged : frozenset of (int, int)
        Row number and column (from 0) of cells that share one value with cells of
        other rows, as a spreadsheet merges them.
    shapes : tuple of str
        Columns of shapes of a table of a database, in the order of trust.
    """

    names: list[str]
    cells: Sequence[Any]
    rows: npt.NDArray[np.int64]
    geometry: npt.NDArray[np.object_] | None = None
    crs: CRS | None = None
    layer: str = ""
    overlong: tuple[int, ...] = ()
    merged: frozenset[tuple[int, int]] = frozenset()
    shapes: tuple[str, ...] = ()


def codec_of(source: Source) -> str:
    """The codec of a source's text.

    Parameters
    ----------
    source : Source
        Its declared encoding; empty = UTF-8.

    Returns
    -------
    str
        As ``canonical`` names it.

    Raises
    ------
    FileFault
        If there is no such encoding.
    """
    codec = canonical(source.encoding)
    if not codec:
        raise FileFault(key="encoding_unknown", value=source.encoding)
    return codec


def refuse_other_encoding(samples: Iterable[bytes], source: Source) -> None:
    """Say so if a file's bytes are in another encoding than the declared one.

    Parameters
    ----------
    samples : iterable of bytes
        Texts of the file.
    source : Source
        Its declared encoding; empty = UTF-8.

    Raises
    ------
    FileFault
        If the declared encoding does not fit.
    """
    other = other_encoding(samples, codec_of(source))
    if other is None:
        return
    declared = source.encoding or "utf-8"
    if other:
        raise FileFault(key="encoding_other", declared=declared, other=other)
    raise FileFault(key="encoding_undecodable", declared=declared)


def pick(wanted: str, names: list[str], what: str) -> str:
    """The layer or sheet to read; the only one where none is named.

    Parameters
    ----------
    wanted : str
        As the district file names it; may be empty.
    names : list of str
        What the file holds.
    what : {"layer", "sheet"}
        For the sentence.

    Returns
    -------
    str
        One of ``names``.

    Raises
    ------
    FileFault
        If there is no such one, none at all, or several and none is named.

    Examples
    --------
    >>> pick("", ["设施"], "sheet")
    '设施'
    """
    if wanted in names:
        return wanted
    known = {f"{what}s": "、".join(names)}
    sheets = what == "sheet"
    if wanted:
        raise FileFault(
            key="sheet_missing" if sheets else "layer_missing",
            value=wanted,
            nearest=nearest(wanted, names),
            **known,
        )
    if len(names) != 1:
        raise FileFault(key="sheet_unnamed" if sheets else "layer_unnamed", **known)
    return names[0]


def _bare(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).split())


def find_column(wanted: str, names: list[str]) -> list[int]:
    """Where a column stands; blanks, line breaks and full width do not matter.

    Parameters
    ----------
    wanted : str
        Its heading.
    names : list of str
        The headings that there are.

    Returns
    -------
    list of int
        Positions: none, one, or several of the same name.

    Examples
    --------
    >>> find_column("区县", ["社区", "区 县"])
    [1]
    """
    exact = [place for place, name in enumerate(names) if name == wanted]
    return exact or [
        place for place, name in enumerate(names) if _bare(name) == _bare(wanted)
    ]

"""What a file is by its first bytes, where its name says something else.

Exports of office systems often bear a wrong suffix: a workbook named ``.csv``, a web
table named ``.xls``; and of a shapefile often a part is lost on the way.
"""

from __future__ import annotations

import zipfile
from typing import TYPE_CHECKING

from lifecircle.tables.encodings import decode, other_encoding
from lifecircle.tables.found import FileFault
from lifecircle.tables.suffixes import PARQUET, SHEETS, TEXT, VECTOR

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["refuse_other_kind"]

_HEAD_BYTES = 4096
_WORKBOOK, _OLD_WORKBOOK = (".xlsx", ".xlsm"), (".xls",)
_MAGIC = {
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": ".xls",
    b"%PDF": ".pdf",
    b"SQLite format 3\0": ".gpkg",
    b"Rar!": ".rar",
    b"PAR1": ".parquet",
}
_PARTS = {"xl/workbook.xml": ".xlsx", "word/document.xml": ".docx", "doc.kml": ".kmz"}
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_CHECKED = (*TEXT, *SHEETS, *PARQUET)


def _zip_kind(path: Path) -> str:
    try:
        with zipfile.ZipFile(path) as box:
            names = set(box.namelist())
    except (zipfile.BadZipFile, OSError, NotImplementedError, ValueError):
        return ""  # a damaged box says nothing of its kind: its reader tells
    return next((kind for part, kind in _PARTS.items() if part in names), ".zip")


def _is_table(head: bytes) -> bool:
    """Whether bytes are lines of text with commas or tabs."""
    lines = head.splitlines()
    codec = other_encoding([head], "utf-8-sig")
    if len(lines) < 2 or b"\0" in head or codec == "":
        return False
    text = decode(head, codec or "utf-8-sig")
    return any(mark in text.splitlines()[0] for mark in (",", "\t"))


def _kind(path: Path, head: bytes) -> str:
    """The suffix that a file should bear; empty where its bytes do not say."""
    if head.startswith(b"PK\x03\x04"):
        return _zip_kind(path)
    for magic, kind in _MAGIC.items():
        if head.startswith(magic):
            return kind
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype html", b"<table", b"<meta")):
        return ".html"
    return ".csv" if _is_table(head) else ""


def _allowed(suffix: str) -> tuple[str, ...]:
    for kinds in (TEXT, PARQUET):
        if suffix in kinds:
            return kinds
    return _OLD_WORKBOOK if suffix == ".xls" else _WORKBOOK


def _refuse_lost_parts(path: Path) -> None:
    """A shapefile needs its index and its table beside it."""
    beside = {other.name.lower() for other in path.parent.iterdir()}
    lost = [
        suffix
        for suffix in (".shx", ".dbf")
        if path.with_suffix(suffix).name.lower() not in beside
    ]
    if ".shx" in lost:
        raise FileFault(key="shapefile_parts", value="、".join(lost))


def refuse_other_kind(path: Path) -> None:
    r"""Say so if a file is empty, of another kind than its suffix, or in part.

    Parameters
    ----------
    path : Path
        A file that is there.

    Raises
    ------
    FileFault
        ``file_empty``, ``shapefile_parts``; of text files, workbooks and Parquet also
        ``file_encrypted``, ``file_other_suffix`` (to be renamed) and
        ``file_other_kind`` (of a kind that is not read).

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "export.xls"
    ...     _ = path.write_text("<table><tr><td>1</td></tr></table>")
    ...     try:
    ...         refuse_other_kind(path)
    ...     except FileFault as fault:
    ...         print(fault.key, fault.values["found"])
    file_other_kind .html
    """
    if path.is_dir():
        return
    suffix = path.suffix.lower()
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    if not head:
        raise FileFault(key="file_empty")
    if suffix == ".shp":
        _refuse_lost_parts(path)
    if suffix not in _CHECKED:
        return
    found = _kind(path, head)
    if found == ".xls" and suffix != ".xls" and _ENCRYPTED in path.read_bytes():
        raise FileFault(key="file_encrypted")
    if found and found not in _allowed(suffix):
        if found in (*TEXT, *SHEETS, *VECTOR):
            raise FileFault(key="file_other_suffix", value=suffix, found=found)
        raise FileFault(key="file_other_kind", value=suffix, found=found)

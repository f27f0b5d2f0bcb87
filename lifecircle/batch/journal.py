"""What is done, on disk: results whole or not at all, and a log of what happened.

::

    OUT/DISTRICT/…                 the results of a district
    OUT/city.html, city.xlsx       the city drawn together
    OUT/failed/DISTRICT/…          why a district failed: problems, rows left out
    OUT/.batch/done/DISTRICT.json  what those results are made of, and their hashes
    OUT/.batch/before/…            the same, of the results that these replaced
    OUT/.batch/journal.jsonl       what happened, line by line
    OUT/.batch/lock                held while a batch runs

The record in ``done`` is written after the results stand in their place. A result is
believed only if its record is there, its key is the one wanted, and every file has the
hash that the record says: whatever a crash left behind is made again.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import logging
import os
import shutil
import socket
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from lifecircle.errors import ResultError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

__all__ = ["STATE", "Journal"]

logger = logging.getLogger(__name__)

STATE, FAILED = ".batch", "failed"
MANIFEST = "manifest.json"
_DRAWN = ".html"
"""Pages hold no results of their own."""
FORMAT = 2


class Journal:
    """The state of one output folder.

    Parameters
    ----------
    out : str or Path
        Folder of a batch; made if it is not there.
    """

    def __init__(self, out: str | Path) -> None:
        self.out = Path(out)
        self.state = self.out / STATE

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder: no second batch writes to it meanwhile.

        The lock is the operating system's, so that it ends with the process however
        that ends: a file left behind by a crash holds nobody up.

        Raises
        ------
        ResultError
            If another batch holds it, or the folder cannot be written.
        """
        lock = FileLock(self.state / "lock")
        owner = self.state / "owner.json"
        try:
            self.state.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=0)
        except Timeout as error:
            raise ResultError(
                where=str(self.out),
                what=f"another batch is writing to this folder ({_owner(owner)}).",
                fix="Wait until it has ended, end it, or name another folder.",
            ) from error
        except OSError as error:
            raise ResultError(
                where=str(self.out),
                what=f"the folder cannot be written: {error.strerror or error}.",
                fix="Check rights and free space, or name another folder.",
            ) from error
        try:
            with contextlib.suppress(OSError):  # only tells others who holds it
                said = {"pid": os.getpid(), "host": socket.gethostname()}
                owner.write_text(json.dumps({**said, "since": _now()}), "utf-8")
            self._sweep()
            yield
        finally:
            owner.unlink(missing_ok=True)
            lock.release()

    def _sweep(self) -> None:
        """Remove what a batch that was killed left half written."""
        for folder in (self.out, self.out / FAILED):
            for left in folder.glob(".*.part"):
                shutil.rmtree(left, ignore_errors=True)
            for left in folder.glob(".*.old"):
                ours = left.with_name(left.name[1:].removesuffix(".old"))
                if ours.exists():
                    shutil.rmtree(left, ignore_errors=True)
                else:
                    left.rename(ours)  # killed between two renames
        for left in self.state.rglob("*.part"):
            left.unlink(missing_ok=True)

    def has_results(self) -> bool:
        """Whether a batch has written any district's results."""
        return any((self.state / "done").glob("*.json"))

    def record(self, folder: str) -> dict[str, Any] | None:
        """What stands written of a district's results; None without a whole record."""
        return _read(self.state / "done" / f"{folder}.json")[0]

    def is_damaged(self, folder: str) -> bool:
        """Whether a district's record is there and is not what a batch has written."""
        return _read(self.state / "done" / f"{folder}.json")[1]

    def before(self, folder: str) -> dict[str, Any] | None:
        """The record of the results that today's replaced; None without one."""
        return _read(self.state / "before" / f"{folder}.json")[0]

    def is_whole(self, folder: str, record: Mapping[str, Any]) -> bool:
        """Whether every file of a district's results is as it was written.

        Pages that were drawn again from the results (``lifecircle map``, ``report``)
        are whole too: they have the hash that ``manifest.json`` says now, and the
        results themselves are as they were.
        """
        place = self.out / folder
        try:
            found = {name: _digest(place / name) for name in record["files"]}
            other = {name for name in found if found[name] != record["files"][name]}
            if not other:
                return True
            said = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
            drawn = other - {MANIFEST}
            return MANIFEST in other and all(
                name.endswith(_DRAWN) and said["outputs"][name]["sha256"] == found[name]
                for name in drawn
            )
        except (OSError, ValueError, KeyError, TypeError):
            return False

    def put(
        self, folder: str, files: Mapping[str, bytes], record: Mapping[str, Any]
    ) -> None:
        """Put a district's results in place, then their record.

        Parameters
        ----------
        folder : str
            The district's folder among the results.
        files : Mapping[str, bytes]
            Its files.
        record : Mapping
            What they are made of: ``key`` and what else is to be remembered.

        Raises
        ------
        OSError
            If the disk is full or the folder cannot be written; what stood there
            before stands there still.
        """
        earlier = self.record(folder)
        ours = frozenset({} if earlier is None else earlier["files"])
        place(self.out / folder, files, replaced=ours)
        if earlier is not None and earlier["key"] != record["key"]:
            _write(self.state / "before" / f"{folder}.json", earlier)
        hashes = {
            name: hashlib.sha256(content).hexdigest()
            for name, content in sorted(files.items())
        }
        whole = {**record, "files": hashes, "format": FORMAT}
        _write(self.state / "done" / f"{folder}.json", whole)
        shutil.rmtree(self.out / FAILED / folder, ignore_errors=True)

    def put_city(self, files: Mapping[str, bytes]) -> None:
        """Put the city's outputs in place, once all of them are written.

        Parameters
        ----------
        files : Mapping[str, bytes]
            Name to content.

        Raises
        ------
        OSError
            If they cannot be written; those of before stand then.
        """
        for name, content in files.items():
            _write_bytes(self.state / f"{name}.part", content)
        for name in files:
            (self.state / f"{name}.part").replace(self.out / name)
        _sync_folder(self.out)

    def put_failure(self, folder: str, files: Mapping[str, bytes]) -> None:
        """Write down why a district failed; its earlier results stay as they are.

        Parameters
        ----------
        folder : str
            The district's folder.
        files : Mapping[str, bytes]
            Its problems and the rows left out, or the traceback of a fault; none if
            there is no more to tell than the reason.

        Raises
        ------
        OSError
            If the folder cannot be written.
        """
        if files:
            place(self.out / FAILED / folder, files)
        else:
            shutil.rmtree(self.out / FAILED / folder, ignore_errors=True)

    def note(self, event: str, **values: Any) -> None:
        """Add a line to the log; a full disk does not stop the batch."""
        line = json.dumps({"at": _now(), "event": event, **values}, ensure_ascii=False)
        try:
            with (self.state / "journal.jsonl").open("a", encoding="utf-8") as stream:
                stream.write(line + "\n")
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as error:
            logger.warning("batch: the journal cannot be written (%s)", error)

    def lines(self) -> list[dict[str, Any]]:
        """Every whole line of the log, oldest first; a torn one is passed over."""
        path = self.state / "journal.jsonl"
        if not path.is_file():
            return []
        found = []
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            with contextlib.suppress(ValueError):
                entry = json.loads(line)
                if isinstance(entry, dict):
                    found.append(entry)
        return found


def place(
    folder: Path, files: Mapping[str, bytes], *, replaced: Collection[str] = ()
) -> None:
    """Put files into a folder, whole or not at all.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    files : Mapping[str, bytes]
        Name to content.
    replaced : collection of str
        Earlier files of ours, which go; whatever else is in the folder stays.

    Raises
    ------
    OSError
        If it cannot be written; the folder is then as it was.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as out:
    ...     place(Path(out) / "a", {"x.txt": b"1", "z.txt": b"1"})
    ...     place(Path(out) / "a", {"y.txt": b"2"}, replaced=["x.txt"])
    ...     sorted(one.name for one in (Path(out) / "a").iterdir())
    ['y.txt', 'z.txt']
    """
    fresh = folder.with_name(f".{folder.name}.part")
    old = folder.with_name(f".{folder.name}.old")
    for left in (fresh, old):
        shutil.rmtree(left, ignore_errors=True)
    try:
        fresh.mkdir(parents=True)
        for name, content in files.items():
            _write_bytes(fresh / name, content)
        if folder.exists():
            _keep(folder, fresh, {*files, *replaced})
        _sync_folder(fresh)
        if folder.exists():
            folder.rename(old)
            try:
                fresh.rename(folder)
            except OSError:
                old.rename(folder)
                raise
        else:
            fresh.rename(folder)
        _sync_folder(folder.parent)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    shutil.rmtree(old, ignore_errors=True)


def _keep(folder: Path, fresh: Path, ours: Collection[str]) -> None:
    """Copy what others have put into a folder to the one that takes its place."""
    for entry in sorted(folder.iterdir()):
        if entry.name in ours:
            continue
        if entry.is_dir():
            shutil.copytree(entry, fresh / entry.name)
        else:
            shutil.copy2(entry, fresh / entry.name)


def _write_bytes(path: Path, content: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


def _write(path: Path, value: Mapping[str, Any]) -> None:
    """Write a record beside its place and move it there at once."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f"{path.name}.part")
    _write_bytes(beside, _text({**value, "sha256": _hash(value)}).encode("utf-8"))
    beside.replace(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make renames in a folder last; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _read(path: Path) -> tuple[dict[str, Any] | None, bool]:
    """A record as it was written, else None; and whether it is damaged.

    Damaged: cut short, edited, or somebody else's. One of another format is none.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
        if value["format"] != FORMAT:
            return None, False
        said = value.pop("sha256")
        if _hash(value) == said:
            return value, False
    except FileNotFoundError:
        return None, False
    except (OSError, ValueError, KeyError, TypeError) as error:
        logger.debug("batch: %s cannot be read (%s)", path.name, error)
    logger.warning("batch: %s is damaged", path.name)
    return None, True


def _text(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, allow_nan=False)


def _hash(value: Mapping[str, Any]) -> str:
    return hashlib.sha256(_text(value).encode("utf-8")).hexdigest()


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _owner(path: Path) -> str:
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
        return f"process {said['pid']} on {said['host']} since {said['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "its process is not known"


def _now() -> str:
    return datetime.now(tz=UTC).isoformat(timespec="seconds")

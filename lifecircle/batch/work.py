"""One district's job, the same on every engine: files in, files out, nothing shared.

A worker writes into a folder of its own and sends back what stands there. Only the
process that leads the batch touches the output folder, so that neither a worker that
dies nor one that lives on can leave half a result in it.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import psutil

from lifecircle import __version__
from lifecircle.batch.shipping import unpacked
from lifecircle.batch.summary import summary_of
from lifecircle.errors import ConfigError, LifeCircleError
from lifecircle.tables.whole import CityFiles
from lifecircle.text import problem_lines, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from lifecircle.model import Problem

__all__ = ["Failure", "Job", "Outcome", "failed", "work"]

Reason = Literal[
    "data", "crash", "fault", "memory", "timeout", "lost", "disk", "version", "record"
]
"""Why a district failed. ``crash``: its worker ended; ``fault``: an error of ours;
``lost``: the scheduler went; ``record``: what it had written cannot be read."""


@dataclass(frozen=True, slots=True)
class Job:
    """What a worker needs to know of a district.

    Attributes
    ----------
    district_id : str
    path : str
        Absolute path of the district file.
    settings : Mapping or None
        As of ``CityDistrict``.
    lang : str
    version : str
        Of the lifecircle that leads the batch; a worker of another refuses.
    parcel : Mapping[str, bytes] or None
        The inputs themselves, by path, for workers that do not see our files;
        ``path`` and ``settings`` are then relative to where they are unpacked.
    memory_bytes : int or None
        Most memory of a worker; None = an equal share of its machine's.
    """

    district_id: str
    path: str
    settings: Mapping[str, Any] | None
    lang: Literal["zh", "en"]
    version: str = __version__
    parcel: Mapping[str, bytes] | None = None
    memory_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a district failed: kind, where, what is wrong, how to mend it."""

    reason: Reason
    where: str
    what: str
    fix: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a job.

    Attributes
    ----------
    files : Mapping[str, bytes]
        Results, or of a failed district its problems and the rows left out.
    summary : Mapping
        What the city's roll-up needs; empty if the district failed.
    failure : Failure or None
    seconds : float
        Wall time of the job.
    worker : int
        Process that did it.
    memory_bytes : int
        What that process held (resident set) when it was done.
    """

    files: Mapping[str, bytes] = field(default_factory=dict)
    summary: Mapping[str, Any] = field(default_factory=dict)
    failure: Failure | None = None
    seconds: float = 0.0
    worker: int = 0
    memory_bytes: int = 0


_SHARE_KEPT = 0.25
"""Of its memory, what a worker may hold when it keeps a city's tables for its next
district: the rest is for the district."""
_files = CityFiles()
"""What this worker has read for the districts before."""


def work(job: Job, report: Callable[[str], None]) -> Outcome:
    """Run one district from its files to its outputs.

    Parameters
    ----------
    job : Job
        The district.
    report : callable
        Called with the name of each stage as it begins.

    Returns
    -------
    Outcome
        Results, or why there are none. Errors in the data are an outcome; anything
        else that goes wrong is raised.

    Examples
    --------
    >>> from lifecircle.batch.work import Job, work
    >>> outcome = work(Job("x", "no_such.toml", None, "en"), print)
    read
    >>> outcome.failure.what
    'there is no such district file.'
    """
    begun = time.monotonic()
    try:
        _check_version(job)
        with tempfile.TemporaryDirectory(prefix="lifecircle-") as folder:
            files, summary = _assessed(job, Path(folder), report)
        failure = None
    except LifeCircleError as error:
        files, summary = _told(error, job.lang), {}
        failure = _failure(error, job)
    except MemoryError:
        files, summary = {}, {}
        failure = failed("memory", job.district_id, job.lang)
    seconds = round(time.monotonic() - begun, 3)
    here = psutil.Process()
    return Outcome(files, summary, failure, seconds, here.pid, here.memory_info().rss)


def _check_version(job: Job) -> None:
    if job.version != __version__:
        raise ConfigError(
            where="worker",
            what=f"it has lifecircle {__version__}, the batch {job.version}.",
            fix="Install the same version on every worker.",
        )


def failed(
    reason: Reason, where: str, lang: Literal["zh", "en"], **values: Any
) -> Failure:
    """Say why a district failed that did not fail by its data.

    Parameters
    ----------
    reason : str
        As of ``Failure``.
    where : str
        District, folder or address.
    lang : {"zh", "en"}
        Language.
    **values : object
        What the sentence names.

    Returns
    -------
    Failure
        In words.

    Examples
    --------
    >>> failed("timeout", "D1", "en", seconds=90).what
    'it had not ended after 90 seconds.'
    """
    key = f"batch.failed_{reason}"
    return Failure(reason, where, say(key, lang, values), say(f"{key}_fix", lang))


def _assessed(
    job: Job, folder: Path, report: Callable[[str], None]
) -> tuple[dict[str, bytes], dict[str, Any]]:
    from lifecircle import jobs
    from lifecircle.publish.lists import write_lists
    from lifecircle.publish.outputs import write_study

    path, settings = unpacked(job.path, job.settings, job.parcel, folder / "in")
    most_bytes = job.memory_bytes or (
        psutil.virtual_memory().total // (psutil.cpu_count() or 1)
    )
    _files.most_bytes = int(_SHARE_KEPT * most_bytes) if job.parcel is None else 0
    study = jobs.assess(path, settings=settings, report=report, files=_files)
    report("publish")
    out = folder / "out"
    write_study(study, out, lang=job.lang)
    write_lists(study.district, out, lang=job.lang)
    return _contents(out), summary_of(study)


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def _told(error: LifeCircleError, lang: Literal["zh", "en"]) -> dict[str, bytes]:
    """Problems as a table that a spreadsheet opens, and the rows left out."""
    import pandas as pd

    from lifecircle.publish.lists import write_rejected_rows

    problems: tuple[Problem, ...] = getattr(error, "problems", ())
    rows = [(one.severity, *problem_lines(one, lang)) for one in problems]
    rows = rows or [("error", error.where, error.what, error.fix)]
    table = pd.DataFrame(rows, columns=["severity", "where", "what", "fix"])
    with tempfile.TemporaryDirectory(prefix="lifecircle-") as name:
        folder = Path(name)
        table.to_csv(folder / "problems.csv", index=False, encoding="utf-8-sig")
        rejected = getattr(error, "rejected", None)
        if rejected is not None:
            write_rejected_rows(rejected, folder, lang=lang)
        return _contents(folder)


def _failure(error: LifeCircleError, job: Job) -> Failure:
    problems = [
        one for one in getattr(error, "problems", ()) if one.severity == "error"
    ]
    if not problems:
        reason: Reason = "version" if job.version != __version__ else "data"
        return Failure(reason, error.where, error.what, error.fix)
    where, what, fix = problem_lines(problems[0], job.lang)
    if len(problems) > 1:
        more = len(problems) - 1
        what += f"（另有 {more} 个错误）" if job.lang == "zh" else f" (and {more} more)"
    return Failure("data", where, what, fix)

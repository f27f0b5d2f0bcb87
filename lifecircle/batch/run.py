"""The batch itself: plan, run, journal; whatever happens to one, the others go on.

::

    plan -> submit -> (done | failed, perhaps once more) -> journal -> roll up
"""

from __future__ import annotations

import collections
import contextlib
import os
import traceback
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from lifecircle.batch.city import read_city
from lifecircle.batch.city_outputs import earlier, write_city
from lifecircle.batch.engines import (
    Engine,
    OutOfMemoryError,
    OutOfTimeError,
    SchedulerLostError,
    WorkerDiedError,
)
from lifecircle.batch.journal import STATE, Journal
from lifecircle.batch.local import LocalEngine
from lifecircle.batch.pace import Pace, longest_first
from lifecircle.batch.plan import Planned, chosen, plan
from lifecircle.batch.shipping import packed
from lifecircle.batch.work import Failure, Job, Outcome, failed
from lifecircle.errors import LifeCircleError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lifecircle.batch.city import City, CityDistrict

__all__ = ["BatchResult", "Options", "Watcher", "plan_batch", "run_batch"]

_TICK_S = 0.5
_AGAIN = ("crash", "memory", "timeout", "disk")
"""Reasons that may go better a second time; bad data never do."""
_INTERRUPTED = "interrupted"


@dataclass(frozen=True, slots=True)
class Options:
    """How a batch is run.

    Attributes
    ----------
    lang : {"zh", "en"}
        Language of the outputs.
    only, exclude : tuple of str
        Districts by id, name or pattern.
    workers : int
        Processes of this machine; 0 = one a core.
    memory_bytes : int or None
        Most memory of one of them.
    timeout_s : float or None
        Most seconds of one district.
    retry : int
        How often a district whose worker died is tried again.
    force : bool
        Run districts whose results stand.
    scheduler : str
        Address of a Dask scheduler; empty = processes of this machine.
    ship : bool
        Send the input files with the jobs.
    since : str
        Output folder that the city is compared with; empty = the results replaced.
    """

    lang: Literal["zh", "en"] = "zh"
    only: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    workers: int = 0
    memory_bytes: int | None = None
    timeout_s: float | None = None
    retry: int = 0
    force: bool = False
    scheduler: str = ""
    ship: bool = False
    since: str = ""


@dataclass(slots=True, eq=False)
class BatchResult:
    """How a batch ended.

    Attributes
    ----------
    planned : list of Planned
        All districts asked for.
    done : list of Planned
        Run in this batch.
    failed : dict
        District folder to why.
    interrupted : bool
        Ctrl-C: what has ended is kept; the city is not drawn together.
    unread : dict
        Districts that were not asked for and whose records cannot be read, to why.
    city_problem : str
        Why the city's outputs could not be written; empty = they stand.
    """

    planned: list[Planned]
    done: list[Planned] = field(default_factory=list)
    failed: dict[str, Failure] = field(default_factory=dict)
    interrupted: bool = False
    unread: dict[CityDistrict, Failure] = field(default_factory=dict)
    city_problem: str = ""


class Watcher(Protocol):
    """Is told how a batch goes; a progress display, or nothing."""

    def planned(self, planned: Sequence[Planned]) -> None:
        """Everything there is to do is known."""

    def stage(self, district_id: str, stage: str) -> None:
        """A district has come to a stage; from any thread."""

    def ended(self, one: Planned, failure: Failure | None, seconds: float) -> None:
        """A district has ended."""

    def again(self, one: Planned, failure: Failure) -> None:
        """A district is tried again."""

    def tick(self, seconds_left: float | None) -> None:
        """Half a second has gone by."""


def run_batch(
    city: str | Path, out: str | Path, options: Options, watcher: Watcher
) -> BatchResult:
    """Run every district of a city whose results are missing or of other inputs.

    Parameters
    ----------
    city : str or Path
        As of ``read_city``.
    out : str or Path
        Folder of the results.
    options : Options
        How.
    watcher : Watcher
        Told how it goes.

    Returns
    -------
    BatchResult
        A district that fails is in ``failed``, with its reason; the others are done.

    Raises
    ------
    ConfigError, SourceError
        If the city, a district's name, the scheduler or the folder to compare with is
        wrong: nothing was run.
    ResultError
        If another batch is writing to the folder, or it cannot be written.

    Examples
    --------
    >>> result = run_batch("city", "out", Options(), watcher)  # doctest: +SKIP
    """
    told = read_city(city)
    districts = chosen(told, options.only, options.exclude)
    journal = Journal(out)
    since = earlier(options.since) if options.since else None
    with journal.held():
        planned = plan(districts, journal, lang=options.lang, force=options.force)
        watcher.planned(planned)
        result = BatchResult(planned)
        waiting = longest_first([one for one in planned if one.state != "done"])
        journal.note("begin", districts=len(planned), to_run=len(waiting))
        if waiting:
            engine = _engine(options, watcher)
            loop = _Loop(engine, journal, options, watcher, result)
            try:
                loop.run(waiting)
            except KeyboardInterrupt:
                result.interrupted = True
                journal.note(_INTERRUPTED)
            finally:
                engine.close()
        if not result.interrupted:
            _draw_together(told, journal, since, options, result)
        journal.note("end", done=len(result.done), failed=len(result.failed))
    return result


def _draw_together(
    city: City,
    journal: Journal,
    since: Journal | None,
    options: Options,
    result: BatchResult,
) -> None:
    """Write the city's outputs; that they cannot be written spoils no district."""
    ended = [*(one for one in result.planned if one.state == "done"), *result.done]
    current = {one.district.folder for one in ended}
    for one in city.districts:
        if one.folder not in result.failed and journal.is_damaged(one.folder):
            where = f"{STATE}/done/{one.folder}.json"
            result.unread[one] = failed("record", where, options.lang)
    lost = {one.folder: failure for one, failure in result.unread.items()}
    try:
        write_city(
            city,
            journal,
            lang=options.lang,
            current=current,
            failed={**result.failed, **lost},
            since=since,
        )
    except OSError as error:
        result.city_problem = str(error.strerror or error)
        journal.note("city_failed", what=result.city_problem)


def plan_batch(city: str | Path, out: str | Path, options: Options) -> list[Planned]:
    """Say what ``run_batch`` would do; nothing is written.

    Parameters
    ----------
    city, out, options
        As ``run_batch``.

    Returns
    -------
    list of Planned
        Districts asked for, each with its state.

    Raises
    ------
    ConfigError, SourceError
        As ``run_batch``.

    Examples
    --------
    >>> [one.state for one in plan_batch("data/demo", "no_such_folder", Options())]
    ['new']
    """
    districts = chosen(read_city(city), options.only, options.exclude)
    return plan(districts, Journal(out), lang=options.lang, force=options.force)


def _engine(options: Options, watcher: Watcher) -> Engine:
    def on_stage(job: Job, stage: str) -> None:
        watcher.stage(job.district_id, stage)

    if options.scheduler:
        from lifecircle.batch.cluster import ClusterEngine

        return ClusterEngine(
            options.scheduler, timeout_s=options.timeout_s, on_stage=on_stage
        )
    return LocalEngine(
        options.workers or os.cpu_count() or 1,
        memory_bytes=options.memory_bytes,
        timeout_s=options.timeout_s,
        on_stage=on_stage,
    )


@dataclass(slots=True, eq=False)
class _Loop:
    """Jobs out, results in, until nothing is left."""

    engine: Engine
    journal: Journal
    options: Options
    watcher: Watcher
    result: BatchResult
    tries: collections.Counter[str] = field(default_factory=collections.Counter)
    flying: dict[Future[Outcome], Planned] = field(default_factory=dict)

    def run(self, waiting: Sequence[Planned]) -> None:
        """Run districts until each has ended."""
        queue = collections.deque(waiting)
        pace = Pace(list(waiting), self._workers())
        while queue or self.flying:
            while queue and len(self.flying) < 2 * self._workers():
                self._send(queue.popleft())
            ended, _ = wait(self.flying, timeout=_TICK_S, return_when=FIRST_COMPLETED)
            for future in sorted(ended, key=lambda one: self._folder(one)):
                one = self.flying.pop(future)
                outcome = _outcome_of(future, one, self.options)
                failure = self._keep(one, outcome)
                if failure is not None and self._once_more(one, failure):
                    queue.append(one)
                    continue
                pace.ended(one, outcome.seconds)
                self._end(one, failure, outcome)
                if failure is not None and failure.reason == "lost":
                    self._give_up(queue, failure)
            self.watcher.tick(pace.seconds_left())

    def _workers(self) -> int:
        return max(1, self.engine.workers)

    def _folder(self, future: Future[Outcome]) -> str:
        return self.flying[future].district.folder

    def _send(self, one: Planned) -> None:
        district = one.district
        self.tries[district.folder] += 1
        self.journal.note("start", district=district.district_id, key=one.made_of.key)
        path, settings, parcel = str(district.path), district.settings, None
        if self.options.ship:
            # What cannot be packed, the worker cannot read either: it says so.
            with contextlib.suppress(OSError, LifeCircleError):
                path, settings, parcel = packed(district)
        job = Job(
            *(district.district_id, path, settings, self.options.lang),
            parcel=parcel,
            memory_bytes=self.options.memory_bytes,
        )
        self.flying[self.engine.send(job)] = one

    def _keep(self, one: Planned, outcome: Outcome) -> Failure | None:
        """Write what came; why it failed, if it did."""
        folder, failure = one.district.folder, outcome.failure
        try:
            if failure is None:
                record = {
                    "district_id": one.district.district_id,
                    "key": one.made_of.key,
                    "made_of": asdict(one.made_of),
                    "seconds": outcome.seconds,
                    "summary": outcome.summary,
                }
                self.journal.put(folder, outcome.files, record)
            else:
                self.journal.put_failure(folder, outcome.files)
        except OSError as error:
            said = str(error.strerror or error)
            return failure or failed("disk", folder, self.options.lang, error=said)
        return failure

    def _once_more(self, one: Planned, failure: Failure) -> bool:
        tried = self.tries[one.district.folder]
        if failure.reason not in _AGAIN or tried > self.options.retry:
            return False
        self.journal.note(
            "again", district=one.district.district_id, reason=failure.reason
        )
        self.watcher.again(one, failure)
        return True

    def _give_up(self, queue: collections.deque[Planned], failure: Failure) -> None:
        """Without a scheduler nothing more can be run."""
        while queue:
            self._end(queue.popleft(), failure, Outcome())

    def _end(self, one: Planned, failure: Failure | None, outcome: Outcome) -> None:
        said = {"district": one.district.district_id, "seconds": outcome.seconds}
        if failure is None:
            self.result.done.append(one)
            held = {"worker": outcome.worker, "memory_bytes": outcome.memory_bytes}
            self.journal.note("done", **said, **held)
        else:
            self.result.failed[one.district.folder] = failure
            self.journal.note("failed", **said, **asdict(failure))
        self.watcher.ended(one, failure, outcome.seconds)


def _outcome_of(future: Future[Outcome], one: Planned, options: Options) -> Outcome:
    """What a worker sent; if it could not, why not."""
    where, lang = one.district.district_id, options.lang
    try:
        return future.result()
    except OutOfTimeError:
        seconds = f"{options.timeout_s or 0.0:g}"
        failure = failed("timeout", where, lang, seconds=seconds)
    except OutOfMemoryError:
        failure = failed("memory", where, lang)
    except WorkerDiedError as error:
        failure = failed("crash", where, lang, exitcode=error.exitcode)
    except SchedulerLostError:
        failure = failed("lost", where, lang)
    except Exception as error:  # an error of ours: its traceback goes into a file
        text = "".join(traceback.format_exception(error))
        name = type(error).__name__
        failure = failed("fault", where, lang, error=f"{name}: {error}")
        return Outcome({"fault.txt": text.encode("utf-8")}, failure=failure)
    return Outcome(failure=failure)

"""The engine of one machine: worker processes, each with a pipe of its own.

Not ``concurrent.futures.ProcessPoolExecutor``: there one dead worker breaks the whole
pool, and nothing ends a job that hangs. Not Pebble: its workers share one pipe, so that
one killed while it sends takes the others with it, and its timeouts follow the wall
clock. Here a thread a worker waits for an answer, a death, the end of the time or of
the memory, whichever comes first; only that worker's job is lost, and a fresh worker
takes its place.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import multiprocessing.connection
import os
import queue
import signal
import threading
import time
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import psutil

from lifecircle.batch.engines import (
    Call,
    OutOfMemoryError,
    OutOfTimeError,
    StageNote,
    WorkerDiedError,
)
from lifecircle.batch.work import Job, Outcome, work

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

__all__ = ["LocalEngine"]

_WATCH_S = 0.2
"""A worker's memory and time are looked at this often."""
_GRACE_S = 5.0


@dataclass(frozen=True, slots=True)
class _Task:
    """A job that waits for a worker."""

    job: Job
    future: Future[Outcome]


@dataclass(slots=True)
class _Worker:
    """A process and our end of its pipe."""

    process: Any
    pipe: Connection
    handle: psutil.Process


@dataclass(slots=True)
class _Slot:
    """One worker's place: at most one process at a time."""

    worker: _Worker | None = None
    peak_bytes: int = 0
    thread: threading.Thread | None = field(default=None)


class LocalEngine:
    """Worker processes of this machine.

    Parameters
    ----------
    workers : int
        How many processes.
    memory_bytes : int or None
        Most memory (resident set) of one worker; None = no limit of ours.
    timeout_s : float or None
        Most seconds of one job; None = no limit.
    on_stage : callable
        Called with the job and each stage that it reports; from threads.
    call : callable
        What is done with a job; of a module, so that a process can import it.

    Examples
    --------
    >>> engine = LocalEngine(2)  # doctest: +SKIP
    >>> engine.send(job).result().failure is None  # doctest: +SKIP
    True
    >>> engine.close()  # doctest: +SKIP
    """

    def __init__(
        self,
        workers: int,
        *,
        memory_bytes: int | None = None,
        timeout_s: float | None = None,
        on_stage: StageNote = lambda _job, _stage: None,
        call: Call = work,
    ) -> None:
        self.workers = workers
        self.memory_bytes, self.timeout_s = memory_bytes, timeout_s
        self.on_stage, self.call = on_stage, call
        self._context = multiprocessing.get_context("spawn")
        self._tasks: queue.SimpleQueue[_Task | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._slots = [_Slot() for _ in range(workers)]
        for number, slot in enumerate(self._slots, start=1):
            name = f"lifecircle-worker-{number}"
            slot.thread = threading.Thread(
                target=self._serve, args=(slot,), name=name, daemon=True
            )
            slot.thread.start()

    def send(self, job: Job) -> Future[Outcome]:
        """Have a job done by the next worker that is free.

        Parameters
        ----------
        job : Job
            The district.

        Returns
        -------
        Future
            Its outcome; or ``OutOfTimeError``, ``OutOfMemoryError``,
            ``WorkerDiedError``, or what the job raised.
        """
        future: Future[Outcome] = Future()
        self._tasks.put(_Task(job, future))
        return future

    def close(self) -> None:
        """End the workers, whatever they do; jobs that wait are cancelled."""
        self._closing.set()
        for _ in self._slots:
            self._tasks.put(None)
        for slot in self._slots:
            if slot.thread is not None:
                slot.thread.join()

    @property
    def peak_bytes(self) -> int:
        """Most memory (resident set) that a worker was seen to take."""
        return max(slot.peak_bytes for slot in self._slots)

    def pids(self) -> list[int]:
        """Process ids of the workers that run."""
        return [slot.worker.process.pid for slot in self._slots if slot.worker]

    def _serve(self, slot: _Slot) -> None:
        """One slot's life: take a task, have it done, answer."""
        try:
            while (task := self._tasks.get()) is not None:
                if self._closing.is_set():
                    task.future.cancel()
                elif task.future.set_running_or_notify_cancel():
                    self._answer_to(task, slot)
        finally:
            self._end(slot)

    def _answer_to(self, task: _Task, slot: _Slot) -> None:
        try:
            task.future.set_result(self._have_done(slot, task.job))
        except Exception as error:  # whatever it is, the caller's future tells it
            task.future.set_exception(error)

    def _have_done(self, slot: _Slot, job: Job) -> Outcome:
        """A job's outcome; whatever ends its worker instead is raised as that."""
        if slot.worker is None or not slot.worker.process.is_alive():
            self._end(slot)
            slot.worker = self._start()
        try:
            slot.worker.pipe.send((self.call, job))
            kind, value = self._answer(slot, slot.worker, job)
        except (EOFError, OSError) as error:
            exitcode = self._exitcode(slot.worker)
            self._end(slot)
            raise WorkerDiedError(exitcode) from error
        except (WorkerDiedError, OutOfTimeError, OutOfMemoryError):
            self._end(slot)
            raise
        if kind == "error":
            raise value
        outcome: Outcome = value
        return outcome

    def _answer(self, slot: _Slot, worker: _Worker, job: Job) -> tuple[str, Any]:
        begun = time.monotonic()
        while True:
            ready = multiprocessing.connection.wait(
                [worker.pipe, worker.process.sentinel], timeout=_WATCH_S
            )
            if worker.pipe in ready:
                kind, value = worker.pipe.recv()
                if kind != "stage":
                    return kind, value
                self.on_stage(job, value)
            elif ready:
                raise WorkerDiedError(self._exitcode(worker))
            else:
                self._watch(slot, worker, begun)

    def _watch(self, slot: _Slot, worker: _Worker, begun: float) -> None:
        if self._closing.is_set():
            raise WorkerDiedError(None)
        if self.timeout_s is not None and time.monotonic() - begun > self.timeout_s:
            raise OutOfTimeError(self.timeout_s)
        with contextlib.suppress(psutil.NoSuchProcess):
            taken = worker.handle.memory_info().rss
            slot.peak_bytes = max(slot.peak_bytes, taken)
            if self.memory_bytes is not None and taken > self.memory_bytes:
                raise OutOfMemoryError(taken)

    def _exitcode(self, worker: _Worker) -> int | None:
        worker.process.join(_GRACE_S)
        return worker.process.exitcode  # type: ignore[no-any-return]

    def _start(self) -> _Worker:
        ours, theirs = self._context.Pipe()
        process = self._context.Process(target=_live, args=(theirs,), daemon=True)
        process.start()
        theirs.close()
        return _Worker(process, ours, psutil.Process(process.pid))

    def _end(self, slot: _Slot) -> None:
        worker, slot.worker = slot.worker, None
        if worker is None:
            return
        worker.pipe.close()
        worker.process.kill()
        worker.process.join(_GRACE_S)
        worker.process.close()


def _live(pipe: Connection) -> None:
    """A worker's life: calls come in by the pipe, stages and results go out."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the parent
    # Solvers of large districts print lines of their own, whatever they are told.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    while True:
        try:
            call, job = pipe.recv()
        except EOFError:
            return
        try:
            answer = ("done", call(job, lambda stage: pipe.send(("stage", stage))))
        except Exception as error:  # the parent is told, whatever it is
            answer = ("error", _portable(error))
        pipe.send(answer)
        del call, job, answer


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _portable(error: Exception) -> Exception:
    """The error itself if it survives the pipe, else its text with the traceback."""
    import pickle
    import traceback

    text = "".join(traceback.format_exception(error))
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # pickling runs the error's own code, which may raise anything
        return RuntimeError(text)
    error.add_note(text)
    return error

"""What an engine is: jobs in, futures out; and how a job can end without a result."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from lifecircle.batch.work import Job, Outcome

if TYPE_CHECKING:
    from concurrent.futures import Future

__all__ = [
    "Call",
    "Engine",
    "OutOfMemoryError",
    "OutOfTimeError",
    "SchedulerLostError",
    "StageNote",
    "WorkerDiedError",
]

Call = Callable[[Job, Callable[[str], None]], Outcome]
"""What a worker does with a job; it tells each stage as it begins."""

StageNote = Callable[[Job, str], None]
"""Is told of a job's stages, from any thread."""


class Engine(Protocol):
    """Where jobs are run."""

    @property
    def workers(self) -> int:
        """How many jobs run side by side."""

    def send(self, job: Job) -> Future[Outcome]:
        """Have a job done; the future ends with its outcome or an error below."""

    def close(self) -> None:
        """End what still runs, and leave."""


class WorkerDiedError(Exception):
    """A worker ended in the middle of a job; ``exitcode`` as ``multiprocessing``."""

    def __init__(self, exitcode: int | None) -> None:
        self.exitcode = exitcode
        super().__init__(exitcode)


class OutOfTimeError(Exception):
    """A job took longer than it may; its worker was ended."""


class OutOfMemoryError(Exception):
    """A job took more memory than it may; its worker was ended."""


class SchedulerLostError(Exception):
    """The scheduler does not answer any more; what it was doing is lost."""

"""The engine of a cluster: the same jobs on the workers of a Dask scheduler.

A worker does one district at a time. Time is watched from here: a job that takes too
long is withdrawn and its worker started anew by its nanny. Memory is the workers' own
affair (``dask worker --memory-limit``). Certificates come from Dask's configuration.
"""

from __future__ import annotations

import threading
import time
import uuid
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass
from typing import Any

from lifecircle import __version__
from lifecircle.batch.engines import (
    Call,
    OutOfTimeError,
    SchedulerLostError,
    StageNote,
    WorkerDiedError,
)
from lifecircle.batch.work import Job, Outcome, work
from lifecircle.errors import ConfigError

__all__ = ["ClusterEngine"]

_CONNECT_S = "20s"
_WATCH_S = 0.5
_RETRIES_OF_DASK = 0

_one_at_a_time = threading.Lock()


@dataclass(slots=True, eq=False)
class _Sent:
    """A job on its way, and the answer that is waited for."""

    job: Job
    answer: Future[Outcome]
    dask: Future[Outcome] | None = None
    worker: str = ""
    begun: float | None = None


class ClusterEngine:
    """Workers of a Dask cluster, by its ``concurrent.futures`` interface.

    Parameters
    ----------
    address : str
        Of the scheduler, for example ``tcp://10.0.0.5:8786`` or ``tls://…``.
    timeout_s : float or None
        Most seconds of one job; None = no limit.
    on_stage : callable
        Called with the job and each stage that it reports; from a thread.
    call : callable
        What is done with a job; of a module that the workers have too.

    Raises
    ------
    ConfigError
        If Dask is not installed, the scheduler does not answer, it has no workers,
        or one of them has another lifecircle.
    """

    def __init__(
        self,
        address: str,
        *,
        timeout_s: float | None = None,
        on_stage: StageNote = lambda _job, _stage: None,
        call: Call = work,
    ) -> None:
        self.timeout_s, self.on_stage, self.call = timeout_s, on_stage, call
        self._client = _connect(address)
        self._pool = self._client.get_executor(pure=False, retries=_RETRIES_OF_DASK)
        self._topic = f"lifecircle-{uuid.uuid4().hex}"
        self._sent: dict[str, _Sent] = {}
        self._ended = threading.Event()
        self._client.subscribe_topic(self._topic, self._heard)
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def workers(self) -> int:
        """Workers that the scheduler knows now."""
        return len(self._client.scheduler_info(n_workers=-1)["workers"])

    def send(self, job: Job) -> Future[Outcome]:
        """Have a job done by a worker of the cluster.

        Parameters
        ----------
        job : Job
            The district.

        Returns
        -------
        Future
            Its outcome; or ``OutOfTimeError``, ``WorkerDiedError``,
            ``SchedulerLostError``, or what the job raised.
        """
        token, answer = uuid.uuid4().hex, Future[Outcome]()
        answer.set_running_or_notify_cancel()
        sent = self._sent[token] = _Sent(job, answer)
        sent.dask = self._pool.submit(_on_worker, self.call, job, self._topic, token)
        sent.dask.add_done_callback(lambda done: self._take(token, done))
        return answer

    def close(self) -> None:
        """Withdraw what still runs, and leave the cluster as it was."""
        self._ended.set()
        for sent in list(self._sent.values()):
            if sent.dask is not None:
                sent.dask.cancel()
        self._client.close(timeout=5)

    def _take(self, token: str, done: Future[Any]) -> None:
        """Hand on what came of a job, under our names."""
        from distributed.scheduler import KilledWorker

        sent = self._sent.pop(token, None)
        if sent is None:
            return  # withdrawn
        try:
            sent.answer.set_result(done.result())
        except KilledWorker:
            sent.answer.set_exception(WorkerDiedError(None))
        except CancelledError:
            alive = self._client.status == "running"
            sent.answer.set_exception(
                WorkerDiedError(None) if alive else SchedulerLostError()
            )
        except Exception as error:  # whatever it is, the caller's future tells it
            sent.answer.set_exception(error)

    def _heard(self, event: tuple[float, dict[str, str]]) -> None:
        said = event[1]
        sent = self._sent.get(said["token"])
        if sent is None:
            return
        if said["stage"] == "begun":
            sent.worker, sent.begun = said["worker"], time.monotonic()
        else:
            self.on_stage(sent.job, said["stage"])

    def _watch(self) -> None:
        """Withdraw what takes too long, and start its worker anew."""
        while not self._ended.wait(_WATCH_S):
            for token, sent in list(self._sent.items()):
                if sent.begun is None or self.timeout_s is None:
                    continue
                if time.monotonic() - sent.begun <= self.timeout_s:
                    continue
                if self._sent.pop(token, None) is None or sent.dask is None:
                    continue  # it has just ended
                sent.answer.set_exception(OutOfTimeError(self.timeout_s))
                sent.dask.cancel()
                self._client.restart_workers([sent.worker], raise_for_error=False)


def _connect(address: str) -> Any:
    try:
        from distributed import Client, Security
        from distributed.comm import get_address_host_port
    except ImportError as error:
        raise ConfigError(
            where="--scheduler",
            what="the package distributed (Dask) is not installed.",
            fix='Run: pip install "lifecircle[cluster]"',
        ) from error
    if address.startswith("tls") and not Security().tls_client_cert:
        raise ConfigError(
            where=f"--scheduler {address}",
            what="no certificates are configured for this machine.",
            fix="Name them in Dask's settings, see scripts/examples/batch/README.md.",
        )
    try:
        get_address_host_port(address, strict=True)
        client = Client(address, timeout=_CONNECT_S, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise ConfigError(
            where=f"--scheduler {address}",
            what=f"no Dask scheduler answers there ({type(error).__name__}).",
            fix="Start one (dask scheduler), check address, port and certificates.",
        ) from error
    try:
        versions = client.run(_version)
    except Exception as error:  # what a worker raises that cannot import us
        client.close(timeout=5)
        raise ConfigError(
            where=f"--scheduler {address}",
            what=f"its workers do not know lifecircle ({error}).",
            fix='Install it on every worker: pip install "lifecircle[cluster]"',
        ) from error
    other = sorted({one for one in versions.values() if one != __version__})
    if other or not versions:
        client.close(timeout=5)
        raise ConfigError(
            where=f"--scheduler {address}",
            what=f"workers have lifecircle {', '.join(other)}, this is {__version__}."
            if other
            else "the scheduler has no workers.",
            fix="Install the same version on every worker."
            if other
            else "Start workers: dask worker ADDRESS --nthreads 1",
        )
    return client


def _version() -> str:
    return __version__


def _on_worker(call: Call, job: Job, topic: str, token: str) -> Outcome:
    """Run in a worker's process: one district at a time, its stages told."""
    from distributed import get_worker

    worker = get_worker()

    def tell(stage: str) -> None:
        said = {"token": token, "stage": stage, "worker": worker.address}
        worker.log_event(topic, said)

    with _one_at_a_time:
        tell("begun")
        return call(job, tell)

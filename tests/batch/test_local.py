"""Workers of one machine: whatever one of them meets, the others do not notice."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import psutil
import pytest

from lifecircle.batch.engines import (
    OutOfMemoryError,
    OutOfTimeError,
    WorkerDiedError,
)
from lifecircle.batch.local import LocalEngine
from lifecircle.batch.work import Job


def job(kind, **settings):
    return Job(kind, "", {"kind": kind, **settings}, "en")


@pytest.fixture
def engine(odd):
    stages = []
    made = LocalEngine(
        2,
        memory_bytes=500_000_000,
        timeout_s=5.0,
        on_stage=lambda one, stage: stages.append((one.district_id, stage)),
        call=odd,
    )
    made.stages = stages
    yield made
    made.close()


def test_a_worker_stays_for_the_next_job_and_tells_its_stages(engine, capfd):
    futures = [engine.send(job(f"fine{number}")) for number in range(6)]
    pids = {future.result(60).files["pid.txt"] for future in futures}
    assert len(pids) <= 2
    assert sorted(engine.stages) == [(f"fine{number}", "read") for number in range(6)]
    assert capfd.readouterr() == ("", "")  # what libraries print is no planner's


@pytest.mark.parametrize(
    ("kind", "error", "told"),
    [
        ("exit", WorkerDiedError, "7"),
        ("killed", WorkerDiedError, "-9"),
        ("hang", OutOfTimeError, "5.0"),
        ("hog", OutOfMemoryError, ""),
        ("raise", ZeroDivisionError, "7"),
        ("unportable", RuntimeError, "Inside: 7"),
        ("full", OSError, "No space left"),
    ],
)
def test_one_job_that_ends_badly_is_the_only_one(engine, kind, error, told):
    futures = [engine.send(job("fine")) for _ in range(3)]
    bad = engine.send(job(kind))
    futures += [engine.send(job("fine")) for _ in range(3)]
    with pytest.raises(error) as raised:
        bad.result(60)
    assert told in str(raised.value)
    assert all(future.result(60).failure is None for future in futures)


def test_a_worker_killed_from_outside_loses_its_job_only(engine):
    slow = [engine.send(job("fine", seconds=2.0)) for _ in range(2)]
    while len(engine.pids()) < 2 or len(engine.stages) < 2:
        time.sleep(0.05)
    os.kill(engine.pids()[0], signal.SIGKILL)
    outcomes = [future.exception(60) for future in slow]
    assert sorted(type(one).__name__ for one in outcomes) == [
        "NoneType",
        "WorkerDiedError",
    ]


def test_closing_ends_workers_that_hang(odd):
    engine = LocalEngine(1, call=odd)
    running, waiting = engine.send(job("hang")), engine.send(job("fine"))
    while not engine.pids():
        time.sleep(0.05)
    pid = engine.pids()[0]
    engine.close()
    assert isinstance(running.exception(5), WorkerDiedError)
    assert waiting.cancelled()
    assert not psutil.pid_exists(pid)


def test_workers_end_with_their_parent(tmp_path):
    told = tmp_path / "pids"
    script = tmp_path / "parent.py"
    script.write_text(
        textwrap.dedent(
            f"""
            import sys, time
            sys.path.insert(0, {str(Path(__file__).parent / "workers")!r})
            from lifecircle.batch.local import LocalEngine
            from lifecircle.batch.work import Job
            import odd_jobs

            if __name__ == "__main__":
                engine = LocalEngine(2, call=odd_jobs.odd)
                for number in range(2):
                    engine.send(Job("h", "", {{"kind": "hang"}}, "en"))
                while len(engine.pids()) < 2:
                    time.sleep(0.05)
                open({str(told)!r}, "w").write(" ".join(map(str, engine.pids())))
                time.sleep(60)
            """
        ),
        encoding="utf-8",
    )
    parent = subprocess.Popen([sys.executable, str(script)])
    while not told.exists() or len(told.read_text().split()) < 2:
        time.sleep(0.1)
        assert parent.poll() is None
    time.sleep(1.0)
    pids = [int(word) for word in told.read_text().split()]
    parent.kill()
    parent.wait()
    _, alive = psutil.wait_procs(
        [psutil.Process(pid) for pid in pids if psutil.pid_exists(pid)], timeout=20
    )
    assert alive == []

"""The same jobs on a Dask cluster: a scheduler and two workers, each a process."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from lifecircle.batch import cluster as module
from lifecircle.batch.cluster import ClusterEngine
from lifecircle.errors import ConfigError

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
POSIX = pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
STARTED = re.compile(r"Scheduler at:\s+(t\w+://127\.0\.0\.1:\d+)")


def start(*words, **environment):
    """A process of Dask's own command line; what it says goes to its log."""
    return subprocess.Popen(
        [sys.executable, "-m", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
    )


def certificates(folder):
    """A certificate of our own for scheduler, workers and client, by environment."""

    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    key = ("-newkey", "rsa:2048", "-nodes")
    named = ("-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=ca")
    openssl("req", "-x509", *key, "-days", "2", *named)
    named = ("-keyout", "node.key", "-out", "node.csr", "-subj", "/CN=node")
    openssl("req", *key, *named)
    signed = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial")
    openssl("x509", "-req", "-in", "node.csr", *signed, "-out", "node.pem")
    prefix = "DASK_DISTRIBUTED__COMM__TLS"
    said = {f"{prefix}__CA_FILE": str(folder / "ca.pem")}
    for role in ("SCHEDULER", "WORKER", "CLIENT"):
        said[f"{prefix}__{role}__CERT"] = str(folder / "node.pem")
        said[f"{prefix}__{role}__KEY"] = str(folder / "node.key")
    return said


def heard(process, pattern):
    for line in process.stdout:
        found = re.search(pattern, line)
        if found:
            return found
    pytest.fail(f"{pattern} was not said")


def ended(process):
    """End a process and all that it started."""
    if process.poll() is None:
        family = psutil.Process(process.pid).children(recursive=True)
        for one in (psutil.Process(process.pid), *family):
            one.kill()
    process.communicate(timeout=30)


@pytest.fixture
def dask(tmp_path):
    """``dask.address``, ``dask.workers``: ended at the end of the test."""
    local = tmp_path / "dask"
    local.mkdir()
    scheduler = start(
        "distributed.cli.dask_scheduler",
        *("--host", "127.0.0.1", "--port", 0, "--no-dashboard", "--no-jupyter"),
    )
    address = heard(scheduler, STARTED)[1]

    def worker(**environment):
        made = start(
            "distributed.cli.dask_worker",
            *(address, "--nthreads", 1, "--no-dashboard", "--memory-limit", 0),
            *("--host", "127.0.0.1", "--local-directory", local),
            **environment,
        )
        heard(made, "Registered to")
        return made

    workers = [worker(), worker()]
    yield SimpleNamespace(
        address=address, scheduler=scheduler, workers=workers, start=worker
    )
    for process in (*workers, scheduler):
        ended(process)


@pytest.mark.parametrize("how", ["shared", "shipped"])
def test_results_are_those_of_single_runs(
    undisturbed, tmp_path, finish, same_results, dask, how
):
    out = tmp_path / "out"
    words = (undisturbed.city, "-o", out, "--scheduler", dask.address)
    code, printed = finish(*words, *(("--ship",) if how == "shipped" else ()))
    assert code == 0, printed
    assert "walking minutes" in printed
    for ident in ("d1", "d2", "d3"):
        assert same_results(out / ident, undisturbed.single / ident)


@POSIX
def test_losing_a_worker_costs_what_it_was_doing(
    undisturbed, tmp_path, command, same_results, dask
):
    """Dask gives the district to the other worker: nothing is lost but time."""
    out = tmp_path / "out"
    process = command(undisturbed.city, "-o", out, "--scheduler", dask.address)
    for line in process.stdout:
        if "walking minutes" in line:
            break
    ended(dask.workers[0])
    printed, _ = process.communicate(timeout=180)
    assert process.returncode == 0, printed
    for ident in ("d1", "d2", "d3"):
        assert same_results(out / ident, undisturbed.single / ident)


@POSIX
def test_losing_the_scheduler_ends_the_batch_and_it_goes_on_elsewhere(
    undisturbed, tmp_path, command, finish, same_results, dask
):
    out = tmp_path / "out"
    environment = {
        "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "3s",
        "DASK_DISTRIBUTED__DEPLOY__LOST_WORKER_TIMEOUT": "3s",
    }
    process = command(
        undisturbed.city, "-o", out, "--scheduler", dask.address, **environment
    )
    for line in process.stdout:
        if "walking minutes" in line:
            break
    dask.scheduler.send_signal(signal.SIGKILL)
    printed, _ = process.communicate(timeout=180)
    assert process.returncode == 3
    assert "the scheduler was lost" in printed
    code, printed = finish(undisturbed.city, "-o", out)
    assert code == 0, printed
    for ident in ("d1", "d2", "d3"):
        assert same_results(out / ident, undisturbed.single / ident)


@POSIX
def test_one_that_hangs_is_withdrawn_and_its_worker_started_anew(
    undisturbed, tmp_path, finish, same_results, dask
):
    out = tmp_path / "out"
    for process in dask.workers:
        ended(process)
    mishap = {"MISHAP": "hang:d2", "PYTHONPATH": f"{HERE / 'mishaps'}:{ROOT}"}
    dask.workers[:] = [dask.start(**mishap)]
    words = (undisturbed.city, "-o", out, "--scheduler", dask.address)
    code, printed = finish(*words, "--timeout", "15s")
    assert code == 3
    assert "after 15 seconds" in printed
    for ident in ("d1", "d3"):
        assert same_results(out / ident, undisturbed.single / ident)
    assert not (out / "d2").exists()


def test_a_scheduler_that_is_not_there_or_of_another_version(monkeypatch, dask):
    monkeypatch.setattr(module, "_CONNECT_S", "2s")
    with pytest.raises(ConfigError, match="no Dask scheduler answers"):
        ClusterEngine("tcp://127.0.0.1:9")
    monkeypatch.setattr(module, "__version__", "0.0.0")
    with pytest.raises(ConfigError, match=r"this is 0\.0\.0"):
        ClusterEngine(dask.address)
    begun = time.monotonic()
    monkeypatch.undo()
    engine = ClusterEngine(dask.address)
    assert engine.workers == 2
    engine.close()
    assert time.monotonic() - begun < 60.0


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl")
def test_certificates_keep_the_network_to_ourselves(
    undisturbed, tmp_path, finish, same_results
):
    said = certificates(tmp_path)
    scheduler = start(
        "distributed.cli.dask_scheduler",
        *("--host", "127.0.0.1", "--port", 0, "--no-dashboard", "--no-jupyter"),
        *("--protocol", "tls"),
        **said,
    )
    worker = None
    try:
        address = heard(scheduler, STARTED)[1]
        assert address.startswith("tls://")
        worker = start(
            "distributed.cli.dask_worker",
            *(address, "--nthreads", 1, "--no-dashboard", "--memory-limit", 0),
            *(
                "--host",
                "127.0.0.1",
                "--local-directory",
                tmp_path,
                "--protocol",
                "tls",
            ),
            **said,
        )
        heard(worker, "Registered to")
        words = (undisturbed.city, "-o", tmp_path / "out", "--scheduler", address)
        code, printed = finish(*words, "--only", "d1")
        assert (code, "Traceback" in printed) == (2, False)
        code, printed = finish(*words, "--only", "d1", **said)
        assert code == 0, printed
        assert same_results(tmp_path / "out" / "d1", undisturbed.single / "d1")
    finally:
        for process in filter(None, (worker, scheduler)):
            ended(process)

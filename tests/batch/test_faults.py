"""What a night can bring: after the batch is run again, everything is there and right.

``mishaps/sitecustomize.py`` is loaded by every Python process that is started with
``MISHAP`` set, workers too: ``hang:d2`` makes district d2 hang, ``hog:d2`` take memory.
"""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psutil
import pytest

MISHAPS = str(Path(__file__).parent / "mishaps")
POSIX = pytest.mark.skipif(os.name == "nt", reason="signals and mounts of POSIX")


def with_mishap(said):
    return {"MISHAP": said, "PYTHONPATH": MISHAPS}


@pytest.fixture
def is_complete(undisturbed, same_results):
    """``is_complete(out)``: every town as undisturbed, and nothing half written."""

    def check(out: Path) -> bool:
        for ident in ("d1", "d2", "d3"):
            assert same_results(out / ident, undisturbed.single / ident)
        names = {path.name for path in out.iterdir()}
        assert {name for name in names if name.startswith(".")} == {".batch"}
        return True

    return check


def wait_for(process, word: str) -> None:
    """Read what a batch prints until a word comes."""
    for line in process.stdout:
        if word in line:
            return
    pytest.fail(f"{word} was not printed")


def kill_family(process, number=signal.SIGKILL):
    """Kill a batch; its workers are to end by themselves."""
    children = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(number)
    process.communicate(timeout=60)
    _, alive = psutil.wait_procs(children, timeout=30)
    assert alive == []


@POSIX
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_ended_in_the_middle_it_goes_on_where_it_was(
    undisturbed, tmp_path, command, finish, is_complete, number
):
    words = (undisturbed.city, "-o", tmp_path, "--workers", 1)
    process = command(*words)
    wait_for(process, "done in")
    kill_family(process, number)
    if number == signal.SIGINT:
        assert process.returncode == 130
    code, printed = finish(*words)
    assert code == 0, printed
    assert "stood already" in printed
    assert "0 stood already" not in printed
    assert is_complete(tmp_path)


@POSIX
def test_a_worker_killed_in_the_middle_costs_its_district_only(
    undisturbed, tmp_path, command, finish, is_complete
):
    words = (undisturbed.city, "-o", tmp_path, "--workers", 1)
    process = command(*words)
    wait_for(process, "walking minutes")
    for worker in psutil.Process(process.pid).children(recursive=True):
        if "spawn_main" in " ".join(worker.cmdline()):
            worker.kill()
    printed, _ = process.communicate(timeout=120)
    assert process.returncode == 3
    assert "1 failed" in printed
    assert "exit code -9" in printed
    assert finish(*words)[0] == 0
    assert is_complete(tmp_path)


@POSIX
def test_with_a_retry_the_same_batch_mends_it(
    undisturbed, tmp_path, command, is_complete
):
    words = (undisturbed.city, "-o", tmp_path, "--workers", 1)
    process = command(*words, "--retry", 1)
    wait_for(process, "walking minutes")
    for worker in psutil.Process(process.pid).children(recursive=True):
        if "spawn_main" in " ".join(worker.cmdline()):
            worker.kill()
    printed, _ = process.communicate(timeout=120)
    assert (process.returncode, "once more" in printed) == (0, True)
    assert is_complete(tmp_path)


@pytest.mark.parametrize(
    ("mishap", "option", "told"),
    [
        ("hang:d2", ("--timeout", "15s"), "after 15 seconds"),
        ("hog:d2", ("--memory-per-worker", "900MB"), "more memory than it may"),
        ("memory:d2", (), "more memory than it may"),
        ("fault:d2", (), "an unexpected fault: ZeroDivisionError"),
    ],
)
def test_one_that_hangs_or_takes_too_much_fails_alone(
    undisturbed, tmp_path, finish, is_complete, mishap, option, told
):
    words = (undisturbed.city, "-o", tmp_path, *option)
    code, printed = finish(*words, **with_mishap(mishap))
    assert code == 3
    assert told in printed
    assert "Traceback" not in printed
    if mishap.startswith("fault"):
        text = (tmp_path / "failed" / "d2" / "fault.txt").read_text("utf-8")
        assert "Traceback" in text
        assert "_happen" in text
    assert (tmp_path / "d1").exists()
    assert not (tmp_path / "d2").exists()
    assert finish(*words)[0] == 0
    assert is_complete(tmp_path)


def test_an_input_that_cannot_be_read_fails_alone(
    undisturbed, tmp_path, finish, is_complete
):
    city = shutil.copytree(undisturbed.city, tmp_path / "city")
    out = tmp_path / "out"
    package = city / "d2" / "town.gpkg"
    whole = package.read_bytes()
    package.unlink()
    if os.name == "nt":
        package.mkdir()
    else:
        os.mkfifo(package)  # reading it would wait for ever
    code, printed = finish(city, "-o", out, "--timeout", "60s")
    assert code == 3
    assert "town.gpkg" in printed
    assert "1 failed" in printed
    shutil.rmtree(package) if package.is_dir() else package.unlink()
    package.write_bytes(whole)
    assert finish(city, "-o", out)[0] == 0


def test_two_batches_on_one_output(undisturbed, tmp_path, command, finish, is_complete):
    words = (undisturbed.city, "-o", tmp_path)
    first = command(*words, **with_mishap("slow:d1"))
    wait_for(first, "reading")
    code, printed = finish(*words)
    assert code == 1
    assert f"process {first.pid}" in printed
    first.communicate(timeout=120)
    assert first.returncode == 0
    assert is_complete(tmp_path)


def test_a_clock_set_back_changes_nothing(undisturbed, tmp_path, finish, is_complete):
    words = (undisturbed.city, "-o", tmp_path)
    assert finish(*words, "--only", "d1")[0] == 0
    code, printed = finish(*words, **with_mishap("clock:-400000"))
    assert code == 0
    assert "2 districts done, 1 stood already" in printed
    code, printed = finish(*words)
    assert "0 districts done, 3 stood already" in printed
    assert is_complete(tmp_path)


@POSIX
def test_a_full_disk_is_told_and_mended(
    undisturbed, tmp_path, finish, same_results, is_complete
):
    out = tmp_path / "out"
    out.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(out)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("a file system of limited size cannot be mounted here")
    try:
        words = (undisturbed.city, "-o", out, "--workers", 1)
        code, printed = finish(*words)
        assert code == 3
        assert "No space left" in printed
        whole = [one for one in ("d1", "d2", "d3") if (out / one).exists()]
        assert len(whole) < 3
        for ident in whole:
            assert same_results(out / ident, undisturbed.single / ident)
        subprocess.run(["mount", "-o", "remount,size=200m", str(out)], check=True)
        code, printed = finish(*words)
        assert code == 0, printed
        assert f"{len(whole)} stood already" in printed
        assert is_complete(out)
    finally:
        subprocess.run(["umount", "-l", str(out)], check=True)


@POSIX
@pytest.mark.parametrize("kills", [6, pytest.param(60, marks=pytest.mark.soak)])
def test_kills_at_random_moments(
    undisturbed, tmp_path, command, finish, is_complete, kills
):
    """The parent or a worker, at any moment; then undisturbed results, each once."""
    draw = random.Random(kills)
    words = (undisturbed.city, "-o", tmp_path)
    for _ in range(kills):
        process = command(*words, "--force", "--workers", 2)
        time.sleep(draw.uniform(0.2, 7.0))
        family = psutil.Process(process.pid).children(recursive=True)
        victim = draw.choice([*family, psutil.Process(process.pid)])
        with contextlib.suppress(psutil.NoSuchProcess):  # it had ended just now
            victim.kill()
        if victim.pid != process.pid and process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        assert psutil.wait_procs(family, timeout=30)[1] == []
    code, printed = finish(*words)
    assert code == 0, printed
    assert is_complete(tmp_path)
    listed = [path.name for path in tmp_path.iterdir() if path.name.startswith("d")]
    assert sorted(listed) == ["d1", "d2", "d3"]

"""Towns to run, odd jobs for workers, and what the command line prints."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
BATCH = (sys.executable, "-m", "lifecircle", "batch")


def _import(path: Path):
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location(path.stem, path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


write_town = _import(HERE / "towns.py").write_town


@pytest.fixture
def odd(monkeypatch):
    """A module that worker processes can import too."""
    monkeypatch.syspath_prepend(str(HERE / "workers"))
    import odd_jobs

    return odd_jobs.odd


@pytest.fixture(scope="session")
def town():
    """``town(folder, "d1", columns=3)`` writes a district of a few dozen houses."""
    return write_town


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory):
    """Three towns, and what ``lifecircle run --lang en`` makes of each."""
    folder = tmp_path_factory.mktemp("city")
    from lifecircle import jobs

    out = folder / "single"
    for columns, ident in enumerate(("d1", "d2", "d3"), start=2):
        path = write_town(folder / "city" / ident, ident, columns=columns)
        jobs.run(path, out / ident, lang="en")
    return SimpleNamespace(city=folder / "city", single=out)


def _heeds_interrupts() -> None:
    """Tests that run in the background ignore Ctrl-C; what they start must not."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def contents(folder: Path) -> dict[str, bytes]:
    """Files of a result, the hour in the manifest aside."""
    found = {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
    manifest = json.loads(found["manifest.json"])
    manifest.pop("made_at")
    found["manifest.json"] = json.dumps(manifest, sort_keys=True).encode()
    return found


@pytest.fixture(scope="session")
def same_results():
    """``same_results(a, b)``: two folders of a district's results, byte by byte."""

    def same(a: Path, b: Path) -> bool:
        one, other = contents(a), contents(b)
        assert sorted(one) == sorted(other)
        differing = [name for name in one if one[name] != other[name]]
        assert differing == []
        return True

    return same


@pytest.fixture(scope="session")
def command():
    """``command(*words, **environment)`` starts ``lifecircle batch … --lang en``."""

    def start(*words: object, **environment: str) -> subprocess.Popen[str]:
        paths = (environment.pop("PYTHONPATH", ""), str(ROOT))
        path = os.pathsep.join(filter(None, paths))
        return subprocess.Popen(
            [*BATCH, *map(str, words), "--lang", "en"],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            env={**os.environ, "PYTHONPATH": path, **environment},
            start_new_session=True,
            preexec_fn=_heeds_interrupts if os.name == "posix" else None,
        )

    return start


@pytest.fixture(scope="session")
def finish(command):
    """``finish(*words)``: run to the end; exit code and what it printed."""

    def run(*words: object, **environment: str) -> tuple[int, str]:
        process = command(*words, **environment)
        printed, _ = process.communicate(timeout=300)
        return process.returncode, printed

    return run

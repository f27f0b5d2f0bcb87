import sys
import tempfile
from pathlib import Path

import numba
import pytest

from lifecircle.access import kernel
from lifecircle.network.compiled import cache_folder, compiled

pytestmark = pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has its own cache folder"
)


def test_kernels_are_kept_in_the_users_cache(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "lifecircle-kernels"
    assert cache_folder().is_dir()


def test_a_cache_that_cannot_be_written_gives_way(monkeypatch, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("no folder", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    assert cache_folder() == Path(tempfile.gettempdir()) / "lifecircle-kernels"


def test_compiling_leaves_the_setting_of_numba_alone():
    before = numba.config.CACHE_DIR

    @compiled
    def double(number):
        return 2 * number

    assert double(21) == 42
    assert before == numba.config.CACHE_DIR


def test_no_kernel_writes_beside_the_package():
    folder = Path(kernel.__file__).parent / "__pycache__"
    assert sorted(folder.glob("*.nbi")) == []

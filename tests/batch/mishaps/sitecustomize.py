"""Mishaps on order: loaded by every Python process that has this folder on its path."""

import os
import sys
import time

KIND, _, WHERE = os.environ.get("MISHAP", "").partition(":")


def _happen():
    if KIND == "hang":
        while True:
            time.sleep(0.1)
    if KIND == "slow":
        time.sleep(8.0)
    if KIND == "hog":
        held = []
        while True:
            held.append(bytearray(20_000_000))
            time.sleep(0.02)
    if KIND == "memory":
        raise MemoryError
    if KIND == "fault":
        1 / 0  # noqa: B018


class _Finder:
    """Wraps ``lifecircle.jobs.assess`` once that module is imported."""

    def find_spec(self, name, *_):
        if name != "lifecircle.jobs":
            return None
        sys.meta_path.remove(self)
        from importlib.util import find_spec

        spec = find_spec(name)
        run = spec.loader.exec_module

        def exec_module(module):
            run(module)
            assess = module.assess

            def mishap(path, **options):
                if WHERE in str(path):
                    _happen()
                return assess(path, **options)

            module.assess = mishap

        spec.loader.exec_module = exec_module
        return spec


if KIND == "clock":
    _now = time.time
    time.time = lambda: _now() + float(WHERE)
elif KIND:
    sys.meta_path.insert(0, _Finder())

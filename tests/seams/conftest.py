"""The strip city, read whole and by its districts."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import SimpleNamespace

import pytest

import lifecircle as lc
from lifecircle.batch.city import read_city


def _strip():
    path = Path(__file__).parent / "strip.py"
    spec = spec_from_file_location("strip", path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def strip():
    """The module that writes the strip city."""
    return _strip()


def read_parts(path):
    """The districts of a city file, read."""
    city = read_city(path)
    return [lc.read_district(one.path, settings=one.settings) for one in city.districts]


@pytest.fixture(scope="session")
def parts_of():
    """``parts_of(city_file)``: its districts, read."""
    return read_parts


@pytest.fixture(scope="session")
def city(strip, tmp_path_factory):
    """``path`` of the city file; ``whole`` as one district, ``parts``."""
    path = strip.write_strip(tmp_path_factory.mktemp("strip"))
    whole = lc.read_district(path.parent / "whole.toml")
    return SimpleNamespace(path=path, whole=whole, parts=read_parts(path))

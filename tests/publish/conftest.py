"""One sample study for all tests of publishing."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from lifecircle.publish.outputs import write_study


def load_sample():
    path = Path(__file__).with_name("sample.py")
    spec = importlib.util.spec_from_file_location("publish_sample", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def sample_study():
    """The function that makes the study."""
    return load_sample().sample_study


@pytest.fixture(scope="session")
def study(sample_study):
    return sample_study()


@pytest.fixture(scope="session")
def written(study, tmp_path_factory):
    folder = tmp_path_factory.mktemp("written") / "out"
    write_study(study, folder)
    return folder

"""What every test may ask for: the real programs, and how much of a statistic to run."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from monitoring_as_code import engines

# A sample is the same in every run; `make prove` draws anew, and more.
settings.register_profile("sample", derandomize=True, deadline=None, database=None)
settings.register_profile("prove", max_examples=2000, deadline=None)
PROVE = bool(os.environ.get("MAC_PROVE"))
settings.load_profile("prove" if PROVE else "sample")

ROOT = Path(__file__).parents[1]


def pytest_runtest_setup(item: pytest.Item) -> None:
    """`@pytest.mark.engines("promtool")`: without the program the test is skipped with what to install; under CI=true it fails."""
    names = [name for mark in item.iter_markers("engines") for name in mark.args]
    absent = engines.missing(*names)
    if absent is None:
        return
    if os.environ.get("CI") == "true":
        pytest.fail(str(absent), pytrace=False)
    pytest.skip(str(absent))


@pytest.fixture(scope="session")
def prove() -> bool:
    """Whether this run is `make prove`: a statistic takes all its cases then, and a seeded sample of them otherwise."""
    return PROVE


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the whole project."""
    return ROOT


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Public files of others, at MAC_CORPUS or beside the checkout; a test that reads them is skipped without."""
    said = os.environ.get("MAC_CORPUS")
    folder = Path(said) if said else ROOT.parent / "shared" / "corpus"
    if not folder.is_dir():
        pytest.skip(f"there is no corpus of public files at {folder}; MAC_CORPUS says where one is")
    return folder

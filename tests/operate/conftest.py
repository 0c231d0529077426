"""A project of its own for each test, whose stack is stopped whatever happens."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.operate.shop import Shop


@pytest.fixture
def shop(root: Path, tmp_path: Path) -> Iterator[Shop]:
    made = Shop(root, tmp_path)
    try:
        yield made
    finally:
        # By its own lock, so also what a killed command has left.
        made("down")
        left = made.running()
        assert not left

"""A project of its own for each test, whose stack is stopped whatever happens."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.operate.shop import Shop, stopped_at_the_end


@pytest.fixture
def shop(root: Path, tmp_path: Path) -> Iterator[Shop]:
    with stopped_at_the_end(Shop(root, tmp_path)) as made:
        yield made

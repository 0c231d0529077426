"""docs/mutations.md is what the operators say of themselves. `MAC_UPDATE=1` writes it."""

import os
from pathlib import Path

from monitoring_as_code.prove.mutations.pages import page


def test_the_page_is_what_the_operators_say(root: Path) -> None:
    file = root / "docs" / "mutations.md"
    if os.environ.get("MAC_UPDATE"):
        file.write_text(page(), encoding="utf-8")
    assert file.read_text(encoding="utf-8") == page()

"""docs/rules/ is what the rules say of themselves, and so is what `mac explain` prints. `MAC_UPDATE=1` writes the files."""

import os
from pathlib import Path

from monitoring_as_code.lint.pages import document, pages
from monitoring_as_code.lint.rules import rules


def test_the_pages_are_what_the_rules_say(root: Path) -> None:
    folder = root / "docs" / "rules"
    wanted = pages()
    if os.environ.get("MAC_UPDATE"):
        folder.mkdir(parents=True, exist_ok=True)
        for file in folder.iterdir():
            if file.name not in wanted:
                file.unlink()
        for name, text in wanted.items():
            (folder / name).write_text(text)
    assert {file.name: file.read_text() for file in folder.iterdir()} == wanted


def test_a_page_has_the_rule_its_severity_and_what_it_says_of_itself() -> None:
    for rule in rules():
        text = document(rule)
        assert text.startswith(f"# {rule.name}\n\n{str(rule.severity).capitalize()}")
        assert text.endswith(f"{rule.page}\n")

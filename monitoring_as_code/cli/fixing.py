"""`mac lint --fix`: mends files until nothing is left that it can mend."""

from __future__ import annotations

import os
from collections.abc import Callable

from monitoring_as_code.cli import console
from monitoring_as_code.diagnostics import Diagnostic
from monitoring_as_code.diagnostics.display import relative, visible
from monitoring_as_code.lint.mending import mended

# Fixes that touch each other are made one after the other; more rounds would mean that two fixes undo each other.
_MOST_ROUNDS = 10


def fixed(check: Callable[[], list[Diagnostic]], *, unsafe: bool) -> list[Diagnostic]:
    """The findings that remain. What was mended is said, a line each."""
    findings = check()
    for _ in range(_MOST_ROUNDS):
        result = mended(findings, unsafe=unsafe)
        written = {path for path, text in result.texts.items() if rewritten(path, text)}
        if not written:
            break
        for each in result.findings:
            if each.fix is not None and each.location is not None and each.location.path in written:
                where = f"{visible(relative(each.location.path, os.getcwd()))}:{each.location.line}:{each.location.column}"
                console.note(f"mended {where}: {visible(each.fix.words)} [{each.rule}]")
        findings = check()
    return findings


def rewritten(path: str, text: str) -> bool:
    """Write a file anew, whole or not at all, with its own line ends and rights. One that cannot be written is said, and stays as it is."""
    target = os.path.realpath(path)
    staged = f"{target}.mac-new"
    try:
        with open(target, "rb") as file:
            before = file.read()
        content = _encoded(before, text)
        if content is None:
            console.note(f"mac: `{path}` is left as it is: it has line ends of several kinds, or is not UTF-8")
            return False
        with open(staged, "xb") as file:
            file.write(content)
        os.chmod(staged, os.stat(target).st_mode & 0o7777)
        os.replace(staged, target)
    except OSError as error:
        console.note(f"mac: `{path}` cannot be written: {error.strerror}")
        return False
    return True


def _encoded(before: bytes, text: str) -> bytes | None:
    """A text in the form of the file before; None if it cannot be kept."""
    mark = b"\xef\xbb\xbf" if before.startswith(b"\xef\xbb\xbf") else b""
    try:
        before.decode()
    except UnicodeDecodeError:
        return None
    returns, pairs, feeds = before.count(b"\r"), before.count(b"\r\n"), before.count(b"\n")
    if returns and not returns == pairs == feeds:
        return None
    content = text.removeprefix("\ufeff").encode()
    return mark + (content.replace(b"\n", b"\r\n") if returns else content)

"""Files as they are once findings are mended that know how."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from monitoring_as_code.diagnostics import Diagnostic
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.origin import Respelling, spell
from monitoring_as_code.origin.source import read


class Mended(NamedTuple):
    """The new texts of files by path, with a line feed at line ends, and the findings that are mended by them."""

    texts: Mapping[str, str]
    findings: tuple[Diagnostic, ...]


def mended(findings: Iterable[Diagnostic], *, unsafe: bool = False) -> Mended:
    """What the fixes of these findings make of the files, those that change what an alert means only if `unsafe`.

    Of two fixes that touch the same characters the first one is made. One that cannot be made as a whole, or breaks its file, is not made.
    """
    taken: dict[str, list[Respelling]] = {}
    done = []
    for finding in findings:
        if finding.fix is None or not (finding.fix.safe or unsafe):
            continue
        changes = [spell(edit.place, edit.text) for edit in finding.fix.edits]
        known = [change for change in changes if change is not None]
        if len(known) < len(changes) or not known or any(_overlaps(change, taken.get(change.path, ())) for change in known):
            continue
        tried = {path: [*taken.get(path, ()), *(each for each in known if each.path == path)] for path in {each.path for each in known}}
        if all(_readable(path, _changed(path, changes)) for path, changes in tried.items()):
            taken.update(tried)
            done.append(finding)
    texts = {path: text for path, changes in taken.items() if (text := _changed(path, changes)) is not None}
    return Mended(texts, tuple(done))


def _overlaps(change: Respelling, others: Iterable[Respelling]) -> bool:
    return any((change.start < other.end and other.start < change.end) or change.start == other.start for other in others)


def _changed(path: str, changes: Iterable[Respelling]) -> str | None:
    source = read(path)
    if source is None:
        return None
    text = source.text
    for change in sorted(changes, reverse=True):
        text = text[: change.start] + change.text + text[change.end :]
    return text


def _readable(path: str, text: str | None) -> bool:
    """Whether a file of Python, YAML or JSON still is one."""
    if text is None:
        return False
    if path.endswith(".py"):
        import ast

        try:
            ast.parse(text)
        except (SyntaxError, ValueError, RecursionError):
            return False
        return True
    from monitoring_as_code.foreign.document import Unreadable, documents
    from monitoring_as_code.origin.source import Source

    try:
        return bool(list(documents(path, Source(text))))
    except Unreadable:
        return False

"""Comments that excuse what no scenario can notice: `# mac: allow[unnoticed-mutation] comparison: why`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.diagnostics import Diagnostic, Severity
from monitoring_as_code.diagnostics.nearest import did_you_mean
from monitoring_as_code.light import NamedTuple
from monitoring_as_code.lint.suppression import Allowed, lines_of, read_comments
from monitoring_as_code.origin import Place
from monitoring_as_code.prove.mutations.operators import OPERATORS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from monitoring_as_code.project import Project
    from monitoring_as_code.prove.mutations.mutant import Mutant

RULE = "unnoticed-mutation"
_NAMES = frozenset(each.name for each in OPERATORS)


class Excuse(NamedTuple):
    """The changes that a comment is about, and why nothing can notice them; `unknown` are names that no change has."""

    allowed: Allowed
    operators: tuple[str, ...]
    reason: str
    unknown: tuple[str, ...] = ()

    def covers(self, mutant: Mutant) -> bool:
        """Whether a person has said that nothing can notice this one."""
        if mutant.operator.name not in self.operators:
            return False
        return self.allowed.covers(lines_of(mutant.place) | lines_of(Place(mutant.subject.origin)))


def excuses(project: Project) -> tuple[Excuse, ...]:
    """All that the definitions hold."""
    comments = read_comments(module.path for module in project.modules)
    return tuple(_excuse(each) for each in comments.allowed if each.rule == RULE)


def _excuse(allowed: Allowed) -> Excuse:
    # Without a name everything that is ever changed at this place would be excused.
    head, _, reason = allowed.reason.partition(":")
    names = [name.strip() for name in head.split(",")] if reason.strip() else []
    known = tuple(name for name in names if name in _NAMES)
    return Excuse(allowed, known, reason.strip(), tuple(name for name in names if name not in _NAMES))


def useless(excuses: Iterable[Excuse], used: Collection[tuple[Excuse, str]]) -> Iterator[Diagnostic]:
    """A finding for each change that a comment names without need; `used` are comments with a change that they excuse."""
    for each in excuses:
        if not each.operators and not each.unknown:
            help_ = "begin the reason with the names of the changes, as the report has them: `comparison: why`"
            yield _told(each, "this comment excuses nothing: it names no change, or gives no reason", help_)
        for name in each.unknown:
            help_ = did_you_mean(name, _NAMES) or "docs/mutations.md lists them; they stand before the colon, separated by commas"
            yield _told(each, f"there is no change called `{name}`", help_)
        for name in each.operators:
            if (each, name) not in used:
                yield _told(each, f"`{name}` is excused here, but none goes unnoticed", "remove it from the comment: something notices it")


def _told(excuse: Excuse, message: str, help_: str) -> Diagnostic:
    return Diagnostic(RULE, Severity.WARNING, message, excuse.allowed.at, help_)

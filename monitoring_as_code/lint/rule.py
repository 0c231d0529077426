"""A rule: a function that finds one kind of mistake, with its page in its docstring."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TYPE_CHECKING, TypeAlias

from monitoring_as_code.diagnostics import Edit, Fix, Severity
from monitoring_as_code.light import NamedTuple

__all__ = ["ERROR", "WARNING", "Check", "Edit", "Finding", "Fix", "Rule", "page", "rule"]

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.model.declaration import Part
    from monitoring_as_code.origin import Location, Place

ERROR = Severity.ERROR
WARNING = Severity.WARNING


class Finding(NamedTuple):
    """One mistake. `message`, `help` and `related` are as in a Diagnostic.

    `about` names what is wrong, so that a rule which sees the same mistake later on, from another side, can be silent.
    `declaration` is whose mistake it is, when that is more than the call that `place` is in. `fix` mends it, if there is one right answer:
    `Fix("write `=` for `=~`", (Edit(matcher_place(use, selector, matcher, span), "="),))`.
    `severity` is for one that is graver, or less grave, than the rule's usually are. What stands at the place of a `secret` is not shown.
    """

    message: str
    place: Place | Location
    help: str | None = None
    related: tuple[tuple[Place | Location, str], ...] = ()
    about: Hashable = None
    declaration: Part | None = None
    fix: Fix | None = None
    severity: Severity | None = None
    secret: bool = False


Check: TypeAlias = "Callable[[Reading], Iterable[Finding]]"


class Rule(NamedTuple):
    """A rule as the runner, `mac explain` and the docs see it.

    `check` is missing when the findings come from elsewhere, from loading or from the build. A rule that needs the `whole_project` is
    silent when some definitions could not be read. Findings about the same thing as one of a rule in `yields_to` are dropped.
    A rule that looks `of_expressions` one by one is asked part by part; any other is asked once, and reads no expressions but those of
    `reading.analysis`. What is asked of `definitions_only` is not asked of rule files and dashboards of others,
    and one that is not `on` of nobody, unless the project enables it. What is found `everywhere` is told only if it is so in every environment
    of a project: what one has no use for, another may need. What no `mac lint` finds, only another command, is not `of_lint`.
    """

    name: str
    check: Check | None
    severity: Severity
    text: str
    whole_project: bool = False
    may_be_allowed: bool = True
    yields_to: tuple[str, ...] = ()
    of_expressions: bool = False
    definitions_only: bool = False
    on: bool = True
    of_lint: bool = True
    everywhere: bool = False

    @property
    def page(self) -> str:
        """What the rule finds, why that matters, and what to do: Markdown with examples."""
        from inspect import cleandoc

        return cleandoc(self.text)

    @property
    def summary(self) -> str:
        """The first sentence of the page, on one line."""
        return " ".join(self.page.split("\n\n", 1)[0].split())

    @property
    def bad(self) -> tuple[str, ...]:
        """The examples that the rule finds fault with: definitions."""
        return self._examples("BAD:")

    @property
    def good(self) -> tuple[str, ...]:
        """The examples that are right."""
        return self._examples("GOOD:")

    def _examples(self, heading: str) -> tuple[str, ...]:
        from textwrap import dedent

        found = []
        lines = self.page.split("\n")
        for number, line in enumerate(lines):
            if line == heading:
                rest = lines[number + 1 :]
                length = next((index for index, other in enumerate(rest) if other and not other.startswith(" ")), len(rest))
                found.append(dedent("\n".join(rest[:length])).strip("\n") + "\n")
        return tuple(found)


def rule(
    severity: Severity,
    *,
    whole_project: bool = False,
    may_be_allowed: bool = True,
    yields_to: tuple[str, ...] = (),
    of_expressions: bool = False,
    definitions_only: bool = False,
    on: bool = True,
    everywhere: bool = False,
) -> Callable[[Check], Rule]:
    """Makes a rule of a function; its name is the function's, in hyphens, and its page the docstring."""

    def made(check: Check) -> Rule:
        page_ = check.__doc__ or ""
        return Rule(
            _name(check),
            check,
            severity,
            page_,
            whole_project,
            may_be_allowed,
            yields_to,
            of_expressions,
            definitions_only,
            on,
            everywhere=everywhere,
        )

    return made


def page(
    severity: Severity, *, may_be_allowed: bool = True, of_lint: bool = True, everywhere: bool = False
) -> Callable[[Callable[[], None]], Rule]:
    """Makes the page of a rule whose findings come from elsewhere."""

    def made(documented: Callable[[], None]) -> Rule:
        text = documented.__doc__ or ""
        return Rule(_name(documented), None, severity, text, may_be_allowed=may_be_allowed, of_lint=of_lint, everywhere=everywhere)

    return made


def _name(function: Callable[..., object]) -> str:
    return function.__name__.replace("_", "-")

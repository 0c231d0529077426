"""Which scenarios a run is about: names of alerts, words, and those that failed before."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.cli.session import Session
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.model.scenario import Scenario

_Test: TypeAlias = Callable[[str], bool]


def chosen(sessions: Sequence[Session], alerts: Sequence[str], words: str | None, *, last_failed: bool) -> list[list[Scenario]]:
    """The scenarios that are asked for, in each environment: of alerts of these names, with these words, that failed before; without any of that all.

    Raises:
        click.UsageError: there is no such alert in any of them, or the words are no expression.
    """
    import click

    from monitoring_as_code.cli import console
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.model.scenario import Scenario

    known = {alert.name for session in sessions for alert in session.analysis.project.of(Alert)}
    for name in alerts:
        if name not in known:
            from monitoring_as_code.diagnostics.nearest import did_you_mean

            advice = did_you_mean(name, known) or "`mac list alerts` shows all"
            raise click.UsageError(f"there is no alert `{name}`: {advice}", click.get_current_context())
    found = [[each for each in session.analysis.project.of(Scenario) if not alerts or each.alert.name in alerts] for session in sessions]
    if words is not None:
        try:
            test = matching(words)
        except ValueError as error:
            raise click.UsageError(f"`-k {words}`: {error}", click.get_current_context()) from None
        found = [[each for each in scenarios if test(label_of(each))] for scenarios in found]
    if last_failed and any(found):
        before = [failed_before(key_of(session)) for session in sessions]
        again = [[each for each in scenarios if label_of(each) in failed] for scenarios, failed in zip(found, before, strict=True)]
        if not any(again):
            console.note("nothing failed when it was last run: all is run")
        found = again if any(again) else found
    return found


def key_of(session: Session) -> str:
    """What is remembered of a project's environment is kept by this."""
    return session.root if session.environment is None else f"{os.path.realpath(session.root)}#{session.environment}"


def known(analysis: Analysis, names: Sequence[str]) -> list[str]:
    """The names of alerts that there are, of those given."""
    from monitoring_as_code.model.alert import Alert

    declared = {alert.name for alert in analysis.project.of(Alert)}
    return [name for name in names if name in declared]


def without_scenario(analysis: Analysis, names: Sequence[str]) -> tuple[Alert, ...]:
    """The alerts, of those asked for, that no scenario is about."""
    from monitoring_as_code.model.alert import Alert
    from monitoring_as_code.model.scenario import Scenario

    proved = {id(each.alert) for each in analysis.project.of(Scenario)}
    return tuple(each for each in analysis.project.of(Alert) if id(each) not in proved and (not names or each.name in names))


# More are not read.
_MOST_SHOWN = 5


def nothing_chosen(sessions: Sequence[Session], alerts: Sequence[str], words: str | None) -> str:
    """What to say to who has asked for scenarios that are not there: a run of none must not look like a proof."""
    from monitoring_as_code.diagnostics.nearest import listed
    from monitoring_as_code.model.scenario import Scenario

    every = [each for session in sessions for each in session.analysis.project.of(Scenario)]
    labels = list(dict.fromkeys(label_of(each) for each in every if not alerts or each.alert.name in alerts))
    if words is None or not labels:
        names = listed(dict.fromkeys(alerts), "or") if alerts else "any alert"
        return f"no scenario is about {names}, so there is nothing to run"
    more = f", and {len(labels) - _MOST_SHOWN} more" if len(labels) > _MOST_SHOWN else ""
    return f"`-k {words}` fits no scenario; there are " + ", ".join(f"`{label}`" for label in labels[:_MOST_SHOWN]) + more


def matching(expression: str) -> _Test:
    """A test of texts: words that stand beside each other must occur so, whatever their case; `and`, `or`, `not` and parentheses join them.

    Raises:
        ValueError: it is none.

    >>> matching("disk and not full")("DiskSlow: 90 % busy")
    True
    """
    tokens = re.findall(r"[()]|[^\s()]+", expression)
    test, rest = _either(tokens)
    if rest:
        message = f"there is no `(` for `{' '.join(rest)}`" if rest[0] == ")" else f"`{' '.join(rest)}` is too much"
        raise ValueError(message)
    return test


def _either(tokens: Sequence[str]) -> tuple[_Test, Sequence[str]]:
    first, rest = _both(tokens)
    if rest and rest[0] == "or":
        second, rest = _either(rest[1:])
        return (lambda text: first(text) or second(text)), rest
    return first, rest


def _both(tokens: Sequence[str]) -> tuple[_Test, Sequence[str]]:
    first, rest = _one(tokens)
    if rest and rest[0] == "and":
        second, rest = _both(rest[1:])
        return (lambda text: first(text) and second(text)), rest
    return first, rest


def _one(tokens: Sequence[str]) -> tuple[_Test, Sequence[str]]:
    if not tokens or tokens[0] in ("and", "or", ")"):
        message = f"a word is missing before `{tokens[0]}`" if tokens else "a word is missing at the end"
        raise ValueError(message)
    if tokens[0] == "not":
        test, rest = _one(tokens[1:])
        return (lambda text: not test(text)), rest
    if tokens[0] == "(":
        test, rest = _either(tokens[1:])
        if not rest:
            raise ValueError("a `)` is missing")
        return test, rest[1:]
    end = next((index for index, token in enumerate(tokens) if token in ("and", "or", "not", "(", ")")), len(tokens))
    words = " ".join(tokens[:end]).lower()
    return (lambda text: words in text.lower()), tokens[end:]


def label_of(scenario: Scenario) -> str:
    """What a scenario is called where its words are searched: `HighErrorRate: 6 % fail`."""
    return f"{scenario.alert.name}: {scenario.name}"


def failed_before(root: str) -> frozenset[str]:
    """The labels of the scenarios of a project that failed when they were last run."""
    import json

    try:
        with open(_kept_at(root), encoding="utf-8") as file:
            found = json.load(file)["failed"]
        return frozenset(each for each in found if isinstance(each, str))
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()


def keep_failed(root: str, run: Iterable[str], failed: Iterable[str]) -> None:
    """Note which of the scenarios that were run failed; of the others nothing is new. It is a help only: what cannot be kept is not."""
    import json

    path = _kept_at(root)
    kept = sorted((failed_before(root) - set(run)) | set(failed))
    try:
        if kept:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(f"{path}.{os.getpid()}", "w", encoding="utf-8") as file:
                json.dump({"project": root, "failed": kept}, file, indent=1)
            os.replace(f"{path}.{os.getpid()}", path)
        elif os.path.exists(path):
            os.unlink(path)
    except OSError:
        pass


def _kept_at(root: str) -> str:
    """In the user's cache, so that nothing of ours lies in the project but what is to be committed."""
    from hashlib import sha256

    cache = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(cache, "mac", f"failed-{sha256(os.path.realpath(root).encode()).hexdigest()[:16]}.json")

"""What became of the mutants, for people, for programs, and as annotations of a pull request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.diagnostics import Diagnostic, Severity, ordered, render
from monitoring_as_code.diagnostics.display import relative, visible
from monitoring_as_code.origin import locate
from monitoring_as_code.prove.mutations.excuses import RULE

if TYPE_CHECKING:
    from monitoring_as_code.prove.chart import Look
    from monitoring_as_code.prove.mutations.mutant import Mutant
    from monitoring_as_code.prove.mutations.running import Outcome, Study

_BAD, _GOOD, _BOLD, _FAINT = "1;31", "32", "1", "2"
_MOST_NAMED = 3
_WORD = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.")
_OPERATOR = frozenset("<>=!~")


def as_text(study: Study, root: str, look: Look, seconds: float, *, verbose: bool) -> str:
    """Each survivor with its change and what would notice it, the equivalent ones with their arguments, and the sum; `verbose`, all others."""
    lines = [
        f"not used: `{visible(f'{each.alert.name}: {each.name}')}` fails without any change (`mac test` shows why), or an alert in it reads `ALERTS`"
        for each in study.failing
    ]
    lines += [""] if lines else []
    for each in study.outcomes:
        if each.survives:
            lines += [*_survivor(each, root, look), ""]
    equivalent = [each for each in study.outcomes if each.equivalent]
    if equivalent:
        lines.append("Equivalent, so that nothing can notice them:")
        for each in equivalent:
            lines += [
                "",
                f"  {_told(each.mutant)}",
                *(f"  {line}" for line in _difference(each.mutant, look)),
                f"    because {each.equivalent}",
            ]
        lines.append("")
    excused = [each for each in study.outcomes if each.excuse]
    if verbose and excused:
        lines.append("Excused by comments:")
        for each in excused:
            lines += [
                "",
                f"  {_told(each.mutant)}",
                *(f"  {line}" for line in _difference(each.mutant, look)),
                f"    because {visible(each.excuse)}",
            ]
        lines.append("")
    if verbose:
        lines += [*(_noticed(each, look) for each in study.outcomes if _noticed_by(each)), ""]
    if study.survivors:
        lines += [f"Where no scenario can notice a change, a comment may say why: `mac explain {RULE}`.", ""]
    if study.useless:
        lines.append(render(study.useless, "text", root=root))
    lines.append(summary(study, seconds))
    return "\n".join(lines) + "\n"


def summary(study: Study, seconds: float) -> str:
    """How many there are, who notices them, and the share."""
    outcomes = study.outcomes
    scenarios, lint = sum(each.noticed_by is not None for each in outcomes), sum(bool(each.lint) for each in outcomes)
    equivalent, excused = sum(bool(each.equivalent) for each in outcomes), sum(bool(each.excuse) for each in outcomes)
    told = f"{len(outcomes)} changes: {scenarios} noticed by scenarios, {lint} by the lint alone, {equivalent} equivalent, "
    told += f"{excused} excused, " if excused else ""
    # Rounded down: 100 % is said of all alone.
    return told + f"{len(study.survivors)} unnoticed; {int(study.score * 1000) / 10:g} % in {seconds:.1f} s"


def as_json(study: Study, root: str, seconds: float) -> str:
    """One object: `score`, `seconds`, `failing`, names of scenarios, `changes`, and `useless`, the comments that excuse nothing.

    A change has `operator`, `of` (the declaration's name), `where`, `before`, `after`, `path`, `line`, `column`; `outcome`, "noticed", "lint",
    "equivalent", "excused" or "unnoticed"; `noticed_by`, the scenario or rules; `because`, the argument or the excuse; `ran`, the scenarios
    that were tried; `help`. A useless comment has `path`, `line`, `column`, `message` and `help`.
    """
    changes = []
    for each in study.outcomes:
        location = locate(each.mutant.place)
        changes.append(
            {
                "operator": each.mutant.operator.name,
                "of": each.mutant.subject.name,
                "where": each.mutant.where,
                "before": each.mutant.before,
                "after": each.mutant.after,
                "path": relative(location.path, root),
                "line": location.line,
                "column": location.column,
                "outcome": _outcome(each),
                "noticed_by": [each.noticed_by.name] if each.noticed_by is not None else list(each.lint),
                "because": each.equivalent or each.excuse,
                "ran": [scenario.name for scenario in each.ran],
                "help": each.mutant.advice if each.survives else "",
            }
        )
    failing = [f"{each.alert.name}: {each.name}" for each in study.failing]
    useless = [
        {"path": relative(at.path, root), "line": at.line, "column": at.column, "message": each.message, "help": each.help}
        for each in study.useless
        if (at := each.location) is not None
    ]
    found = {"score": round(study.score, 4), "seconds": round(seconds, 3), "failing": failing, "changes": changes, "useless": useless}
    return json.dumps(found, indent=2) + "\n"


def findings(study: Study) -> list[Diagnostic]:
    """A warning for each survivor, and for each comment that excuses nothing."""
    survivors = [
        # Two at one place are told apart by what becomes of it.
        Diagnostic(
            RULE,
            Severity.WARNING,
            f"nothing notices {_told(each.mutant)}: {_after(each, 100)}",
            each.mutant.place,
            f"add {each.mutant.advice}",
        )
        for each in study.survivors
    ]
    return ordered([*survivors, *study.useless])


def excerpt(before: str, after: str, columns: int) -> tuple[str, str, str]:
    """What differs in two texts, in so many columns: the one, carets below what is exchanged in it, and the other."""
    start = _common(before, after)
    # Whole words and operators are exchanged, not their last letters.
    while start and _of_one_word(before[start - 1 : start + 1], after[start - 1 : start + 1]):
        start -= 1
    end = _common(before[start:][::-1], after[start:][::-1])
    while end and _of_one_word(before[-end - 1 :][:2], after[-end - 1 :][:2]):
        end -= 1
    width = max(1, len(before) - end - start)
    first = 0
    if max(len(before), len(after)) > columns:
        first = max(0, min(start - columns // 4, max(len(before), len(after)) - columns))
    return (
        _window(before, first, columns),
        " " * (start - first) + "^" * min(width, columns - (start - first)),
        _window(after, first, columns),
    )


def _common(one: str, other: str) -> int:
    """How many characters they begin with alike."""
    return next((index for index, (left, right) in enumerate(zip(one, other, strict=False)) if left != right), min(len(one), len(other)))


def _of_one_word(*pairs: str) -> bool:
    """Whether two characters beside each other belong together, in one text or the other."""
    return any(len(pair) == 2 and (all(map(_WORD.__contains__, pair)) or all(map(_OPERATOR.__contains__, pair))) for pair in pairs)


def _window(text: str, first: int, columns: int) -> str:
    shown = text[first : first + columns]
    if first and shown:
        shown = "..." + shown[3:]
    return shown if first + columns >= len(text) else shown[:-3] + "..."


def _survivor(outcome: Outcome, root: str, look: Look) -> Iterator[str]:
    mutant = outcome.mutant
    location = locate(mutant.place)
    yield look.paint("unnoticed", _BAD) + look.paint(f": {_told(mutant)}", _BOLD)
    yield f"  --> {relative(location.path, root)}:{location.line}:{location.column}"
    yield from _difference(mutant, look)
    names = [f"`{visible(each.name)}`" for each in outcome.ran]
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    yield f"  = ran: {', '.join(names[:_MOST_NAMED])}{more}" if names else "  = ran: no scenario is about it"
    yield f"  = help: add {mutant.advice}"


def _outcome(each: Outcome) -> str:
    if each.survives:
        return "unnoticed"
    return "equivalent" if each.equivalent else "excused" if each.excuse else "lint" if each.lint else "noticed"


def _difference(mutant: Mutant, look: Look) -> Iterator[str]:
    before, carets, after = excerpt(visible(mutant.before), visible(mutant.after), look.columns - 6)
    yield f"  - {look.paint(before, _BAD)}"
    if after:
        yield f"    {look.paint(carets, _BAD)}"
        yield f"  + {look.paint(after, _GOOD)}"


def _noticed(outcome: Outcome, look: Look) -> str:
    return f"noticed by {_noticed_by(outcome)}: {_told(outcome.mutant)}: {_after(outcome, look.columns // 2)}"


def _after(outcome: Outcome, columns: int) -> str:
    before, _, after = excerpt(visible(outcome.mutant.before), visible(outcome.mutant.after), columns)
    return after or f"without {before}"


def _told(mutant: Mutant) -> str:
    """Which change of what."""
    return f"{mutant.operator.name}, in `{mutant.where}` of `{visible(mutant.subject.name)}`"


def _noticed_by(outcome: Outcome) -> str:
    if outcome.noticed_by is not None:
        return f"`{visible(outcome.noticed_by.name)}`"
    return ", ".join(f"[{rule}]" for rule in outcome.lint)

"""`mac explain`."""

from __future__ import annotations

import click
from click.shell_completion import CompletionItem

from monitoring_as_code.cli import console
from monitoring_as_code.cli.group import EXIT_CODES


def _complete(_context: click.Context, _parameter: click.Parameter, begun: str) -> list[CompletionItem]:
    from monitoring_as_code.lint.rules import RULE_NAMES

    return [CompletionItem(name) for name in RULE_NAMES if name.startswith(begun)]


@click.command(
    "explain",
    help="""Print the page of a rule: what it finds, why that matters, and what to do. Without a rule: all of them in a line each.

    \b
    Examples:
      mac explain
      mac explain rate-of-gauge
    """,
    epilog=EXIT_CODES,
)
@click.argument("rule", required=False, shell_complete=_complete)
def command(rule: str | None) -> None:
    """Print one page, or the list of them."""
    from monitoring_as_code.lint.rules import RULE_NAMES, load, rules

    if rule is None:
        width = max(map(len, RULE_NAMES))
        console.out("".join(f"{each.name:<{width}}  {each.severity:<7}  {each.summary}\n" for each in rules()))
        return
    if rule not in RULE_NAMES:
        from monitoring_as_code.diagnostics.nearest import did_you_mean

        advice = did_you_mean(rule, RULE_NAMES) or "`mac explain` lists all"
        raise click.UsageError(f"there is no rule `{rule}`: {advice}", click.get_current_context())
    from monitoring_as_code.lint.pages import document

    console.out(document(load(rule)))

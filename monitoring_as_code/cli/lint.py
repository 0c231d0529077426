"""`mac lint`."""

from __future__ import annotations

import click

from monitoring_as_code.cli.environments import environment_option
from monitoring_as_code.cli.group import EXIT_CODES
from monitoring_as_code.cli.linting import lint
from monitoring_as_code.cli.settings import Settings
from monitoring_as_code.cli.target import target_option


@click.command(
    "lint",
    help="""Check every definition: that each expression refers to metrics, labels and values that are declared and means
    what it seems to, that each alert reaches somebody, and that build/ is what the definitions give.

    A warning counts as a finding too. A finding that is meant stays out with a comment in its line or above it:
    `# mac: allow[rule-name] why`. A rule is turned off, or made a warning, in pyproject.toml:

    \b
      [tool.mac]
      disable = ["missing-runbook"]
      severity = { unused-metric = "warning" }

    With FILES, rule files, PrometheusRule resources, dashboards and Alertmanager configurations of others, or folders of them, are
    checked by the same rules: in a project against its metrics, with `--metrics` against what a /metrics page has shown, or what a catalogue
    knows that ships with mac (node_exporter, prometheus, alertmanager), else by what the expressions say themselves.

    `--fix` mends what has one right answer, in the definitions or the FILES, says what it did, and prints what remains. What would change
    the meaning of an alert is only mended with `--unsafe-fixes`.

    \b
    Examples:
      mac lint
      mac lint --fix
      mac lint rules/ dashboards/overview.json
      mac lint --metrics metrics.txt --metrics node_exporter rules.yml
      mac lint --format github      annotations in a pull request, in GitHub Actions
      mac lint --format sarif       for code scanning
      mac lint --target prometheus=3.5       whether newer servers would take more
      mac explain unknown-label     what a rule means
    """,
    epilog=EXIT_CODES,
)
@click.argument("files", nargs=-1, type=click.Path())
@click.option(
    "--metrics",
    multiple=True,
    metavar="FILE",
    type=click.Path(),
    help="Check FILES against the metrics of this exposition or catalogue; may recur.",
)
@click.option("--fix", "fix", is_flag=True, help="Mend what has one right answer.")
@click.option("--unsafe-fixes", "unsafe", is_flag=True, help="Mend what changes the meaning of an alert, too.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "github", "sarif"]), default="text", help="How the findings are written."
)
@click.option("--statistics", is_flag=True, help="Say how much is known of the expressions, and how often each rule finds something.")
@target_option("Check the definitions as if this were the oldest program that must take them; build/ is not looked at")
@environment_option("Only for this environment; for all of them if not said.")
@click.pass_obj
def command(
    settings: Settings,
    *,
    files: tuple[str, ...],
    metrics: tuple[str, ...],
    fix: bool,
    unsafe: bool,
    form: str,
    statistics: bool,
    target: dict[str, str],
) -> int:
    """Print all findings."""
    if files and target:
        raise click.UsageError("`--target` is about the definitions, and FILES are those of others", click.get_current_context())
    if metrics and not files:
        raise click.UsageError("`--metrics` says what FILES are checked against, but there are none", click.get_current_context())
    return lint(settings, files=files, metrics=metrics, fix=fix, unsafe=unsafe, form=form, statistics=statistics, target=target)

"""`mac lint`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from monitoring_as_code.cli import CANNOT_RUN, FINDINGS, FINE, console
from monitoring_as_code.cli.group import EXIT_CODES, Settings

if TYPE_CHECKING:
    from monitoring_as_code.analysis import Analysis
    from monitoring_as_code.diagnostics import Diagnostic


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
    checked by the same rules: in a project against its metrics, with `--metrics` against what a /metrics page has shown, else by what
    the expressions say themselves.

    `--fix` mends what has one right answer, in the definitions or the FILES, says what it did, and prints what remains. What would change
    the meaning of an alert is only mended with `--unsafe-fixes`.

    \b
    Examples:
      mac lint
      mac lint --fix
      mac lint rules/ dashboards/overview.json
      mac lint --metrics metrics.txt rules.yml
      mac lint --format github      annotations in a pull request, in GitHub Actions
      mac lint --format sarif       for code scanning
      mac explain unknown-label     what a rule means
    """,
    epilog=EXIT_CODES,
)
@click.argument("files", nargs=-1, type=click.Path())
@click.option(
    "--metrics", multiple=True, metavar="FILE", type=click.Path(), help="Check FILES against the metrics of this exposition; may recur."
)
@click.option("--fix", "fix", is_flag=True, help="Mend what has one right answer.")
@click.option("--unsafe-fixes", "unsafe", is_flag=True, help="Mend what changes the meaning of an alert, too.")
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "github", "sarif"]), default="text", help="How the findings are written."
)
@click.option("--statistics", is_flag=True, help="Say how much is known of the expressions, and how often each rule finds something.")
@click.pass_obj
def command(
    settings: Settings, *, files: tuple[str, ...], metrics: tuple[str, ...], fix: bool, unsafe: bool, form: str, statistics: bool
) -> int:
    """Print all findings."""
    if metrics and not files:
        raise click.UsageError("`--metrics` says what FILES are checked against, but there are none", click.get_current_context())
    if files:
        from monitoring_as_code.cli.foreign import lint_files

        analysis, findings = lint_files(settings, files, metrics, form, fix=fix or unsafe, unsafe=unsafe)
    else:
        checked = _lint_definitions(settings, form, fix=fix or unsafe, unsafe=unsafe)
        if checked is None:
            return CANNOT_RUN
        analysis, findings = checked
    if statistics:
        from time import process_time

        from monitoring_as_code.lint.statistics import as_text
        from monitoring_as_code.lint.statistics import statistics as counted

        told = as_text(counted(analysis, findings), process_time())
        if form == "text":
            console.out(told)
        else:  # the output is a program's
            console.note(told.rstrip("\n"))
    return FINDINGS if findings else FINE


def _lint_definitions(settings: Settings, form: str, *, fix: bool, unsafe: bool) -> tuple[Analysis, list[Diagnostic]] | None:
    from monitoring_as_code.build import freshness, plan
    from monitoring_as_code.cli.checking import check_all
    from monitoring_as_code.cli.session import errors, open_project, show

    if fix:
        from monitoring_as_code.cli.fixing import fixed

        fixed(lambda: check_all(open_project(settings).analysis), unsafe=unsafe)
    session = open_project(settings)
    findings = check_all(session.analysis)
    if not errors(findings):  # else nobody knows what the artifacts should be
        wanted = plan(session.analysis)
        try:
            artifacts = wanted.problems or freshness(session.build, wanted.files)
        except OSError as error:
            console.note(f"mac: `{error.filename}` cannot be read: {error.strerror}")
            return None
        config = session.analysis.project.config
        findings += [
            each._replace(severity=config.severity.get(each.rule, each.severity)) for each in artifacts if each.rule not in config.disable
        ]
    show(session, settings, findings, form)
    return session.analysis, findings

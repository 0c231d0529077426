"""`mac lint`."""

from __future__ import annotations

import click

from monitoring_as_code.cli import CANNOT_RUN, FINDINGS, FINE, console
from monitoring_as_code.cli.group import EXIT_CODES, Settings


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

    With FILES, rule files, PrometheusRule resources and dashboards of others, or folders of them, are checked by the same rules: in a
    project against its metrics, with `--metrics` against what a /metrics page has shown, else by what the expressions say themselves.

    \b
    Examples:
      mac lint
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
@click.option(
    "--format", "form", type=click.Choice(["text", "json", "github", "sarif"]), default="text", help="How the findings are written."
)
@click.pass_obj
def command(settings: Settings, *, files: tuple[str, ...], metrics: tuple[str, ...], form: str) -> int:
    """Print all findings."""
    if metrics and not files:
        raise click.UsageError("`--metrics` says what FILES are checked against, but there are none", click.get_current_context())
    if files:
        from monitoring_as_code.cli.foreign import lint_files

        return lint_files(settings, files, metrics, form)
    from monitoring_as_code.build import freshness, plan
    from monitoring_as_code.cli.checking import check_all
    from monitoring_as_code.cli.session import errors, open_project, show

    session = open_project(settings)
    findings = check_all(session.analysis)
    if not errors(findings):  # else nobody knows what the artifacts should be
        wanted = plan(session.analysis)
        try:
            artifacts = wanted.problems or freshness(session.build, wanted.files)
        except OSError as error:
            console.note(f"mac: `{error.filename}` cannot be read: {error.strerror}")
            return CANNOT_RUN
        config = session.analysis.project.config
        findings += [
            each._replace(severity=config.severity.get(each.rule, each.severity)) for each in artifacts if each.rule not in config.disable
        ]
    show(session, settings, findings, form)
    return FINDINGS if findings else FINE

"""The pages of all rules as files of Markdown, and their index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from monitoring_as_code.lint.rules import rules

if TYPE_CHECKING:
    from monitoring_as_code.lint.rule import Rule

_INDEX = """\
# Lint rules

What `mac lint` finds, in definitions and in rule files and dashboards of others, and `mac conform` in pages of metrics. `mac explain RULE`
prints a rule's page. A rule is turned off, or given another severity, in pyproject.toml, under `[tool.mac]`; one finding is allowed by a
comment that gives a reason, `# mac: allow[rule-name] why`. Generated from the rules.

| rule | severity | what it finds |
|---|---|---|
"""


def pages() -> dict[str, str]:
    """The files by name: one for each rule, and README.md."""
    every = rules()
    rows = [f"| [{rule.name}]({rule.name}.md) | {_severity(rule)} | {rule.summary.replace('|', chr(92) + '|')} |\n" for rule in every]
    return {"README.md": _INDEX + "".join(rows), **{f"{rule.name}.md": document(rule) for rule in every}}


def document(rule: Rule) -> str:
    """A rule's page with its heading."""
    return f"# {rule.name}\n\n{_severity(rule).capitalize()}.\n\n{rule.page}\n"


def _severity(rule: Rule) -> str:
    words = str(rule.severity)
    if not rule.on:
        words += ", off unless `enable` names it"
    elif not rule.may_be_allowed:
        words += ", always on"
    return words

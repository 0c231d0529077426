from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, may_be_allowed=False)
def unreadable_file() -> None:
    """A file that `mac lint FILE` was given cannot be read.

    It does not exist, is no UTF-8 or no YAML, or it is neither a rule file nor a PrometheusRule nor a dashboard of Grafana; or one of its
    rules has no name or no expression. Templates of Helm are no YAML before they are rendered: `helm template` first. In a folder, files
    that are something else are passed over.
    """

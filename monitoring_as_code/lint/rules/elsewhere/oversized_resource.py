from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, may_be_allowed=False)
def oversized_resource() -> None:
    """A dashboard is too large for Kubernetes.

    With `kubernetes` in `[tool.mac]`, each dashboard is written as a ConfigMap, too, and Kubernetes takes none of more than 1 MiB. Its
    lines and blanks are left out where that helps. Cut the dashboard in two, with links between them, or let panels repeat over a
    variable instead of writing each out.
    """

from __future__ import annotations

from monitoring_as_code.lint.rule import ERROR, page


@page(ERROR, may_be_allowed=False)
def invalid_rule_file() -> None:
    """A rule file that `mac lint FILE` was given has a form that Prometheus refuses.

    One such mistake is enough, and Prometheus loads no rule of the file: a field that there is not, such as `fro` for `for`; what is no
    duration, or no name of a label or metric; a key that stands twice in one mapping; two groups of one name, or one without;
    a recording rule with `for` or annotations. On a reload, Prometheus goes on with the rules it had, and says so in its log alone.

    Fields that only newer versions, Thanos, Mimir or vmalert know are let pass.
    """

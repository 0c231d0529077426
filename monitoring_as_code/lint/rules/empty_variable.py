from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.rule import ERROR, Finding, rule
from monitoring_as_code.lint.values import known_values
from monitoring_as_code.origin import Place

if TYPE_CHECKING:
    from monitoring_as_code.lint.reading import Reading


@rule(ERROR)
def empty_variable(reading: Reading) -> Iterator[Finding]:
    """The regular expression of a variable matches no value that the label can have.

    Grafana takes those of the label's values in which the expression finds something: it need not match a whole value, but upper and lower
    case count. If it finds nothing in any of them, there is nothing to choose, and every panel that uses the variable is empty.

    BAD:

        class Jobs(Labels):
            status: Label[Literal["success", "failure"]]

        jobs = Counter(name="jobs_total", help="Jobs done.", labels=Jobs)
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            variables=(QueryVariable(name="status", metric=jobs, values_of=Jobs.status, regex="/^Fail/"),),
            rows=(
                Row(title="All", panels=(TimeSeries(title="Done", expr='sum(rate(jobs_total{status=~"$status"}[$__rate_interval]))'),)),
            ),
        )

    GOOD:

        class Jobs(Labels):
            status: Label[Literal["success", "failure"]]

        jobs = Counter(name="jobs_total", help="Jobs done.", labels=Jobs)
        board = Dashboard(
            name="Jobs",
            uid="jobs",
            variables=(QueryVariable(name="status", metric=jobs, values_of=Jobs.status, regex="/^fail/"),),
            rows=(
                Row(title="All", panels=(TimeSeries(title="Done", expr='sum(rate(jobs_total{status=~"$status"}[$__rate_interval]))'),)),
            ),
        )
    """
    for found in reading.query_variables:
        variable, entry = found.variable, found.entry
        if not variable.regex or "$" in variable.regex.rstrip("$/gimsuy") or entry is None:
            continue
        from monitoring_as_code.model.labels import label_name

        name = label_name(variable.values_of)
        domain = entry.labels.get(name)
        if domain is None or domain.values is None or _finds(variable.regex, domain.values):
            continue
        message = f"`{variable.regex}` finds nothing in any value of `{name}`"
        yield Finding(message, Place(variable.origin, ("regex",)), known_values(domain.values), declaration=found.dashboard)


def _finds(pattern: str, values: frozenset[str]) -> bool:
    """Whether Grafana's expression finds something in a value; also where nobody knows, as RE2 does not read all that JavaScript does."""
    from monitoring_as_code.promql.regexes import matches, problem

    flags = ""
    if pattern.startswith("/"):
        pattern, _, flags = pattern[1:].rpartition("/")
    anywhere = f"(?s{'i' if 'i' in flags else ''}).*(?:{pattern}).*"
    return problem(anywhere) is not None or any(matches(anywhere, value) for value in values)

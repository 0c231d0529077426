from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from monitoring_as_code.lint.boards import boards
from monitoring_as_code.lint.grafana_names import IN_LINKS, IN_QUERIES, is_built_in
from monitoring_as_code.lint.rule import ERROR, WARNING, Finding, rule

if TYPE_CHECKING:
    from monitoring_as_code.lint.boards import Board, Said
    from monitoring_as_code.lint.reading import Reading
    from monitoring_as_code.promql.ast import Variable

_ASKED = frozenset({"query", "words", "link", "annotation", "variable", "source"})


@rule(ERROR)
def undefined_variable(reading: Reading) -> Iterator[Finding]:
    """A dashboard uses a variable that it has not.

    Grafana leaves the text as it is: Prometheus is asked for `service="$servcie"` and finds nothing, a link leads nowhere, a panel
    or a row is repeated for no value. Variables of Grafana itself (`$__rate_interval`, `$__range`) need no declaration; what stands for
    the thing that was clicked on (`${__field.labels.service}`, `${__value.raw}`) is known in links only. In a title or a legend it
    is a warning. A data source that is asked for when a file is imported (`__inputs`) counts as a variable.

    BAD:

        class InService(Labels):
            service: Label[str]

        requests = Counter(name="http_requests_total", help="Requests served.", labels=InService)
        board = Dashboard(
            name="Shop",
            uid="shop",
            variables=(QueryVariable(name="service", metric=requests, values_of=InService.service),),
            rows=(
                Row(
                    title="All",
                    panels=(TimeSeries(title="$service", expr='sum(rate(http_requests_total{service=~"$servcie"}[$__rate_interval]))'),),
                ),
            ),
        )

    GOOD:

        class InService(Labels):
            service: Label[str]

        requests = Counter(name="http_requests_total", help="Requests served.", labels=InService)
        board = Dashboard(
            name="Shop",
            uid="shop",
            variables=(QueryVariable(name="service", metric=requests, values_of=InService.service),),
            rows=(
                Row(
                    title="All",
                    panels=(TimeSeries(title="$service", expr='sum(rate(http_requests_total{service=~"$service"}[$__rate_interval]))'),),
                ),
            ),
        )
    """
    for board in boards(reading):
        known = board.known
        sources: set[str] = set()
        for said in (*board.texts, *(each for choice in board.choices for each in choice.texts)):
            if said.role not in _ASKED:
                continue
            for variable in said.variables:
                name = variable.name
                if name in known or name in sources:
                    continue
                if said.role == "source":
                    sources.add(name)  # a file has it in every panel
                yield from _fault(board, said, variable, known)
        for repeat in board.repeats:
            if repeat.name.lstrip("$") not in known:
                message = f"this is repeated for each value of `{repeat.name}`, but the dashboard has no such variable"
                yield Finding(message, repeat.place, _near(repeat.name, known), declaration=board.dashboard)


def _fault(board: Board, said: Said, variable: Variable, known: frozenset[str]) -> Iterator[Finding]:
    name, text = variable.name, variable.text
    at = said.at(variable)
    if is_built_in(name):
        if said.role not in ("query", "annotation", "variable"):
            return
        if name in IN_LINKS:
            message = f"`{text}` is known in links only: a query is sent before anybody clicks on a value"
            yield Finding(message, at, "use a variable of the dashboard", declaration=board.dashboard)
        elif name not in IN_QUERIES:
            near = _near(name, IN_QUERIES)
            if near is not None:
                yield Finding(f"Grafana has no variable `{name}`", at, near, declaration=board.dashboard)
        return
    if f"(?P<{name}>" in said.text:  # label_replace() has groups of that name
        return
    severity = WARNING if said.role in ("words", "annotation") else None
    help_ = _near(name, known)
    if said.role == "source" and help_ is None:
        help_ = "declare it as a variable of type datasource; only the form in which one imports a file asks for `__inputs`"
    yield Finding(f"the dashboard has no variable `{name}`", at, help_, declaration=board.dashboard, severity=severity)


def _near(name: str, known: frozenset[str]) -> str | None:
    from monitoring_as_code.diagnostics.nearest import did_you_mean, listed

    near = did_you_mean(name, sorted(known))
    if near is not None or not known or known is IN_QUERIES:
        return near
    names = sorted(known)
    return f"its only variable is `{names[0]}`" if len(names) == 1 else f"its variables are {listed(names, 'and')}"

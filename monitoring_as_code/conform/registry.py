"""A registry of prometheus_client, in process, held to declarations: for the application's own tests."""

from __future__ import annotations

from collections.abc import Iterable
from types import ModuleType
from typing import TYPE_CHECKING, Any

from monitoring_as_code.model.metric import Exporter, Metric

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from monitoring_as_code.conform.finding import Finding


def assert_conforms(registry: Any, declarations: ModuleType | Metric[Any] | Iterable[Metric[Any]], *, ignore: Iterable[str] = ()) -> None:  # noqa: ANN401 - the client is not imported here
    """The metrics of a registry are those declared: names, kinds, help, labels and their values, buckets, budgets.

    `declarations` is a module, a package with all its modules, a metric or several; those of exporters are not the application's. A metric
    that is registered and has no series yet is fine, and its labels and buckets are checked all the same. `ignore` are names of findings
    that are meant, such as `undeclared-metric`; there is no need to do so for what the client library tells of the process and of Python.

    Raises:
        TypeError: this is no registry, or these are no declarations.
        ValueError: there is no finding of a name to ignore.
        AssertionError: it does not hold; the message lists all that is wrong, as `mac conform` prints it.
    """
    import os

    from prometheus_client import generate_latest

    from monitoring_as_code.conform import conformance, contract_from, diagnostics, wanted_lines
    from monitoring_as_code.diagnostics import render

    if not hasattr(registry, "collect"):
        raise TypeError(f"the registry is one of prometheus_client, such as `REGISTRY`, and not {registry!r}")
    left_out = _rules(ignore)
    metrics = tuple(_metrics(declarations))
    if not metrics:
        raise AssertionError("there is no metric in these declarations")
    page = generate_latest(registry).decode()
    lines = page.split("\n")
    contract = contract_from(metrics)
    found = [*conformance(lines, contract, silent=False).findings, *_unborn(registry, contract.metrics)]
    found = [each for each in found if each.rule not in left_out]
    if found:
        texts = {number: lines[number - 1] for number in wanted_lines(found)}
        told = render(diagnostics(found, "the registry", texts, is_file=False), "text", root=os.getcwd())
        raise AssertionError(f"the registry does not conform to the declarations:\n\n{told}")


def _rules(ignore: Iterable[str]) -> frozenset[str]:
    from monitoring_as_code.diagnostics.nearest import did_you_mean
    from monitoring_as_code.lint.rules import RULE_NAMES

    if isinstance(ignore, str):
        raise TypeError(f'`ignore` is a list of names: write `ignore=["{ignore}"]`')
    found = frozenset(ignore)
    for name in sorted(found - {*RULE_NAMES}):
        raise ValueError(f"there is no finding `{name}` to ignore: {did_you_mean(name, RULE_NAMES) or '`mac explain` lists them'}")
    return found


def _metrics(declarations: object) -> Iterable[Metric[Any]]:
    if isinstance(declarations, ModuleType):
        return _metrics_in(declarations)
    each = tuple(declarations) if isinstance(declarations, Iterable) and not isinstance(declarations, str) else (declarations,)
    for one in each:
        if not isinstance(one, Metric):
            raise TypeError(f"declarations are metrics, a module or a package, and not {one!r}")
    return each


def _metrics_in(declarations: ModuleType) -> Iterator[Metric[Any]]:
    found: dict[int, Metric[Any]] = {}
    of_exporters: set[int] = set()
    for module in _modules(declarations):
        for value in vars(module).values():
            for each in _inside(value, 0):
                if isinstance(each, Exporter):
                    of_exporters.update(id(metric) for metric in each.metrics)
                else:
                    found[id(each)] = each
    yield from (metric for ident, metric in found.items() if ident not in of_exporters)


def _modules(module: ModuleType) -> Iterator[ModuleType]:
    yield module
    if hasattr(module, "__path__"):
        from importlib import import_module
        from pkgutil import walk_packages

        for each in walk_packages(module.__path__, f"{module.__name__}."):
            yield import_module(each.name)


def _inside(value: object, depth: int) -> Iterator[Metric[Any] | Exporter]:
    if isinstance(value, (Metric, Exporter)):
        yield value
    elif isinstance(value, (list, tuple, dict)) and depth < 10:
        for each in value.values() if isinstance(value, dict) else value:
            yield from _inside(each, depth + 1)


def _unborn(registry: Any, declared: Mapping[str, Metric[Any]]) -> Iterator[Finding]:  # noqa: ANN401 - as above
    """What is wrong with metrics that have no series yet: nothing of them is on a page but name, kind and help."""
    from monitoring_as_code.conform.finding import Finding
    from monitoring_as_code.model.metric import Histogram

    for collector, names in list(getattr(registry, "_collector_to_names", {}).items()):
        metric = next((declared[name] for name in names if name in declared), None)
        labels = getattr(collector, "_labelnames", None)
        if metric is None or labels is None or getattr(collector, "_metrics", None) != {}:
            continue  # with series, the page has said it
        wanted = [label.name for label in metric.label_declarations]
        for name in sorted({*wanted} - {*labels}):
            yield Finding("absent-label", f"`{metric.name}` is declared with label `{name}`, but is registered without it", declared=metric)
        for name in sorted({*labels} - {*wanted}):
            yield Finding(
                "undeclared-label", f"`{metric.name}` is registered with a label `{name}`, which is not declared", declared=metric
            )
        bounds = tuple(bound for bound in getattr(collector, "_kwargs", {}).get("buckets", ()) if bound != float("inf"))
        if isinstance(metric, Histogram) and bounds and bounds != metric.buckets:
            yield Finding(
                "other-buckets", f"the buckets of `{metric.name}` are not those declared: it is registered with {bounds}", declared=metric
            )

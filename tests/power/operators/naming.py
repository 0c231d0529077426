"""Labels and their values that are not there, or that are taken for something else."""

from collections.abc import Iterable, Iterator

from monitoring_as_code.catalogue import Domain
from monitoring_as_code.model.panel import QueryPanel
from monitoring_as_code.model.stack import Stack
from monitoring_as_code.promql.ast import Aggregate, Expr, Matcher, Name, VectorSelector
from monitoring_as_code.promql.node import replace
from tests.power.operator import Mutant, exchanged, fields, mutant, operator
from tests.power.shape import shape
from tests.power.world import Site, World, put


def _matchers(node: Expr, world: World) -> Iterator[tuple[VectorSelector, Matcher, Domain]]:
    """The matchers of a declared metric, each with what is declared of its label."""
    if not isinstance(node, VectorSelector) or node.name in world.records:
        return
    entry = world.catalogue.lookup(node.name)
    if entry is not None and entry.closed:
        for matcher in node.matchers:
            if matcher.name in entry.labels and not matcher.variables:
                yield node, matcher, entry.labels[matcher.name]


def _with(node: VectorSelector, old: Matcher, new: Matcher) -> VectorSelector:
    return replace(node, matchers=tuple(new if each is old else each for each in node.matchers))


@operator("unknown-label")
def misspelt_label_of_a_matcher(world: World) -> Iterable[Mutant]:
    def change(_: Site, node: Expr) -> Iterator[Expr]:
        for selector, matcher, _domain in _matchers(node, world):
            if matcher.value and matcher.op in {"=", "=~"}:
                yield _with(selector, matcher, replace(matcher, name=_misspelt(matcher.name)))

    return exchanged(world.sites, change)


def _misspelt(name: str) -> str:
    return name[:-2] + name[-1] + name[-2] if len(name) > 2 and name[-1] != name[-2] else name + "x"


@operator("unknown-label", "lost-label", "never-matching-join")
def misspelt_label_of_a_grouping(world: World) -> Iterable[Mutant]:
    def change(_: Site, node: Expr) -> Iterator[Expr]:
        if isinstance(node, Aggregate) and not node.without:
            found = shape(node.expr, world)
            for label in node.grouping:
                if found is not None and isinstance(label, Name) and label.value in found.labels and label.value != "le":
                    yield replace(node, grouping=tuple(Name(_misspelt(label.value)) if each is label else each for each in node.grouping))

    return exchanged(world.sites, change)


@operator("unknown-label-value")
def misspelt_value(world: World) -> Iterable[Mutant]:
    def change(_: Site, node: Expr) -> Iterator[Expr]:
        for selector, matcher, domain in _matchers(node, world):
            if domain.values is not None and matcher.op in {"=", "!="} and matcher.value in domain.values:
                for new in (matcher.value + "s", matcher.value.upper(), matcher.value[1:]):
                    if new and new not in domain.values:
                        yield _with(selector, matcher, replace(matcher, value=new))

    return exchanged(world.sites, change)


@operator("regex-matches-nothing", "unknown-label-value", "unknown-label")
def pattern_of_no_declared_value(world: World) -> Iterable[Mutant]:
    import re2

    def change(_: Site, node: Expr) -> Iterator[Expr]:
        for selector, matcher, domain in _matchers(node, world):
            if matcher.op not in {"=", "=~"} or not matcher.value:
                continue
            new = (re2.escape(matcher.value) if matcher.op == "=" else f"({matcher.value})") + "xyz.*"
            if domain.values is not None and not any(re2.fullmatch(new, value) for value in domain.values):
                yield _with(selector, matcher, replace(matcher, op="=~", value=new))
            if domain.pattern == "[1-5][0-9]{2}":
                yield _with(selector, matcher, replace(matcher, op="=~", value="5x+"))
                yield _with(selector, matcher, replace(matcher, op="=~", value="50"))
                yield _with(selector, matcher, replace(matcher, op="=~", value="6.."))

    return exchanged(world.sites, change)


@operator("regex-matches-everything")
def pattern_of_everything(world: World) -> Iterable[Mutant]:
    import re2

    def change(_: Site, node: Expr) -> Iterator[Expr]:
        for selector, matcher, domain in _matchers(node, world):
            if matcher.value:
                yield _with(selector, matcher, replace(matcher, op="=~", value=".*"))
                if domain.values is not None and len(domain.values) > 1 and not domain.optional:
                    every = "|".join(map(re2.escape, sorted(domain.values)))
                    yield _with(selector, matcher, replace(matcher, op="=~", value=every))

    return exchanged(world.sites, change)


@operator("needless-regex")
def pattern_without_a_choice(world: World) -> Iterable[Mutant]:
    def change(_: Site, node: Expr) -> Iterator[Expr]:
        for selector, matcher, _domain in _matchers(node, world):
            if matcher.op in {"=", "!="} and matcher.value.replace("_", "").replace("-", "").isalnum():
                yield _with(selector, matcher, replace(matcher, op="=~" if matcher.op == "=" else "!~"))

    return exchanged(world.sites, change)


@operator("needless-regex")
def pattern_with_anchors(world: World) -> Iterable[Mutant]:
    def change(_: Site, node: Expr) -> Iterator[Expr]:
        for selector, matcher, _domain in _matchers(node, world):
            if matcher.op in {"=~", "!~"} and "^" not in matcher.value and "$" not in matcher.value and "|" not in matcher.value:
                yield _with(selector, matcher, replace(matcher, value=f"^{matcher.value}$"))

    return exchanged(world.sites, change)


@operator("unescaped-dot")
def dots_of_an_address_in_a_pattern(world: World) -> Iterable[Mutant]:
    addresses = [target for job in world.stack.jobs for target in job.targets if "." in target]

    def change(_: Site, node: Expr) -> Iterator[Expr]:
        if isinstance(node, VectorSelector) and addresses and not any(each.name == "instance" for each in node.matchers):
            entry = world.catalogue.lookup(node.name)
            domain = None if entry is None else entry.labels.get("instance")
            if entry is not None and domain is not None and domain.values is not None and addresses[0] in domain.values:
                yield replace(node, matchers=(*node.matchers, Matcher("instance", "=~", f"{addresses[0]}|other:80")))
                yield replace(node, matchers=(*node.matchers, Matcher("instance", "=~", f"{addresses[0].partition(':')[0]}:.*")))

    return exchanged(world.rules, change)


@operator("lost-label")
def label_of_a_template_is_dropped(world: World) -> Iterable[Mutant]:
    """A label that a text of the alert reads goes out of the grouping that gave it, on every branch."""
    for site in world.alerts:
        alert = site.alert
        assert alert is not None
        texts = " ".join((alert.summary, alert.description, *alert.annotations.values()))
        for name in _grouped(site.expr):
            if f"$labels.{name}" in texts or f".Labels.{name}" in texts:
                yield mutant(site, _ungrouped(site.expr, name))


@operator("lost-label")
def template_reads_a_label_that_is_not_there(world: World) -> Iterable[Mutant]:
    for site in world.alerts:
        alert, found = site.alert, shape(site.expr, world)
        if alert is not None and found is not None:
            gone = next(name for name in ("region", "shard", "node") if name not in found.labels and name not in alert.labels)
            yield fields(site, f"reads {gone}", description=f"{alert.description} {{{{ $labels.{gone} }}}}")


@operator("lost-label")
def legend_reads_a_label_that_is_gone(world: World) -> Iterable[Mutant]:
    for site in world.panels:
        found = shape(site.expr, world)
        if found is not None and (not isinstance(site.part, QueryPanel) or not site.part.queries):
            gone = next(name for name in ("instance", "job", "shard") if name not in found.labels)
            yield fields(site, f"legend {gone}", legend=f"{{{{{gone}}}}}")


@operator("lost-label")
def legend_label_is_dropped(world: World) -> Iterable[Mutant]:
    for site in world.panels:
        legend = getattr(site.part, "legend", None) or ""
        for name in _grouped(site.expr):
            if f"{{{{{name}}}}}" in legend.replace(" ", ""):
                yield mutant(site, _ungrouped(site.expr, name))


def _grouped(expr: Expr) -> list[str]:
    from monitoring_as_code.promql.ast import walk

    names = [
        label.value
        for node in walk(expr)
        if isinstance(node, Aggregate) and not node.without
        for label in node.grouping
        if isinstance(label, Name) and label.value != "le"
    ]
    return list(dict.fromkeys(names))


def _ungrouped(expr: Expr, name: str) -> Expr:
    from monitoring_as_code.promql.ast import walk

    while True:
        node = next(
            (
                each
                for each in walk(expr)
                if isinstance(each, Aggregate)
                and not each.without
                and any(isinstance(label, Name) and label.value == name for label in each.grouping)
            ),
            None,
        )
        if node is None:
            return expr
        kept = tuple(label for label in node.grouping if not (isinstance(label, Name) and label.value == name))
        expr = put(expr, node, replace(node, grouping=kept, grouped=bool(kept)))


@operator("value-in-label")
def value_as_a_label(world: World) -> Iterable[Mutant]:
    """A label of the value makes another alert of each evaluation."""
    for site in world.alerts:
        if site.alert is not None:
            yield fields(site, "labels: value", labels={**site.alert.labels, "current": "{{ $value }}"})


@operator("label-conflict")
def external_label_of_the_same_name(world: World) -> Iterable[Mutant]:
    names = {name for site in world.rules for name in getattr(site.part, "labels", {})}
    for stack in world.project.of(Stack):
        for name in sorted(names - {"severity"}):
            yield Mutant(stack.name, f"external label {name}", {stack: {"external_labels": {**stack.external_labels, name: "outside"}}})

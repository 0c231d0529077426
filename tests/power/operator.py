"""A mutation operator: a function that makes one kind of mistake everywhere where it can be made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from monitoring_as_code.model.alert import Alert, RecordingRule
from monitoring_as_code.promql.ast import Expr, walk
from tests.power.world import Changes, Site, World, put


class Mutant(NamedTuple):
    """A world with one mistake in it; `at` is the declaration's name and `text` says what is wrong now."""

    at: str
    text: str
    changes: Changes
    added: tuple[Alert | RecordingRule, ...] = ()


class Operator(NamedTuple):
    """`rules` are those whose business the mistake is: the first by name, the others where the same mistake may as well be told so."""

    name: str
    rules: tuple[str, ...]
    mutants: Callable[[World], Iterable[Mutant]]


OPERATORS: list[Operator] = []


def operator(*rules: str) -> Callable[[Callable[[World], Iterable[Mutant]]], Callable[[World], Iterable[Mutant]]]:
    """Registers an operator for the mistake that these rules find."""

    def registered(function: Callable[[World], Iterable[Mutant]]) -> Callable[[World], Iterable[Mutant]]:
        OPERATORS.append(Operator(function.__name__.replace("_", " "), rules, function))
        return function

    return registered


def exchanged(sites: Iterable[Site], change: Callable[[Site, Expr], Iterable[Expr]]) -> Iterator[Mutant]:
    """A mutant for everything that `change` puts in a node's place."""
    for site in sites:
        for node in walk(site.expr):
            for new in change(site, node):
                yield mutant(site, put(site.expr, node, new))


def mutant(site: Site, expr: Expr | str, **fields: object) -> Mutant:
    """A mutant with another expression."""
    changes = site.with_expr(expr, **fields)
    said = ", ".join(f"{name.removesuffix('_')}: {value}" for name, value in fields.items())
    return Mutant(site.declaration.name, str(changes[site.part]["expr"]) + (f" ({said})" if said else ""), changes)


def fields(site: Site, text: str, **values: object) -> Mutant:
    """A mutant with other fields."""
    return Mutant(site.declaration.name, text, {site.part: values})

"""`[tool.mac]` of pyproject.toml."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection, Mapping
from typing import TYPE_CHECKING

from monitoring_as_code.diagnostics import Diagnostic, Severity
from monitoring_as_code.light import NamedTuple

if TYPE_CHECKING:
    from monitoring_as_code.config.kubernetes import Kubernetes
    from monitoring_as_code.config.toml import Spans
    from monitoring_as_code.origin import Location

FILE = "pyproject.toml"
RULE = "configuration"


class Config(NamedTuple):
    """What a project may say about itself; the defaults are what a project without a word gets."""

    definitions: str = "definitions"
    """The folder of the definitions, a package's name."""
    build: str = "build"
    """The folder of what is generated, relative to the root."""
    environments: tuple[str, ...] | None = ()
    """What is built for each by itself, as `by_env` says; None if what is said of them is wrong."""
    disable: tuple[str, ...] = ()
    """Lint rules that are off."""
    enable: tuple[str, ...] = ()
    """Lint rules that are on, of those that are off where nothing is said."""
    severity: Mapping[str, Severity] = {}
    """Lint rules whose severity differs from their own."""
    prometheus_version: str = "2.42"
    """The oldest Prometheus that must accept what is generated."""
    alertmanager_version: str = "0.25"
    """The oldest Alertmanager that must accept what is generated."""
    grafana_version: str = "13"
    """The Grafana for which dashboards are made: 11, 12 or 13, each in its last release."""
    grafana_resources: tuple[str, ...] = ()
    """The forms in which dashboards are written as resources of Grafana's API, beside the classic one."""
    kubernetes: Kubernetes | None = None
    """How resources of Kubernetes are written, if they are."""
    promql_features: tuple[str, ...] = ()
    """Experimental features of PromQL that expressions may use."""
    window_scrapes: float = 4
    """How many scrapes a window must hold, so that a rate survives one that fails."""
    panel_series: int = 1000
    """How many series a query of a panel may show: each of them is sent to a browser and drawn."""
    rule_series: int = 10_000
    """How many series a rule may give: each of them is stored, or is an alert."""
    required_labels: tuple[str, ...] = ()
    """Labels that every alert must have."""
    required_annotations: tuple[str, ...] = ()
    """Annotations that every alert must have, those that are made for it included."""
    severities: tuple[str, ...] = ("critical", "warning", "info", "none")
    """The severities that an alert may have."""
    sources: tuple[str, ...] = ()
    """Folders and files of the application's Python code, in which it is looked for where metrics are recorded."""
    conformance: str | None = None
    """The report of `mac conform --report` that the docs take examples from, relative to the root."""


_Fault = tuple[tuple[str | int, ...], str]
"""The path to the wrong value below the key, and what is wrong with it."""


def _folder(value: object) -> _Fault | None:
    if not isinstance(value, str):
        return (), f"must be a folder's name as a string, not {_toml_type(value)}"
    parts = value.split("/")
    if any(part in ("", ".", "..") for part in parts) or "\\" in value or not value.isprintable():
        return (), "must be a folder inside of the project, such as `build`"
    return None


def _report(value: object) -> _Fault | None:
    if value is False:
        return None
    if not isinstance(value, str):
        return (), f"must be a file's name as a string, not {_toml_type(value)}"
    return ((), "must be a file inside of the project, such as `conformance.json`") if _folder(value) else None


def _sources(value: object) -> _Fault | None:
    fault = _names(value)
    if fault is not None or not isinstance(value, list):
        return fault
    wrong = next((index for index, item in enumerate(value) if item != "." and _folder(item)), None)
    return None if wrong is None else ((wrong,), "must hold folders or files inside of the project, such as `app`")


def _package(value: object) -> _Fault | None:
    from keyword import iskeyword

    if not isinstance(value, str):
        return (), f"must be a folder's name as a string, not {_toml_type(value)}"
    if not value.isidentifier() or iskeyword(value):
        return (), f"must be a name that Python can import, but `{value}` is none"
    return None


# Older ones refuse keys that everything has which is emitted, and nobody has tried them.
OLDEST_PROMETHEUS = "2.42"
OLDEST_ALERTMANAGER = "0.25"


def _prometheus(value: object) -> _Fault | None:
    return _version(value) or _too_old(value, OLDEST_PROMETHEUS, "Prometheus")


def _alertmanager(value: object) -> _Fault | None:
    return _version(value) or _too_old(value, OLDEST_ALERTMANAGER, "Alertmanager")


def _too_old(value: object, oldest: str, program: str) -> _Fault | None:
    numbers = [tuple(map(int, text.split(".")[:2])) for text in (str(value), oldest)]
    return ((), f"must be at least `{oldest}`: what is made here runs on no older {program}") if numbers[0] < numbers[1] else None


def _version(value: object) -> _Fault | None:
    if not isinstance(value, str):
        return (), f"must be a version as a string, such as `2.42`, not {_toml_type(value)}"
    if not re.fullmatch(r"[0-9]{1,6}\.[0-9]{1,6}(\.[0-9]{1,6})?", value):
        return (), "must be a version such as `2.42` or `3.5.1`"
    return None


GRAFANA_VERSIONS = ("11", "12", "13")
GRAFANA_RESOURCES = ("v1", "v2")


def _grafana(value: object) -> _Fault | None:
    if value in GRAFANA_VERSIONS:
        return None
    return (), 'must be `"11"`, `"12"` or `"13"`, the Grafana for which dashboards are made'


def _resources(value: object) -> _Fault | None:
    fault = _names(value)
    if fault is not None or not isinstance(value, list):
        return fault
    for index, item in enumerate(value):
        if item not in GRAFANA_RESOURCES:
            return (index,), f'must hold `"v1"` or `"v2"`, but not `{item}`'
    return None


def _kubernetes(value: object) -> _Fault | None:
    from monitoring_as_code.config.kubernetes import kubernetes_fault

    return kubernetes_fault(value)


def _names(value: object) -> _Fault | None:
    if not isinstance(value, list):
        return (), f"must be a list of strings, not {_toml_type(value)}"
    for index, item in enumerate(value):
        if not isinstance(item, str):
            return (index,), f"must hold strings, not {_toml_type(item)}"
    return None


def _labels(value: object) -> _Fault | None:
    fault = _names(value)
    if fault is not None or not isinstance(value, list):
        return fault
    for index, item in enumerate(value):
        if not re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_]*", item):
            return (index,), f"must hold names of labels, but `{item}` is none"
    return None


# The folders of a tree: build/docs would look like the docs, and is a tree of its own.
_FOLDERS_OF_A_TREE = frozenset({"alertmanager", "compose", "docs", "grafana", "kubernetes", "prometheus"})


def _environments(value: object) -> _Fault | None:
    from keyword import iskeyword

    fault = _names(value)
    if fault is not None or not isinstance(value, list):
        return fault
    for index, item in enumerate(value):
        if not re.fullmatch(r"[a-z][a-z0-9_]*", item) or iskeyword(item):
            return (index,), f"must hold names of lower-case letters, digits and `_`, as `by_env` takes them, but `{item}` is none"
        if item in _FOLDERS_OF_A_TREE:
            return (index,), f"must not hold `{item}`, which is what a folder of artifacts is called"
        if item in value[:index]:
            return (index,), f"holds `{item}` twice"
    return None


def _some_names(value: object) -> _Fault | None:
    return _names(value) or (None if value else ((), "must not be empty"))


def _at_least_one(value: object) -> _Fault | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return (), f"must be a number, not {_toml_type(value)}"
    return None if 1 <= value < float("inf") else ((), f"must be at least 1, not {value}")


def _series(value: object) -> _Fault | None:
    if isinstance(value, bool) or not isinstance(value, int):
        return (), f"must be a number of series, not {_toml_type(value)}"
    return None if value >= 1 else ((), f"must be at least 1, not {value}")


def _severities(value: object) -> _Fault | None:
    if not isinstance(value, dict):
        return (), f"must be a table of rules, not {_toml_type(value)}"
    for rule, severity in value.items():
        if severity not in list(Severity):
            return (rule,), 'must say `"error"` or `"warning"` of each rule'
    return None


_KEYS: Mapping[str, Callable[[object], _Fault | None]] = {
    "definitions": _package,
    "build": _folder,
    "environments": _environments,
    "disable": _names,
    "severity": _severities,
    "prometheus-version": _prometheus,
    "alertmanager-version": _alertmanager,
    "grafana-version": _grafana,
    "grafana-resources": _resources,
    "kubernetes": _kubernetes,
    "promql-features": _names,
    "enable": _names,
    "window-scrapes": _at_least_one,
    "panel-series": _series,
    "rule-series": _series,
    "required-labels": _labels,
    "required-annotations": _labels,
    "severities": _some_names,
    "sources": _sources,
    "conformance": _report,
}
"""Every key with its check. A new key is one line here and one field of `Config`, where hyphens are underscores."""

# Loading a TOML parser costs more than most builds; without such a line there is nothing in it for us.
_MENTIONED = re.compile(rb"""^[ \t]*\[*[ \t]*["']?tool["']?[ \t]*(?:\.[ \t]*["']?mac\b|[\]=])""", re.MULTILINE)


def find_root(start: str | os.PathLike[str]) -> str | None:
    """The nearest folder, from `start` upwards, that holds definitions/ or a pyproject.toml with `[tool.mac]`."""
    folder = os.path.abspath(start)
    while True:
        if os.path.isdir(os.path.join(folder, "definitions")) or _mentioned(_content(folder)):
            return folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return None
        folder = parent


def read_config(root: str | os.PathLike[str]) -> tuple[Config, tuple[Diagnostic, ...]]:
    """The configuration of a project, and what is wrong with it; a wrong value is the default then."""
    root = os.fspath(root)
    data = _content(root)
    if not _mentioned(data):
        return Config(), ()
    import tomllib

    path = os.path.join(os.path.abspath(root), FILE)
    try:
        text = data.decode("utf-8-sig")
        read = tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        from monitoring_as_code.config.toml import broken

        message, location = broken(data, error, path)
        return Config(), (Diagnostic(RULE, Severity.ERROR, message, location),)
    tool = read.get("tool")
    table = tool.get("mac", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        place = _places(text, path)((), ("tool", "mac"))
        return Config(), (Diagnostic(RULE, Severity.ERROR, f"`tool.mac` must be a table, not {_toml_type(table)}", place),)
    return _checked(table, text, path)


def value_fault(key: str, value: object) -> str | None:
    """What is wrong with the value of a key of `[tool.mac]`, as the end of a sentence; None if nothing is.

    >>> value_fault("prometheus-version", "2.40")
    'must be at least `2.42`: what is made here runs on no older Prometheus'
    """
    fault = _KEYS[key](value)
    return None if fault is None else fault[1]


def unknown_names(
    config: Config,
    root: str | os.PathLike[str],
    rules: Collection[str],
    features: Collection[str] = (),
    indispensable: Callable[[str], bool] | None = None,
) -> tuple[Diagnostic, ...]:
    """A finding for each name of a rule or, if `features` are given, of a feature that the configuration uses and that does not exist.

    So there is for each rule that is to be off although it is `indispensable`.
    """
    wrong: list[tuple[tuple[str | int, ...], bool, str, str, Collection[str]]] = [
        *((("disable", index), False, "rule", name, rules) for index, name in enumerate(config.disable) if name not in rules),
        *((("enable", index), False, "rule", name, rules) for index, name in enumerate(config.enable) if name not in rules),
        *((("severity", name), True, "rule", name, rules) for name in config.severity if name not in rules),
        *(
            (("promql-features", index), False, "feature", name, features)
            for index, name in enumerate(config.promql_features)
            if name not in features and features
        ),
    ]
    kept = [
        (index, name) for index, name in enumerate(config.disable) if indispensable is not None and name in rules and indispensable(name)
    ]
    if not wrong and not kept:
        return ()
    from monitoring_as_code.diagnostics.nearest import did_you_mean

    path = os.path.join(os.path.abspath(root), FILE)
    place = _places(_content(os.fspath(root)).decode("utf-8-sig", errors="replace"), path)
    found = [
        Diagnostic(RULE, Severity.ERROR, f"there is no {what} `{name}`", place(at, key=of_key), did_you_mean(name, known))
        for at, of_key, what, name, known in wrong
    ]
    why = "what it finds makes artifacts that are wrong, or none"
    found += [Diagnostic(RULE, Severity.ERROR, f"`{name}` cannot be turned off: {why}", place(("disable", index))) for index, name in kept]
    return tuple(found)


def place_of(root: str | os.PathLike[str], *at: str | int, key: bool = False) -> Location:
    """Where a value of `[tool.mac]` stands in the project's file, or its key."""
    path = os.path.join(os.path.abspath(root), FILE)
    return _places(_content(os.fspath(root)).decode("utf-8-sig", errors="replace"), path)(at, key=key)


def _checked(table: Mapping[str, object], text: str, path: str) -> tuple[Config, tuple[Diagnostic, ...]]:
    problems: list[Diagnostic] = []
    good: dict[str, object] = {}
    for key, value in table.items():
        check = _KEYS.get(key)
        if check is None:
            from monitoring_as_code.diagnostics.nearest import did_you_mean, listed

            known = did_you_mean(key, _KEYS) or f"there are {listed(_KEYS, 'and')}"
            problems.append(
                Diagnostic(RULE, Severity.ERROR, f"`[tool.mac]` has no key `{key}`", _places(text, path)((key,), key=True), known)
            )
        elif fault := check(value):
            at, message = fault
            problems.append(Diagnostic(RULE, Severity.ERROR, f"`{key}` {message}", _places(text, path)((key, *at))))
        else:
            good[key] = value
    fields = {key.replace("-", "_"): tuple(value) if isinstance(value, list) else value for key, value in good.items()}
    severity = good.get("severity")
    if isinstance(severity, dict):
        fields["severity"] = {rule: Severity(value) for rule, value in severity.items()}
    if "kubernetes" in good:
        from monitoring_as_code.config.kubernetes import kubernetes_of

        fields["kubernetes"] = kubernetes_of(good["kubernetes"])
    if fields.get("conformance") is False:
        fields["conformance"] = None
    if "environments" in table:
        fields.setdefault("environments", None)
    default = Config()
    config = default._replace(**fields)  # type: ignore[arg-type]  # each was checked to be what its field wants
    if config.build.partition("/")[0] == config.definitions:
        message = f"`build` must not be in `{config.definitions}`, which holds the definitions"
        problems.append(
            Diagnostic(RULE, Severity.ERROR, message, _places(text, path)(("build",) if "build" in table else ("definitions",)))
        )
        config = config._replace(build=default.build, definitions=default.definitions)
    if config.grafana_resources and config.grafana_version == "11":
        message = "`grafana-resources` needs Grafana 12 or newer: 11 takes classic dashboards only"
        place = _places(text, path)(("grafana-resources",))
        problems.append(Diagnostic(RULE, Severity.ERROR, message, place))
        config = config._replace(grafana_resources=())
    return config, tuple(problems)


def _content(root: str) -> bytes:
    try:
        with open(os.path.join(root, FILE), "rb") as file:
            return file.read()
    except OSError:
        return b""


def _mentioned(data: bytes) -> bool:
    return _MENTIONED.search(data) is not None


class _Places:
    """Finds values of `[tool.mac]` in its file."""

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self.spans: Spans | None = None

    def __call__(self, at: tuple[str | int, ...], prefix: tuple[str, ...] = ("tool", "mac"), *, key: bool = False) -> Location:
        from monitoring_as_code.config.toml import location, spans

        self.spans = spans(self.text) if self.spans is None else self.spans
        return location(self.text, self.path, self.spans, (*prefix, *at), key=key)


def _places(text: str, path: str) -> _Places:
    return _Places(text, path)


def _toml_type(value: object) -> str:
    names = {str: "a string", bool: "a boolean", int: "an integer", float: "a float", list: "a list", dict: "a table"}
    return names.get(type(value), "a date or time")

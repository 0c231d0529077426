"""A case is a pyproject.toml in which «» mark the place of its only finding, and what is said of it."""

from pathlib import Path

import pytest

from monitoring_as_code.config import _FOLDERS_OF_A_TREE, Config, find_root, read_config, unknown_names
from monitoring_as_code.diagnostics import Diagnostic, Severity
from monitoring_as_code.origin import Location

RULES = ["unknown-metric", "unused-metric", "rate-of-gauge", "syntax-error"]
FEATURES = ["experimental-functions"]
INDISPENSABLE = "syntax-error"

WRONG = [
    ('[tool.mac]\n«disalbe» = ["x"]\n', "`[tool.mac]` has no key `disalbe`", "did you mean `disable`?"),
    ('[tool.mac]\n«"k.y"» = 1\n', "`[tool.mac]` has no key `k.y`", None),
    ("[tool]\nmac = { build = «3» }\n", "`build` must be a folder's name as a string, not an integer", None),
    ('[tool.mac]\nbuild = «"../out"» # no\n', "`build` must be a folder inside of the project, such as `build`", None),
    ('[tool.mac]\nbuild = «"a\\u0007"»\n', "`build` must be a folder inside of the project, such as `build`", None),
    ('[tool.mac]\nbuild = «"/out"»\n', "`build` must be a folder inside of the project, such as `build`", None),
    ('[tool.mac]\nbuild = «"definitions/out"»\n', "`build` must not be in `definitions`, which holds the definitions", None),
    ('[tool.mac]\ndefinitions = «"my-defs"»\n', "`definitions` must be a name that Python can import, but `my-defs` is none", None),
    ('[tool.mac]\ndefinitions = «"class"»\n', "`definitions` must be a name that Python can import, but `class` is none", None),
    ('[tool.mac]\ndisable = «"rate-of-gauge"»\n', "`disable` must be a list of strings, not a string", None),
    ('[tool.mac]\ndisable = [\n  "rate-of-gauge", # so\n  «3»,\n]\n', "`disable` must hold strings, not an integer", None),
    ('tool.mac.severity.rate-of-gauge = «"info"»\n', '`severity` must say `"error"` or `"warning"` of each rule', None),
    ("[tool.mac]\nseverity = «[]»\n", "`severity` must be a table of rules, not a list", None),
    ("[tool.mac]\nprometheus-version = «3.5»\n", "`prometheus-version` must be a version as a string, such as `2.42`, not a float", None),
    (
        '[tool.mac]\nprometheus-version = «"2.9"»\n',
        "`prometheus-version` must be at least `2.42`: what is made here runs on no older Prometheus",
        None,
    ),
    (
        '[tool.mac]\nalertmanager-version = «"0.24.1"»\n',
        "`alertmanager-version` must be at least `0.25`: what is made here runs on no older Alertmanager",
        None,
    ),
    ('[tool.mac]\nalertmanager-version = «"new"»\n', "`alertmanager-version` must be a version such as `2.42` or `3.5.1`", None),
    ('[tool.mac]\nwindow-scrapes = «"4"»\n', "`window-scrapes` must be a number, not a string", None),
    ("[tool.mac]\nwindow-scrapes = «0.5»\n", "`window-scrapes` must be at least 1, not 0.5", None),
    ("[tool.mac]\nwindow-scrapes = «nan»\n", "`window-scrapes` must be at least 1, not nan", None),
    ("[tool.mac]\npanel-series = «2.5»\n", "`panel-series` must be a number of series, not a float", None),
    ("[tool.mac]\nrule-series = «0» # none\n", "`rule-series` must be at least 1, not 0", None),
    ('[tool.mac]\nrequired-labels = ["team", «"on-call"»]\n', "`required-labels` must hold names of labels, but `on-call` is none", None),
    ("[tool.mac]\nrequired-annotations = «true»\n", "`required-annotations` must be a list of strings, not a boolean", None),
    ('[tool.mac]\nsources = «"app"»\n', "`sources` must be a list of strings, not a string", None),
    (
        '[tool.mac]\nsources = ["app", ".", «"../app"»]\n',
        "`sources` must hold folders or files inside of the project, such as `app`",
        None,
    ),
    ("[tool.mac]\nconformance = «true»\n", "`conformance` must be a file's name as a string, not a boolean", None),
    (
        '[tool.mac]\nconformance = «"/seen.json"»\n',
        "`conformance` must be a file inside of the project, such as `conformance.json`",
        None,
    ),
    ("[tool.mac]\nseverities = «[]»\n", "`severities` must not be empty", None),
    ('[tool.mac]\nenvironments = «"local"»\n', "`environments` must be a list of strings, not a string", None),
    (
        '[tool.mac]\nenvironments = ["local", «"pre-prod"»]\n',
        "`environments` must hold names of lower-case letters, digits and `_`, as `by_env` takes them, but `pre-prod` is none",
        None,
    ),
    ('[tool.mac]\nenvironments = [«"class"»]\n', None, None),
    ('[tool.mac]\nenvironments = ["local", "a", «"local"»]\n', "`environments` holds `local` twice", None),
    (
        '[tool.mac]\nenvironments = [«"docs"»]\n',
        "`environments` must not hold `docs`, which is what a folder of artifacts is called",
        None,
    ),
    ('[tool.mac]\nenable = [«"vanishing-siries"»]\n', "there is no rule `vanishing-siries`", None),
    (
        '[tool.mac]\ndisable = [«"syntax-error"»]\n',
        "`syntax-error` cannot be turned off: what it finds makes artifacts that are wrong, or none",
        None,
    ),
    ('[tool.mac]\nx = """\n[tool.mac]\n"""\n', None, None),
    ('tool = { mac = «"no"» }\n', "`tool.mac` must be a table, not a string", None),
    ('[tool.mac]\ndisable = ["unused-metric", «"rate-of-guage"»]\n', "there is no rule `rate-of-guage`", "did you mean `rate-of-gauge`?"),
    ('[tool.mac.severity]\nunused-metric = "error"\n«unknown-metrik» = "error"\n', "there is no rule `unknown-metrik`", None),
    ("[tool.mac]\npromql-features = [«'''x'''»]\n", "there is no feature `x`", None),
    ('[tool.mac]\nbuild = "x" «y»\n', "this is no TOML: expected newline or end of document after a statement", None),
    ("[tool.mac\nbuild = 1\n", None, None),
    ('[tool.mac]\nbuild = "a"\nbuild = "b"\n', None, None),
    ("[tool.mac]\nbuild = [", None, None),
    ('[tool.mac]\n"build', None, None),
    ("[tool.mac]\nx = " + "[" * 5000, None, None),
    ("[tool.mac]\nkubernetes = «1»\n", '`kubernetes` must be `true`, or a table such as `{ namespace = "monitoring" }`', None),
    ("[tool.mac.kubernetes]\nnamespace = «'On'»\n", None, None),
    ("[tool.mac.kubernetes]\nnamspace = «'on'»\n", None, None),
    (
        "[tool.mac.kubernetes]\nlabels = { release = «1» }\n",
        "`kubernetes` must hold labels of Kubernetes, but `release` is none: at most 63 letters, digits, `-`, `_` and `.`, as strings",
        None,
    ),
    ("[tool.mac.kubernetes]\nalertmanager = «'none'»\n", '`kubernetes` must say `"resource"` or `"secret"` of `alertmanager`', None),
    (
        "[tool.mac.kubernetes.ports]\nshop = «'8080'»\n",
        "`kubernetes` must hold names of ports: at most 15 small letters, digits and hyphens, such as `http-metrics`",
        None,
    ),
    ("[tool.mac.kubernetes]\nsecret = «'a b'»\n", None, None),
    ("[tool.mac.kubernetes]\nfolder-annotation = «'a b'»\n", None, None),
    (
        "[tool.mac]\ngrafana-version = «13»\n",
        '`grafana-version` must be `"11"`, `"12"` or `"13"`, the Grafana for which dashboards are made',
        None,
    ),
    (
        '[tool.mac]\ngrafana-version = «"13.2"»\n',
        '`grafana-version` must be `"11"`, `"12"` or `"13"`, the Grafana for which dashboards are made',
        None,
    ),
    ('[tool.mac]\ngrafana-resources = ["v1", «"v3"»]\n', '`grafana-resources` must hold `"v1"` or `"v2"`, but not `v3`', None),
    ('[tool.mac]\ngrafana-resources = «"v1"»\n', "`grafana-resources` must be a list of strings, not a string", None),
    (
        '[tool.mac]\ngrafana-version = "11"\ngrafana-resources = «["v2"]»\n',
        "`grafana-resources` needs Grafana 12 or newer: 11 takes classic dashboards only",
        None,
    ),
]


def project(folder: Path, content: str | bytes) -> Path:
    data = content if isinstance(content, bytes) else content.replace("«", "").replace("»", "").encode()
    (folder / "pyproject.toml").write_bytes(data)
    return folder


def problems(root: Path) -> tuple[Diagnostic, ...]:
    config, found = read_config(root)
    return found + unknown_names(config, root, RULES, FEATURES, INDISPENSABLE.__eq__)


@pytest.mark.parametrize("content, message, advice", WRONG, ids=[each[0][:60] for each in WRONG])
def test_a_mistake_is_told_where_it_stands(content: str, message: str | None, advice: str | None, tmp_path: Path) -> None:
    (found,) = problems(project(tmp_path, content))
    assert (found.rule, found.severity) == ("configuration", Severity.ERROR)
    assert isinstance(found.place, Location)
    assert found.place.path == str(tmp_path / "pyproject.toml")
    if message is None:
        return
    assert found.message == message
    if advice is not None:
        assert found.help == advice
    before, _, rest = content.partition("«")
    meant = rest.partition("»")[0]
    start = (before.count("\n") + 1, len(before) - before.rfind("\n"))
    assert (found.place.line, found.place.column) == start
    assert found.place.end_column - found.place.column == len(meant)


def test_a_file_that_is_not_utf_8_is_told_at_the_byte(tmp_path: Path) -> None:
    (found,) = problems(project(tmp_path, '[tool.mac]\nbuild = "é\xff"\n'.encode("latin-1")))
    assert found.place == Location(str(tmp_path / "pyproject.toml"), 2, 10, 2, 11)


def test_one_run_tells_all_mistakes(tmp_path: Path) -> None:
    assert len(problems(project(tmp_path, '[tool.mac]\nx = 1\nbuild = 1\ndisable = ["no", "nor"]\nseverity.neither = "error"\n'))) == 5


def test_a_wrong_value_leaves_the_default_and_the_others(tmp_path: Path) -> None:
    config, _ = read_config(project(tmp_path, '[tool.mac]\nbuild = 3\ndisable = ["unused-metric"]\n'))
    assert config == Config(disable=("unused-metric",))


def test_every_key_reaches_the_configuration(tmp_path: Path) -> None:
    content = """
[tool.mac]
definitions = "monitoring"
build = "out/monitoring"
disable = ["unused-metric"]
prometheus-version = "3.5"
alertmanager-version = "0.28.1"
grafana-version = "12"
grafana-resources = ["v1", "v2"]
promql-features = ["experimental-functions"]
enable = ["rate-of-gauge"]
window-scrapes = 2.5
panel-series = 50
rule-series = 500
required-labels = ["team"]
required-annotations = ["summary", "runbook_url"]
severities = ["critical", "warning"]
[tool.mac.severity]
rate-of-gauge = "warning"
"""
    wanted = Config(
        definitions="monitoring",
        build="out/monitoring",
        disable=("unused-metric",),
        severity={"rate-of-gauge": Severity.WARNING},
        prometheus_version="3.5",
        alertmanager_version="0.28.1",
        grafana_version="12",
        grafana_resources=("v1", "v2"),
        promql_features=("experimental-functions",),
        enable=("rate-of-gauge",),
        window_scrapes=2.5,
        panel_series=50,
        rule_series=500,
        required_labels=("team",),
        required_annotations=("summary", "runbook_url"),
        severities=("critical", "warning"),
    )
    root = project(tmp_path, content)
    assert read_config(root) == (wanted, ())
    assert problems(root) == ()


@pytest.mark.parametrize(
    "content", ["", "[project]\nname = 'mac'\n", "[tool.other]\nmac = 1\n", "[tool.machine]\nx = 1\n", "[tool]\nx = 1\n", "broken = ["]
)
def test_a_project_without_a_word_has_the_defaults(content: str, tmp_path: Path) -> None:
    assert read_config(project(tmp_path, content)) == (Config(), ())


def test_a_project_without_the_file_has_the_defaults(tmp_path: Path) -> None:
    assert read_config(tmp_path) == (Config(), ())


def test_the_root_is_the_nearest_folder_with_definitions_or_a_word(tmp_path: Path) -> None:
    inner = tmp_path / "a" / "definitions" / "x"
    inner.mkdir(parents=True)
    assert find_root(inner) == str(tmp_path / "a")
    project(tmp_path / "a" / "definitions", "[tool.mac]\n")
    assert find_root(inner) == str(tmp_path / "a" / "definitions")
    assert find_root(tmp_path / "a") == str(tmp_path / "a")


def test_without_either_there_is_no_root(tmp_path: Path) -> None:
    project(tmp_path, "[project]\nname = 'x'\n")
    assert find_root(tmp_path) is None


def test_no_environment_is_called_like_a_folder_of_artifacts(root: Path) -> None:
    trees = [root / "build", *(root / "tests" / "targets").glob("*/expected")]
    if environments := read_config(root)[0].environments:
        trees[:1] = [root / "build" / each for each in environments]
    folders = {each.name for tree in trees for each in tree.iterdir() if each.is_dir()}
    assert folders <= _FOLDERS_OF_A_TREE
    assert len(folders) > 1


@pytest.mark.parametrize(("said", "environments"), [("[]", ()), ('["local"]', ("local",)), ('["b", "a"]', ("b", "a")), ("3", None)])
def test_environments_keep_their_order_and_are_unknown_if_what_is_said_is_wrong(
    tmp_path: Path, said: str, environments: tuple[str, ...] | None
) -> None:
    (tmp_path / "pyproject.toml").write_text(f"[tool.mac]\nenvironments = {said}\n")
    assert read_config(tmp_path)[0].environments == environments

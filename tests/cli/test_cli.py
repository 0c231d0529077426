"""What the command prints, where, and with which exit code; run as users run it."""

import importlib
import inspect
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

DEFINITIONS = """\
from monitoring_as_code import Alert, Counter, Receiver, Routing, Runbook, Slack

orders = Counter(name="orders_total", help="Orders taken.")
no_orders = Alert(
    name="NoOrders",
    expr=orders.rate("10m").sum() < 0.1,
    for_="15m",
    severity="warning",
    summary="Orders have stopped",
    runbook=Runbook(meaning="Nobody can order.", check=("Look at the shop.",)),
)
routing = Routing(receiver=Receiver(name="shop", integrations=(Slack(channel="#shop"),)))
"""
UNUSED = 'jobs = Counter(name="jobs_total", help="Jobs done — all of them.")\n'

Done = subprocess.CompletedProcess[str]


class Mac:
    """Runs the command in a project."""

    def __init__(self, root: Path, project: Path) -> None:
        self.root = root
        self.project = project
        self.environment = {
            **{name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")},
            "PYTHONPATH": str(root),
        }

    def __call__(self, *arguments: str, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Done:
        return subprocess.run(
            [sys.executable, "-m", "monitoring_as_code", *arguments],
            cwd=cwd or self.project,
            env=self.environment | dict(env or {}),
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )

    def define(self, text: str, name: str = "shop.py") -> None:
        folder = self.project / "definitions"
        folder.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")


@pytest.fixture
def mac(root: Path, tmp_path: Path) -> Mac:
    project = tmp_path / "project"
    project.mkdir()
    made = Mac(root, project)
    made.define(DEFINITIONS)
    return made


def test_build_says_what_it_changed_on_stderr_and_lint_then_has_no_findings(mac: Mac) -> None:
    first = mac("build")
    assert (first.returncode, first.stdout) == (0, "")
    assert "  + prometheus/rules/shop.yml\n" in first.stderr
    written = re.search(r"^(\d+) written, 0 removed, 0 unchanged$", first.stderr, re.MULTILINE)
    assert written is not None
    again = mac("build")
    assert (again.returncode, again.stdout, again.stderr) == (0, "", f"0 written, 0 removed, {written[1]} unchanged\n")
    assert mac("build", "-q").stderr == ""
    lint = mac("lint")
    assert (lint.returncode, lint.stdout, lint.stderr) == (0, "no findings\n", "")


def test_a_changed_definition_is_stale_until_it_is_built(mac: Mac) -> None:
    mac("build")
    assert mac("build", "--check").returncode == 0
    mac.define(DEFINITIONS.replace("0.1", "0.2"))
    check = mac("build", "--check")
    assert check.returncode == 1
    assert (
        "error[stale-artifact]: `prometheus/rules/shop.yml` was built from other definitions\n --> build/prometheus/rules/shop.yml:"
        in check.stdout
    )
    assert "stale-artifact" in mac("lint").stdout
    before = sorted((path, path.read_bytes()) for path in mac.project.rglob("build/**/*") if path.is_file())
    assert mac("build", "--check").returncode == 1
    assert sorted((path, path.read_bytes()) for path in mac.project.rglob("build/**/*") if path.is_file()) == before
    assert mac("build").returncode == 0
    assert mac("build", "--check").returncode == 0
    assert mac("lint").returncode == 0


def test_with_an_error_nothing_is_written(mac: Mac) -> None:
    mac.define(DEFINITIONS.replace("orders.rate", "orders.rat"))
    done = mac("build")
    assert done.returncode == 1
    assert "error[definition-error]" in done.stdout
    assert " --> definitions/shop.py:6:" in done.stdout
    assert done.stderr.endswith("nothing was written\n")
    assert not (mac.project / "build").exists()
    assert mac("build", "--check").returncode == 1


def test_a_warning_is_shown_and_the_build_is_written(mac: Mac) -> None:
    (mac.project / "pyproject.toml").write_text('[tool.mac]\nseverity = { unused-metric = "warning" }\n')
    mac.define(UNUSED.join((DEFINITIONS, "")))
    done = mac("build")
    assert done.returncode == 0
    assert "warning[unused-metric]" in done.stdout
    assert (mac.project / "build/manifest.json").exists()
    assert mac("lint").returncode == 1, "a warning is a finding"


def test_a_rule_can_be_turned_off_the_one_about_build_too(mac: Mac) -> None:
    assert "stale-artifact" in mac("lint").stdout
    (mac.project / "pyproject.toml").write_text('[tool.mac]\ndisable = ["stale-artifact"]\n')
    assert mac("lint").returncode == 0


def test_findings_are_in_every_form_and_the_prints_of_definitions_stay_out(mac: Mac) -> None:
    mac.define(DEFINITIONS + UNUSED + 'print("{not json")\n')
    for form in ("json", "sarif"):
        done = mac("lint", "--format", form)
        assert done.returncode == 1
        assert "unused-metric" in json.dumps(json.loads(done.stdout))
        assert "{not json" in done.stderr
    github = mac("lint", "--format", "github")
    assert "::error file=definitions/shop.py,line=13," in github.stdout or "::warning file=definitions/shop.py,line=13," in github.stdout


def test_paths_are_relative_to_where_the_command_was_started(mac: Mac) -> None:
    mac.define(DEFINITIONS + UNUSED)
    for arguments, cwd, shown in [
        (["lint"], mac.project, "--> definitions/shop.py:"),
        (["lint"], mac.project / "definitions", "--> definitions/shop.py:"),
        (["-C", "project", "lint"], mac.project.parent, "--> project/definitions/shop.py:"),
    ]:
        assert shown in mac(*arguments, cwd=cwd).stdout


@pytest.mark.parametrize("arguments", [("lint",), ("build",), ("build", "--check"), ("list",)])
def test_without_a_project_it_could_not_run_and_shows_how_to_start_one(mac: Mac, tmp_path: Path, arguments: tuple[str, ...]) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    done = mac(*arguments, cwd=empty)
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is no project in " in done.stderr
    assert 'orders = Counter(name="orders_total", help="Orders taken.")' in done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("-C", "missing", "lint"), "there is no folder `missing`"),
        (("biuld",), "there is no command `biuld`: did you mean `build`?"),
        (("lint", "--format", "xml"), "'xml'"),
        (("lint", "--fromat", "json"), "--fromat"),
        (("explain", "rate-of-guage"), "there is no rule `rate-of-guage`: did you mean `rate-of-gauge`"),
        (("list", "panels"), "'panels'"),
        (("completion", "tcsh"), "'tcsh'"),
        ((), "Commands:"),
    ],
)
def test_wrong_usage_could_not_run(mac: Mac, arguments: tuple[str, ...], said: str) -> None:
    done = mac(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["build", "lint", "explain", "list", "completion"])
def test_help_has_an_example_and_the_exit_codes(mac: Mac, command: str) -> None:
    done = mac(command, "--help")
    assert done.returncode == 0
    assert f"mac {command}" in done.stdout.partition("Options:")[0].replace("Usage: mac", "")
    assert "Exit codes:\n    0    fine\n" in done.stdout
    assert f"  {command} " in mac("--help").stdout


def test_explain_prints_pages_and_lists_every_rule(mac: Mac) -> None:
    page = mac("explain", "rate-of-gauge")
    assert page.returncode == 0
    assert page.stdout == (mac.root / "docs/rules/rate-of-gauge.md").read_text()
    listed = mac("explain").stdout.splitlines()
    rules = [path.stem.replace("_", "-") for path in (mac.root / "monitoring_as_code/lint/rules").rglob("[!_]*.py")]
    assert [line.split()[0] for line in listed] == sorted(rules)


def test_list_says_where_and_by_what(mac: Mac) -> None:
    done = mac("list")
    assert done.returncode == 0
    assert "  orders_total  counter  definitions/shop.py:3  alert NoOrders\n" in done.stdout
    assert "  NoOrders  warning, for 15m  definitions/shop.py:4\n" in done.stdout
    assert "  shop  slack  definitions/shop.py:12  alert NoOrders\n" in done.stdout
    (metric,) = json.loads(mac("list", "metrics", "--format", "json").stdout)
    assert metric == {
        "kind": "counter",
        "name": "orders_total",
        "what": "counter",
        "path": "definitions/shop.py",
        "line": 3,
        "used_by": ["alert NoOrders"],
    }


def test_list_shows_what_could_be_loaded_and_says_that_it_is_not_all(mac: Mac) -> None:
    mac.define("1 / 0\n", "broken.py")
    done = mac("list", "metrics")
    assert done.returncode == 1
    assert "orders_total" in done.stdout
    assert "this is not all" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "environment", "coloured"),
    [
        ((), {}, False),
        ((), {"FORCE_COLOR": "1"}, True),
        ((), {"FORCE_COLOR": "0"}, False),
        ((), {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ((), {"FORCE_COLOR": "1", "NO_COLOR": ""}, True),
        (("--color", "always"), {"NO_COLOR": "1"}, True),
        (("--color", "never"), {"FORCE_COLOR": "1"}, False),
    ],
)
def test_colours_are_for_terminals_unless_asked_for(
    mac: Mac, arguments: tuple[str, ...], environment: dict[str, str], coloured: bool
) -> None:
    mac.define(DEFINITIONS + UNUSED)
    assert ("\x1b[" in mac(*arguments, "lint", env=environment).stdout) is coloured
    assert "\x1b[" not in mac(*arguments, "lint", "--format", "json", env=environment).stdout


@pytest.mark.parametrize(("environment", "coloured"), [({}, True), ({"NO_COLOR": "1"}, False), ({"TERM": "dumb"}, False)])
def test_on_a_terminal_findings_are_coloured(mac: Mac, environment: dict[str, str], coloured: bool) -> None:
    mac.define(DEFINITIONS + UNUSED)
    ours, theirs = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "monitoring_as_code", "lint"],
        cwd=mac.project,
        env=mac.environment | {"TERM": "xterm"} | environment,
        stdout=theirs,
        stderr=subprocess.DEVNULL,
    )
    os.close(theirs)
    shown = b""
    try:
        while some := os.read(ours, 65536):
            shown += some
    except OSError:
        pass  # the end of a terminal
    assert process.wait() == 1
    os.close(ours)
    assert (b"\x1b[" in shown) is coloured


def test_what_an_encoding_cannot_hold_is_escaped(mac: Mac) -> None:
    mac.define(DEFINITIONS + UNUSED)
    done = mac("lint", env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 1
    assert "\\u2014 all of them" in done.stdout
    assert json.loads(mac("lint", "--format", "json", env={"PYTHONIOENCODING": "ascii"}).stdout)


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_leaves_early_is_no_error_and_changes_no_exit_code(mac: Mac, unbuffered: str) -> None:
    mac.define("from monitoring_as_code import Gauge\n" + "".join(f'g{n} = Gauge(name="g{n}", help="")\n' for n in range(3000)))
    command = f'"{sys.executable}" -m monitoring_as_code list | head -n 1; exit ${{PIPESTATUS[0]}}'
    done = subprocess.run(
        ["/bin/bash", "-c", command],
        cwd=mac.project,
        env=mac.environment | {"PYTHONUNBUFFERED": unbuffered},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode, done.stderr, done.stdout) == (0, "", "metrics (3000)\n")


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_closed_streams_are_no_error(mac: Mac, closed: str) -> None:
    command = f'"{sys.executable}" -m monitoring_as_code build {closed}'
    done = subprocess.run(
        ["/bin/sh", "-c", command], cwd=mac.project, env=mac.environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0
    assert (mac.project / "build/manifest.json").exists()


@pytest.mark.parametrize("arguments", ["lint", "list", "explain", "explain rate-of-gauge", "--help", "--version", "completion bash"])
def test_an_output_that_cannot_be_written_is_no_mistake_of_ours(mac: Mac, arguments: str) -> None:
    mac.define(DEFINITIONS + UNUSED)
    command = f'"{sys.executable}" -m monitoring_as_code {arguments} > /dev/full'
    done = subprocess.run(
        ["/bin/sh", "-c", command], cwd=mac.project, env=mac.environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (2, "mac: the output cannot be written: No space left on device\n")


@pytest.mark.parametrize("harm", ["sys.stdout.close()", "sys.stderr.close()", "sys.stdout = None", "sys.stderr = sys.stdout = None"])
def test_definitions_cannot_take_the_streams_away(mac: Mac, harm: str) -> None:
    mac.define(f'{DEFINITIONS}{UNUSED}import sys\nprint("printed")\n{harm}\n')
    done = mac("lint")
    assert (done.returncode, done.stderr) == (1, "printed\n")
    assert "unused-metric" in done.stdout
    assert mac("build").stderr.endswith("unchanged\n")


def test_ctrl_c_ends_it_without_a_traceback(mac: Mac) -> None:
    mac.define(DEFINITIONS + 'import time\nopen("started", "w").close()\ntime.sleep(60)\n')
    process = subprocess.Popen(
        [sys.executable, "-m", "monitoring_as_code", "lint"],
        cwd=mac.project,
        env=mac.environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + 60
    while not (mac.project / "started").exists() and time.monotonic() < until:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert out == ""
    assert "Traceback" not in said


def test_a_mistake_of_ours_says_so_and_shows_the_traceback(mac: Mac) -> None:
    program = "import sys; import monitoring_as_code.lint.runner as r; r.lint = lambda a: 1 / 0; sys.argv[1:] = ['lint']\n"
    done = subprocess.run(
        [sys.executable, "-c", program + "from monitoring_as_code.cli import main; main()"],
        cwd=mac.project,
        env=mac.environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 3
    assert done.stderr.startswith("mac: this is a mistake in mac, not in your definitions.")
    assert "ZeroDivisionError" in done.stderr


def test_a_build_folder_that_cannot_be_written_could_not_run(mac: Mac) -> None:
    (mac.project / "build").write_text("a file\n")
    done = mac("build")
    assert (done.returncode, done.stdout) == (2, "")
    assert "build` cannot be written: something else than a folder stands there" in done.stderr


def test_a_foreign_file_in_the_way_is_a_finding(mac: Mac) -> None:
    rules = mac.project / "build/prometheus/rules/shop.yml"
    rules.parent.mkdir(parents=True)
    rules.write_text("theirs\n")
    done = mac("build")
    assert done.returncode == 1
    assert "error[foreign-file]: `prometheus/rules/shop.yml`" in done.stdout
    assert " --> build/prometheus/rules/shop.yml:1:1\n" in done.stdout
    assert rules.read_text() == "theirs\n"
    assert not (mac.project / "build/manifest.json").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_prints_a_script_that_says_how_to_install_it(mac: Mac, shell: str) -> None:
    done = mac("completion", shell, env={"PATH": "/nonexistent"})
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("# To have it in every shell, ")
    assert f"_MAC_COMPLETE={shell}_complete" in done.stdout


def test_completion_knows_commands_options_kinds_and_rules(mac: Mac) -> None:
    def completed(*words: str) -> list[str]:
        line = {"COMP_WORDS": " ".join(("mac", *words)), "COMP_CWORD": str(len(words)), "_MAC_COMPLETE": "bash_complete"}
        return [each.partition(",")[2] for each in mac(env=line).stdout.splitlines()]

    assert completed("l") == ["lint", "logs", "learn", "list"]
    assert completed("lint", "--f") == ["--fix", "--format"]
    assert completed("list", "m") == ["metrics"]
    assert "rate-of-gauge" in completed("explain", "rate")


def test_version_and_the_installed_command(mac: Mac) -> None:
    from monitoring_as_code.version import __version__

    assert mac("--version").stdout == f"mac {__version__}\n"
    script = Path(sys.executable).with_name("mac")
    if not script.exists():
        pytest.skip("`mac` is not installed beside this Python")
    done = subprocess.run([script, "--version"], capture_output=True, text=True, env=mac.environment, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (0, f"mac {__version__}\n")


NOT_AT_START = [
    *("pydantic", "yaml", "grafanalib", "json", "importlib.metadata", "subprocess", "difflib", "socket", "tomllib"),
    *("click", "dataclasses", "inspect", "hashlib", "typing_extensions"),
]


@pytest.mark.parametrize(
    ("arguments", "without"),
    [
        (["--version"], ["pydantic_core", "monitoring_as_code.model", "monitoring_as_code.analysis", "monitoring_as_code.lint"]),
        (["--help"], ["pydantic_core", "monitoring_as_code.model", "monitoring_as_code.analysis", "monitoring_as_code.lint"]),
        (["lint", "--help"], ["pydantic_core", "monitoring_as_code.model", "monitoring_as_code.analysis"]),
        (["explain", "rate-of-gauge"], ["pydantic_core", "monitoring_as_code.model", "monitoring_as_code.analysis", "re2"]),
        (["completion", "fish"], ["pydantic_core", "monitoring_as_code.model", "monitoring_as_code.analysis"]),
        (["lint"], NOT_AT_START),
        (["build"], NOT_AT_START),
    ],
    ids=" ".join,
)
def test_a_command_loads_only_what_it_needs(mac: Mac, arguments: list[str], without: list[str]) -> None:
    mac("build")
    program = (
        f"import sys; from monitoring_as_code.cli import run; code = run({arguments}); print(*sys.modules, file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=mac.project, env=mac.environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    loaded = done.stderr.split()
    assert "monitoring_as_code.cli.console" in loaded
    assert [name for name in without if name in loaded] == []


@pytest.mark.parametrize("name", ["build", "lint"])
def test_a_plain_command_is_the_one_that_is_parsed(name: str) -> None:
    """Without click, a command gets the defaults of its function; with click, those of its options."""
    command = importlib.import_module(f"monitoring_as_code.cli.{name}").command
    done = getattr(importlib.import_module(f"monitoring_as_code.cli.{name}ing"), name)
    defaults = {each.name: each.default for each in inspect.signature(done).parameters.values() if each.default is not each.empty}
    assert command.make_context(name, []).params == defaults

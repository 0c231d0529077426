"""Entrypoints find secrets and keep them: whole, for the program alone, and nowhere else."""

import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitoring_as_code import engines
from monitoring_as_code.passwords import weakness
from tests.compose.stacks import Shell, built, moved

STACK = """
stack = Stack(
    name="shop",
    jobs=(ScrapeJob(name="shop", targets=("shop:80",), username="me", password_file="/run/secrets/shop_password"),),
    prometheus=PrometheusServer(
        web=Web(certificate_file="/run/secrets/prometheus_certificate", key_file="/run/secrets/prometheus_key", users=("ann", "o'brian"))
    ),
)
"""
HASH = "$2y$10$abcdefghijklmnopqrstuuWq9K1v7T0b7gq6pOQ3yVtQ5bXJ8mZ3a"
HOSTILE = [
    "simple",
    "with blanks inside",
    "\"double\" and 'single'",
    "$HOME ${PATH} $(id) `id` $$ $",
    "back\\slash \\n \\t \\\\",
    "# no comment",
    "%s %d %n %%",
    "-n -e --help",
    "*?[a-z]{a,b}~",
    "several\nlines\n\nof it",
    "é ☃ 漢字 🔑",
    "!history & ; | < > ( )",
    "x" * 20_000,
]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Prometheus with every kind of secret, as it would be in its container."""
    folder = tmp_path_factory.mktemp("stack")
    built(folder, STACK)
    moved(folder / "build", folder)
    return folder


NEEDED = {
    "PROMETHEUS_CERTIFICATE": "certificate",
    "PROMETHEUS_KEY": "key",
    "PROMETHEUS_WEB_USERS": f"ann:{HASH}\no'brian:{HASH}",
    "PROMETHEUS_WEB_PASSWORD": "password",
    "SHOP_PASSWORD": "shop",
}


def entrypoint(folder: Path, service: str = "prometheus") -> Path:
    return folder / "build/compose" / service / "entrypoint.sh"


@pytest.mark.parametrize("value", HOSTILE, ids=range(len(HOSTILE)))
@pytest.mark.parametrize("way", ["variable", "file", "given"])
def test_a_secret_stays_whole_and_is_told_nobody(value: str, way: str, stack: Path, shell: Shell, tmp_path: Path) -> None:
    # Every tool says which arguments it gets, as a list of processes would.
    tools, log = tmp_path / "tools", tmp_path / "arguments"
    tools.mkdir()
    for name in ("cat", "rm", "chmod", "awk", "id", "sed", "tr", "ln", "printf"):
        script = f'#!/bin/sh\nPATH={shell.path}\necho "$0 $@" >>{log}\nexec {name} "$@"\n'
        (tools / name).write_text(script)
        (tools / name).chmod(0o755)
    spied = Shell(shell.command, f"{tools}:{shell.path}")
    variables = {name: text for name, text in NEEDED.items() if name != "SHOP_PASSWORD"}
    file = tmp_path / "file"
    if way == "variable":
        variables["SHOP_PASSWORD"] = f" {value}\n"
    else:
        file = stack / "run/given/shop_password" if way == "given" else file
        file.write_text(f"{value}\r\n", "utf-8", newline="")
        variables |= {"SHOP_PASSWORD_FILE": str(file)} if way == "file" else {"SHOP_PASSWORD": "another one"}
    try:
        ended = spied.run(entrypoint(stack), "env", "-0", variables=variables)
    finally:
        if way == "given":
            file.unlink()
    assert ended.returncode == 0, ended.stderr
    secret = stack / "run/secrets/shop_password"
    assert secret.read_text("utf-8") == value
    assert stat.S_IMODE(secret.stat().st_mode) == 0o400
    # BusyBox's shell is its tools, and starts none of those on the PATH; the script is the same.
    started = "" if "busybox" in shell.command[0] else log.read_text("utf-8")
    said = ended.stdout + ended.stderr + started
    assert value not in said
    for name in NEEDED:
        assert f"{name}=" not in ended.stdout
    assert "certificate" in (stack / "run/secrets/prometheus_certificate").read_text()


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("PROMETHEUS_KEY", "prometheus: `PROMETHEUS_KEY_FILE` is not set: the certificate's key of prometheus"),
        ("PROMETHEUS_WEB_USERS", "prometheus: `PROMETHEUS_WEB_USERS_FILE` is not set: who may ask prometheus: lines `user:hash`"),
        ("PROMETHEUS_WEB_PASSWORD", "prometheus: `PROMETHEUS_WEB_PASSWORD` is not set: the password of ann at prometheus"),
    ],
)
def test_a_server_does_not_start_without_what_protects_it(missing: str, said: str, stack: Path, shell: Shell) -> None:
    ended = shell.run(entrypoint(stack), "echo", "started", variables={name: text for name, text in NEEDED.items() if name != missing})
    assert (ended.returncode, ended.stdout) == (78, "")
    assert ended.stderr.startswith(said)


def test_a_target_that_cannot_be_logged_in_to_is_told_and_no_reason_to_stay_down(stack: Path, shell: Shell) -> None:
    ended = shell.run(entrypoint(stack), "echo", "started", variables={**NEEDED, "SHOP_PASSWORD": " \n"})
    assert (ended.returncode, ended.stdout) == (0, "started\n")
    assert ended.stderr == "prometheus: `SHOP_PASSWORD` is not set: Prometheus cannot log in at shop\n"


def test_a_file_that_is_named_and_is_not_there_is_said(stack: Path, shell: Shell, tmp_path: Path) -> None:
    ended = shell.run(entrypoint(stack), "true", variables={**NEEDED, "SHOP_PASSWORD_FILE": str(tmp_path / "none")})
    assert ended.returncode == 78
    assert f"{tmp_path}/none cannot be read by user" in ended.stderr


@pytest.mark.engines("promtool")
def test_promtool_accepts_the_users_of_a_web_page(stack: Path, shell: Shell, tmp_path: Path) -> None:
    certificate(tmp_path)
    users = f"# who may ask\n\nann:{HASH}\r\nsomebody-else:{HASH}\no'brian:{HASH}\n"
    variables = {**NEEDED, "PROMETHEUS_WEB_USERS": users}
    variables["PROMETHEUS_CERTIFICATE_FILE"], variables["PROMETHEUS_KEY_FILE"] = str(tmp_path / "cert.pem"), str(tmp_path / "key.pem")
    assert shell.run(entrypoint(stack), "true", variables=variables).returncode == 0
    web = stack / "run/mac/web.yml"
    assert "somebody-else" not in web.read_text("utf-8")
    answer = engines.require("promtool").run("check", "web-config", str(web))
    assert answer.code == 0, answer.output


@pytest.mark.parametrize(
    ("users", "said"),
    [
        ("ann:password\n", "line 1 is no `user:hash` with a hash of bcrypt"),
        (f"ann:{HASH}\n", "user `o'brian` has no line"),
        (f"ann{HASH}\n", "line 1 is no `user:hash`"),
    ],
)
def test_users_that_cannot_be_are_refused_without_being_shown(users: str, said: str, stack: Path, shell: Shell) -> None:
    ended = shell.run(entrypoint(stack), "true", variables={**NEEDED, "PROMETHEUS_WEB_USERS": users})
    assert ended.returncode == 78
    assert said in ended.stderr
    assert HASH not in ended.stderr
    assert "password\n" not in ended.stderr


def certificate(folder: Path) -> None:
    """A certificate of its own making."""
    import subprocess

    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=x",
            "-keyout",
            "key.pem",
            "-out",
            "cert.pem",
        ],
        cwd=folder,
        check=True,
        capture_output=True,
    )


@pytest.fixture(scope="module")
def grafana(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Grafana, as it would be in its container."""
    folder = tmp_path_factory.mktemp("grafana")
    built(folder, 'stack = Stack(name="shop")')
    moved(folder / "build", folder)
    return folder


WEAK = [
    "admin",
    "Password123!",
    "changeme",
    "grafana-admin-2026",
    "your_password_here",
    "123456789012",
    "aaaaaaaaaaaaaaaa",
    "tr0ub4dor",
    "correcthorsebatterystaple",
]
STRONG = ["veritable-oxide-27-mumbles", "k3Jx9_Lq2Wz$pT7", "é☃漢字-lampshade-quorum"]


@pytest.mark.parametrize("password", WEAK)
def test_a_weak_password_is_refused_in_production_and_told_elsewhere(password: str, grafana: Path, shell: Shell) -> None:
    script = entrypoint(grafana, "grafana")
    refused = shell.run(script, "echo", "started", variables={"GRAFANA_PASSWORD": password, "MAC_PRODUCTION": "1"})
    assert (refused.returncode, refused.stdout) == (78, "")
    assert refused.stderr == f"grafana: the administrator's password {weakness(password)}: choose another one\n"
    told = shell.run(script, "echo", "started", variables={"GRAFANA_PASSWORD": password})
    assert (told.returncode, told.stdout) == (0, "started\n")
    assert told.stderr == f"grafana: warning: the administrator's password {weakness(password)}\n"


@pytest.mark.parametrize("password", STRONG)
def test_a_good_password_is_taken_without_a_word(password: str, grafana: Path, shell: Shell) -> None:
    ended = shell.run(entrypoint(grafana, "grafana"), "echo", "started", variables={"GRAFANA_PASSWORD": password, "MAC_PRODUCTION": "1"})
    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "started\n", "")


def test_without_a_password_there_is_no_grafana(grafana: Path, shell: Shell) -> None:
    ended = shell.run(entrypoint(grafana, "grafana"), "echo", "started", variables={})
    assert (ended.returncode, ended.stdout) == (78, "")
    assert ended.stderr == "grafana: `GRAFANA_PASSWORD` is not set: the password of Grafana's admin, twelve characters at least\n"


@given(
    st.lists(
        st.one_of(
            st.sampled_from(["admin", "secret", "test", "1234", "abc", "2026", "-", "qwerty"]),
            st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=8),
        ),
        max_size=5,
    )
)
def test_the_entrypoint_thinks_of_a_password_what_mac_thinks(grafana: Path, parts: list[str]) -> None:
    password = "".join(parts)
    if not password:
        return
    file, words = grafana / "password", grafana / "build/compose/grafana/words"
    file.write_text(password)
    shell = Shell(("/bin/sh", "-c", f"awk -f {words.parent}/weak.awk -v shortest=12 {words} {file}"), "/usr/bin:/bin")
    ended = shell.run(file, variables={})
    assert (ended.stdout.rstrip("\n") or None) == weakness(password)


def test_node_exporter_sees_the_network_of_the_machine(tmp_path: Path, shell: Shell) -> None:
    built(tmp_path, 'stack = Stack(name="shop", jobs=(ScrapeJob(name="node", targets=("node-exporter:9100",)),))')
    moved(tmp_path / "build", tmp_path)
    for path in ("stat", "net/dev", "1/net/dev", "7/stat", "1/mountinfo"):
        (tmp_path / "host/proc" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "host/proc" / path).write_text(path)
    ended = shell.run(
        entrypoint(tmp_path, "node-exporter"),
        "cat",
        *(f"{tmp_path}/run/mac/proc/{each}" for each in ("net/dev", "stat", "1/mountinfo")),
        variables={},
    )
    assert ended.stdout == "1/net/dev" + "stat" + "1/mountinfo"
    assert not (tmp_path / "run/mac/proc/7").exists()

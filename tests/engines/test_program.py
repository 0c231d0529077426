"""A program is found where it is said to be, and its absence is said with what to install."""

import sys
from pathlib import Path

import pytest

from monitoring_as_code.engines import Engine, EngineFailed, EngineTimeout, MissingEngine, find, missing, require
from monitoring_as_code.engines.program import EngineName

NAMES: list[EngineName] = ["promtool", "prometheus", "amtool", "alertmanager"]


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without the programs: an empty PATH, nothing beside Python, nothing said."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(sys, "executable", str(tmp_path / "bin" / "python"))
    for name in NAMES:
        monkeypatch.delenv("MAC_" + name.upper(), raising=False)
    return tmp_path


def program(path: Path, prints: str = "") -> Path:
    """A program of our own, at a path, that prints a text."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\nprintf '%s' '{prints}'\n")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.usefixtures("nowhere")
def test_what_is_nowhere_is_missing_with_its_package_and_its_variable(name: EngineName) -> None:
    assert find(name) is None
    with pytest.raises(
        MissingEngine, match=rf"^`{name}` is not on this machine; .*apt-get install prometheus.*MAC_{name.upper()}="
    ) as raised:
        require(name)
    assert raised.value.names == (name,)


@pytest.mark.usefixtures("nowhere")
def test_all_that_are_missing_are_said_at_once() -> None:
    said = str(missing("promtool", "amtool"))
    assert "`promtool` and `amtool` are not on this machine" in said
    assert "apt-get install prometheus prometheus-alertmanager;" in said


def test_the_path_comes_before_what_lies_beside_python(nowhere: Path) -> None:
    beside = program(nowhere / "bin" / "promtool")
    assert find("promtool") == Engine("promtool", beside)
    on_path = program(nowhere / "promtool")
    assert find("promtool") == Engine("promtool", on_path)


def test_alertmanager_is_found_by_debians_name_too(nowhere: Path) -> None:
    debian = program(nowhere / "prometheus-alertmanager")
    assert require("alertmanager").path == debian
    assert missing("alertmanager") is None


def test_the_variable_comes_first_and_is_not_overruled_when_it_is_wrong(nowhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(nowhere / "promtool")
    mine = program(nowhere / "mine" / "promtool-3")
    monkeypatch.setenv("MAC_PROMTOOL", str(mine))
    assert require("promtool").path == mine
    monkeypatch.setenv("MAC_PROMTOOL", str(nowhere / "gone"))
    assert find("promtool") is None
    assert str(missing("promtool")).startswith(f"`MAC_PROMTOOL` is `{nowhere / 'gone'}`, where no program is: unset it to take one from")


@pytest.mark.parametrize(
    ("prints", "version"),
    [
        ("promtool, version 2.42.0+ds (branch: debian/sid, revision: 2)", (2, 42, 0)),
        ("alertmanager, version 0.25.0 (branch: HEAD)", (0, 25, 0)),
        ("prometheus, version 3.15.0-rc.1 (branch: HEAD)", (3, 15, 0)),
    ],
)
def test_the_version_is_what_the_program_says(tmp_path: Path, prints: str, version: tuple[int, int, int]) -> None:
    assert Engine("promtool", program(tmp_path / "promtool", prints)).version() == version


@pytest.mark.parametrize("prints", ["", "hello", "promtool, version ", "promtool, version two"])
def test_a_program_of_the_same_name_that_says_no_version_is_refused(tmp_path: Path, prints: str) -> None:
    with pytest.raises(EngineFailed, match=r"is no `promtool`: asked for its version it says .*set `MAC_PROMTOOL` to use another one"):
        Engine("promtool", program(tmp_path / "promtool", prints)).version()


def test_a_program_that_hangs_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "promtool"
    path.write_text("#!/bin/sh\nexec sleep 60\n")
    path.chmod(0o755)
    with pytest.raises(EngineTimeout, match=r"`promtool check` took more than 0\.1 s"):
        Engine("promtool", path).run("check", timeout_seconds=0.1)


def test_a_program_that_the_kernel_refuses_is_said_with_its_path(tmp_path: Path) -> None:
    path = program(tmp_path / "promtool")
    path.write_bytes(b"\x7fELF")
    with pytest.raises(EngineFailed, match=rf"`promtool` cannot be run, {path}: Exec format error; set `MAC_PROMTOOL` to"):
        Engine("promtool", path).run("check")


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("exit 1", "`promtool` ended with exit code 1, {path}: it said nothing; "),
        ("kill -9 $$", "`promtool` was killed by SIGKILL, {path}: it said nothing; "),
        ("echo no room; exit 4", "`promtool` ended with exit code 4, {path}: no room; "),
        ("echo 'panic: too much\n\ngoroutine 1'; exit 2", "`promtool` ended with exit code 2, {path}: panic: too much; "),
    ],
)
def test_what_became_of_a_program_that_failed_is_said(tmp_path: Path, script: str, told: str) -> None:
    path = program(tmp_path / "promtool")
    path.write_text(f"#!/bin/sh\n{script}\n")
    engine = Engine("promtool", path)
    assert str(engine.failed(engine.run("test"))).startswith(told.format(path=path))


@pytest.mark.engines("promtool", "prometheus", "amtool", "alertmanager")
@pytest.mark.parametrize("name", NAMES)
def test_the_real_ones_say_their_version(name: EngineName) -> None:
    assert require(name).version() > (0, 20, 0)

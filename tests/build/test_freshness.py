"""`freshness` says of each artifact why it is not what the definitions give, and what to do; it changes nothing."""

from collections.abc import Callable
from pathlib import Path

import pytest

from monitoring_as_code.build import freshness, write
from monitoring_as_code.build.manifest import MANIFEST

OLD = {"README.md": b"one\n", "rules/a.yml": b"a: 1\nb: 1\n"}
NEW = {"README.md": b"one\n", "rules/a.yml": b"a: 1\nb: 2\n"}
EDITED = "move the change into the definitions, as `mac build` overwrites it; then run `mac build`, and commit what it changes"
BUILD = "run `mac build`, and commit what it changes"


def nothing(build: Path) -> None:
    """It stays as it was built."""


def delete(name: str) -> Callable[[Path], None]:
    return lambda build: (build / name).unlink()


def put(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda build: (build / name).write_bytes(content)


def delete_manifest(build: Path) -> None:
    (build / MANIFEST).unlink()


@pytest.mark.parametrize(
    ("change", "wanted", "said"),
    [
        (nothing, OLD, []),
        (nothing, NEW, [("`rules/a.yml` was built from other definitions", "rules/a.yml:2", BUILD)]),
        (nothing, {"README.md": b"one\n"}, [("`rules/a.yml` is no longer made by the definitions", "rules/a.yml:1", BUILD)]),
        (nothing, {**OLD, "c.yml": b"c\n"}, [("`c.yml` is missing", "c.yml:1", BUILD)]),
        (delete("rules/a.yml"), OLD, [("`rules/a.yml` is missing", "rules/a.yml:1", BUILD)]),
        (put("rules/a.yml", b"a: 1\n"), OLD, [("`rules/a.yml` is cut short: 5 of 10 bytes", "rules/a.yml:2", BUILD)]),
        (put("rules/a.yml", b""), OLD, [("`rules/a.yml` is cut short: 0 of 10 bytes", "rules/a.yml:1", BUILD)]),
        (
            put("rules/a.yml", b"a: 1\nb: 9\n"),
            OLD,
            [
                (
                    "`rules/a.yml` was changed after it was built",
                    "rules/a.yml:2",
                    EDITED,
                )
            ],
        ),
        (
            put("rules/a.yml", b"a: 1\r\nb: 1\r\n"),
            OLD,
            [
                (
                    "`rules/a.yml` has the line ends of Windows, as a checkout with git's `core.autocrlf` makes them",
                    "rules/a.yml:1",
                    "add the line `build/** text eol=lf` to .gitattributes, and run `mac build`",
                )
            ],
        ),
        (
            put("rules/a.yml", b"<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> other\n"),
            OLD,
            [("`rules/a.yml` has the marks of a merge conflict", "rules/a.yml:1", BUILD)],
        ),
        (put("rules/a.yml", b"\xff\xfe"), OLD, [("`rules/a.yml` was changed after it was built", "rules/a.yml:1", EDITED)]),
        (put("notes.txt", b"theirs\n"), OLD, []),
        (delete(MANIFEST), OLD, [("`manifest.json` is missing", "manifest.json:1", BUILD)]),
        (
            put(MANIFEST, b'{"manifest": 1, "files": {}}\n'),
            OLD,
            [("`manifest.json` does not say what is there", "manifest.json:1", BUILD)],
        ),
    ],
)
def test_says_what_is_not_fresh_and_why(
    tmp_path: Path, change: Callable[[Path], object], wanted: dict[str, bytes], said: list[tuple[str, str, str]]
) -> None:
    build = tmp_path / "build"
    write(str(build), OLD)
    change(build)
    before = {path: path.read_bytes() for path in build.rglob("*") if path.is_file()}
    findings = freshness(str(build), wanted)
    assert {path: path.read_bytes() for path in build.rglob("*") if path.is_file()} == before
    told = []
    for each in findings:
        assert each.rule == "stale-artifact"
        assert each.location is not None
        told.append((each.message, f"{Path(each.location.path).relative_to(build).as_posix()}:{each.location.line}", each.help))
    assert told == said


@pytest.mark.parametrize(
    ("prepare", "message"),
    [
        (nothing, "nothing has been built yet"),
        (Path.mkdir, "there is no `manifest.json`: nothing has been built yet"),
    ],
)
def test_what_was_never_built_is_one_finding(tmp_path: Path, prepare: Callable[[Path], None], message: str) -> None:
    build = tmp_path / "build"
    prepare(build)
    assert [each.message for each in freshness(str(build), OLD)] == [message]


def test_a_broken_manifest_is_one_finding(tmp_path: Path) -> None:
    build = tmp_path / "build"
    write(str(build), OLD)
    put(MANIFEST, b"{")(build)
    assert [each.rule for each in freshness(str(build), OLD)] == ["broken-manifest"]


def test_a_file_of_others_in_the_way_is_a_finding_as_in_the_build(tmp_path: Path) -> None:
    build = tmp_path / "build"
    write(str(build), OLD)
    put("c.yml", b"theirs\n")(build)
    wanted = {**OLD, "c.yml": b"ours\n"}
    assert [each.rule for each in freshness(str(build), wanted)] == ["foreign-file"]
    assert freshness(str(build), wanted) == list(write(str(build), wanted).problems)


@pytest.mark.parametrize(
    ("count", "named"),
    [(6, [f"`{n:02}.yml`" for n in range(6)]), (25, [*(f"`{n:02}.yml`" for n in range(20)), "and 5 more"])],
)
def test_many_of_one_cause_are_one_finding(tmp_path: Path, count: int, named: list[str]) -> None:
    build = tmp_path / "build"
    write(str(build), {f"{n:02}.yml": b"old\n" for n in range(count)})
    (finding,) = freshness(str(build), {f"{n:02}.yml": b"new\n" for n in range(count)})
    assert finding.message == f"{count} artifacts were built from other definitions"
    assert finding.help == "\n".join((BUILD, *named))
